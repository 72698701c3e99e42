/*
 * bjob - what the controller keeps of one BatchJob as the API server has it.
 *
 * Made from the object once per version and never changed afterwards; a newer version
 * replaces it whole. Of the pod template only the text is kept (a tree would cost forty
 * times as much). `status` is the persisted status: the truth that an attempt resumes
 * from.
 */
#ifndef GANTRY_CONTROLLER_BJOB_H
#define GANTRY_CONTROLLER_BJOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "cmd/gantry-controller/action.h"
#include "cmd/gantry-controller/jstatus.h"
#include "crds/rules.h"
#include "crds/warning.h"
#include "kubeclient/client.h"

extern const struct kc_resource bjob_resource;

/* Of a BatchJob that is a task of an array: whose, and which. */
struct bjob_task {
    char *array_uid;
    int64_t array_id, index;
    int64_t count, first, last, step; /* of all tasks of the array */
};

/* What the pods of a component are made of. */
struct work {
    char *name;      /* of the component; NULL: the job has none */
    char *partition; /* of its own; NULL: it is where the job is; likewise: */
    char *account, *qos;
    char *template_text; /* a script's too */
    char **env;          /* SLURM_* variables that repeat the request: "NAME=value" */
    size_t n_env;
    uint64_t kin; /* the same where the server sees the pods alike: namespace, template
                     and request of one pod */
};

struct bjob {
    char *ns, *name, *uid;
    char *time_limit;   /* spec.timeLimit; NULL */
    char *job_name;     /* for people: spec.jobName, else name */
    char *partition;    /* spec.partition; NULL: the default */
    uint64_t version;   /* resourceVersion, comparable within a resource (1.35) */
    char *version_text; /* as it came, for preconditions */
    int64_t generation;
    int64_t created_sec;
    bool deleting;
    struct job *model;  /* NULL: refused, see refusal */
    char *refusal;      /* what is wrong with spec */
    struct work *works; /* of the components; of a job that has none, its own */
    size_t n_works;
    char **claims; /* of volumes that any of them names */
    size_t n_claims;
    bool is_script; /* it runs in rank 0, the others wait (crds/convert.h) */
    struct action *actions;
    size_t n_actions;
    struct warning warning; /* spec.signal */
    bool requeue;
    int64_t ttl_sec; /* -1: keep */
    struct jstatus status;
    struct array *array;    /* of an array; NULL: it is none */
    struct bjob_task *task; /* NULL: it is none */
    char *spec_text;        /* of an array: what its tasks are made of */
    char *actions_text;     /* spec.actions of an array or task; NULL: none */
    bool unknown_state; /* another Gantry's word, a newer one's: all is left as it is */
};

/* NULL only when the object is no BatchJob at all (no uid, no name). A spec that cannot
 * be converted gives a bjob with `refusal`. */
struct bjob *bjob_parse(const struct convert *c, const struct json *object,
                        struct err *err);
void bjob_free(struct bjob *b);

/* Has it components, each with an id of its own: the job's, and those that follow? */
bool bjob_is_het(const struct bjob *b);
/* How many ids it has. */
int64_t bjob_n_ids(const struct bjob *b);

/* The first action that was not carried out yet; NULL: none. */
const struct action *bjob_next_action(const struct bjob *b);
/* Likewise, the first that ends an attempt: signals, holds and the end of
 * a component let it go on. */
const struct action *bjob_next_ending(const struct bjob *b);
/* May a start shrink its limit? */
bool bjob_shrinks(const struct bjob *b);
/* Does a start settle what its pod alone would not tell: that, or in which of several
 * reservations it is, or which of several licences or QOS it has? */
bool bjob_chooses(const struct bjob *b);
/* Of an array, those that have not been split off. */
struct taskset bjob_tasks_left(const struct bjob *b, const struct array_status *status);
/* Pods that an attempt of this placement has. */
int64_t slots_pods(const struct slot *slots, size_t n);

#endif
