/*
 * service - the headless Service of a gang, by which its ranks find each other.
 *
 * Each job of several pods has one, `gantry-<jobID>`: it is their subdomain (api.md,
 * "Pods of a job"). It is asked for before the pods, and no pod is bound before it
 * stands, so that a refusal (quota, admission) ends the start before anything runs. It
 * stays over requeues, until the job has ended; cleanup.c deletes it then.
 *
 *   watch, or 201         -> it stands
 *   409 AlreadyExists     -> read: this job's stands; anything else is a launch failure
 *   unknown               -> read; not there: asked for again
 *   refused               -> a launch failure, or asked for again if the refusal passes
 *
 * This is one write more than design §4.3 counts: a gang of N costs 2N+5 up to its end
 * (id, intent, Service, N creates, N binds, running, end; 2N+4 where it starts at once,
 * with its id), and its clean-up one delete more.
 */
#ifndef GANTRY_CONTROLLER_SERVICE_H
#define GANTRY_CONTROLLER_SERVICE_H

#include <stdbool.h>

#include "base/json.h"

struct bjob;
struct record;
struct controller;

/* `gantry-<jobID>`, a heap string. */
char *service_name(const struct bjob *job);

/* What is kept of a Service that is a job's. */
struct service {
    char *ns, *name, *uid, *job_uid;
    bool deleting;
};

/* NULL for any other Service: what makes it a job's are its labels, its owner and its
 * name together (`kubectl expose` copies a pod's labels). Freed by service_free. */
struct service *service_parse(const struct json *object);
void service_free(struct service *s);

/* Asks for the Service of the attempt under way where it is missing. */
void service_tend(struct record *r);
/* True also for an attempt that needs none. */
bool service_stands(const struct record *r);
/* Is no job there any more that this one is for? */
bool service_is_stray(const struct controller *ctl, const struct service *s);
/* Gives up what is under way. */
void service_abandon(struct record *r);

#endif
