#include "cmd/gantry/slurmtime.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/duration.h"
#include "base/util.h"

#define DAY_SEC 86400
#define FAR_DAYS 1000 /* any count of days that is no neighbour */

void slurmtime_elapsed(int64_t sec, char ret[SLURMTIME_MAX])
{
    const int64_t days = sec / DAY_SEC, hours = sec / 3600 % 24;
    const int minutes = (int)(sec / 60 % 60), seconds = (int)(sec % 60);

    if (sec == DURATION_UNLIMITED)
        snprintf(ret, SLURMTIME_MAX, "UNLIMITED");
    else if (sec < 0)
        snprintf(ret, SLURMTIME_MAX, "INVALID");
    else if (days > 0)
        snprintf(ret, SLURMTIME_MAX, "%" PRId64 "-%02d:%02d:%02d", days, (int)hours,
                 minutes, seconds);
    else if (hours > 0)
        snprintf(ret, SLURMTIME_MAX, "%d:%02d:%02d", (int)hours, minutes, seconds);
    else
        snprintf(ret, SLURMTIME_MAX, "%d:%02d", minutes, seconds);
}

/* From today to the day of `tm`; FAR_DAYS for more than a year's border away. */
static int days_away(const struct tm *tm, const struct tm *now)
{
    if (tm->tm_year == now->tm_year)
        return tm->tm_yday - now->tm_yday;
    /* Across the turn of a year only yesterday, tomorrow and the coming week matter. */
    struct tm a = {
        .tm_year = tm->tm_year, .tm_mon = tm->tm_mon, .tm_mday = tm->tm_mday};
    struct tm b = {
        .tm_year = now->tm_year, .tm_mon = now->tm_mon, .tm_mday = now->tm_mday};
    const int64_t days = ((int64_t)timegm(&a) - (int64_t)timegm(&b)) / DAY_SEC;
    return days > -FAR_DAYS && days < FAR_DAYS ? (int)days : FAR_DAYS;
}

static const char *relative_format(const struct tm *tm, const struct tm *now)
{
    const int days = days_away(tm, now);

    if (days == 0)
        return "%H:%M:%S";
    if (days == -1)
        return "Ystday %H:%M";
    if (days == 1)
        return "Tomorr %H:%M";
    if (days > 1 && days < 7)
        return "%a %H:%M";
    return tm->tm_year == now->tm_year ? "%-d %b %H:%M" : "%-d %b %Y";
}

void slurmtime_moment(const struct slurmtime_style *style, int64_t sec,
                      char ret[SLURMTIME_MAX])
{
    const char *format = style->format;
    const time_t t = (time_t)sec, now = (time_t)style->now_sec;
    struct tm tm = {0}, tm_now = {0};

    localtime_r(&t, &tm);
    localtime_r(&now, &tm_now);
    if (!format || !*format || strcasecmp(format, "standard") == 0)
        format = "%Y-%m-%dT%H:%M:%S";
    else if (strcasecmp(format, "relative") == 0)
        format = relative_format(&tm, &tm_now);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (strftime(ret, SLURMTIME_MAX, format, &tm) == 0)
        snprintf(ret, SLURMTIME_MAX, "Invalid time");
#pragma GCC diagnostic pop
}
