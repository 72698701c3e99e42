/*
 * portion - what a reservation of cores or TRES holds of each of its nodes.
 *
 * It holds as much of one of its nodes as of another (as far as that goes by whole
 * CPUs, GPUs or MiB: the first ones by name have one more), not the nodes. What is left
 * beside it is open to others in its time, too. Resources that no object names see to
 * that, as in quota.h:
 *
 *   open   of a resource: what nobody has reserved. Each node has as much of it as of
 *          the resource; jobs and pods take as much as they take of that, and so do
 *          reservations, in their time
 *   lots   what a reservation has left of it: each of its nodes has as much as it
 *          holds. Its own jobs take of these, and nothing of what is open
 *
 *   n1: 8 CPUs, 3 of them reserved in slots 2 and 3 for one of lot 1
 *     slots                         | 0 | 1 | 2 | 3 | 4 |
 *     CPUs, a job of 2 being in it  | 8 | 8 | 6 | 6 | 8 |
 *     open                          | 8 | 8 | 5 | 5 | 8 |  for others
 *     lot 1                         | 3 | 3 | 1 | 1 | 3 |  for jobs in it
 *
 * So others never have what is held, its jobs have no more than that, and all of them
 * together no more than the node has, however plans, promises and preemption come by
 * it. Of what a reservation does not hold its jobs take what is open, as others do.
 *
 * One with FLEX has all of each node in its lot, and of other nodes too: whoever takes
 * of what is open, be it a reservation, takes as much of this lot, as its jobs do. So
 * these may have what it holds and what is open, at any time, and nobody else is kept
 * from more than it holds:
 *
 *     open                          | 8 | 8 | 5 | 5 | 8 |  for others, as they have
 *     lot 1, with FLEX              | 6 | 6 | 6 | 6 | 6 |  no more of this either
 *
 * Reservations on one node are of different lots, and of those with FLEX one, the first
 * by name, has a lot for itself. These are few, as columns are: one that comes off
 * without any has its nodes whole.
 */
#ifndef GANTRY_SCHEDULER_PORTION_H
#define GANTRY_SCHEDULER_PORTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scheduler/cluster.h"
#include "scheduler/reservation.h"

/* The resources that it holds of, a bit each. */
uint32_t portion_kinds(const struct cluster *c, const struct reservation *r);
/* What it holds of the i-th of its n nodes. */
struct resvec portion_of(const struct cluster *c, const struct reservation *r, size_t n,
                         size_t i);
/* Has the node as much, and is it of the type of its GPUs? */
bool portion_fits(const struct cluster *c, const struct reservation *r,
                  const struct resvec *held, const struct noderec *node);

/* Columns for all of these kinds are made when the cluster is settled next. */
void portion_want(struct cluster *c, uint32_t kinds);
/* Lays columns out from one on. Returns how many; none, where there are too few. */
int portion_settle(struct cluster *c, int column);
/* Those lots have FLEX, a bit each. */
void portion_set_flex(struct cluster *c, uint32_t flex);
/* Adds what a node has of them to its room. */
void portion_add_room(const struct cluster *c, struct resvec *room);
/* Adds what a component in a lot asks for. */
void portion_ask(const struct cluster *c, struct lot lot, struct job *component);
/* Adds what somebody takes who takes that amount: LOT_NONE of what is open. */
void portion_add(const struct cluster *c, struct lot lot, struct resvec *amount);
/* What a lot takes of what is open, where so much is held for it. */
struct resvec portion_open(const struct cluster *c, struct lot lot,
                           const struct resvec *held);
/* What more its jobs have than is held for it, by what is free; false: nothing. */
bool portion_lacks(const struct cluster *c, struct lot lot, const struct resvec *least,
                   struct resvec *ret);
/* What is taken of its lot for ever, as it is not held: of a node of that room. */
struct resvec portion_rest(const struct cluster *c, struct lot lot,
                           const struct resvec *held, const struct resvec *room);

#endif
