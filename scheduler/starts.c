#include "scheduler/starts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/check.h"
#include "scheduler/core.h"
#include "scheduler/tell.h"
#include "scheduler/trial.h"

/* So many jobs without a promise are looked at; it takes about a microsecond each. */
#define LISTED_MAX 256
/* After so many starts of planned jobs the walk finds the others: each costs a look at
 * all lines. */
#define ROUNDS_MAX 32

/* ---- lines ---- */

/* What it takes at least. Where the limit is the partition's, partitions differ. */
static int64_t length_of(const struct job *job)
{
    bool shrinks = job->limit_sec != LIMIT_UNSET && job->time_min_sec != LIMIT_UNSET;
    int64_t length = shrinks ? MIN(job->limit_sec, job->time_min_sec) : job->limit_sec;

    /* One in a reservation is cut off at its end, whenever that is. */
    if (length == LIMIT_UNSET || job->reservation != NULL ||
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

/* What it asks for at least: partitions may add to that. */
static const struct job *least_of(struct sched *s, const struct jobrec *rec)
{
    const struct job *job = rec->job;
    const struct partrec *part = NULL;

    if (job->n_partitions == 0)
        part = cluster_default_partition(&s->cluster);
    else if (job->n_partitions == 1)
        part = cluster_partition(&s->cluster, job->partitions[0]);
    if (part == NULL)
        return rec->shape->like;
    return variant_of(&s->shapes, rec->shape, &s->cluster, part)->like;
}

void starts_add_line(struct sched *s, struct jobrec *rec)
{
    const struct job *like = least_of(s, rec);
    size_t demand = timeline_demand(&s->timeline, &like->each, like->exclusive);
    int64_t length_sec = length_of(rec->job);

    GROW(s->lines, s->n_lines, s->lines_cap);
    rec->claim.line = s->n_lines;
    s->lines[s->n_lines++] = (struct line){
        .rec = rec,
        .length_sec = length_sec,
        .demand = (uint32_t)demand,
        .need = (uint32_t)MIN(job_least_nodes(like), UINT32_MAX),
        .end = end_of(&s->timeline, length_sec),
        .first = (uint32_t)rec->claim.first,
    };
}

void starts_move_line(struct sched *s, const struct claim *claim)
{
    struct line *line = &s->lines[claim->line];

    line->end = end_of(&s->timeline, line->length_sec);
    line->first = (uint32_t)claim->first;
}

void starts_drop_line(struct sched *s, struct jobrec *rec)
{
    size_t i = rec->claim.line;

    s->lines[i] = s->lines[--s->n_lines];
    s->lines[i].rec->claim.line = i;
}

/* ---- the list ---- */

static bool is_wanted(const struct jobrec *rec)
{
    const struct job *job = rec->job;

    return !rec->gone && job->phase == JOB_PENDING && job->job_id != 0 &&
           (!job->plan.promised || rec->changed);
}

void starts_enlist(struct sched *s, struct jobrec *rec)
{
    bool wanted = is_wanted(rec);

    if (wanted == rec->listed)
        return;
    rec->listed = wanted;
    if (wanted) {
        GROW(s->list, s->n_list, s->list_cap);
        rec->list_at = s->n_list;
        s->list[s->n_list++] = rec;
    } else {
        s->list[rec->list_at] = s->list[--s->n_list];
        s->list[rec->list_at]->list_at = rec->list_at;
    }
}

/* As a walk does before all else: who may not start loses its promise, and no forecast
 * is in the way. */
static void look_through_list(struct sched *s, int64_t now_sec)
{
    for (size_t i = s->n_list; i-- > 0;) {
        struct jobrec *rec = s->list[i];

        rec->may_start = jobrec_check(s, rec, now_sec) == REASON_NONE;
        rec->changed = false;
        if (!rec->may_start || !rec->job->plan.promised)
            book_cancel_plan(s, rec);
        else
            starts_enlist(s, rec); /* no longer */
    }
}

/* ---- stairs ---- */

/* So many nodes are open to a demand from the first slot on up to before `last`. */
struct step {
    size_t last;
    uint32_t nodes;
};

struct stairs {
    struct step *steps;
    size_t n, cap;
    uint32_t *busy; /* by position: the first slot in which it is not open */
};

/* Of a word of nodes: those that are busy from a slot on. */
static void set_busy(struct stairs *stairs, size_t word, uint64_t nodes, size_t slot)
{
    for (; nodes != 0; nodes &= nodes - 1)
        stairs->busy[word * 64 + (size_t)__builtin_ctzll(nodes)] = (uint32_t)slot;
}

/* Takes out of `set` what is not open in a slot (behind the last: all). Returns how
 * many nodes. */
static uint32_t shut_in(const struct timeline *tl, size_t demand, size_t slot,
                        uint64_t *set, struct stairs *ret)
{
    const uint64_t *open = slot < tl->n_slots ? timeline_open(tl, demand, slot) : NULL;
    uint32_t lost = 0;

    for (size_t i = 0; i < tl->words; i++) {
        uint64_t shut = open != NULL ? set[i] & ~open[i] : set[i];

        if (shut == 0)
            continue;
        set[i] ^= shut;
        lost += (uint32_t)__builtin_popcountll(shut);
        set_busy(ret, i, shut, slot);
    }
    return lost;
}

/* Behind a slot, and behind the blocks in which all of the set is open. */
static size_t next_slot(const struct timeline *tl, size_t demand, size_t slot,
                        const uint64_t *set)
{
    for (slot++;
         slot % BLOCK_SLOTS == 0 && slot + BLOCK_SLOTS <= tl->n_slots &&
         node_set_is_within(set, timeline_open_in_block(tl, demand, slot), tl->words);)
        slot += BLOCK_SLOTS;
    return slot;
}

static void count_steps(const struct timeline *tl, size_t demand, uint64_t *set,
                        struct stairs *ret)
{
    uint32_t nodes = (uint32_t)timeline_counts(tl, demand)[0], lost;
    size_t slot = 0;

    ret->n = 0;
    if (nodes == 0)
        return;
    ret->busy = xrealloc(ret->busy, (tl->words * 64 + 1) * sizeof(*ret->busy));
    memset(ret->busy, 0, tl->words * 64 * sizeof(*ret->busy));
    memcpy(set, timeline_open(tl, demand, 0), tl->words * sizeof(*set));
    while (nodes > 0) {
        slot = next_slot(tl, demand, slot, set);
        lost = shut_in(tl, demand, slot, set, ret);
        if (lost == 0)
            continue;
        GROW(ret->steps, ret->n, ret->cap);
        ret->steps[ret->n++] = (struct step){slot, nodes};
        nodes -= lost;
    }
}

/* How many nodes are open in all of the first `end` slots. */
static uint32_t nodes_up_to(const struct stairs *stairs, size_t end)
{
    size_t low = 0, high = stairs->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (stairs->steps[middle].last < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low < stairs->n ? stairs->steps[low].nodes : 0;
}

struct search {
    struct stairs *stairs; /* by demand */
    size_t n, cap;
    uint64_t mutation; /* of the timeline that they are of */
    struct queue queue;
    struct turns turns; /* of it */
};

static void build_stairs(const struct sched *s, struct search *search)
{
    const struct timeline *tl = &s->timeline;
    AUTO_FREE uint64_t *set = xmalloc((tl->words + 1) * sizeof(*set));

    while (search->n < tl->demands.n) {
        GROW(search->stairs, search->n, search->cap);
        search->stairs[search->n++] = (struct stairs){0};
    }
    for (size_t i = 0; i < search->n; i++)
        count_steps(tl, i, set, &search->stairs[i]);
    search->mutation = tl->mutation;
}

/* Its own nodes count as open from its start on. */
static bool is_under(const struct search *search, const struct line *line)
{
    assert(line->demand < search->n);
    const struct stairs *stairs = &search->stairs[line->demand];
    const struct claim *claim = &line->rec->claim;
    uint32_t nodes;

    if (line->first == 0)
        return true;
    if (nodes_up_to(stairs, MIN(line->end, line->first)) < line->need)
        return false;
    nodes = nodes_up_to(stairs, line->end);
    for (size_t i = 0; i < claim->n_positions && nodes < line->need; i++) {
        uint32_t busy = stairs->busy[claim->positions[i]];

        nodes += line->first <= busy && busy < line->end;
    }
    return nodes >= line->need;
}

/* ---- the search ---- */

static void gather(struct sched *s, struct search *search, int64_t now_sec)
{
    search->queue.n = 0;
    for (size_t i = 0; i < s->n_list; i++) {
        if (s->list[i]->may_start)
            pass_add_entries(s, &search->queue, s->list[i], now_sec);
    }
    if (!s->freed)
        return;
    s->freed = false;
    build_stairs(s, search);
    for (size_t i = 0; i < s->n_lines; i++) {
        if (is_under(search, &s->lines[i]))
            pass_add_entries(s, &search->queue, s->lines[i].rec, now_sec);
    }
}

/* One that has a promise: it starts (true), or keeps it as it is. */
static bool try_promised(struct sched *s, struct search *search,
                         const struct entry *entry, int64_t now_sec)
{
    struct seeker by;

    if (search->mutation != s->timeline.mutation)
        build_stairs(s, search);
    if (!is_under(search, &s->lines[entry->rec->claim.line]))
        return false;
    by = trial_seeker(s, entry);
    return trial_run(s, entry, &by, 1, now_sec);
}

/* One that has none: it starts or is promised a start; false: it waits without. Each
 * line is of a promise. */
static bool try_listed(struct sched *s, const struct entry *entry, int64_t now_sec)
{
    struct jobrec *rec = entry->rec;
    struct seeker by = trial_seeker(s, entry);
    size_t before = trial_before(s, entry, s->n_lines);

    if (trial_run(s, entry, &by, before, now_sec))
        return true;
    return trial_promise(s, rec, s->n_lines - rec->claim.on);
}

enum outcome {
    SEARCH_DONE,
    SEARCH_TRIED, /* one that had no promise */
    SEARCH_AGAIN, /* a job has left its place, which others before it may use */
    SEARCH_ENDS,  /* somebody waits for the walk, and so does everybody behind */
    SEARCH_SPENT,
};

/* Who has none and will be promised none has its turn in the order of gaps. */
static bool is_past_promises(const struct sched *s, enum round round)
{
    return round == ROUND_PROMISE && s->n_lines >= (size_t)s->config.reservation_depth;
}

static enum outcome search_entry(struct sched *s, struct search *search,
                                 enum round round, const struct entry *entry,
                                 int64_t now_sec)
{
    if (entry->rec->job->plan.promised)
        return try_promised(s, search, entry, now_sec) ? SEARCH_AGAIN : SEARCH_DONE;
    if (is_past_promises(s, round) || !try_listed(s, entry, now_sec))
        return SEARCH_ENDS;
    return SEARCH_TRIED;
}

/* Of the entries in their order, or in that of gaps: those without a promise, or those
 * with one, or both. */
static enum outcome search_queue(struct sched *s, struct search *search,
                                 enum round round, int64_t now_sec,
                                 struct sched_budget budget)
{
    const bool wanted[] = {round != ROUND_OFFER, round != ROUND_PROMISE};
    enum outcome outcome = SEARCH_DONE;

    for (size_t i = 0; i < search->queue.n && outcome == SEARCH_DONE; i++) {
        size_t at = round == ROUND_OFFER ? turns_next(&search->turns) : i;
        struct entry *entry = queue_at(&search->queue, at);

        if (entry->done || entry->rec->version != entry->version ||
            !wanted[entry->rec->job->plan.promised])
            continue;
        entry->done = true;
        str_reset(&s->message);
        if (trial_ruled_out(s, entry) == REASON_NONE)
            outcome = search_entry(s, search, round, entry, now_sec);
        if (outcome == SEARCH_TRIED)
            outcome = budget.spent != NULL && budget.spent(budget.arg) ? SEARCH_SPENT
                                                                       : SEARCH_DONE;
    }
    return outcome;
}

/* As the walk would: in one round, or in those of it that start jobs. */
static enum outcome search_rounds(struct sched *s, struct search *search,
                                  int64_t now_sec, struct sched_budget budget)
{
    enum outcome outcome;

    queue_order(&search->queue);
    if (s->config.backfill_order == BACKFILL_QUEUE)
        return search_queue(s, search, ROUND_WHOLE, now_sec, budget);
    outcome = search_queue(s, search, ROUND_PROMISE, now_sec, budget);
    if (outcome != SEARCH_DONE)
        return outcome;
    turns_set(&search->turns, &search->queue);
    return search_queue(s, search, ROUND_OFFER, now_sec, budget);
}

static void search_fini(struct search *search)
{
    for (size_t i = 0; i < search->n; i++) {
        free(search->stairs[i].steps);
        free(search->stairs[i].busy);
    }
    free(search->stairs);
    queue_fini(&search->queue);
    turns_fini(&search->turns);
}

static bool search_all(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct search search = {0};
    enum outcome outcome;
    int round = 0;

    s->norms = core_norms(s);
    asked_settle(&s->asked, &s->cluster);
    do {
        gather(s, &search, now_sec);
        outcome = search_rounds(s, &search, now_sec, budget);
    } while (outcome == SEARCH_AGAIN && ++round < ROUNDS_MAX);
    s->freed |= outcome != SEARCH_DONE;
    search_fini(&search);
    return outcome != SEARCH_SPENT;
}

bool starts_are_ready(const struct sched *s, int64_t now_sec)
{
    return !s->rules_changed && !s->cluster.unsettled && s->timeline_gen != 0 &&
           s->timeline_gen == s->cluster.gen && !s->timeline.overcommitted &&
           !timeline_is_outdated(&s->timeline, now_sec);
}

/* What a walk under way has planned is not to be torn down. */
static bool is_in_use(const struct sched *s, const struct jobrec *rec)
{
    return s->pass.running && rec->claim.on && !rec->job->plan.promised;
}

bool starts_run(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    size_t unpromised = 0;

    for (size_t i = 0; i < s->n_list; i++) {
        unpromised += !s->list[i]->job->plan.promised;
        if (unpromised > LISTED_MAX || is_in_use(s, s->list[i]))
            return true;
    }
    look_through_list(s, now_sec);
    return s->n_list > LISTED_MAX || search_all(s, now_sec, budget);
}
