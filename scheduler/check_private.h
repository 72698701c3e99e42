/*
 * check_private - what the files of check.h share: check_nodes.c for a job that is one
 * component, check_components.c for those that are several.
 */
#ifndef GANTRY_SCHEDULER_CHECK_PRIVATE_H
#define GANTRY_SCHEDULER_CHECK_PRIVATE_H

#include "scheduler/check.h"

/* "needs 2 nodes with cpu=4, features ib". */
void check_say_need(const struct cluster *c, const struct job *like,
                    struct str *message);

/* Could the partition's nodes hold such a component, if it were alone; and all of a
 * shape's, beside each other? REASON_NONE, or why not. The shape is settled. */
enum reason check_component(struct placer *p, const struct cluster *c,
                            struct shape *shape, const struct partrec *part,
                            struct str *message);
enum reason check_components(struct placer *p, const struct cluster *c,
                             struct shape *shape, const struct partrec *part,
                             struct str *message);

#endif
