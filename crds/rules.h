/*
 * rules - what a CRD's CEL rules say, evaluated natively.
 *
 * A real API server evaluates the x-kubernetes-validations in crds/<kind>.yaml; the
 * embedded one evaluates no CEL and calls this instead. One table holds, for each rule,
 * the kind, the field, the message and the check, and tests hold the YAML's rules
 * against the table, so both servers refuse the same objects in the same words.
 *
 * Unsupported fields: crds/unsupported.c lists by kind and field what Gantry does not
 * act on yet; each is refused with "spec.array is not supported yet".
 */
#ifndef GANTRY_CRDS_RULES_H
#define GANTRY_CRDS_RULES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

#define ACTIONS_MAX 64 /* of a job; the last can only be a Cancel */

struct rules_violation {
    const char *field;        /* "spec.array"; all is lent for the call */
    const char *message;      /* "spec.array is not supported yet" */
    const struct json *value; /* the scalar that is wrong; NULL: it is no one value */
};

/* Calls `found` for each rule of `kind` ("BatchJob") in group gantry.dev that the
 * object breaks. `old` is the stored object on update, NULL on create (transition rules
 * then do not run). Objects are schema-valid already. */
void rules_check(const char *kind, const struct json *object, const struct json *old,
                 void (*found)(void *arg, const struct rules_violation *v), void *arg);

/* The first violation on create as an error; patterns of single fields are left to the
 * conversion, which reads those fields. Objects may be anything. */
int rules_hold(const char *kind, const struct json *object, struct err *err);

/* Is this one of our kinds? */
bool rules_know(const char *group, const char *kind);

/* Who asks, as the API server knows him. */
struct rules_caller {
    const char *name;
    const char *const *groups;
    size_t n_groups;
    bool may_impersonate; /* any user */
    bool operates;        /* verb operate on gantry.dev/batchjobs */
};

/* Fills spec.user and spec.groups of a new BatchJob as the MutatingAdmissionPolicies
 * do, and checks them as the ValidatingAdmissionPolicy does: another name than the
 * caller's, and other groups, need `may_impersonate`. Returns -1 with the policy's
 * message in err (ERR_FORBIDDEN). */
int rules_admit_user(struct json *batchjob, const struct rules_caller *caller,
                     struct err *err);

#endif
