/* table_access - columns of roles, policies and definitions. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

#define ADMISSION "admissionregistration.k8s.io"
#define RBAC "rbac.authorization.k8s.io"

static struct json *binding_role(const struct json *binding, int64_t now_sec)
{
    (void)now_sec;
    return cell_take(xasprintf("%s/%s", json_str_or(binding, "roleRef.kind", ""),
                               json_str_or(binding, "roleRef.name", "")));
}

/* The subjects of a kind, accounts with their namespace. */
static struct json *binding_subjects(const struct json *binding, const char *kind)
{
    const struct json *list = json_get(binding, "subjects");
    STR_AUTO struct str text;

    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *s = json_item(list, i);
        const bool is_account = strcmp(kind, "ServiceAccount") == 0;
        if (!str_eq(json_str(s, "kind"), kind))
            continue;
        str_addf(&text, "%s%s%s%s", text.len > 0 ? ", " : "",
                 is_account ? json_str_or(s, "namespace", "") : "",
                 is_account ? "/" : "", json_str_or(s, "name", ""));
    }
    return json_new_string(text.s);
}

static struct json *binding_users(const struct json *binding, int64_t now_sec)
{
    (void)now_sec;
    return binding_subjects(binding, "User");
}

static struct json *binding_groups(const struct json *binding, int64_t now_sec)
{
    (void)now_sec;
    return binding_subjects(binding, "Group");
}

static struct json *binding_accounts(const struct json *binding, int64_t now_sec)
{
    (void)now_sec;
    return binding_subjects(binding, "ServiceAccount");
}

static struct json *crd_versions(const struct json *crd, int64_t now_sec)
{
    const struct json *list = json_at(crd, "spec.versions");
    STR_AUTO struct str text;

    (void)now_sec;
    str_init(&text, CELL_MAX);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *v = json_item(list, i);
        str_addf(&text, "%s%s%s", i > 0 ? "," : "", json_str_or(v, "name", ""),
                 json_bool_or(v, "storage", false) ? "(storage)" : "");
    }
    return cell_take(str_take(&text));
}

static struct json *crd_short_names(const struct json *crd, int64_t now_sec)
{
    const struct json *names = json_at(crd, "spec.names.shortNames");

    (void)now_sec;
    return json_len(names) > 0 ? cell_words(names, json_len(names))
                               : json_new_string("");
}

static struct json *crd_established(const struct json *crd, int64_t now_sec)
{
    (void)now_sec;
    return json_new_bool(cell_has_condition(crd, "Established"));
}

static struct json *policy_validations(const struct json *policy, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int((int64_t)json_len(json_at(policy, "spec.validations")));
}

static struct json *policy_mutations(const struct json *policy, int64_t now_sec)
{
    (void)now_sec;
    return json_new_int((int64_t)json_len(json_at(policy, "spec.mutations")));
}

static struct json *policy_param(const struct json *policy, int64_t now_sec)
{
    const char *kind = json_str(policy, "spec.paramKind.kind");

    (void)now_sec;
    if (kind == NULL)
        return json_new_string("<unset>");
    return cell_take(
        xasprintf("%s/%s", json_str_or(policy, "spec.paramKind.apiVersion", ""), kind));
}

static const struct core_column roles[] = {
    {"Created At", "date", 0, cell_created_at, NULL},
};
static const struct core_column role_bindings[] = {
    {"Role", "string", 0, binding_role, NULL},
    TABLE_AGE,
    {"Users", "string", 1, binding_users, NULL},
    {"Groups", "string", 1, binding_groups, NULL},
    {"ServiceAccounts", "string", 1, binding_accounts, NULL},
};
static const struct core_column crds[] = {
    {"Scope", "string", 0, NULL, "spec.scope"},
    {"Versions", "string", 0, crd_versions, NULL},
    {"Created At", "date", 0, cell_created_at, NULL},
    {"Group", "string", 1, NULL, "spec.group"},
    {"Kind", "string", 1, NULL, "spec.names.kind"},
    {"ShortNames", "string", 1, crd_short_names, NULL},
    {"Established", "boolean", 1, crd_established, NULL},
};
static const struct core_column validating_policies[] = {
    {"Validations", "integer", 0, policy_validations, NULL},
    {"ParamKind", "string", 0, policy_param, NULL},
    TABLE_AGE,
};
static const struct core_column mutating_policies[] = {
    {"Mutations", "integer", 0, policy_mutations, NULL},
    {"ParamKind", "string", 0, policy_param, NULL},
    TABLE_AGE,
};
static const struct core_column policy_bindings[] = {
    {"PolicyName", "string", 0, NULL, "spec.policyName"},
    {"ParamRef", "string", 0, NULL, "spec.paramRef.name"},
    TABLE_AGE,
};

static const struct core_table rows[] = {
    TABLE_ROW(RBAC, "roles", roles),
    TABLE_ROW(RBAC, "clusterroles", roles),
    TABLE_ROW(RBAC, "rolebindings", role_bindings),
    TABLE_ROW(RBAC, "clusterrolebindings", role_bindings),
    TABLE_ROW("apiextensions.k8s.io", "customresourcedefinitions", crds),
    TABLE_ROW(ADMISSION, "validatingadmissionpolicies", validating_policies),
    TABLE_ROW(ADMISSION, "mutatingadmissionpolicies", mutating_policies),
    TABLE_ROW(ADMISSION, "validatingadmissionpolicybindings", policy_bindings),
    TABLE_ROW(ADMISSION, "mutatingadmissionpolicybindings", policy_bindings),
};

const struct core_tables table_access = {rows, ARRAY_LEN(rows)};
