/*
 * form - kinds that show the objects of another kind in another form: the Events of
 * events.k8s.io, and autoscalers of autoscaling/v1.
 *
 *   request in its form --> defaults, owners --> to_stored --> store
 *   answer in its form  <-- from_stored      <-------------------+
 */
#ifndef GANTRY_LOCAL_FORM_H
#define GANTRY_LOCAL_FORM_H

#include <stdbool.h>

#include "base/json.h"
#include "cmd/gantry-local/kinds.h"

struct form {
    const char *group, *version, *plural;
    const char *stored_group, *stored_version;
    /* In place, with the apiVersion. */
    void (*to_stored)(struct json *object);
    void (*from_stored)(struct json *object);
    /* The path in what is stored of one in this form, fresh; NULL: it is the same. */
    char *(*stored_path)(const char *path);
    bool rows_as_stored; /* rows of a Table are of the stored form */
};

/* NULL: the kind's objects are stored as they are. */
const struct form *form_of(const struct kind *kind);
/* An object of `kind` as `api_version` has it, where that is its form or is stored for
 * it: fresh, with that kind's schema; else NULL. */
struct json *form_in_version(const struct kinds *kinds, const struct kind *kind,
                             const char *api_version, const struct json *object,
                             const struct schema **ret_schema);
/* The kind whose objects are stored. */
const struct kind *form_stored_kind(const struct form *form, const struct kinds *kinds);

#endif
