/*
 * podtest - containers that really run, on the real loop, without an API server: for
 * tests of process nodes.
 *
 *   struct podtest t;
 *   podtest_init(&t);
 *   podtest_object(&t, VALUE_CONFIG_MAP, "{'metadata': {'name': 'm'}, 'data': {}}");
 *   podtest_pod(&t, "'volumes': [...]", "'volumeMounts': [...]", "cat /data/a");
 *   podtest_run(&t);   // how it ended: t.how; what it wrote: t.log
 *   podtest_fini(&t);
 *
 * The pod is default/p of uid u-1, its container c, its script run by sh.
 */
#ifndef GANTRY_TESTS_SUPPORT_PODTEST_H
#define GANTRY_TESTS_SUPPORT_PODTEST_H

#include "cmd/gantry-local/executor.h"
#include "tests/support/suite.h"

#define PODTEST_WAIT_MS 10000

struct podtest {
    struct loop *loop;
    char dir[64]; /* the node's */
    struct executor *x;
    struct json *objects; /* by podtest_object */
    struct pod_spec *pod;
    struct podobjects known;
    bool ended;
    struct executor_exit how; /* without note */
    char *note;               /* NULL */
    char *log;                /* of the last run; NULL */
};

void podtest_init(struct podtest *t);
void podtest_fini(struct podtest *t);

/* A ConfigMap or Secret that there is, in JSON with single quotes. */
void podtest_object(struct podtest *t, enum value_kind kind, const char *text);
/* JSON members of the pod's spec, and of its container's (each may be ""). */
void podtest_pod(struct podtest *t, const char *spec, const char *container,
                 const char *script);
/* Makes the volumes; 0, or -1 and err. */
int podtest_prepare(struct podtest *t, struct err *err);
/* Brings them up to the objects that there are by now; a later one of the same name
 * counts. 0, or -1 and err. */
int podtest_refresh(struct podtest *t, struct err *err);
/* Starts the container; NULL and err. */
struct executor_run *podtest_start(struct podtest *t, struct err *err);
void podtest_until_end(struct podtest *t);
/* Until its log has `text`. */
void podtest_until_log(struct podtest *t, const char *text);
/* refuse, prepare, start, to its end; fails the test when any of them fails. */
void podtest_run(struct podtest *t);
/* Fails unless it ended with 0 having written exactly `log`. */
void podtest_expect(const struct podtest *t, const char *name, const char *log);

/* May this user have mount namespaces here? If not, the reason is said, once. */
bool podtest_has_views(void);

/* A suite; run by root, it runs a second time as an ordinary user. For main. */
int podtest_main(const char *name, const struct suite_row *rows);
/* As podtest_main, of tests that need mount namespaces: none for whom they are refused.
 * */
int podtest_main_views(const char *name, const struct suite_row *rows);

#endif
