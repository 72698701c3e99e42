/*
 * protection - claims and volumes that are in use stay until they are not.
 *
 * Both get a finalizer when they are made. Once they are deleted it is taken away, as
 * Kubernetes' controllers do: from a claim when no pod that is on a node names it, from
 * a volume when its phase is not Bound. That is looked at in a turn of the loop of its
 * own, after whatever may have been the last thing that used them.
 */
#ifndef GANTRY_LOCAL_PROTECTION_H
#define GANTRY_LOCAL_PROTECTION_H

#include "cmd/gantry-local/write.h"

struct protection;
struct protection *protection_new(struct apiserver *server);
void protection_free(struct protection *p); /* NULL is fine */

/* Soon looks at all claims and volumes that are deleted. */
void protection_look(struct apiserver *server);
/* As protection_look, where a write or an end of the kind may have set something free.
 */
void protection_touched(struct apiserver *server, const struct kind *kind);

/* For strategy.h. */
int claim_admit(struct write *w);
int volume_admit(struct write *w);
/* Since when a volume is in its phase. */
void volume_prepare(struct write *w);

#endif
