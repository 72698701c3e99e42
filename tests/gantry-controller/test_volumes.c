/* Jobs whose template names claims: they start where the volumes are. */
#include "cmd/gantry-controller/volumes.h"

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define CLAIMS "/api/v1/namespaces/default/persistentvolumeclaims"
#define VOLUMES "/api/v1/persistentvolumes"
#define HOST "kubernetes.io/hostname"

static void unmake(struct ctltest *t, const char *path, const char *name)
{
    AUTO_FREE char *all = xasprintf("%s/%s", path, name);
    ck_assert_int_eq(apitest_request(t->api, "DELETE", all, NULL), 200);
}

/* On the nodes whose names are listed: "'n3'". */
static void make_volume(struct ctltest *t, const char *name, const char *nodes)
{
    AUTO_FREE char *body = xasprintf(
        "{'apiVersion':'v1','kind':'PersistentVolume','metadata':{'name':'%s'},'spec':{"
        "'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],'local':{'path':"
        "'/data'},'nodeAffinity':{'required':{'nodeSelectorTerms':[{'matchExpressions'"
        ":[{'key':'" HOST "','operator':'In','values':[%s]}]}]}}}}",
        name, nodes);
    ctltest_post(t, VOLUMES, body);
}

/* `volume` "": it is bound to none yet. */
static void make_claim(struct ctltest *t, const char *name, const char *volume)
{
    AUTO_FREE char *body = xasprintf(
        "{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'name':'%s'},"
        "'spec':{'volumeName':'%s','accessModes':['ReadWriteOnce'],'resources':{"
        "'requests':{'storage':'1Gi'}}}}",
        name, volume);
    ctltest_post(t, CLAIMS, body);
}

static void submit(struct ctltest *t, const char *name, const char *claim,
                   const char *more)
{
    AUTO_FREE char *body = xasprintf(
        "{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','metadata':{'name':'%s'"
        "},'spec':{%s'template':{'spec':{'containers':[{'name':'main','image':'x'}],"
        "'volumes':[{'name':'data','persistentVolumeClaim':{'claimName':'%s'}}]}}}}",
        name, more, claim);
    ctltest_post(t, JOBS, body);
    ctltest_settle(t);
}

static struct ctltest *begin(void)
{
    struct ctltest *t = ctltest_new();
    for (int i = 1; i <= 4; i++) {
        AUTO_FREE char *path = xasprintf("/api/v1/nodes/n%d", i);
        AUTO_FREE char *patch =
            xasprintf("{'metadata':{'labels':{'" HOST "':'n%d'}}}", i);
        ctltest_patch(t, path, patch);
    }
    ctltest_settle(t);
    return t;
}

START_TEST(test_bound)
{
    struct ctltest *t = begin();
    make_volume(t, "pv", "'n3'");
    make_claim(t, "data", "pv");
    submit(t, "a", "data", "");
    ctltest_expect(t, "a", "status.state=RUNNING|status.nodeList=n3|status.attempt=1");
    /* The node is full: the next one waits for it, though others are free. */
    ctltest_submit(t, "hog", "'nodeList':'n3','cpusPerTask':15");
    ctltest_settle(t);
    submit(t, "b", "data", "");
    ctltest_expect(t, "b",
                   "status.state=PENDING|status.reason=Resources|"
                   "status.message~needs 1 node with|"
                   "status.message~; volume pv of claim data is not on every node; ");
    ctltest_end(t, "a", 0, 0);
    ctltest_settle(t);
    ctltest_expect(t, "b", "status.state=RUNNING|status.nodeList=n3");
    ctltest_free(t);
}
END_TEST

/* A gang that is larger than where its volume is. */
START_TEST(test_gang)
{
    struct ctltest *t = begin();
    make_volume(t, "pv", "'n2','n4'");
    make_claim(t, "data", "pv");
    submit(t, "two", "data", "'nodes':2,");
    ctltest_expect(t, "two", "status.state=RUNNING|status.nodeList=n[2,4]");
    submit(t, "three", "data", "'nodes':3,");
    ctltest_expect(t, "three",
                   "status.state=PENDING|status.reason=BadConstraints|"
                   "status.message~at most 2 that fit; volume pv of claim data is not "
                   "on every node");
    ctltest_free(t);
}
END_TEST

/* What is missing is waited for, also by another controller. */
START_TEST(test_missing)
{
    static const char no_claim[] =
        "status.state=PENDING|status.jobID=1|status.reason=Constraints|"
        "status.pending.class=NotFree|status.conditions.0.status=True|"
        "status.message=volume claim data does not exist in namespace default";
    struct ctltest *t = begin();
    submit(t, "a", "data", "");
    ctltest_expect(t, "a", no_claim);
    ctltest_restart(t);
    ctltest_expect(t, "a", no_claim);
    make_claim(t, "data", "pv");
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.reason=Constraints|"
                   "status.message=volume pv of claim data does not exist");
    make_volume(t, "pv", "'n4'");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.nodeList=n4|status.reason!");
    ctltest_free(t);
}
END_TEST

/* A job that waits follows its claim to another volume. */
START_TEST(test_moved)
{
    struct ctltest *t = begin();
    make_volume(t, "pv", "'n3'");
    make_volume(t, "other", "'n2'");
    make_claim(t, "data", "pv");
    ctltest_submit(t, "hog", "'nodeList':'n3','exclusive':true");
    ctltest_settle(t);
    submit(t, "a", "data", "");
    ctltest_expect(t, "a", "status.reason=Resources");
    unmake(t, CLAIMS, "data");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.reason=Constraints|status.pending.ahead!");
    make_claim(t, "data", "other");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.nodeList=n2");
    ctltest_free(t);
}
END_TEST

/* The same with the volume: another of its name is elsewhere. That others, which are no
 * job's, come and go is nothing to it. */
START_TEST(test_replaced)
{
    struct ctltest *t = begin();
    make_volume(t, "pv", "'n3'");
    make_claim(t, "data", "pv");
    ctltest_submit(t, "hog", "'nodeList':'n3','exclusive':true");
    ctltest_settle(t);
    submit(t, "a", "data", "");
    ctltest_expect(t, "a", "status.reason=Resources");
    make_volume(t, "other", "'n1'");
    make_claim(t, "others", "other");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.reason=Resources");
    unmake(t, VOLUMES, "pv");
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.reason=Constraints|"
                   "status.message=volume pv of claim data does not exist");
    make_volume(t, "pv", "'n2'");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING|status.nodeList=n2");
    ctltest_free(t);
}
END_TEST

/* A claim without a volume gets its node's; one that got it elsewhere fails the launch,
 * and the next goes there. */
START_TEST(test_unbound)
{
    struct ctltest *t = begin();
    make_claim(t, "data", "");
    submit(t, "a", "data", "");
    ctltest_advance(t, 2);
    ctltest_expect(t, "a", "status.state=CONFIGURING|status.nodeList=n1");
    ck_assert_uint_eq(ctltest_pods(t, "a", true), 0);
    make_volume(t, "pv", "'n3'");
    ctltest_patch(t, CLAIMS "/data", "{'spec':{'volumeName':'pv'}}");
    ctltest_advance(t, 2);
    ctltest_reap(t);
    ctltest_settle(t);
    ctltest_expect(t, "a",
                   "status.state=PENDING|status.reason=JobLaunchFailure|"
                   "status.message=volume pv of claim data is not on node n1");
    ctltest_advance(t, 12);
    ctltest_expect(t, "a", "status.state=RUNNING|status.nodeList=n3|status.attempt=2");
    ctltest_free(t);
}
END_TEST

/* One whose affinity is not understood is not guessed at. */
START_TEST(test_not_understood)
{
    struct ctltest *t = begin();
    ctltest_post(
        t, VOLUMES,
        "{'apiVersion':'v1','kind':'PersistentVolume','metadata':{'name':'pv'},'spec':"
        "{'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce'],'local':{'path'"
        ":'/data'},'nodeAffinity':{'required':{'nodeSelectorTerms':[{'matchFields':[{"
        "'key':'metadata.name','operator':'In','values':['n3']}]}]}}}}");
    make_claim(t, "data", "pv");
    submit(t, "a", "data", "");
    ctltest_expect(t, "a",
                   "status.reason=Constraints|status.message~volume pv of claim data: |"
                   "status.message~matchFields is not supported");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/volumes", (struct suite_row[]){
                                                       {test_bound, 1},
                                                       {test_gang, 1},
                                                       {test_missing, 1},
                                                       {test_moved, 1},
                                                       {test_replaced, 1},
                                                       {test_unbound, 1},
                                                       {test_not_understood, 1},
                                                       {NULL, 0},
                                                   });
}
