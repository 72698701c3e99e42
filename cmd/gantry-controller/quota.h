/*
 * quota - where a ResourceQuota exists, one gang at a time is created in its namespace.
 *
 * Two gangs that are created beside each other may take half of the quota each, are
 * both refused the rest, roll back, and meet again. So a gang has the turn of its
 * namespace from its first create until all of its pods are made, or its start is over;
 * the others wait, the oldest goes next, and their launch deadline does not run. Jobs
 * of one pod need no turn. Which namespaces have a quota is known by a watch; until its
 * first list nobody waits.
 */
#ifndef GANTRY_CONTROLLER_QUOTA_H
#define GANTRY_CONTROLLER_QUOTA_H

#include <stdbool.h>

struct controller;
struct record;

/* What is watched: the namespace of each ResourceQuota. */
void quota_added(struct controller *ctl, const char *ns);
void quota_removed(struct controller *ctl, const char *ns);

/* May pods of the attempt under way be made? Takes the turn if it is free. */
bool quota_has_turn(struct record *r);
/* Gives the turn up where it is not needed (any more), and calls who waits for it. */
void quota_pass(struct record *r);
void quota_free(struct controller *ctl);

#endif
