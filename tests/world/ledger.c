#include "tests/world/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "tests/world/wants.h"
#include "cmd/gantry-local/podspec.h"
#include "crds/convert.h"

#define NODE_ANNOTATION "gantry.dev/node"
#define PARTITION_ANNOTATION "gantry.dev/partition"
#define EXIT_ANNOTATION "gantry.dev/exit-code"

struct job_fact *ledger_job(const struct ledger *l, const char *uid)
{
    struct job_fact *j = NULL;

    if (uid)
        HASH_FIND_STR(l->jobs, uid, j);
    return j;
}

struct job_fact *ledger_numbered(const struct ledger *l, int64_t job_id)
{
    struct job_fact *j = l->jobs;

    while (j && j->now.job_id != job_id)
        j = j->hh.next;
    return j;
}

struct pod_fact *ledger_pod(const struct ledger *l, const char *uid)
{
    struct pod_fact *p = NULL;

    HASH_FIND_STR(l->pods, uid, p);
    return p;
}

struct node_fact *ledger_node(const struct ledger *l, const char *name)
{
    struct node_fact *n = NULL;

    HASH_FIND_STR(l->nodes, name, n);
    return n;
}

struct part_fact *ledger_part(const struct ledger *l, const char *name)
{
    struct part_fact *p = NULL;

    HASH_FIND_STR(l->parts, name, p);
    return p;
}

void ledger_expect_late(struct ledger *l, const char *pod_name)
{
    GROW(l->late, l->n_late, l->cap_late);
    l->late[l->n_late++] = xstrdup(pod_name);
}

/* ---- nodes ---- */

static bool is_ready(const struct json *node)
{
    const struct json *conditions = json_at(node, "status.conditions");

    for (size_t i = 0; i < json_len(conditions); i++)
        if (str_eq(json_str(json_item(conditions, i), "type"), "Ready"))
            return str_eq(json_str(json_item(conditions, i), "status"), "True");
    return false;
}

static void on_node(void *arg, const char *type, const struct json *object)
{
    struct ledger *l = arg;
    const char *name = json_str_or(object, "metadata.name", "");
    struct node_fact *n = ledger_node(l, name);
    bool ready = is_ready(object), first = !n;
    int64_t now_ms = loop_now_ms(l->loop);

    if (!n) {
        n = xcalloc(1, sizeof(*n));
        n->name = xstrdup(name);
        n->silent_ms = NEVER_MS;
        HASH_ADD_KEYPTR(hh, l->nodes, n->name, strlen(n->name), n);
    }
    n->gone = strcmp(type, "DELETED") == 0;
    if (first || n->ready != ready)
        n->ready_ms = now_ms;
    if ((!first && n->ready && !ready) || n->gone)
        n->silent_ms = now_ms;
    n->ready = ready && !n->gone;
    amounts_read(&n->allocatable, json_at(object, "status.allocatable"), NULL);
    l->changed = true;
}

/* ---- pods ---- */

static int64_t label_number(const struct pod_spec *spec, const char *name)
{
    const char *text = pairs_find(&spec->labels, name);

    return text ? strtoll(text, NULL, 10) : -1;
}

static bool is_late(const struct ledger *l, const char *name)
{
    for (size_t i = 0; i < l->n_late; i++)
        if (strcmp(l->late[i], name) == 0)
            return true;
    return false;
}

static struct pod_fact *pod_new(struct ledger *l, const struct json *object)
{
    struct pod_spec *spec = podspec_new(object);
    struct pod_fact *p = xcalloc(1, sizeof(*p));

    p->uid = xstrdup(spec->uid);
    p->ns = xstrdup(spec->ns);
    p->name = xstrdup(spec->name);
    p->job = ledger_job(l, pairs_find(&spec->labels, LABEL_JOB_UID));
    p->attempt = label_number(spec, LABEL_ATTEMPT);
    p->rank = label_number(spec, LABEL_RANK);
    p->planned = xstrdup_null(pairs_find(&spec->annotations, NODE_ANNOTATION));
    p->partition = xstrdup_null(pairs_find(&spec->annotations, PARTITION_ANNOTATION));
    amounts_add(&p->use, &spec->requests);
    p->exit_code = p->exit_signal = -1;
    p->made_ms = loop_now_ms(l->loop);
    p->bound_ms = p->over_ms = NEVER_MS;
    p->late = is_late(l, p->name);
    p->made_bound = *json_str_or(object, "spec.nodeName", "") != '\0';
    podspec_free(spec);
    HASH_ADD_KEYPTR(hh, l->pods, p->uid, strlen(p->uid), p);
    if (p->job) {
        GROW(p->job->pods, p->job->n_pods, p->job->cap_pods);
        p->job->pods[p->job->n_pods++] = p;
    }
    return p;
}

static void read_node(const struct ledger *l, struct pod_fact *p,
                      const struct json *object)
{
    const char *node = json_str_or(object, "spec.nodeName", "");

    p->just_bound = !p->node && *node;
    if (!p->just_bound)
        return;
    const struct node_fact *n = ledger_node(l, node);
    p->node = xstrdup(node);
    p->bound_ms = loop_now_ms(l->loop);
    p->bound_blind = !n || !n->ready;
}

static void read_end(struct pod_fact *p, const struct json *object)
{
    const char *phase = json_str_or(object, "status.phase", "");
    const struct json *containers = json_at(object, "status.containerStatuses");
    const struct json *end = json_len(containers) > 0
                                 ? json_at(json_item(containers, 0), "state.terminated")
                                 : NULL;

    p->succeeded = strcmp(phase, "Succeeded") == 0;
    p->terminal = p->succeeded || strcmp(phase, "Failed") == 0;
    if (end) {
        p->exit_code = (int)json_int_or(end, "exitCode", -1);
        p->exit_signal = (int)json_int_or(end, "signal", 0);
    }
}

static bool has_finalizer(const struct json *object)
{
    const struct json *list = json_at(object, "metadata.finalizers");

    for (size_t i = 0; i < json_len(list); i++)
        if (json_is(json_item(list, i), JSON_STRING) &&
            strcmp(json_string(json_item(list, i)), FINALIZER_ACCOUNTED) == 0)
            return true;
    return false;
}

static void set_text(char **field, const char *text)
{
    free(*field);
    *field = xstrdup_null(text);
}

/* No line of it stands there twice. */
static bool lines_differ(const char *list)
{
    for (const char *at = list; *at; at += strcspn(at, "\n") + 1) {
        AUTO_FREE char *line = xstrndup(at, strcspn(at, "\n") + 1);
        if (strstr(at + strlen(line), line))
            return false;
    }
    return true;
}

static void read_signals(struct pod_fact *p, const struct json *object)
{
    const struct json *value =
        json_get(json_at(object, "metadata.annotations"), ANNOTATION_SIGNALS);
    const char *now = value ? json_string(value) : "";

    p->list_broken |=
        (p->signals && !str_starts(now, p->signals)) || !lines_differ(now);
    set_text(&p->signals, now);
}

static void on_pod(void *arg, const char *type, const struct json *object)
{
    struct ledger *l = arg;
    struct pod_fact *p = ledger_pod(l, json_str_or(object, "metadata.uid", ""));
    int64_t now_ms = loop_now_ms(l->loop);

    if (!p)
        p = pod_new(l, object);
    read_node(l, p, object);
    read_end(p, object);
    read_signals(p, object);
    p->reported |= json_str(object, "status.startTime") != NULL;
    p->deleting = json_str(object, "metadata.deletionTimestamp") != NULL;
    p->accounted = has_finalizer(object);
    p->gone = strcmp(type, "DELETED") == 0;
    if (p->over_ms == NEVER_MS && (p->gone || p->terminal))
        p->over_ms = now_ms;
    l->changed = true;
    l->ops->pod(l->arg, p);
}

bool pod_holds(const struct pod_fact *p)
{
    return p->node && !p->terminal && !p->gone;
}

bool pod_unseen(const struct ledger *l, const struct pod_fact *p)
{
    const struct node_fact *n = p->node ? ledger_node(l, p->node) : NULL;

    return p->node && (p->bound_blind || !n || n->gone || !n->ready ||
                       n->silent_ms >= p->bound_ms);
}

void ledger_use(const struct ledger *l, const char *node,
                bool (*count)(void *arg, const struct pod_fact *p), void *arg,
                struct amounts *ret)
{
    const struct pod_fact *p;

    for (p = l->pods; p; p = p->hh.next)
        if (p->node && strcmp(p->node, node) == 0 && count(arg, p))
            amounts_add(ret, &p->use);
}

/* ---- jobs ---- */

/* All of its components ask for nodes. */
static void read_components(struct job_fact *j, const struct json *spec)
{
    const struct json *list = json_get(spec, "components");
    const char *limit = json_str(json_item(list, 1), "timeLimit");

    j->part_limit_sec = -1;
    if (limit)
        duration_parse(limit, &j->part_limit_sec, NULL);
    if (j->pods_asked != 0 || json_len(list) == 0)
        return;
    j->first_pods = json_int_or(json_item(list, 0), "nodes", 0);
    for (size_t i = 0; i < json_len(list); i++)
        j->pods_asked += json_int_or(json_item(list, i), "nodes", 0);
}

static bool is_list(const char *names)
{
    return names && strchr(names, ',');
}

static void read_spec(struct job_fact *j, const struct json *object)
{
    const struct json *spec = json_get(object, "spec");
    const struct json *annotations = json_at(spec, "template.metadata.annotations");
    const struct json *code = json_get(annotations, EXIT_ANNOTATION);
    const struct json *actions = json_get(spec, "actions");
    const struct json *object_status = json_get(object, "status");
    long long in_sec, licenses;

    j->is_range = json_is(json_get(spec, "nodes"), JSON_STRING) ||
                  (json_get(spec, "ntasks") && !json_get(spec, "nodes"));
    read_components(j, spec);
    if (j->pods_asked == 0)
        j->pods_asked = json_int_or(spec, "replicas", json_int_or(spec, "nodes", 1));
    j->ttl_sec = json_int_or(spec, "ttlSecondsAfterFinished", -1);
    j->requeue = json_bool_or(spec, "requeue", true);
    j->held = json_get(spec, "hold") != NULL;
    if (str_starts(json_str_or(spec, "dependency", ""), AFTER_CORR))
        j->after_id =
            strtoll(json_str(spec, "dependency") + strlen(AFTER_CORR), NULL, 10);
    j->exit_wanted = code ? (int)strtol(json_string(code), NULL, 10) : 0;
    j->limit_sec = -1;
    if (json_str(spec, "timeLimit"))
        duration_parse(json_str(spec, "timeLimit"), &j->limit_sec, NULL);
    j->least_limit_sec = j->limit_sec;
    if (json_str(spec, "timeMin"))
        duration_parse(json_str(spec, "timeMin"), &j->least_limit_sec, NULL);
    j->deadline_sec = -1;
    if (sscanf(json_str_or(spec, "deadline", ""), "now+%lld", &in_sec) == 1)
        j->deadline_sec = j->made_ms / 1000 + in_sec;
    j->licenses = 0;
    if (sscanf(json_str_or(spec, "licenses", ""), WORLD_LICENSE ":%lld", &licenses) ==
        1)
        j->licenses = licenses;
    set_text(&j->qos_asked, json_str(spec, "qos"));
    set_text(&j->account, json_str(spec, "account"));
    set_text(&j->user, json_str(spec, "user"));
    j->exclusive_user = json_bool_or(spec, "exclusiveUser", false);
    j->says_more =
        json_get(spec, "timeMin") || j->deadline_sec >= 0 || is_list(j->qos_asked);
    set_text(&j->qos,
             is_list(j->qos_asked) ? json_str(object_status, "qos") : j->qos_asked);
    j->cancels = j->requeues = 0;
    for (size_t i = 0; i < json_len(actions); i++) {
        const char *action = json_str_or(json_item(actions, i), "type", "");
        j->cancels += strcmp(action, "Cancel") == 0;
        j->requeues += str_starts(action, "Requeue");
    }
}

/* Whether it is an array, or a task of one. */
static void read_array(struct job_fact *j, const struct json *object)
{
    const char *owner;
    struct array array;
    int64_t id;

    if (array_parse(json_str_or(object, "spec.array", ""), &array, NULL) < 0)
        return;
    if ((owner = array_task_read(object, &id, &j->index)) != NULL) {
        set_text(&j->array_uid, owner);
        return;
    }
    j->is_array = true;
    j->tasks = array.tasks;
    array_status_read(json_at(object, "status.array"), &j->states);
}

static int64_t read_sec(const struct json *object, const char *path)
{
    const char *text = json_str(object, path);
    int64_t sec;

    return text && time_parse_rfc3339(text, &sec, NULL) == 0 ? sec : -1;
}

static int64_t nodes_in(const char *text)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};

    return hostlist_parse(&nodes, text, NULL) == 0 ? (int64_t)nodes.n : 0;
}

/* Who asks for a range of nodes has what he was given. */
static void read_placement(struct job_fact *j, const struct json *status)
{
    const struct json *placement = json_get(status, "placement");
    int64_t pods = 0;

    for (size_t i = 0; i < json_len(placement); i++) {
        const struct json *part = json_item(placement, i);
        pods += json_int_or(part, "podsPerNode", 1) *
                nodes_in(json_str_or(part, "nodes", ""));
    }
    if (pods > 0)
        j->pods_asked = pods;
}

static void read_actions(struct job_fact *j, const struct json *object)
{
    const struct json *actions = json_at(object, "spec.actions");
    const char *last = json_str(object, "status.lastAction.id");

    j->actions_left = (int64_t)json_len(actions);
    for (size_t i = 0; i < json_len(actions); i++)
        if (str_eq(json_str(json_item(actions, i), "id"), last))
            j->actions_left = (int64_t)(json_len(actions) - 1 - i);
}

static void read_status(struct job_fact *j, const struct json *object, int64_t now_ms)
{
    const struct json *status = json_get(object, "status");
    struct job_view_fact now = {
        .job_id = json_int_or(status, "jobID", 0),
        .attempt = json_int_or(status, "attempt", 0),
        .restarts = json_int_or(status, "restarts", 0),
        .preempted_by = json_int_or(status, "preemptedBy", 0),
    };

    job_state_parse(json_str(status, "state"), &now.state);
    j->was = j->now;
    j->now = now;
    if (now.attempt != j->was.attempt)
        j->intent_ms = now_ms;
    if (now.preempted_by != 0 && j->was.preempted_by == 0) {
        j->yielded_to = now.preempted_by;
        j->yielded_ms = now_ms;
    }
    read_placement(j, status);
    j->part_over =
        json_str(json_item(json_get(status, "components"), 1), "state") != NULL;
    j->start_sec = read_sec(status, "startTime");
    j->end_sec = read_sec(status, "endTime");
    set_text(&j->exit, json_str(status, "exitCode"));
    set_text(&j->reason, json_str(status, "reason"));
    read_actions(j, object);
}

static struct job_fact *job_new_fact(struct ledger *l, const struct json *object)
{
    struct job_fact *j = xcalloc(1, sizeof(*j));

    j->uid = xstrdup(json_str_or(object, "metadata.uid", ""));
    j->ns = xstrdup(json_str_or(object, "metadata.namespace", ""));
    j->name = xstrdup(json_str_or(object, "metadata.name", ""));
    j->partition = xstrdup_null(json_str(object, "spec.partition"));
    j->made_ms = loop_now_ms(l->loop);
    HASH_ADD_KEYPTR(hh, l->jobs, j->uid, strlen(j->uid), j);
    return j;
}

static void note_task(const struct ledger *l, const struct job_fact *j)
{
    struct job_fact *array = ledger_job(l, j->array_uid);

    if (array && j->now.state == JOB_STATE_COMPLETED)
        taskset_add(&array->worked, j->index);
}

static void on_job(void *arg, const char *type, const struct json *object)
{
    struct ledger *l = arg;
    struct job_fact *j = ledger_job(l, json_str_or(object, "metadata.uid", ""));

    if (!j)
        j = job_new_fact(l, object);
    int64_t generation = json_int_or(object, "metadata.generation", 0);
    j->status_writes += strcmp(type, "MODIFIED") == 0 && generation == j->generation;
    j->generation = generation;
    read_spec(j, object);
    read_array(j, object);
    read_status(j, object, loop_now_ms(l->loop));
    if (j->array_uid)
        note_task(l, j);
    j->deleting = json_str(object, "metadata.deletionTimestamp") != NULL;
    j->gone = strcmp(type, "DELETED") == 0;
    l->changed = true;
    l->ops->job(l->arg, j);
}

/* ---- partitions ---- */

static void on_partition(void *arg, const char *type, const struct json *object)
{
    struct ledger *l = arg;
    const char *name = json_str_or(object, "metadata.name", "");
    const char *state = json_str_or(object, "spec.state", "UP");
    struct part_fact *p = ledger_part(l, name);
    bool closed = strcmp(type, "DELETED") != 0 &&
                  (strcmp(state, "DRAIN") == 0 || strcmp(state, "INACTIVE") == 0);

    if (!p) {
        p = xcalloc(1, sizeof(*p));
        p->name = xstrdup(name);
        p->closed_ms = NEVER_MS;
        HASH_ADD_KEYPTR(hh, l->parts, p->name, strlen(p->name), p);
    }
    p->max_cpus = json_int_or(object, "spec.maxCPUsPerNode", 0);
    p->max_nodes = json_int_or(object, "spec.maxNodes", 0);
    if (!closed)
        p->closed_ms = NEVER_MS;
    else if (p->closed_ms == NEVER_MS)
        p->closed_ms = loop_now_ms(l->loop);
    l->changed = true;
}

/* ---- reservations ---- */

/* As users.c makes them: so many seconds from now, which is a whole second, for so many
 * minutes. */
static struct resv_fact *resv_new(const struct json *object, int64_t now_ms)
{
    struct resv_fact *r = xcalloc(1, sizeof(*r));
    long long in_sec = 0;

    r->name = xstrdup(json_str_or(object, "metadata.name", ""));
    r->node = xstrdup("");
    sscanf(json_str_or(object, "spec.startTime", ""), "now+%lld", &in_sec);
    r->made_ms = now_ms;
    r->start_ms = now_ms / 1000 * 1000 + in_sec * 1000;
    r->end_ms = r->start_ms +
                60000 * strtoll(json_str_or(object, "spec.duration", "0"), NULL, 10);
    return r;
}

static void on_reservation(void *arg, const char *type, const struct json *object)
{
    struct ledger *l = arg;
    const char *name = json_str_or(object, "metadata.name", "");
    struct resv_fact *r;

    HASH_FIND_STR(l->resvs, name, r);
    if (!r) {
        r = resv_new(object, loop_now_ms(l->loop));
        HASH_ADD_KEYPTR(hh, l->resvs, r->name, strlen(r->name), r);
    }
    const char *node =
        json_str_or(object, "spec.nodes", json_str_or(object, "status.nodes", ""));
    if (strcmp(node, r->node) != 0) {
        set_text(&r->node, node);
        r->made_ms = loop_now_ms(l->loop);
    }
    if (strcmp(type, "DELETED") == 0)
        r->end_ms = MIN(r->end_ms, loop_now_ms(l->loop));
    l->changed = true;
}

/* ---- QOS ---- */

static void on_qos(void *arg, const char *type, const struct json *object)
{
    struct ledger *l = arg;

    (void)type;
    if (str_eq(json_str(object, "metadata.name"), "high"))
        l->high_jobs = json_int_or(object, "spec.limits.grpJobs", 0);
    if (str_eq(json_str(object, "metadata.name"), "side"))
        l->side_nodes = json_int_or(json_at(object, "spec.limits.grpTRES"), "node", 0);
}

/* ---- accounts ---- */

static void on_account(void *arg, const char *type, const struct json *object)
{
    struct ledger *l = arg;
    const struct json *tres = json_at(object, "spec.limits.grpTRES");

    (void)type;
    if (str_eq(json_str(object, "metadata.name"), "lab"))
        l->lab_jobs = json_int_or(object, "spec.limits.grpJobs", 0);
    if (str_eq(json_str(object, "metadata.name"), "red")) {
        l->red_cpus = json_int_or(tres, "cpu", 0);
        l->red_nodes = json_int_or(tres, "node", 0);
    }
}

/* ---- services ---- */

static void on_service(void *arg, const char *type, const struct json *object)
{
    struct ledger *l = arg;

    if (!str_starts(json_str_or(object, "metadata.name", ""), "gantry-"))
        return;
    l->services += strcmp(type, "ADDED") == 0;
    l->services -= strcmp(type, "DELETED") == 0;
    l->changed = true;
}

/* ---- life ---- */

void ledger_init(struct ledger *l, struct server *s, const struct loop *loop,
                 const struct ledger_ops *ops, void *arg)
{
    *l = (struct ledger){.loop = loop, .ops = ops, .arg = arg};
    server_watch(s, "/api/v1/nodes", on_node, l);
    server_watch(s, "/apis/gantry.dev/v1alpha1/partitions", on_partition, l);
    server_watch(s, "/apis/gantry.dev/v1alpha1/qos", on_qos, l);
    server_watch(s, "/apis/gantry.dev/v1alpha1/accounts", on_account, l);
    server_watch(s, "/apis/gantry.dev/v1alpha1/reservations", on_reservation, l);
    server_watch(s, "/apis/gantry.dev/v1alpha1/batchjobs", on_job, l);
    server_watch(s, "/api/v1/pods", on_pod, l);
    server_watch(s, "/api/v1/services", on_service, l);
}

static void pod_forget(struct pod_fact *p)
{
    amounts_fini(&p->use);
    free(p->uid);
    free(p->ns);
    free(p->name);
    free(p->planned);
    free(p->partition);
    free(p->signals);
    free(p->node);
    free(p);
}

static void job_forget(struct job_fact *j)
{
    free(j->uid);
    free(j->ns);
    free(j->name);
    free(j->partition);
    free(j->qos);
    free(j->qos_asked);
    free(j->account);
    free(j->user);
    free(j->exit);
    free(j->array_uid);
    free(j->reason);
    free(j->pods);
    free(j);
}

void ledger_fini(struct ledger *l)
{
    struct job_fact *j, *next_job;
    struct pod_fact *p, *next_pod;
    struct node_fact *n, *next_node;
    struct part_fact *part, *next_part;
    struct resv_fact *r, *next_resv;

    HASH_ITER (hh, l->pods, p, next_pod) {
        HASH_DEL(l->pods, p);
        pod_forget(p);
    }
    HASH_ITER (hh, l->jobs, j, next_job) {
        HASH_DEL(l->jobs, j);
        job_forget(j);
    }
    HASH_ITER (hh, l->nodes, n, next_node) {
        HASH_DEL(l->nodes, n);
        amounts_fini(&n->allocatable);
        free(n->name);
        free(n);
    }
    HASH_ITER (hh, l->parts, part, next_part) {
        HASH_DEL(l->parts, part);
        free(part->name);
        free(part);
    }
    HASH_ITER (hh, l->resvs, r, next_resv) {
        HASH_DEL(l->resvs, r);
        free(r->name);
        free(r->node);
        free(r);
    }
    for (size_t i = 0; i < l->n_late; i++)
        free(l->late[i]);
    free(l->late);
}
