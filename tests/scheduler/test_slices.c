/* What happens between two slices of the core's work, and how long these are. */
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "tests/support/cluster_text.h"
#include "tests/support/stepped.h"
#include "tests/support/suite.h"

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
    struct stepped f;
    STR_AUTO struct str rest;
    enum sched_progress progress;

    str_init(&rest, 1 << 16);
    stepped_begin(&f, STEPPED_TWO_NODES "job 1-3 cpu=1");
    f.limit = 1;
    ck_assert_int_eq(stepped_step(&f, 0), SCHED_MORE);
    cluster_text_apply(f.s, &f.res, midway_cases[_i].change);
    f.limit = 0;
    do {
        progress = stepped_step(&f, 0);
        str_add(&rest, f.told.s);
    } while (progress == SCHED_MORE);
    ck_assert_msg(strcmp(rest.s, midway_cases[_i].told) == 0, "%s:\n%s",
                  midway_cases[_i].name, rest.s);
    stepped_end(&f);
}
END_TEST

/* How a job ended holds for those that depend on it, though it is forgotten before the
 * queue has been filled up to them. */
START_TEST(test_forgotten_midway)
{
    enum reason reason;
    const char *message;
    struct stepped f;

    stepped_begin(&f, STEPPED_TWO_NODES
                  "job 1 cpu=1 state=running start=0 in=batch on=n1\n"
                  "job 9 cpu=7 state=running start=0 in=batch on=n[1-2]\n"
                  "job 11-30 cpu=8\njob 40 cpu=1 depend=afterok:1");
    stepped_step(&f, 0);
    stepped_line(&f, "job 1 state=ended start=0 failed");
    f.limit = 1;
    ck_assert_int_eq(stepped_step(&f, 120), SCHED_MORE);
    stepped_gone(&f, CHANGE_JOB_GONE, "job-1");
    f.limit = 0;
    stepped_step(&f, 120);
    ck_assert(sched_job_reason(f.s, "job-40", &reason, &message));
    ck_assert_int_eq(reason, REASON_DEPENDENCY_NEVER);
    stepped_end(&f);
}
END_TEST

/* What is told once more, as it was, is no reason to walk before whoever may start. */
static const char *const told_again[] = {
    "account a users=ann", "gone account b",   "qos high priority=5",
    "gone qos low",        "gone partition p",
};

START_TEST(test_start_before_walk)
{
    struct stepped f;

    stepped_begin(&f, STEPPED_TWO_NODES
                  "account a users=ann\nqos high priority=5\n"
                  "job 1 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
                  "job 3 cpu=8 state=running start=0 in=batch on=n2 time=60\n"
                  "job 11-30 cpu=8 time=10");
    stepped_step(&f, 0);
    stepped_line(&f, told_again[_i]);
    stepped_gone(&f, CHANGE_JOB_GONE, "job-3");
    f.limit = 1;
    ck_assert_int_eq(stepped_step(&f, 1), SCHED_MORE);
    ck_assert_str_eq(f.told.s,
                     "  start 11 in batch on n2, limit 00:10:00, priority 2000\n");
    stepped_end(&f);
}
END_TEST

#define ROOM 400
#define WAITING 560

/* All of another length, but for an array in the midst of them; none as long as what
 * runs. */
static void begin_full(struct stepped *f)
{
    stepped_begin(f,
                  "node n1 cpu=400 pods=400\npartition batch default\n"
                  "job 1 cpu=400 state=running start=0 in=batch on=n1 time=2-00:00:00\n"
                  "job 2 cpu=1 tasks=0-39 time=200");
    for (int i = 0; i < WAITING; i++) {
        AUTO_FREE char *text =
            xasprintf("job %d cpu=1 time=%d", 11 + i, 10 + i * 37 % WAITING);

        stepped_line(f, text);
    }
}

/* The starts of one step; none is shorter than the one before. */
static enum sched_progress start_in_turn(struct stepped *f, size_t *n, int64_t *longest)
{
    struct decisions decisions;
    enum sched_progress progress;

    f->considered = 0;
    progress = sched_step(f->s, 1, (struct sched_budget){stepped_count, f}, &decisions);
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
    struct stepped f;

    begin_full(&f);
    stepped_step(&f, 0);
    stepped_gone(&f, CHANGE_JOB_GONE, "job-1");
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
    stepped_end(&f);
}
END_TEST

/* Steady changes and a budget of one job a step: the last job is reached all the same.
 */
START_TEST(test_tail_is_not_starved)
{
    struct stepped f;
    int steps = 0;

    stepped_begin(
        &f, "node n[1-2] cpu=8\npartition a default nodes=n1\npartition b nodes=n2\n"
            "job 1-50 cpu=8\njob 99 cpu=1 partition=b");
    f.limit = 1;
    while (sched_count(f.s, JOB_STARTING) < 2 && steps < 1000) {
        AUTO_FREE char *pod = xasprintf("pod x on=n1 mem=%dG", ++steps);

        stepped_line(&f, pod);
        stepped_step(&f, steps);
    }
    ck_assert_int_le(steps, 60);
    ck_assert_int_eq(sched_job(f.s, "job-99")->phase, JOB_STARTING);
    stepped_end(&f);
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
static size_t count_yielding(const struct stepped *f)
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
    struct stepped f;

    for (size_t i = 0; i < ARRAY_LEN(budgets); i++) {
        size_t all = 0, most = 0, steps = 0, n, yielding = 0;
        enum sched_progress progress;

        stepped_begin(&f, lines);
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
        stepped_end(&f);
    }
}
END_TEST

#define HERD 300

/* Who may be preempted is found in slices; where something is told after each of them
 * it begins anew, a few times, and then goes through all the same. */
START_TEST(test_herd_in_slices)
{
    struct sched_config config = sched_config_default();
    size_t steps = 0, victims = 0;
    struct stepped f;

    stepped_begin(&f, "node n1 cpu=300 pods=300\npartition batch default\nqos low\n"
                      "qos high preempt=low\njob 1000 cpu=1 qos=high");
    config.preempt_type = PREEMPT_BY_QOS;
    config.preempt_mode = PREEMPT_REQUEUE;
    sched_apply(f.s, &(struct change){.kind = CHANGE_CONFIG, .u.config = &config});
    for (int i = 1; i <= HERD; i++) {
        AUTO_FREE char *text = xasprintf(
            "job %d cpu=1 qos=low state=running start=%d in=batch on=n1", i, i % 7);

        stepped_line(&f, text);
    }
    f.limit = 1;
    for (; victims == 0 && steps < 1000; steps++) {
        AUTO_FREE char *text =
            xasprintf("job %zu cpu=1 qos=low hold=user", 2000 + steps);

        if (_i == 1)
            stepped_line(&f, text);
        stepped_step(&f, 60 + (int64_t)steps / 100); /* in a while they are told */
        victims += strstr(f.told.s, "preempt") != NULL;
        ck_assert_uint_le(f.s->herds.n_begun, 3);
    }
    ck_assert_uint_eq(victims, 1);
    ck_assert_uint_ge(steps, _i == 0 ? 2 * HERD / 64 : 1);
    stepped_end(&f);
}
END_TEST

/* Limits are counted anew in slices: what changes between two of them counts. */
START_TEST(test_limits_in_slices)
{
    struct stepped f;
    int steps = 0;

    stepped_begin(&f, "node n1 cpu=400\npartition batch default\nqos low\n"
                      "job 1-10 cpu=1 qos=low state=running start=0 in=batch on=n1\n"
                      "job 11-300 cpu=1 qos=low hold=user");
    stepped_step(&f, 60);
    f.limit = 1;
    stepped_line(&f, "qos low grpJobs=10");
    stepped_step(&f, 60); /* has bound the first ones */
    ck_assert(sched_next_wake(f.s, 60) == 60);
    stepped_line(&f, "gone job 5");
    stepped_line(&f, "gone job 100");
    stepped_line(&f, "job 7 cpu=1 qos=other state=running start=0 in=batch on=n1");
    stepped_line(&f, "job 401-405 cpu=1 qos=low");
    stepped_step(&f, 60);
    stepped_line(&f, "qos low grpJobs=11"); /* begins anew */
    stepped_step(&f, 60);
    stepped_line(&f, "gone job 6");
    for (; steps < 1000 && sched_next_wake(f.s, 60) == 60; steps++)
        stepped_step(&f, 60);
    ck_assert_int_lt(steps, 1000);
    /* 7 counts for another QOS, 5 and 6 no more. */
    ck_assert_int_eq(sched_count(f.s, JOB_STARTING), 4);
    stepped_end(&f);
}
END_TEST

/* The first place of a long queue is found in slices, too: it takes a look at all. */
START_TEST(test_order_in_slices)
{
    struct stepped f;
    int sorting = 0;

    stepped_begin(&f, "node n1 cpu=1\npartition batch default");
    for (int i = 1; i <= 20000; i++) {
        AUTO_FREE char *text =
            xasprintf("job %d cpu=8 submit=%d", i, (i * 7919 + 5) % 20000);

        stepped_line(&f, text);
    }
    f.limit = 1;
    for (int steps = 0; f.s->pass.queue.n_sorted == 0; steps++) {
        ck_assert_int_lt(steps, 5000);
        stepped_step(&f, 20000);
        sorting += f.s->pass.ordered && f.s->pass.queue.n_sorted == 0;
    }
    ck_assert_int_ge(sorting, 20000 / QUEUE_LOOKS);
    stepped_end(&f);
}
END_TEST

/* Those that go while a walk runs are forgotten in slices before the next one; who
 * comes back meanwhile is there, and who goes between two slices is forgotten at once.
 */
START_TEST(test_sweep_in_slices)
{
    struct stepped f;
    size_t before, most = 0;
    bool between = false;

    stepped_begin(&f, STEPPED_TWO_NODES "job 1-400 cpu=8");
    stepped_step(&f, 60);
    stepped_line(&f, "job 1001 cpu=1");
    f.limit = 1;
    ck_assert_int_eq(stepped_step(&f, 120), SCHED_MORE);
    ck_assert(f.s->pass.running);
    for (int i = 3; i <= 400; i++) {
        AUTO_FREE char *uid = xasprintf("job-%d", i);

        stepped_gone(&f, CHANGE_JOB_GONE, uid);
    }
    stepped_line(&f, "job 3 cpu=1");
    ck_assert_uint_eq(f.s->n_gone, 397);
    for (int steps = 0; f.s->n_gone > 0; steps++) {
        ck_assert_int_lt(steps, 1000);
        before = f.s->n_gone;
        ck_assert(sched_next_wake(f.s, 120) == 120);
        stepped_step(&f, 120);
        most = MAX(most, before - f.s->n_gone);
        if (between || f.s->pass.running || f.s->n_gone == 397)
            continue;
        between = true;
        before = f.s->n_gone;
        stepped_line(&f, "gone job 1001");
        stepped_line(&f, "gone job 3");
        stepped_line(&f, "job 4 cpu=1");
        ck_assert_uint_eq(f.s->n_gone, before - 1);
    }
    ck_assert(between);
    ck_assert_uint_le(most, 64);
    f.limit = 0;
    while (stepped_step(&f, 120) == SCHED_MORE) {
    }
    ck_assert_uint_eq(HASH_COUNT(f.s->jobs), 3); /* 1, 2 and 4 */
    stepped_end(&f);
}
END_TEST

/* Four nodes with 90, 80, 70 and 60 promises, the last one first, in that order of
 * their jobs. */
static void begin_promised(struct stepped *f)
{
    stepped_begin(f, "node n[1-4] cpu=9\npartition batch default\n"
                     "job 1 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
                     "job 2 cpu=8 state=running start=0 in=batch on=n2 time=60\n"
                     "job 3 cpu=8 state=running start=0 in=batch on=n3 time=60\n"
                     "job 4 cpu=8 state=running start=0 in=batch on=n4 time=60\n"
                     "job 101-190 cpu=8 time=10 nodelist=n4\n"
                     "job 201-280 cpu=8 time=10 nodelist=n3\n"
                     "job 301-370 cpu=8 time=10 nodelist=n2\n"
                     "job 401-460 cpu=8 time=10 nodelist=n1");
    stepped_step(f, 0);
}

static void to_rest(struct stepped *f)
{
    int steps = 0;

    while (stepped_step(f, 0) == SCHED_MORE)
        ck_assert_int_lt(steps++, 5000);
}

static void check_chosen(const struct stepped *f, const char *name, const char *nodes)
{
    const struct reservation *r = sched_reservation(f->s, "r");
    STR_AUTO struct str chosen;

    str_init(&chosen, 100);
    for (size_t i = 0; i < r->n_chosen; i++)
        str_addf(&chosen, "%s%s", i > 0 ? "," : "", r->chosen[i]);
    ck_assert_msg(strcmp(chosen.s, nodes) == 0, "%s: %s", name, chosen.s);
}

/* Lines, of which none names a new resource. */
static void tell(struct stepped *f, const char *lines)
{
    AUTO_FREE char *copy = xstrdup(lines);
    char *rest = copy;

    while (rest != NULL)
        stepped_line(f, strsep(&rest, "\n"));
}

/* One of whole nodes, and one of cores of as many. */
static const char *const reserves[] = {
    "reservation r start=7200 end=108000 count=2",
    "reservation r start=7200 end=108000 count=2 cpu=16",
};

static size_t count_chosen(const struct stepped *f)
{
    static const char *const names[] = {"r1", "r2", "r3"};
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        n += sched_reservation(f->s, names[i])->n_chosen > 0;
    return n;
}

/* One in a step that has no room for it, and nobody starts on what they have before all
 * have chosen. */
START_TEST(test_reservations_choose_one_by_one)
{
    const struct sched_budget budget = {no_room, NULL};
    struct decisions decisions;
    struct stepped f;
    size_t n = 0, steps = 0;

    begin_promised(&f);
    tell(&f, "reservation r1 start=10 end=108000 count=1\n"
             "reservation r2 start=10 end=108000 count=1\n"
             "reservation r3 start=10 end=108000 count=1\n"
             "gone job 1\ngone job 2\ngone job 3\ngone job 4");
    while (count_chosen(&f) < 3) {
        sched_step(f.s, 0, budget, &decisions);
        ck_assert_uint_le(count_chosen(&f), n + 1);
        n = count_chosen(&f);
        ck_assert_uint_eq(sched_count(f.s, JOB_STARTING), 0);
        ck_assert_uint_lt(++steps, 30);
    }
    to_rest(&f);
    ck_assert_uint_ge(sched_count(f.s, JOB_STARTING), 1);
    stepped_end(&f);
}
END_TEST

/* Who is in the way is counted to the end, though a job comes in each step. */
START_TEST(test_reserve_while_jobs_come)
{
    struct stepped f;
    int steps = 0;

    begin_promised(&f);
    f.limit = 1;
    stepped_line(&f, reserves[_i]);
    for (; sched_reservation(f.s, "r")->n_chosen == 0; steps++) {
        AUTO_FREE char *text = xasprintf("job %d cpu=1 hold=user", 1000 + steps);

        ck_assert_int_lt(steps, 100);
        stepped_line(&f, text);
        stepped_step(&f, 0);
    }
    check_chosen(&f, reserves[_i], "n1,n2");
    stepped_end(&f);
}
END_TEST

static const struct {
    const char *name;
    const char *change; /* once half of the jobs are counted; and what it comes to: */
    const char *nodes;
} counted_cases[] = {
    {"nothing", "gone job 999", "n1,n2"},
    {"counted ones gone", "gone job 101-140", "n1,n4"},
    {"the next one gone", "gone job 220-250", "n1,n3"},
    {"a job ends for a counted one",
     "gone job 101-140\n"
     "job 4 cpu=8 state=running start=0 in=batch on=n4 time=60 preemptedby=150",
     "n1,n2"},
    {"others gone", "gone job 301-330\ngone job 401", "n1,n2"},
    {"a counted one runs longer",
     "job 2 cpu=8 state=running start=0 in=batch on=n2 time=2-00:00:00", "n1,n3"},
    {"one comes, and runs",
     "job 900 cpu=1 state=running start=0 in=batch on=n1 time=2-00:00:00", "n2,n3"},
    {"one comes and goes",
     "job 900 cpu=1 state=running start=0 in=batch on=n1 time=2-00:00:00\n"
     "gone job 900",
     "n1,n2"},
    {"a node gone", "gone node n1", "n2,n3"},
    {"another node first", "node n0 cpu=9", "n0,n1"},
    {"a partition changed", "partition batch default state=DRAIN", "n1,n2"},
    {"fewer nodes", "reservation r start=7200 end=108000 count=1", "n1"},
    {"another reservation before it", "reservation a start=7200 end=108000 count=1",
     "n2,n3"},
};

/* Those in the way of a reservation are counted in slices: its nodes are those that a
 * core has which was told of all before. */
START_TEST(test_reservation_in_slices)
{
    const char *reserve = reserves[(size_t)_i / ARRAY_LEN(counted_cases)];
    const size_t at = (size_t)_i % ARRAY_LEN(counted_cases);
    struct stepped sliced, whole;

    begin_promised(&sliced);
    stepped_line(&sliced, reserve);
    sliced.limit = 1;
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(stepped_step(&sliced, 0), SCHED_MORE);
    ck_assert(sliced.s->reserve.counting.next != NULL && !sliced.s->pass.running);
    ck_assert(sched_next_wake(sliced.s, 0) == 0);
    tell(&sliced, counted_cases[at].change);
    to_rest(&sliced);
    check_chosen(&sliced, counted_cases[at].name, counted_cases[at].nodes);
    begin_promised(&whole);
    stepped_line(&whole, reserve);
    tell(&whole, counted_cases[at].change);
    to_rest(&whole);
    check_chosen(&whole, counted_cases[at].name, counted_cases[at].nodes);
    stepped_end(&sliced);
    stepped_end(&whole);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/slices",
                      (struct suite_row[]){
                          {test_changes_midway, ARRAY_LEN(midway_cases)},
                          {test_forgotten_midway, 1},
                          {test_start_before_walk, ARRAY_LEN(told_again)},
                          {test_many_starts_after_one_end, 2},
                          {test_tail_is_not_starved, 1},
                          {test_hunt_wants_room, 1},
                          {test_herd_in_slices, 2},
                          {test_reserve_while_jobs_come, ARRAY_LEN(reserves)},
                          {test_reservations_choose_one_by_one, 1},
                          {test_limits_in_slices, 1},
                          {test_order_in_slices, 1},
                          {test_sweep_in_slices, 1},
                          {test_reservation_in_slices,
                           ARRAY_LEN(reserves) * ARRAY_LEN(counted_cases)},
                          {NULL, 0},
                      });
}
