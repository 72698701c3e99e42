/* table_cell - cells that several kinds' tables have. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

struct json *cell_take(char *text)
{
    AUTO_FREE char *own = text;

    return json_new_string(own[0] != '\0' ? own : "<none>");
}

struct json *cell_text_or(const struct json *object, const char *path,
                          const char *otherwise)
{
    struct json *v = json_at(object, path);

    if (json_is(v, JSON_STRING))
        return json_copy(v);
    return v == NULL ? json_new_string(otherwise) : cell_take(json_text(v, NULL));
}

static void add_labels(struct str *text, const struct json *labels)
{
    for (json_each (it, labels))
        str_addf(text, "%s%s=%s", text->len > 0 ? "," : "", it.key,
                 json_is(it.val, JSON_STRING) ? json_string(it.val) : "");
}

struct json *cell_labels(const struct json *labels)
{
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    add_labels(&text, labels);
    return cell_take(str_take(&text));
}

static void add_values(struct str *text, const struct json *values)
{
    str_add(text, " (");
    for (size_t i = 0; i < json_len(values); i++)
        str_addf(text, "%s%s", i > 0 ? "," : "",
                 json_is(json_item(values, i), JSON_STRING)
                     ? json_string(json_item(values, i))
                     : "");
    str_addc(text, ')');
}

/* "key in (a,b)", "key notin (a)", "key", "!key". */
static void add_expression(struct str *text, const struct json *expression)
{
    const char *operator= json_str_or(expression, "operator", "");
    const char *key = json_str_or(expression, "key", "");
    const bool in = strcmp(operator, "In") == 0;

    str_addf(text, "%s%s%s", text->len > 0 ? "," : "",
             strcmp(operator, "DoesNotExist") == 0 ? "!" : "", key);
    if (!in && strcmp(operator, "NotIn") != 0)
        return;
    str_add(text, in ? " in" : " notin");
    add_values(text, json_get(expression, "values"));
}

struct json *cell_selector(const struct json *selector)
{
    const struct json *list = json_get(selector, "matchExpressions");
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    add_labels(&text, json_get(selector, "matchLabels"));
    for (size_t i = 0; i < json_len(list); i++)
        add_expression(&text, json_item(list, i));
    return cell_take(str_take(&text));
}

struct json *cell_words(const struct json *words, size_t max)
{
    const size_t n = json_len(words);
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < MIN(n, max); i++)
        str_addf(&text, "%s%s", i > 0 ? "," : "", json_string(json_item(words, i)));
    if (n > max)
        str_addf(&text, " + %zu more...", n - max);
    return cell_take(str_take(&text));
}

struct json *cell_created_at(const struct json *object, int64_t now_sec)
{
    (void)now_sec;
    return cell_text_or(object, "metadata.creationTimestamp", "<unknown>");
}

struct json *cell_default_name(const struct json *object, const char *annotation)
{
    const struct json *said =
        json_get(json_at(object, "metadata.annotations"), annotation);
    const bool is_default =
        json_is(said, JSON_STRING) && strcmp(json_string(said), "true") == 0;

    return cell_take(xasprintf("%s%s", json_str_or(object, "metadata.name", ""),
                               is_default ? " (default)" : ""));
}
