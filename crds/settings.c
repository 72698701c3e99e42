#include "crds/settings.h"

#include <string.h>

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

/* Without a mode nobody would ever be preempted, and nothing would say so. */
static int check_preemption(const struct settings *s, struct err *err)
{
    const bool type = s->sched.preempt_type != PREEMPT_BY_NOBODY;
    const bool mode = (s->sched.preempt_mode & (PREEMPT_CANCEL | PREEMPT_REQUEUE)) != 0;

    if (type == mode)
        return 0;
    return err_set(err, ERR_INVALID,
                   type ? "preemptType needs a preemptMode: REQUEUE or CANCEL"
                        : "preemptMode needs a preemptType: qos or partition_prio");
}

/* The keys of a mapping; `prefix` is that of the mapping around it, with its dot.
 * *ret_bad is the path of the key that is wrong, to be freed. */
static int read_keys(struct settings *s, const struct json *map, const char *prefix,
                     char **ret_bad, struct err *err)
{
    for (json_each (it, map)) {
        AUTO_FREE char *key = xasprintf("%s%s", prefix, it.key);
        const struct setting *row = setting_find(key);
        if (!row && !*prefix && setting_is_mapping(key) &&
            json_is(it.val, JSON_OBJECT)) {
            AUTO_FREE char *inner = xasprintf("%s.", key);
            if (read_keys(s, it.val, inner, ret_bad, err) < 0)
                return -1;
        } else if ((row ? setting_read(s, row, it.val, err)
                        : setting_refuse_key(key, err)) < 0) {
            *ret_bad = TAKE(key);
            return -1;
        }
    }
    return 0;
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
    AUTO_FREE char *bad = NULL;
    if (read_keys(&fresh, doc, "", &bad, err) < 0) {
        err_flatten(err);
        return err_prefix(err, "%s:%zu", name, yaml_line_of(text, len, bad));
    }
    if (check_preemption(&fresh, err) < 0)
        return err_prefix(err, "%s:%zu", name,
                          yaml_line_of(text, len,
                                       fresh.sched.preempt_type != PREEMPT_BY_NOBODY
                                           ? "preemptType"
                                           : "preemptMode"));
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
