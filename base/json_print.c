/*
 * Printing of JSON. Our own, since json-c keeps a copy of the text in every node that
 * it prints. Bytes that are not UTF-8 (from file names, say) become U+FFFD, so that
 * what is printed is always valid.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/utf8.h"
#include "base/util.h"

#define INDENT 2
#define COMPACT (-1)

static void print_node(const struct json *j, int indent, struct str *out);

static void print_escape(unsigned char c, struct str *out)
{
    static const char short_forms[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',  ['\f'] = 'f',
        ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\',
    };

    if (short_forms[c] != 0)
        str_addf(out, "\\%c", short_forms[c]);
    else
        str_addf(out, "\\u%04x", c);
}

static void print_string(const char *s, size_t len, struct str *out)
{
    size_t i = 0, plain = 0, n;

    str_addc(out, '"');
    while (i < len) {
        n = utf8_len(s + i, len - i);
        if (n > 0 && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\') {
            i += n;
            continue;
        }
        str_addn(out, s + plain, i - plain);
        if (n == 0)
            str_add(out, UTF8_REPLACEMENT);
        else
            print_escape((unsigned char)s[i], out);
        plain = ++i;
    }
    str_addn(out, s + plain, len - plain);
    str_addc(out, '"');
}

static void print_int(const struct json *j, struct str *out)
{
    if (json_int(j) < 0)
        str_addf(out, "%" PRId64, json_int(j));
    else
        str_addf(out, "%" PRIu64, json_object_get_uint64(json_c(j)));
}

/* A new line at this depth; nothing in compact text. */
static void print_break(int indent, struct str *out)
{
    if (indent != COMPACT)
        str_addf(out, "\n%*s", indent, "");
}

static int deeper(int indent)
{
    return indent == COMPACT ? COMPACT : indent + INDENT;
}

static void print_array(const struct json *j, int indent, struct str *out)
{
    size_t i, n = json_len(j);

    str_addc(out, '[');
    for (i = 0; i < n; i++) {
        if (i > 0)
            str_addc(out, ',');
        print_break(deeper(indent), out);
        print_node(json_item(j, i), deeper(indent), out);
    }
    if (n > 0)
        print_break(indent, out);
    str_addc(out, ']');
}

static void print_object(const struct json *j, int indent, struct str *out)
{
    bool first = true;

    str_addc(out, '{');
    for (json_each (it, j)) {
        if (!first)
            str_addc(out, ',');
        first = false;
        print_break(deeper(indent), out);
        print_string(it.key, strlen(it.key), out);
        str_add(out, indent == COMPACT ? ":" : ": ");
        print_node(it.val, deeper(indent), out);
    }
    if (!first)
        print_break(indent, out);
    str_addc(out, '}');
}

static void print_node(const struct json *j, int indent, struct str *out)
{
    switch (json_type(j)) {
    case JSON_NULL:
        str_add(out, "null");
        break;
    case JSON_BOOL:
        str_add(out, json_bool(j) ? "true" : "false");
        break;
    case JSON_INT:
        print_int(j, out);
        break;
    case JSON_DOUBLE:
        str_add(out, json_object_get_userdata(json_c(j)));
        break;
    case JSON_STRING:
        print_string(json_string(j), json_string_len(j), out);
        break;
    case JSON_ARRAY:
        print_array(j, indent, out);
        break;
    case JSON_OBJECT:
        print_object(j, indent, out);
        break;
    }
}

void json_print(const struct json *j, struct str *out)
{
    print_node(j, COMPACT, out);
}

void json_print_pretty(const struct json *j, struct str *out)
{
    print_node(j, 0, out);
}

char *json_text(const struct json *j, size_t *ret_len)
{
    STR_AUTO struct str out;

    str_init(&out, SIZE_MAX);
    json_print(j, &out);
    if (ret_len != NULL)
        *ret_len = out.len;
    return str_take(&out);
}
