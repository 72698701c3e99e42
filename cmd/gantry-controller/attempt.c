#include "cmd/gantry-controller/attempt.h"

#include <stdlib.h>
#include <string.h>

#include "base/siglist.h"
#include "base/util.h"

void attempt_begin(struct attempt *a, int64_t number, const struct slot *placement,
                   size_t n_slots, int64_t now_sec)
{
    attempt_clear(a);
    a->number = number;
    a->since_sec = now_sec;
    for (size_t i = 0; i < n_slots; i++)
        a->n += (size_t)placement[i].pods;
    a->ranks = xcalloc(a->n ? a->n : 1, sizeof(*a->ranks));
    size_t rank = 0;
    for (size_t i = 0; i < n_slots; i++)
        for (int64_t k = 0; k < placement[i].pods; k++)
            a->ranks[rank++] = (struct rank){.node = xstrdup(placement[i].node),
                                             .component = placement[i].component,
                                             .use = placement[i].each,
                                             .real = placement[i].each,
                                             .exit_code = -1,
                                             .exit_signal = -1};
}

void attempt_clear(struct attempt *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->ranks[i].uid);
        free(a->ranks[i].node);
        free(a->ranks[i].reason);
        free(a->ranks[i].signals);
        free(a->ranks[i].unsent.id);
        free(a->ranks[i].unsent.why);
        for (size_t k = 0; k < a->ranks[i].n_claims; k++)
            free(a->ranks[i].claims[k]);
        free(a->ranks[i].claims);
    }
    slots_unref(a->amended);
    free(a->extra);
    free(a->ranks);
    free(a->failure);
    *a = (struct attempt){0};
}

void attempt_set_extra(struct attempt *a, size_t component, const struct resvec *extra)
{
    size_t n = MAX(a->n_extra, component + 1);
    a->extra = xrealloc(a->extra, n * sizeof(*a->extra));
    for (; a->n_extra < n; a->n_extra++)
        a->extra[a->n_extra] = (struct resvec){{0}};
    a->extra[component] = *extra;
}

struct resvec attempt_extra(const struct attempt *a, int64_t component)
{
    return component < (int64_t)a->n_extra ? a->extra[component] : (struct resvec){{0}};
}

void attempt_fail(struct attempt *a, const char *why)
{
    if (!a->failure)
        a->failure = xstrdup(why);
}

static const char *what_is_late(const struct attempt *a)
{
    if (attempt_gated(a))
        return "the start took too long: a pod waits for its scheduling gates";
    if (attempt_waits_for_claims(a))
        return "the start took too long: a pod waits for its volumes";
    return "the start took too long";
}

const char *attempt_trouble(const struct attempt *a, int64_t now_sec)
{
    if (a->failure)
        return a->failure;
    return !a->waits && now_sec >= a->since_sec + LAUNCH_DEADLINE_SEC ? what_is_late(a)
                                                                      : NULL;
}

void attempt_wait(struct attempt *a)
{
    a->waits = true;
}

void attempt_has_turn(struct attempt *a, int64_t now_sec)
{
    if (!a->waits)
        return;
    a->waits = false;
    a->since_sec = now_sec;
}

static struct rank *rank_of(struct attempt *a, const struct pod *pod)
{
    if (pod->attempt != a->number || pod->rank < 0 || (size_t)pod->rank >= a->n)
        return NULL;
    return &a->ranks[pod->rank];
}

static char *failure_of(const struct pod *pod, const struct rank *r)
{
    if (r->exit_code >= 0)
        return xstrdup_null(pod->exit_reason);
    return xstrdup(pod->message  ? pod->message
                   : pod->reason ? pod->reason
                                 : "it never ran");
}

/* A pod's volumes do not change; one that runs has them. */
static void saw_claims(struct rank *r, const struct pod *pod)
{
    for (size_t i = 0; r->n_claims < pod->n_claims; i++)
        names_add(&r->claims, &r->n_claims, pod->claims[i]);
    r->claims_ready |= pod->running || pod->terminal;
}

static uint64_t version_of(const struct pod *pod)
{
    return pod->resource_version ? strtoull(pod->resource_version, NULL, 10) : 0;
}

void attempt_saw_pod(struct attempt *a, const struct pod *pod, enum node_fate fate)
{
    struct rank *r = rank_of(a, pod);
    if (!r || r->state == RANK_GONE)
        return;
    if (r->uid && strcmp(r->uid, pod->uid) != 0) {
        attempt_fail(a, "a pod was replaced by another of the same name");
        return;
    }
    if (pod->node && strcmp(pod->node, r->node) != 0) {
        attempt_fail(a, "a pod stands on another node than was planned");
        return;
    }
    uint64_t version = version_of(pod);
    if (version < r->version)
        return;
    r->version = version;
    if (!r->uid)
        r->uid = xstrdup(pod->uid);
    r->state = pod->node || r->state == RANK_BOUND ? RANK_BOUND : RANK_MADE;
    r->real = pod->use;
    saw_claims(r, pod);
    r->gated = pod->gated;
    r->terminal = pod->terminal;
    r->succeeded = pod->succeeded;
    r->deleting = pod->deleting;
    r->running = pod->running;
    free(r->signals);
    r->signals = xstrdup_null(pod->signals);
    r->fate = fate;
    r->lost = pod->lost;
    r->shut_down |= pod->shut_down;
    r->exit_code = pod->lost ? -1 : pod->exit_code;
    r->exit_signal = pod->lost ? -1 : pod->exit_signal;
    r->out_of_memory = !pod->lost && pod->out_of_memory;
    if (pod->terminal && !pod->succeeded && !r->reason)
        r->reason = failure_of(pod, r);
}

void attempt_pod_gone(struct attempt *a, const struct pod *pod)
{
    struct rank *r = rank_of(a, pod);
    if (r && r->uid && strcmp(r->uid, pod->uid) == 0)
        r->state = RANK_GONE;
}

bool rank_ended(const struct rank *r)
{
    switch (r->state) {
    case RANK_NONE:
    case RANK_GONE:
        return true;
    case RANK_MADE:
        return r->deleting || r->terminal;
    case RANK_BOUND:
        return r->terminal || r->fate == NODE_GONE ||
               (r->deleting && r->fate == NODE_SILENT);
    }
    return false;
}

/* It did not end by its own process: refused by its node, evicted, or lost. */
static bool rank_broken(const struct rank *r)
{
    if (r->state == RANK_GONE)
        return !r->terminal || (!r->succeeded && r->exit_code < 0);
    if (r->terminal)
        return !r->succeeded && r->exit_code < 0;
    return r->deleting || (r->state == RANK_BOUND && r->fate == NODE_GONE);
}

static bool rank_failed(const struct rank *r)
{
    return r->terminal && !r->succeeded && r->exit_code >= 0;
}

bool attempt_component_gone(const struct attempt *a, int64_t component)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->ranks[i].component == component &&
            (!rank_ended(&a->ranks[i]) || a->ranks[i].busy))
            return false;
    return true;
}

enum attempt_shape attempt_shape(const struct attempt *a, bool batch, uint32_t over,
                                 size_t *ret_rank)
{
    size_t succeeded = 0, launching = 0;
    bool broken = false;
    if (batch && a->n > 0 && a->ranks[0].terminal && a->ranks[0].succeeded)
        return ATTEMPT_SUCCEEDED;
    for (size_t i = 0; i < a->n; i++) {
        const struct rank *r = &a->ranks[i];
        if ((over >> r->component & 1) != 0) {
            succeeded++;
            continue;
        }
        if (rank_failed(r)) {
            *ret_rank = i;
            return ATTEMPT_FAILED;
        }
        if (rank_broken(r) && !broken) {
            *ret_rank = i;
            broken = true;
        }
        succeeded += r->terminal && r->succeeded;
        launching +=
            r->state == RANK_NONE || r->state == RANK_MADE || rank_waits_for_claims(r);
    }
    if (broken)
        return ATTEMPT_BROKEN;
    if (launching > 0)
        return ATTEMPT_LAUNCHING;
    return succeeded == a->n ? ATTEMPT_SUCCEEDED : ATTEMPT_RUNNING;
}

bool attempt_shut_down(const struct attempt *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->ranks[i].shut_down)
            return true;
    return false;
}

bool rank_lacks_signal(const struct rank *r, const char *id)
{
    bool refused = r->unsent.why && str_eq(r->unsent.id, id);
    return !rank_ended(r) && !refused && !siglist_has(r->signals, id);
}

void rank_cannot_signal(struct rank *r, const char *id, const char *why)
{
    free(r->unsent.id);
    free(r->unsent.why);
    r->unsent = (struct unsent){xstrdup_null(id), xstrdup(why)};
}

size_t attempt_n_signalled(const struct attempt *a, bool batch)
{
    return batch ? MIN(a->n, (size_t)1) : a->n;
}

bool attempt_all_ended(const struct attempt *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (!rank_ended(&a->ranks[i]))
            return false;
    return true;
}

bool attempt_busy(const struct attempt *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->ranks[i].busy)
            return true;
    return false;
}

bool rank_waits_for_claims(const struct rank *r)
{
    return r->n_claims > 0 && !r->claims_ready &&
           (r->state == RANK_MADE || r->state == RANK_BOUND);
}

bool attempt_waits_for_claims(const struct attempt *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (rank_waits_for_claims(&a->ranks[i]))
            return true;
    return false;
}

void attempt_claims_ready(struct attempt *a)
{
    for (size_t i = 0; i < a->n; i++)
        a->ranks[i].claims_ready = true;
}

bool attempt_gated(const struct attempt *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->ranks[i].state == RANK_MADE && a->ranks[i].gated)
            return true;
    return false;
}

/* ---- what pods really ask for ---- */

static bool rank_differs(const struct rank *r)
{
    return (r->state == RANK_MADE || r->state == RANK_BOUND) && !r->terminal &&
           memcmp(&r->real, &r->use, sizeof(r->use)) != 0;
}

bool attempt_differs(const struct attempt *a)
{
    bool differs = false;
    for (size_t i = 0; i < a->n; i++) {
        if (a->ranks[i].state == RANK_NONE)
            return false;
        differs |= rank_differs(&a->ranks[i]);
    }
    return differs;
}

/* A slot has one request for all of its pods: the most that any of them has. */
static struct resvec slot_request(const struct attempt *a, const struct slot *slot)
{
    const struct rank *ranks = &a->ranks[slot->first_rank];
    struct resvec each = ranks[0].real;
    for (int64_t k = 1; k < slot->pods; k++)
        for (int i = 0; i < RES_MAX; i++)
            each.v[i] = MAX(each.v[i], ranks[k].real.v[i]);
    return each;
}

void attempt_amend(struct attempt *a, const struct slot *placement, size_t n_slots)
{
    AUTO_FREE struct slot *slots = slots_draft(placement, n_slots);
    for (size_t i = 0; i < n_slots; i++) {
        slots[i].each = slot_request(a, &slots[i]);
        for (int64_t k = 0; k < slots[i].pods; k++)
            a->ranks[slots[i].first_rank + k].use =
                a->ranks[slots[i].first_rank + k].real;
    }
    const struct slot *amended = slots_new(slots, n_slots);
    slots_unref(a->amended);
    a->amended = amended;
    a->n_amended = n_slots;
    a->amendments++;
}

void attempt_note_bound(struct attempt *a, int64_t now_sec)
{
    if (a->number == 0 || a->bound_sec != 0)
        return;
    for (size_t i = 0; i < a->n; i++)
        if (a->ranks[i].state != RANK_BOUND)
            return;
    a->bound_sec = now_sec;
}
