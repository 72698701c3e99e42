/*
 * The tree of switches, as labels make it; and gangs on it, over random trees and as
 * many of blocks: on the lowest switch that holds them, on no more leaves than need be
 * there, in the order of these. A failing case prints its seed; GANTRY_CASES sets how
 * many are run, GANTRY_SEED runs that one alone.
 */
#include "scheduler/topology.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/str.h"
#include "base/util.h"
#include "scheduler/sched.h"
#include "tests/support/cluster_text.h"
#include "tests/support/seeds.h"
#include "tests/support/suite.h"

/* ---- labels ---- */

static const struct {
    const char *text, *wrong; /* NULL: nothing */
} texts[] = {
    {"leaf", NULL},
    {"topology.kubernetes.io/zone,topology.gantry.dev/leaf", NULL},
    {TOPOLOGY_LABELS_DEFAULT, NULL},
    {"a,b,c,d", NULL},
    {"a,b,c,d,e", "more than 4 labels"},
    {"", "\"\" is no key of a label: zone,example.com/leaf"},
    {"a,", "\"\" is no key of a label: zone,example.com/leaf"},
    {"a b", "\"a b\" is no key of a label: zone,example.com/leaf"},
    {"a,b,a", "a stands twice"},
};

START_TEST(test_labels)
{
    struct topology_labels labels = {0};
    struct err err = ERR_INIT;
    STR_AUTO struct str out;
    int rc = topology_labels_parse(texts[_i].text, &labels, &err);

    str_init(&out, 4096);
    topology_labels_format(&labels, &out);
    if (texts[_i].wrong == NULL) {
        ck_assert_int_eq(rc, 0);
        ck_assert_str_eq(out.s, texts[_i].text);
    } else {
        ck_assert_int_eq(rc, -1);
        ck_assert_str_eq(err.msg, texts[_i].wrong);
        ck_assert_uint_eq(labels.n, 0);
    }
}
END_TEST

/* ---- the tree ---- */

/* "spine=s1 leaf=l1": n nodes in the order of the cases' lines. */
static void build(struct topology *t, enum topology_kind kind, const char *labels,
                  const char *sizes, const char *const *lines, size_t n)
{
    struct topology_labels keys;
    struct block_sizes numbers = {0};
    const struct node **nodes = xcalloc(n + 1, sizeof(*nodes));
    struct restable res;

    restable_init(&res);
    ck_assert_int_eq(topology_labels_parse(labels, &keys, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *line = xasprintf("node n%zu cpu=1 %s", i, lines[i]);

        nodes[i] = cluster_text_node(&res, line);
    }
    ck_assert_int_eq(block_sizes_parse(sizes, &numbers, NULL), 0);
    topology_build(t, &(struct topology_rules){kind, &keys, &numbers}, nodes, n);
    for (size_t i = 0; i < n; i++)
        node_free((struct node *)nodes[i]);
    free(nodes);
}

static void say_tree(const struct topology *t, size_t n, struct str *out)
{
    for (size_t level = 0; level < t->n_levels; level++) {
        for (size_t i = 0; i < t->levels[level].n; i++)
            str_addf(out, "%s%u-%u", i > 0 ? "," : "", t->levels[level].groups[i].first,
                     t->levels[level].groups[i].end);
        str_add(out, "; ");
    }
    for (size_t i = 0; i < n && t->n_levels > 0; i++)
        str_addf(out, "%s%u:%u", i > 0 ? " " : "", t->leaf[i], topology_place(t, i));
}

#define LEAF(s, l) "label.spine=" s " label.leaf=" l
#define LINES_MAX 6

static const struct {
    const char *name;
    enum topology_kind kind;
    const char *labels, *sizes;
    const char *lines[LINES_MAX]; /* NULL ends them */
    const char *tree;             /* leaves of switches by level; leaf:place of nodes */
} trees[] = {
    {"flat", TOPOLOGY_FLAT, "leaf", "", {"label.leaf=a"}, ""},
    {"no nodes", TOPOLOGY_TREE, "leaf", "", {NULL}, ""},
    {"two levels",
     TOPOLOGY_TREE,
     "spine,leaf",
     "",
     {LEAF("s2", "l3"), LEAF("s1", "l10"), LEAF("s1", "l2"), LEAF("s2", "l3"),
      LEAF("s1", "l10")},
     "0-3; 0-2,2-3; 0-1,1-2,2-3; 2:3 1:1 0:0 2:4 1:2"},
    {"leaves of one name under two spines",
     TOPOLOGY_TREE,
     "spine,leaf",
     "",
     {LEAF("s1", "l1"), LEAF("s2", "l1")},
     "0-2; 0-1,1-2; 0-1,1-2; 0:0 1:1"},
    {"nobody knows where",
     TOPOLOGY_TREE,
     "leaf",
     "",
     {"", "label.leaf=l1", "", "label.leaf=l1"},
     "0-3; 0-1,1-2,2-3; 1:2 0:0 2:3 0:1"},
    {"no spine named",
     TOPOLOGY_TREE,
     "spine,leaf",
     "",
     {"label.leaf=l1", "label.leaf=l1", "label.leaf=l2"},
     "0-2; 0-2; 0-1,1-2; 0:0 0:1 1:2"},
    {"blocks by number: of two, and one that is left over",
     TOPOLOGY_BLOCK,
     "spine,leaf",
     "1,2",
     {LEAF("s9", "b10"), LEAF("s1", "b2"), LEAF("s9", "b1"), LEAF("s1", "b2")},
     "0-3; 0-2,2-3; 0-1,1-2,2-3; 2:3 1:1 0:0 1:2"},
    {"blocks by number: who is in no base block is in no larger one",
     TOPOLOGY_BLOCK,
     "leaf",
     "18,36",
     {"", "label.leaf=b1", "", "label.leaf=b1"},
     "0-3; 0-1,1-3; 0-1,1-2,2-3; 1:2 0:0 2:3 0:1"},
    {"a tree has no sizes",
     TOPOLOGY_TREE,
     "leaf",
     "1,2",
     {"label.leaf=l1", "label.leaf=l2"},
     "0-2; 0-1,1-2; 0:0 1:1"},
};

START_TEST(test_tree)
{
    struct topology t = {0};
    STR_AUTO struct str out;
    size_t n = 0;

    str_init(&out, 4096);
    while (n < LINES_MAX && trees[_i].lines[n] != NULL)
        n++;
    build(&t, trees[_i].kind, trees[_i].labels, trees[_i].sizes, trees[_i].lines, n);
    say_tree(&t, n, &out);
    ck_assert_msg(strcmp(out.s, trees[_i].tree) == 0, "%s: %s, not %s", trees[_i].name,
                  out.s, trees[_i].tree);
    topology_fini(&t);
}
END_TEST

/* ---- gangs ---- */

#define SPINES 3
#define LEAVES 9 /* three of each spine */
#define CASES 500

struct gang_case {
    uint64_t seed;
    int64_t open[LEAVES]; /* nodes that are free */
    int64_t nodes;        /* of the gang */
    int64_t took[LEAVES]; /* of its nodes */
};

/* The fewest of the leaves from `first` on that hold the gang, by trying all sets of
 * them; 0: they do not. */
static int fewest(const struct gang_case *g, size_t first, size_t n)
{
    int best = 0;

    for (unsigned set = 1; set < 1u << n; set++) {
        int64_t nodes = 0;

        for (size_t i = 0; i < n; i++)
            nodes += set >> i & 1 ? g->open[first + i] : 0;
        if (nodes >= g->nodes && (best == 0 || __builtin_popcount(set) < best))
            best = __builtin_popcount(set);
    }
    return best;
}

/* Of the lowest switches that hold it, of one where they are fewest. */
static int fewest_possible(const struct gang_case *g)
{
    static const size_t sizes[] = {1, LEAVES / SPINES, LEAVES};
    int best = 0;

    for (size_t k = 0; k < ARRAY_LEN(sizes) && best == 0; k++) {
        for (size_t first = 0; first < LEAVES; first += sizes[k]) {
            int n = fewest(g, first, sizes[k]);

            if (n > 0 && (best == 0 || n < best))
                best = n;
        }
    }
    return best;
}

/* Nodes of leaves are named crosswise, so that names say nothing of what is near. */
static void draw_case(struct gang_case *g, struct rng *rng, struct str *lines)
{
    int64_t all = 0;

    for (size_t i = 0; i < LEAVES; i++) {
        g->open[i] = (int64_t)rng_below(rng, 6);
        all += g->open[i];
        for (int64_t k = 0; k < g->open[i]; k++)
            str_addf(lines,
                     "node n%" PRId64 " cpu=8 label.spine=s%zu label.leaf=l%zu\n",
                     k * LEAVES + (int64_t)(i * 5 % LEAVES), i / SPINES, i);
    }
    g->nodes = 1 + (int64_t)rng_below(rng, (uint64_t)MAX(all, 1));
    str_addf(lines, "partition p default\njob 1 nodes=%" PRId64 " cpu=8", g->nodes);
}

/* Counts nodes of leaves; they come in the order of these. */
static void count_leaves(struct gang_case *g, const struct decision *start)
{
    size_t last = 0;

    for (size_t i = 0; i < start->n_slots; i++) {
        size_t leaf = 0;
        long number = strtol(start->slots[i].node + 1, NULL, 10);

        while ((long)(leaf * 5 % LEAVES) != number % LEAVES)
            leaf++;
        ck_assert_msg(leaf >= last, "seed %" PRIu64 ": ranks out of order", g->seed);
        g->took[leaf]++;
        last = leaf;
    }
}

static void run_case(uint64_t seed)
{
    struct sched_config config = sched_config_default();
    struct gang_case g = {.seed = seed};
    struct decisions decisions;
    struct restable res;
    STR_AUTO struct str lines;
    struct sched *s;
    struct rng rng;
    int leaves = 0;

    rng_seed(&rng, seed);
    str_init(&lines, 1 << 16);
    restable_init(&res);
    draw_case(&g, &rng, &lines);
    config.topology_kind = seed % 2 == 0 ? TOPOLOGY_TREE : TOPOLOGY_BLOCK;
    ck_assert_int_eq(topology_labels_parse("spine,leaf", &config.topology_labels, NULL),
                     0);
    s = sched_new(&config);
    cluster_text_apply(s, &res, lines.s);
    sched_step(s, 0, (struct sched_budget){NULL, NULL}, &decisions);
    ck_assert_uint_eq(decisions.n, 1);
    if (decisions.items[0].kind == DECIDE_START) {
        count_leaves(&g, &decisions.items[0]);
        for (size_t i = 0; i < LEAVES; i++)
            leaves += g.took[i] > 0;
    }
    ck_assert_msg(leaves == fewest_possible(&g), "seed %" PRIu64 ": %d leaves, not %d",
                  seed, leaves, fewest_possible(&g));
    sched_free(s);
}

START_TEST(test_gangs)
{
    const struct seeds seeds = seeds_of("GANTRY_CASES", CASES);

    for (uint64_t seed = seeds.first; seed <= seeds.last; seed++)
        run_case(seed);
}
END_TEST

int main(void)
{
    return suite_main("scheduler/topology",
                      (struct suite_row[]){{test_labels, ARRAY_LEN(texts)},
                                           {test_tree, ARRAY_LEN(trees)},
                                           {test_gangs, 1},
                                           {NULL, 0}});
}
