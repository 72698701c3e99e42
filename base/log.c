#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/json.h"
#include "base/str.h"
#include "base/util.h"

/* A line goes out by one write of at most this, so that the lines of several processes
 * on one pipe (PIPE_BUF) do not mix. */
#define LINE_MAX_BYTES 4096
#define CUT_MARK "..."

struct log {
    FILE *out;
    const struct loop *loop;
    enum log_level level;
    bool json;
    bool colour;
};

static const struct {
    const char *word;
    const char *plain; /* as wide as the widest */
    const char *colour;
} levels[] = {
    [LOG_DEBUG] = {"debug", "DEBUG", "\x1b[2m"},
    [LOG_INFO] = {"info", "INFO ", ""},
    [LOG_WARN] = {"warn", "WARN ", "\x1b[33m"},
    [LOG_ERROR] = {"error", "ERROR", "\x1b[31m"},
};

struct log *log_new(FILE *out, const struct loop *loop, enum log_level level)
{
    struct log *log = xcalloc(1, sizeof(*log));
    bool terminal = isatty(fileno(out)) == 1;

    *log = (struct log){
        .out = out,
        .loop = loop,
        .level = level,
        .json = !terminal,
        .colour = terminal,
    };
    return log;
}

void log_free(struct log *log)
{
    free(log);
}

void log_set_json(struct log *log, bool json)
{
    log->json = json;
}

int log_level_parse(const char *word, enum log_level *ret)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(levels); i++) {
        if (str_eq(word, levels[i].word)) {
            *ret = (enum log_level)i;
            return 0;
        }
    }
    return -1;
}

/* A message is one line of text: control characters (those of two bytes too) become
 * spaces, so that what comes from outside can neither forge lines nor drive a terminal.
 */
static void blank_controls(char *msg)
{
    unsigned char *p;

    for (p = (unsigned char *)msg; *p != '\0'; p++) {
        if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
            p[0] = p[1] = ' ';
        else if (*p < 0x20 || *p == 0x7f)
            *p = ' ';
    }
}

/* "12:03:04 WARN  msg" */
static void format_plain(const struct log *log, enum log_level level, char *msg,
                         struct str *line)
{
    char clock[16];
    struct tm tm;
    time_t sec;

    blank_controls(msg);
    if (log->loop != NULL) {
        sec = (time_t)loop_now_sec(log->loop);
        if (localtime_r(&sec, &tm) != NULL &&
            strftime(clock, sizeof(clock), "%H:%M:%S", &tm) > 0)
            str_addf(line, "%s ", clock);
    }
    if (log->colour && levels[level].colour[0] != '\0')
        str_addf(line, "%s%s\x1b[0m %s", levels[level].colour, levels[level].plain,
                 msg);
    else
        str_addf(line, "%s %s", levels[level].plain, msg);
}

static void format_json(const struct log *log, enum log_level level, const char *msg,
                        struct str *line)
{
    JSON_AUTO struct json *j = json_new_object();
    char stamp[TIME_TEXT_MAX];

    if (log->loop != NULL) {
        time_format_micro(loop_now_ms(log->loop), stamp);
        json_set(j, "time", json_new_string(stamp));
    }
    json_set(j, "level", json_new_string(levels[level].word));
    json_set(j, "msg", json_new_string(msg));
    json_print(j, line);
}

static void format_line(const struct log *log, enum log_level level, char *msg,
                        struct str *line)
{
    str_reset(line);
    if (log->json)
        format_json(log, level, msg, line);
    else
        format_plain(log, level, msg, line);
    str_addc(line, '\n');
}

/* Makes `msg` shorter, at the start of a character, and marks it as cut. Only for one
 * of hundreds of bytes: shorter ones fit, however they are escaped. */
static void cut_message(char *msg)
{
    size_t len = strlen(msg), keep = len - len / 16 - sizeof(CUT_MARK);

    while (keep > 0 && ((unsigned char)msg[keep] & 0xc0) == 0x80)
        keep--;
    memcpy(msg + keep, CUT_MARK, sizeof(CUT_MARK));
}

/* What the caller printed before stays in front; the stream's buffer then takes the
 * whole line, and the flush is one write. A log that cannot be written has nobody to
 * tell. */
static void write_line(const struct log *log, const struct str *line)
{
    fflush(log->out);
    fwrite(line->s, 1, line->len, log->out);
    fflush(log->out);
}

void log_line(struct log *log, enum log_level level, const char *fmt, ...)
{
    STR_AUTO struct str line = {.s = NULL};
    char msg[LINE_MAX_BYTES];
    va_list ap;
    int len;

    if (log == NULL || level < log->level)
        return;
    va_start(ap, fmt);
    len = vsnprintf(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    if (len < 0)
        return;
    if ((size_t)len >= sizeof(msg))
        cut_message(msg);
    str_init(&line, LINE_MAX_BYTES);
    format_line(log, level, msg, &line);
    /* Escapes make a message longer by an amount that shows only afterwards. */
    while (line.overflow) {
        cut_message(msg);
        format_line(log, level, msg, &line);
    }
    write_line(log, &line);
}
