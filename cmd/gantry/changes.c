#include "cmd/gantry/changes.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/scontrol.h"

/* ---- words ---- */

static void add(struct changes *c, struct change one)
{
    c->list = xrealloc(c->list, (c->n + 1) * sizeof(*c->list));
    c->list[c->n++] = one;
}

/* "Key=Value", "Key+=Value", "Key=+Value". */
static void add_pair(struct changes *c, const char *word, const char *equals)
{
    size_t len = (size_t)(equals - word);
    const char *value = equals + 1;
    const bool more = len > 0 && (word[len - 1] == '+' || word[len - 1] == '-');
    char sign = '\0';

    if (more)
        sign = word[--len];
    else if (*value == '+' || *value == '-')
        sign = *value;
    add(c, (struct change){xstrndup(word, len), xstrdup(value), sign, more});
}

/* The one word of Slurm's without a value. */
static bool stands_alone(const char *word)
{
    return strcasecmp(word, "Skip") == 0;
}

int changes_parse(struct changes *ret, int argc, char **argv, struct err *err)
{
    for (int i = 0; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        if (equals) {
            add_pair(ret, argv[i], equals);
            continue;
        }
        if (stands_alone(argv[i])) {
            add(ret, (struct change){xstrdup(argv[i]), xstrdup("yes"), '\0', false});
            continue;
        }
        if (i + 1 == argc)
            return err_set(err, ERR_INVALID, "%s has no value: use %s=VALUE", argv[i],
                           argv[i]);
        add(ret, (struct change){xstrdup(argv[i]), xstrdup(argv[i + 1]), '\0', false});
        i++;
    }
    return 0;
}

void changes_fini(struct changes *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free(c->list[i].key);
        free(c->list[i].value);
    }
    free(c->list);
    *c = (struct changes){0};
}

const struct change *changes_find(const struct changes *c, const char *key)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcasecmp(c->list[i].key, key) == 0)
            return &c->list[i];
    return NULL;
}

/* ---- rows ---- */

const struct change_row *change_row_find(const struct change_row *table,
                                         const char *key)
{
    const struct change_row *found = NULL;

    for (; table->key; table++) {
        if (strcasecmp(table->key, key) == 0)
            return table;
        if (!scontrol_is(key, table->key))
            continue;
        if (found)
            return NULL;
        found = table;
    }
    return found;
}

static int invalid(const struct change_row *row, const struct change *c,
                   struct err *err)
{
    return err_set(err, ERR_INVALID, "Invalid %s value: %s", row->key, c->value);
}

static int put_int(const struct change_row *row, const struct change *c,
                   struct json *spec, struct err *err)
{
    char *end;

    errno = 0;
    const long long n = strtoll(c->value, &end, 10);
    if (end == c->value || *end != '\0' || errno != 0)
        return invalid(row, c, err);
    json_set(spec, row->field, json_new_int(n));
    return 0;
}

static int put_bool(const struct change_row *row, const struct change *c,
                    struct json *spec, struct err *err)
{
    const bool yes = strcasecmp(c->value, "yes") == 0 || str_eq(c->value, "1");
    const bool no = strcasecmp(c->value, "no") == 0 || str_eq(c->value, "0");

    if (!yes && !no)
        return invalid(row, c, err);
    json_set(spec, row->field, json_new_bool(yes));
    return 0;
}

static int put_time(const struct change_row *row, const struct change *c,
                    struct json *spec, struct err *err)
{
    int64_t sec;

    if (duration_parse(c->value, &sec, NULL) < 0)
        return invalid(row, c, err);
    json_set(spec, row->field, json_new_string(c->value));
    return 0;
}

/* Behind "gres/", "gres:" and "gpu". */
static int put_gpus(const struct change_row *row, const struct change *c,
                    struct json *spec, struct err *err)
{
    const char *s = c->value;

    if (str_starts(s, "gres/") || str_starts(s, "gres:"))
        s += 5;
    if (!str_starts(s, "gpu:") && !str_starts(s, "gpu="))
        return invalid(row, c, err);
    s += 4;
    if (!*s || strchr(s, ','))
        return invalid(row, c, err);
    AUTO_FREE char *text = xstrdup(s);
    for (char *p = text; *p; p++)
        if (*p == '=')
            *p = ':';
    json_set(spec, row->field, json_new_string(text));
    return 0;
}

static void put_word(const struct change_row *row, const struct change *c,
                     struct json *spec)
{
    AUTO_FREE char *word = xstrdup(c->value);

    for (char *p = word; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    json_set(spec, row->field, json_new_string(word));
}

static int put_exclusive(const struct change_row *row, const struct change *c,
                         struct json *spec, struct err *err)
{
    const bool node = strcasecmp(c->value, "node") == 0,
               user = strcasecmp(c->value, "user") == 0;

    if (!node && !user && strcasecmp(c->value, "no") != 0)
        return invalid(row, c, err);
    json_set(spec, "exclusive", json_new_bool(node));
    json_set(spec, "exclusiveUser", json_new_bool(user));
    return 0;
}

int changes_refuse_more(const char *key, const struct change *c, struct err *err)
{
    return err_set(err, ERR_INVALID, "%s%c=%s: say the whole value, %s=VALUE", key,
                   c->sign, c->value, key);
}

int change_put(const struct change_row *row, const struct change *c, struct json *spec,
               struct err *err)
{
    if (row->type == CHANGE_SELECTS)
        return 0;
    if (row->type == CHANGE_REFUSED)
        return err_set(err, ERR_INVALID,
                       "Update of this parameter is not supported: %s=%s (%s)", c->key,
                       c->value, row->field);
    if (c->more)
        return changes_refuse_more(row->key, c, err);
    if (!*c->value ||
        (row->type == CHANGE_MOST && strcasecmp(c->value, "UNLIMITED") == 0)) {
        json_set(spec, row->field, json_new_null());
        return 0;
    }
    switch (row->type) {
    case CHANGE_INT:
    case CHANGE_MOST:
        return put_int(row, c, spec, err);
    case CHANGE_BOOL:
        return put_bool(row, c, spec, err);
    case CHANGE_TIME:
        return put_time(row, c, spec, err);
    case CHANGE_GPUS:
        return put_gpus(row, c, spec, err);
    case CHANGE_EXCLUSIVE:
        return put_exclusive(row, c, spec, err);
    case CHANGE_WORD:
        put_word(row, c, spec);
        return 0;
    case CHANGE_TEXT:
    case CHANGE_SELECTS:
    case CHANGE_REFUSED:
        break;
    }
    json_set(spec, row->field, json_new_string(c->value));
    return 0;
}
