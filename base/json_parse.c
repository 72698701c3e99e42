/*
 * Parsing of JSON, by RFC 8259 and no more: json-c's own tokener also takes NaN, loose
 * UTF-8 and numbers that it clamps. One recursive descent serves documents, the search
 * for duplicate keys and the templates of json_build (single quotes, %-values).
 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/util.h"

/* Where the parser stands, for the path of a duplicate key. */
struct frame {
    const struct frame *up;
    const char *key; /* NULL in an array */
    size_t index;
    int depth;
};

struct parser {
    const char *buf;
    size_t len;
    size_t pos;
    struct str scratch; /* the string being read, unescaped */
    struct err *err;
    va_list *values;          /* of a template, else NULL */
    struct str *ret_dup_path; /* where duplicates are looked for, else NULL */
    bool dup_found;           /* ends the parse as an error does */
};

static struct json *parse_value(struct parser *p, const struct frame *up);

/* ---- bytes ---- */

static int fail(struct parser *p, const char *what)
{
    return err_set(p->err, ERR_INVALID, "invalid JSON at byte %zu: %s", p->pos, what);
}

/* The byte at the reading point, -1 at the end. */
static int peek(const struct parser *p)
{
    return p->pos < p->len ? (unsigned char)p->buf[p->pos] : -1;
}

static bool accept(struct parser *p, char c)
{
    if (peek(p) != (unsigned char)c)
        return false;
    p->pos++;
    return true;
}

static void skip_space(struct parser *p)
{
    while (accept(p, ' ') || accept(p, '\n') || accept(p, '\t') || accept(p, '\r'))
        ;
}

static bool at_quote(const struct parser *p)
{
    return peek(p) == '"' || (p->values != NULL && peek(p) == '\'');
}

/* ---- strings ---- */

static void add_rune(struct str *out, uint32_t r)
{
    if (r < 0x80) {
        str_addc(out, (char)r);
    } else if (r < 0x800) {
        str_addc(out, (char)(0xc0 | r >> 6));
        str_addc(out, (char)(0x80 | (r & 0x3f)));
    } else if (r < 0x10000) {
        str_addc(out, (char)(0xe0 | r >> 12));
        str_addc(out, (char)(0x80 | (r >> 6 & 0x3f)));
        str_addc(out, (char)(0x80 | (r & 0x3f)));
    } else {
        str_addc(out, (char)(0xf0 | r >> 18));
        str_addc(out, (char)(0x80 | (r >> 12 & 0x3f)));
        str_addc(out, (char)(0x80 | (r >> 6 & 0x3f)));
        str_addc(out, (char)(0x80 | (r & 0x3f)));
    }
}

static int hex4(struct parser *p, uint32_t *ret)
{
    uint32_t v = 0;
    int i, c;

    for (i = 0; i < 4; i++, p->pos++) {
        c = peek(p);
        if (c < 0 || !isxdigit(c))
            return fail(p, "expected four hexadecimal digits behind \\u");
        v = v << 4 | (uint32_t)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
    }
    *ret = v;
    return 0;
}

/* Behind "\u". Half a surrogate pair becomes U+FFFD, as in Kubernetes. */
static int read_unicode(struct parser *p)
{
    uint32_t r, low;
    size_t back;

    if (hex4(p, &r) < 0)
        return -1;
    back = p->pos;
    if (r >= 0xd800 && r < 0xdc00 && accept(p, '\\') && accept(p, 'u')) {
        if (hex4(p, &low) < 0)
            return -1;
        if (low >= 0xdc00 && low < 0xe000) {
            add_rune(&p->scratch, 0x10000 + ((r - 0xd800) << 10) + (low - 0xdc00));
            return 0;
        }
    }
    if (r >= 0xd800 && r < 0xe000) {
        p->pos = back;
        r = 0xfffd;
    }
    add_rune(&p->scratch, r);
    return 0;
}

/* Behind a backslash. */
static int read_escape(struct parser *p)
{
    static const char plain[][2] = {
        {'"', '"'},  {'\\', '\\'}, {'/', '/'},  {'b', '\b'},
        {'f', '\f'}, {'n', '\n'},  {'r', '\r'}, {'t', '\t'},
    };
    size_t i;

    if (accept(p, 'u'))
        return read_unicode(p);
    for (i = 0; i < ARRAY_LEN(plain); i++) {
        if (accept(p, plain[i][0])) {
            str_addc(&p->scratch, plain[i][1]);
            return 0;
        }
    }
    return fail(p, "unknown escape in a string");
}

/* Appends what stands plainly at the reading point; stops at a quote, a backslash, a
 * byte that is not allowed, or, in a template, a percent sign. */
static void read_plain(struct parser *p, char quote)
{
    size_t start = p->pos, n;
    char c;

    while (p->pos < p->len) {
        c = p->buf[p->pos];
        if (c == quote || c == '\\' || (unsigned char)c < 0x20 ||
            (p->values != NULL && c == '%'))
            break;
        n = json_utf8_len(p->buf + p->pos, p->len - p->pos);
        if (n == 0)
            break;
        p->pos += n;
    }
    str_addn(&p->scratch, p->buf + start, p->pos - start);
}

/* A string at its quote, into p->scratch. */
static int read_string(struct parser *p)
{
    char quote = p->buf[p->pos++];

    str_reset(&p->scratch);
    for (;;) {
        read_plain(p, quote);
        if (accept(p, quote))
            return 0;
        if (accept(p, '\\')) {
            if (read_escape(p) < 0)
                return -1;
        } else if (accept(p, '%') && accept(p, '%')) {
            str_addc(&p->scratch, '%');
        } else if (peek(p) < 0) {
            return fail(p, "the string does not end");
        } else if (peek(p) < 0x20) {
            return fail(p, "control character in a string");
        } else {
            return fail(p, "not valid UTF-8");
        }
    }
}

static struct json *parse_string(struct parser *p)
{
    if (read_string(p) < 0)
        return NULL;
    return json_new_string_len(p->scratch.s, p->scratch.len);
}

/* ---- numbers and words ---- */

static bool skip_digits(struct parser *p)
{
    size_t start = p->pos;

    while (peek(p) >= '0' && peek(p) <= '9')
        p->pos++;
    return p->pos > start;
}

/* Passes over a number by the grammar. */
static int skip_number(struct parser *p, bool *ret_integer)
{
    bool integer = true;

    accept(p, '-');
    if (accept(p, '0')) {
        if (peek(p) >= '0' && peek(p) <= '9')
            return fail(p, "a number must not begin with 0");
    } else if (!skip_digits(p)) {
        return fail(p, "expected a digit");
    }
    if (accept(p, '.')) {
        integer = false;
        if (!skip_digits(p))
            return fail(p, "expected a digit behind the point");
    }
    if (accept(p, 'e') || accept(p, 'E')) {
        integer = false;
        if (!accept(p, '+'))
            accept(p, '-');
        if (!skip_digits(p))
            return fail(p, "expected a digit in the exponent");
    }
    *ret_integer = integer;
    return 0;
}

/* Integers are exact up to 64 bits; longer ones are doubles that print as they came. */
static struct json *parse_number(struct parser *p)
{
    size_t start = p->pos;
    bool integer = true;
    const char *text;
    double d;

    if (skip_number(p, &integer) < 0)
        return NULL;
    str_reset(&p->scratch);
    str_addn(&p->scratch, p->buf + start, p->pos - start);
    text = p->scratch.s;
    errno = 0;
    if (integer && text[0] == '-') {
        long long v = strtoll(text, NULL, 10);
        if (errno == 0)
            return json_new_int(v);
    } else if (integer) {
        unsigned long long v = strtoull(text, NULL, 10);
        if (errno == 0)
            return v <= INT64_MAX ? json_new_int((int64_t)v) : json_new_uint(v);
    }
    d = strtod(text, NULL);
    if (isfinite(d))
        return json_new_double_text(d, text);
    p->pos = start;
    fail(p, "the number is too large");
    return NULL;
}

static bool accept_word(struct parser *p, const char *word)
{
    size_t n = strlen(word);

    if (p->len - p->pos < n || memcmp(p->buf + p->pos, word, n) != 0)
        return false;
    p->pos += n;
    return true;
}

static struct json *parse_word(struct parser *p)
{
    if (accept_word(p, "true"))
        return json_new_bool(true);
    if (accept_word(p, "false"))
        return json_new_bool(false);
    if (accept_word(p, "null"))
        return json_new_null();
    fail(p,
         peek(p) < 0 ? "the text ends where a value is expected" : "expected a value");
    return NULL;
}

/* ---- templates ---- */

static struct json *template_value(struct parser *p)
{
    struct json *j;
    const char *s;

    switch (p->pos < p->len ? p->buf[p->pos++] : '\0') {
    case 's':
        s = va_arg(*p->values, const char *);
        return s != NULL ? json_new_string(s) : json_new_null();
    case 'i':
        return json_new_int(va_arg(*p->values, int64_t));
    case 'b':
        return json_new_bool(va_arg(*p->values, int));
    case 'j':
        j = json_copy(va_arg(*p->values, const struct json *));
        return j != NULL ? j : json_new_null();
    }
    fail(p, "unknown conversion");
    return NULL;
}

/* ---- containers ---- */

static void print_frame(const struct frame *at, struct str *out)
{
    if (at->up == NULL)
        return;
    print_frame(at->up, out);
    if (at->key == NULL)
        str_addf(out, "[%zu]", at->index);
    else
        str_addf(out, "%s%s", out->len > 0 ? "." : "", at->key);
}

/* Reads a key and its colon; NULL on error, else the caller frees it. */
static char *parse_key(struct parser *p)
{
    char *key;

    if (p->values != NULL && accept(p, '%')) {
        if (!accept(p, 's')) {
            fail(p, "a key is a string");
            return NULL;
        }
        key = xstrdup(va_arg(*p->values, const char *));
    } else if (!at_quote(p)) {
        fail(p, "expected a key in quotes");
        return NULL;
    } else {
        if (read_string(p) < 0)
            return NULL;
        if (memchr(p->scratch.s, '\0', p->scratch.len) != NULL) {
            fail(p, "NUL in a key");
            return NULL;
        }
        key = xstrndup(p->scratch.s, p->scratch.len);
    }
    skip_space(p);
    if (!accept(p, ':')) {
        fail(p, "expected ':' behind the key");
        free(key);
        return NULL;
    }
    return key;
}

static int parse_field(struct parser *p, struct json *object, struct frame *at)
{
    AUTO_FREE char *key = parse_key(p);
    struct json *val;

    if (key == NULL)
        return -1;
    at->key = key;
    if (p->ret_dup_path != NULL && json_get(object, key) != NULL) {
        print_frame(at, p->ret_dup_path);
        p->dup_found = true;
        return -1;
    }
    val = parse_value(p, at);
    if (val == NULL)
        return -1;
    json_set(object, key, val);
    return 0;
}

static int parse_item(struct parser *p, struct json *array, struct frame *at)
{
    struct json *val = parse_value(p, at);

    if (val == NULL)
        return -1;
    json_append(array, val);
    at->index++;
    return 0;
}

/* Behind the opening bracket: fields or items, commas between, up to `close`. */
static int parse_members(struct parser *p, struct json *into, struct frame *at)
{
    bool object = json_is(into, JSON_OBJECT);
    char close = object ? '}' : ']';

    skip_space(p);
    if (accept(p, close))
        return 0;
    for (;;) {
        skip_space(p);
        if ((object ? parse_field(p, into, at) : parse_item(p, into, at)) < 0)
            return -1;
        skip_space(p);
        if (accept(p, close))
            return 0;
        if (!accept(p, ','))
            return fail(p, object ? "expected ',' or '}'" : "expected ',' or ']'");
    }
}

static struct json *parse_container(struct parser *p, const struct frame *up)
{
    struct frame at = {.up = up, .depth = up->depth + 1};
    JSON_AUTO struct json *j = NULL;

    if (at.depth > JSON_DEPTH_MAX) {
        fail(p, "nested too deeply");
        return NULL;
    }
    j = p->buf[p->pos++] == '{' ? json_new_object() : json_new_array();
    if (parse_members(p, j, &at) < 0)
        return NULL;
    return TAKE(j);
}

static struct json *parse_value(struct parser *p, const struct frame *up)
{
    int c;

    skip_space(p);
    c = peek(p);
    if (c == '{' || c == '[')
        return parse_container(p, up);
    if (at_quote(p))
        return parse_string(p);
    if (c == '-' || (c >= '0' && c <= '9'))
        return parse_number(p);
    if (p->values != NULL && accept(p, '%'))
        return template_value(p);
    return parse_word(p);
}

/* ---- documents ---- */

static struct json *parse_document(struct parser *p)
{
    const struct frame root = {.depth = 0};
    JSON_AUTO struct json *j = NULL;

    str_init(&p->scratch, SIZE_MAX);
    j = parse_value(p, &root);
    str_fini(&p->scratch);
    if (j == NULL)
        return NULL;
    skip_space(p);
    if (p->pos < p->len) {
        fail(p, "text behind the document");
        return NULL;
    }
    return TAKE(j);
}

struct json *json_parse(const char *buf, size_t len, struct err *err)
{
    struct parser p = {.buf = buf, .len = len, .err = err};

    return parse_document(&p);
}

struct json *json_parse_str(const char *text, struct err *err)
{
    return json_parse(text, strlen(text), err);
}

bool json_duplicate_key(const char *buf, size_t len, struct str *ret_path)
{
    struct parser p = {.buf = buf, .len = len, .ret_dup_path = ret_path};

    json_free(parse_document(&p));
    return p.dup_found;
}

struct json *json_build(const char *tmpl, ...)
{
    struct parser p = {.buf = tmpl, .len = strlen(tmpl)};
    struct json *j;
    va_list ap;

    va_start(ap, tmpl);
    p.values = &ap;
    j = parse_document(&p);
    va_end(ap);
    assert(j != NULL);
    return j;
}
