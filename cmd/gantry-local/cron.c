/* cron - is a text a schedule of five fields, or one of the words that stand for one?
 * What is wrong is said as Kubernetes' own parser says it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_check.h"

#define FIELDS 5
#define NUMBER_DIGITS_MAX 9

struct cron_field {
    long min, max;
    const char *names; /* three letters each, the first for `min`; "": none */
};

static const struct cron_field cron_fields[FIELDS] = {
    {0, 59, ""},
    {0, 23, ""},
    {1, 31, ""},
    {1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {0, 6, "sunmontuewedthufrisat"},
};

/* ---- numbers ---- */

static bool read_name(const struct cron_field *f, const char *text, long *ret)
{
    char lower[4] = "";

    for (size_t i = 0; i < 3 && strlen(text) == 3; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    for (const char *at = f->names; lower[0] && *at; at += 3)
        if (strncmp(at, lower, 3) == 0) {
            *ret = f->min + (at - f->names) / 3;
            return true;
        }
    return false;
}

/* NULL, or why it is none. */
static char *read_number(const char *text, long *ret)
{
    const char *digits = text + (*text == '-' || *text == '+');
    const size_t n = strspn(digits, "0123456789");

    if (n == 0 || digits[n] || n > NUMBER_DIGITS_MAX)
        return xasprintf(
            "failed to parse int from %s: strconv.Atoi: parsing \"%s\": %s", text, text,
            n > NUMBER_DIGITS_MAX ? "value out of range" : "invalid syntax");
    *ret = strtol(text, NULL, 10);
    return *ret < 0 ? xasprintf("negative number (%ld) not allowed: %s", *ret, text)
                    : NULL;
}

static char *read_point(const struct cron_field *f, const char *text, long *ret)
{
    return read_name(f, text, ret) ? NULL : read_number(text, ret);
}

/* ---- ranges ---- */

struct range {
    long start, end, step;
    bool single; /* one number, no end of its own */
};

/* "*", "5", "5-7": what stands before a slash. */
static char *read_ends(const struct cron_field *f, char *text, const char *whole,
                       struct range *ret)
{
    char *dash = strchr(text, '-');
    char *why;

    ret->single = !dash;
    if (dash)
        *dash = '\0';
    if (strcmp(text, "*") == 0 || strcmp(text, "?") == 0) {
        ret->start = f->min;
        ret->end = f->max;
        return NULL;
    }
    if ((why = read_point(f, text, &ret->start)) != NULL)
        return why;
    ret->end = ret->start;
    if (!dash)
        return NULL;
    if (strchr(dash + 1, '-'))
        return xasprintf("too many hyphens: %s", whole);
    return read_point(f, dash + 1, &ret->end);
}

static char *refuse_range(const struct cron_field *f, const struct range *r,
                          const char *text)
{
    if (r->start < f->min)
        return xasprintf("beginning of range (%ld) below minimum (%ld): %s", r->start,
                         f->min, text);
    if (r->end > f->max)
        return xasprintf("end of range (%ld) above maximum (%ld): %s", r->end, f->max,
                         text);
    if (r->start > r->end)
        return xasprintf("beginning of range (%ld) beyond end of range (%ld): %s",
                         r->start, r->end, text);
    if (r->step == 0)
        return xasprintf("step of range should be a positive number: %s", text);
    return NULL;
}

static char *check_range(const struct cron_field *f, const char *text)
{
    AUTO_FREE char *own = xstrdup(text);
    struct range r = {.step = 1};
    char *slash = strchr(own, '/');
    char *why;

    if (slash)
        *slash = '\0';
    if ((why = read_ends(f, own, text, &r)) != NULL)
        return why;
    if (slash && strchr(slash + 1, '/'))
        return xasprintf("too many slashes: %s", text);
    if (slash) {
        if ((why = read_number(slash + 1, &r.step)) != NULL)
            return why;
        if (r.single)
            r.end = f->max;
    }
    return refuse_range(f, &r, text);
}

static char *check_field(const struct cron_field *f, char *text)
{
    char *rest = text;

    for (char *range; (range = strsep(&rest, ",")) != NULL;) {
        char *why = *range ? check_range(f, range) : NULL;
        if (why)
            return why;
    }
    return NULL;
}

/* ---- whole schedules ---- */

static char *check_word(const char *word)
{
    static const char *const words[] = {"@yearly", "@annually", "@monthly", "@weekly",
                                        "@daily",  "@midnight", "@hourly"};
    const char *every = "@every ";

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i], word) == 0)
            return NULL;
    if (!str_starts(word, every))
        return xasprintf("unrecognized descriptor: %s", word);
    const char *duration = word + strlen(every);
    if (isdigit((unsigned char)duration[0]) && strpbrk(duration, "smh"))
        return NULL;
    return xasprintf("failed to parse duration %s: time: invalid duration \"%s\"", word,
                     duration);
}

/* The fields, one blank apart, in `ret_all`; returns how many there are and keeps the
 * first of them. `own` is cut up. */
static size_t split(char *own, char *fields[FIELDS], struct str *ret_all)
{
    char *save = NULL;
    size_t n = 0;

    for (char *field = strtok_r(own, " \t\n", &save); field;
         field = strtok_r(NULL, " \t\n", &save), n++) {
        str_addf(ret_all, "%s%s", n > 0 ? " " : "", field);
        if (n < FIELDS)
            fields[n] = field;
    }
    return n;
}

char *cron_refuse(const char *schedule)
{
    AUTO_FREE char *own = xstrdup(schedule);
    STR_AUTO struct str all;
    char *fields[FIELDS], *why;

    str_init(&all, strlen(schedule) + 1);
    if (strstr(schedule, "TZ"))
        return xstrdup(
            "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    if (schedule[0] == '@')
        return check_word(schedule);
    const size_t n = split(own, fields, &all);
    if (n != FIELDS)
        return xasprintf("expected exactly %d fields, found %zu: [%s]", FIELDS, n,
                         all.len ? all.s : "");
    for (size_t i = 0; i < FIELDS; i++)
        if ((why = check_field(&cron_fields[i], fields[i])) != NULL)
            return why;
    return NULL;
}
