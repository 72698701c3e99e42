/*
 * outage - restarts of a world's API server, as all its clients see them.
 *
 *   well -- all watches and requests are cut, nothing gets through --> away
 *   away -- it is back, and has forgotten its history (410 Gone) ----> unwell
 *   unwell -- every third request is refused, or fails -------------> well
 *
 * What was written stays: that is etcd's. While it is away users and keepers do
 * nothing.
 */
#ifndef GANTRY_TESTS_WORLD_OUTAGE_H
#define GANTRY_TESTS_WORLD_OUTAGE_H

#include "tests/world/control.h"
#include "tests/world/machines.h"

struct outage_options {
    struct loop *loop;
    struct server *server;
    struct control *control;
    struct machines *machines;
    struct users *users;
    struct journal *journal;
    struct rng rng;
};

struct outage;

/* The first is some minutes away. */
struct outage *outage_new(const struct outage_options *options);
void outage_free(struct outage *o); /* NULL is fine */
/* The server is well, and stays so. NULL is fine. */
void outage_calm(struct outage *o);

#endif
