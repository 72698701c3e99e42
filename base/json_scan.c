#include "base/json_scan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/utf8.h"
#include "base/util.h"

#define INT64_DIGITS 19 /* shorter integers always fit */

int json_scan_fail(const struct json_scan *scan, size_t at, const char *what)
{
    return err_set(scan->err, ERR_INVALID, "invalid JSON at byte %zu: %s", at, what);
}

static int fail(const struct json_scan *scan, const char *what)
{
    return json_scan_fail(scan, scan->pos, what);
}

/* The byte at the reading point, -1 at the end. */
static int peek(const struct json_scan *scan)
{
    return scan->pos < scan->len ? (unsigned char)scan->buf[scan->pos] : -1;
}

static bool accept(struct json_scan *scan, char c)
{
    if (peek(scan) != (unsigned char)c)
        return false;
    scan->pos++;
    return true;
}

static void skip_space(struct json_scan *scan)
{
    while (accept(scan, ' ') || accept(scan, '\n') || accept(scan, '\t') ||
           accept(scan, '\r'))
        ;
}

/* ---- strings ---- */

/* A byte that strchr() may be asked about: not the end, and no NUL, which it finds. */
static bool is_among(int c, const char *set)
{
    return c > 0 && strchr(set, c) != NULL;
}

/* Behind a backslash. */
static int scan_escape(struct json_scan *scan, bool *has_nul)
{
    int c = peek(scan), i;
    size_t digits = scan->pos + 1;

    if (!is_among(c, "\"\\/bfnrtu"))
        return fail(scan, "unknown escape in a string");
    scan->pos++;
    for (i = 0; c == 'u' && i < 4; i++, scan->pos++) {
        if (!is_among(peek(scan), "0123456789abcdefABCDEF"))
            return fail(scan, "expected four hexadecimal digits behind \\u");
    }
    if (c == 'u' && memcmp(scan->buf + digits, "0000", 4) == 0)
        *has_nul = true;
    return 0;
}

/* Passes over what stands plainly: up to a quote, a backslash or a byte not allowed. */
static void skip_plain(struct json_scan *scan)
{
    size_t n;
    int c;

    while ((c = peek(scan)) >= 0x20 && c != '"' && c != '\\') {
        n = utf8_len(scan->buf + scan->pos, scan->len - scan->pos);
        if (n == 0)
            return;
        scan->pos += n;
    }
}

/* At the opening quote. */
static int scan_string(struct json_scan *scan, bool *ret_has_nul)
{
    scan->pos++;
    for (;;) {
        skip_plain(scan);
        if (accept(scan, '"'))
            return 0;
        if (accept(scan, '\\')) {
            if (scan_escape(scan, ret_has_nul) < 0)
                return -1;
        } else if (peek(scan) < 0) {
            return fail(scan, "the string does not end");
        } else if (peek(scan) < 0x20) {
            return fail(scan, "control character in a string");
        } else {
            return fail(scan, "not valid UTF-8");
        }
    }
}

static int scan_string_or_key(struct json_scan *scan, enum json_word *ret_word)
{
    bool has_nul = false;
    size_t end;

    if (scan_string(scan, &has_nul) < 0)
        return -1;
    end = scan->pos;
    skip_space(scan);
    *ret_word = peek(scan) == ':' ? JSON_WORD_KEY : JSON_WORD_STRING;
    scan->pos = end;
    if (has_nul && *ret_word == JSON_WORD_KEY)
        return fail(scan, "NUL in a key");
    return 0;
}

/* ---- numbers and literals ---- */

static bool skip_digits(struct json_scan *scan)
{
    size_t start = scan->pos;

    while (peek(scan) >= '0' && peek(scan) <= '9')
        scan->pos++;
    return scan->pos > start;
}

/* Passes over a number by the grammar. */
static int skip_number(struct json_scan *scan, bool *ret_integer)
{
    *ret_integer = true;
    accept(scan, '-');
    if (accept(scan, '0')) {
        if (peek(scan) >= '0' && peek(scan) <= '9')
            return fail(scan, "a number must not begin with 0");
    } else if (!skip_digits(scan)) {
        return fail(scan, "expected a digit");
    }
    if (accept(scan, '.')) {
        *ret_integer = false;
        if (!skip_digits(scan))
            return fail(scan, "expected a digit behind the point");
    }
    if (accept(scan, 'e') || accept(scan, 'E')) {
        *ret_integer = false;
        if (!accept(scan, '+'))
            accept(scan, '-');
        if (!skip_digits(scan))
            return fail(scan, "expected a digit in the exponent");
    }
    return 0;
}

static int scan_number(struct json_scan *scan, enum json_word *ret_word)
{
    size_t start = scan->pos;
    bool integer;

    *ret_word = JSON_WORD_NUMBER;
    if (skip_number(scan, &integer) < 0)
        return -1;
    if (integer && scan->pos - start < INT64_DIGITS)
        return 0;
    AUTO_FREE char *text = xstrndup(scan->buf + start, scan->pos - start);
    if (!isfinite(strtod(text, NULL)))
        return json_scan_fail(scan, start, "the number is too large");
    errno = 0;
    if (integer && text[0] == '-')
        strtoll(text, NULL, 10);
    else if (integer)
        strtoull(text, NULL, 10);
    if (integer && errno == ERANGE)
        *ret_word = JSON_WORD_LONG_INTEGER;
    return 0;
}

static int scan_literal(struct json_scan *scan)
{
    static const char *const literals[] = {"true", "false", "null"};
    size_t i, n;

    for (i = 0; i < ARRAY_LEN(literals); i++) {
        n = strlen(literals[i]);
        if (scan->len - scan->pos >= n &&
            memcmp(scan->buf + scan->pos, literals[i], n) == 0) {
            scan->pos += n;
            return 0;
        }
    }
    return fail(scan, "expected a value");
}

/* ---- words ---- */

static int scan_punct(struct json_scan *scan)
{
    int c = peek(scan);

    if ((c == '}' || c == ']') && scan->last == ',')
        return fail(scan, "expected a value behind ','");
    if ((c == '{' || c == '[') && scan->depth++ == JSON_DEPTH_MAX)
        return fail(scan, "nested too deeply");
    if ((c == '}' || c == ']') && scan->depth > 0)
        scan->depth--;
    scan->pos++;
    return 0;
}

static int scan_word(struct json_scan *scan, enum json_word *ret_word)
{
    int c = peek(scan);

    switch (c) {
    case -1:
        *ret_word = JSON_WORD_END;
        return 0;
    case '{':
    case '}':
    case '[':
    case ']':
    case ',':
    case ':':
        *ret_word = JSON_WORD_PUNCT;
        return scan_punct(scan);
    case '"':
        return scan_string_or_key(scan, ret_word);
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return scan_number(scan, ret_word);
    *ret_word = JSON_WORD_LITERAL;
    return scan_literal(scan);
}

int json_scan_next(struct json_scan *scan, enum json_word *ret_word, size_t *ret_start)
{
    skip_space(scan);
    *ret_start = scan->pos;
    if (scan_word(scan, ret_word) < 0)
        return -1;
    if (*ret_word != JSON_WORD_END)
        scan->last = scan->buf[*ret_start];
    return 0;
}
