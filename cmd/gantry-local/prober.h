/*
 * prober - asks a container how it is: the action of a probe (exec, HTTP GET, a TCP
 * connection), once; also what a lifecycle hook asks by HTTP.
 *
 * The kubelet decides when to ask and what an answer means (kubelet_probe.c); tests
 * give it a prober of their own, so that all of that is tested in virtual time.
 */
#ifndef GANTRY_LOCAL_PROBER_H
#define GANTRY_LOCAL_PROBER_H

#include "cmd/gantry-local/executor.h"
#include "cmd/gantry-local/podspec.h"

struct prober;

enum prober_answer {
    PROBER_WELL,
    PROBER_FAILED,
    PROBER_ERROR, /* it could not be asked; counts as a failure */
};

/* What is asked; lent until the call has ended. */
struct prober_ask {
    const struct probe_spec *probe;
    const char *pod_ip;
    struct executor_run *run; /* the container's */
};

/* `text` is for people, one line or what a program printed; "" when well. */
typedef void prober_done_fn(void *arg, enum prober_answer answer, const char *text);

struct prober_call {
    struct prober *prober;
};

struct prober_ops {
    /* `done` comes once, from the loop, after the probe's timeout at the latest; never
     * from within start. */
    struct prober_call *(*start)(struct prober *p, const struct prober_ask *ask,
                                 prober_done_fn *done, void *arg);
    /* `done` does not come. */
    void (*cancel)(struct prober_call *call);
    void (*free)(struct prober *p);
};

/* Embedded as the first field of every prober. */
struct prober {
    const struct prober_ops *ops;
};

/* Asks containers of executor_process_new; an HTTP answer of 200 to 399 is well, of a
 * hook any; its certificate is not looked at, and redirections are not followed. Both
 * are lent. */
struct prober *prober_process_new(struct loop *loop, struct executor *executor);

/* NULL is fine. */
static inline void prober_free(struct prober *p)
{
    if (p)
        p->ops->free(p);
}

#endif
