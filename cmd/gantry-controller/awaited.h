/*
 * awaited - jobs that have ended, and whose end others still have to be told of.
 *
 * What a pending job has found of those that it depends on stands in its status. Until
 * it does, these are kept: after a restart, a job that is not there any more counts as
 * one that has done what was asked (scheduler/depend.h).
 */
#ifndef GANTRY_CONTROLLER_AWAITED_H
#define GANTRY_CONTROLLER_AWAITED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct controller;

/* Their job ids, sorted. All zero is none. */
struct awaited {
    int64_t *ids;
    size_t n, cap;
};

void awaited_find(const struct controller *ctl, struct awaited *ret);
/* One of so many that follow one another: a job's, and those of its components. */
bool awaited_has(const struct awaited *a, int64_t first_id, int64_t n);
void awaited_fini(struct awaited *a);

#endif
