/*
 * stepped - a core made of lines of cluster_text, that takes one step at a time, of so
 * many jobs at most, and what that step told.
 *
 *     stepped_begin(&f, STEPPED_TWO_NODES "job 1-3 cpu=1");
 *     f.limit = 1;
 *     ck_assert_int_eq(stepped_step(&f, 0), SCHED_MORE);
 *     stepped_end(&f);
 *
 * What goes wrong with a line ends the test.
 */
#ifndef GANTRY_TESTS_SUPPORT_STEPPED_H
#define GANTRY_TESTS_SUPPORT_STEPPED_H

#include "base/str.h"
#include "scheduler/sched.h"

#define STEPPED_TWO_NODES "node n[1-2] cpu=8\npartition batch default\n"

struct stepped {
    struct sched *s;
    struct restable res;
    struct str told; /* decisions of the last step, as text */
    int considered;  /* jobs in the last step, but the last one of a walk */
    int limit;       /* yield after that many; 0: never */
};

/* With the rules of sched_config_default. Lines apart by '\n'. */
void stepped_begin(struct stepped *f, const char *lines);
void stepped_end(struct stepped *f);

enum sched_progress stepped_step(struct stepped *f, int64_t now_sec);
void stepped_line(struct stepped *f, const char *text);
/* `key`: the UID of a job, or the name of what else is gone. */
void stepped_gone(struct stepped *f, enum change_kind kind, const char *key);

/* A struct sched_budget's, of the struct stepped that `arg` is: it counts jobs. */
bool stepped_count(void *arg, int64_t ahead_us);

#endif
