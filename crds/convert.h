/*
 * convert - the one conversion between API objects and the scheduler's model.
 *
 * Shared by controller, client and simulator. Everything that is read from a Node, Pod,
 * Partition or BatchJob for scheduling is read here, and nowhere else.
 *
 * Quantities are exact (base/quantity.h). Resource names are interned in the caller's
 * restable, which only grows. GPUs: `gpusPerNode: "h100:4"` becomes 4 of the configured
 * resource and a GPU type; a node's type is the label named in the configuration.
 */
#ifndef GANTRY_CRDS_CONVERT_H
#define GANTRY_CRDS_CONVERT_H

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "scheduler/assoc.h"
#include "scheduler/model.h"
#include "scheduler/reservation.h"

/* What a job's pods carry (api.md, "Pods of a job"). */
#define LABEL_JOB_ID "gantry.dev/job-id"
#define LABEL_JOB_UID "gantry.dev/job-uid"
#define LABEL_ATTEMPT "gantry.dev/attempt"
#define LABEL_RANK "gantry.dev/rank"
#define LABEL_COMPONENT "gantry.dev/component"
/* Slurm's Weight of a node; what is no number up to this counts as 1. */
#define NODE_WEIGHT_LABEL "gantry.dev/weight"
#define NODE_WEIGHT_MAX 4294967280
#define ANNOTATION_PARTITION "gantry.dev/partition"
#define ANNOTATION_CPUS "gantry.dev/cpus" /* that count, where others have them, too */
#define ANNOTATION_EXCLUSIVE "gantry.dev/exclusive" /* no other job is beside it, */
#define EXCLUSIVE_USER "user"                       /* or none of another user */
#define ANNOTATION_SIGNALS "gantry.dev/signals"     /* base/siglist.h */
/* Of a node: it signals containers by that annotation. */
#define LABEL_SIGNALS "gantry.dev/signals"
#define LABEL_SIGNALS_DELIVERED "delivered"
#define FINALIZER_ACCOUNTED "gantry.dev/accounted"

/* Where gantry.yaml says no other. */
#define GPU_RESOURCE "nvidia.com/gpu"
#define GPU_TYPE_LABEL "gantry.dev/gpu-type"
#define SCRIPT_IMAGE "debian:stable-slim"

struct convert {
    struct restable *resources;
    const char *gpu_resource;   /* GPU_RESOURCE */
    const char *gpu_type_label; /* GPU_TYPE_LABEL */
    const char *script_image;   /* of scripts that name none; NULL: SCRIPT_IMAGE */
    const char *launch_image;   /* NULL: a script's image has gantry-launch itself */
    const struct zone *zone;    /* of reservations that come again; NULL: UTC */
    int64_t max_array_size;     /* no array has an index from here on; 0: any may be */
};

/* An object's moment, in RFC 3339, at a path; TIME_UNSET: it is absent, or no time. */
int64_t time_read(const struct json *object, const char *path);

/* Each makes a fresh struct, or returns NULL and names the field that is wrong:
 * "spec.nodes: ..." */
struct node *convert_node(const struct convert *c, const struct json *node,
                          struct err *err);
struct partition *convert_partition(const struct convert *c,
                                    const struct json *partition, struct err *err);
const char *part_state_word(enum part_state state); /* "UP", ... */
/* With what its jobs had used, from status. */
struct qos *convert_qos(const struct json *qos, struct err *err);
/* With what its members had used, from status: who has used something and is none any
 * more is a former one. Rows that cannot be are passed over. */
struct account *convert_account(const struct json *account, struct err *err);
/* With the nodes that status says were chosen for it. One that was over when it was
 * made is refused. */
struct reservation *convert_reservation(const struct convert *c,
                                        const struct json *object, struct err *err);
/* status.usage: all of its members have used, true at its usage_sec, which is set, and
 * the rules that fair shares are found by. */
struct json *convert_usage_write(const struct account *account,
                                 const struct fair_rules *rules);
/* Likewise what jobs of a QOS have used. */
struct json *convert_qos_usage_write(const struct qos *qos);
/* These rules, from an Account that has them in its status; else `ret` stays. */
void convert_fair_rules_read(const struct json *account, struct fair_rules *ret);
/* Request and policy from spec, identity from metadata, and from status: jobID, submit
 * and eligible times, phase, partition (where it runs), placement, and what has become
 * of its dependencies. A pending job has the plan that it was promised.
 * Effective limits that need the partition are left unset. Refuses what crds/rules.h
 * refuses, in the same words.
 *
 * `each` is the template's own request plus Slurm's shape: ntasksPerNode x cpusPerTask
 * CPUs (one where neither they nor the template speak of CPUs), memory, GPUs. */
struct job *convert_job(const struct convert *c, const struct json *batchjob,
                        struct err *err);

/* Components of a heterogeneous job; 0: it is none. */
size_t convert_n_components(const struct json *batchjob);
/* One of them as a BatchJob of that shape and work alone; of a job that has none, the
 * job itself. The caller frees. */
struct json *convert_component(const struct json *batchjob, size_t component);

/* The pod template that the job's pods are made from: spec.template, or for a script
 * one whose container runs gantry-launch (cmd/gantry-launch/README.md has the variables
 * that tell it what to run). NULL: neither is there. The caller frees. */
struct json *convert_template(const struct convert *c, const struct json *batchjob);
/* A script runs in rank 0 alone, and the job ends with it. */
bool convert_is_script(const struct json *batchjob);
/* Turns the container of such a template into that of another rank, which waits. */
void convert_script_wait(struct json *container);

/* Calls `add` with each SLURM_* variable that repeats what the job asked for: "8",
 * "h100:4"; memory in MiB. What was not asked for has none. */
void convert_request_env(const struct json *batchjob,
                         void (*add)(void *arg, const char *name, const char *value),
                         void *arg);

/* What the controller needs to know of any pod. */
struct pod {
    char *ns, *name, *uid, *resource_version;
    char *node;           /* spec.nodeName; NULL while unbound */
    char *scheduler_name; /* spec.schedulerName */
    struct resvec use;    /* effective request: kubernetes-notes 3.5 */
    bool terminal;        /* phase Succeeded or Failed */
    bool running;         /* phase Running */
    bool succeeded;
    bool lost;      /* ended by its node, whatever its processes' exit codes say */
    bool shut_down; /* lost as its node went down in good order */
    bool deleting;  /* deletionTimestamp set */
    bool accounted; /* carries finalizer gantry.dev/accounted */
    bool gated;     /* has spec.schedulingGates: it cannot be bound */
    char **claims;  /* names of the PersistentVolumeClaims that its volumes are */
    size_t n_claims;
    char *reason;  /* status.reason; NULL */
    char *message; /* status.message; NULL */
    /* of the default container's terminated state; -1 where there is none */
    int exit_code;
    int exit_signal;
    bool out_of_memory;   /* that ended it */
    char *exit_reason;    /* where it says more: "OOMKilled", "StartError: ..."; NULL */
    int64_t started_sec;  /* status.startTime; TIME_UNSET */
    int64_t finished_sec; /* latest container finishedAt; TIME_UNSET */
    /* from our labels; job_uid NULL for pods that are not ours */
    char *job_uid;
    int64_t job_id, attempt, rank;
    char *partition;   /* from the annotation; NULL */
    int64_t cpu_milli; /* likewise: slot.cpu_milli */
    bool alone;        /* likewise: slot.alone */
    bool owned;        /* likewise: slot.owned */
    char *signals;     /* likewise: those that it was sent; NULL: none */
};
struct pod *convert_pod(const struct convert *c, const struct json *pod,
                        struct err *err);
void pod_free(struct pod *pod);

/* status.placement: list of {nodes (hostlist), podsPerNode, requests, firstRank,
 * component, cpusPerPod (that count, where others have them as well), exclusive,
 * exclusiveUser}. */
struct json *convert_placement_to_json(const struct convert *c,
                                       const struct slot *slots, size_t n);
/* Fails on text that is not a placement. The caller is one who has the slots
 * (slots_unref). */
int convert_placement_from_json(const struct convert *c, const struct json *placement,
                                const struct slot **ret, size_t *ret_n,
                                struct err *err);

/* When and where a pending job is to start: status.plannedStartTime, and in
 * status.pending promised, plannedPartition, plannedReservation, plannedNodes (for
 * people), plannedPlacement (what a promise resumes from) and plannedFurther (of an
 * array: promises to tasks behind the next one). What cannot be read is no plan; free
 * with plan_clear. All of the fields are written, null where there is no plan. */
void convert_plan_read(const struct convert *c, const struct json *status,
                       struct plan *ret);
void convert_plan_write(const struct convert *c, const struct plan *plan,
                        struct json *status, struct json *pending);

/* Slurm's TRES text: "cpu=8,mem=64G,node=2,gres/gpu=8". */
void convert_tres(const struct convert *c, const struct slot *slots, size_t n,
                  struct str *out);
/* As asked: pods times the request of one. */
void convert_req_tres(const struct convert *c, const struct job *job, struct str *out);

/* What people count: nodes (0: not known before it is placed) and GPUs. */
struct tally {
    int64_t nodes, gpus;
};
struct tally convert_tally(const struct convert *c, const struct slot *slots, size_t n);
struct tally convert_req_tally(const struct convert *c, const struct job *job);

/* The hostlist of their nodes, in the order of ranks; where components share some, by
 * name, each once. */
void convert_nodes(const struct slot *slots, size_t n, struct str *out);

#endif
