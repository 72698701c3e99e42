/*
 * metadata - ObjectMeta: what a client may say in it, what the server says.
 */
#ifndef GANTRY_LOCAL_METADATA_H
#define GANTRY_LOCAL_METADATA_H

#include "base/json.h"
#include "base/rng.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/schema.h"

/* Are the fields of the types that the server goes on to read? Makes `metadata` where
 * it is absent. ERR_INVALID names the field. */
int metadata_check(struct json *object, struct err *err);
/* Removes what ObjectMeta does not have, and calls `found` with each. */
void metadata_prune(struct json *object, unknown_fn *found, void *arg);
/* Takes out labels, annotations and the like that hold nothing, as Kubernetes does. */
void metadata_drop_empty(struct json *object);
/* Names, labels, finalizers, owners. `before` is NULL on create. */
void metadata_validate(const struct kind *kind, const struct json *object,
                       const struct json *before, cause_fn *found, void *arg);
/* Calls `warn` with what is allowed and not advised. */
typedef void warn_fn(void *arg, const char *line);
/* What is twice among the owners, alike in all its fields, goes once. */
void metadata_join_owners(struct json *object, warn_fn *warn, void *arg);
void metadata_warn(const struct kind *kind, const struct json *object,
                   const struct json *before, warn_fn *warn, void *arg);

/* uid, creationTimestamp, generation; what only the server says goes. */
void metadata_init(struct json *object, bool has_generation, struct rng *rng,
                   int64_t now_sec);
/* Takes over from `before` what a writer cannot change. */
void metadata_inherit(struct json *object, const struct json *before);
/* "x" -> "x" and five characters, cut to 63. */
char *metadata_generate_name(const char *prefix, struct rng *rng);

bool metadata_has_finalizers(const struct json *object);
bool metadata_has_finalizer(const struct json *object, const char *finalizer);
/* Adds the finalizer as the last, or takes it away. */
void metadata_set_finalizer(struct json *object, const char *finalizer, bool there);

#endif
