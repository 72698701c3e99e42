/*
 * lines - cuts a byte stream into lines with a ceiling, copying only what a chunk
 * leaves unfinished.
 */
#ifndef GANTRY_KUBECLIENT_LINES_H
#define GANTRY_KUBECLIENT_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct kc_lines {
    struct str rest; /* the line that has no end yet */
};

/* `line` is lent, without its end, and not NUL-terminated. false: no more lines please.
 */
typedef bool kc_line_fn(void *arg, const char *line, size_t len);

void kc_lines_init(struct kc_lines *lines, size_t max);
void kc_lines_fini(struct kc_lines *lines);
void kc_lines_reset(struct kc_lines *lines); /* forgets the unfinished line */

/* Calls fn for each whole line; empty lines are skipped. 0, or -1 when a line is longer
 * than the ceiling (nothing of it is told; reset before going on). */
int kc_lines_feed(struct kc_lines *lines, const char *bytes, size_t len, kc_line_fn *fn,
                  void *arg);

#endif
