/* sinfo against golden sessions, tests/gantry/golden/sinfo*.txt, whose layout was
 * compared with Slurm's. */
#include <stdlib.h>
#include <time.h>

#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/gantry/golden/"

static void patch(struct clitest *t, const char *path, const char *body)
{
    const struct apitest_request req = {.method = "PATCH",
                                        .path = path,
                                        .type = "application/merge-patch+json",
                                        .body = body};
    ck_assert_int_eq(apitest_send(t->ctl->api, &req), 200);
}

/* main: n[1-4]; "debug": n1; a partition with a long name: n[5-6], which are of another
 * size; one of no nodes. n1 mixed, n2 whole, n3 drained, n4 not heard of, n5 draining,
 * n6 idle. */
static struct clitest *api_new(void)
{
    struct clitest *t = clitest_new();

    ctltest_advance(t->ctl, 10);
    for (int i = 5; i <= 6; i++) {
        AUTO_FREE char *body = xasprintf("{'metadata':{'name':'n%d'}}", i);
        AUTO_FREE char *path = xasprintf("/api/v1/nodes/n%d/status", i);
        AUTO_FREE char *status = xasprintf(
            "{'status':{'allocatable':{'cpu':'%d','memory':'%dGi','pods':'110'},"
            "'capacity':{'cpu':'%d'},"
            "'nodeInfo':{'architecture':'amd64','osImage':'Debian GNU/Linux 12',"
            "'kernelVersion':'6.1.0','kubeletVersion':'v1.37.2'},"
            "'addresses':[{'type':'InternalIP','address':'10.0.0.%d'}],"
            "'conditions':[{'type':'Ready','status':'True'}]}}",
            2 * i, i, 2 * i + 1, i);
        ctltest_post(t->ctl, "/api/v1/nodes", body);
        patch(t, path, status);
    }
    ctltest_make(t->ctl, "Partition", "debug",
                 "'nodes':'n1','maxTime':'30','defaultTime':'10','state':'DRAIN',"
                 "'overSubscribe':'FORCE'");
    ctltest_advance(t->ctl, 10);
    ctltest_make(t->ctl, "Partition", "averylongpartition",
                 "'nodes':'n[5-6]','maxTime':'2-12','maxNodes':2,'minNodes':1,"
                 "'priorityTier':5");
    ctltest_make(t->ctl, "Partition", "empty",
                 "'nodes':'x1','state':'DOWN','maxNodes':1");
    ctltest_settle(t->ctl);
    ctltest_submit(t->ctl, "part",
                   "'nodeList':'n1','gpusPerNode':3,'cpusPerTask':4,"
                   "'memPerNode':'8G','timeLimit':'1:00:00'");
    ctltest_submit(t->ctl, "whole", "'nodeList':'n2','exclusive':true");
    ctltest_submit(t->ctl, "small",
                   "'partition':'averylongpartition',"
                   "'nodeList':'n5'");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "small", "status.state=RUNNING");
    patch(t, "/api/v1/nodes/n3",
          "{'metadata':{'annotations':{'gantry.dev/reason':'bad disk',"
          "'gantry.dev/reason-by':'root@2027-01-15T08:00:07Z'}},"
          "'spec':{'unschedulable':true}}");
    patch(t, "/api/v1/nodes/n5", "{'spec':{'unschedulable':true}}");
    patch(t, "/api/v1/nodes/n4/status",
          "{'status':{'conditions':[{'type':'Ready','status':'Unknown',"
          "'lastTransitionTime':'2027-01-15T08:00:09Z'}]}}");
    ctltest_advance(t->ctl, 60);
    return t;
}

static const char *const sessions[] = {"sinfo.txt", "sinfo_columns.txt",
                                       "sinfo_wrong.txt"};

START_TEST(test_session)
{
    AUTO_FREE char *path = xasprintf(GOLDEN "%s", sessions[_i]);
    struct clitest *t = api_new();

    session_play(t, path);
    clitest_free(t);
}
END_TEST

/* A plan that was promised is shown on the idle nodes that it keeps. */
START_TEST(test_planned)
{
    struct clitest *t = clitest_new();

    ctltest_submit(t->ctl, "a",
                   "'nodeList':'n1','timeLimit':'1:00:00',"
                   "'cpusPerTask':4");
    ctltest_settle(t->ctl);
    ctltest_submit(t->ctl, "b",
                   "'nodes':2,'exclusive':true,'nodeList':'n[1-2]',"
                   "'timeLimit':'10'");
    ctltest_advance(t->ctl, 120);
    clitest_expect(t, "sinfo -h", 0,
                   "main*        up   infinite      1   mix- n1\n"
                   "main*        up   infinite      1   plnd n2\n"
                   "main*        up   infinite      2   idle n[3-4]\n",
                   "");
    clitest_free(t);
}
END_TEST

/* Kubernetes shuts n1 for now: it takes no new jobs, and no resume opens it. */
START_TEST(test_passing_taint)
{
    struct clitest *t = clitest_new();

    patch(t, "/api/v1/nodes/n1",
          "{'spec':{'taints':[{'key':'node.kubernetes.io/disk-pressure',"
          "'effect':'NoSchedule'}]}}");
    clitest_expect(t, "sinfo -h -n n1 -o '%T %E'", 0,
                   "drained node.kubernetes.io/disk-pressure\n", "");
    clitest_expect(t, "scontrol update nodename=n1 state=resume", 1, "",
                   "slurm_update error: Invalid node state specified: n1 has the "
                   "taint node.kubernetes.io/disk-pressure\n");
    ctltest_submit(t->ctl, "a", "'nodeList':'n1'");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "a", "status.reason=ReqNodeNotAvail");
    patch(t, "/api/v1/nodes/n1", "{'spec':{'taints':null}}");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "a", "status.state=RUNNING");
    clitest_free(t);
}
END_TEST

/* n1 has GPUs of another resource, whose type another label names. */
static struct clitest *amd_new(void)
{
    struct clitest *t = clitest_new();
    struct settings *settings = &t->ctl->settings;

    ctltest_patch(t->ctl, "/api/v1/nodes/n1/status",
                  "{'status':{'allocatable':{'amd.com/gpu':'4'}}}");
    ctltest_patch(t->ctl, "/api/v1/nodes/n1",
                  "{'metadata':{'labels':{'example.com/gpu':'mi300'}}}");
    snprintf(settings->gpu_resource, SETTING_TEXT_MAX, "amd.com/gpu");
    snprintf(settings->gpu_type_label, SETTING_TEXT_MAX, "example.com/gpu");
    ctltest_restart(t->ctl);
    ctltest_submit(t->ctl, "part", "'gpusPerNode':3,'timeLimit':'10'");
    ctltest_make(t->ctl, "Reservation", "r",
                 "'startTime':'now+1hours','duration':'10','users':['ann'],"
                 "'tres':{'gres/gpu':2}");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "part", "status.state=RUNNING|status.nodeList=n1");
    return t;
}

START_TEST(test_gpu_resource)
{
    struct clitest *t = amd_new();

    clitest_expect(t, "sinfo -h -N -O nodelist:4,gres:12,gresused:12", 0,
                   "n1  gpu:mi300:4 gpu:mi300:3 \n"
                   "n2  (null)      (null)      \n"
                   "n3  (null)      (null)      \n"
                   "n4  (null)      (null)      \n",
                   "");
    ck_assert_int_eq(clitest_run(t, "scontrol -o show node n1"), 0);
    ck_assert_ptr_nonnull(strstr(t->out, " Gres=gpu:mi300:4 "));
    ck_assert_ptr_nonnull(strstr(t->out, ",gres/gpu=3"));
    ck_assert_int_eq(clitest_run(t, "scontrol -o show res r"), 0);
    ck_assert_ptr_nonnull(strstr(t->out, "Nodes=n1 NodeCnt=1 CoreCnt=0 "));
    ck_assert_ptr_nonnull(strstr(t->out, " TRES=gres/gpu=2 "));
    clitest_expect(t, "sbatch --test-only -t 10 -G mi300:1 --wrap x", 0, "",
                   "sbatch: Job to start at 2027-01-15T08:00:0*");
    clitest_expect(t, "sbatch --test-only -G h100:1 --wrap x", 1, "", NULL);
    clitest_free(t);
}
END_TEST

/* Who may not read what the controller tells sees the rest. */
START_TEST(test_gpu_resource_forbidden)
{
    struct clitest *t = amd_new();

    spy_spoil(t->spy, &(struct spy_rule){"GET", "/configmaps/gpus", SPY_REFUSE, 403,
                                         "Forbidden", "not for you", SPY_ALWAYS});
    clitest_expect(t, "sinfo -h -n n1 -O nodelist:4,gres:12", 0, "n1  gpu:h100:8  \n",
                   "");
    spy_spare(t->spy);
    spy_spoil(t->spy,
              &(struct spy_rule){"GET", "/configmaps/gpus", SPY_REFUSE, 500,
                                 "InternalError", "the server is ill", SPY_ALWAYS});
    clitest_expect(t, "sinfo -h", 1, "", "slurm_load_node error: *");
    clitest_free(t);
}
END_TEST

START_TEST(test_json)
{
    struct clitest *t = api_new();
    struct err err = ERR_INIT;

    ck_assert_int_eq(clitest_run(t, "sinfo --json"), 0);
    JSON_AUTO struct json *doc = json_parse_str(t->out, &err);
    ck_assert_msg(doc != NULL, "%s", err.msg);
    apitest_expect_in(doc, "sinfo --json",
                      "sinfo.0.node.state.0=DOWN|sinfo.0.node.state.1=NOT_RESPONDING|"
                      "sinfo.0.nodes.nodes.0=n4|sinfo.0.reason.description="
                      "Not responding|sinfo.1.reason.description=bad disk|"
                      "sinfo.0.partition.name=main|errors#0");
    clitest_free(t);
}
END_TEST

static const struct {
    const char *name, *value, *line, *out;
} environment[] = {
    {"SINFO_FORMAT", "%R %D", "sinfo -h -p debug", "debug 1\n"},
    {"SINFO_FORMAT", "%R %D", "sinfo -h -p debug -o %N", "n1\n"},
    {"SINFO_FORMAT", "%R %D", "sinfo -h -p debug -O nodes:3", "1  \n"},
    {"SINFO_PARTITION", "debug", "sinfo -h -o %N", "n1\n"},
    {"SINFO_SORT", "-N", "sinfo -h -p main -o '%t %N'",
     "down* n4\ndrain n3\nalloc n2\nmix n1\n"},
};

START_TEST(test_environment)
{
    struct clitest *t = api_new();

    clitest_setenv(t, environment[_i].name, environment[_i].value);
    clitest_expect(t, environment[_i].line, 0, environment[_i].out, "");
    clitest_free(t);
}
END_TEST

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    return suite_main("gantry/sinfo", (struct suite_row[]){
                                          {test_session, ARRAY_LEN(sessions)},
                                          {test_planned, 1},
                                          {test_passing_taint, 1},
                                          {test_gpu_resource, 1},
                                          {test_gpu_resource_forbidden, 1},
                                          {test_json, 1},
                                          {test_environment, ARRAY_LEN(environment)},
                                          {NULL, 0},
                                      });
}
