/* The walk through the queue: round by round, section by section, turn by turn. */
#include "scheduler/pass_private.h"

#include "base/util.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/tell.h"

/* So many entries get their turns between looks at the budget. */
#define TURNS_PUT 64

/* Its job has gone, or is another than it was: what it lends may be no more. */
static bool is_void(const struct entry *entry)
{
    return entry->rec->gone || entry->rec->version != entry->version;
}

/* Of the section, or, behind the last one, of all. */
static enum round round_after(const struct pass *pass)
{
    if (pass->round == ROUND_WHOLE || pass->round == ROUND_OFFER) {
        if (pass->last < pass->queue.n)
            return ROUND_HUNT;
        return pass->forecasts ? ROUND_FORECAST : ROUND_TELL;
    }
    return pass->round + 1;
}

static void next_section(struct sched *s)
{
    pass_section_begin(&s->pass, s->pass.last);
    s->pass.round =
        s->config.backfill_order == BACKFILL_QUEUE ? ROUND_WHOLE : ROUND_PROMISE;
}

/* False: that was the last one. */
static bool next_round(struct sched *s)
{
    struct pass *pass = &s->pass;

    if (pass->stopped || pass->cut_short || pass->round == ROUND_TELL ||
        (pass->round == ROUND_WHOLE && !pass->forecasts))
        return false;
    if (pass->round == ROUND_HUNT) {
        next_section(s);
        return true;
    }
    if (pass->round == ROUND_PROMISE)
        turns_clear(&pass->turns);
    pass->round = round_after(pass);
    pass->next = pass->round >= ROUND_FORECAST ? 0 : pass->first;
    return true;
}

/* Is the next one of the queue in its place? Else it has come nearer. */
static bool is_ready(struct pass *pass)
{
    return queue_ready(&pass->queue, pass->next, QUEUE_LOOKS);
}

static void make_turns(struct pass *pass)
{
    size_t last = MIN(pass->next + TURNS_PUT, pass->last);

    for (; pass->next < last && is_ready(pass); pass->next++)
        turns_put(&pass->turns, queue_at(&pass->queue, pass->next), pass->next);
}

#define AGAIN SIZE_MAX

static struct entry *next_entry(struct pass *pass, size_t *ret_at)
{
    *ret_at = AGAIN;
    if (pass->again != NULL)
        return TAKE(pass->again);
    *ret_at = pass->next++;
    return queue_at(&pass->queue,
                    pass->round == ROUND_OFFER ? turns_next(&pass->turns) : *ret_at);
}

/* False: the step is over. */
static bool take_turn(struct sched *s, struct entry *entry, int64_t now_sec,
                      struct sched_budget budget)
{
    struct pass *pass = &s->pass;

    if (!pass_has_leave(s, entry, now_sec, budget)) {
        pass->again = entry;
        return false;
    }
    pass_consider(s, entry, now_sec);
    if (!is_void(entry))
        pass_section_note(s, entry);
    return true;
}

/* That of a place in the queue, or in the order of gaps. What an entry of another
 * version names has been freed. False: the step is over. */
static bool take_next(struct sched *s, struct entry *entry, size_t at, int64_t now_sec,
                      struct sched_budget budget)
{
    bool goes = true;

    if (is_void(entry))
        return true;
    guise_wear(s, entry->rec, entry->qos_at);
    if (at == AGAIN || !pass_section_ends(s, entry, at))
        goes = take_turn(s, entry, now_sec, budget);
    guise_rest(s, entry->rec);
    return goes;
}

/* One entry, or some turns; false: the step is over. */
static bool go_on(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct pass *pass = &s->pass;
    struct entry *entry;
    size_t at;

    if (pass->round == ROUND_TURNS) {
        make_turns(pass);
        return true;
    }
    if (pass->again == NULL && pass->round != ROUND_OFFER && !is_ready(pass))
        return true;
    entry = next_entry(pass, &at);
    return take_next(s, entry, at, now_sec, budget);
}

static size_t end_of_round(const struct pass *pass)
{
    return pass->round >= ROUND_FORECAST ? pass->queue.n : pass->last;
}

static bool is_at_end(const struct pass *pass)
{
    return pass->again == NULL && pass->next >= end_of_round(pass);
}

/* Who has found nobody to end comes before whom it might. */
static void keep_hunters(struct sched *s)
{
    const struct hunters old = s->hunters;

    s->hunters = s->pass.all;
    s->hunters.gen = s->rules_gen;
    s->pass.all = old;
}

/* Places of arrays change hands where a task starts, and behind the walk: within, each
 * task keeps its own, as jobs of their own do. What has been told of the next one is to
 * be told anew where it has another. False: the budget is spent. */
static bool put_in_order(struct sched *s, struct sched_budget budget)
{
    struct pass *pass = &s->pass;

    while (pass->n_ordered < pass->n_arrays) {
        struct jobrec *array = pass->arrays[pass->n_ordered++];

        pass->moved |= !array->gone && follower_sort(s, array);
        tell_array(s, array);
        if (pass->n_ordered < pass->n_arrays && sched_is_spent(budget))
            return false;
    }
    return true;
}

/* What changes nodes, partitions or reservations ends the walk: the timeline is of
 * others. */
bool pass_run(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct pass *pass = &s->pass;
    bool whole = false;

    while (s->timeline_gen == s->cluster.gen && !whole) {
        if (!is_at_end(pass) && !go_on(s, now_sec, budget))
            return false;
        whole = is_at_end(pass) && !next_round(s);
        if (!whole && sched_is_spent(budget))
            return false;
    }
    if (!put_in_order(s, budget))
        return false;
    pass->running = false;
    if (whole && !pass->cut_short && !pass->stopped && s->rules_gen == pass->rules_gen)
        keep_hunters(s);
    s->dirty |= pass->moved || !whole || pass->cut_short;
    return true;
}
