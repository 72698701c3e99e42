/*
 * What a job asks of its nodes together: the same alternative of features on all, that
 * they are neighbours, features that so many of them have. Each rule narrows the
 * candidates, and hands what is left on to the next one:
 *
 *   same        those with one alternative, one alternative after the other
 *   contiguous  nodes side by side: in the shortest row of free ones that will do
 *   counts      those that a feature is counted of, as if they were in its node list
 *               (placement_counts.c)
 */
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/placement_private.h"

bool placement_has_rules(const struct job *like)
{
    return like->contiguous || like->n_same > 0 || like->n_counts > 0;
}

/* ---- contiguous ---- */

/* Candidates side by side. */
struct row {
    size_t first, n;
};

/* In order of their positions. */
struct rows {
    const struct job *like;
    const struct candidate *items;
    struct row *rows;
    size_t n, cap;
    size_t longest;
    /* Before each candidate, and behind the last: how much there is room for. */
    int64_t *times, *also;
};

static int row_compare(const void *left, const void *right)
{
    const struct row *a = left, *b = right;

    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    return a->first < b->first ? -1 : 1;
}

static void rows_fini(struct rows *r)
{
    free(r->rows);
    free(r->times);
    free(r->also);
}

static void rows_find(struct rows *r, size_t n)
{
    r->times = xcalloc(n + 1, sizeof(*r->times));
    r->also = xcalloc(n + 1, sizeof(*r->also));
    for (size_t i = 0; i < n; i++) {
        r->times[i + 1] = r->times[i] + r->items[i].times;
        r->also[i + 1] = r->also[i] + r->items[i].also;
        if (i == 0 || r->items[i].position != r->items[i - 1].position + 1) {
            GROW(r->rows, r->n, r->cap);
            r->rows[r->n++] = (struct row){.first = i};
        }
        r->rows[r->n - 1].n++;
        r->longest = MAX(r->longest, r->rows[r->n - 1].n);
    }
    if (r->n > 1)
        qsort(r->rows, r->n, sizeof(*r->rows), row_compare);
}

/* Is there room for all on the candidates from `first` on, up to before `end`? */
static bool rows_cover(const struct rows *r, const struct order *o, size_t first,
                       size_t end)
{
    return r->times[end] - r->times[first] >= o->enough &&
           (r->like->n_units < 2 ||
            r->also[end] - r->also[first] >= r->like->units[1].count);
}

/* The fewest neighbours that there is room on; SIZE_MAX: on no row. */
static size_t rows_shortest(const struct rows *r, const struct order *o)
{
    size_t shortest = SIZE_MAX;

    for (size_t i = 0; i < r->n; i++) {
        size_t first = r->rows[i].first, end = first, last = first + r->rows[i].n;

        for (; first < last; first++) {
            while (end < last && !rows_cover(r, o, first, end))
                end++;
            if (!rows_cover(r, o, first, end))
                break;
            shortest = MIN(shortest, end - first);
        }
    }
    return shortest;
}

/* The most that there is room for on so many neighbours. */
static int64_t rows_most(const struct rows *r, const int64_t *room, size_t nodes)
{
    int64_t most = 0;

    for (size_t i = 0; i < r->n; i++) {
        size_t first = r->rows[i].first, last = first + r->rows[i].n;

        for (; first < last; first++)
            most = MAX(most, room[MIN(first + nodes, last)] - room[first]);
    }
    return most;
}

/* Where there is room for each of two kinds, what they lack beside each other was found
 * when they were dealt out. */
static void rows_room(const struct rows *r, const struct order *o, struct room *room)
{
    size_t nodes = (size_t)MIN((int64_t)r->longest, o->most);
    int64_t first = rows_most(r, r->times, nodes), second;

    if (r->like->n_units > 1) {
        second = rows_most(r, r->also, nodes);
        if (second < r->like->units[1].count) {
            *room = (struct room){.nodes = room->nodes, .pods = second, .kind = 1};
            return;
        }
        if (first >= o->items)
            return;
    }
    *room = (struct room){.nodes = room->nodes, .pods = MIN(first, o->items)};
}

struct run_search {
    struct placer *p;
    const struct cluster *c;
    const struct placement *at;
    const struct order *o;
    struct rows rows;
};

/* On `n` neighbours, of the shortest row first. */
static bool choose_row(struct run_search *s, size_t n, struct room *room)
{
    const struct rows *r = &s->rows;
    struct order order = *s->o;

    order.least = order.most = (int64_t)n;
    if (order.segment > 0 && order.most % order.segment != 0)
        return false;
    for (size_t i = 0; i < r->n; i++) {
        const struct row *row = &r->rows[i];

        for (size_t first = row->first; first + n <= row->first + row->n; first++) {
            if (!rows_cover(r, s->o, first, first + n))
                continue;
            candidates_take_back(s->p, &r->items[first], n);
            if (choose_counted(s->p, s->c, s->at, &order, room) &&
                placement_has_list(s->p, s->at))
                return true;
        }
    }
    return false;
}

/* As many as there may be where the job takes what it gets, else as few as will do. */
static bool choose_rows(struct run_search *s, struct room *room)
{
    const struct job *like = s->at->shape->like;
    bool many = like->spread || placement_is_plain(like);
    size_t least = MAX((size_t)s->o->least, rows_shortest(&s->rows, s->o));
    size_t most = (size_t)MIN((int64_t)s->rows.longest, s->o->most);

    if (placement_is_plain(like))
        most = (size_t)MIN((int64_t)most, s->o->items);
    for (size_t n = least; n <= most; n++) {
        if (choose_row(s, many ? most - (n - least) : n, room))
            return true;
    }
    room->nodes = s->rows.longest;
    if (room->lacks == NULL)
        rows_room(&s->rows, s->o, room);
    return false;
}

static bool choose_contiguous(struct placer *p, const struct cluster *c,
                              const struct placement *at, const struct order *o,
                              struct room *room)
{
    struct kept all;
    struct run_search search = {p, c, at, o, .rows = {.like = at->shape->like}};
    bool fits;

    if (!at->shape->like->contiguous)
        return choose_counted(p, c, at, o, room);
    all = candidates_keep(p);
    search.rows.items = all.items;
    rows_find(&search.rows, all.n);
    fits = choose_rows(&search, room);
    rows_fini(&search.rows);
    free(all.items);
    return fits;
}

/* ---- same ---- */

static void keep_featured(struct placer *p, const struct kept *all, const uint64_t *set)
{
    p->n = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (node_set_has(set, all->items[i].position))
            p->candidates[p->n++] = all->items[i];
    }
}

bool choose_by_rules(struct placer *p, const struct cluster *c,
                     const struct placement *at, const struct order *o,
                     struct room *room)
{
    const struct job *like = at->shape->like;
    struct room best = {0};
    struct kept all;
    bool fits = false;

    if (like->n_same == 0)
        return choose_contiguous(p, c, at, o, room);
    all = candidates_keep(p);
    for (size_t i = 0; i < like->n_same && !fits; i++) {
        keep_featured(p, &all, at->shape->featured[like->n_counts + i]);
        *room = (struct room){.nodes = p->n};
        fits = choose_contiguous(p, c, at, o, room) && placement_has_list(p, at);
        if (i == 0 || room->nodes > best.nodes)
            best = *room;
    }
    if (!fits)
        *room = best;
    free(all.items);
    return fits;
}
