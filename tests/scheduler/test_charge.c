/*
 * Charging in slices, over random histories: whatever the slices, accounts and QOS end
 * up with the same usage, and as many jobs start, as all in one step; and wherever a
 * slice ended, a fresh core given the snapshot goes on to the same.
 *
 * GANTRY_HISTORIES sets how many are run, GANTRY_SEED runs that one alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/charge.h"
#include "tests/support/cluster_text.h"
#include "tests/support/copies.h"
#include "tests/support/course.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define HISTORIES 1000
#define ROUNDS 12
#define CHANGES 10
#define JOBS 9
#define NODES 4
#define STEPS_MAX 1000
#define TEXT_MAX_ 65536
#define PERIOD_SEC 100

/* ---- what changes ---- */

/* Since some time that is not longer ago than that. */
static void say_start(struct course *h, int64_t ago_sec, char *line, size_t size)
{
    static const char *const accounts[] = {"", " account=low", " account=mid",
                                           " account=new"};
    static const char *const users[] = {"ann", "bob", "cem"};
    static const char *const qos[] = {"", " qos=other", " qos=kept"};
    int64_t start = h->now_sec - course_draw(h, ago_sec + 1);
    int number = 1 + (int)course_draw(h, JOBS);
    const struct job *job = course_job(h, number);

    if (job != NULL && job->start_sec != TIME_UNSET) /* another run of it */
        start = MAX(start, job->start_sec + 1);
    snprintf(line, size,
             "job %d user=%s%s%s cpu=1 x/gpu=%d nodes=1 submit=0 time=60 state=running "
             "start=%lld in=%s on=n%d%s",
             number, COURSE_PICK(h, users), COURSE_PICK(h, accounts),
             COURSE_PICK(h, qos), (int)course_draw(h, 2), (long long)MAX(start, 1),
             course_chance(h, 50) ? "batch" : "owned", 1 + (int)course_draw(h, NODES),
             course_chance(h, 10) ? " exclusive" : "");
}

static void say_waiting(struct course *h, char *line, size_t size)
{
    snprintf(line, size, "job %d user=%s account=%s cpu=2 nodes=1 submit=%lld time=10",
             JOBS + 1 + (int)course_draw(h, 4), course_chance(h, 50) ? "ann" : "bob",
             course_chance(h, 50) ? "low" : "mid", (long long)h->now_sec);
}

static void say_rules(struct course *h, char *line, size_t size)
{
    static const char *const lines[] = {
        "account low parent=top users=ann,bob",
        "account low parent=top users=ann,bob grpTRESMins=cpu=50",
        "account low parent=top users=bob,cem shares=2",
        "account mid users=ann,bob,cem",
        "account mid parent=low users=bob used.bob=70 asof=900",
        "account new users=ann,bob,cem",
        "gone account new",
        "gone account mid",
        "qos other factor=2 grpWall=30",
        "qos other factor=0.5 used=cpu=40 asof=1500",
        "qos part priority=5",
        "gone qos other",
        "gone qos part",
        "qos kept flags=NoDecay",
        "partition owned qos=part bill.cpu=2 bill.x/gpu=5",
        "partition owned qos=kept",
        "node n2 cpu=4 x/gpu=2",
        "gone node n2",
    };

    snprintf(line, size, "%s", COURSE_PICK(h, lines));
}

/* What a job that runs comes to; "" where there is no such job. */
static void say_end(struct course *h, int64_t ago_sec, char *line, size_t size)
{
    int number = 1 + (int)course_draw(h, JOBS);
    const struct job *job = course_job(h, number);
    int64_t end_sec = h->now_sec - course_draw(h, ago_sec + 1);

    *line = '\0';
    if (job == NULL)
        return;
    if (course_chance(h, 30)) {
        snprintf(line, size, "gone job %d", number);
        return;
    }
    if (job->phase == JOB_PENDING || job->phase == JOB_ENDED || job->partition == NULL)
        return;
    snprintf(line, size,
             "job %d user=%s%s%s%s%s nodes=1 cpu=1 submit=0 time=60 state=%s "
             "start=%lld end=%lld in=%s on=%s",
             number, job->user, job->account != NULL ? " account=" : "",
             job->account != NULL ? job->account : "", job->qos != NULL ? " qos=" : "",
             job->qos != NULL ? job->qos : "",
             course_chance(h, 50) ? "ended" : "completing", (long long)job->start_sec,
             (long long)MAX(end_sec, job->start_sec), job->partition,
             job->n_alloc > 0 ? job->alloc[0].node : "n1");
}

static void draw_job(struct course *h, char *line, size_t size)
{
    int64_t what = course_draw(h, 100);

    if (what < 50)
        say_start(h, what < 15 ? 900 : 20, line, size);
    else if (what < 85)
        say_end(h, 30, line, size);
    else
        say_waiting(h, line, size);
}

/* Nothing of before the period: who had paid for that is up to the slices. */
static void draw_news(struct course *h, char *line, size_t size)
{
    if (course_chance(h, 50))
        say_start(h, h->now_sec % PERIOD_SEC, line, size);
    else
        say_end(h, h->now_sec % PERIOD_SEC, line, size);
}

static void draw_any(struct course *h, char *line, size_t size)
{
    if (course_chance(h, 85))
        draw_job(h, line, size);
    else
        say_rules(h, line, size);
}

typedef void draw_fn(struct course *h, char *line, size_t size);

/* So many changes, of which others are told beside; NULL: nobody is. */
static void change(struct course *h, struct course *beside, draw_fn *draw, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        char line[512];

        draw(h, line, sizeof(line));
        if (*line == '\0')
            continue;
        course_tell(h, "%s", line);
        if (beside != NULL)
            course_tell(beside, "%s", line);
    }
}

static void begin(struct course *h, uint64_t seed)
{
    struct sched_config config = sched_config_default();

    config.calc_period_sec = PERIOD_SEC;
    config.decay_half_life_sec = seed % 3 == 0 ? 0 : 700;
    config.usage_reset = seed % 5 == 0 ? USAGE_RESET_DAILY : USAGE_RESET_NONE;
    config.priority_weight_fairshare = 1000;
    course_init(h, seed, &config);
    h->now_sec = seed % 5 == 0 ? 85800 : 1000;
    course_tell(h, "node n[1-4] cpu=4 x/gpu=2");
    course_tell(h, "partition batch default bill.cpu=1 bill.x/gpu=3");
    course_tell(h, "partition owned qos=part");
    if (seed % 7 == 0) /* nobody pays yet */
        return;
    course_tell(h, "qos normal");
    course_tell(h, "qos part");
    course_tell(h, "qos other factor=2");
    course_tell(h, "qos kept flags=NoDecay");
    course_tell(h, "account top");
    course_tell(h, "account low parent=top users=ann,bob");
    course_tell(h, "account mid users=ann,cem");
}

/* ---- what comes of it ---- */

static void say_used(const struct usage *usage, struct str *out)
{
    const struct used *used[] = {&usage->past, &usage->recent};

    for (size_t i = 0; i < ARRAY_LEN(used); i++) {
        for (size_t k = 0; k < used[i]->n; k++)
            str_addf(out, " %s%d/%s=%lld", i == 0 ? "" : "recent ",
                     (int)used[i]->items[k].tres,
                     used[i]->items[k].type != NULL ? used[i]->items[k].type : "",
                     (long long)used[i]->items[k].amount);
    }
}

static void say_times(const struct usage_time *as_of, struct str *out)
{
    str_addf(out, " as of %lld, %lld%s\n", (long long)as_of->usage_sec,
             (long long)as_of->recent_sec,
             as_of->owed_sec != USAGE_SETTLED ? ", and owed" : "");
}

/* What each has used, and who is half charged. */
static void say_change(void *arg, const struct change *change)
{
    struct str *out = arg;

    if (change->kind == CHANGE_QOS) {
        str_addf(out, "qos %s:", change->u.qos->name);
        say_used(&change->u.qos->usage, out);
        say_times(&change->u.qos->as_of, out);
    } else if (change->kind == CHANGE_ACCOUNT) {
        const struct account *a = change->u.account;

        str_addf(out, "account %s:", a->name);
        for (size_t i = 0; i < a->n_members; i++) {
            str_addf(out, " %s", a->members[i].user);
            say_used(&a->members[i].usage, out);
        }
        say_times(&a->as_of, out);
    } else if (change->kind == CHANGE_JOB && change->u.job->charged &&
               change->u.job->phase != JOB_ENDED) {
        str_addf(out, "charged: %s\n", change->u.job->uid);
    }
}

static void say_all(const struct sched *s, int64_t now_sec, struct str *out)
{
    str_addf(out, "charged up to %lld\n", (long long)sched_charged_sec(s));
    sched_snapshot(s, say_change, out);
    for (int i = JOBS + 1; i <= JOBS + 4; i++) {
        AUTO_FREE char *uid = xasprintf("job-%d", i);
        const struct job *job = sched_job(s, uid);

        if (job != NULL)
            str_addf(out, "job %d: priority %lld\n", i,
                     (long long)sched_job_priority(s, uid, now_sec));
    }
}

static void check_same(struct course *h, const struct sched *a, const struct sched *b)
{
    STR_AUTO struct str one, other;

    str_init(&one, TEXT_MAX_);
    str_init(&other, TEXT_MAX_);
    say_all(a, h->now_sec, &one);
    say_all(b, h->now_sec, &other);
    if (strcmp(one.s, other.s) != 0) {
        str_addf(&h->script, "--- this core:\n%s--- the other:\n%s", one.s, other.s);
        course_give_up(h, "the same usage");
    }
    if (sched_charged_sec(a) == TIME_UNSET) /* nobody pays */
        return;
    course_check(h, strstr(one.s, "charged: ") == NULL &&
                        strstr(one.s, "and owed") == NULL);
}

static bool spend(void *arg, int64_t ahead_us)
{
    int64_t *left = arg;

    (void)ahead_us;
    return --*left <= 0;
}

/* `asks`: so often it is asked whether the budget is spent, the last time it is; 0: it
 * never is. */
static enum sched_progress step(struct course *h, int64_t asks)
{
    struct sched_budget budget = {asks > 0 ? spend : NULL, &asks};
    struct decisions decisions;

    str_addf(&h->script, "at %lld asks=%lld\n", (long long)h->now_sec, (long long)asks);
    return sched_step(h->s, h->now_sec, budget, &decisions);
}

static void to_rest(struct course *h, bool in_slices)
{
    for (int i = 0; step(h, in_slices ? 1 + course_draw(h, 3) : 0) == SCHED_MORE; i++)
        course_check(h, i < STEPS_MAX);
}

/* ---- the same in slices ---- */

static void run_slices(uint64_t seed)
{
    struct course cut, whole;

    begin(&cut, seed);
    begin(&whole, seed);
    for (int i = 0; i < ROUNDS; i++) {
        change(&cut, &whole, draw_any, course_draw(&cut, CHANGES));
        cut.now_sec += course_draw(&cut, course_chance(&cut, 20) ? 500 : 120);
        whole.now_sec = cut.now_sec;
        to_rest(&cut, true);
        to_rest(&whole, false);
        check_same(&cut, cut.s, whole.s);
        for (int k = JOB_PENDING; k <= JOB_ENDED; k++)
            course_check(&cut, sched_count(cut.s, (enum job_phase)k) ==
                                   sched_count(whole.s, (enum job_phase)k));
    }
    course_fini(&cut);
    course_fini(&whole);
}

START_TEST(test_slices)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_slices(seed);
}
END_TEST

/* ---- the law, between slices ---- */

static void copy_change(void *arg, const struct change *change)
{
    const struct change copy = change_copy(change);

    sched_apply(arg, &copy);
}

/* The time of a book that is half charged. */
static void see_open(void *arg, const struct change *change)
{
    const struct usage_time *as_of = NULL;
    int64_t *open_sec = arg;

    if (change->kind == CHANGE_QOS)
        as_of = &change->u.qos->as_of;
    else if (change->kind == CHANGE_ACCOUNT)
        as_of = &change->u.account->as_of;
    if (as_of != NULL && as_of->owed_sec != USAGE_SETTLED)
        *open_sec = as_of->usage_sec;
}

/* Has each of its periods been charged but the last one? */
static bool is_up_to_date(const struct course *h)
{
    int64_t period_sec = h->now_sec - h->now_sec % PERIOD_SEC, open_sec = period_sec;

    sched_snapshot(h->s, see_open, &open_sec);
    return open_sec == period_sec && sched_charged_sec(h->s) == period_sec - PERIOD_SEC;
}

/* From here on both are told the same, and step in slices of their own, which end
 * between other jobs: so either rules change before the first of these; or jobs end,
 * and time passes, behind it, where it is of one period for both. */
static void check_law(struct course *h)
{
    bool with_rules = course_chance(h, 50) || !is_up_to_date(h);
    struct course fresh;

    begin(&fresh, h->seed);
    sched_free(fresh.s);
    fresh.s = sched_new(&(struct sched_config){0});
    sched_snapshot(h->s, copy_change, fresh.s);
    fresh.now_sec = h->now_sec;
    if (with_rules)
        change(h, &fresh, say_rules, course_draw(h, 3));
    step(h, 1);
    step(&fresh, 1);
    if (!with_rules) {
        change(h, &fresh, draw_news, course_draw(h, 3));
        h->now_sec += course_chance(h, 20) ? course_draw(h, 200) : 0;
        fresh.now_sec = h->now_sec;
    }
    str_addf(&h->script, "# to rest, and so does a fresh core\n");
    to_rest(h, course_chance(h, 50));
    to_rest(&fresh, course_chance(h, 50));
    check_same(h, h->s, fresh.s);
    course_fini(&fresh);
}

static void run_law(uint64_t seed)
{
    struct course h;

    begin(&h, seed);
    for (int i = 0; i < ROUNDS; i++) {
        for (int64_t k = course_draw(&h, CHANGES); k > 0; k--) {
            change(&h, NULL, draw_any, 1);
            if (course_chance(&h, 40))
                step(&h, 1 + course_draw(&h, 2));
        }
        h.now_sec += course_draw(&h, course_chance(&h, 20) ? 500 : 120);
        for (int64_t k = course_draw(&h, 4); k > 0; k--)
            step(&h, 1 + course_draw(&h, 2));
        if (course_chance(&h, 40))
            check_law(&h);
    }
    course_fini(&h);
}

START_TEST(test_law)
{
    const struct seeds seeds = seeds_of("GANTRY_HISTORIES", HISTORIES);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_law(seed);
}
END_TEST

/* ---- what changes while jobs pay ---- */

/* Job 1 has paid as time comes to 1100; then its partition has a QOS, to which it is
 * charged as well. */
static void change_while_paying(struct course *h, int64_t start_sec)
{
    begin(h, 1);
    course_tell(h, "partition owned");
    for (int i = 1; i <= 4; i++)
        course_tell(h,
                    "job %d user=ann account=low cpu=1 nodes=1 time=60 state=running "
                    "start=%d in=%s on=n%d",
                    i, (int)start_sec, i > 1 ? "batch" : "owned", i);
    to_rest(h, false);
    h->now_sec += PERIOD_SEC;
    course_check(h, step(h, 1) == SCHED_MORE);
    course_tell(h, "partition owned qos=part");
}

/* It is charged up to the end of that period, and from there to later ones: also by a
 * core that is told of it only then, whose next step ends later. */
START_TEST(test_again)
{
    for (int64_t start_sec = 900; start_sec < 930; start_sec++) {
        struct course h, fresh;

        change_while_paying(&h, start_sec);
        begin(&fresh, 1);
        sched_free(fresh.s);
        fresh.s = sched_new(&(struct sched_config){0});
        sched_snapshot(h.s, copy_change, fresh.s);
        to_rest(&h, true);
        h.now_sec = fresh.now_sec = h.now_sec + 2 * PERIOD_SEC;
        to_rest(&h, false);
        to_rest(&fresh, false);
        check_same(&h, h.s, fresh.s);
        course_fini(&fresh);
        course_fini(&h);
    }
}
END_TEST

/* ---- a slice ends between two jobs ---- */

/* Nothing starts, though there is room, until all have paid. */
START_TEST(test_waits)
{
    struct course h;
    int slices = 0;

    begin(&h, 1);
    for (int i = 1; i <= 4; i++)
        course_tell(&h,
                    "job %d user=ann account=low cpu=1 nodes=1 time=60 state=running "
                    "start=900 in=batch on=n%d",
                    i, i);
    course_tell(&h, "job 10 user=bob account=low cpu=1 nodes=1 time=1");
    while (sched_charged_sec(h.s) != h.now_sec) {
        course_check(&h, step(&h, 1) == SCHED_MORE);
        course_check(&h, sched_next_wake(h.s, h.now_sec) == h.now_sec);
        if (sched_charged_sec(h.s) != h.now_sec)
            course_check(&h, course_job(&h, 10)->phase == JOB_PENDING);
        course_check(&h, ++slices <= 4);
    }
    course_check(&h, slices == 4);
    to_rest(&h, true);
    course_check(&h, course_job(&h, 10)->phase == JOB_STARTING);
    course_fini(&h);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/charge", (struct suite_row[]){{test_slices, 1},
                                                               {test_law, 1},
                                                               {test_again, 1},
                                                               {test_waits, 1},
                                                               {NULL, 0}});
}
