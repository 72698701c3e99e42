#include "crds/settings.h"

#include <string.h>

#include "base/duration.h"
#include "base/json.h"
#include "base/str.h"
#include "base/util.h"
#include "base/yaml.h"
#include "base/zone.h"
#include "crds/convert.h"
#include "crds/setting.h"

#define RANGE_TEXT_MAX 128

void settings_default(struct settings *s)
{
    *s = (struct settings){.sched = sched_config_default(),
                           .max_array_size = 1001,
                           .gpu_resource = GPU_RESOURCE,
                           .gpu_type_label = GPU_TYPE_LABEL,
                           .script_image = SCRIPT_IMAGE,
                           .time_zone = ZONE_UTC,
                           .namespace_ = CONTROLLER_NAMESPACE};
}

/* ---- what does not go together ---- */

static bool has_mode(const struct settings *s)
{
    return (s->sched.preempt_mode & (PREEMPT_CANCEL | PREEMPT_REQUEUE)) != 0;
}

/* Without a mode nobody would ever be preempted, and nothing would say so. */
static bool lacks_mode(const struct settings *s)
{
    return s->sched.preempt_type != PREEMPT_BY_NOBODY && !has_mode(s);
}

static bool lacks_type(const struct settings *s)
{
    return s->sched.preempt_type == PREEMPT_BY_NOBODY && has_mode(s);
}

static bool lacks_qos(const struct settings *s)
{
    return s->sched.preempt_type == PREEMPT_BY_PARTITION &&
           (s->sched.preempt_mode & PREEMPT_WITHIN) != 0;
}

static bool lacks_blocks(const struct settings *s)
{
    return s->sched.topology_kind != TOPOLOGY_BLOCK && s->sched.block_sizes.n > 0;
}

static const struct {
    bool (*is)(const struct settings *s);
    const char *key, *said;
} conflicts[] = {
    {lacks_mode, "preemptType", "preemptType needs a preemptMode: REQUEUE or CANCEL"},
    {lacks_type, "preemptMode",
     "preemptMode needs a preemptType: qos or partition_prio"},
    {lacks_qos, "preemptMode",
     "preemptMode: WITHIN is within a QOS; it needs preemptType: qos"},
    {lacks_blocks, "blockSizes", "blockSizes needs topologyPlugin: block"},
};

struct source {
    const char *text;
    size_t len;
    const char *name;
};

static int check_conflicts(const struct settings *s, const struct source *from,
                           struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(conflicts); i++)
        if (conflicts[i].is(s))
            return err_set(err, ERR_INVALID, "%s:%zu: %s", from->name,
                           yaml_line_of(from->text, from->len, conflicts[i].key),
                           conflicts[i].said);
    return 0;
}

/* ---- reading ---- */

struct reading {
    struct settings *into;
    bool *given; /* of each row of the table */
    char *bad;   /* path of the key that is wrong; NULL: none */
    bool twice;  /* it is its second place that is */
};

static int read_value(struct reading *r, const char *key, const struct json *val,
                      struct err *err)
{
    const struct setting *row = setting_find(key);
    if (!row)
        return setting_refuse_key(key, err);
    r->twice = r->given[row - settings_table];
    if (r->twice)
        return err_set(err, ERR_INVALID, "%s stands twice", key);
    r->given[row - settings_table] = true;
    return setting_read(r->into, row, val, err);
}

/* The keys of a mapping; `prefix` is that of the mapping around it, with its dot. */
static int read_keys(struct reading *r, const struct json *map, const char *prefix,
                     struct err *err)
{
    for (json_each (it, map)) {
        AUTO_FREE char *key = xasprintf("%s%s", prefix, it.key);
        if (!*prefix && !setting_find(key) && setting_is_mapping(key) &&
            json_is(it.val, JSON_OBJECT)) {
            AUTO_FREE char *inner = xasprintf("%s.", key);
            if (read_keys(r, it.val, inner, err) < 0)
                return -1;
        } else if (read_value(r, key, it.val, err) < 0) {
            r->bad = TAKE(key);
            return -1;
        }
    }
    return 0;
}

static size_t count_rows(void)
{
    size_t n = 0;
    while (settings_table[n].key)
        n++;
    return n;
}

static int read_document(struct settings *into, const struct json *doc,
                         const struct source *from, struct err *err)
{
    AUTO_FREE bool *given = xcalloc(count_rows(), sizeof(*given));
    struct reading r = {.into = into, .given = given};
    if (read_keys(&r, doc, "", err) == 0)
        return check_conflicts(into, from, err);
    AUTO_FREE char *bad = r.bad;
    const size_t line =
        (r.twice ? yaml_last_line_of : yaml_line_of)(from->text, from->len, bad);
    err_flatten(err);
    return err_prefix(err, "%s:%zu", from->name, line);
}

struct document {
    const char *name;
    struct json *doc; /* NULL: none, an empty file */
};

static int take_document(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    struct document *d = arg;
    if (!d->doc) {
        d->doc = take_doc;
        return 0;
    }
    json_free(take_doc);
    return err_set(err, ERR_INVALID, "%s:%zu: a second document; one is expected",
                   d->name, line);
}

int settings_parse(struct settings *s, const char *text, size_t len, const char *name,
                   struct err *err)
{
    struct settings fresh = *s;
    struct document d = {.name = name};
    int rc = yaml_parse(text, len, name, take_document, &d, err);
    JSON_AUTO struct json *doc = d.doc;
    if (rc < 0)
        return -1;
    if (doc && !json_is(doc, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "%s: must be a mapping of keys to values",
                       name);
    const struct source from = {text, len, name};
    if (read_document(&fresh, doc, &from, err) < 0)
        return -1;
    /* Slurm's -1 is none here, not for ever. */
    if (fresh.sched.preempt_exempt_sec == DURATION_UNLIMITED)
        fresh.sched.preempt_exempt_sec = 0;
    *s = fresh;
    return 0;
}

int settings_load(struct settings *s, const char *path, struct err *err)
{
    STR_AUTO struct str text;
    str_init(&text, SETTINGS_BYTES_MAX);
    if (str_read_file(&text, path, err) < 0)
        return -1;
    return settings_parse(s, text.s, text.len, path, err);
}

void settings_adopt(struct settings *s, const struct settings *fresh,
                    struct str *ret_changed, struct str *ret_kept)
{
    for (const struct setting *row = settings_table; row->key; row++) {
        char *is = (char *)s + row->offset;
        const char *to = (const char *)fresh + row->offset;
        struct str *told = row->at_start ? ret_kept : ret_changed;
        if (setting_equal(row, is, to))
            continue;
        str_addf(told, "%s%s", told->len > 0 ? ", " : "", row->key);
        if (!row->at_start)
            memcpy(is, to, setting_size(row));
    }
}

void settings_help(FILE *out)
{
    fprintf(out,
            "\nKeys of the configuration file (defaults in brackets, and behind them "
            "what numbers may\nbe). Those with a star are read at the start only, the "
            "others also when the file\nchanges:\n");
    for (const struct setting *row = settings_table; row->key; row++) {
        STR_AUTO struct str range;
        str_init(&range, RANGE_TEXT_MAX);
        setting_say_range(row, &range);
        fprintf(out, "  %-36s %s [%s]%s%s%s\n", row->key, row->help, row->default_text,
                range.len > 0 ? " " : "", range.len > 0 ? range.s : "",
                row->at_start ? " *" : "");
    }
}
