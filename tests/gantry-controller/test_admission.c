/* What the server answers to a create is compared with the plan: requests that
 * admission changed, gates and volumes that it added. */
#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define PODS "/api/v1/namespaces/default/pods"

/* ---- what admission does ---- */

static struct json *main_resources(struct json *pod)
{
    struct json *main_ = json_item(json_at(pod, "spec.containers"), 0);
    if (!json_at(main_, "resources.requests"))
        json_set_at(main_, "resources.requests", json_new_object());
    return json_at(main_, "resources.requests");
}

/* As a LimitRange that has a default for what nobody asked for. */
static void default_memory(struct json *pod)
{
    struct json *requests = main_resources(pod);
    if (!json_get(requests, "memory"))
        json_set(requests, "memory", json_new_string("1Gi"));
}

/* A webhook's sidecar. */
static void add_sidecar(struct json *pod)
{
    json_append(json_at(pod, "spec.containers"),
                json_build("{'name':'side','image':'local','resources':{'requests':"
                           "{'cpu':'4'}}}"));
}

static void add_huge_sidecar(struct json *pod)
{
    json_append(json_at(pod, "spec.containers"),
                json_build("{'name':'side','image':'local','resources':{'requests':"
                           "{'cpu':'17'}}}"));
}

static void lower_cpus(struct json *pod)
{
    json_set(main_resources(pod), "cpu", json_new_string("500m"));
}

static void add_gate(struct json *pod)
{
    json_set_at(pod, "spec.schedulingGates", json_build("[{'name':'example.com/g'}]"));
}

/* ---- reading ---- */

static void ask(struct ctltest *t, const char *method, const char *path,
                const char *body)
{
    int status = apitest_send(
        t->api,
        &(struct apitest_request){.method = method,
                                  .path = path,
                                  .type = body ? "application/merge-patch+json" : NULL,
                                  .body = body});
    ck_assert_msg(status == 200, "%s %s: %d: %s", method, path, status, t->api->text.s);
}

static void end_all(struct ctltest *t, const char *name, int ranks)
{
    for (int i = 0; i < ranks; i++)
        ctltest_end(t, name, i, 0);
    ctltest_settle(t);
    ctltest_expect(t, name, "status.state=COMPLETED|status.restarts=0");
}

/* ---- requests ---- */

static const struct {
    const char *what;
    void (*change)(struct json *pod);
    const char *spec;
    int ranks;
    const char *first, *second; /* of two such jobs, one after the other */
} changes[] = {
    {"a gang is bound with what is really there", default_memory, "'nodes':2", 2,
     "status.allocTRES=cpu=2,mem=2G,node=2|status.placement.0.requests.memory=1Gi",
     "status.allocTRES=cpu=2,mem=2G,node=2"},
    {"one pod is counted with it", default_memory, "", 1,
     "status.allocTRES=cpu=1,mem=1G,node=1", "status.allocTRES=cpu=1,mem=1G,node=1"},
    {"a sidecar is not asked for again", add_sidecar, "'nodes':2,'cpusPerTask':2", 2,
     "status.allocTRES=cpu=12,node=2|status.placement.0.requests.cpu=6",
     "status.allocTRES=cpu=12,node=2|status.placement.0.requests.cpu=6"},
    {"a sidecar beside unequal pods", add_sidecar, "'nodes':2,'ntasks':3", 2,
     "status.allocTRES=cpu=11,node=2", "status.allocTRES=cpu=11,node=2"},
    {"a component each", add_sidecar,
     "'components':[{'name':'a'},{'name':'b','nodes':2,'cpusPerTask':2}]", 3,
     "status.allocTRES=cpu=17,node=2|status.placement.1.component=1|"
     "status.placement.1.requests.cpu=6",
     "status.allocTRES=cpu=17,node=2|status.placement.0.requests.cpu=5"},
    {"less than planned", lower_cpus, "'nodes':2,'cpusPerTask':2", 2,
     "status.allocTRES=cpu=1,node=2", "status.allocTRES=cpu=1,node=2"},
    {"not changed", NULL, "'nodes':2,'cpusPerTask':2", 2,
     "status.allocTRES=cpu=4,node=2", "status.allocTRES=cpu=4,node=2"},
};

START_TEST(test_change)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, changes[_i].change);
    ctltest_submit(t, "a", changes[_i].spec);
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=1");
    ctltest_expect(t, "a", changes[_i].first);
    end_all(t, "a", changes[_i].ranks);
    ctltest_submit(t, "b", changes[_i].spec);
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=RUNNING|status.attempt=1");
    ctltest_expect(t, "b", changes[_i].second);
    end_all(t, "b", changes[_i].ranks);
    ctltest_free(t);
}
END_TEST

/* One that is like a job whose pod came back changed starts unbound; any other, and
 * that job itself, is made on its node at once. */
START_TEST(test_unbound)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, default_memory);
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/binding"), 0);
    ctltest_submit(t, "b", "");
    ctltest_submit(t, "c", "'memPerNode':'1G'"); /* has no need of a default */
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=RUNNING");
    ctltest_expect(t, "c", "status.state=RUNNING");
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/b-2-1-0/binding"), 1);
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/binding"), 1);
    /* The pod that was counted with too little at first holds what it holds. */
    ctltest_submit(t, "d", "'nodeList':'n1','memPerNode':'62G'");
    ctltest_settle(t);
    ctltest_expect(t, "d", "status.state=PENDING|status.reason=Resources");
    ctltest_free(t);
}
END_TEST

/* There is no room beside what runs for what was raised: no pod is bound there, and the
 * next attempt is planned where there is. */
START_TEST(test_no_room)
{
    struct ctltest *t = ctltest_new();
    ctltest_submit(t, "full", "'nodeList':'n1','cpusPerTask':13");
    ctltest_settle(t);
    spy_admit(t->spy, add_sidecar);
    ctltest_submit(t, "a", "'nodes':2,'nodeList':'n1','cpusPerTask':2");
    ctltest_settle(t);
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 0);
    ctltest_expect(t, "a",
                   "status.reason=JobLaunchFailure|"
                   "status.message=the server raised the request of a pod (cpu), and "
                   "node n1 has no room for that");
    ctltest_reap(t);
    ctltest_advance(t, 12);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=Resources|"
                   "status.restarts=1");
    ctltest_end(t, "full", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=RUNNING|status.restarts=1|"
                   "status.allocTRES=cpu=12,node=2");
    ctltest_free(t);
}
END_TEST

/* What no node can have is said so, and is not tried again and again. */
START_TEST(test_never)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, add_huge_sidecar);
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_advance(t, 1000);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=BadConstraints|"
                   "status.restarts=1|status.attempt=1");
    ctltest_free(t);
}
END_TEST

/* ---- it dies in between ---- */

START_TEST(test_killed)
{
    bool reached = true;
    for (size_t k = 1; reached; k++) {
        struct ctltest *t = ctltest_new();
        spy_admit(t->spy, add_sidecar);
        ctltest_submit(t, "a", "'nodes':2,'cpusPerTask':2");
        reached = ctltest_run_to_write(t, k, _i);
        ctltest_kill(t);
        ctltest_settle(t);
        ctltest_start(t);
        ctltest_settle(t);
        ctltest_expect(t, "a",
                       "status.state=RUNNING|status.attempt=1|"
                       "status.allocTRES=cpu=12,node=2");
        end_all(t, "a", 2);
        ctltest_free(t);
    }
}
END_TEST

/* ---- gates ---- */

static void open_gate(struct ctltest *t, const char *pod)
{
    AUTO_FREE char *path = xasprintf(PODS "/%s", pod);
    ask(t, "PATCH", path, "{'spec':{'schedulingGates':null}}");
    ctltest_settle(t);
}

/* Not bound before the last gate is gone; then all at once. */
START_TEST(test_gates)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, add_gate);
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_advance(t, 30);
    ctltest_expect(t, "a", "status.state=CONFIGURING");
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/binding"), 0);
    open_gate(t, "a-1-1-1");
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/binding"), 0);
    open_gate(t, "a-1-1-0");
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=1");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 2);
    ctltest_free(t);
}
END_TEST

START_TEST(test_gates_stay)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, add_gate);
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_advance(t, 125);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=JobLaunchFailure|"
                   "status.message~a pod waits for its scheduling gates");
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/binding"), 0);
    ctltest_free(t);
}
END_TEST

/* The server refuses a pod with gates that has a node: it is made without one, the next
 * time. */
START_TEST(test_gates_of_one)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, add_gate);
    spy_spoil(t->spy,
              &(struct spy_rule){"POST", "/pods", SPY_REFUSE, 422, "Invalid",
                                 "spec.nodeName: Forbidden: cannot be set until all "
                                 "schedulingGates have been cleared",
                                 1});
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=PENDING|status.reason=JobLaunchFailure");
    ctltest_advance(t, 12);
    ctltest_expect(t, "a", "status.state=CONFIGURING|status.attempt=2");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 0);
    open_gate(t, "a-1-2-0");
    ctltest_expect(t, "a", "status.state=RUNNING");
    ctltest_free(t);
}
END_TEST

/* ---- volumes ---- */

#define CLAIMS "/api/v1/namespaces/default/persistentvolumeclaims"

static void add_claim(struct json *pod)
{
    const char *pod_name = json_str(pod, "metadata.name"); /* it ends with the rank */
    AUTO_FREE char *name = xasprintf("c%c", pod_name[strlen(pod_name) - 1]);
    json_set_at(
        pod, "spec.volumes",
        json_build("[{'name':'v','persistentVolumeClaim':{'claimName':%s}}]", name));
}

static void make_claim(struct ctltest *t, const char *name, const char *more)
{
    AUTO_FREE char *body =
        xasprintf("{'metadata':{'name':'%s'%s},'spec':{'accessModes':['ReadWriteOnce'],"
                  "'resources':{'requests':{'storage':'1Gi'}}}}",
                  name, more);
    int status = apitest_request(t->api, "POST", CLAIMS, body);
    ck_assert_msg(status == 201, "%s", t->api->text.s);
}

/* As the provisioner does when the claim has a node. */
static void provision(struct ctltest *t, const char *path)
{
    ask(t, "PATCH", path, "{'spec':{'volumeName':'pv'}}");
    ctltest_advance(t, 2);
}

static void expect_claim(struct ctltest *t, const char *path, const char *node)
{
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    const struct json *notes = json_at(t->api->body, "metadata.annotations");
    const struct json *is = json_get(notes, "volume.kubernetes.io/selected-node");
    ck_assert(str_eq(is ? json_string(is) : NULL, node));
}

/* Each claim gets its rank's node; nothing is bound before the last has its volume. */
START_TEST(test_claims)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, add_claim);
    make_claim(t, "c0", "");
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_settle(t);
    ctltest_advance(t, 2);
    expect_claim(t, CLAIMS "/c0", "n1");
    provision(t, CLAIMS "/c0");
    make_claim(t, "c1", ""); /* as of an ephemeral volume: after its pod */
    ctltest_advance(t, 2);
    expect_claim(t, CLAIMS "/c1", "n2");
    ctltest_expect(t, "a", "status.state=CONFIGURING");
    ck_assert_uint_eq(spy_count(t->spy, "POST", "/binding"), 0);
    provision(t, CLAIMS "/c1");
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=1");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 2);
    ck_assert_uint_eq(spy_count(t->spy, "PATCH", "/c0"), 1);
    ctltest_free(t);
}
END_TEST

/* The first of its kind is on its node already; it has started when its volume is
 * there, also before the eyes of another controller. The next one starts unbound. */
START_TEST(test_claim_of_one)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, add_claim);
    make_claim(t, "c0", "");
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=CONFIGURING");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 1);
    ctltest_restart(t);
    ctltest_expect(t, "a", "status.state=CONFIGURING");
    expect_claim(t, CLAIMS "/c0", "n1");
    provision(t, CLAIMS "/c0");
    ctltest_expect(t, "a", "status.state=RUNNING|status.attempt=1");
    ctltest_submit(t, "b", "");
    ctltest_settle(t);
    ctltest_submit(t, "c", "");
    ctltest_settle(t);
    ctltest_expect(t, "c", "status.state=RUNNING");
    ck_assert_uint_eq(spy_count(t->spy, "POST", "-1-0/binding"), 1);
    ctltest_free(t);
}
END_TEST

/* A claim that waits elsewhere, or for nobody, ends the start. */
START_TEST(test_claim_elsewhere)
{
    struct ctltest *t = ctltest_new();
    spy_admit(t->spy, add_claim);
    make_claim(t, "c0",
               ",'annotations':{'volume.kubernetes.io/selected-node':'other'}");
    make_claim(t, "c1", "");
    ctltest_submit(t, "a", "'nodes':2");
    ctltest_advance(t, 125);
    ctltest_reap(t);
    ctltest_settle(t);
    expect_claim(t, CLAIMS "/c0", "other");
    ctltest_expect(
        t, "a",
        "status.state=PENDING|status.reason=JobLaunchFailure|"
        "status.message=the start took too long: a pod waits for its volumes");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/admission",
                      (struct suite_row[]){
                          {test_change, ARRAY_LEN(changes)},
                          {test_unbound, 1},
                          {test_no_room, 1},
                          {test_never, 1},
                          {test_killed, 3},
                          {test_claims, 1},
                          {test_claim_of_one, 1},
                          {test_claim_elsewhere, 1},
                          {test_gates, 1},
                          {test_gates_stay, 1},
                          {test_gates_of_one, 1},
                          {NULL, 0},
                      });
}
