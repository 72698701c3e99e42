#include "cmd/gantry-local/restore.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/call.h"

#define DEFINITIONS "customresourcedefinitions.apiextensions.k8s.io"

struct restoring {
    struct apiserver *server;
    bool definitions; /* these, or all others */
};

/* The kind of an object, by its resource ("batchjobs.gantry.dev") and its own API
 * version ("gantry.dev/v1alpha1"). */
static const struct kind *kind_of(const struct kinds *kinds, const char *resource,
                                  const struct json *tree)
{
    const char *api = json_str_or(tree, "apiVersion", "");
    const char *slash = strchr(api, '/');
    AUTO_FREE char *group = xstrndup(api, slash ? (size_t)(slash - api) : 0);
    AUTO_FREE char *plural = xstrndup(resource, strcspn(resource, "."));

    return kinds_find(kinds, group, slash ? slash + 1 : api, plural);
}

static bool is_whole(const struct json *tree)
{
    return json_str(tree, "kind") && json_is(json_get(tree, "metadata"), JSON_OBJECT) &&
           json_str(tree, "metadata.name");
}

static int restore_row(void *arg, const struct objectdb_row *row, struct err *err)
{
    const struct restoring *r = arg;
    struct apiserver *server = r->server;

    if (r->definitions != (strcmp(row->resource, DEFINITIONS) == 0))
        return 0;
    JSON_AUTO struct json *tree = json_parse(row->bytes, row->len, err);
    if (!tree)
        return err_prefix(err, "%.100s %.100s", row->resource, row->key);
    const struct kind *kind = kind_of(server->kinds, row->resource, tree);
    if (!kind || !is_whole(tree))
        return err_set(
            err, ERR_INVALID,
            "%.100s %.100s is of a kind that this gantry-local does not know",
            row->resource, row->key);
    if (r->definitions && kinds_add_crd(server->kinds, tree, err) != 0)
        return err_prefix(err, "%.100s %.100s", row->resource, row->key);
    struct object *o = object_new(tree, kind, row->version);
    if (!o || strcmp(o->key, row->key) != 0) {
        object_unref(o);
        return err_set(err, ERR_INVALID, "%.100s %.100s is another object",
                       row->resource, row->key);
    }
    store_restore(store_table(server->store, row->resource), o);
    return 0;
}

/* Definitions first: they say of what kind the others are. */
int restore(struct apiserver *server, struct objectdb *db, struct err *err)
{
    struct restoring first = {server, true}, others = {server, false};

    return objectdb_each(db, DEFINITIONS, restore_row, &first, err) == 0 &&
                   objectdb_each(db, NULL, restore_row, &others, err) == 0
               ? 0
               : -1;
}
