#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/suite.h"

#define HINT                                                                         \
    "sbatch: the nodes may not have this directory; `gantry logs -f 1` follows the " \
    "output\n"
/* How long the controller has, and the longest script that stands in a BatchJob. */
#define ID_SEC 30
#define SHORT_MAX 4096
#define ZEROS                          \
    "00000000000000000000000000000000" \
    "00000000000000000000000000000000"
#define FAILED "sbatch: error: Batch job submission failed: "
#define CLOSED FAILED "Required partition not available (inactive or drain): main\n"
#define ACCOUNT \
    FAILED "Invalid account or account/partition combination specified: alice is "

/* The one that there is. Lent until the next request. */
static const struct json *the_job(struct clitest *t)
{
    const struct json *jobs;

    ck_assert_uint_eq(clitest_count(t, "batchjobs", &jobs), 1);
    return json_item(jobs, 0);
}

static void expect_jobs(struct clitest *t, size_t n)
{
    ck_assert_uint_eq(clitest_count(t, "batchjobs", NULL), n);
}

/* ---- what is submitted ---- */

START_TEST(test_wrap)
{
    struct clitest *t = clitest_new();
    AUTO_FREE char *here = getcwd(NULL, 0);
    AUTO_FREE char *work_dir = xasprintf("spec.workDir=%s", here);

    clitest_setenv(t, "COLOUR", "blue");
    clitest_expect(t, "sbatch -N 2 -J 'My Job' --wrap 'hostname -f'", 0,
                   "Submitted batch job 1\n", HINT);
    const struct json *job = the_job(t);
    ck_assert(str_starts(json_str(job, "metadata.name"), "my-job-"));
    apitest_expect_in(job, "wrap",
                      "spec.jobName=My Job|spec.user=alice|spec.nodes=2|"
                      "spec.output=slurm-%j.out|spec.ttlSecondsAfterFinished=300|"
                      "spec.args!|spec.exportEnv!|spec.scriptFrom!|"
                      "spec.env.0.name=COLOUR|spec.env.0.value=blue|"
                      "spec.env.1.name=SLURM_SUBMIT_DIR|"
                      "spec.env.2.name=SLURM_SUBMIT_HOST|spec.env#3|"
                      "spec.script~hostname -f");
    apitest_expect_in(job, "directory", work_dir);
    clitest_expect(t, "sbatch --parsable -Q --wrap x", 0, "2\n", "");
    clitest_expect(t, "sbatch -Q --wrap x", 0, "", "");
    clitest_free(t);
}
END_TEST

START_TEST(test_script)
{
    struct clitest *t = clitest_new();
    char path[] = "/tmp/gantry-sbatch-XXXXXX";
    const char *text = "#!/bin/sh\n#SBATCH -N 2 --time=10 -o x.out\necho $1\n";
    struct err err = ERR_INIT;

    close(mkstemp(path));
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, &err), 0);
    clitest_setenv(t, "SBATCH_TIMELIMIT", "20");
    AUTO_FREE char *line = xasprintf("sbatch -Q --export=NONE -N 3 %s -N 'b c'", path);
    clitest_expect(t, line, 0, "", "");
    const struct json *job = the_job(t);
    apitest_expect_in(job, "script",
                      "spec.nodes=3|spec.timeLimit=20|spec.output=x.out|spec.args#2|"
                      "spec.args.0=-N|spec.args.1=b c|spec.exportEnv=NONE|spec.env#2|"
                      "spec.jobName~gantry-sbatch-");
    apitest_expect_in(job, "text", "spec.script~echo $1");
    unlink(path);
    clitest_free(t);
}
END_TEST

/* As many variables as there may be, and two of sbatch's own, one of which the caller
 * sets. */
START_TEST(test_variables)
{
    struct clitest *t = clitest_new();
    const struct json *jobs;

    for (int i = 0; i < 254; i++) {
        AUTO_FREE char *name = xasprintf("V%d", i);
        clitest_setenv(t, name, "x");
    }
    clitest_expect(t, "sbatch -Q --wrap x", 0, "", "");
    apitest_expect_in(the_job(t), "many", "spec.env#256");
    clitest_expect(t, "sbatch -Q -J z --export=SLURM_SUBMIT_DIR=/here --wrap x", 0, "",
                   "");
    clitest_count(t, "batchjobs", &jobs);
    apitest_expect_in(json_item(jobs, 1), "own",
                      "spec.env#2|spec.env.0.name=SLURM_SUBMIT_DIR|"
                      "spec.env.0.value=/here|spec.env.1.name=SLURM_SUBMIT_HOST");
    clitest_free(t);
}
END_TEST

/* Shape and nodes are each component's own, the environment counts for all, and what is
 * sbatch's own may stand with any. */
START_TEST(test_components)
{
    struct clitest *t = clitest_new();

    clitest_setenv(t, "SBATCH_MEM_PER_CPU", "1G");
    clitest_setenv(t, "SBATCH_TIMELIMIT", "20");
    t->in = "#!/bin/sh\n#SBATCH -t 10 -n 2 -N 2\n#SBATCH hetjob\n#SBATCH -n 1\n";
    clitest_expect(t, "sbatch -J het -t 10 -c 4 : --gpus-per-task=2 --parsable", 0,
                   "1\n", HINT);
    const struct json *job = the_job(t);
    apitest_expect_in(job, "job",
                      "spec.jobName=het|spec.timeLimit=10|spec.nodes!|spec.ntasks!|"
                      "spec.memPerCpu!|spec.cpusPerTask!|spec.gpusPerTask!|"
                      "spec.components#2");
    apitest_expect_in(job, "first",
                      "spec.components.0.name=0|spec.components.0.nodes=2|"
                      "spec.components.0.ntasks=2|spec.components.0.cpusPerTask=4|"
                      "spec.components.0.memPerCpu=1G|spec.components.0.gpusPerTask!");
    apitest_expect_in(job, "second",
                      "spec.components.1.name=1|spec.components.1.nodes!|"
                      "spec.components.1.ntasks=1|spec.components.1.cpusPerTask!|"
                      "spec.components.1.memPerCpu=1G|"
                      "spec.components.1.gpusPerTask=2|spec.components.1.timeLimit!");
    clitest_expect(t, "squeue -h -t all -O jobid:2,numnodes:2,numcpus:3,numtasks", 0,
                   "1 2 8  2                   \n2 1 1  1                   \n", "");
    clitest_free(t);
}
END_TEST

/* Components in partitions of their own start together, each in its own. */
START_TEST(test_component_partitions)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "Partition", "left", "'nodes':'n[1-2]'");
    ctltest_make(t->ctl, "Partition", "right", "'nodes':'n[3-4]'");
    ctltest_settle(t->ctl);
    clitest_expect(t, "sbatch -Q -p left -N 1 : -p right -N 2 : -p left --wrap true", 0,
                   "", "");
    ctltest_settle(t->ctl);
    apitest_expect_in(the_job(t), "job",
                      "spec.partition=left|spec.components.0.partition!|"
                      "spec.components.1.partition=right|"
                      "spec.components.2.partition!");
    clitest_expect(t, "squeue -h -S i -o '%i %P %t %N'", 0,
                   "1+0 left R n1\n1+1 right R n[3-4]\n1+2 left R n1\n", "");
    clitest_expect(t, "squeue -h -p right -o %i", 0, "1+1\n", "");
    clitest_free(t);
}
END_TEST

/* Likewise of the time limit, which ends that component alone. */
START_TEST(test_component_limits)
{
    struct clitest *t = clitest_new();

    t->in = "#!/bin/sh\n#SBATCH -t 60\n#SBATCH hetjob\n#SBATCH -t 10\n"
            "#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH -t 0\n";
    clitest_expect(t, "sbatch -Q", 0, "", "");
    ctltest_settle(t->ctl);
    apitest_expect_in(the_job(t), "job",
                      "spec.timeLimit=60|spec.components.0.timeLimit!|"
                      "spec.components.1.timeLimit=10|spec.components.2.timeLimit=10|"
                      "spec.components.3.timeLimit=UNLIMITED");
    clitest_expect(t, "squeue -h -S i -o '%i %l'", 0,
                   "1+0 1:00:00\n1+1 10:00\n1+2 10:00\n1+3 UNLIMITED\n", "");
    clitest_free(t);
}
END_TEST

/* What one component says of account and QOS holds for those behind it. */
START_TEST(test_component_payers)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "Account", "lab", "'members':[{'user':'alice'}]");
    ctltest_make(t->ctl, "Account", "course", "'members':[{'user':'alice'}]");
    ctltest_make(t->ctl, "QOS", "high", "");
    ctltest_settle(t->ctl);
    clitest_expect(t,
                   "sbatch -Q -A lab -N 1 : -A course -q high : : -A lab --wrap true",
                   0, "", "");
    ctltest_settle(t->ctl);
    apitest_expect_in(the_job(t), "job",
                      "spec.account=lab|spec.qos!|spec.components.0.account!|"
                      "spec.components.1.account=course|spec.components.1.qos=high|"
                      "spec.components.2.account=course|spec.components.2.qos=high|"
                      "spec.components.3.account!|spec.components.3.qos=high");
    clitest_expect(t, "squeue -h -S i -o '%i %a %q'", 0,
                   "1+0 lab (null)\n1+1 course high\n1+2 course high\n1+3 lab high\n",
                   "");
    clitest_expect(t, "squeue -h -A course -o %i -S i", 0, "1+1\n1+2\n", "");
    clitest_free(t);
}
END_TEST

/* Of a range of nodes all that are free, unless as few as will do are asked for. */
START_TEST(test_use_min_nodes)
{
    static const struct {
        const char *options, *want;
    } rows[] = {
        {"-N 1-2", "status.numNodes=2"},
        {"-N 1-2 --use-min-nodes", "status.numNodes=1"},
        {"-N 1-2 -n 4 --use-min-nodes", "status.numNodes=1"},
        {"-N 1-2 -n 4 -G 12 --use-min-nodes", "status.numNodes=2"},
    };
    struct clitest *t = clitest_new();
    AUTO_FREE char *line = xasprintf("sbatch -Q %s --wrap x", rows[_i].options);

    clitest_expect(t, line, 0, "", "");
    ctltest_settle(t->ctl);
    apitest_expect_in(the_job(t), rows[_i].options, rows[_i].want);
    clitest_free(t);
}
END_TEST

START_TEST(test_stdin)
{
    struct clitest *t = clitest_new();

    t->in = "#!/bin/sh\n#SBATCH --no-requeue\nhostname\n";
    clitest_expect(t, "sbatch -Q", 0, "", "");
    apitest_expect_in(the_job(t), "stdin", "spec.jobName=sbatch|spec.requeue=false");
    clitest_free(t);
}
END_TEST

/* ---- what is refused: one line, nothing is left ---- */

static const struct {
    const char *line, *in, *err;
} refusals[] = {
    {"sbatch", "", "sbatch: error: Batch script is empty!\n"},
    {"sbatch", "hostname\n",
     "sbatch: error: This does not look like a batch script. The first line must start "
     "with #! followed by the path to an interpreter. For instance: #!/bin/sh\n"},
    {"sbatch", "#!/bin/sh\n\n#SBATCH --nodse=2\n",
     "sbatch: error: standard input:3: unknown option --nodse; did you mean "
     "--nodes?\n"},
    {"sbatch /nosuch.sh", NULL,
     "sbatch: error: Unable to open file /nosuch.sh: no such file\n"},
    {"sbatch --frobnicate x", NULL, "sbatch: error: unknown option --frobnicate\n"},
    {"sbatch -t soon --wrap x", NULL,
     "sbatch: error: Invalid --time specification: \"soon\" is not a duration*"},
    {"sbatch --wrap x y", NULL,
     "sbatch: error: Script arguments not permitted with --wrap option\n"},
    {"sbatch -N1 : -N2 /nosuch.sh", NULL,
     "sbatch: error: Unable to open file /nosuch.sh: no such file\n"},
    {"sbatch -N1 : --nice=5 --wrap x", NULL,
     "sbatch: error: --nice: all components of a heterogeneous job have what the first "
     "one says, and that says nothing\n"},
    {"sbatch -J a : -J b --wrap x", NULL,
     "sbatch: error: -J: all components of a heterogeneous job have what the first "
     "one says, and that is different\n"},
    {"sbatch -t 9 --time-min=2 : -t 5 --wrap x", NULL,
     FAILED "--time-min: Invalid value: spec.timeMin: where a component has a time "
            "limit of its own there is no "
            "least one\n"},
    {"sbatch -J a", "#!/bin/sh\n#SBATCH hetjob\n#SBATCH -J b\n",
     "sbatch: error: standard input:3: -J: all components of a heterogeneous job have "
     "what the first one says, and that is different\n"},
    {"sbatch -N1 : -p main,other --wrap x", NULL,
     "sbatch: error: -p: a component is in one partition, only the first one may list "
     "several\n"},
    {"sbatch -p main : -N1 : -p nowhere --wrap x", NULL,
     FAILED "Invalid partition name specified: there is no partition \"nowhere\"\n"},
    {"sbatch -N1 : --frobnicate --wrap x", NULL,
     "sbatch: error: unknown option --frobnicate\n"},
    {"sbatch -N1 : -N x --wrap x", NULL,
     "sbatch: error: \"x\" is not a valid node count: use 4 or 2-4\n"},
    {"sbatch -N1 : -n2 --constraint=a*3 --wrap x", NULL,
     FAILED "--constraint of component 1: 3 nodes are counted, but there are 2 tasks, "
            "and each node has one at least\n"},
    {"sbatch : : : : : : : : : : : : : : : : --wrap x", NULL,
     "sbatch: error: a heterogeneous job has at most 16 components\n"},
    {"sbatch -p nosuch --wrap x", NULL,
     FAILED "Invalid partition name specified: there is no partition \"nosuch\"\n"},
    {"sbatch -p main,nosuch --wrap x", NULL,
     FAILED "Invalid partition name specified: there is no partition \"nosuch\"\n"},
    {"sbatch -a 3-1 --wrap x", NULL,
     FAILED "Invalid job array specification: \"3-1\"; right is*"},
    /* the API server's schema */
    {"sbatch --switches=" ZEROS "1 --wrap x", NULL,
     FAILED "--switches: Too long: may not be more than 64 bytes\n"},
    {"sbatch", "#!/bin/sh\n#SBATCH --switches=" ZEROS "1\n",
     FAILED "standard input:2: --switches: Too long: may not be more than 64 bytes\n"},
    /* the controller */
    {"sbatch -a 0-1001 --wrap x", NULL,
     FAILED "-a: Invalid job array specification: \"0-1001\"; indices are below 1001 "
            "here (maxArraySize)\n"},
    {"sbatch -N 3 --segment 2 --wrap x", NULL,
     FAILED "--segment: 2 does not divide 3 nodes\n"},
    {"sbatch -N 3 --spread-segments --wrap x", NULL,
     FAILED "--spread-segments: there is no segment; give one, too\n"},
    {"sbatch -w n1,n9 -N 2 --wrap x", NULL,
     FAILED "Invalid node name specified: node n9 does not exist\n"},
    {"sbatch -N1 : -x n[1,9] --wrap x", NULL,
     FAILED "Invalid node name specified: there is no node \"n9\"\n"},
    {"sbatch -x n[1,9] --wrap x", NULL,
     FAILED "Invalid node name specified: there is no node \"n9\"\n"},
    {"sbatch -q nosuch --wrap x", NULL,
     FAILED "Invalid qos specification: QOS nosuch does not exist; there are none\n"},
    {"sbatch -N 4 -G 2 --wrap x", NULL,
     FAILED "-G: Invalid generic resource (gres) specification: 2 cannot be on 4 "
            "nodes, each has one at least\n"},
    /* the core */
    {"sbatch -n 1 -G 16 --wrap x", NULL,
     FAILED "Requested node configuration is not available: needs 1 node with "
            "cpu=1,nvidia.com/gpu=16; no node of partition main fits\n"},
    {"sbatch -n 3 -G 25 --wrap x", NULL,
     FAILED "Requested node configuration is not available: needs 3 tasks of cpu=1 and "
            "25 times nvidia.com/gpu=1; partition main has room for at most 24 times "
            "nvidia.com/gpu=1\n"},
    {"sbatch -d afterok:9 --wrap x", NULL,
     FAILED "Job dependency problem: its dependency can never be met: no job 9 is "
            "known\n"},
    {"sbatch -d afternotok:9_2 --kill-on-invalid-dep=yes --wrap x", NULL,
     FAILED "Job dependency problem: its dependency can never be met: no job 9_2 is "
            "known\n"},
    {"sbatch --mem=0 --wrap x", NULL,
     FAILED "--mem: 0 (all of a node's memory) is not supported yet; name an amount\n"},
};

START_TEST(test_refusal)
{
    struct clitest *t = clitest_new();

    t->in = refusals[_i].in;
    clitest_expect(t, refusals[_i].line, 1, "", refusals[_i].err);
    expect_jobs(t, 0);
    clitest_setenv(t, "SLURM_EXIT_ERROR", "7");
    t->in = refusals[_i].in;
    clitest_expect(t, refusals[_i].line, 7, "", refusals[_i].err);
    clitest_free(t);
}
END_TEST

START_TEST(test_no_default_partition)
{
    struct clitest *t = clitest_new();

    ck_assert_int_eq(apitest_request(t->ctl->api, "DELETE",
                                     "/apis/gantry.dev/v1alpha1/partitions/main", NULL),
                     200);
    clitest_expect(t, "sbatch --wrap x", 1, "",
                   FAILED "No partition specified or system default partition\n");
    clitest_free(t);
}
END_TEST

START_TEST(test_fewer_tasks)
{
    static const char *const lines[] = {"sbatch -N4 -n2 --wrap x",
                                        "sbatch -N 4-6 -n 2 --wrap x"};

    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct clitest *t = clitest_new();

        clitest_expect(t, lines[i], 0, "Submitted batch job 1\n",
                       "sbatch: warning: 4 nodes are more than there are tasks, one "
                       "node each: taking 2\n*");
        apitest_expect_in(the_job(t), lines[i],
                          "spec.nodes=2|spec.ntasks=2|status.numNodes=2");
        clitest_free(t);
    }
}
END_TEST

/* Only members may use an account, once there is one. */
START_TEST(test_account)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch -A any --wrap x", 0, "Submitted batch job 1\n", "*");
    ctltest_make(t->ctl, "Account", "theirs", "'members':[{'user':'nobody'}]");
    clitest_expect(t, "sbatch --wrap x", 1, "", ACCOUNT "a member of no account\n");
    clitest_expect(t, "sbatch -A theirs --wrap x", 1, "",
                   ACCOUNT "not a member of account theirs\n");
    expect_jobs(t, 1);
    clitest_free(t);
}
END_TEST

/* DOWN takes jobs and starts none; DRAIN and INACTIVE take none. */
START_TEST(test_closed_partition)
{
    struct clitest *t = clitest_new();

    ctltest_change(t->ctl, "Partition", "main", "'state':'DRAIN'");
    clitest_expect(t, "sbatch --wrap x", 1, "", CLOSED);
    ctltest_change(t->ctl, "Partition", "main", "'state':'INACTIVE'");
    clitest_expect(t, "sbatch -p main --wrap x", 1, "", CLOSED);
    ctltest_change(t->ctl, "Partition", "main", "'state':'DOWN'");
    clitest_expect(t, "sbatch -p main --wrap x", 0, "Submitted batch job 1\n", "*");
    clitest_free(t);
}
END_TEST

/* While a partition is closed, its alternate takes the job. */
START_TEST(test_alternate_partition)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "Partition", "spare", "");
    ctltest_change(t->ctl, "Partition", "main",
                   "'state':'INACTIVE','alternate':'spare'");
    clitest_expect(t, "sbatch --test-only --wrap x", 0, "",
                   "sbatch: Job to start at 2027-01-15T08:00:00 using 1 processors on "
                   "nodes n1 in partition spare\n");
    clitest_expect(t, "sbatch -p main --wrap x", 0, "Submitted batch job 1\n", "*");
    ctltest_change(t->ctl, "Partition", "main",
                   "'state':'INACTIVE','alternate':'main'");
    clitest_expect(t, "sbatch -p main --wrap x", 1, "", CLOSED);
    clitest_free(t);
}
END_TEST

/* More nodes than there are may come: it waits for them. When it is only tried, there
 * is no start to tell. */
START_TEST(test_too_many_nodes)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch -N 99 --wrap x", 0, "Submitted batch job 1\n", "*");
    clitest_expect(t, "squeue -h -o %i_%t_%r", 0, "1_PD_PartitionNodeLimit\n", "");
    clitest_expect(t, "sbatch --test-only -N 99 --wrap x", 1, "",
                   "sbatch: error: allocation failure: Requested node configuration is "
                   "not available: needs 99 nodes with cpu=1; partition main has 4 "
                   "nodes\n");
    clitest_free(t);
}
END_TEST

/* Who may not see nodes is not told of those that are not there. */
START_TEST(test_excluded_unseen)
{
    struct clitest *t = clitest_new();

    spy_spoil(t->spy, &(struct spy_rule){"GET", "/nodes/n9", SPY_REFUSE, 403,
                                         "Forbidden", "no nodes for you", SPY_ALWAYS});
    clitest_expect(t, "sbatch -x n9 --wrap x", 0, "Submitted batch job 1\n", "*");
    clitest_free(t);
}
END_TEST

START_TEST(test_about)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch --version", 0, "gantry 0.1\n", "");
    clitest_expect(t, "sbatch -h", 0, "Usage: sbatch *", "");
    clitest_expect(t, "sbatch --usage", 0, "Usage: sbatch *", "");
    clitest_run(t, "sbatch -v --wrap x");
    ck_assert_msg(str_starts(t->err, "sbatch: BatchJob wrap-") &&
                      strstr(t->err, "in namespace default"),
                  "%s", t->err);
    clitest_run(t, "sbatch -vv --wrap x");
    ck_assert_msg(strstr(t->err, "sbatch: spec: {") != NULL, "%s", t->err);
    clitest_free(t);
}
END_TEST

/* ---- faults: the id, or nothing is left ---- */

#define GONE_AWAY FAILED "no clear answer from the API server at *"

static const struct {
    const char *name;
    struct spy_rule rule;
    int status;
    const char *err;
    size_t left;
} faults[] = {
    {"made, the answer lost",
     {"POST", "/batchjobs", SPY_LOSE_ANSWER, .times = 1},
     0,
     HINT,
     1},
    {"lost on the way",
     {"POST", "/batchjobs", SPY_LOSE_REQUEST, .times = 1},
     1,
     GONE_AWAY,
     0},
    {"the name taken",
     {"POST", "/batchjobs", SPY_REFUSE, 409, "AlreadyExists", "there", .times = 1},
     0,
     HINT,
     1},
    {"every name taken",
     {"POST", "/batchjobs", SPY_REFUSE, 409, "AlreadyExists", "there", SPY_ALWAYS},
     1,
     FAILED "there\n",
     0},
    {"not allowed",
     {"POST", "/batchjobs", SPY_REFUSE, 403, "Forbidden", "alice may not", SPY_ALWAYS},
     1,
     FAILED "Access/permission denied: alice may not\n",
     0},
    {"partitions not to be seen",
     {"GET", "/partitions", SPY_REFUSE, 403, "Forbidden", "no", SPY_ALWAYS},
     0,
     HINT,
     1},
    {"no Gantry there",
     {"GET", "/partitions", SPY_REFUSE, 404, "NotFound", "no", SPY_ALWAYS},
     1,
     FAILED
     "the API server at  has no partitions in gantry.dev/v1alpha1: Gantry is not "
     "installed there\n",
     0},
    {"the watch refused for a while",
     {"GET", "/batchjobs", SPY_REFUSE, 410, "Expired", "too old", .times = 3},
     0,
     HINT,
     1},
    {"the watch forbidden",
     {"GET", "/batchjobs", SPY_REFUSE, 403, "Forbidden", "no watching", SPY_ALWAYS},
     1,
     FAILED "403 Forbidden: no watching\n",
     0},
};

START_TEST(test_fault)
{
    struct clitest *t = clitest_new();

    spy_spoil(t->spy, &faults[_i].rule);
    clitest_expect(t, "sbatch --wrap x", faults[_i].status, NULL, faults[_i].err);
    ck_assert_str_eq(t->out, faults[_i].status ? "" : "Submitted batch job 1\n");
    spy_spare(t->spy);
    ctltest_settle(t->ctl);
    ck_assert_msg(clitest_count(t, "batchjobs", NULL) == faults[_i].left, "%s",
                  faults[_i].name);
    clitest_free(t);
}
END_TEST

/* Nobody gives ids: half a minute, then the job is withdrawn. */
START_TEST(test_no_controller)
{
    struct clitest *t = clitest_new();
    const int64_t start_sec = loop_now_sec(t->ctl->api->loop);

    ctltest_kill(t->ctl);
    clitest_expect(t, "sbatch --wrap x", 1, "",
                   FAILED "it got no id within 30 seconds: is gantry-controller "
                          "running?\n");
    ck_assert_int_eq(loop_now_sec(t->ctl->api->loop) - start_sec, ID_SEC);
    expect_jobs(t, 0);

    spy_spoil(t->spy, &(struct spy_rule){"DELETE", "", SPY_REFUSE, 403, "Forbidden",
                                         "no deleting", SPY_ALWAYS});
    clitest_expect(t, "sbatch --wrap x", 1, "",
                   FAILED "it got no id within 30 seconds: is gantry-controller "
                          "running?; it could not be withdrawn (Access/permission "
                          "denied: no deleting): `kubectl delete batchjob -n default "
                          "wrap-*");
    expect_jobs(t, 1);
    clitest_free(t);
}
END_TEST

/* The caller never hears the id, so he will submit again. */
START_TEST(test_disk_full)
{
    struct clitest *t = clitest_new();

    t->full = true;
    clitest_expect(t, "sbatch --wrap x", 1, "",
                   FAILED "its id 1 cannot be written: No space left on device\n");
    expect_jobs(t, 0);
    clitest_free(t);
}
END_TEST

/* ---- long scripts ---- */

/* A script that is just too long, or just not. */
static char *script_of(size_t len)
{
    char *text = xmalloc(len + 1);
    const char *head = "#!/bin/sh\n";

    memset(text, 'x', len);
    memcpy(text, head, strlen(head));
    text[len] = '\0';
    return text;
}

START_TEST(test_long)
{
    struct clitest *t = clitest_new();
    const struct json *list;
    AUTO_FREE char *fits = script_of(SHORT_MAX);
    AUTO_FREE char *text = script_of(SHORT_MAX + 1);
    const size_t before = clitest_count(t, "configmaps", NULL);

    t->in = fits;
    clitest_expect(t, "sbatch -Q", 0, "", "");
    ck_assert_uint_eq(clitest_count(t, "configmaps", NULL), before);
    for (int i = 0; i < 2; i++) {
        t->in = text;
        clitest_expect(t, "sbatch -Q", 0, "", "");
    }
    ck_assert_uint_eq(clitest_count(t, "configmaps", &list), before + 1);
    const struct json *map = json_item(list, before);
    ck_assert_str_eq(json_str(map, "data.script"), text);
    apitest_expect_in(map, "map",
                      "immutable=true|metadata.ownerReferences#2|"
                      "metadata.ownerReferences.0.kind=BatchJob|"
                      "metadata.name~gantry-script-");
    AUTO_FREE char *name = xstrdup(json_str(map, "metadata.name"));
    size_t n = 0;
    clitest_count(t, "batchjobs", &list);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *spec = json_get(json_item(list, i), "spec");
        const struct json *from = json_at(spec, "scriptFrom.configMapKeyRef");
        ck_assert(!from == (json_str(spec, "script") != NULL));
        n += from && str_eq(json_str(from, "name"), name) &&
             str_eq(json_str(from, "key"), "script");
    }
    ck_assert_uint_eq(n, 2);
    clitest_free(t);
}
END_TEST

/* The name is taken by something else: it must not run instead. */
START_TEST(test_long_taken)
{
    struct clitest *t = clitest_new();
    AUTO_FREE char *text = script_of(SHORT_MAX + 1);
    const size_t before = clitest_count(t, "configmaps", NULL);
    const struct json *list;

    t->in = text;
    clitest_expect(t, "sbatch -Q", 0, "", "");
    ck_assert_uint_eq(clitest_count(t, "configmaps", &list), before + 1);
    AUTO_FREE char *name = xstrdup(json_str(json_item(list, before), "metadata.name"));
    ck_assert_uint_eq(strlen(name), strlen("gantry-script-") + 16);
    AUTO_FREE char *path = xasprintf("/api/v1/namespaces/default/configmaps/%s", name);
    AUTO_FREE char *body =
        xasprintf("{'metadata':{'name':'%s'},'data':{'script':'#!/bin/evil'}}", name);
    AUTO_FREE char *want = xasprintf(
        FAILED "the script's ConfigMap %s: holds another script: delete it\n", name);
    ck_assert_int_eq(apitest_request(t->ctl->api, "DELETE", path, NULL), 200);
    ck_assert_int_eq(apitest_request(t->ctl->api, "POST",
                                     "/api/v1/namespaces/default/configmaps", body),
                     201);
    t->in = text;
    clitest_expect(t, "sbatch", 1, "", want);
    expect_jobs(t, 1);
    clitest_free(t);
}
END_TEST

/* ---- --wait ---- */

struct ending {
    struct clitest *t;
    struct loop_timer *timer;
    int code;
};

static void end_job(void *arg)
{
    struct ending *e = arg;
    AUTO_FREE char *name = xstrdup(json_str(the_job(e->t), "metadata.name"));

    ctltest_end(e->t->ctl, name, 0, e->code);
}

static const struct {
    int code, status;
} endings[] = {{0, 0}, {3, 3}, {137, 1}};

START_TEST(test_wait)
{
    struct clitest *t = clitest_new();
    struct ending e = {.t = t, .code = endings[_i].code};

    e.timer = loop_timer_new(t->ctl->api->loop, end_job, &e);
    loop_timer_start(e.timer, 3600000);
    clitest_expect(t, "sbatch -W --wrap x", endings[_i].status,
                   "Submitted batch job 1\n", HINT);
    loop_timer_free(e.timer);
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/sbatch", (struct suite_row[]){
                                           {test_wrap, 1},
                                           {test_script, 1},
                                           {test_variables, 1},
                                           {test_components, 1},
                                           {test_component_partitions, 1},
                                           {test_component_limits, 1},
                                           {test_component_payers, 1},
                                           {test_use_min_nodes, 4},
                                           {test_stdin, 1},
                                           {test_refusal, ARRAY_LEN(refusals)},
                                           {test_no_default_partition, 1},
                                           {test_fewer_tasks, 1},
                                           {test_account, 1},
                                           {test_closed_partition, 1},
                                           {test_alternate_partition, 1},
                                           {test_too_many_nodes, 1},
                                           {test_excluded_unseen, 1},
                                           {test_about, 1},
                                           {test_fault, ARRAY_LEN(faults)},
                                           {test_no_controller, 1},
                                           {test_disk_full, 1},
                                           {test_long, 1},
                                           {test_long_taken, 1},
                                           {test_wait, ARRAY_LEN(endings)},
                                           {NULL, 0},
                                       });
}
