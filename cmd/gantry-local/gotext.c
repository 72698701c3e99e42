#include "cmd/gantry-local/gotext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- numbers ---- */

char *gotext_int(const char *text, int64_t *ret)
{
    const bool has_sign = text[0] == '+' || text[0] == '-';
    const char *digits = text + has_sign;
    const bool is_negative = text[0] == '-';
    bool fits = true;
    int64_t value = 0;

    if (!*digits || digits[strspn(digits, "0123456789")])
        return xasprintf("strconv.ParseInt: parsing \"%s\": invalid syntax", text);
    for (const char *p = digits; fits && *p; p++) {
        const int64_t digit = is_negative ? '0' - *p : *p - '0';
        fits = !__builtin_mul_overflow(value, 10, &value) &&
               !__builtin_add_overflow(value, digit, &value);
    }
    if (!fits)
        return xasprintf("strconv.ParseInt: parsing \"%s\": value out of range", text);
    *ret = value;
    return NULL;
}

/* ---- YAML ---- */

/* It counts lines from 0, one more where its scanner found the fault, and names neither
 * the first nor one of what is no text. */
static size_t yaml_line(const struct yaml_fault *fault)
{
    return fault->of == YAML_FAULT_READER || fault->line <= 1 ? 0
           : fault->of == YAML_FAULT_PARSER                   ? fault->line - 1
                                                              : fault->line;
}

char *gotext_yaml(const struct yaml_fault *fault)
{
    if (fault->of == YAML_FAULT_NONE)
        return NULL;
    const size_t line = yaml_line(fault);
    return line == 0 ? xasprintf("yaml: %s", fault->problem)
                     : xasprintf("yaml: line %zu: %s", line, fault->problem);
}

/* ---- base64 ---- */

static bool is_base64(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '+' || c == '/';
}

static bool is_url_base64(char c)
{
    return c == '-' || c == '_' || (is_base64(c) && c != '+' && c != '/');
}

static const char *skip_lines(const char *p)
{
    return p + strspn(p, "\r\n");
}

/* Where the four characters at *at are wrong; NULL: they are right, and *at is behind
 * them. */
static const char *bad_base64(const char **at, bool *ret_padded)
{
    const char *p = *at;
    size_t n = 0;

    for (p = skip_lines(p); n < 4; n++, p = skip_lines(p)) {
        if (*p == '\0')
            return n == 0 ? NULL : p - n;
        if (*p == '=' && n >= 2)
            break;
        if (!is_base64(*p))
            return p;
        p++;
    }
    *ret_padded = n < 4;
    for (; n < 4; n++, p = skip_lines(p + 1))
        if (*p != '=')
            return p;
    *at = p;
    return NULL;
}

char *gotext_base64(const char *text)
{
    const char *at = text, *bad = NULL;
    bool padded = false;

    while (*skip_lines(at) && !padded && !bad)
        bad = bad_base64(&at, &padded);
    if (!bad && *skip_lines(at))
        bad = at; /* behind the padding */
    return bad ? xasprintf("illegal base64 data at input byte %zu",
                           (size_t)(bad - text))
               : NULL;
}

char *gotext_base64url(const char *text)
{
    const size_t len = strlen(text);
    size_t at = 0;

    while (is_url_base64(text[at]))
        at++;
    if (at == len && len % 4 == 1)
        at = len - 1;
    return at < len ? xasprintf("illegal base64 data at input byte %zu", at) : NULL;
}

/* ---- times ---- */

/* The parts of the layout, and what each has to be. */
enum part { PART_TEXT, PART_YEAR, PART_NUMBER, PART_HOUR, PART_FRACTION, PART_ZONE };

static const struct layout_part {
    const char *text;
    enum part part;
    int min, max;     /* of a number, */
    const char *name; /* of that name; NULL: it is none */
} layout[] = {
    {"2006", PART_YEAR, 0, 0, NULL},      {"-", PART_TEXT, 0, 0, NULL},
    {"01", PART_NUMBER, 1, 12, "month"},  {"-", PART_TEXT, 0, 0, NULL},
    {"02", PART_NUMBER, 1, 31, "day"},    {"T", PART_TEXT, 0, 0, NULL},
    {"15", PART_HOUR, 0, 23, "hour"},     {":", PART_TEXT, 0, 0, NULL},
    {"04", PART_NUMBER, 0, 59, "minute"}, {":", PART_TEXT, 0, 0, NULL},
    {"05", PART_NUMBER, 0, 59, "second"}, {".000000", PART_FRACTION, 0, 0, NULL},
    {"Z07:00", PART_ZONE, 0, 0, NULL},
};

static size_t digits(const char *p)
{
    return strspn(p, "0123456789");
}

static size_t fraction_len(const char *p)
{
    return *p == '.' || *p == ',' ? 1 + digits(p + 1) : 0;
}

static size_t zone_len(const char *p)
{
    if (*p == 'Z')
        return 1;
    return (*p == '+' || *p == '-') && digits(p + 1) == 2 && p[3] == ':' &&
                   digits(p + 4) >= 2
               ? 6
               : 0;
}

/* How much of the text is that part; 0: it is not. */
static size_t part_len(const struct layout_part *l, const char *p)
{
    switch (l->part) {
    case PART_TEXT:
        return str_starts(p, l->text) ? strlen(l->text) : 0;
    case PART_YEAR:
        return digits(p) >= 4 ? 4 : 0;
    case PART_NUMBER:
        return digits(p) >= 2 ? 2 : 0;
    case PART_HOUR:
        return MIN(digits(p), 2);
    case PART_FRACTION:
        return fraction_len(p) > strlen("000000") ? strlen(l->text) : 0;
    case PART_ZONE:
        return zone_len(p);
    }
    return 0;
}

static bool is_in_range(const struct layout_part *l, const char *p, size_t len)
{
    int value = 0;

    for (size_t i = 0; i < len && l->name; i++)
        value = value * 10 + p[i] - '0';
    return !l->name || (value >= l->min && value <= l->max);
}

char *gotext_time(const char *text, bool micro)
{
    const char *whole =
        micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
    const char *p = text;

    for (size_t i = 0; i < ARRAY_LEN(layout); i++) {
        const struct layout_part *l = &layout[i];
        if (l->part == PART_FRACTION && !micro) {
            p += fraction_len(p) > 1 ? fraction_len(p) : 0; /* any is taken */
            continue;
        }
        const size_t len = part_len(l, p);
        if (len == 0)
            return xasprintf(
                "parsing time \"%s\" as \"%s\": cannot parse \"%s\" as \"%s\"", text,
                whole, p, l->text);
        if (!is_in_range(l, p, len))
            return xasprintf("parsing time \"%s\": %s out of range", text, l->name);
        p += len;
    }
    return *p ? xasprintf("parsing time \"%s\": extra text: \"%s\"", text, p) : NULL;
}

/* ---- JSON ---- */

struct scan {
    const char *p, *end;
    const char *where; /* what is wrong with the character at p; NULL: nothing */
    char buf[64];      /* `where` may lie here */
};

static bool fail(struct scan *s, const char *where)
{
    s->where = where;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p)
        s->p++;
}

/* False at the end of the text, too, which `where` does not matter for. */
static bool take(struct scan *s, const char *chars, const char *where)
{
    if (s->p < s->end && *s->p && strchr(chars, *s->p)) {
        s->p++;
        return true;
    }
    return fail(s, where);
}

static bool scan_value(struct scan *s, int depth);

static bool scan_literal(struct scan *s, const char *word)
{
    for (size_t i = 0; word[i]; i++, s->p++)
        if (s->p == s->end || *s->p != word[i]) {
            snprintf(s->buf, sizeof(s->buf), "in literal %s (expecting '%c')", word,
                     word[i]);
            return fail(s, s->buf);
        }
    return true;
}

static bool scan_escape(struct scan *s)
{
    if (s->p < s->end && *s->p == 'u') {
        s->p++;
        for (int i = 0; i < 4; i++)
            if (!take(s, "0123456789abcdefABCDEF",
                      "in \\u hexadecimal character escape"))
                return false;
        return true;
    }
    return take(s, "\"\\/bfnrt", "in string escape code");
}

/* Behind the first quote. */
static bool scan_string(struct scan *s)
{
    while (s->p < s->end) {
        const char c = *s->p;
        if ((unsigned char)c < ' ')
            return fail(s, "in string literal");
        s->p++;
        if (c == '"')
            return true;
        if (c == '\\' && !scan_escape(s))
            return false;
    }
    return fail(s, "");
}

static void skip_digits(struct scan *s)
{
    while (s->p < s->end && is_digit(*s->p))
        s->p++;
}

static bool scan_number(struct scan *s)
{
    static const char any[] = "0123456789";

    if (*s->p == '-')
        s->p++;
    const bool zero = s->p < s->end && *s->p == '0';
    if (!take(s, any, "in numeric literal"))
        return false;
    if (!zero)
        skip_digits(s);
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        if (!take(s, any, "after decimal point in numeric literal"))
            return false;
        skip_digits(s);
    }
    if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
            s->p++;
        if (!take(s, any, "in exponent of numeric literal"))
            return false;
        skip_digits(s);
    }
    return true;
}

/* Behind the bracket. */
static bool scan_array(struct scan *s, int depth)
{
    skip_space(s);
    if (s->p < s->end && *s->p == ']') {
        s->p++;
        return true;
    }
    do {
        if (!scan_value(s, depth))
            return false;
        skip_space(s);
        if (!take(s, ",]", "after array element"))
            return false;
    } while (s->p[-1] == ',');
    return true;
}

static bool scan_member(struct scan *s, int depth)
{
    skip_space(s);
    if (!take(s, "\"", "looking for beginning of object key string") || !scan_string(s))
        return false;
    skip_space(s);
    return take(s, ":", "after object key") && scan_value(s, depth);
}

static bool scan_object(struct scan *s, int depth)
{
    skip_space(s);
    if (s->p < s->end && *s->p == '}') {
        s->p++;
        return true;
    }
    do {
        if (!scan_member(s, depth))
            return false;
        skip_space(s);
        if (!take(s, ",}", "after object key:value pair"))
            return false;
    } while (s->p[-1] == ',');
    return true;
}

/* What is nested deeper was refused before anybody asks for words. */
#define DEPTH_MAX 1000

static bool scan_value(struct scan *s, int depth)
{
    static const char *const literals[] = {"true", "false", "null"};

    skip_space(s);
    if (s->p == s->end || depth == DEPTH_MAX)
        return fail(s, "looking for beginning of value");
    if (*s->p == '-' || is_digit(*s->p))
        return scan_number(s);
    for (size_t i = 0; i < ARRAY_LEN(literals); i++)
        if (*s->p == literals[i][0])
            return scan_literal(s, literals[i]);
    if (!take(s, "\"[{", "looking for beginning of value"))
        return false;
    switch (s->p[-1]) {
    case '"':
        return scan_string(s);
    case '[':
        return scan_array(s, depth + 1);
    default:
        return scan_object(s, depth + 1);
    }
}

/* A character as Go quotes it; one of several bytes, by the first alone. */
static char *quoted(char c)
{
    static const char plain[] = "abfnrtv", escaped[] = "\a\b\f\n\r\t\v";
    const char *special = c ? strchr(escaped, c) : NULL;

    if (c == '\'')
        return xstrdup("'\\''");
    if (c == '\\')
        return xstrdup("'\\\\'");
    if (special)
        return xasprintf("'\\%c'", plain[special - escaped]);
    if ((unsigned char)c >= 0x80)
        return xasprintf("'\\u%04x'", (unsigned char)c);
    if ((unsigned char)c < ' ' || c == 0x7f)
        return xasprintf("'\\x%02x'", (unsigned char)c);
    return xasprintf("'%c'", c);
}

char *gotext_json(const char *text, size_t len)
{
    struct scan s = {.p = text, .end = text + len};

    if (scan_value(&s, 0)) {
        skip_space(&s);
        if (s.p == s.end)
            return NULL;
        s.where = "after top-level value";
    }
    if (s.p == s.end)
        return xstrdup("unexpected end of JSON input");
    AUTO_FREE char *c = quoted(*s.p);
    return xasprintf("invalid character %s %s", c, s.where);
}

char *gotext_type(const struct json *value, enum json_type want)
{
    static const char *const words[] = {
        [JSON_NULL] = "null",     [JSON_BOOL] = "bool",     [JSON_INT] = "number",
        [JSON_DOUBLE] = "number", [JSON_STRING] = "string", [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object"};
    const bool is_fraction = json_is(value, JSON_DOUBLE) && want == JSON_INT;
    AUTO_FREE char *number = is_fraction ? json_text(value, NULL) : NULL;

    return xasprintf("%s%s%s", words[json_type(value)], number ? " " : "",
                     number ? number : "");
}

/* ---- values ---- */

#define TEXT_MAX (64u << 10)

static void print_value(const struct json *value, struct str *out);

static void print_map(const struct json *map, struct str *out)
{
    AUTO_FREE const char **names = json_sorted_keys(map);

    str_add(out, "map[");
    for (const char **name = names; *name; name++) {
        str_addf(out, "%s%s:", name == names ? "" : " ", *name);
        print_value(json_get(map, *name), out);
    }
    str_addc(out, ']');
}

static void print_value(const struct json *value, struct str *out)
{
    switch (json_type(value)) {
    case JSON_NULL:
        str_add(out, "<nil>");
        return;
    case JSON_STRING:
        str_add(out, json_string(value));
        return;
    case JSON_OBJECT:
        print_map(value, out);
        return;
    case JSON_ARRAY:
        str_addc(out, '[');
        for (size_t i = 0; i < json_len(value); i++) {
            str_add(out, i == 0 ? "" : " ");
            print_value(json_item(value, i), out);
        }
        str_addc(out, ']');
        return;
    case JSON_BOOL:
    case JSON_INT:
    case JSON_DOUBLE:
        json_print(value, out);
    }
}

char *gotext_value(const struct json *value)
{
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    print_value(value, &text);
    return str_take(&text);
}

/* ---- structs ---- */

static void add_struct(const struct json *value, const struct gotext_field *fields,
                       struct str *out);

static void add_value(const struct json *value, const struct gotext_field *fields,
                      struct str *out)
{
    if (!fields) {
        json_print(value, out);
        return;
    }
    if (!json_is(value, JSON_ARRAY)) {
        add_struct(value, fields, out);
        return;
    }
    str_addc(out, '[');
    for (size_t i = 0; i < json_len(value); i++) {
        str_add(out, i == 0 ? "" : ",");
        add_struct(json_item(value, i), fields, out);
    }
    str_addc(out, ']');
}

static void add_struct(const struct json *value, const struct gotext_field *fields,
                       struct str *out)
{
    for (const struct gotext_field *f = fields; f->name; f++) {
        const struct json *v = json_get(value, f->name);
        str_addf(out, "%c\"%c%s\":", f == fields ? '{' : ',', f->name[0] - 'a' + 'A',
                 f->name + 1);
        if (v)
            add_value(v, f->fields, out);
        else
            str_add(out, f->absent);
    }
    str_addc(out, '}');
}

char *gotext_struct(const struct json *value, const struct gotext_field *fields)
{
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    add_struct(value, fields, &text);
    return str_take(&text);
}
