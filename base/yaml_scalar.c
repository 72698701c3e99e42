#include "base/yaml_scalar.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define NUMBER_MAX 64                /* characters; longer ones are strings */
#define WHOLE_MAX 9007199254740992.0 /* 2^53: below it every whole double is exact */

static bool is_one_of(const char *s, const char *const *words)
{
    while (*words && strcmp(s, *words) != 0)
        words++;
    return *words != NULL;
}

static bool is_null(const char *s)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
    return is_one_of(s, words);
}

static bool is_true(const char *s)
{
    static const char *const words[] = {"true", "True", "TRUE", NULL};
    return is_one_of(s, words);
}

static bool is_false(const char *s)
{
    static const char *const words[] = {"false", "False", "FALSE", NULL};
    return is_one_of(s, words);
}

static bool is_not_finite(const char *s)
{
    static const char *const words[] = {".inf", ".Inf", ".INF", ".nan",
                                        ".NaN", ".NAN", NULL};
    return is_one_of(s + (*s == '-' || *s == '+'), words);
}

/* The base by the digits' prefix; *digits moves behind it. */
static int number_base(const char **digits)
{
    static const struct {
        char letter;
        int base;
    } bases[] = {{'x', 16}, {'X', 16}, {'o', 8}, {'O', 8}, {'b', 2}, {'B', 2}};
    if (**digits != '0' || (*digits)[1] == '\0')
        return 10;
    for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
        if ((*digits)[1] == bases[i].letter) {
            *digits += 2;
            return bases[i].base;
        }
    }
    return 8;
}

static bool scan_int(const char *s, int64_t *ret)
{
    bool negative = *s == '-';
    s += *s == '-' || *s == '+';
    int base = number_base(&s);
    /* strtoull would take white space, a second sign or a second prefix. */
    if (!isalnum((unsigned char)s[0]) ||
        (base == 16 && tolower((unsigned char)s[1]) == 'x') ||
        (base == 2 && tolower((unsigned char)s[1]) == 'b'))
        return false;
    char *end;
    errno = 0;
    unsigned long long magnitude = strtoull(s, &end, base);
    if (*end != '\0' || errno != 0 || magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *ret = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool float_form(const char *s)
{
    static const char digits[] = "0123456789";
    s += *s == '-' || *s == '+';
    size_t whole = strspn(s, digits), fraction = 0;
    s += whole;
    if (*s == '.') {
        fraction = strspn(s + 1, digits);
        s += 1 + fraction;
    }
    if (whole == 0 && fraction == 0)
        return false;
    if (*s == 'e' || *s == 'E') {
        s += 1 + (s[1] == '-' || s[1] == '+');
        size_t exponent = strspn(s, digits);
        if (exponent == 0)
            return false;
        s += exponent;
    }
    return *s == '\0';
}

static struct json *resolve_number(const char *s, size_t len)
{
    char text[NUMBER_MAX + 1] = "";
    size_t n = 0;
    if (len > NUMBER_MAX || !(isdigit((unsigned char)*s) || strchr("+-.", *s)))
        return NULL;
    for (; *s; s++) {
        if (*s != '_')
            text[n++] = *s;
    }
    text[n] = '\0';
    int64_t whole;
    if (scan_int(text, &whole))
        return json_new_int(whole);
    if (!float_form(text))
        return NULL;
    double value = strtod(text, NULL);
    if (!isfinite(value))
        return NULL;
    if (value == floor(value) && fabs(value) <= WHOLE_MAX)
        return json_new_int((int64_t)value);
    return json_new_double(value);
}

struct json *yaml_scalar_resolve(const char *s, size_t len)
{
    if (is_null(s))
        return json_new_null();
    if (is_true(s) || is_false(s))
        return json_new_bool(is_true(s));
    if (is_not_finite(s))
        return NULL;
    struct json *number = resolve_number(s, len);
    return number ? number : json_new_string_len(s, len);
}
