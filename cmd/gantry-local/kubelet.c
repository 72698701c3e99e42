#include "cmd/gantry-local/kubelet.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"
#include "crds/convert.h"

/* More than the streams that one HTTP/2 connection gives would only wait there. */
#define WRITES_IN_FLIGHT 64
#define STOP_REPORT_SEC 5
#define NAME_PREFIX_MAX 50

/* What the cache keeps of a pod of ours: the rest is in kpod. */
struct seen {
    struct knode *node;
    struct kpod *pod; /* NULL: not taken on, since the kubelet is stopping */
};

static bool is_label_char(char c)
{
    return islower((unsigned char)c) || isdigit((unsigned char)c) || c == '-';
}

static bool is_prefix(const char *s)
{
    size_t len = strlen(s);

    if (len == 0 || len > NAME_PREFIX_MAX || s[0] == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_label_char(s[i]))
            return false;
    return true;
}

/* An extended resource: "domain/name". */
static bool is_extended_resource(const char *s)
{
    const size_t domain = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-");
    const size_t name = strlen(s) - MIN(domain + 1, strlen(s));

    return domain > 0 && domain <= 253 && s[domain] == '/' && name > 0 && name <= 63 &&
           strspn(s + domain + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-") == name;
}

static int check_groups(const struct nodegroups *groups, struct err *err)
{
    const int64_t count = nodegroups_count(groups);

    if (groups->n > NODEGROUPS_MAX || count < 1 || count > NODEGROUPS_NODES_MAX)
        return err_set(err, ERR_INVALID, "count %lld: must be 1 to %d",
                       (long long)count, NODEGROUPS_NODES_MAX);
    for (size_t i = 0; i < groups->n; i++) {
        const int64_t gpus = groups->items[i].gpus;
        if (gpus < 0 || gpus > NODEGROUPS_GPUS_MAX)
            return err_set(err, ERR_INVALID, "gpus %lld: must be 0 to %d",
                           (long long)gpus, NODEGROUPS_GPUS_MAX);
    }
    return 0;
}

int kubelet_check(const struct kubelet_options *o, struct err *err)
{
    if (!is_prefix(o->name_prefix))
        return err_set(err, ERR_INVALID,
                       "name \"%.80s\": must be lower-case letters, digits and '-', at"
                       " most %d",
                       o->name_prefix, NAME_PREFIX_MAX);
    if (check_groups(&o->groups, err) < 0)
        return -1;
    if (!is_extended_resource(o->gpu_resource))
        return err_set(
            err, ERR_INVALID,
            "GPU resource \"%.80s\": must be DOMAIN/NAME, as in " GPU_RESOURCE,
            o->gpu_resource);
    if (o->cpu_milli <= 0 || o->mem_bytes <= 0 || o->lease_sec <= 0)
        return err_set(err, ERR_INVALID,
                       "cpus, memory and lease seconds: must be above 0");
    return 0;
}

/* ---- the watch ---- */

/* The node of that name, by the number behind the prefix. */
static struct knode *find_node(const struct kubelet *k, const char *name)
{
    size_t len = strlen(k->name_prefix);
    unsigned long number;

    if (strncmp(name, k->name_prefix, len) != 0)
        return NULL;
    number = strtoul(name + len, NULL, 10);
    if (number < 1 || number > k->n_nodes ||
        strcmp(k->nodes[number - 1].name, name) != 0)
        return NULL;
    return &k->nodes[number - 1];
}

static void *seen_make(void *arg, const struct json *object)
{
    struct knode *node = find_node(arg, json_str_or(object, "spec.nodeName", ""));
    struct seen *seen;

    if (!node)
        return NULL;
    seen = xcalloc(1, sizeof(*seen));
    seen->node = node;
    return seen;
}

static void trouble_over(struct kubelet *k)
{
    if (k->watch_trouble)
        log_info(k->log, "watch of pods goes on");
    k->watch_trouble = false;
}

static void seen_changed(void *arg, enum kc_change change, void *old_item,
                         void *new_item, const struct json *object)
{
    struct kubelet *k = arg;
    struct seen *was = old_item, *is = new_item;

    trouble_over(k);
    switch (change) {
    case KC_ADDED:
        if (!k->stopping)
            is->pod = kpod_new(is->node, object);
        break;
    case KC_MODIFIED:
        is->pod = was->pod;
        if (is->pod)
            kpod_update(is->pod, object);
        break;
    case KC_DELETED:
        if (was->pod)
            kpod_vanish(was->pod);
        break;
    }
}

static void seen_synced(void *arg)
{
    trouble_over(arg);
}

static void seen_trouble(void *arg, const char *line)
{
    struct kubelet *k = arg;

    if (!k->watch_trouble)
        log_warn(k->log, "watch of pods: %s; trying on", line);
    k->watch_trouble = true;
}

static const struct kc_cache_ops seen_ops = {
    .make = seen_make,
    .changed = seen_changed,
    .free_item = free,
    .synced = seen_synced,
    .trouble = seen_trouble,
};

static void watch_pods(struct kubelet *k)
{
    AUTO_FREE char *one = xasprintf("spec.nodeName=%s", k->nodes[0].name);
    struct kc_cache_spec spec = {
        .resource = &kc_pods,
        .field_selector = k->n_nodes == 1 ? one : NULL,
    };

    k->pods = kc_cache_new(k->client, &spec, &seen_ops, k);
}

/* ---- stopping ---- */

static void stop_due(void *arg)
{
    struct kubelet *k = arg;
    loop_fn *stopped = TAKE(k->stopped);

    if (stopped)
        stopped(k->stopped_arg);
}

/* By the timer, since this is called from the middle of other things. */
void kubelet_check_stopped(struct kubelet *k)
{
    if (k->stopped && k->n_active == 0 && writer_is_idle(k->writer))
        loop_timer_start(k->stop_timer, 0);
}

static void writes_idle(void *arg)
{
    kubelet_check_stopped(arg);
}

void kubelet_stop(struct kubelet *k, int64_t grace_sec, loop_fn *stopped, void *arg)
{
    k->stopping = true;
    for (size_t i = 0; i < k->n_nodes; i++) {
        struct kpod *pod, *next;

        knode_set_ready(&k->nodes[i], false);
        for (pod = TAILQ_FIRST(&k->nodes[i].pods); pod; pod = next) {
            next = TAILQ_NEXT(pod, link);
            kpod_stop(pod, MIN(grace_sec, pod->spec->grace_sec), "Terminated",
                      "the node program was stopped");
        }
    }
    k->stopped = stopped;
    k->stopped_arg = arg;
    k->stop_timer = loop_timer_new(k->loop, stop_due, k);
    loop_timer_start(k->stop_timer, (grace_sec + STOP_REPORT_SEC) * 1000);
    kubelet_check_stopped(k);
}

/* ---- life ---- */

static void group_init(struct kgroup *group, const struct kubelet_options *o,
                       const struct nodegroup *shape)
{
    struct amounts *c = &group->capacity;

    amounts_set(c, "cpu", o->cpu_milli);
    amounts_set(c, "memory", o->mem_bytes);
    amounts_set(c, "ephemeral-storage", INT64_C(1) << 40);
    amounts_set(c, "pods", KUBELET_PODS_PER_NODE);
    if (shape->gpus > 0)
        amounts_set(c, o->gpu_resource, shape->gpus);
    group->gpu_type = shape->gpu_type[0] ? xstrdup(shape->gpu_type) : NULL;
}

static void init_nodes(struct kubelet *k, const struct kubelet_options *o)
{
    size_t node = 0;

    k->n_groups = o->groups.n;
    k->n_nodes = (size_t)nodegroups_count(&o->groups);
    k->nodes = xcalloc(k->n_nodes, sizeof(*k->nodes));
    for (size_t g = 0; g < k->n_groups; g++) {
        const struct nodegroup *shape = &o->groups.items[g];
        group_init(&k->groups[g], o, shape);
        for (int64_t i = 0; i < shape->count; i++, node++)
            knode_init(&k->nodes[node], k, &k->groups[g], node, o->address);
    }
}

struct kubelet *kubelet_new(const struct kubelet_options *options, struct err *err)
{
    struct kubelet *k;

    if (kubelet_check(options, err) < 0)
        return NULL;
    k = xcalloc(1, sizeof(*k));
    TAILQ_INIT(&k->gangs);
    TAILQ_INIT(&k->follows);
    TAILQ_INIT(&k->events);
    k->loop = options->loop;
    k->client = options->client;
    k->executor = options->executor;
    k->prober = options->prober;
    k->log = options->log;
    k->rng = options->rng;
    k->lease_sec = options->lease_sec;
    k->registered = options->registered;
    k->registered_arg = options->registered_arg;
    k->name_prefix = xstrdup(options->name_prefix);
    k->gpu_resource = xstrdup(options->gpu_resource);
    k->serving_ca = xstrdup_null(options->serving_ca);
    TAILQ_INIT(&k->log_streams);
    k->writer = writer_new(k->client, k->log, &k->rng, WRITES_IN_FLIGHT);
    writer_on_idle(k->writer, writes_idle, k);
    init_nodes(k, options);
    watch_pods(k);
    return k;
}

void kubelet_free(struct kubelet *k)
{
    if (!k)
        return;
    k->stopped = NULL;
    kubelet_end_logs(k);
    for (size_t i = 0; i < k->n_nodes; i++)
        knode_fini(&k->nodes[i]);
    kubelet_free_events(k);
    kubelet_free_gangs(k);
    kubelet_free_follows(k);
    kc_cache_free(k->pods);
    loop_timer_free(k->stop_timer);
    writer_free(k->writer);
    for (size_t i = 0; i < k->n_groups; i++) {
        amounts_fini(&k->groups[i].capacity);
        free(k->groups[i].gpu_type);
    }
    free(k->nodes);
    free(k->name_prefix);
    free(k->gpu_resource);
    free(k->serving_ca);
    free(k);
}

size_t kubelet_count(const struct kubelet *k)
{
    return k->n_nodes;
}

const char *kubelet_address(const struct kubelet *k, size_t i)
{
    return k->nodes[i].address;
}

void kubelet_set_log_port(struct kubelet *k, size_t i, int port)
{
    knode_set_log_port(&k->nodes[i], port);
}

size_t kubelet_active_pods(const struct kubelet *k)
{
    return k->n_active;
}
