/*
 * checks - what must hold in a world, whatever happens in it.
 *
 * After every event:
 *   overcommit  no pod of ours is bound where it does not fit, or elsewhere than
 *               planned
 *   quota       no partition's jobs have more CPUs of a node than it allows
 *   reserved    nothing is bound to a reserved node that would not be over before
 *   limit       no more jobs of QOS high run than it allows
 *   licences    nor does what runs use more licences than there are
 *   owner       no job is beside another user's, where either is to have its nodes for
 *               its user alone
 *   deadline    no job starts that could not be over by its deadline
 *   closed      no pod of a job that was made when its partition took none any more
 *   partition   no pod of a job in one that the job does not name
 *   gang        no pod of a gang before its intent; none RUNNING before all are bound;
 *               none partly running past its deadline
 *   twice       nothing runs twice: no pod, no rank, no two attempts at a time, no
 *               attempt after one that succeeded, no task of an array
 *   id          job ids are unique for ever and never change
 *   transition  states follow crds/jobstate.h's picture
 *   exit        the end that is recorded is the one that was, of an array those of all
 *               its tasks
 *   preempt     who ends for another is of a QOS that the other's may preempt
 *   corr        no task that waits for that of another array (aftercorr) has a pod
 *               before that has succeeded
 *   signal      the list of a pod's signals only grows, no line of it is there twice,
 *               and no container has a signal more often than that says
 *   leader      one controller leads at a time, and no other writes (replica.h)
 * When all is calm:
 *   lost        every action was carried out; every job has ended, or waits for the
 *               true reason; then one that takes the whole cluster runs
 *   stray       nothing of ours runs, no pod keeps our finalizer, and nothing is left
 *               of jobs that are deleted
 * Without faults:
 *   preempt     nobody begins to be ended at once for one that had been waiting; and,
 *               where users do not change their minds, nobody ends for nothing: who was
 *               made room for has started after that
 * Without faults:
 *   writes      a job that completes takes four states at most, and no write is made in
 *               vain: with them a job of N pods costs 2N+4 writes (design §4)
 */
#ifndef GANTRY_TESTS_WORLD_CHECKS_H
#define GANTRY_TESTS_WORLD_CHECKS_H

#include "tests/world/journal.h"
#include "tests/world/ledger.h"
#include "tests/world/users.h"
#include "tests/world/wire.h"

struct checks {
    struct ledger *ledger;
    struct journal *journal;
    bool faultless; /* no faults, kills, misfortunes, outages */
    bool outages;   /* of the API server */
    bool admission; /* changes what pods ask for */
    bool meddled;   /* users change their minds */
    int64_t
        controller_ms; /* since when there is a controller; NEVER_MS: there is none */
    int64_t last_ms;
};

/* Called by the ledger. */
void checks_job(struct checks *c, struct job_fact *job);
void checks_pod(struct checks *c, struct pod_fact *pod);
/* Called when a pod's container has started on a machine. */
void checks_run(struct checks *c, struct pod_fact *pod);
/* Called after every step. */
void checks_step(struct checks *c);

/* Is there nothing left to wait for? */
bool checks_is_settled(const struct checks *c, const struct users *users);
/* Once calm: everything is as it should be in the end. */
void checks_settled(struct checks *c, const struct users *users);
/* In peace: what arrived at the server is what was needed. */
void checks_writes(struct checks *c, const struct wire_counts *arrived);
/* Once all jobs are deleted and gone: nothing is left of them. */
bool checks_is_empty(const struct checks *c);
void checks_empty(struct checks *c);

#endif
