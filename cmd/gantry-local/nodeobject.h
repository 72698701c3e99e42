/*
 * nodeobject - the Node and Lease objects of a node, as JSON. Pure.
 */
#ifndef GANTRY_LOCAL_NODEOBJECT_H
#define GANTRY_LOCAL_NODEOBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "cmd/gantry-local/amounts.h"

struct node_facts {
    const char *name;
    const char *address;  /* IPv4 */
    const char *gpu_type; /* NULL: none */
    const struct amounts *capacity;
    bool ready;
    int64_t ready_since_ms;
};

/* For the create. */
struct json *nodeobject_new(const struct node_facts *f);
/* Merge patch: labels that are ours. */
struct json *nodeobject_labels_patch(const struct node_facts *f);
/* Strategic merge patch for the status subresource: conditions of others stay. */
struct json *nodeobject_status_patch(const struct node_facts *f, int64_t now_ms);

struct lease_facts {
    const char *node;
    const char *node_uid; /* the owner: the Lease goes with its Node */
    int64_t duration_sec;
};

/* A whole Lease; also right as a merge patch. */
struct json *nodeobject_lease(const struct lease_facts *f, int64_t now_ms);

#endif
