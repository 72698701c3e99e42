/*
 * podstatus - a pod's status, made from what its containers do. Pure.
 *
 * The kubelet sets the containers' states; podstatus_settle derives phase and
 * conditions (a condition's time moves only when it changes); podstatus_patch writes
 * all of it as one absolute patch, so that the same state may be sent any number of
 * times.
 *
 * A container that is to be started again is WAITING with its last end kept; TERMINATED
 * is final.
 */
#ifndef GANTRY_LOCAL_PODSTATUS_H
#define GANTRY_LOCAL_PODSTATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "cmd/gantry-local/podspec.h"

#define IP_TEXT_MAX 16

enum container_phase { CONTAINER_WAITING, CONTAINER_RUNNING, CONTAINER_TERMINATED };

struct container_end {
    int exit_code;
    int signal;         /* 0: none */
    const char *reason; /* constant: "Completed", "Error", "StartError", ... */
    char *message;      /* NULL: none */
    int64_t started_ms, finished_ms; /* 0: unknown */
};

struct container_state {
    enum container_phase phase;
    const char *waiting_reason; /* constant; WAITING */
    char *waiting_message;      /* NULL: none */
    int64_t started_ms;         /* RUNNING */
    bool started, ready;        /* RUNNING: what probes say; without any, true */
    struct container_end end;   /* TERMINATED */
    bool has_last;              /* it ran before */
    struct container_end last;
    int restarts;
};

enum pod_phase { POD_PENDING, POD_RUNNING, POD_SUCCEEDED, POD_FAILED };

enum pod_condition_type {
    POD_INITIALIZED,
    POD_READY,
    POD_CONTAINERS_READY,
    POD_CONDITIONS,
};

struct pod_condition {
    bool is_true;
    int64_t since_ms; /* 0: never set */
};

struct pod_state {
    enum pod_phase phase;
    bool stopping;      /* nothing is started any more */
    const char *reason; /* of a failure of the pod as such; constant; NULL: none */
    char *message;      /* NULL: none */
    int64_t
        start_ms; /* 0: the node never took it on; then no addresses, no containers */
    char ip[IP_TEXT_MAX], host_ip[IP_TEXT_MAX];
    struct container_state *inits, *mains; /* as many as the spec has */
    struct pod_condition conditions[POD_CONDITIONS];
};

/* All containers waiting. */
void pod_state_init(struct pod_state *state, const struct pod_spec *spec);
void pod_state_fini(struct pod_state *state, const struct pod_spec *spec);

/* The container ended for good. `end`'s message is taken over. */
void container_state_end(struct container_state *c,
                         const struct container_end *take_end);
/* It ended and is to be started again. */
void container_state_restart(struct container_state *c, const char *waiting_reason,
                             const struct container_end *take_end);
/* It waits for something; what, is said by reason (constant) and message (copied). */
void container_state_wait(struct container_state *c, const char *reason,
                          const char *message);
void container_state_run(struct container_state *c, int64_t now_ms);
/* It has come up once: what waits for a sidecar may begin. */
bool container_state_came_up(const struct container_state *c);

/* Phase and conditions from the containers. */
void podstatus_settle(const struct pod_spec *spec, struct pod_state *state,
                      int64_t now_ms);
bool podstatus_is_terminal(const struct pod_state *state);

/* A strategic merge patch for the status subresource; carries the uid, so that a pod of
 * the same name made later is not touched. */
struct json *podstatus_patch(const struct pod_spec *spec,
                             const struct pod_state *state);

#endif
