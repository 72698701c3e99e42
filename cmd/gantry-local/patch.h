/*
 * patch - the four ways to change a stored object (RFC 6902, RFC 7396, Kubernetes'
 * strategic merge, server-side apply), each from a document and a patch to a new
 * document.
 */
#ifndef GANTRY_LOCAL_PATCH_H
#define GANTRY_LOCAL_PATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "cmd/gantry-local/schema.h"

/* Each returns a fresh document, or NULL with err (ERR_INVALID; a failed JSON-patch
 * `test` is ERR_CONFLICT... both become 422/409 as in Kubernetes). */
struct json *patch_json(const struct json *doc, const struct json *ops,
                        struct err *err);
struct json *patch_merge(const struct json *doc, const struct json *patch);
struct json *patch_strategic(const struct json *doc, const struct json *patch,
                             const struct schema *schema, struct err *err);

/* ---- server-side apply and field ownership (metadata.managedFields, FieldsV1) ---- */

/* An object in another version of its API, whose fields have other names there: fresh,
 * with that version's schema. NULL: it has the same fields in both. */
typedef struct json *in_version_fn(const void *arg, const char *api_version,
                                   const struct json *object,
                                   const struct schema **ret_schema);

struct apply_request {
    const struct schema *schema;
    const char *manager;     /* 1..128 bytes */
    const char *api_version; /* "gantry.dev/v1alpha1" */
    const char *subresource; /* "status" or "" */
    bool force;
    const struct json *yielding; /* fields (a set) that others give up; NULL: none */
    int64_t now_sec;
    in_version_fn *in_version; /* NULL: all versions have the same fields */
    const void *version_arg;   /* in_version's */
};

/* Merges `applied` into `live` (NULL: the object is created) by ownership: fields that
 * the manager owned and no longer names go, unless others own them too; a field another
 * manager owns with a different value is a conflict unless forced. Conflicts: returns
 * NULL with ERR_CONFLICT and calls `conflict` for each (field ".spec.nodes", reason
 * FieldManagerConflict, message `conflict with "kubectl" using v1`); err has the
 * summary that kubectl prints. */
struct json *patch_apply(const struct apply_request *req, const struct json *live,
                         const struct json *applied, cause_fn *conflict, void *arg,
                         struct err *err);

/* After any other write: recomputes managedFields of `after` (in place), giving
 * `req->manager` (operation Update) what changed between `before` (NULL on create) and
 * `after`, and taking it from the others. Starts from the entries that `after` has,
 * else from those of `before`. */
void managed_update(const struct apply_request *req, const struct json *before,
                    struct json *after);

#endif
