/*
 * cleanup - deletes what no job needs any more, rather than leave it to garbage
 * collection. Lowest lane: nobody waits for it. Each step looks at the newest state and
 * can be repeated.
 *
 * Pods that no status expects: of ended attempts, of jobs that are gone, of an older
 * controller's late writes. Each is deleted, and once it has ended our finalizer is
 * taken off. The ended pods of a finished job's last attempt only lose the finalizer:
 * they stay for `kubectl logs` until the job goes. Services of jobs that have ended.
 */
#ifndef GANTRY_CONTROLLER_CLEANUP_H
#define GANTRY_CONTROLLER_CLEANUP_H

struct controller;
struct pod;
struct service;

/* Does what the pod needs now, if anything. */
void cleanup_pod(struct controller *ctl, const struct pod *pod);
void cleanup_service(struct controller *ctl, const struct service *service);
/* Gives up all that is under way. */
void cleanup_free(struct controller *ctl);

#endif
