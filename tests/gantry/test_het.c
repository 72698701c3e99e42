/* A heterogeneous job as Slurm's users know it: a job for each component, of which
 * there is one object. Sessions, tests/gantry/golden/het*.txt. */
#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/gantry/golden/"
#define COUPLE                                                     \
    "sbatch -Q -J couple -t 60 -n 1 -c 2 --mem 1G -D /tmp : -N 3 " \
    "--gpus-per-node=8 --wrap true"

/* Job 1 runs, 3 waits for it, 5 is none of these. */
static struct clitest *queue_new(void)
{
    struct clitest *t = clitest_new();

    clitest_setenv(t, "SLURM_TIME_FORMAT", "standard");
    for (int i = 0; i < 2; i++)
        clitest_expect(t, COUPLE, 0, "", "");
    clitest_expect(t, "sbatch -Q -J alone -N 4 --exclusive -t 60 -D /tmp --wrap true",
                   0, "", "");
    ctltest_advance(t->ctl, 60);
    return t;
}

static const char *const sessions[] = {"het.txt", "het_act.txt"};

START_TEST(test_session)
{
    AUTO_FREE char *path = xasprintf(GOLDEN "%s", sessions[_i]);
    struct clitest *t = queue_new();

    session_play(t, path);
    clitest_free(t);
}
END_TEST

/* What one component holds does not count for another one. */
START_TEST(test_held_once)
{
    struct clitest *t = queue_new();

    clitest_expect(t, "sinfo -h -n n[1-2] -N -o '%n %C'", 0,
                   "n1 3/13/0/16\nn2 1/15/0/16\n", "");
    clitest_expect(t, "squeue -h -w n1 -S i -o %i", 0, "1+0\n1+1\n", "");
    clitest_expect(t, "squeue -h -w n3 -o %i", 0, "1+1\n", "");
    clitest_free(t);
}
END_TEST

START_TEST(test_json)
{
    struct clitest *t = queue_new();

    clitest_expect(t, "squeue --json -j 3+1", 0, NULL, "");
    JSON_AUTO struct json *said = json_parse_str(t->out, NULL);
    apitest_expect_in(said, "3+1",
                      "jobs#1|jobs.0.job_id=4|jobs.0.het_job_id.number=3|"
                      "jobs.0.het_job_offset.number=1|jobs.0.het_job_id_set=3-4|"
                      "jobs.0.node_count.number=3|jobs.0.scheduled_nodes=n[1-3]|"
                      "jobs.0.tres_per_node=gres/gpu:8");
    clitest_free(t);
}
END_TEST

/* The first component of a job that runs stands for all of it; of one that has ended
 * there is nothing to cancel. */
START_TEST(test_cancel_first)
{
    struct clitest *t = queue_new();

    clitest_expect(t, "scancel 1+0", 0, "", "");
    ctltest_settle(t->ctl);
    ctltest_reap(t->ctl);
    ctltest_settle(t->ctl);
    clitest_expect(t, "squeue -h -t all -j 1 -o '%i %T'", 0,
                   "1+0 CANCELLED\n1+1 CANCELLED\n", "");
    clitest_expect(t, "scancel 1+1", 1, "",
                   "scancel: error: Kill job error on job id 1+1: Job/step already "
                   "completing or completed\n");
    clitest_free(t);
}
END_TEST

/* Another one of a job that runs ends alone, and gives back what it had. */
START_TEST(test_cancel_other)
{
    struct clitest *t = queue_new();

    clitest_expect(t, "scancel 1+1", 0, "", "");
    ctltest_settle(t->ctl);
    ctltest_reap(t->ctl);
    ctltest_settle(t->ctl);
    clitest_expect(t, "squeue -h -t all -j 1 -S i -o '%i %T %r'", 0,
                   "1+0 RUNNING None\n1+1 CANCELLED None\n", "");
    clitest_expect(t, "squeue -h -j 3 -S i -o '%i %T'", 0, "3+0 RUNNING\n3+1 RUNNING\n",
                   "");
    ctltest_restart(t->ctl);
    ctltest_settle(t->ctl);
    clitest_expect(t, "squeue -h -t all -j 1 -S i -o '%i %T'", 0,
                   "1+0 RUNNING\n1+1 CANCELLED\n", "");
    clitest_free(t);
}
END_TEST

/* The object that is the job of number 1. */
static char *first_job(struct clitest *t)
{
    const struct json *jobs;
    const size_t n = clitest_count(t, "batchjobs", &jobs);
    char *name = NULL;

    for (size_t i = 0; i < n; i++) {
        if (json_int_or(json_item(jobs, i), "status.jobID", 0) == 1)
            name = xstrdup(json_str(json_item(jobs, i), "metadata.name"));
    }
    ck_assert_ptr_nonnull(name);
    return name;
}

/* ---- one of them, by name or by what a filter shows ---- */

/* Job 1 of three components, the last two in partition gpu, of a template; they run, or
 * wait for another day. */
static struct clitest *trio_new(bool runs)
{
    AUTO_FREE char *body = xasprintf(
        "{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','metadata':{'name':"
        "'trio'},'spec':{%s'components':[{'name':'a'},{'name':'b','partition':'gpu'},"
        "{'name':'c','partition':'gpu','account':'own'}],'template':{'spec':"
        "{'containers':[{'name':'m','image':'i'}]}}}}",
        runs ? "" : "'begin':'2090-01-01T00:00:00Z',");
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "Partition", "gpu", "'nodes':'n[1-3]'");
    ck_assert_int_eq(
        apitest_send(
            t->ctl->api,
            &(struct apitest_request){
                .method = "POST",
                .path = "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs",
                .user = "alice",
                .body = body}),
        201);
    ctltest_advance(t->ctl, 60);
    return t;
}

/* "Cancel Signal+1": what is to be done to it, in order; heap. */
static char *actions_of(struct clitest *t)
{
    STR_AUTO struct str out;
    const struct json *jobs, *list;

    str_init(&out, 1000);
    clitest_count(t, "batchjobs", &jobs);
    list = json_at(json_item(jobs, 0), "spec.actions");
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *action = json_item(list, i);
        str_addf(&out, "%s%s", out.len ? " " : "", json_str(action, "type"));
        if (json_get(action, "component"))
            str_addf(&out, "+%d", (int)json_int_or(action, "component", -1));
    }
    return str_take(&out);
}

#define KILL "scancel: error: Kill job error on job id "
#define ALL_ALIKE \
    ": Operation not permitted on individual component of heterogeneous job\n"

static const struct {
    const char *line;
    bool runs;
    const char *err, *actions;
} of_one[] = {
    {"scancel -s USR1 1", true, "", "Signal"},
    {"scancel -s USR1 1+0", true, "", "Signal+0"},
    {"scancel -s USR1 1+2", true, "", "Signal+2"},
    {"scancel -s USR1 2 3", true, "", "Signal+1 Signal+2"},
    {"scancel -b -s USR1 1+1", true, KILL "1+1: Job script not specified\n", ""},
    {"scancel -s USR1 1", false,
     KILL "1: Job can not be altered now, try again later\n", ""},
    {"scancel -s USR1 1+1", false, KILL "1+1" ALL_ALIKE, ""},
    {"scancel -s KILL 1+1", true, "", "Cancel+1"},
    {"scancel 1", true, "", "Cancel"},
    {"scancel 1+0", true, "", "Cancel"},
    {"scancel 1+3", true, KILL "1+3: Invalid job id specified\n", ""},
    /* by a filter */
    {"scancel -p main", true, "", "Cancel"},
    {"scancel -p gpu", true, "", "Cancel+1 Cancel+2"},
    {"scancel -p gpu -s USR1", true, "", "Signal+1 Signal+2"},
    {"scancel -p main -s USR1", true, "", "Signal+0"},
    {"scancel -p main,gpu -s USR1", true, "", "Signal"},
    {"scancel -A own", true, "", "Cancel+2"},
    {"scancel -p gpu 1", true, "", "Cancel+1 Cancel+2"},
    {"scancel -p main 1+1", true, "", ""},
    /* one that waits is one job */
    {"scancel -p main", false, "", "Cancel"},
    {"scancel -A own", false, KILL "1+2" ALL_ALIKE, ""},
    {"scancel 1+0", false, KILL "1+0" ALL_ALIKE, ""},
};

START_TEST(test_of_one)
{
    struct clitest *t = trio_new(of_one[_i].runs);

    clitest_expect(t, of_one[_i].line, *of_one[_i].err != '\0', "", of_one[_i].err);
    AUTO_FREE char *actions = actions_of(t);
    ck_assert_str_eq(actions, of_one[_i].actions);
    clitest_free(t);
}
END_TEST

/* Its second component ends after ten minutes, and lets the next job start. */
static struct clitest *uneven_new(void)
{
    struct clitest *t = clitest_new();

    clitest_setenv(t, "SLURM_TIME_FORMAT", "standard");
    clitest_expect(t,
                   "sbatch -Q -J uneven -t 60 -N 1 -G 8 -D /tmp : -t 10 -N 3 "
                   "--gpus-per-node=8 --wrap true",
                   0, "", "");
    clitest_expect(t, "sbatch -Q -J next -t 5 -N 2 -G 16 -D /tmp --wrap true", 0, "",
                   "");
    ctltest_advance(t->ctl, 60);
    return t;
}

START_TEST(test_limits_changed)
{
    struct clitest *t = uneven_new();

    session_play(t, GOLDEN "het_limits_raised.txt");
    ctltest_advance(t->ctl, 600);
    session_play(t, GOLDEN "het_limits_kept.txt");
    ctltest_advance(t->ctl, 120);
    session_play(t, GOLDEN "het_limits_lowered.txt");
    clitest_free(t);
}
END_TEST

/* A component whose own time is up ends while the others go on. */
START_TEST(test_limits_apart)
{
    struct clitest *t = uneven_new();

    session_play(t, GOLDEN "het_limits_begin.txt");
    ctltest_advance(t->ctl, 600);
    session_play(t, GOLDEN "het_limits_end.txt");
    ctltest_reap(t->ctl);
    ctltest_advance(t->ctl, 2);
    session_play(t, GOLDEN "het_limits_over.txt");
    AUTO_FREE char *name = first_job(t);
    ctltest_end(t->ctl, name, 0, 0);
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "squeue -h -t all -j 1 -S i -o '%i %T %M %r'", 0,
                   "1+0 COMPLETED 11:02 None\n1+1 TIMEOUT 10:00 TimeLimit\n", "");
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/het", (struct suite_row[]){
                                        {test_session, ARRAY_LEN(sessions)},
                                        {test_held_once, 1},
                                        {test_json, 1},
                                        {test_cancel_first, 1},
                                        {test_cancel_other, 1},
                                        {test_of_one, ARRAY_LEN(of_one)},
                                        {test_limits_apart, 1},
                                        {test_limits_changed, 1},
                                        {NULL, 0},
                                    });
}
