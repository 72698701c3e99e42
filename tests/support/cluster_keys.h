/*
 * cluster_keys - the keys of cluster_text's lines, a table for each noun.
 */
#ifndef GANTRY_TESTS_SUPPORT_CLUSTER_KEYS_H
#define GANTRY_TESTS_SUPPORT_CLUSTER_KEYS_H

#include <stdint.h>

#include "base/err.h"
#include "scheduler/model.h"

/* What a key's setter gets: the object, what stands behind a dotted key, the value. */
struct setting {
    struct restable *res;
    void *object;
    const char *key; /* of "label.rack": "rack" */
    char *value;     /* "" where there is no '=' */
};

typedef int set_fn(const struct setting *at, struct err *err);

struct key {
    const char *name; /* with a dot at the end: a prefix */
    set_fn *set;
};

/* Each ends with a row without a name, which takes all other keys: resources. */
extern const struct key cluster_node_keys[];
extern const struct key cluster_part_keys[];
extern const struct key cluster_qos_keys[];
extern const struct key cluster_account_keys[];
extern const struct key cluster_resv_keys[];
extern const struct key cluster_job_keys[];
extern const struct key cluster_pod_keys[];

int cluster_text_number(const char *text, int64_t *ret, struct err *err);

#endif
