/*
 * A queue with arrays, saved while a core works on it, replays to the very same starts:
 * over random queues (arrays of hundreds of tasks with and without a limit on them,
 * some of which have run; jobs that wait for arrays, tasks that wait for tasks) a live
 * core goes on from where it was saved, and gantry-sim replays what was saved; every
 * job and task starts at the same second on the same nodes.
 *
 * A failing case prints its seed; GANTRY_CASES sets how many are run, GANTRY_SEED runs
 * that one alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/util.h"
#include "cmd/gantry-sim/engine.h"
#include "cmd/gantry-sim/saved.h"
#include "crds/snapshot.h"
#include "tests/support/course.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define CASES 12
#define TASKS 300
#define SAVED_MAX (1u << 24)
#define TEXT_MAX_ (1u << 22)

/* ---- a live core: jobs run to their limits ---- */

struct run {
    int64_t end_sec;
    char *uid;
};

struct live {
    struct course h;
    struct run *runs; /* in no order */
    size_t n, cap;
    int64_t next_id; /* of tasks that leave their arrays */
    struct str said; /* starts since it was saved */
};

static void tell(struct live *l, struct job *take_job)
{
    sched_apply(l->h.s, &(struct change){.kind = CHANGE_JOB, .u.job = take_job});
}

static struct job *job_now(const struct live *l, const char *uid)
{
    struct job *job = job_copy(sched_job(l->h.s, uid));
    plan_clear(&job->plan);
    return job;
}

/* "600 5_17 n1 n2": when, who, where. */
static void say_start(struct str *out, int64_t sec, const struct job *job,
                      const char *nodes)
{
    str_addf(out, "%ld ", sec);
    if (job->array_id != 0)
        str_addf(out, "%ld_%ld", job->array_id, job->array_task);
    else
        str_addf(out, "%ld", job->job_id);
    str_addf(out, "%s\n", nodes);
}

static void say_live(struct live *l, const struct job *job)
{
    STR_AUTO struct str nodes;
    str_init(&nodes, TEXT_MAX_);
    for (size_t i = 0; i < job->n_alloc; i++)
        str_addf(&nodes, " %s", job->alloc[i].node);
    say_start(&l->said, l->h.now_sec, job, nodes.s);
}

/* Of an array a task that has a job of its own from now on. */
static struct job *named_anew(struct live *l, struct job *take_job)
{
    free(take_job->uid);
    take_job->job_id = l->next_id++;
    take_job->uid = xasprintf("task-%ld", take_job->job_id);
    return take_job;
}

static void start(struct live *l, const struct decision *d)
{
    AUTO_FREE char *stand_in = job_task_uid(d->job_uid, d->task);
    struct job *job = job_copy(sched_job(l->h.s, d->task < 0 ? d->job_uid : stand_in));
    if (d->task >= 0) {
        named_anew(l, job);
        sched_apply(l->h.s,
                    &(struct change){.kind = CHANGE_JOB_GONE, .u.key = stand_in});
    }
    job->phase = JOB_RUNNING;
    say_live(l, job);
    GROW(l->runs, l->n, l->cap);
    l->runs[l->n++] = (struct run){l->h.now_sec + d->limit_sec, xstrdup(job->uid)};
    tell(l, job);
}

/* A task whose dependency is met waits alone. */
static void split(struct live *l, const struct decision *d)
{
    struct job *array = job_now(l, d->job_uid), *task = job_copy(array);
    free(TAKE(task->array));
    task->array_id = array->job_id;
    task->array_task = d->task;
    task->phase = JOB_PENDING; /* the array may be aside by now */
    free(TAKE(task->depends));
    task->n_depends = 0;
    tell(l, named_anew(l, task));
    if (taskset_is_empty(&array->array->left))
        array->phase = JOB_ASIDE;
    tell(l, array);
}

static void note_task(struct live *l, const struct job *task)
{
    AUTO_FREE char *uid = xasprintf("job-%ld", task->array_id);
    struct job *array = job_now(l, uid);
    taskset_remove(&array->array->out, task->array_task);
    taskset_add(&array->array->well, task->array_task);
    if (taskset_is_empty(&array->array->out) && taskset_is_empty(&array->array->left))
        array->phase = JOB_ENDED;
    tell(l, array);
}

static void end(struct live *l, size_t i)
{
    AUTO_FREE char *uid = l->runs[i].uid;
    struct job *job = job_now(l, uid);
    l->runs[i] = l->runs[--l->n];
    if (job->array_id != 0)
        note_task(l, job);
    job->phase = JOB_ENDED;
    job->end_sec = l->h.now_sec;
    tell(l, job);
}

static void end_those_due(struct live *l)
{
    for (size_t i = l->n; i-- > 0;)
        if (l->runs[i].end_sec <= l->h.now_sec)
            end(l, i);
}

static void live_step(struct live *l)
{
    bool more = true;
    struct decisions ds;
    end_those_due(l);
    while (more) {
        more = sched_step(l->h.s, l->h.now_sec, (struct sched_budget){0}, &ds) ==
               SCHED_MORE;
        for (size_t i = 0; i < ds.n; i++) {
            if (ds.items[i].kind == DECIDE_START)
                start(l, &ds.items[i]);
            if (ds.items[i].kind == DECIDE_SPLIT) {
                split(l, &ds.items[i]);
                more = true;
            }
        }
    }
}

static int64_t next_moment(const struct live *l)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < l->n; i++)
        next = MIN(next, l->runs[i].end_sec);
    if (next == INT64_MAX)
        return next;
    return MIN(next, MAX(sched_next_wake(l->h.s, l->h.now_sec), l->h.now_sec + 1));
}

static void live_run(struct live *l, int64_t until_sec)
{
    while (next_moment(l) < until_sec) {
        l->h.now_sec = next_moment(l);
        live_step(l);
    }
}

/* ---- a queue ---- */

static void draw_array(struct course *h, int number)
{
    static const char *const limits[] = {"", "", " tasklimit=1", " tasklimit=20"};
    static const char *const waits[] = {"", "", "afterok", "aftercorr", "afterany"};
    static const char *const licenses[] = {"", "", "", " licenses=ansys|matlab"};
    const char *wait = number > 1 ? COURSE_PICK(h, waits) : "";
    /* Hundreds that wait alone, each for another one, take long to plan. */
    const bool many = course_chance(h, 30) && strcmp(wait, "aftercorr") != 0;
    AUTO_FREE char *depend = xasprintf(" depend=%s:%d", wait, number - 1);
    course_tell(h, "job %d tasks=0-%d cpu=%d time=%d nice=%d%s%s%s", number,
                1 + (int)course_draw(h, many ? TASKS : 10), 1 + (int)course_draw(h, 8),
                1 + (int)course_draw(h, 60), 100 * (int)course_draw(h, 2),
                COURSE_PICK(h, limits), COURSE_PICK(h, licenses), *wait ? depend : "");
}

static void draw_job(struct course *h, int number)
{
    static const char *const waits[] = {"", "", "", "afterok:1", "afterany:1_3"};
    const char *wait = COURSE_PICK(h, waits);
    course_tell(h, "job %d nodes=%d cpu=%d time=%d nice=%d%s%s", number,
                1 + (int)course_draw(h, 3), 1 + (int)course_draw(h, 8),
                1 + (int)course_draw(h, 200), 100 * (int)course_draw(h, 2),
                *wait ? " depend=" : "", wait);
}

static void draw_queue(struct course *h)
{
    int n = 3 + (int)course_draw(h, 5);
    course_tell(h, "node n[1-%d] cpu=8", 3 + (int)course_draw(h, 3));
    course_tell(h, "partition batch default");
    draw_array(h, 1);
    for (int i = 2; i <= n; i++)
        (course_chance(h, 50) ? draw_array : draw_job)(h, i);
}

/* ---- what was saved, replayed ---- */

static char *save(const struct live *l, const char *dir)
{
    char *path = tempdir_path(dir, "saved");
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    str_init(&text, SAVED_MAX);
    snapshot_write(l->h.s, l->h.now_sec, &text);
    ck_assert_int_eq(files_write(path, text.s, text.len, 0600, &err), 0);
    return path;
}

static void say_tale(const struct pool *p, const struct work *work,
                     const struct tale *t, struct str *out)
{
    STR_AUTO struct str nodes;
    str_init(&nodes, TEXT_MAX_);
    for (size_t i = 0; i < t->n_shares; i++)
        str_addf(&nodes, " %s", p->nodes[t->shares[i].node]->name);
    if (!t->before && t->start_sec != TIME_UNSET)
        say_start(out, t->start_sec, work->like, nodes.s);
}

static void replay(const char *path, struct str *out)
{
    struct pool pool;
    struct workload load;
    struct saved saved;
    struct history h;
    struct err err = ERR_INIT;
    pool_init(&pool);
    ck_assert_msg(saved_read(path, &pool, &load, &saved, &err) == 0, "%s", err.msg);
    const struct replay in = {.pool = &pool, .load = &load, .config = &saved.config};
    ck_assert_msg(engine_run(&in, &h, &err) == 0, "%s", err.msg);
    for (size_t i = 0; i < h.n; i++)
        say_tale(&pool, &load.jobs[i], &h.tales[i], out);
    history_fini(&h);
    workload_fini(&load);
    pool_fini(&pool);
}

/* ---- both ---- */

static int line_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(const char *text)
{
    AUTO_FREE char *copy = xstrdup(text);
    AUTO_FREE char **lines = xcalloc(strlen(text) + 1, sizeof(*lines));
    STR_AUTO struct str out;
    char *rest = copy;
    size_t n = 0;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
        lines[n++] = line;
    qsort(lines, n, sizeof(*lines), line_compare);
    str_init(&out, TEXT_MAX_);
    for (size_t i = 0; i < n; i++)
        str_addf(&out, "%s\n", lines[i]);
    return str_take(&out);
}

static void compare(const struct live *l, const char *replayed)
{
    AUTO_FREE char *want = sorted(l->said.s), *got = sorted(replayed);
    if (strcmp(want, got) == 0)
        return;
    fprintf(stderr, "--- live:\n%s--- replayed:\n%s", want, got);
    course_give_up(&l->h, "what was saved replays to the same starts");
}

static void run_case(uint64_t seed)
{
    struct sched_config config = sched_config_default();
    struct live l = {.next_id = 1000};
    char *dir = tempdir_new();
    STR_AUTO struct str replayed;
    str_init(&replayed, TEXT_MAX_);
    str_init(&l.said, TEXT_MAX_);
    config.backfill_order = (enum backfill_order)(seed % 3);
    config.licenses = (struct license_table){2, {{"ansys", 1}, {"matlab", 3}}};
    course_init(&l.h, seed, &config);
    draw_queue(&l.h);
    live_step(&l);
    live_run(&l, l.h.now_sec + course_draw(&l.h, 20000));
    AUTO_FREE char *path = save(&l, dir);
    str_reset(&l.said);
    live_run(&l, INT64_MAX);
    replay(path, &replayed);
    compare(&l, replayed.s);
    for (size_t i = 0; i < l.n; i++)
        free(l.runs[i].uid);
    free(l.runs);
    str_fini(&l.said);
    course_fini(&l.h);
    tempdir_free(dir);
}

START_TEST(test_same)
{
    const struct seeds seeds = seeds_of("GANTRY_CASES", CASES);
    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_case(seed);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/array",
                      (struct suite_row[]){{test_same, 1}, {NULL, 0}});
}
