#include "tests/support/ctltest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry-local/direct.h"

#define FILE_MAX (1u << 20)
#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"
#define PODS "/api/v1/namespaces/default/pods"
#define SETTLE_MS 500

/* ---- the cluster ---- */

void ctltest_post(struct ctltest *t, const char *path, const char *body)
{
    int status = apitest_request(t->api, "POST", path, body);
    ck_assert_msg(status == 201, "POST %s: %d: %s", path, status, t->api->text.s);
}

/* Where objects of a kind are that belong to no namespace. The caller frees it. */
static char *path_of(const char *kind)
{
    static const char *const plurals[][2] = {{"Partition", "partitions"},
                                             {"QOS", "qos"},
                                             {"Account", "accounts"},
                                             {"Reservation", "reservations"}};
    size_t i = 0;
    while (!str_eq(plurals[i][0], kind))
        ck_assert_uint_lt(++i, ARRAY_LEN(plurals));
    return xasprintf("/apis/gantry.dev/v1alpha1/%s", plurals[i][1]);
}

void ctltest_make(struct ctltest *t, const char *kind, const char *name,
                  const char *spec)
{
    AUTO_FREE char *path = path_of(kind);
    AUTO_FREE char *body = xasprintf("{'apiVersion':'gantry.dev/v1alpha1','kind':'%s',"
                                     "'metadata':{'name':'%s'},'spec':{%s}}",
                                     kind, name, spec);
    ctltest_post(t, path, body);
}

void ctltest_change(struct ctltest *t, const char *kind, const char *name,
                    const char *spec)
{
    AUTO_FREE char *all = path_of(kind);
    AUTO_FREE char *path = xasprintf("%s/%s", all, name);
    AUTO_FREE char *body = xasprintf("{'spec':{%s}}", spec);
    ctltest_patch(t, path, body);
}

static void define(struct ctltest *t, const char *path)
{
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    str_init(&text, FILE_MAX);
    ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
    JSON_AUTO struct json *doc = yaml_parse_one(text.s, text.len, path, &err);
    ck_assert_msg(doc != NULL, "%s", err.msg);
    AUTO_FREE char *body = json_text(doc, NULL);
    STR_AUTO struct str quoted;
    str_init(&quoted, 2 * FILE_MAX);
    /* apitest takes single quotes for double ones; paths of columns have them too. */
    for (const char *p = body; *p; p++)
        if (*p == '\'')
            str_add(&quoted, "\\u0027");
        else
            str_addc(&quoted, *p);
    ctltest_post(t, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                 quoted.s);
}

static void add_node(struct ctltest *t, int i)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata':{'name':'n%d','labels':{'gantry.dev/gpu-type':'h100'}},'status':"
        "{'allocatable':{'cpu':'16','memory':'64Gi','pods':'110','nvidia.com/gpu':'8'},"
        "'conditions':[{'type':'Ready','status':'True'}]}}",
        i);
    AUTO_FREE char *path = xasprintf("/api/v1/nodes/n%d/status", i);
    ctltest_post(t, "/api/v1/nodes", body);
    ctltest_patch(t, path, body);
}

struct ctltest *ctltest_new(void)
{
    struct ctltest *t = xcalloc(1, sizeof(*t));
    struct rng rng;
    t->api = apitest_new();
    rng_seed(&rng, 2);
    t->spy =
        spy_new(t->api->loop, direct_new(t->api->loop, t->api->server, "gantry", true));
    t->rights = rights_read("manifests/rbac/controller.yaml", "gantry-controller");
    t->guard = rights_guard(t->rights, t->spy);
    t->client = kc_client_new(t->api->loop, t->guard, &rng);
    settings_default(&t->settings);
    define(t, "crds/batchjobs.yaml");
    define(t, "crds/partitions.yaml");
    define(t, "crds/qos.yaml");
    define(t, "crds/accounts.yaml");
    define(t, "crds/reservations.yaml");
    for (int i = 1; i <= 4; i++)
        add_node(t, i);
    ctltest_make(t, "Partition", "main", "'default':true,'nodes':'n[1-4]'");
    ctltest_start(t);
    ctltest_settle(t);
    ck_assert(controller_is_synced(t->ctl));
    return t;
}

void ctltest_free(struct ctltest *t)
{
    controller_free(t->ctl);
    kc_client_free(t->client);
    transport_free(t->guard);
    rights_free(t->rights);
    apitest_free(t->api);
    free(t);
}

void ctltest_settle(struct ctltest *t)
{
    int64_t until_ms = loop_now_ms(t->api->loop) + SETTLE_MS;
    while (loop_step(t->api->loop, until_ms))
        ;
}

void ctltest_advance(struct ctltest *t, int64_t sec)
{
    apitest_advance(t->api, sec);
}

bool ctltest_run_to_write(struct ctltest *t, size_t writes, int steps)
{
    int64_t until_ms = loop_now_ms(t->api->loop) + 3000;
    while (spy_count(t->spy, NULL, "") < writes)
        if (!loop_step(t->api->loop, until_ms))
            return false;
    for (int i = 0; i < steps; i++)
        loop_step(t->api->loop, until_ms);
    return true;
}

void ctltest_kill(struct ctltest *t)
{
    controller_free(t->ctl);
    t->ctl = NULL;
}

void ctltest_start(struct ctltest *t)
{
    t->ctl = controller_new(t->api->loop, t->client, NULL, &t->settings);
}

void ctltest_restart(struct ctltest *t)
{
    ctltest_kill(t);
    ctltest_start(t);
    ctltest_settle(t);
}

void ctltest_preempting(struct ctltest *t)
{
    t->settings.sched.preempt_type = PREEMPT_BY_QOS;
    t->settings.sched.preempt_mode = PREEMPT_REQUEUE;
    ctltest_kill(t);
    ctltest_start(t);
}

/* ---- users ---- */

void ctltest_submit(struct ctltest *t, const char *name, const char *spec)
{
    AUTO_FREE char *body =
        xasprintf("{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','metadata':"
                  "{'name':'%s'},'spec':{%s%s'template':{'spec':{'containers':"
                  "[{'name':'main','image':'local'}]}}}}",
                  name, spec, *spec ? "," : "");
    ctltest_post(t, JOBS, body);
}

void ctltest_patch(struct ctltest *t, const char *path, const char *body)
{
    int status = apitest_send(
        t->api, &(struct apitest_request){.method = "PATCH",
                                          .path = path,
                                          .type = "application/merge-patch+json",
                                          .body = body});
    ck_assert_msg(status == 200, "PATCH %s: %d: %s", path, status, t->api->text.s);
}

void ctltest_act(struct ctltest *t, const char *name, const char *id, const char *type)
{
    AUTO_FREE char *path = xasprintf(JOBS "/%s", name);
    AUTO_FREE char *body =
        xasprintf("{'spec':{'actions':[{'id':'%s','type':'%s'}]}}", id, type);
    ctltest_patch(t, path, body);
}

void ctltest_act_on(struct ctltest *t, const char *name, const char *id,
                    const char *type, const char *tasks)
{
    AUTO_FREE char *path = xasprintf(JOBS "/%s", name);
    AUTO_FREE char *body = xasprintf(
        "{'spec':{'actions':[{'id':'%s','type':'%s','tasks':'%s'}]}}", id, type, tasks);
    ctltest_patch(t, path, body);
}

static void get_job(struct ctltest *t, const char *name)
{
    AUTO_FREE char *path = xasprintf(JOBS "/%s", name);
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
}

void ctltest_expect(struct ctltest *t, const char *name, const char *parts)
{
    get_job(t, name);
    apitest_expect(t->api, name, parts);
}

const char *ctltest_state(struct ctltest *t, const char *name)
{
    get_job(t, name);
    return json_str_or(t->api->body, "status.state", "");
}

void ctltest_wind_up(struct ctltest *t, int64_t sec)
{
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_advance(t, sec);
}

void ctltest_expect_service(struct ctltest *t, const char *name, bool there)
{
    get_job(t, name);
    AUTO_FREE char *path =
        xasprintf("/api/v1/namespaces/default/services/gantry-%" PRId64,
                  json_int_or(t->api->body, "status.jobID", 0));
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), there ? 200 : 404);
}

/* ---- nodes ---- */

/* The list is the caller's to free. */
static struct json *list_pods(struct ctltest *t, const char *query)
{
    AUTO_FREE char *path = xasprintf(PODS "?%s", query);
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    return json_copy(json_get(t->api->body, "items"));
}

static struct json *pods_of(struct ctltest *t, const char *name)
{
    get_job(t, name);
    AUTO_FREE char *query = xasprintf("labelSelector=gantry.dev/job-uid%%3D%s",
                                      json_str_or(t->api->body, "metadata.uid", ""));
    return list_pods(t, query);
}

size_t ctltest_pods(struct ctltest *t, const char *name, bool bound)
{
    JSON_AUTO struct json *list = pods_of(t, name);
    size_t n = 0;
    for (size_t i = 0; i < json_len(list); i++)
        n += !bound || json_str(json_item(list, i), "spec.nodeName");
    return n;
}

static void end_pod(struct ctltest *t, const char *pod, int code)
{
    AUTO_FREE char *path = xasprintf(PODS "/%s/status", pod);
    ck_assert_int_eq(apitest_request(t->api, "GET", path, NULL), 200);
    AUTO_FREE char *container =
        xstrdup(json_str(apitest_at(t->api->body, "spec.containers.0"), "name"));
    AUTO_FREE char *signal = xasprintf(",'signal':%d", code - 128);
    AUTO_FREE char *body = xasprintf(
        "{'status':{'phase':'%s','containerStatuses':[{'name':'%s','image':'local',"
        "'imageID':'','ready':false,'restartCount':0,'state':{'terminated':"
        "{'exitCode':%d%s}}}]}}",
        code == 0 ? "Succeeded" : "Failed", container, code, code > 128 ? signal : "");
    ctltest_patch(t, path, body);
}

void ctltest_end(struct ctltest *t, const char *name, int rank, int code)
{
    get_job(t, name);
    AUTO_FREE char *pod =
        xasprintf("%s-%" PRId64 "-%" PRId64 "-%d", name,
                  json_int_or(t->api->body, "status.jobID", 0),
                  json_int_or(t->api->body, "status.attempt", 0), rank);
    end_pod(t, pod, code);
}

void ctltest_reap(struct ctltest *t)
{
    JSON_AUTO struct json *list = list_pods(t, "");
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *pod = json_item(list, i);
        const char *name = json_str(pod, "metadata.name"),
                   *phase = json_str_or(pod, "status.phase", "");
        if (!json_str(pod, "metadata.deletionTimestamp"))
            continue;
        if (strcmp(phase, "Failed") != 0 && strcmp(phase, "Succeeded") != 0)
            end_pod(t, name, 128 + 15);
        AUTO_FREE char *path = xasprintf(PODS "/%s?gracePeriodSeconds=0", name);
        apitest_request(t->api, "DELETE", path, NULL);
    }
}
