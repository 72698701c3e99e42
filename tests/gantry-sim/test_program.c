#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/json.h"
#include "base/str.h"
#include "base/util.h"
#include "crds/snapshot.h"
#include "tests/support/cluster_text.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define HAND "tests/gantry-sim/data/hand.csv"
#define COMPLAINT \
    "gantry-sim: " HAND ":5: left out: duration_s: \"oops\" is no number from 0 on\n"

static int run(const char *root, const char *const *args, struct str *said)
{
    struct program p;
    program_start(&p, root, args);
    int status = program_end(&p);
    str_reset(said);
    str_add(said, p.said.s);
    program_fini(&p);
    return status;
}

/* ---- wrong use: one line, and 2 ---- */

static const struct {
    const char *args[PROGRAM_ARGS_MAX];
    const char *said;
} wrong[] = {
    {{"gantry-sim", "-N", "2"}, "gantry-sim: --workload is missing: what is to run?\n"},
    {{"gantry-sim", "-w", HAND}, "gantry-sim: --nodes is missing: on how many?\n"},
    {{"gantry-sim", "-w", HAND, "--cluster", "@/none.csv", "--gpus", "8"},
     "gantry-sim: --cluster: has all nodes; not with --nodes, --gpus and the like\n"},
    {{"gantry-sim", "-w", HAND, "--cluster", "@/none.csv"},
     "gantry-sim: @/none.csv: No such file or directory\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "more"},
     "gantry-sim: unexpected argument \"more\"\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "-c", "@/no.yaml", "--compare",
      "@/bad.yaml"},
     "gantry-sim: --config: not with --compare, which names its settings files\n"},
    {{"gantry-sim", "--snapshot", "@/none", "--begin", "2026-11-27T08:00:00Z"},
     "gantry-sim: --begin: is for a workload; a snapshot begins when it was saved\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "--compare"},
     "gantry-sim: --compare: settings files are missing\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "--config", "@/bad.yaml"},
     "gantry-sim: @/bad.yaml:1: unknown key \"priorityWeightAgee\"; did you mean "
     "\"priorityWeightAge\"?\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "--svg", "@/x.svg", "--compare",
      "@/bad.yaml"},
     "gantry-sim: --svg: one replay only, without --compare\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "--topology", "@/bad.yaml"},
     "gantry-sim: @/bad.yaml:1: \"priorityWeightAgee:\" is not Key=value\n"},
    {{"gantry-sim", "--snapshot", "@/bad.yaml", "-N", "2"},
     "gantry-sim: --snapshot: has all nodes; not with --cluster, --nodes, --gpus and "
     "the like\n"},
    {{"gantry-sim", "--snapshot", "@/bad.yaml", "--memory", "1Ti"},
     "gantry-sim: --snapshot: has all nodes; not with --cluster, --nodes, --gpus and "
     "the like\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "--replay"},
     "gantry-sim: --replay: says what becomes of a --snapshot; a workload is replayed "
     "anyway\n"},
    {{"gantry-sim", "--snapshot", "@/none", "--replay"},
     "gantry-sim: @/none: no such file\n"},
    {{"gantry-sim", "--snapshot", "@/none"}, "gantry-sim: @/none: no such file\n"},
    {{"gantry-sim", "--snapshot", "@/none", "--topology", "@/bad.yaml"},
     "gantry-sim: --topology: is of a replay; of a --snapshot with --replay\n"},
    {{"gantry-sim", "--snapshot", "@/none", "--outages", "@/bad.yaml"},
     "gantry-sim: --outages: is of a replay; of a --snapshot with --replay\n"},
    {{"gantry-sim", "-w", "@/none.csv", "-N", "2"},
     "gantry-sim: @/none.csv: No such file or directory\n"},
    {{"gantry-sim", "--node", "2", "--wrkload", HAND},
     "gantry-sim: unknown option --wrkload; did you mean --workload?\n"},
};

START_TEST(test_wrong)
{
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *bad = tempdir_path(root, "bad.yaml");
    AUTO_FREE char *want = program_argument(root, wrong[_i].said);
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(files_write(bad, "priorityWeightAgee: 1\n", 22, 0600, &err), 0);
    ck_assert_int_eq(run(root, wrong[_i].args, &said), 2);
    ck_assert_str_eq(said.s, want);
    tempdir_free(root);
}
END_TEST

/* ---- figures ---- */

static void expect(const struct str *said, const char *line)
{
    ck_assert_msg(strstr(said->s, line) != NULL, "no \"%s\" in\n%s", line, said->s);
}

/* test_engine.c has the same figures, worked out. */
START_TEST(test_text)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){
                             "gantry-sim", "-w", HAND, "-N", "2", "--gpus", "a100:8"},
                         &said),
                     0);
    expect(&said, COMPLAINT);
    expect(&said, "\n5 rows: 4 jobs, 1 broken, 0 never ran; 2 nodes\n");
    expect(&said, "\nwait, mean                                    900 s\n");
    expect(&said, "\nbounded slowdown, mean                         1.50\n");
    expect(&said, "\nutilisation                                  72.2 %\n");
    expect(&said, "\nfragmentation                                 8.0 %\n");
    expect(&said, "\npromises broken                                   0\n");
    expect(&said, "\nGPU-hours by account\n"
                  "  blue                                          8.7\n"
                  "  red                                           8.7\n");
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
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *c = tempdir_path(root, "c.yaml"), *w = tempdir_path(root, "w.csv");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(files_write(c, cluster, strlen(cluster), 0600, &err), 0);
    ck_assert_int_eq(files_write(w, jobs, strlen(jobs), 0600, &err), 0);
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", "@/w.csv",
                                                          "--cluster", "@/c.yaml"},
                         &said),
                     0);
    expect(&said, "\nused by account and those below it, and what its shares are\n"
                  "  blue                        25.0 %         50.0 %\n"
                  "  red                         75.0 %         50.0 %\n");
    tempdir_free(root);
}
END_TEST

/* Without a promise for B, C and D and whatever fits goes first: here it is the same,
 * but nothing is promised. */
START_TEST(test_compare)
{
    static const char text[] = "schedulerParameters: {reservationDepth: 0}\n";
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *a = tempdir_path(root, "a.yaml"), *b = tempdir_path(root, "b.yaml");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(files_write(a, text, strlen(text), 0600, &err), 0);
    ck_assert_int_eq(files_write(b, "", 0, 0600, &err), 0);
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){
                             "gantry-sim", "--json", "-w", HAND, "-N2", "--gpus=8",
                             "--compare", "@/a.yaml", "@/b.yaml"},
                         &said),
                     0);
    ck_assert(str_starts(said.s, COMPLAINT));
    JSON_AUTO struct json *all = json_parse_str(said.s + strlen(COMPLAINT), &err);
    ck_assert_msg(all != NULL, "%s in %s", err.msg, said.s);
    ck_assert_int_eq(json_int_or(all, "workload.broken", -1), 1);
    const struct json *runs = json_get(all, "runs");
    ck_assert_uint_eq(json_len(runs), 2);
    ck_assert_str_eq(json_str(json_item(runs, 0), "settings"), a);
    ck_assert_int_eq(json_int_or(json_item(runs, 0), "promised", -1), 0);
    ck_assert_int_eq(json_int_or(json_item(runs, 1), "promised", -1), 1);
    ck_assert_double_eq(json_double(json_get(json_item(runs, 1), "waitMeanSec")), 900);
    tempdir_free(root);
}
END_TEST

/* A file that cannot be written is a failure, not wrong use: it is late by then. */
START_TEST(test_svg)
{
    char *root = tempdir_new();
    struct err err = ERR_INIT;
    AUTO_FREE char *path = tempdir_path(root, "x.svg");
    STR_AUTO struct str said, picture;
    str_init(&said, 1 << 16);
    str_init(&picture, 1 << 20);
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", HAND, "-N2",
                                             "--gpus=8", "--svg=@/x.svg"},
            &said),
        0);
    ck_assert_int_eq(str_read_file(&picture, path, &err), 0);
    ck_assert(str_ends(picture.s, "</svg>\n"));
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", HAND, "-N2",
                                             "--gpus=8", "--svg=@/no/x.svg"},
            &said),
        1);
    expect(&said, "gantry-sim: --svg: ");
    ck_assert(strstr(said.s, "wait, mean") == NULL);
    tempdir_free(root);
}
END_TEST

/* What stands at the path is written into: a link stays one, what was longer is cut,
 * and what lies beside it is left alone. */
START_TEST(test_svg_link)
{
    char *root = tempdir_new();
    struct err err = ERR_INIT;
    struct stat st;
    AUTO_FREE char *target = tempdir_path(root, "target"), *x = tempdir_path(root, "x");
    AUTO_FREE char *beside = tempdir_path(root, "x.tmp");
    AUTO_FREE char *old = xcalloc(1 << 20, 1);
    STR_AUTO struct str said, picture;
    str_init(&said, 1 << 16);
    str_init(&picture, 1 << 21);
    ck_assert_int_eq(files_write(target, old, 1 << 20, 0600, &err), 0);
    ck_assert_int_eq(files_write(beside, "mine", 4, 0600, &err), 0);
    ck_assert_int_eq(symlink(target, x), 0);
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){
                             "gantry-sim", "-w", HAND, "-N2", "--gpus=8", "--svg=@/x"},
                         &said),
                     0);
    ck_assert_int_eq(lstat(x, &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert_int_eq(str_read_file(&picture, target, &err), 0);
    ck_assert(str_ends(picture.s, "</svg>\n"));
    ck_assert_int_eq(stat(beside, &st), 0);
    tempdir_free(root);
}
END_TEST

START_TEST(test_never)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", HAND,
                                                          "-N1", "--gpus=8"},
                         &said),
                     0);
    expect(&said, "gantry-sim: " HAND ":3: never started: PartitionNodeLimit\n");
    expect(&said, "\nnever started                                     1\n");
    tempdir_free(root);
}
END_TEST

/* Nodes with neither GPUs nor CPUs: nothing runs, and of nothing nothing is in use. */
START_TEST(test_nothing)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(
        run(root, (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", HAND, "-N2"},
            &said),
        0);
    expect(&said, "\nutilisation                                   0.0 %\n");
    expect(&said, "\nutilisation while jobs came                   0.0 %\n");
    tempdir_free(root);
}
END_TEST

/* Job A runs on n1 when it is lost, and begins anew: 8 GPUs for ten minutes are
 * lost. */
START_TEST(test_outages)
{
    static const char text[] = "time_s,node,state\n600,n1,down\n1000,n1,up\n";
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "o.csv");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, &err), 0);
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", HAND, "-N2",
                                             "--gpus=8", "--outages=@/o.csv"},
            &said),
        0);
    expect(&said, "\nbegun anew                                        1\n");
    expect(&said, "\nhours lost by that                              1.3\n");
    expect(&said, "\npromises broken                                   1\n");
    expect(&said, "\npromises given up, by cause / jobs late by it\n"
                  "  node                                        1 / 1\n");
    tempdir_free(root);
}
END_TEST

/* ---- a cluster's own objects ---- */

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

START_TEST(test_objects)
{
    char *root = tempdir_new();
    AUTO_FREE char *cluster = tempdir_path(root, "c.yaml");
    AUTO_FREE char *load = tempdir_path(root, "w.csv");
    STR_AUTO struct str said;
    struct err err = ERR_INIT;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(files_write(cluster, objects, strlen(objects), 0600, &err), 0);
    ck_assert_int_eq(files_write(load, shares_csv, strlen(shares_csv), 0600, &err), 0);
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", "@/w.csv", "--cluster",
                                             "@/c.yaml", "--json"},
            &said),
        0);
    expect(&said, "/w.csv:5: never started: InvalidAccount\n");
    expect(&said, "\"waitMedianSec\":1199,"); /* bob: ann's second is first */
    expect(&said, "\"waitMaxSec\":7195,");    /* ann's third, behind it */
    expect(&said, "{\"account\":\"blue\",\"jobs\":1,\"gpuHours\":0.66");
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
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *c = tempdir_path(root, "c.yaml"), *w = tempdir_path(root, "w.csv");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(files_write(c, dump, strlen(dump), 0600, &err), 0);
    ck_assert_int_eq(files_write(w, jobs, strlen(jobs), 0600, &err), 0);
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){
                             "gantry-sim", "-w", "@/w.csv", "--cluster", "@/c.yaml",
                             "--begin", "2026-11-27T08:00:00Z"},
                         &said),
                     0);
    expect(&said, "\nwait, longest                                5400 s\n");
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", "@/w.csv",
                                                          "--cluster", "@/c.yaml"},
                         &said),
                     0);
    expect(&said, "\nwait, longest                                   0 s\n");
    tempdir_free(root);
}
END_TEST

/* ---- a snapshot ---- */

#define SNAPSHOT_MAX (1u << 20)

static void save_cluster(const char *path, const char *cluster)
{
    const struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    struct restable res;
    struct err err = ERR_INIT;
    STR_AUTO struct str text;
    str_init(&text, SNAPSHOT_MAX);
    restable_init(&res);
    cluster_text_apply(s, &res, cluster);
    snapshot_write(s, 600, &text);
    ck_assert_int_eq(files_write(path, text.s, text.len, 0600, &err), 0);
    sched_free(s);
}

static void save_state(const char *path)
{
    save_cluster(path, "node n[1-2] cpu=8\n"
                       "partition batch default\n"
                       "job 9 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
                       "job 1 nodes=2 cpu=8 time=60\n"
                       "job 2 cpu=8 time=30\n"
                       "job 3 cpu=9\n");
}

/* Job 9 runs on n1 for another 50 minutes. Job 2 is over by then, so it may start on
 * n2; job 1, before it, is promised both nodes at the end of that hour. */
START_TEST(test_snapshot)
{
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    save_state(path);
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "--snapshot", "@/saved"},
            &said),
        0);
    ck_assert(str_starts(said.s, "at 1970-01-01T00:10:00Z\n"));
    expect(&said, "\njob 1 (default/1, priority 1000) waits, Resources: needs 2 "
                  "nodes with cpu=8; ");
    expect(&said, "\n    promised at 1970-01-01T01:");
    expect(&said, " in batch on n[1-2]\n");
    expect(&said, "\njob 2 (default/2, priority 1000) starts in batch on n2, limit "
                  "00:30:00\n");
    expect(&said, "\njob 3 (default/3, priority 1000) waits, BadConstraints: ");
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "--snapshot",
                                                          "@/saved", "--json"},
                         &said),
                     0);
    ck_assert(str_starts(said.s, "{\"now\":\"1970-01-01T00:10:00Z\",\"decisions\":["));
    tempdir_free(root);
}
END_TEST

/* What would let a job start at once: 2 fewer nodes, 3 a shorter limit, as n2 is free
 * until 9 ends. */
START_TEST(test_sooner)
{
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    save_cluster(path, "node n[1-2] cpu=8\npartition batch default\n"
                       "job 9 cpu=8 state=running start=0 in=batch on=n1 time=60\n"
                       "job 2 nodes=2 cpu=8 time=600\n"
                       "job 3 cpu=8 time=300\n");
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "--snapshot",
                                                          "@/saved", "--json"},
                         &said),
                     0);
    expect(&said, "\"sooner\":{\"nodes\":1,\"frees\":9}");
    expect(&said, "\"sooner\":{\"timeLimit\":\"00:45:00\",");
    tempdir_free(root);
}
END_TEST

/* Who ends early is said to, and for whom; who waits in vain is given up. */
START_TEST(test_ends)
{
    const struct sched_config config = sched_config_default();
    struct sched *s = sched_new(&config);
    char *root = tempdir_new();
    struct restable res;
    struct err err = ERR_INIT;
    AUTO_FREE char *path = tempdir_path(root, "saved"), *c = tempdir_path(root, "c");
    static const char settings[] = "preemptType: qos\npreemptMode: REQUEUE\n";
    STR_AUTO struct str text, said;
    str_init(&text, SNAPSHOT_MAX);
    str_init(&said, 1 << 16);
    restable_init(&res);
    cluster_text_apply(s, &res,
                       "node n1 cpu=8\npartition batch default\n"
                       "qos low\nqos high preempt=low\n"
                       "job 9 cpu=8 qos=low state=running start=0 in=batch on=n1\n"
                       "job 1 cpu=8 qos=high time=10\n"
                       "job 3 state=ended failed\n"
                       "job 2 cpu=8 time=10 depend=afterok:3 hopeless=ends\n");
    snapshot_write(s, 600, &text);
    sched_free(s);
    ck_assert_int_eq(files_write(path, text.s, text.len, 0600, &err), 0);
    ck_assert_int_eq(files_write(c, settings, strlen(settings), 0600, &err), 0);
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "--snapshot",
                                                          "@/saved", "-c", "@/c"},
                         &said),
                     0);
    expect(&said, "\njob 9 (default/9) ends early, at 1970-01-01T00:10:00Z, for job 1 "
                  "(REQUEUE)\n");
    expect(&said, "\njob 2 (default/2) is given up, DependencyNeverSatisfied");
    tempdir_free(root);
}
END_TEST

/* The same queue, replayed: job 2 on n2 at once, job 1 on both from 3600 on. With a
 * policy that promises nothing, and picture and JSON besides. */
START_TEST(test_queue)
{
    static const char none[] = "schedulerParameters: {reservationDepth: 0}\n";
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    AUTO_FREE char *a = tempdir_path(root, "a.yaml"), *b = tempdir_path(root, "b.yaml");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    save_state(path);
    ck_assert_int_eq(files_write(a, none, strlen(none), 0600, &err), 0);
    ck_assert_int_eq(files_write(b, "", 0, 0600, &err), 0);
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "--snapshot", "@/saved",
                                             "--replay", "--svg", "@/x.svg"},
            &said),
        0);
    expect(&said, "/saved: job 3: never started: BadConstraints\n");
    expect(&said, "\nsettings                                   as saved\n");
    expect(&said, "\njobs                                              4\n");
    expect(&said, "\nwait, longest                                3600 s\n");
    expect(&said, "\npromised a start                                  1\n");
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){
                             "gantry-sim", "--snapshot", "@/saved", "--json",
                             "--compare", "@/a.yaml", "@/b.yaml"},
                         &said),
                     0);
    expect(&said, "\"promised\":0,");
    expect(&said, "\"promised\":1,");
    tempdir_free(root);
}
END_TEST

/* One licence for two jobs of an hour: one after the other. A third one begins later,
 * a fourth asks for a feature that no node has, a fifth one for what makes no sense. */
START_TEST(test_policy_columns)
{
    static const char settings[] = "licenses: matlab:1\n";
    static const char jobs[] =
        "submit_s,duration_s,timelimit_s,cpus,licenses,begin_s,constraint,switches\n"
        "0,3600,3600,1,matlab,,,\n0,3600,3600,1,matlab:1,,,\n"
        "0,60,60,1,,9000,,1@10\n0,60,60,1,,,ib,\n0,60,60,1,,,a&,\n";
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *w = tempdir_path(root, "w.csv"), *c = tempdir_path(root, "c.yaml");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(files_write(w, jobs, strlen(jobs), 0600, &err), 0);
    ck_assert_int_eq(files_write(c, settings, strlen(settings), 0600, &err), 0);
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", "@/w.csv", "-N1",
                                             "--cpus", "8", "-c", "@/c.yaml", "--json"},
            &said),
        0);
    expect(&said, "/w.csv:6: left out: constraint: ");
    expect(&said, "/w.csv:5: never started: BadConstraints\n");
    expect(&said, "\"waitMeanSec\":4200");
    expect(&said, "\"waitMaxSec\":9000");
    tempdir_free(root);
}
END_TEST

/* These jobs, on so many nodes of 8 CPUs, as JSON behind what is said of them. */
static void replay_rows(const char *jobs, const char *nodes, struct str *said)
{
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *w = tempdir_path(root, "w.csv");
    str_init(said, 1 << 16);
    ck_assert_int_eq(files_write(w, jobs, strlen(jobs), 0600, &err), 0);
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "-w", "@/w.csv", nodes,
                                             "--cpus", "8", "--json"},
            said),
        0);
    tempdir_free(root);
}

/* The second job goes first, as the first is nicer; the third has the node alone. */
START_TEST(test_nice)
{
    static const char jobs[] = "submit_s,duration_s,timelimit_s,cpus,nice,exclusive\n"
                               "0,1000,1000,8,100,\n0,100,100,8,-5,no\n"
                               "5000,100,100,1,,1\n5001,100,100,1,,0\n"
                               "0,1,1,1,99999999999,\n0,1,1,1,,maybe\n0,1,1,1,-,\n";
    STR_AUTO struct str said;
    replay_rows(jobs, "-N1", &said);
    expect(&said,
           "/w.csv:6: left out: nice: \"99999999999\" is not within 2147483645\n");
    expect(&said, "/w.csv:7: left out: exclusive: \"maybe\" is neither 1 nor 0\n");
    expect(&said, "/w.csv:8: left out: nice: \"-\" is not within");
    expect(&said, "\"waitMeanSec\":49.75,");
    expect(&said, "\"waitMaxSec\":100,");
}
END_TEST

/* An array, one task at a time, on one of two nodes, is job 7; who depends on it starts
 * at 400, who depends on that one's row at 450. */
START_TEST(test_links)
{
    static const char jobs[] =
        "submit_s,duration_s,timelimit_s,cpus,job_id,dependency,array\n"
        "0,100,100,8,7,,0-3%1\n0,50,50,8,,afterok:7,\n0,1,1,1,,after:99,\n"
        "0,20,20,8,,afterok:3,\n0,1,1,1,7,,\n0,1,1,1,,afterok:3_1,\n"
        "0,1,1,1,,,5-\n0,1,1,1,,after:,\n";
    STR_AUTO struct str said;
    replay_rows(jobs, "-N2", &said);
    expect(&said, "/w.csv:4: left out: dependency: no job 99 was submitted before\n");
    expect(&said, "/w.csv:6: left out: job_id: there is a job 7 already\n");
    expect(&said, "/w.csv:7: left out: dependency: job 3 is no array\n");
    expect(&said, "/w.csv:8: left out: array: Invalid job array specification");
    expect(&said, "/w.csv:9: left out: dependency: ");
    expect(&said, "{\"rows\":8,\"broken\":5,\"neverRan\":0,\"jobs\":6}");
    expect(&said, "\"completed\":6,");
    expect(&said, "\"waitMaxSec\":450,");
}
END_TEST

/* A task of another job's array, and jobs of one name one after the other. */
START_TEST(test_singleton)
{
    static const char jobs[] =
        "submit_s,duration_s,timelimit_s,cpus,user,job_name,dependency,array\n"
        "0,100,100,1,ann,x,,\n0,50,50,1,ann,x,singleton,\n0,30,30,1,bob,x,singleton,\n"
        "0,70,70,1,bob,y,,1-2\n0,20,20,1,bob,z,afterok:5_2,\n";
    STR_AUTO struct str said;
    replay_rows(jobs, "-N1", &said);
    expect(&said, "\"completed\":6,");
    expect(&said, "\"waitMaxSec\":100,");
    expect(&said, "\"waitMeanSec\":28.333");
}
END_TEST

/* Columns that act in a cluster, but not here, are named. */
START_TEST(test_columns)
{
    static const char jobs[] = "submit_s,duration_s,cpus,weather,mood\n0,9,1,5,\n";
    STR_AUTO struct str said;
    replay_rows(jobs, "-N1", &said);
    expect(&said, "/w.csv: passed over, as nothing is known of them: weather, mood\n");
}
END_TEST

/* In the Standard Workload Format jobs 11 and 12 come 20 s after job 10 is over, the
 * second one later by itself; 13 begins when it is over, and has waited till then; the
 * job before 14 is not in the file. 15 comes after one that comes after another. */
START_TEST(test_think_time)
{
    static const char jobs[] = "; Version: 2.2\n"
                               "10 0 0 100 1 -1 -1 1 100 -1 1 1 1 -1 -1 -1 -1 -1\n"
                               "11 10 0 30 1 -1 -1 1 30 -1 1 1 1 -1 -1 -1 10 20\n"
                               "13 10 0 40 1 -1 -1 1 40 -1 1 1 1 -1 -1 -1 10 -1\n"
                               "14 10 0 40 1 -1 -1 1 40 -1 1 1 1 -1 -1 -1 9 5\n"
                               "15 20 0 40 1 -1 -1 1 40 -1 1 1 1 -1 -1 -1 11 200\n"
                               "12 300 0 30 1 -1 -1 1 30 -1 1 1 1 -1 -1 -1 10 20\n";
    STR_AUTO struct str said;
    replay_rows(jobs, "-N1", &said);
    expect(&said, "\"completed\":6,");
    expect(&said, "\"waitMaxSec\":90,");
    expect(&said, "\"waitMeanSec\":15,");
    expect(&said, "\"spanSec\":390,");
}
END_TEST

/* QOS of another system, where the cluster has none. */
START_TEST(test_foreign_qos)
{
    static const char jobs[] = "submit_s,duration_s,cpus,qos\n"
                               "0,9,1,LS\n0,9,1,BE\n0,9,1,LS\n0,9,1,\n";
    STR_AUTO struct str said;
    replay_rows(jobs, "-N1", &said);
    expect(&said,
           "/w.csv: QOS of 3 jobs are passed over, as the cluster has none: LS, BE\n");
    expect(&said, "\"completed\":4,");
}
END_TEST

/* Its cluster alone, for recorded jobs: the first of them is submitted when it was
 * saved, at 600, and an outage at 100 of theirs is 100 s behind that. */
START_TEST(test_cluster)
{
    static const char jobs[] = "submit_s,duration_s,timelimit_s,cpus\n"
                               "50,300,300,16\n";
    static const char outages[] = "time_s,node,state\n150,n1,down\n";
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    AUTO_FREE char *w = tempdir_path(root, "w.csv"), *o = tempdir_path(root, "o.csv");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    save_state(path);
    ck_assert_int_eq(files_write(w, jobs, strlen(jobs), 0600, &err), 0);
    ck_assert_int_eq(files_write(o, outages, strlen(outages), 0600, &err), 0);
    ck_assert_int_eq(run(root,
                         (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "--snapshot",
                                                          "@/saved", "-w", "@/w.csv"},
                         &said),
                     0);
    expect(&said, "1 rows: 1 jobs, 0 broken, 0 never ran; 2 nodes\n");
    expect(&said, "\nwait, longest                                   0 s\n");
    expect(&said, "\nutilisation                                 100.0 %\n");
    ck_assert_int_eq(
        run(root,
            (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "--snapshot", "@/saved",
                                             "-w", "@/w.csv", "--outages", "@/o.csv"},
            &said),
        0);
    expect(&said, "\nbegun anew                                        1\n");
    expect(&said, "\nhours lost by that                              0.4\n");
    tempdir_free(root);
}
END_TEST

/* What cannot be written is a failure, of a replay and of a snapshot alike. */
static const char *const full[] = {"-w " HAND " -N2 --gpus=8", "--snapshot @/saved",
                                   "--snapshot @/saved --json"};

START_TEST(test_full)
{
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "saved");
    AUTO_FREE char *errors = tempdir_path(root, "errors");
    AUTO_FREE char *args = program_argument(root, full[_i]);
    AUTO_FREE char *command =
        xasprintf("%s/gantry-sim %s >/dev/full 2>%s", getenv("BIN"), args, errors);
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    save_state(path);
    const int status = system(command);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 1);
    ck_assert_int_eq(str_read_file(&said, errors, NULL), 0);
    ck_assert(str_ends(said.s, "gantry-sim: standard output cannot be written\n"));
    tempdir_free(root);
}
END_TEST

START_TEST(test_help)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(
        run(root, (const char *[PROGRAM_ARGS_MAX]){"gantry-sim", "--help"}, &said), 0);
    expect(&said, "--workload FILE");
    expect(&said, "timelimit_s");
    expect(&said, "priorityWeightAge");
    expect(&said, "Exit status:");
    tempdir_free(root);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/program",
                      (struct suite_row[]){{test_wrong, ARRAY_LEN(wrong)},
                                           {test_text, 1},
                                           {test_shares, 1},
                                           {test_compare, 1},
                                           {test_svg, 1},
                                           {test_svg_link, 1},
                                           {test_sooner, 1},
                                           {test_ends, 1},
                                           {test_never, 1},
                                           {test_nothing, 1},
                                           {test_outages, 1},
                                           {test_objects, 1},
                                           {test_begin, 1},
                                           {test_snapshot, 1},
                                           {test_queue, 1},
                                           {test_cluster, 1},
                                           {test_nice, 1},
                                           {test_links, 1},
                                           {test_singleton, 1},
                                           {test_columns, 1},
                                           {test_foreign_qos, 1},
                                           {test_think_time, 1},
                                           {test_policy_columns, 1},
                                           {test_full, ARRAY_LEN(full)},
                                           {test_help, 1},
                                           {NULL, 0}});
}
