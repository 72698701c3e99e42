#include "cmd/gantry-local/dependents.h"

#include <string.h>

#include "base/util.h"

static const struct kind *configmaps_kind(const struct apiserver *server)
{
    return kinds_find(server->kinds, "", "v1", "configmaps");
}

/* NULL: not served. */
static const struct kind *kind_of(const struct apiserver *server,
                                  const struct json *reference)
{
    const char *api_version = json_str_or(reference, "apiVersion", "");
    const char *slash = strchr(api_version, '/');
    const size_t group_len = slash ? (size_t)(slash - api_version) : 0;

    for (size_t i = 0; i < kinds_count(server->kinds); i++) {
        const struct kind *kind = kinds_at(server->kinds, i);
        if (strlen(kind->group) == group_len &&
            strncmp(kind->group, api_version, group_len) == 0 &&
            str_eq(kind->name, json_str(reference, "kind")))
            return kind;
    }
    return NULL;
}

static bool is_there(struct apiserver *server, const char *ns,
                     const struct json *reference)
{
    const struct kind *kind = kind_of(server, reference);

    if (!kind)
        return true; /* nobody here can say */
    const struct object *o =
        table_find(call_table(server, kind), kind->namespaced ? ns : "",
                   json_str_or(reference, "name", ""));
    return o && str_eq(o->uid, json_str(reference, "uid"));
}

static bool has_owner(struct apiserver *server, const struct object *o)
{
    JSON_AUTO struct json *tree = object_tree(o);
    const struct json *owners = json_at(tree, "metadata.ownerReferences");

    for (size_t i = 0; i < json_len(owners); i++)
        if (is_there(server, o->ns, json_item(owners, i)))
            return true;
    /* one that is being held by a finalizer goes when that does */
    return json_len(owners) == 0 || json_len(json_at(tree, "metadata.finalizers")) > 0;
}

void dependents_sweep(struct apiserver *server, const struct json *owner)
{
    struct table *table = call_table(server, configmaps_kind(server));
    const char *uid = json_str(owner, "metadata.uid");
    const char *ns = json_str(owner, "metadata.namespace");
    struct object_list list;

    if (!uid || table_count(table) == 0)
        return;
    store_list(server->store, table, ns, store_version(server->store), &list);
    for (size_t i = 0; i < list.n; i++) {
        struct object *o = list.items[i];
        /* few name it: most are not even parsed */
        if (memmem(o->bytes, o->len, uid, strlen(uid)) && !has_owner(server, o))
            store_remove(server->store, table, object_ref(o));
    }
    object_list_fini(&list);
}
