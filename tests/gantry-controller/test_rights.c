/* manifests/rbac/controller.yaml gives the controller what it needs (ctltest holds
 * every request of every test against it), and nothing besides. */
#include "cmd/gantry-controller/election.h"

#include <string.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define ROLE "manifests/rbac/controller.yaml"
#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PODS "/api/v1/namespaces/default/pods"
#define SYSTEM "/api/v1/namespaces/gantry-system"
#define LEASES "/apis/coordination.k8s.io/v1/namespaces/gantry-system/leases"
#define CLAIMS "/api/v1/namespaces/default/persistentvolumeclaims"

/* ---- what it may not ---- */

static const struct {
    const char *method, *path;
    const char *lacks; /* NULL: it may */
} asked[] = {
    {"GET", "/version", NULL},
    {"GET", PODS "?limit=500", NULL},
    {"GET", "/api/v1/pods?watch=1&resourceVersion=5", NULL},
    {"POST", PODS "/p/binding", NULL},
    {"GET", LEASES "/gantry-controller", NULL},
    {"PUT", SYSTEM "/configmaps/job-ids", NULL},
    {"GET", "/api/v1/namespaces/default/secrets/s", "get on secrets"},
    {"GET", "/api/v1/secrets?limit=1", "list on secrets"},
    {"PATCH", PODS "/p/status", "patch on pods/status"},
    {"POST", PODS "/p/exec?command=sh", "create on pods/exec"},
    {"DELETE", PODS, "deletecollection on pods"},
    {"DELETE", "/api/v1/nodes/n1", "delete on nodes"},
    {"POST", JOBS, NULL},
    {"PUT", JOBS "/j", "update on batchjobs.gantry.dev"},
    {"PUT", SYSTEM "/configmaps/others", "update on configmaps"},
    {"GET", "/api/v1/namespaces/default/configmaps/job-ids", "get on configmaps"},
    {"GET", LEASES "?limit=1", "list on leases.coordination.k8s.io"},
    {"GET", "/api/v1/namespaces/default", "get on namespaces"},
    {"POST", "/api/v1/namespaces", "create on namespaces"},
};

START_TEST(test_bounds)
{
    struct rights *rights = rights_read(ROLE, "gantry-controller");
    struct err err = ERR_INIT;
    int rc = rights_check(
        rights,
        &(struct transport_request){.method = asked[_i].method, .path = asked[_i].path},
        &err);
    ck_assert_msg(rc == (asked[_i].lacks ? -1 : 0), "%s %s: %s", asked[_i].method,
                  asked[_i].path, err.msg);
    if (asked[_i].lacks)
        ck_assert_msg(strstr(err.msg, asked[_i].lacks) != NULL, "%s", err.msg);
    rights_free(rights);
}
END_TEST

/* ---- what it needs ---- */

static bool has_ended(const char *holder)
{
    (void)holder;
    return false;
}

static void turned(void *arg, bool leads)
{
    (void)arg;
    (void)leads;
}

static void elect(struct ctltest *t)
{
    struct election_options o = {.client = t->client,
                                 .ns = "gantry-system",
                                 .name = "gantry-controller",
                                 .self = "a",
                                 .has_ended = has_ended,
                                 .turned = turned};
    rng_seed(&o.rng, 3);
    struct election *election = election_new(&o);
    ctltest_advance(t, 10);
    ck_assert(election_leads(election));
    election_free(election);
}

static void lose_answer(struct ctltest *t, const char *method, const char *path_end)
{
    spy_spoil(t->spy,
              &(struct spy_rule){method, path_end, SPY_LOSE_ANSWER, .times = 1});
}

/* A gang of which nobody knows whether its writes arrived; requeued and held, then
 * deleted. */
static void play_gang(struct ctltest *t)
{
    lose_answer(t, "POST", "/services");
    lose_answer(t, "POST", "/pods");
    lose_answer(t, "PATCH", "/batchjobs/gang/status");
    ctltest_submit(t, "gang", "'nodes':2");
    ctltest_advance(t, 10);
    ctltest_expect(t, "gang", "status.state=RUNNING");
    ctltest_act(t, "gang", "1", "RequeueHold");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_advance(t, 10);
    ctltest_expect(t, "gang", "status.state=PENDING|spec.hold=User");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/gang", NULL), 200);
    ctltest_settle(t);
}

/* A job whose time as an object ends. */
static void play_short(struct ctltest *t)
{
    ctltest_submit(t, "short", "'ttlSecondsAfterFinished':5");
    ctltest_settle(t);
    ctltest_end(t, "short", 0, 0);
    ctltest_advance(t, 30);
    ck_assert_int_eq(apitest_request(t->api, "GET", JOBS "/short", NULL), 404);
}

static void add_claim(struct json *pod)
{
    json_set_at(pod, "spec.volumes",
                json_build("[{'name':'v','persistentVolumeClaim':{'claimName':'c'}}]"));
}

/* A job that waits for the volume of its claim. */
static void play_claim(struct ctltest *t)
{
    spy_admit(t->spy, add_claim);
    ctltest_post(t, CLAIMS,
                 "{'metadata':{'name':'c'},'spec':{'accessModes':['ReadWriteOnce'],"
                 "'resources':{'requests':{'storage':'1Gi'}}}}");
    ctltest_submit(t, "claiming", "");
    ctltest_advance(t, 5);
    ctltest_patch(t, CLAIMS "/c", "{'spec':{'volumeName':'pv'}}");
    ctltest_advance(t, 5);
    ctltest_expect(t, "claiming", "status.state=RUNNING");
}

/* A job that somebody pays for. */
static void play_charge(struct ctltest *t)
{
    ctltest_make(t, "Account", "lab", "'members':[{'user':'ann'}]");
    ctltest_make(t, "QOS", "normal", "'priority':1");
    ctltest_submit(t, "charged", "'user':'ann'");
    ctltest_advance(t, 400);
    ctltest_expect(t, "charged", "status.state=RUNNING");
}

/* An array, of which nobody knows whether a task was made; all of it is cancelled. */
static void play_array(struct ctltest *t)
{
    lose_answer(t, "POST", "/batchjobs");
    ctltest_submit(t, "array", "'user':'ann','array':'0-1'");
    ctltest_advance(t, 10);
    ctltest_expect(t, "array", "status.array.states.RUNNING=0-1");
    ctltest_act(t, "array", "1", "Cancel");
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_advance(t, 10);
    ctltest_expect(t, "array", "status.state=CANCELLED");
}

/* Nodes are chosen for it. */
static void play_reservation(struct ctltest *t)
{
    ctltest_make(t, "Reservation", "lab",
                 "'accounts':['-x'],'nodeCount':1,'duration':'60'");
    ctltest_advance(t, 5);
    ck_assert_int_eq(apitest_request(t->api, "GET",
                                     "/apis/gantry.dev/v1alpha1/reservations/lab",
                                     NULL),
                     200);
    apitest_expect(t->api, "lab", "status.state=ACTIVE");
}

/* One that nobody needs goes. */
static void play_purge(struct ctltest *t)
{
    ctltest_make(t, "Reservation", "idle",
                 "'accounts':['-x'],'nodes':'n4','duration':'60','purgeComp':'1',"
                 "'flags':['OVERLAP']");
    ctltest_advance(t, 70);
    ck_assert_int_eq(apitest_request(t->api, "GET",
                                     "/apis/gantry.dev/v1alpha1/reservations/idle",
                                     NULL),
                     404);
}

/* It can never start, which is told, and told again once somebody held it. */
static void play_series(struct ctltest *t)
{
    ctltest_submit(t, "never", "'user':'ann','gpusPerNode':9");
    ctltest_advance(t, 5);
    ctltest_expect(t, "never", "status.reason=BadConstraints");
    ctltest_patch(t, JOBS "/never", "{'spec':{'hold':'User'}}");
    ctltest_advance(t, 5);
    ctltest_patch(t, JOBS "/never", "{'spec':{'hold':null}}");
    ctltest_advance(t, 5);
    ctltest_expect(t, "never", "status.reason=BadConstraints");
}

/* Licences come, and become more. */
static void play_licenses(struct ctltest *t)
{
    static const char *const tables[] = {"matlab:2", "ansys:1,matlab:3"};
    struct err err = ERR_INIT;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        AUTO_FREE char *parts = xasprintf("data.licenses=%s", tables[i]);
        ck_assert_int_eq(
            license_table_parse(tables[i], &t->settings.sched.licenses, &err), 0);
        controller_configure(t->ctl, &t->settings);
        ctltest_settle(t);
        ck_assert_int_eq(
            apitest_request(t->api, "GET",
                            "/api/v1/namespaces/gantry-system/configmaps/licenses",
                            NULL),
            200);
        apitest_expect(t->api, "licenses", parts);
    }
}

/* Switches come, and become blocks. */
static void play_topology(struct ctltest *t)
{
    static const enum topology_kind kinds[] = {TOPOLOGY_TREE, TOPOLOGY_BLOCK};
    static const char *const parts[] = {"data.plugin=tree", "data.plugin=block"};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        t->settings.sched.topology_kind = kinds[i];
        controller_configure(t->ctl, &t->settings);
        ctltest_settle(t);
        ck_assert_int_eq(
            apitest_request(t->api, "GET",
                            "/api/v1/namespaces/gantry-system/configmaps/topology",
                            NULL),
            200);
        apitest_expect(t->api, "topology", parts[i]);
    }
}

/* Another controller, on a server that does not stream lists. */
static void restart_without_streams(struct ctltest *t)
{
    enum { CACHES = 11 };
    ctltest_kill(t);
    spy_spoil(t->spy, &(struct spy_rule){"GET", "", SPY_REFUSE, 422, "Invalid",
                                         "no streaming lists", CACHES});
    ctltest_start(t);
    ctltest_settle(t);
    ck_assert(controller_is_synced(t->ctl));
}

START_TEST(test_all_are_needed)
{
    struct ctltest *t = ctltest_new();
    STR_AUTO struct str unused;
    elect(t);
    play_gang(t);
    restart_without_streams(t);
    play_short(t);
    play_claim(t);
    play_charge(t);
    play_array(t);
    play_reservation(t);
    play_purge(t);
    play_series(t);
    play_licenses(t);
    play_topology(t);
    str_init(&unused, 10000);
    rights_unused(t->rights, &unused);
    ck_assert_str_eq(unused.s, "");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/rights", (struct suite_row[]){
                                                      {test_bounds, ARRAY_LEN(asked)},
                                                      {test_all_are_needed, 1},
                                                      {NULL, 0},
                                                  });
}
