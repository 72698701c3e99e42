#include "kubeclient/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/transcript.h"

#define ASK "GET /apis/example.dev/v1/things?limit=1"
#define LIST "{'kind':'ThingList','items':[]}"
#define SAY_LIST .say = {LIST}
#define STATUS(reason, message)                                               \
    "{'kind':'Status','apiVersion':'v1','status':'Failure','reason':'" reason \
    "','message':'" message "'}"
#define NOT_FOUND .status = 404, .say = {STATUS("NotFound", "m")}
#define LATER .pause_ms = {2000, 2001}
#define NOT_THERE .end = END_NOT_SENT, .why = "connection refused"
#define WARN(text) "\"level\":\"warn\",\"msg\":\"" text "; trying on\"}\n"
#define ANSWERS "\"level\":\"info\",\"msg\":\"API server answers\"}\n"
#define GONE WARN("API server does not answer: no connection: connection refused")
#define LACKS                                                         \
    WARN("API server lacks a resource: no things in example.dev/v1: " \
         "apply its CustomResourceDefinition")

static const struct kc_resource things = {"example.dev", "v1", "things", "Thing",
                                          false};

static const struct {
    const char *name;
    struct exchange script[5];
    const char *refusal; /* NULL: it answered */
    const char *log;     /* times left out */
} cases[] = {
    {"there", {{ASK, SAY_LIST}}, NULL, ""},
    {"comes later",
     {{ASK, NOT_THERE}, {ASK, LATER, NOT_THERE}, {ASK, LATER, SAY_LIST}},
     NULL,
     GONE ANSWERS},
    {"no such resource",
     {{ASK, NOT_FOUND}, {ASK, LATER, NOT_FOUND}, {ASK, LATER, SAY_LIST}},
     NULL,
     LACKS ANSWERS},
    {"first not there, then without the resource",
     {{ASK, NOT_THERE}, {ASK, LATER, NOT_FOUND}, {ASK, LATER, SAY_LIST}},
     NULL,
     GONE LACKS ANSWERS},
    {"unauthorized",
     {{ASK, .status = 401, .say = {STATUS("Unauthorized", "who?")}}},
     "API server refuses these credentials: 401 Unauthorized: who?",
     ""},
    {"forbidden after it came",
     {{ASK, NOT_THERE},
      {ASK, LATER, .status = 403, .say = {STATUS("Forbidden", "no")}}},
     "API server refuses these credentials: 403 Forbidden: no",
     GONE},
};

struct told {
    int times;
    char *refusal;
};

static void on_done(void *arg, const char *refusal)
{
    struct told *told = arg;

    told->times++;
    told->refusal = xstrdup_null(refusal);
}

/* Lines of JSON, each without its time. */
static void expect_log(const char *name, char *lines, const char *want)
{
    STR_AUTO struct str got;
    char *save = NULL;

    str_init(&got, 65536);
    for (char *line = strtok_r(lines, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        str_addf(&got, "%s\n", strstr(line, "\"level\""));
    ck_assert_msg(strcmp(got.s ? got.s : "", want) == 0, "%s: log:\n%s", name, got.s);
}

START_TEST(test_probe)
{
    const char *name = cases[_i].name;
    struct transcript *t = transcript_new(name, cases[_i].script);
    struct told told = {0};
    AUTO_FREE char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    struct log *log = log_new(out, t->loop, LOG_INFO);
    struct kc_probe *p = kc_probe_new(t->client, &things, log, on_done, &told);

    transcript_run(t);
    transcript_advance(t, 3600000);
    ck_assert_msg(told.times == 1, "%s: told %d times", name, told.times);
    ck_assert_msg(cases[_i].refusal
                      ? told.refusal && str_eq(told.refusal, cases[_i].refusal)
                      : !told.refusal,
                  "%s: %s", name, told.refusal);
    kc_probe_free(p);
    log_free(log);
    fclose(out);
    expect_log(name, text, cases[_i].log);
    free(told.refusal);
    transcript_free(t);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/probe",
                      (struct suite_row[]){{test_probe, ARRAY_LEN(cases)}, {NULL, 0}});
}
