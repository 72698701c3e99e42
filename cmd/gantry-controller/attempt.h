/*
 * attempt - one try at running a job: its ranks, as far as they are known.
 *
 * A rank's pod goes NONE -> MADE -> BOUND -> ended. A job of one pod is made on its
 * node and is BOUND at once. What is recorded here comes from answers to our own writes
 * and from the pod watch, whichever is first; after a restart from the pods that are
 * found.
 */
#ifndef GANTRY_CONTROLLER_ATTEMPT_H
#define GANTRY_CONTROLLER_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crds/convert.h"
#include "scheduler/model.h"

/* A launch that is not through by then is rolled back: create and bind of a large gang
 * take seconds, a server that is down longer must not keep half a gang. */
#define LAUNCH_DEADLINE_SEC 120

enum rank_state {
    RANK_NONE,  /* no pod is known */
    RANK_MADE,  /* exists, unbound */
    RANK_BOUND, /* exists on its node */
    RANK_GONE,  /* existed and vanished */
};

/* What is known of a pod's node. */
enum node_fate {
    NODE_FINE,
    NODE_SILENT, /* not ready: what runs there is unknown */
    NODE_GONE,   /* its Node object is gone */
};

/* A signal that the server would not have in a pod, or its list could not hold. */
struct unsent {
    char *id, *why; /* NULL: there is none */
};

struct rank {
    enum rank_state state;
    char *uid;
    uint64_t version;   /* resourceVersion of its pod as seen last; 0: not known */
    char *node;         /* where it belongs */
    int64_t component;  /* of a heterogeneous job; else 0 */
    struct resvec use;  /* what it was planned to take there */
    struct resvec real; /* what its pod asks for; as `use` until one is seen */
    bool gated;         /* its pod has scheduling gates */
    char **claims;      /* of volumes, that its pod has (claims.h) */
    size_t n_claims;
    bool claims_ready, claiming; /* all have a volume; they are being seen to */
    bool busy;                   /* a write for it is queued or under way */
    bool terminal, succeeded, deleting;
    bool out_of_memory;         /* that ended it */
    bool running;               /* its pod's containers are */
    char *signals;              /* what its pod was sent (base/siglist.h); NULL */
    struct unsent unsent;       /* the last that it could not be */
    bool lost;                  /* its node ended it */
    bool shut_down;             /* ... going down in good order */
    enum node_fate fate;        /* of the node it is bound to */
    int exit_code, exit_signal; /* of a terminal pod; -1: none of its own */
    char *reason; /* why it failed, where there is more to say than a code; NULL */
};

struct attempt {
    int64_t number; /* 0: no attempt is under way */
    /* What of the placement's requests the server adds by itself (admission.h), by
     * component; NULL: nothing. */
    struct resvec *extra;
    size_t n_extra;
    struct rank *ranks;
    size_t n;
    char *failure;     /* why the launch cannot go on; NULL */
    int64_t since_sec; /* when the launch began */
    bool waits; /* for the turn of its first write: the deadline does not run yet */
    int64_t bound_sec; /* when all ranks were seen bound; 0: not yet */
    /* The placement, with what its pods really ask for where that is not what was
     * planned; NULL: as planned. */
    const struct slot *amended;
    size_t n_amended;
    int64_t amendments; /* so many there were */
};

/* Ranks for a placement, all NONE. */
void attempt_begin(struct attempt *a, int64_t number, const struct slot *placement,
                   size_t n_slots, int64_t now_sec);
void attempt_clear(struct attempt *a);
/* What the server adds to each pod of a component. */
void attempt_set_extra(struct attempt *a, size_t component, const struct resvec *extra);
struct resvec attempt_extra(const struct attempt *a, int64_t component);
/* Takes over what the watch, or an answer, says of a rank's pod, unless that is older
 * than what is known (an answer may come late); a pod on another node than the
 * placement's, or of another uid than the one known, is a launch failure. */
void attempt_saw_pod(struct attempt *a, const struct pod *pod, enum node_fate fate);
void attempt_pod_gone(struct attempt *a, const struct pod *pod);
void attempt_fail(struct attempt *a, const char *why);
/* A fresh attempt waits until a write of it has its turn; many that are decided at once
 * may wait for each other longer than a launch may take. */
void attempt_wait(struct attempt *a);
void attempt_has_turn(struct attempt *a, int64_t now_sec);
/* Why its launch cannot go on: a failure, or the deadline; NULL: it can. Lent. */
const char *attempt_trouble(const struct attempt *a, int64_t now_sec);

/* It will not run (any more): terminal, vanished, never bound and being deleted,
 * deleted on a silent node, or on a node that is gone. */
bool rank_ended(const struct rank *r);

enum attempt_shape {
    ATTEMPT_LAUNCHING, /* a rank is missing, unbound, or waits for volumes */
    ATTEMPT_RUNNING,   /* all bound, none ended badly */
    ATTEMPT_SUCCEEDED, /* all ended with 0 */
    ATTEMPT_FAILED,    /* one ended with a code or by a signal */
    ATTEMPT_BROKEN, /* one vanished, was evicted, refused by its node, or lost with it
                     */
};

/* `ret_rank` is the rank that decides FAILED or BROKEN (the lowest). Of a `batch`
 * script rank 0 alone decides SUCCEEDED: the others wait for it, and still run. `over`:
 * components that decide nothing any more, a bit each. */
enum attempt_shape attempt_shape(const struct attempt *a, bool batch, uint32_t over,
                                 size_t *ret_rank);
/* Have all of a component's ranks ended, and nothing is written for them? */
bool attempt_component_gone(const struct attempt *a, int64_t component);
/* Notes the time, once, when all ranks are bound: a status that says so comes later. */
void attempt_note_bound(struct attempt *a, int64_t now_sec);
/* All pods are made, and one asks for something else than planned. */
bool attempt_differs(const struct attempt *a);
/* Takes what the pods ask for over as what was planned; `placement` is that of the
 * attempt so far. */
void attempt_amend(struct attempt *a, const struct slot *placement, size_t n_slots);
bool attempt_gated(const struct attempt *a);
/* It is not known that all of its volumes are there. */
bool rank_waits_for_claims(const struct rank *r);
bool attempt_waits_for_claims(const struct attempt *a);
/* They are known to be there. */
void attempt_claims_ready(struct attempt *a);
/* A rank ended since its node went down in good order. */
bool attempt_shut_down(const struct attempt *a);
/* It is not over, and its pod was not sent what has this id (siglist.h), but may be. */
bool rank_lacks_signal(const struct rank *r, const char *id);
/* Is it of that component? -1: of any. */
static inline bool rank_is_of(const struct rank *r, int64_t component)
{
    return component < 0 || r->component == component;
}
void rank_cannot_signal(struct rank *r, const char *id, const char *why);
/* Of a `batch` script rank 0 alone can be signalled: the others only wait for it. */
size_t attempt_n_signalled(const struct attempt *a, bool batch);
bool attempt_all_ended(const struct attempt *a);
bool attempt_busy(const struct attempt *a);

#endif
