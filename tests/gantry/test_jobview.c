#include "cmd/gantry/jobview.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static struct json *parse(const char *quoted)
{
    AUTO_FREE char *text = xstrdup(quoted);
    struct err err = ERR_INIT;

    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    struct json *doc = json_parse_str(text, &err);
    ck_assert_msg(doc != NULL, "%s", err.msg);
    return doc;
}

#define META                                                                     \
    "'metadata':{'name':'a-1','namespace':'ns','uid':'u','resourceVersion':'7'," \
    "'creationTimestamp':'2027-01-15T08:00:00Z'}"
#define TEMPLATE "'template':{'spec':{'containers':[{'name':'main','image':'i'}]}}"

START_TEST(test_pending)
{
    JSON_AUTO struct json *object =
        parse("{" META ",'spec':{'jobName':'train','user':'alice','partition':'a,b',"
              "'nodes':2,'timeLimit':'10','nice':5," TEMPLATE "}}");
    struct jobview_reader r;
    JOBVIEW_AUTO struct jobview v = {0};

    jobview_reader_init(&r);
    jobview_read(&v, &r, object);
    ck_assert_str_eq(v.name, "a-1");
    ck_assert_str_eq(v.ns, "ns");
    ck_assert_str_eq(v.uid, "u");
    ck_assert_str_eq(v.version, "7");
    ck_assert_str_eq(v.job_name, "train");
    ck_assert_str_eq(v.user, "alice");
    ck_assert_str_eq(v.partition, "a,b");
    ck_assert_str_eq(v.account, "");
    ck_assert_int_eq(v.id, 0);
    ck_assert_int_eq(v.state, JOB_STATE_NONE);
    ck_assert_int_eq(v.submit_sec, 1800000000);
    ck_assert_int_eq(v.start_sec, TIME_UNSET);
    ck_assert_int_eq(v.limit_sec, 600);
    ck_assert_int_eq(v.nice, 5);
    ck_assert_int_eq(v.nodes, 2);
    ck_assert_ptr_nonnull(v.model);
}
END_TEST

START_TEST(test_running)
{
    JSON_AUTO struct json *object =
        parse("{" META ",'spec':{'partition':'a,b'," TEMPLATE "},'status':{'jobID':12,"
              "'state':'RUNNING','partition':'b','account':'physics','qos':'normal','"
              "numNodes':3,'numGPUs':24,"
              "'nodeList':'n[1-3]','batchHost':'n1','startTime':'2027-01-15T08:00:05Z',"
              "'priority':100,'restarts':1}}");
    struct jobview_reader r;
    JOBVIEW_AUTO struct jobview v = {0};

    jobview_reader_init(&r);
    jobview_read(&v, &r, object);
    ck_assert_str_eq(v.job_name, "a-1");
    ck_assert_int_eq(v.id, 12);
    ck_assert_int_eq(v.state, JOB_STATE_RUNNING);
    ck_assert_str_eq(v.partition, "b");
    ck_assert_str_eq(v.account, "physics");
    ck_assert_str_eq(v.qos, "normal");
    ck_assert_int_eq(v.nodes, 3);
    ck_assert_int_eq(v.gpus, 24);
    ck_assert_str_eq(v.node_list, "n[1-3]");
    ck_assert_str_eq(v.batch_host, "n1");
    ck_assert_int_eq(v.start_sec, 1800000005);
    ck_assert_int_eq(v.limit_sec, LIMIT_UNSET);
    ck_assert_int_eq(v.priority, 100);
    ck_assert_int_eq(v.restarts, 1);
}
END_TEST

/* One that the controller refuses, in a state of another version, is shown as far as it
 * can be read. */
START_TEST(test_refused)
{
    JSON_AUTO struct json *object =
        parse("{" META ",'spec':{'nodes':'4-2'," TEMPLATE "},"
              "'status':{'state':'DREAMING','submitTime':'never'}}");
    struct jobview_reader r;
    JOBVIEW_AUTO struct jobview v = {0};

    jobview_reader_init(&r);
    jobview_read(&v, &r, object);
    ck_assert_ptr_null(v.model);
    ck_assert_str_eq(v.name, "a-1");
    ck_assert_str_eq(v.state_word, "DREAMING");
    ck_assert_int_eq(v.state, JOB_STATE_NONE);
    ck_assert_int_eq(v.submit_sec, 1800000000);
    ck_assert_int_eq(v.nodes, 0);
}
END_TEST

int main(void)
{
    return suite_main("gantry/jobview", (struct suite_row[]){
                                            {test_pending, 1},
                                            {test_running, 1},
                                            {test_refused, 1},
                                            {NULL, 0},
                                        });
}
