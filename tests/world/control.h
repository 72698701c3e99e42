/*
 * control - the controller of a world: killed at any of its writes, before or after it
 * is carried out, and started again later.
 */
#ifndef GANTRY_TESTS_WORLD_CONTROL_H
#define GANTRY_TESTS_WORLD_CONTROL_H

#include "base/log.h"
#include "tests/support/faulty.h"
#include "tests/world/checks.h"

struct control_options {
    struct loop *loop;
    struct transport *wire; /* to the server, lent */
    struct checks *checks;  /* told of its life */
    struct ledger *ledger;  /* told of its late pods */
    struct journal *journal;
    struct log *log; /* the controller's; NULL */
    struct rng rng;
    struct faulty_rates rates;
    int64_t writes_between_kills; /* on average; 0: it is never killed */
};

struct control;

/* The controller starts at once. */
struct control *control_new(const struct control_options *options);
void control_free(struct control *c);
/* An outage of the API server begins, or is over. */
void control_block(struct control *c, bool blocked);
/* Until the next such call the server answers as these say; NULL: as before. */
void control_set_rates(struct control *c, const struct faulty_rates *rates);
/* No more kills and faults; it is there. */
void control_calm(struct control *c);
/* The controller is there and has nothing to do. */
bool control_is_idle(const struct control *c);

#endif
