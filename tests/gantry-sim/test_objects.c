/* Recorded jobs on a cluster's own objects. */
#include "tests/support/simtest.h"

#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

/* One node of 8 GPUs. bob's account has used much, ann's nothing; eve has none. In the
 * second hour the node is kept for cem. */
static const char objects[] =
    "kind: Node\nmetadata: {name: n1}\n"
    "status: {allocatable: {cpu: '8', nvidia.com/gpu: '8'}}\n"
    "---\nkind: Account\nmetadata: {name: red}\n"
    "spec: {members: [{user: ann}, {user: cem}]}\n"
    "---\nkind: Account\nmetadata: {name: blue}\nspec: {members: [{user: bob}]}\n"
    "status: {usage: {asOf: '2026-11-24T19:00:00Z', members: [{user: bob,"
    " billingMilliseconds: 100000000000}]}}\n"
    "---\nkind: Reservation\nmetadata: {name: lab}\n"
    "spec: {startTime: '1970-01-01T01:00:00Z', duration: '60', nodes: n1,"
    " users: [cem]}\n";

static const char shares_csv[] =
    "submit_s,duration_s,timelimit_s,gpus,account,user,reservation\n"
    "0,600,600,8,red,ann,\n"
    "1,300,300,8,blue,bob,\n"
    "1,600,600,8,red,ann,\n"
    "3,600,600,8,red,eve,\n"
    "4,600,600,8,red,cem,lab\n"
    "5,1800,3000,8,red,ann,\n";

/* The jobs on that cluster, as JSON behind what is said of them. */
static void replay_json(const char *root, const char *cluster, const char *jobs,
                        struct str *said)
{
    simtest_write(root, "c.yaml", cluster);
    simtest_write(root, "w.csv", jobs);
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", "@/w.csv", "--cluster", "@/c.yaml", "--json"),
                    said),
        0);
}

START_TEST(test_objects)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    replay_json(root, objects, shares_csv, &said);
    simtest_expect(&said, "/w.csv:5: never started: InvalidAccount: ");
    simtest_expect(&said, "\"waitMedianSec\":1199,"); /* bob: ann's second is first */
    simtest_expect(&said, "\"waitMaxSec\":7195,");    /* ann's third, behind it */
    simtest_expect(&said, "{\"account\":\"blue\",\"jobs\":1,\"gpuHours\":0.66");
    tempdir_free(root);
}
END_TEST

/* What `kubectl get reservations -o yaml` prints has dates. The node is kept for an
 * hour, half an hour after the first job would come: it waits for the end of that. On
 * the file's own clock the same reservation begins in 56 years. */
START_TEST(test_begin)
{
    static const char dump[] =
        "kind: List\nitems:\n"
        "- {kind: Node, metadata: {name: n1}, status: {allocatable: {cpu: '8'}}}\n"
        "- {kind: Reservation, metadata: {name: lab, creationTimestamp:"
        " '2026-11-20T00:00:00Z'}, spec: {startTime: '2026-11-27T08:30:00Z', duration:"
        " '60', nodes: n1, users: [cem]}}\n";
    static const char jobs[] = "submit_s,duration_s,timelimit_s,cpus\n"
                               "500,3600,3600,8\n";
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "c.yaml", dump);
    simtest_write(root, "w.csv", jobs);
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", "@/w.csv", "--cluster", "@/c.yaml",
                                     "--begin", "2026-11-27T08:00:00Z"),
                                 &said),
                     0);
    simtest_expect(&said, "\nwait, longest                                5400 s\n");
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", "@/w.csv", "--cluster", "@/c.yaml"), &said), 0);
    simtest_expect(&said, "\nwait, longest                                   0 s\n");
    simtest_expect(&said, "/c.yaml: Reservation lab: begins at 2026-11-27T08:30:00Z, "
                          "when the replay is over (1970-01-01T01:08:20Z); --begin "
                          "sets its clock\n");
    tempdir_free(root);
}
END_TEST

/* Who is not taken in when he submits is refused, and nobody else is: by a partition
 * without an alternate, by how many are queued, by DenyOnLimit. Those who depend on
 * him hear that he has failed. */
START_TEST(test_refused)
{
    static const char cluster[] =
        "kind: Node\nmetadata: {name: n}\nstatus: {allocatable: {cpu: '8'}}\n---\n"
        "kind: Partition\nmetadata: {name: p}\nspec: {default: true}\n---\n"
        "kind: Partition\nmetadata: {name: old}\nspec: {state: DRAIN, alternate: p}\n"
        "---\nkind: Partition\nmetadata: {name: shut}\nspec: {state: INACTIVE}\n---\n"
        "kind: QOS\nmetadata: {name: one}\nspec: {flags: [DenyOnLimit], limits:"
        " {maxSubmitJobsPerUser: 1, maxTRESPerJob: {cpu: 4}}}\n";
    static const char jobs[] =
        "submit_s,duration_s,cpus,user,partition,qos,job_id,dependency,array\n"
        "0,600,1,ann,old,,1,,\n"          /* the alternate has it */
        "0,600,1,ann,shut|p,,2,,\n"       /* the other one has */
        "0,600,1,ann,shut,,3,,\n"         /* refused */
        "0,600,1,bob,,one,4,,\n"          /* the one that may */
        "0,600,1,bob,,one,5,,0-2\n"       /* refused, all three */
        "0,600,5,cem,,one,6,,\n"          /* refused: more than 4 CPUs */
        "0,600,1,dan,,,7,afternotok:6,\n" /* runs */
        "0,600,1,dan,,,8,afterany:5,\n"   /* runs */
        "0,600,1,dan,,,9,afterok:5,\n"    /* never */
        "2000,600,1,bob,,one,10,,\n";     /* his first is over */
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    replay_json(root, cluster, jobs, &said);
    simtest_expect(&said, "\"completed\":6,");
    simtest_expect(&said, "\"refused\":5,");
    simtest_expect(&said, "\"neverStarted\":1,");
    simtest_expect(&said, "\"refusedBecause\":{\"PartitionInactive\":1,"
                          "\"QOSMaxSubmitJobPerUserLimit\":3,"
                          "\"QOSMaxCpuPerJobLimit\":1}");
    simtest_expect(&said, "/w.csv:4: refused: PartitionInactive: shut is in state "
                          "INACTIVE\n");
    simtest_expect(&said,
                   "/w.csv:6: refused: QOSMaxSubmitJobPerUserLimit: QOS one "
                   "allows a user 1 job in the queue; and 2 more of that reason");
    tempdir_free(root);
}
END_TEST

/* A limit on GPUs of a type is on those who ask for that type, by whatever label nodes
 * tell theirs. */
START_TEST(test_gpu_type)
{
    static const char cluster[] =
        "kind: Node\nmetadata: {name: n1, labels: {product: h100}}\n"
        "status: {allocatable: {nvidia.com/gpu: '8'}}\n---\n"
        "kind: Node\nmetadata: {name: n2, labels: {product: v100}}\n"
        "status: {allocatable: {nvidia.com/gpu: '8'}}\n---\n"
        "kind: Partition\nmetadata: {name: p}\nspec: {default: true}\n---\n"
        "kind: QOS\nmetadata: {name: q}\n"
        "spec: {limits: {maxTRESPerJob: {'gres/gpu:h100': 2}}}\n";
    static const char jobs[] = "submit_s,duration_s,gpus,gpu_type,qos\n"
                               "0,900,2,h100,q\n0,900,3,h100,q\n0,900,3,v100,q\n"
                               "0,900,9,h100|v100,q\n0,900,1,a100,q\n";
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "c.yaml", cluster);
    simtest_write(root, "w.csv", jobs);
    simtest_write(root, "g.yaml", "gpuTypeLabel: product\n");
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", "@/w.csv", "--cluster", "@/c.yaml", "-c",
                                     "@/g.yaml", "--json"),
                                 &said),
                     0);
    simtest_expect(&said, "\"completed\":3,");
    simtest_expect(&said, "/w.csv:3: never started: QOSMaxGRESPerJob: QOS q allows a "
                          "job gres/gpu:h100=2; it needs gres/gpu:h100=3");
    simtest_expect(&said, "/w.csv:6: never started: BadConstraints: needs 1 node with "
                          "nvidia.com/gpu=1 on GPU type a100; no node of partition p");
    tempdir_free(root);
}
END_TEST

/* Settings that are compared are of one cluster, whichever file is the first; one that
 * does not say it has the default. Nodes as CSV are not read by them. */
static const struct {
    const char *key, *unsaid, *said;
} readings[] = {
    {"gpuResource", "nvidia.com/gpu", "amd.com/gpu"},
    {"gpuTypeLabel", "gantry.dev/gpu-type", "product"},
    {"timeZone", "UTC", "Europe/Berlin"},
};

START_TEST(test_readings)
{
    char *root = tempdir_new();
    AUTO_FREE char *set = xasprintf("%s: %s\n", readings[_i].key, readings[_i].said);
    AUTO_FREE char *want = xasprintf(
        "gantry-sim: --compare: %s is \"%s\" by %s/a.yaml and \"%s\" by %s/b.yaml; "
        "%s/c.yaml is read once, so all must say the same\n",
        readings[_i].key, readings[_i].unsaid, root, readings[_i].said, root, root);
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "c.yaml", objects);
    simtest_write(root, "c.csv", "gpus\n8\n");
    simtest_write(root, "w.csv", shares_csv);
    simtest_write(root, "a.yaml", "");
    simtest_write(root, "b.yaml", set);
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", "@/w.csv", "--cluster", "@/c.yaml",
                                     "--compare", "@/a.yaml", "@/a.yaml", "@/b.yaml"),
                                 &said),
                     2);
    ck_assert_str_eq(said.s, want);
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", "@/w.csv", "--cluster", "@/c.yaml",
                                     "--compare", "@/b.yaml", "@/b.yaml"),
                                 &said),
                     0);
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", "@/w.csv", "--cluster", "@/c.csv",
                                     "--compare", "@/a.yaml", "@/b.yaml"),
                                 &said),
                     0);
    tempdir_free(root);
}
END_TEST

/* What would be wrong in the cluster as well, and is taken all the same. */
START_TEST(test_faults)
{
    static const char cluster[] =
        "kind: Node\nmetadata: {name: n1}\nstatus: {allocatable: {cpu: '8'}}\n---\n"
        "kind: Partition\nmetadata: {name: p}\nspec: {default: true, qos: half}\n"
        "---\nkind: Partition\nmetadata: {name: q}\nspec: {qos: half, nodes: "
        "'n[1-3]'}\n---\nkind: Partition\nmetadata: {name: r}\nspec: {qos: night}\n"
        "---\nkind: QOS\nmetadata: {name: half}\nspec: {flags: [Relative]}\n---\n"
        "kind: Reservation\nmetadata: {name: lab}\nspec: {startTime: "
        "'1970-01-01T01:00:00Z', duration: '60', nodes: 'n[1-2]', users: [cem]}\n";
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "c.yaml", cluster);
    simtest_write(root, "w.csv", "submit_s,duration_s,cpus\n0,600,1\n");
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", "@/w.csv", "--cluster", "@/c.yaml"), &said), 0);
    simtest_expect(&said, "/c.yaml: Partition q: nodes that do not exist: n[2-3]\n");
    simtest_expect(&said,
                   "/c.yaml: Partition r: QOS night does not exist: its jobs wait\n");
    simtest_expect(&said, "/c.yaml: QOS half: it is relative to partition p, and "
                          "cannot be the QOS of q as well\n");
    simtest_expect(&said, "/c.yaml: Reservation lab: nodes that do not exist: n2\n");
    tempdir_free(root);
}
END_TEST

/* Of two accounts, one with three times the shares: what each used beside that. */
START_TEST(test_shares)
{
    static const char cluster[] =
        "kind: Node\nmetadata: {name: n}\nstatus: {allocatable: {cpu: '4'}}\n---\n"
        "kind: Partition\nmetadata: {name: p}\nspec: {default: true}\n---\n"
        "kind: Account\nmetadata: {name: red}\n"
        "spec: {fairshare: 3, members: [{user: ann}]}\n---\n"
        "kind: Account\nmetadata: {name: blue}\nspec: {members: [{user: bob}]}\n";
    static const char jobs[] = "submit_s,duration_s,timelimit_s,cpus,account,user\n"
                               "0,3600,3600,4,red,ann\n"
                               "0,3600,3600,4,blue,bob\n";
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "c.yaml", cluster);
    simtest_write(root, "w.csv", jobs);
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", "@/w.csv", "--cluster", "@/c.yaml"), &said), 0);
    simtest_expect(&said,
                   "\nused by account and those below it, and what its shares are\n"
                   "  blue                        25.0 %         50.0 %\n"
                   "  red                         75.0 %         50.0 %\n");
    tempdir_free(root);
}
END_TEST

#define NODE                                                                    \
    "kind: Node\nmetadata: {name: n}\nstatus: {allocatable: {cpu: '8'}}\n---\n" \
    "kind: Partition\nmetadata: {name: p}\nspec: {default: true}\n---\n"

static const struct {
    const char *cluster, *jobs, *says[3];
} replays[] = {
    /* Of one QOS one job at a time may run; who names it alone waits for it, and who
     * names another as well has that one. */
    {NODE "kind: QOS\nmetadata: {name: a}\nspec: {limits: {grpJobs: 1}}\n---\n"
          "kind: QOS\nmetadata: {name: b}\nspec: {}\n",
     "submit_s,duration_s,timelimit_s,cpus,qos\n"
     "0,900,900,1,a\n0,900,900,1,\"a,b\"\n0,900,900,1,a\n",
     {"\"completed\":3,", "\"waitMedianSec\":0,", "\"waitMaxSec\":900,"}},
    /* The node is kept for ann for ten hours, but nobody needs that for five minutes
     * when her job is over, at 70 s: bob has it then. */
    {NODE "kind: Reservation\nmetadata: {name: r}\nspec: {startTime: "
          "'1970-01-01T00:00:00Z', duration: '600', nodes: n, users: [ann], purgeComp: "
          "5m}\n",
     "submit_s,duration_s,timelimit_s,cpus,user,reservation\n"
     "0,600,600,8,bob,\n10,60,600,1,ann,r\n",
     {"\"completed\":2,", "\"waitMedianSec\":0,", "\"waitMaxSec\":370,"}},
};

START_TEST(test_replays)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    replay_json(root, replays[_i].cluster, replays[_i].jobs, &said);
    for (size_t i = 0; i < ARRAY_LEN(replays[_i].says); i++)
        simtest_expect(&said, replays[_i].says[i]);
    tempdir_free(root);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/objects",
                      (struct suite_row[]){{test_objects, 1},
                                           {test_begin, 1},
                                           {test_gpu_type, 1},
                                           {test_readings, ARRAY_LEN(readings)},
                                           {test_refused, 1},
                                           {test_faults, 1},
                                           {test_shares, 1},
                                           {test_replays, ARRAY_LEN(replays)},
                                           {NULL, 0}});
}
