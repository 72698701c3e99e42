/*
 * Templates: the text that json_build makes of one is JSON, with keys put in; a value
 * is put in as a mark, a string that no template holds, and takes its place in the tree
 * afterwards. So no value is ever read as JSON.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/util.h"

#define VALUES_MAX 64
#define MARK '\x01'

struct build {
    struct str text;
    struct json *values[VALUES_MAX];
    size_t n;
};

static struct json *or_null(struct json *j)
{
    return j != NULL ? j : json_new_null();
}

/* A conversion that stands for a value. */
static struct json *take_value(char conversion, va_list *ap)
{
    const char *s;

    switch (conversion) {
    case 's':
        s = va_arg(*ap, const char *);
        return s != NULL ? json_new_string(s) : json_new_null();
    case 'i':
        return json_new_int(va_arg(*ap, int64_t));
    case 'b':
        return json_new_bool(va_arg(*ap, int));
    case 'j':
        return or_null(json_copy(va_arg(*ap, const struct json *)));
    }
    assert(!"unknown conversion");
    return NULL;
}

/* At the letter of a conversion outside quotes, which is also the end returned. */
static const char *add_conversion(struct build *b, const char *at, va_list *ap)
{
    JSON_AUTO struct json *j = take_value(*at, ap);

    if (at[1 + strspn(at + 1, " ")] == ':') {
        assert(json_is(j, JSON_STRING));
        json_print(j, &b->text);
        return at;
    }
    assert(b->n < VALUES_MAX);
    str_addf(&b->text, "\"\\u%04x%zu\"", MARK, b->n);
    b->values[b->n++] = TAKE(j);
    return at;
}

/* The string in single or double quotes at `at`; returns where it ends. */
static const char *add_quoted(struct build *b, const char *at)
{
    char quote = *at++;

    str_addc(&b->text, '"');
    for (; *at != quote; at++) {
        assert(*at != '\0' && (*at != '%' || at[1] == '%'));
        if (*at == '"')
            str_addc(&b->text, '\\');
        else if (*at == '\\')
            str_addc(&b->text, *at++);
        else if (*at == '%')
            at++;
        str_addc(&b->text, *at);
    }
    str_addc(&b->text, '"');
    return at;
}

static void add_template(struct build *b, const char *tmpl, va_list *ap)
{
    const char *at;

    for (at = tmpl; *at != '\0'; at++) {
        if (*at == '\'' || *at == '"')
            at = add_quoted(b, at);
        else if (*at == '%')
            at = add_conversion(b, at + 1, ap);
        else
            str_addc(&b->text, *at);
    }
}

/* The tree with values where the marks were. */
static struct json *put_values(struct build *b, struct json *take)
{
    size_t i, n = json_is(take, JSON_ARRAY) ? json_len(take) : 0;
    struct json *item;

    if (json_is(take, JSON_STRING) && json_string(take)[0] == MARK) {
        i = strtoul(json_string(take) + 1, NULL, 10);
        json_free(take);
        return TAKE(b->values[i]);
    }
    /* A field that is set again keeps its place, so the iterator stays good. */
    for (json_each (it, take)) {
        item = put_values(b, json_ref(it.val));
        if (item != it.val)
            json_set(take, it.key, item);
        else
            json_free(item);
    }
    for (i = 0; i < n; i++)
        json_array_set(take, i, put_values(b, json_ref(json_item(take, i))));
    return take;
}

struct json *json_build(const char *tmpl, ...)
{
    struct build b = {.n = 0};
    struct json *j;
    va_list ap;

    str_init(&b.text, SIZE_MAX);
    va_start(ap, tmpl);
    add_template(&b, tmpl, &ap);
    va_end(ap);
    j = json_parse(b.text.s, b.text.len, NULL);
    str_fini(&b.text);
    assert(j != NULL);
    return put_values(&b, j);
}
