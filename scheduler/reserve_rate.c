/* What speaks against a node that a reservation might get. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book_private.h"
#include "scheduler/portion.h"
#include "scheduler/reserve_private.h"

/* Who has the node alone, or for its user, has all of it. */
static void take_slot(struct choosing *c, const struct job *job,
                      const struct slot *slot, size_t at)
{
    struct resvec use = cluster_use(&slot->each, slot->pods);

    if (book_sharing(c->s, job) != SHARES_WITH_ALL)
        use = c->s->cluster.order[at]->node->capacity;
    else
        use = reserve_set_inside(c, job, at, &use);
    resvec_add(&c->nodes[at].taken, &use);
}

static void take_plan(struct choosing *c, const struct tally *t,
                      const struct jobrec *rec)
{
    const struct plan *plan = &rec->job->plan;
    size_t at;

    for (size_t i = 0; i < plan->n_slots; i++) {
        if (reserve_meets_plan(c->s, t, rec, &plan->slots[i]) &&
            reserve_position(c->s, &plan->slots[i], &at))
            take_slot(c, rec->job, &plan->slots[i], at);
    }
}

/* What those take that run into its time, or will. */
static void take_all(struct choosing *c, const struct tally *t)
{
    size_t at;

    for (size_t k = 0; k < t->n_holders; k++) {
        const struct jobrec *rec = t->holders[k];
        const struct job *job = rec->job;

        for (size_t i = 0; i < job->n_alloc; i++) {
            if (reserve_meets_slot(c->s, t, rec, &job->alloc[i]) &&
                reserve_position(c->s, &job->alloc[i], &at))
                take_slot(c, job, &job->alloc[i], at);
        }
        take_plan(c, t, rec);
    }
}

/* They never end, as far as can be told. Every node has a few small ones. */
static void rate_foreign(struct candidate_node *at, const struct noderec *node)
{
    const struct resvec *use = &node->foreign;

    for (int i = 0; i < RES_MAX && node->node != NULL; i++) {
        const int64_t all = node->node->capacity.v[i];

        if (all > 0)
            at->foreign =
                MAX(at->foreign, MIN((int64_t)((__int128)use->v[i] * 4 / all), 4));
    }
    at->full = node->node != NULL && use->v[RES_CPU] > 0 &&
               use->v[RES_CPU] >= node->node->capacity.v[RES_CPU];
}

static void count_foreign(struct choosing *c)
{
    const struct cluster *cluster = &c->s->cluster;

    for (size_t i = 0; cluster->pods != NULL && i < cluster->n_order; i++) {
        const struct noderec *node = cluster->order[i];

        rate_foreign(&c->nodes[i], node);
        resvec_add(&c->nodes[i].taken, &node->foreign);
    }
}

/* Do they fall on the same time? Of recurring ones the next occurrence counts. One that
 * floats does until it is over: the later one asks, the later it begins. */
static bool meets(const struct choosing *c, const struct reservation *other)
{
    int64_t start, end;

    return reservation_occurrence(other, c->start_sec, &start, &end) &&
           (reservation_floats(other) || start < c->end_sec);
}

/* One that holds portions as well holds them beside it; of nodes that another one has
 * whole its jobs would have nothing. */
static void count_portions(struct choosing *c, const struct resvrec *rec)
{
    const struct cluster *cluster = &c->s->cluster;
    const struct reservation *other = rec->resv;
    bool meet = meets(c, other);

    for (size_t i = 0; i < other->n_chosen; i++) {
        const struct noderec *node = cluster_node(cluster, other->chosen[i]);
        struct resvec held = {{0}};

        if (node == NULL || node->position == POSITION_NONE)
            continue;
        c->nodes[node->position].lots++;
        c->nodes[node->position].shared |= meet;
        if (meet)
            held = portion_of(cluster, other, other->n_chosen, i);
        held = reserve_with_inside(c, rec, node->position, &held);
        resvec_add(&c->nodes[node->position].held, &held);
    }
}

static void find_taken(struct choosing *c)
{
    const struct reserve *r = &c->s->reserve;
    bool divides = reserve_divides(c->s, c->rec->resv);

    for (size_t i = 0; i < r->n; i++) {
        const struct resvrec *other = &r->recs[i];

        if (other != c->rec && divides && reserve_divides(c->s, other->resv)) {
            count_portions(c, other);
            continue;
        }
        if (other == c->rec || other->nodes == NULL || !meets(c, other->resv))
            continue;
        for (size_t k = 0; k < c->s->cluster.n_order; k++) {
            if (!node_set_has(other->nodes, k))
                continue;
            if (!divides && reservation_may_share(c->rec->resv, other->resv))
                c->nodes[k].shared = true;
            else
                node_set_add(c->taken, k);
        }
    }
}

/* ---- taints ---- */

bool reserve_is_asked_for(const struct choosing *c, size_t position)
{
    const struct reservation *r = c->rec->resv;
    const struct noderec *node = c->s->cluster.order[position];
    const struct partrec *part = cluster_partition(&c->s->cluster, r->partition);

    return node->node != NULL &&
           (r->partition == NULL ||
            (part != NULL && node_set_has(part->nodes, position))) &&
           (r->n_node_names == 0 ||
            names_have(r->node_names, r->n_node_names, node->name)) &&
           terms_match(r->node_any, r->n_node_any, node->node);
}

/* What tolerates just that taint. */
static struct toleration against(const struct taint *taint)
{
    return (struct toleration){
        .key = taint->key, .value = taint->value, .effect = taint->effect};
}

static bool has_taint(const struct node *node, const struct toleration *like)
{
    for (size_t i = 0; i < node->n_taints; i++) {
        const struct taint *taint = &node->taints[i];

        if (taint->effect == like->effect && strcmp(taint->key, like->key) == 0 &&
            strcmp(taint->value, like->value) == 0)
            return true;
    }
    return false;
}

static const struct node *first_asked_for(const struct choosing *c)
{
    for (size_t i = 0; i < c->s->cluster.n_order; i++) {
        if (reserve_is_asked_for(c, i))
            return c->s->cluster.order[i]->node;
    }
    return NULL;
}

static bool all_have(const struct choosing *c, const struct toleration *like)
{
    bool all = true;

    for (size_t i = 0; i < c->s->cluster.n_order && all; i++)
        all = !reserve_is_asked_for(c, i) ||
              has_taint(c->s->cluster.order[i]->node, like);
    return all;
}

/* Whoever may run on such nodes at all tolerates what all of them have. Returns how
 * many of these taints there are; `*ret` is to be freed, what is in it is lent. */
static size_t tolerate_common(const struct choosing *c, struct toleration **ret)
{
    const struct node *first = first_asked_for(c);
    size_t n_taints = first != NULL ? first->n_taints : 0, n = 0;
    struct toleration *all = xcalloc(n_taints + 1, sizeof(*all));

    for (size_t i = 0; i < n_taints; i++) {
        const struct toleration one = against(&first->taints[i]);

        if (all_have(c, &one))
            all[n++] = one;
    }
    *ret = all;
    return n;
}

/* Those that are shunned are so no more where the tolerations do. */
static size_t unshun(struct choosing *c, const struct toleration *tols, size_t n)
{
    size_t n_left = 0;

    for (size_t i = 0; i < c->s->cluster.n_order; i++) {
        const struct node *node = c->s->cluster.order[i]->node;

        if (c->nodes[i].shunned)
            c->nodes[i].shunned = taints_refuse(node, tols, n);
        n_left += c->nodes[i].shunned;
    }
    return n_left;
}

/* Those whose taints neither everybody there tolerates, nor a job that names it, of
 * whom so many tolerate any. */
static void shun(struct choosing *c, int64_t n_tolerant)
{
    struct toleration *tols;
    size_t n = tolerate_common(c, &tols), n_left;
    struct jobrec *rec, *next;

    for (size_t i = 0; i < c->s->cluster.n_order; i++)
        c->nodes[i].shunned = c->s->cluster.order[i]->node != NULL;
    n_left = unshun(c, tols, n);
    HASH_ITER (hh, c->s->jobs, rec, next) {
        const struct job *job = rec->job;

        if (n_left == 0 || n_tolerant == 0)
            break;
        if (rec->gone || job->n_tolerations == 0 ||
            !job_names_reservation(job, c->rec->resv->name))
            continue;
        tols = xrealloc(tols, (n + job->n_tolerations) * sizeof(*tols));
        memcpy(tols + n, job->tolerations, job->n_tolerations * sizeof(*tols));
        n_left = unshun(c, tols, n + job->n_tolerations);
    }
    free(tols);
}

/* Fewer taints PreferNoSchedule speak against each for whoever tolerates these. True:
 * some still do. */
static bool deter_less(struct choosing *c, const struct toleration *tols, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < c->s->cluster.n_order; i++) {
        const struct node *node = c->s->cluster.order[i]->node;

        if (node != NULL)
            c->nodes[i].deters = MIN(c->nodes[i].deters, taints_deter(node, tols, n));
        any |= c->nodes[i].deters > 0;
    }
    return any;
}

/* Those that none of the jobs that name it tolerates. */
static void deter(struct choosing *c, int64_t n_tolerant)
{
    struct jobrec *rec, *next;
    bool any;

    for (size_t i = 0; i < c->s->cluster.n_order; i++)
        c->nodes[i].deters = c->s->cluster.order[i]->node != NULL ? INT64_MAX : 0;
    any = deter_less(c, NULL, 0);
    HASH_ITER (hh, c->s->jobs, rec, next) {
        const struct job *job = rec->job;

        if (!any || n_tolerant == 0)
            break;
        if (!rec->gone && job->n_tolerations > 0 &&
            job_names_reservation(job, c->rec->resv->name))
            any = deter_less(c, job->tolerations, job->n_tolerations);
    }
}

/* ---- all of it ---- */

bool reserve_is_up(const struct noderec *node)
{
    return node->node != NULL && node->usable && node_passing_taint(node->node) == NULL;
}

/* All jobs at once. */
static struct tally count_now(const struct choosing *c)
{
    struct tally t = {
        .rec = c->rec,
        .start_sec = c->start_sec,
        .end_sec = c->end_sec,
        .divides = reserve_divides(c->s, c->rec->resv),
    };
    const struct jobrec *rec, *next;

    t.against = xcalloc(c->s->cluster.n_order + 1, sizeof(*t.against));
    HASH_ITER (hh, c->s->jobs, rec, next)
        reserve_tally(c->s, &t, rec, 1);
    return t;
}

/* As they have been counted, or else are now. */
static void rate_jobs(struct choosing *c)
{
    const struct tally *counted = reserve_counted(c->s, c->rec);
    struct tally t = counted != NULL ? *counted : count_now(c);

    for (size_t i = 0; i < c->s->cluster.n_order; i++) {
        c->nodes[i].used = t.against[i].uses > 0;
        c->nodes[i].promises = t.against[i].promises;
    }
    take_all(c, &t);
    shun(c, t.n_tolerant);
    deter(c, t.n_tolerant);
    if (counted == NULL)
        reserve_tally_fini(&t);
}

void reserve_rate(struct choosing *c)
{
    for (size_t i = 0; i < c->s->cluster.n_order; i++) {
        const struct node *node = c->s->cluster.order[i]->node;

        c->nodes[i].position = i;
        c->nodes[i].weight = node != NULL ? node->weight : 0;
    }
    rate_jobs(c);
    count_foreign(c);
    find_taken(c);
    free(TAKE(c->inside));
    c->n_inside = c->inside_cap = 0;
}
