/* kind_check_access - what is wrong with roles and who has them. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kind_check.h"
#include "cmd/gantry-local/names.h"

#define RBAC "rbac.authorization.k8s.io"

static void check_rule(const struct check *c, size_t i, const struct json *rule,
                       bool namespaced)
{
    const struct json *urls = json_get(rule, "nonResourceURLs");
    AUTO_FREE char *urls_at = xasprintf("rules[%zu].nonResourceURLs", i);
    AUTO_FREE char *groups_at = xasprintf("rules[%zu].apiGroups", i);
    AUTO_FREE char *resources_at = xasprintf("rules[%zu].resources", i);

    if (json_len(urls) > 0) {
        if (namespaced)
            check_invalid(c, urls_at, urls,
                          "namespaced rules cannot apply to non-resource URLs");
        else if (json_len(json_get(rule, "resources")) > 0 ||
                 json_len(json_get(rule, "apiGroups")) > 0)
            check_invalid(
                c, urls_at, urls,
                "rules cannot apply to both regular resources and non-resource URLs");
        return;
    }
    if (json_len(json_get(rule, "apiGroups")) == 0)
        check_required(c, groups_at,
                       "resource rules must supply at least one api group");
    if (json_len(json_get(rule, "resources")) == 0)
        check_required(c, resources_at,
                       "resource rules must supply at least one resource");
}

static void check_rules(const struct check *c, bool namespaced)
{
    const struct json *rules = json_get(c->after, "rules");

    for (size_t i = 0; i < json_len(rules); i++)
        check_rule(c, i, json_item(rules, i), namespaced);
}

void role_check(const struct check *c)
{
    check_rules(c, true);
}

void cluster_role_check(const struct check *c)
{
    const struct json *selectors =
        json_at(c->after, "aggregationRule.clusterRoleSelectors");

    check_rules(c, false);
    if (json_get(c->after, "aggregationRule") && json_len(selectors) == 0)
        check_required(
            c, "aggregationRule.clusterRoleSelectors",
            "at least one clusterRoleSelector required if aggregationRule is "
            "non-nil");
    for (size_t i = 0; i < json_len(selectors); i++) {
        AUTO_FREE char *at = xasprintf("aggregationRule.clusterRoleSelectors[%zu]", i);
        check_selector(c, at, json_item(selectors, i));
    }
}

/* ---- bindings ---- */

static void check_account(const struct check *c, size_t i, const struct json *subject,
                          bool namespaced)
{
    AUTO_FREE char *name_at = xasprintf("subjects[%zu].name", i);
    AUTO_FREE char *group_at = xasprintf("subjects[%zu].apiGroup", i);
    AUTO_FREE char *namespace_at = xasprintf("subjects[%zu].namespace", i);
    const char *group = json_str_or(subject, "apiGroup", "");

    check_subdomain(c, name_at, json_str_or(subject, "name", ""));
    if (group[0])
        check_unsupported(c, group_at, group, "");
    if (!namespaced && !json_str_or(subject, "namespace", "")[0])
        check_required(c, namespace_at, NULL);
}

static void check_subject(const struct check *c, size_t i, const struct json *subject,
                          bool namespaced)
{
    const char *kind = json_str_or(subject, "kind", "");
    const char *group = json_str_or(subject, "apiGroup", "");
    AUTO_FREE char *kind_at = xasprintf("subjects[%zu].kind", i);
    AUTO_FREE char *group_at = xasprintf("subjects[%zu].apiGroup", i);

    if (strcmp(kind, "ServiceAccount") == 0)
        check_account(c, i, subject, namespaced);
    else if (strcmp(kind, "User") != 0 && strcmp(kind, "Group") != 0)
        check_unsupported(c, kind_at, kind, "ServiceAccount|User|Group");
    else if (strcmp(group, RBAC) != 0)
        check_unsupported(c, group_at, group, RBAC);
}

static void check_role_ref(const struct check *c, bool namespaced)
{
    const struct json *ref = json_get(c->after, "roleRef");
    const char *group = json_str_or(ref, "apiGroup", "");
    const char *kind = json_str_or(ref, "kind", "");
    const char *name = json_str_or(ref, "name", "");
    const bool known =
        strcmp(kind, "ClusterRole") == 0 || (namespaced && strcmp(kind, "Role") == 0);

    if (strcmp(group, RBAC) != 0)
        check_unsupported(c, "roleRef.apiGroup", group, RBAC);
    if (!known)
        check_unsupported(c, "roleRef.kind", kind,
                          namespaced ? "Role|ClusterRole" : "ClusterRole");
    if (name_refuse_segment(name))
        check_invalid_text(c, "roleRef.name", name, name_refuse_segment(name));
}

/* Kubernetes quotes its own form of the reference. */
static void check_role_kept(const struct check *c)
{
    const struct json *ref = json_get(c->after, "roleRef");
    JSON_AUTO struct json *quoted = json_build(
        "{'APIGroup': %s, 'Kind': %s, 'Name': %s}", json_str_or(ref, "apiGroup", ""),
        json_str_or(ref, "kind", ""), json_str_or(ref, "name", ""));

    if (c->before && !json_equal(json_get(c->before, "roleRef"), ref))
        check_invalid(c, "roleRef", quoted, "field is immutable");
}

static void check_binding(const struct check *c, bool namespaced)
{
    const struct json *subjects = json_get(c->after, "subjects");

    check_role_ref(c, namespaced);
    for (size_t i = 0; i < json_len(subjects); i++)
        check_subject(c, i, json_item(subjects, i), namespaced);
    check_role_kept(c);
}

void role_binding_check(const struct check *c)
{
    check_binding(c, true);
}

void cluster_role_binding_check(const struct check *c)
{
    check_binding(c, false);
}
