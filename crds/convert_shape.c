#include <inttypes.h>

#include "base/util.h"
#include "crds/convert_ask.h"

/* Slurm's way: one pod per node. */
static int read_slurm_shape(const struct convert *c, const struct json *object,
                            struct job *job, struct err *err)
{
    struct ask ask = {.counted_nodes = job_counted_nodes(job)};
    int rc = ask_read(object, &ask, err);
    if (rc == 0)
        rc = ask_divide(c, &ask, job, err);
    if (rc == 0)
        job->gpu_type = TAKE(ask.gpu_type);
    ask_fini(&ask);
    return rc;
}

int shape_read(const struct convert *c, const struct json *batchjob,
               const struct json *template, struct job *job, struct err *err)
{
    if (podspec_requests(c, json_get(template, "spec"), NULL, &job->each, err) < 0)
        return err_prefix(err, "spec.template.spec");
    if (podspec_default_container(json_get(template, "metadata"),
                                  json_get(template, "spec")) < 0)
        return err_set(
            err, ERR_INVALID,
            "spec.template.metadata.annotations: " ANNOTATION_DEFAULT_CONTAINER
            " names none of the containers");
    job->each.v[RES_PODS] = 1;
    job->own_cpus = job->each.v[RES_CPU] > 0;
    job->own_mem = job->each.v[RES_MEM] > 0;
    int64_t replicas = 0;
    const struct number_field field = {"spec.replicas", &replicas, 1, PODS_MAX};
    if (number_read(batchjob, &field, err) < 0)
        return -1;
    if (replicas == 0)
        return read_slurm_shape(c, batchjob, job, err);
    job->min_pods = job->max_pods = replicas;
    job->own_cpus = job->own_mem = true; /* the template's, whatever it says */
    if (job_counted_nodes(job) > replicas)
        return err_set(err, ERR_INVALID,
                       "spec.constraint: %" PRId64
                       " nodes are counted, but there are %" PRId64 " replicas",
                       job_counted_nodes(job), replicas);
    return 0;
}
