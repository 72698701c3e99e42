#include "cmd/gantry-controller/bjob.h"

#include <signal.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define META "'metadata':{'name':'a','uid':'u','resourceVersion':'9'}"
#define TEMPLATE "'template':{'spec':{'containers':[{'name':'main','image':'i'}]}}"

static struct restable resources;
static const struct convert convert = {.resources = &resources,
                                       .gpu_resource = "nvidia.com/gpu",
                                       .gpu_type_label = "gantry.dev/gpu-type"};

static struct json *object_of(const char *quoted)
{
    AUTO_FREE char *text = xstrdup(quoted);
    struct err err = ERR_INIT;
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    struct json *object = json_parse_str(text, &err);
    ck_assert_msg(object != NULL, "%s: %s", err.msg, text);
    return object;
}

/* `spec` and `status` hold fields. */
static struct bjob *parse(const char *spec, const char *status)
{
    AUTO_FREE char *text =
        xasprintf("{" META ",'spec':{%s},'status':{%s}}", spec, status);
    JSON_AUTO struct json *object = object_of(text);
    struct err err = ERR_INIT;
    restable_init(&resources);
    struct bjob *b = bjob_parse(&convert, object, &err);
    ck_assert_msg(b != NULL, "%s", err.msg);
    return b;
}

/* ---- identity and spec ---- */

START_TEST(test_whole)
{
    JSON_AUTO struct json *object = object_of(
        "{'metadata':{'name':'a','namespace':'team','uid':'u','resourceVersion':"
        "'18446744073709551615','generation':4,'creationTimestamp':"
        "'2027-01-15T08:00:00Z','deletionTimestamp':'2027-01-15T08:00:01Z'},"
        "'spec':{'jobName':'night run','requeue':false,'ttlSecondsAfterFinished':0,"
        "'nodes':2,'actions':[{'id':'1','type':'Cancel'},{'id':'2','type':'Requeue'},"
        "{'id':'3','type':'RequeueHold'},{'id':'4','type':'Nap'},"
        "{'id':'5','type':'Signal','signal':'SIGUSR1','scope':'Batch'},"
        "{'id':'6','type':'Signal','signal':'FOO'}]," TEMPLATE "}}");
    struct err err = ERR_INIT;
    restable_init(&resources);
    struct bjob *b = bjob_parse(&convert, object, &err);
    ck_assert_str_eq(b->name, "a");
    ck_assert_str_eq(b->ns, "team");
    ck_assert_str_eq(b->uid, "u");
    ck_assert_str_eq(b->job_name, "night run");
    ck_assert_uint_eq(b->version, UINT64_MAX);
    ck_assert_str_eq(b->version_text, "18446744073709551615");
    ck_assert_int_eq(b->generation, 4);
    ck_assert_int_eq(b->created_sec, 1800000000);
    ck_assert(b->deleting);
    ck_assert(!b->requeue);
    ck_assert_int_eq(b->ttl_sec, 0);
    ck_assert_uint_eq(b->n_actions, 6);
    ck_assert_int_eq(b->actions[0].type, ACTION_CANCEL);
    ck_assert_int_eq(b->actions[1].type, ACTION_REQUEUE);
    ck_assert_int_eq(b->actions[2].type, ACTION_REQUEUE_HOLD);
    ck_assert_int_eq(b->actions[3].type, ACTION_OTHER);
    ck_assert_int_eq(b->actions[4].type, ACTION_SIGNAL);
    ck_assert_int_eq(b->actions[4].signal.signo, SIGUSR1);
    ck_assert(b->actions[4].signal.scope == SIGLIST_BATCH);
    ck_assert_int_eq(b->actions[5].signal.signo, 0);
    ck_assert(b->actions[5].signal.scope == SIGLIST_ALL);
    bjob_free(b);
}
END_TEST

START_TEST(test_defaults)
{
    struct bjob *b = parse(TEMPLATE, "");
    ck_assert_str_eq(b->ns, "default");
    ck_assert_str_eq(b->job_name, "a");
    ck_assert(b->requeue);
    ck_assert(!b->deleting);
    ck_assert_int_eq(b->ttl_sec, -1);
    ck_assert_uint_eq(b->n_actions, 0);
    ck_assert_int_eq(b->created_sec, TIME_UNSET);
    ck_assert_ptr_nonnull(b->model);
    ck_assert_ptr_null(b->refusal);
    ck_assert_ptr_nonnull(strstr(b->works[0].template_text, "\"image\":\"i\""));
    ck_assert_int_eq(b->status.state, JOB_STATE_NONE);
    ck_assert_int_eq(b->status.priority, PRIORITY_UNSET);
    ck_assert_int_eq(b->status.exit_code, -1);
    ck_assert_int_eq(b->status.start_sec, TIME_UNSET);
    bjob_free(b);
}
END_TEST

static const struct {
    const char *text;
    int signo;
    enum siglist_scope scope;
    int64_t before_sec;
} warnings[] = {
    {"USR1", SIGUSR1, SIGLIST_ALL, 60},
    {"SIGTERM@120", SIGTERM, SIGLIST_ALL, 120},
    {"B:10@0", SIGUSR1, SIGLIST_BATCH, 0},
};

START_TEST(test_warning)
{
    const bool is_batch = warnings[_i].scope == SIGLIST_BATCH;
    AUTO_FREE char *spec =
        xasprintf("%s,'signal':'%s'", is_batch ? "'script':'#!/bin/sh'" : TEMPLATE,
                  warnings[_i].text);
    struct bjob *b = parse(spec, "");
    ck_assert_msg(b->model != NULL, "%s: %s", warnings[_i].text, b->refusal);
    ck_assert_int_eq(b->warning.signal.signo, warnings[_i].signo);
    ck_assert(b->warning.signal.scope == warnings[_i].scope);
    ck_assert_int_eq(b->warning.before_sec, warnings[_i].before_sec);
    bjob_free(b);
}
END_TEST

/* No BatchJob at all. */
static const char *const none[] = {"{}", "{'metadata':{'name':'a'}}",
                                   "{'metadata':{'uid':'u'}}", "[]"};

START_TEST(test_none)
{
    JSON_AUTO struct json *object = object_of(none[_i]);
    struct err err = ERR_INIT;
    ck_assert_ptr_null(bjob_parse(&convert, object, &err));
    ck_assert_int_eq(err.code, ERR_INVALID);
}
END_TEST

/* One that cannot be run is kept, and says what is wrong. */
static const struct {
    const char *spec, *refusal;
} refused[] = {
    {TEMPLATE ",'array':'3-0'", "spec.array: Invalid job array specification"},
    {TEMPLATE ",'nodes':0", "spec.nodes: \"0\" is no count of nodes"},
    {TEMPLATE ",'timeLimit':'soon'", "spec.timeLimit"},
    {TEMPLATE ",'signal':'USR1@soon'",
     "spec.signal: \"USR1@soon\" is no [[R][B]:]SIG[@sec]"},
    {TEMPLATE ",'signal':'FOO'", "spec.signal: \"FOO\" is no [[R][B]:]SIG[@sec]"},
};

START_TEST(test_refused)
{
    struct bjob *b = parse(refused[_i].spec, "'jobID':3,'state':'PENDING'");
    ck_assert_ptr_null(b->model);
    ck_assert_msg(str_starts(b->refusal, refused[_i].refusal), "%s", b->refusal);
    ck_assert_int_eq(b->status.job_id, 3);
    bjob_free(b);
}
END_TEST

/* ---- status ---- */

/* Whatever stands there, even by another's hand, is read as far as it makes sense. */
static const struct {
    const char *status;
    enum job_state state;
    int64_t job_id;
    int exit_code, exit_signal;
    size_t placements;
} statuses[] = {
    {"'state':'RUNNING','jobID':8", JOB_STATE_RUNNING, 8, -1, -1, 0},
    {"'state':'FAILED','exitCode':'2:0'", JOB_STATE_FAILED, 0, 2, 0, 0},
    {"'state':'FAILED','exitCode':'0:15'", JOB_STATE_FAILED, 0, 0, 15, 0},
    {"'state':'FAILED','exitCode':'3'", JOB_STATE_FAILED, 0, 3, 0, 0},
    {"'state':'Dancing'", JOB_STATE_NONE, 0, -1, -1, 0},
    {"'state':7,'jobID':'x','reason':[]", JOB_STATE_NONE, 0, -1, -1, 0},
    {"'state':'RUNNING','placement':[{'nodes':'n[1-3]','podsPerNode':2,'firstRank':0,"
     "'requests':{'cpu':'1'}}]",
     JOB_STATE_RUNNING, 0, -1, -1, 3},
    {"'state':'RUNNING','placement':[{'nodes':'n[1-'}]", JOB_STATE_RUNNING, 0, -1, -1,
     0},
    {"'state':'RUNNING','placement':{}", JOB_STATE_RUNNING, 0, -1, -1, 0},
};

START_TEST(test_status)
{
    struct bjob *b = parse(TEMPLATE, statuses[_i].status);
    ck_assert_int_eq(b->status.state, statuses[_i].state);
    ck_assert_int_eq(b->unknown_state, strstr(statuses[_i].status, "Dancing") != NULL);
    ck_assert_int_eq(b->status.job_id, statuses[_i].job_id);
    ck_assert_int_eq(b->status.exit_code, statuses[_i].exit_code);
    ck_assert_int_eq(b->status.exit_signal, statuses[_i].exit_signal);
    ck_assert_uint_eq(b->status.n_placement, statuses[_i].placements);
    bjob_free(b);
}
END_TEST

START_TEST(test_refusal_of_status)
{
    struct bjob *b =
        parse(TEMPLATE, "'conditions':[{'type':'Accepted','status':'False',"
                        "'message':'no'},{'type':'Failed','status':'False'}]");
    ck_assert_str_eq(b->status.refusal, "no");
    ck_assert_str_eq(b->status.refusal_reason, "BadConstraints"); /* as none is said */
    bjob_free(b);
    b = parse(TEMPLATE, "'conditions':[{'type':'Accepted','status':'False',"
                        "'reason':'PartitionInactive','message':'no'}]");
    ck_assert_str_eq(b->status.refusal_reason, "PartitionInactive");
    bjob_free(b);
    b = parse(TEMPLATE, "'conditions':[{'type':'Accepted','status':'True'}]");
    ck_assert_ptr_null(b->status.refusal);
    bjob_free(b);
}
END_TEST

/* ---- actions ---- */

static const struct {
    const char *actions, *last;
    const char *next; /* id; NULL: none */
} actions[] = {
    {"[]", NULL, NULL},
    {"[{'id':'1'},{'id':'2'}]", NULL, "1"},
    {"[{'id':'1'},{'id':'2'}]", "1", "2"},
    {"[{'id':'1'},{'id':'2'}]", "2", NULL},
    {"[{'id':'2'},{'id':'3'}]", "1", "2"},
    {"[{'id':'3'},{'id':'2'},{'id':'1'}]", "2", "1"},
    {"{}", NULL, NULL},
};

START_TEST(test_action)
{
    AUTO_FREE char *spec = xasprintf(TEMPLATE ",'actions':%s", actions[_i].actions);
    AUTO_FREE char *status =
        actions[_i].last ? xasprintf("'lastAction':{'id':'%s'}", actions[_i].last)
                         : xstrdup("");
    struct bjob *b = parse(spec, status);
    const struct action *next = bjob_next_action(b);
    ck_assert_msg(str_eq(next ? next->id : NULL, actions[_i].next), "%s after %s",
                  actions[_i].actions, status);
    bjob_free(b);
}
END_TEST

/* ---- equality: each field written counts, but for a priority that ages ---- */

static void no_change(struct jstatus *s)
{
    s->priority = 99;
    s->factors.age = 90;
    s->factors.job_size = 9;
}
static void of_ahead(struct jstatus *s)
{
    s->ahead.job_id = 41;
}
static void of_factor(struct jstatus *s)
{
    s->factors.qos = 7;
}
static void of_state(struct jstatus *s)
{
    s->state = JOB_STATE_RUNNING;
}
static void of_reason(struct jstatus *s)
{
    text_set(&s->reason, "x");
}
static void of_message(struct jstatus *s)
{
    text_set(&s->message, NULL);
}
static void of_times(struct jstatus *s)
{
    s->eligible_sec++;
}
static void of_exit(struct jstatus *s)
{
    s->exit_signal = 9;
}
static void place(struct jstatus *s, struct slot slot)
{
    slots_unref(s->placement);
    s->placement = slots_new(&slot, 1);
}
static void of_node(struct jstatus *s)
{
    place(s, (struct slot){.node = "n9", .pods = 2});
}
static void of_pods(struct jstatus *s)
{
    place(s, (struct slot){.node = "n1", .pods = 3});
}
static void of_tasks(struct jstatus *s)
{
    place(s, (struct slot){.node = "n1", .pods = 2, .tasks = 4});
}
static void of_partition(struct jstatus *s)
{
    text_set(&s->partition, "y");
}

static const struct {
    void (*change)(struct jstatus *s);
    bool equal;
} changes[] = {{no_change, true},   {of_state, false}, {of_reason, false},
               {of_message, false}, {of_times, false}, {of_exit, false},
               {of_node, false},    {of_pods, false},  {of_partition, false},
               {of_factor, false},  {of_ahead, false}, {of_tasks, false}};

START_TEST(test_equal)
{
    struct slot slot = {.node = "n1", .pods = 2};
    struct jstatus a, b;
    jstatus_init(&a);
    a.eligible_sec = 5;
    a.placement = slots_new(&slot, 1);
    a.n_placement = 1;
    text_set(&a.message, "m");
    jstatus_copy(&b, &a);
    ck_assert(jstatus_equal(&a, &b));
    changes[_i].change(&b);
    ck_assert_int_eq(jstatus_equal(&a, &b), changes[_i].equal);
    ck_assert_int_eq(jstatus_equal(&b, &a), changes[_i].equal);
    jstatus_fini(&a);
    jstatus_fini(&b);
}
END_TEST

START_TEST(test_slots_pods)
{
    struct slot slots[] = {{.pods = 3}, {.pods = 1}};
    ck_assert_int_eq(slots_pods(slots, 2), 4);
    ck_assert_int_eq(slots_pods(NULL, 0), 0);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/bjob", (struct suite_row[]){
                                                    {test_whole, 1},
                                                    {test_defaults, 1},
                                                    {test_warning, ARRAY_LEN(warnings)},
                                                    {test_none, ARRAY_LEN(none)},
                                                    {test_refused, ARRAY_LEN(refused)},
                                                    {test_status, ARRAY_LEN(statuses)},
                                                    {test_refusal_of_status, 1},
                                                    {test_action, ARRAY_LEN(actions)},
                                                    {test_equal, ARRAY_LEN(changes)},
                                                    {test_slots_pods, 1},
                                                    {NULL, 0},
                                                });
}
