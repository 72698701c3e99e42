#include "cmd/gantry-controller/attempt.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/attempt_text.h"
#include "tests/support/suite.h"

#define NUMBER 3

static void make(struct attempt *a, const char *text)
{
    attempt_from_text(a, NUMBER, text, 1000);
}

/* ---- shapes ---- */

static const struct {
    const char *ranks;
    enum attempt_shape shape;
    size_t rank; /* that decides it */
    bool all_ended, busy;
} shapes[] = {
    {"none", ATTEMPT_LAUNCHING, 0, true, false},
    {"none none", ATTEMPT_LAUNCHING, 0, true, false},
    {"none+busy made", ATTEMPT_LAUNCHING, 0, false, true},
    {"made made", ATTEMPT_LAUNCHING, 0, false, false},
    {"made bound", ATTEMPT_LAUNCHING, 0, false, false},
    {"bound", ATTEMPT_RUNNING, 0, false, false},
    {"bound bound+ok", ATTEMPT_RUNNING, 0, false, false},
    {"bound bound+silent", ATTEMPT_RUNNING, 0, false, false},
    {"bound+ok", ATTEMPT_SUCCEEDED, 0, true, false},
    {"bound+ok bound+ok", ATTEMPT_SUCCEEDED, 0, true, false},
    {"bound+ok+del gone+ok", ATTEMPT_SUCCEEDED, 0, true, false},
    {"bound bound+fail:2", ATTEMPT_FAILED, 1, false, false},
    {"bound+fail:1 bound+fail:2", ATTEMPT_FAILED, 0, true, false},
    {"bound bound bound+sig:9", ATTEMPT_FAILED, 2, false, false},
    /* a code that a process ended with says more than a loss */
    {"gone bound+fail:2", ATTEMPT_FAILED, 1, true, false},
    {"bound+lost bound+fail:2", ATTEMPT_FAILED, 1, true, false},
    {"gone+fail:2", ATTEMPT_FAILED, 0, true, false},
    {"bound gone", ATTEMPT_BROKEN, 1, false, false},
    {"gone gone", ATTEMPT_BROKEN, 0, true, false},
    {"bound bound+broken", ATTEMPT_BROKEN, 1, false, false},
    {"made bound+broken", ATTEMPT_BROKEN, 1, false, false},
    {"bound bound+del", ATTEMPT_BROKEN, 1, false, false},
    {"bound+ok bound+del+silent", ATTEMPT_BROKEN, 1, true, false},
    {"bound+lost bound", ATTEMPT_BROKEN, 0, false, false},
    {"bound+lost bound+ok", ATTEMPT_BROKEN, 0, true, false},
    /* never bound, so nothing runs there */
    {"made+del none", ATTEMPT_BROKEN, 0, true, false},
    {"made+lost made", ATTEMPT_LAUNCHING, 0, false, false},
};

START_TEST(test_shape)
{
    struct attempt a = {0};
    size_t rank = 0;
    make(&a, shapes[_i].ranks);
    ck_assert_msg(attempt_shape(&a, false, 0, &rank) == shapes[_i].shape, "%s",
                  shapes[_i].ranks);
    if (shapes[_i].shape == ATTEMPT_FAILED || shapes[_i].shape == ATTEMPT_BROKEN)
        ck_assert_msg(rank == shapes[_i].rank, "%s: rank %zu", shapes[_i].ranks, rank);
    ck_assert_msg(attempt_all_ended(&a) == shapes[_i].all_ended, "%s: all ended",
                  shapes[_i].ranks);
    ck_assert_msg(attempt_busy(&a) == shapes[_i].busy, "%s: busy", shapes[_i].ranks);
    attempt_clear(&a);
}
END_TEST

/* Of a batch script rank 0 decides, except for the ends of others that are not good. */
static const struct {
    const char *ranks;
    enum attempt_shape shape;
} batches[] = {
    {"made bound", ATTEMPT_LAUNCHING},
    {"bound bound", ATTEMPT_RUNNING},
    {"bound bound+ok", ATTEMPT_RUNNING},
    {"bound+ok bound", ATTEMPT_SUCCEEDED},
    {"bound+ok gone", ATTEMPT_SUCCEEDED},
    {"bound+ok bound+sig:15", ATTEMPT_SUCCEEDED},
    {"gone+ok bound+lost", ATTEMPT_SUCCEEDED},
    {"bound+fail:2 bound", ATTEMPT_FAILED},
    {"bound bound+fail:2", ATTEMPT_FAILED},
    {"bound gone", ATTEMPT_BROKEN},
};

START_TEST(test_batch)
{
    struct attempt a = {0};
    size_t rank = 0;
    make(&a, batches[_i].ranks);
    ck_assert_msg(attempt_shape(&a, true, 0, &rank) == batches[_i].shape, "%s",
                  batches[_i].ranks);
    attempt_clear(&a);
}
END_TEST

/* ---- what pods really ask for ---- */

static struct pod asking(int64_t rank, int64_t cpu_milli)
{
    struct pod pod = {.uid = (char *)"u", .attempt = NUMBER, .rank = rank};
    pod.use.v[RES_CPU] = cpu_milli;
    return pod;
}

/* Not before all are made; a slot has the most that one of its pods asks for. */
START_TEST(test_amend)
{
    struct slot slots[] = {{.node = "n1", .pods = 1, .first_rank = 0},
                           {.node = "n2", .pods = 2, .first_rank = 1}};
    struct attempt a = {0};
    slots[0].each.v[RES_CPU] = slots[1].each.v[RES_CPU] = 1000;
    attempt_begin(&a, NUMBER, slots, 2, 1000);
    struct pod pods[] = {asking(0, 1000), asking(1, 1500), asking(2, 1200)};
    attempt_saw_pod(&a, &pods[0], NODE_FINE);
    attempt_saw_pod(&a, &pods[1], NODE_FINE);
    ck_assert(!attempt_differs(&a));
    attempt_saw_pod(&a, &pods[2], NODE_FINE);
    ck_assert(attempt_differs(&a));
    attempt_amend(&a, slots, 2);
    ck_assert(!attempt_differs(&a));
    ck_assert_int_eq(a.amendments, 1);
    ck_assert_int_eq(a.amended[0].each.v[RES_CPU], 1000);
    ck_assert_int_eq(a.amended[1].each.v[RES_CPU], 1500);
    ck_assert_str_eq(a.amended[1].node, "n2");
    attempt_clear(&a);
    ck_assert_ptr_null(a.amended);
}
END_TEST

START_TEST(test_gated)
{
    struct attempt a = {0};
    struct pod pod = asking(1, 0);
    make(&a, "made none");
    pod.gated = true;
    attempt_saw_pod(&a, &pod, NODE_FINE);
    ck_assert(attempt_gated(&a));
    ck_assert_str_eq(attempt_trouble(&a, 1000 + LAUNCH_DEADLINE_SEC),
                     "the start took too long: a pod waits for its scheduling gates");
    pod.gated = false;
    attempt_saw_pod(&a, &pod, NODE_FINE);
    ck_assert(!attempt_gated(&a));
    attempt_clear(&a);
}
END_TEST

/* ---- life ---- */

START_TEST(test_begin)
{
    struct slot slots[] = {{.node = "n2", .pods = 2, .first_rank = 0},
                           {.node = "n1", .pods = 1, .first_rank = 2}};
    struct attempt a = {0};
    attempt_begin(&a, 7, slots, 2, 1000);
    ck_assert_int_eq(a.number, 7);
    ck_assert_uint_eq(a.n, 3);
    ck_assert_str_eq(a.ranks[0].node, "n2");
    ck_assert_str_eq(a.ranks[1].node, "n2");
    ck_assert_str_eq(a.ranks[2].node, "n1");
    ck_assert_int_eq(a.ranks[0].exit_code, -1);
    /* again, from one under way */
    attempt_fail(&a, "why");
    attempt_begin(&a, 8, slots, 1, 2000);
    ck_assert_uint_eq(a.n, 2);
    ck_assert_ptr_null(a.failure);
    attempt_clear(&a);
    ck_assert_int_eq(a.number, 0);
    ck_assert_uint_eq(a.n, 0);
}
END_TEST

START_TEST(test_trouble)
{
    struct attempt a = {0};
    make(&a, "none");
    ck_assert_ptr_null(attempt_trouble(&a, 1000));
    ck_assert_ptr_null(attempt_trouble(&a, 1000 + LAUNCH_DEADLINE_SEC - 1));
    ck_assert_str_eq(attempt_trouble(&a, 1000 + LAUNCH_DEADLINE_SEC),
                     "the start took too long");
    attempt_fail(&a, "first");
    attempt_fail(&a, "second");
    ck_assert_str_eq(attempt_trouble(&a, 1000), "first");
    attempt_clear(&a);
}
END_TEST

/* The deadline runs from the turn of the first write, once. */
START_TEST(test_waits_for_its_turn)
{
    const int64_t turn_sec = 1000 + 10 * LAUNCH_DEADLINE_SEC;
    struct attempt a = {0};
    make(&a, "none");
    attempt_wait(&a);
    ck_assert_ptr_null(attempt_trouble(&a, turn_sec));
    attempt_has_turn(&a, turn_sec);
    attempt_has_turn(&a, turn_sec + 5);
    ck_assert_ptr_null(attempt_trouble(&a, turn_sec + LAUNCH_DEADLINE_SEC - 1));
    ck_assert_ptr_nonnull(attempt_trouble(&a, turn_sec + LAUNCH_DEADLINE_SEC));
    attempt_clear(&a);
}
END_TEST

/* The time is when the last rank was bound, and stays. */
START_TEST(test_note_bound)
{
    struct attempt a = {0};
    attempt_note_bound(&a, 1000);
    ck_assert_int_eq(a.bound_sec, 0);
    make(&a, "none");
    for (size_t i = 0; i < a.n; i++) {
        attempt_note_bound(&a, 1000);
        ck_assert_int_eq(a.bound_sec, 0);
        a.ranks[i].state = RANK_BOUND;
    }
    attempt_note_bound(&a, 1001);
    attempt_note_bound(&a, 1002);
    ck_assert_int_eq(a.bound_sec, 1001);
    attempt_clear(&a);
    ck_assert_int_eq(a.bound_sec, 0);
}
END_TEST

/* ---- what the watch says ---- */

static struct pod pod_of(const char *uid, const char *node, int64_t rank)
{
    return (struct pod){.uid = (char *)uid,
                        .node = (char *)node,
                        .attempt = NUMBER,
                        .rank = rank,
                        .exit_code = -1,
                        .exit_signal = -1};
}

START_TEST(test_saw)
{
    struct attempt a = {0};
    make(&a, "none none");
    struct pod pod = pod_of("u", NULL, 0);
    attempt_saw_pod(&a, &pod, NODE_FINE);
    ck_assert_int_eq(a.ranks[0].state, RANK_MADE);
    ck_assert_str_eq(a.ranks[0].uid, "u");
    pod.node = (char *)"n1";
    attempt_saw_pod(&a, &pod, NODE_SILENT);
    ck_assert_int_eq(a.ranks[0].state, RANK_BOUND);
    ck_assert_int_eq(a.ranks[0].fate, NODE_SILENT);
    /* an older word of the watch does not unbind it */
    pod.node = NULL;
    attempt_saw_pod(&a, &pod, NODE_FINE);
    ck_assert_int_eq(a.ranks[0].state, RANK_BOUND);
    pod.node = (char *)"n1";
    pod.terminal = true;
    pod.exit_code = 4;
    pod.exit_signal = 0;
    attempt_saw_pod(&a, &pod, NODE_FINE);
    ck_assert(a.ranks[0].terminal);
    ck_assert_int_eq(a.ranks[0].exit_code, 4);
    ck_assert_ptr_null(a.ranks[0].reason);
    attempt_pod_gone(&a, &pod);
    ck_assert_int_eq(a.ranks[0].state, RANK_GONE);
    attempt_saw_pod(&a, &pod, NODE_FINE);
    ck_assert_int_eq(a.ranks[0].state, RANK_GONE);
    ck_assert_ptr_null(a.failure);
    attempt_clear(&a);
}
END_TEST

/* The answer to the create comes after the watch has told the pod's end. */
START_TEST(test_saw_late)
{
    struct attempt a = {0};
    make(&a, "none");
    struct pod pod = pod_of("u", "n1", 0);
    pod.resource_version = (char *)"12";
    pod.terminal = pod.deleting = true;
    pod.exit_code = 143;
    attempt_saw_pod(&a, &pod, NODE_FINE);
    struct pod answer = pod_of("u", "n1", 0);
    answer.resource_version = (char *)"9";
    attempt_saw_pod(&a, &answer, NODE_FINE);
    ck_assert(a.ranks[0].terminal && a.ranks[0].deleting);
    ck_assert_int_eq(a.ranks[0].exit_code, 143);
    /* the same version again: its node has changed */
    attempt_saw_pod(&a, &pod, NODE_GONE);
    ck_assert_int_eq(a.ranks[0].fate, NODE_GONE);
    attempt_clear(&a);
}
END_TEST

/* A pod that its node refused tells why, in the best words there are. */
static const struct {
    const char *reason, *message, *expected;
} words[] = {{"OutOfcpu", "Node didn't have enough resource: cpu",
              "Node didn't have enough resource: cpu"},
             {"Evicted", NULL, "Evicted"},
             {NULL, NULL, "it never ran"}};

START_TEST(test_saw_broken)
{
    struct attempt a = {0};
    make(&a, "bound");
    struct pod pod = pod_of("u", "n1", 0);
    pod.terminal = true;
    pod.reason = (char *)words[_i].reason;
    pod.message = (char *)words[_i].message;
    attempt_saw_pod(&a, &pod, NODE_FINE);
    ck_assert_str_eq(a.ranks[0].reason, words[_i].expected);
    attempt_clear(&a);
}
END_TEST

static const struct {
    const char *what;
    const char *uid, *node; /* of the second pod; the first is u on n1 */
    int64_t attempt, rank;
    const char *failure; /* NULL: it is not looked at */
} others[] = {
    {"of an older attempt", "v", "n2", NUMBER - 1, 0, NULL},
    {"of a rank that there is not", "v", "n2", NUMBER, 1, NULL},
    {"of a negative rank", "v", "n2", NUMBER, -1, NULL},
    {"another of that name", "v", "n1", NUMBER, 0,
     "a pod was replaced by another of the same name"},
    {"elsewhere", "u", "n2", NUMBER, 0,
     "a pod stands on another node than was planned"},
};

START_TEST(test_saw_other)
{
    struct attempt a = {0};
    make(&a, "none");
    struct pod pod = pod_of("u", "n1", 0);
    attempt_saw_pod(&a, &pod, NODE_FINE);
    pod = pod_of(others[_i].uid, others[_i].node, others[_i].rank);
    pod.attempt = others[_i].attempt;
    pod.terminal = true;
    attempt_saw_pod(&a, &pod, NODE_FINE);
    ck_assert(!a.ranks[0].terminal);
    ck_assert_str_eq(a.ranks[0].uid, "u");
    if (others[_i].failure)
        ck_assert_str_eq(a.failure, others[_i].failure);
    else
        ck_assert_ptr_null(a.failure);
    if (strcmp(others[_i].uid, "u") != 0) {
        attempt_pod_gone(&a, &pod);
        ck_assert_int_eq(a.ranks[0].state, RANK_BOUND);
    }
    attempt_clear(&a);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/attempt",
                      (struct suite_row[]){
                          {test_shape, ARRAY_LEN(shapes)},
                          {test_batch, ARRAY_LEN(batches)},
                          {test_amend, 1},
                          {test_gated, 1},
                          {test_begin, 1},
                          {test_trouble, 1},
                          {test_waits_for_its_turn, 1},
                          {test_note_bound, 1},
                          {test_saw, 1},
                          {test_saw_late, 1},
                          {test_saw_broken, ARRAY_LEN(words)},
                          {test_saw_other, ARRAY_LEN(others)},
                          {NULL, 0},
                      });
}
