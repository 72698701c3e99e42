/*
 * verbs - what can be done to an object: each reads the call and answers it.
 *
 * list.h, watch.h and delete.h have the others.
 */
#ifndef GANTRY_LOCAL_VERBS_H
#define GANTRY_LOCAL_VERBS_H

#include "cmd/gantry-local/call.h"

int verb_get(struct call *call);
int verb_create(struct call *call);
int verb_update(struct call *call); /* PUT, of the object or its status */
int verb_patch(struct call *call);  /* all four media types */

/* scale.c: the number of replicas of an object that has one */
int verb_get_scale(struct call *call);
int verb_update_scale(struct call *call);
int verb_patch_scale(struct call *call);

/* access.c: reviews are answered, not stored. Whoever has the token may do everything.
 */
int verb_access_review(struct call *call);
int verb_rules_review(struct call *call);
int verb_self_review(struct call *call);

#endif
