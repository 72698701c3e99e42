#include "cmd/gantry-controller/quota.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"

/* A namespace that has quotas. */
struct quota_space {
    UT_hash_handle hh;
    char *ns;
    size_t n;              /* quotas */
    struct record *holder; /* NULL: the turn is free */
};

static struct quota_space *find(const struct controller *ctl, const char *ns)
{
    struct quota_space *q;
    HASH_FIND_STR(ctl->quotas_by_ns, ns, q);
    return q;
}

static void space_free(struct controller *ctl, struct quota_space *q)
{
    HASH_DEL(ctl->quotas_by_ns, q);
    free(q->ns);
    free(q);
}

void quota_added(struct controller *ctl, const char *ns)
{
    struct quota_space *q = find(ctl, ns);
    if (!q) {
        q = xcalloc(1, sizeof(*q));
        q->ns = xstrdup(ns);
        HASH_ADD_KEYPTR(hh, ctl->quotas_by_ns, q->ns, strlen(q->ns), q);
    }
    q->n++;
}

/* The first of them takes the turn, the others wait again. */
static void call_waiting(struct controller *ctl, const char *ns)
{
    struct record *r, *tmp;
    HASH_ITER (hh, ctl->records, r, tmp)
        if (r->quota_waits && r->job && strcmp(r->job->ns, ns) == 0) {
            r->quota_waits = false;
            record_reconcile(r);
        }
}

void quota_removed(struct controller *ctl, const char *ns)
{
    struct quota_space *q = find(ctl, ns);
    if (--q->n > 0)
        return;
    if (q->holder)
        q->holder->quota_turn = false;
    call_waiting(ctl, q->ns);
    space_free(ctl, q);
}

static bool is_making(const struct record *r)
{
    if (!record_may_launch(r))
        return false;
    for (size_t i = 0; i < r->attempt.n; i++)
        if (r->attempt.ranks[i].state == RANK_NONE)
            return true;
    return false;
}

static bool has_begun(const struct attempt *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->ranks[i].state != RANK_NONE)
            return true;
    return false;
}

bool quota_has_turn(struct record *r)
{
    struct quota_space *q = find(r->ctl, r->job->ns);
    if (!q || r->attempt.n < 2 || q->holder == r)
        return true;
    if (!q->holder) {
        q->holder = r;
        r->quota_turn = true;
        return true;
    }
    r->quota_waits = true;
    /* One that a restart has left half made holds a part of the quota: it must end. */
    if (!has_begun(&r->attempt))
        attempt_wait(&r->attempt);
    return false;
}

void quota_pass(struct record *r)
{
    struct quota_space *q, *tmp;
    if (!r->quota_turn || is_making(r))
        return;
    r->quota_turn = false;
    HASH_ITER (hh, r->ctl->quotas_by_ns, q, tmp)
        if (q->holder == r) {
            q->holder = NULL;
            call_waiting(r->ctl, q->ns);
        }
}

void quota_free(struct controller *ctl)
{
    struct quota_space *q, *tmp;
    HASH_ITER (hh, ctl->quotas_by_ns, q, tmp)
        space_free(ctl, q);
}
