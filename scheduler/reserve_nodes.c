/* Which nodes reservations have: named ones are looked up, others are chosen. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"

/* What speaks against a node. */
struct candidate_node {
    size_t position;
    bool used;        /* somebody runs into the time of the reservation there */
    bool shared;      /* another reservation has it at that time, and that may be */
    bool full;        /* pods of others leave no CPU */
    int64_t foreign;  /* quarters of it that they have, of what they have most of */
    int64_t promises; /* that it would break */
};

/* The occurrence that nodes are chosen for. */
struct choosing {
    struct sched *s;
    const struct resvrec *rec;
    int64_t start_sec, end_sec;
    struct candidate_node *nodes; /* by position */
    node_set taken;               /* by others at that time */
};

/* ---- what is in the way ---- */

static bool is_among(const struct sched *s, const struct slot *slots, size_t i,
                     size_t *ret)
{
    const struct noderec *node = cluster_node(&s->cluster, slots[i].node);

    if (node == NULL || node->position == POSITION_NONE)
        return false;
    *ret = node->position;
    return true;
}

/* Does a job still have a slot when it begins? One that floats waits until the job is
 * gone: it begins ever later, and time alone is not to change what it has. */
static bool runs_into(const struct choosing *c, const struct jobrec *rec,
                      const struct slot *slot)
{
    return job_holds(rec->job, slot) &&
           (reservation_floats(c->rec->resv) ||
            jobrec_component_end(c->s, rec, (size_t)slot->component) > c->start_sec);
}

/* Jobs in it are no hindrance, but for one that replaces what is used. */
static void count_job(struct choosing *c, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct plan *plan = &job->plan;
    size_t at;
    bool own = str_eq(job_reservation(job), c->rec->resv->name);

    if (rec->gone || (own && !c->rec->resv->replace) ||
        reservation_lends(c->rec->resv, job))
        return;
    for (size_t i = 0; i < job->n_alloc; i++) {
        if (runs_into(c, rec, &job->alloc[i]) && is_among(c->s, job->alloc, i, &at))
            c->nodes[at].used = true;
    }
    for (size_t i = 0; plan->promised && i < plan->n_slots; i++) {
        if (plan->start_sec < c->end_sec && is_among(c->s, plan->slots, i, &at))
            c->nodes[at].promises++;
    }
    for (size_t i = 0; i < rec->n_followers; i++)
        count_job(c, rec->followers[i]);
}

/* They never end, as far as can be told. Every node has a few small ones. */
static void rate_foreign(struct candidate_node *at, const struct noderec *node,
                         const struct resvec *use)
{
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
    AUTO_FREE struct resvec *uses = NULL;
    const struct podrec *pod, *next;

    if (cluster->pods == NULL)
        return;
    uses = xcalloc(cluster->n_order + 1, sizeof(*uses));
    HASH_ITER (hh, cluster->pods, pod, next) {
        const struct noderec *node = cluster_node(cluster, pod->pod->node);
        const struct resvec use = cluster_use(&pod->pod->use, 1);

        if (!pod->pod->of_job && node != NULL && node->position != POSITION_NONE)
            resvec_add(&uses[node->position], &use);
    }
    for (size_t i = 0; i < cluster->n_order; i++)
        rate_foreign(&c->nodes[i], cluster->order[i], &uses[i]);
}

/* Do they fall on the same time? Of recurring ones the next occurrence counts. */
static bool meets(const struct choosing *c, const struct reservation *other)
{
    int64_t start, end;

    return reservation_occurrence(other, c->start_sec, &start, &end) &&
           start < c->end_sec;
}

static void find_taken(struct choosing *c)
{
    const struct reserve *r = &c->s->reserve;

    for (size_t i = 0; i < r->n; i++) {
        const struct resvrec *other = &r->recs[i];

        if (other == c->rec || other->nodes == NULL || !meets(c, other->resv))
            continue;
        for (size_t k = 0; k < c->s->cluster.n_order; k++) {
            if (!node_set_has(other->nodes, k))
                continue;
            if (reservation_may_share(c->rec->resv, other->resv))
                c->nodes[k].shared = true;
            else
                node_set_add(c->taken, k);
        }
    }
}

/* ---- choosing ---- */

static bool is_fit(const struct choosing *c, size_t position)
{
    const struct reservation *r = c->rec->resv;
    const struct noderec *node = c->s->cluster.order[position];
    const struct partrec *part = cluster_partition(&c->s->cluster, r->partition);

    if (node->node == NULL || !node->usable || node_set_has(c->taken, position))
        return false;
    if (r->partition != NULL && (part == NULL || !node_set_has(part->nodes, position)))
        return false;
    if ((c->nodes[position].used || c->nodes[position].full) && !r->ignore_jobs)
        return false;
    return terms_match(r->node_any, r->n_node_any, node->node);
}

static int candidate_compare(const void *left, const void *right)
{
    const struct candidate_node *a = left, *b = right;

    if (a->used != b->used)
        return a->used ? 1 : -1;
    if (a->shared != b->shared)
        return a->shared ? 1 : -1;
    if (a->foreign != b->foreign)
        return a->foreign < b->foreign ? -1 : 1;
    if (a->promises != b->promises)
        return a->promises < b->promises ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

/* Has it got what it asks for? */
static bool is_whole(const struct reservation *r, int64_t n, const struct resvec *sum)
{
    return n > 0 && n >= r->node_count && resvec_fits(&r->want, sum);
}

static void add_capacity(const struct sched *s, size_t position, int64_t *n,
                         struct resvec *sum)
{
    resvec_add(sum, &s->cluster.order[position]->node->capacity);
    ++*n;
}

/* Has the node any of what is still lacking? */
static bool helps(const struct choosing *c, const struct resvec *sum, size_t position)
{
    const struct resvec *want = &c->rec->resv->want;
    const struct resvec *has = &c->s->cluster.order[position]->node->capacity;

    for (int r = 0; r < RES_MAX; r++) {
        if (want->v[r] > sum->v[r] && has->v[r] > 0)
            return true;
    }
    return false;
}

/* First those that have what is asked for, then any, up to their number. */
static void add_fit(struct choosing *c, size_t n_fit, node_set set, int64_t *n,
                    struct resvec *sum)
{
    const struct reservation *r = c->rec->resv;

    for (size_t i = 0; i < n_fit && !resvec_fits(&r->want, sum); i++) {
        if (!helps(c, sum, c->nodes[i].position))
            continue;
        node_set_add(set, c->nodes[i].position);
        add_capacity(c->s, c->nodes[i].position, n, sum);
    }
    for (size_t i = 0; i < n_fit && !is_whole(r, *n, sum); i++) {
        if (node_set_has(set, c->nodes[i].position))
            continue;
        node_set_add(set, c->nodes[i].position);
        add_capacity(c->s, c->nodes[i].position, n, sum);
    }
}

/* Fills `set`, which has the nodes that stay, up. False: there are not enough. */
static bool fill(struct choosing *c, node_set set)
{
    const struct reservation *r = c->rec->resv;
    size_t n_order = c->s->cluster.n_order, n_fit = 0;
    struct resvec sum = {{0}};
    int64_t n = 0;

    for (size_t i = 0; i < n_order; i++) {
        if (node_set_has(set, i) && is_whole(r, n, &sum))
            set[i / 64] &= ~(UINT64_C(1) << (i % 64)); /* too many */
        else if (node_set_has(set, i))
            add_capacity(c->s, i, &n, &sum);
        else if (is_fit(c, i))
            c->nodes[n_fit++] = c->nodes[i];
    }
    if (n_fit > 1)
        qsort(c->nodes, n_fit, sizeof(*c->nodes), candidate_compare);
    add_fit(c, n_fit, set, &n, &sum);
    return is_whole(r, n, &sum);
}

/* Those chosen before that are to stay. */
static void keep(const struct choosing *c, node_set set)
{
    const struct reservation *r = c->rec->resv;

    for (size_t i = 0; i < r->n_chosen; i++) {
        const struct noderec *node = cluster_node(&c->s->cluster, r->chosen[i]);

        if (node == NULL || node->node == NULL || node->position == POSITION_NONE)
            continue;
        if (r->static_alloc ||
            (node->usable && !(r->replace && c->nodes[node->position].used)))
            node_set_add(set, node->position);
    }
}

/* Where there are too few others they stay, those first that are up. */
static void keep_rest(struct choosing *c, node_set set)
{
    const struct reservation *r = c->rec->resv;
    struct resvec sum = {{0}};
    int64_t n = 0;

    for (size_t i = 0; i < c->s->cluster.n_order; i++) {
        if (node_set_has(set, i))
            add_capacity(c->s, i, &n, &sum);
    }
    for (size_t k = 0; k < 2 * r->n_chosen && !is_whole(r, n, &sum); k++) {
        const struct noderec *node =
            cluster_node(&c->s->cluster, r->chosen[k % r->n_chosen]);

        if (node == NULL || node->node == NULL || node->position == POSITION_NONE ||
            node_set_has(set, node->position) || (k < r->n_chosen && !node->usable))
            continue;
        node_set_add(set, node->position);
        add_capacity(c->s, node->position, &n, &sum);
    }
}

static void set_chosen(struct sched *s, struct reservation *r, const uint64_t *set)
{
    char **names = NULL;
    size_t n = 0;

    for (size_t i = 0; i < s->cluster.n_order; i++) {
        if (node_set_has(set, i))
            names_add(&names, &n, s->cluster.order[i]->name);
    }
    names_sort(names, n);
    names_free(r->chosen, r->n_chosen);
    r->chosen = names;
    r->n_chosen = n;
}

static void choose(struct sched *s, struct resvrec *rec, int64_t now_sec)
{
    struct jobrec *job, *next;
    struct choosing c = {.s = s, .rec = rec};
    AUTO_FREE struct candidate_node *nodes = NULL;
    AUTO_FREE uint64_t *taken = xcalloc(s->cluster.words + 1, sizeof(*taken));
    AUTO_FREE uint64_t *set = xcalloc(s->cluster.words + 1, sizeof(*set));
    bool whole;

    if (!reservation_occurrence(rec->resv, now_sec, &c.start_sec, &c.end_sec))
        return;
    if (reservation_floats(rec->resv)) /* it comes by all others that are not over */
        c.start_sec = now_sec;
    nodes = xcalloc(s->cluster.n_order + 1, sizeof(*nodes));
    c.nodes = nodes;
    c.taken = taken;
    for (size_t i = 0; i < s->cluster.n_order; i++)
        nodes[i].position = i;
    HASH_ITER (hh, s->jobs, job, next)
        count_job(&c, job);
    count_foreign(&c);
    find_taken(&c);
    keep(&c, set);
    whole = fill(&c, set);
    if (!whole && (rec->resv->n_chosen == 0 || rec->resv->static_alloc))
        return;
    if (!whole)
        keep_rest(&c, set);
    set_chosen(s, rec->resv, set);
}

/* ---- all of them ---- */

/* Are they as many as it asks for, and no more? */
static bool is_served(const struct sched *s, const struct reservation *r)
{
    struct resvec sum = {{0}};
    int64_t n = 0;

    for (size_t i = 0; i < r->n_chosen; i++) {
        const struct noderec *node = cluster_node(&s->cluster, r->chosen[i]);

        if (node != NULL && node->node != NULL && node->position != POSITION_NONE)
            add_capacity(s, node->position, &n, &sum);
    }
    return is_whole(r, n, &sum) && (n == r->node_count || !resvec_is_zero(&r->want));
}

/* Is there something to choose: not enough nodes yet, or one of them is not to stay? */
static bool lacks_nodes(const struct sched *s, const struct resvrec *rec)
{
    const struct reservation *r = rec->resv;

    if (!reservation_chooses(r))
        return false;
    for (size_t i = 0; i < r->n_chosen && !r->static_alloc; i++) {
        const struct noderec *node = cluster_node(&s->cluster, r->chosen[i]);

        if (node == NULL || !node->usable || (r->replace && node->n_slots > 0))
            return true;
    }
    return !is_served(s, r);
}

static bool has_node(const struct resvrec *rec, const struct partrec *part,
                     const struct noderec *node, size_t position)
{
    const struct reservation *r = rec->resv;

    if (r->all_nodes)
        return r->partition == NULL ||
               (part != NULL && node_set_has(part->nodes, position));
    return names_have(r->node_names, r->n_node_names, node->name) ||
           names_have(r->chosen, r->n_chosen, node->name);
}

/* True: they are others than before. */
static bool resolve(struct sched *s, struct resvrec *rec)
{
    const struct cluster *c = &s->cluster;
    const struct partrec *part = cluster_partition(c, rec->resv->partition);
    node_set before = rec->nodes;
    bool same;

    rec->nodes = xcalloc(c->words + 1, sizeof(*rec->nodes));
    rec->n_nodes = 0;
    for (size_t i = 0; i < c->n_order; i++) {
        if (!has_node(rec, part, c->order[i], i))
            continue;
        node_set_add(rec->nodes, i);
        rec->n_nodes++;
    }
    same =
        before != NULL && memcmp(before, rec->nodes, c->words * sizeof(*before)) == 0;
    if (same) { /* closures lend it */
        free(rec->nodes);
        rec->nodes = before;
    } else {
        free(before);
    }
    return !same;
}

bool reserve_is_settled(const struct sched *s)
{
    for (size_t i = 0; i < s->reserve.n; i++) {
        if (lacks_nodes(s, &s->reserve.recs[i]))
            return false;
    }
    return true;
}

void reserve_settle(struct sched *s, int64_t now_sec)
{
    struct reserve *r = &s->reserve;
    bool moved = false;

    if (r->gen != s->cluster.gen || r->changed) {
        for (size_t i = 0; i < r->n; i++) {
            free(r->recs[i].nodes); /* perhaps of other positions */
            r->recs[i].nodes = NULL;
            resolve(s, &r->recs[i]);
        }
        moved = true;
    }
    r->gen = s->cluster.gen;
    r->changed = false;
    for (size_t i = 0; i < r->n; i++) {
        if (!lacks_nodes(s, &r->recs[i]))
            continue;
        choose(s, &r->recs[i], now_sec);
        moved |= resolve(s, &r->recs[i]);
    }
    if (moved && r->n > 0)
        s->timeline_gen = 0;
}
