/*
 * rules_private - the tables behind crds/rules.h, also read by the test that holds the
 * YAML against them.
 *
 * Paths: field names joined by dots; "[]" behind a name means each item of that list:
 * "spec.template.spec.containers[].ports[].hostPort".
 */
#ifndef GANTRY_CRDS_RULES_PRIVATE_H
#define GANTRY_CRDS_RULES_PRIVATE_H

#include "crds/rules.h"

/* A rule stands at one node of the schema and sees the value there as `self`. It runs
 * only where that value is; a transition rule only where the old object has it too. */
struct rule {
    const char *kind;
    const char *node;  /* "" (the object), "spec", "spec.timeLimit" */
    const char *field; /* what is wrong: "spec.replicas" */
    const char *message;
    const char
        *pattern; /* the value's text must match this extended regex; NULL: `broken` */
    bool transition;
    bool (*broken)(const struct json *self, const struct json *old);
};
extern const struct rule rules[];
extern const size_t n_rules;

/* What Gantry does not act on yet: a rule at the field itself, which costs an API
 * server nothing where the field is not. */
struct unsupported {
    const char *kind;
    const char *field; /* path */
    const char
        *value; /* only this value ("true" and "false" are booleans); NULL: any */
    const char *message;
};
extern const struct unsupported unsupported[];
extern const size_t n_unsupported;

/* spec fields of a BatchJob that may not change once it has started: "spec.partition".
 * In the YAML all of them are one rule. An API server runs every rule at every write of
 * a status too, and builds the whole of a level's schema for each field that a rule
 * looks at: as a rule for each field they cost more than the rest of the write. */
extern const char *const frozen[];
extern const size_t n_frozen;
/* Of a component: all of its fields that stay as they are. */
extern const char *const component_kept[];
extern const size_t n_component_kept;
#define COMPONENTS_KEPT                                                          \
    "spec.components cannot be changed but for time limits: cancel the job and " \
    "submit "                                                                    \
    "another"
/* Behind the fields' names, apart by commas. */
#define FROZEN_MESSAGE " cannot be changed once the job has started"

#endif
