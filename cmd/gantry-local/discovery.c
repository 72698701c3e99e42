/* discovery - which groups, versions and resources there are, in both forms. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kinds.h"

static const char object_verbs[] = "['create', 'delete', 'deletecollection', 'get',"
                                   " 'list', 'patch', 'update', 'watch']";
/* Of a kind whose definition is deleted. */
static const char ending_verbs[] = "['delete', 'deletecollection', 'get', 'list',"
                                   " 'watch']";
static const char review_verbs[] = "['create']";

/* Subresources beside what the kind itself says. */
static const struct {
    const char *group, *plural, *name;
    const char *kind_group, *kind_version, *kind;
    const char *verbs; /* as object_verbs */
} subresources[] = {
    {"", "pods", "binding", "", "v1", "Binding", review_verbs},
    {"", "pods", "eviction", "policy", "v1", "Eviction", review_verbs},
    {"", "pods", "log", "", "v1", "Pod", "['get']"},
    /* of every kind that has one */
    {NULL, NULL, "scale", "autoscaling", "v1", "Scale", "['get', 'patch', 'update']"},
};

static bool has_subresource(const struct kind *k, size_t i)
{
    if (!subresources[i].plural)
        return k->scale.replicas != NULL;
    return strcmp(subresources[i].group, k->group) == 0 &&
           strcmp(subresources[i].plural, k->plural) == 0;
}

/* ---- groups and versions ---- */

static int version_order(const void *a, const void *b)
{
    return kind_version_order(*(const char *const *)a, *(const char *const *)b);
}

/* The group's versions, preferred one first. Free the array, not the texts. */
static const char **group_versions(const struct kinds *kinds, const char *group,
                                   size_t *ret_n)
{
    const char **list = xcalloc(kinds_count(kinds) + 1, sizeof(*list));
    size_t n = 0;

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (strcmp(k->group, group) == 0 &&
            (n == 0 || strcmp(list[n - 1], k->version) != 0))
            list[n++] = k->version;
    }
    qsort(list, n, sizeof(*list), version_order);
    *ret_n = n;
    return list;
}

/* Calls `add` for each group but the core one, in order of names. */
static void each_group(const struct kinds *kinds, struct json *out,
                       void (*add)(const struct kinds *kinds, const char *group,
                                   struct json *out))
{
    const char *last = "";

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const char *group = kinds_at(kinds, i)->group;
        if (strcmp(group, last) != 0)
            add(kinds, group, out);
        last = group;
    }
}

/* ---- one resource ---- */

static struct json *strings(char *const *list, size_t n)
{
    struct json *out = json_new_array();

    for (size_t i = 0; i < n; i++)
        json_append(out, json_new_string(list[i]));
    return out;
}

static struct json *verbs_of(const struct kind *k)
{
    if (k->is_ending)
        return json_build(ending_verbs);
    if (k->is_custom)
        return json_build("['delete', 'deletecollection', 'get', 'list', 'patch',"
                          " 'create', 'update', 'watch']");
    if (!kind_deletes_collection(k))
        return json_build("['create', 'delete', 'get', 'list', 'patch', 'update',"
                          " 'watch']");
    return json_build(k->create_only ? review_verbs : object_verbs);
}

static struct json *aggregated_subresource(size_t i)
{
    struct json *verbs = json_build(subresources[i].verbs);
    struct json *sub = json_build(
        "{'subresource': %s, 'responseKind': {'group': %s, 'version': %s, 'kind': %s},"
        " 'verbs': %j}",
        subresources[i].name, subresources[i].kind_group, subresources[i].kind_version,
        subresources[i].kind, verbs);

    json_free(verbs);
    return sub;
}

static struct json *aggregated_resource(const struct kind *k)
{
    struct json *r = json_build(
        "{'resource': %s, 'responseKind': {'group': %s, 'version': %s, 'kind': %s},"
        " 'scope': %s, 'singularResource': %s}",
        k->plural, k->group, k->version, k->name,
        k->namespaced ? "Namespaced" : "Cluster", k->singular);
    struct json *subs = json_new_array();

    json_set(r, "verbs", verbs_of(k));
    if (k->n_short_names > 0)
        json_set(r, "shortNames", strings(k->short_names, k->n_short_names));
    if (k->n_categories > 0)
        json_set(r, "categories", strings(k->categories, k->n_categories));
    if (k->has_status)
        json_append(subs, json_build("{'subresource': 'status', 'responseKind':"
                                     " {'group': %s, 'version': %s, 'kind': %s},"
                                     " 'verbs': ['get', 'patch', 'update']}",
                                     k->group, k->version, k->name));
    for (size_t i = 0; i < ARRAY_LEN(subresources); i++)
        if (has_subresource(k, i))
            json_append(subs, aggregated_subresource(i));
    json_set(r, "subresources", json_len(subs) > 0 ? json_ref(subs) : NULL);
    json_free(subs);
    return r;
}

/* The resource and its subresources, each an entry. */
static void add_plain_resource(const struct kind *k, struct json *list)
{
    struct json *r =
        json_build("{'name': %s, 'singularName': %s, 'namespaced': %b, 'kind': %s}",
                   k->plural, k->singular, k->namespaced, k->name);

    json_set(r, "verbs", verbs_of(k));
    if (k->n_short_names > 0)
        json_set(r, "shortNames", strings(k->short_names, k->n_short_names));
    if (k->n_categories > 0)
        json_set(r, "categories", strings(k->categories, k->n_categories));
    json_append(list, r);
    for (size_t i = 0; i < ARRAY_LEN(subresources); i++) {
        if (!has_subresource(k, i))
            continue;
        AUTO_FREE char *name = xasprintf("%s/%s", k->plural, subresources[i].name);
        struct json *sub = json_build(
            "{'name': %s, 'singularName': '', 'namespaced': %b}", name, k->namespaced);
        if (strcmp(subresources[i].kind_group, k->group) != 0) {
            json_set(sub, "group", json_new_string(subresources[i].kind_group));
            json_set(sub, "version", json_new_string(subresources[i].kind_version));
        }
        json_set(sub, "kind", json_new_string(subresources[i].kind));
        json_set(sub, "verbs", json_build(subresources[i].verbs));
        json_append(list, sub);
    }
    if (k->has_status) {
        AUTO_FREE char *name = xasprintf("%s/status", k->plural);
        json_append(list,
                    json_build("{'name': %s, 'singularName': '', 'namespaced': %b,"
                               " 'kind': %s, 'verbs': ['get', 'patch', 'update']}",
                               name, k->namespaced, k->name));
    }
}

/* ---- answers ---- */

static void add_aggregated_group(const struct kinds *kinds, const char *group,
                                 struct json *out)
{
    size_t n;
    AUTO_FREE const char **versions = group_versions(kinds, group, &n);
    struct json *g =
        group[0] == '\0'
            ? json_build("{'metadata': {}, 'versions': []}")
            : json_build("{'metadata': {'name': %s}, 'versions': []}", group);

    for (size_t v = 0; v < n; v++) {
        struct json *version = json_build(
            "{'version': %s, 'resources': [], 'freshness': 'Current'}", versions[v]);
        for (size_t i = 0; i < kinds_count(kinds); i++) {
            const struct kind *k = kinds_at(kinds, i);
            if (strcmp(k->group, group) == 0 && strcmp(k->version, versions[v]) == 0)
                json_append(json_get(version, "resources"), aggregated_resource(k));
        }
        json_append(json_get(g, "versions"), version);
    }
    json_append(out, g);
}

void discovery_aggregated(const struct kinds *kinds, bool core, struct str *out)
{
    JSON_AUTO struct json *doc =
        json_build("{'kind': 'APIGroupDiscoveryList', 'apiVersion':"
                   " 'apidiscovery.k8s.io/v2', 'metadata': {}, 'items': []}");

    if (core)
        add_aggregated_group(kinds, "", json_get(doc, "items"));
    else
        each_group(kinds, json_get(doc, "items"), add_aggregated_group);
    json_print(doc, out);
}

/* {"name":...,"versions":[...],"preferredVersion":{...}} */
static struct json *plain_group(const struct kinds *kinds, const char *group)
{
    size_t n;
    AUTO_FREE const char **versions = group_versions(kinds, group, &n);
    struct json *g = json_build("{'name': %s, 'versions': []}", group);

    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *group_version = xasprintf("%s/%s", group, versions[i]);
        struct json *entry = json_build("{'groupVersion': %s, 'version': %s}",
                                        group_version, versions[i]);
        if (i == 0)
            json_set(g, "preferredVersion", json_copy(entry));
        json_append(json_get(g, "versions"), entry);
    }
    return g;
}

static void add_plain_group(const struct kinds *kinds, const char *group,
                            struct json *out)
{
    json_append(out, plain_group(kinds, group));
}

void discovery_roots(const struct kinds *kinds, bool core, const char *host,
                     struct str *out)
{
    JSON_AUTO struct json *doc =
        core ? json_build("{'kind': 'APIVersions', 'versions': ['v1'],"
                          " 'serverAddressByClientCIDRs': [{'clientCIDR': '0.0.0.0/0',"
                          " 'serverAddress': %s}]}",
                          host ? host : "")
             : json_build("{'kind': 'APIGroupList', 'apiVersion': 'v1', 'groups': []}");

    if (!core)
        each_group(kinds, json_get(doc, "groups"), add_plain_group);
    json_print(doc, out);
}

bool discovery_group(const struct kinds *kinds, const char *group, struct str *out)
{
    JSON_AUTO struct json *g = plain_group(kinds, group);

    if (group[0] == '\0' || json_len(json_get(g, "versions")) == 0)
        return false;
    json_set(g, "kind", json_new_string("APIGroup"));
    json_set(g, "apiVersion", json_new_string("v1"));
    json_print(g, out);
    return true;
}

bool discovery_version(const struct kinds *kinds, const char *group,
                       const char *version, struct str *out)
{
    AUTO_FREE char *group_version =
        xasprintf("%s%s%s", group, group[0] != '\0' ? "/" : "", version);
    JSON_AUTO struct json *doc =
        json_build("{'kind': 'APIResourceList', 'apiVersion': 'v1', 'groupVersion': %s,"
                   " 'resources': []}",
                   group_version);

    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (strcmp(k->group, group) == 0 && strcmp(k->version, version) == 0)
            add_plain_resource(k, json_get(doc, "resources"));
    }
    if (json_len(json_get(doc, "resources")) == 0)
        return false;
    json_print(doc, out);
    return true;
}
