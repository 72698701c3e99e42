/*
 * partwrite - what the status of partitions says: their nodes, how many of these are in
 * which state, what they have, what is used of it; what it names that is not there;
 * and why one is ignored.
 *
 * Looked at PARTWRITE_DELAY_MS after a step of the core, one partition a turn, and
 * written where it is not what is stored: so a busy cluster costs one write of each
 * partition in that time, and a quiet one none. States are sinfo's words without what
 * is reserved, planned or completing. Used is what jobs and pods of others ask for.
 *
 * Each write is fenced by uid and resourceVersion; one that fails is made again at the
 * next look.
 */
#ifndef GANTRY_CONTROLLER_PARTWRITE_H
#define GANTRY_CONTROLLER_PARTWRITE_H

#include "base/json.h"

#define PARTWRITE_DELAY_MS 5000

struct controller;

/* One is there, or has changed, as it is stored. `wrong`: why it is ignored; NULL. */
void partwrite_seen(struct controller *ctl, const struct json *object,
                    const char *wrong);
/* It is gone, or ignored from now on: then it is kept. */
void partwrite_forget(struct controller *ctl, const char *name);
/* After a step of the core. */
void partwrite_want(struct controller *ctl);
void partwrite_free(struct controller *ctl);

#endif
