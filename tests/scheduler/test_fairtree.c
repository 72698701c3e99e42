#include "scheduler/fairtree.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/str.h"
#include "base/util.h"
#include "scheduler/model.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"
#include "tests/support/treetext.h"

#define NODES_MAX 40
#define TEXT_MAX 4096
#define TREES 20000

/* ---- trees worked out by hand ---- */

static const struct {
    const char *name, *tree;
    const char *ranks; /* of users, the highest first */
} cases[] = {
    {"nobody", "a:1{}", ""},
    {"one", "ann:1", "ann=1"},
    {"who has used less", "ann:1=10 bob:1=20", "ann=2 bob=1"},
    {"who has used less of his shares", "ann:1=10 bob:3=20", "bob=2 ann=1"},
    {"nothing used", "ann:1 bob:1=5 cem:1", "ann=3 cem=3 bob=1"},
    {"no shares", "ann:0 bob:1=90 cem:0=5", "bob=3 ann=2 cem=2"},
    /* a: 1/2 of the shares, 100/150 of the usage; b: 1/2 and 50/150. */
    {"the account decides before the user", "a:1{ann:1=100} b:1{bob:2=50 cem:1}",
     "cem=3 bob=2 ann=1"},
    {"whatever the users of the better account have used",
     "a:1{ann:1=1 bob:1=99} b:1{cem:1=101}", "ann=3 bob=2 cem=1"},
    /* x: 3/4 and 60/100; y: 1/4 and 40/100. In x: a 1/2 and 10/60, b 1/2 and 50/60. */
    {"three levels", "x:3{a:5{ann:1=4 bob:1=6} b:5{cem:1=50}} y:1{dora:7=40}",
     "ann=4 bob=3 cem=2 dora=1"},
    {"users of a level have one rank", "ann:2=20 bob:1=10 cem:1=5 dora:1=40",
     "cem=4 ann=3 bob=3 dora=1"},
    /* Merged, the children of both are as if of one: each by his own account's sums.
     * ann 1/2 to 10/40, bob 1/2 to 30/40, cem 1/3 to 20/40, dora 2/3 to 20/40. */
    {"tied accounts are one", "a:1{ann:1=10 bob:1=30} b:1{cem:1=20 dora:2=20}",
     "ann=4 dora=3 bob=2 cem=2"},
    {"tied accounts, accounts within",
     "a:1{x:1{ann:1=30} bob:1=10} b:1{y:1{cem:1=30} dora:1=10}",
     "bob=4 dora=4 ann=2 cem=2"},
    /* ann and a: 1/3 to 10/30; bob: 1/3 to 10/30 as well, users first. */
    {"an account tied with a user begins at his rank",
     "a:1{bob:1=4 cem:1=6} ann:1=10 dora:1=10", "bob=4 ann=4 dora=4 cem=1"},
    {"a tie goes down to the first user", "ann:1=5 a:1{x:1{bob:1=2 cem:1=3}}",
     "ann=3 bob=3 cem=1"},
    {"an empty account ties with nobody below", "ann:1 a:1{} b:1{bob:1}",
     "ann=2 bob=2"},
    /* bob is before all who have used anything; the shares of others are not less. */
    {"a user with his parent's shares", "ann:1=10 bob:p=500 cem:1=20",
     "bob=3 ann=2 cem=1"},
    {"and who has used nothing is as good", "ann:1 bob:p=500", "ann=2 bob=2"},
    /* As if ann, bob and cem stood side by side. */
    {"an account with its parent's shares", "a:p{ann:1=10 bob:2=10} cem:1=30",
     "bob=3 ann=2 cem=1"},
    {"two of them, one in the other", "a:p{b:p{ann:1=10} bob:2=10} cem:1=30",
     "bob=3 ann=2 cem=1"},
    {"usage of no child counts for the sum", "a:1=60{ann:1=40} b:1{bob:1=90}",
     "bob=2 ann=1"},
    {"accounts without shares", "a:0{ann:1} b:0{bob:1=5}", "ann=2 bob=1"},
    {"large amounts",
     "a:999999999{ann:1=4611686018427387904} "
     "b:1{bob:1=4611686018427387904 cem:1=4611686018427387904}",
     "ann=3 bob=2 cem=2"},
};

static void say_ranks(const struct fairtree *t, char names[][TREETEXT_NAME],
                      struct str *out)
{
    for (int64_t rank = (int64_t)t->n_users; rank > 0; rank--) {
        for (size_t i = 0; i < t->n; i++) {
            if (t->nodes[i].is_user && t->ranks[i] == rank)
                str_addf(out, "%s%s=%d", out->len > 0 ? " " : "", names[i], (int)rank);
        }
    }
}

START_TEST(test_by_hand)
{
    struct fairtree t = {0};
    char names[NODES_MAX][TREETEXT_NAME];
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    fairtree_reset(&t);
    treetext_read(&t, cases[_i].tree, names);
    fairtree_rank(&t);
    ck_assert(!fairtree_rank(&t));
    say_ranks(&t, names, &text);
    ck_assert_msg(str_eq(text.s, cases[_i].ranks), "%s: %s", cases[_i].name, text.s);
    fairtree_fini(&t);
}
END_TEST

/* ---- the same once more, plainly ---- */

struct plain {
    const struct fairtree *t;
    int64_t rank[NODES_MAX];
    int64_t next, last;
};

static int64_t plain_usage(const struct fairtree *t, size_t node)
{
    int64_t all = t->nodes[node].own;

    for (size_t i = 1; i < t->n; i++) {
        if (t->nodes[i].parent == node)
            all += plain_usage(t, i);
    }
    return all;
}

static bool plain_transparent(const struct fairtree *t, size_t i)
{
    return !t->nodes[i].is_user && t->nodes[i].shares == SHARES_PARENT;
}

/* The children of an account, and in place of those with its shares, theirs. */
static size_t plain_children(const struct fairtree *t, size_t node, size_t *ret)
{
    size_t n = 0;

    for (size_t i = 1; i < t->n; i++) {
        if (t->nodes[i].parent != node)
            continue;
        if (plain_transparent(t, i))
            n += plain_children(t, i, ret + n);
        else
            ret[n++] = i;
    }
    return n;
}

/* A level is above / below, exactly; below 0: infinite. */
struct level {
    __int128 above, below;
};

static struct level plain_level(const struct fairtree *t, size_t i)
{
    size_t around = t->nodes[i].parent, siblings[NODES_MAX], n;
    int64_t shares = 0;

    while (around != FAIRTREE_ROOT && plain_transparent(t, around))
        around = t->nodes[around].parent;
    n = plain_children(t, around, siblings);
    for (size_t k = 0; k < n; k++)
        shares += MAX(t->nodes[siblings[k]].shares, 0);
    if (t->nodes[i].shares == 0)
        return (struct level){0, 1};
    if (t->nodes[i].shares == SHARES_PARENT || plain_usage(t, i) == 0)
        return (struct level){1, 0};
    return (struct level){(__int128)t->nodes[i].shares * plain_usage(t, around),
                          (__int128)shares * plain_usage(t, i)};
}

/* Above 0: a's is the higher. */
static int plain_compare(const struct fairtree *t, size_t a, size_t b)
{
    struct level x = plain_level(t, a), y = plain_level(t, b);
    __int128 difference = x.above * y.below - y.above * x.below;

    return (difference > 0) - (difference < 0);
}

static void plain_rank(struct plain *p, size_t *group, size_t n, bool tied)
{
    size_t before = SIZE_MAX;

    while (n > 0) {
        size_t best = 0, merged[NODES_MAX], n_merged = 0;

        for (size_t i = 1; i < n; i++) {
            int order = plain_compare(p->t, group[i], group[best]);

            if (order > 0 || (order == 0 && p->t->nodes[group[i]].is_user &&
                              !p->t->nodes[group[best]].is_user))
                best = i;
        }
        if (before != SIZE_MAX)
            tied = plain_compare(p->t, before, group[best]) == 0;
        before = group[best];
        if (p->t->nodes[before].is_user) {
            p->last = tied ? p->last : p->next;
            p->next--;
            p->rank[before] = p->last;
            group[best] = group[--n];
            continue;
        }
        for (size_t i = n; i-- > 0;) {
            if (plain_compare(p->t, group[i], before) != 0)
                continue;
            n_merged += plain_children(p->t, group[i], merged + n_merged);
            group[i] = group[--n];
        }
        plain_rank(p, merged, n_merged, tied);
    }
}

static void random_tree(struct fairtree *t, struct rng *rng)
{
    size_t accounts[NODES_MAX] = {FAIRTREE_ROOT}, n_accounts = 1;
    size_t n = 1 + rng_below(rng, NODES_MAX - 1);

    fairtree_reset(t);
    while (t->n < n) {
        bool is_user = rng_below(rng, 100) < 60;
        int64_t shares = (int64_t)rng_below(rng, 5) - 1; /* now and then the parent's */
        size_t node = fairtree_add(t, accounts[rng_below(rng, n_accounts)], is_user,
                                   rng_below(rng, 3) == 0 ? 1 : shares);

        if (is_user || rng_below(rng, 10) == 0)
            fairtree_set_usage(t, node, (int64_t)rng_below(rng, 6));
        if (!is_user)
            accounts[n_accounts++] = node;
    }
}

static void compare_with_plain(const struct fairtree *t, uint64_t seed)
{
    struct plain p = {.t = t, .next = (int64_t)t->n_users};
    size_t group[NODES_MAX], n = plain_children(t, FAIRTREE_ROOT, group);

    plain_rank(&p, group, n, false);
    for (size_t i = 1; i < t->n; i++)
        ck_assert_msg(!t->nodes[i].is_user || t->ranks[i] == p.rank[i],
                      "seed %llu: node %zu has rank %lld, plainly %lld",
                      (unsigned long long)seed, i, (long long)t->ranks[i],
                      (long long)p.rank[i]);
}

/* Also when only usage has changed since, and groups are in their old order. */
START_TEST(test_random)
{
    const struct seeds seeds = seeds_of("GANTRY_TREES", TREES);
    struct fairtree t = {0};

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++) {
        struct rng rng;

        rng_seed(&rng, seed);
        random_tree(&t, &rng);
        fairtree_rank(&t);
        compare_with_plain(&t, seed);
        for (size_t i = 1; i < t.n; i++) {
            if (t.nodes[i].is_user && rng_below(&rng, 3) == 0)
                fairtree_set_usage(&t, i, (int64_t)rng_below(&rng, 6));
        }
        fairtree_rank(&t);
        compare_with_plain(&t, seed);
    }
    fairtree_fini(&t);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/fairtree", (struct suite_row[]){
                                                {test_by_hand, ARRAY_LEN(cases)},
                                                {test_random, 1},
                                                {NULL, 0},
                                            });
}
