#include "cmd/gantry-local/label_selector.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/object.h"

struct part {
    const char *key; /* what it is sorted by; lent */
    char *text;
};

struct parts {
    struct part *items;
    size_t n, cap;
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct part *)a)->key, ((const struct part *)b)->key);
}

static void add_part(struct parts *p, const char *key, char *take)
{
    GROW(p->items, p->n, p->cap);
    p->items[p->n++] = (struct part){key, take};
}

static char *join_sorted(struct parts *p)
{
    STR_AUTO struct str out;

    str_init(&out, OBJECT_BYTES_MAX);
    if (p->n > 0)
        qsort(p->items, p->n, sizeof(*p->items), by_key);
    for (size_t i = 0; i < p->n; i++) {
        str_addf(&out, "%s%s", i > 0 ? "," : "", p->items[i].text);
        free(p->items[i].text);
    }
    free(p->items);
    return str_take(&out);
}

static char *values_text(const struct json *values)
{
    struct parts words = {0};

    for (size_t i = 0; i < json_len(values); i++) {
        const struct json *value = json_item(values, i);
        if (json_is(value, JSON_STRING))
            add_part(&words, json_string(value), xstrdup(json_string(value)));
    }
    return join_sorted(&words);
}

static char *expression_text(const struct json *e)
{
    static const struct {
        const char *op, *before, *after;
    } forms[] = {{"In", "", " in ("},
                 {"NotIn", "", " notin ("},
                 {"Exists", "", ""},
                 {"DoesNotExist", "!", ""}};
    const char *key = json_str_or(e, "key", "");
    AUTO_FREE char *values = values_text(json_get(e, "values"));

    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        if (str_eq(json_str(e, "operator"), forms[i].op))
            return xasprintf("%s%s%s%s%s", forms[i].before, key, forms[i].after,
                             forms[i].after[0] ? values : "",
                             forms[i].after[0] ? ")" : "");
    return xstrdup(key);
}

char *label_selector_text(const struct json *selector)
{
    const struct json *labels = json_get(selector, "matchLabels");
    const struct json *expressions = json_get(selector, "matchExpressions");
    struct parts terms = {0};

    if (json_is(selector, JSON_STRING))
        return xstrdup(json_string(selector));
    for (json_each (it, labels || expressions ? labels : selector))
        if (json_is(it.val, JSON_STRING))
            add_part(&terms, it.key, xasprintf("%s=%s", it.key, json_string(it.val)));
    for (size_t i = 0; i < json_len(expressions); i++) {
        const struct json *e = json_item(expressions, i);
        add_part(&terms, json_str_or(e, "key", ""), expression_text(e));
    }
    return join_sorted(&terms);
}
