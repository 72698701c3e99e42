/*
 * podbuild - the pods of an attempt, as documents to create (api.md: "Pods of a job").
 *
 * A pod is the job's template plus: a name fixed by job, attempt and rank; our labels,
 * owner, finalizer and scheduler name; Slurm's shape added to the main container's
 * requests; the variables that Slurm, torchrun and MPI programs look for. What the
 * template's author set himself stays.
 */
#ifndef GANTRY_CONTROLLER_PODBUILD_H
#define GANTRY_CONTROLLER_PODBUILD_H

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/gantry-controller/bjob.h"

#define POD_NODE_ANNOTATION "gantry.dev/node"
#define POD_SCHEDULER "gantry"
#define POD_MASTER_PORT 29500 /* torchrun's default */
#define SERVICE_PREFIX "gantry-"

struct pod_plan {
    const struct convert *convert;
    const struct bjob *job;
    int64_t attempt;
    const struct slot *slots;
    size_t n_slots;
    const char *partition;
};

/* `<batchjob, cut to 40>-<jobID>-<attempt>-<rank>` */
void pod_name(const struct bjob *job, int64_t attempt, int64_t rank, struct str *out);
/* NULL and err if the template is no pod template. Caller frees. */
struct json *pod_build(const struct pod_plan *plan, int64_t rank, struct err *err);
/* `gantry-<jobID>`, heap string: the headless Service that gives a gang's ranks their
 * names, and their subdomain. */
char *service_name(const struct bjob *job);
/* Its document. Names resolve before the pods are ready: ranks look for each other as
 * they begin. */
struct json *pod_service(const struct bjob *job);

#endif
