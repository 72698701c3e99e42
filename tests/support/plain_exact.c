#include "tests/support/plain_exact.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/timeline.h"
#include "tests/support/plain_plan_private.h"

/* So far ahead is looked first, and then twice as far each time. */
#define REACH_SEC 86400

/* Of a node, until the next one begins. */
struct piece {
    int64_t begin_sec;
    struct resvec free;
};

struct pieces {
    struct piece *items;
    size_t n, cap;
};

struct plain_exact {
    struct plain_plan *rules; /* capacities and what is asked for; nothing is taken */
    struct pieces *nodes;
    int64_t now_sec;
};

/* A node may take a pod of the job that begins between the two, both included. */
struct spell {
    int64_t first_sec, last_sec;
};

struct spells {
    struct spell *items;
    size_t n, cap;
    bool cut; /* others begin later than was looked */
};

struct plain_exact *plain_exact_new(int64_t now_sec, size_t n_nodes)
{
    struct plain_exact *e = xcalloc(1, sizeof(*e));

    e->rules = plain_plan_new(now_sec, 0, n_nodes);
    e->nodes = xcalloc(n_nodes + 1, sizeof(*e->nodes));
    e->now_sec = now_sec;
    return e;
}

void plain_exact_free(struct plain_exact *e)
{
    for (size_t node = 0; node < e->rules->n_nodes; node++)
        free(e->nodes[node].items);
    plain_plan_free(e->rules);
    free(e->nodes);
    free(e);
}

/* ---- pieces ---- */

void plain_exact_set_node(struct plain_exact *e, size_t position,
                          const struct resvec *capacity)
{
    struct pieces *p = &e->nodes[position];

    plain_plan_set_node(e->rules, position, capacity);
    GROW(p->items, 0, p->cap);
    p->items[0] = (struct piece){e->now_sec, *capacity};
    p->n = 1;
}

void plain_exact_ask(struct plain_exact *e, const struct resvec *each, size_t pods)
{
    plain_plan_ask(e->rules, each, pods, 1);
}

/* The piece that covers a time. */
static size_t piece_at(const struct pieces *p, int64_t sec)
{
    size_t i = p->n - 1;

    while (i > 0 && p->items[i].begin_sec > sec)
        i--;
    return i;
}

/* The piece that begins then; the one that covers it is cut in two. */
static size_t cut(struct pieces *p, int64_t sec)
{
    size_t i = piece_at(p, sec);

    if (p->items[i].begin_sec == sec)
        return i;
    GROW(p->items, p->n, p->cap);
    memmove(&p->items[i + 1], &p->items[i], (p->n - i) * sizeof(*p->items));
    p->items[i + 1].begin_sec = sec;
    p->n++;
    return i + 1;
}

static void take(struct pieces *p, const struct resvec *each, int64_t begin_sec,
                 int64_t end_sec)
{
    size_t first = cut(p, begin_sec);
    size_t last = end_sec == TIME_NEVER ? p->n : cut(p, end_sec);

    for (size_t i = first; i < last; i++)
        resvec_sub(&p->items[i].free, each);
}

void plain_exact_hold(struct plain_exact *e, size_t position, const struct resvec *each,
                      int64_t end_sec)
{
    if (end_sec > e->now_sec)
        take(&e->nodes[position], each, e->now_sec, end_sec);
}

void plain_exact_take(struct plain_exact *e, const struct plain_job *job,
                      const struct plain_place *place)
{
    for (size_t i = 0; i < place->n; i++)
        take(&e->nodes[place->nodes[i]], &job->each, place->start_sec,
             place->start_sec + job->length_sec);
}

/* ---- when a job may begin ---- */

static void add_spell(struct spells *spells, int64_t first_sec, int64_t last_sec)
{
    if (last_sec < first_sec)
        return;
    GROW(spells->items, spells->n, spells->cap);
    spells->items[spells->n++] = (struct spell){first_sec, last_sec};
}

/* On one node, up to where is looked. */
static void add_spells(const struct plain_exact *e, const struct plain_job *job,
                       size_t node, int64_t reach_sec, struct spells *spells)
{
    const struct pieces *p = &e->nodes[node];
    int64_t open_sec = TIME_NEVER; /* since when it has room */

    for (size_t i = 0; i < p->n; i++) {
        int64_t begin = p->items[i].begin_sec;
        bool fits = plain_fits(e->rules, job, node, &p->items[i].free);

        if (!fits && open_sec != TIME_NEVER)
            add_spell(spells, open_sec, begin - job->length_sec);
        open_sec = !fits ? TIME_NEVER : MIN(open_sec, begin);
        if (begin > reach_sec && open_sec > reach_sec) {
            spells->cut = true;
            return;
        }
    }
    if (open_sec != TIME_NEVER)
        add_spell(spells, open_sec, TIME_NEVER);
}

static int compare_times(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The first time that is in so many spells; TIME_NEVER: none is. One passes through
 * their first and last times in order: spells of one node do not overlap. */
static int64_t first_common(const struct spells *spells, size_t want)
{
    int64_t *firsts = xcalloc(spells->n + 1, sizeof(*firsts));
    int64_t *lasts = xcalloc(spells->n + 1, sizeof(*lasts));
    int64_t ret = TIME_NEVER;

    for (size_t i = 0; i < spells->n; i++) {
        firsts[i] = spells->items[i].first_sec;
        lasts[i] = spells->items[i].last_sec;
    }
    qsort(firsts, spells->n, sizeof(*firsts), compare_times);
    qsort(lasts, spells->n, sizeof(*lasts), compare_times);
    for (size_t begun = 0, over = 0; begun < spells->n && ret == TIME_NEVER;) {
        int64_t sec = firsts[begun++];

        while (lasts[over] < sec)
            over++;
        if (begun - over >= want)
            ret = sec;
    }
    free(firsts);
    free(lasts);
    return ret;
}

/* Looks so far; `ret_all`: nothing begins later. */
static int64_t first_time(const struct plain_exact *e, const struct plain_job *job,
                          int64_t reach_sec, bool *ret_all)
{
    struct spells spells = {0};
    int64_t ret;

    for (size_t node = 0; node < e->rules->n_nodes; node++)
        add_spells(e, job, node, reach_sec, &spells);
    ret = first_common(&spells, job->min);
    *ret_all = !spells.cut;
    free(spells.items);
    return ret;
}

/* ---- places ---- */

static bool is_open(const struct plain_exact *e, const struct plain_job *job,
                    size_t node, size_t first, size_t last)
{
    for (size_t i = first; i <= last; i++) {
        if (!plain_fits(e->rules, job, node, &e->nodes[node].items[i].free))
            return false;
    }
    return true;
}

static struct plain_open list_open(const struct plain_exact *e,
                                   const struct plain_job *job, int64_t start_sec)
{
    size_t n_nodes = e->rules->n_nodes;
    struct plain_open open = {.spots = xcalloc(n_nodes + 1, sizeof(*open.spots))};

    for (size_t node = 0; node < n_nodes; node++) {
        const struct pieces *p = &e->nodes[node];
        size_t first = piece_at(p, start_sec);
        size_t last = piece_at(p, start_sec + job->length_sec - 1);

        if (is_open(e, job, node, first, last))
            open.spots[open.n++] =
                (struct plain_spot){.node = node,
                                    .left = &p->items[first].free,
                                    .left_then = &p->items[last].free,
                                    .turn = 1};
    }
    return open;
}

static bool place_at(const struct plain_exact *e, const struct plain_job *job,
                     int64_t start_sec, struct plain_place *ret)
{
    struct plain_open open = list_open(e, job, start_sec);
    bool fits;

    *ret =
        (struct plain_place){.start_sec = start_sec,
                             .nodes = xcalloc(e->rules->n_nodes + 1, sizeof(size_t))};
    fits = plain_best(e->rules, job, &open, ret);
    ret->of[0] = ret->n;
    free(open.spots);
    return fits;
}

bool plain_exact_find(struct plain_exact *e, const struct plain_job *job,
                      struct plain_place *ret)
{
    int64_t start_sec = TIME_NEVER;
    bool all = false;

    assert(job->length_sec > 0 && job->length_sec != LIMIT_UNLIMITED);
    for (int64_t ahead = REACH_SEC; start_sec == TIME_NEVER && !all; ahead *= 2)
        start_sec = first_time(e, job, e->now_sec + ahead, &all);
    return start_sec != TIME_NEVER && place_at(e, job, start_sec, ret);
}
