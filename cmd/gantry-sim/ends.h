/*
 * ends - when running jobs end by themselves, the earliest first.
 *
 * Of one second, the job of the lower number first, so that a history is the same each
 * time.
 */
#ifndef GANTRY_SIM_ENDS_H
#define GANTRY_SIM_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct end {
    int64_t sec;
    size_t job;
    int64_t run; /* which of its runs: a later one makes an earlier one void */
};

/* All zero is empty. */
struct ends {
    struct end *items; /* a heap */
    size_t n, cap;
};

void ends_fini(struct ends *e);
void ends_add(struct ends *e, struct end end);
/* Lent until the next call; NULL: there is none. */
const struct end *ends_first(const struct ends *e);
struct end ends_take(struct ends *e); /* the first; there must be one */

#endif
