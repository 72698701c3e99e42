/* Who is in the way of reservations that are to get nodes, counted in slices. */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/check.h"
#include "scheduler/reserve_private.h"
#include "scheduler/yield.h"

/* So many jobs are counted between looks at the budget; with all places of its array
 * one takes half a microsecond, or some where it has many nodes. */
#define COUNT_JOBS 64

/* ---- one job ---- */

/* It floats until all are gone: it begins ever later, and time alone is not to change
 * what it has. */
bool reserve_meets_slot(const struct sched *s, const struct tally *t,
                        const struct jobrec *rec, const struct slot *slot)
{
    return job_holds(rec->job, slot) &&
           (reservation_floats(t->rec->resv) ||
            timeline_minute(jobrec_component_end(s, rec, (size_t)slot->component)) >
                t->start_sec);
}

bool reserve_position(const struct sched *s, const struct slot *slot, size_t *ret)
{
    const struct noderec *node = cluster_node(&s->cluster, slot->node);

    if (node == NULL || node->position == POSITION_NONE)
        return false;
    *ret = node->position;
    return true;
}

static bool is_in(const struct resvrec *resv, const struct jobrec *rec)
{
    return str_eq(job_reservation(rec->job), resv->resv->name);
}

/* Jobs in it are no hindrance, but for one that replaces what is used. */
static bool minds(const struct resvrec *resv, const struct jobrec *rec)
{
    return !rec->gone && (!is_in(resv, rec) || resv->resv->replace) &&
           !reservation_lends(resv->resv, rec->job);
}

/* Of what is planned: when a component's slots are free again. */
static int64_t plan_end(const struct sched *s, const struct job *job, size_t component)
{
    const struct plan *plan = &job->plan;
    const struct partrec *part = cluster_partition(&s->cluster, plan->partition);

    if (part == NULL)
        return TIME_NEVER;
    return timeline_end(
        plan->start_sec,
        check_component_length(job, component, part->part, plan->start_sec));
}

/* Is it promised to the job for a time in which it begins, or goes on? */
static bool meets_plan(const struct sched *s, const struct tally *t,
                       const struct job *job, const struct slot *slot)
{
    return job->plan.promised && job->plan.start_sec < t->end_sec &&
           (reservation_floats(t->rec->resv) ||
            timeline_minute(plan_end(s, job, (size_t)slot->component)) > t->start_sec);
}

/* Somebody was ended for it who would have to be again, for others. */
static bool keeps_plan(const struct tally *t, const struct jobrec *rec)
{
    return yield_keeps(rec) && !is_in(t->rec, rec);
}

bool reserve_meets_plan(const struct sched *s, const struct tally *t,
                        const struct jobrec *rec, const struct slot *slot)
{
    return keeps_plan(t, rec) && meets_plan(s, t, rec->job, slot);
}

void reserve_tally_fini(struct tally *t)
{
    free(t->against);
    free(t->holders);
}

static void drop_holder(struct tally *t, const struct jobrec *rec)
{
    for (size_t i = 0; i < t->n_holders; i++) {
        if (t->holders[i] != rec)
            continue;
        t->holders[i] = t->holders[--t->n_holders];
        return;
    }
}

static void note_holder(struct tally *t, const struct jobrec *rec, int by)
{
    if (!t->divides || (rec->job->n_alloc == 0 && !keeps_plan(t, rec)))
        return;
    if (by < 0) {
        drop_holder(t, rec);
        return;
    }
    GROW(t->holders, t->n_holders, t->holders_cap);
    t->holders[t->n_holders++] = rec;
}

static void tally_plan(const struct sched *s, struct tally *t, const struct jobrec *rec,
                       int by)
{
    const struct plan *plan = &rec->job->plan;
    bool meets = false, keeps = keeps_plan(t, rec);
    size_t at;

    for (size_t i = 0; plan->promised && i < plan->n_slots; i++) {
        const struct slot *slot = &plan->slots[i];

        if (i == 0 || slot->component != slot[-1].component)
            meets = meets_plan(s, t, rec->job, slot);
        if (!meets || !reserve_position(s, slot, &at))
            continue;
        t->against[at].promises += by;
        t->against[at].uses += keeps ? by : 0;
    }
}

/* With all of its places, once more (1) or once less (-1). */
void reserve_tally(const struct sched *s, struct tally *t, const struct jobrec *rec,
                   int by)
{
    const struct job *job = rec->job;
    size_t at;

    if (rec->array == NULL && !rec->gone && job->n_tolerations > 0 &&
        job_names_reservation(job, t->rec->resv->name))
        t->n_tolerant += by;
    if (!minds(t->rec, rec))
        return;
    note_holder(t, rec, by);
    for (size_t i = 0; i < job->n_alloc; i++) {
        if (reserve_meets_slot(s, t, rec, &job->alloc[i]) &&
            reserve_position(s, &job->alloc[i], &at))
            t->against[at].uses += by;
    }
    tally_plan(s, t, rec, by);
    for (size_t i = 0; i < rec->n_followers; i++)
        reserve_tally(s, t, rec->followers[i], by);
}

/* ---- all of them ---- */

/* False: it is over. */
static bool begin_tally(const struct sched *s, const struct resvrec *rec,
                        int64_t now_sec, struct tally *ret)
{
    struct tally t = {.rec = rec, .divides = reserve_divides(s, rec->resv)};

    if (!reservation_occurrence(rec->resv, now_sec, &t.start_sec, &t.end_sec))
        return false;
    t.against = xcalloc(s->cluster.n_order + 1, sizeof(*t.against));
    *ret = t;
    return true;
}

void reserve_uncount_all(struct reserve *r)
{
    struct counting *c = &r->counting;

    for (size_t i = 0; i < c->n; i++)
        reserve_tally_fini(&c->tallies[i]);
    free(c->tallies);
    revisit_fini(&c->changed, REVISIT_RESERVE);
    *c = (struct counting){.round = c->round};
}

/* Of the nodes and rules that there are still? */
static bool is_of_now(const struct sched *s)
{
    const struct counting *c = &s->reserve.counting;

    return c->running && c->gen == s->cluster.gen && c->rules_gen == s->rules_gen;
}

void reserve_uncount(struct sched *s, struct jobrec *rec)
{
    struct counting *c = &s->reserve.counting;

    rec = rec->array != NULL ? rec->array : rec;
    if (!c->running)
        return;
    revisit_add(&c->changed, REVISIT_RESERVE, rec); /* also who has just come */
    if (rec->counted != c->round)
        return;
    if (!is_of_now(s)) {
        reserve_uncount_all(&s->reserve);
        return;
    }
    for (size_t i = 0; i < c->n; i++)
        reserve_tally(s, &c->tallies[i], rec, -1);
    rec->counted = 0;
}

void reserve_skip(struct sched *s, struct jobrec *rec)
{
    struct counting *c = &s->reserve.counting;

    revisit_drop(&c->changed, REVISIT_RESERVE, rec);
    if (c->next == rec)
        c->next = rec->hh.next;
}

/* Are the times of all of them still those? */
static bool are_times_kept(const struct counting *c, int64_t now_sec)
{
    int64_t start, end;
    bool kept = true;

    for (size_t i = 0; i < c->n && kept; i++) {
        const struct tally *t = &c->tallies[i];

        kept = reservation_occurrence(t->rec->resv, now_sec, &start, &end) &&
               (start == t->start_sec || reservation_floats(t->rec->resv)) &&
               end == t->end_sec;
    }
    return kept;
}

static void begin(struct sched *s, int64_t now_sec)
{
    struct reserve *r = &s->reserve;
    struct counting *c = &r->counting;

    reserve_uncount_all(r);
    c->tallies = xcalloc(r->n + 1, sizeof(*c->tallies));
    for (size_t i = 0; i < r->n; i++) {
        if (reserve_lacks_nodes(s, &r->recs[i]) &&
            begin_tally(s, &r->recs[i], now_sec, &c->tallies[c->n]))
            c->n++;
    }
    c->running = true;
    c->gen = s->cluster.gen;
    c->rules_gen = s->rules_gen;
    c->round++;
    c->next = c->n > 0 ? s->jobs : NULL;
}

static void count(struct sched *s, struct jobrec *rec)
{
    struct counting *c = &s->reserve.counting;

    for (size_t i = 0; i < c->n && rec->counted != c->round; i++)
        reserve_tally(s, &c->tallies[i], rec, 1);
    rec->counted = c->round;
}

/* All, and those that have changed meanwhile. NULL: there is none. */
static struct jobrec *next_one(struct counting *c)
{
    struct jobrec *rec = c->next;

    if (rec == NULL)
        return revisit_take(&c->changed, REVISIT_RESERVE);
    c->next = rec->hh.next;
    return rec;
}

bool reserve_count(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct counting *c = &s->reserve.counting;
    struct jobrec *rec;

    if (!is_of_now(s) || !are_times_kept(c, now_sec))
        begin(s, now_sec);
    for (size_t n = 1; (rec = next_one(c)) != NULL; n++) {
        count(s, rec);
        if (n % COUNT_JOBS == 0 && sched_is_spent(budget))
            return false;
    }
    return true;
}

const struct tally *reserve_counted(const struct sched *s, const struct resvrec *rec)
{
    const struct counting *c = &s->reserve.counting;

    for (size_t i = 0; i < c->n && c->next == NULL && c->changed.n == 0 && is_of_now(s);
         i++) {
        if (c->tallies[i].rec == rec)
            return &c->tallies[i];
    }
    return NULL;
}
