/*
 * users - the people of a world: they submit jobs of all kinds, then change their
 * minds.
 *
 * Each submission is remembered with what must come of it in the end: a job that fits
 * must reach an end, one that never can must wait for the true reason. Users speak to
 * the server directly; their requests do not fail.
 */
#ifndef GANTRY_TESTS_WORLD_USERS_H
#define GANTRY_TESTS_WORLD_USERS_H

#include "tests/world/journal.h"
#include "tests/world/ledger.h"

/* What is to become of a job when all is calm. */
enum outlook {
    OUTLOOK_ENDS,
    OUTLOOK_TOO_LARGE, /* waits with PartitionNodeLimit */
    OUTLOOK_NOWHERE,   /* waits with PartitionConfig */
};

struct user_job {
    char name[32];
    const char *uid; /* the ledger's */
    enum outlook outlook;
    bool deleted; /* by its user */
    bool held;    /* until calm at the latest */
    struct json *actions;
};

struct users_options {
    struct loop *loop;
    struct server *server;
    struct ledger *ledger;
    struct journal *journal;
    struct rng rng;
    size_t n_jobs;
    bool meddling; /* cancel, requeue, delete, change partitions, reserve nodes */
    /* what fits */
    int64_t nodes, cpus_per_node, gpus_per_node;
    int64_t side_nodes; /* of machine "a", which partition side has */
};

struct users;

struct users *users_new(const struct users_options *options);
void users_free(struct users *u);
bool users_are_through(const struct users *u); /* all is submitted */
/* Nobody does anything while the server is away. */
void users_pause(struct users *u, bool paused);
/* No more changes; partitions are up, held jobs released, and tasks of arrays that are
 * held yet by and by. */
void users_calm(struct users *u);

size_t users_count(const struct users *u);
const struct user_job *users_job(const struct users *u, size_t i);
/* A gang that takes every CPU of every node, and must run when all else has ended. */
void users_submit_all(struct users *u);
/* Deletes every job that is there. */
void users_delete_all(struct users *u);

#endif
