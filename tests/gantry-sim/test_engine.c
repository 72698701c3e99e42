#include "cmd/gantry-sim/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-sim/figures.h"
#include "tests/support/suite.h"

#define DATA "tests/gantry-sim/data/"

static void note(void *arg, size_t row, const char *what)
{
    (void)arg;
    (void)row;
    (void)what;
}

struct stand {
    struct pool pool;
    struct workload load;
    struct sched_config config;
    struct replay replay;
    struct history h;
};

static void stand_init(struct stand *s, const char *nodes, const char *gpus,
                       const char *cpus, const char *workload)
{
    const struct groups groups = {nodes, gpus, cpus, NULL};
    struct err err = ERR_INIT;
    pool_init(&s->pool);
    ck_assert_int_eq(pool_add(&s->pool, &groups, &err), 0);
    const struct workload_file file = {.path = workload, .complain = note};
    int rc = workload_read(&s->load, &file, &err);
    ck_assert_msg(rc == 0, "%s", err.msg);
    s->config = sched_config_default();
    s->replay =
        (struct replay){.pool = &s->pool, .load = &s->load, .config = &s->config};
}

static void stand_run(struct stand *s)
{
    struct err err = ERR_INIT;
    ck_assert_msg(engine_run(&s->replay, &s->h, &err) == 0, "%s", err.msg);
}

static void stand_fini(struct stand *s)
{
    history_fini(&s->h);
    workload_fini(&s->load);
    pool_fini(&s->pool);
}

/*
 * hand.csv on two nodes of 8 GPUs (row 5 is broken):
 *
 *          0    60    300   660   900           3600       5400
 *   n1     |== A (8) =============================|== B ======|
 *   n2           |= C (4) ==|                     |== B ======|
 *   n2                |== D (4), limit 600 =|
 *
 * B (16) waits for A. C and D slip in before it. D is cut off at its limit.
 */
static const struct {
    int64_t start_sec, end_sec;
    enum fate fate;
} hand[] = {
    {0, 3600, FATE_COMPLETED},
    {3600, 5400, FATE_COMPLETED},
    {60, 660, FATE_COMPLETED},
    {300, 900, FATE_TIMEOUT},
};

START_TEST(test_hand)
{
    struct stand s;
    stand_init(&s, "2", "8", NULL, DATA "hand.csv");
    stand_run(&s);
    ck_assert_uint_eq(s.h.n, ARRAY_LEN(hand));
    for (size_t i = 0; i < s.h.n; i++) {
        const struct tale *t = &s.h.tales[i];
        ck_assert_msg(t->start_sec == hand[i].start_sec &&
                          t->end_sec == hand[i].end_sec && t->fate == hand[i].fate,
                      "job %zu: %ld to %ld, fate %d", i, t->start_sec, t->end_sec,
                      t->fate);
    }
    ck_assert_uint_eq(s.h.tales[1].n_shares, 2);
    ck_assert_uint_ne(s.h.tales[2].shares[0].node, s.h.tales[0].shares[0].node);
    stand_fini(&s);
}
END_TEST

/*
 * The figures of the same, each worked out by hand:
 *   waits 0, 3600, 0, 0; slowdowns 1, (3600 + 1800) / 1800 = 3, 1, 1
 *   GPU-seconds 8 x 3600, 16 x 1800, 4 x 600, 4 x 600: 62,400 of 16 x 5400
 *   while jobs came, until 300: 8 x 300 + 4 x 240 of 16 x 300
 *   free while B waited: 8 x 60, 4 x 240, 0 x 360, 4 x 240, 8 x 2700: 24,000, of them
 *   beside C or D 4 x 240 + 4 x 240
 */
START_TEST(test_hand_figures)
{
    struct stand s;
    struct figures f;
    stand_init(&s, "2", "8", NULL, DATA "hand.csv");
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_int_eq(f.jobs, 4);
    ck_assert_int_eq(f.completed, 3);
    ck_assert_int_eq(f.timeouts, 1);
    ck_assert_double_eq(f.wait_mean, 900);
    ck_assert_double_eq(f.wait_median, 0);
    ck_assert_double_eq(f.wait_p99, 3600);
    ck_assert_double_eq(f.slowdown_mean, 1.5);
    ck_assert_double_eq(f.slowdown_p99, 3);
    ck_assert_int_eq(f.span_sec, 5400);
    ck_assert_double_eq_tol(f.utilisation, 62400.0 / (16 * 5400), 1e-12);
    ck_assert_double_eq_tol(f.utilisation_arrivals, 3360.0 / (16 * 300), 1e-12);
    ck_assert_double_eq_tol(f.fragmentation, 1920.0 / 24000, 1e-12);
    ck_assert_double_eq_tol(f.gpu_hours, 62400.0 / 3600, 1e-9);
    ck_assert_uint_eq(f.n_charges, 2);
    ck_assert_str_eq(f.charges[0].account, "blue");
    ck_assert_double_eq_tol(f.charges[0].gpu_hours, (28800 + 2400) / 3600.0, 1e-9);
    ck_assert_str_eq(f.charges[1].account, "red");
    ck_assert_double_eq_tol(f.charges[1].gpu_hours, (28800 + 2400) / 3600.0, 1e-9);
    figures_fini(&f);
    stand_fini(&s);
}
END_TEST

/* B was told a start at once, an hour or a little more ahead, and starts no later. */
START_TEST(test_promise)
{
    struct stand s;
    struct figures f;
    stand_init(&s, "2", "8", NULL, DATA "hand.csv");
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    const struct tale *b = &s.h.tales[1];
    ck_assert_int_eq(b->promised.told_sec, 0);
    ck_assert_int_ge(b->promised.start_sec, 3600);
    ck_assert_int_eq(f.promised, 1);
    ck_assert_int_eq(f.broken, 0);
    ck_assert_int_eq(f.promises.mean, b->promised.start_sec - 3600);
    ck_assert_int_eq(f.ahead[1].n, 1); /* an hour to six */
    for (size_t i = 0; i < OFFS; i++)
        ck_assert_int_eq(f.ahead[1].off[i], 3600 - b->promised.start_sec);
    figures_fini(&f);
    stand_fini(&s);
}
END_TEST

/* n1 is lost at 600, with A on it, and is back at 1000: A begins anew there, and B,
 * which waited for 3600, starts late. */
START_TEST(test_outage)
{
    struct stand s;
    struct figures f;
    stand_init(&s, "2", "8", NULL, DATA "hand.csv");
    struct outage outages[] = {{600, 0, false}, {1000, 0, true}};
    stand_run(&s);
    outages[0].node = outages[1].node = s.h.tales[0].shares[0].node;
    history_fini(&s.h);
    s.replay.outages = outages;
    s.replay.n_outages = 2;
    stand_run(&s);
    const struct tale *a = &s.h.tales[0], *b = &s.h.tales[1];
    ck_assert_int_eq(a->runs, 2);
    ck_assert_uint_eq(s.h.n_cuts, 1);
    ck_assert_int_eq(s.h.cuts[0].end_sec, 600);
    ck_assert_int_ge(a->start_sec, 660); /* C ends and leaves a node to it */
    ck_assert_int_le(a->start_sec, 1000);
    ck_assert_int_eq(a->wait_sec, a->start_sec - 600);
    ck_assert_int_eq(a->end_sec, a->start_sec + 3600);
    ck_assert_int_eq(b->start_sec, a->end_sec);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_int_eq(f.requeues, 1);
    ck_assert_double_eq_tol(f.lost_hours, 8 * 600 / 3600.0, 1e-9);
    ck_assert_int_eq(f.broken, 1);
    ck_assert_int_eq(f.late_by[BROKEN_NODE], 1);
    ck_assert_int_eq(f.promises.worst_late, b->start_sec - b->promised.start_sec);
    figures_fini(&f);
    stand_fini(&s);
}
END_TEST

/* B runs since 3600, as it was promised, when its nodes are lost at 4000: the promise
 * was kept, whenever it runs again, and what it ran it did not wait. */
START_TEST(test_kept)
{
    struct stand s;
    struct figures f;
    const struct outage outages[] = {{4000, 0, false}, {9000, 0, true}};
    stand_init(&s, "2", "8", NULL, DATA "hand.csv");
    s.replay.outages = outages;
    s.replay.n_outages = ARRAY_LEN(outages);
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_int_eq(s.h.tales[1].first_sec, 3600);
    ck_assert_int_ge(s.h.tales[1].start_sec, 9000);
    ck_assert_int_eq(s.h.tales[1].wait_sec, s.h.tales[1].start_sec - 400);
    ck_assert_int_eq(f.promised, 1);
    ck_assert_int_eq(f.broken, 0);
    figures_fini(&f);
    stand_fini(&s);
}
END_TEST

/* What was used adds up, also of runs that were cut off: all of the GPUs' time in use
 * is somebody's. */
START_TEST(test_hours)
{
    struct stand s;
    struct figures f;
    const struct outage outages[] = {
        {600, 0, false}, {1000, 0, true}, {2000, 1, false}, {2500, 1, true}};
    double used = 0;
    stand_init(&s, "2", "8", NULL, DATA "hand.csv");
    s.replay.outages = outages;
    s.replay.n_outages = ARRAY_LEN(outages);
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_uint_gt(s.h.n_cuts, 0);
    for (size_t i = 0; i + 1 < s.h.n_samples; i++)
        used += (double)(s.h.samples[i].total - s.h.samples[i].free) *
                (double)(s.h.samples[i + 1].sec - s.h.samples[i].sec) / 3600;
    ck_assert_double_eq_tol(f.gpu_hours, used, 1e-9);
    figures_fini(&f);
    stand_fini(&s);
}
END_TEST

/* Two of three nodes take no jobs: the third is all that there is, and when it is lost
 * there is nothing. */
START_TEST(test_closed)
{
    struct stand s;
    struct figures f;
    const struct outage outages[] = {{700, 1, false}, {1700, 1, true}};
    stand_init(&s, "3", "8", NULL, DATA "hand.csv");
    s.pool.nodes[0]->ready = false;
    s.pool.nodes[2]->unschedulable = true;
    s.load.n = 1; /* 8 GPUs, from 0 on */
    s.replay.outages = outages;
    s.replay.n_outages = ARRAY_LEN(outages);
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_uint_eq(s.h.tales[0].shares[0].node, 1);
    ck_assert_int_eq(s.h.tales[0].start_sec, 1700);
    ck_assert_double_eq(f.utilisation, 1);
    ck_assert_uint_eq(s.h.n_closures, 3);
    figures_fini(&f);
    s.load.n = 4;
    stand_fini(&s);
}
END_TEST

/* The only node is lost for good at 100: A ran and does not run again, and the promise
 * to C is broken, though it has no start that could be late. */
START_TEST(test_never_again)
{
    struct stand s;
    struct figures f;
    const struct outage outages[] = {{100, 0, false}};
    stand_init(&s, "1", "8", NULL, DATA "hand.csv");
    const struct work b = s.load.jobs[1];
    s.load.jobs[1] = s.load.jobs[2];
    s.load.jobs[2] = b;
    s.load.n = 2;
    s.replay.outages = outages;
    s.replay.n_outages = ARRAY_LEN(outages);
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    ck_assert_int_eq(s.h.tales[0].first_sec, 0);
    ck_assert_int_eq(f.never_started, 2);
    ck_assert_uint_eq(f.n_never, 2);
    ck_assert(f.never[0].again && !f.never[1].again);
    ck_assert_int_eq(f.promised, 1);
    ck_assert_int_eq(f.broken, 1);
    ck_assert_int_eq(f.late_by[BROKEN_NODE], 1);
    figures_fini(&f);
    s.load.n = 4;
    stand_fini(&s);
}
END_TEST

/* As in the controller: back in the queue a job has been submitted when it was cut off,
 * so that who has waited for a day goes before it, and it waits for a moment first. Its
 * promise was kept. */
START_TEST(test_requeue)
{
    const struct groups groups = {"1", "8", NULL, NULL};
    struct work jobs[2] = {{.submit_sec = 0, .run_sec = 200000},
                           {.submit_sec = 10, .run_sec = 3600}};
    const struct outage outages[] = {{100000, 0, false}, {100005, 0, true}};
    struct stand s = {.load = {.jobs = jobs, .n = _i == 0 ? 1 : 2}};
    struct figures f;
    for (size_t i = 0; i < 2; i++) {
        jobs[i].limit_sec = jobs[i].run_sec;
        jobs[i].gpus = 8;
        jobs[i].account = jobs[i].user = jobs[i].partition = "";
        jobs[i].qos = jobs[i].reservation = "";
    }
    pool_init(&s.pool);
    ck_assert_int_eq(pool_add(&s.pool, &groups, NULL), 0);
    s.config = sched_config_default();
    s.replay = (struct replay){.pool = &s.pool,
                               .load = &s.load,
                               .config = &s.config,
                               .outages = outages,
                               .n_outages = ARRAY_LEN(outages)};
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    const struct tale *t = s.h.tales;
    ck_assert_int_eq(t[0].first_sec, 0);
    ck_assert_int_eq(t[0].fate, FATE_COMPLETED);
    if (_i == 0) {
        ck_assert_int_eq(t[0].start_sec, 100010);
    } else {
        ck_assert_int_eq(t[1].start_sec, 100005);
        ck_assert_int_ge(t[0].start_sec, 103605);
        ck_assert_int_eq(t[0].wait_sec, t[0].start_sec - 100000);
    }
    ck_assert_int_eq(f.broken, 0);
    figures_fini(&f);
    history_fini(&s.h);
    pool_fini(&s.pool);
}
END_TEST

/* A job for which there is no room on the cluster waits to the end, and the replay ends
 * all the same. */
START_TEST(test_never)
{
    struct stand s;
    stand_init(&s, "1", "8", NULL, DATA "hand.csv");
    stand_run(&s);
    ck_assert_int_eq(s.h.tales[1].fate, FATE_WAITS);
    ck_assert_int_eq(s.h.tales[1].reason, REASON_PARTITION_NODE_LIMIT);
    ck_assert_int_eq(s.h.tales[0].fate, FATE_COMPLETED);
    stand_fini(&s);
}
END_TEST

/* Partitions are kept as the controller keeps them: the tier goes before the order of
 * submission, and who is not allowed waits for ever. */
START_TEST(test_partitions)
{
    struct work jobs[] = {
        {.run_sec = 100, .limit_sec = 100, .gpus = 8, .partition = "low"},
        {.run_sec = 100, .limit_sec = 100, .gpus = 8, .partition = "low"},
        {.run_sec = 100, .limit_sec = 100, .gpus = 8, .partition = "high"},
        {.run_sec = 100, .limit_sec = 900, .gpus = 8, .partition = "high"},
        {.run_sec = 100, .limit_sec = 100, .gpus = 8, .partition = "none"},
    };
    static const char *const names[] = {"low", "high"};
    struct partition *parts[2];
    const struct groups groups = {"1", "8", NULL, NULL};
    struct stand s = {.load = {.jobs = jobs, .n = ARRAY_LEN(jobs)}};
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
        jobs[i].account = jobs[i].user = jobs[i].qos = jobs[i].reservation = "";
        jobs[i].submit_sec = i == 0 ? 0 : 10;
    }
    for (size_t i = 0; i < 2; i++) {
        parts[i] = partition_new();
        parts[i]->name = xstrdup(names[i]);
        parts[i]->priority_tier = (int64_t)i;
        parts[i]->max_time_sec = 600;
    }
    pool_init(&s.pool);
    ck_assert_int_eq(pool_add(&s.pool, &groups, NULL), 0);
    s.pool.partitions = parts;
    s.pool.n_partitions = 2;
    s.config = sched_config_default();
    s.replay = (struct replay){.pool = &s.pool, .load = &s.load, .config = &s.config};
    stand_run(&s);
    ck_assert_int_eq(s.h.tales[0].start_sec, 0);
    ck_assert_int_eq(s.h.tales[2].start_sec, 100);
    ck_assert_int_eq(s.h.tales[1].start_sec, 200);
    ck_assert_int_eq(s.h.tales[3].reason, REASON_PARTITION_TIME_LIMIT);
    ck_assert_int_eq(s.h.tales[4].reason, REASON_PARTITION_CONFIG);
    for (size_t i = 0; i < 2; i++)
        partition_free(parts[i]);
    s.pool.partitions = NULL;
    s.pool.n_partitions = 0;
    pool_fini(&s.pool);
    history_fini(&s.h);
}
END_TEST

/* One node: 0 of the low tier begins at 0, and 2 of the high one comes at 600 and is to
 * have its node at 900. */
static const struct {
    int64_t mode, run_sec;
    enum fate fate;
    int64_t runs, preemptions;
} preempted[] = {
    /* back in the queue it has its time once more, requeueDelay behind that */
    {PREEMPT_REQUEUE, 3600, FATE_COMPLETED, 2, 1},
    {PREEMPT_CANCEL, 3600, FATE_PREEMPTED, 1, 1},
    /* it ends by itself before it would have to: nothing is lost */
    {PREEMPT_CANCEL, 700, FATE_COMPLETED, 1, 0},
};

START_TEST(test_preemption)
{
    const struct groups groups = {"1", "8", NULL, NULL};
    char *names[] = {"low", "high"};
    struct work jobs[3] = {{.submit_sec = 0, .run_sec = 3600, .partition = "low"},
                           {.submit_sec = 300, .run_sec = 100, .partition = "low"},
                           {.submit_sec = 600, .run_sec = 100, .partition = "high"}};
    struct partition *parts[2];
    struct stand s = {.load = {.jobs = jobs, .n = 3}};
    struct figures f;

    for (size_t i = 0; i < 3; i++) {
        jobs[i].limit_sec = 7200;
        jobs[i].gpus = 8;
        jobs[i].account = jobs[i].user = jobs[i].qos = jobs[i].reservation = "";
    }
    for (size_t i = 0; i < 2; i++) {
        parts[i] = partition_new();
        parts[i]->name = xstrdup(names[i]);
        parts[i]->priority_tier = (int64_t)i;
        parts[i]->grace_sec = 300;
    }
    jobs[0].run_sec = preempted[_i].run_sec;
    pool_init(&s.pool);
    ck_assert_int_eq(pool_add(&s.pool, &groups, NULL), 0);
    s.pool.partitions = parts;
    s.pool.n_partitions = 2;
    s.config = sched_config_default();
    s.config.preempt_type = PREEMPT_BY_PARTITION;
    s.config.preempt_mode = preempted[_i].mode;
    s.config.requeue_delay_sec = 1000;
    s.replay = (struct replay){.pool = &s.pool, .load = &s.load, .config = &s.config};
    stand_run(&s);
    figures_make(&f, &s.pool, &s.load, &s.h);
    const struct tale *t = s.h.tales;
    ck_assert_int_le(t[2].start_sec, 902);
    ck_assert_int_eq(t[0].fate, preempted[_i].fate);
    ck_assert_int_eq(t[0].runs, preempted[_i].runs);
    ck_assert(t[0].runs == 1 || t[0].start_sec >= 900 + s.config.requeue_delay_sec);
    ck_assert_int_eq(t[1].fate, FATE_COMPLETED);
    ck_assert_int_eq(f.preemptions, preempted[_i].preemptions);
    ck_assert_int_eq(f.cancelled, t[0].fate == FATE_PREEMPTED);
    ck_assert_int_eq(f.jobs, f.completed + f.timeouts + f.cancelled + f.given_up +
                                 f.running + f.never_started);
    ck_assert_int_eq(f.requeues, t[0].runs - 1);
    ck_assert_double_eq_tol(f.preempted_hours, f.preemptions * 8 * 900 / 3600.0, 0.01);
    ck_assert_int_eq(f.given_up_by[BROKEN_PREEMPTION], 1); /* of 1, at 7200 */
    figures_fini(&f);
    for (size_t i = 0; i < 2; i++)
        partition_free(parts[i]);
    s.pool.partitions = NULL;
    s.pool.n_partitions = 0;
    pool_fini(&s.pool);
    history_fini(&s.h);
}
END_TEST

/* 4 nodes of 2 processors: 1 has two of them until 600, 2 needs all four and waits,
 * 4 has no limit and so may not start before 2. */
START_TEST(test_swf)
{
    struct stand s;
    stand_init(&s, "4", NULL, "2", DATA "sample.swf");
    stand_run(&s);
    ck_assert_uint_eq(s.h.n, 3);
    ck_assert_int_eq(s.h.tales[0].start_sec, 0);
    ck_assert_int_eq(s.h.tales[1].start_sec, 600);
    ck_assert_uint_eq(s.h.tales[1].n_shares, 4);
    ck_assert_int_eq(s.h.tales[2].fate, FATE_WAITS); /* there is no memory */
    stand_fini(&s);
}
END_TEST

/* ---- the same each time ---- */

static void write_tales(const struct history *h, struct str *out)
{
    for (size_t i = 0; i < h->n; i++) {
        const struct tale *t = &h->tales[i];
        str_addf(out, "%zu %d %ld %ld %ld on", i, t->fate, t->start_sec, t->end_sec,
                 t->promised.start_sec);
        for (size_t k = 0; k < t->n_shares; k++)
            str_addf(out, " %zu", t->shares[k].node);
        str_addc(out, '\n');
    }
}

/* The first hours of a real cluster on a third of it: the same twice; no job before its
 * submission, none longer than its run time, all of them run. */
START_TEST(test_real)
{
    struct stand s;
    STR_AUTO struct str first, second;
    str_init(&first, 1 << 22);
    str_init(&second, 1 << 22);
    stand_init(&s, "50", "8", NULL, DATA "itp2021-500.csv.gz");
    stand_run(&s);
    write_tales(&s.h, &first);
    for (size_t i = 0; i < s.h.n; i++) {
        const struct tale *t = &s.h.tales[i];
        ck_assert_int_eq(t->fate, FATE_COMPLETED);
        ck_assert_int_ge(t->start_sec, s.load.jobs[i].submit_sec);
        ck_assert_int_eq(t->end_sec - t->start_sec, s.load.jobs[i].run_sec);
    }
    history_fini(&s.h);
    stand_run(&s);
    write_tales(&s.h, &second);
    ck_assert_str_eq(first.s, second.s);
    stand_fini(&s);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/engine",
                      (struct suite_row[]){{test_hand, 1},
                                           {test_hand_figures, 1},
                                           {test_promise, 1},
                                           {test_outage, 1},
                                           {test_kept, 1},
                                           {test_hours, 1},
                                           {test_closed, 1},
                                           {test_never_again, 1},
                                           {test_requeue, 2},
                                           {test_never, 1},
                                           {test_partitions, 1},
                                           {test_swf, 1},
                                           {test_preemption, ARRAY_LEN(preempted)},
                                           {test_real, 1},
                                           {NULL, 0}});
}
