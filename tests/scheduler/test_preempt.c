/*
 * Preemption: its words, circles of QOS, and properties over random clusters:
 *
 *   - a victim runs, may be preempted by who waits, and is past its exempt time;
 *   - who it ends for starts as soon as it is gone, in the minute behind its slack;
 *   - if any one victim were spared, the job would be planned later; where several
 *     jobs have victims in one step, it would, or others had to be planned elsewhere;
 *   - nobody begins to be preempted at once;
 *   - where so many of a QOS may run, no more are made room for;
 *   - who is preempted for has a promise, and starts once its victims are gone, unless
 *     one that may preempt it comes meanwhile, which has its place, or one is late to
 *     go, behind whom its promise would have to slide into another one's;
 *   - a fresh core given the snapshot decides the same;
 *   - in slices no more end than in one step.
 *
 * A failing case prints its seed and its lines, which are those of a scenario file.
 * GANTRY_HISTORIES sets how many are run, GANTRY_SEED runs that one alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/timeline.h"
#include "tests/support/cluster_text.h"
#include "tests/support/copies.h"
#include "tests/support/course.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define HISTORIES 250
#define CHANGES 200 /* between slices, at most */
#define ROUNDS 8
#define JOBS 40
#define NODES 4
#define LINE_MAX_ 256
#define SCRIPT_MAX (1u << 20)

/* ---- words ---- */

START_TEST(test_modes)
{
    static const struct {
        const char *words;
        int64_t mode; /* -1: refused */
        const char *text;
    } rows[] = {
        {"OFF", PREEMPT_OFF, "OFF"},
        {"requeue", PREEMPT_REQUEUE, "REQUEUE"},
        {"WITHIN", PREEMPT_WITHIN, "WITHIN"},
        {"PRIORITY, CANCEL", PREEMPT_CANCEL | PREEMPT_PRIORITY, "CANCEL,PRIORITY"},
        {"REQUEUE,WITHIN", PREEMPT_REQUEUE | PREEMPT_WITHIN, "REQUEUE,WITHIN"},
        {"SUSPEND", -1,
         "SUSPEND is not supported: a suspended job keeps its GPUs; right are REQUEUE "
         "and CANCEL"},
        {"SUSPEND,GANG", -1,
         "SUSPEND is not supported: a suspended job keeps its GPUs; right are REQUEUE "
         "and CANCEL"},
        {"GANG", -1,
         "GANG is not supported: a suspended job keeps its GPUs; right are REQUEUE and "
         "CANCEL"},
        {"CANCEL,REQUEUE", -1, "only one of OFF, CANCEL and REQUEUE"},
        {"", -1, "\"\" is none of OFF, CANCEL, REQUEUE, WITHIN, PRIORITY"},
        {"kill", -1, "\"kill\" is none of OFF, CANCEL, REQUEUE, WITHIN, PRIORITY"},
    };
    STR_AUTO struct str text;
    struct err err;
    int64_t mode = 77;
    int rc = preempt_mode_parse(rows[_i].words, &mode, &err);

    str_init(&text, LINE_MAX_);
    if (rows[_i].mode < 0) {
        ck_assert_int_eq(rc, -1);
        ck_assert_int_eq(mode, 77);
        ck_assert_str_eq(err.msg, rows[_i].text);
        return;
    }
    ck_assert_int_eq(rc, 0);
    ck_assert_int_eq(mode, rows[_i].mode);
    preempt_mode_format(mode, &text);
    ck_assert_str_eq(text.s, rows[_i].text);
}
END_TEST
#define MODES 11

/* QOS a, b, c, ...: whom each lists. */
static void check_circle(const char *const *lists, size_t n, size_t of,
                         const char *sentence)
{
    struct qos *qos[8];
    STR_AUTO struct str out;

    str_init(&out, LINE_MAX_);
    for (size_t i = 0; i < n; i++) {
        qos[i] = qos_new();
        qos[i]->name = xasprintf("%c", (int)('a' + i));
        for (const char *c = lists[i]; *c != '\0'; c++)
            names_add(&qos[i]->preempt, &qos[i]->n_preempt, (char[2]){*c, '\0'});
    }
    preempt_find_circles(qos, n);
    ck_assert_int_eq(qos[of]->in_circle, sentence != NULL);
    preempt_say_circle(qos, n, qos[of], &out);
    ck_assert_str_eq(out.s != NULL ? out.s : "", sentence != NULL ? sentence : "");
    for (size_t i = 0; i < n; i++)
        qos_free(qos[i]);
}

START_TEST(test_circles)
{
    const char *const line[] = {"bc", "c", "x"};
    const char *const circle[] = {"b", "c", "ad", ""};
    const char *const own[] = {"a", "a"};

    check_circle(line, 3, 0, NULL);
    check_circle(
        circle, 4, 0,
        "QOS a preempts nobody: by the lists it would preempt itself (a > b > c > a)");
    check_circle(circle, 4, 3, NULL);
    check_circle(own, 2, 0,
                 "QOS a preempts nobody: by the lists it would preempt itself (a > a)");
    check_circle(own, 2, 1, NULL);
}
END_TEST

/* ---- random clusters ---- */

struct contest {
    struct course h;
    struct sched_config config;
    int next_job;
    size_t n_preempted, n_checked, n_together, n_begun;
    struct copies before;  /* the step */
    struct job *begun;     /* in the last step, and nothing else */
    bool served[JOBS + 1]; /* by number: others have ended for it; and then: */
    bool lost[JOBS + 1];   /* that room, to others; or it has had it */
};

static const char *qos_of(struct contest *c)
{
    static const char *const words[] = {"low", "low", "normal", "high"};

    return COURSE_PICK(&c->h, words);
}

/* A running job, where there is room for it. */
static void add_running(struct contest *c)
{
    char node[16];
    int64_t cpu = 1 + course_draw(&c->h, 4), gpu = course_draw(&c->h, 4);
    struct resvec used, free_;

    snprintf(node, sizeof(node), "n%d", 1 + (int)course_draw(&c->h, NODES));
    if (!sched_node_usage(c->h.s, node, &used, &free_) ||
        free_.v[RES_CPU] < cpu * 1000 || free_.v[c->h.res.gpu] < gpu)
        return;
    course_tell(&c->h,
                "job %d cpu=%d x/gpu=%d qos=%s state=running start=%d in=%s on=%s%s",
                c->next_job++, (int)cpu, (int)gpu, qos_of(c),
                (int)(c->h.now_sec - course_draw(&c->h, 1000)),
                course_draw(&c->h, 2) ? "a" : "b", node,
                course_draw(&c->h, 3) ? " time=10:00:00" : "");
}

static void add_waiting(struct contest *c)
{
    static const char *const shapes[] = {
        "nodes=1",    "nodes=2",           "replicas=2",
        "replicas=1", "nodes=1 exclusive", "nodes=1-4 units=5 unit.cpu=1 unit.x/gpu=1"};

    course_tell(&c->h, "job %d submit=%d %s cpu=%d x/gpu=%d qos=%s partition=%s%s%s%s",
                c->next_job++, (int)c->h.now_sec, COURSE_PICK(&c->h, shapes),
                1 + (int)course_draw(&c->h, 6), (int)course_draw(&c->h, 5), qos_of(c),
                course_draw(&c->h, 2) ? "a" : "b",
                course_draw(&c->h, 3) ? " time=1:00:00" : "",
                course_draw(&c->h, 5) ? "" : " nodelist=n2",
                course_draw(&c->h, 5) ? "" : " : nodes=1 cpu=3 x/gpu=1");
}

static void set_up(struct contest *c)
{
    static const char *const lists[] = {"low", "low,normal", "normal"};
    static const char *const modes[] = {"", " preemptmode=CANCEL", " preemptmode=OFF",
                                        " preemptmode=REQUEUE,WITHIN"};

    course_tell(&c->h, "node n[1-%d] cpu=8 x/gpu=4", NODES);
    course_tell(&c->h, "partition a default");
    course_tell(&c->h, "partition b tier=2 nodes=n[1-3] grace=%d",
                (int)course_draw(&c->h, 2) * 100);
    course_tell(&c->h, "qos high priority=5 preempt=%s%s", COURSE_PICK(&c->h, lists),
                c->h.seed % 4 == 1 ? " grpJobs=3" : "");
    course_tell(&c->h, "qos normal priority=3 preempt=low exempt=%d",
                (int)course_draw(&c->h, 2) * 300);
    course_tell(&c->h, "qos low%s grace=%d", COURSE_PICK(&c->h, modes),
                (int)course_draw(&c->h, 3) * 40);
    for (int i = 0; i < 16; i++)
        add_running(c);
}

/* ---- the rules, said once more ---- */

static const struct qos *find_qos(const struct copies *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct change *c = &all->items[i];

        if (c->kind == CHANGE_QOS && strcmp(c->u.qos->name, name) == 0)
            return c->u.qos;
    }
    return NULL;
}

static bool lists(const struct qos *qos, const char *name)
{
    for (size_t i = 0; i < qos->n_preempt; i++) {
        if (strcmp(qos->preempt[i], name) == 0)
            return true;
    }
    return false;
}

/* By QOS or partition alone. */
static bool has_right(struct contest *c, const struct copies *all, const char *own,
                      const char *part, const char *other, const char *other_part)
{
    if (c->config.preempt_type == PREEMPT_BY_PARTITION)
        return strcmp(part, "b") == 0 && strcmp(other_part, "a") == 0;
    if (strcmp(own, other) == 0)
        return find_qos(all, own)->preempt_mode & PREEMPT_WITHIN;
    return lists(find_qos(all, own), other);
}

static void check_right(struct contest *c, const struct copies *all,
                        const struct job *by, const struct job *victim)
{
    const char *part = by->phase == JOB_PENDING ? by->plan.partition : by->partition;
    int64_t exempt = find_qos(all, victim->qos)->preempt_exempt_sec;

    if (exempt == LIMIT_UNSET)
        exempt = c->config.preempt_exempt_sec;
    course_check(&c->h, victim->phase == JOB_RUNNING);
    course_check(&c->h, victim->start_sec + exempt <= c->h.now_sec);
    course_check(&c->h,
                 has_right(c, all, by->qos, part, victim->qos, victim->partition));
}

static bool meet(const struct plan *plan, const struct job *victim)
{
    for (size_t i = 0; i < plan->n_slots; i++) {
        for (size_t k = 0; k < victim->n_alloc; k++) {
            if (strcmp(plan->slots[i].node, victim->alloc[k].node) == 0)
                return true;
        }
    }
    return false;
}

/* ---- a victim less ---- */

static struct job *find_job(struct copies *all, const char *uid)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].kind == CHANGE_JOB &&
            strcmp(all->items[i].u.job->uid, uid) == 0)
            return all->items[i].u.job;
    }
    return NULL;
}

static struct job *find_number(struct copies *all, int64_t number)
{
    AUTO_FREE char *uid = xasprintf("job-%" PRId64, number);

    return find_job(all, uid);
}

struct taken {
    const char *uid;
    int64_t by, end_sec;
};

/* Promises that may be broken for a job, and were, are so here, too. False: others have
 * moved or started as well in the step, and cannot be told from it. */
static bool follow_step(struct contest *c, struct copies *before, const struct job *by)
{
    const char *part = by->n_partitions > 0 ? by->partitions[0] : "a";

    for (size_t i = 0; i < before->n; i++) {
        struct job *job = before->items[i].u.job;
        const struct job *now;

        if (before->items[i].kind != CHANGE_JOB || job == by ||
            job->phase != JOB_PENDING)
            continue;
        now = sched_job(c->h.s, job->uid);
        if (now->phase != JOB_PENDING)
            return false;
        if (now->plan.start_sec == job->plan.start_sec)
            continue;
        if (!job->plan.promised || now->plan.start_sec < job->plan.start_sec ||
            !has_right(c, before, by->qos, part, now->qos, job->plan.partition))
            return false;
        plan_clear(&job->plan);
    }
    return true;
}

static int64_t plan_start(struct sched *s, const char *uid, int64_t now_sec)
{
    const struct job *job;
    struct decisions decisions;

    while (sched_step(s, now_sec, (struct sched_budget){0}, &decisions) == SCHED_MORE)
        ;
    job = sched_job(s, uid);
    if (job->phase != JOB_PENDING)
        return now_sec;
    return job->plan.start_sec != TIME_UNSET ? job->plan.start_sec : INT64_MAX;
}

/* As things were before the step, but nobody is preempted any more, all of the victims
 * but one yield, and who they ended for has no plan: it is to start later. */
static void check_needed(struct contest *c, size_t spared, const struct taken *taken,
                         size_t n)
{
    COPIES_AUTO struct copies all = copies_again(&c->before);
    struct sched_config config = c->config;
    struct sched *fresh;
    struct job *job = find_number(&all, taken[spared].by);
    AUTO_FREE char *uid = xstrdup(job->uid);

    if (!follow_step(c, &all, job))
        return;
    c->n_checked++;
    plan_clear(&job->plan);
    for (size_t i = 0; i < n; i++) {
        struct job *victim = find_job(&all, taken[i].uid);

        victim->preempted_by = i != spared ? taken[i].by : 0;
        victim->preempt_sec = i != spared ? taken[i].end_sec : TIME_UNSET;
    }
    fresh = sched_new(&config);
    copies_apply(&all, fresh);
    config.preempt_type = PREEMPT_BY_NOBODY;
    sched_apply(fresh, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    course_check(&c->h, plan_start(fresh, uid, c->h.now_sec) >
                            sched_job(c->h.s, uid)->plan.start_sec);
    sched_free(fresh);
}

static bool is_alone(const struct taken *taken, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (taken[i].by != taken[0].by)
            return false;
    }
    return true;
}

/* Pods with so many units differ in what each takes. */
static bool is_same_slot(const struct slot *a, const struct slot *b)
{
    return strcmp(a->node, b->node) == 0 && a->pods == b->pods &&
           a->component == b->component &&
           memcmp(&a->each, &b->each, sizeof(a->each)) == 0;
}

static bool is_planned_as(const struct job *a, const struct job *b)
{
    if (a->phase != b->phase || a->plan.n_slots != b->plan.n_slots)
        return false;
    for (size_t i = 0; i < a->plan.n_slots; i++) {
        if (!is_same_slot(&a->plan.slots[i], &b->plan.slots[i]))
            return false;
    }
    return a->plan.start_sec == b->plan.start_sec;
}

/* In another core: does that job start no later than promised before, and all others
 * where and when they were? */
static bool keeps_promises(struct contest *c, const struct copies *before,
                           int64_t number, struct sched *s)
{
    for (size_t i = 0; i < before->n; i++) {
        const struct job *job = before->items[i].u.job;

        if (before->items[i].kind != CHANGE_JOB || job->phase != JOB_PENDING ||
            !job->plan.promised)
            continue;
        if (plan_start(s, job->uid, c->h.now_sec) > job->plan.start_sec ||
            (job->job_id != number && !is_planned_as(sched_job(s, job->uid), job)))
            return false;
    }
    return true;
}

/* Where some make room for several, or who they made room for has started elsewhere: as
 * things are behind the step, but one of them runs on and who it ended for has no plan.
 * That one is to start later, or others are to make way. */
static void check_needed_together(struct contest *c, const struct taken *spared)
{
    COPIES_AUTO struct copies after = copies_of(c->h.s);
    struct copies all = copies_again(&after);
    struct sched_config config = c->config;
    struct job *victim = find_job(&all, spared->uid);
    struct sched *fresh;

    c->n_together++;
    victim->preempted_by = 0;
    victim->preempt_sec = TIME_UNSET;
    plan_clear(&find_number(&all, spared->by)->plan);
    fresh = sched_new(&config);
    copies_apply(&all, fresh);
    config.preempt_type = PREEMPT_BY_NOBODY;
    sched_apply(fresh, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    course_check(&c->h, !keeps_promises(c, &after, spared->by, fresh));
    sched_free(fresh);
    copies_fini(&all);
}

#define END_SLACK_SEC 60

/* The minute in which all of them are sure to be gone. */
static int64_t gone_sec(const struct taken *taken, size_t n)
{
    int64_t sec = 0;

    for (size_t i = 0; i < n; i++)
        sec = MAX(sec, taken[i].end_sec + END_SLACK_SEC);
    return timeline_minute(sec + TIMELINE_MINUTE_SEC - 1);
}

static bool any_yields_to(const struct copies *all, int64_t number)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].kind == CHANGE_JOB &&
            all->items[i].u.job->preempted_by == number &&
            all->items[i].u.job->n_alloc > 0)
            return true;
    }
    return false;
}

/* Those that run on, and those for whom others end and who are promised their room, are
 * within the limit on jobs of their QOS; each component is one. One that has begun, and
 * is back in the queue while they are late to go, is promised none. */
static void check_limit(struct contest *c, const struct copies *all,
                        const struct job *by)
{
    const struct limit *limit =
        limits_find(&find_qos(all, by->qos)->limits, LIMIT_GRP_JOBS, TRES_NONE, NULL);
    size_t n = 0;

    for (size_t i = 0; i < all->n && limit != NULL; i++) {
        const struct job *job = all->items[i].u.job;

        if (all->items[i].kind != CHANGE_JOB || strcmp(job->qos, by->qos) != 0)
            continue;
        if ((job->n_alloc > 0 && job->preempted_by == 0) ||
            (job->plan.promised && any_yields_to(all, job->job_id)))
            n += job->n_others + 1;
    }
    course_check(&c->h, limit == NULL || n <= (size_t)limit->amount);
}

/* One that may preempt it has come meanwhile, and has the place that was promised to
 * it, or a part of that. */
static bool is_taken_over(struct contest *c, const struct job *job)
{
    return sched_job_broken(c->h.s, job->uid) == BROKEN_PREEMPTION;
}

static void check_taken(struct contest *c, const struct taken *taken, size_t n)
{
    COPIES_AUTO struct copies all = copies_of(c->h.s);
    bool alone = is_alone(taken, n);

    for (size_t i = 0; i < n; i++) {
        const struct job *victim = find_job(&all, taken[i].uid);
        const struct job *by = find_number(&all, taken[i].by);

        course_check(&c->h, by != NULL && victim != NULL &&
                                victim->preempted_by == taken[i].by);
        check_right(c, &all, by, victim);
        check_limit(c, &all, by);
        if (!alone || by->phase != JOB_PENDING) {
            check_needed_together(c, &taken[i]);
            continue;
        }
        if (is_taken_over(c, by))
            continue;
        course_check(&c->h, by->plan.promised);
        course_check(&c->h, by->plan.start_sec <= gone_sec(taken, n));
        course_check(&c->h, meet(&by->plan, victim));
        check_needed(c, i, taken, n);
    }
}

/* ---- steps ---- */

static void say(const struct decisions *decisions, struct str *out)
{
    for (size_t i = 0; i < decisions->n; i++) {
        if (decisions->items[i].kind == DECIDE_START ||
            decisions->items[i].kind == DECIDE_PREEMPT)
            cluster_text_decision(&decisions->items[i], out);
    }
}

static void run_started(struct contest *c, const struct decision *d)
{
    struct change change = {.kind = CHANGE_JOB,
                            .u.job = job_copy(sched_job(c->h.s, d->job_uid))};

    course_check_room(&c->h, d);
    change.u.job->phase = JOB_RUNNING;
    sched_apply(c->h.s, &change);
}

/* Ended, or back in the queue: what others end for it has been had, though some of them
 * may still be about to. */
static void end_job(struct contest *c, const char *uid)
{
    struct job *job = job_copy(sched_job(c->h.s, uid));
    AUTO_FREE char *key = xstrdup(uid);
    bool requeue = course_draw(&c->h, 2);

    str_addf(&c->h.script, "%s job %s\n", requeue ? "requeue" : "gone", uid + 4);
    if (!requeue) {
        job_free(job);
        sched_apply(c->h.s, &(struct change){.kind = CHANGE_JOB_GONE, .u.key = key});
        return;
    }
    slots_unref(job->alloc);
    job->alloc = NULL;
    job->n_alloc = 0;
    job->phase = JOB_PENDING;
    job->start_sec = TIME_UNSET;
    job->submit_sec = c->h.now_sec;
    c->lost[atoi(uid + 4)] = true;
    sched_apply(c->h.s, &(struct change){.kind = CHANGE_JOB, .u.job = job});
}

/* Nobody begins to be ended at once: whoever might end him is before him in the queue,
 * and has had what was free. Where units or components share nodes, who would do is a
 * guess. */
static void check_not_begun(struct contest *c, const struct decision *d)
{
    const struct job *by = course_job(&c->h, (int)d->preempted_by), *job = c->begun;

    course_check(&c->h, job == NULL || strcmp(job->uid, d->job_uid) != 0 ||
                            by->n_units > 0 || by->n_others > 0);
}

/* Where more than that was decided there is other room now, and what others have ended
 * for is its own. */
static void note_begun(struct contest *c, const struct decisions *decisions)
{
    const struct decision *only = NULL;
    size_t n = 0;

    job_free(c->begun);
    c->begun = NULL;
    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *d = &decisions->items[i];

        n += d->kind == DECIDE_START || d->kind == DECIDE_PREEMPT;
        if (d->kind == DECIDE_START)
            only = d;
    }
    if (n == 1 && only != NULL && !c->served[atoi(only->job_uid + 4)])
        c->begun = job_copy(sched_job(c->h.s, only->job_uid));
    c->n_begun += c->begun != NULL;
}

static void note_taken(struct contest *c, const struct decisions *decisions)
{
    struct taken taken[JOBS + 1];
    size_t n = 0;

    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *d = &decisions->items[i];

        cluster_text_decision(d, &c->h.script);
        if (d->kind != DECIDE_PREEMPT)
            continue;
        check_not_begun(c, d);
        c->served[d->preempted_by] = true;
        taken[n++] = (struct taken){d->job_uid, d->preempted_by, d->preempt_sec};
    }
    check_taken(c, taken, n);
    c->n_preempted += n;
}

static bool run_all_started(struct contest *c, const struct decisions *decisions)
{
    bool any = false;

    note_begun(c, decisions);
    for (size_t i = 0; i < decisions->n; i++) {
        if (decisions->items[i].kind != DECIDE_START)
            continue;
        run_started(c, &decisions->items[i]);
        any = true;
    }
    return any;
}

/* It yields, and has its nodes for longer than is assumed. */
static bool is_late(const struct contest *c, const struct job *job)
{
    return job->preempted_by != 0 && job->n_alloc > 0 &&
           c->h.now_sec > job->preempt_sec + 60;
}

static bool is_any_late(struct contest *c)
{
    bool any = false;

    for (int i = 1; i < c->next_job && !any; i++) {
        const struct job *job = course_job(&c->h, i);

        any = job != NULL && is_late(c, job);
    }
    return any;
}

/* Plans slide behind who is late, of whomever they are: not all have where to. */
static void note_lost(struct contest *c)
{
    const bool late = is_any_late(c);

    for (int i = 1; i < c->next_job; i++) {
        const struct job *job = course_job(&c->h, i);

        if (job != NULL && job->phase == JOB_PENDING && c->served[i])
            c->lost[i] |=
                is_taken_over(c, job) ||
                (late && sched_job_broken(c->h.s, job->uid) == BROKEN_OVERRUN);
    }
}

/* To rest. Those whose time is up stay a while. */
static void step(struct contest *c)
{
    struct decisions decisions;
    enum sched_progress progress;

    str_addf(&c->h.script, "at %" PRId64 "\n", c->h.now_sec);
    job_free(TAKE(c->begun));
    do {
        copies_fini(&c->before);
        c->before = copies_of(c->h.s);
        progress =
            sched_step(c->h.s, c->h.now_sec, (struct sched_budget){0}, &decisions);
        note_taken(c, &decisions);
        note_lost(c);
    } while (run_all_started(c, &decisions) || progress == SCHED_MORE);
}

/* As time passes the core is asked again whenever it says. */
static void pass_time(struct contest *c, int64_t until_sec)
{
    int64_t wake_sec;

    while ((wake_sec = sched_next_wake(c->h.s, c->h.now_sec)) < until_sec) {
        c->h.now_sec = MAX(wake_sec, c->h.now_sec + 1);
        step(c);
    }
    c->h.now_sec = until_sec;
}

static void check_law(struct contest *c)
{
    COPIES_AUTO struct copies all = copies_of(c->h.s);
    struct sched *fresh = sched_new(&c->config);
    STR_AUTO struct str is;
    struct decisions decisions;

    str_init(&is, SCRIPT_MAX);
    copies_apply(&all, fresh);
    while (sched_step(fresh, c->h.now_sec, (struct sched_budget){0}, &decisions) ==
           SCHED_MORE)
        say(&decisions, &is);
    say(&decisions, &is);
    sched_free(fresh);
    str_add(&c->h.script, is.s);
    course_check(&c->h, is.len == 0);
}

/* Those who yield end, some sooner and some later; then those they yield to start, if
 * they still have their promise there. */
static void end_some(struct contest *c)
{
    for (int number = 1; number < c->next_job; number++) {
        AUTO_FREE char *uid = xasprintf("job-%d", number);
        const struct job *job = sched_job(c->h.s, uid);

        if (job != NULL && ((job->preempted_by != 0 && course_draw(&c->h, 3) > 0) ||
                            (job->phase == JOB_RUNNING && course_draw(&c->h, 12) == 0)))
            end_job(c, uid);
    }
}

/* Does somebody yield to it, and hold its nodes no longer than assumed? */
static bool is_made_room_for(struct contest *c, int64_t number)
{
    bool any = false;

    for (int i = 1; i < c->next_job; i++) {
        const struct job *job = course_job(&c->h, i);

        if (job == NULL || job->preempted_by != number || job->n_alloc == 0)
            continue;
        if (is_late(c, job))
            return false;
        any = true;
    }
    return any;
}

static void check_promises(struct contest *c)
{
    for (int i = 1; i < c->next_job; i++) {
        const struct job *job = course_job(&c->h, i);

        if (job == NULL || job->phase != JOB_PENDING ||
            !is_made_room_for(c, job->job_id) || c->lost[i])
            continue;
        course_check(&c->h, job->plan.promised);
        course_check(&c->h, job->plan.start_sec > c->h.now_sec - 60);
    }
}

static void run_history(uint64_t seed, size_t *n_preempted, size_t *n_checked,
                        size_t *n_begun)
{
    struct contest c = {.config = sched_config_default(), .next_job = 1};

    c.config.preempt_type = seed % 3 ? PREEMPT_BY_QOS : PREEMPT_BY_PARTITION;
    c.config.preempt_mode = PREEMPT_REQUEUE;
    c.config.preempt_exempt_sec = seed % 5 == 0 ? 200 : 0;
    c.config.preempt_youngest_first = seed % 4 == 0;
    c.config.backfill_order = (enum backfill_order)(seed / 3 % 3);
    course_init(&c.h, seed, &c.config);
    c.h.now_sec = 10000;
    set_up(&c);
    for (int round = 0; round < ROUNDS && c.next_job < JOBS - 3; round++) {
        add_waiting(&c);
        add_waiting(&c);
        step(&c);
        check_law(&c);
        check_promises(&c);
        pass_time(&c, c.h.now_sec + 20 + course_draw(&c.h, 200));
        end_some(&c);
    }
    job_free(c.begun);
    *n_preempted += c.n_preempted;
    *n_checked += c.n_checked;
    *n_begun += c.n_begun;
    copies_fini(&c.before);
    course_fini(&c.h);
}

START_TEST(test_random)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);
    size_t n_preempted = 0, n_checked = 0, n_begun = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_history(seed, &n_preempted, &n_checked, &n_begun);
    ck_assert_msg(seeds.alone || n_checked > seeds.last / 8,
                  "only %zu were preempted, %zu looked at", n_preempted, n_checked);
    ck_assert_msg(seeds.alone || n_begun > seeds.last / 8, "only %zu begun", n_begun);
}
END_TEST

/* ---- in slices ---- */

static bool at_once(void *arg, int64_t ahead_us)
{
    (void)arg;
    (void)ahead_us;
    return true;
}

/* In slices, with changes between them that concern nobody: what has been found so far
 * is looked for again. */
enum cut { WHOLE, SLICED, DISTURBED };

/* How many end when several jobs come at once, and how many start. */
static int n_victims(uint64_t seed, enum cut cut, size_t *ret_starts)
{
    struct sched_budget budget = {cut != WHOLE ? at_once : NULL, NULL};
    struct contest c = {.config = sched_config_default(), .next_job = 1};
    struct decisions decisions;
    enum sched_progress progress;
    int n = 0, n_changes = CHANGES;

    c.config.preempt_type = PREEMPT_BY_QOS;
    c.config.preempt_mode = PREEMPT_REQUEUE;
    course_init(&c.h, seed, &c.config);
    c.h.now_sec = 10000;
    set_up(&c);
    for (int i = 0; i < 8; i++)
        add_waiting(&c);
    *ret_starts = 0;
    do {
        progress = sched_step(c.h.s, c.h.now_sec, budget, &decisions);
        for (size_t i = 0; i < decisions.n; i++) {
            const struct decision *d = &decisions.items[i];

            *ret_starts += d->kind == DECIDE_START;
            n += d->kind == DECIDE_PREEMPT;
        }
        if (cut == DISTURBED && progress == SCHED_MORE && n_changes-- > 0)
            course_tell(&c.h, "job 900 nodes=1 hold");
    } while (progress == SCHED_MORE);
    course_fini(&c.h);
    return n;
}

/* However finely a walk is cut, no more end than in one step. */
START_TEST(test_slices)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", 20 * HISTORIES);
    size_t n_preempting = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        size_t starts, starts_cut, starts_disturbed;
        int n_whole = n_victims(seed, WHOLE, &starts);
        int n_cut = n_victims(seed, SLICED, &starts_cut);
        int n_disturbed = n_victims(seed, DISTURBED, &starts_disturbed);

        if (starts + starts_cut + starts_disturbed > 0)
            continue; /* those come first, and let others see what is left */
        n_preempting += n_whole > 0;
        ck_assert_msg(n_cut == n_whole && n_disturbed <= n_whole,
                      "seed %d: %d end, in slices %d, disturbed %d", (int)seed, n_whole,
                      n_cut, n_disturbed);
    }
    ck_assert_msg(seeds.alone || n_preempting > seeds.last / 8, "only %zu preempt",
                  n_preempting);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/preempt", (struct suite_row[]){{test_modes, MODES},
                                                                {test_circles, 1},
                                                                {test_random, 1},
                                                                {test_slices, 1},
                                                                {NULL, 0}});
}
