/*
 * replica - one controller of a world, as its program has it: a candidate, which is the
 * controller while it leads. It is killed at any of its writes, before or after that is
 * carried out, and started again later; its cable is pulled, and put in again.
 */
#ifndef GANTRY_TESTS_WORLD_REPLICA_H
#define GANTRY_TESTS_WORLD_REPLICA_H

#include "base/log.h"
#include "tests/support/faulty.h"
#include "tests/world/journal.h"
#include "tests/world/ledger.h"

struct replica_options {
    struct loop *loop;
    struct transport *wire; /* to the server, lent */
    struct ledger *ledger;  /* told of its late pods */
    struct journal *journal;
    struct log *log; /* the controller's; NULL */
    struct rng rng;
    struct faulty_rates rates;
    int64_t writes_between_kills; /* on average; 0: it is never killed */
    bool cuts;                    /* its cable is pulled now and then */
    int number;
    void (*turned)(void *arg); /* it leads, or no more */
    void *arg;
};

struct replica;

/* It starts at once. */
struct replica *replica_new(const struct replica_options *options);
void replica_free(struct replica *r);
/* An outage of the API server begins, or is over. */
void replica_block(struct replica *r, bool blocked);
void replica_set_rates(struct replica *r, const struct faulty_rates *rates);
/* No more kills, faults and pulled cables. */
void replica_calm(struct replica *r);
/* By its own word. */
bool replica_leads(const struct replica *r);
/* It leads, and has nothing to do. */
bool replica_is_idle(const struct replica *r);

#endif
