/*
 * managed - the entries of metadata.managedFields: who owns which fields.
 */
#ifndef GANTRY_LOCAL_MANAGED_H
#define GANTRY_LOCAL_MANAGED_H

#include "cmd/gantry-local/patch.h"

#define MANAGED_APPLY "Apply"
#define MANAGED_UPDATE "Update"

/* Is the entry this request's own? The API version may differ for an apply. */
bool managed_is_own(const struct json *entry, const struct apply_request *req,
                    const char *operation);
/* An entry of this request with `fields` (taken over; NULL: NULL). `old` is the entry
 * before: where its fields are the same and `touched` is false, its time is kept. */
struct json *managed_entry(const struct apply_request *req, const char *operation,
                           struct json *fields, const struct json *old, bool touched);
/* The fields of an entry; NULL: none. */
struct json *managed_fields(const struct json *entry);
/* May a client's write bring these entries (an array) in place of the stored ones? One
 * empty entry means that nobody owns anything from now on. */
bool managed_is_claim(const struct json *entries);
/* Whose everything is in an object that nobody owned anything of, when it is first
 * applied to: entries, as those of an object. */
struct json *managed_before_apply(const struct apply_request *req,
                                  const struct json *live);
/* What is left of an entry's fields (taken over) when a write made `after` of `before`
 * (NULL: of nothing). One of another version names fields that this one may not have,
 * as autoscalers do: it loses those that the write took away. */
struct json *managed_left(const struct apply_request *req, const struct json *entry,
                          const struct json *before, const struct json *after,
                          struct json *take_fields);
/* The entries (taken over) in Kubernetes' order: applies first, then by time. */
struct json *managed_sorted(struct json *entries);
/* A copy of `entry` with other fields (taken over); NULL for no fields. */
struct json *managed_with(const struct json *entry, struct json *fields);

#endif
