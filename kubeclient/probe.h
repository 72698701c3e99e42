/*
 * probe - is a Kubernetes API server there, does it take our credentials, and does it
 * serve what we need?
 *
 * Every daemon asks before it begins. Wrong credentials stay wrong: 401 ends the probe
 * as refused, and so does 403 of a server that says it is ready (GET /readyz). One that
 * has just started answers 403 while it knows nobody's rights yet: it is asked again,
 * for PROBE_RIGHTS_MS. All else may mend itself: a server that comes up, a definition
 * that is applied. Then one line says what is the matter, once until that changes, and
 * it is asked again every PROBE_RETRY_MS. An answer that says nothing about what is
 * there (no such path, no list) is followed by GET /version, which does:
 *
 *   API server does not answer: no connection: connection refused; trying on
 *   API server is not ready: 503 ServiceUnavailable: starting; trying on
 *   API server (v1.37.2) has no batchjobs in gantry.dev/v1alpha1: apply its
 *     CustomResourceDefinition; trying on
 *   what answers is no Kubernetes API server: 404 NotFound: the answer is not a
 *     Kubernetes Status (text/html): <html>...; trying on
 */
#ifndef GANTRY_KUBECLIENT_PROBE_H
#define GANTRY_KUBECLIENT_PROBE_H

#include "base/log.h"
#include "kubeclient/client.h"

#define PROBE_RETRY_MS 2000
#define PROBE_RIGHTS_MS 60000

struct kc_probe;

/* Lists one object of `resource`. `done` is called once: `refusal` is NULL when the
 * server answered, else one line for people. */
struct kc_probe *kc_probe_new(struct kc_client *client,
                              const struct kc_resource *resource, struct log *log,
                              void (*done)(void *arg, const char *refusal), void *arg);
/* NULL is fine; may be called from within `done`. */
void kc_probe_free(struct kc_probe *p);

#endif
