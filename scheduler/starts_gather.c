/* Who might start now: those without a promise, and those whose lines say so. */
#include "scheduler/starts_private.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/util.h"

/* So many planned jobs are tried before the others are looked at. */
#define FEW 256
/* Fewer than that at hand are too few: then others are that have as large keys as those
 * four times as large. */
#define FEW_AT_HAND 16
#define KEYS_WIDER (2 << 20)

void candidates_fini(struct candidates *c)
{
    free(c->items);
    free(c->failed);
    turns_fini(&c->turns);
    turns_fini(&c->offers);
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

/* Whoever starts is mostly among the first: only some of thousands are kept. */
static void offer_candidate(struct candidates *c, const struct candidate *candidate)
{
    struct candidate *items = c->items;

    if (c->left_out && !comes_before(candidate, c->left_tier, c->left_size))
        return;
    if (c->scope == SCOPE_ALL || c->n < FEW) {
        add_candidate(c, candidate);
    } else if (comes_before(candidate, items[0].tier, items[0].size)) {
        leave_out(c, &items[0]);
        heap_pop(items, c->n, sizeof(*items), last_first, NULL);
        items[c->n - 1] = *candidate;
    } else {
        leave_out(c, candidate);
        return;
    }
    if (c->scope != SCOPE_ALL)
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

/* Everywhere that it may start: `offer` takes it. */
static void offer_everywhere(struct sched *s, struct jobrec *rec,
                             void (*offer)(struct candidates *,
                                           const struct candidate *))
{
    bool fresh = !rec->job->plan.promised;

    for (size_t i = 0; i < pass_choices(s, rec); i++) {
        const struct line_turn turn = line_turn_in(s, rec, i);
        struct candidate candidate = candidate_of(rec, i, &turn);

        candidate.fresh = fresh;
        if (turn.part != NULL)
            offer(&s->candidates, &candidate);
    }
}

static void offer_planned(struct sched *s, size_t line,
                          void (*offer)(struct candidates *, const struct candidate *))
{
    const struct line_turn *turn = line_turn(s, line);
    struct jobrec *rec = s->lines.recs[line];

    if (turn->several) {
        offer_everywhere(s, rec, offer);
    } else if (turn->part != NULL) {
        const struct candidate candidate = candidate_of(rec, 0, turn);

        offer(&s->candidates, &candidate);
    }
}

/* Whoever was not under the stairs is not, unless they have risen. */
static void look_at(struct sched *s, size_t line)
{
    struct lines *lines = &s->lines;
    const struct stairwell *w = &s->stairs;

    if (!lines->hopeful[line] && !w->stairs[lines->items[line].demand].risen)
        return;
    lines->hopeful[line] = line_is_under(lines, line, w);
    if (lines->hopeful[line])
        offer_planned(s, line, offer_candidate);
}

/* The keys of all lie in a row: it is a matter of microseconds which of 100,000 lines
 * these are. */
static void gather_at_hand(struct sched *s)
{
    struct candidates *c = &s->candidates;
    const struct lines *lines = &s->lines;

    c->left_out = true;
    c->left_tier = lines->tier;
    c->left_size = line_key_size(c->at_hand);
    for (size_t i = 0; i < lines->n; i++) {
        if (lines->keys[i] <= c->at_hand)
            look_at(s, i);
    }
    cut_few(c);
}

static void gather_all(struct sched *s)
{
    struct candidates *c = &s->candidates;

    for (size_t i = 0; i < s->lines.n; i++)
        look_at(s, i);
    stairwell_forget_risen(&s->stairs);
    if (c->left_out)
        cut_few(c);
}

/* As far as was worth while is so the next time. */
static void reach_out(struct candidates *c)
{
    if (c->left_out)
        c->at_hand = line_key(c->left_size);
    else if (c->n > 0)
        c->at_hand = line_key(c->items[0].size); /* the last one */
    if (c->scope == SCOPE_AT_HAND && c->n < FEW_AT_HAND)
        c->at_hand = MIN(c->at_hand + KEYS_WIDER, line_key(INT64_MAX));
}

static void gather_planned(struct sched *s, enum scope scope)
{
    struct candidates *c = &s->candidates;

    stairwell_build(&s->stairs, &s->timeline);
    c->scope = scope;
    if (s->lines.keys_gen != lines_gen(s)) {
        lines_key(s);
        c->scope = MAX(scope, SCOPE_FEW);
    }
    if (c->scope == SCOPE_AT_HAND)
        gather_at_hand(s);
    if (c->n == 0) {
        c->scope = MAX(scope, SCOPE_FEW);
        c->left_out = false;
        gather_all(s);
    }
    reach_out(c);
    stairwell_forget_rise(&s->stairs);
    lines_forget_fresh(&s->lines);
}

static void gather_listed(struct sched *s)
{
    s->candidates.n = s->candidates.n_planned;
    for (size_t i = 0; i < s->n_list; i++) {
        if (s->list[i]->may_start)
            offer_everywhere(s, s->list[i], add_candidate);
    }
}

static void clear(struct candidates *c)
{
    c->n = c->n_planned = c->n_failed = c->n_started = 0;
    c->left_out = c->offered = c->kept = false;
    c->gen++;
}

void starts_gather(struct sched *s, enum scope scope)
{
    struct candidates *c = &s->candidates;
    bool by_queue = s->config.backfill_order == BACKFILL_QUEUE;

    clear(c);
    if (s->freed) {
        s->freed = false;
        gather_planned(s, by_queue ? SCOPE_ALL : scope);
        for (size_t i = 0; i < c->n; i++)
            c->items[i].rec->gathered = c->gen;
        c->kept = !by_queue;
        c->told = s->told;
        c->now_sec = s->now_sec;
        c->lines_gen = lines_gen(s);
    }
    c->n_planned = c->n;
    gather_listed(s);
}

/* ---- going on ---- */

static bool have_risen(struct sched *s)
{
    bool any = false;

    if (s->stairs.mutation != s->timeline.mutation)
        stairwell_build(&s->stairs, &s->timeline);
    for (size_t i = 0; i < s->stairs.n; i++)
        any |= s->stairs.stairs[i].rise;
    return any;
}

static bool do_still(struct sched *s)
{
    const struct candidates *c = &s->candidates;

    return c->kept && c->told == s->told && c->now_sec == s->now_sec &&
           c->lines_gen == lines_gen(s) && lines_know_fresh(&s->lines) &&
           !have_risen(s);
}

static void put_turn(struct candidates *c, size_t i)
{
    const struct entry entry = {.tier = c->items[i].tier, .size = c->items[i].size};

    if (c->offered)
        turns_put(&c->offers, &entry, i);
}

/* A planned job that is none of them yet. Who does not come before all that were left
 * out is one of those. */
static void offer_late(struct candidates *c, const struct candidate *candidate)
{
    if (c->left_out && !comes_before(candidate, c->left_tier, c->left_size))
        return;
    add_candidate(c, candidate);
    put_turn(c, c->n - 1);
}

static void gather_fresh(struct sched *s)
{
    struct candidates *c = &s->candidates;
    struct lines *lines = &s->lines;

    c->n = c->n_planned;
    for (size_t i = 0; i < lines->n_fresh; i++) {
        struct jobrec *rec = lines->fresh[i];
        size_t line = rec->claim.line, n = c->n;

        if (!rec->claim.on || !rec->claim.planned || rec->gathered == c->gen)
            continue;
        lines->hopeful[line] = line_is_under(lines, line, &s->stairs);
        if (lines->hopeful[line])
            offer_planned(s, line, offer_late);
        if (c->n > n)
            rec->gathered = c->gen;
    }
    lines_forget_fresh(lines);
    c->n_planned = c->n;
}

/* A start may have made room for them. */
static void try_failed_again(struct candidates *c)
{
    for (size_t i = 0; i < c->n_failed; i++) {
        c->items[c->failed[i]].done = false;
        put_turn(c, c->failed[i]);
    }
    c->n_failed = 0;
}

bool starts_gather_on(struct sched *s)
{
    if (!do_still(s))
        return false;
    s->freed = false;
    gather_fresh(s);
    try_failed_again(&s->candidates);
    gather_listed(s);
    return true;
}
