/* The client's programs against a cluster of programs: API server, controller, and a
 * node that really runs what is submitted. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry/api.h"
#include "tests/support/checkout.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define FILE_MAX (1u << 20)
#define ARGS(...) ((const char *[PROGRAM_ARGS_MAX]){__VA_ARGS__})
/* Where the client finds it by itself. */
#define STATE "@/.local/state/gantry-local"
#define KUBECONFIG "@/.local/state/gantry-local/kubeconfig"

static char *root;
static struct program server, controller, node;

/* ---- the cluster ---- */

static void put(const char *name, const char *text)
{
    AUTO_FREE char *path = xasprintf("%s/%s", root, name);
    struct err err = ERR_INIT;

    ck_assert_msg(files_write(path, text, strlen(text), 0700, &err) == 0, "%s",
                  err.msg);
}

/* Runs to its end; what it said stays until `said` is freed. */
static int run(const char *const *args, char **ret_said)
{
    struct program p;

    program_start(&p, root, args);
    const int status = program_end(&p);
    *ret_said = xstrdup(p.said.s);
    program_fini(&p);
    return status;
}

static void expect(const char *const *args, int status, const char *want)
{
    AUTO_FREE char *said = NULL;
    AUTO_FREE char *text = program_argument(root, want);
    const int rc = run(args, &said);

    ck_assert_msg(rc == status && strcmp(said, text) == 0, "%s: status %d: %s", args[0],
                  rc, said);
}

/* BatchJobs there are, ids or not. */
static size_t count_jobs(struct api *c)
{
    const struct kc_ref ref = {&api_jobs, c->ns, NULL, NULL};
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    ck_assert_msg(api_list(c, &ref, NULL, &a, &err) == 0, "%s", err.msg);
    return json_len(json_get(a.body, "items"));
}

/* Nobody gives ids yet. Who interrupts sbatch then leaves nothing behind. */
static void check_interrupted(void)
{
    const struct cli cli = {
        .program = "test", .in = stdin, .out = stdout, .err = stderr};
    AUTO_FREE char *kubeconfig = program_argument(root, KUBECONFIG);
    const struct api_options options = {.kubeconfig = kubeconfig};
    API_AUTO struct api c = {0};
    struct err err = ERR_INIT;
    struct program sbatch;

    ck_assert_msg(api_open(&c, &cli, &options, &err) == 0, "%s", err.msg);
    program_start(&sbatch, root, ARGS("sbatch", "--wrap", "x"));
    while (count_jobs(&c) == 0)
        ;
    ck_assert_int_eq(kill(sbatch.pid, SIGINT), 0);
    ck_assert_int_eq(program_end(&sbatch), 1);
    ck_assert_str_eq(
        sbatch.said.s,
        "sbatch: error: Batch job submission failed: interrupted before it "
        "had an id\n");
    program_fini(&sbatch);
    ck_assert_uint_eq(count_jobs(&c), 0);
}

static void start_cluster(void)
{
    AUTO_FREE char *said = NULL;

    program_start(&server, root,
                  ARGS("gantry-local", "serve", "--dir", STATE, "--port", "0"));
    program_until(&server, "export KUBECONFIG");
    put("partition.yaml", "apiVersion: gantry.dev/v1alpha1\nkind: Partition\n"
                          "metadata: {name: batch}\nspec: {default: true}\n");
    ck_assert_msg(run(ARGS("gantry", "apply", "-f", "crds", "-f", "@/partition.yaml"),
                      &said) == 0,
                  "%s", said);
    ck_assert_msg(strstr(said, "partition.gantry.dev/batch created\n"), "%s", said);
    check_interrupted();
    program_start(&controller, root,
                  ARGS("gantry-controller", "--kubeconfig", KUBECONFIG));
    program_start(&node, root,
                  ARGS("gantry-local", "node", "--kubeconfig", KUBECONFIG, "--dir",
                       "@/nodes", "--name", "n", "--gpus", "h100:2"));
}

static void stop_cluster(void)
{
    ck_assert_int_eq(program_stop(&node), 0);
    ck_assert_int_eq(program_stop(&controller), 0);
    ck_assert_int_eq(program_stop(&server), 0);
    program_fini(&node);
    program_fini(&controller);
    program_fini(&server);
}

static void expect_file(const char *name, const char *want)
{
    AUTO_FREE char *path = xasprintf("%s/%s", root, name);
    STR_AUTO struct str text;
    struct err err = ERR_INIT;

    str_init(&text, FILE_MAX);
    ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
    ck_assert_str_eq(text.s, want);
}

/* ---- what a user does ---- */

/* Job 1: a script with lines and arguments, waited for; its code is sbatch's. It may
 * come before the first node does. */
static void check_script(void)
{
    put("train.sbatch", "#!/bin/sh\n#SBATCH --job-name=train --gpus-per-node=2\n"
                        "echo job $SLURM_JOB_ID of $SLURM_JOB_NAME: $1 $COLOUR "
                        "$CUDA_VISIBLE_DEVICES\nexit 3\n");
    setenv("COLOUR", "blue", 1);
    expect(ARGS("sbatch", "-W", "-D", "@", "@/train.sbatch", "a"), 3,
           "Submitted batch job 1\n");
    unsetenv("COLOUR");
    expect_file("slurm-1.out", "job 1 of train: a blue 0,1\n");
    expect(ARGS("gantry", "logs", "1"), 0, "job 1 of train: a blue 0,1\n");
}

/* Job 2 has its output in the log, which is there when its end is seen. */
static void check_log(void)
{
    expect(ARGS("sbatch", "-W", "-o", "/nosuch/x", "--wrap", "echo one; echo two"), 0,
           "Submitted batch job 2\n"
           "sbatch: /nosuch/x cannot be written: its directory is not there, or not "
           "yours; `gantry logs -f 2` follows the output\n");
    expect(ARGS("gantry", "logs", "-f", "2"), 0,
           "gantry-launch: this node has no directory for /nosuch/x: see this log\n"
           "one\ntwo\n");
}

/* Opens once the job reads from it, and so lets the job go on. */
static void let_go(void)
{
    AUTO_FREE char *path = tempdir_path(root, "go");
    const int fd = open(path, O_WRONLY);

    ck_assert_int_ge(fd, 0);
    close(fd);
}

/* Jobs 3 and 4 are followed while they run. The one ends by itself, the other is
 * cancelled. */
static void check_follow(const char *output, const char *id, bool cancel)
{
    struct program logs;

    expect(ARGS("sbatch", "-Q", "-D", "@", "-o", output, "--wrap",
                "echo begun; cat go; echo over"),
           0, "");
    program_start(&logs, root, ARGS("gantry", "logs", "-f", id));
    program_until(&logs, "begun\n");
    if (cancel)
        expect(ARGS("scancel", id), 0, "");
    else
        let_go();
    ck_assert_int_eq(program_end(&logs), 0);
    ck_assert_msg((strstr(logs.said.s, "over\n") == NULL) == cancel, "%s", logs.said.s);
    program_fini(&logs);
}

/* Who reads the output has seen enough: no command goes on for him, or says so. */
static void check_closed_pipe(void)
{
    AUTO_FREE char *line =
        xasprintf("HOME=%s %s/gantry logs -f 5 2>&1 | head -n 1", root, getenv("BIN"));
    char said[200] = "";

    expect(ARGS("sbatch", "-D", "@", "-o", "out-%j", "--wrap",
                "echo begun; while echo more; do cat go; done"),
           0, "Submitted batch job 5\n");
    FILE *p = popen(line, "r");
    ck_assert_ptr_nonnull(fgets(said, sizeof(said), p));
    ck_assert_str_eq(said, "begun\n");
    let_go(); /* it prints once more */
    ck_assert_ptr_null(fgets(said, sizeof(said), p));
    pclose(p);
    expect(ARGS("scancel", "5"), 0, "");
}

static void check_nothing(void)
{
    expect(ARGS("gantry", "logs", "99"), 1, "gantry logs: error: there is no job 99\n");
    expect(ARGS("gantry", "logs", "nosuch"), 1,
           "gantry logs: error: batchjobs.gantry.dev \"nosuch\" not found\n");
    expect(ARGS("gantry", "logs"), 1,
           "gantry logs: error: no job named: gantry logs JOB_ID\n");
    expect(ARGS("gantry", "logs", "1", "2"), 1,
           "gantry logs: error: more than one job named\n");
    expect(
        ARGS("gantry", "logs", "1", "--rank", "7"), 1,
        "gantry logs: error: rank 7 has no pod (any more), and its log went with it\n");
    expect(ARGS("sbatch", "-H", "-Q", "--wrap", "x"), 0, "");
    expect(ARGS("gantry", "logs", "6"), 1,
           "gantry logs: error: the job has not started: PENDING (JobHeldUser); "
           "--follow waits for it\n");
    expect(
        ARGS("sbatch", "-H", "-D", "/nosuch", "--wrap", "x"), 0,
        "Submitted batch job 7\n"
        "sbatch: /nosuch/slurm-%j.out cannot be written: its directory is not there, "
        "or not yours; `gantry logs -f 7` follows the output\n");
}

START_TEST(test_live)
{
    root = tempdir_new();
    AUTO_FREE char *go = tempdir_path(root, "go");

    ck_assert_int_eq(mkfifo(go, 0600), 0);
    start_cluster();
    check_script();
    check_log();
    check_follow("out-%j", "3", false);
    expect_file("out-3", "begun\nover\n");
    check_follow("/nosuch/y", "4", true);
    check_closed_pipe();
    check_nothing();
    stop_cluster();
    tempdir_free(root);
}
END_TEST

/* The node finds gantry-launch as a shell would. */
static void add_to_path(void)
{
    AUTO_FREE char *path = xasprintf("%s:%s", getenv("BIN") ? getenv("BIN") : "",
                                     getenv("PATH") ? getenv("PATH") : "/bin");

    setenv("PATH", path, 1);
}

int main(void)
{
    unsetenv("XDG_STATE_HOME");
    checkout_enter();
    add_to_path();
    return suite_main("gantry/live", (struct suite_row[]){{test_live, 1}, {NULL, 0}});
}
