#include "kubeclient/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/transcript.h"

static const struct kc_resource jobs = {"gantry.dev", "v1alpha1", "batchjobs",
                                        "BatchJob", true};

#define JOBS "GET /apis/gantry.dev/v1alpha1/batchjobs?limit=1"
#define NODES "GET /api/v1/nodes?limit=1"
#define VERSION "GET /version"
#define READYZ "GET /readyz"
#define NO_RIGHT .status = 403, .say = {STATUS(403, "Forbidden")}
#define LIST "{'kind':'BatchJobList','apiVersion':'gantry.dev/v1alpha1','items':[]}"
#define STATUS(code, reason)                                                   \
    "{'kind':'Status','apiVersion':'v1','status':'Failure','message':'sorry'," \
    "'reason':'" reason "','code':" #code "}"
#define AGAIN .pause_ms = {2000, 2001}
#define ANSWERS "|info API server answers"
#define OLD                                                                     \
    "warn API server (v1.19.3) has no batchjobs in gantry.dev/v1alpha1: apply " \
    "its CustomResourceDefinition; trying on"
#define OTHER "warn what answers is no Kubernetes API server: "
#define HTML "<!DOCTYPE html>\n<h1>It works!</h1>\n"

static const struct {
    const char *name;
    const struct kc_resource *resource;
    struct exchange script[9];
    const char *log;
    const char *refusal; /* NULL: it ended well */
} rows[] = {
    {"all well", &jobs, {{JOBS, .say = {LIST}}}, "", NULL},
    {"a core resource", &kc_nodes, {{NODES, .say = {"{'kind':'NodeList'}"}}}, "", NULL},
    {"wrong token",
     &jobs,
     {{JOBS, .status = 401, .say = {STATUS(401, "Unauthorized")}}},
     "",
     "API server refuses these credentials: 401 Unauthorized: sorry"},
    {"no right to list",
     &jobs,
     {{JOBS, NO_RIGHT}, {READYZ, .say = {"ok"}}, {JOBS, NO_RIGHT}},
     "",
     "API server refuses these credentials: 403 Forbidden: sorry"},
    /* A server that has just started knows nobody's rights yet. */
    {"rights are not known yet",
     &jobs,
     {{JOBS, NO_RIGHT},
      {READYZ, NO_RIGHT},
      {JOBS, AGAIN, NO_RIGHT},
      {READYZ, .status = 500, .say = {"[-]informer-sync failed"}},
      {JOBS, AGAIN, .say = {LIST}}},
     "warn API server is not ready: 403 Forbidden: sorry; trying on" ANSWERS,
     NULL},
    {"rights become known meanwhile",
     &jobs,
     {{JOBS, NO_RIGHT}, {READYZ, .say = {"ok"}}, {JOBS, .say = {LIST}}},
     "",
     NULL},
    {"it goes away before it is ready",
     &jobs,
     {{JOBS, NO_RIGHT},
      {READYZ, .end = END_NOT_SENT},
      {JOBS, AGAIN, .end = END_NOT_SENT},
      {JOBS, AGAIN, NO_RIGHT},
      {READYZ, .say = {"ok"}},
      {JOBS, NO_RIGHT}},
     "warn API server is not ready: 403 Forbidden: sorry; trying on|warn API server "
     "does not answer: no connection: connection refused; trying on",
     "API server refuses these credentials: 403 Forbidden: sorry"},
    {"the file has a newer token",
     &jobs,
     {{JOBS, .status = 401, .renewed = true}, {JOBS, .say = {LIST}}},
     "",
     NULL},
    {"not there yet: told at once, and once",
     &jobs,
     {{JOBS, .pause_ms = {0, 1}, .end = END_NOT_SENT},
      {JOBS, AGAIN, .end = END_NOT_SENT, .why = "no route"},
      {JOBS, AGAIN, .headless = true, .end = END_CUT},
      {JOBS, AGAIN, .say = {LIST}}},
     "warn API server does not answer: no connection: connection refused; trying "
     "on" ANSWERS,
     NULL},
    {"accepts, and says nothing",
     &jobs,
     {{JOBS, .delay_ms = 70000}, {JOBS, AGAIN, .say = {LIST}}},
     "warn API server does not answer: no whole answer in time; trying on" ANSWERS,
     NULL},
    {"not ready yet",
     &jobs,
     {{JOBS, .status = 503, .retry_after = "1",
       .say = {STATUS(503, "ServiceUnavailable")}},
      {JOBS, AGAIN, .status = 500, .say = {STATUS(500, "InternalError")}},
      {JOBS, AGAIN, .status = 429},
      {JOBS, AGAIN, .say = {LIST}}},
     "warn API server is not ready: 503 ServiceUnavailable: sorry; trying on" ANSWERS,
     NULL},
    /* Kubernetes answers unknown groups in plain text, unknown resources as Status. */
    {"no CustomResourceDefinition",
     &jobs,
     {{JOBS, .status = 404, .head_type = "text/plain", .say = {"404 page not found\n"}},
      {VERSION, .say = {"{'major':'1','minor':'19','gitVersion':'v1.19.3'}"}},
      {JOBS, AGAIN, .status = 404, .say = {STATUS(404, "NotFound")}},
      {VERSION, .say = {"{'gitVersion':'v1.19.3'}"}},
      {JOBS, AGAIN, .say = {LIST}}},
     OLD ANSWERS,
     NULL},
    {"no such core resource",
     &kc_nodes,
     {{NODES, .status = 404},
      {VERSION, .say = {"{'gitVersion':'v1\\n'}"}},
      {NODES, AGAIN, .say = {"{'kind':'NodeList'}"}}},
     "warn API server (v1 ) has no nodes in v1; trying on" ANSWERS,
     NULL},
    {"a web server",
     &jobs,
     {{JOBS, .status = 404, .head_type = "text/html", .say = {HTML}},
      {VERSION, .status = 404, .head_type = "text/html", .say = {HTML}},
      {JOBS, AGAIN, .say = {LIST}}},
     OTHER "404 NotFound: the answer is not a Kubernetes Status (text/html): <!DOCTYPE "
           "html> <h1>It works!</h1> ; trying on" ANSWERS,
     NULL},
    {"a web server that has a page for everything",
     &jobs,
     {{JOBS, .head_type = "text/html", .say = {HTML}},
      {VERSION, .head_type = "text/html", .say = {HTML}},
      {JOBS, AGAIN, .say = {LIST}}},
     OTHER "200: another kind of answer; trying on" ANSWERS,
     NULL},
    {"another API of JSON",
     &jobs,
     {{JOBS, .say = {"{'kind':'Hello'}"}},
      {VERSION, .say = {"{'version':3}"}},
      {JOBS, AGAIN, .say = {LIST}}},
     OTHER "200: another kind of answer; trying on" ANSWERS,
     NULL},
    {"one trouble after another",
     &jobs,
     {{JOBS, .end = END_NOT_SENT},
      {JOBS, AGAIN, .status = 503, .say = {STATUS(503, "ServiceUnavailable")}},
      {JOBS, AGAIN, .status = 404},
      {VERSION, .say = {"{'gitVersion':'v1.19.3'}"}},
      {JOBS, AGAIN, .status = 401, .say = {STATUS(401, "Unauthorized")}}},
     "warn API server does not answer: no connection: connection refused; trying "
     "on|warn "
     "API server is not ready: 503 ServiceUnavailable: sorry; trying on|" OLD,
     "API server refuses these credentials: 401 Unauthorized: sorry"},
};

struct rig {
    struct transcript *t;
    char *lines; /* of JSON */
    size_t size;
    FILE *out;
    struct log *log;
    struct kc_probe *probe;
    int times;
    char *refusal;
};

static void on_done(void *arg, const char *refusal)
{
    struct rig *r = arg;

    r->times++;
    r->refusal = xstrdup_null(refusal);
    kc_probe_free(TAKE(r->probe));
}

/* "warn text|info text" */
static char *log_text(struct rig *r)
{
    STR_AUTO struct str text;
    const char *end;

    str_init(&text, 1 << 20);
    for (const char *p = r->lines; (end = strchr(p, '\n')); p = end + 1) {
        JSON_AUTO struct json *line = json_parse(p, (size_t)(end - p), NULL);
        str_addf(&text, "%s%s %s", text.len ? "|" : "", json_str(line, "level"),
                 json_str(line, "msg"));
    }
    return str_take(&text);
}

static void rig_init(struct rig *r, const char *name, const struct exchange *script,
                     const struct kc_resource *resource)
{
    *r = (struct rig){.t = transcript_new(name, script)};
    r->out = open_memstream(&r->lines, &r->size);
    r->log = log_new(r->out, r->t->loop, LOG_INFO);
    r->probe = kc_probe_new(r->t->client, resource, r->log, on_done, r);
}

static void rig_fini(struct rig *r)
{
    kc_probe_free(r->probe);
    log_free(r->log);
    fclose(r->out);
    free(r->lines);
    free(r->refusal);
    transcript_free(r->t);
}

START_TEST(test_probe)
{
    struct rig r;

    rig_init(&r, rows[_i].name, rows[_i].script, rows[_i].resource);
    transcript_run(r.t);
    transcript_advance(r.t, 3600000);
    fflush(r.out);
    AUTO_FREE char *log = log_text(&r);
    ck_assert_msg(r.times == 1, "%s: told %d times", rows[_i].name, r.times);
    ck_assert_msg(str_eq(r.refusal, rows[_i].refusal), "%s: refused with %s",
                  rows[_i].name, r.refusal);
    ck_assert_msg(str_eq(log, rows[_i].log), "%s: logged\n  %s\nnot\n  %s",
                  rows[_i].name, log, rows[_i].log);
    rig_fini(&r);
}
END_TEST

/* Rights that stay unknown are none, be the server ready or not. */
START_TEST(test_never_ready)
{
    enum { TIMES = PROBE_RIGHTS_MS / PROBE_RETRY_MS };
    struct exchange script[2 * TIMES + 3] = {{JOBS, NO_RIGHT}, {READYZ, NO_RIGHT}};
    struct rig r;

    for (size_t i = 2; i < 2 * TIMES + 2; i += 2) {
        script[i] = (struct exchange){JOBS, AGAIN, NO_RIGHT};
        script[i + 1] = (struct exchange){READYZ, NO_RIGHT};
    }
    rig_init(&r, "never ready", script, &jobs);
    transcript_run(r.t);
    transcript_advance(r.t, 3600000);
    ck_assert_int_eq(r.times, 1);
    ck_assert_str_eq(r.refusal,
                     "API server refuses these credentials: 403 Forbidden: sorry");
    rig_fini(&r);
}
END_TEST

/* While it asks, also for the version, or whether it is ready; and while it waits. */
START_TEST(test_free)
{
    static const struct exchange scripts[][3] = {
        {{JOBS, .delay_ms = 1000}},
        {{JOBS, .status = 404}, {VERSION, .delay_ms = 1000}},
        {{JOBS, NO_RIGHT}, {READYZ, .delay_ms = 1000}},
        {{JOBS, .end = END_NOT_SENT}},
    };
    struct rig r;

    rig_init(&r, "free", scripts[_i], &jobs);
    transcript_advance(r.t, 500);
    kc_probe_free(TAKE(r.probe));
    transcript_advance(r.t, 3600000);
    ck_assert_int_eq(r.times, 0);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/probe", (struct suite_row[]){
                                              {test_probe, ARRAY_LEN(rows)},
                                              {test_never_ready, 1},
                                              {test_free, 4},
                                              {NULL, 0},
                                          });
}
