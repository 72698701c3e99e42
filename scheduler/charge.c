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

struct usage_rules charge_rules(const struct sched *s, const struct qos *qos)
{
    return (struct usage_rules){
        .half_life_sec = charge_half_life(s, qos),
        .period_sec = MAX(s->config.calc_period_sec, 1),
        .reset = {stays(qos) ? USAGE_RESET_NONE : s->config.usage_reset,
                  s->config.usage_reset_sec},
    };
}

bool charge_is_on(const struct job *job)
{
    return job != NULL && job->start_sec != TIME_UNSET &&
           (job->phase == JOB_RUNNING || job->phase == JOB_COMPLETING);
}

bool charge_has_payers(const struct sched *s)
{
    return s->policy.n_accounts > 0 || s->policy.n_qos > 0;
}

bool charge_is_due(const struct usage_time *as_of, int64_t at_sec)
{
    return as_of->recent_sec != TIME_UNSET && as_of->recent_sec <= at_sec;
}

int64_t charge_next_period(const struct sched *s, int64_t now_sec)
{
    const struct usage_rules rules = charge_rules(s, NULL);

    if (now_sec == TIME_UNSET || now_sec >= INT64_MAX - rules.period_sec)
        return INT64_MAX;
    return usage_period_before(&rules, now_sec) + rules.period_sec;
}

/* At the end of a period; INT64_MAX: never, or there is nothing to forget. */
static int64_t next_reset(const struct sched *s, int64_t now_sec)
{
    const struct usage_rules rules = charge_rules(s, NULL);
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
    if (!charge_has_payers(s))
        return INT64_MAX;
    return any ? charge_next_period(s, now_sec) : next_reset(s, now_sec);
}

/* ---- when a job begins or ends ---- */

/* Not the run that was. */
static bool is_new(const struct job *was, const struct job *is)
{
    return !charge_is_on(was) || was->start_sec < is->start_sec;
}

/* Not up to when its pods are gone, but up to when it ended. */
static void keep_end(const struct sched *s, const struct job *was, struct job *is)
{
    if (was == NULL || is == NULL)
        return;
    if (charge_has_end(was) && !is_new(was, is))
        is->end_sec = was->end_sec;
    else if (is->phase == JOB_COMPLETING && is->end_sec == TIME_UNSET)
        is->end_sec = s->now_sec;
}

size_t charge_purses(struct sched *s, const struct job *job,
                     struct purse ret[PURSES_MAX])
{
    struct qos *qos[2];
    size_t n = policy_charged_qos(&s->policy, job, charge_part(s, job), qos);
    struct member *member;
    size_t account;

    for (size_t i = 0; i < n; i++)
        ret[i] = (struct purse){charge_rules(s, qos[i]), usage_book_of_qos(qos[i]),
                                &qos[i]->usage};
    if (policy_charged(&s->policy, job, &account, &member))
        ret[n++] = (struct purse){charge_rules(s, NULL),
                                  usage_book_of_account(s->policy.accounts[account]),
                                  &member->usage};
    return n;
}

/* One that has paid so far pays for the period that it ended in. */
static struct usage_charge last_charge(const struct sched *s, const struct job *job,
                                       int64_t end_sec)
{
    const struct usage_rules rules = charge_rules(s, NULL);
    struct usage_charge charge = charge_of(s, job, end_sec);

    if (job->paid_sec == PAID_SO_FAR)
        charge.from_sec = MAX(job->start_sec, usage_period_before(&rules, end_sec));
    return charge;
}

static void charge_component(struct sched *s, const struct job *job, int64_t end_sec)
{
    int64_t open_sec = charge_open_sec(s);
    struct purse purses[PURSES_MAX];
    struct usage_charge charge;
    size_t n;

    s->charge_again |= policy_settle(&s->policy);
    charge = last_charge(s, job, end_sec);
    n = charge_purses(s, job, purses);
    for (size_t i = 0; i < n; i++) {
        const struct purse *p = &purses[i];

        if (open_sec != TIME_UNSET)
            charge_move_due(p, open_sec);
        usage_end(&p->rules, p->book, p->usage, &charge);
        s->policy.recent_moved = true;
        s->charge_again |= charge_is_due(p->book.as_of, s->charged_sec);
    }
}

/* A job that has ended. */
static void charge_ended(struct sched *s, const struct job *job, int64_t end_sec)
{
    for (size_t i = 0; i <= job->n_others; i++) {
        struct job alone;

        charge_component(s, component_alone(job, i, &alone), end_sec);
    }
}

void charge_first_payers(struct sched *s)
{
    for (size_t i = 0; i < s->n_payers && !charge_has_payers(s); i++)
        s->payers[i]->job->paid_sec = PAID_SO_FAR;
}

static bool has_ended(const struct job *job)
{
    return job != NULL && job->phase == JOB_ENDED;
}

/* When the run is over that was; one that nobody knows the end of has ended now. */
static int64_t end_of_run(const struct sched *s, const struct job *was,
                          const struct job *is)
{
    int64_t end_sec = has_ended(is) ? is->end_sec : was->end_sec;

    if (end_sec != TIME_UNSET)
        return end_sec;
    return charge_is_on(is) ? is->start_sec : s->now_sec;
}

/* While others are being charged, a job pays before it changes. What it has paid is
 * noted in what it is then; NULL: this run is over. */
static void pay_first(struct sched *s, const struct job *job, int64_t to_sec,
                      struct job *is)
{
    int64_t open_sec = charge_open_sec(s), paid_sec = job->paid_sec;
    bool owes = !job->charged && open_sec != TIME_UNSET;

    if (owes)
        paid_sec = charge_pay(s, job, open_sec, MIN(to_sec, open_sec));
    if (is == NULL)
        return;
    is->charged = job->charged || owes;
    is->paid_sec = paid_sec;
}

/* It pays at the end of each period, or no longer. */
static void enlist(struct sched *s, struct jobrec *rec, bool pays)
{
    if (rec->pays == pays)
        return;
    rec->pays = pays;
    if (pays) {
        GROW(s->payers, s->n_payers, s->payers_cap);
        rec->pays_at = s->n_payers;
        s->payers[s->n_payers++] = rec;
        return;
    }
    s->charging.next = MIN(s->charging.next, rec->pays_at);
    s->payers[rec->pays_at] = s->payers[--s->n_payers];
    s->payers[rec->pays_at]->pays_at = rec->pays_at;
}

/* Has it begun before what all have been charged up to, when it was not there, or was
 * said to begin later? */
static bool is_passed_by(const struct sched *s, const struct job *was,
                         const struct job *is)
{
    return is->start_sec < s->charged_sec &&
           (is_new(was, is) || was->start_sec >= s->charged_sec);
}

static void begin_anew(struct job *job)
{
    job->charged = false;
    job->paid_sec = TIME_UNSET;
}

/* The run that was is over, or goes on otherwise. */
static void change_run(struct sched *s, const struct job *was, struct job *is)
{
    bool over = !charge_is_on(is) || is_new(was, is);
    int64_t end_sec = over ? end_of_run(s, was, is) : INT64_MAX;

    pay_first(s, was, end_sec, over ? NULL : is);
    if (!over)
        return;
    charge_ended(s, was, end_sec);
    if (is != NULL)
        begin_anew(is);
}

/* One that comes as ended, unless another core has charged it. */
static void end_new(struct sched *s, struct job *is)
{
    if (is->end_sec == TIME_UNSET || is->charged)
        return;
    pay_first(s, is, is->end_sec, NULL);
    charge_ended(s, is, is->end_sec);
}

void charge_change(struct sched *s, struct jobrec *rec, const struct job *was,
                   struct job *is)
{
    bool on = charge_is_on(is), ended = has_ended(is);

    keep_end(s, was, is);
    enlist(s, rec, on);
    if (charge_is_on(was))
        change_run(s, was, is);
    else if (was == NULL && ended)
        end_new(s, is);
    else if (is != NULL && (was != NULL || !on))
        begin_anew(is);
    if (on)
        s->charge_again |= is_passed_by(s, was, is);
    if (on && !is->charged)
        s->charging.next = MIN(s->charging.next, rec->pays_at);
    if (ended)
        is->charged = true;
}
