#include "base/duration.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/util.h"

#define TEXT_MAX 64
#define YEAR_1_SEC INT64_C(-62135596800)
#define YEAR_9999_END_SEC INT64_C(253402300799)

/* What a text says; the rest follows from now. */
struct when {
    bool has_date, has_clock;
    int year, month, day; /* year 0: the coming one */
    int hour, minute, second;
};

/* ---- pieces of text ---- */

/* Takes `min` to `max` digits off the text, as many as there are. */
static bool scan_int(const char **text, int min, int max, int *ret)
{
    int n = 0, value = 0;
    for (; n < max && isdigit((unsigned char)(*text)[n]); n++)
        value = value * 10 + ((*text)[n] - '0');
    if (n < min)
        return false;
    *text += n;
    *ret = value;
    return true;
}

static bool scan_char(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

static bool scan_half(const char **text, struct when *w)
{
    const char *s = *text + (**text == ' ');
    bool pm = strncasecmp(s, "PM", 2) == 0;
    if (!pm && strncasecmp(s, "AM", 2) != 0)
        return true;
    if (w->hour < 1 || w->hour > 12)
        return false;
    w->hour = w->hour % 12 + (pm ? 12 : 0);
    *text = s + 2;
    return true;
}

/* "HH:MM[:SS] [AM|PM]" */
static bool scan_clock(const char **text, struct when *w)
{
    w->has_clock = true;
    w->second = 0;
    return scan_int(text, 1, 2, &w->hour) && scan_char(text, ':') &&
           scan_int(text, 2, 2, &w->minute) &&
           (!scan_char(text, ':') || scan_int(text, 2, 2, &w->second)) &&
           scan_half(text, w);
}

/* "YYYY-MM-DD" */
static bool scan_iso_date(const char **text, struct when *w)
{
    w->has_date = true;
    return scan_int(text, 4, 4, &w->year) && scan_char(text, '-') &&
           scan_int(text, 2, 2, &w->month) && scan_char(text, '-') &&
           scan_int(text, 2, 2, &w->day);
}

static bool when_is_valid(const struct when *w)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (w->has_clock && (w->hour > 23 || w->minute > 59 || w->second > 59))
        return false;
    if (!w->has_date)
        return true;
    bool leap = (w->year % 4 == 0 && w->year % 100 != 0) || w->year % 400 == 0;
    if (w->month < 1 || w->month > 12 || w->day < 1 || w->day > days[w->month - 1])
        return false;
    return w->month != 2 || w->day < 29 || leap || w->year == 0;
}

/* ---- the forms; each takes the whole text or returns false ---- */

static bool form_clock(const char *s, struct when *w)
{
    return scan_clock(&s, w) && *s == '\0';
}

static bool form_iso(const char *s, struct when *w)
{
    if (!scan_iso_date(&s, w) || w->year == 0)
        return false;
    return (!scan_char(&s, 'T') || scan_clock(&s, w)) && *s == '\0';
}

/* "MMDD[YY]" */
static bool form_digits(const char *s, struct when *w)
{
    int year = -2000;
    w->has_date = true;
    if (!scan_int(&s, 2, 2, &w->month) || !scan_int(&s, 2, 2, &w->day))
        return false;
    if (*s != '\0' && !scan_int(&s, 2, 2, &year))
        return false;
    w->year = 2000 + year;
    return *s == '\0';
}

/* "MM/DD[/YY][-HH:MM[:SS]]", also with points */
static bool form_slashes(const char *s, struct when *w)
{
    int year = -2000;
    w->has_date = true;
    if (!scan_int(&s, 1, 2, &w->month))
        return false;
    char mark = *s == '.' ? '.' : '/';
    if (!scan_char(&s, mark) || !scan_int(&s, 1, 2, &w->day))
        return false;
    if (scan_char(&s, mark) && !scan_int(&s, 2, 2, &year))
        return false;
    w->year = 2000 + year;
    return (!scan_char(&s, '-') || scan_clock(&s, w)) && *s == '\0';
}

static bool form_word(const char *s, struct when *w)
{
    static const struct {
        const char *word;
        int hour;
    } words[] = {
        {"midnight", 0}, {"elevenses", 11}, {"noon", 12}, {"fika", 15}, {"teatime", 16},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcasecmp(s, words[i].word) == 0) {
            *w = (struct when){.has_clock = true, .hour = words[i].hour};
            return true;
        }
    }
    return false;
}

typedef bool form_fn(const char *s, struct when *w);
static form_fn *const forms[] = {
    form_clock, form_iso, form_digits, form_slashes, form_word,
};

/* ---- from what was said to seconds ---- */

static int64_t local_sec(const struct when *w)
{
    struct tm tm = {
        .tm_year = w->year - 1900,
        .tm_mon = w->month - 1,
        .tm_mday = w->day,
        .tm_hour = w->hour,
        .tm_min = w->minute,
        .tm_sec = w->second,
        .tm_isdst = -1,
    };
    return (int64_t)mktime(&tm);
}

static bool date_before(const struct when *a, const struct when *b)
{
    return a->month != b->month ? a->month < b->month : a->day < b->day;
}

/* `days` after the day of `now_sec`, as a date; "today" is 0. */
static struct when local_day(int64_t now_sec, int days)
{
    time_t now = (time_t)now_sec;
    struct tm tm = {0};
    tzset();
    localtime_r(&now, &tm);
    /* Noon exists on every day; clocks are not set then. mktime carries the month over.
     */
    tm.tm_mday += days;
    tm.tm_hour = 12;
    tm.tm_isdst = -1;
    mktime(&tm);
    return (struct when){.has_date = true,
                         .year = tm.tm_year + 1900,
                         .month = tm.tm_mon + 1,
                         .day = tm.tm_mday};
}

static void when_set_day(struct when *w, const struct when *day)
{
    w->year = day->year;
    w->month = day->month;
    w->day = day->day;
}

/* False for the 29th of February of a year that has none. */
static bool when_resolve(struct when *w, int64_t now_sec, int64_t *ret_sec)
{
    struct when today = local_day(now_sec, 0);
    if (w->has_date) {
        if (w->year == 0)
            w->year = today.year + date_before(w, &today);
        if (!when_is_valid(w))
            return false;
        *ret_sec = local_sec(w);
        return true;
    }
    when_set_day(w, &today);
    if (local_sec(w) < now_sec) {
        struct when tomorrow = local_day(now_sec, 1);
        when_set_day(w, &tomorrow);
    }
    *ret_sec = local_sec(w);
    return true;
}

/* ---- now and days ---- */

static int64_t unit_sec(const char *word)
{
    static const struct {
        const char *word;
        int64_t sec;
    } units[] = {
        {"seconds", 1},  {"minutes", 60},   {"hours", 3600},
        {"days", 86400}, {"weeks", 604800},
    };
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (strncasecmp(word, units[i].word, strlen(word)) == 0)
            return units[i].sec; /* "" begins every word: seconds */
    }
    return 0;
}

/* "now[+N[unit]]"; `s` is behind "now". */
static bool parse_now(const char *s, int64_t now_sec, int64_t *ret_sec)
{
    int n = 0;
    if (*s != '\0' && (!scan_char(&s, '+') || !scan_int(&s, 1, 9, &n)))
        return false;
    int64_t sec = unit_sec(s);
    if (sec == 0 || n * sec > DURATION_MAX)
        return false;
    *ret_sec = now_sec + n * sec;
    return true;
}

static bool parse_relative(const char *s, int64_t now_sec, int64_t *ret_sec)
{
    if (strncasecmp(s, "now", 3) == 0)
        return parse_now(s + 3, now_sec, ret_sec);
    bool tomorrow = strcasecmp(s, "tomorrow") == 0;
    if (!tomorrow && strcasecmp(s, "today") != 0)
        return false;
    struct when day = local_day(now_sec, tomorrow);
    *ret_sec = local_sec(&day);
    return true;
}

static bool parse_form(const char *s, int64_t now_sec, int64_t *ret_sec)
{
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct when w = {0};
        if (forms[i](s, &w))
            return when_is_valid(&w) && when_resolve(&w, now_sec, ret_sec);
    }
    return false;
}

int time_parse(const char *text, int64_t now_sec, int64_t *ret_sec, struct err *err)
{
    if (strnlen(text, TEXT_MAX + 1) <= TEXT_MAX &&
        (parse_relative(text, now_sec, ret_sec) || parse_form(text, now_sec, ret_sec) ||
         time_parse_rfc3339(text, ret_sec, NULL) == 0))
        return 0;
    return err_set(err, ERR_INVALID,
                   "\"%.*s\" is not a time: use 16:00, 2026-11-24T16:00, 11/24, "
                   "now+2hours, tomorrow or noon",
                   TEXT_MAX, text);
}

/* ---- RFC 3339 ---- */

static bool scan_zone(const char **text, int *ret_sec)
{
    int hours, minutes;
    *ret_sec = 0;
    if (scan_char(text, 'Z'))
        return true;
    int sign = **text == '-' ? -1 : 1;
    if (!scan_char(text, '-') && !scan_char(text, '+'))
        return false;
    if (!scan_int(text, 2, 2, &hours) || !scan_char(text, ':') ||
        !scan_int(text, 2, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret_sec = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool scan_rfc3339(const char *s, int64_t *ret_sec)
{
    struct when w = {.has_clock = true};
    int zone_sec;
    if (!scan_iso_date(&s, &w) || !scan_char(&s, 'T') || !scan_int(&s, 2, 2, &w.hour) ||
        !scan_char(&s, ':') || !scan_int(&s, 2, 2, &w.minute) || !scan_char(&s, ':') ||
        !scan_int(&s, 2, 2, &w.second))
        return false;
    if (scan_char(&s, '.')) {
        size_t digits = strspn(s, "0123456789");
        if (digits == 0)
            return false;
        s += digits;
    }
    if (!scan_zone(&s, &zone_sec) || *s != '\0' || w.year == 0 || !when_is_valid(&w))
        return false;
    struct tm tm = {.tm_year = w.year - 1900,
                    .tm_mon = w.month - 1,
                    .tm_mday = w.day,
                    .tm_hour = w.hour,
                    .tm_min = w.minute,
                    .tm_sec = w.second};
    *ret_sec = (int64_t)timegm(&tm) - zone_sec;
    return true;
}

int time_parse_rfc3339(const char *text, int64_t *ret_sec, struct err *err)
{
    if (strnlen(text, TEXT_MAX + 1) <= TEXT_MAX && scan_rfc3339(text, ret_sec))
        return 0;
    return err_set(err, ERR_INVALID,
                   "\"%.*s\" is not an RFC 3339 time such as 2026-11-24T16:00:00Z",
                   TEXT_MAX, text);
}

static void format_utc(int64_t sec, const char *fraction, char ret[TIME_TEXT_MAX])
{
    time_t t = (time_t)MAX(YEAR_1_SEC, MIN(sec, YEAR_9999_END_SEC));
    struct tm tm = {0};
    gmtime_r(&t, &tm);
    snprintf(ret, TIME_TEXT_MAX, "%04u-%02u-%02uT%02u:%02u:%02u%sZ",
             (unsigned)(tm.tm_year + 1900) % 10000u, (unsigned)(tm.tm_mon + 1) % 100u,
             (unsigned)tm.tm_mday % 100u, (unsigned)tm.tm_hour % 100u,
             (unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u, fraction);
}

void time_format_rfc3339(int64_t sec, char ret[TIME_TEXT_MAX])
{
    format_utc(sec, "", ret);
}

void time_format_micro(int64_t ms, char ret[TIME_TEXT_MAX])
{
    int64_t sec = ms / 1000 - (ms % 1000 < 0);
    char fraction[8];
    snprintf(fraction, sizeof(fraction), ".%03u000",
             (unsigned)((ms % 1000 + 1000) % 1000) % 1000u);
    format_utc(sec, fraction, ret);
}
