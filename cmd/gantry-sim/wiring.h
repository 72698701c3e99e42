/*
 * wiring - the switches or blocks of a pool, from a file in the form of topology.conf.
 *
 *   SwitchName=leaf1 Nodes=n[1-24]            BlockName=b1 Nodes=n[1-18]
 *   SwitchName=leaf2 Nodes=n[25-48]           BlockName=b2 Nodes=n[19-36]
 *   SwitchName=spine Switches=leaf[1-2]       BlockSizes=18,36
 *
 * A line is one of them; "#" begins a comment, LinkSpeed is passed over. A node is
 * under one switch, as is a switch. Sizes behind the first one of BlockSizes are of
 * larger blocks, which have so many times the base blocks, in the order of the file.
 *
 * Each node of the pool gets labels that say where it is, and the core is to be told of
 * their keys. A node that the file leaves out has none of them.
 */
#ifndef GANTRY_SIM_WIRING_H
#define GANTRY_SIM_WIRING_H

#include "base/err.h"
#include "cmd/gantry-sim/pool.h"
#include "scheduler/topology.h"

#define WIRING_SWITCHES_MAX 65536

/* A file that is wrong anywhere is refused: path, line, what; the pool may have been
 * labelled in part. */
int wiring_read(const char *path, struct pool *pool, enum topology_kind *ret_kind,
                struct topology_labels *ret_labels, struct err *err);

#endif
