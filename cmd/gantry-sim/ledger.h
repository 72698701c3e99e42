/*
 * ledger - what is used on each node, counted by the simulator itself.
 *
 * The core has its own books; these hold it to them: what does not fit is refused. They
 * also say how much there is, how much of it is free, and how much of what is free lies
 * in fragments: on nodes that are partly in use. A node that takes no new jobs (not
 * ready, or cordoned) counts as what is still in use there. What pods of others take is
 * not there.
 */
#ifndef GANTRY_SIM_LEDGER_H
#define GANTRY_SIM_LEDGER_H

#include <stdbool.h>

#include "cmd/gantry-sim/pool.h"

struct ledger;

struct ledger *ledger_new(const struct pool *pool);
void ledger_free(struct ledger *l); /* NULL is fine */
/* The place of a node in the pool; -1: there is none of that name. */
int64_t ledger_find(const struct ledger *l, const char *node);
/* A node takes new jobs, or takes none, from now on. */
void ledger_open(struct ledger *l, size_t node, bool open);
/* Pods on a node; false (and nothing is counted) if there is no room for them. */
bool ledger_take(struct ledger *l, size_t node, const struct slot *slot);
void ledger_give(struct ledger *l, size_t node, const struct slot *slot);
/* Of pool_measure, now. */
struct ledger_sum {
    int64_t total; /* that there is */
    int64_t free;
    int64_t fragments; /* of the free ones, those on nodes that have used ones too */
};
struct ledger_sum ledger_sum(const struct ledger *l);

#endif
