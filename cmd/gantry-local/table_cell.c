/* table_cell - cells that several kinds' tables have. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/label_selector.h"
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

struct json *cell_selector(const struct json *selector)
{
    AUTO_FREE char *text = label_selector_text(selector);

    return cell_take(xstrndup(text, CELL_MAX));
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

struct json *cell_containers(const struct json *object, const char *path,
                             const char *field)
{
    const struct json *list = json_at(object, path);
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < json_len(list); i++)
        str_addf(&text, "%s%s", i > 0 ? "," : "",
                 json_str_or(json_item(list, i), field, ""));
    return json_new_string(text.s);
}

bool cell_has_condition(const struct json *object, const char *type)
{
    const struct json *list = json_at(object, "status.conditions");

    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), type) &&
            str_eq(json_str(json_item(list, i), "status"), "True"))
            return true;
    return false;
}
