/*
 * election - one leader among the controllers of a cluster, by a Lease.
 *
 *   candidate --took the Lease--> leader --renews it, every ELECTION_RENEW_MS
 *       ^                           |
 *       +--- no renewal in time, or another holds the Lease
 *
 * A candidate looks every two to four seconds, and takes a Lease that nobody holds,
 * whose holder has ended for certain, or that it has not seen change for as long as the
 * Lease itself says (ELECTION_LEASE_SEC). A leader leads until ELECTION_DEADLINE_MS
 * after it *sent* the last renewal that succeeded: it gives up five seconds before
 * another may begin. Only the rate of clocks matters, never what they show; boot time
 * counts, so that a suspend does, too.
 *
 * That keeps two from leading at a time, but not a late write of the first from
 * arriving under the second: those are fenced one by one (uid, resourceVersion, names).
 * A Lease that is deleted is to who has seen it one that does not change; a write whose
 * outcome is unknown counts as failed.
 */
#ifndef GANTRY_CONTROLLER_ELECTION_H
#define GANTRY_CONTROLLER_ELECTION_H

#include "base/log.h"
#include "base/loop.h"
#include "base/rng.h"
#include "kubeclient/client.h"

#define ELECTION_LEASE_SEC 15
#define ELECTION_DEADLINE_MS 10000
#define ELECTION_RENEW_MS 4000
#define ELECTION_RETRY_MS 2000
/* A request without an answer is given up. */
#define ELECTION_REQUEST_MS 5000
/* Nobody waits longer for a leader to say that it goes. */
#define ELECTION_RESIGN_MS 2000

struct election;

/* All lent but `rng`. */
struct election_options {
    /* Better not the client of the work: its lists would be in the way. */
    struct kc_client *client;
    struct log *log;
    struct rng rng;
    const char *ns, *name; /* of the Lease; the namespace is made when absent */
    const char *self;      /* one run of one process, and no other ever */
    bool (*has_ended)(const char *holder); /* for certain; NULL: nobody knows */
    /* It leads from now on, or no more. Comes from the loop; the election may not be
     * freed in it. */
    void (*turned)(void *arg, bool leads);
    void *arg;
};

/* A candidate, who looks at once. */
struct election *election_new(const struct election_options *options);
/* Nothing more is written or told; the Lease stays as it is. NULL is fine. */
void election_free(struct election *e);

/* Is it sure to lead at this moment? Asked before every write, as a process that was
 * stopped for a while may come to write before it comes to know. */
bool election_leads(const struct election *e);

/* Gives the Lease up, so that another need not wait, and calls `done` from the loop,
 * at the latest after ELECTION_RESIGN_MS. All that was done as a leader has ended
 * before. Then there is only election_free. */
void election_resign(struct election *e, loop_fn *done, void *arg);

#endif
