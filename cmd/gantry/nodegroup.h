/*
 * nodegroup - the lines of sinfo: nodes of a partition that look alike.
 *
 * Every pair of a partition and one of its nodes is a line of its own at first. Lines
 * that agree in all columns that set nodes apart (`about` of columns.h) become one; the
 * others show what they have together: counts, ranges, lists of nodes. A partition
 * without nodes to show keeps a line that says so.
 */
#ifndef GANTRY_CLI_NODEGROUP_H
#define GANTRY_CLI_NODEGROUP_H

#include "base/hostlist.h"
#include "cmd/gantry/columns.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/noderow.h"
#include "cmd/gantry/parts.h"
#include "cmd/gantry/slurmtime.h"
#include "cmd/gantry/users.h"

/* What a column is about. */
enum {
    GROUP_ALWAYS = 1, /* lines that differ in it stay apart */
    GROUP_EXACT = 2,  /* only with -e */
};

struct nodegroup {
    const struct partition *part;
    size_t part_at; /* its place among the partitions */
    const struct noderow **nodes;
    size_t n, cap;
    char *key;
};

struct nodegroups {
    struct nodegroup *list;
    size_t n, cap;
};
#define NODEGROUPS_AUTO __attribute__((cleanup(nodegroups_fini)))

/* What the columns of all lines share. */
struct nodecolumns {
    struct slurmtime_style style;
    struct users *users;
};

/* sinfo's columns; a row is a struct nodegroup. */
extern const struct column nodecolumns[];

struct nodegroup_spec {
    const struct format *format;
    const struct nodecolumns *shared;
    const struct names *partitions, *node_names; /* none: all */
    const struct node_states *states;
    bool exact, by_node, dead, responding;
    bool with_reason; /* -R: nodes that are out, and no empty lines */
};

void nodegroups_make(struct nodegroups *ret, const struct nodegroup_spec *spec,
                     const struct partlist *parts, const struct nodelist *nodes);
void nodegroups_fini(struct nodegroups *g);
/* -S: letters of -o, "#P,-t". ERR_INVALID: "Invalid sort specification: x". */
int nodegroups_sort(struct nodegroups *g, const char *by, const struct nodecolumns *s,
                    struct err *err);

/* Nodes and CPUs of a line: held, free, neither, all. */
struct node_counts {
    int64_t alloc, idle, other, total;
};
struct node_counts nodegroup_nodes(const struct nodegroup *g);
struct node_counts nodegroup_cpus(const struct nodegroup *g);

#endif
