/*
 * nodeobject - the Node and Lease objects of a node, as JSON. Pure.
 */
#ifndef GANTRY_LOCAL_NODEOBJECT_H
#define GANTRY_LOCAL_NODEOBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "cmd/gantry-local/amounts.h"

/* The CA of a node's log endpoint, for an API server that cares. */
#define NODE_SERVING_CA "gantry.dev/serving-ca"

struct node_facts {
    const char *name;
    const char *address;    /* IPv4 */
    int log_port;           /* of the address; 0: no logs are served */
    const char *serving_ca; /* PEM; NULL likewise */
    const char *gpu_type;   /* NULL: none */
    const struct amounts *capacity;
    bool ready;
    int64_t ready_since_ms;
};

/* For the create. */
struct json *nodeobject_new(const struct node_facts *f);
/* Merge patch: labels and annotations that are ours. */
struct json *nodeobject_metadata_patch(const struct node_facts *f);
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
