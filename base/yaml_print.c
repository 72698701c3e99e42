#include "base/yaml_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/utf8.h"
#include "base/util.h"

/* Errors need no handling: an emitter fails where memory ends, or by our mistake; it
 * would also by bytes that are not UTF-8, and is given none. */
struct printer {
    yaml_emitter_t emitter;
    struct str *out;
};

static int take_bytes(void *arg, unsigned char *bytes, size_t len)
{
    struct printer *p = arg;

    str_addn(p->out, (const char *)bytes, len);
    return 1;
}

static void emit(struct printer *p, yaml_event_t *event)
{
    yaml_emitter_emit(&p->emitter, event);
}

static void emit_scalar(struct printer *p, const char *s, size_t len,
                        yaml_scalar_style_t style)
{
    yaml_event_t event;

    yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)s, (int)len,
                                 1, 1, style);
    emit(p, &event);
}

static void emit_text(struct printer *p, const char *s, size_t len)
{
    const bool lines = memchr(s, '\n', len) != NULL;

    emit_scalar(p, s, len,
                lines                             ? YAML_LITERAL_SCALAR_STYLE
                : yaml_print_is_ambiguous(s, len) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
                                                  : YAML_PLAIN_SCALAR_STYLE);
}

static bool is_utf8(const char *s, size_t len)
{
    size_t n;

    for (; len > 0; s += n, len -= n)
        if ((n = utf8_len(s, len)) == 0)
            return false;
    return true;
}

/* As json_print has them. */
static void emit_bytes(struct printer *p, const char *s, size_t len)
{
    STR_AUTO struct str text;

    str_init(&text, len * strlen(UTF8_REPLACEMENT) + 1);
    for (size_t i = 0; i < len;) {
        const size_t n = utf8_len(s + i, len - i);
        str_addn(&text, n > 0 ? s + i : UTF8_REPLACEMENT,
                 n > 0 ? n : strlen(UTF8_REPLACEMENT));
        i += MAX(n, 1);
    }
    emit_text(p, text.s, text.len);
}

static void emit_string(struct printer *p, const char *s, size_t len)
{
    if (is_utf8(s, len))
        emit_text(p, s, len);
    else
        emit_bytes(p, s, len);
}

/* Whole numbers stand without exponent, however they came; -0 is 0. */
static char *plain_text(const struct json *j)
{
    const double value = json_is(j, JSON_DOUBLE) ? json_double(j) : 0.5;

    return value == trunc(value) && fabs(value) < 1e21 ? xasprintf("%.0f", value + 0.0)
                                                       : json_text(j, NULL);
}

static void emit_value(struct printer *p, const struct json *j);

static void emit_list(struct printer *p, const struct json *j)
{
    yaml_event_t event;

    yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
                                         YAML_BLOCK_SEQUENCE_STYLE);
    emit(p, &event);
    for (size_t i = 0; i < json_len(j); i++)
        emit_value(p, json_item(j, i));
    yaml_sequence_end_event_initialize(&event);
    emit(p, &event);
}

static int compare_keys(const void *a, const void *b)
{
    return yaml_print_compare(*(const char *const *)a, *(const char *const *)b);
}

static int compare_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Kubernetes' order goes in circles for some numbers (0x, 1:, 01-): what comes of it
 * must not depend on the object's own order. */
static void sort_keys(const char **keys, size_t n)
{
    qsort(keys, n, sizeof(*keys), compare_bytes);
    qsort(keys, n, sizeof(*keys), compare_keys);
}

static void emit_object(struct printer *p, const struct json *j)
{
    const size_t n = json_len(j);
    AUTO_FREE const char **keys = xcalloc(n + 1, sizeof(*keys));
    yaml_event_t event;
    size_t i = 0;

    for (json_each (it, j))
        keys[i++] = it.key;
    sort_keys(keys, n);
    yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                        YAML_BLOCK_MAPPING_STYLE);
    emit(p, &event);
    for (i = 0; i < n; i++) {
        emit_string(p, keys[i], strlen(keys[i]));
        emit_value(p, json_get(j, keys[i]));
    }
    yaml_mapping_end_event_initialize(&event);
    emit(p, &event);
}

static void emit_value(struct printer *p, const struct json *j)
{
    switch (json_type(j)) {
    case JSON_OBJECT:
        emit_object(p, j);
        return;
    case JSON_ARRAY:
        emit_list(p, j);
        return;
    case JSON_STRING:
        emit_string(p, json_string(j), json_string_len(j));
        return;
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_INT:
    case JSON_DOUBLE:
        break;
    }
    AUTO_FREE char *text = plain_text(j);
    emit_scalar(p, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

/* A document whose last text keeps the lines behind it is ended by libyaml in a way
 * that others do not have. */
static void drop_end_mark(struct str *out)
{
    static const char mark[] = "\n...\n";

    if (!str_ends(out->s, mark))
        return;
    out->len -= strlen(mark) - 1;
    out->s[out->len] = '\0';
}

void yaml_print(const struct json *j, struct str *out)
{
    struct printer p = {.out = out};
    yaml_event_t event;

    yaml_emitter_initialize(&p.emitter);
    yaml_emitter_set_output(&p.emitter, take_bytes, &p);
    yaml_emitter_set_unicode(&p.emitter, 1);
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    emit(&p, &event);
    yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
    emit(&p, &event);
    emit_value(&p, j);
    yaml_document_end_event_initialize(&event, 1);
    emit(&p, &event);
    yaml_stream_end_event_initialize(&event);
    emit(&p, &event);
    yaml_emitter_delete(&p.emitter);
    drop_end_mark(out);
}
