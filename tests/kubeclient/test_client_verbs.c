#include "kubeclient/client.h"

#include "base/util.h"
#include "tests/support/got.h"
#include "tests/support/suite.h"
#include "tests/support/transcript.h"

#define PODS "/api/v1/namespaces/a/pods"
#define JOB "/apis/gantry.dev/v1alpha1/namespaces/a/batchjobs/x"
#define WRITE "?fieldManager=gantry&fieldValidation=Strict"

static const struct kc_resource batchjobs = {"gantry.dev", "v1alpha1", "batchjobs",
                                             "BatchJob", true};
static const struct kc_ref pod = {&kc_pods, "a", "x", NULL};
static const struct kc_ref pods = {&kc_pods, "a", NULL, NULL};
static const struct kc_ref job_status = {&batchjobs, "a", "x", "status"};
static const struct kc_ref node = {&kc_nodes, NULL, "n1", NULL};

/* ---- one function for each way to ask ---- */

typedef struct kc_call *ask_fn(struct kc_client *c, const struct json *body,
                               struct got *got);

static struct kc_call *get_pod(struct kc_client *c, const struct json *body,
                               struct got *got)
{
    (void)body;
    return kc_get(c, &pod, got_done, got);
}

static struct kc_call *list_all(struct kc_client *c, const struct json *body,
                                struct got *got)
{
    const struct kc_ref everywhere = {&kc_pods, NULL, NULL, NULL};

    (void)body;
    return kc_list(c, &everywhere, NULL, got_done, got);
}

static struct kc_call *list_page(struct kc_client *c, const struct json *body,
                                 struct got *got)
{
    (void)body;
    return kc_list(c, &pods, "limit=2&labelSelector=a%3Db", got_done, got);
}

static struct kc_call *create_pod(struct kc_client *c, const struct json *body,
                                  struct got *got)
{
    return kc_create(c, &pods, body, got_done, got);
}

static struct kc_call *create_named(struct kc_client *c, const struct json *body,
                                    struct got *got)
{
    return kc_create(c, &node, body, got_done, got);
}

static struct kc_call *update_status(struct kc_client *c, const struct json *body,
                                     struct got *got)
{
    return kc_update(c, &job_status, body, got_done, got);
}

static struct kc_call *patch_merge(struct kc_client *c, const struct json *body,
                                   struct got *got)
{
    return kc_patch(c, &pod, KC_PATCH_MERGE, body, got_done, got);
}

static struct kc_call *patch_json(struct kc_client *c, const struct json *body,
                                  struct got *got)
{
    return kc_patch(c, &pod, KC_PATCH_JSON, body, got_done, got);
}

static struct kc_call *patch_strategic(struct kc_client *c, const struct json *body,
                                       struct got *got)
{
    return kc_patch(c, &pod, KC_PATCH_STRATEGIC, body, got_done, got);
}

static struct kc_call *apply(struct kc_client *c, const struct json *body,
                             struct got *got)
{
    return kc_patch(c, &job_status, KC_PATCH_APPLY, body, got_done, got);
}

static struct kc_call *delete_plain(struct kc_client *c, const struct json *body,
                                    struct got *got)
{
    (void)body;
    return kc_delete(c, &pod, NULL, got_done, got);
}

static struct kc_call *delete_fenced(struct kc_client *c, const struct json *body,
                                     struct got *got)
{
    const struct kc_delete_options options = {
        .uid = "u-1", .resource_version = "7", .grace_sec = 0, .propagation = "Orphan"};

    (void)body;
    return kc_delete(c, &pod, &options, got_done, got);
}

static struct kc_call *bind_pod(struct kc_client *c, const struct json *body,
                                struct got *got)
{
    (void)body;
    return kc_bind(c, "a", "x", "u-1", "n1", got_done, got);
}

static struct kc_call *raw_get(struct kc_client *c, const struct json *body,
                               struct got *got)
{
    (void)body;
    return kc_raw(c, "GET", "/version", NULL, NULL, got_done, got);
}

static struct kc_call *raw_post(struct kc_client *c, const struct json *body,
                                struct got *got)
{
    return kc_raw(c, "POST", "/apis/x", "application/x+json", body, got_done, got);
}

/* ---- what goes out, to the byte ---- */

static const struct {
    const char *name;
    ask_fn *ask;
    const char *given; /* the body */
    const char *line, *type, *sent;
} verbs[] = {
    {"get", get_pod, NULL, "GET " PODS "/x", NULL, NULL},
    {"list everywhere", list_all, NULL, "GET /api/v1/pods", NULL, NULL},
    {"list a page", list_page, NULL, "GET " PODS "?limit=2&labelSelector=a%3Db", NULL,
     NULL},
    {"create", create_pod, "{'metadata': {'name': 'x'}}", "POST " PODS WRITE,
     "application/json", "{'metadata':{'name':'x'}}"},
    {"create, named by the reference too", create_named, "{'metadata': {'name': 'n1'}}",
     "POST /api/v1/nodes" WRITE, "application/json", "{'metadata':{'name':'n1'}}"},
    {"update a status", update_status, "{'status': {'state': '\xc3\xa9/'}}",
     "PUT " JOB "/status" WRITE, "application/json",
     "{'status':{'state':'\xc3\xa9/'}}"},
    {"merge patch", patch_merge, "{'metadata': {'labels': {'a': null}}}",
     "PATCH " PODS "/x" WRITE, "application/merge-patch+json",
     "{'metadata':{'labels':{'a':null}}}"},
    {"JSON patch", patch_json, "[{'op': 'remove', 'path': '/spec'}]",
     "PATCH " PODS "/x" WRITE, "application/json-patch+json",
     "[{'op':'remove','path':'/spec'}]"},
    {"strategic patch", patch_strategic, "{}", "PATCH " PODS "/x" WRITE,
     "application/strategic-merge-patch+json", "{}"},
    {"apply", apply, "{'status': {}}", "PATCH " JOB "/status" WRITE "&force=true",
     "application/apply-patch+yaml", "{'status':{}}"},
    {"delete", delete_plain, NULL, "DELETE " PODS "/x", "application/json",
     "{'apiVersion':'v1','kind':'DeleteOptions'}"},
    {"delete, fenced", delete_fenced, NULL, "DELETE " PODS "/x", "application/json",
     "{'apiVersion':'v1','kind':'DeleteOptions','preconditions':{'uid':'u-1',"
     "'resourceVersion':'7'},'gracePeriodSeconds':0,'propagationPolicy':'Orphan'}"},
    {"bind", bind_pod, NULL, "POST " PODS "/x/binding" WRITE, "application/json",
     "{'apiVersion':'v1','kind':'Binding','metadata':{'name':'x','namespace':'a',"
     "'uid':'u-1'},'target':{'apiVersion':'v1','kind':'Node','name':'n1'}}"},
    {"raw get", raw_get, NULL, "GET /version", NULL, NULL},
    {"raw post", raw_post, "[1]", "POST /apis/x", "application/x+json", "[1]"},
};

START_TEST(test_verb)
{
    const struct exchange script[] = {{.ask = verbs[_i].line,
                                       .type = verbs[_i].type,
                                       .body = verbs[_i].sent,
                                       .say = {"{'metadata': {'uid': 'u-1'}}"}},
                                      {0}};
    AUTO_FREE char *text = transcript_text(verbs[_i].given ? verbs[_i].given : "null");
    JSON_AUTO struct json *body = json_parse_str(text, NULL);
    struct got got = {0};

    struct transcript *t = transcript_new(verbs[_i].name, script);
    ck_assert(verbs[_i].ask(t->client, body, &got) != NULL);
    ck_assert_int_eq(got.times, 0);
    transcript_run(t);
    got_expect_ok(&got, verbs[_i].name, "{'metadata':{'uid':'u-1'}}");
    got_fini(&got);
    transcript_free(t);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/client_verbs", (struct suite_row[]){
                                                     {test_verb, ARRAY_LEN(verbs)},
                                                     {NULL, 0},
                                                 });
}
