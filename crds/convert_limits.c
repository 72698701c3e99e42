#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/convert_private.h"

/* So that its seconds fit, of CPUs in thousandths as of bytes. */
#define LIMIT_MAX (INT64_C(1) << 56)

static const struct limit_row *row_of(const char *name)
{
    for (size_t i = 0; i < LIMIT_KINDS; i++)
        if (strcmp(limit_rows[i].name, name) == 0)
            return &limit_rows[i];
    return NULL;
}

static bool is_lifted(const struct json *val)
{
    return (json_is(val, JSON_INT) && json_int(val) == -1) ||
           str_eq(json_text_of(val), "-1");
}

static int read_number(const struct json *val, enum tres tres, int64_t *ret,
                       struct err *err)
{
    if (tres == TRES_CPU)
        return quantity_read_milli(val, ret, err);
    if (tres == TRES_MEM) {
        AUTO_FREE char *text = json_text(val, NULL);
        return size_parse(json_is(val, JSON_STRING) ? json_string(val) : text, ret,
                          err);
    }
    return quantity_read(val, ret, err);
}

static int read_amount(enum limit_kind kind, enum tres tres, const struct json *val,
                       int64_t *ret, struct err *err)
{
    if ((!json_is(val, JSON_INT) && !json_is(val, JSON_STRING)) ||
        read_number(val, tres, ret, err) < 0 || *ret < 0 || *ret > LIMIT_MAX)
        return err_set(err, ERR_INVALID, "must be %s from 0, or -1 for no limit",
                       tres == TRES_MEM ? "an amount of memory" : "a number");
    *ret = times(*ret, limit_counts_left(kind) ? 60 : 1);
    return 0;
}

/* A whole number, also as text. */
static int read_percent(const struct json *val, int64_t *ret, struct err *err)
{
    AUTO_FREE char *number = json_is(val, JSON_INT) ? json_text(val, NULL) : NULL;
    const char *text = number ? number : json_text_of(val);
    const size_t len = text ? strlen(text) : 0;
    *ret = len >= 1 && len <= 3 && strspn(text, "0123456789") == len
               ? strtol(text, NULL, 10)
               : -1;
    if (*ret >= 0 && *ret <= 100)
        return 0;
    return err_set(
        err, ERR_INVALID,
        "must be a percentage (the QOS is Relative) from 0 to 100, or -1 for "
        "no limit");
}

/* "gres/gpu:h100": 4 */
static int read_tres(enum limit_kind kind, const char *key, const struct json *val,
                     bool in_percent, struct limits *ret, struct err *err)
{
    int64_t number;
    const char *type;
    enum tres tres = tres_parse(key, &type);
    if (tres == TRES_NONE)
        return err_set(err, ERR_INVALID,
                       "no such TRES: right are cpu, mem, node, billing, gres/gpu, "
                       "gres/gpu:TYPE, gres/DOMAIN/NAME and license/NAME");
    if (tres == TRES_LICENSE && limit_rows[kind].what == WHAT_PER_NODE)
        return err_set(err, ERR_INVALID, "no node has licences");
    if (is_lifted(val))
        return 0;
    if (in_percent) {
        if (read_percent(val, &number, err) < 0)
            return -1;
        limits_set_percent(ret, kind, tres, type, number);
        return 0;
    }
    if (read_amount(kind, tres, val, &number, err) < 0)
        return -1;
    limits_set(ret, kind, tres, type, number);
    return 0;
}

static int read_map(enum limit_kind kind, const struct json *map, bool in_percent,
                    struct limits *ret, struct err *err)
{
    if (!json_is(map, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "expected object");
    for (json_each (it, map))
        if (read_tres(kind, it.key, it.val, in_percent, ret, err) < 0)
            return err_prefix(err, "%s", it.key);
    return 0;
}

static int read_wall(enum limit_kind kind, const struct json *val, struct limits *ret,
                     struct err *err)
{
    int64_t sec;
    const char *text = json_text_of(val);
    if (!text)
        return err_set(err, ERR_INVALID, "expected string");
    if (duration_parse(text, &sec, err) < 0)
        return -1;
    /* As in Slurm, a time limit of 0 is none; a group may have no time left. */
    if (sec == 0 && limit_rows[kind].what == WHAT_WALL)
        return 0;
    if (sec != DURATION_UNLIMITED)
        limits_set(ret, kind, TRES_NONE, NULL, sec);
    return 0;
}

static int read_limit(enum limit_kind kind, const struct json *val, bool in_percent,
                      struct limits *ret, struct err *err)
{
    if (limit_has_tres(kind))
        return read_map(kind, val, in_percent, ret, err);
    if (limit_rows[kind].what == WHAT_WALL || limit_rows[kind].what == WHAT_WALL_USED)
        return read_wall(kind, val, ret, err);
    if (!json_is(val, JSON_INT) || json_int(val) < -1)
        return err_set(err, ERR_INVALID, "must be a number from 0, or -1 for no limit");
    if (json_int(val) >= 0)
        limits_set(ret, kind, TRES_NONE, NULL, json_int(val));
    return 0;
}

int limits_read(const struct json *object, const char *path, int of, bool in_percent,
                struct limits *ret, struct err *err)
{
    const struct json *map = json_at(object, path);
    if (!map || json_is(map, JSON_NULL))
        return 0;
    if (!json_is(map, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "%s: expected object", path);
    for (json_each (it, map)) {
        const struct limit_row *row = row_of(it.key);
        if (!row || !(row->of & of))
            return err_set(err, ERR_INVALID, "%s.%s: %s has no such limit", path,
                           it.key, of == LIMIT_OF_QOS ? "a QOS" : "an account");
        if (!json_is(it.val, JSON_NULL) &&
            read_limit((enum limit_kind)(row - limit_rows), it.val, in_percent, ret,
                       err) < 0)
            return err_prefix(err, "%s.%s", path, it.key);
    }
    return 0;
}
