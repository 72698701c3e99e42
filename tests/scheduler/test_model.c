#include "scheduler/model.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/cluster_text.h"
#include "tests/support/suite.h"

/* ---- resources ---- */

START_TEST(test_names_append)
{
    struct restable t;
    char name[RES_NAME_MAX + 1];

    restable_init(&t);
    ck_assert_int_eq(restable_find(&t, "memory"), RES_MEM);
    ck_assert_int_eq(restable_find(&t, "nvidia.com/gpu"), -1);
    ck_assert_int_eq(restable_intern(&t, "nvidia.com/gpu"), RES_FIXED);
    ck_assert_int_eq(restable_intern(&t, "pods"), RES_PODS);
    ck_assert_int_eq(restable_intern(&t, "nvidia.com/gpu"), RES_FIXED);
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    ck_assert_int_eq(restable_intern(&t, name), -1);
    ck_assert_int_eq(restable_intern(&t, ""), -1);
    for (char c = 'a'; t.n < RES_MAX; c++)
        ck_assert_int_ge(restable_intern(&t, (char[]){c, '\0'}), RES_FIXED);
    ck_assert_int_eq(restable_intern(&t, "one-too-many"), -1);
}
END_TEST

static const struct {
    const char *name;
    struct resvec need, room;
    bool fits;
    int64_t times;
} fit_cases[] = {
    {"exactly", {{4, 8}}, {{4, 8}}, true, 1},
    {"one short", {{4, 8}}, {{4, 7}}, false, 0},
    {"scarcest counts", {{1, 3}}, {{100, 10}}, true, 3},
    {"nothing asked", {{0}}, {{0}}, true, INT64_MAX},
    {"not asked, overcommitted", {{1, 0}}, {{2, -5}}, true, 2},
    {"asked, overcommitted", {{1, 1}}, {{2, -5}}, false, 0},
    {"last kind", {.v[RES_MAX - 1] = 2}, {.v[RES_MAX - 1] = 5}, true, 2},
};

START_TEST(test_fit)
{
    const char *name = fit_cases[_i].name;

    ck_assert_msg(resvec_fits(&fit_cases[_i].need, &fit_cases[_i].room) ==
                      fit_cases[_i].fits,
                  "%s", name);
    ck_assert_msg(resvec_times(&fit_cases[_i].need, &fit_cases[_i].room) ==
                      fit_cases[_i].times,
                  "%s", name);
}
END_TEST

START_TEST(test_sums_can_be_undone)
{
    struct resvec sum = {{1, INT64_MAX}}, add = {{2, INT64_MAX}};

    resvec_add(&sum, &add);
    resvec_sub(&sum, &add);
    ck_assert_int_eq(sum.v[0], 1);
    ck_assert_int_eq(sum.v[1], INT64_MAX);
    ck_assert(!resvec_is_zero(&sum));
    resvec_sub(&sum, &sum);
    ck_assert(resvec_is_zero(&sum));
}
END_TEST

/* ---- selectors ---- */

static const struct {
    const char *name;
    const char *label; /* value of label "k"; NULL: none */
    enum select_op op;
    const char *values[3];
    bool matches;
} select_cases[] = {
    {"in", "b", SELECT_IN, {"a", "b"}, true},
    {"in, other", "c", SELECT_IN, {"a", "b"}, false},
    {"in, missing", NULL, SELECT_IN, {"a"}, false},
    {"not in", "c", SELECT_NOT_IN, {"a"}, true},
    {"not in, listed", "a", SELECT_NOT_IN, {"a"}, false},
    {"not in, missing", NULL, SELECT_NOT_IN, {"a"}, true},
    {"exists", "", SELECT_EXISTS, {NULL}, true},
    {"exists, missing", NULL, SELECT_EXISTS, {NULL}, false},
    {"does not exist", NULL, SELECT_MISSING, {NULL}, true},
    {"does not exist, there", "a", SELECT_MISSING, {NULL}, false},
    {"greater", "10", SELECT_GT, {"9"}, true},
    {"greater, equal", "9", SELECT_GT, {"9"}, false},
    {"greater, missing", NULL, SELECT_GT, {"9"}, false},
    {"less", "-1", SELECT_LT, {"0"}, true},
    {"less, not a number", "1x", SELECT_LT, {"5"}, false},
    {"less, bound not a number", "1", SELECT_LT, {"x"}, false},
    {"less, past int64", "99999999999999999999", SELECT_LT, {"5"}, false},
};

START_TEST(test_select)
{
    struct label label = {"k", (char *)select_cases[_i].label};
    struct term term = {0};
    struct requirement *r = term_add(&term, "k", select_cases[_i].op);

    for (size_t i = 0; select_cases[_i].values[i] != NULL; i++)
        requirement_add_value(r, select_cases[_i].values[i]);
    ck_assert_msg(term_matches(&term, &label, label.value != NULL) ==
                      select_cases[_i].matches,
                  "%s", select_cases[_i].name);
    term_fini(&term);
}
END_TEST

START_TEST(test_all_requirements_hold)
{
    struct label labels[] = {{"a", "1"}, {"b", "2"}};
    struct term term = {0};

    ck_assert(term_matches(&term, labels, 2));
    requirement_add_value(term_add(&term, "a", SELECT_IN), "1");
    ck_assert(term_matches(&term, labels, 2));
    requirement_add_value(term_add(&term, "b", SELECT_IN), "1");
    ck_assert(!term_matches(&term, labels, 2));
    term_fini(&term);
}
END_TEST

/* ---- taints ---- */

#define DEDICATED "k", "v", TAINT_NO_SCHEDULE
#define CORDONED "node.kubernetes.io/unschedulable", ""

static const struct {
    const char *name;
    struct taint taint;
    struct toleration tol;
    bool has_tol;
    bool refuses;
    bool refuses_now;
} taint_cases[] = {
    {"none tolerated", {DEDICATED}, {0}, false, true, false},
    {"no execute", {"k", "v", TAINT_NO_EXECUTE}, {0}, false, true, false},
    {"preference only", {"k", "v", TAINT_PREFER_NO_SCHEDULE}, {0}, false, false, false},
    {"equal", {DEDICATED}, {"k", "v", false, TAINT_NO_SCHEDULE}, true, false, false},
    {"other value",
     {DEDICATED},
     {"k", "w", false, TAINT_NO_SCHEDULE},
     true,
     true,
     false},
    {"other key", {DEDICATED}, {"j", "v", false, TAINT_NO_SCHEDULE}, true, true, false},
    {"other effect",
     {DEDICATED},
     {"k", "v", false, TAINT_NO_EXECUTE},
     true,
     true,
     false},
    {"any effect", {DEDICATED}, {"k", "v", true, TAINT_NO_EXECUTE}, true, false, false},
    {"exists", {DEDICATED}, {"k", NULL, false, TAINT_NO_SCHEDULE}, true, false, false},
    {"everything",
     {DEDICATED},
     {NULL, NULL, true, TAINT_NO_SCHEDULE},
     true,
     false,
     false},
    {"passing", {CORDONED, TAINT_NO_SCHEDULE}, {0}, false, false, true},
    {"passing, no execute", {CORDONED, TAINT_NO_EXECUTE}, {0}, false, false, true},
    {"passing, a preference",
     {CORDONED, TAINT_PREFER_NO_SCHEDULE},
     {0},
     false,
     false,
     false},
    {"passing, tolerated",
     {CORDONED, TAINT_NO_SCHEDULE},
     {NULL, NULL, true, TAINT_NO_SCHEDULE},
     true,
     false,
     false},
};

START_TEST(test_taints)
{
    struct taint taint = taint_cases[_i].taint;
    struct node node = {.taints = &taint, .n_taints = 1};

    ck_assert_msg(taints_refuse(&node, &taint_cases[_i].tol, taint_cases[_i].has_tol) ==
                      taint_cases[_i].refuses,
                  "%s", taint_cases[_i].name);
    ck_assert_msg(
        taints_refuse_now(&node, &taint_cases[_i].tol, taint_cases[_i].has_tol) ==
            taint_cases[_i].refuses_now,
        "%s, now", taint_cases[_i].name);
    ck_assert_int_eq(taints_deter(&node, &taint_cases[_i].tol, taint_cases[_i].has_tol),
                     taint.effect == TAINT_PREFER_NO_SCHEDULE &&
                         !taint_cases[_i].has_tol);
}
END_TEST

/* ---- names and copies ---- */

START_TEST(test_names)
{
    char **names = NULL;
    size_t n = 0;

    ck_assert(!names_have(names, n, "n1"));
    names_add(&names, &n, "n2");
    names_add(&names, &n, "n10");
    names_sort(names, n);
    ck_assert_str_eq(names[0], "n10");
    ck_assert(names_have(names, n, "n2"));
    ck_assert(!names_have(names, n, "n1"));
    free(names[0]);
    free(names[1]);
    free(names);
}
END_TEST

/* Copies share nothing: the sanitizers see it when one is freed before the other is
 * read. */
START_TEST(test_copies)
{
    struct restable res;
    struct node *node, *node2;
    struct partition *part, *part2;
    struct job *job, *job2;

    restable_init(&res);
    node = cluster_text_node(&res, "node n1 cpu=8 type=h100 label.b=2 label.a=1 "
                                   "taint.k=v:NoExecute");
    node2 = node_copy(node);
    node_free(node);
    ck_assert_str_eq(labels_find(node2->labels, node2->n_labels, "a"), "1");
    ck_assert_ptr_null(labels_find(node2->labels, node2->n_labels, "c"));
    ck_assert_str_eq(node2->taints[0].value, "v");
    node_free(node2);

    part = cluster_text_partition(&res, "partition p nodes=n[1-2] select.a=1|2 tier=4");
    part2 = partition_copy(part);
    partition_free(part);
    ck_assert_str_eq(part2->selector.reqs[0].values[1], "2");
    ck_assert_int_eq(part2->priority_tier, 4);
    partition_free(part2);

    job = cluster_text_job(&res, "job 1 nodes=2 partition=a,b nodelist=n1 exclude=n2 "
                                 "where.a=1 any.b=1 any.b=2 tolerate.k=v type=h100 "
                                 "state=running in=a on=n1:2,n3");
    job2 = job_copy(job);
    job_free(job);
    ck_assert_str_eq(job2->node_any[1].reqs[0].values[0], "2");
    ck_assert_int_eq(job2->n_alloc, 2);
    ck_assert_int_eq(job2->alloc[1].first_rank, 2);
    ck_assert_str_eq(job2->partition, "a");
    job_free(job2);
    job_free(NULL);
    node_free(NULL);
    partition_free(NULL);
    foreign_pod_free(NULL);
}
END_TEST

/* They are there as long as anybody has them, and their names are their own. */
START_TEST(test_slots_are_shared)
{
    char name[] = "n1";
    const struct slot from[] = {{.node = name, .pods = 2}, {.node = "n27", .pods = 1}};
    struct plan plan = {
        .start_sec = 60, .slots = slots_new(from, 2), .n_slots = 2, .promised = true};
    struct plan copy = plan_copy(&plan);
    AUTO_FREE struct slot *draft = slots_draft(plan.slots, 2);
    const struct slot *changed;

    name[1] = '9';
    ck_assert_ptr_eq(copy.slots, plan.slots);
    plan_clear(&plan);
    ck_assert_str_eq(copy.slots[0].node, "n1");
    ck_assert_str_eq(copy.slots[1].node, "n27");
    draft[1].pods = 5;
    changed = slots_new(draft, 2);
    plan_clear(&copy);
    ck_assert_str_eq(changed[1].node, "n27");
    ck_assert_int_eq(changed[0].pods, 2);
    ck_assert_int_eq(changed[1].pods, 5);
    slots_unref(changed);
}
END_TEST

START_TEST(test_no_slots)
{
    ck_assert_ptr_null(slots_new(NULL, 0));
    ck_assert_ptr_null(slots_ref(NULL));
    ck_assert_ptr_null(slots_draft(NULL, 0));
    slots_unref(NULL);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/model", (struct suite_row[]){
                                             {test_names_append, 1},
                                             {test_fit, ARRAY_LEN(fit_cases)},
                                             {test_sums_can_be_undone, 1},
                                             {test_select, ARRAY_LEN(select_cases)},
                                             {test_all_requirements_hold, 1},
                                             {test_taints, ARRAY_LEN(taint_cases)},
                                             {test_names, 1},
                                             {test_copies, 1},
                                             {test_slots_are_shared, 1},
                                             {test_no_slots, 1},
                                             {NULL, 0},
                                         });
}
