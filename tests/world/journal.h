/*
 * journal - what a world tells: its trace, its first breach, its counts.
 *
 * All parts of a world write into one journal. The trace is printed only when it is
 * asked for; `digest` mixes in everything that is noted whether printed or not, so that
 * two runs of one seed can be compared.
 */
#ifndef GANTRY_TESTS_WORLD_JOURNAL_H
#define GANTRY_TESTS_WORLD_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"

struct world_counts {
    uint64_t seeds, steps, requests, faults, kills, jobs, attempts, runs, losses,
        outages, preemptions;
};

struct journal {
    const struct loop *loop;
    int64_t start_ms;
    bool aloud;
    char *breach; /* the first one, "check: what"; NULL */
    uint64_t digest;
    struct world_counts counts;
};

void journal_init(struct journal *j, const struct loop *loop, bool aloud);
void journal_fini(struct journal *j);

/* One line of the trace. */
void journal_note(struct journal *j, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Something that must not be. `check` is one word, by which the self-test knows it. */
void journal_breach(struct journal *j, const char *check, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void world_counts_add(struct world_counts *to, const struct world_counts *from);

#endif
