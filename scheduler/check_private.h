/*
 * check_private - what the files of check.h share: check_nodes.c for a job that is one
 * component, check_components.c for those that are several; check_say.c has the words.
 */
#ifndef GANTRY_SCHEDULER_CHECK_PRIVATE_H
#define GANTRY_SCHEDULER_CHECK_PRIVATE_H

#include "scheduler/check.h"

/* "needs 2 nodes with cpu=4, features ib": in that partition. */
void check_say_need(const struct cluster *c, const struct job *like,
                    const struct partition *part, struct str *message);
/* ", labels rack in (r1,r2), not on 3 nodes that it excludes", or nothing. */
void check_say_where(const struct job *like, struct str *message);
/* How many pods or units there is room for; of two kinds, of which. */
void check_say_room(const struct cluster *c, const struct job *like,
                    const struct room *room, struct str *message);
/* Of CPUs, that all jobs of the partition have together. */
void check_say_bound(const struct partrec *part, struct str *message);
/* " side by side", " in one block", or nothing: behind a count of nodes. */
const char *check_side_by_side(const struct job *like, const struct room *room);
/* Are nodes what it counts in, rather than pods or units? */
bool check_counts_nodes(const struct job *like);
/* Are there too few nodes to begin with, whatever these hold? */
bool check_lacks_nodes(const struct job *like, const struct partrec *part,
                       const struct room *room);

/* Could the partition's nodes hold such a component, if it were alone; and all of a
 * shape's, beside each other? REASON_NONE, or why not. The shape is settled. */
enum reason check_component(struct placer *p, const struct cluster *c,
                            struct shape *shape, const struct partrec *part,
                            struct str *message);
enum reason check_components(struct placer *p, const struct cluster *c,
                             struct shape *shape, const struct partrec *part,
                             struct str *message);

#endif
