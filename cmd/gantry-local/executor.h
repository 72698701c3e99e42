/*
 * executor - what runs a pod's containers: local processes, or nothing but time.
 *
 * The kubelet decides (order, restarts, grace periods, status); an executor starts one
 * container at a time, passes signals on and tells how it ended.
 *
 *   kubelet -- refuse, prepare, start, refresh, signal, drop, finish,
 *              forget, ... --> executor
 *           <------------------- exited once ---------------------
 *
 * A run lives from start until its `exited` callback or until it is dropped, whichever
 * comes first; after either it must not be touched. `exited` is never called from
 * within start or signal. When `exited` comes, nothing of the container runs any more.
 */
#ifndef GANTRY_LOCAL_EXECUTOR_H
#define GANTRY_LOCAL_EXECUTOR_H

#include <stdbool.h>

#include "base/err.h"
#include "base/loop.h"
#include "cmd/gantry-local/conread.h"
#include "cmd/gantry-local/podspec.h"
#include "cmd/gantry-local/podvalue.h"

struct executor_run;

/* As a shell's $?: 128+n for an end by signal n, which then stands in `signal` too. */
struct executor_exit {
    int exit_code;
    int signal;       /* 0: none */
    bool over_memory; /* it was killed: its processes kept more than they may */
    const char *note; /* what else is to be known of it, lent; NULL: nothing */
};

typedef void executor_exit_fn(void *arg, const struct executor_exit *how);

struct executor_exec;
/* `output` is the beginning of what it printed. */
typedef void executor_exec_fn(void *arg, const struct executor_exit *how,
                              const char *output);

/* One start of one container; everything is lent until start returns. */
struct executor_start {
    const struct pod_spec *pod;
    const struct container_spec *container;
    bool is_init;
    char *const *argv; /* expanded, NULL-terminated; may be empty */
    char *const *envp; /* "NAME=value", NULL-terminated */
};

/* What is asked for of a container's output; lent until read_log returns. */
struct executor_log {
    const struct pod_spec *pod;
    const char *container;
    bool previous; /* of the run before the present or last one */
    struct conread_options options;
    void (*changed)(void *arg); /* of a follower: conread.h */
    void *arg;
};

/* Embedded as the first field of every executor. */
struct executor {
    const struct executor_ops *ops;
};

struct executor_ops {
    /* Containers are given an environment and volumes; without, none is made. */
    bool runs_programs;
    /* Before anything of a pod is started: NULL when it can be run here as it is meant,
     * else a reason (one word, constant) with `err` saying what and why. */
    const char *(*refuse)(struct executor *x, const struct pod_spec *pod,
                          struct err *err);
    /* Makes the pod's volumes, before its first container starts; NULL: there is
     * nothing to do. ERR_NOT_FOUND: something of the API is not there yet, it may be
     * called again; after any other error the pod has failed. */
    int (*prepare)(struct executor *x, const struct value_pod *pod, struct err *err);
    /* After prepare, while containers run: the volumes' files follow what they are made
     * of. -1 and err: some stay as they are. NULL where there are none. */
    int (*refresh)(struct executor *x, const struct value_pod *pod, struct err *err);
    /* -1 and err: a volume of the pod holds more than it may. NULL: nothing is known.
     */
    int (*check_limits)(struct executor *x, const struct pod_spec *pod,
                        struct err *err);
    /* Containers have an /etc/hosts of their own, which set_hosts writes: after
     * prepare, and again while they run. NULL where no programs run. */
    bool (*has_hosts)(const struct executor *x);
    int (*set_hosts)(struct executor *x, const struct pod_spec *pod, const char *text,
                     struct err *err);
    /* NULL and err when it cannot be started (no such program, no such directory). */
    struct executor_run *(*start)(struct executor *x,
                                  const struct executor_start *start,
                                  executor_exit_fn *exited, void *arg, struct err *err);
    /* SIGKILL ends all of the container; any other goes to its first process. */
    void (*signal)(struct executor_run *run, int signo);
    /* To every process of the container that has not left its group. */
    void (*signal_all)(struct executor_run *run, int signo);
    /* A file of the pod's, for a container that takes signals by one: its path, heap;
     * and what stands in it from now on. The ops are NULL where no programs run. */
    char *(*inbox)(const struct executor *x, const struct pod_spec *pod);
    int (*set_inbox)(struct executor *x, const struct pod_spec *pod, const char *text,
                     struct err *err);
    /* Ends it at once; `exited` is not called. */
    void (*drop)(struct executor_run *run);
    /* Runs a program beside the container's own, in its view and environment; `done`
     * comes once, from the loop. It must be cancelled before the container is dropped,
     * and in its `exited`. NULL and err. The ops are NULL where no programs run. */
    struct executor_exec *(*exec)(struct executor_run *run, char *const *argv,
                                  executor_exec_fn *done, void *arg, struct err *err);
    /* Ends it; `done` does not come. */
    void (*exec_cancel)(struct executor_exec *e);
    /* What the container wrote; the caller's. NULL and err; ERR_NOT_FOUND: there is no
     * such run. The op is NULL where nothing is kept. */
    struct conread *(*read_log)(struct executor *x, const struct executor_log *what,
                                struct err *err);
    /* Nothing of the pod runs, nothing will be started: its volumes may go. NULL: there
     * is nothing to do. */
    void (*finish)(struct executor *x, const struct pod_spec *pod);
    /* The pod's object is gone: what was kept of the pod (logs) may go. */
    void (*forget)(struct executor *x, const struct pod_spec *pod);
    void (*free)(struct executor *x); /* all runs must have ended or been dropped */
};

/* NULL is fine. */
static inline void executor_free(struct executor *x)
{
    if (x)
        x->ops->free(x);
}

/*
 * Time only: a container runs for annotation gantry.dev/run-seconds of its pod (a
 * decimal number; absent: until it is stopped) and ends with gantry.dev/exit-code (0 to
 * 255, absent: 0). Asked to stop, it ends by that signal after gantry.dev/stop-seconds
 * (absent: 0). Init containers end at once with 0. What is sent to all of it ends it if
 * that is SIGKILL, and is nothing else. Fits the virtual loop.
 */
struct executor *executor_simulate_new(struct loop *loop);

/*
 * Local processes, each container a session and process group of its own with no
 * descriptor of ours, its volumes at their paths (podview.h), in
 * DIR/work/<ns>_<pod>_<uid> or its workingDir, standard output and error kept in
 * DIR/logs/<ns>_<pod>_<uid> (conlog.h). What is left of the group and, where it has
 * one, of its mount namespace is killed when its first process ends, and all of it when
 * it keeps more memory than its limit (memwatch.h). None outlives this
 * program, even if that is killed: a small helper process ends them then. Real loop
 * only. Creates `dir`. NULL and err on failure.
 */
struct executor *executor_process_new(struct loop *loop, const char *dir,
                                      struct err *err);

#endif
