/* scontrol against golden sessions, tests/gantry/golden/scontrol*.txt, whose layout and
 * messages were compared with Slurm's. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "scheduler/stock.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/gantry/golden/"

/* alice is who asks. Job 1 of hers runs on n1 and n2, 2 of bob's has ended, 3 to 5
 * wait. */
static struct clitest *api_new(void)
{
    static const struct {
        const char *name, *spec;
    } jobs[] = {
        {"train", "'nodes':2,'priority':300,'gpusPerNode':'h100:4','cpusPerTask':4,'"
                  "memPerNode':'8G',"
                  "'timeLimit':'1:00:00','user':'alice','comment':'hi there'"},
        {"done", "'priority':200,'timeLimit':'10','user':'bob'"},
        {"big", "'nodes':'3-4','exclusive':true,'timeLimit':'2:00:00','priority':900,"
                "'user':'alice'"},
        {"held", "'hold':'User','user':'alice','exclude':'n4','nice':10"},
        {"later", "'begin':'now+1hour','timeLimit':'30','priority':700,'user':'bob',"
                  "'requeue':false,'memPerCpu':'1G'"},
    };
    struct clitest *t = clitest_new();

    for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
        ctltest_submit(t->ctl, jobs[i].name, jobs[i].spec);
        ctltest_settle(t->ctl);
    }
    ctltest_advance(t->ctl, 30);
    ctltest_end(t->ctl, "done", 0, 3);
    ctltest_advance(t->ctl, 60);
    return t;
}

static const char *const sessions[] = {"scontrol_show.txt", "scontrol_update.txt",
                                       "scontrol_act.txt", "scontrol_node.txt",
                                       "scontrol_wrong.txt"};

START_TEST(test_session)
{
    AUTO_FREE char *path = xasprintf(GOLDEN "%s", sessions[_i]);
    struct clitest *t = api_new();

    session_play(t, path);
    clitest_free(t);
}
END_TEST

static void reserve(struct clitest *t, const char *name, const char *spec)
{
    ctltest_make(t->ctl, "Reservation", name, spec);
    ctltest_settle(t->ctl);
}

/* Maintenance is under way, and a course is to come, on whatever node is free then. */
START_TEST(test_resv_session)
{
    struct clitest *t = api_new();

    reserve(t, "maint",
            "'startTime':'now','duration':'120','nodes':'n[3-4]','users':['root'],"
            "'flags':['MAINT','IGNORE_JOBS']");
    reserve(t, "course",
            "'startTime':'now+1hours','duration':'1:00:00','nodeCount':1,"
            "'partition':'main','users':['ann','-bob'],'accounts':['physics'],"
            "'flags':['DAILY']");
    reserve(t, "part",
            "'startTime':'now','duration':'30','tres':{'cpu':'6','mem':'4G',"
            "'gres/gpu:h100':'2'},'users':['ann']");
    session_play(t, GOLDEN "scontrol_resv.txt");
    ck_assert_int_eq(apitest_request(t->ctl->api, "GET",
                                     "/apis/gantry.dev/v1alpha1/reservations/gpus",
                                     NULL),
                     200);
    apitest_expect(t->ctl->api, "gpus",
                   "spec.tres#1|spec.tres.gres/gpu=4|spec.features!|"
                   "spec.endTime~2027-01-15T12:01|spec.description=spare");
    ck_assert_int_eq(apitest_request(t->ctl->api, "GET",
                                     "/apis/gantry.dev/v1alpha1/reservations/c", NULL),
                     200);
    apitest_expect(t->ctl->api, "c", "spec.duration=00:30:00|spec.nodes=n[2,4]");
    ctltest_settle(t->ctl);
    ck_assert_int_eq(apitest_request(t->ctl->api, "GET",
                                     "/apis/gantry.dev/v1alpha1/reservations/typed",
                                     NULL),
                     200);
    apitest_expect(t->ctl->api, "typed",
                   "spec.tres.gres/gpu:h100=16|status.nodeCount=2");
    clitest_free(t);
}
END_TEST

/* One that a job names is in use where the job runs in it. */
START_TEST(test_resv_in_use)
{
    struct clitest *t = api_new();

    reserve(t, "a", "'duration':'60','nodes':'n1','users':['ann']");
    reserve(t, "b", "'duration':'60','nodes':'n2','users':['ann']");
    ctltest_submit(t->ctl, "in", "'user':'ann','reservation':'b,a','timeLimit':'10'");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "in", "status.state=RUNNING|status.reservation=b");
    ck_assert_int_eq(clitest_run(t, "squeue -h -R a -o %v"), 0);
    ck_assert_str_eq(t->out, "b,a\n");
    clitest_expect(t, "scontrol delete ReservationName=b", 1, "",
                   "slurm_delete_reservation error: Requested reservation is in use\n");
    clitest_expect(t, "scontrol delete ReservationName=a", 0, "", "");
    clitest_free(t);
}
END_TEST

/* One that has drawn a job in is shown as the job's, and in use. */
START_TEST(test_resv_draws)
{
    struct clitest *t = api_new();

    reserve(t, "lab",
            "'duration':'60','nodes':'n2','users':['ann'],'flags':['MAGNETIC']");
    ctltest_submit(t->ctl, "in", "'user':'ann','timeLimit':'10'");
    ctltest_submit(t->ctl, "out", "'user':'ann','timeLimit':'2:00:00'");
    ctltest_settle(t->ctl);
    ck_assert_int_eq(clitest_run(t, "squeue -h -n in,out -o '%j %v' -S j"), 0);
    ck_assert_str_eq(t->out, "in lab\nout (null)\n");
    ck_assert_int_eq(clitest_run(t, "squeue -h -R lab -o %j"), 0);
    ck_assert_str_eq(t->out, "in\n");
    ck_assert_int_eq(clitest_run(t, "scontrol show job"), 0);
    ck_assert_ptr_nonnull(strstr(t->out, "\n   Reservation=lab\n"));
    clitest_expect(t, "scontrol delete ReservationName=lab", 1, "",
                   "slurm_delete_reservation error: Requested reservation is in use\n");
    clitest_free(t);
}
END_TEST

/* While there are accounts none is taken that is not among them; made all the same it
 * says so. */
START_TEST(test_resv_accounts)
{
    struct clitest *t = api_new();

    ctltest_make(t->ctl, "Account", "physics", "'members':[{'user':'ann'}]");
    clitest_expect(
        t,
        "scontrol create reservation ReservationName=a Duration=60 NodeCnt=1 "
        "Accounts=physics,-chemistry StartTime=now+3hours",
        1, "",
        "Error creating the reservation: Invalid account or account/partition "
        "combination specified: there is no account \"chemistry\"\n");
    clitest_expect(
        t,
        "scontrol create reservation ReservationName=a Duration=60 NodeCnt=1 "
        "Accounts=physics StartTime=now+3hours",
        0, "Reservation created: a\n", "");
    reserve(t, "b",
            "'startTime':'now+3hours','duration':'10','nodes':'n1',"
            "'accounts':['chemistry']");
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation b"), 0);
    ck_assert_msg(strstr(t->out, "SystemComment=account chemistry does not exist\n"),
                  "%s", t->out);
    clitest_free(t);
}
END_TEST

/* A job is charged to none that is not there; without accounts their names mean
 * nothing, and are taken. */
START_TEST(test_payers)
{
    struct clitest *t = api_new();

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

/* So many licences there are. */
static void configure_licenses(struct clitest *t, const char *licenses)
{
    struct err err = ERR_INIT;

    ck_assert_int_eq(
        license_table_parse(licenses, &t->ctl->settings.sched.licenses, &err), 0);
    controller_configure(t->ctl->ctl, &t->ctl->settings);
    ctltest_settle(t->ctl);
}

static void expect_shown(struct clitest *t, const char *name, const char *part)
{
    AUTO_FREE char *line = xasprintf("scontrol -o show reservation %s", name);

    ck_assert_int_eq(clitest_run(t, line), 0);
    ck_assert_msg(strstr(t->out, part), "%s", t->out);
}

static void expect_said(const struct clitest *t, const char *part)
{
    ck_assert_msg(strstr(t->out, part), "%s not in %s", part, t->out);
}

/* As TRES they are its licences; what is said is what it has then. */
START_TEST(test_resv_tres_licenses)
{
    struct clitest *t = api_new();

    configure_licenses(t, "matlab:10,ansys:2");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=a StartTime=now "
                   "Duration=60 TRES=license/matlab=2,license/ansys=1 Users=ann "
                   "Flags=ANY_NODES",
                   0, "Reservation created: a\n", "");
    expect_shown(t, "a", " Licenses=matlab:2,ansys:1 ");
    clitest_expect(t, "scontrol update ReservationName=a TRES=license/matlab=3", 0,
                   "Reservation updated.\n", "");
    expect_shown(t, "a", " Licenses=matlab:3 ");
    clitest_expect(t, "scontrol update ReservationName=a TRES=license/matlab=11", 1, "",
                   "Error updating the reservation: Invalid license specification: 11 "
                   "of \"matlab\" are asked for, and there are 10\n");
    clitest_free(t);
}
END_TEST

/* So many keep licences: no more are made, and one made all the same says so. */
START_TEST(test_resv_too_many)
{
    struct clitest *t = api_new();

    configure_licenses(t, "matlab:1000");
    for (int i = 0; i <= KEEPS_MAX; i++) {
        AUTO_FREE char *name = xasprintf("r%02d", i);

        ctltest_make(t->ctl, "Reservation", name,
                     "'startTime':'now+1hours','duration':'10','users':['ann'],"
                     "'licenses':'matlab','flags':['ANY_NODES']");
    }
    ctltest_advance(t->ctl, 30);
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation r64"), 0);
    ck_assert_msg(strstr(t->out, "SystemComment=keeps no licences: of all reservations "
                                 "with licences the first 64 by name do\n"),
                  "%s", t->out);
    clitest_expect(t,
                   "scontrol create reservation ReservationName=more StartTime=now "
                   "Duration=10 Users=ann Licenses=matlab Flags=ANY_NODES",
                   1, "",
                   "Error creating the reservation: there are 65 reservations with "
                   "licences: no more keep any\n");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=more StartTime=now "
                   "Duration=10 Users=ann Nodes=n3",
                   0, "Reservation created: more\n", "");
    clitest_free(t);
}
END_TEST

/* Job 1 runs on n1 and n2 for an hour; none is moved over it unawares, nor is one that
 * comes again while it has time until then; a job of its own is in nobody's way. */
START_TEST(test_resv_moved)
{
    struct clitest *t = api_new();

    clitest_expect(t,
                   "scontrol create reservation ReservationName=a Duration=60 "
                   "StartTime=now+1day Nodes=n[2-3] Users=ann",
                   0, "Reservation created: a\n", "");
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now+30minutes", 1,
                   "", "Error updating the reservation: Requested nodes are busy\n");
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now+2hours", 0, NULL,
                   "");
    clitest_expect(t,
                   "scontrol update ReservationName=a StartTime=now+30minutes "
                   "Flags+=IGNORE_JOBS",
                   0, NULL, "");
    clitest_expect(t, "scontrol update ReservationName=a Flags-=IGNORE_JOBS", 1, "",
                   "Error updating the reservation: Requested nodes are busy\n");
    clitest_expect(t, "scontrol update ReservationName=a Users+=bob", 0, NULL, "");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=b Duration=60 "
                   "StartTime=2027-01-14T06:00 Nodes=n2 Users=ann Flags=DAILY",
                   0, "Reservation created: b\n", "");
    reserve(t, "own", "'duration':'60','nodes':'n4','users':['ann']");
    ctltest_submit(t->ctl, "in", "'user':'ann','reservation':'own','timeLimit':'10'");
    ctltest_settle(t->ctl);
    ctltest_expect(t->ctl, "in", "status.state=RUNNING");
    clitest_expect(t, "scontrol update ReservationName=own Duration=90", 0, NULL, "");
    clitest_free(t);
}
END_TEST

/* Nodes that were chosen stay: it is not moved to where they are somebody else's. */
START_TEST(test_resv_chosen_moved)
{
    struct clitest *t = clitest_new();

    ctltest_submit(t->ctl, "on", "'nodes':3,'exclusive':true,'timeLimit':'10'");
    ctltest_settle(t->ctl);
    clitest_expect(t,
                   "scontrol create reservation ReservationName=a Duration=60 "
                   "StartTime=now+1day NodeCnt=2 Users=ann",
                   0, "Reservation created: a\n", "");
    ctltest_settle(t->ctl);
    expect_shown(t, "a", " Nodes=n[1-2] ");
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now", 1, "",
                   "Error updating the reservation: Requested nodes are busy\n");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=b Duration=60 "
                   "StartTime=now+2days Nodes=n1 Users=ann",
                   0, "Reservation created: b\n", "");
    ctltest_settle(t->ctl);
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now+2days", 1, "",
                   "Error updating the reservation: Requested reservation overlaps "
                   "with another reservation\n");
    clitest_expect(t, "scontrol update ReservationName=a StartTime=now+3hours", 0, NULL,
                   "");
    clitest_free(t);
}
END_TEST

/* As Slurm's data parser has reservations and licences. */
START_TEST(test_resv_json)
{
    struct clitest *t = clitest_new();

    configure_licenses(t, "matlab:10");
    reserve(t, "a",
            "'startTime':'2027-01-15T09:00:00Z','duration':'5','nodes':'n[3-4]',"
            "'users':['ann','bob'],'licenses':'matlab:2','flags':['DAILY'],"
            "'maxStartDelay':'2'");
    reserve(t, "b", "'duration':'5','nodes':'n1','accounts':['-x'],'purgeComp':'5'");
    ck_assert_int_eq(clitest_run(t, "scontrol --json show reservation"), 0);
    expect_said(t, "{\"name\":\"a\",\"start_time\":{\"set\":true,"
                   "\"infinite\":false,\"number\":1800003600},");
    expect_said(t, "\"core_count\":32,\"node_count\":2,\"node_list\":\"n[3-4]\","
                   "\"tres\":\"cpu=32\",\"flags\":[\"DAILY\",\"SPEC_NODES\"],");
    expect_said(t, "\"licenses\":\"matlab:2\",\"users\":\"ann,bob\",");
    expect_said(t, "\"max_start_delay\":120,\"purge_completed\":{\"time\":{\"set\":"
                   "false,");
    expect_said(t, "\"flags\":[\"SPEC_NODES\",\"PURGE_COMP\"],");
    ck_assert_int_eq(clitest_run(t, "scontrol --json show reservation b"), 0);
    ck_assert_ptr_null(strstr(t->out, "\"name\":\"a\""));
    ck_assert_int_eq(clitest_run(t, "scontrol --json show licenses"), 0);
    expect_said(t, "{\"LicenseName\":\"matlab\",\"Total\":10,\"Used\":0,\"Free\":10,"
                   "\"Remote\":false,\"Reserved\":0}");
    clitest_free(t);
}
END_TEST

/* One that is over is shown as it was. */
START_TEST(test_resv_over)
{
    struct clitest *t = api_new();

    reserve(t, "short",
            "'startTime':'now','duration':'5','nodes':'n4','users':['ann']");
    ctltest_advance(t->ctl, 400);
    expect_shown(t, "short",
                 " StartTime=2027-01-15T08:01:33 EndTime=2027-01-15T08:06:33 "
                 "Duration=00:05:00 ");
    expect_shown(t, "short", " State=INACTIVE ");
    clitest_free(t);
}
END_TEST

/* Job 1 runs on n1 and n2 for an hour; none is made over it unawares. */
START_TEST(test_resv_busy)
{
    struct clitest *t = api_new();

    clitest_expect(t,
                   "scontrol create reservation ReservationName=a Duration=60 "
                   "StartTime=now+30minutes Nodes=n[2-3] Users=ann",
                   1, "", "Error creating the reservation: Requested nodes are busy\n");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=a Duration=60 "
                   "StartTime=now+30minutes Nodes=n[2-3] Users=ann Flags=IGNORE_JOBS",
                   0, "Reservation created: a\n", "");
    clitest_expect(t,
                   "scontrol create reservation ReservationName=b Duration=60 "
                   "StartTime=now+3hours Nodes=n[2-3] Users=ann",
                   0, "Reservation created: b\n", "");
    reserve(t, "c",
            "'startTime':'now+30minutes','duration':'10','nodes':'n1','users':['ann']");
    ctltest_advance(t->ctl, 5);
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation c"), 0);
    ck_assert_msg(strstr(t->out, "SystemComment=job 1 runs into its time on its nodes: "
                                 "it lacks the flag IGNORE_JOBS\n"),
                  "%s", t->out);
    ctltest_end(t->ctl, "train", 0, 0);
    ctltest_end(t->ctl, "train", 1, 0);
    ctltest_advance(t->ctl, 70);
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation c"), 0);
    ck_assert_msg(!strstr(t->out, "SystemComment"), "%s", t->out);
    clitest_free(t);
}
END_TEST

/* What comes again each day is left out once; then it is the day after. */
START_TEST(test_resv_skip)
{
    struct clitest *t = api_new();

    reserve(t, "course",
            "'startTime':'now+1hours','endTime':'now+2hours','nodes':'n1',"
            "'users':['ann'],'flags':['DAILY']");
    clitest_expect(t, "scontrol update reservation=course skip", 0,
                   "Reservation updated.\n", "");
    ctltest_settle(t->ctl);
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation course"), 0);
    ck_assert_msg(strstr(t->out, " StartTime=2027-01-16T09:01:33"
                                 " EndTime=2027-01-16T10:01:33 Duration=01:00:00\n"),
                  "%s", t->out);
    clitest_free(t);
}
END_TEST

/* Two of three licences are in use, by the job that runs; one job waits for more. */
START_TEST(test_licenses)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "scontrol show lic", 0, "No licenses configured in Slurm.\n", "");
    configure_licenses(t, "matlab:3,ansys:10");
    ctltest_submit(t->ctl, "a", "'licenses':'matlab:2'");
    ctltest_settle(t->ctl);
    ctltest_submit(t->ctl, "b", "'licenses':'matlab:2,ansys'");
    ctltest_settle(t->ctl);
    ctltest_submit(t->ctl, "any", "'licenses':'matlab:2|ansys:3'");
    ctltest_settle(t->ctl);
    reserve(t, "course",
            "'duration':'60','nodes':'n4','users':['ann'],'licenses':'ansys:4'");
    session_play(t, GOLDEN "scontrol_lic.txt");
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

/* What its maker says of it, and what the controller does. */
START_TEST(test_resv_comments)
{
    struct clitest *t = api_new();

    reserve(t, "ghost",
            "'duration':'60','nodes':'n9','users':['ann'],'description':'a b'");
    ck_assert_int_eq(clitest_run(t, "scontrol show reservation ghost"), 0);
    ck_assert_msg(strstr(t->out, "\n   Comment=a b\n   SystemComment=nodes that do not "
                                 "exist: n9\n"),
                  "%s", t->out);
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
    struct clitest *t = api_new();

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
    struct clitest *t = api_new();

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
    struct clitest *t = api_new();

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
                                             {test_resv_session, 1},
                                             {test_licenses, 1},
                                             {test_resv_too_many, 1},
                                             {test_resv_accounts, 1},
                                             {test_payers, 1},
                                             {test_resv_busy, 1},
                                             {test_resv_moved, 1},
                                             {test_resv_chosen_moved, 1},
                                             {test_resv_json, 1},
                                             {test_resv_over, 1},
                                             {test_resv_tres_licenses, 1},
                                             {test_resv_skip, 1},
                                             {test_resv_in_use, 1},
                                             {test_resv_draws, 1},
                                             {test_topology, 1},
                                             {test_blocks, 1},
                                             {test_controller_namespace, 1},
                                             {test_resv_comments, 1},
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
