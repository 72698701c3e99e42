#include "scheduler/sched.h"

#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/fence.h"
#include "scheduler/stock.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

struct fixture {
    struct sched *s;
    struct restable res;
    struct str told; /* decisions of the last step, as text */
    int considered;  /* jobs in the last step, but the last one of a walk */
    int limit;       /* yield after that many; 0: never */
};

static void begin(struct fixture *f, const char *lines)
{
    struct sched_config config = sched_config_default();

    *f = (struct fixture){.s = sched_new(&config)};
    restable_init(&f->res);
    str_init(&f->told, 1 << 16);
    cluster_text_apply(f->s, &f->res, lines);
}

static void end(struct fixture *f)
{
    sched_free(f->s);
    str_fini(&f->told);
}

static bool count_jobs(void *arg, int64_t ahead_us)
{
    struct fixture *f = arg;

    return ahead_us == 0 && ++f->considered == f->limit;
}

static enum sched_progress step(struct fixture *f, int64_t now_sec)
{
    struct decisions decisions;
    enum sched_progress progress;

    f->considered = 0;
    str_reset(&f->told);
    progress =
        sched_step(f->s, now_sec, (struct sched_budget){count_jobs, f}, &decisions);
    for (size_t i = 0; i < decisions.n; i++)
        cluster_text_decision(&decisions.items[i], &f->told);
    return progress;
}

static void gone(struct fixture *f, enum change_kind kind, const char *key)
{
    struct change change = {.kind = kind, .u.key = key};

    sched_apply(f->s, &change);
}

static void apply(void *arg, const struct change *change)
{
    sched_apply(arg, change);
}

static void line(struct fixture *f, const char *text)
{
    struct err err;
    int rc = cluster_text_line(&f->res, text, apply, f->s, &err);

    ck_assert_msg(rc == 0, "%s", err.msg);
}

#define TWO_NODES "node n[1-2] cpu=8\npartition batch default\n"

START_TEST(test_empty_core)
{
    struct fixture f;
    struct resvec used, free_;
    enum reason reason;
    const char *message;

    begin(&f, "");
    ck_assert_int_eq(step(&f, 0), SCHED_IDLE);
    ck_assert_str_eq(f.told.s, "");
    ck_assert_int_eq(sched_next_wake(f.s, 0), INT64_MAX);
    ck_assert(!sched_node_usage(f.s, "n1", &used, &free_));
    ck_assert_int_eq(sched_job_priority(f.s, "job-1", 0), -1);
    ck_assert_ptr_null(sched_job(f.s, "job-1"));
    ck_assert(!sched_job_reason(f.s, "job-1", &reason, &message));
    gone(&f, CHANGE_NODE_GONE, "n1");
    gone(&f, CHANGE_PARTITION_GONE, "p");
    gone(&f, CHANGE_JOB_GONE, "job-1");
    gone(&f, CHANGE_FOREIGN_POD_GONE, "x");
    ck_assert_int_eq(step(&f, 1), SCHED_IDLE);
    end(&f);
}
END_TEST

START_TEST(test_start_is_assumed)
{
    struct fixture f;
    struct resvec used, free_;
    const struct job *job;

    begin(&f, TWO_NODES "job 1 nodes=2 cpu=3");
    step(&f, 50);
    ck_assert_str_eq(f.told.s,
                     "  start 1 in batch on n[1-2], limit UNLIMITED, priority 1000\n");
    job = sched_job(f.s, "job-1");
    ck_assert_int_eq(job->phase, JOB_STARTING);
    ck_assert_int_eq(job->start_sec, 50);
    ck_assert_int_eq(job->limit_sec, LIMIT_UNLIMITED);
    ck_assert_str_eq(job->partition, "batch");
    ck_assert_uint_eq(job->n_alloc, 2);
    ck_assert(sched_node_usage(f.s, "n2", &used, &free_));
    ck_assert_int_eq(used.v[RES_CPU], 3000);
    ck_assert_int_eq(free_.v[RES_CPU], 5000);
    ck_assert_int_eq(free_.v[RES_PODS], 109);
    ck_assert_uint_eq(sched_count(f.s, JOB_STARTING), 1);
    ck_assert_uint_eq(sched_count(f.s, JOB_PENDING), 0);
    step(&f, 51);
    ck_assert_str_eq(f.told.s, "");
    end(&f);
}
END_TEST

START_TEST(test_slot_on_unknown_node)
{
    struct fixture f;
    struct resvec used, free_;

    begin(&f, "job 1 cpu=3 state=running on=n1:2\npod x on=n1 cpu=1");
    step(&f, 0);
    ck_assert(!sched_node_usage(f.s, "n1", &used, &free_));
    line(&f, "node n1 cpu=8");
    ck_assert(sched_node_usage(f.s, "n1", &used, &free_));
    ck_assert_int_eq(used.v[RES_CPU], 7000);
    line(&f, "pod x on=n2 cpu=1");
    sched_node_usage(f.s, "n1", &used, &free_);
    ck_assert_int_eq(used.v[RES_CPU], 6000);
    gone(&f, CHANGE_JOB_GONE, "job-1");
    sched_node_usage(f.s, "n1", &used, &free_);
    ck_assert(resvec_is_zero(&used));
    end(&f);
}
END_TEST

START_TEST(test_told_once)
{
    struct fixture f;
    enum reason reason;
    const char *message;

    begin(&f, TWO_NODES "job 1 nodes=2 cpu=8\njob 2 nodes=2 cpu=8\njob 3 cpu=1");
    step(&f, 0);
    ck_assert(strstr(f.told.s, "wait 2 Resources") != NULL);
    ck_assert(strstr(f.told.s, "wait 3 Resources") != NULL);
    ck_assert(sched_job_reason(f.s, "job-2", &reason, &message));
    ck_assert_int_eq(reason, REASON_RESOURCES);
    ck_assert_str_eq(message,
                     "needs 2 nodes with cpu=8; none is free now; start later than "
                     "the window of 7-00:00:00");
    line(&f, "job 4 cpu=1");
    step(&f, 10000);
    ck_assert_str_eq(
        f.told.s,
        "  wait 4 Resources, priority 1016: needs 1 pod of cpu=1; none fits now; start "
        "later than the window of 7-00:00:00\n    2 ahead, next 3\n");
    ck_assert(sched_job_reason(f.s, "job-1", &reason, &message));
    ck_assert_int_eq(reason, REASON_NONE);
    ck_assert_str_eq(message, "");
    end(&f);
}
END_TEST

/* What changes nothing costs nothing. */
static const struct {
    const char *name;
    const char *change;
    bool walks;
} quiet_cases[] = {
    {"nothing", "", false},
    {"the same node", "node n1 cpu=8", false},
    {"the same pending job", "job 2 nodes=2 cpu=8", false},
    {"the same pod", "pod x on=n1 cpu=1", false},
    {"another pending job", "job 3 nodes=2 cpu=8", true},
    {"a changed job", "job 2 nodes=2 cpu=8 nice=5", true},
    {"a larger node", "node n1 cpu=16", true},
    {"a cordoned node", "node n1 cpu=8 cordoned", true},
    {"a moved pod", "pod x on=n2 cpu=1", true},
    {"a partition", "partition batch default", true},
};

START_TEST(test_quiet)
{
    struct fixture f;

    begin(&f, TWO_NODES "pod x on=n1 cpu=1\njob 1 nodes=2 cpu=7\n"
                        "job 2 nodes=2 cpu=8\njob 7-8 nodes=2 cpu=1");
    step(&f, 0);
    line(&f, quiet_cases[_i].change);
    ck_assert_msg((sched_next_wake(f.s, 0) == 0) == quiet_cases[_i].walks, "%s",
                  quiet_cases[_i].name);
    step(&f, 0);
    ck_assert_msg((f.considered > 0) == quiet_cases[_i].walks, "%s",
                  quiet_cases[_i].name);
    end(&f);
}
END_TEST

START_TEST(test_confirmed_start_is_quiet)
{
    struct fixture f;
    struct change change = {.kind = CHANGE_JOB};

    begin(&f, TWO_NODES "job 1 nodes=2 cpu=8 time=1\njob 2-4 nodes=2 cpu=8");
    step(&f, 0);
    change.u.job = job_copy(sched_job(f.s, "job-1"));
    change.u.job->phase = JOB_RUNNING;
    sched_apply(f.s, &change);
    step(&f, 1);
    ck_assert_int_eq(f.considered, 0);
    ck_assert_uint_eq(sched_count(f.s, JOB_RUNNING), 1);
    ck_assert_int_eq(sched_next_wake(f.s, 1), 60);
    end(&f);
}
END_TEST

START_TEST(test_end_told_again_if_applied_again)
{
    static const char running[] = "job 1 cpu=1 state=running start=0 time=1 on=n1";
    struct fixture f;

    begin(&f, TWO_NODES);
    line(&f, running);
    step(&f, 59);
    ck_assert_str_eq(f.told.s, "");
    ck_assert_int_eq(sched_next_wake(f.s, 59), 60);
    step(&f, 60);
    ck_assert_str_eq(f.told.s, "  end 1\n");
    step(&f, 61);
    ck_assert_str_eq(f.told.s, "");
    ck_assert_int_eq(sched_next_wake(f.s, 61), INT64_MAX);
    line(&f, running);
    step(&f, 62);
    ck_assert_str_eq(f.told.s, "  end 1\n");
    line(&f, "job 1 cpu=1 state=completing start=0 time=1 on=n1");
    step(&f, 63);
    ck_assert_str_eq(f.told.s, "");
    end(&f);
}
END_TEST

/* A running job that was stored without its limit has its partition's. */
START_TEST(test_end_by_partition_limit)
{
    struct fixture f;

    begin(&f, "node n1 cpu=8\njob 1 cpu=1 state=running start=0 in=p on=n1");
    step(&f, 1000);
    ck_assert_str_eq(f.told.s, "");
    line(&f, "partition p maxtime=10");
    step(&f, 1000);
    ck_assert_str_eq(f.told.s, "  end 1\n");
    end(&f);
}
END_TEST

START_TEST(test_decisions_outlive_changes)
{
    struct sched_budget whole = {NULL, NULL};
    struct decisions decisions;
    struct fixture f;

    begin(&f, TWO_NODES "job 1 nodes=2 cpu=8\njob 2 cpu=9");
    sched_step(f.s, 0, whole, &decisions);
    gone(&f, CHANGE_JOB_GONE, "job-1");
    gone(&f, CHANGE_JOB_GONE, "job-2");
    gone(&f, CHANGE_NODE_GONE, "n1");
    gone(&f, CHANGE_PARTITION_GONE, "batch");
    ck_assert_uint_eq(decisions.n, 2);
    ck_assert_str_eq(decisions.items[0].slots[0].node, "n1");
    ck_assert_str_eq(decisions.items[0].partition, "batch");
    ck_assert_str_eq(decisions.items[1].job_uid, "job-2");
    end(&f);
}
END_TEST

/* Things may go while a walk is under way that still refers to them. */
static const struct {
    const char *name;
    const char *change;
    const char *told; /* in the rest */
} midway_cases[] = {
    {"job gone", "gone job 2",
     "  start 3 in batch on n1, limit UNLIMITED, priority 1000\n"},
    {"job held", "job 2 cpu=1 hold=user",
     "  start 3 in batch on n1, limit UNLIMITED, priority 1000\n"
     "  wait 2 JobHeldUser, priority 0: held by its owner\n"},
    {"job gone and back", "gone job 2\njob 2 cpu=1",
     "  start 3 in batch on n1, limit UNLIMITED, priority 1000\n"
     "  start 2 in batch on n1, limit UNLIMITED, priority 1000\n"},
    {"node gone", "gone node n1",
     "  start 2 in batch on n2, limit UNLIMITED, priority 1000\n"
     "  start 3 in batch on n2, limit UNLIMITED, priority 1000\n"},
    {"node gone and back", "gone node n1\nnode n1 cpu=8",
     "  start 2 in batch on n1, limit UNLIMITED, priority 1000\n"
     "  start 3 in batch on n1, limit UNLIMITED, priority 1000\n"},
    {"partition gone", "gone partition batch",
     "  wait 2 PartitionConfig, priority 1: no partition was asked for and none is the "
     "default; there are none\n"
     "  wait 3 PartitionConfig, priority 1: no partition was asked for and none is the "
     "default; there are none\n"},
    {"partition changed", "partition batch default state=DOWN",
     "  wait 2 PartitionDown, priority 1000: partition batch is down\n"
     "  wait 3 PartitionDown, priority 1000: partition batch is down\n"},
    {"new partition, new node", "partition other\nnode n0 cpu=1",
     "  start 2 in batch on n0, limit UNLIMITED, priority 1000\n"
     "  start 3 in batch on n1, limit UNLIMITED, priority 1000\n"},
};

START_TEST(test_changes_midway)
{
    struct fixture f;
    STR_AUTO struct str rest;
    enum sched_progress progress;

    str_init(&rest, 1 << 16);
    begin(&f, TWO_NODES "job 1-3 cpu=1");
    f.limit = 1;
    ck_assert_int_eq(step(&f, 0), SCHED_MORE);
    cluster_text_apply(f.s, &f.res, midway_cases[_i].change);
    f.limit = 0;
    do {
        progress = step(&f, 0);
        str_add(&rest, f.told.s);
    } while (progress == SCHED_MORE);
    ck_assert_msg(strcmp(rest.s, midway_cases[_i].told) == 0, "%s:\n%s",
                  midway_cases[_i].name, rest.s);
    end(&f);
}
END_TEST

/* How a job ended holds for those that depend on it, though it is forgotten before the
 * queue has been filled up to them. */
START_TEST(test_forgotten_midway)
{
    enum reason reason;
    const char *message;
    struct fixture f;

    begin(&f, TWO_NODES "job 1 cpu=1 state=running start=0 in=batch on=n1\n"
                        "job 9 cpu=7 state=running start=0 in=batch on=n[1-2]\n"
                        "job 11-30 cpu=8\njob 40 cpu=1 depend=afterok:1");
    step(&f, 0);
    line(&f, "job 1 state=ended start=0 failed");
    f.limit = 1;
    ck_assert_int_eq(step(&f, 120), SCHED_MORE);
    gone(&f, CHANGE_JOB_GONE, "job-1");
    f.limit = 0;
    step(&f, 120);
    ck_assert(sched_job_reason(f.s, "job-40", &reason, &message));
    ck_assert_int_eq(reason, REASON_DEPENDENCY_NEVER);
    end(&f);
}
END_TEST

/* What is told once more, as it was, is no reason to walk before whoever may start. */
static const char *const told_again[] = {
    "account a users=ann", "gone account b",   "qos high priority=5",
    "gone qos low",        "gone partition p",
};

START_TEST(test_start_before_walk)
{
    struct fixture f;

    begin(&f, TWO_NODES "account a users=ann\nqos high priority=5\n"
                        "job 1 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
                        "job 3 cpu=8 state=running start=0 in=batch on=n2 time=60\n"
                        "job 11-30 cpu=8 time=10");
    step(&f, 0);
    line(&f, told_again[_i]);
    gone(&f, CHANGE_JOB_GONE, "job-3");
    f.limit = 1;
    ck_assert_int_eq(step(&f, 1), SCHED_MORE);
    ck_assert_str_eq(f.told.s,
                     "  start 11 in batch on n2, limit 00:10:00, priority 2000\n");
    end(&f);
}
END_TEST

#define ROOM 400
#define WAITING 560

/* All of another length, but for an array in the midst of them; none as long as what
 * runs. */
static void begin_full(struct fixture *f)
{
    begin(f, "node n1 cpu=400 pods=400\npartition batch default\n"
             "job 1 cpu=400 state=running start=0 in=batch on=n1 time=2-00:00:00\n"
             "job 2 cpu=1 tasks=0-39 time=200");
    for (int i = 0; i < WAITING; i++) {
        AUTO_FREE char *text =
            xasprintf("job %d cpu=1 time=%d", 11 + i, 10 + i * 37 % WAITING);

        line(f, text);
    }
}

/* The starts of one step; none is shorter than the one before. */
static enum sched_progress start_in_turn(struct fixture *f, size_t *n, int64_t *longest)
{
    struct decisions decisions;
    enum sched_progress progress;

    f->considered = 0;
    progress = sched_step(f->s, 1, (struct sched_budget){count_jobs, f}, &decisions);
    for (size_t i = 0; i < decisions.n; i++) {
        if (decisions.items[i].kind != DECIDE_START)
            continue;
        ck_assert_int_ge(decisions.items[i].limit_sec, *longest);
        *longest = decisions.items[i].limit_sec;
        ++*n;
    }
    return progress;
}

/* As many of them as there is room for, the shortest ones first, and in few steps:
 * before the walk. Those behind them in line are gathered as they are needed, and who
 * has left its place is looked for no more. */
START_TEST(test_many_starts_after_one_end)
{
    size_t n = 0, steps = 0;
    int64_t longest = 0;
    struct fixture f;

    begin_full(&f);
    step(&f, 0);
    gone(&f, CHANGE_JOB_GONE, "job-1");
    f.limit = _i;
    do
        steps++;
    while (start_in_turn(&f, &n, &longest) == SCHED_MORE && n < ROOM);
    ck_assert_uint_eq(n, ROOM);
    ck_assert_int_eq(longest, (10 + ROOM - 40 - 1) * INT64_C(60));
    ck_assert_uint_le(steps, ROOM + 80);
    f.limit = 0;
    while (start_in_turn(&f, &n, &longest) == SCHED_MORE)
        ;
    ck_assert_uint_eq(n, ROOM);
    end(&f);
}
END_TEST

/* Nobody yields to job 2 any more once job 1 is gone: job 3 has its turn before it
 * again, also by what was worked out of job 2 before that. */
START_TEST(test_turn_once_nobody_yields)
{
    struct fixture f;
    struct sched_config config = sched_config_default();

    begin(&f, "node n1 cpu=8\npartition batch default\n"
              "qos high preempt=low\nqos low grace=3000\n"
              "job 1 nodes=1 cpu=8 qos=low state=running start=0 in=batch on=n1 "
              "time=600\n"
              "job 2 nodes=1 cpu=8 qos=high time=60\n"
              "job 3 nodes=1 cpu=8 qos=low nice=-100 time=5\n");
    config.preempt_type = PREEMPT_BY_QOS;
    config.preempt_mode = PREEMPT_CANCEL;
    sched_apply(f.s, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    ck_assert_int_eq(step(&f, 60), SCHED_IDLE);
    ck_assert_ptr_nonnull(strstr(f.told.s, "preempt 1 for 2"));
    line(&f, "node n2 cpu=1"); /* the timeline is made anew */
    ck_assert_int_eq(step(&f, 90), SCHED_IDLE);
    gone(&f, CHANGE_JOB_GONE, "job-1");
    step(&f, 100);
    ck_assert_ptr_nonnull(strstr(f.told.s, "start 3 in batch on n1"));
    end(&f);
}
END_TEST

/* Room that a reservation has waited for is not given away before it has chosen. */
START_TEST(test_reservation_chooses_before_starts)
{
    struct fixture f;
    const struct reservation *both;

    begin(&f, TWO_NODES "job 9 cpu=8 state=running start=0 in=batch on=n1 time=300\n"
                        "reservation both start=3600 end=7200 count=2 users=ann\n"
                        "job 1 nodes=2 cpu=8 time=120");
    step(&f, 60);
    gone(&f, CHANGE_JOB_GONE, "job-9");
    step(&f, 70);
    both = sched_reservation(f.s, "both");
    ck_assert_uint_eq(both->n_chosen, 2);
    ck_assert(strstr(f.told.s, "start 1") == NULL);
    end(&f);
}
END_TEST

static void say_idle(struct fixture *f, const char *name, const char *expected)
{
    STR_AUTO struct str out;

    str_init(&out, 256);
    sched_say_idle_reservation(f->s, name, &out);
    ck_assert_str_eq(out.s, expected);
}

/* Those that are too many say so, and take no jobs in. */
START_TEST(test_too_many_reservations)
{
    struct fixture f;

    begin(&f, "node n[1-1100] cpu=8\npartition batch default\n");
    for (int i = 1; i <= RESV_MAX + 1; i++) {
        AUTO_FREE char *text =
            xasprintf("reservation r%04d start=0 end=36000 nodes=n%d users=zed%s", i, i,
                      i < KEEPS_MAX + 2 ? " licenses=x" : "");

        line(&f, text);
    }
    line(&f, "job 1 cpu=8 reservation=r1024 user=zed time=60");
    line(&f, "job 2 cpu=8 reservation=r1025 user=zed time=60");
    line(&f, "job 3 cpu=8 user=bob time=60 nodelist=n1024");
    step(&f, 60);
    ck_assert_ptr_nonnull(strstr(f.told.s, "start 1 in batch, reservation r1024, on"));
    ck_assert_ptr_nonnull(strstr(
        f.told.s, "wait 2 Reservation, priority 1000: reservation r1025 does not "
                  "act: of all reservations the first 1024 by name do"));
    ck_assert(strstr(f.told.s, "start 3") == NULL);
    say_idle(&f, "r1024", "");
    say_idle(&f, "r1025",
             "does not act: of all reservations the first 1024 by name do");
    say_idle(&f, "r0064", "");
    say_idle(
        &f, "r0065",
        "keeps no licences: of all reservations with licences the first 64 by name "
        "do");
    end(&f);
}
END_TEST

/* Steady changes and a budget of one job a step: the last job is reached all the same.
 */
START_TEST(test_tail_is_not_starved)
{
    struct fixture f;
    int steps = 0;

    begin(&f, "node n[1-2] cpu=8\npartition a default nodes=n1\npartition b nodes=n2\n"
              "job 1-50 cpu=8\njob 99 cpu=1 partition=b");
    f.limit = 1;
    while (sched_count(f.s, JOB_STARTING) < 2 && steps < 1000) {
        AUTO_FREE char *pod = xasprintf("pod x on=n1 mem=%dG", ++steps);

        line(&f, pod);
        step(&f, steps);
    }
    ck_assert_int_le(steps, 60);
    ck_assert_int_eq(sched_job(f.s, "job-99")->phase, JOB_STARTING);
    end(&f);
}
END_TEST

/* Numbers that cannot be meant do no harm. */
START_TEST(test_absurd_numbers)
{
    struct resvec used, free_;
    struct fixture f;

    begin(&f, "node n1 cpu=8 mem=64G\npartition batch default\n"
              "job 1 replicas=0 cpu=1\njob 2 replicas=9000000000000000000 cpu=1\n"
              "job 3 cpu=9000000000000 mem=8000000T state=running "
              "start=9000000000000000000 on=n1:9000000000000000000\n"
              "job 4 nodes=1 cpu=-1 nodelist=n1,n1 begin=-9000000000000000000");
    while (step(&f, 0) == SCHED_MORE)
        ;
    gone(&f, CHANGE_JOB_GONE, "job-3");
    while (step(&f, INT64_MAX) == SCHED_MORE)
        ;
    ck_assert(sched_node_usage(f.s, "n1", &used, &free_));
    ck_assert_int_ge(free_.v[RES_CPU], 0);
    ck_assert_int_eq(sched_job(f.s, "job-4")->phase, JOB_STARTING);
    end(&f);
}
END_TEST

/* A promise of nobody knows which partition is none: the job starts where it may. */
START_TEST(test_promise_of_no_partition)
{
    struct slot slot = {.node = "n2", .pods = 1, .tasks = 1};
    struct fixture f;
    struct job *job;

    begin(&f, TWO_NODES);
    job = cluster_text_job(&f.res, "job 1 cpu=8 time=10");
    job->plan = (struct plan){
        .start_sec = 600, .promised = true, .slots = slots_new(&slot, 1), .n_slots = 1};
    sched_apply(f.s, &(struct change){.kind = CHANGE_JOB, .u.job = job});
    step(&f, 60);
    ck_assert_str_eq(f.told.s,
                     "  start 1 in batch on n1, limit 00:10:00, priority 1000\n");
    end(&f);
}
END_TEST

/* sprio shows what the queue goes by, also where a partition adds to what the second
 * component asks for: all CPUs that there are. */
START_TEST(test_priority_of_components)
{
    struct sched_config config = sched_config_default();
    struct fixture f;

    begin(&f, "node n[1-2] cpu=8 x/gpu=1\n"
              "partition batch default defcpupergpu=8\n"
              "job 1 nodes=1 x/gpu=1 : nodes=1 x/gpu=1\n");
    config.priority_weight_tres =
        (struct tres_weights){.n = 1, .items = {{TRES_CPU, "", 1000}}};
    config.priority_weight_age = config.priority_weight_fairshare = 0;
    config.priority_weight_partition = config.priority_weight_qos = 0;
    sched_apply(f.s, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    step(&f, 0);
    ck_assert_msg(strstr(f.told.s, "start 1 ") && strstr(f.told.s, "priority 1000"),
                  "%s", f.told.s);
    ck_assert_int_eq(sched_job_priority(f.s, "job-1", 0), 1000);
    end(&f);
}
END_TEST

/* Nothing is said by what was found of accounts that are others by now. */
START_TEST(test_fault_of_last_step)
{
    struct fixture f;

    begin(&f, "account a parent=none users=ann\n");
    step(&f, 0);
    ck_assert(sched_say_account_fault(f.s, "a", &f.told));
    ck_assert_str_eq(f.told.s, "account none does not exist, the parent of a");
    for (char name[] = "account b"; name[8] <= 'z'; name[8]++)
        line(&f, name);
    gone(&f, CHANGE_ACCOUNT_GONE, "a");
    ck_assert(!sched_say_account_fault(f.s, "a", &f.told));
    step(&f, 1);
    ck_assert(!sched_say_account_fault(f.s, "a", &f.told));
    end(&f);
}
END_TEST

static bool no_room(void *arg, int64_t ahead_us)
{
    (void)arg;
    return ahead_us > 0;
}

static size_t count_victims(const struct decisions *decisions)
{
    size_t n = 0;

    for (size_t i = 0; i < decisions->n; i++)
        n += decisions->items[i].kind == DECIDE_PREEMPT;
    return n;
}

/* Of jobs 1 to 3, also those who are not told yet. */
static size_t count_yielding(const struct fixture *f)
{
    static const char *const uids[] = {"job-1", "job-2", "job-3"};
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(uids); i++)
        n += sched_job(f->s, uids[i])->preempted_by != 0;
    return n;
}

/* Victims are looked for once in a step that has no room for it, at its beginning; they
 * are told together. */
START_TEST(test_hunt_wants_room)
{
    static const char lines[] =
        "node n[1-3] cpu=1\npartition batch default\nqos low\n"
        "qos high preempt=low\n"
        "job 1 cpu=1 qos=low state=running start=0 in=batch on=n1\n"
        "job 2 cpu=1 qos=low state=running start=0 in=batch on=n2\n"
        "job 3 cpu=1 qos=low state=running start=0 in=batch on=n3\n"
        "job 4-6 cpu=1 qos=high";
    struct sched_budget budgets[] = {{no_room, NULL}, {NULL, NULL}};
    struct sched_config config = sched_config_default();
    struct decisions decisions;
    struct fixture f;

    for (size_t i = 0; i < ARRAY_LEN(budgets); i++) {
        size_t all = 0, most = 0, steps = 0, n, yielding = 0;
        enum sched_progress progress;

        begin(&f, lines);
        config.preempt_type = PREEMPT_BY_QOS;
        config.preempt_mode = PREEMPT_REQUEUE;
        sched_apply(f.s, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
        do {
            progress = sched_step(f.s, 60, budgets[i], &decisions);
            n = count_yielding(&f);
            most = MAX(most, n - yielding);
            yielding = n;
            all += count_victims(&decisions);
            ck_assert_uint_eq(all, progress == SCHED_MORE ? 0 : 3);
            ck_assert_uint_lt(++steps, 30);
        } while (progress == SCHED_MORE);
        ck_assert_uint_eq(most, i == 0 ? 1 : 3);
        end(&f);
    }
}
END_TEST

/* Limits are counted anew in slices: what changes between two of them counts. */
START_TEST(test_limits_in_slices)
{
    struct fixture f;
    int steps = 0;

    begin(&f, "node n1 cpu=400\npartition batch default\nqos low\n"
              "job 1-10 cpu=1 qos=low state=running start=0 in=batch on=n1\n"
              "job 11-300 cpu=1 qos=low hold=user");
    step(&f, 60);
    f.limit = 1;
    line(&f, "qos low grpJobs=10");
    step(&f, 60); /* has bound the first ones */
    ck_assert(sched_next_wake(f.s, 60) == 60);
    line(&f, "gone job 5");
    line(&f, "gone job 100");
    line(&f, "job 7 cpu=1 qos=other state=running start=0 in=batch on=n1");
    line(&f, "job 401-405 cpu=1 qos=low");
    step(&f, 60);
    line(&f, "qos low grpJobs=11"); /* begins anew */
    step(&f, 60);
    line(&f, "gone job 6");
    for (; steps < 1000 && sched_next_wake(f.s, 60) == 60; steps++)
        step(&f, 60);
    ck_assert_int_lt(steps, 1000);
    /* 7 counts for another QOS, 5 and 6 no more. */
    ck_assert_int_eq(sched_count(f.s, JOB_STARTING), 4);
    end(&f);
}
END_TEST

/* The first place of a long queue is found in slices, too: it takes a look at all. */
START_TEST(test_order_in_slices)
{
    struct fixture f;
    int sorting = 0;

    begin(&f, "node n1 cpu=1\npartition batch default");
    for (int i = 1; i <= 20000; i++) {
        AUTO_FREE char *text =
            xasprintf("job %d cpu=8 submit=%d", i, (i * 7919 + 5) % 20000);

        line(&f, text);
    }
    f.limit = 1;
    for (int steps = 0; f.s->pass.queue.n_sorted == 0; steps++) {
        ck_assert_int_lt(steps, 5000);
        step(&f, 20000);
        sorting += f.s->pass.ordered && f.s->pass.queue.n_sorted == 0;
    }
    ck_assert_int_ge(sorting, 20000 / QUEUE_LOOKS);
    end(&f);
}
END_TEST

/* Those that go while a walk runs are forgotten in slices before the next one; who
 * comes back meanwhile is there, and who goes between two slices is forgotten at once.
 */
START_TEST(test_sweep_in_slices)
{
    struct fixture f;
    size_t before, most = 0;
    bool between = false;

    begin(&f, TWO_NODES "job 1-400 cpu=8");
    step(&f, 60);
    line(&f, "job 1001 cpu=1");
    f.limit = 1;
    ck_assert_int_eq(step(&f, 120), SCHED_MORE);
    ck_assert(f.s->pass.running);
    for (int i = 3; i <= 400; i++) {
        AUTO_FREE char *uid = xasprintf("job-%d", i);

        gone(&f, CHANGE_JOB_GONE, uid);
    }
    line(&f, "job 3 cpu=1");
    ck_assert_uint_eq(f.s->n_gone, 397);
    for (int steps = 0; f.s->n_gone > 0; steps++) {
        ck_assert_int_lt(steps, 1000);
        before = f.s->n_gone;
        ck_assert(sched_next_wake(f.s, 120) == 120);
        step(&f, 120);
        most = MAX(most, before - f.s->n_gone);
        if (between || f.s->pass.running || f.s->n_gone == 397)
            continue;
        between = true;
        before = f.s->n_gone;
        line(&f, "gone job 1001");
        line(&f, "gone job 3");
        line(&f, "job 4 cpu=1");
        ck_assert_uint_eq(f.s->n_gone, before - 1);
    }
    ck_assert(between);
    ck_assert_uint_le(most, 64);
    f.limit = 0;
    while (step(&f, 120) == SCHED_MORE) {
    }
    ck_assert_uint_eq(HASH_COUNT(f.s->jobs), 3); /* 1, 2 and 4 */
    end(&f);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/sched",
                      (struct suite_row[]){
                          {test_empty_core, 1},
                          {test_start_is_assumed, 1},
                          {test_slot_on_unknown_node, 1},
                          {test_told_once, 1},
                          {test_priority_of_components, 1},
                          {test_quiet, ARRAY_LEN(quiet_cases)},
                          {test_confirmed_start_is_quiet, 1},
                          {test_end_told_again_if_applied_again, 1},
                          {test_end_by_partition_limit, 1},
                          {test_decisions_outlive_changes, 1},
                          {test_changes_midway, ARRAY_LEN(midway_cases)},
                          {test_forgotten_midway, 1},
                          {test_start_before_walk, ARRAY_LEN(told_again)},
                          {test_many_starts_after_one_end, 2},
                          {test_turn_once_nobody_yields, 1},
                          {test_reservation_chooses_before_starts, 1},
                          {test_too_many_reservations, 1},
                          {test_tail_is_not_starved, 1},
                          {test_limits_in_slices, 1},
                          {test_order_in_slices, 1},
                          {test_sweep_in_slices, 1},
                          {test_absurd_numbers, 1},
                          {test_promise_of_no_partition, 1},
                          {test_fault_of_last_step, 1},
                          {test_hunt_wants_room, 1},
                          {NULL, 0},
                      });
}
