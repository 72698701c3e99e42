/*
 * log - one line per event.
 *
 * On a terminal a line is for people ("12:03:04 WARN  watch pods: 410 Expired,
 * relisting"), elsewhere it is one JSON object a line ({"time","level","msg"}).
 * Only daemons log, once, at the boundary; libraries return errors. No global logger:
 * it is handed down. A NULL logger drops the line. Secrets are never passed in. A line
 * is one write of at most 4 KiB; a longer message is cut and ends with "...".
 */
#ifndef GANTRY_BASE_LOG_H
#define GANTRY_BASE_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/loop.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log;

/* Writes to `out` (lent), times from `loop` (may be NULL: no time). JSON when `out` is
 * not a terminal. */
struct log *log_new(FILE *out, const struct loop *loop, enum log_level level);
void log_free(struct log *log);
void log_set_json(struct log *log, bool json);
/* "debug", "info", "warn", "error"; -1 for other words. */
int log_level_parse(const char *word, enum log_level *ret);

void log_line(struct log *log, enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_debug(log, ...) log_line(log, LOG_DEBUG, __VA_ARGS__)
#define log_info(log, ...) log_line(log, LOG_INFO, __VA_ARGS__)
#define log_warn(log, ...) log_line(log, LOG_WARN, __VA_ARGS__)
#define log_error(log, ...) log_line(log, LOG_ERROR, __VA_ARGS__)

#endif
