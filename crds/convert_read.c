#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/util.h"
#include "crds/convert_private.h"
#include "scheduler/preempt_rules.h"

#define GRACE_MAX 86400
#define MODES_TEXT_MAX 64

const char *json_text_of(const struct json *j)
{
    return json_is(j, JSON_STRING) ? json_string(j) : NULL;
}

int64_t times(int64_t a, int64_t b)
{
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}

int64_t time_read(const struct json *object, const char *path)
{
    int64_t sec;
    const char *text = json_str(object, path);
    return text && time_parse_rfc3339(text, &sec, NULL) == 0 ? sec : TIME_UNSET;
}

int text_read(const struct json *object, const char *path, const char **ret,
              struct err *err)
{
    *ret = NULL;
    return json_read_str(object, path, ret, err) == JSON_WRONG_TYPE ? -1 : 0;
}

int number_read(const struct json *object, const struct number_field *field,
                struct err *err)
{
    switch (json_read_int(object, field->path, field->value, err)) {
    case JSON_ABSENT:
        return 0;
    case JSON_WRONG_TYPE:
        return -1;
    case JSON_FOUND:
        break;
    }
    if (*field->value < field->min || *field->value > field->max)
        return err_set(err, ERR_INVALID, "%s: must be from %" PRId64 " to %" PRId64,
                       field->path, field->min, field->max);
    return 0;
}

int numbers_read(const struct json *object, const struct number_field *fields, size_t n,
                 struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (number_read(object, &fields[i], err) < 0)
            return -1;
    return 0;
}

int duration_read(const struct json *object, const char *path, int64_t *ret,
                  struct err *err)
{
    const char *text;
    if (text_read(object, path, &text, err) < 0)
        return -1;
    if (!text)
        return 0;
    if (duration_parse(text, ret, err) < 0)
        return err_prefix(err, "%s", path);
    return 0;
}

int names_read(const struct json *object, const char *path, char ***ret, size_t *ret_n,
               struct err *err)
{
    const struct json *list = json_at(object, path);
    if (!list || json_is(list, JSON_NULL))
        return 0;
    if (!json_is(list, JSON_ARRAY))
        return err_set(err, ERR_INVALID, "%s: expected array", path);
    for (size_t i = 0; i < json_len(list); i++) {
        if (!json_is(json_item(list, i), JSON_STRING))
            return err_set(err, ERR_INVALID, "%s[%zu]: expected string", path, i);
        names_add(ret, ret_n, json_string(json_item(list, i)));
    }
    names_sort(*ret, *ret_n);
    return 0;
}

int preempt_mode_read(const struct json *object, int64_t allowed, int64_t *ret,
                      struct err *err)
{
    const char *words;
    int64_t mode = 0;
    STR_AUTO struct str text;
    str_init(&text, MODES_TEXT_MAX);
    if (text_read(object, "spec.preemptMode", &words, err) < 0)
        return -1;
    if (!words)
        return 0;
    if (preempt_mode_parse(words, &mode, err) < 0)
        return err_prefix(err, "spec.preemptMode");
    preempt_mode_format(mode & ~allowed, &text);
    if (mode & ~allowed)
        return err_set(err, ERR_INVALID,
                       "spec.preemptMode: %s is a word of gantry.yaml only", text.s);
    *ret = mode;
    return 0;
}

int grace_read(const struct json *object, int64_t *ret, struct err *err)
{
    const char *text;
    if (text_read(object, "spec.graceTime", &text, err) < 0)
        return -1;
    if (!text)
        return 0;
    /* A bare number is of seconds here, as in Slurm. */
    size_t digits = strspn(text, "0123456789");
    AUTO_FREE char *sec = digits > 0 && !text[digits] ? xasprintf("0:%s", text) : NULL;
    if (duration_parse(sec ? sec : text, ret, NULL) < 0 || *ret > GRACE_MAX)
        return err_set(err, ERR_INVALID,
                       "spec.graceTime: \"%s\" is no length of time of up to a day: "
                       "right are 30 (seconds), 1:30 and 2m",
                       text);
    return 0;
}

int size_read(const struct json *object, const char *path, int64_t *ret,
              struct err *err)
{
    const char *text;
    int64_t bytes;
    if (text_read(object, path, &text, err) < 0)
        return -1;
    if (!text)
        return 0;
    if (size_parse(text, &bytes, err) < 0)
        return err_prefix(err, "%s", path);
    if (bytes > AMOUNT_MAX)
        return err_set(err, ERR_INVALID, "%s: more than any machine has", path);
    *ret = bytes;
    return 0;
}

int hostlist_read(const struct json *object, const char *path, char ***ret,
                  size_t *ret_n, struct err *err)
{
    HOSTLIST_AUTO struct hostlist list = {0};
    const char *text;
    if (text_read(object, path, &text, err) < 0)
        return -1;
    if (!text)
        return 0;
    if (hostlist_parse(&list, text, err) < 0)
        return err_prefix(err, "%s", path);
    hostlist_sort(&list);
    for (size_t i = 0; i < list.n; i++)
        names_add(ret, ret_n, list.names[i]);
    names_sort(*ret, *ret_n);
    return 0;
}

/* ---- label selectors ---- */

static const struct {
    const char *word;
    enum select_op op;
    size_t min_values, max_values;
} operators[] = {
    {"In", SELECT_IN, 1, SIZE_MAX},  {"NotIn", SELECT_NOT_IN, 1, SIZE_MAX},
    {"Exists", SELECT_EXISTS, 0, 0}, {"DoesNotExist", SELECT_MISSING, 0, 0},
    {"Gt", SELECT_GT, 1, 1},         {"Lt", SELECT_LT, 1, 1},
};

static int requirement_read(const struct json *item, const char *path, struct term *ret,
                            struct err *err)
{
    const char *key = json_str(item, "key");
    const char *word = json_str_or(item, "operator", "");
    const struct json *values = json_get(item, "values");
    size_t op = 0;
    while (op < ARRAY_LEN(operators) && strcmp(operators[op].word, word) != 0)
        op++;
    if (!key)
        return err_set(err, ERR_INVALID, "%s.key: needs the name of a label", path);
    if (op == ARRAY_LEN(operators))
        return err_set(err, ERR_INVALID,
                       "%s.operator: \"%s\" is none of In, NotIn, Exists, "
                       "DoesNotExist, Gt, Lt",
                       path, word);
    size_t n = json_is(values, JSON_ARRAY) ? json_len(values) : 0;
    if (n < operators[op].min_values || n > operators[op].max_values)
        return err_set(err, ERR_INVALID, "%s.values: %s takes %s", path, word,
                       operators[op].max_values == 0   ? "none"
                       : operators[op].max_values == 1 ? "exactly one"
                                                       : "at least one");
    struct requirement *r = term_add(ret, key, operators[op].op);
    for (size_t i = 0; i < n; i++) {
        const struct json *value = json_item(values, i);
        if (!json_is(value, JSON_STRING))
            return err_set(err, ERR_INVALID, "%s.values[%zu]: expected string", path,
                           i);
        requirement_add_value(r, json_string(value));
    }
    return 0;
}

int requirements_read(const struct json *list, const char *path, struct term *ret,
                      struct err *err)
{
    if (list && !json_is(list, JSON_ARRAY))
        return err_set(err, ERR_INVALID, "%s: expected array", path);
    for (size_t i = 0; i < json_len(list); i++) {
        AUTO_FREE char *item_path = xasprintf("%s[%zu]", path, i);
        if (requirement_read(json_item(list, i), item_path, ret, err) < 0)
            return -1;
    }
    return 0;
}

int labels_require(const struct json *map, const char *path, struct term *ret,
                   struct err *err)
{
    if (map && !json_is(map, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "%s: expected object", path);
    for (json_each (it, map)) {
        if (!json_is(it.val, JSON_STRING))
            return err_set(err, ERR_INVALID, "%s.%s: expected string", path, it.key);
        requirement_add_value(term_add(ret, it.key, SELECT_IN), json_string(it.val));
    }
    return 0;
}

int selector_read(const struct json *selector, const char *path, struct term *ret,
                  struct err *err)
{
    if (selector && !json_is(selector, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "%s: expected object", path);
    AUTO_FREE char *labels = xasprintf("%s.matchLabels", path);
    AUTO_FREE char *expressions = xasprintf("%s.matchExpressions", path);
    if (labels_require(json_get(selector, "matchLabels"), labels, ret, err) < 0)
        return -1;
    return requirements_read(json_get(selector, "matchExpressions"), expressions, ret,
                             err);
}
