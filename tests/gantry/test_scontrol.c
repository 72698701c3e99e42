/* scontrol against golden sessions, tests/gantry/golden/scontrol*.txt, whose layout and
 * messages were compared with Slurm's. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/gantry/golden/"

static const char *const sessions[] = {"scontrol_show.txt", "scontrol_update.txt",
                                       "scontrol_act.txt", "scontrol_node.txt",
                                       "scontrol_wrong.txt"};

START_TEST(test_session)
{
    AUTO_FREE char *path = xasprintf(GOLDEN "%s", sessions[_i]);
    struct clitest *t = clitest_new_busy();

    session_play(t, path);
    clitest_free(t);
}
END_TEST

/* A job is charged to none that is not there; without accounts their names mean
 * nothing, and are taken. */
START_TEST(test_payers)
{
    struct clitest *t = clitest_new_busy();

    ctltest_submit(t->ctl, "wide", "'hold':'User'");
    ctltest_settle(t->ctl);
    clitest_expect(t, "scontrol update JobName=wide Account=chemistry", 0, "", "");
    ctltest_make(t->ctl, "Account", "physics", "'members':[{'user':'ann'}]");
    ctltest_make(t->ctl, "QOS", "normal", "");
    clitest_expect(t, "scontrol update JobName=wide Account=chemistry", 1, "",
                   "scontrol: error: Invalid account or account/partition combination "
                   "specified: account chemistry does not exist\n");
    clitest_expect(t, "scontrol update JobName=wide Account=physics QOS=normal", 0, "",
                   "");
    clitest_expect(t, "scontrol update JobName=wide QOS=normal,high", 1, "",
                   "scontrol: error: Invalid qos specification: QOS high does not "
                   "exist\n");
    clitest_free(t);
}
END_TEST

static void expect_json(struct clitest *t, const char *line, const char *holds)
{
    struct err err = ERR_INIT;

    ck_assert_int_eq(clitest_run(t, line), 0);
    JSON_AUTO struct json *doc = json_parse_str(t->out, &err);
    ck_assert_msg(doc != NULL, "%s: %s", line, err.msg);
    apitest_expect_in(doc, line, holds);
}

static void label(struct clitest *t, const char *node, const char *spine,
                  const char *leaf)
{
    AUTO_FREE char *path = xasprintf("/api/v1/nodes/%s", node);
    AUTO_FREE char *body = xasprintf(
        "{'metadata':{'labels':{'example.com/spine':%s,'example.com/leaf':%s}}}", spine,
        leaf);

    ctltest_patch(t->ctl, path, body);
}

static void wire(struct clitest *t, enum topology_kind kind)
{
    struct sched_config *config = &t->ctl->settings.sched;

    config->topology_kind = kind;
    ck_assert_int_eq(topology_labels_parse("example.com/spine,example.com/leaf",
                                           &config->topology_labels, NULL),
                     0);
    controller_configure(t->ctl->ctl, &t->ctl->settings);
    ctltest_settle(t->ctl);
}

/* What is shown is what the controller goes by. */
START_TEST(test_topology)
{
    struct clitest *t = clitest_new();

    session_play(t, GOLDEN "scontrol_topo_flat.txt");
    label(t, "n1", "'s1'", "'l2'");
    label(t, "n2", "'s1'", "'l1'");
    label(t, "n3", "'s1'", "'l2'");
    label(t, "n4", "'s1'", "null");
    expect_json(t, "scontrol show topology --json", "topology#0|errors#0");
    wire(t, TOPOLOGY_TREE);
    session_play(t, GOLDEN "scontrol_topo_tree.txt");
    expect_json(t, "scontrol show topology --json",
                "topology#3|topology.0.switch=l1|topology.0.nodes=n2|"
                "topology.0.level=0|topology.0.link_speed=1|topology.2.switch=s1|"
                "topology.2.level=1|topology.2.nodes=n[1-4]|"
                "topology.2.children=l[1-2]");
    expect_json(t, "scontrol show topology n3 --json",
                "topology#2|topology.0.switch=l2|topology.1.switch=s1");
    clitest_expect(t, "scontrol show topology l3 --json", 1, "",
                   "Topology information contains no switch or node named l3\n");
    clitest_free(t);
}
END_TEST

START_TEST(test_blocks)
{
    struct clitest *t = clitest_new();

    label(t, "n1", "'s1'", "'b1'");
    label(t, "n2", "'s1'", "'b1'");
    label(t, "n3", "'s1'", "'b2'");
    label(t, "n4", "'s1'", "'b2'");
    wire(t, TOPOLOGY_BLOCK);
    session_play(t, GOLDEN "scontrol_topo_block.txt");
    expect_json(t, "scontrol show topology --json",
                "topology#3|topology.1.block=b2|topology.1.block_index=1|"
                "topology.1.block_size=2|topology.1.nodes=n[3-4]|"
                "topology.2.blocks=b[1-2]|topology.2.block_size=4|"
                "topology.2.nodes=n[1-4]");
    for (int i = 0; i < 4; i++) {
        static const char *const nodes[] = {"n1", "n2", "n3", "n4"};
        label(t, nodes[i], "null", i < 2 ? "'b1'" : "'b2'");
    }
    ctltest_settle(t->ctl);
    session_play(t, GOLDEN "scontrol_topo_base.txt");
    ck_assert_int_eq(
        block_sizes_parse("2,4", &t->ctl->settings.sched.block_sizes, NULL), 0);
    label(t, "n4", "'s1'", "null");
    wire(t, TOPOLOGY_BLOCK);
    session_play(t, GOLDEN "scontrol_topo_sizes.txt");
    wire(t, TOPOLOGY_FLAT);
    session_play(t, GOLDEN "scontrol_topo_flat.txt");
    clitest_free(t);
}
END_TEST

/* A controller in another namespace; it is said by option or by environment. */
START_TEST(test_controller_namespace)
{
    static const char said[] = "LicenseName=ansys Total=1 Used=0 Free=1 Reserved=0 "
                               "Remote=no\n";
    struct clitest *t = clitest_new();

    ctltest_post(t->ctl, "/api/v1/namespaces/default/configmaps",
                 "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'licenses'},"
                 "'data':{'licenses':'ansys:1'}}");
    clitest_expect(t, "scontrol -o show lic", 0, "No licenses configured in Slurm.\n",
                   "");
    clitest_expect(t, "scontrol -o --controller-namespace default show lic", 0, said,
                   "");
    clitest_setenv(t, "GANTRY_CONTROLLER_NAMESPACE", "default");
    clitest_expect(t, "scontrol -o show lic", 0, said, "");
    clitest_free(t);
}
END_TEST

/* ---- what it does ---- */

static const struct {
    const char *line, *job, *holds; /* of the job afterwards */
} acts[] = {
    {"scontrol hold 3", "big", "spec.hold=User"},
    {"scontrol hold 5", "later", "spec.hold=Admin"},
    {"scontrol uhold 5", "later", "spec.hold=User"},
    {"scontrol release 4", "held", "spec.hold!"},
    {"scontrol hold jobname=big", "big", "spec.hold=User"},
    {"scontrol requeue 1", "train", "spec.actions.0.type=Requeue|status.restarts=1"},
    {"scontrol requeuehold 1", "train",
     "spec.actions.0.type=RequeueHold|status.restarts=1|spec.hold=User"},
    {"scontrol requeue 2", "done", "spec.actions.0.type=Requeue|status.restarts=1"},
    {"scontrol update JobId=3 TimeLimit=90", "big", "spec.timeLimit=90"},
    {"scontrol update JobId=3 TimeLimit+=30", "big", "spec.timeLimit=02:30:00"},
    {"scontrol update JobId=3 TimeLimit=-30", "big", "spec.timeLimit=01:30:00"},
    {"scontrol update jobid 3 timelimit 90", "big", "spec.timeLimit=90"},
    {"scontrol update Job=3 Nice=-5 Comment=x NumNodes=2", "big",
     "spec.nice=-5|spec.comment=x|spec.nodes=2"},
    {"scontrol update JobId=3 Name=other ReqNodeList=n[1-2] ExcNodeList=n3", "big",
     "spec.jobName=other|spec.nodeList=n[1-2]|spec.exclude=n3"},
    {"scontrol update JobId=4 Requeue=no OverSubscribe=YES", "held",
     "spec.requeue=false|spec.overSubscribe=true"},
    {"scontrol update JobId=3 Shared=no", "big", "spec.overSubscribe=false"},
    {"scontrol update JobId=3 TresPerNode=gres/gpu:h100:2 MinMemoryNode=4G", "big",
     "spec.gpusPerNode=h100:2|spec.memPerNode=4G"},
    {"scontrol update JobId=3 Switches=2@5", "big", "spec.switches=2@5"},
    {"scontrol update JobId=4 ExcNodeList=", "held", "spec.exclude!"},
    {"scontrol update JobId=5 StartTime=now+30minutes", "later",
     "spec.begin=2027-01-15T08:31:33Z"},
    {"scontrol update JobId=5 Deadline=now+2hours", "later",
     "spec.deadline=2027-01-15T10:01:33Z"},
    {"scontrol update JobId=5 Deadline= NumNodes=2-3 Features=[a*2]", "later",
     "spec.deadline!|spec.nodes=2-3|spec.constraint=[a*2]"},
    {"scontrol update JobName=big Nice=3", "big", "spec.nice=3|spec.jobName!"},
    {"scontrol update JobId=1 Comment=new", "train", "spec.comment=new"},
};

/* Job 1 has its grace time, for 2. */
START_TEST(test_preempt_session)
{
    struct clitest *t = clitest_new();

    ctltest_preempting(t->ctl);
    ctltest_make(t->ctl, "QOS", "low", "'graceTime':'120'");
    ctltest_make(t->ctl, "QOS", "high", "'preempt':['low']");
    ctltest_submit(t->ctl, "hog",
                   "'nodes':4,'exclusive':true,'qos':'low','user':'bob'");
    ctltest_advance(t->ctl, 60);
    ctltest_submit(t->ctl, "urgent", "'qos':'high','user':'alice'");
    ctltest_advance(t->ctl, 10);
    session_play(t, GOLDEN "scontrol_preempt.txt");
    clitest_free(t);
}
END_TEST

/* One job of a user gains age at a time; when the other does, nobody knows. */
START_TEST(test_accrue)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "QOS", "normal",
                 "'limits':{'maxJobsAccruePerUser':1,'maxWall':'45'}");
    for (int i = 0; i < 3; i++) {
        AUTO_FREE char *name = xasprintf("j%d", i);
        ctltest_submit(t->ctl, name, "'nodes':4,'exclusive':true,'user':'alice'");
        ctltest_settle(t->ctl);
    }
    ck_assert_int_eq(clitest_run(t, "scontrol show job 2"), 0);
    ck_assert_msg(strstr(t->out, "\n   AccrueTime=2027-01-15T08:00:01\n"), "%s",
                  t->out);
    ck_assert_int_eq(clitest_run(t, "scontrol show job 3"), 0);
    ck_assert_msg(strstr(t->out, "\n   AccrueTime=Unknown\n"), "%s", t->out);
    clitest_expect(t, "squeue -h -j 3 -O accruetime", 0, "N/A                 \n", "");
    clitest_expect(t, "squeue -h -j 1,3 -o '%i %l'", 0, "3 45:00\n1 45:00\n", "");
    clitest_free(t);
}
END_TEST

START_TEST(test_act)
{
    struct clitest *t = clitest_new_busy();

    clitest_expect(t, acts[_i].line, 0, "", "");
    ctltest_settle(t->ctl);
    ctltest_reap(t->ctl);
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, acts[_i].job, acts[_i].holds);
    clitest_free(t);
}
END_TEST

/* ---- its own lines ---- */

START_TEST(test_lines)
{
    struct clitest *t = clitest_new_busy();

    t->in = "show hostnames n[1-2]\n\nshow foo\nupdate JobId=3 Comment='two words'\n"
            "quit\nshow hostnames n9\n";
    clitest_expect(t, "scontrol", 0,
                   "scontrol: n1\nn2\nscontrol: scontrol: scontrol: scontrol: ",
                   "invalid entity:foo for keyword:show (job, node, partition, "
                   "reservation, license, topology, config, "
                   "hostnames, hostlist, hostlistsorted)\n");
    ctltest_expect(t->ctl, "big", "spec.comment=two words");
    t->in = "frobnicate\n";
    clitest_expect(t, "scontrol", 1, "scontrol: scontrol: \n",
                   "invalid keyword: frobnicate\n");
    clitest_free(t);
}
END_TEST

START_TEST(test_nodelist_of_the_job)
{
    struct clitest *t = clitest_new();

    clitest_setenv(t, "SLURM_JOB_NODELIST", "a[1-2],b7");
    clitest_expect(t, "scontrol show hostnames", 0, "a1\na2\nb7\n", "");
    clitest_expect(t, "scontrol show hostnames c3", 0, "c3\n", "");
    clitest_free(t);
}
END_TEST

/* What a partition may say, and how Slurm shows it. */
START_TEST(test_partition)
{
    struct clitest *t = clitest_new();

    ctltest_make(
        t->ctl, "Partition", "gpu",
        "'qos':'night','alternate':'main','overTimeLimit':'1:30',"
        "'maxCPUsPerNode':12,'defCpuPerGPU':4,'defMemPerGPU':'8G','maxMemPerCPU':'4G',"
        "'exclusive':true,'lln':true,'reqResv':true,'defaultTime':'30',"
        "'overSubscribe':'YES:2',"
        "'maxTime':'1-0','minNodes':1,'maxNodes':2,'denyAccounts':['a','b'],"
        "'denyGroups':['guests'],"
        "'allowQos':['q'],'state':'DRAIN','priorityTier':3,"
        "'priorityJobFactor':7");
    clitest_expect(
        t, "scontrol show partition gpu", 0,
        "PartitionName=gpu\n"
        "   DenyGroups=guests DenyAccounts=a,b AllowQos=q\n"
        "   AllocNodes=ALL Alternate=main Default=NO QoS=night\n"
        "   DefaultTime=00:30:00 DisableRootJobs=NO Exclusive=NODE GraceTime=0 "
        "Hidden=NO\n"
        "   MaxNodes=2 MaxTime=1-00:00:00 MinNodes=1 LLN=YES MaxCPUsPerNode=12 "
        "MaxCPUsPerSocket=UNLIMITED\n"
        "   Nodes=n[1-4]\n"
        "   PriorityJobFactor=7 PriorityTier=3 RootOnly=NO ReqResv=YES "
        "OverSubscribe=YES:2\n"
        "   OverTimeLimit=2 PreemptMode=N/A\n"
        "   State=DRAIN TotalCPUs=64 TotalNodes=4 SelectTypeParameters=NONE\n"
        "   JobDefaults=DefCpuPerGPU=4,DefMemPerGPU=8192\n"
        "   DefMemPerNode=UNLIMITED MaxMemPerCPU=4096\n"
        "   TRES=cpu=64,mem=256G,node=4,billing=64,gres/gpu=32\n\n",
        "");
    clitest_free(t);
}
END_TEST

static void expect_holds(struct clitest *t, const char *line, const char *part)
{
    ck_assert_int_eq(clitest_run(t, line), 0);
    ck_assert_msg(strstr(t->out, part) != NULL, "%s: no \"%s\" in\n%s", line, part,
                  t->out);
}

/* Nodes that are one user's, by what a job or its partition says. */
START_TEST(test_owner)
{
    struct clitest *t = clitest_new();

    ctltest_submit(t->ctl, "own",
                   "'user':'alice','exclusiveUser':true,'nodeList':'n1'");
    ctltest_settle(t->ctl);
    ctltest_submit(t->ctl, "beside", "'user':'alice','nodeList':'n1'");
    ctltest_submit(t->ctl, "other", "'user':'bob','nodeList':'n1'");
    ctltest_settle(t->ctl);
    clitest_expect(t, "scontrol update PartitionName=main Exclusive=user", 0, "", "");
    ctltest_settle(t->ctl);
    ctltest_submit(t->ctl, "bob", "'user':'bob','nodeList':'n2'");
    ctltest_settle(t->ctl);
    clitest_expect(t, "squeue -h -S i -o %i/%T/%h/%N", 0,
                   "1/RUNNING/USER/n1\n2/RUNNING/OK/n1\n3/PENDING/OK/\n"
                   "4/RUNNING/USER/n2\n",
                   "");
    expect_holds(t, "scontrol -o show job 1", " OverSubscribe=USER ");
    expect_holds(t, "scontrol -o show node n1", " Owner=alice(");
    expect_holds(t, "scontrol -o show node n2", " Owner=bob(");
    expect_holds(t, "scontrol -o show node n3", " Owner=N/A ");
    expect_holds(t, "scontrol -o show partition main", " Exclusive=USER ");
    clitest_expect(t, "scontrol update PartitionName=main Exclusive=NODE", 0, "", "");
    expect_holds(t, "scontrol -o show partition main", " Exclusive=NODE ");
    clitest_expect(t,
                   "scontrol update PartitionName=main Exclusive=no ExclusiveUser=yes",
                   0, "", "");
    expect_holds(t, "scontrol -o show partition main", " Exclusive=USER ");
    clitest_expect(t, "scontrol update PartitionName=main Exclusive=topo", 1, "",
                   "scontrol: error: Invalid Exclusive value: topo\n");
    clitest_free(t);
}
END_TEST

START_TEST(test_json)
{
    static const struct {
        const char *line, *holds;
    } rows[] = {
        {"scontrol show job 1 --json", "jobs#1|jobs.0.job_id=1|jobs.0.nodes=n[1-2]"},
        {"scontrol --json show jobs", "jobs#5|jobs.4.job_id=5"},
        {"scontrol show node n1 --json", "nodes#1|nodes.0.state.0=MIXED|nodes.0.alloc_"
                                         "cpus=4|nodes.0.partitions.0=main"},
        {"scontrol show partition --json",
         "partitions#1|partitions.0.name=main|partitions.0.nodes.configured=n[1-4]"},
    };
    struct clitest *t = clitest_new_busy();

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_json(t, rows[i].line, rows[i].holds);
    clitest_free(t);
}
END_TEST

START_TEST(test_no_jobs)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "scontrol show job", 0, "No jobs in the system\n", "");
    clitest_expect(t, "scontrol -Q show job", 0, "", "");
    clitest_free(t);
}
END_TEST

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    return suite_main("gantry/scontrol", (struct suite_row[]){
                                             {test_session, ARRAY_LEN(sessions)},
                                             {test_payers, 1},
                                             {test_topology, 1},
                                             {test_blocks, 1},
                                             {test_controller_namespace, 1},
                                             {test_preempt_session, 1},
                                             {test_accrue, 1},
                                             {test_act, ARRAY_LEN(acts)},
                                             {test_lines, 1},
                                             {test_nodelist_of_the_job, 1},
                                             {test_partition, 1},
                                             {test_owner, 1},
                                             {test_json, 1},
                                             {test_no_jobs, 1},
                                             {NULL, 0},
                                         });
}
