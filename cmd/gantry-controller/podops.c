#include "cmd/gantry-controller/podops.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/siglist.h"
#include "base/util.h"
#include "cmd/gantry-controller/admission.h"
#include "cmd/gantry-controller/claims.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/podbuild.h"
#include "cmd/gantry-controller/quota.h"
#include "cmd/gantry-controller/refusal.h"
#include "cmd/gantry-controller/service.h"
#include "cmd/gantry-controller/unseen.h"
#include "cmd/gantry-controller/watches.h"

#define NAME_BYTES_MAX 256

enum op_kind { OP_MAKE, OP_BIND, OP_SIGNAL, OP_KILL };

struct pod_op {
    struct pod_op *prev, *next;
    struct record *record;
    enum op_kind kind;
    int64_t attempt;
    size_t rank;
    char *name, *ns;
    enum unseen_end end; /* what the last answer showed */
    struct ticket ticket;
    struct kc_call *call;
    struct loop_timer *retry;
};

static void op_send(void *arg);

/* NULL when the attempt that the op belongs to is over. */
static struct rank *op_rank(const struct pod_op *op)
{
    struct attempt *a = &op->record->attempt;
    if (a->number != op->attempt || op->rank >= a->n)
        return NULL;
    return &a->ranks[op->rank];
}

static void op_free(struct pod_op *op)
{
    struct controller *ctl = op->record->ctl;
    if (op->call)
        kc_cancel(op->call);
    lanes_leave(ctl->lanes, &op->ticket);
    loop_timer_free(op->retry);
    DL_DELETE(ctl->ops, op);
    free(op->name);
    free(op->ns);
    free(op);
}

static void op_end(struct pod_op *op)
{
    struct record *r = op->record;
    struct rank *rank = op_rank(op);
    if (rank)
        rank->busy = false;
    else
        unseen_end(r->ctl, op->ns, op->name, op->end);
    op_free(op);
    r->ops--;
    if (r->job)
        record_reconcile(r);
    else
        record_drop_if_empty(r);
}

static struct kc_ref op_ref(const struct pod_op *op, bool named)
{
    return (struct kc_ref){
        .resource = &kc_pods, .ns = op->ns, .name = named ? op->name : NULL};
}

static void op_fail(struct pod_op *op, const char *what, const struct kc_result *result)
{
    AUTO_FREE char *why = xasprintf("%s %s: %s", what, op->name, result->message);
    if (op_rank(op))
        attempt_fail(&op->record->attempt, why);
    op_end(op);
}

/* ---- again ---- */

/* A gang whose pods are made is not to wait behind the creates of others; what starts
 * jobs goes before what ends them. */
static const enum lane lane_of[] = {[OP_MAKE] = LANE_START,
                                    [OP_BIND] = LANE_BIND,
                                    [OP_SIGNAL] = LANE_STATUS,
                                    [OP_KILL] = LANE_STATUS};

static void op_enter(struct pod_op *op)
{
    lanes_enter(op->record->ctl->lanes, lane_of[op->kind], &op->ticket, op_send, op);
}

static void on_retry(void *arg)
{
    struct pod_op *op = arg;
    op_enter(op);
}

static void op_retry(struct pod_op *op)
{
    struct controller *ctl = op->record->ctl;
    lanes_leave(ctl->lanes, &op->ticket);
    if (!op->retry)
        op->retry = loop_timer_new(ctl->loop, on_retry, op);
    loop_timer_start(op->retry, RETRY_MS);
}

/* ---- what stands there ---- */

static void learn(const struct pod_op *op, const struct pod *pod)
{
    struct record *r = op->record;
    const struct rank *rank = op_rank(op);
    const struct resvec extra = attempt_extra(&r->attempt, rank->component);
    const struct resvec asked = pod_asks(&rank->use, &extra);
    admission_learn(r->ctl, pod_work(r->job, rank->component), pod, &asked);
}

static void saw_pod(struct pod_op *op, const struct json *object)
{
    struct record *r = op->record;
    struct pod *pod = convert_pod(&r->ctl->convert, object, NULL);
    if (pod)
        op->end = pod->node && !pod->terminal ? UNSEEN_BOUND : UNSEEN_FREE;
    if (pod && op_rank(op)) {
        bool ours = str_eq(pod->job_uid, r->uid) && pod->attempt == op->attempt &&
                    pod->rank == (int64_t)op->rank;
        if (ours && op->kind == OP_MAKE && r->job)
            learn(op, pod);
        if (ours)
            attempt_saw_pod(&r->attempt, pod, watches_node_fate(r->ctl, pod->node));
        else
            attempt_fail(&r->attempt,
                         "another pod has the name that this attempt needs");
    }
    pod_free(pod);
}

/* What is to be sent now; the op holds none, since that may change meanwhile. */
static struct job_signal signal_of(const struct pod_op *op)
{
    struct job_next next;
    record_next(op->record, &next);
    jstatus_fini(&next.want);
    return next.signal;
}

/* Is what the op is for still to be done? Of SIGNAL, also which. */
static bool op_is_due(const struct pod_op *op, struct job_signal *ret_signal)
{
    const struct rank *rank = op_rank(op);
    if (!rank || !op->record->job)
        return false;
    switch (op->kind) {
    case OP_MAKE:
        return rank->state == RANK_NONE && record_may_launch(op->record);
    case OP_BIND:
        return rank->state == RANK_MADE && !rank->deleting &&
               record_may_launch(op->record);
    case OP_SIGNAL:
        *ret_signal = signal_of(op);
        return ret_signal->on && rank_is_of(rank, ret_signal->component) &&
               rank_lacks_signal(rank, ret_signal->id);
    case OP_KILL:
        return !rank_ended(rank) && !rank->deleting;
    }
    return false;
}

static void on_read(void *arg, const struct kc_result *result)
{
    struct pod_op *op = arg;
    struct rank *rank = op_rank(op);
    struct job_signal signal = {.on = false};
    bool absent = result->reason == KC_REASON_NOT_FOUND;
    op->call = NULL;
    if (result->outcome == KC_OK)
        saw_pod(op, result->body);
    else if (absent)
        op->end = UNSEEN_FREE;
    if (absent && rank && rank->state != RANK_NONE)
        rank->state = RANK_GONE;
    /* A write that came to nothing is not repeated at once: a server that answers each
     * with 500 would be asked without pause. */
    if ((result->outcome != KC_OK && !absent) || op_is_due(op, &signal))
        op_retry(op);
    else
        op_end(op);
}

static void op_read(struct pod_op *op)
{
    struct kc_ref ref = op_ref(op, true);
    op->call = kc_get(op->record->ctl->client, &ref, on_read, op);
}

/* ---- make ---- */

static void on_made(void *arg, const struct kc_result *result)
{
    struct pod_op *op = arg;
    op->call = NULL;
    if (result->outcome == KC_OK) {
        saw_pod(op, result->body);
        op_end(op);
    } else if (result->outcome == KC_UNKNOWN ||
               result->reason == KC_REASON_ALREADY_EXISTS) {
        op_read(op);
    } else if (refusal_passes(result->reason)) {
        op_retry(op);
    } else {
        const struct rank *rank = op_rank(op);
        if (strstr(result->message, "schedulingGates") && op->record->job && rank)
            admission_refused(op->record->ctl,
                              pod_work(op->record->job, rank->component));
        op_fail(op, "create pod", result);
    }
}

static bool make(struct pod_op *op)
{
    struct record *r = op->record;
    struct controller *ctl = r->ctl;
    struct err err = ERR_INIT;
    struct resvec extra =
        attempt_extra(&r->attempt, r->attempt.ranks[op->rank].component);
    struct pod_plan plan = {.convert = &ctl->convert,
                            .job = r->job,
                            .attempt = op->attempt,
                            .partition = record_partition(r),
                            .reservation = record_reservation(r),
                            .license = record_license(r),
                            .qos = record_qos(r),
                            .extra = &extra,
                            .unbound = job_state_is_active(r->job->status.state)};
    plan.slots = record_slots(r, &plan.n_slots);
    JSON_AUTO struct json *body = pod_build(&plan, (int64_t)op->rank, &err);
    if (!body) {
        attempt_fail(&r->attempt, err.msg);
        return false;
    }
    struct kc_ref ref = op_ref(op, false);
    op->call = kc_create(ctl->client, &ref, body, on_made, op);
    return true;
}

/* ---- bind ---- */

static void on_bound(void *arg, const struct kc_result *result)
{
    struct pod_op *op = arg;
    struct rank *rank = op_rank(op);
    op->call = NULL;
    if (result->outcome == KC_OK) {
        op->end = UNSEEN_BOUND;
        if (rank && rank->state == RANK_MADE)
            rank->state = RANK_BOUND;
        op_end(op);
    } else if (result->outcome == KC_UNKNOWN || result->reason == KC_REASON_CONFLICT ||
               result->reason == KC_REASON_NOT_FOUND) {
        op_read(op);
    } else if (refusal_passes(result->reason)) {
        op_retry(op);
    } else {
        op_fail(op, "bind pod", result);
    }
}

static bool bind_rank(struct pod_op *op)
{
    const struct rank *rank = op_rank(op);
    op->call = kc_bind(op->record->ctl->client, op->ns, op->name, rank->uid, rank->node,
                       on_bound, op);
    return true;
}

/* ---- signal ---- */

static void on_signalled(void *arg, const struct kc_result *result)
{
    struct pod_op *op = arg;
    struct job_signal signal = {.on = false};
    op->call = NULL;
    if (result->outcome == KC_OK) {
        saw_pod(op, result->body);
        op_end(op);
    } else if (result->outcome == KC_UNKNOWN || result->reason == KC_REASON_CONFLICT ||
               result->reason == KC_REASON_NOT_FOUND) {
        op_read(op);
    } else if (refusal_passes(result->reason)) {
        op_retry(op);
    } else {
        if (op_is_due(op, &signal))
            rank_cannot_signal(op_rank(op), signal.id, result->message);
        op_end(op);
    }
}

/* On the version that was seen: a list that another has made longer stays so. */
static bool signal_rank(struct pod_op *op, const struct job_signal *signal)
{
    struct rank *rank = op_rank(op);
    AUTO_FREE char *version = xasprintf("%" PRIu64, rank->version);
    struct kc_ref ref = op_ref(op, true);
    STR_AUTO struct str list;
    str_init(&list, SIGLIST_MAX);
    str_add(&list, rank->signals ? rank->signals : "");
    /* As in Slurm, what is stopped is to hear that its time ends. */
    if (signal->wakes)
        siglist_add(&list, &(struct siglist_item){SIGCONT, signal->item.scope},
                    signal->id);
    siglist_add(&list, &signal->item, signal->id);
    if (list.overflow) {
        rank_cannot_signal(rank, signal->id, "its pod cannot be sent more signals");
        return false;
    }
    JSON_AUTO struct json *patch =
        json_build("{'metadata':{'uid':%s,'resourceVersion':%s,'annotations':{%s:%s}}}",
                   rank->uid, version, ANNOTATION_SIGNALS, list.s);
    op->call = kc_patch(op->record->ctl->client, &ref, KC_PATCH_MERGE, patch,
                        on_signalled, op);
    return true;
}

/* ---- kill ---- */

static void on_killed(void *arg, const struct kc_result *result)
{
    struct pod_op *op = arg;
    struct rank *rank = op_rank(op);
    op->call = NULL;
    if (result->outcome == KC_OK) {
        if (rank)
            rank->deleting = true;
        op_end(op);
    } else if (result->reason == KC_REASON_NOT_FOUND ||
               result->reason == KC_REASON_CONFLICT) {
        op_read(op);
    } else {
        if (!refusal_passes(result->reason))
            log_warn(op->record->ctl->log, "delete pod %s/%s: %s", op->ns, op->name,
                     result->message);
        op_retry(op);
    }
}

/* What is left of the grace time of a job that is preempted, where it has one; else the
 * pod's own. 0 would not wait for the node. */
static int64_t grace_of(const struct record *r)
{
    const struct preemption *p = &r->job->status.preempted;
    if (p->by == 0 || p->end_sec <= p->since_sec)
        return -1;
    return MAX(p->end_sec - loop_now_sec(r->ctl->loop), 1);
}

static bool kill_rank(struct pod_op *op)
{
    struct kc_ref ref = op_ref(op, true);
    struct kc_delete_options options = {.uid = op_rank(op)->uid,
                                        .grace_sec = grace_of(op->record)};
    op->call = kc_delete(op->record->ctl->client, &ref, &options, on_killed, op);
    return true;
}

/* ---- turns ---- */

/* A start that was long on its way (the controller died meanwhile, or the server was
 * away) may find that a node is not what it was. */
static bool node_stands(struct pod_op *op, const struct rank *rank)
{
    enum node_fate fate = watches_node_fate(op->record->ctl, rank->node);
    if (fate == NODE_FINE)
        return true;
    AUTO_FREE char *why = xasprintf("node %s is %s", rank->node,
                                    fate == NODE_GONE ? "gone" : "not ready");
    attempt_fail(&op->record->attempt, why);
    return false;
}

static bool begin(struct pod_op *op)
{
    struct job_signal signal = {.on = false};
    if (!op_is_due(op, &signal))
        return false;
    attempt_has_turn(&op->record->attempt, loop_now_sec(op->record->ctl->loop));
    switch (op->kind) {
    case OP_MAKE:
        return node_stands(op, op_rank(op)) && make(op);
    case OP_BIND:
        return node_stands(op, op_rank(op)) && bind_rank(op);
    case OP_SIGNAL:
        return signal_rank(op, &signal);
    case OP_KILL:
        return kill_rank(op);
    }
    return false;
}

static void op_send(void *arg)
{
    struct pod_op *op = arg;
    if (!begin(op))
        op_end(op);
}

static void op_new(struct record *r, enum op_kind kind, size_t rank)
{
    STR_AUTO struct str name;
    str_init(&name, NAME_BYTES_MAX);
    pod_name(r->job, r->attempt.number, (int64_t)rank, &name);
    struct pod_op *op = xcalloc(1, sizeof(*op));
    *op = (struct pod_op){.record = r,
                          .kind = kind,
                          .attempt = r->attempt.number,
                          .rank = rank,
                          .name = xstrdup(name.s),
                          .ns = xstrdup(r->job->ns)};
    DL_APPEND(r->ctl->ops, op);
    r->attempt.ranks[rank].busy = true;
    r->ops++;
    op_enter(op);
}

/* Refusals of quota, admission and webhooks surface at the creates, so no pod is bound
 * before all are made, and the Service with them. */
void podops_launch(struct record *r)
{
    struct attempt *a = &r->attempt;
    bool all_made = service_stands(r);
    for (size_t i = 0; i < a->n; i++)
        if (a->ranks[i].state == RANK_NONE) {
            all_made = false;
            if (!a->ranks[i].busy && quota_has_turn(r))
                op_new(r, OP_MAKE, i);
        }
    if (attempt_gated(a)) /* whoever set them has the word; then all at once */
        return;
    if (all_made && attempt_waits_for_claims(a)) {
        claims_tend(r);
        return;
    }
    for (size_t i = 0; all_made && i < a->n; i++)
        if (a->ranks[i].state == RANK_MADE && !a->ranks[i].busy)
            op_new(r, OP_BIND, i);
}

void podops_signal(struct record *r, const struct job_signal *signal)
{
    struct attempt *a = &r->attempt;
    const size_t n = attempt_n_signalled(a, r->job->is_script);
    for (size_t i = 0; i < n; i++)
        if (rank_is_of(&a->ranks[i], signal->component) &&
            rank_lacks_signal(&a->ranks[i], signal->id) && !a->ranks[i].busy)
            op_new(r, OP_SIGNAL, i);
}

void podops_kill(struct record *r, uint32_t components)
{
    struct attempt *a = &r->attempt;
    for (size_t i = 0; i < a->n; i++)
        if ((components >> a->ranks[i].component & 1) != 0 &&
            !rank_ended(&a->ranks[i]) && !a->ranks[i].deleting && !a->ranks[i].busy)
            op_new(r, OP_KILL, i);
}

void podops_free(struct controller *ctl)
{
    while (ctl->ops)
        op_free(ctl->ops);
}
