#include "cmd/gantry/jobview.h"

#include "base/duration.h"
#include "base/util.h"

void jobview_reader_init(struct jobview_reader *r)
{
    restable_init(&r->resources);
    r->convert = (struct convert){.resources = &r->resources,
                                  .gpu_resource = "nvidia.com/gpu",
                                  .gpu_type_label = "gantry.dev/gpu-type"};
}

static const char *text(const struct jobview *v, const char *path)
{
    return json_str_or(v->object, path, "");
}

static int64_t moment(const struct jobview *v, const char *path)
{
    const char *s = json_str(v->object, path);
    int64_t sec;

    return s && time_parse_rfc3339(s, &sec, NULL) == 0 ? sec : TIME_UNSET;
}

static void read_identity(struct jobview *v)
{
    v->ns = text(v, "metadata.namespace");
    v->name = text(v, "metadata.name");
    v->uid = text(v, "metadata.uid");
    v->version = text(v, "metadata.resourceVersion");
    v->id = json_int_or(v->object, "status.jobID", 0);
    v->job_name = json_str_or(v->object, "spec.jobName", v->name);
    v->user = text(v, "spec.user");
    v->account = json_str_or(v->object, "status.account", text(v, "spec.account"));
    v->qos = json_str_or(v->object, "status.qos", text(v, "spec.qos"));
    v->comment = text(v, "spec.comment");
    v->partition =
        json_str_or(v->object, "status.partition", text(v, "spec.partition"));
}

static void read_state(struct jobview *v)
{
    v->state_word = text(v, "status.state");
    if (job_state_parse(v->state_word, &v->state) < 0)
        v->state = JOB_STATE_NONE;
    v->reason = text(v, "status.reason");
    v->message = text(v, "status.message");
    v->restarts = json_int_or(v->object, "status.restarts", 0);
    v->exit_code = text(v, "status.exitCode");
    v->submit_sec = moment(v, "status.submitTime");
    if (v->submit_sec == TIME_UNSET)
        v->submit_sec = moment(v, "metadata.creationTimestamp");
    v->eligible_sec = moment(v, "status.eligibleTime");
    v->start_sec = moment(v, "status.startTime");
    v->end_sec = moment(v, "status.endTime");
    v->planned_sec = moment(v, "status.plannedStartTime");
}

static void read_request(struct jobview *v)
{
    v->limit_sec = v->model ? v->model->limit_sec : LIMIT_UNSET;
    v->nice = v->model ? v->model->nice : 0;
    v->priority = json_int_or(v->object, "status.priority", PRIORITY_UNSET);
    v->nodes =
        json_int_or(v->object, "status.numNodes", v->model ? v->model->min_pods : 0);
    v->gpus = json_int_or(v->object, "status.numGPUs", 0);
    v->node_list = text(v, "status.nodeList");
    v->batch_host = text(v, "status.batchHost");
    v->req_tres = text(v, "status.reqTRES");
    v->alloc_tres = text(v, "status.allocTRES");
}

void jobview_read(struct jobview *ret, struct jobview_reader *r, struct json *object)
{
    *ret = (struct jobview){.object = json_ref(object)};
    ret->model = convert_job(&r->convert, object, NULL);
    read_identity(ret);
    read_state(ret);
    read_request(ret);
}

void jobview_fini(struct jobview *v)
{
    job_free(v->model);
    json_free(v->object);
    *v = (struct jobview){0};
}
