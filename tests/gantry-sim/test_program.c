#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/json.h"
#include "base/str.h"
#include "base/util.h"
#include "tests/support/program.h"
#include "tests/support/simtest.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define HAND "tests/gantry-sim/data/hand.csv"
#define COMPLAINT \
    "gantry-sim: " HAND ":5: left out: duration_s: \"oops\" is no number from 0 on\n"
/* Its cluster, of equal nodes, knows none of these. */
#define FOREIGN                                                                      \
    "gantry-sim: " HAND ": accounts of 4 jobs have no shares and no limits, as the " \
    "cluster has none: red, blue\n"

/* ---- wrong use: one line, and 2 ---- */

static const struct {
    const char *args[PROGRAM_ARGS_MAX];
    const char *said;
} wrong[] = {
    {{"gantry-sim", "-N", "2"}, "gantry-sim: --workload is missing: what is to run?\n"},
    {{"gantry-sim", "-w", HAND}, "gantry-sim: --nodes is missing: on how many?\n"},
    {{"gantry-sim", "-w", HAND, "-w", HAND, "-N", "2"},
     "gantry-sim: -w: is given twice, and has one value\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "--nodes=3"},
     "gantry-sim: --nodes: is given twice, and has one value\n"},
    {{"gantry-sim", "-w", "", "-N", "2"},
     "gantry-sim: --workload: the name of the file is empty\n"},
    {{"gantry-sim", "-w", HAND, "--cluster="},
     "gantry-sim: --cluster: the name of the file is empty\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "-c", ""},
     "gantry-sim: --config: the name of the file is empty\n"},
    {{"gantry-sim", "-w", HAND, "-N", "2", "--svg", ""},
     "gantry-sim: --svg: the name of the file is empty\n"},
    {{"gantry-sim", "-w", HAND, "-N2", "--topology", ""},
     "gantry-sim: --topology: the name of the file is empty\n"},
    {{"gantry-sim", "-w", HAND, "-N2", "--outages", ""},
     "gantry-sim: --outages: the name of the file is empty\n"},
    {{"gantry-sim", "--snapshot", ""},
     "gantry-sim: --snapshot: the name of the file is empty\n"},
    {{"gantry-sim", "-w", HAND, "-N2", "--compare", ""},
     "gantry-sim: --compare: the name of a settings file is empty\n"},
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
    {{"gantry-sim", "-w", HAND, "-N", "2", "-c", "@/bad.yaml", "--svg", "@/./bad.yaml"},
     "gantry-sim: --svg: @/./bad.yaml is read, and would be lost; name another file\n"},
    {{"gantry-sim", "--node", "2", "--wrkload", HAND},
     "gantry-sim: unknown option --wrkload; did you mean --workload?\n"},
};

START_TEST(test_wrong)
{
    char *root = tempdir_new();
    AUTO_FREE char *want = program_argument(root, wrong[_i].said);
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "bad.yaml", "priorityWeightAgee: 1\n");
    ck_assert_int_eq(simtest_run(root, wrong[_i].args, &said), 2);
    ck_assert_str_eq(said.s, want);
    tempdir_free(root);
}
END_TEST

/* ---- figures ---- */

/* test_engine.c has the same figures, worked out. */
START_TEST(test_text)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", HAND, "-N", "2", "--gpus", "a100:8"), &said), 0);
    simtest_expect(&said, COMPLAINT);
    simtest_expect(&said, "\n5 rows: 4 jobs, 1 broken, 0 never ran; 2 nodes\n");
    simtest_expect(&said, "\nwait, mean                                    900 s\n");
    simtest_expect(&said, "\nbounded slowdown, mean                         1.50\n");
    simtest_expect(&said, "\nutilisation                                  72.2 %\n");
    simtest_expect(&said, "\nfragmentation                                 8.0 %\n");
    simtest_expect(&said, "\npromises broken                                   0\n");
    simtest_expect(&said, "\nGPU-hours by account\n"
                          "  blue                                          8.7\n"
                          "  red                                           8.7\n"
                          "\nmean wait by account\n"
                          "  blue                                       1800 s\n"
                          "  red                                           0 s\n");
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
    AUTO_FREE char *a = tempdir_path(root, "a.yaml");
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "a.yaml", text);
    simtest_write(root, "b.yaml", "");
    ck_assert_int_eq(simtest_run(root,
                                 SIM("--json", "-w", HAND, "-N2", "--gpus=8",
                                     "--compare", "@/a.yaml", "@/b.yaml"),
                                 &said),
                     0);
    ck_assert(str_starts(said.s, COMPLAINT FOREIGN));
    JSON_AUTO struct json *all =
        json_parse_str(said.s + strlen(COMPLAINT FOREIGN), &err);
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
        simtest_run(root, SIM("-w", HAND, "-N2", "--gpus=8", "--svg=@/x.svg"), &said),
        0);
    ck_assert_int_eq(str_read_file(&picture, path, &err), 0);
    ck_assert(str_ends(picture.s, "</svg>\n"));
    ck_assert_int_eq(simtest_run(root,
                                 SIM("-w", HAND, "-N2", "--gpus=8", "--svg=@/no/x.svg"),
                                 &said),
                     1);
    simtest_expect(&said, "gantry-sim: --svg: ");
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
    simtest_write(root, "x.tmp", "mine");
    ck_assert_int_eq(symlink(target, x), 0);
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", HAND, "-N2", "--gpus=8", "--svg=@/x"), &said), 0);
    ck_assert_int_eq(lstat(x, &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert_int_eq(str_read_file(&picture, target, &err), 0);
    ck_assert(str_ends(picture.s, "</svg>\n"));
    ck_assert_int_eq(stat(beside, &st), 0);
    tempdir_free(root);
}
END_TEST

/* Of a column that is spelt wrong nothing is known: it is named. */
START_TEST(test_passed_over)
{
    char *root = tempdir_new();
    AUTO_FREE char *want = xasprintf("gantry-sim: %s/c.csv: passed over, as nothing is "
                                     "known of them: nam, coun\n",
                                     root);
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "c.csv", "nam,coun,gpus\na,2,8\n");
    ck_assert_int_eq(simtest_run(root, SIM("-w", HAND, "--cluster", "@/c.csv"), &said),
                     0);
    ck_assert(str_starts(said.s, want));
    simtest_expect(&said, "; 1 node\n");
    tempdir_free(root);
}
END_TEST

START_TEST(test_never)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(simtest_run(root, SIM("-w", HAND, "-N1", "--gpus=8"), &said), 0);
    simtest_expect(&said,
                   "gantry-sim: " HAND ":3: never started: PartitionNodeLimit: needs 2 "
                   "nodes with nvidia.com/gpu=8; partition batch has 1 node\n");
    simtest_expect(&said, "\nnever started, or not again                       1\n");
    tempdir_free(root);
}
END_TEST

/* Nodes with neither GPUs nor CPUs: nothing runs, and of nothing nothing is in use. */
START_TEST(test_nothing)
{
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    ck_assert_int_eq(simtest_run(root, SIM("-w", HAND, "-N2"), &said), 0);
    simtest_expect(&said, "\nutilisation                                   0.0 %\n");
    simtest_expect(&said, "\nutilisation while jobs came                   0.0 %\n");
    tempdir_free(root);
}
END_TEST

/* Job A runs on n1 when it is lost, and begins anew: 8 GPUs for ten minutes are
 * lost. */
START_TEST(test_outages)
{
    static const char text[] = "time_s,node,state\n600,n1,down\n1000,n1,up\n";
    char *root = tempdir_new();
    STR_AUTO struct str said;
    str_init(&said, 1 << 16);
    simtest_write(root, "o.csv", text);
    ck_assert_int_eq(
        simtest_run(root, SIM("-w", HAND, "-N2", "--gpus=8", "--outages=@/o.csv"),
                    &said),
        0);
    simtest_expect(&said, "\nbegun anew                                        1\n");
    simtest_expect(&said, "\nhours lost by that                              1.3\n");
    simtest_expect(&said, "\npromises broken                                   1\n");
    simtest_expect(&said, "\npromises given up, by cause / jobs late by it\n"
                          "  node                                        1 / 1\n");
    tempdir_free(root);
}
END_TEST

/* What cannot be written is a failure, of a replay and of a snapshot alike. */
static const char *const full[] = {("-w " HAND " -N2 --gpus=8"), "--snapshot @/saved",
                                   "--snapshot @/saved --json", "--help", "--version"};

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
    simtest_save_state(path);
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
    ck_assert_int_eq(simtest_run(root, SIM("--help"), &said), 0);
    simtest_expect(&said, "--workload FILE");
    simtest_expect(&said, "timelimit_s");
    simtest_expect(&said, "priorityWeightAge");
    simtest_expect(&said, "Exit status:");
    tempdir_free(root);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/program",
                      (struct suite_row[]){{test_wrong, ARRAY_LEN(wrong)},
                                           {test_text, 1},
                                           {test_compare, 1},
                                           {test_svg, 1},
                                           {test_svg_link, 1},
                                           {test_passed_over, 1},
                                           {test_never, 1},
                                           {test_nothing, 1},
                                           {test_outages, 1},
                                           {test_full, ARRAY_LEN(full)},
                                           {test_help, 1},
                                           {NULL, 0}});
}
