#include "cmd/gantry-controller/claims.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/refusal.h"
#include "cmd/gantry-controller/volumes.h"

#define SELECTED_NODE "volume.kubernetes.io/selected-node"

/* The claims of one rank. */
struct claiming {
    struct claiming *prev, *next;
    struct record *record;
    int64_t attempt;
    size_t rank, at; /* of the rank's claims, the one that is looked at */
    char *ns;
    struct ticket ticket;
    struct kc_call *call;
    struct loop_timer *retry;
};

static void send(void *arg);

static void claiming_free(struct claiming *c)
{
    struct controller *ctl = c->record->ctl;
    if (c->call)
        kc_cancel(c->call);
    lanes_leave(ctl->lanes, &c->ticket);
    loop_timer_free(c->retry);
    DL_DELETE(ctl->claimings, c);
    free(c->ns);
    free(c);
}

/* NULL when the attempt is over. */
static struct rank *rank_of(const struct claiming *c)
{
    struct attempt *a = &c->record->attempt;
    return a->number == c->attempt && c->rank < a->n ? &a->ranks[c->rank] : NULL;
}

static void end(struct claiming *c)
{
    struct record *r = c->record;
    struct rank *rank = rank_of(c);
    if (rank)
        rank->claiming = false;
    claiming_free(c);
    r->ops--;
    if (r->job)
        record_reconcile(r);
    else
        record_drop_if_empty(r);
}

static void enter(void *arg)
{
    struct claiming *c = arg;
    lanes_enter(c->record->ctl->lanes, LANE_START, &c->ticket, send, c);
}

static void again_later(struct claiming *c)
{
    lanes_leave(c->record->ctl->lanes, &c->ticket);
    if (!c->retry)
        c->retry = loop_timer_new(c->record->ctl->loop, enter, c);
    loop_timer_start(c->retry, RETRY_MS);
}

static void on_written(void *arg, const struct kc_result *result)
{
    struct claiming *c = arg;
    c->call = NULL;
    if (result->outcome == KC_REFUSED)
        log_warn(c->record->ctl->log,
                 "a volume claim of namespace %s: give it a node: %s", c->ns,
                 result->message);
    again_later(c);
}

static void write_node(struct claiming *c, const struct json *claim)
{
    const struct rank *rank = rank_of(c);
    JSON_AUTO struct json *patch = json_build(
        "{'metadata':{'uid':%s,'resourceVersion':%s,'annotations':{%s:%s}}}",
        json_str_or(claim, "metadata.uid", ""),
        json_str_or(claim, "metadata.resourceVersion", ""), SELECTED_NODE, rank->node);
    struct kc_ref ref = {
        .resource = &claim_resource, .ns = c->ns, .name = rank->claims[c->at]};
    c->call =
        kc_patch(c->record->ctl->client, &ref, KC_PATCH_MERGE, patch, on_written, c);
}

static bool is_due(const struct claiming *c)
{
    const struct rank *rank = rank_of(c);
    return rank && rank_waits_for_claims(rank) && record_may_launch(c->record);
}

static void next_claim(struct claiming *c)
{
    struct rank *rank = rank_of(c);
    lanes_leave(c->record->ctl->lanes, &c->ticket);
    if (++c->at < rank->n_claims) {
        enter(c);
        return;
    }
    rank->claims_ready = true;
    end(c);
}

/* It has a volume: one that was there already may be elsewhere. */
static void check_volume(struct claiming *c, const char *volume)
{
    struct record *r = c->record;
    const struct rank *rank = rank_of(c);
    if (volumes_has(r->ctl, volume, rank->node)) {
        next_claim(c);
        return;
    }
    AUTO_FREE char *why = xasprintf("volume %s of claim %s is not on node %s", volume,
                                    rank->claims[c->at], rank->node);
    attempt_fail(&r->attempt, why);
    end(c);
}

static void on_read(void *arg, const struct kc_result *result)
{
    struct claiming *c = arg;
    const struct json *notes = json_at(result->body, "metadata.annotations");
    const char *volume = json_str_or(result->body, "spec.volumeName", "");
    bool read = result->outcome == KC_OK;
    c->call = NULL;
    if (!is_due(c))
        end(c);
    else if (read && *volume)
        check_volume(c, volume);
    else if (read && !json_get(notes, SELECTED_NODE))
        write_node(c, result->body);
    else
        again_later(c); /* that of an ephemeral volume is made after the pod */
}

static void send(void *arg)
{
    struct claiming *c = arg;
    if (!is_due(c)) {
        end(c);
        return;
    }
    struct kc_ref ref = {
        .resource = &claim_resource, .ns = c->ns, .name = rank_of(c)->claims[c->at]};
    c->call = kc_get(c->record->ctl->client, &ref, on_read, c);
}

void claims_tend(struct record *r)
{
    struct attempt *a = &r->attempt;
    for (size_t i = 0; i < a->n; i++) {
        if (!rank_waits_for_claims(&a->ranks[i]) || a->ranks[i].claiming)
            continue;
        struct claiming *c = xcalloc(1, sizeof(*c));
        *c = (struct claiming){
            .record = r, .attempt = a->number, .rank = i, .ns = xstrdup(r->job->ns)};
        DL_APPEND(r->ctl->claimings, c);
        a->ranks[i].claiming = true;
        r->ops++;
        enter(c);
    }
}

void claims_free(struct controller *ctl)
{
    while (ctl->claimings)
        claiming_free(ctl->claimings);
}
