/* yaml_word - of yaml_print: which scalars need quotes, and how fields are ordered. */
#include <ctype.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml_print.h"
#include "base/yaml_scalar.h"

/* Booleans of YAML 1.1 that Kubernetes' own reader takes for strings. */
static bool is_old_bool(const char *s)
{
    static const char *const words[] = {"y",  "Y",   "yes", "Yes", "YES", "on",
                                        "On", "ON",  "n",   "N",   "no",  "No",
                                        "NO", "off", "Off", "OFF"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i], s) == 0)
            return true;
    return false;
}

/* Moves behind one to `max` digits; false: there are none. */
static bool take_digits(const char **s, size_t max, int *ret)
{
    size_t n = 0;

    for (*ret = 0; n < max && isdigit((unsigned char)**s); n++)
        *ret = *ret * 10 + *(*s)++ - '0';
    return n > 0;
}

static bool take_char(const char **s, const char *any)
{
    if (**s == '\0' || !strchr(any, **s))
        return false;
    ++*s;
    return true;
}

static bool take_date(const char **s)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;

    if (strspn(*s, "0123456789") != 4 || !take_digits(s, 4, &year) ||
        !take_char(s, "-") || !take_digits(s, 2, &month) || !take_char(s, "-") ||
        !take_digits(s, 2, &day) || month < 1 || month > 12 || day < 1)
        return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] - (month == 2 && !leap);
}

static bool take_zone(const char **s)
{
    int hour, minute;

    if (take_char(s, "Z"))
        return true;
    return take_char(s, "+-") && take_digits(s, 2, &hour) && take_char(s, ":") &&
           take_digits(s, 2, &minute) && hour <= 24 && minute < 60;
}

/* 2001-12-4, 2001-12-14T21:59:43.10-05:00, 2001-12-14 21:59:43 */
static bool is_time(const char *s)
{
    int hour, minute, second;

    if (!take_date(&s))
        return false;
    if (*s == '\0')
        return true;
    const bool spaced = *s == ' ';
    if (!take_char(&s, "Tt ") || !take_digits(&s, 2, &hour) || !take_char(&s, ":") ||
        !take_digits(&s, 2, &minute) || !take_char(&s, ":") ||
        !take_digits(&s, 2, &second) || hour > 23 || minute > 59 || second > 59)
        return false;
    if (take_char(&s, "."))
        s += strspn(s, "0123456789");
    return (spaced || take_zone(&s)) && *s == '\0';
}

/* A number to the base of sixty: 190:20:30. */
static bool is_base60(const char *s)
{
    s += *s == '-' || *s == '+';
    if (!isdigit((unsigned char)*s) || !strchr(s, ':'))
        return false;
    s += strspn(s, "0123456789_");
    while (*s == ':') {
        s++;
        if (*s >= '0' && *s <= '5' && isdigit((unsigned char)s[1]))
            s++;
        if (!isdigit((unsigned char)*s))
            return false;
        s++;
    }
    if (*s == '.')
        s += 1 + strspn(s + 1, "0123456789_");
    return *s == '\0';
}

static const char merge_key[] = "<<";

bool yaml_print_is_ambiguous(const char *s, size_t len)
{
    struct json *read = yaml_scalar_resolve(s, len);
    const bool is_string = json_is(read, JSON_STRING);

    json_free(read);
    return !is_string || is_old_bool(s) || is_time(s) || is_base60(s) ||
           strcmp(s, merge_key) == 0;
}

/* ---- the order of fields ---- */

/* Bytes beyond ASCII count as letters. */
static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Do the digits before `at` make a zero there a digit of a larger number? */
static bool is_inside_number(const char *s, size_t at)
{
    while (at > 0 && isdigit((unsigned char)s[at - 1]))
        if (s[--at] != '0')
            return true;
    return false;
}

/* Reads the digits at `s`; a number that is too large stays so. */
static int64_t read_number(const char *s, int64_t before, size_t *ret_len)
{
    int64_t n = before;

    for (*ret_len = 0; isdigit((unsigned char)s[*ret_len]); ++*ret_len)
        n = n > INT64_MAX / 10 - 1 ? INT64_MAX / 10 : n * 10 + s[*ret_len] - '0';
    return n;
}

int yaml_print_compare(const char *a, const char *b)
{
    size_t i = 0, a_len, b_len;

    while (a[i] && a[i] == b[i])
        i++;
    if (!a[i] || !b[i])
        return (a[i] != '\0') - (b[i] != '\0');
    const int bytes = (unsigned char)a[i] < (unsigned char)b[i] ? -1 : 1;
    if (is_letter(a[i]) && is_letter(b[i]))
        return bytes;
    if (is_letter(a[i]) || is_letter(b[i]))
        return is_letter(b[i]) ? -1 : 1;
    const int64_t before =
        (a[i] == '0' || b[i] == '0') && is_inside_number(a, i) ? 1 : 0;
    const int64_t a_n = read_number(a + i, before, &a_len);
    const int64_t b_n = read_number(b + i, before, &b_len);
    if (a_n != b_n)
        return a_n < b_n ? -1 : 1;
    if (a_len != b_len)
        return a_len < b_len ? -1 : 1;
    return bytes;
}
