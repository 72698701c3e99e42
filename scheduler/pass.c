/* The walk through the queue: for each job, may it start, does it fit, else why not. */
#include "scheduler/pass_private.h"

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/follower.h"
#include "scheduler/guise.h"
#include "scheduler/preempt.h"
#include "scheduler/tell.h"
#include "scheduler/trial.h"
#include "scheduler/yield.h"

/* So many walks in a row nobody is preempted for a job. */
#define PUT_OFF_MAX 2
/* So many entries get their turns between looks at the budget. */
#define TURNS_PUT 64
/* So long it takes to look for victims, rarely longer (make bench-plan). */
#define HUNT_US 6000

/* Whoever comes before it would have had the place first. */
void pass_lose_place(struct sched *s, const struct jobrec *rec)
{
    const bool promised = rec->job->plan.promised;

    s->pass.moved |= promised;
    s->pass.stopped |= promised && s->pass.n_waiting > 0;
}

/* In another partition, where nothing keeps it from starting? */
static bool moves_over(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    size_t n = rec->job->n_partitions > 1 ? pass_choices(rec->job) : 0;

    for (size_t i = 0; i < n; i++) {
        struct partrec *part = pass_partition(s, rec->job, i);
        struct entry other;

        if (part == NULL || part == entry->part)
            continue;
        other = pass_entry(s, rec, part, i, s->pass.now_sec);
        if (!str_eq(other.resv, entry->resv) || other.qos_at != entry->qos_at ||
            !str_eq(other.license, entry->license))
            continue;
        str_reset(&s->message);
        if (trial_ruled_out(s, &other) == REASON_NONE && book_move_over(s, rec, part))
            return true;
    }
    return false;
}

/* Its promise is kept all the same, if it can be in another partition. */
static bool keeps_promise(struct sched *s, const struct entry *entry)
{
    AUTO_FREE char *said = xstrdup(s->message.s);
    bool keeps = entry->rec->job->plan.promised && moves_over(s, entry);

    str_reset(&s->message);
    str_add(&s->message, said);
    return keeps;
}

/* Where it is planned in this one of its choices. */
static void give_up_there(struct sched *s, const struct entry *entry,
                          struct jobrec *rec, enum reason reason)
{
    struct entry own = *entry;

    own.rec = rec;
    if (!trial_is_planned_there(&own) || keeps_promise(s, &own))
        return;
    pass_lose_place(s, rec);
    book_cancel_plan(s, rec, broken_of_reason(reason));
}

/* It can never start here, whatever is free: it is told so. What takes its promise
 * from the next task of an array takes it from those behind it; else they may keep
 * theirs: what others hold now does not count for who is promised a start. */
static bool rule_out(struct sched *s, const struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    const bool promised = rec->job->plan.promised && trial_is_planned_there(entry);
    enum reason reason;

    str_reset(&s->message);
    reason = trial_ruled_out(s, entry);
    if (reason == REASON_NONE)
        return false;
    s->pass.refused |= s->held.any;
    give_up_there(s, entry, rec, reason);
    for (size_t i = 0; i < rec->n_followers && promised; i++)
        give_up_there(s, entry, rec->followers[i], reason);
    tell_found(s, rec, reason, false, &entry->priority);
    return true;
}

static void count_waiting(struct sched *s, struct entry *entry)
{
    s->pass.n_waiting += !entry->waits;
    entry->waits = true;
}

/* Of the jobs whose turn has come, not of their choices. */
static size_t promised_to_others(const struct sched *s, const struct jobrec *rec)
{
    return s->pass.n_promised - (rec->walk_promised == s->pass.number);
}

static void count_promise(struct sched *s, struct jobrec *rec)
{
    s->pass.n_promised += rec->walk_promised != s->pass.number;
    rec->walk_promised = s->pass.number;
}

/* It may have been promised a start with another one of its choices. */
static void uncount_promise(struct sched *s, struct jobrec *rec)
{
    s->pass.n_promised = promised_to_others(s, rec);
    rec->walk_promised = 0;
}

/* An array with tasks left has its turn again at once. */
static void note_started(struct sched *s, struct entry *entry)
{
    uncount_promise(s, entry->rec);
    s->pass.n_waiting -= entry->waits;
    entry->waits = false;
    if (entry->rec->version != entry->version)
        return;
    entry->done = false;
    s->pass.again = entry;
}

/* What was tried before a slot and found no place: is there none in the window? */
static void note_nowhere(const struct sched *s, struct jobrec *rec, size_t before)
{
    bool whole = before >= s->timeline.n_slots && !rec->refused;

    if (rec->job->plan.start_sec != TIME_UNSET)
        return;
    rec->nowhere |= whole;
    rec->unsure |= !whole;
}

/* How many wait before the entry. */
static size_t waiting_before(const struct pass *pass)
{
    return pass->round == ROUND_FORECAST ? pass->n_looked : pass->n_waiting;
}

/* Where limits say who gains age, it is the task's that starts first: the next ones
 * have their turn behind it without (accrue.h). */
static void age_anew(struct sched *s, struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    struct entry now;

    if (!s->held.of_accrual || follower_array(rec)->job->array == NULL)
        return;
    now = pass_entry(s, rec, entry->part, entry->listed, s->pass.now_sec);
    entry->priority = now.priority;
}

/* It starts (true), or is planned where it may be. */
static bool try_(struct sched *s, struct entry *entry)
{
    struct jobrec *rec = entry->rec;
    struct seeker by = trial_seeker(s, entry);
    size_t before = trial_before(s, entry, waiting_before(&s->pass));

    age_anew(s, entry);
    entry->done = true;
    if (rec->walk != s->pass.number)
        rec->walk_before = rec->walk;
    if (trial_run(s, entry, &by, before)) {
        note_started(s, entry);
        return true;
    }
    note_nowhere(s, rec, before);
    count_waiting(s, entry);
    /* What a limit refuses may be allowed in the next walk, whatever has grown. */
    rec->walk = rec->refused ? 0 : s->pass.number;
    return false;
}

static void give_hints(struct sched *s, const struct entry *entry,
                       const struct seeker *by)
{
    struct jobrec *rec = entry->rec;

    if (s->pass.n_hinted >= SOONER_MAX)
        return;
    s->pass.n_hinted++;
    rec->sooner = sooner_best(rec->sooner, sooner_find(s, entry, by));
}

/* It waits for other tasks of its array, not for nodes. */
static bool is_at_task_limit(const struct sched *s, const struct jobrec *rec)
{
    return rec->job->tasks_limit > 0 &&
           crews_active(&s->crews, rec->job) >= rec->job->tasks_limit;
}

static void tell_why(struct sched *s, const struct entry *entry,
                     const struct seeker *by)
{
    enum reason reason;

    if (trial_limited(entry, NULL) == REASON_NONE && !is_at_task_limit(s, entry->rec)) {
        pass_join_crowd(s, entry);
        give_hints(s, entry, by);
    }
    str_reset(&s->message);
    reason = trial_why_not_now(s, entry, by);
    yield_say(s, entry->rec);
    preempt_say(s, entry->rec);
    tell_found(s, entry->rec, reason, trial_is_planned_there(entry), &entry->priority);
}

/* A limit is not a lack of room. */
static bool is_limited(const struct sched *s, const struct entry *entry)
{
    return trial_limited(entry, NULL) != REASON_NONE || is_at_task_limit(s, entry->rec);
}

/* Where promises have moved, the walk to come may find room that nobody has to make;
 * but it is not waited for over and over. */
static bool is_put_off(const struct sched *s, const struct entry *entry)
{
    return s->pass.moved && entry->rec->put_off < PUT_OFF_MAX;
}

static void count_put_off(const struct sched *s, struct jobrec *rec)
{
    rec->put_off = s->pass.moved && rec->put_off < PUT_OFF_MAX ? rec->put_off + 1 : 0;
}

/* Once in a walk. True: it has started. */
static bool hunt(struct sched *s, struct entry *entry, int64_t now_sec)
{
    bool off = is_put_off(s, entry);
    struct seeker by;

    entry->hunted = true;
    count_put_off(s, entry->rec);
    if (!preempt_may_hunt(s, entry) || is_limited(s, entry))
        return false;
    by = trial_seeker(s, entry);
    if (!off && preempt_run(s, entry, &by, now_sec)) {
        note_started(s, entry);
        return true;
    }
    hunters_add(s, &s->pass.all, entry);
    if (off)
        hunters_add(s, &s->pass.late, entry);
    return false;
}

/* Those who wait are told why, once nobody can make room for them. */
static void tell_or_preempt(struct sched *s, struct entry *entry, int64_t now_sec)
{
    struct seeker by;

    if (entry->rec->array != NULL || /* a follower */
        (!entry->hunted && hunt(s, entry, now_sec)))
        return;
    by = trial_seeker(s, entry);
    tell_why(s, entry, &by);
}

static void promise(struct sched *s, const struct entry *entry)
{
    if (trial_promise(s, entry, promised_to_others(s, entry->rec)))
        count_promise(s, entry->rec);
}

/* Who is promised nothing: with a forecast it would be in the way of others. */
static bool is_forecast_later(const struct sched *s, const struct entry *entry)
{
    return !entry->rec->job->plan.promised &&
           !trial_may_promise(s, entry, promised_to_others(s, entry->rec));
}

/* Does it start? Else it is planned in the round of forecasts. */
static void try_now(struct sched *s, struct entry *entry)
{
    const struct seeker by = trial_seeker(s, entry);

    if (trial_run(s, entry, &by, 1))
        note_started(s, entry);
    else
        count_waiting(s, entry);
}

static void go_whole(struct sched *s, struct entry *entry, int64_t now_sec)
{
    if (rule_out(s, entry)) {
        entry->done = true;
    } else if (is_forecast_later(s, entry)) {
        try_now(s, entry);
    } else if (!try_(s, entry)) {
        promise(s, entry);
        if (!s->pass.forecasts)
            tell_or_preempt(s, entry, now_sec);
    }
}

/* Where others wait without a promise, the first is tried before them all: they would
 * have what is free before its start for ever. */
static bool comes_first(const struct pass *pass)
{
    return pass->n_waiting == 0 && pass->forecasts;
}

/* The promises of before stay where they are, until their turn. */
static void go_promise(struct sched *s, struct entry *entry)
{
    struct pass *pass = &s->pass;
    struct jobrec *rec = entry->rec;

    if (rule_out(s, entry)) {
        entry->done = true;
    } else if (!trial_may_promise(s, entry, promised_to_others(s, rec))) {
        return;
    } else if (rec->job->plan.promised && rec->walk != pass->number &&
               !comes_first(pass)) {
        count_promise(s, rec);
        count_waiting(s, entry);
    } else if (!try_(s, entry)) {
        promise(s, entry);
    }
}

/* Starts before it may have reached limits of its as well: then it is told so. */
static bool meets_limit(struct sched *s, struct entry *entry)
{
    if (!s->held.any || !rule_out(s, entry))
        return false;
    s->pass.n_waiting -= entry->waits;
    entry->waits = false;
    entry->done = true;
    return true;
}

static void go_offer(struct sched *s, struct entry *entry)
{
    if (meets_limit(s, entry))
        return;
    if (s->pass.forecasts && !entry->rec->job->plan.promised)
        try_now(s, entry);
    else
        try_(s, entry);
}

/* All starts and promises are in their places. Whoever may have no plan has been tried
 * before. */
static void go_forecast(struct sched *s, struct entry *entry)
{
    if (entry->done || meets_limit(s, entry))
        entry->done = true;
    else if (!entry->waits || trial_before(s, entry, s->pass.n_looked) > 1)
        try_(s, entry);
    else
        entry->rec->unsure = true;
    s->pass.n_looked += entry->waits;
}

/* As there are others behind the section. */
static void go_hunt(struct sched *s, struct entry *entry, int64_t now_sec)
{
    bool array = entry->rec->job->array != NULL;

    if (entry->rec->array != NULL || (array && meets_limit(s, entry)) ||
        hunt(s, entry, now_sec))
        return;
    if (entry->rec->job->plan.promised)
        count_promise(s, entry->rec);
}

/* Tasks of an array may have started since its turn. */
static void go_tell(struct sched *s, struct entry *entry, int64_t now_sec)
{
    if (entry->rec->job->array == NULL || !meets_limit(s, entry))
        tell_or_preempt(s, entry, now_sec);
}

/* What has been told of the array is to be told anew where its next task has another
 * place now. */
static void put_in_order(struct sched *s, struct jobrec *rec)
{
    struct jobrec *array = follower_array(rec);

    if (array->n_followers > 0)
        s->pass.moved |= follower_sort(s, array);
}

/* Its job has gone, or is another than it was: what it lends may be no more. */
static bool is_void(const struct entry *entry)
{
    return entry->rec->gone || entry->rec->version != entry->version;
}

static void consider(struct sched *s, struct entry *entry, int64_t now_sec)
{
    struct jobrec *rec = entry->rec;

    if (s->pass.stopped) {
        entry->done = entry->done || rule_out(s, entry);
        return;
    }
    switch (s->pass.round) {
    case ROUND_WHOLE:
        go_whole(s, entry, now_sec);
        break;
    case ROUND_PROMISE:
        go_promise(s, entry);
        break;
    case ROUND_TURNS:
        break;
    case ROUND_OFFER:
        if (!entry->done)
            go_offer(s, entry);
        break;
    case ROUND_HUNT:
        if (entry->waits)
            go_hunt(s, entry, now_sec);
        break;
    case ROUND_FORECAST:
        go_forecast(s, entry);
        break;
    case ROUND_TELL:
        if (entry->waits)
            go_tell(s, entry, now_sec);
        break;
    }
    put_in_order(s, rec);
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

static void make_turns(struct pass *pass)
{
    size_t last = MIN(pass->next + TURNS_PUT, pass->last);

    for (; pass->next < last; pass->next++)
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

/* Are victims to be looked for? Where that is its turn's end, perhaps. */
static bool may_hunt(const struct sched *s, const struct entry *entry)
{
    if (s->pass.stopped || entry->rec->array != NULL || entry->hunted ||
        !preempt_may_hunt(s, entry))
        return false;
    if (s->pass.round == ROUND_WHOLE)
        return !s->pass.forecasts;
    return s->pass.round >= ROUND_HUNT && s->pass.round != ROUND_FORECAST &&
           entry->waits && !is_put_off(s, entry) && !is_limited(s, entry);
}

enum leave {
    LEAVE_GO,
    LEAVE_AGAIN, /* something has been done for it, which took a while */
    LEAVE_WAIT,  /* there is no time for it in this step */
};

/* A search for victims is not cut in slices, but that its herd is found before. */
static enum leave ask_leave(struct sched *s, const struct entry *entry, int64_t now_sec,
                            struct sched_budget budget)
{
    struct pass *pass = &s->pass;

    if (!may_hunt(s, entry))
        return LEAVE_GO;
    if (!pass->fresh && !sched_has_room(budget, HUNT_US))
        return LEAVE_WAIT;
    if (pass->round == ROUND_WHOLE || pass->mustered ||
        preempt_muster(s, entry, now_sec))
        return LEAVE_GO;
    pass->mustered = true;
    return LEAVE_AGAIN;
}

/* False: the step is over. */
static bool take_turn(struct sched *s, struct entry *entry, int64_t now_sec,
                      struct sched_budget budget)
{
    struct pass *pass = &s->pass;
    enum leave leave = ask_leave(s, entry, now_sec, budget);

    if (leave != LEAVE_GO) {
        pass->again = entry;
        return leave == LEAVE_AGAIN;
    }
    pass->mustered = false;
    consider(s, entry, now_sec);
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

/* What changes nodes or partitions ends the walk: the timeline is of others. */
bool pass_run(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    struct pass *pass = &s->pass;
    bool whole = false;

    while (s->timeline_gen == s->cluster.gen && !whole) {
        if (!is_at_end(pass) && !go_on(s, now_sec, budget))
            return false;
        pass->fresh = false;
        whole = is_at_end(pass) && !next_round(s);
        if (!whole && sched_is_spent(budget))
            return false;
    }
    pass->running = false;
    if (whole && !pass->cut_short && !pass->stopped && s->rules_gen == pass->rules_gen)
        keep_hunters(s);
    tell_arrays(s);
    s->dirty |= pass->moved || !whole || pass->cut_short;
    return true;
}
