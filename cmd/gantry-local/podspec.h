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
#define POD_GROUPS_MAX 64

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

/* Where the value of a variable, or the content of a file, comes from. */
enum value_kind {
    VALUE_TEXT,       /* it stands there */
    VALUE_FIELD,      /* a field of the pod: "metadata.labels['x']" */
    VALUE_RESOURCE,   /* of a container: "limits.cpu" */
    VALUE_CONFIG_MAP, /* a key of that object */
    VALUE_SECRET,
};

struct value_source {
    enum value_kind kind;
    char *text;   /* text, field, resource or key; NULL in an env_from_spec */
    char *object; /* ConfigMap or Secret; a resource's container (NULL: its own) */
    int64_t divisor_milli; /* of a resource; 0: one of its units */
    bool optional;         /* an absent object or key is no obstacle */
};

struct env_spec {
    char *name;
    struct value_source from;
};

/* All keys of an object as variables. */
struct env_from_spec {
    char *prefix;
    struct value_source from; /* its kind, object and optional */
};

/* ---- volumes ---- */

struct volume_file {
    char *path; /* below the volume; no ".." */
    int mode;   /* -1: the volume's */
    struct value_source from;
};

/* Files of one origin: the keys of an object, or fields of the pod. */
struct volume_part {
    enum value_kind kind; /* VALUE_CONFIG_MAP, VALUE_SECRET, or VALUE_FIELD for both
                             fields and resources */
    char *object;
    bool optional;
    bool whole; /* every key is a file of its name; else `files` says which */
    struct volume_file *files;
    size_t n_files;
};

enum volume_kind {
    VOLUME_LEFT_OUT, /* the service account's token, for which the pod did not ask */
    VOLUME_EMPTY,
    VOLUME_HOST,
    VOLUME_FILES,
};

struct volume_spec {
    char *name;
    enum volume_kind kind;
    char *host_path, *host_type; /* VOLUME_HOST; the type as in the API, "" for none */
    bool in_memory;              /* VOLUME_EMPTY of medium Memory */
    int64_t size_bytes;          /* VOLUME_EMPTY's limit; -1: none */
    int mode;                    /* VOLUME_FILES: of files that name none */
    struct volume_part *parts;
    size_t n_parts;
};

struct mount_spec {
    size_t volume;             /* index in the pod's */
    char *path;                /* absolute, no ".." */
    char *sub_path;            /* below the volume; "" for all of it */
    bool expands;              /* $(NAME) in sub_path stands for a variable */
    bool read_only, recursive; /* recursive: what is mounted below, too */
};

/* ---- probes ---- */

enum probe_type { PROBE_STARTUP, PROBE_READINESS, PROBE_LIVENESS, PROBE_TYPES };
enum probe_action { PROBE_NONE, PROBE_EXEC, PROBE_HTTP, PROBE_TCP };

struct probe_spec {
    enum probe_action action;
    char **command; /* EXEC; NULL-terminated */
    char *host;     /* HTTP, TCP; NULL: the pod's address */
    int port;       /* 0: the container has none of the name that was given */
    bool https;
    char *path;     /* HTTP; with query */
    char **headers; /* HTTP; "Name: value", NULL-terminated */
    int64_t initial_delay_sec, period_sec, timeout_sec;
    int64_t successes, failures; /* in a row, for a verdict */
    int64_t grace_sec;           /* of the end after a failure; -1: the pod's */
    bool is_hook;                /* a lifecycle's request: HTTP, any answer is well */
};

/* What runs beside a container at its start or before its end. */
struct hook_spec {
    char **command;         /* NULL: none */
    struct probe_spec http; /* instead of a command; PROBE_NONE: no */
    int64_t sleep_sec;      /* likewise; -1: no */
};

struct container_spec {
    char *name;
    char *image;
    char **command; /* NULL-terminated; empty: the image's own */
    char **args;
    struct env_from_spec *env_from; /* before env */
    size_t n_env_from;
    struct env_spec *env;
    size_t n_env;
    struct mount_spec *mounts;
    size_t n_mounts;
    char *working_dir; /* NULL: none given */
    struct probe_spec probes[PROBE_TYPES];
    struct amounts requests, limits;
    int64_t run_as_user, run_as_group; /* -1: not given, the pod's else */
    bool run_as_non_root, privileged, no_new_privs, read_only_root;
    bool adds_capabilities;
    char *message_path;  /* where it leaves its last words: terminationMessagePath,
                          * absolute, no ".."; NULL: nowhere */
    bool log_is_message; /* of a failed end without any: terminationMessagePolicy */
    bool is_sidecar;     /* an init container that stays while the others run */
    struct hook_spec post_start, pre_stop;
    uint64_t drops_capabilities; /* a bit each, as the kernel numbers them */
};

enum restart_policy { RESTART_ALWAYS, RESTART_ON_FAILURE, RESTART_NEVER };

struct pod_spec {
    char *ns, *name, *uid;
    char *node_name; /* "" while unbound */
    char *service_account;
    char *hostname;  /* the pod's name where none is given */
    char *subdomain; /* "": none */
    bool host_network, run_as_non_root;
    int64_t *groups; /* fsGroup, supplementalGroups */
    size_t n_groups;
    struct pairs host_aliases; /* name: an address, value: its names, by blanks */
    struct pairs labels, annotations;
    enum restart_policy restart;
    int64_t grace_sec;           /* terminationGracePeriodSeconds */
    int64_t active_deadline_sec; /* -1: none */
    struct container_spec *inits, *mains;
    size_t n_inits, n_mains;
    struct volume_spec *volumes;
    size_t n_volumes;
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
/* What may change while the pod runs: its labels and annotations. False: they are what
 * they were. */
bool podspec_update(struct pod_spec *spec, const struct json *object);

#endif
