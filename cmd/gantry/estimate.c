#include "cmd/gantry/estimate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/clusterconf.h"
#include "cmd/gantry/newjob.h"
#include "cmd/gantry/slurmtime.h"
#include "crds/convert.h"
#include "crds/jobstate.h"
#include "crds/kinds.h"
#include "crds/settings.h"
#include "scheduler/sched.h"

#define UID_OF_NEW "new"
#define NODES_MAX (1u << 20)
#define LIMITS_MAX (64u << 10)

struct world {
    struct sched *sched;
    struct restable resources;
    struct convert convert;
    int64_t last_id;
};

/* ---- one object, told to the core ---- */

static void tell_node(void *arg, const struct json *object)
{
    struct world *w = arg;
    struct node *node = convert_node(&w->convert, object, NULL);
    if (node)
        sched_apply(w->sched, &(struct change){.kind = CHANGE_NODE, .u.node = node});
}

static void tell_partition(void *arg, const struct json *object)
{
    struct world *w = arg;
    struct partition *part = convert_partition(&w->convert, object, NULL);
    if (part)
        sched_apply(w->sched,
                    &(struct change){.kind = CHANGE_PARTITION, .u.partition = part});
}

static void tell_qos(void *arg, const struct json *object)
{
    struct world *w = arg;
    struct qos *qos = convert_qos(object, NULL);
    if (qos)
        sched_apply(w->sched, &(struct change){.kind = CHANGE_QOS, .u.qos = qos});
}

static void tell_account(void *arg, const struct json *object)
{
    struct world *w = arg;
    struct account *account = convert_account(object, NULL);
    if (account)
        sched_apply(w->sched,
                    &(struct change){.kind = CHANGE_ACCOUNT, .u.account = account});
}

static void tell_reservation(void *arg, const struct json *object)
{
    struct world *w = arg;
    struct reservation *r = convert_reservation(&w->convert, object, NULL);
    if (r)
        sched_apply(w->sched,
                    &(struct change){.kind = CHANGE_RESERVATION, .u.reservation = r});
}

/* Those of jobs are in the jobs' placements. */
static void tell_pod(void *arg, const struct json *object)
{
    struct world *w = arg;
    struct pod *pod = convert_pod(&w->convert, object, NULL);
    if (pod && pod->node && !pod->terminal && !pod->job_uid) {
        struct foreign_pod *f = foreign_pod_new();
        f->uid = xstrdup(pod->uid);
        f->node = xstrdup(pod->node);
        f->use = pod->use;
        sched_apply(w->sched, &(struct change){.kind = CHANGE_FOREIGN_POD, .u.pod = f});
    }
    pod_free(pod);
}

static void tell_job(void *arg, const struct json *object)
{
    struct world *w = arg;
    enum job_state state = JOB_STATE_NONE;
    if (job_state_parse(json_str(object, "status.state"), &state) < 0 ||
        state == JOB_STATE_NONE)
        return;
    struct job *job = convert_job(&w->convert, object, NULL);
    if (!job)
        return;
    if (state == JOB_STATE_PENDING && newjob_is_refused(object))
        job->phase = JOB_ASIDE;
    w->last_id = MAX(w->last_id, job->job_id);
    sched_apply(w->sched, &(struct change){.kind = CHANGE_JOB, .u.job = job});
}

/* ---- what there is ---- */

static const struct kc_resource qos_kind = KIND_QOS;

static const struct {
    const struct kc_resource *resource;
    void (*tell)(void *world, const struct json *object);
} kinds[] = {
    {&kc_nodes, tell_node},
    {&api_partitions, tell_partition},
    {&qos_kind, tell_qos},
    {&api_accounts, tell_account},
    {&api_reservations, tell_reservation},
    {&kc_pods, tell_pod},
    {&api_jobs, tell_job},
};

static bool is_open(const void *arg, const struct partition *part)
{
    (void)arg;
    return !partition_is_closed(part);
}

/* The first limit is told. */
static bool is_limited(const struct world *w, const struct job *model,
                       const struct partition *part, struct str *first)
{
    STR_AUTO struct str message;
    str_init(&message, LIMITS_MAX);
    if (sched_check_new(w->sched, model, part, &message, NULL) == REASON_NONE)
        return false;
    if (first->len == 0)
        str_add(first, message.s);
    return true;
}

/* What is named twice is passed over. */
static void name_unnamed(const struct world *w, struct job *model)
{
    char **names = NULL;
    size_t n = 0;
    for (size_t i = 0; i < sched_n_unnamed_partitions(model); i++) {
        const char *name = sched_unnamed_partition(w->sched, model, i);
        if (name)
            names_add(&names, &n, name);
    }
    model->partitions = names;
    model->n_partitions = n;
}

/* As the controller does; that one of them takes jobs has been seen to. -1: limits keep
 * it out of all that do. */
static int leave_closed(const struct world *w, struct job *model, struct err *err)
{
    char **kept = NULL;
    size_t n_kept = 0;
    STR_AUTO struct str limits;
    str_init(&limits, LIMITS_MAX);
    if (model->n_partitions == 0)
        name_unnamed(w, model);
    for (size_t i = 0; i < model->n_partitions; i++) {
        const char *name = model->partitions[i];
        const struct partition *part = sched_partition(w->sched, name),
                               *by = sched_taker(w->sched, part, is_open, NULL);
        if (!part) /* the core says so */
            names_add(&kept, &n_kept, name);
        else if (by && !is_limited(w, model, by, &limits))
            names_add(&kept, &n_kept, by->name);
    }
    names_free(model->partitions, model->n_partitions);
    model->partitions = kept;
    model->n_partitions = n_kept;
    return n_kept == 0 && limits.len > 0
               ? err_set(err, ERR_INVALID, SCHED_LIMITED_TEXT ": %s", limits.s)
               : 0;
}

static int add_new(struct world *w, const struct json *job, int64_t now_sec,
                   struct err *err)
{
    struct job *model = convert_job(&w->convert, job, err);
    if (!model)
        return -1;
    free(model->uid);
    model->uid = xstrdup(UID_OF_NEW);
    model->job_id = w->last_id + 1;
    model->submit_sec = now_sec;
    sched_apply(w->sched, &(struct change){.kind = CHANGE_RESOURCES,
                                           .u.resources = &w->resources});
    if (leave_closed(w, model, err) < 0) {
        job_free(model);
        return -1;
    }
    sched_apply(w->sched, &(struct change){.kind = CHANGE_JOB, .u.job = model});
    return 0;
}

/* ---- what the core says ---- */

static void take_place(struct estimate *e, const struct decision *d, int64_t start_sec)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};
    STR_AUTO struct str text;
    str_init(&text, NODES_MAX);
    e->start_sec = start_sec;
    e->cpus = 0;
    for (size_t i = 0; i < d->n_slots; i++) {
        hostlist_add(&nodes, d->slots[i].node);
        e->cpus +=
            d->slots[i].pods * ((slot_counts(&d->slots[i]).v[RES_CPU] + 999) / 1000);
    }
    hostlist_format(&nodes, &text);
    free(e->nodes);
    free(e->partition);
    e->nodes = str_take(&text);
    e->partition = xstrdup_null(d->partition);
}

/* Of an array the first task counts. */
static void take(struct estimate *e, const struct decision *d, int64_t now_sec)
{
    if (strcmp(d->job_uid, UID_OF_NEW) != 0 || e->start_sec == now_sec)
        return;
    if (d->kind == DECIDE_START)
        take_place(e, d, now_sec);
    else if (d->kind == DECIDE_REASON && d->planned_sec != TIME_UNSET)
        take_place(e, d, d->planned_sec);
    else if (d->kind == DECIDE_REASON || d->kind == DECIDE_GIVE_UP) {
        e->reason = reason_word(d->reason);
        free(e->message);
        e->message = xstrdup_null(d->message);
    }
}

static void plan(struct world *w, int64_t now_sec, struct estimate *ret)
{
    struct decisions ds;
    enum sched_progress progress = SCHED_MORE;
    while (progress == SCHED_MORE) {
        progress = sched_step(w->sched, now_sec, (struct sched_budget){0}, &ds);
        for (size_t i = 0; i < ds.n; i++)
            take(ret, &ds.items[i], now_sec);
    }
}

int estimate_start(struct api *c, const char *controller_ns, const struct json *job,
                   struct estimate *ret, struct err *err)
{
    const int64_t now_sec = loop_now_sec(c->loop);
    struct settings settings;
    struct world w = {0};
    *ret = (struct estimate){.start_sec = TIME_UNSET, .reason = ""};
    settings_default(&settings);
    for (int map = 0; map < PUBLISHED_MAPS; map++)
        if (clusterconf_fetch(c, controller_ns, map, &settings, err) < 0)
            return -1;
    ZONE_AUTO struct zone zone = {0};
    if (zone_load(settings.time_zone, &zone, err) < 0)
        return -1;
    w.sched = sched_new(&settings.sched);
    restable_init(&w.resources);
    w.convert = (struct convert){.resources = &w.resources,
                                 .gpu_resource = settings.gpu_resource,
                                 .gpu_type_label = settings.gpu_type_label,
                                 .zone = &zone,
                                 .max_array_size = settings.max_array_size};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < ARRAY_LEN(kinds); i++)
        rc = api_list_each(c, kinds[i].resource, kinds[i].tell, &w, err);
    if (rc == 0)
        rc = add_new(&w, job, now_sec, err);
    if (rc == 0)
        plan(&w, now_sec, ret);
    sched_free(w.sched);
    return rc;
}

static void tell_start(const struct cli *cli, const struct estimate *e)
{
    char start[SLURMTIME_MAX];
    const struct slurmtime_style style = {0};

    slurmtime_moment(&style, e->start_sec, start);
    cli_say(cli,
            "Job to start at %s using %" PRId64
            " processors on nodes %s in partition %s",
            start, e->cpus, e->nodes, e->partition);
}

int estimate_tell(const struct cli *cli, struct api *c, const char *controller_ns,
                  const struct json *job, struct err *err)
{
    struct estimate e;
    struct err why = ERR_INIT;
    int rc = 0;

    if (estimate_start(c, controller_ns, job, &e, &why) < 0) {
        if (why.code == ERR_INVALID)
            rc = err_set(err, ERR_INVALID, "%s", why.msg);
        else
            cli_say(cli,
                    "the job would be accepted; when it would start is not known: %s",
                    why.msg);
    } else if (e.start_sec != TIME_UNSET) {
        tell_start(cli, &e);
    } else if (newjob_check_reason(e.reason, e.message, true, err) < 0) {
        rc = -1;
    } else {
        cli_say(cli, "the job would be accepted; it would wait (%s)%s%s", e.reason,
                e.message ? ": " : "", e.message ? e.message : "");
    }
    estimate_fini(&e);
    return rc;
}

void estimate_fini(struct estimate *e)
{
    free(e->message);
    free(e->nodes);
    free(e->partition);
    *e = (struct estimate){0};
}
