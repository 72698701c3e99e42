#include "cmd/gantry-controller/watches.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/cleanup.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/policies.h"
#include "cmd/gantry-controller/quota.h"
#include "cmd/gantry-controller/service.h"
#include "cmd/gantry-controller/unseen.h"
#include "cmd/gantry-controller/volumes.h"

/* ---- nodes ---- */

enum node_fate watches_node_fate(const struct controller *ctl, const char *name)
{
    if (!name)
        return NODE_FINE;
    const struct node *node = kc_cache_find(ctl->nodes, NULL, name);
    if (!node)
        return NODE_GONE;
    return node->ready ? NODE_FINE : NODE_SILENT;
}

bool watches_node_signals(const struct controller *ctl, const char *name)
{
    const struct node *node = kc_cache_find(ctl->nodes, NULL, name);
    return node && str_eq(labels_find(node->labels, node->n_labels, LABEL_SIGNALS),
                          LABEL_SIGNALS_DELIVERED);
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

static void consider_pod_on(void *arg, void *item)
{
    struct {
        struct controller *ctl;
        const char *node;
    } *what = arg;
    struct pod *pod = item;
    if (pod->node && strcmp(pod->node, what->node) == 0)
        watches_consider_pod(what->ctl, pod);
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
    if (change == KC_DELETED)
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_NODE_GONE, .u.key = was->name});
    else
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_NODE, .u.node = node_copy(is)});
    if (change != KC_MODIFIED || was->ready != is->ready)
        reconsider_node(ctl, was ? was->name : is->name);
    cycle_want(ctl);
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
    if (job && job->unknown_state)
        log_warn(ctl->log, "job %s/%s is left alone: %s", job->ns, job->name,
                 job->refusal ? job->refusal : "its state is unknown");
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
    f->of_job = pod->job_uid != NULL;
    f->partition = f->of_job ? xstrdup_null(pod->partition) : NULL;
    sched_apply(ctl->sched, &(struct change){.kind = CHANGE_FOREIGN_POD, .u.pod = f});
    cycle_want(ctl);
}

static void uncount_foreign(struct controller *ctl, const struct pod *pod)
{
    sched_apply(ctl->sched,
                &(struct change){.kind = CHANGE_FOREIGN_POD_GONE, .u.key = pod->uid});
    cycle_want(ctl);
}

/* Every bound pod that has not ended counts on its node, whoever made it; those of an
 * attempt under way are counted by the attempt's placement, as long as that holds them.
 */
void watches_consider_pod(struct controller *ctl, struct pod *pod)
{
    struct record *r = pod->job_uid ? record_find(ctl, pod->job_uid) : NULL;
    bool expected = r && record_expects(r, pod);
    unseen_saw(ctl, pod, false);
    if (pod->node && !pod->terminal && !(expected && record_holds(r, pod)))
        count_foreign(ctl, pod);
    else
        uncount_foreign(ctl, pod);
    if (expected) {
        attempt_saw_pod(&r->attempt, pod, watches_node_fate(ctl, pod->node));
        record_reconcile(r);
    } else if (pod->job_uid) {
        cleanup_pod(ctl, pod);
    }
}

static void rank_lost(struct controller *ctl, struct pod *pod)
{
    struct record *r = pod->job_uid ? record_find(ctl, pod->job_uid) : NULL;
    if (!r)
        return;
    record_remove_pod(r, pod);
    attempt_pod_gone(&r->attempt, pod);
    record_reconcile(r);
    record_drop_if_empty(r);
}

/* Of the same job, attempt and rank, as its labels say. */
static bool same_place(const struct pod *a, const struct pod *b)
{
    return str_eq(a->job_uid, b->job_uid) && a->attempt == b->attempt &&
           a->rank == b->rank;
}

static void pod_changed(void *arg, enum kc_change change, void *old_item,
                        void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    struct pod *was = old_item, *is = new_item;
    (void)object;
    if (change == KC_DELETED) {
        uncount_foreign(ctl, was);
        unseen_saw(ctl, was, true);
        rank_lost(ctl, was);
        return;
    }
    /* Relabelled by others: its rank has lost it. */
    if (was && !same_place(was, is))
        rank_lost(ctl, was);
    else if (was && was->job_uid)
        record_remove_pod(record_get(ctl, was->job_uid), was);
    if (is->job_uid)
        record_add_pod(record_get(ctl, is->job_uid), is);
    if (ctl->synced) {
        watches_consider_pod(ctl, is);
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

/* ---- quotas ---- */

static const struct kc_resource quota_resource = {"", "v1", "resourcequotas",
                                                  "ResourceQuota", true};

static void *make_quota(void *arg, const struct json *object)
{
    (void)arg;
    return xstrdup(json_str_or(object, "metadata.namespace", ""));
}

static void quota_changed(void *arg, enum kc_change change, void *old_item,
                          void *new_item, const struct json *object)
{
    (void)object;
    if (change == KC_ADDED)
        quota_added(arg, new_item);
    else if (change == KC_DELETED)
        quota_removed(arg, old_item);
}

static void quotas_listed(void *arg)
{
    (void)arg;
}

/* ---- all of them ---- */

static void consider_pod(void *arg, void *item)
{
    watches_consider_pod(arg, item);
}

static void consider_service(void *arg, void *item)
{
    cleanup_service(arg, item);
}

void watches_consider_all(struct controller *ctl)
{
    kc_cache_each(ctl->pods, consider_pod, ctl);
    kc_cache_each(ctl->services, consider_service, ctl);
}

void watches_synced(void *arg)
{
    struct controller *ctl = arg;
    if (!ctl->synced && kc_cache_is_synced(ctl->nodes) && policies_are_synced(ctl) &&
        kc_cache_is_synced(ctl->jobs) && kc_cache_is_synced(ctl->pods) &&
        kc_cache_is_synced(ctl->services) && volumes_are_synced(ctl))
        controller_synced(ctl);
    doubt_listed(ctl);
}

static void pods_listed(void *arg)
{
    unseen_listed(arg);
    watches_synced(arg);
}

void watches_trouble(void *arg, const char *line)
{
    struct controller *ctl = arg;
    log_warn(ctl->log, "%s", line);
}

static const struct kc_cache_ops
    node_ops = {make_node, node_changed, free_node, watches_synced, watches_trouble},
    job_ops = {make_job, job_changed, free, watches_synced, watches_trouble},
    pod_ops = {make_pod, pod_changed, free_pod, pods_listed, watches_trouble},
    service_ops = {make_service, service_changed, free_service, watches_synced,
                   watches_trouble},
    quota_ops = {make_quota, quota_changed, free, quotas_listed, watches_trouble};

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

void watches_start(struct controller *ctl)
{
    ctl->nodes = watch(ctl, &kc_nodes, NULL, &node_ops);
    policies_start(ctl);
    volumes_start(ctl);
    ctl->jobs = watch(ctl, &bjob_resource, NULL, &job_ops);
    ctl->pods = watch(ctl, &kc_pods, NULL, &pod_ops);
    ctl->services = watch(ctl, &kc_services, LABEL_JOB_UID, &service_ops);
    ctl->quotas = watch(ctl, &quota_resource, NULL, &quota_ops);
}

void watches_stop(struct controller *ctl)
{
    kc_cache_free(ctl->nodes);
    policies_stop(ctl);
    volumes_stop(ctl);
    kc_cache_free(ctl->jobs);
    kc_cache_free(ctl->pods);
    kc_cache_free(ctl->services);
    kc_cache_free(ctl->quotas);
}
