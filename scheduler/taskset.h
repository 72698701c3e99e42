/*
 * taskset - which tasks of a job array: a set of indices, and the same as text.
 *
 * An index is from 0 to below TASKSET_SIZE, the most that a site's MaxArraySize may be.
 * All zero is the empty set; it is copied by assignment, and nothing is to be freed.
 * As text it is Slurm's list, item{,item}, an item being 3, 0-15 or 0-15:4.
 */
#ifndef GANTRY_SCHEDULER_TASKSET_H
#define GANTRY_SCHEDULER_TASKSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define TASKSET_SIZE 10001
#define TASKSET_TEXT_MAX (64u << 10) /* any set as text */

struct taskset {
    uint64_t words[(TASKSET_SIZE + 63) / 64];
};

/* "0-3,7"; "" is the empty set. */
int taskset_parse(const char *text, struct taskset *ret, struct err *err);
/* Likewise, as far as the list goes, which is not empty; *text moves behind it. False:
 * it is none, or has an index that is too large. */
bool taskset_read(const char **text, struct taskset *ret);
/* A number of digits, not larger than any index by much; *text moves behind it. */
bool taskset_read_number(const char **text, int64_t *ret);
/* As Slurm shows it: "0-3,7", and where all are a step apart "0-12:4". */
void taskset_format(const struct taskset *set, struct str *out);

bool taskset_has(const struct taskset *set, int64_t index); /* any number */
void taskset_add(struct taskset *set, int64_t index);
void taskset_remove(struct taskset *set, int64_t index);
void taskset_join(struct taskset *set, const struct taskset *other);
void taskset_keep(struct taskset *set, const struct taskset *other); /* both have */
void taskset_drop(struct taskset *set, const struct taskset *other);
bool taskset_equal(const struct taskset *a, const struct taskset *b);
bool taskset_is_empty(const struct taskset *set);
int64_t taskset_count(const struct taskset *set);
/* The first one from `from` on; -1: none. */
int64_t taskset_next(const struct taskset *set, int64_t from);
int64_t taskset_last(const struct taskset *set); /* -1: none */
/* How far apart they are, if all are equally far; else 1. */
int64_t taskset_step(const struct taskset *set);

#endif
