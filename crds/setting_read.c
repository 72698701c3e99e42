/* Values of gantry.yaml, each as its type has it. */
#include <string.h>
#include <strings.h>

#include "base/duration.h"
#include "base/opt.h"
#include "base/str.h"
#include "base/util.h"
#include "base/zone.h"
#include "crds/licenses.h"
#include "crds/setting.h"
#include "crds/tresweights.h"

static int read_duration(const struct setting *row, const struct json *val,
                         int64_t *ret, struct err *err)
{
    AUTO_FREE char *number = json_is(val, JSON_INT) ? json_text(val, NULL) : NULL;
    if (!number && !json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a duration, such as 7-0 or 36h",
                       row->key);
    if (duration_parse(number ? number : json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

static int refuse_number(const struct setting *row, const struct json *val,
                         struct err *err)
{
    AUTO_FREE char *text = json_is(val, JSON_STRING) ? NULL : json_text(val, NULL);
    STR_AUTO struct str range;
    str_init(&range, ERR_MSG_MAX);
    setting_say_range(row, &range);
    return err_set(err, ERR_INVALID, "%s: %s is out of range; right is %s", row->key,
                   text ? text : json_string(val), range.s);
}

/* Slurm writes YES and NO. */
static int read_bool(const struct setting *row, const struct json *val, bool *ret,
                     struct err *err)
{
    const char *word = json_is(val, JSON_STRING) ? json_string(val) : "";
    bool yes = strcasecmp(word, "yes") == 0;
    if (json_is(val, JSON_BOOL))
        *ret = json_bool(val);
    else if (yes || strcasecmp(word, "no") == 0)
        *ret = yes;
    else
        return err_set(err, ERR_INVALID, "%s: must be true or false", row->key);
    return 0;
}

static int refuse_word(const struct setting *row, const char *word, struct err *err)
{
    const char *const *words = setting_words(row);
    const char *near = opt_nearest(word, words);
    STR_AUTO struct str all;
    str_init(&all, SETTING_TEXT_MAX);
    for (size_t i = 0; words[i]; i++)
        str_addf(&all, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
    return err_set(err, ERR_INVALID, "%s: must be %s%s%s%s", row->key, all.s,
                   near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

static int read_word(const struct setting *row, const struct json *val, int *ret,
                     struct err *err)
{
    const char *const *words = setting_words(row);
    const char *word = json_is(val, JSON_STRING) ? json_string(val) : "";
    if (str_starts(word, "preempt/") || str_starts(word, "topology/"))
        word = strchr(word, '/') + 1; /* Slurm names a plugin */
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret = i;
            return 0;
        }
    }
    return refuse_word(row, word, err);
}

/* "MAX_TRES,NO_NORMAL_QOS" */
static int read_flags(const struct setting *row, const struct json *val, int64_t *ret,
                      struct err *err)
{
    AUTO_FREE char *text = xstrdup(json_is(val, JSON_STRING) ? json_string(val) : "?");
    char *rest = text, *word;
    int64_t flags = 0;
    while ((word = strsep(&rest, ",")) != NULL) {
        word += strspn(word, " ");
        int64_t flag = priority_flag(word);
        if (flag == 0 && *text)
            return err_set(err, ERR_INVALID, "%s: \"%s\" is none of %s", row->key, word,
                           priority_flag_words());
        flags |= flag;
    }
    *ret = flags;
    return 0;
}

static int read_licenses(const struct setting *row, const struct json *val,
                         struct license_table *ret, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a text, such as matlab:10,ansys",
                       row->key);
    if (license_table_parse(json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

static int read_labels(const struct setting *row, const struct json *val,
                       struct topology_labels *ret, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a text, such as zone,leaf",
                       row->key);
    if (topology_labels_parse(json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

/* One size is a number in YAML. */
static int read_sizes(const struct setting *row, const struct json *val,
                      struct block_sizes *ret, struct err *err)
{
    AUTO_FREE char *number = json_is(val, JSON_INT) ? json_text(val, NULL) : NULL;
    if (!number && !json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a text, such as 18,36", row->key);
    if (block_sizes_parse(number ? number : json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

static int read_preempt(const struct setting *row, const struct json *val, int64_t *ret,
                        struct err *err)
{
    const char *words = json_is(val, JSON_STRING) ? json_string(val) : "?";
    /* YAML may take OFF for a truth value. */
    if (json_is(val, JSON_BOOL) && !json_bool(val))
        words = "OFF";
    if (preempt_mode_parse(words, ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

static int read_weights(const struct setting *row, const struct json *val,
                        struct tres_weights *ret, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return err_set(err, ERR_INVALID, "%s: must be a text, such as cpu=1000,mem=500",
                       row->key);
    if (tresweights_parse(json_string(val), ret, err) < 0)
        return err_prefix(err, "%s", row->key);
    return 0;
}

/* "associations,limits,safe": all but the last hold anyway. */
static int read_enforce(const struct setting *row, const struct json *val, bool *ret,
                        struct err *err)
{
    static const char *const words[] = {"associations", "limits", "qos", "safe", "all"};
    AUTO_FREE char *text = xstrdup(json_is(val, JSON_STRING) ? json_string(val) : "?");
    char *rest = text, *word;
    bool safe = false;
    while ((word = strsep(&rest, ",")) != NULL) {
        size_t i = 0;
        word += strspn(word, " ");
        while (i < ARRAY_LEN(words) && strcmp(words[i], word) != 0)
            i++;
        if (i == ARRAY_LEN(words))
            return err_set(err, ERR_INVALID,
                           "%s: \"%s\" is none of associations, limits, qos, safe, all",
                           row->key, word);
        safe |= i >= 3;
    }
    *ret = safe;
    return 0;
}

static int read_text(const struct setting *row, const struct json *val, char *field,
                     struct err *err)
{
    if (!json_is(val, JSON_STRING) || json_string_len(val) == 0 ||
        json_string_len(val) >= SETTING_TEXT_MAX)
        return err_set(err, ERR_INVALID, "%s: must be a text of 1 to %d bytes",
                       row->key, SETTING_TEXT_MAX - 1);
    memcpy(field, json_string(val), json_string_len(val) + 1);
    return 0;
}

/* One that is known here. */
static int read_zone(const struct setting *row, const struct json *val, char *field,
                     struct err *err)
{
    struct zone zone;
    if (read_text(row, val, field, err) < 0)
        return -1;
    if (zone_load(field, &zone, err) < 0)
        return err_prefix(err, "%s", row->key);
    zone_fini(&zone);
    return 0;
}

int setting_read(struct settings *s, const struct setting *row, const struct json *val,
                 struct err *err)
{
    char *field = (char *)s + row->offset;
    int64_t number = 0;
    switch (row->type) {
    case SETTING_TEXT:
        return read_text(row, val, field, err);
    case SETTING_ZONE:
        return read_zone(row, val, field, err);
    case SETTING_BOOL:
        return read_bool(row, val, (bool *)field, err);
    case SETTING_WORD:
        return read_word(row, val, (int *)field, err);
    case SETTING_FLAGS:
        return read_flags(row, val, (int64_t *)field, err);
    case SETTING_PREEMPT:
        return read_preempt(row, val, (int64_t *)field, err);
    case SETTING_LICENSES:
        return read_licenses(row, val, (struct license_table *)field, err);
    case SETTING_LABELS:
        return read_labels(row, val, (struct topology_labels *)field, err);
    case SETTING_SIZES:
        return read_sizes(row, val, (struct block_sizes *)field, err);
    case SETTING_ENFORCE:
        return read_enforce(row, val, (bool *)field, err);
    case SETTING_WEIGHTS:
        return read_weights(row, val, (struct tres_weights *)field, err);
    case SETTING_DURATION:
        if (read_duration(row, val, &number, err) < 0)
            return -1;
        break;
    case SETTING_INT:
        if (!json_is(val, JSON_INT))
            return err_set(err, ERR_INVALID, "%s: must be a whole number", row->key);
        number = json_int(val);
        break;
    }
    if (number < row->min || number > row->max)
        return refuse_number(row, val, err);
    memcpy(field, &number, sizeof(number));
    return 0;
}
