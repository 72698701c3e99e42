/*
 * conlog - what a container writes, kept: bounded files, and the time of each line.
 *
 *   DIR/<container>.log            plain: what it wrote, in its present or last run
 *   DIR/<container>.log.1          what came before that, once it was full
 *   DIR/<container>.previous.log   (and .1) the run before
 *
 * Beside each lies <file>.times, an array of struct conlog_mark. A file of CONLOG_MAX
 * bytes is full; where it can be, the next begins at a line's beginning. So of each run
 * its newest 10 to 20 MiB are kept, and of each container two runs.
 *
 * conread.h reads them, also while they are written. What the disk does not take is
 * dropped, and a line in the log says how much, once it takes something again.
 */
#ifndef GANTRY_LOCAL_CONLOG_H
#define GANTRY_LOCAL_CONLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/err.h"

/* As a kubelet's containerLogMaxSize. */
#define CONLOG_MAX (10 << 20)

struct conlog;

/* The line that begins at `offset`, and those behind it up to the next mark, began to
 * be written at `ms`. Both only grow within a file. */
struct conlog_mark {
    int64_t offset;
    int64_t ms;
};

/* A file's path, heap: of the previous run or not, the newest part or the one before.
 */
char *conlog_path(const char *dir, const char *container, bool previous, bool older);
/* Of its marks. */
char *conlog_times_path(const char *path);

/* A run begins; `dir` exists. What is there becomes the previous run's. `max_bytes` of
 * a file; 0: CONLOG_MAX. NULL and err. */
struct conlog *conlog_new(const char *dir, const char *container, int64_t max_bytes,
                          struct err *err);
/* The run has ended: tells who listens. NULL is fine. */
void conlog_free(struct conlog *c);

void conlog_append(struct conlog *c, const char *bytes, size_t len, int64_t now_ms);

/* What the disk did not take, in one line; heap. NULL: it took all. */
char *conlog_loss(const struct conlog *c);

/* ---- for readers ---- */

/* Embedded by who follows; `changed` comes after each append, and when the run ends
 * (`ended`: the log is about to be freed). Listeners may come and go within it. */
struct conlog_listener {
    TAILQ_ENTRY(conlog_listener) link;
    void (*changed)(struct conlog_listener *l, bool ended);
};

void conlog_listen(struct conlog *c, struct conlog_listener *l);
void conlog_unlisten(struct conlog *c, struct conlog_listener *l);
/* How many files were filled so far: the number of the one that is written to. */
uint64_t conlog_part(const struct conlog *c);
const char *conlog_dir(const struct conlog *c);
const char *conlog_container(const struct conlog *c);

#endif
