/*
 * wiring - the switches or blocks that nodes are under, from text in the form of
 * topology.conf, as labels.
 *
 *   SwitchName=leaf1 Nodes=n[1-24]            BlockName=b1 Nodes=n[1-18]
 *   SwitchName=leaf2 Nodes=n[25-48]           BlockName=b2 Nodes=n[19-36]
 *   SwitchName=spine Switches=leaf[1-2]       BlockSizes=18,36
 *
 * A line is one of them; "#" begins a comment, LinkSpeed is passed over. A node is
 * under one switch, as is a switch. Sizes behind the first one of BlockSizes are of
 * larger blocks, which have so many times the base blocks, in the order of the text.
 *
 * A node has a label for each level, the highest first, which says where it is; the
 * core is to be told of their keys (topologyLabels). One that the text leaves out has
 * none of them.
 */
#ifndef GANTRY_CRDS_WIRING_H
#define GANTRY_CRDS_WIRING_H

#include <stddef.h>

#include "base/err.h"
#include "scheduler/topology.h"

#define WIRING_SWITCHES_MAX 65536
#define WIRING_BYTES_MAX (64u << 20) /* of a text */
/* The label of a level, which counts from 1 on: a format for size_t. */
#define WIRING_LABEL "topology.gantry.dev/level-%zu"

struct wiring_levels {
    enum topology_kind kind;
    struct topology_labels labels;
};

/* Adds the labels to the n nodes. Text that is wrong anywhere is refused, and no node
 * has got any: `name` of the text, line, what is wrong. */
int wiring_read(const char *text, size_t len, const char *name,
                struct node *const *nodes, size_t n, struct wiring_levels *ret,
                struct err *err);

#endif
