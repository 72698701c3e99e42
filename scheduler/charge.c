#include "scheduler/charge.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/charge_private.h"
#include "scheduler/component.h"

static bool stays(const struct qos *qos)
{
    return qos != NULL && (qos->flags & QOS_NO_DECAY) != 0;
}

int64_t charge_half_life(const struct sched *s, const struct qos *qos)
{
    return stays(qos) ? 0 : s->config.decay_half_life_sec;
}

/* Of a QOS, or of accounts. */
static struct usage_rules rules_of(const struct sched *s, const struct qos *qos)
{
    return (struct usage_rules){
        .half_life_sec = charge_half_life(s, qos),
        .period_sec = MAX(s->config.calc_period_sec, 1),
        .reset = {stays(qos) ? USAGE_RESET_NONE : s->config.usage_reset,
                  s->config.usage_reset_sec},
    };
}

static bool is_charged(const struct job *job)
{
    return job != NULL && job->start_sec != TIME_UNSET &&
           (job->phase == JOB_RUNNING || job->phase == JOB_COMPLETING);
}

/* ---- at the end of a period ---- */

/* Of an account or a QOS. */
struct moved {
    bool done;
    int64_t since;
};

struct charging {
    int64_t at_sec;
    struct moved *accounts, *qos; /* one for each */
    bool grown; /* accounts have former members more: all is to be settled anew */
};

static int64_t move_on(const struct charging *c, const struct usage_rules *rules,
                       struct moved *moved, struct usage_book book)
{
    if (!moved->done)
        moved->since = usage_advance(rules, book, c->at_sec);
    moved->done = true;
    return moved->since;
}

static int64_t move_account(struct sched *s, const struct charging *c, size_t account)
{
    const struct usage_rules rules = rules_of(s, NULL);

    s->policy.unranked = true;
    return move_on(c, &rules, &c->accounts[account],
                   usage_book_of_account(s->policy.accounts[account]));
}

static void charge_account(struct sched *s, const struct charging *c,
                           const struct job *job, const struct usage_charge *charge)
{
    const struct usage_rules rules = rules_of(s, NULL);
    struct member *member;
    size_t account;
    int64_t since;

    if (!policy_charged(&s->policy, job, &account, &member))
        return;
    since = move_account(s, c, account);
    usage_add(&rules, usage_book_of_account(s->policy.accounts[account]),
              &member->usage, charge, since);
}

static void charge_qos(struct sched *s, const struct charging *c, const struct job *job,
                       const struct usage_charge *charge)
{
    struct qos *qos[2];
    size_t n = policy_charged_qos(&s->policy, job, charge_part(s, job), qos);

    for (size_t i = 0; i < n; i++) {
        const struct usage_rules rules = rules_of(s, qos[i]);
        struct usage_book book = usage_book_of_qos(qos[i]);
        size_t at =
            named_place((void *const *)s->policy.qos, s->policy.n_qos, qos[i]->name);
        int64_t since = move_on(c, &rules, &c->qos[at], book);

        usage_add(&rules, book, &qos[i]->usage, charge, since);
    }
}

static void charge_job(struct sched *s, struct charging *c, const struct job *job)
{
    if (job->start_sec >= c->at_sec)
        return;
    for (size_t i = 0; i <= job->n_others; i++) {
        struct job alone;
        const struct job *component = component_alone(job, i, &alone);
        struct usage_charge charge;

        c->grown |= policy_settle(&s->policy);
        charge = charge_of(s, component, c->at_sec);
        charge_qos(s, c, component, &charge);
        charge_account(s, c, component, &charge);
    }
}

static bool is_due(const struct usage_time *as_of, int64_t at_sec)
{
    return as_of->recent_sec != TIME_UNSET && as_of->recent_sec <= at_sec;
}

/* Though nobody in it is charged now. */
static bool is_to_move(const struct usage_rules *rules, struct usage_book book,
                       int64_t at_sec)
{
    return is_due(book.as_of, at_sec) || usage_is_reset(rules, book, at_sec);
}

static void count_recent(struct sched *s, const struct charging *c)
{
    const struct usage_rules rules = rules_of(s, NULL);

    for (size_t i = 0; i < s->policy.n_accounts; i++) {
        if (is_to_move(&rules, usage_book_of_account(s->policy.accounts[i]), c->at_sec))
            move_account(s, c, i);
    }
    for (size_t i = 0; i < s->policy.n_qos; i++) {
        const struct usage_rules own = rules_of(s, s->policy.qos[i]);

        if (is_to_move(&own, usage_book_of_qos(s->policy.qos[i]), c->at_sec))
            move_on(c, &own, &c->qos[i], usage_book_of_qos(s->policy.qos[i]));
    }
}

/* True: somebody was charged who is no member any more. */
static bool charge_all(struct sched *s, int64_t at_sec)
{
    struct charging c = {.at_sec = at_sec};
    struct jobrec *rec, *next;

    c.accounts = xcalloc(s->policy.n_accounts + 1, sizeof(*c.accounts));
    c.qos = xcalloc(s->policy.n_qos + 1, sizeof(*c.qos));
    count_recent(s, &c);
    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && is_charged(rec->job))
            charge_job(s, &c, rec->job);
    }
    free(c.accounts);
    free(c.qos);
    s->charged_sec = at_sec;
    s->charge_again = false;
    s->policy.unsummed = true;
    s->usage_moved = true;
    return policy_settle(&s->policy) || c.grown;
}

static bool has_payers(const struct sched *s)
{
    return s->policy.n_accounts > 0 || s->policy.n_qos > 0;
}

bool charge_settle(struct sched *s, int64_t now_sec)
{
    const struct usage_rules rules = rules_of(s, NULL);
    const struct fair_rules fair = priority_fair_rules(&s->config);
    int64_t at = usage_period_before(&rules, now_sec);
    bool changed = policy_settle(&s->policy);

    if (!has_payers(s))
        return changed;
    if (changed || s->charge_again || s->charged_sec != at)
        changed |= charge_all(s, at) || s->held.of_usage;
    policy_sum(&s->policy, rules.half_life_sec, at);
    return policy_rank(&s->policy, &fair, at) || changed;
}

int64_t charge_next_period(const struct sched *s, int64_t now_sec)
{
    const struct usage_rules rules = rules_of(s, NULL);

    if (now_sec >= INT64_MAX - rules.period_sec)
        return INT64_MAX;
    return usage_period_before(&rules, now_sec) + rules.period_sec;
}

/* At the end of a period; INT64_MAX: never, or there is nothing to forget. */
static int64_t next_reset(const struct sched *s, int64_t now_sec)
{
    const struct usage_rules rules = rules_of(s, NULL);
    int64_t reset =
        usage_reset_after(&rules.reset, usage_period_before(&rules, now_sec));
    bool any = false;

    for (size_t i = 0; i < s->policy.n_accounts; i++)
        any |= s->policy.accounts[i]->as_of.usage_sec != TIME_UNSET;
    for (size_t i = 0; i < s->policy.n_qos; i++)
        any |= s->policy.qos[i]->as_of.usage_sec != TIME_UNSET;
    return any && reset != TIME_UNSET ? usage_period_after(&rules, reset) : INT64_MAX;
}

int64_t charge_next(const struct sched *s, int64_t now_sec)
{
    bool any = s->n_phase[JOB_RUNNING] + s->n_phase[JOB_COMPLETING] > 0;

    for (size_t i = 0; i < s->policy.n_accounts; i++)
        any |= s->policy.accounts[i]->as_of.recent_sec != TIME_UNSET;
    for (size_t i = 0; i < s->policy.n_qos; i++)
        any |= s->policy.qos[i]->as_of.recent_sec != TIME_UNSET;
    if (!has_payers(s))
        return INT64_MAX;
    return any ? charge_next_period(s, now_sec) : next_reset(s, now_sec);
}

/* ---- when a job begins or ends ---- */

/* Not up to when its pods are gone, but up to when it ended. */
static void keep_end(const struct sched *s, const struct job *was, struct job *is)
{
    if (was == NULL || is == NULL)
        return;
    if (charge_has_end(was))
        is->end_sec = was->end_sec;
    else if (is->phase == JOB_COMPLETING && is->end_sec == TIME_UNSET)
        is->end_sec = s->now_sec;
}

static void end_in(struct sched *s, const struct usage_rules *rules,
                   struct usage_book book, struct usage *usage,
                   const struct usage_charge *charge)
{
    usage_end(rules, book, usage, charge);
    s->policy.recent_moved = true;
    s->charge_again |= is_due(book.as_of, s->charged_sec);
}

static void charge_component(struct sched *s, const struct job *job, int64_t end_sec)
{
    struct usage_rules rules = rules_of(s, NULL);
    struct usage_charge charge;
    struct member *member;
    struct qos *qos[2];
    size_t account, n;

    s->charge_again |= policy_settle(&s->policy);
    charge = charge_of(s, job, end_sec != TIME_UNSET ? end_sec : s->now_sec);
    n = policy_charged_qos(&s->policy, job, charge_part(s, job), qos);
    if (policy_charged(&s->policy, job, &account, &member))
        end_in(s, &rules, usage_book_of_account(s->policy.accounts[account]),
               &member->usage, &charge);
    for (size_t i = 0; i < n; i++) {
        rules = rules_of(s, qos[i]);
        end_in(s, &rules, usage_book_of_qos(qos[i]), &qos[i]->usage, &charge);
    }
}

/* A job that has ended; one that nobody knows the end of has ended now. */
static void charge_ended(struct sched *s, const struct job *job, int64_t end_sec)
{
    for (size_t i = 0; i <= job->n_others; i++) {
        struct job alone;

        charge_component(s, component_alone(job, i, &alone), end_sec);
    }
}

void charge_change(struct sched *s, const struct job *was, struct job *is)
{
    keep_end(s, was, is);
    if (is_charged(is)) {
        bool new = !is_charged(was) || was->start_sec != is->start_sec;

        s->charge_again |= new && is->start_sec < s->charged_sec;
    } else if (is_charged(was)) {
        charge_ended(s, was,
                     is != NULL && is->phase == JOB_ENDED ? is->end_sec : was->end_sec);
    } else if (was == NULL && is != NULL && is->phase == JOB_ENDED &&
               is->end_sec != TIME_UNSET) {
        charge_ended(s, is, is->end_sec);
    }
}
