#include "cmd/gantry-local/strategy.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/access.h"
#include "cmd/gantry-local/daemonset.h"
#include "cmd/gantry-local/job.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/protection.h"
#include "cmd/gantry-local/service.h"
#include "crds/rules.h"

/* Our own kinds: what the CRDs' CEL rules and the admission policies say elsewhere. */

static int gantry_admit(struct write *w)
{
    struct err err = ERR_INIT;
    const struct call *call = w->call;
    const bool is_admin = call->req->is_admin;
    size_t n_groups;
    const char *const *groups = access_groups(call->req, &n_groups);
    const struct rules_caller caller = {
        .name = call->req->user,
        .groups = groups,
        .n_groups = n_groups,
        .may_impersonate = is_admin,
        .operates = is_admin,
    };

    if (strcmp(call->kind->name, "BatchJob") != 0 || w->before)
        return 0;
    if (rules_admit_user(w->after, &caller, &err) == 0)
        return 0;
    return refuse_forbidden(&w->call->refusal, call->kind,
                            json_str_or(w->after, "metadata.name", ""), "%s", err.msg);
}

static void found_violation(void *arg, const struct rules_violation *v)
{
    STR_AUTO struct str message;

    str_init(&message, 8192);
    str_add(&message, "Invalid value: ");
    if (v->value) {
        json_print(v->value, &message);
        str_add(&message, ": ");
    }
    str_add(&message, v->message);
    write_invalid(arg, v->field, "FieldValueInvalid", message.s);
}

static void gantry_validate(struct write *w)
{
    if (rules_know(w->call->kind->group, w->call->kind->name))
        rules_check(w->call->kind->name, w->after, w->before, found_violation, w);
}

#define RBAC "rbac.authorization.k8s.io"

/* The first row that fits is a kind's. */
static const struct strategy strategies[] = {
    {"", "configmaps", .check = configmap_check},
    {"", "secrets", .check = secret_check},
    {"", "pods", .has_generation = true, .prepare = pod_prepare, .admit = pod_admit,
     .validate = pod_validate},
    {"", "nodes", .keeps_status = true, .check = node_check},
    {"", "events", .put_creates = true, .check = core_event_check},
    {"events.k8s.io", NULL, .put_creates = true, .check = event_check},
    {"", "namespaces", .prepare = namespace_prepare},
    {"", "services", .put_creates = true, .prepare = service_prepare,
     .admit = service_admit, .check = service_check, .commit = service_commit},
    {"", "endpoints", .put_creates = true, .check = endpoints_check},
    {"", "limitranges", .put_creates = true, .check = limit_range_check},
    {"", "resourcequotas", .check = quota_check},
    {"", "persistentvolumes", .prepare = volume_prepare, .admit = volume_admit,
     .check = volume_check},
    {"", "persistentvolumeclaims", .admit = claim_admit, .check = claim_check},
    {"", "podtemplates", .has_generation = true, .check = pod_template_check},
    {"", "replicationcontrollers", .has_generation = true, .is_unmanaged = true,
     .orphans_dependents = true, .check = replication_controller_check},
    {"apps", "deployments", .has_generation = true, .is_unmanaged = true,
     .check = deployment_check},
    {"apps", "daemonsets", .has_generation = true, .is_unmanaged = true,
     .admit = daemonset_admit, .check = daemonset_check},
    {"apps", "replicasets", .has_generation = true, .is_unmanaged = true,
     .check = replicaset_check},
    {"apps", "statefulsets", .has_generation = true, .is_unmanaged = true,
     .check = statefulset_check},
    {"apps", "controllerrevisions", .check = revision_check},
    {"autoscaling", "horizontalpodautoscalers", .has_generation = true,
     .check = autoscaler_check},
    {"batch", "jobs", .has_generation = true, .is_unmanaged = true,
     .orphans_dependents = true, .prepare = job_prepare, .check = job_check},
    {"batch", "cronjobs", .has_generation = true, .is_unmanaged = true,
     .check = cronjob_check},
    {"discovery.k8s.io", NULL, .has_generation = true, .check = endpoint_slice_check},
    {"networking.k8s.io", "ingresses", .has_generation = true, .check = ingress_check},
    {"networking.k8s.io", "ingressclasses", .has_generation = true,
     .check = ingress_class_check},
    {"networking.k8s.io", "networkpolicies", .has_generation = true,
     .check = network_policy_check},
    {"node.k8s.io", NULL, .check = runtime_class_check},
    {"coordination.k8s.io", "leases", .needs_version = true, .put_creates = true,
     .check = lease_check},
    {"policy", NULL, .has_generation = true, .needs_version = true,
     .check = budget_check},
    {RBAC, "roles", .put_creates = true, .check = role_check},
    {RBAC, "clusterroles", .put_creates = true, .check = cluster_role_check},
    {RBAC, "rolebindings", .put_creates = true, .check = role_binding_check},
    {RBAC, "clusterrolebindings", .put_creates = true,
     .check = cluster_role_binding_check},
    {"scheduling.k8s.io", NULL, .has_generation = true, .is_constant = true,
     .check = priority_class_check},
    {"storage.k8s.io", NULL, .check = storage_class_check},
    {"apiextensions.k8s.io", "customresourcedefinitions", .has_generation = true,
     .needs_version = true, .prepare = crd_prepare, .validate = crd_validate,
     .commit = crd_commit},
    {"gantry.dev", NULL, .has_generation = true, .needs_version = true,
     .admit = gantry_admit, .validate = gantry_validate},
};

static const struct strategy custom = {.has_generation = true, .needs_version = true};
static const struct strategy ordinary = {0};

const struct strategy *strategy_of(const struct kind *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(strategies); i++)
        if (strcmp(strategies[i].group, kind->group) == 0 &&
            (!strategies[i].plural || strcmp(strategies[i].plural, kind->plural) == 0))
            return &strategies[i];
    return kind->is_custom ? &custom : &ordinary;
}
