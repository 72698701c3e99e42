/* Rows made of the server's table are those made of whole objects, whatever is asked of
 * them; and what the table does not tell is asked for anew. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "cmd/gantry/jobcolumns.h"
#include "cmd/gantry/joblist.h"
#include "tests/support/clitest.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define CRD \
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/batchjobs.gantry.dev"

/* A job as nobody would have it but with all that there is to show. */
#define FULL_SPEC                                                                 \
    "'jobName':'a \\\"name\\\"','user':'alice','account':'physics','qos':'high'," \
    "'partition':'main,other','comment':'hi',"                                    \
    "'nodeList':'n1','exclude':'n4','timeLimit':'1:30:00',"                       \
    "'nice':7,'nodes':'2-4','gpus':'h100:4','memPerNode':'8G',"                   \
    "'cpusPerTask':3,'exclusive':true,'priority':70"

static const struct {
    const char *name, *spec, *status;
} jobs[] = {
    {"full", FULL_SPEC,
     "'state':'RUNNING','numNodes':2,'numGPUs':4,'partition':'other','account':'a',"
     "'qos':'q','nodeList':'n[1-2]','batchHost':'n1','reqTRES':'cpu=1,node=2',"
     "'allocTRES':'cpu=8,mem=16G,node=2','priority':70,'restarts':2,"
     "'submitTime':'2027-01-15T07:00:00Z','startTime':'2027-01-15T07:10:00Z',"
     "'message':'m','timeLimit':'0:50:00','timeLimitAsked':'1:30:00','exitCode':'3:0'"},
    {"waits", FULL_SPEC,
     "'state':'PENDING','reason':'Resources','numNodes':2,'partition':'other',"
     "'account':'a','qos':'q','reqTRES':'cpu=6,mem=1500M,node=2','priority':60,"
     "'submitTime':'2027-01-15T07:00:00Z','plannedStartTime':'2027-01-15T09:10:00Z',"
     "'pending':{'class':'NotFree','plannedNodes':'n[3-4]'}"},
    /* It ran before: when it started then is not when it starts. */
    {"again", "'nodes':3",
     "'state':'PENDING','reason':'Priority','account':'a','qos':'q','priority':10,"
     "'submitTime':'2027-01-15T07:00:00Z','startTime':'2027-01-15T07:10:00Z',"
     "'plannedStartTime':'2027-01-15T09:10:00Z'"},
    {"grown", "'timeLimit':'2:00:00'",
     "'state':'RUNNING','account':'a','qos':'q','timeLimit':'0:50:00',"
     "'timeLimitAsked':'1:30:00','startTime':'2027-01-15T07:10:00Z',"
     "'submitTime':'2027-01-15T07:00:00Z'"},
    {"held", "'hold':'User','nodes':1",
     "'state':'PENDING','reason':'JobHeldUser','account':'a','qos':'q','priority':0,"
     "'submitTime':'2027-01-15T07:00:00Z'"},
};

static const char *const states[] = {
    "SUSPENDED", "COMPLETED", "CANCELLED",  "FAILED",      "TIMEOUT",
    "NODE_FAIL", "PREEMPTED", "COMPLETING", "CONFIGURING", "OUT_OF_MEMORY"};

static void set_status(struct clitest *t, const char *name, int id, const char *status)
{
    AUTO_FREE char *path = xasprintf(JOBS "/%s/status", name);
    AUTO_FREE char *patch = xasprintf("{'status':{'jobID':%d,%s}}", id, status);

    ctltest_patch(t->ctl, path, patch);
}

/* Jobs in all states, and no controller that would put them right. */
static struct clitest *queue_new(void)
{
    struct clitest *t = clitest_new();
    int id = 1;

    ctltest_kill(t->ctl);
    for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
        ctltest_submit(t->ctl, jobs[i].name, jobs[i].spec);
        set_status(t, jobs[i].name, id++, jobs[i].status);
    }
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        AUTO_FREE char *name = xasprintf("s%zu", i);
        AUTO_FREE char *status = xasprintf(
            "'state':'%s','account':'a','qos':'q','nodeList':'n%zu','numNodes':1,"
            "'allocTRES':'cpu=2,mem=1G,node=1','partition':'main','priority':50,"
            "'submitTime':'2027-01-15T07:00:00Z','startTime':'2027-01-15T07:%02zu:00Z'"
            "%s",
            states[i], i + 1, 10 + i, i % 2 ? ",'endTime':'2027-01-15T07:50:00Z'" : "");
        ctltest_submit(t->ctl, name, "'user':'bob'");
        set_status(t, name, id++, status);
    }
    return t;
}

static size_t run(struct clitest *t, const char *line)
{
    spy_forget(t->spy);
    ck_assert_msg(clitest_run(t, line) == 0, "%s: %s", line, t->err);
    return spy_count(t->spy, "GET", "/batchjobs");
}

/* Runs it twice, the second time with a server that has no tables. Returns how many
 * lists the first time took. */
static size_t expect_the_same(struct clitest *t, const char *line)
{
    const size_t lists = run(t, line);
    AUTO_FREE char *out = xstrdup(t->out), *err = xstrdup(t->err);

    spy_spoil(t->spy, &(struct spy_rule){"GET", "/batchjobs", SPY_REFUSE, 406,
                                         "NotAcceptable", "no tables here", 1});
    ck_assert_msg(run(t, line) == 2, "%s: the first answer was not asked as a table",
                  line);
    spy_spare(t->spy);
    ck_assert_msg(strcmp(t->out, out) == 0 && strcmp(t->err, err) == 0,
                  "%s:\n%s%s---- of whole objects:\n%s%s", line, out, err, t->out,
                  t->err);
    return lists;
}

/* ---- columns ---- */

START_TEST(test_columns)
{
    struct clitest *t = queue_new();
    size_t n = 0;

    for (const struct column *c = jobcolumns; c->cell; c++) {
        AUTO_FREE char *line =
            c->name ? xasprintf("squeue -h -t all -S i -O jobid:4,%s:60", c->name)
                    : xasprintf("squeue -h -t all -S i -o '%%i %%%c'", c->letter);
        if (c->about & JOB_WHOLE) {
            ck_assert_msg(run(t, line) == 1, "%s: more lists than one", line);
            continue;
        }
        ck_assert_msg(expect_the_same(t, line) == 1, "%s: asked twice", line);
        n++;
    }
    ck_assert_uint_gt(n, 30);
    clitest_free(t);
}
END_TEST

/* What a job asks for, though it has more, as one that has its nodes alone. */
START_TEST(test_asked)
{
    struct clitest *t = queue_new();

    ck_assert_uint_eq(run(t, "squeue -h -t all -j 1,2,3 -S i -o '%i %C %c'"), 1);
    ck_assert_str_eq(t->out, "1 8 1\n2 6 3\n3 1 1\n");
    clitest_free(t);
}
END_TEST

static const char *const lines[] = {
    "squeue",
    "squeue -l",
    "squeue --start",
    "squeue -t all",
    "squeue -P -h -t PD,R",
    "squeue -h -w n2 -t all",
    "squeue -h -A a -q q -o '%i %a %q'",
    "squeue -h -p other -u alice -n held,again",
    "squeue -h -j 3",
    "squeue -h -t all -S -p,P,t,j,u",
    "squeue -h -t all -S S,e,V,-i",
    "squeue -h -t all -S M,l,L,m,C,N",
};

START_TEST(test_lines)
{
    struct clitest *t = queue_new();

    ck_assert_uint_eq(expect_the_same(t, lines[_i]), 1);
    clitest_free(t);
}
END_TEST

/* Keys and filters that the table knows nothing of. */
static const char *const whole[] = {
    "squeue -h -S B", "squeue -h -S v", "squeue -h -L matlab",
    "squeue -h -R r", "squeue --json",
};

START_TEST(test_whole)
{
    struct clitest *t = queue_new();

    ck_assert_uint_eq(run(t, whole[_i]), 1);
    spy_spoil(t->spy, &(struct spy_rule){"GET", "/batchjobs", SPY_REFUSE, 406,
                                         "NotAcceptable", "no tables here", 1});
    ck_assert_int_ne(clitest_run(t, whole[_i]), 0);
    clitest_free(t);
}
END_TEST

/* ---- what the table does not tell ---- */

static const struct {
    const char *name, *spec, *status, *line;
    size_t lists;
} untold[] = {
    {"no submit time", "", "'state':'RUNNING'", "squeue -h -o '%i %V'", 2},
    {"that is not shown", "", "'state':'RUNNING'", "squeue -h", 1},
    {"begin", "'begin':'2027-02-01T00:00:00'", "'state':'PENDING','reason':'BeginTime'",
     "squeue -h -o '%i %S'", 2},
    {"no account", "'account':'x'", "'state':'PENDING'", "squeue -h -o '%i %a'", 2},
    {"no account there", "'account':'x'", "'state':'PENDING'", "squeue -h -A x -o %i",
     2},
    {"no QOS", "'qos':'x'", "'state':'PENDING'", "squeue -h -o '%i %q'", 2},
    {"planned, not started", "",
     "'state':'CANCELLED','plannedStartTime':'2027-01-15T07:00:00Z'",
     "squeue -h -t all", 2},
    {"started as planned", "",
     "'state':'RUNNING','plannedStartTime':'2027-01-15T07:00:00Z',"
     "'startTime':'2027-01-15T07:00:00Z'",
     "squeue -h", 2},
};

START_TEST(test_untold)
{
    struct clitest *t = clitest_new();

    ctltest_kill(t->ctl);
    ctltest_submit(t->ctl, "a", untold[_i].spec);
    set_status(t, "a", 1, untold[_i].status);
    ck_assert_msg(expect_the_same(t, untold[_i].line) == untold[_i].lists, "%s",
                  untold[_i].name);
    ck_assert_str_ne(t->out, "");
    clitest_free(t);
}
END_TEST

static void add_couple(struct clitest *t, const char *name, int id)
{
    AUTO_FREE char *status = xasprintf(
        "'state':'RUNNING','hetJobID':%d,'account':'a','qos':'q','partition':'main',"
        "'submitTime':'2027-01-15T07:00:00Z','startTime':'2027-01-15T07:10:00Z',"
        "'components':[{'jobID':%d,'nodeList':'n1','numNodes':1},{'jobID':%d,"
        "'nodeList':'n[2-3]','numNodes':2,'state':'COMPLETING','reason':'TimeLimit',"
        "'endTime':'2027-01-15T07:30:00Z'}]",
        id, id, id + 1);

    ctltest_submit(t->ctl, name,
                   "'components':[{'name':'a'},{'name':'b','nodes':2,'timeLimit':'20'"
                   "}]");
    set_status(t, name, id, status);
}

/* Each costs a list of its own, and all the others none; many cost one of all. */
START_TEST(test_apart)
{
    struct clitest *t = queue_new();

    add_couple(t, "het", 100);
    add_couple(t, "a-couple", 200);
    ck_assert_uint_eq(expect_the_same(t, "squeue -h -t all"), 3);
    ck_assert_uint_eq(expect_the_same(t, "squeue -h -S i -o '%i %T %M %l %N' -j 100"),
                      3);
    ck_assert_str_eq(t->out, "100+0 RUNNING 50:00 UNLIMITED n1\n"
                             "100+1 COMPLETING 20:00 20:00 n[2-3]\n");
    for (int i = 0; i < 15; i++) {
        AUTO_FREE char *name = xasprintf("more-%d", i);

        add_couple(t, name, 300 + 2 * i);
    }
    ck_assert_uint_eq(expect_the_same(t, "squeue -h -t all"), 2);
    clitest_free(t);
}
END_TEST

/* Definitions older than the client's. */
START_TEST(test_no_column)
{
    struct clitest *t = queue_new();

    ck_assert_uint_eq(run(t, "squeue -h -t all"), 1);
    AUTO_FREE char *out = xstrdup(t->out);
    ck_assert_int_eq(
        apitest_send(t->ctl->api,
                     &(struct apitest_request){
                         .method = "PATCH",
                         .path = CRD,
                         .type = "application/json-patch+json",
                         .body = "[{'op':'remove','path':'/spec/versions/0/"
                                 "additionalPrinterColumns/20'}]"}),
        200);
    ck_assert_uint_eq(run(t, "squeue -h -t all"), 2);
    ck_assert_str_eq(t->out, out);
    clitest_free(t);
}
END_TEST

/* ---- jobs without a number ---- */

static const struct {
    int64_t after_sec;
    const char *says;
} unnumbered[] = {
    {5, ""},
    {30, "squeue: 2 jobs wait for a number; is gantry-controller running?\n"},
    {700, "squeue: 2 jobs wait for a number; is gantry-controller running?\n"},
    {400000, "squeue: 2 jobs wait for a number; is gantry-controller running?\n"},
};

START_TEST(test_unnumbered)
{
    struct clitest *t = clitest_new();

    ctltest_kill(t->ctl);
    ctltest_submit(t->ctl, "a", "");
    ctltest_submit(t->ctl, "b", "");
    ctltest_advance(t->ctl, unnumbered[_i].after_sec);
    ck_assert_uint_eq(expect_the_same(t, "squeue -h"), 1);
    ck_assert_str_eq(t->err, unnumbered[_i].says);
    clitest_free(t);
}
END_TEST

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    return suite_main("gantry/joblist", (struct suite_row[]){
                                            {test_columns, 1},
                                            {test_asked, 1},
                                            {test_lines, ARRAY_LEN(lines)},
                                            {test_whole, ARRAY_LEN(whole)},
                                            {test_untold, ARRAY_LEN(untold)},
                                            {test_apart, 1},
                                            {test_no_column, 1},
                                            {test_unnumbered, ARRAY_LEN(unnumbered)},
                                            {NULL, 0},
                                        });
}
