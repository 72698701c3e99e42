/*
 * topology - which nodes are near each other, by their labels.
 *
 * The configuration names labels, from the top down. Nodes with the same values of the
 * first k hang under one switch of level k; in a cluster of blocks they lie in one
 * block. Level 0 is the whole cluster; those of the lowest level are leaves.
 *
 *   labels: spine, leaf
 *
 *   0                     cluster
 *                     /             \
 *   1               s1               s2
 *                 /    \            /   \
 *   2           l1      l2        l3     l4
 *              n1 n2   n3 n4    n5 n6   n7
 *
 * Whoever lacks the label of a level is there beside the others that lack it; but
 * without the lowest one a node is a leaf by itself, since nobody knows what is near
 * it. All switches of level 1 are connected with each other.
 *
 * Larger blocks may be made by number instead: with the sizes 2, 4, 8 the lowest label
 * names base blocks of 2 nodes, and each two, then each four of these, neighbours in
 * natural order of their names, make a larger one. Only how many times a size is the
 * first one counts: base blocks are as large as they are.
 *
 * Leaves are numbered from left to right, in natural order of their labels, so those
 * under a switch are in a row. A node's place is by its leaf, then by its position.
 */
#ifndef GANTRY_SCHEDULER_TOPOLOGY_H
#define GANTRY_SCHEDULER_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "scheduler/model.h"

/* Slurm's TopologyPlugin. */
enum topology_kind {
    TOPOLOGY_FLAT,  /* all nodes are equally near */
    TOPOLOGY_TREE,  /* of switches */
    TOPOLOGY_BLOCK, /* the same of blocks, which gangs do not cross if one holds them */
};

/* In gantry.yaml, in this order. */
#define TOPOLOGY_KIND_WORDS     \
    {                           \
        "flat", "tree", "block" \
    }

#define TOPOLOGY_LEVELS_MAX 4
#define TOPOLOGY_LABEL_MAX 318 /* the longest key of a label, and its end */
#define TOPOLOGY_LABELS_DEFAULT \
    "topology.kubernetes.io/zone,topology.gantry.dev/spine,topology.gantry.dev/leaf"

/* Plain data, so that it may be copied. */
struct topology_labels {
    size_t n;
    char key[TOPOLOGY_LEVELS_MAX][TOPOLOGY_LABEL_MAX];
};

/* Slurm's BlockSizes: of base blocks, then of larger ones. Plain data, too. */
struct block_sizes {
    size_t n; /* 0: labels make them all */
    int64_t size[TOPOLOGY_LEVELS_MAX];
};

/* How it is made; the parts are lent. */
struct topology_rules {
    enum topology_kind kind;
    const struct topology_labels *labels;
    const struct block_sizes *sizes; /* for blocks only */
};

/* A switch, or a block. */
struct topology_group {
    uint32_t first, end; /* its leaves, last excluded */
};

struct topology_level {
    struct topology_group *groups; /* from left to right */
    size_t n;
};

/* All zero: flat. */
struct topology {
    enum topology_kind kind;
    size_t n_levels; /* with level 0; 0: flat */
    struct topology_level levels[TOPOLOGY_LEVELS_MAX + 1];
    size_t n_leaves;
    uint32_t *leaf, *place; /* by position */
};

const char *topology_kind_word(enum topology_kind kind);
int topology_kind_parse(const char *word, enum topology_kind *ret, struct err *err);

void topology_fini(struct topology *t);
/* That of nodes in the order of their positions. */
void topology_build(struct topology *t, const struct topology_rules *rules,
                    const struct node *const *nodes, size_t n);
/* The label that names the switches or blocks of a level from 1 on; NULL: blocks made
 * by number. */
const char *topology_level_label(const struct topology_rules *rules, size_t level);

/* Where the node stands in the order of ranks. */
static inline uint32_t topology_place(const struct topology *t, size_t position)
{
    return t->n_levels > 0 ? t->place[position] : (uint32_t)position;
}

/* "zone,example.com/leaf": keys of labels, each once, apart by commas. -1: what is
 * wrong with the text, and what would be right. */
int topology_labels_parse(const char *text, struct topology_labels *ret,
                          struct err *err);
/* The text of these. */
void topology_labels_format(const struct topology_labels *labels, struct str *out);
bool topology_labels_equal(const struct topology_labels *a,
                           const struct topology_labels *b);

/* "18,36,72": each, from the second on, a power of two times the one before it. "" is
 * none. */
int block_sizes_parse(const char *text, struct block_sizes *ret, struct err *err);
void block_sizes_format(const struct block_sizes *sizes, struct str *out);
bool block_sizes_equal(const struct block_sizes *a, const struct block_sizes *b);

#endif
