#include "scheduler/reserve.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/reserve_private.h"

void reserve_drop_fences(struct reserve *r)
{
    for (size_t i = 0; i < r->n_fences; i++)
        fence_free(r->fences[i]);
    r->n_fences = 0;
}

void reserve_fini(struct reserve *r)
{
    reserve_drop_fences(r);
    reserve_uncount_all(r);
    free(r->fences);
    for (size_t i = 0; i < r->n; i++) {
        reservation_free(r->recs[i].resv);
        free(r->recs[i].nodes);
        free(r->recs[i].spans);
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

static void look_for_magnets(struct reserve *r)
{
    r->magnetic = false;
    for (size_t i = 0; i < r->n; i++)
        r->magnetic |= magnet_is(r->recs[i].resv);
}

bool reserve_put(struct reserve *r, struct reservation *resv)
{
    size_t i = place_of(r, resv->name);

    if (!is_at(r, i, resv->name)) {
        GROW(r->recs, r->n, r->cap);
        memmove(r->recs + i + 1, r->recs + i, (r->n - i) * sizeof(*r->recs));
        r->recs[i] = (struct resvrec){.resv = resv};
        r->n++;
        look_for_magnets(r);
        return true;
    }
    if (is_known(r->recs[i].resv, resv)) {
        reservation_free(resv); /* closures lend the other */
        return false;
    }
    reservation_free(r->recs[i].resv);
    r->recs[i].resv = resv;
    look_for_magnets(r);
    return true;
}

bool reserve_drop(struct reserve *r, const char *name)
{
    size_t i = place_of(r, name);

    if (!is_at(r, i, name))
        return false;
    reservation_free(r->recs[i].resv);
    free(r->recs[i].nodes);
    free(r->recs[i].spans);
    memmove(r->recs + i, r->recs + i + 1, (--r->n - i) * sizeof(*r->recs));
    look_for_magnets(r);
    return true;
}

/* As stock_keep is asked for them. */
static bool is_past_keeps(const struct reserve *r, size_t at)
{
    size_t n_keeps = 0;

    for (size_t i = 0; i < at; i++)
        n_keeps += r->recs[i].resv->n_licenses > 0;
    return r->recs[at].resv->n_licenses > 0 && n_keeps >= KEEPS_MAX;
}

/* As far as that is known since they changed. */
static bool lacks_lot(const struct reserve *r, size_t at)
{
    const struct resvrec *rec = &r->recs[at];

    return !r->changed && reservation_is_partial(rec->resv) &&
           rec->resv->n_chosen > 0 && rec->lot.number == 0;
}

void reserve_say_idle(const struct reserve *r, const char *name, struct str *out)
{
    size_t i = place_of(r, name);

    if (!is_at(r, i, name))
        return;
    if (i >= RESV_MAX)
        str_addf(out, "does not act: of all reservations the first %d by name do",
                 RESV_MAX);
    else if (lacks_lot(r, i))
        str_add(out, "has its nodes whole: there are too many kinds of resources, or "
                     "too many others hold parts of these nodes");
    else if (is_past_keeps(r, i))
        str_addf(out,
                 "keeps no licences: of all reservations with licences the first %d "
                 "by name do",
                 KEEPS_MAX);
}

bool reserve_share_nodes(const struct sched *s, const struct resvrec *a,
                         const struct resvrec *b)
{
    for (size_t k = 0; k < s->cluster.words; k++) {
        if ((a->nodes[k] & b->nodes[k]) != 0)
            return true;
    }
    return false;
}

bool reserve_may_share(const struct resvrec *a, const struct resvrec *b)
{
    return (a->lot.number > 0 && b->lot.number > 0) ||
           reservation_may_share(a->resv, b->resv);
}

const struct reservation *reserve_clash(const struct sched *s, const char *name)
{
    const struct reserve *r = &s->reserve;
    const struct resvrec *rec = reserve_find(r, name);

    if (rec == NULL || rec->nodes == NULL || r->changed || r->gen != s->cluster.gen)
        return NULL;
    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct resvrec *other = &r->recs[i];

        if (other != rec && !reserve_may_share(rec, other) &&
            reserve_share_nodes(s, rec, other) &&
            reservation_meets(rec->resv, other->resv, s->now_sec))
            return other->resv;
    }
    return NULL;
}

/* As starts count from their minute (fence.h), so do ends. */
int64_t reserve_run_into(const struct sched *s, const char *name)
{
    const struct reserve *r = &s->reserve;
    const struct resvrec *rec = reserve_find(r, name);
    int64_t start, end, first = 0;

    if (rec == NULL || rec->nodes == NULL || r->changed || r->gen != s->cluster.gen)
        return -1;
    if (rec->resv->ignore_jobs || rec->resv->any_nodes ||
        reservation_chooses(rec->resv) ||
        !reservation_occurrence(rec->resv, s->now_sec, &start, &end))
        return 0;
    for (size_t i = 0; i < s->n_holding; i++) {
        const struct job *job = s->holding[i]->job;

        if (job->phase == JOB_RUNNING && (first == 0 || job->job_id < first) &&
            !str_eq(job_reservation(job), name) && !reservation_lends(rec->resv, job) &&
            timeline_minute(jobrec_end(s, s->holding[i])) > start &&
            reserve_has_slot_of(s, rec, job->alloc, job->n_alloc))
            first = job->job_id;
    }
    return first;
}
