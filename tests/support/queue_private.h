/*
 * queue_private - between queue_cluster.c, which draws nodes, partitions, licences and
 * reservations, and queue_case.c, which draws the jobs.
 */
#ifndef GANTRY_TESTS_SUPPORT_QUEUE_PRIVATE_H
#define GANTRY_TESTS_SUPPORT_QUEUE_PRIVATE_H

#include "tests/support/queue_case.h"

void queue_begin_wiring(struct queue_case *q, enum topology_kind kind);
/* Blocks of two leaves each. */
void queue_pair_leaves(struct queue_case *q);
void queue_add_nodes(struct queue_case *q);
/* "odd" or "all". */
void queue_add_partition(struct queue_case *q, bool odd);
void queue_set_licenses(struct queue_case *q, struct license_table *table);
/* QOS and accounts with limits, if there are any; a QOS of the partition: its name. */
void queue_add_limits(struct queue_case *q);
const char *queue_part_qos(const struct queue_case *q, bool odd);
bool queue_limits_nodes(const struct queue_case *q);
void queue_add_reservations(struct queue_case *q);
/* In such a case half of the jobs name all reservations. */
bool queue_is_of_several(const struct queue_case *q);

/* Of several users, each with an account; what it asks for beside. */
void queue_draw_user(struct queue_case *q, struct job *job);
/* Of several users where there are no accounts; and whose its nodes are. */
void queue_draw_owner(struct queue_case *q, struct job *job);
void queue_draw_licenses(struct queue_case *q, struct job *job);
/* There are some. */
void queue_draw_reservations(struct queue_case *q, struct job *job);

#endif
