#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/suite.h"

#define ERROR "scancel: error: "
#define KILL ERROR "Kill job error on job id "

static void create_template(struct clitest *t, const char *user, const char *name,
                            const char *field)
{
    AUTO_FREE char *body = xasprintf(
        "{'apiVersion':'gantry.dev/"
        "v1alpha1','kind':'BatchJob','metadata':{'name':'%s'},"
        "'spec':{%s,'template':{'spec':{'containers':[{'name':'m','image':'i'}]}}}}",
        name, field);

    ck_assert_int_eq(
        apitest_send(
            t->ctl->api,
            &(struct apitest_request){
                .method = "POST",
                .path = "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs",
                .user = user,
                .body = body}),
        201);
}

/* Jobs 1 (a, runs on n1), 2 (b, runs on n2) and 3 (c, waits for tomorrow), all alice's
 * scripts; 4 is bob's template, held, and 5 carol's, which runs. */
static struct clitest *cluster(void)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sbatch -Q -J a -w n1 --wrap x", 0, "", "");
    clitest_expect(t, "sbatch -Q -J b -w n2 --wrap x", 0, "", "");
    clitest_expect(t, "sbatch -Q -J c -b now+1day --wrap x", 0, "", "");
    create_template(t, "bob", "d", "'hold':'User'");
    ctltest_settle(t->ctl);
    create_template(t, "carol", "e", "'nodeList':'n3'");
    ctltest_settle(t->ctl);
    return t;
}

static void say_action(const struct json *action, int64_t id, struct str *out)
{
    const char *type = json_str(action, "type");

    if (!type)
        return;
    str_addf(out, "%s%d", out->len ? " " : "", (int)id);
    if (str_eq(type, "Signal"))
        str_addf(out, ":%s:%s", json_str(action, "signal"), json_str(action, "scope"));
    else
        ck_assert_str_eq(type, "Cancel");
}

/* "1 2:USR1:All": ids of the jobs that are told to end, or are signalled, in order;
 * heap. */
static char *cancelled(struct clitest *t)
{
    STR_AUTO struct str out;
    const struct json *jobs;

    str_init(&out, 1000);
    clitest_count(t, "batchjobs", &jobs);
    for (int64_t id = 1; id < 10; id++)
        for (size_t i = 0; i < json_len(jobs); i++) {
            const struct json *job = json_item(jobs, i);
            if (json_int_or(job, "status.jobID", 0) == id)
                say_action(apitest_at(job, "spec.actions.0"), id, &out);
        }
    return str_take(&out);
}

static const struct {
    const char *line, *in;
    int status;
    const char *out, *err;
    const char *ended;
} rows[] = {
    {"scancel 1", NULL, 0, "", "", "1"},
    {"scancel 1 3", NULL, 0, "", "", "1 3"},
    {"scancel 1,2,3", NULL, 0, "", "", "1 2 3"},
    {"scancel --ctld 2 -v", NULL, 0, "", "scancel: Terminating job 2\n", "2"},
    {"scancel 4", NULL, 0, "", "", "4"},
    {"scancel 99", NULL, 1, "", KILL "99: Invalid job id specified\n", ""},
    {"scancel 99 1", NULL, 1, "", KILL "99: Invalid job id specified\n", "1"},
    {"scancel 1_2", NULL, 1, "", KILL "1_2: Invalid job id specified\n", ""},
    {"scancel 1_[1,2],3", NULL, 1, "", KILL "1_[1,2]: Invalid job id specified\n", "3"},
    /* by what they are */
    {"scancel --me", NULL, 0, "", "", "1 2 3"},
    {"scancel -u alice", NULL, 0, "", "", "1 2 3"},
    {"scancel -u bob", NULL, 0, "", "", "4"},
    {"scancel -u nobody-here", NULL, 0, "", "", ""},
    {"scancel -n a", NULL, 0, "", "", "1"},
    {"scancel --jobname=b", NULL, 0, "", "", "2"},
    {"scancel -t PENDING", NULL, 0, "", "", "3"},
    {"scancel -t pd -u alice,bob", NULL, 0, "", "", "3 4"},
    {"scancel --state=RUNNING", NULL, 0, "", "", "1 2"},
    {"scancel -w n[2-3]", NULL, 0, "", "", "2"},
    {"scancel -p main", NULL, 0, "", "", "1 2 3"},
    {"scancel -p other", NULL, 0, "", "", ""},
    {"scancel -q x", NULL, 0, "", "", ""},
    {"scancel -A x", NULL, 0, "", "", ""},
    {"scancel -t R -n a", NULL, 0, "", "", "1"},
    {"scancel -t PD 1 3", NULL, 0, "", "", "3"},
    /* asked for each */
    {"scancel -i 1 2", "y\nn\n", 0,
     "Cancel job_id=1 name=a partition=main [y/n]? "
     "Cancel job_id=2 name=b partition=main [y/n]? ",
     "", "1"},
    {"scancel -i 1", NULL, 0, "Cancel job_id=1 name=a partition=main [y/n]? ", "", ""},
    /* wrong use */
    {"scancel", NULL, 1, "", ERROR "No job identification provided\n", ""},
    {"scancel -v", NULL, 1, "", ERROR "No job identification provided\n", ""},
    {"scancel a", NULL, 1, "", ERROR "Invalid job id a\n", ""},
    {"scancel 1 x", NULL, 1, "", ERROR "Invalid job id x\n", ""},
    {"scancel 0", NULL, 1, "", ERROR "Invalid job id 0\n", ""},
    {"scancel 1-3", NULL, 1, "", ERROR "Invalid job id 1-3\n", ""},
    {"scancel 1.0", NULL, 1, "", ERROR "Invalid job id 1.0: steps are not supported\n",
     ""},
    {"scancel -t foo", NULL, 1, "",
     ERROR "Invalid job state specified: foo; valid job states are PENDING, RUNNING, "
           "and SUSPENDED\n",
     ""},
    {"scancel -t CD", NULL, 1, "",
     ERROR "Invalid job state specified: CD; valid job states are PENDING, RUNNING, "
           "and SUSPENDED\n",
     ""},
    {"scancel -s FOO 1", NULL, 1, "", ERROR "Unknown job signal: FOO\n", ""},
    {"scancel -s 99 1", NULL, 1, "", ERROR "Unknown job signal: 99\n", ""},
    {"scancel -b 1", NULL, 1, "",
     ERROR "--batch says whom --signal is for: name one, or leave it out\n", ""},
    {"scancel -H 1", NULL, 1, "", ERROR "-H: there are no burst buffers\n", ""},
    {"scancel --wckey=x 1", NULL, 1, "", ERROR "--wckey: jobs have no wckeys\n", ""},
    {"scancel --frob", NULL, 1, "", ERROR "unknown option --frob\n", ""},
    {"scancel -V", NULL, 0, "gantry 0.1\n", "", ""},
    {"scancel --help", NULL, 0, "Usage: scancel *", "", ""},
    {"scancel --usage", NULL, 0, "Usage: scancel [OPTION...] [JOB_ID...]\n", "", ""},
    /* signals */
    {"scancel -s USR1 5", NULL, 0, "", "", "5:USR1:All"},
    {"scancel -s sigusr1 -f 5", NULL, 0, "", "", "5:USR1:All"},
    {"scancel -v -b --signal=10 1", NULL, 0, "", "scancel: Signal 10 to job 1\n",
     "1:USR1:Batch"},
    {"scancel -f -s TERM 1 2", NULL, 0, "", "", "1:TERM:All 2:TERM:All"},
    {"scancel -b -f -s TERM 1", NULL, 0, "", "", "1:TERM:All"},
    {"scancel -f -s HUP -t R --me", NULL, 0, "", "", "1:HUP:All 2:HUP:All"},
    {"scancel -s KILL 1 3", NULL, 0, "", "", "1 3"},
    {"scancel -s KILL -b 1", NULL, 0, "", "", "1:KILL:Batch"},
    {"scancel -i -b -s USR1 1", "n\n", 0,
     "Cancel job_id=1 name=a partition=main [y/n]? ", "", ""},
    {"scancel -s USR1 1", NULL, 1, "",
     KILL "1: it has no job steps: --batch signals its script, --full that and all its "
          "processes\n",
     ""},
    {"scancel -b -s USR1 5", NULL, 1, "", KILL "5: Job script not specified\n", ""},
    {"scancel -b -s USR1 3 1", NULL, 1, "",
     KILL "3: Job can not be altered now, try again later\n", "1:USR1:Batch"},
};

START_TEST(test_row)
{
    struct clitest *t = cluster();

    t->in = rows[_i].in;
    clitest_expect(t, rows[_i].line, rows[_i].status, rows[_i].out, rows[_i].err);
    AUTO_FREE char *got = cancelled(t);
    ck_assert_msg(str_eq(got, rows[_i].ended), "%s: cancelled %s", rows[_i].line, got);
    clitest_free(t);
}
END_TEST

/* It really ends; cancelled again it is over, of which -Q says nothing. */
START_TEST(test_ends)
{
    struct clitest *t = cluster();
    const struct json *jobs;

    clitest_expect(t, "scancel 1", 0, "", "");
    for (int i = 0; i < 3; i++) {
        ctltest_settle(t->ctl);
        ctltest_reap(t->ctl);
    }
    ctltest_settle(t->ctl);
    clitest_count(t, "batchjobs", &jobs);
    apitest_expect_in(json_item(jobs, 0), "a", "spec.jobName=a|status.state=CANCELLED");
    clitest_expect(t, "scancel 1", 1, "",
                   KILL "1: Job/step already completing or completed\n");
    clitest_expect(t, "scancel -Q 1", 0, "", "");
    clitest_expect(t, "scancel -n a", 0, "", "");
    clitest_free(t);
}
END_TEST

/* ---- others write at the same time ---- */

/* Actions of all jobs together. */
static size_t count_actions(struct clitest *t)
{
    const struct json *jobs;
    size_t n = 0;

    clitest_count(t, "batchjobs", &jobs);
    for (size_t i = 0; i < json_len(jobs); i++)
        n += json_len(json_at(json_item(jobs, i), "spec.actions"));
    return n;
}

START_TEST(test_keeps_actions)
{
    struct clitest *t = cluster();

    ctltest_kill(t->ctl);
    for (int i = 0; i < 3; i++)
        clitest_expect(t, "scancel 4", 0, "", "");
    ck_assert_uint_eq(count_actions(t), 3);
    clitest_free(t);
}
END_TEST

static const struct {
    const char *name;
    struct spy_rule rule;
    int status;
    const char *err;
    size_t actions;
} faults[] = {
    {"carried out, the answer lost",
     {"PATCH", "", SPY_LOSE_ANSWER, .times = 1},
     0,
     "",
     1},
    {"lost on the way", {"PATCH", "", SPY_LOSE_REQUEST, .times = 1}, 0, "", 1},
    {"changed meanwhile",
     {"PATCH", "", SPY_REFUSE, 409, "Conflict", "changed", .times = 3},
     0,
     "",
     1},
    {"gone meanwhile",
     {"PATCH", "", SPY_REFUSE, 404, "NotFound", "not there", SPY_ALWAYS},
     1,
     KILL "4: Invalid job id specified\n",
     0},
    {"who may not see partitions",
     {"GET", "/partitions", SPY_REFUSE, 403, "Forbidden", "no", SPY_ALWAYS},
     0,
     "",
     1},
    {"not allowed",
     {"PATCH", "", SPY_REFUSE, 403, "Forbidden", "alice may not", SPY_ALWAYS},
     1,
     KILL "4: Access/permission denied: alice may not\n",
     0},
};

START_TEST(test_fault)
{
    struct clitest *t = cluster();

    ctltest_kill(t->ctl);
    spy_spoil(t->spy, &faults[_i].rule);
    clitest_expect(t, "scancel 4", faults[_i].status, "", faults[_i].err);
    const size_t n = count_actions(t);
    ck_assert_msg(n == faults[_i].actions, "%s: %zu", faults[_i].name, n);
    clitest_free(t);
}
END_TEST

/* A job that was told as much as it can be told can be cancelled yet. */
START_TEST(test_full_list)
{
    struct clitest *t = clitest_new();
    STR_AUTO struct str patch;

    str_init(&patch, 8192);
    ctltest_submit(t->ctl, "a", "");
    ctltest_advance(t->ctl, 2);
    str_add(&patch, "{'spec':{'actions':[");
    for (int i = 0; i < 63; i++)
        str_addf(&patch, "%s{'id':'%d','type':'Signal','signal':'USR1'}", i ? "," : "",
                 i);
    str_add(&patch, "]}}");
    ctltest_patch(t->ctl, "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs/a",
                  patch.s);
    ctltest_advance(t->ctl, 2);
    clitest_expect(t, "scancel -s USR1 1", 1, "", NULL);
    ck_assert_msg(strstr(t->err, "spec.actions: the last of 64 can only be Cancel"),
                  "%s", t->err);
    clitest_expect(t, "scancel 1", 0, "", "");
    ctltest_wind_up(t->ctl, 2);
    ctltest_expect(t->ctl, "a",
                   "status.state=CANCELLED|status.lastAction.outcome=Done");
    clitest_expect(t, "scancel 1", 1, "",
                   KILL "1: Job/step already completing or completed\n");
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/scancel", (struct suite_row[]){
                                            {test_row, ARRAY_LEN(rows)},
                                            {test_ends, 1},
                                            {test_keeps_actions, 1},
                                            {test_fault, ARRAY_LEN(faults)},
                                            {test_full_list, 1},
                                            {NULL, 0},
                                        });
}
