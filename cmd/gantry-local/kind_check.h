/*
 * kind_check - what Kubernetes refuses in objects of its own kinds, beyond what their
 * schemas say: names, ports, selectors and templates that disagree, fields that cannot
 * change.
 *
 * A Service's is in service.h, a pod's in pod_check.h, our own kinds' in crds/rules.h.
 */
#ifndef GANTRY_LOCAL_KIND_CHECK_H
#define GANTRY_LOCAL_KIND_CHECK_H

#include "cmd/gantry-local/check.h"

/* kind_check_workload.c: sets of pods, and the parts they share with jobs */
void deployment_check(const struct check *c);
void daemonset_check(const struct check *c);
void replicaset_check(const struct check *c);
void statefulset_check(const struct check *c);
void replication_controller_check(const struct check *c);
void pod_template_check(const struct check *c);
void revision_check(const struct check *c);
/* The pod spec at `field`, as of a template; `policies` "A|B" are the restart policies
 * that it may have. */
void template_check(const struct check *c, const char *field, const char *policies);

/* kind_check_job.c */
void job_check(const struct check *c);
void cronjob_check(const struct check *c);

/* cron.c: NULL, or why a schedule is none, a fresh text. */
char *cron_refuse(const char *schedule);

/* kind_check_core.c; both forms of an event */
void node_check(const struct check *c);
void lease_check(const struct check *c);
void core_event_check(const struct check *c);
void event_check(const struct check *c);

/* kind_check_network.c */
void ingress_check(const struct check *c);
void ingress_class_check(const struct check *c);
void network_policy_check(const struct check *c);

/* kind_check_endpoints.c */
void endpoints_check(const struct check *c);
void endpoint_slice_check(const struct check *c);

/* kind_check_access.c */
void role_check(const struct check *c);
void cluster_role_check(const struct check *c);
void role_binding_check(const struct check *c);
void cluster_role_binding_check(const struct check *c);

/* kind_check_data.c */
void configmap_check(const struct check *c);
void secret_check(const struct check *c);

/* kind_check_limit.c */
void quota_check(const struct check *c);
void limit_range_check(const struct check *c);
void budget_check(const struct check *c);
void priority_class_check(const struct check *c);
void runtime_class_check(const struct check *c);

/* kind_check_autoscale.c */
void autoscaler_check(const struct check *c);

/* kind_check_storage.c */
void volume_check(const struct check *c);
void claim_check(const struct check *c);
void storage_class_check(const struct check *c);

#endif
