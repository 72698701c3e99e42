/*
 * podspec - what a node needs of a Pod object, as plain structs.
 *
 * A pod's tree is dear (base/json.h), a node may have thousands: this keeps the few
 * fields that are used. All memory is the struct's own.
 */
#ifndef GANTRY_LOCAL_PODSPEC_H
#define GANTRY_LOCAL_PODSPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "cmd/gantry-local/amounts.h"

#define POD_CONTAINERS_MAX 64

struct pair {
    char *name;
    char *value;
};

struct pairs {
    struct pair *items;
    size_t n;
};

/* NULL: absent. */
const char *pairs_find(const struct pairs *pairs, const char *name);

/* One variable: a value, or the field of the pod that gives it. */
struct env_spec {
    char *name;
    char *value;      /* "" where it was absent; NULL with a field */
    char *field_path; /* "metadata.labels['x']"; NULL with a value */
};

struct container_spec {
    char *name;
    char *image;
    char **command; /* NULL-terminated; empty: the image's own */
    char **args;
    struct env_spec *env;
    size_t n_env;
    char *working_dir; /* NULL: none given */
    struct amounts requests;
    int64_t run_as_user, run_as_group; /* -1: not given, the pod's else */
};

enum restart_policy { RESTART_ALWAYS, RESTART_ON_FAILURE, RESTART_NEVER };

struct pod_spec {
    char *ns, *name, *uid;
    char *node_name; /* "" while unbound */
    char *service_account;
    struct pairs labels, annotations;
    enum restart_policy restart;
    int64_t grace_sec;           /* terminationGracePeriodSeconds */
    int64_t active_deadline_sec; /* -1: none */
    struct container_spec *inits, *mains;
    size_t n_inits, n_mains;
    struct amounts
        requests; /* of the whole pod, as the scheduler counts (kubernetes-notes 3.5) */
    const char *qos_class; /* constant */
    bool scheduled;        /* has condition PodScheduled=True already */
    char *needs;           /* the first thing that no bare process can be given, as
                            * "volume \"data\" (hostPath)"; NULL: nothing */
    char *invalid;         /* one line; NULL: fine */
};

/* Never NULL. An object that cannot be meant has `invalid` set and no containers. */
struct pod_spec *podspec_new(const struct json *object);
void podspec_free(struct pod_spec *spec); /* NULL is fine */

#endif
