/*
 * wire - the last piece of the controller's way to the server: it counts the writes
 * that arrive, changes pods as a LimitRange would, and can put a bug into writes on
 * purpose, to prove that the checks can fail.
 */
#ifndef GANTRY_TESTS_WORLD_WIRE_H
#define GANTRY_TESTS_WORLD_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "kubeclient/transport.h"

enum plant {
    PLANT_NONE,
    PLANT_RUN_TWICE,       /* machines: every container is started twice */
    PLANT_BIND_ELSEWHERE,  /* every rank of a gang is bound to node a1 */
    PLANT_OVERBOOK,        /* pods of one-pod jobs are made for node a1 */
    PLANT_ID_REUSED,       /* every job is job 1 */
    PLANT_STATE_BACK,      /* that a job completed is recorded as CONFIGURING */
    PLANT_EXIT_FALSIFIED,  /* every exit code is 77 */
    PLANT_FINALIZER_STAYS, /* accounted pods are not released */
    PLANT_BIND_LOST,       /* rank 1 is not bound, and the answer says it is */
    PLANT_HALF_GANG,       /* rank 1 cannot be bound, and no pod is deleted */
    PLANT_CHATTER,         /* every status is written twice */
    PLANT_LEASE_SHORT,     /* who leads says that it does for a second */
    PLANT_SIGNAL_AGAIN,    /* every signal is sent twice */
    PLANT_DEAF,            /* that a job completed never arrives, nor an answer */
    PLANT_COUNT,
};

/* Writes that arrived. */
struct wire_counts {
    uint64_t pods_made, pods_bound, statuses;
};

struct wire;

/* Wraps `inner` (lent). With `admission` containers that ask for no memory get a
 * gibibyte. */
struct wire *wire_new(struct transport *inner, enum plant plant, bool admission);
void wire_free(struct wire *w);
struct transport *wire_transport(struct wire *w); /* lent */
const struct wire_counts *wire_counts(const struct wire *w);

#endif
