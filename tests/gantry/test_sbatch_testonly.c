/* sbatch --test-only: whether a job would be taken in, and when it would start; nothing
 * is submitted. */
#include "base/util.h"
#include "crds/licenses.h"
#include "tests/support/clitest.h"
#include "tests/support/suite.h"

#define START "sbatch: Job to start at 2027-01-15T"
#define FAILED "sbatch: error: Batch job submission failed: "
#define FAILURE "sbatch: error: allocation failure: "
#define LIMITED                                                                 \
    FAILURE                                                                     \
    "Job violates accounting/QOS policy (job submit limit, user's size and/or " \
    "time limits): "

static void expect_none(struct clitest *t)
{
    ck_assert_uint_eq(clitest_count(t, "batchjobs", NULL), 0);
}

START_TEST(test_room)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch --test-only --wrap x", 0, "",
                   START "08:00:00 using 1 processors on nodes n1 in partition main\n");
    clitest_expect(t, "sbatch --test-only -N 99 --wrap x", 1, "",
                   FAILURE
                   "Requested node configuration is not available: needs 99 nodes*");
    clitest_expect(
        t, "sbatch --test-only -N 4 -G 2 --wrap x", 1, "",
        FAILURE
        "-G: Invalid generic resource (gres) specification: 2 cannot be on 4 nodes*");
    clitest_expect(t, "sbatch --test-only -n 3 -G 16 --wrap x", 0, "",
                   START
                   "08:00:00 using 3 processors on nodes n[1-2] in partition main\n");
    clitest_expect(t, "sbatch --test-only --segment 2 --wrap x", 1, "",
                   FAILURE "--segment: 2 does not divide 1 nodes\n");
    /* more tasks than start at once */
    clitest_expect(t, "sbatch --test-only -a 0-5 --exclusive -t 10 --wrap x", 0, "",
                   START "08:00:00 using 1 processors on nodes n1 in partition main\n");
    expect_none(t);
    /* behind a job that has all nodes for ten minutes */
    clitest_expect(t, "sbatch -N 4 --exclusive -t 10 --wrap x", 0, NULL, NULL);
    clitest_expect(t, "sbatch --test-only -N 2 --exclusive --wrap x", 0, "",
                   START "08:1*");
    spy_spoil(t->spy, &(struct spy_rule){"GET", "/pods", SPY_REFUSE, 403, "Forbidden",
                                         "no pods for you", SPY_ALWAYS});
    clitest_expect(t, "sbatch --test-only --wrap x", 0, "",
                   "sbatch: the job would be accepted; when it would start is not "
                   "known: list pods: *");
    clitest_free(t);
}
END_TEST

/* As many indices as the controller tells of gantry.yaml; the usual where it tells
 * nothing. */
START_TEST(test_arrays)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch --test-only -a 0-1000 --wrap x", 0, "", START "*");
    clitest_expect(t, "sbatch --test-only -a 0-1001 --wrap x", 1, "",
                   FAILURE
                   "-a: Invalid job array specification: \"0-1001\"; indices are "
                   "below 1001 here (maxArraySize)\n");
    ctltest_kill(t->ctl);
    t->ctl->settings.max_array_size = 2001;
    ctltest_start(t->ctl);
    ctltest_settle(t->ctl);
    clitest_expect(t, "sbatch --test-only -a 0-2000 --wrap x", 0, "", START "*");
    clitest_expect(t, "sbatch --test-only -a 0-2001 --wrap x", 1, "",
                   FAILURE
                   "-a: Invalid job array specification: \"0-2001\"; indices are "
                   "below 2001 here (maxArraySize)\n");
    expect_none(t);
    clitest_free(t);
}
END_TEST

/* With the licences and the topology that the controller tells of gantry.yaml. */
START_TEST(test_configured)
{
    static const char *const leaves[] = {"l1", "l2", "l1", "l2"};
    struct clitest *t = clitest_new();
    struct sched_config *config = &t->ctl->settings.sched;

    for (int i = 0; i < 4; i++) {
        AUTO_FREE char *path = xasprintf("/api/v1/nodes/n%d", i + 1);
        AUTO_FREE char *body = xasprintf(
            "{'metadata':{'labels':{'topology.gantry.dev/leaf':'%s'}}}", leaves[i]);
        ctltest_patch(t->ctl, path, body);
    }
    config->topology_kind = TOPOLOGY_TREE;
    ck_assert_int_eq(license_table_parse("matlab:2", &config->licenses, NULL), 0);
    controller_configure(t->ctl->ctl, &t->ctl->settings);
    ctltest_settle(t->ctl);
    clitest_expect(t, "sbatch --test-only -N 2 --exclusive -L matlab:2 --wrap x", 0, "",
                   START
                   "08:00:01 using 2 processors on nodes n[1,3] in partition main\n");
    clitest_expect(t, "sbatch --test-only -L matlab:3 --wrap x", 1, "",
                   FAILURE "Invalid license specification: needs 3 of licence matlab; "
                           "there are 2\n");
    clitest_expect(
        t, "sbatch --controller-namespace default --test-only -L matlab --wrap x", 1,
        "", FAILURE "Invalid license specification: *");
    expect_none(t);
    clitest_free(t);
}
END_TEST

/* In a reservation, when that begins; in one that is not there, or is for others,
 * never. */
START_TEST(test_reserved)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "Reservation", "r",
                 "'startTime':'2027-01-15T09:00:00Z','duration':'60','nodes':'n2',"
                 "'accounts':['-x']");
    ctltest_make(t->ctl, "Reservation", "r2",
                 "'startTime':'2027-01-15T19:00:00Z','duration':'60','nodes':'n2',"
                 "'accounts':['-x']");
    ctltest_make(t->ctl, "Reservation", "over",
                 "'startTime':'now','duration':'0:30','nodes':'n1',"
                 "'accounts':['-x']");
    ctltest_make(t->ctl, "Reservation", "bobs",
                 "'startTime':'now','duration':'60','nodes':'n3','users':['bob']");
    ctltest_advance(t->ctl, 60);
    ctltest_settle(t->ctl);
    clitest_expect(t, "sbatch --test-only -t 10 --reservation r --wrap x", 0, "",
                   START "09:00:00 using 1 processors on nodes n2 in partition main\n");
    clitest_expect(t, "sbatch --test-only -t 10 --reservation r,r2 --wrap x", 0, "",
                   START "09:00:00 using 1 processors on nodes n2 in partition main\n");
    clitest_expect(
        t, "sbatch --reservation r,none --wrap x", 1, "",
        FAILED "Requested reservation is invalid: reservation none does not exist\n");
    clitest_expect(t, "sbatch --reservation over,r --wrap x", 1, "",
                   FAILED
                   "Requested reservation is invalid: reservation over is over\n");
    clitest_expect(
        t, "sbatch --test-only --reservation none --wrap x", 1, "",
        FAILURE "Requested reservation is invalid: reservation none does not exist\n");
    clitest_expect(
        t, "sbatch --reservation none --wrap x", 1, "",
        FAILED "Requested reservation is invalid: reservation none does not exist\n");
    clitest_expect(t, "sbatch --reservation bobs --wrap x", 1, "",
                   FAILED "Access denied to requested reservation: reservation bobs is "
                          "not for this job's user, groups, account and QOS\n");
    clitest_expect(t, "sbatch --test-only --reservation bobs --wrap x", 1, "",
                   FAILURE "Access denied to requested reservation: *");
    clitest_expect(t, "sbatch --test-only -t 10 --reservation bobs,r --wrap x", 0, "",
                   START "09:00:00 using 1 processors on nodes n2 in partition main\n");
    expect_none(t);
    clitest_expect(t, "sbatch -t 10 --reservation bobs,r --wrap x", 0,
                   "Submitted batch job *", NULL);
    clitest_free(t);
}
END_TEST

/* Limits that let it wait, and limits that do not. */
START_TEST(test_limited)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "QOS", "lax", "'limits':{'maxTRESPerJob':{'cpu':4}}");
    ctltest_make(t->ctl, "QOS", "strict",
                 "'flags':['DenyOnLimit'],'limits':{'maxTRESPerJob':{'cpu':4},"
                 "'maxSubmitJobsPerUser':1}");
    ctltest_settle(t->ctl);
    clitest_expect(t, "sbatch --test-only -q lax -c 8 --wrap x", 0, "",
                   "sbatch: the job would be accepted; it would wait "
                   "(QOSMaxCpuPerJobLimit): *");
    clitest_expect(t, "sbatch --test-only -q strict -c 8 --wrap x", 1, "",
                   LIMITED "QOS strict allows a job cpu=4; it needs cpu=8\n");
    clitest_expect(t, "sbatch -Q -q strict -H --wrap x", 0, NULL, "");
    clitest_expect(t, "sbatch --test-only -q strict --wrap x", 1, "",
                   LIMITED "QOS strict allows a user 1 job in the queue\n");
    clitest_free(t);
}
END_TEST

/* A partition that takes no new jobs does not take this one; nor is it behind a job
 * that was not taken in. */
START_TEST(test_closed)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "Partition", "shut", "'state':'DRAIN'");
    ctltest_change(t->ctl, "Partition", "main", "'state':'DOWN'");
    clitest_expect(t, "sbatch --test-only -p main,shut --wrap x", 0, "",
                   "sbatch: the job would be accepted; it would wait (PartitionDown): "
                   "partition main is down\n");
    ctltest_submit(t->ctl, "refused",
                   "'partition':'shut','nodes':4,'exclusive':true,'timeLimit':'10'");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "refused", "status.reason=PartitionInactive");
    ctltest_make(t->ctl, "Partition", "open", "'state':'UP'");
    clitest_expect(t, "sbatch --test-only -p open --wrap x", 0, "",
                   START "08:00:01 using 1 processors on nodes n1 in partition open\n");
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/sbatch_testonly", (struct suite_row[]){
                                                    {test_room, 1},
                                                    {test_arrays, 1},
                                                    {test_configured, 1},
                                                    {test_reserved, 1},
                                                    {test_limited, 1},
                                                    {test_closed, 1},
                                                    {NULL, 0},
                                                });
}
