#include "cmd/gantry-controller/controller.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/podbuild.h"
#include "cmd/gantry-controller/record.h"

/* A step waits this long for more changes, so that a burst of events costs one pass. */
#define STEP_DELAY_MS 20
/* The core yields after this, so that writes and watches never wait for a plan. */
#define STEP_BUDGET_MS 10
/* Launch deadlines and ttls are looked at this often. */
#define SWEEP_MS 5000

/* ---- nodes ---- */

enum node_fate controller_node_fate(const struct controller *ctl, const char *name)
{
    if (!name)
        return NODE_FINE;
    const struct node *node = kc_cache_find(ctl->nodes, NULL, name);
    if (!node)
        return NODE_GONE;
    return node->ready ? NODE_FINE : NODE_SILENT;
}

static void *make_node(void *arg, const struct json *object)
{
    struct controller *ctl = arg;
    struct err err = ERR_INIT;
    struct node *node = convert_node(&ctl->convert, object, &err);
    if (!node)
        log_warn(ctl->log, "node %s is ignored: %s",
                 json_str_or(object, "metadata.name", "?"), err.msg);
    return node;
}

static void free_node(void *item)
{
    node_free(item);
}

static void tell_resources(struct controller *ctl)
{
    if (ctl->told_resources == ctl->resources.n)
        return;
    ctl->told_resources = ctl->resources.n;
    sched_apply(ctl->sched, &(struct change){.kind = CHANGE_RESOURCES,
                                             .u.resources = &ctl->resources});
}

static void consider_pod_on(void *arg, void *item)
{
    struct {
        struct controller *ctl;
        const char *node;
    } *what = arg;
    struct pod *pod = item;
    if (pod->node && strcmp(pod->node, what->node) == 0)
        controller_consider_pod(what->ctl, pod);
}

/* A node that came, went or changed its readiness decides how its pods are seen. */
static void reconsider_node(struct controller *ctl, const char *node)
{
    struct {
        struct controller *ctl;
        const char *node;
    } what = {ctl, node};
    if (ctl->synced)
        kc_cache_each(ctl->pods, consider_pod_on, &what);
}

static void node_changed(void *arg, enum kc_change change, void *old_item,
                         void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    struct node *was = old_item, *is = new_item;
    (void)object;
    tell_resources(ctl);
    if (change == KC_DELETED)
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_NODE_GONE, .u.key = was->name});
    else
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_NODE, .u.node = node_copy(is)});
    if (change != KC_MODIFIED || was->ready != is->ready)
        reconsider_node(ctl, was ? was->name : is->name);
    controller_want_step(ctl);
}

/* ---- partitions ---- */

static void *make_partition(void *arg, const struct json *object)
{
    struct controller *ctl = arg;
    struct err err = ERR_INIT;
    struct partition *p = convert_partition(&ctl->convert, object, &err);
    if (!p)
        log_warn(ctl->log, "partition %s is ignored: %s",
                 json_str_or(object, "metadata.name", "?"), err.msg);
    return p;
}

static void free_partition(void *item)
{
    partition_free(item);
}

static void partition_changed(void *arg, enum kc_change change, void *old_item,
                              void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    const struct partition *was = old_item;
    (void)object;
    if (change == KC_DELETED)
        sched_apply(ctl->sched, &(struct change){.kind = CHANGE_PARTITION_GONE,
                                                 .u.key = was->name});
    else
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_PARTITION,
                                     .u.partition = partition_copy(new_item)});
    controller_want_step(ctl);
}

/* ---- jobs: the cache keeps the uid only, the record keeps the rest ---- */

static void *make_job(void *arg, const struct json *object)
{
    (void)arg;
    return xstrdup_null(json_str(object, "metadata.uid"));
}

static void job_changed(void *arg, enum kc_change change, void *old_item,
                        void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    if (change == KC_DELETED) {
        struct record *gone = record_find(ctl, old_item);
        if (gone)
            record_vanished(gone);
        return;
    }
    struct err err = ERR_INIT;
    struct bjob *job = bjob_parse(&ctl->convert, object, &err);
    if (job)
        record_update(record_get(ctl, new_item), job);
    else
        log_warn(ctl->log, "a BatchJob is ignored: %s", err.msg);
}

/* ---- pods ---- */

static void *make_pod(void *arg, const struct json *object)
{
    struct controller *ctl = arg;
    struct err err = ERR_INIT;
    struct pod *pod = convert_pod(&ctl->convert, object, &err);
    if (!pod)
        log_warn(ctl->log, "pod %s is ignored: %s",
                 json_str_or(object, "metadata.name", "?"), err.msg);
    return pod;
}

static void free_pod(void *item)
{
    pod_free(item);
}

static void count_foreign(struct controller *ctl, const struct pod *pod)
{
    struct foreign_pod *f = foreign_pod_new();
    f->uid = xstrdup(pod->uid);
    f->node = xstrdup(pod->node);
    f->use = pod->use;
    sched_apply(ctl->sched, &(struct change){.kind = CHANGE_FOREIGN_POD, .u.pod = f});
    controller_want_step(ctl);
}

static void uncount_foreign(struct controller *ctl, const struct pod *pod)
{
    sched_apply(ctl->sched,
                &(struct change){.kind = CHANGE_FOREIGN_POD_GONE, .u.key = pod->uid});
    controller_want_step(ctl);
}

/* Every bound pod that has not ended counts on its node, whoever made it; those of an
 * attempt under way are counted by the attempt's placement. */
void controller_consider_pod(struct controller *ctl, struct pod *pod)
{
    struct record *r = pod->job_uid ? record_find(ctl, pod->job_uid) : NULL;
    bool expected = r && record_expects(r, pod);
    if (pod->node && !pod->terminal && !expected)
        count_foreign(ctl, pod);
    else
        uncount_foreign(ctl, pod);
    if (expected) {
        attempt_saw_pod(&r->attempt, pod, controller_node_fate(ctl, pod->node));
        record_reconcile(r);
    } else if (pod->job_uid) {
        cleanup_pod(ctl, pod);
    }
}

static void pod_gone(struct controller *ctl, struct pod *pod)
{
    uncount_foreign(ctl, pod);
    struct record *r = pod->job_uid ? record_find(ctl, pod->job_uid) : NULL;
    if (!r)
        return;
    record_remove_pod(r, pod);
    attempt_pod_gone(&r->attempt, pod);
    record_reconcile(r);
    record_drop_if_empty(r);
}

static void pod_changed(void *arg, enum kc_change change, void *old_item,
                        void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    struct pod *was = old_item, *is = new_item;
    (void)object;
    if (change == KC_DELETED) {
        pod_gone(ctl, was);
        return;
    }
    if (was && was->job_uid) {
        struct record *r = record_find(ctl, was->job_uid);
        if (r)
            record_remove_pod(r, was);
    }
    if (is->job_uid)
        record_add_pod(record_get(ctl, is->job_uid), is);
    if (ctl->synced) {
        tell_resources(ctl);
        controller_consider_pod(ctl, is);
    }
}

/* ---- Services of gangs ---- */

static void *make_service(void *arg, const struct json *object)
{
    (void)arg;
    return service_parse(object);
}

static void free_service(void *item)
{
    service_free(item);
}

static void service_gone(struct controller *ctl, const struct service *was)
{
    struct record *r = record_find(ctl, was->job_uid);
    if (!r)
        return;
    if (r->service == was)
        r->service = NULL;
    if (str_eq(r->service_uid, was->uid))
        text_set(&r->service_uid, NULL);
    record_reconcile(r);
    record_drop_if_empty(r);
}

static void service_changed(void *arg, enum kc_change change, void *old_item,
                            void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    struct service *was = old_item, *is = new_item;
    (void)object;
    if (change == KC_DELETED) {
        service_gone(ctl, was);
        return;
    }
    struct record *r = record_get(ctl, is->job_uid);
    r->service = is;
    text_set(&r->service_uid, is->uid);
    if (ctl->synced)
        cleanup_service(ctl, is);
    record_reconcile(r);
}

/* ---- the cycle ---- */

struct stopwatch {
    const struct loop *loop;
    int64_t until_ms;
};

static bool spent(void *arg)
{
    const struct stopwatch *w = arg;
    return loop_fresh_mono_ms(w->loop) >= w->until_ms;
}

static void carry_out(struct controller *ctl, const struct decision *d)
{
    struct record *r = record_find(ctl, d->job_uid);
    if (!r || !r->job)
        return;
    switch (d->kind) {
    case DECIDE_START:
        record_begin_start(r, d);
        return;
    case DECIDE_END:
        r->timed_out = true;
        break;
    case DECIDE_REASON:
        r->reason = d->reason;
        r->priority = d->priority;
        text_set(&r->message, d->message);
        break;
    }
    record_reconcile(r);
}

static void step(void *arg)
{
    struct controller *ctl = arg;
    int64_t now_sec = loop_now_sec(ctl->loop);
    struct stopwatch watch = {ctl->loop,
                              loop_fresh_mono_ms(ctl->loop) + STEP_BUDGET_MS};
    struct decisions decisions = {0};
    ctl->stepping_soon = false;
    enum sched_progress progress = sched_step(
        ctl->sched, now_sec, (struct sched_budget){spent, &watch}, &decisions);
    for (size_t i = 0; i < decisions.n; i++)
        carry_out(ctl, &decisions.items[i]);
    if (progress == SCHED_MORE) {
        ctl->stepping_soon = true;
        loop_timer_start(ctl->step, 0);
    }
    if (ctl->stepping_soon)
        return;
    int64_t wake_sec = sched_next_wake(ctl->sched, now_sec);
    if (wake_sec != INT64_MAX)
        loop_timer_start(ctl->step,
                         MAX(wake_sec * 1000 - loop_now_ms(ctl->loop), STEP_DELAY_MS));
}

void controller_want_step(struct controller *ctl)
{
    if (!ctl->synced || ctl->stepping_soon)
        return;
    ctl->stepping_soon = true;
    loop_timer_start(ctl->step, STEP_DELAY_MS);
}

static void turn(void *arg)
{
    struct controller *ctl = arg;
    struct record *r = ctl->dirty;
    ctl->dirty = NULL;
    while (r) {
        struct record *next = r->next_dirty;
        r->dirty = false;
        record_run(r);
        record_drop_if_empty(r);
        r = next;
    }
}

static void sweep(void *arg)
{
    struct controller *ctl = arg;
    struct record *r, *tmp;
    loop_timer_start(ctl->sweep, SWEEP_MS);
    if (!ctl->synced)
        return;
    HASH_ITER (hh, ctl->records, r, tmp) {
        if (!r->job)
            continue;
        if (job_state_is_final(r->job->status.state))
            status_expire(r);
        else if (r->attempt.number > 0 || r->start.on)
            record_reconcile(r);
    }
}

static void ids_ready(void *arg)
{
    struct controller *ctl = arg;
    struct record *r, *tmp;
    HASH_ITER (hh, ctl->records, r, tmp)
        if (r->job && r->job->status.state == JOB_STATE_NONE)
            record_reconcile(r);
}

/* ---- sync ---- */

static int by_age(struct record *a, struct record *b)
{
    if (!a->job || !b->job)
        return (a->job != NULL) - (b->job != NULL);
    if (a->job->created_sec != b->job->created_sec)
        return a->job->created_sec < b->job->created_sec ? -1 : 1;
    return a->job->version < b->job->version ? -1 : a->job->version > b->job->version;
}

static void consider_pod(void *arg, void *item)
{
    controller_consider_pod(arg, item);
}

static void consider_service(void *arg, void *item)
{
    cleanup_service(arg, item);
}

static void synced(void *arg)
{
    struct controller *ctl = arg;
    struct record *r, *tmp;
    if (ctl->synced || !kc_cache_is_synced(ctl->nodes) ||
        !kc_cache_is_synced(ctl->partitions) || !kc_cache_is_synced(ctl->jobs) ||
        !kc_cache_is_synced(ctl->pods) || !kc_cache_is_synced(ctl->services))
        return;
    ctl->synced = true;
    tell_resources(ctl);
    /* Jobs that have no id yet get theirs in the order in which they were made. */
    HASH_SORT(ctl->records, by_age);
    HASH_ITER (hh, ctl->records, r, tmp)
        record_settle(r);
    kc_cache_each(ctl->pods, consider_pod, ctl);
    kc_cache_each(ctl->services, consider_service, ctl);
    log_info(ctl->log, "synced: %zu nodes, %zu partitions, %zu jobs, %zu pods",
             kc_cache_count(ctl->nodes), kc_cache_count(ctl->partitions),
             kc_cache_count(ctl->jobs), kc_cache_count(ctl->pods));
    controller_want_step(ctl);
}

static void trouble(void *arg, const char *line)
{
    struct controller *ctl = arg;
    log_warn(ctl->log, "%s", line);
}

static const struct kc_cache_ops node_ops = {make_node, node_changed, free_node, synced,
                                             trouble},
                                 partition_ops = {make_partition, partition_changed,
                                                  free_partition, synced, trouble},
                                 job_ops = {make_job, job_changed, free, synced,
                                            trouble},
                                 pod_ops = {make_pod, pod_changed, free_pod, synced,
                                            trouble},
                                 service_ops = {make_service, service_changed,
                                                free_service, synced, trouble};

/* ---- life ---- */

static struct kc_cache *watch(struct controller *ctl,
                              const struct kc_resource *resource,
                              const char *label_selector,
                              const struct kc_cache_ops *ops)
{
    return kc_cache_new(
        ctl->client,
        &(struct kc_cache_spec){.resource = resource, .label_selector = label_selector},
        ops, ctl);
}

struct controller *controller_new(struct loop *loop, struct kc_client *client,
                                  struct log *log, const struct settings *settings)
{
    struct controller *ctl = xcalloc(1, sizeof(*ctl));
    ctl->loop = loop;
    ctl->client = client;
    ctl->log = log;
    ctl->settings = *settings;
    restable_init(&ctl->resources);
    restable_intern(&ctl->resources, ctl->settings.gpu_resource);
    ctl->convert = (struct convert){.resources = &ctl->resources,
                                    .gpu_resource = ctl->settings.gpu_resource,
                                    .gpu_type_label = ctl->settings.gpu_type_label};
    ctl->sched = sched_new(&settings->sched);
    ctl->lanes = lanes_new(loop);
    ctl->ids = ids_new(client, log, ctl->settings.namespace_, ids_ready, ctl);
    ctl->step = loop_timer_new(loop, step, ctl);
    ctl->turn = loop_timer_new(loop, turn, ctl);
    ctl->sweep = loop_timer_new(loop, sweep, ctl);
    loop_timer_start(ctl->sweep, SWEEP_MS);
    ctl->nodes = watch(ctl, &kc_nodes, NULL, &node_ops);
    ctl->partitions = watch(ctl, &partition_resource, NULL, &partition_ops);
    ctl->jobs = watch(ctl, &bjob_resource, NULL, &job_ops);
    ctl->pods = watch(ctl, &kc_pods, NULL, &pod_ops);
    ctl->services = watch(ctl, &kc_services, LABEL_JOB_UID, &service_ops);
    return ctl;
}

void controller_free(struct controller *ctl)
{
    struct record *r, *tmp;
    if (!ctl)
        return;
    podops_free(ctl);
    cleanup_free(ctl);
    HASH_ITER (hh, ctl->records, r, tmp)
        record_free(r);
    kc_cache_free(ctl->nodes);
    kc_cache_free(ctl->partitions);
    kc_cache_free(ctl->jobs);
    kc_cache_free(ctl->pods);
    kc_cache_free(ctl->services);
    loop_timer_free(ctl->step);
    loop_timer_free(ctl->turn);
    loop_timer_free(ctl->sweep);
    ids_free(ctl->ids);
    lanes_free(ctl->lanes);
    sched_free(ctl->sched);
    free(ctl);
}

bool controller_is_synced(const struct controller *ctl)
{
    return ctl->synced;
}

size_t controller_active_jobs(const struct controller *ctl)
{
    return sched_count(ctl->sched, JOB_PENDING) +
           sched_count(ctl->sched, JOB_STARTING) +
           sched_count(ctl->sched, JOB_RUNNING) +
           sched_count(ctl->sched, JOB_COMPLETING);
}
