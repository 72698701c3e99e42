/*
 * dues - which part of all that is used the shares of accounts would give to each.
 *
 * Parts of 1. Right below an account are its members and the accounts whose parent it
 * is; of its own part each is due its shares against those of all of them. An account
 * that has the shares of its parent stands for what is below it, which counts as the
 * parent's own, and is due nothing itself.
 *
 *   root           1
 *    +- physics    3 shares    3/4
 *    |   +- ann    1 share     3/8
 *    |   +- lasers 1 share     3/8
 *    +- astro      1 share     1/4
 *
 * Parents lead to the root (pool_read_objects has seen to that).
 */
#ifndef GANTRY_SIM_DUES_H
#define GANTRY_SIM_DUES_H

#include <stdbool.h>

#include "cmd/gantry-sim/pool.h"

/* False: it has none, as the root, and who has no shares or his parent's. */
bool dues_of(const struct pool *p, const struct account *account, double *ret);
/* Is `name` the account, or below it? */
bool dues_is_within(const struct pool *p, const char *name,
                    const struct account *account);

#endif
