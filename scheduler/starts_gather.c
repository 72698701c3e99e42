/* Who might start now: those without a promise, and those whose lines say so. */
#include "scheduler/starts_private.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/util.h"

/* So many planned jobs are tried before the others are looked at. */
#define FEW 8

void candidates_fini(struct candidates *c)
{
    free(c->items);
    turns_fini(&c->turns);
}

/* Those in line may be a hundred thousand: their jobs are not looked at here. */
static struct candidate candidate_of(struct jobrec *rec, size_t listed,
                                     const struct line_turn *turn)
{
    return (struct candidate){
        .rec = rec,
        .part = turn->part,
        .listed = listed,
        .tier = turn->tier,
        .size = turn->size,
        .priority = -1,
    };
}

static void add_candidate(struct candidates *c, const struct candidate *candidate)
{
    GROW(c->items, c->n, c->cap);
    c->items[c->n++] = *candidate;
}

/* ---- those who come first ---- */

/* Of one tier and size nobody knows before priorities are worked out. */
static bool comes_before(const struct candidate *a, int64_t tier, int64_t size)
{
    return a->tier > tier || (a->tier == tier && a->size < size);
}

/* A heap of candidates, the last one on top. */
static int last_first(const void *left, const void *right, void *arg)
{
    const struct candidate *a = left, *b = right;

    (void)arg;
    return comes_before(b, a->tier, a->size) ? -1 : comes_before(a, b->tier, b->size);
}

static void leave_out(struct candidates *c, const struct candidate *candidate)
{
    if (!c->left_out || comes_before(candidate, c->left_tier, c->left_size)) {
        c->left_tier = candidate->tier;
        c->left_size = candidate->size;
    }
    c->left_out = true;
}

/* Whoever starts is mostly among the first, and after a start all are gathered again:
 * only some of thousands are kept. */
static void offer_candidate(struct candidates *c, const struct candidate *candidate)
{
    struct candidate *items = c->items;

    if (!c->few || c->n < FEW) {
        add_candidate(c, candidate);
    } else if (comes_before(candidate, items[0].tier, items[0].size)) {
        leave_out(c, &items[0]);
        heap_pop(items, c->n, sizeof(*items), last_first, NULL);
        items[c->n - 1] = *candidate;
    } else {
        leave_out(c, candidate);
        return;
    }
    if (c->few)
        heap_push(c->items, c->n, sizeof(*items), last_first, NULL);
}

/* Nobody who was left out comes before one that is kept. */
static void cut_few(struct candidates *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->n; i++) {
        if (comes_before(&c->items[i], c->left_tier, c->left_size))
            c->items[kept++] = c->items[i];
    }
    c->n = kept;
}

/* ---- gathering ---- */

/* In each of its partitions and reservations. */
static void add_everywhere(struct sched *s, struct jobrec *rec)
{
    bool fresh = !rec->job->plan.promised;

    for (size_t i = 0; i < pass_choices(rec->job); i++) {
        const struct line_turn turn = line_turn_in(s, rec, i);
        struct candidate candidate = candidate_of(rec, i, &turn);

        candidate.fresh = fresh;
        if (turn.part != NULL)
            offer_candidate(&s->candidates, &candidate);
    }
}

static void add_planned(struct sched *s, size_t line)
{
    const struct line_turn *turn = line_turn(s, line);
    struct jobrec *rec = s->lines.recs[line];

    if (turn->several) {
        add_everywhere(s, rec);
    } else if (turn->part != NULL) {
        const struct candidate candidate = candidate_of(rec, 0, turn);

        offer_candidate(&s->candidates, &candidate);
    }
}

/* Whoever was not under the stairs is not, unless they have risen. */
static void gather_planned(struct sched *s)
{
    struct lines *lines = &s->lines;
    const struct stairwell *w = &s->stairs;

    stairwell_build(&s->stairs, &s->timeline);
    for (size_t i = 0; i < lines->n; i++) {
        if (!lines->hopeful[i] && !w->stairs[lines->items[i].demand].risen)
            continue;
        lines->hopeful[i] = line_is_under(lines, i, w);
        if (lines->hopeful[i])
            add_planned(s, i);
    }
    stairwell_forget_risen(&s->stairs);
}

void starts_gather(struct sched *s, bool few)
{
    struct candidates *c = &s->candidates;

    c->n = 0;
    c->few = c->left_out = false;
    for (size_t i = 0; i < s->n_list; i++) {
        if (s->list[i]->may_start)
            add_everywhere(s, s->list[i]);
    }
    c->n_listed = c->n;
    if (!s->freed)
        return;
    s->freed = false;
    c->few = few && c->n == 0 && s->config.backfill_order != BACKFILL_QUEUE;
    gather_planned(s);
    if (c->left_out)
        cut_few(c);
}
