/*
 * kind_default_priv - what the files share that fill defaults which depend on the
 * object: kind_default.c and kind_default_*.c.
 */
#ifndef GANTRY_LOCAL_KIND_DEFAULT_PRIV_H
#define GANTRY_LOCAL_KIND_DEFAULT_PRIV_H

#include "base/json.h"

/* Sets what is absent at `path`; frees `take` where it is there. */
void default_put(struct json *object, const char *path, struct json *take);

/* kind_default_pod.c; a spec as it stands in a pod or in a template (NULL: nothing) */
void default_pod_spec(struct json *spec);
void default_pod(struct json *pod);

/* kind_default_workload.c */
void default_deployment(struct json *deployment);
void default_daemonset(struct json *daemonset);
void default_statefulset(struct json *statefulset);
void default_replicaset(struct json *replicaset);
void default_replication_controller(struct json *rc);
void default_pod_template(struct json *template);
void default_job(struct json *job);
void default_cronjob(struct json *cronjob);
void default_autoscaler(struct json *hpa);

/* kind_default_network.c */
void default_service(struct json *service);
void default_network_policy(struct json *policy);

#endif
