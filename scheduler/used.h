/*
 * used - what jobs have used, of each TRES and of wall time.
 *
 * A list, sorted; what is not in it has not been used. Amounts are in thousandths of a
 * second of one: of a CPU, of a MiB of memory, of a node, of a GPU, of a billing of 1,
 * of a licence, of any other device; that of TRES_NONE is the wall time of jobs. GPUs
 * count as such, and by their type as well. Sums end at the largest number there is.
 */
#ifndef GANTRY_SCHEDULER_USED_H
#define GANTRY_SCHEDULER_USED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/limits.h"

#define USED_MEM_UNIT (1 << 20) /* bytes of memory that count as one */

struct used_item {
    enum tres tres;
    char *type; /* as limits have it; NULL: of all types */
    int64_t amount;
};

/* All zero: nothing. */
struct used {
    struct used_item *items;
    size_t n;
};

void used_fini(struct used *u);
struct used used_copy(const struct used *u);
bool used_equal(const struct used *a, const struct used *b);
int64_t used_of(const struct used *u, enum tres tres, const char *type);
/* `type` NULL or copied. Nothing happens for an amount of 0 or less. */
void used_add(struct used *u, enum tres tres, const char *type, int64_t amount);
void used_add_all(struct used *u, const struct used *more);
/* What is left of it after a time (decay.h). */
void used_fade(struct used *u, int64_t dt_sec, int64_t half_life_sec);

#endif
