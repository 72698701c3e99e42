#include "scheduler/sched.h"

#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/fence.h"
#include "scheduler/stock.h"
#include "tests/support/cluster_text.h"
#include "tests/support/stepped.h"
#include "tests/support/suite.h"

START_TEST(test_empty_core)
{
    struct stepped f;
    struct resvec used, free_;
    enum reason reason;
    const char *message;

    stepped_begin(&f, "");
    ck_assert_int_eq(stepped_step(&f, 0), SCHED_IDLE);
    ck_assert_str_eq(f.told.s, "");
    ck_assert_int_eq(sched_next_wake(f.s, 0), INT64_MAX);
    ck_assert(!sched_node_usage(f.s, "n1", &used, &free_));
    ck_assert_int_eq(sched_job_priority(f.s, "job-1", 0), -1);
    ck_assert_ptr_null(sched_job(f.s, "job-1"));
    ck_assert(!sched_job_reason(f.s, "job-1", &reason, &message));
    stepped_gone(&f, CHANGE_NODE_GONE, "n1");
    stepped_gone(&f, CHANGE_PARTITION_GONE, "p");
    stepped_gone(&f, CHANGE_JOB_GONE, "job-1");
    stepped_gone(&f, CHANGE_FOREIGN_POD_GONE, "x");
    ck_assert_int_eq(stepped_step(&f, 1), SCHED_IDLE);
    stepped_end(&f);
}
END_TEST

START_TEST(test_start_is_assumed)
{
    struct stepped f;
    struct resvec used, free_;
    const struct job *job;

    stepped_begin(&f, STEPPED_TWO_NODES "job 1 nodes=2 cpu=3");
    stepped_step(&f, 50);
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
    stepped_step(&f, 51);
    ck_assert_str_eq(f.told.s, "");
    stepped_end(&f);
}
END_TEST

START_TEST(test_slot_on_unknown_node)
{
    struct stepped f;
    struct resvec used, free_;

    stepped_begin(&f, "job 1 cpu=3 state=running on=n1:2\npod x on=n1 cpu=1");
    stepped_step(&f, 0);
    ck_assert(!sched_node_usage(f.s, "n1", &used, &free_));
    stepped_line(&f, "node n1 cpu=8");
    ck_assert(sched_node_usage(f.s, "n1", &used, &free_));
    ck_assert_int_eq(used.v[RES_CPU], 7000);
    stepped_line(&f, "pod x on=n2 cpu=1");
    sched_node_usage(f.s, "n1", &used, &free_);
    ck_assert_int_eq(used.v[RES_CPU], 6000);
    stepped_gone(&f, CHANGE_JOB_GONE, "job-1");
    sched_node_usage(f.s, "n1", &used, &free_);
    ck_assert(resvec_is_zero(&used));
    stepped_end(&f);
}
END_TEST

START_TEST(test_told_once)
{
    struct stepped f;
    enum reason reason;
    const char *message;

    stepped_begin(&f, STEPPED_TWO_NODES
                  "job 1 nodes=2 cpu=8\njob 2 nodes=2 cpu=8\njob 3 cpu=1");
    stepped_step(&f, 0);
    ck_assert(strstr(f.told.s, "wait 2 Resources") != NULL);
    ck_assert(strstr(f.told.s, "wait 3 Resources") != NULL);
    ck_assert(sched_job_reason(f.s, "job-2", &reason, &message));
    ck_assert_int_eq(reason, REASON_RESOURCES);
    ck_assert_str_eq(message,
                     "needs 2 nodes with cpu=8; none is free now; start later than "
                     "the window of 7-00:00:00");
    stepped_line(&f, "job 4 cpu=1");
    stepped_step(&f, 10000);
    ck_assert_str_eq(
        f.told.s,
        "  wait 4 Resources, priority 1016: needs 1 pod of cpu=1; none fits now; start "
        "later than the window of 7-00:00:00\n    2 ahead, next 3\n");
    ck_assert(sched_job_reason(f.s, "job-1", &reason, &message));
    ck_assert_int_eq(reason, REASON_NONE);
    ck_assert_str_eq(message, "");
    stepped_end(&f);
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
    struct stepped f;

    stepped_begin(&f, STEPPED_TWO_NODES "pod x on=n1 cpu=1\njob 1 nodes=2 cpu=7\n"
                                        "job 2 nodes=2 cpu=8\njob 7-8 nodes=2 cpu=1");
    stepped_step(&f, 0);
    stepped_line(&f, quiet_cases[_i].change);
    ck_assert_msg((sched_next_wake(f.s, 0) == 0) == quiet_cases[_i].walks, "%s",
                  quiet_cases[_i].name);
    stepped_step(&f, 0);
    ck_assert_msg((f.considered > 0) == quiet_cases[_i].walks, "%s",
                  quiet_cases[_i].name);
    stepped_end(&f);
}
END_TEST

START_TEST(test_confirmed_start_is_quiet)
{
    struct stepped f;
    struct change change = {.kind = CHANGE_JOB};

    stepped_begin(&f, STEPPED_TWO_NODES
                  "job 1 nodes=2 cpu=8 time=1\njob 2-4 nodes=2 cpu=8");
    stepped_step(&f, 0);
    change.u.job = job_copy(sched_job(f.s, "job-1"));
    change.u.job->phase = JOB_RUNNING;
    sched_apply(f.s, &change);
    stepped_step(&f, 1);
    ck_assert_int_eq(f.considered, 0);
    ck_assert_uint_eq(sched_count(f.s, JOB_RUNNING), 1);
    ck_assert_int_eq(sched_next_wake(f.s, 1), 60);
    stepped_end(&f);
}
END_TEST

START_TEST(test_end_told_again_if_applied_again)
{
    static const char running[] = "job 1 cpu=1 state=running start=0 time=1 on=n1";
    struct stepped f;

    stepped_begin(&f, STEPPED_TWO_NODES);
    stepped_line(&f, running);
    stepped_step(&f, 59);
    ck_assert_str_eq(f.told.s, "");
    ck_assert_int_eq(sched_next_wake(f.s, 59), 60);
    stepped_step(&f, 60);
    ck_assert_str_eq(f.told.s, "  end 1\n");
    stepped_step(&f, 61);
    ck_assert_str_eq(f.told.s, "");
    ck_assert_int_eq(sched_next_wake(f.s, 61), INT64_MAX);
    stepped_line(&f, running);
    stepped_step(&f, 62);
    ck_assert_str_eq(f.told.s, "  end 1\n");
    stepped_line(&f, "job 1 cpu=1 state=completing start=0 time=1 on=n1");
    stepped_step(&f, 63);
    ck_assert_str_eq(f.told.s, "");
    stepped_end(&f);
}
END_TEST

/* A running job that was stored without its limit has its partition's. */
START_TEST(test_end_by_partition_limit)
{
    struct stepped f;

    stepped_begin(&f, "node n1 cpu=8\njob 1 cpu=1 state=running start=0 in=p on=n1");
    stepped_step(&f, 1000);
    ck_assert_str_eq(f.told.s, "");
    stepped_line(&f, "partition p maxtime=10");
    stepped_step(&f, 1000);
    ck_assert_str_eq(f.told.s, "  end 1\n");
    stepped_end(&f);
}
END_TEST

START_TEST(test_decisions_outlive_changes)
{
    struct sched_budget whole = {NULL, NULL};
    struct decisions decisions;
    struct stepped f;

    stepped_begin(&f, STEPPED_TWO_NODES "job 1 nodes=2 cpu=8\njob 2 cpu=9");
    sched_step(f.s, 0, whole, &decisions);
    stepped_gone(&f, CHANGE_JOB_GONE, "job-1");
    stepped_gone(&f, CHANGE_JOB_GONE, "job-2");
    stepped_gone(&f, CHANGE_NODE_GONE, "n1");
    stepped_gone(&f, CHANGE_PARTITION_GONE, "batch");
    ck_assert_uint_eq(decisions.n, 2);
    ck_assert_str_eq(decisions.items[0].slots[0].node, "n1");
    ck_assert_str_eq(decisions.items[0].partition, "batch");
    ck_assert_str_eq(decisions.items[1].job_uid, "job-2");
    stepped_end(&f);
}
END_TEST

/* Nobody yields to job 2 any more once job 1 is gone: job 3 has its turn before it
 * again, also by what was worked out of job 2 before that. */
START_TEST(test_turn_once_nobody_yields)
{
    struct stepped f;
    struct sched_config config = sched_config_default();

    stepped_begin(&f,
                  "node n1 cpu=8\npartition batch default\n"
                  "qos high preempt=low\nqos low grace=3000\n"
                  "job 1 nodes=1 cpu=8 qos=low state=running start=0 in=batch on=n1 "
                  "time=600\n"
                  "job 2 nodes=1 cpu=8 qos=high time=60\n"
                  "job 3 nodes=1 cpu=8 qos=low nice=-100 time=5\n");
    config.preempt_type = PREEMPT_BY_QOS;
    config.preempt_mode = PREEMPT_CANCEL;
    sched_apply(f.s, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    ck_assert_int_eq(stepped_step(&f, 60), SCHED_IDLE);
    ck_assert_ptr_nonnull(strstr(f.told.s, "preempt 1 for 2"));
    stepped_line(&f, "node n2 cpu=1"); /* the timeline is made anew */
    ck_assert_int_eq(stepped_step(&f, 90), SCHED_IDLE);
    stepped_gone(&f, CHANGE_JOB_GONE, "job-1");
    stepped_step(&f, 100);
    ck_assert_ptr_nonnull(strstr(f.told.s, "start 3 in batch on n1"));
    stepped_end(&f);
}
END_TEST

/* Room that a reservation has waited for is not given away before it has chosen. */
START_TEST(test_reservation_chooses_before_starts)
{
    struct stepped f;
    const struct reservation *both;

    stepped_begin(&f, STEPPED_TWO_NODES
                  "job 9 cpu=8 state=running start=0 in=batch on=n1 time=300\n"
                  "reservation both start=3600 end=7200 count=2 users=ann\n"
                  "job 1 nodes=2 cpu=8 time=120");
    stepped_step(&f, 60);
    stepped_gone(&f, CHANGE_JOB_GONE, "job-9");
    stepped_step(&f, 70);
    both = sched_reservation(f.s, "both");
    ck_assert_uint_eq(both->n_chosen, 2);
    ck_assert(strstr(f.told.s, "start 1") == NULL);
    stepped_end(&f);
}
END_TEST

static void say_idle(struct stepped *f, const char *name, const char *expected)
{
    STR_AUTO struct str out;

    str_init(&out, 256);
    sched_say_idle_reservation(f->s, name, &out);
    ck_assert_str_eq(out.s, expected);
}

/* Those that are too many say so, and take no jobs in. */
START_TEST(test_too_many_reservations)
{
    struct stepped f;

    stepped_begin(&f, "node n[1-1100] cpu=8\npartition batch default\n");
    for (int i = 1; i <= RESV_MAX + 1; i++) {
        AUTO_FREE char *text =
            xasprintf("reservation r%04d start=0 end=36000 nodes=n%d users=zed%s", i, i,
                      i < KEEPS_MAX + 2 ? " licenses=x" : "");

        stepped_line(&f, text);
    }
    stepped_line(&f, "job 1 cpu=8 reservation=r1024 user=zed time=60");
    stepped_line(&f, "job 2 cpu=8 reservation=r1025 user=zed time=60");
    stepped_line(&f, "job 3 cpu=8 user=bob time=60 nodelist=n1024");
    stepped_step(&f, 60);
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
    stepped_end(&f);
}
END_TEST

/* Numbers that cannot be meant do no harm. */
START_TEST(test_absurd_numbers)
{
    struct resvec used, free_;
    struct stepped f;

    stepped_begin(&f,
                  "node n1 cpu=8 mem=64G\npartition batch default\n"
                  "job 1 replicas=0 cpu=1\njob 2 replicas=9000000000000000000 cpu=1\n"
                  "job 3 cpu=9000000000000 mem=8000000T state=running "
                  "start=9000000000000000000 on=n1:9000000000000000000\n"
                  "job 4 nodes=1 cpu=-1 nodelist=n1,n1 begin=-9000000000000000000");
    while (stepped_step(&f, 0) == SCHED_MORE)
        ;
    stepped_gone(&f, CHANGE_JOB_GONE, "job-3");
    while (stepped_step(&f, INT64_MAX) == SCHED_MORE)
        ;
    ck_assert(sched_node_usage(f.s, "n1", &used, &free_));
    ck_assert_int_ge(free_.v[RES_CPU], 0);
    ck_assert_int_eq(sched_job(f.s, "job-4")->phase, JOB_STARTING);
    stepped_end(&f);
}
END_TEST

/* A promise of nobody knows which partition is none: the job starts where it may. */
START_TEST(test_promise_of_no_partition)
{
    struct slot slot = {.node = "n2", .pods = 1, .tasks = 1};
    struct stepped f;
    struct job *job;

    stepped_begin(&f, STEPPED_TWO_NODES);
    job = cluster_text_job(&f.res, "job 1 cpu=8 time=10");
    job->plan = (struct plan){
        .start_sec = 600, .promised = true, .slots = slots_new(&slot, 1), .n_slots = 1};
    sched_apply(f.s, &(struct change){.kind = CHANGE_JOB, .u.job = job});
    stepped_step(&f, 60);
    ck_assert_str_eq(f.told.s,
                     "  start 1 in batch on n1, limit 00:10:00, priority 1000\n");
    stepped_end(&f);
}
END_TEST

/* sprio shows what the queue goes by, also where a partition adds to what the second
 * component asks for: all CPUs that there are. */
START_TEST(test_priority_of_components)
{
    struct sched_config config = sched_config_default();
    struct stepped f;

    stepped_begin(&f, "node n[1-2] cpu=8 x/gpu=1\n"
                      "partition batch default defcpupergpu=8\n"
                      "job 1 nodes=1 x/gpu=1 : nodes=1 x/gpu=1\n");
    config.priority_weight_tres =
        (struct tres_weights){.n = 1, .items = {{TRES_CPU, "", 1000}}};
    config.priority_weight_age = config.priority_weight_fairshare = 0;
    config.priority_weight_partition = config.priority_weight_qos = 0;
    sched_apply(f.s, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    stepped_step(&f, 0);
    ck_assert_msg(strstr(f.told.s, "start 1 ") && strstr(f.told.s, "priority 1000"),
                  "%s", f.told.s);
    ck_assert_int_eq(sched_job_priority(f.s, "job-1", 0), 1000);
    stepped_end(&f);
}
END_TEST

/* Nothing is said by what was found of accounts that are others by now. */
START_TEST(test_fault_of_last_step)
{
    struct stepped f;

    stepped_begin(&f, "account a parent=none users=ann\n");
    stepped_step(&f, 0);
    ck_assert(sched_say_account_fault(f.s, "a", &f.told));
    ck_assert_str_eq(f.told.s, "account none does not exist, the parent of a");
    for (char name[] = "account b"; name[8] <= 'z'; name[8]++)
        stepped_line(&f, name);
    stepped_gone(&f, CHANGE_ACCOUNT_GONE, "a");
    ck_assert(!sched_say_account_fault(f.s, "a", &f.told));
    stepped_step(&f, 1);
    ck_assert(!sched_say_account_fault(f.s, "a", &f.told));
    stepped_end(&f);
}
END_TEST

/* Plans that did not come to rest stand as they are until the next second. */
START_TEST(test_restless)
{
    struct stepped f;

    stepped_begin(&f, STEPPED_TWO_NODES
                  "job 1 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
                  "job 2 cpu=8 state=running start=0 in=batch on=n2 time=60\n"
                  "job 3-6 cpu=8 time=10");
    f.s->restless.most = 1;
    f.s->dirty = true;
    ck_assert_int_eq(stepped_step(&f, 5), SCHED_IDLE);
    f.s->dirty = true; /* as after a walk that has moved plans */
    ck_assert_int_eq(stepped_step(&f, 5), SCHED_IDLE);
    ck_assert_int_eq(f.s->pass.number, 1);
    ck_assert_int_eq(sched_next_wake(f.s, 5), 6);
    ck_assert_uint_eq(sched_restless(f.s), 1);
    ck_assert_int_eq(stepped_step(&f, 6), SCHED_IDLE);
    ck_assert_int_eq(f.s->pass.number, 2);
    stepped_line(&f, "job 7 cpu=1");
    ck_assert_int_eq(stepped_step(&f, 6), SCHED_IDLE);
    ck_assert_int_eq(f.s->pass.number, 3);
    stepped_end(&f);
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
                          {test_quiet, ARRAY_LEN(quiet_cases)},
                          {test_confirmed_start_is_quiet, 1},
                          {test_end_told_again_if_applied_again, 1},
                          {test_end_by_partition_limit, 1},
                          {test_decisions_outlive_changes, 1},
                          {test_turn_once_nobody_yields, 1},
                          {test_reservation_chooses_before_starts, 1},
                          {test_too_many_reservations, 1},
                          {test_absurd_numbers, 1},
                          {test_promise_of_no_partition, 1},
                          {test_priority_of_components, 1},
                          {test_fault_of_last_step, 1},
                          {test_restless, 1},
                          {NULL, 0},
                      });
}
