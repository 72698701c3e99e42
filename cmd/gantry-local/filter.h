/*
 * filter - which objects of a resource a list, watch or deletecollection is about:
 * namespace, one name, label selector, field selector.
 */
#ifndef GANTRY_LOCAL_FILTER_H
#define GANTRY_LOCAL_FILTER_H

#include "cmd/gantry-local/call.h"
#include "cmd/gantry-local/selectors.h"

struct filter {
    char *ns;   /* NULL: all */
    char *name; /* NULL: all */
    struct selector labels;
    struct selector fields;
};

#define FILTER_AUTO __attribute__((cleanup(filter_fini)))

/* From path and query; 400 for a selector that cannot be meant. */
int filter_of(struct call *call, struct filter *ret);
void filter_fini(struct filter *f);
bool filter_matches(const struct filter *f, const struct object *object);
/* Leaves in the list what matches. */
void filter_list(const struct filter *f, struct object_list *list);

#endif
