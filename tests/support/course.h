/*
 * course - a core that random changes are told, from one seed, with the lines of a
 * scenario that say what it was told.
 *
 *     course_init(&h, seed, &config);
 *     course_tell(&h, "job %d cpu=%d", number, 1 + (int)course_draw(&h, 8));
 *     course_check(&h, sched_job(h.s, "job-1") != NULL);
 *     course_fini(&h);
 *
 * A check that fails prints the seed and the script, and ends the test.
 */
#ifndef GANTRY_TESTS_SUPPORT_COURSE_H
#define GANTRY_TESTS_SUPPORT_COURSE_H

#include "base/rng.h"
#include "base/str.h"
#include "base/util.h"
#include "scheduler/sched.h"

struct course {
    struct rng rng;
    struct sched *s;
    struct restable res;
    struct str script; /* a test adds what it does otherwise */
    uint64_t seed;
    int64_t now_sec; /* 1000 at first */
};

void course_init(struct course *h, uint64_t seed, const struct sched_config *config);
void course_fini(struct course *h);

/* 0 to bound - 1. */
int64_t course_draw(struct course *h, int64_t bound);
bool course_chance(struct course *h, int percent);
const char *course_pick(struct course *h, const char *const *words, size_t n);
#define COURSE_PICK(h, words) course_pick((h), (words), ARRAY_LEN(words))

/* A line of cluster_text. The core hears of resources when there are new ones. */
void course_tell(struct course *h, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Lines apart by "|"; "at 100": a step at that time, with all the time it takes. */
void course_run(struct course *h, const char *lines);
/* One node of one CPU, on which job 9, dan's, runs since 0. */
void course_begin_full(struct course *h);

/* The job that is called so in lines; NULL: there is none. */
const struct job *course_job(const struct course *h, int64_t number);

/* The job that has the nodes of a START: of an array its task; NULL: there is none. */
const struct job *course_started(const struct course *h, const struct decision *start);

/* No node of a START has more asked of it than it has. */
void course_check_room(const struct course *h, const struct decision *start);

/* The time of a slice is up whenever it is looked at: a struct sched_budget's. */
bool course_spend(void *arg, int64_t ahead_us);

void course_give_up(const struct course *h, const char *what) __attribute__((noreturn));
#define course_check(h, condition)           \
    do {                                     \
        if (!(condition))                    \
            course_give_up((h), #condition); \
    } while (0)

#endif
