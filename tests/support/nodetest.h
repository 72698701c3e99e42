/*
 * nodetest - a kubelet against the embedded API server in virtual time, with an
 * executor that only notes what it is told: the test says when a container ends.
 *
 *   struct nodetest t;
 *   nodetest_init(&t);
 *   nodetest_pod(&t, "p", "'containers': [{'name': 'c', 'command': ['x']}]");
 *   ck_assert(nodetest_run(&t, "p", "c") != NULL);    // it runs
 *   nodetest_end(&t, "p", "c", 0);
 *   nodetest_expect(&t, "p", "status.phase=Succeeded");
 *   nodetest_fini(&t);
 *
 * A request of the kubelet that manifests/rbac/nodes.yaml does not allow fails the
 * test.
 */
#ifndef GANTRY_TESTS_SUPPORT_NODETEST_H
#define GANTRY_TESTS_SUPPORT_NODETEST_H

#include "cmd/gantry-local/kubelet.h"
#include "tests/support/apitest.h"
#include "tests/support/rights.h"
#include "tests/support/spy.h"

#define NODETEST_PODS "/api/v1/namespaces/default/pods"
#define NODETEST_RUNS_MAX 64

/* A container as it runs; or a program beside it, by whose name it goes. */
struct nodetest_run {
    char *pod, *container;
    char **argv, **envp;
    int signo; /* the last it was sent; 0: none */
    executor_exit_fn *exited;
    executor_exec_fn *done; /* of what runs beside a container, instead */
    void *arg;
    struct nodetest *t;
};

struct nodetest {
    struct executor executor;
    struct apitest *api;
    struct rights *rights;
    struct transport *spy;       /* before the server */
    struct transport *transport; /* openwatches.h, before that */
    struct transport *guard;     /* between kubelet and that */
    struct kc_client *client;
    struct kubelet *kubelet;
    struct nodetest_run *runs[NODETEST_RUNS_MAX]; /* NULL: free */
    /* "+c " started, "-c " ended, "c!15 " signalled, "c*10 " all of it; its inbox as it
     * is written: "[text] "; what runs beside a container is
     * known by its program: "+c:hook ", "-hook "; a request to it by its path: "+c/x ";
     * files written anew: "pod{k=v} " */
    struct str history;
    char *hosts; /* the last /etc/hosts that was written: "pod: text"; NULL */
    struct prober prober;
    struct nodetest_call *call; /* the request under way; NULL: none */
    bool fails_prepare, has_no_hosts, is_past_limit;
    bool over_memory; /* so the next one ends */
};

void nodetest_init(struct nodetest *t);
void nodetest_fini(struct nodetest *t);
/* Another kubelet in place of the one there was, which has left its node. */
void nodetest_restart(struct nodetest *t);
/* Creates the pod on node n1, in JSON with single quotes, and lets the kubelet act. */
void nodetest_pod(struct nodetest *t, const char *name, const char *spec);
/* Any object; its HTTP status must be 201. */
void nodetest_create(struct nodetest *t, const char *path, const char *body);
/* By a merge patch; 200. */
void nodetest_patch(struct nodetest *t, const char *path, const char *body);
/* NULL: it does not run. */
struct nodetest_run *nodetest_run(struct nodetest *t, const char *pod,
                                  const char *container);
void nodetest_end(struct nodetest *t, const char *pod, const char *container, int code);
/* The request that is under way has its answer. */
void nodetest_answer(struct nodetest *t, enum prober_answer answer);
void nodetest_expect(struct nodetest *t, const char *pod, const char *parts);

#endif
