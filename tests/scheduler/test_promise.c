/*
 * The property that promises are for: in a cluster where nodes stay up and jobs end
 * within their limits, no job starts later than it was ever told, and no plan is ever
 * told later than before, whatever arrives, under whatever limits of QOS and accounts,
 * none of which is exceeded; and whoever has its nodes for its user alone, beside whom
 * no other one's jobs are. Checked over random days of work.
 *
 * Of an array it is told when its next task starts. Of the places that its other tasks
 * have nothing is told, but none of them moves to a later time either: as tasks are
 * alike, the first that is left is no later than the first was, or, where tasks have
 * started meanwhile, than the first of those behind theirs; and so on.
 *
 * A failing day prints its seed; GANTRY_DAYS sets how many are run, GANTRY_SEED runs
 * that one alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "base/str.h"
#include "base/util.h"
#include "scheduler/core.h"
#include "tests/support/cluster_text.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define DAYS 8
#define JOBS 70
#define TASKS 5                     /* of an array, at most */
#define WORKS (JOBS + JOBS * TASKS) /* with all tasks that may start */
#define NODES 6
#define NODE_CPUS 8
#define NODE_GPUS 4
#define LINE_MAX_ 512
/* Where limits are safe somebody may wait for ever: one who has all of his nodes may be
 * given more than ever is left to use. */
#define LAST_SEC (35 * 86400)

enum stage { TO_COME, WAITING, STARTED, RUNNING, ENDING, GONE };

struct work {
    enum stage stage;
    int64_t arrival_sec, limit_sec, run_sec;
    int64_t change_sec;    /* when it goes on to the next stage */
    int64_t promise_sec;   /* TIME_UNSET: none told yet */
    int tasks;             /* of an array, those that are left; 0: it is none */
    int of, task;          /* of one that has started: the array, and which; 0: none */
    int64_t places[TASKS]; /* of an array: the starts that are promised, in order; */
    int n_places;
    int n_started; /* since then */
};

struct day {
    uint64_t seed;
    struct rng rng;
    struct sched *s;
    struct restable res;
    struct work jobs[WORKS + 1];
    int n_jobs; /* with tasks that have started */
    int64_t now_sec;
    int64_t licenses;  /* of matlab, that there are */
    size_t kept;       /* promises that were kept */
    bool part_limited; /* partition b has a QOS with a limit on jobs of a user */
    bool limited;      /* jobs are under limits */
    bool owned;        /* some nodes are one user's */
    bool safe;         /* nobody starts who might use up what a limit leaves */
};

#define check(w, number, condition)                                          \
    ck_assert_msg(condition, "seed %" PRIu64 ", job %d, at %" PRId64 ": %s", \
                  (w)->seed, number, (w)->now_sec, #condition)

static int64_t draw(struct day *w, int64_t bound)
{
    return (int64_t)rng_below(&w->rng, (uint64_t)bound);
}

static void apply(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

static void tell(struct day *w, const char *line)
{
    struct err err;

    ck_assert_msg(cluster_text_line(&w->res, line, apply, w->s, &err) == 0, "%s",
                  err.msg);
}

/* Most jobs are short, some take half a day; a third of them is done long before the
 * limit. */
static void draw_job(struct day *w, int number)
{
    struct work *job = &w->jobs[number];
    int64_t minutes = draw(w, 4) == 0 ? 60 + draw(w, 660) : 1 + draw(w, 120);

    *job = (struct work){.arrival_sec = 1000 + draw(w, 43200),
                         .limit_sec = minutes * 60,
                         .promise_sec = TIME_UNSET};
    job->run_sec = draw(w, 3) == 0 ? draw(w, job->limit_sec) : job->limit_sec;
    job->change_sec = job->arrival_sec;
}

static void submit(struct day *w, int number)
{
    static const char *const shapes[] = {
        "nodes=1",          "nodes=2",      "nodes=4",           "nodes=2-4",
        "replicas=5",       "replicas=2-3", "nodes=1 exclusive", "nodes=1 nodelist=n2",
        "nodes=1 type=h100"};
    static const char *const places[] = {"partition=a", "partition=b", "partition=a,b"};
    static const char *const licenses[] = {"", "", " licenses=matlab",
                                           " licenses=matlab:2"};
    static const char *const others[] = {"", "", "", " : nodes=1 cpu=4",
                                         " : nodes=2 x/gpu=2 : replicas=2 cpu=1"};
    static const char *const payers[] = {
        "",
        "user=ann qos=few account=lab",
        "user=bob qos=few account=lab",
        "user=cem qos=wide account=lab",
        "user=ann qos=wide account=main",
        "user=bob qos=long account=main",
        "user=cem qos=spent account=lab",
        "user=ann qos=spent account=lab",
        "user=ann qos=dear account=lab",
        "user=cem qos=dear account=lab",
        "user=bob qos=dear account=main",
        "user=ann qos=half account=main",
        "user=bob qos=free account=lab",
    };
    static const char *const owners[] = {"", "user=ann", "user=bob", "user=cem"};
    const char *payer = payers[draw(w, w->limited ? ARRAY_LEN(payers) : 1)];
    const bool private = w->owned && draw(w, 3) == 0;
    const char *other = "";
    char line[LINE_MAX_];
    int64_t minutes = w->jobs[number].limit_sec / 60;
    char tasks[64] = "";

    if (draw(w, 4) == 0) {
        w->jobs[number].tasks = 2 + (int)draw(w, TASKS - 1);
        snprintf(tasks, sizeof(tasks), " tasks=0-%d%s", w->jobs[number].tasks - 1,
                 draw(w, 3) == 0 ? " tasklimit=2" : "");
    }
    if (!w->owned) /* there components may be too many, and nobody tells them so */
        other = others[draw(w, ARRAY_LEN(others))];
    if (w->owned && !w->limited)
        payer = owners[draw(w, ARRAY_LEN(owners))];
    snprintf(line, sizeof(line),
             "job %d %s submit=%" PRId64 " %s cpu=%d x/gpu=%d %s nice=%d time=%" PRId64
             "%s%s%s%s",
             number, payer, w->now_sec, shapes[draw(w, ARRAY_LEN(shapes))],
             1 + (int)draw(w, 8), (int)draw(w, 5), places[draw(w, ARRAY_LEN(places))],
             (int)draw(w, 500), minutes, licenses[draw(w, ARRAY_LEN(licenses))],
             private ? " exclusiveuser" : "", tasks, other);
    tell(w, line);
    w->jobs[number].stage = WAITING;
    w->jobs[number].change_sec = INT64_MAX;
}

static char *uid_of(const struct day *w, int number)
{
    const struct work *job = &w->jobs[number];

    if (job->of == 0)
        return xasprintf("job-%d", number);
    return xasprintf("job-%d/%d", job->of, job->task);
}

static void set_phase(struct day *w, int number, enum job_phase phase)
{
    AUTO_FREE char *uid = uid_of(w, number);
    struct change change = {.kind = CHANGE_JOB};

    change.u.job = job_copy(sched_job(w->s, uid));
    change.u.job->phase = phase;
    if (phase == JOB_RUNNING)
        change.u.job->start_sec = w->now_sec;
    if (phase == JOB_COMPLETING)
        change.u.job->end_sec = w->now_sec;
    sched_apply(w->s, &change);
}

/* A job goes on by itself: pods run within a minute, and are gone half a minute after
 * their end. */
static void go_on(struct day *w, int number)
{
    struct work *job = &w->jobs[number];
    AUTO_FREE char *uid = uid_of(w, number);

    switch (job->stage) {
    case TO_COME:
        submit(w, number);
        return;
    case STARTED:
        set_phase(w, number, JOB_RUNNING);
        job->stage = RUNNING;
        job->change_sec = w->now_sec + job->run_sec;
        return;
    case RUNNING:
        set_phase(w, number, JOB_COMPLETING);
        job->stage = ENDING;
        job->change_sec = w->now_sec + draw(w, 31);
        return;
    case ENDING:
        sched_apply(w->s, &(struct change){.kind = CHANGE_JOB_GONE, .u.key = uid});
        job->stage = GONE;
        job->change_sec = INT64_MAX;
        return;
    case WAITING:
    case GONE:
        ck_abort_msg("job %d has nothing to go on to", number);
    }
}

/* ---- what jobs hold together ---- */

/* On jobs, on what they hold and may use, of users, groups and accounts, and of a
 * partition, which come before; on what has been used on a day, which is not safe. */
static const char *const limit_lines[] = {
    "qos few maxJobsPerUser=2 grpTRES=cpu=32",
    "qos wide grpJobs=3 grpTRES=gres/gpu:h100=8 maxTRESPerUser=node=4",
    ("qos long grpTRESRunMins=cpu=24000,gres/gpu:h100=6000 "
     "maxTRESPerAccount=gres/x/gpu=16"),
    "qos spent grpTRESMins=cpu=6000,gres/gpu:h100=2000 grpWall=1200",
    "qos dear factor=2.5 grpWall=2400",
    "qos half factor=0.5",
    "qos free factor=0",
    "qos normal",
    "account main users=ann,bob maxJobs=3 grpTRESRunMins=cpu=30000",
    "account lab parent=main users=ann,bob,cem grpTRES=node=5 grpTRESMins=cpu=15000",
    "qos part maxJobsPerUser=3",
};

/* Instead, where limits are safe: what its jobs use together, some of which are
 * charged for more than they start by. */
static const char safe_account[] = "account lab parent=main users=ann,bob,cem "
                                   "grpTRES=node=5 grpTRESMins=cpu=15000 grpWall=5000";

/* Of those, what no other one stands for. */
struct have {
    int64_t jobs, cpu_milli, gpus;
    uint64_t nodes;
};

static const struct {
    const char *qos, *account, *user; /* NULL: whichever */
    struct have most;
    bool of_member; /* on his jobs */
} bounds[] = {
    {"few", NULL, NULL, {INT64_MAX, 32000, INT64_MAX, UINT64_MAX}, false},
    {"wide", NULL, NULL, {3, INT64_MAX, INT64_MAX, UINT64_MAX}, false},
    {"wide", NULL, "ann", {INT64_MAX, INT64_MAX, INT64_MAX, 4}, false},
    {"wide", NULL, "cem", {INT64_MAX, INT64_MAX, INT64_MAX, 4}, false},
    {"long", "main", NULL, {INT64_MAX, INT64_MAX, 16, UINT64_MAX}, false},
    {NULL, "lab", NULL, {INT64_MAX, INT64_MAX, INT64_MAX, 5}, false},
    {NULL, "main", "ann", {3, INT64_MAX, INT64_MAX, UINT64_MAX}, true},
};

static bool is_of(const struct job *job, const char *qos, const char *account,
                  const char *user)
{
    return (qos == NULL || str_eq(job->qos, qos)) &&
           (account == NULL || str_eq(job->account, account)) &&
           (user == NULL || str_eq(job->user, user));
}

/* Each component is a job; one that has its nodes alone has all that they have. */
static void add_held(const struct day *w, const struct job *job, struct have *sum)
{
    const int gpu = restable_find(&w->res, "x/gpu");

    sum->jobs += (int64_t)job->n_others + 1;
    for (size_t i = 0; i < job->n_alloc; i++) {
        const struct slot *slot = &job->alloc[i];

        sum->cpu_milli +=
            job->exclusive ? NODE_CPUS * 1000 : slot->pods * slot->each.v[RES_CPU];
        sum->gpus += job->exclusive ? NODE_GPUS : slot->pods * slot->each.v[gpu];
        sum->nodes |= UINT64_C(1) << strtol(slot->node + 1, NULL, 10);
    }
}

/* A QOS has a limit on jobs of a user, which stands for that of his account: then he
 * may have more than that. */
static bool has_jobs_by_qos(const struct day *w, const struct job *job)
{
    return str_eq(job->qos, "few") || (w->part_limited && str_eq(job->partition, "b"));
}

static void check_bound(struct day *w, int number, size_t bound)
{
    const struct have *most = &bounds[bound].most;
    struct have sum = {0};

    for (int i = 1; i <= w->n_jobs; i++) {
        AUTO_FREE char *uid = uid_of(w, i);
        const struct job *job = sched_job(w->s, uid);

        if (job != NULL && job->n_alloc > 0 &&
            is_of(job, bounds[bound].qos, bounds[bound].account, bounds[bound].user) &&
            !(bounds[bound].of_member && has_jobs_by_qos(w, job)))
            add_held(w, job, &sum);
    }
    check(w, number, sum.jobs <= most->jobs && sum.cpu_milli <= most->cpu_milli);
    check(w, number,
          sum.gpus <= most->gpus &&
              (uint64_t)__builtin_popcountll(sum.nodes) <= most->nodes);
}

static void check_limits(struct day *w, int number)
{
    for (size_t i = 0; i < ARRAY_LEN(bounds) && w->limited; i++)
        check_bound(w, number, i);
}

/* No more licences are out than there are. */
static void check_licenses(struct day *w, int number)
{
    int64_t left = w->licenses;

    for (int i = 1; i <= w->n_jobs; i++) {
        AUTO_FREE char *uid = uid_of(w, i);
        const struct job *job = sched_job(w->s, uid);

        if (job != NULL && job->n_alloc > 0 && job->n_licenses > 0)
            left -= job->licenses[0].count;
    }
    check(w, number, left >= 0);
}

/* ---- who is beside whom ---- */

static bool is_of_one(const struct job *a, const struct job *b)
{
    return job_has_user(a) == job_has_user(b) &&
           (job_has_user(a) ? str_eq(a->user, b->user) : str_eq(a->ns, b->ns));
}

/* Not beside that other one? */
static bool minds(const struct job *job, const struct job *other)
{
    const enum sharing sharing = job_sharing(job, NULL);

    return sharing == SHARES_WITH_NONE ||
           (sharing == SHARES_WITH_USER && !is_of_one(job, other));
}

static bool meet(const struct job *a, const struct job *b)
{
    bool same = false;

    for (size_t i = 0; i < a->n_alloc; i++) {
        for (size_t k = 0; k < b->n_alloc; k++)
            same |= strcmp(a->alloc[i].node, b->alloc[k].node) == 0;
    }
    return same;
}

static void check_mates(struct day *w, int number, const char *started)
{
    const struct job *job = sched_job(w->s, started);

    for (int i = 1; i <= w->n_jobs; i++) {
        AUTO_FREE char *uid = uid_of(w, i);
        const struct job *other = sched_job(w->s, uid);

        if (other != NULL && other != job && meet(job, other))
            check(w, number, !minds(job, other) && !minds(other, job));
    }
}

/* A task of an array has started. The array waits for its next one, or is done. */
static struct work *split(struct day *w, int number, int task)
{
    struct work *array = &w->jobs[number], *job = &w->jobs[++w->n_jobs];

    *job = *array;
    job->of = number;
    job->task = task;
    job->tasks = 0;
    job->run_sec = draw(w, 3) == 0 ? draw(w, job->limit_sec) : job->limit_sec;
    array->promise_sec = TIME_UNSET;
    array->n_started++;
    array->tasks--;
    if (array->tasks == 0)
        array->stage = GONE;
    return job;
}

static void add_place(struct work *now, const struct plan *plan)
{
    int i = now->n_places++;

    for (; i > 0 && now->places[i - 1] > plan->start_sec; i--)
        now->places[i] = now->places[i - 1];
    now->places[i] = plan->start_sec;
}

/* None of the places that an array's tasks have is later than it was. */
static void check_places(struct day *w, int number)
{
    struct work *was = &w->jobs[number], now = *was;
    AUTO_FREE char *uid = xasprintf("job-%d", number);
    const struct jobrec *rec = jobrec_find(w->s, uid);

    now.n_places = now.n_started = 0;
    for (size_t i = 0; i <= rec->n_followers; i++) {
        const struct plan *plan = &(i > 0 ? rec->followers[i - 1] : rec)->job->plan;

        if (plan->promised)
            add_place(&now, plan);
    }
    for (int i = was->n_started; i < was->n_places; i++) {
        bool allowed = i - was->n_started <= (int)rec->n_followers;

        check(w, number, !allowed || i - was->n_started < now.n_places);
        check(w, number, !allowed || now.places[i - was->n_started] <= was->places[i]);
    }
    *was = now;
}

static void see_start(struct day *w, int number, const struct decision *d)
{
    struct work *job = &w->jobs[number];
    struct resvec used, free_;
    AUTO_FREE char *uid = NULL;

    check(w, number, job->stage == WAITING);
    check(w, number,
          job->promise_sec == TIME_UNSET || w->now_sec < job->promise_sec + 60);
    w->kept += job->promise_sec != TIME_UNSET;
    for (size_t i = 0; i < d->n_slots; i++) {
        check(w, number, sched_node_usage(w->s, d->slots[i].node, &used, &free_));
        for (int r = 0; r < RES_MAX; r++)
            ck_assert_msg(free_.v[r] >= 0,
                          "seed %" PRIu64 ", job %d, at %" PRId64 ": %s has %" PRId64
                          " of resource %d left",
                          w->seed, number, w->now_sec, d->slots[i].node, free_.v[r], r);
    }
    check_licenses(w, number);
    check_limits(w, number);
    if (d->task >= 0)
        job = split(w, number, (int)d->task);
    job->stage = STARTED;
    job->change_sec = w->now_sec + draw(w, 60);
    uid = uid_of(w, (int)(job - w->jobs));
    check_mates(w, number, uid);
}

static void see_plan(struct day *w, int number, const struct decision *d)
{
    struct work *job = &w->jobs[number];

    if (reason_class(d->reason) == WAIT_NEVER) {
        job->stage = ENDING; /* its owner sees that and deletes it */
        job->change_sec = w->now_sec + 1;
        return;
    }
    if (!d->promised) {
        check(w, number, job->promise_sec == TIME_UNSET);
        return;
    }
    check(w, number, d->planned_sec >= w->now_sec - 60 && d->n_slots > 0);
    check(w, number,
          job->promise_sec == TIME_UNSET || d->planned_sec <= job->promise_sec);
    job->promise_sec = d->planned_sec;
}

/* What it has used it may no more. One whose time is up ends by itself just then. */
static void see_end(struct day *w, const struct decision *d)
{
    for (int i = 1; i <= w->n_jobs; i++) {
        AUTO_FREE char *uid = uid_of(w, i);

        if (w->jobs[i].stage == RUNNING && strcmp(uid, d->job_uid) == 0)
            w->jobs[i].change_sec = w->now_sec;
    }
}

static void see(struct day *w, const struct decisions *decisions)
{
    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *d = &decisions->items[i];
        int number = (int)strtol(d->job_uid + strlen("job-"), NULL, 10);

        switch (d->kind) {
        case DECIDE_START:
            see_start(w, number, d);
            break;
        case DECIDE_REASON:
            see_plan(w, number, d);
            break;
        case DECIDE_END:
            see_end(w, d);
            break;
        case DECIDE_GIVE_UP:
        case DECIDE_PREEMPT:
        case DECIDE_SPLIT:
            break;
        }
    }
}

static bool spend(void *arg, int64_t ahead_us)
{
    int64_t *left = arg;

    (void)ahead_us;
    return --*left <= 0;
}

/* Sometimes in small steps, as under load. */
static void step(struct day *w)
{
    enum sched_progress progress;
    struct decisions decisions;
    bool small = draw(w, 4) == 0;

    do {
        int64_t left = 1 + draw(w, 5);
        struct sched_budget budget = {small ? spend : NULL, &left};

        progress = sched_step(w->s, w->now_sec, budget, &decisions);
        see(w, &decisions);
    } while (progress == SCHED_MORE);
    for (int i = 1; i <= JOBS; i++) {
        if (w->jobs[i].stage == WAITING && w->jobs[i].tasks > 0)
            check_places(w, i);
    }
}

/* To the next thing that happens; false: nothing is left. */
static bool advance(struct day *w)
{
    int64_t next = sched_next_wake(w->s, w->now_sec);
    size_t left = 0;

    for (int i = 1; i <= w->n_jobs; i++) {
        next = MIN(next, w->jobs[i].change_sec);
        left += w->jobs[i].stage != GONE;
    }
    if (left == 0)
        return false;
    check(w, 0, next != INT64_MAX && next >= w->now_sec);
    w->now_sec = next;
    for (int i = 1; i <= w->n_jobs; i++) {
        if (w->jobs[i].change_sec <= w->now_sec)
            go_on(w, i);
    }
    return true;
}

static void add_limits(struct day *w)
{
    for (size_t i = 0; i < ARRAY_LEN(limit_lines); i++)
        tell(w, limit_lines[i]);
    if (w->safe)
        tell(w, safe_account);
}

/* Nor has one been given up and given again. */
static void check_unbroken(struct day *w)
{
    for (int cause = BROKEN_NOT + 1; cause < BROKEN_CAUSES; cause++)
        check(w, 0, sched_broken_promises(w->s, (enum broken)cause) == 0);
}

static size_t run_day(uint64_t seed)
{
    struct sched_config config = sched_config_default();
    struct day w = {.seed = seed, .now_sec = 900, .n_jobs = JOBS};

    rng_seed(&w.rng, seed);
    config.reservation_depth = 1 + draw(&w, 20);
    config.max_job_test = 1 + draw(&w, 40);
    config.min_age_reserve_sec = seed % 3 == 1 ? 60 * draw(&w, 60) : 0;
    config.backfill_order = (enum backfill_order)(seed % 3);
    config.decay_half_life_sec = seed % 4 == 0 ? 10800 : 0; /* so it is forgotten */
    config.usage_reset = seed % 4 == 2 ? USAGE_RESET_DAILY : USAGE_RESET_NONE;
    w.safe = config.limits_safe = seed % 6 == 4;
    w.licenses = 2 + draw(&w, 4);
    config.licenses = (struct license_table){.n = 1, .items = {{"matlab", w.licenses}}};
    restable_init(&w.res);
    w.s = sched_new(&config);
    tell(&w, "node n[1-3] cpu=8 x/gpu=4 type=h100");
    tell(&w, "node n[4-6] cpu=8 x/gpu=4 type=a100");
    sched_apply(w.s, &(struct change){.kind = CHANGE_RESOURCES, .u.resources = &w.res});
    w.limited = seed % 2 == 0;
    w.owned = seed % 5 == 3;
    tell(&w, w.owned && draw(&w, 3) == 0 ? "partition a nodes=n[1-4] exclusiveuser"
                                         : "partition a nodes=n[1-4]");
    if (w.limited)
        add_limits(&w);
    w.part_limited = w.limited && draw(&w, 2) == 0;
    tell(&w, w.part_limited ? "partition b nodes=n[3-6] tier=1 qos=part"
                            : "partition b nodes=n[3-6] tier=1");
    for (int i = 1; i <= JOBS; i++)
        draw_job(&w, i);
    while (w.now_sec < LAST_SEC && advance(&w))
        step(&w);
    check(&w, 0, w.safe || w.now_sec < LAST_SEC);
    check_unbroken(&w);
    sched_free(w.s);
    return w.kept;
}

START_TEST(test_promises)
{
    const struct seeds seeds = seeds_of("GANTRY_DAYS", DAYS);
    size_t kept = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        kept += run_day(seed);
    ck_assert_msg(seeds.alone || kept > seeds.last * 10,
                  "only %zu promises were made and kept", kept);
}
END_TEST

/* A day on which components were not placed where they had been promised to be. */
START_TEST(test_components)
{
    run_day(31);
}
END_TEST

int main(void)
{
    return suite_main(
        "scheduler/promise",
        (struct suite_row[]){{test_promises, 1}, {test_components, 1}, {NULL, 0}});
}
