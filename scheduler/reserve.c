#include "scheduler/reserve.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "scheduler/access.h"
#include "scheduler/component.h"
#include "scheduler/core.h"

/* ---- those that are known ---- */

static void drop_fences(struct reserve *r)
{
    for (size_t i = 0; i < r->n_fences; i++)
        fence_free(r->fences[i]);
    r->n_fences = 0;
}

void reserve_fini(struct reserve *r)
{
    drop_fences(r);
    free(r->fences);
    for (size_t i = 0; i < r->n; i++) {
        reservation_free(r->recs[i].resv);
        free(r->recs[i].nodes);
    }
    free(r->recs);
}

static size_t place_of(const struct reserve *r, const char *name)
{
    size_t i = 0;

    while (i < r->n && strcmp(r->recs[i].resv->name, name) < 0)
        i++;
    return i;
}

static bool is_at(const struct reserve *r, size_t i, const char *name)
{
    return i < r->n && strcmp(r->recs[i].resv->name, name) == 0;
}

const struct resvrec *reserve_find(const struct reserve *r, const char *name)
{
    size_t i = place_of(r, name);

    return is_at(r, i, name) ? &r->recs[i] : NULL;
}

/* The same, with no news of its nodes: those that were chosen here stay. */
static bool is_known(const struct reservation *old, const struct reservation *r)
{
    return reservation_equal(old, r) && (old->n_chosen > 0 || r->n_chosen == 0);
}

bool reserve_put(struct reserve *r, struct reservation *resv)
{
    size_t i = place_of(r, resv->name);

    if (!is_at(r, i, resv->name)) {
        GROW(r->recs, r->n, r->cap);
        memmove(r->recs + i + 1, r->recs + i, (r->n - i) * sizeof(*r->recs));
        r->recs[i] = (struct resvrec){.resv = resv};
        r->n++;
        return true;
    }
    if (is_known(r->recs[i].resv, resv)) {
        reservation_free(resv); /* closures lend the other */
        return false;
    }
    reservation_free(r->recs[i].resv);
    r->recs[i].resv = resv;
    return true;
}

bool reserve_drop(struct reserve *r, const char *name)
{
    size_t i = place_of(r, name);

    if (!is_at(r, i, name))
        return false;
    reservation_free(r->recs[i].resv);
    free(r->recs[i].nodes);
    memmove(r->recs + i, r->recs + i + 1, (--r->n - i) * sizeof(*r->recs));
    return true;
}

static bool share_nodes(const struct sched *s, const struct resvrec *a,
                        const struct resvrec *b)
{
    for (size_t k = 0; k < s->cluster.words; k++) {
        if ((a->nodes[k] & b->nodes[k]) != 0)
            return true;
    }
    return false;
}

const struct reservation *reserve_clash(const struct sched *s, const char *name)
{
    const struct reserve *r = &s->reserve;
    const struct resvrec *rec = reserve_find(r, name);

    if (rec == NULL || rec->nodes == NULL || r->changed || r->gen != s->cluster.gen)
        return NULL;
    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct resvrec *other = &r->recs[i];

        if (other != rec && !reservation_may_share(rec->resv, other->resv) &&
            share_nodes(s, rec, other) &&
            reservation_meets(rec->resv, other->resv, s->now_sec))
            return other->resv;
    }
    return NULL;
}

/* ---- who may ---- */

static bool admits_account(const struct sched *s, const struct resv_list *list,
                           const char *name)
{
    if (access_lists_account(&s->policy, list->deny, list->n_deny, name))
        return false;
    return list->n_allow == 0 ||
           access_lists_account(&s->policy, list->allow, list->n_allow, name);
}

static bool admits_groups(const struct resv_list *list, const struct job *job)
{
    if (access_lists_group(list->deny, list->n_deny, job))
        return false;
    return list->n_allow == 0 || access_lists_group(list->allow, list->n_allow, job);
}

static bool admits_one(const struct sched *s, const struct reservation *r,
                       const struct job *job)
{
    const struct qos *qos = policy_qos(&s->policy, job);

    return resv_list_admits(&r->users, job->user) && admits_groups(&r->groups, job) &&
           admits_account(s, &r->accounts, policy_account(&s->policy, job)) &&
           resv_list_admits(&r->qos, qos != NULL ? qos->name : job->qos);
}

/* With all of its components. */
static bool admits(const struct sched *s, const struct reservation *r,
                   const struct job *job)
{
    bool does = true;

    for (size_t i = 0; i <= job->n_others && does; i++) {
        struct job alone;

        does = admits_one(s, r, component_alone(job, i, &alone));
    }
    return does;
}

static bool is_over(const struct reservation *r, int64_t sec)
{
    int64_t start, end;

    return !reservation_occurrence(r, sec, &start, &end);
}

/* The one that a job is to run in which names it. */
static const struct resvrec *own_of(const struct sched *s, const char *name)
{
    const struct resvrec *rec = name != NULL ? reserve_find(&s->reserve, name) : NULL;

    if (rec != NULL && rec->resv->no_hold && is_over(rec->resv, s->now_sec))
        return NULL;
    return rec;
}

const char *reserve_running_in(const struct sched *s, const char *name)
{
    return own_of(s, name) != NULL ? name : NULL;
}

enum reason reserve_check(const struct sched *s, const struct job *job,
                          const char *name, struct str *message)
{
    const struct resvrec *rec;

    if (name == NULL)
        return REASON_NONE;
    rec = reserve_find(&s->reserve, name);
    if (rec == NULL) {
        str_addf(message, "reservation %s does not exist", name);
        return REASON_RESERVATION_DELETED;
    }
    if (is_over(rec->resv, s->now_sec) && !rec->resv->no_hold) {
        str_addf(message, "reservation %s is over", name);
        return REASON_RESERVATION_DELETED;
    }
    if (!admits(s, rec->resv, job)) {
        str_addf(message,
                 "reservation %s is not for this job's user, groups, account and QOS",
                 name);
        return REASON_RESERVATION;
    }
    return REASON_NONE;
}

int64_t reserve_end(const struct sched *s, const struct job *job)
{
    const char *name = job_reservation(job);
    const struct resvrec *rec = name != NULL ? reserve_find(&s->reserve, name) : NULL;
    int64_t start, end;

    if (rec == NULL || rec->resv->flex || job->start_sec == TIME_UNSET ||
        !reservation_occurrence(rec->resv, job->start_sec, &start, &end) ||
        start > job->start_sec)
        return TIME_NEVER;
    return end;
}

/* ---- fences ---- */

static void let_through(struct pass_key *key, size_t i)
{
    key->through[i / 64] |= UINT64_C(1) << (i % 64);
}

static struct pass_key key_of(const struct sched *s, const struct job *job,
                              const char *name)
{
    const struct reserve *r = &s->reserve;
    const struct resvrec *own = own_of(s, name);
    struct pass_key key = {.in = RESV_NONE, .of = RESV_NONE};
    bool keeps = s->timeline.stock.n_keeps > 0;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct reservation *resv = r->recs[i].resv;
        bool is_own = &r->recs[i] == own;
        bool is_drawn = own == NULL && resv->magnetic && admits(s, resv, job);
        bool overlaps = own != NULL && (own->resv->maint || own->resv->overlap);

        if (is_own || is_drawn || overlaps)
            let_through(&key, i);
        if (is_own && !resv->flex)
            key.in = i;
        if (is_own && keeps)
            key.of = i;
    }
    return key;
}

const struct fence *reserve_fence(struct sched *s, const struct job *job,
                                  const char *name)
{
    struct reserve *r = &s->reserve;
    struct pass_key key;
    struct fence *fence;

    if (r->n == 0)
        return NULL;
    key = key_of(s, job, name);
    for (size_t i = 0; i < r->n_fences; i++) {
        if (memcmp(&r->fences[i]->key, &key, sizeof(key)) == 0)
            return r->fences[i];
    }
    fence = fence_new(&key, r->closures, MIN(r->n, RESV_MAX), &s->timeline, s->now_sec);
    GROW(r->fences, r->n_fences, r->fences_cap);
    r->fences[r->n_fences++] = fence;
    return fence;
}

/* When the passing of time alone opens or shuts it. */
static int64_t next_of(const struct reservation *r, int64_t now_sec)
{
    int64_t start, end;

    if (!reservation_occurrence(r, now_sec, &start, &end))
        return TIME_NEVER;
    return start > now_sec ? start : end;
}

void reserve_renew(struct sched *s, int64_t now_sec)
{
    struct reserve *r = &s->reserve;

    drop_fences(r);
    r->next_sec = TIME_NEVER;
    for (size_t i = 0; i < r->n; i++) {
        r->next_sec = MIN(r->next_sec, next_of(r->recs[i].resv, now_sec));
        if (i < RESV_MAX)
            r->closures[i] = (struct closure){r->recs[i].resv, r->recs[i].nodes};
    }
}

void reserve_keep(struct sched *s)
{
    const struct reserve *r = &s->reserve;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct reservation *resv = r->recs[i].resv;

        if (resv->n_licenses > 0)
            stock_keep(&s->timeline.stock, resv->name, resv->licenses,
                       resv->n_licenses);
    }
}

/* ---- why not ---- */

static void say_when(struct str *message, const char *what, int64_t sec)
{
    char when[TIME_TEXT_MAX];

    time_format_rfc3339(sec, when);
    str_addf(message, "%s%s", what, when);
}

static enum reason why_not_in(struct sched *s, const struct resvrec *own)
{
    int64_t start, end;

    str_reset(&s->message);
    if (reservation_occurrence(own->resv, s->now_sec, &start, &end) &&
        start > s->now_sec) {
        str_addf(&s->message, "reservation %s ", own->resv->name);
        say_when(&s->message, "begins at ", start);
    } else if (own->n_nodes == 0 && !own->resv->any_nodes) {
        str_addf(&s->message, "reservation %s has no nodes", own->resv->name);
    } else {
        str_addf(&s->message, "waits for nodes of reservation %s", own->resv->name);
    }
    return REASON_RESERVATION;
}

/* Of those that shut nodes of the job's to it while it would run, if it began now: the
 * first to begin, maintenance before others. */
static const struct resvrec *first_in_the_way(const struct sched *s,
                                              const struct seeker *by, int64_t end_sec)
{
    const struct reserve *r = &s->reserve;
    const struct resvrec *first = NULL;
    int64_t start, end, first_sec = TIME_NEVER;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct resvrec *rec = &r->recs[i];
        bool shares = false;

        if ((by->fence->key.through[i / 64] >> (i % 64) & 1) != 0 ||
            !reservation_occurrence(rec->resv, s->now_sec, &start, &end) ||
            start >= end_sec)
            continue;
        for (size_t k = 0; k < s->timeline.words; k++)
            shares |= (rec->nodes[k] & by->part->nodes[k] & by->shape->admits[k]) != 0;
        if (shares && (first == NULL || rec->resv->maint > first->resv->maint ||
                       (rec->resv->maint == first->resv->maint && start < first_sec))) {
            first = rec;
            first_sec = start;
        }
    }
    return first;
}

/* Would it start now, if nothing were reserved? */
static bool would_start(struct sched *s, const struct seeker *by)
{
    struct seeker free_ = *by;

    free_.fence = NULL;
    return window_find(&s->window, &free_, 0, 1) && !window_find(&s->window, by, 0, 1);
}

/* One that has begun is not what keeps it. */
static bool lacks_licenses(const struct sched *s, const struct resvrec *own,
                           const struct job *job, const struct seeker *by)
{
    int64_t start, end;

    return reservation_occurrence(own->resv, s->now_sec, &start, &end) &&
           start <= s->now_sec &&
           stock_short(&s->timeline.stock, job, fence_kept(by->fence), 0, 1) !=
               SLOT_NONE;
}

static bool keeps_any(const struct reservation *r, const struct job *job)
{
    for (size_t i = 0; i < r->n_licenses; i++) {
        for (size_t k = 0; k < job->n_licenses; k++) {
            if (strcmp(r->licenses[i].name, job->licenses[k].name) == 0)
                return true;
        }
    }
    return false;
}

/* It would start if no licences were kept from it. */
static enum reason why_unlicensed(struct sched *s, const struct job *job,
                                  const struct seeker *by)
{
    const struct reserve *r = &s->reserve;
    int64_t end_sec = timeline_end(s->timeline.bounds[0], by->limit_sec), start, end;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct reservation *resv = r->recs[i].resv;

        if (by->fence->key.of == i || !keeps_any(resv, job) ||
            !reservation_occurrence(resv, s->now_sec, &start, &end) || start >= end_sec)
            continue;
        str_reset(&s->message);
        str_addf(&s->message, "its licences are kept for reservation %s", resv->name);
        return REASON_LICENSES;
    }
    return REASON_NONE;
}

enum reason reserve_why(struct sched *s, const struct entry *entry,
                        const struct seeker *by)
{
    const struct job *job = entry->rec->job;
    const struct resvrec *own = own_of(s, entry->resv), *other;

    if (by->fence == NULL)
        return REASON_NONE;
    if (own != NULL && by->fence->key.in != RESV_NONE)
        return lacks_licenses(s, own, job, by) ? REASON_NONE : why_not_in(s, own);
    if (!would_start(s, by))
        return REASON_NONE;
    other = first_in_the_way(s, by, timeline_end(s->timeline.bounds[0], by->limit_sec));
    if (other == NULL)
        return why_unlicensed(s, job, by);
    str_reset(&s->message);
    str_addf(&s->message, "%s: it would run into reservation %s",
             other->resv->maint ? "Reserved for maintenance"
                                : "May be reserved for other job",
             other->resv->name);
    return REASON_REQ_NODE_NOT_AVAIL;
}
