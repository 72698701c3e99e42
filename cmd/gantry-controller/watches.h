/*
 * watches - the caches: what they keep of each object, and whom they tell. Those of
 * partitions, QOS and accounts are in policies.h, of claims and volumes in volumes.h.
 *
 *   nodes       struct node       the core; the pods on a node that came, went or fell
 *                                 silent are considered again
 *   batchjobs   the uid           the record, which keeps the rest
 *   pods        struct pod        the record of its job, else counted as foreign
 *   services    struct service    the record of its job
 *   quotas      their namespace   quota.c; nothing waits for its first list
 */
#ifndef GANTRY_CONTROLLER_WATCHES_H
#define GANTRY_CONTROLLER_WATCHES_H

#include "cmd/gantry-controller/attempt.h"

struct controller;
struct pod;

/* controller_synced is called when the last of them has its first list. */
void watches_start(struct controller *ctl);
void watches_stop(struct controller *ctl);

/* NULL: a pod that has no node; that is fine. */
enum node_fate watches_node_fate(const struct controller *ctl, const char *node);
/* Does it signal containers by their pods' annotation (convert.h)? */
bool watches_node_signals(const struct controller *ctl, const char *name);
/* Tells the core of a pod, reconciles its job, or cleans it up. */
void watches_consider_pod(struct controller *ctl, struct pod *pod);
/* What any cache tells, those of policies.h and volumes.h too; `arg`: the controller.
 * It has had its list: are all of them there now? */
void watches_synced(void *arg);
/* It has a line for the log. */
void watches_trouble(void *arg, const char *line);
/* All pods and Services. */
void watches_consider_all(struct controller *ctl);

#endif
