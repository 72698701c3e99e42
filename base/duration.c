#include "base/duration.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

#define TEXT_MAX 64
#define NS_PER_SEC INT64_C(1000000000)

enum scan { SCAN_OK, SCAN_BAD, SCAN_LARGE };

/* ---- Slurm: fields between colons, days before a dash ---- */

/* Takes digits off the text; anything past the ceiling counts as just past it. */
static bool scan_number(const char **text, int64_t *ret)
{
    const char *s = *text;
    int64_t value = 0;
    for (; isdigit((unsigned char)*s); s++)
        value = MIN(value * 10 + (*s - '0'), DURATION_MAX + 1);
    if (s == *text)
        return false;
    *text = s;
    *ret = value;
    return true;
}

/* "a[:b[:c]]" with nothing behind; the count of fields, 0 when it is not that. */
static int scan_fields(const char *s, int64_t ret[3])
{
    for (int n = 0; n < 3; s++) {
        if (!scan_number(&s, &ret[n++]))
            return 0;
        if (*s == '\0')
            return n;
        if (*s != ':')
            return 0;
    }
    return 0;
}

static enum scan scan_slurm(const char *s, int64_t *ret_sec)
{
    /* Seconds of each field by their number, without days and with. */
    static const int plain[4][3] = {{0}, {60}, {60, 1}, {3600, 60, 1}};
    static const int dashed[3] = {3600, 60, 1};
    const char *dash = strchr(s, '-');
    int64_t days = 0, field[3];
    if (dash && (!scan_number(&s, &days) || s != dash))
        return SCAN_BAD;
    int n = scan_fields(dash ? dash + 1 : s, field);
    if (n == 0)
        return SCAN_BAD;
    /* Each factor is at most DURATION_MAX + 1, so the sum is far from overflow. */
    int64_t sum = days * 86400;
    for (int i = 0; i < n; i++)
        sum += field[i] * (dash ? dashed[i] : plain[n][i]);
    *ret_sec = sum;
    return sum > DURATION_MAX ? SCAN_LARGE : SCAN_OK;
}

/* ---- Kubernetes: numbers with units ---- */

struct unit {
    const char *text;
    int64_t ns;
};

/* A unit that begins another one comes after it. */
static const struct unit units[] = {
    {"ns", 1},
    {"us", 1000},
    {"\xc2\xb5s", 1000}, /* micro sign */
    {"\xce\xbcs", 1000}, /* Greek mu */
    {"ms", 1000000},
    {"s", NS_PER_SEC},
    {"m", 60 * NS_PER_SEC},
    {"h", 3600 * NS_PER_SEC},
};

static const struct unit *scan_unit(const char **text)
{
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_starts(*text, units[i].text)) {
            *text += strlen(units[i].text);
            return &units[i];
        }
    }
    return NULL;
}

/* Takes ".25" off the text as its digits and 10^count; finer than 10^-12 is dropped. */
static bool scan_fraction(const char **text, int64_t *ret_digits, int64_t *ret_scale)
{
    *ret_digits = 0;
    *ret_scale = 1;
    if (**text != '.')
        return false;
    const char *s = *text + 1;
    for (; isdigit((unsigned char)*s); s++) {
        if (*ret_scale < INT64_C(1000000000000)) {
            *ret_digits = *ret_digits * 10 + (*s - '0');
            *ret_scale *= 10;
        }
    }
    bool any = s > *text + 1;
    *text = s;
    return any;
}

static enum scan scan_kubernetes(const char *s, int64_t *ret_sec)
{
    __int128 ns = 0;
    while (*s) {
        int64_t whole = 0, digits, scale;
        bool any = scan_number(&s, &whole);
        any |= scan_fraction(&s, &digits, &scale);
        const struct unit *unit = scan_unit(&s);
        if (!any || !unit)
            return SCAN_BAD;
        ns += (__int128)whole * unit->ns + (__int128)digits * unit->ns / scale;
    }
    ns = (ns + NS_PER_SEC - 1) / NS_PER_SEC;
    if (ns > DURATION_MAX)
        return SCAN_LARGE;
    *ret_sec = (int64_t)ns;
    return SCAN_OK;
}

/* ---- both ---- */

static bool is_unlimited(const char *s)
{
    return strcmp(s, "-1") == 0 || strcasecmp(s, "INFINITE") == 0 ||
           strcasecmp(s, "UNLIMITED") == 0;
}

static enum scan duration_scan(const char *text, int64_t *ret_sec)
{
    if (*text == '\0' || strnlen(text, TEXT_MAX + 1) > TEXT_MAX)
        return SCAN_BAD;
    if (is_unlimited(text)) {
        *ret_sec = DURATION_UNLIMITED;
        return SCAN_OK;
    }
    enum scan scan = scan_slurm(text, ret_sec);
    return scan == SCAN_BAD ? scan_kubernetes(text, ret_sec) : scan;
}

int duration_parse(const char *text, int64_t *ret_sec, struct err *err)
{
    int64_t sec;
    switch (duration_scan(text, &sec)) {
    case SCAN_OK:
        *ret_sec = sec;
        return 0;
    case SCAN_LARGE:
        return err_set(err, ERR_INVALID,
                       "duration \"%s\" is over %" PRId64 " days: use UNLIMITED", text,
                       DURATION_MAX / 86400);
    case SCAN_BAD:
        break;
    }
    return err_set(err, ERR_INVALID,
                   "\"%.*s\" is not a duration: use minutes (90), 2:30:00, 1-12:00:00 "
                   "(days-hours), 1h30m or UNLIMITED",
                   TEXT_MAX, text);
}

void duration_format(int64_t sec, char ret[DURATION_TEXT_MAX])
{
    if (sec == DURATION_UNLIMITED) {
        snprintf(ret, DURATION_TEXT_MAX, "UNLIMITED");
        return;
    }
    sec = MAX(sec, 0);
    int64_t days = sec / 86400;
    int rest = (int)(sec % 86400), n = 0;
    if (days > 0)
        n = snprintf(ret, DURATION_TEXT_MAX, "%" PRId64 "-", days);
    snprintf(ret + n, DURATION_TEXT_MAX - (size_t)n, "%02d:%02d:%02d", rest / 3600,
             rest / 60 % 60, rest % 60);
}
