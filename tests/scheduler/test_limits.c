/*
 * Limits: no start exceeds one, whatever happens.
 *
 * Random jobs come, start, end and go under random limits of QOS and accounts; after
 * each step everything that has started in it is held against sums worked out anew, by
 * the shortest loops there are: who is below whom, which limit stands for which, what
 * all jobs hold. A component of a heterogeneous job is one. GANTRY_HISTORIES sets how
 * many are run, GANTRY_SEED runs one alone.
 */
#include "scheduler/limits.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/reason.h"
#include "tests/support/cluster_text.h"
#include "tests/support/copies.h"
#include "tests/support/course.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define HISTORIES 1500
#define OPERATIONS 60
#define JOBS 16
#define COMPONENTS 3
#define PLACES 8
#define LINE_MAX_ 512

/* ---- the world once more ---- */

struct world {
    struct course h;
    /* As the snapshot has them. */
    const struct qos *qos[4];
    const struct account *accounts[4];
    const struct partition *parts[2];
    struct job jobs[JOBS * COMPONENTS]; /* what they hold is lent */
    size_t n_qos, n_accounts, n_parts, n_jobs;
    const struct decision *later; /* starts of this step behind the one looked at */
    size_t n_later;
    const char *without; /* the uid of a job that is left out; NULL: none is */
    int64_t half_life_sec;
    bool safe;
};

/* Where it is, with its own slots. */
static struct job component_of(const struct job *job, size_t component)
{
    const struct job *own = component > 0 ? &job->others[component - 1] : job;
    struct job ret = *job;

    if (component > 0 && own->n_partitions > 0 && job->partition != NULL)
        ret.partition = own->partitions[0];
    if (component > 0 && own->account != NULL)
        ret.account = own->account;
    if (component > 0 && own->qos != NULL)
        ret.qos = own->qos;
    if (component > 0 && own->limit_sec != LIMIT_UNSET)
        ret.limit_sec = MIN(ret.limit_sec, own->limit_sec);
    while (ret.n_alloc > 0 && ret.alloc[0].component < (int64_t)component) {
        ret.alloc++;
        ret.n_alloc--;
    }
    for (size_t i = ret.n_alloc; i-- > 0;) {
        if (ret.alloc[i].component > (int64_t)component)
            ret.n_alloc = i;
    }
    return ret;
}

static void see(void *arg, const struct change *change)
{
    struct world *w = arg;

    if (change->kind == CHANGE_QOS)
        w->qos[w->n_qos++] = change->u.qos;
    if (change->kind == CHANGE_ACCOUNT)
        w->accounts[w->n_accounts++] = change->u.account;
    if (change->kind == CHANGE_PARTITION)
        w->parts[w->n_parts++] = change->u.partition;
    for (size_t i = 0; change->kind == CHANGE_JOB && i <= change->u.job->n_others; i++)
        w->jobs[w->n_jobs++] = component_of(change->u.job, i);
}

static const struct qos *qos_named(const struct world *w, const char *name)
{
    for (size_t i = 0; i < w->n_qos; i++) {
        if (str_eq(w->qos[i]->name, name))
            return w->qos[i];
    }
    return NULL;
}

static const struct account *account_named(const struct world *w, const char *name)
{
    for (size_t i = 0; i < w->n_accounts; i++) {
        if (str_eq(w->accounts[i]->name, name))
            return w->accounts[i];
    }
    return NULL;
}

static const struct partition *part_of(const struct world *w, const struct job *job)
{
    for (size_t i = 0; i < w->n_parts; i++) {
        if (str_eq(w->parts[i]->name, job->partition))
            return w->parts[i];
    }
    return NULL;
}

/* Where a job's limits may come from; the first stands for those behind. */
struct source {
    const struct limits *limits;
    const void *of; /* the QOS, the account, or the member */
    bool is_qos;
};

static size_t sources_of(const struct world *w, const struct job *job,
                         struct source ret[PLACES])
{
    const struct partition *part = part_of(w, job);
    const struct qos *own = qos_named(w, job->qos != NULL ? job->qos : "normal");
    const struct qos *of_part = part != NULL ? qos_named(w, part->qos) : NULL;
    const struct account *account = account_named(w, job->account);
    size_t n = 0;

    if (own != NULL && (own->flags & QOS_OVER_PART_QOS) != 0) {
        ret[n++] = (struct source){&own->limits, own, true};
        own = NULL;
    }
    if (of_part != NULL && (n == 0 || ret[0].of != of_part))
        ret[n++] = (struct source){&of_part->limits, of_part, true};
    if (own != NULL && own != of_part)
        ret[n++] = (struct source){&own->limits, own, true};
    for (size_t i = 0; account != NULL && i < account->n_members; i++) {
        const struct member *m = &account->members[i];

        if (str_eq(m->user, job->user) && !m->former)
            ret[n++] = (struct source){&m->limits, m, false};
    }
    for (; account != NULL; account = account_named(w, account->parent))
        ret[n++] = (struct source){&account->limits, account, false};
    return n;
}

static bool stands_behind(const struct source *sources, size_t at,
                          const struct limit *limit)
{
    bool grp = limit_rows[limit->kind].whose == WHOSE_ALL;

    for (size_t i = 0; i < at; i++) {
        const struct limits *l = sources[i].limits;

        if (grp && !sources[i].is_qos && !sources[at].is_qos)
            continue;
        if (limits_find(l, limit->kind, limit->tres, limit->type) != NULL)
            return true;
        if (limit->kind == LIMIT_MAX_JOBS &&
            (limits_find(l, LIMIT_MAX_JOBS_PER_USER, TRES_NONE, NULL) != NULL ||
             limits_find(l, LIMIT_MAX_JOBS_PER_ACCOUNT, TRES_NONE, NULL) != NULL))
            return true;
    }
    return false;
}

static bool is_of(const struct world *w, const struct job *job, const void *of)
{
    struct source sources[PLACES];
    size_t n = sources_of(w, job, sources);

    for (size_t i = 0; i < n; i++) {
        if (sources[i].of == of)
            return true;
    }
    return false;
}

/* Do both count together for the limit of a source? */
static bool count_together(const struct world *w, const struct job *a,
                           const struct job *b, const struct source *source,
                           const struct limit *limit)
{
    switch (limit_rows[limit->kind].whose) {
    case WHOSE_ALL:
        return is_of(w, b, source->of);
    case WHOSE_USER:
        return is_of(w, b, source->of) && str_eq(a->user, b->user);
    case WHOSE_ACCOUNT:
        return is_of(w, b, source->of) && str_eq(a->account, b->account);
    case WHOSE_MEMBER:
        return str_eq(a->user, b->user) && str_eq(a->account, b->account);
    case WHOSE_JOB:
        return a == b;
    }
    return false;
}

static int64_t held_on(const struct world *w, const struct job *job, enum tres tres,
                       const char *node)
{
    int64_t sum = 0;

    for (size_t i = 0; i < job->n_alloc; i++) {
        const struct slot *slot = &job->alloc[i];

        if (node != NULL && strcmp(node, slot->node) != 0)
            continue;
        if (tres == TRES_CPU)
            sum += slot->each.v[RES_CPU] * slot->pods;
        if (tres == TRES_GPU)
            sum += slot->each.v[w->h.res.gpu] * slot->pods;
    }
    return sum;
}

static int64_t left_of(const struct world *w, const struct job *job)
{
    int64_t end;

    if (job->phase == JOB_COMPLETING || job->n_alloc == 0)
        return 0;
    end =
        job->limit_sec == LIMIT_UNLIMITED ? INT64_MAX : job->start_sec + job->limit_sec;
    return end == INT64_MAX ? INT64_MAX / 100000 : MAX(end - w->h.now_sec, 0);
}

static const char *const node_names[] = {"n1", "n2", "n3", "n4"};

/* A limit that another stands for may be exceeded by those that start later. */
static bool is_later(const struct world *w, const struct job *job)
{
    for (size_t i = 0; i < w->n_later; i++) {
        if (w->later[i].kind == DECIDE_START && str_eq(w->later[i].job_uid, job->uid))
            return true;
    }
    return false;
}

/* Thousandths of its minutes: as it asks for them with UsageFactorSafe, and as it is
 * charged while it runs, by the usage factor of its QOS. */
static int64_t charged_of(const struct world *w, const struct job *job, bool asks)
{
    const struct qos *own = qos_named(w, job->qos != NULL ? job->qos : "normal");

    if (own == NULL || (asks && (own->flags & QOS_USAGE_FACTOR_SAFE) == 0))
        return 1000;
    return own->usage_factor;
}

/* Whose minutes of a TRES are charged for nothing counts for nothing to others, nor do
 * others to him. */
static bool is_free(const struct world *w, const struct job *job,
                    const struct limit *limit)
{
    return limit_counts_left(limit->kind) && charged_of(w, job, false) == 0;
}

static bool are_apart(const struct world *w, const struct job *a, const struct job *b,
                      const struct limit *limit)
{
    return a != b && (is_free(w, a, limit) || is_free(w, b, limit));
}

/* What all that count together with a job hold. */
static int64_t sum_of(const struct world *w, const struct job *job,
                      const struct source *source, const struct limit *limit)
{
    int64_t sum = 0;

    if (limit_rows[limit->kind].what == WHAT_WALL)
        return job->limit_sec;
    for (size_t k = 0; k < ARRAY_LEN(node_names); k++) {
        int64_t on_node = 0, jobs_there = 0;

        for (size_t i = 0; i < w->n_jobs; i++) {
            const struct job *other = &w->jobs[i];
            int64_t part;

            if (other->n_alloc == 0 || is_later(w, other) ||
                str_eq(other->uid, w->without) ||
                !count_together(w, job, other, source, limit) ||
                are_apart(w, job, other, limit))
                continue;
            part = held_on(w, other, limit->tres, node_names[k]);
            if (limit_rows[limit->kind].what == WHAT_LEFT)
                part *= left_of(w, other) *
                        charged_of(w, other, str_eq(job->uid, other->uid)) / 1000;
            on_node += part;
            for (size_t n = 0; n < other->n_alloc; n++)
                jobs_there += strcmp(other->alloc[n].node, node_names[k]) == 0;
            if (limit_rows[limit->kind].what == WHAT_JOBS && k == 0)
                sum++;
        }
        if (limit->tres == TRES_NODE)
            sum += jobs_there > 0;
        else if (limit_rows[limit->kind].what == WHAT_PER_NODE)
            sum = MAX(sum, on_node);
        else
            sum += on_node;
    }
    return sum;
}

/* Others may hold more than there is: who adds nothing to that may start. */
static bool adds_some(struct world *w, const struct job *job,
                      const struct source *source, const struct limit *limit)
{
    int64_t with = sum_of(w, job, source, limit), without;

    if (limit->tres == TRES_NONE)
        return true;
    w->without = job->uid;
    without = sum_of(w, job, source, limit);
    w->without = NULL;
    return with > without;
}

/* ---- what has been used ---- */

/* In the limit's unit; it is true at another time. */
static double faded(const struct world *w, const struct used *used, int64_t as_of_sec,
                    const struct limit *limit)
{
    double amount = (double)used_of(used, limit->tres, limit->type);
    double age = (double)sched_charged_sec(w->h.s) - (double)as_of_sec;

    if (as_of_sec == TIME_UNSET)
        return 0;
    amount /= limit->tres == TRES_CPU ? 1 : 1000;
    return amount * exp2(-age / (double)w->half_life_sec);
}

static bool is_below(const struct world *w, const struct account *account,
                     const struct account *top)
{
    for (; account != NULL; account = account_named(w, account->parent)) {
        if (account == top)
            return true;
    }
    return false;
}

static double used_of_source(const struct world *w, const struct source *source,
                             const struct limit *limit)
{
    const struct qos *qos = source->of;
    double sum = 0;

    if (source->is_qos)
        return faded(w, &qos->usage.past, qos->as_of.usage_sec, limit);
    for (size_t i = 0; i < w->n_accounts; i++) {
        const struct account *account = w->accounts[i];

        for (size_t k = 0; k < account->n_members; k++) {
            const struct member *m = &account->members[k];

            if (m == source->of || is_below(w, account, source->of))
                sum += faded(w, &m->usage.past, account->as_of.usage_sec, limit);
        }
    }
    return sum;
}

/* What all that count together may use from the end of the last period on, as it counts
 * where one asks for it. */
static double may_use(const struct world *w, const struct job *job,
                      const struct source *source, const struct limit *limit)
{
    double sum = 0;

    if (limit->tres == TRES_NONE)
        return (double)job->limit_sec * (double)charged_of(w, job, true) / 1000;
    for (size_t i = 0; i < w->n_jobs; i++) {
        const struct job *other = &w->jobs[i];
        int64_t from = MAX(other->start_sec, sched_charged_sec(w->h.s));

        if (other->n_alloc == 0 || other->phase == JOB_COMPLETING ||
            is_later(w, other) || !count_together(w, job, other, source, limit) ||
            are_apart(w, job, other, limit))
            continue;
        sum += (double)held_on(w, other, limit->tres, NULL) *
               (double)MAX(other->start_sec + other->limit_sec - from, 0) *
               (double)charged_of(w, other, true) / 1000;
    }
    return sum;
}

static void check_usage(struct world *w, const struct job *job,
                        const struct source *source, const struct limit *limit)
{
    double used = is_free(w, job, limit) ? 0 : used_of_source(w, source, limit);
    double amount = (double)limit->amount;

    if (limit->tres != TRES_NONE && held_on(w, job, limit->tres, NULL) == 0)
        return; /* a component may have no CPU, as no GPU */
    if (used > amount + 1)
        course_give_up(&w->h, limit_rows[limit->kind].name);
    if (w->safe && used + may_use(w, job, source, limit) > amount + 1)
        course_give_up(&w->h, "more may be used than the limit");
}

/* Thousandths: what an account allows is so much wider, by the first QOS that says. */
static int64_t factor_of(const struct world *w, const struct job *job,
                         const struct source *source, const struct limit *limit)
{
    enum limit_what what = limit_rows[limit->kind].what;
    struct source sources[PLACES];
    size_t n = sources_of(w, job, sources);

    if (source->is_qos || (what != WHAT_HELD && what != WHAT_PER_NODE))
        return 1000;
    for (size_t i = 0; i < n && sources[i].is_qos; i++) {
        const struct qos *qos = sources[i].of;

        if (qos->limit_factor != LIMIT_UNSET)
            return qos->limit_factor;
    }
    return 1000;
}

static void check_start(struct world *w, const struct job *job)
{
    struct source sources[PLACES];
    size_t n = sources_of(w, job, sources);

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sources[i].limits->n; k++) {
            const struct limit *limit = &sources[i].limits->items[k];
            bool least = limit_rows[limit->kind].least;
            int64_t sum;

            if (stands_behind(sources, i, limit))
                continue;
            if (limit_is_of_usage(limit->kind)) {
                check_usage(w, job, &sources[i], limit);
                continue;
            }
            sum = sum_of(w, job, &sources[i], limit);
            if (least ? sum < limit->amount
                      : sum * 1000 >
                                limit->amount * factor_of(w, job, &sources[i], limit) &&
                            adds_some(w, job, &sources[i], limit))
                course_give_up(&w->h, limit_rows[limit->kind].name);
        }
    }
}

/* ---- random histories ---- */

static void random_limits(struct course *h, bool of_account, char *line, size_t size)
{
    static const char *const of_qos[] = {"maxJobsPerUser=2",
                                         "maxTRESPerUser=cpu=5",
                                         "maxTRESPerUser=node=2",
                                         "maxTRESPerAccount=cpu=6,gres/gpu=3",
                                         "maxJobsPerAccount=3",
                                         "minTRESPerJob=cpu=2",
                                         "maxTRESRunMinsPerUser=cpu=40"};
    static const char *const of_both[] = {"grpJobs=3",
                                          "grpTRES=cpu=9",
                                          "grpTRES=gres/gpu=3,node=2",
                                          "grpTRESRunMins=cpu=60",
                                          "maxTRESMinsPerJob=cpu=40",
                                          "maxTRESPerJob=cpu=4,node=2",
                                          "maxTRESPerNode=cpu=2",
                                          "grpTRESMins=cpu=12",
                                          "grpTRESMins=gres/gpu=6",
                                          "grpWall=15",
                                          "maxWall=10"};
    static const char *const factors[] = {"2", "0.5", "1"};
    static const char *const charged[] = {"0", "0.5", "2"};
    static const char *const flags[] = {"OverPartQOS", "UsageFactorSafe",
                                        "OverPartQOS,UsageFactorSafe"};
    size_t at = 0;

    for (int64_t n = course_draw(h, 3); n > 0; n--) {
        const char *one = COURSE_PICK(h, of_both);

        if (course_draw(h, 2) == 0)
            one = of_account ? "maxJobs=2" : COURSE_PICK(h, of_qos);
        at += (size_t)snprintf(line + at, size - at, " %s", one);
    }
    if (!of_account && course_draw(h, 3) == 0)
        at +=
            (size_t)snprintf(line + at, size - at, " flags=%s", COURSE_PICK(h, flags));
    if (!of_account && course_draw(h, 3) == 0)
        at += (size_t)snprintf(line + at, size - at, " factor=%s",
                               COURSE_PICK(h, charged));
    if (!of_account && course_draw(h, 4) == 0)
        snprintf(line + at, size - at, " limitfactor=%s", COURSE_PICK(h, factors));
}

static void random_rules(struct course *h)
{
    static const char *const qos[] = {"normal", "part", "other"};
    static const char *const accounts[] = {
        "top", "low parent=top users=ann,bob", "mid parent=top users=ann,cem",
        "low parent=top users=ann,bob limits.ann=maxJobs:1"};
    char limits[LINE_MAX_] = "";
    bool of_account = course_draw(h, 2) == 0;

    random_limits(h, of_account, limits, sizeof(limits));
    if (of_account)
        course_tell(h, "account %s%s", COURSE_PICK(h, accounts), limits);
    else
        course_tell(h, "qos %s%s", COURSE_PICK(h, qos), limits);
}

static void random_job(struct course *h)
{
    static const char *const who[] = {"user=ann account=low", "user=bob account=low",
                                      "user=ann account=mid", "user=cem account=mid"};
    static const char *const how[] = {"nodes=1 cpu=1",
                                      "nodes=1 cpu=2 nvidia.com/gpu=1",
                                      "nodes=2 cpu=2",
                                      "nodes=1-3 cpu=2 nvidia.com/gpu=1",
                                      "replicas=3 cpu=1",
                                      "replicas=1-4 cpu=1",
                                      "nodes=1-4 units=4 unit.cpu=1 cpu=1"};
    static const char *const where[] = {"",
                                        "",
                                        " partition=owned",
                                        " partition=batch,owned",
                                        " qos=other",
                                        " qos=other partition=owned"};
    static const char *const others[] = {
        "",
        "",
        "",
        " : nodes=1 cpu=1",
        " : nodes=1 cpu=1 partition=owned",
        " : nodes=1 cpu=2 time=5",
        " : nodes=1 cpu=1 account=mid : nodes=1 cpu=1 qos=other",
        " : nodes=1 cpu=1 account=low qos=other partition=owned",
        " : nodes=1-2 cpu=1 : nodes=1 nvidia.com/gpu=1",
        " : nodes=1 cpu=1 partition=owned : nodes=1 nvidia.com/gpu=1 partition=batch"};

    const char *other = COURSE_PICK(h, others);
    const bool shrinks = course_chance(h, 30);

    course_tell(h, "job %d submit=%lld time=%d %s %s%s%s%s",
                1 + (int)course_draw(h, JOBS), (long long)h->now_sec,
                1 + (int)course_draw(h, 20), COURSE_PICK(h, who), COURSE_PICK(h, how),
                COURSE_PICK(h, where), shrinks ? " timemin=1" : "", other);
}

/* RUNNING, COMPLETING, gone: whatever is next. */
static void random_progress(struct course *h)
{
    int number = 1 + (int)course_draw(h, JOBS);
    AUTO_FREE char *uid = xasprintf("job-%d", number);
    const struct job *job = sched_job(h->s, uid);
    struct change change = {.kind = CHANGE_JOB};

    if (job == NULL || job->phase == JOB_PENDING)
        return;
    if (job->phase >= JOB_COMPLETING) {
        change = (struct change){.kind = CHANGE_JOB_GONE, .u.key = uid};
        str_addf(&h->script, "gone job %d\n", number);
    } else {
        change.u.job = job_copy(job);
        change.u.job->phase++;
        str_addf(&h->script, "job %d goes on\n", number);
    }
    sched_apply(h->s, &change);
}

static void step(struct world *w)
{
    struct sched_budget budget = {course_draw(&w->h, 3) == 0 ? course_spend : NULL,
                                  NULL};
    struct decisions decisions;

    str_addf(&w->h.script, "at %lld%s\n", (long long)w->h.now_sec,
             budget.spent != NULL ? " jobs=1" : "");
    sched_step(w->h.s, w->h.now_sec, budget, &decisions);
    w->n_qos = w->n_accounts = w->n_parts = w->n_jobs = 0;
    sched_snapshot(w->h.s, see, w);
    for (size_t i = 0; i < decisions.n; i++) {
        w->later = decisions.items + i + 1;
        w->n_later = decisions.n - i - 1;
        for (size_t k = 0; k < w->n_jobs; k++) {
            if (decisions.items[i].kind == DECIDE_START &&
                str_eq(w->jobs[k].uid, decisions.items[i].job_uid))
                check_start(w, &w->jobs[k]);
        }
    }
}

/* As a controller does that can wait: what is still to be counted steps count first. */
static enum reason ask_in_steps(struct world *w, const struct job *job,
                                const char *part, struct str *said)
{
    for (int steps = 0;; steps++) {
        bool waits;
        enum reason reason =
            sched_check_new(w->h.s, job, sched_partition(w->h.s, part), said, &waits);

        if (!waits)
            return reason;
        course_check(&w->h, reason == REASON_NONE && said->len == 0 && steps < 100 &&
                                sched_is_counting(w->h.s));
        step(w);
    }
}

/* Whatever is still to be counted anew, a new job is told what a core says that has
 * counted all. */
static void check_new(struct world *w)
{
    static const char *const lines[] = {
        "job 99 user=ann account=low cpu=1 nodes=1",
        "job 99 user=bob account=low cpu=1",
        "job 99 user=cem account=mid nodes=2 cpu=1 qos=other",
        "job 99 user=ann account=low cpu=1 : cpu=1 account=mid qos=other",
        "job 99 user=ann account=mid cpu=1 nodes=1 tasks=0-2"};
    static const char *const limits[] = {
        "qos normal maxSubmitJobsPerUser=", "qos other maxSubmitJobsPerUser=",
        "qos other grpSubmitJobs=", "account mid users=ann,cem maxSubmitJobs=",
        "account low parent=top users=ann,bob limits.bob=maxSubmitJobs:"};
    struct sched *counted = sched_new(&(struct sched_config){0});
    struct course *h = &w->h;
    struct job *job = cluster_text_job(&h->res, COURSE_PICK(h, lines));
    const char *part = course_chance(h, 50) ? "batch" : "owned";
    struct copies copies;
    STR_AUTO struct str said, expected;
    struct decisions decisions;
    enum reason reason;

    str_init(&said, 4096);
    str_init(&expected, 4096);
    course_tell(h, "%s%d", COURSE_PICK(h, limits), 1 + (int)course_draw(h, 4));
    copies = copies_of(h->s);
    copies_apply(&copies, counted);
    sched_step(counted, h->now_sec, (struct sched_budget){NULL, NULL}, &decisions);
    reason = course_chance(h, 50)
                 ? ask_in_steps(w, job, part, &said)
                 : sched_check_new(h->s, job, sched_partition(h->s, part), &said, NULL);
    str_addf(&h->script, "# new: %s\n", said.s);
    course_check(h,
                 reason == sched_check_new(counted, job, sched_partition(counted, part),
                                           &expected, NULL));
    course_check(h, strcmp(said.s, expected.s) == 0);
    copies_fini(&copies);
    job_free(job);
    sched_free(counted);
}

static void run_history(uint64_t seed)
{
    struct sched_config config = sched_config_default();
    struct world w = {0};

    config.backfill_order = (enum backfill_order)(seed % 3);
    config.reservation_depth = seed % 4 == 0 ? 2 : config.reservation_depth;
    w.half_life_sec = config.decay_half_life_sec = 600;
    w.safe = config.limits_safe = seed % 2 == 0;
    course_init(&w.h, seed, &config);
    course_tell(&w.h, "node n[1-4] cpu=6 nvidia.com/gpu=2");
    course_tell(&w.h, "partition batch default");
    course_tell(&w.h, "partition owned qos=part");
    course_tell(&w.h, "qos normal");
    course_tell(&w.h, "qos part");
    course_tell(&w.h, "account top");
    course_tell(&w.h, "account low parent=top users=ann,bob");
    course_tell(&w.h, "account mid parent=top users=ann,cem");
    for (int i = 0; i < OPERATIONS; i++) {
        int64_t what = course_draw(&w.h, 100);

        if (what < 45)
            random_job(&w.h);
        else if (what < 55)
            random_rules(&w.h);
        else if (what < 75)
            random_progress(&w.h);
        else
            step(&w);
        w.h.now_sec += course_draw(&w.h, 4) == 0 ? course_draw(&w.h, 100) : 0;
        if (course_draw(&w.h, 100) < 10)
            check_new(&w);
    }
    course_fini(&w.h);
}

START_TEST(test_never_exceeded)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_history(seed);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/limits",
                      (struct suite_row[]){{test_never_exceeded, 1}, {NULL, 0}});
}
