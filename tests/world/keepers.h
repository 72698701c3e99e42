/*
 * keepers - what a cluster has besides Gantry: a node controller, a garbage collector
 * of pods, and a default scheduler with pods of its own.
 *
 * As Kubernetes does by default: a node that is silent for 40 s is not ready, its pods
 * are deleted 300 s later; a pod on a node that is gone is marked failed and forced
 * away. The default scheduler counts every pod that is bound, whoever bound it.
 */
#ifndef GANTRY_TESTS_WORLD_KEEPERS_H
#define GANTRY_TESTS_WORLD_KEEPERS_H

#include "tests/world/journal.h"
#include "tests/world/ledger.h"

struct keepers_options {
    struct loop *loop;
    struct server *server;
    struct ledger *ledger;
    struct journal *journal;
    struct rng rng;
    bool foreign_pods;
    bool (*is_silent)(void *arg, const char *node);   /* nobody hears of it */
    bool (*is_scrapped)(void *arg, const char *node); /* it will not come back */
    void *arg;
};

struct keepers;

struct keepers *keepers_new(const struct keepers_options *options);
void keepers_free(struct keepers *k);
/* They do nothing while the server is away. */
void keepers_pause(struct keepers *k, bool paused);
/* No more foreign pods; those that are there go. */
void keepers_calm(struct keepers *k);
bool keepers_are_calm(const struct keepers *k);

#endif
