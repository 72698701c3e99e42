/*
 * At the end of a period all that run are charged up to then, one after the other.
 *
 *     a book (usage.h): as of T0 --> open: as of T, and who has not paid owes since T0
 *                       --> settled: all have paid
 *
 * It is opened by the first who pays into it; all are settled together. A step that has
 * no time left stops between two jobs, and until all have paid nothing is decided and
 * nobody is ranked: no priority is of half a charge, wherever slices end.
 *
 * What the core knows meanwhile is true, and is in its snapshot: each book says if, and
 * since when, others owe it, and each job whether it has paid. A job that changes or
 * ends before its turn pays first: it is as if all had paid when the first one did.
 */
#include "base/util.h"
#include "scheduler/charge_private.h"
#include "scheduler/component.h"

/* Though nobody in it is charged. */
static bool is_to_move(const struct usage_rules *rules, struct usage_book book,
                       int64_t at_sec)
{
    return charge_is_due(book.as_of, at_sec) || usage_is_reset(rules, book, at_sec);
}

static void move(const struct purse *p, int64_t at_sec)
{
    struct usage_time *as_of = p->book.as_of;

    if (as_of->usage_sec < at_sec)
        as_of->owed_sec = usage_advance(&p->rules, p->book, at_sec);
}

void charge_move_due(const struct purse *p, int64_t at_sec)
{
    if (is_to_move(&p->rules, p->book, at_sec))
        move(p, at_sec);
}

/* Moves them on, and leaves those that are open. */
static size_t open_purses(struct sched *s, const struct job *job, int64_t at_sec,
                          struct purse ret[PURSES_MAX])
{
    size_t n = charge_purses(s, job, ret), kept = 0;

    for (size_t i = 0; i < n; i++) {
        move(&ret[i], at_sec);
        if (ret[i].book.as_of->owed_sec != USAGE_SETTLED)
            ret[kept++] = ret[i];
    }
    return kept;
}

/* True: into some book. */
static bool pay_component(struct sched *s, const struct job *job, int64_t at_sec,
                          int64_t to_sec)
{
    struct purse purses[PURSES_MAX];
    struct usage_charge charge;
    size_t n;

    s->charging.grown |= policy_settle(&s->policy);
    n = open_purses(s, job, at_sec, purses);
    if (n == 0)
        return false;
    charge = charge_of(s, job, to_sec);
    for (size_t i = 0; i < n; i++)
        usage_add(&purses[i].rules, purses[i].book, purses[i].usage, &charge,
                  purses[i].book.as_of->owed_sec);
    return true;
}

int64_t charge_pay(struct sched *s, const struct job *job, int64_t at_sec,
                   int64_t to_sec)
{
    if (job->start_sec >= at_sec)
        return TIME_UNSET;
    for (size_t i = 0; i <= job->n_others; i++) {
        struct job alone;

        s->policy.open |=
            pay_component(s, component_alone(job, i, &alone), at_sec, to_sec);
    }
    return at_sec;
}

/* False: the budget is spent. That is not asked before it stands up to when: another
 * core, that is told what this one knows, is to go on up to then as well. */
static bool pay_all(struct sched *s, struct sched_budget budget)
{
    struct charging *c = &s->charging;

    while (c->next < s->n_payers) {
        struct job *job = s->payers[c->next++]->job;

        if (job->charged)
            continue;
        job->paid_sec = charge_pay(s, job, c->at_sec, c->at_sec);
        job->charged = true;
        if (c->next < s->n_payers && s->policy.open && sched_is_spent(budget))
            return false;
    }
    return true;
}

/* ---- from the first to the last ---- */

/* The time of the books that are open; TIME_UNSET: there are none. */
static int64_t open_sec(const struct sched *s)
{
    const struct policy *p = &s->policy;

    for (size_t i = 0; i < p->n_accounts && p->open; i++) {
        if (p->accounts[i]->as_of.owed_sec != USAGE_SETTLED)
            return p->accounts[i]->as_of.usage_sec;
    }
    for (size_t i = 0; i < p->n_qos && p->open; i++) {
        if (p->qos[i]->as_of.owed_sec != USAGE_SETTLED)
            return p->qos[i]->as_of.usage_sec;
    }
    return TIME_UNSET;
}

int64_t charge_open_sec(const struct sched *s)
{
    if (s->charging.running && s->policy.open)
        return s->charging.at_sec;
    return open_sec(s);
}

static void forget_paid(struct sched *s)
{
    for (size_t i = 0; i < s->n_payers; i++)
        s->payers[i]->job->charged = false;
}

static bool open_book(struct usage_time *as_of, int64_t at_sec)
{
    if (as_of->usage_sec != at_sec)
        return false;
    as_of->owed_sec = at_sec;
    return true;
}

/* All have paid up to then, as far as was known: from here on it stands that it is
 * looked at again, whatever the next step has time for, and whenever it is. */
static void open_again(struct sched *s, int64_t at_sec)
{
    struct policy *p = &s->policy;

    for (size_t i = 0; i < p->n_accounts; i++)
        p->open |= open_book(&p->accounts[i]->as_of, at_sec);
    for (size_t i = 0; i < p->n_qos; i++)
        p->open |= open_book(&p->qos[i]->as_of, at_sec);
}

/* Goes on with what another core has begun; then all is looked at again. */
static void begin(struct sched *s, int64_t at_sec)
{
    struct charging *c = &s->charging;
    int64_t opened_sec = open_sec(s);

    s->policy.open = opened_sec != TIME_UNSET;
    s->charge_again = s->policy.open;
    c->at_sec = s->policy.open ? opened_sec : at_sec;
    c->running = true;
    c->next = 0;
    if (s->policy.open)
        return;
    forget_paid(s);
    if (at_sec == s->charged_sec)
        open_again(s, at_sec);
}

static void settle_book(const struct usage_rules *rules, struct usage_book book,
                        int64_t at_sec)
{
    if (is_to_move(rules, book, at_sec))
        usage_advance(rules, book, at_sec);
    book.as_of->owed_sec = USAGE_SETTLED;
}

static void settle_books(struct sched *s)
{
    const struct usage_rules rules = charge_rules(s, NULL);
    int64_t at = s->charging.at_sec;
    struct policy *p = &s->policy;

    for (size_t i = 0; i < p->n_accounts; i++)
        settle_book(&rules, usage_book_of_account(p->accounts[i]), at);
    for (size_t i = 0; i < p->n_qos; i++) {
        const struct usage_rules own = charge_rules(s, p->qos[i]);

        settle_book(&own, usage_book_of_qos(p->qos[i]), at);
    }
    p->open = false;
}

static void finish(struct sched *s)
{
    struct charging *c = &s->charging;

    settle_books(s);
    forget_paid(s);
    s->charged_sec = c->at_sec;
    s->policy.unsummed = true;
    s->policy.unranked = true;
    s->usage_moved = true;
    c->grown |= policy_settle(&s->policy);
    s->dirty |= c->grown || s->held.of_usage;
    *c = (struct charging){0};
}

/* Is it to begin, or to begin anew? Not while it stands up to when. */
static bool is_to_begin(const struct sched *s, int64_t at_sec)
{
    const struct charging *c = &s->charging;

    return !c->running ||
           (open_sec(s) == TIME_UNSET && (s->charge_again || c->at_sec != at_sec));
}

/* What has changed while all paid up to a time, or before another core was told of
 * that, is looked at up to then as well, though a new period has ended since. False:
 * the budget is spent. */
static bool charge_all(struct sched *s, int64_t at_sec, struct sched_budget budget)
{
    if (is_to_begin(s, at_sec))
        begin(s, at_sec);
    for (;;) {
        if (!pay_all(s, budget))
            return false;
        finish(s);
        if (s->charge_again)
            begin(s, s->charged_sec);
        else if (s->charged_sec != at_sec)
            begin(s, at_sec);
        else
            return true;
    }
}

static bool is_all_charged(const struct sched *s, int64_t at_sec)
{
    return !s->charging.running && !s->charge_again && s->charged_sec == at_sec;
}

bool charge_settle(struct sched *s, int64_t now_sec, struct sched_budget budget)
{
    const struct usage_rules rules = charge_rules(s, NULL);
    const struct fair_rules fair = priority_fair_rules(&s->config);
    int64_t at = usage_period_before(&rules, now_sec);

    if (policy_settle(&s->policy))
        s->dirty = s->charge_again = true;
    if (!charge_has_payers(s)) {
        s->charging = (struct charging){0};
        s->charged_sec = TIME_UNSET;
        return true;
    }
    if (!is_all_charged(s, at) && !charge_all(s, at, budget))
        return false;
    policy_sum(&s->policy, rules.half_life_sec, at);
    s->dirty |= policy_rank(&s->policy, &fair, at);
    return true;
}
