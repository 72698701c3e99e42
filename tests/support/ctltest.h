/*
 * ctltest - a controller in a small cluster on a virtual loop: for tests, which play
 * the users and the nodes.
 *
 *   struct ctltest *t = ctltest_new();
 *   ctltest_submit(t, "a", "'nodes': 2");
 *   ctltest_settle(t);
 *   ctltest_expect(t, "a", "status.state=RUNNING|status.nodeList=n[1-2]");
 *   ctltest_end(t, "a", 0, 0); // the process of rank 0 ends with 0
 *
 * There are nodes n1 to n4 of 16 CPUs and 8 GPUs of type h100, the default partition
 * "main", and a controller that has synced. Nodes do nothing by themselves; the clock
 * moves only by ctltest_settle and ctltest_advance. Whatever else is asked of the
 * server goes through `api`. A request of the controller that
 * manifests/rbac/controller.yaml does not allow fails the test.
 */
#ifndef GANTRY_TESTS_SUPPORT_CTLTEST_H
#define GANTRY_TESTS_SUPPORT_CTLTEST_H

#include "cmd/gantry-controller/controller.h"
#include "tests/support/apitest.h"
#include "tests/support/rights.h"
#include "tests/support/spy.h"

struct ctltest {
    struct apitest *api;
    struct rights *rights;   /* the controller's */
    struct transport *spy;   /* between controller and server */
    struct transport *guard; /* between controller and spy */
    struct kc_client *client;
    struct settings settings;
    struct controller *ctl; /* NULL while it is dead */
};

struct ctltest *ctltest_new(void);
void ctltest_free(struct ctltest *t);

/* Half a second: all that is under way comes to rest, and no retry begins. */
void ctltest_settle(struct ctltest *t);
void ctltest_advance(struct ctltest *t, int64_t sec);
/* Steps until the controller has sent `writes` writes since spy_forget, and that many
 * steps more, so that the last of them is lost before (0) or behind (1, 2) the server
 * if it dies then. False: it does not write that much in three seconds. */
bool ctltest_run_to_write(struct ctltest *t, size_t writes, int steps);
/* The controller dies, in the middle of whatever it does, and another begins. */
void ctltest_kill(struct ctltest *t);
void ctltest_start(struct ctltest *t);
/* Both, and settled. */
void ctltest_restart(struct ctltest *t);
/* Another controller, with preemption by QOS, which requeues. */
void ctltest_preempting(struct ctltest *t);

/* A BatchJob in namespace default, of one container `main`. `spec` holds further
 * fields: "'nodes': 2, 'timeLimit': '10'" or "". */
void ctltest_submit(struct ctltest *t, const char *name, const char *spec);
/* One of Gantry's kinds that belong to no namespace: "Partition", "side", "'nodes':
 * 'n1'". */
void ctltest_make(struct ctltest *t, const char *kind, const char *name,
                  const char *spec);
/* Changes fields of such an object's spec. */
void ctltest_change(struct ctltest *t, const char *kind, const char *name,
                    const char *spec);
/* An object for a collection, which must be made. */
void ctltest_post(struct ctltest *t, const char *path, const char *body);
/* A merge patch, which must succeed. */
void ctltest_patch(struct ctltest *t, const char *path, const char *body);
void ctltest_act(struct ctltest *t, const char *name, const char *id, const char *type);
/* Likewise on tasks of an array, "1-3". */
void ctltest_act_on(struct ctltest *t, const char *name, const char *id,
                    const char *type, const char *tasks);
/* Fails unless the parts hold of the job (apitest_expect). */
void ctltest_expect(struct ctltest *t, const char *name, const char *parts);
/* "PENDING", ...; "" before it has one. Lent until the next request. */
const char *ctltest_state(struct ctltest *t, const char *name);

/* Pods of a job that exist, of all attempts; with `bound` only those on a node. */
size_t ctltest_pods(struct ctltest *t, const char *name, bool bound);
/* The process of a rank of the job's newest attempt ends with that code; 128 and more
 * are signals, as a shell says them. */
void ctltest_end(struct ctltest *t, const char *name, int rank, int code);
/* The nodes end what is being deleted, by SIGTERM, and let it go. */
void ctltest_reap(struct ctltest *t);
/* What has been cancelled or requeued ends on its nodes, and so many seconds pass. */
void ctltest_wind_up(struct ctltest *t, int64_t sec);
/* Fails unless the Service of the job is there, or is not. */
void ctltest_expect_service(struct ctltest *t, const char *name, bool there);

#endif
