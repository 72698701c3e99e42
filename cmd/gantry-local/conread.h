/*
 * conread - reads a container's log (conlog.h), as `kubectl logs` asks for it.
 *
 * It is pulled: conread_next gives the next bytes as long as there are some, so that
 * its reader's pace is its own. With `follow` it waits at the end for what comes,
 * across full files, until the run has ended; a follower who is slower than two files
 * fill misses what was between.
 */
#ifndef GANTRY_LOCAL_CONREAD_H
#define GANTRY_LOCAL_CONREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "cmd/gantry-local/conlog.h"

/* What one conread_next appends at most. */
#define CONREAD_BYTES_MAX (1u << 20)

struct conread;

struct conread_options {
    int64_t tail_lines;  /* the last so many; -1: all */
    int64_t since_ms;    /* lines that began then or later; 0: all */
    int64_t limit_bytes; /* of what is given out; -1: none */
    bool timestamps;     /* each line behind its time, RFC 3339 */
    bool follow;
};

#define CONREAD_ALL ((struct conread_options){.tail_lines = -1, .limit_bytes = -1})

enum conread_result {
    CONREAD_MORE, /* there may be more at once */
    CONREAD_WAIT, /* a follower: not before `changed` */
    CONREAD_END,
};

/* `live`: the run's log while it runs, NULL when it has ended (or is the previous one).
 * ERR_NOT_FOUND: no run has begun (no previous one has been). */
struct conread *conread_new(const char *dir, const char *container, bool previous,
                            const struct conread_options *options, struct err *err);
void conread_free(struct conread *r); /* NULL is fine */

/* Of a follower, before the first conread_next: whose end ends it (NULL: it has
 * ended), and who is told when there is more to read; from within conlog's calls. */
void conread_follow(struct conread *r, struct conlog *live, void (*changed)(void *arg),
                    void *arg);

/* The end of the present or last run, of so many lines and bytes at most, as what a
 * container has to say for itself; heap, "" where there is none. */
char *conread_end(const char *dir, const char *container, int64_t lines,
                  size_t bytes_max);

enum conread_result conread_next(struct conread *r, struct str *out);

#endif
