/*
 * An array is planned as its tasks would be, were they jobs of their own that change
 * places so that the first of them has the earliest: over random small clusters and
 * queues, a core that has arrays starts as many tasks on the same nodes, and keeps the
 * same places for the others, as one that has each task as a job. After jobs have ended
 * and others have come, too, and where no more than so many tasks may be under way. (An
 * array of several partitions is planned in one of them for its next task where another
 * would be as early.)
 *
 * Those that are jobs of their own change places here between two steps. Within one
 * they keep them, where an array's have changed: then other nodes, and times, may come
 * of it (scenarios array-changes-places and array-tasks-keep-places). The test looks on
 * as they step, and lets a case go apart only if a later task had a place before that
 * of an earlier one meanwhile: one in thousands does.
 *
 * The next task has the earliest of their places.
 *
 * A failing case prints its seed; GANTRY_CASES sets how many are run, GANTRY_SEED runs
 * that one alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/follower.h"
#include "tests/support/course.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

#define CASES 1500
#define JOBS 8
#define TASKS 6
#define CHANGES 4
#define TEXT_MAX_ (1u << 16)
#define TASK_NUMBER(job, task) (100 * (job) + (task))

/* One queue in two cores: with arrays, and with their tasks. */
struct twins {
    struct course arrays, tasks;
    int n_tasks[JOBS + 1]; /* 0: no array */
    int n_running, n_jobs;
    bool crossed; /* in the step, tasks of one had places out of turn */
    bool limits;  /* some arrays have one on tasks that are under way */
};

/* ---- places ---- */

struct places {
    char *items[JOBS * (TASKS + 1)];
    size_t n;
};

static int line_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Where a job is, or will be; nothing of one that has no place. */
static void add_line(struct places *places, int number, const struct job *job)
{
    bool runs = job->n_alloc > 0;
    const struct slot *slots = runs ? job->alloc : job->plan.slots;
    size_t n = runs ? job->n_alloc : job->plan.n_slots;
    STR_AUTO struct str line;

    str_init(&line, TEXT_MAX_);
    if (!runs && job->plan.start_sec == TIME_UNSET)
        return;
    str_addf(&line, "%d %s %lld%s", number, runs ? "since" : "at",
             (long long)(runs ? job->start_sec : job->plan.start_sec),
             job->plan.promised ? " promised" : "");
    for (size_t i = 0; i < n; i++)
        str_addf(&line, " %s:%lld", slots[i].node, (long long)slots[i].pods);
    places->items[places->n++] = str_take(&line);
}

/* The next task has the earliest of the places that are promised. */
static void check_order(const struct course *h, const struct jobrec *array)
{
    const struct plan *own = &array->job->plan;

    for (size_t i = 0; i < array->n_followers; i++) {
        const struct plan *plan = &array->followers[i]->job->plan;

        course_check(h, !plan->promised ||
                            (own->promised && own->start_sec <= plan->start_sec));
    }
}

static void add_array(struct places *places, const struct course *h, int number)
{
    AUTO_FREE char *uid = xasprintf("job-%d", number);
    const struct jobrec *rec = jobrec_find(h->s, uid);

    for (int i = 0; i < TASKS; i++) {
        AUTO_FREE char *task_uid = job_task_uid(uid, i);
        const struct job *task = sched_job(h->s, task_uid);

        if (task != NULL)
            add_line(places, number, task);
    }
    if (rec->job->phase != JOB_PENDING)
        return;
    check_order(h, rec);
    add_line(places, number, rec->job);
    for (size_t i = 0; i < rec->n_followers; i++)
        add_line(places, number, rec->followers[i]->job);
}

static void add_tasks(struct places *places, const struct course *h, int number, int n)
{
    for (int i = 0; i < n; i++)
        add_line(places, number, course_job(h, TASK_NUMBER(number, i)));
}

/* Sorted, as tasks are alike. */
static char *finish(struct places *places)
{
    STR_AUTO struct str out;

    qsort(places->items, places->n, sizeof(*places->items), line_compare);
    str_init(&out, TEXT_MAX_);
    for (size_t i = 0; i < places->n; i++) {
        str_addf(&out, "%s\n", places->items[i]);
        free(places->items[i]);
    }
    return str_take(&out);
}

static char *say_places(const struct twins *t, bool by_task)
{
    const struct course *h = by_task ? &t->tasks : &t->arrays;
    struct places places = {.n = 0};

    for (int i = 1; i <= t->n_jobs; i++) {
        if (t->n_tasks[i] == 0 && course_job(h, i) != NULL)
            add_line(&places, i, course_job(h, i));
        else if (t->n_tasks[i] > 0 && by_task)
            add_tasks(&places, h, i, t->n_tasks[i]);
        else if (t->n_tasks[i] > 0)
            add_array(&places, h, i);
    }
    return finish(&places);
}

/* ---- what is drawn ---- */

static void draw_job(struct twins *t, int number)
{
    static const char *const shapes[] = {"nodes=1", "nodes=1",    "nodes=2",
                                         "nodes=3", "replicas=3", "nodes=1-2"};
    static const char *const parts[] = {"", "", " partition=b", " partition=a,b"};
    static const char *const limits[] = {"", "", " tasklimit=1", " tasklimit=2"};
    struct course *h = &t->arrays;
    int n = course_chance(h, 50) ? 2 + (int)course_draw(h, TASKS - 1) : 0;
    size_t n_parts = ARRAY_LEN(parts) - (n > 0);
    AUTO_FREE char *line =
        xasprintf("%s cpu=%d time=%d nice=%d%s%s%s", COURSE_PICK(h, shapes),
                  1 + (int)course_draw(h, 8), 1 + (int)course_draw(h, 200),
                  100 * (int)course_draw(h, 3), course_pick(h, parts, n_parts),
                  course_chance(h, 10) ? " exclusive" : "",
                  n > 0 && t->limits ? COURSE_PICK(h, limits) : "");

    t->n_tasks[number] = n;
    if (n == 0)
        course_tell(&t->tasks, "job %d %s", number, line);
    for (int i = 0; i < n; i++)
        course_tell(&t->tasks, "job %d taskof=%d task=%d %s", TASK_NUMBER(number, i),
                    number, i, line);
    if (n == 0)
        course_tell(h, "job %d %s", number, line);
    else
        course_tell(h, "job %d tasks=0-%d %s", number, n - 1, line);
}

static void tell_both(struct twins *t, const char *line)
{
    course_tell(&t->arrays, "%s", line);
    course_tell(&t->tasks, "%s", line);
}

static void add_running(struct twins *t, int number)
{
    struct course *h = &t->arrays;
    AUTO_FREE char *line = xasprintf(
        "job %d cpu=%d state=running start=%d in=a on=n%d time=%d", number,
        2 + (int)course_draw(h, 6), 900, number, 5 + (int)course_draw(h, 100));

    tell_both(t, line);
}

/* ---- tasks out of turn ---- */

/* As follower.h has places in order: promised ones first, then by time. */
static bool is_place_before(const struct plan *a, const struct plan *b)
{
    if (a->promised != b->promised)
        return a->promised;
    if (a->start_sec == TIME_UNSET || b->start_sec == TIME_UNSET)
        return a->start_sec != TIME_UNSET && b->start_sec == TIME_UNSET;
    return a->start_sec < b->start_sec;
}

static const struct job *waiting_task(const struct twins *t, int number, int task)
{
    const struct job *job = course_job(&t->tasks, TASK_NUMBER(number, task));

    return job != NULL && job->phase == JOB_PENDING ? job : NULL;
}

/* A later task of an array has a place before that of an earlier one. */
static bool is_crossed(const struct twins *t, int number)
{
    const struct job *before = NULL;

    for (int i = 0; i < t->n_tasks[number]; i++) {
        const struct job *job = waiting_task(t, number, i);

        if (job == NULL)
            continue;
        if (before != NULL && is_place_before(&job->plan, &before->plan))
            return true;
        before = job;
    }
    return false;
}

/* Looks on as the tasks' core steps, which it never stops. */
static bool look_on(void *arg, int64_t ahead_us)
{
    struct twins *t = arg;

    (void)ahead_us;
    for (int i = 1; i <= t->n_jobs; i++)
        t->crossed |= is_crossed(t, i);
    return false;
}

static const struct plan *place_of(const struct jobrec *array, size_t i)
{
    return i == 0 ? &array->job->plan : &array->followers[i - 1]->job->plan;
}

static void tell(struct twins *t, struct change change)
{
    sched_apply(t->tasks.s, &change);
}

/* Tasks change places, as those of an array do: the first has the earliest. */
static void uncross(struct twins *t, int number)
{
    AUTO_FREE char *uid = xasprintf("job-%d", number);
    const struct jobrec *array = jobrec_find(t->arrays.s, uid);
    struct job *jobs[TASKS];
    size_t n = 0;

    for (int i = 0; i < t->n_tasks[number]; i++) {
        if (waiting_task(t, number, i) != NULL)
            jobs[n++] = job_copy(waiting_task(t, number, i));
    }
    for (size_t i = 0; i < n; i++)
        tell(t, (struct change){.kind = CHANGE_JOB_GONE, .u.key = jobs[i]->uid});
    for (size_t i = 0; i < n; i++) {
        plan_clear(&jobs[i]->plan);
        if (i <= array->n_followers && place_of(array, i)->promised)
            jobs[i]->plan = plan_copy(place_of(array, i));
        tell(t, (struct change){.kind = CHANGE_JOB, .u.job = jobs[i]});
    }
}

static void uncross_all(struct twins *t)
{
    for (int i = 1; i <= t->n_jobs; i++) {
        if (!is_crossed(t, i))
            continue;
        t->crossed = true;
        uncross(t, i);
    }
}

/* ---- what happens ---- */

static void to_rest(struct course *h, struct sched_budget budget)
{
    struct decisions decisions;

    str_addf(&h->script, "at %lld\n", (long long)h->now_sec);
    course_check(h, sched_step(h->s, h->now_sec, budget, &decisions) == SCHED_IDLE);
    for (size_t i = 0; i < decisions.n; i++) {
        if (decisions.items[i].kind == DECIDE_START)
            course_check_room(h, &decisions.items[i]);
    }
}

/* The same, or not where tasks have had places out of turn in the step (false). */
static bool compare(struct twins *t)
{
    AUTO_FREE char *got = NULL, *want = NULL;

    t->crossed = false;
    to_rest(&t->arrays, (struct sched_budget){NULL, NULL});
    to_rest(&t->tasks, (struct sched_budget){look_on, t});
    got = say_places(t, false);
    want = say_places(t, true);
    uncross_all(t);
    if (strcmp(want, got) == 0 || t->crossed)
        return strcmp(want, got) == 0;
    str_addf(&t->arrays.script, "---\n%s--- task by task:\n%s", got, want);
    course_give_up(&t->arrays, "an array is planned as its tasks are");
}

static void change(struct twins *t)
{
    struct course *h = &t->arrays;
    int number = 1 + (int)course_draw(h, t->n_running);
    AUTO_FREE char *gone = xasprintf("gone job %d", number);

    if (course_chance(h, 60) && course_job(h, number) != NULL)
        tell_both(t, gone);
    if (course_chance(h, 50) && t->n_jobs < JOBS)
        draw_job(t, ++t->n_jobs);
    h->now_sec += 10 * course_draw(h, 12);
    t->tasks.now_sec = h->now_sec;
}

static void begin(struct twins *t, uint64_t seed)
{
    struct sched_config config = sched_config_default();

    config.backfill_order = (enum backfill_order)(seed % 3);
    config.reservation_depth = seed % 4 == 0 ? (int64_t)(seed / 12 % 9) : 1000;
    *t = (struct twins){0};
    course_init(&t->arrays, seed, &config);
    course_init(&t->tasks, seed, &config);
    t->limits = seed % 5 == 0;
    t->n_running = 2 + (int)course_draw(&t->arrays, 3);
    t->n_jobs = t->n_running;
    tell_both(t, "node n[1-5] cpu=8");
    tell_both(t, "partition a default nodes=n[1-4]");
    tell_both(t, "partition b nodes=n[3-5]");
    for (int i = 1; i <= t->n_running; i++)
        add_running(t, i);
    while (t->n_jobs < JOBS - 2)
        draw_job(t, ++t->n_jobs);
}

/* True: it was the same to the end, or need not be. */
static bool run_case(uint64_t seed)
{
    struct twins t;
    bool same;

    begin(&t, seed);
    same = compare(&t);
    for (int i = 0; i < CHANGES && same; i++) {
        change(&t);
        same = compare(&t);
    }
    course_fini(&t.arrays);
    course_fini(&t.tasks);
    return same;
}

START_TEST(test_as_tasks)
{
    const struct seeds seeds = seeds_of("GANTRY_CASES", CASES);
    size_t others = 0;

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        others += !run_case(seed);
    ck_assert_msg(seeds.alone || others <= 1 + seeds.last / 5000,
                  "%zu cases went apart", others);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/array",
                      (struct suite_row[]){{test_as_tasks, 1}, {NULL, 0}});
}
