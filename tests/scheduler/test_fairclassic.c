#include "scheduler/fairclassic.h"

#include <math.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/treetext.h"

#define NODES_MAX 40
#define HEADER "a:1{ann:1=100} b:1{bob:2=50 cem:1}" /* the tree of fairclassic.h */

static const struct {
    const char *name, *tree, *node;
    struct fairclassic rules;
    double shares, effective, factor; /* of the node, worked out by hand */
} cases[] = {
    {"an account", HEADER, "a", {1, false}, 1.0 / 2, 2.0 / 3, 0.396850},
    {"its only user", HEADER, "ann", {1, false}, 1.0 / 2, 2.0 / 3, 0.396850},
    {"two of three shares", HEADER, "bob", {1, false}, 1.0 / 3, 1.0 / 3, 0.5},
    {"what others of the account used",
     HEADER,
     "cem",
     {1, false},
     1.0 / 6,
     1.0 / 9,
     0.629961},
    {"with a damping of 2", HEADER, "bob", {2, false}, 1.0 / 3, 1.0 / 3, 0.707107},
    {"nothing was used", "ann:1 bob:3", "ann", {1, false}, 1.0 / 4, 0, 1},
    {"no shares", "ann:0=5 bob:3", "ann", {1, false}, 0, 1, 0},
    {"nobody of the account has shares",
     "a:1{ann:0=5} bob:1=5",
     "ann",
     {1, false},
     0,
     0.5,
     0},
    {"the shares of the root", "ann:p bob:1=9", "ann", {1, false}, 1, 1, 0.5},
    {"the shares of an account",
     "a:1{ann:p=30 bob:1=30} b:1=40{}",
     "ann",
     {1, false},
     1.0 / 2,
     0.6,
     0.435275},
    {"an account that is as if it were not there",
     "a:p{ann:1=30} bob:1=90",
     "ann",
     {1, false},
     1.0 / 2,
     0.25,
     0.707107},
    /* R of b is 2/3, L of bob 3/2: that would bring him back to 1. */
    {"whatever the depth", HEADER, "bob", {1, true}, 1.0 / 3, 0.240573, 0.606374},
    {"whatever the depth, nothing used", HEADER, "cem", {1, true}, 1.0 / 6, 0, 1},
    {"whatever the depth, an only user",
     HEADER,
     "ann",
     {1, true},
     1.0 / 2,
     2.0 / 3,
     0.396850},
    /* R of b is 2/3, L of cem 4/5: further from 1, and all of it counts. */
    {"whatever the depth, less than he may",
     "a:1{ann:1=100} b:1{bob:2=36 cem:1=14}",
     "cem",
     {1, true},
     1.0 / 6,
     14.0 / 150,
     0.678302},
};

static const struct fairnode *find(const struct fairtree *t,
                                   char names[][TREETEXT_NAME], const char *name)
{
    size_t i = 1;

    while (i < t->n && strcmp(names[i], name) != 0)
        i++;
    ck_assert_uint_lt(i, t->n);
    return &t->nodes[i];
}

START_TEST(test_by_hand)
{
    struct fairtree t = {0};
    char names[NODES_MAX][TREETEXT_NAME];
    const struct fairnode *node;
    double factor;

    fairtree_reset(&t);
    treetext_read(&t, cases[_i].tree, names);
    fairclassic_rank(&t, &cases[_i].rules);
    node = find(&t, names, cases[_i].node);
    factor = (double)t.ranks[node - t.nodes] / (double)t.of;
    ck_assert_msg(fabs(node->norm_shares - cases[_i].shares) < 1e-6 &&
                      fabs(node->effective - cases[_i].effective) < 1e-6 &&
                      fabs(factor - cases[_i].factor) < 1e-6,
                  "%s: shares %f, effective %f, factor %f", cases[_i].name,
                  node->norm_shares, node->effective, factor);
    ck_assert(!fairclassic_rank(&t, &cases[_i].rules));
    fairtree_fini(&t);
}
END_TEST

/* From one kind of rank to the other and back. */
START_TEST(test_changes_over)
{
    const struct fairclassic rules = {1, false};
    struct fairtree t = {0};
    char names[NODES_MAX][TREETEXT_NAME];

    fairtree_reset(&t);
    treetext_read(&t, HEADER, names);
    ck_assert(fairtree_rank(&t));
    ck_assert(fairclassic_rank(&t, &rules));
    ck_assert_int_eq(t.of, FAIRCLASSIC_ONE);
    ck_assert(fairtree_rank(&t));
    ck_assert_int_eq(t.of, 3);
    ck_assert_int_eq(t.ranks[find(&t, names, "cem") - t.nodes], 3);
    fairtree_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/fairclassic", (struct suite_row[]){
                                                   {test_by_hand, ARRAY_LEN(cases)},
                                                   {test_changes_over, 1},
                                                   {NULL, 0},
                                               });
}
