/*
 * history - a core that random changes are told, from one seed, with the lines of a
 * scenario that say what it was told.
 *
 *     history_init(&h, seed, &config);
 *     history_tell(&h, "job %d cpu=%d", number, 1 + (int)history_draw(&h, 8));
 *     history_check(&h, sched_job(h.s, "job-1") != NULL);
 *     history_fini(&h);
 *
 * A check that fails prints the seed and the script, and ends the test.
 */
#ifndef GANTRY_TESTS_SUPPORT_HISTORY_H
#define GANTRY_TESTS_SUPPORT_HISTORY_H

#include "base/rng.h"
#include "base/str.h"
#include "base/util.h"
#include "scheduler/sched.h"

struct history {
    struct rng rng;
    struct sched *s;
    struct restable res;
    struct str script; /* a test adds what it does otherwise */
    uint64_t seed;
    int64_t now_sec; /* 1000 at first */
};

void history_init(struct history *h, uint64_t seed, const struct sched_config *config);
void history_fini(struct history *h);

/* 0 to bound - 1. */
int64_t history_draw(struct history *h, int64_t bound);
bool history_chance(struct history *h, int percent);
const char *history_pick(struct history *h, const char *const *words, size_t n);
#define HISTORY_PICK(h, words) history_pick((h), (words), ARRAY_LEN(words))

/* A line of cluster_text. The core hears of resources when there are new ones. */
void history_tell(struct history *h, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The job that is called so in lines; NULL: there is none. */
const struct job *history_job(const struct history *h, int64_t number);

/* No node of a START has more asked of it than it has. */
void history_check_room(const struct history *h, const struct decision *start);

void history_give_up(const struct history *h, const char *what)
    __attribute__((noreturn));
#define history_check(h, condition)           \
    do {                                      \
        if (!(condition))                     \
            history_give_up((h), #condition); \
    } while (0)

#endif
