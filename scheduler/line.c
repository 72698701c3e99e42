#include "scheduler/line.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"
#include "scheduler/guise.h"

void lines_fini(struct lines *lines)
{
    free(lines->items);
    free(lines->recs);
    free(lines->turns);
    free(lines->lengths_sec);
    free(lines->owners);
    free(lines->hopeful);
    free(lines->keys);
    likes_fini(&lines->likes);
    *lines = (struct lines){0};
}

void lines_reset(struct lines *lines)
{
    lines->n = 0;
    likes_reset(&lines->likes);
}

uint64_t line_like_key(int64_t length_sec, uint32_t demand, uint32_t need)
{
    return (uint64_t)length_sec * UINT64_C(0x100000001b3) ^
           ((uint64_t)demand << 32 | need);
}

static void add_like(struct lines *lines, size_t i)
{
    const struct line *line = &lines->items[i];

    likes_add(&lines->likes, i,
              line_like_key(lines->lengths_sec[i], line->demand, line->need));
}

static void note_fresh(struct lines *lines, struct jobrec *rec)
{
    if (!lines_know_fresh(lines))
        return;
    for (size_t i = 0; i < lines->n_fresh; i++) {
        if (lines->fresh[i] == rec)
            return;
    }
    if (lines->n_fresh < LINES_FRESH)
        lines->fresh[lines->n_fresh] = rec;
    lines->n_fresh++;
}

/* So many that nobody knows whose. */
static void outdate(struct lines *lines)
{
    lines->n_fresh = LINES_FRESH + 1;
}

void lines_forget_fresh_of(struct lines *lines, const struct jobrec *rec, size_t n)
{
    size_t kept = n;

    if (!lines_know_fresh(lines))
        return;
    for (size_t i = n; i < lines->n_fresh; i++) {
        if (lines->fresh[i] != rec)
            lines->fresh[kept++] = lines->fresh[i];
    }
    lines->n_fresh = kept;
}

/* What it takes at least. Where the limit is the partition's, partitions differ. */
static int64_t length_of(const struct job *job)
{
    bool shrinks = job->limit_sec != LIMIT_UNSET && job->time_min_sec != LIMIT_UNSET;
    int64_t length = shrinks ? MIN(job->limit_sec, job->time_min_sec) : job->limit_sec;

    /* One in a reservation is cut off at its end, whenever that is. */
    if (length == LIMIT_UNSET || job->n_reservations > 0 ||
        (length == LIMIT_UNLIMITED && job->deadline_sec != TIME_UNSET))
        return LIMIT_UNSET;
    return book_length(length);
}

/* Up to which slot that is, from now on. */
static uint32_t end_of(const struct timeline *tl, int64_t length_sec)
{
    size_t first, last;

    if (length_sec == LIMIT_UNSET)
        return 1;
    timeline_span(tl, tl->bounds[0], timeline_end(tl->bounds[0], length_sec), &first,
                  &last);
    return (uint32_t)last;
}

static void make_room(struct lines *lines)
{
    if (lines->n < lines->cap)
        return;
    GROW(lines->items, lines->n, lines->cap);
    lines->recs = xrealloc(lines->recs, lines->cap * sizeof(*lines->recs));
    lines->turns = xrealloc(lines->turns, lines->cap * sizeof(*lines->turns));
    lines->lengths_sec =
        xrealloc(lines->lengths_sec, lines->cap * sizeof(*lines->lengths_sec));
    lines->owners = xrealloc(lines->owners, lines->cap * sizeof(*lines->owners));
    lines->hopeful = xrealloc(lines->hopeful, lines->cap * sizeof(*lines->hopeful));
    lines->keys = xrealloc(lines->keys, lines->cap * sizeof(*lines->keys));
    if (!likes_grow(&lines->likes, lines->cap))
        return;
    for (size_t i = 0; i < lines->n; i++)
        add_like(lines, i);
}

uint64_t lines_gen(const struct sched *s)
{
    return s->rules_gen + s->cluster.gen;
}

struct line_turn line_turn_in(struct sched *s, struct jobrec *rec, size_t i)
{
    struct line_turn turn = {
        .part = pass_partition(s, rec->job, i),
        .gen = lines_gen(s),
        .several = pass_choices(s, rec) > 1,
    };
    size_t worn;

    if (turn.part == NULL)
        return turn;
    turn.tier = pass_tier(s, rec, turn.part, pass_reservation(s, rec, i));
    worn = guise_wear(s, rec, pass_qos(s, rec, i));
    turn.size = pass_size(s, rec, turn.part);
    guise_wear(s, rec, worn);
    return turn;
}

/* ---- keys ---- */

/* The upper half of a double: as its sign is 0, they rise with it. */
uint32_t line_key(int64_t size)
{
    double value = (double)size;
    uint64_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return MAX((uint32_t)(bits >> 32), 1);
}

int64_t line_key_size(uint32_t key)
{
    uint64_t bits = (uint64_t)key << 32;
    double value;

    if (key >= line_key(INT64_MAX))
        return INT64_MAX;
    memcpy(&value, &bits, sizeof(value));
    return (int64_t)value;
}

static void set_key(struct lines *lines, size_t i)
{
    const struct line_turn *turn = &lines->turns[i];
    bool known = turn->gen != 0 && !turn->several && turn->tier == lines->tier;

    lines->keys[i] = known ? line_key(turn->size) : 0;
}

void lines_key(struct sched *s)
{
    struct lines *lines = &s->lines;

    if (lines->n == 0)
        return;
    lines->keys_gen = lines_gen(s);
    lines->tier = lines->turns[lines->n / 2].tier;
    for (size_t i = 0; i < lines->n; i++) {
        if (lines->turns[i].gen != lines->keys_gen)
            lines->turns[i].gen = 0;
        set_key(lines, i);
    }
}

/* ---- one ---- */

/* What it asks for at least: partitions and reservations may add to that. */
static const struct job *least_of(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct partrec *part =
        job->n_partitions <= 1 ? pass_partition(s, job, 0) : NULL;

    if (part == NULL || job->n_reservations > 1 || magnets_of(s, rec)->n > 0)
        return rec->shape->like;
    return variant_of(&s->shapes, rec->shape, &s->cluster, part,
                      reserve_lot(s, pass_reservation(s, rec, 0)))
        ->like;
}

void line_add(struct sched *s, struct jobrec *rec)
{
    struct lines *lines = &s->lines;
    const struct job *like = least_of(s, rec);
    size_t demand = timeline_demand(&s->timeline, &like->each, job_is_private(like));
    const struct owner *owner = owner_of(s, rec->job, rec->claim.sharing);
    int64_t length_sec = length_of(rec->job);

    make_room(lines);
    lines->owners[lines->n] = owner;
    rec->claim.line = lines->n;
    lines->items[lines->n] = (struct line){
        .demand = (uint32_t)demand,
        .need = (uint32_t)MAX(MIN(component_least_nodes(like), UINT32_MAX), 1),
        .end =
            owner_has(owner, rec->claim.sharing) ? 0 : end_of(&s->timeline, length_sec),
        .first = (uint32_t)rec->claim.first,
        .node = rec->claim.n_positions == 1 ? rec->claim.positions[0] : POSITION_MANY,
    };
    lines->recs[lines->n] = rec;
    /* At once, while what it takes is at hand. */
    lines->turns[lines->n] =
        s->cluster.unsettled ? (struct line_turn){0} : line_turn_in(s, rec, 0);
    set_key(lines, lines->n);
    lines->hopeful[lines->n] = true;
    lines->lengths_sec[lines->n] = length_sec;
    add_like(lines, lines->n++);
    note_fresh(lines, rec);
}

void line_move(struct sched *s, const struct claim *claim)
{
    struct line *line = &s->lines.items[claim->line];

    line->end = owner_has(s->lines.owners[claim->line], claim->sharing)
                    ? 0
                    : end_of(&s->timeline, s->lines.lengths_sec[claim->line]);
    line->first = (uint32_t)claim->first;
    s->lines.hopeful[claim->line] = true;
    outdate(&s->lines);
}

void line_drop(struct sched *s, struct jobrec *rec)
{
    struct lines *lines = &s->lines;
    size_t i = rec->claim.line, last = --lines->n;

    likes_drop(&lines->likes, i, last);
    lines->items[i] = lines->items[last];
    lines->recs[i] = lines->recs[last];
    lines->turns[i] = lines->turns[last];
    lines->lengths_sec[i] = lines->lengths_sec[last];
    lines->owners[i] = lines->owners[last];
    lines->hopeful[i] = lines->hopeful[last];
    lines->keys[i] = lines->keys[last];
    lines->recs[i]->claim.line = i;
}

void line_hand_over(struct sched *s, struct jobrec *rec)
{
    s->lines.recs[rec->claim.line] = rec;
    note_fresh(&s->lines, rec);
}

/* Does a node that is not open up to the end count as open all the same? */
static bool counts_as_open(const struct line *line, const struct stairs *stairs,
                           uint32_t position)
{
    uint32_t until = stairs->now.by_position[position];

    return line->first <= until && until < line->end;
}

bool line_is_under(const struct lines *lines, size_t i, const struct stairwell *w)
{
    const struct line *line = &lines->items[i];
    assert(line->demand < w->n);
    const struct stairs *stairs = &w->stairs[line->demand];
    const struct claim *claim;
    uint32_t until, nodes;

    if (line->first == 0)
        return true;
    until = stairs_until(stairs, line->need);
    if (until < MIN(line->end, line->first) || until >= line->end)
        return until >= line->end;
    if (line->need == 1 && line->node != POSITION_MANY)
        return counts_as_open(line, stairs, line->node);
    claim = &lines->recs[i]->claim;
    nodes = stairs_nodes(stairs, line->end);
    for (size_t k = 0; k < claim->n_positions && nodes < line->need; k++)
        nodes += counts_as_open(line, stairs, claim->positions[k]);
    return nodes >= line->need;
}

void lines_free_owner(struct lines *lines, const struct owner *owner)
{
    for (size_t i = 0; i < lines->n; i++) {
        if (lines->owners[i] != owner ||
            !owner_has(owner, lines->recs[i]->claim.sharing))
            continue;
        lines->items[i].end = 0;
        lines->hopeful[i] = true;
        outdate(lines);
    }
}

void line_forget_turn(struct sched *s, const struct jobrec *rec)
{
    if (!rec->claim.on || !rec->claim.planned)
        return;
    s->lines.turns[rec->claim.line].gen = 0;
    s->lines.keys[rec->claim.line] = 0;
    outdate(&s->lines);
}

const struct line_turn *line_turn(struct sched *s, size_t line)
{
    struct line_turn *turn = &s->lines.turns[line];

    if (turn->gen == lines_gen(s))
        return turn;
    *turn = line_turn_in(s, s->lines.recs[line], 0);
    set_key(&s->lines, line);
    return turn;
}
