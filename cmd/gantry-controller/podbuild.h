/*
 * podbuild - the pods of an attempt, as documents to create (api.md: "Pods of a job").
 *
 * A pod is the job's template plus: a name fixed by job, attempt and rank; our labels,
 * owner, finalizer and scheduler name; Slurm's shape added to the main container's
 * requests (podamount.h); variables (podenv.h). What the template's author set himself
 * stays.
 */
#ifndef GANTRY_CONTROLLER_PODBUILD_H
#define GANTRY_CONTROLLER_PODBUILD_H

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/gantry-controller/bjob.h"

#define POD_NODE_ANNOTATION "gantry.dev/node"
#define POD_SCHEDULER "gantry"

struct pod_plan {
    const struct convert *convert;
    const struct bjob *job;
    int64_t attempt;
    const struct slot *slots;
    size_t n_slots;
    const char *partition;     /* NULL: not known */
    const char *account, *qos; /* NULL: the job's */
    const char *reservation;   /* NULL: in none */
    const char *license;       /* where it takes any of several; NULL: not known */
    const struct resvec
        *extra;   /* of the slots' requests the pods do not ask for; NULL */
    bool unbound; /* also where it is one pod, which is else made on its node */
};

/* The component of a rank, as a plan of its own, where it stands: its pods see
 * each other as a job does, by their ranks from the first of them on. Its slots are the
 * plan's. */
struct pod_plan pod_world(const struct pod_plan *plan, int64_t component);

/* What its pods are made of. */
const struct work *pod_work(const struct bjob *job, int64_t component);

/* Where a rank stands. */
struct seat {
    const struct slot *slot;
    size_t node_index;
    int64_t local_rank;
};
struct seat pod_seat(const struct pod_plan *plan, int64_t rank);

/* `<batchjob, cut to 40>-<jobID>-<attempt>-<rank>`, at most 63 bytes. */
void pod_name(const struct bjob *job, int64_t attempt, int64_t rank, struct str *out);
/* metadata.ownerReferences of what a job owns. Caller frees. */
struct json *pod_owners(const struct bjob *job);
/* What a pod with that much in its placement asks for, given what the server adds: of
 * CPU something, if it has any. */
struct resvec pod_asks(const struct resvec *each, const struct resvec *extra);
/* NULL and err if the template is no pod template. Caller frees. */
struct json *pod_build(const struct pod_plan *plan, int64_t rank, struct err *err);

#endif
