/*
 * resvpurge - reservations that go when nobody needs them (PURGE_COMP): one that is
 * under way, or over, and has had neither a running nor a waiting job for
 * spec.purgeComp is deleted. The time counts from when the controller first sees it so.
 * One without stays when it is over: it is its owner's object.
 */
#ifndef GANTRY_CONTROLLER_RESVPURGE_H
#define GANTRY_CONTROLLER_RESVPURGE_H

struct controller;
struct reservation;

/* A reservation is there, or has changed; `uid` is its object's. */
void purge_seen(struct controller *ctl, const struct reservation *r, const char *uid);
void purge_forget(struct controller *ctl, const char *name);
/* After a step of the core. */
void purge_consider(struct controller *ctl);
void purge_free(struct controller *ctl);

#endif
