#include "scheduler/charge.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/billing.h"
#include "scheduler/usage.h"

static struct usage_rules rules_of(const struct sched *s)
{
    return (struct usage_rules){
        .half_life_sec = s->config.decay_half_life_sec,
        .period_sec = MAX(s->config.calc_period_sec, 1),
    };
}

static bool is_charged(const struct job *job)
{
    return job != NULL && job->start_sec != TIME_UNSET &&
           (job->phase == JOB_RUNNING || job->phase == JOB_COMPLETING);
}

static bool has_end(const struct job *job)
{
    return job->phase == JOB_COMPLETING && job->end_sec != TIME_UNSET;
}

/* Up to `to_sec`, or to its end. */
static struct usage_charge charge_of(const struct sched *s, const struct job *job,
                                     int64_t to_sec)
{
    const struct partrec *part =
        job->partition != NULL ? cluster_partition(&s->cluster, job->partition) : NULL;
    const struct qos *qos = policy_qos(&s->policy, job);
    __int128 rate = billing_of(&s->cluster, part != NULL ? part->part : NULL, job,
                               s->config.priority_flags);

    rate *= qos != NULL ? qos->usage_factor : 1000;
    return (struct usage_charge){
        .rate = (int64_t)MIN(rate, (__int128)INT64_MAX),
        .from_sec = job->start_sec,
        .to_sec = has_end(job) ? MIN(job->end_sec, to_sec) : to_sec,
    };
}

/* ---- at the end of a period ---- */

struct charging {
    struct usage_rules rules;
    int64_t at_sec;
    int64_t *since; /* of each account, once it has been moved on: */
    bool *moved;
    bool grown; /* accounts have former members more: all is to be settled anew */
};

static int64_t move_on(struct sched *s, struct charging *c, size_t account)
{
    if (!c->moved[account])
        c->since[account] =
            usage_advance(&c->rules, s->policy.accounts[account], c->at_sec);
    c->moved[account] = true;
    s->policy.unranked = true;
    return c->since[account];
}

static void charge_job(struct sched *s, struct charging *c, const struct job *job)
{
    struct usage_charge charge;
    struct member *member;
    size_t account;
    int64_t since;

    c->grown |= policy_settle(&s->policy);
    charge = charge_of(s, job, c->at_sec);
    if (job->start_sec >= c->at_sec ||
        !policy_charged(&s->policy, job, &account, &member))
        return;
    since = move_on(s, c, account);
    usage_add(&c->rules, s->policy.accounts[account], member, &charge, since);
}

/* True: somebody was charged who is no member any more. */
static bool charge_all(struct sched *s, int64_t at_sec)
{
    size_t n = s->policy.n_accounts;
    struct charging c = {.rules = rules_of(s), .at_sec = at_sec};
    struct jobrec *rec, *next;

    c.since = xcalloc(n + 1, sizeof(*c.since));
    c.moved = xcalloc(n + 1, sizeof(*c.moved));
    for (size_t i = 0; i < n; i++) {
        int64_t recent = s->policy.accounts[i]->recent_sec;

        if (recent != TIME_UNSET && recent <= at_sec)
            move_on(s, &c, i);
    }
    HASH_ITER (hh, s->jobs, rec, next) {
        if (!rec->gone && is_charged(rec->job))
            charge_job(s, &c, rec->job);
    }
    free(c.since);
    free(c.moved);
    s->charged_sec = at_sec;
    s->charge_again = false;
    return policy_settle(&s->policy) || c.grown;
}

bool charge_settle(struct sched *s, int64_t now_sec)
{
    const struct usage_rules rules = rules_of(s);
    const struct fair_rules fair = priority_fair_rules(&s->config);
    int64_t at = usage_period_before(&rules, now_sec);
    bool changed = policy_settle(&s->policy);

    if (s->policy.n_accounts == 0)
        return changed;
    if (changed || s->charge_again || s->charged_sec != at)
        changed |= charge_all(s, at);
    return policy_rank(&s->policy, &fair, at) || changed;
}

int64_t charge_next(const struct sched *s, int64_t now_sec)
{
    const struct usage_rules rules = rules_of(s);
    bool any = s->n_phase[JOB_RUNNING] + s->n_phase[JOB_COMPLETING] > 0;

    for (size_t i = 0; i < s->policy.n_accounts; i++)
        any |= s->policy.accounts[i]->recent_sec != TIME_UNSET;
    if (!any || s->policy.n_accounts == 0 || now_sec >= INT64_MAX - rules.period_sec)
        return INT64_MAX;
    return usage_period_before(&rules, now_sec) + rules.period_sec;
}

/* ---- when a job begins or ends ---- */

/* Not up to when its pods are gone, but up to when it ended. */
static void keep_end(const struct sched *s, const struct job *was, struct job *is)
{
    if (was == NULL || is == NULL)
        return;
    if (has_end(was))
        is->end_sec = was->end_sec;
    else if (is->phase == JOB_COMPLETING && is->end_sec == TIME_UNSET)
        is->end_sec = s->now_sec;
}

/* A job that has ended; one that nobody knows the end of has ended now. */
static void charge_ended(struct sched *s, const struct job *job, int64_t end_sec)
{
    const struct usage_rules rules = rules_of(s);
    struct usage_charge charge;
    struct member *member;
    size_t account;
    int64_t recent;

    s->charge_again |= policy_settle(&s->policy);
    charge = charge_of(s, job, end_sec != TIME_UNSET ? end_sec : s->now_sec);
    if (!policy_charged(&s->policy, job, &account, &member))
        return;
    usage_end(&rules, s->policy.accounts[account], member, &charge);
    recent = s->policy.accounts[account]->recent_sec;
    s->charge_again |= recent != TIME_UNSET && recent <= s->charged_sec;
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
