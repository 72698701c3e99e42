/* A server whose objects outlive it: nothing is sent before it is on disk, and what was
 * sent is there afterwards. */
#include "cmd/gantry-local/durable.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/util.h"
#include "cmd/gantry-local/apiserver.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define MAPS "/api/v1/namespaces/default/configmaps"

/* What the front end was told: "hold release". */
struct rig {
    char *dir;
    struct loop *loop;
    struct durable *durable;
    struct apiserver *server;
    struct str told;
    /* the last answer */
    struct api_sink sink;
    int status;
    struct str text;
};

static void note(struct rig *r, const char *word)
{
    str_addf(&r->told, "%s%s", r->told.len > 0 ? " " : "", word);
}

static void hold(void *arg)
{
    note(arg, "hold");
}

static void release(void *arg)
{
    note(arg, "release");
}

static void refuse(void *arg, const char *why)
{
    note(arg, strstr(why, "objects.db") ? "refuse" : why);
}

static const struct durable_hooks hooks = {hold, release, refuse};

/* ---- a sink ---- */

static struct rig *rig_of(struct api_sink *sink)
{
    return (struct rig *)((char *)sink - offsetof(struct rig, sink));
}

static void sink_head(struct api_sink *sink, const struct api_head *head)
{
    rig_of(sink)->status = head->status;
}

static size_t sink_data(struct api_sink *sink, const char *bytes, size_t len)
{
    str_addn(&rig_of(sink)->text, bytes, len);
    return 0;
}

static void sink_end(struct api_sink *sink)
{
    note(rig_of(sink), "answer");
}

static const struct api_sink_ops sink_ops = {sink_head, sink_data, sink_end, sink_end};

static int request(struct rig *r, const char *method, const char *path,
                   const char *body)
{
    const size_t path_len = strcspn(path, "?");
    AUTO_FREE char *alone = xstrndup(path, path_len);
    const struct api_request req = {.method = method,
                                    .path = alone,
                                    .query = path[path_len] ? path + path_len + 1 : "",
                                    .content_type = "application/json",
                                    .accept = "",
                                    .user_agent = "test",
                                    .body = body ? body : "",
                                    .body_len = body ? strlen(body) : 0,
                                    .user = "admin",
                                    .is_admin = true};

    str_reset(&r->text);
    apiserver_handle(r->server, &req, &r->sink);
    return r->status;
}

/* ---- a life of the server ---- */

static int begin(struct rig *r, struct err *err)
{
    struct apiserver_config config = {.loop = r->loop};

    rng_seed(&config.rng, 1);
    r->durable = durable_open(r->loop, r->dir, NULL, err);
    config.durable = r->durable;
    r->server = r->durable ? apiserver_new(&config, err) : NULL;
    if (!r->server)
        return -1;
    loop_poll(r->loop, 0); /* its namespaces are written */
    durable_hook(r->durable, &hooks, r);
    str_reset(&r->told);
    return 0;
}

static void end(struct rig *r)
{
    apiserver_free(TAKE(r->server));
    durable_close(TAKE(r->durable));
}

static void again(struct rig *r)
{
    struct err err = ERR_INIT;

    end(r);
    ck_assert_msg(begin(r, &err) == 0, "%s", err.msg);
}

static void rig_init(struct rig *r)
{
    struct err err = ERR_INIT;

    *r = (struct rig){.dir = tempdir_new(), .sink = {&sink_ops}};
    r->loop = loop_new(&err);
    str_init(&r->told, 4096);
    str_init(&r->text, 4u << 20);
    ck_assert_msg(begin(r, &err) == 0, "%s", err.msg);
}

static void rig_fini(struct rig *r)
{
    end(r);
    loop_free(r->loop);
    str_fini(&r->told);
    str_fini(&r->text);
    tempdir_free(r->dir);
}

/* ---- */

START_TEST(test_order)
{
    struct rig r;

    rig_init(&r);
    ck_assert_int_eq(request(&r, "GET", MAPS, NULL), 200);
    loop_poll(r.loop, 0);
    ck_assert_str_eq(r.told.s, "answer"); /* who only reads holds nobody */
    str_reset(&r.told);
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"b\"}}");
    ck_assert_str_eq(r.told.s, "hold answer answer");
    loop_poll(r.loop, 0);
    ck_assert_str_eq(r.told.s, "hold answer answer release"); /* one batch */
    rig_fini(&r);
}
END_TEST

START_TEST(test_next_life)
{
    struct rig r;

    rig_init(&r);
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"v\"}}");
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"b\"}}");
    request(&r, "DELETE", MAPS "/b", NULL);
    ck_assert_int_eq(request(&r, "GET", MAPS, NULL), 200);
    AUTO_FREE char *before = xstrdup(r.text.s);
    again(&r);
    ck_assert_int_eq(request(&r, "GET", MAPS, NULL), 200);
    ck_assert_str_eq(r.text.s, before); /* its resourceVersion, too */
    again(&r);
    ck_assert_int_eq(request(&r, "GET", MAPS, NULL), 200);
    ck_assert_str_eq(r.text.s, before); /* a life without writes changes nothing */
    ck_assert_int_eq(request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}"), 409);
    rig_fini(&r);
}
END_TEST

/* resourceVersion of the last answer, a list. */
static int64_t version_of(struct rig *r)
{
    JSON_AUTO struct json *list = json_parse(r->text.s, r->text.len, NULL);

    return strtoll(json_str_or(list, "metadata.resourceVersion", "0"), NULL, 10);
}

/* Who had seen the last write goes on; who had not reads that it is too late. */
START_TEST(test_resume)
{
    struct rig r;

    rig_init(&r);
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    request(&r, "GET", MAPS, NULL);
    const int64_t before = version_of(&r);
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"b\"}}");
    again(&r);
    AUTO_FREE char *old =
        xasprintf(MAPS "?watch=1&resourceVersion=%lld", (long long)before);
    request(&r, "GET", old, NULL);
    ck_assert_msg(strstr(r.text.s, "\"code\":410"), "%s", r.text.s);
    request(&r, "GET", MAPS, NULL);
    ck_assert_int_eq(version_of(&r), before + 1);
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"c\"}}");
    request(&r, "GET", MAPS, NULL);
    ck_assert_int_eq(version_of(&r), before + 2);
    rig_fini(&r);
}
END_TEST

/* The uid in the last answer. Heap. */
static char *uid_of(struct rig *r)
{
    JSON_AUTO struct json *object = json_parse(r->text.s, r->text.len, NULL);

    return xstrdup(json_str_or(object, "metadata.uid", ""));
}

static const struct {
    const char *policy;
    int owner, dependent; /* status of a GET afterwards */
} cascades[] = {
    {"Background", 404, 404}, {"Foreground", 404, 404}, {"Orphan", 404, 200}};

/* A life that ends between an owner's deletion and what follows from it. */
START_TEST(test_cascade)
{
    struct rig r;

    rig_init(&r);
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    AUTO_FREE char *uid = uid_of(&r);
    AUTO_FREE char *dependent = xasprintf(
        "{\"metadata\":{\"name\":\"b\",\"ownerReferences\":[{\"apiVersion\":\"v1\","
        "\"kind\":\"ConfigMap\",\"name\":\"a\",\"uid\":\"%s\","
        "\"blockOwnerDeletion\":true}]}}",
        uid);
    ck_assert_int_eq(request(&r, "POST", MAPS, dependent), 201);
    AUTO_FREE char *path =
        xasprintf(MAPS "/a?propagationPolicy=%s", cascades[_i].policy);
    ck_assert_int_eq(request(&r, "DELETE", path, NULL), 200);
    ck_assert_int_eq(request(&r, "GET", MAPS "/b", NULL), 200);
    again(&r);
    for (int i = 0; i < 10; i++)
        loop_poll(r.loop, 0);
    ck_assert_int_eq(request(&r, "GET", MAPS "/a", NULL), cascades[_i].owner);
    ck_assert_int_eq(request(&r, "GET", MAPS "/b", NULL), cascades[_i].dependent);
    ck_assert(!strstr(r.text.s, "ownerReferences"));
    rig_fini(&r);
}
END_TEST

#define CRDS "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
#define WIDGETS "/apis/example.org/v1/namespaces/default/widgets"

/* Definitions come back before what they define. */
START_TEST(test_custom_kinds)
{
    struct rig r;

    rig_init(&r);
    ck_assert_int_eq(
        request(&r, "POST", CRDS,
                "{\"metadata\":{\"name\":\"widgets.example.org\"},\"spec\":{\"group\":"
                "\"example.org\",\"scope\":\"Namespaced\",\"names\":{\"plural\":"
                "\"widgets\",\"kind\":\"Widget\"},\"versions\":[{\"name\":\"v1\","
                "\"served\":true,\"storage\":true,\"schema\":{\"openAPIV3Schema\":{"
                "\"type\":\"object\",\"properties\":{\"size\":{\"type\":\"integer\"}}}}"
                "}]}}"),
        201);
    ck_assert_int_eq(request(&r, "POST", WIDGETS,
                             "{\"apiVersion\":\"example.org/v1\",\"kind\":\"Widget\","
                             "\"metadata\":{\"name\":\"w\"},\"size\":3}"),
                     201);
    again(&r);
    ck_assert_int_eq(request(&r, "GET", WIDGETS "/w", NULL), 200);
    ck_assert_msg(strstr(r.text.s, "\"size\":3"), "%s", r.text.s);
    ck_assert_int_eq(request(&r, "DELETE", CRDS "/widgets.example.org", NULL), 200);
    again(&r);
    ck_assert_int_eq(request(&r, "GET", WIDGETS "/w", NULL), 404);
    rig_fini(&r);
}
END_TEST

/* An object of a kind that nobody knows is not dropped in silence. */
START_TEST(test_unknown_kind)
{
    struct rig r;
    struct err err = ERR_INIT;
    static const char bytes[] =
        "{\"apiVersion\":\"v9\",\"kind\":\"Thing\",\"metadata\":"
        "{\"name\":\"t\"}}";
    const struct objectdb_row row = {.resource = "things",
                                     .key = "/t",
                                     .version = 1,
                                     .bytes = bytes,
                                     .len = sizeof(bytes) - 1};

    rig_init(&r);
    ck_assert_int_eq(objectdb_write(durable_db(r.durable), &row, 1, 1, NULL), 0);
    end(&r);
    ck_assert_int_eq(begin(&r, &err), -1);
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_msg(strstr(err.msg, "things /t"), "%s", err.msg);
    rig_fini(&r);
}
END_TEST

static bool is_released(const struct rig *r)
{
    return strstr(r->told.s, "release") != NULL;
}

/* Files may not grow for a while. */
START_TEST(test_disk_full)
{
    struct rig r;
    struct rlimit was, few = {4096, RLIM_INFINITY};
    int tries = 0;

    rig_init(&r);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
    few.rlim_max = was.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &few), 0);
    request(&r, "POST", MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    loop_poll(r.loop, 0);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
    ck_assert_str_eq(r.told.s, "hold answer refuse");
    while (!is_released(&r) && tries++ < 200)
        loop_poll(r.loop, 100);
    ck_assert_str_eq(r.told.s, "hold answer refuse release");
    again(&r);
    ck_assert_int_eq(request(&r, "GET", MAPS "/a", NULL), 200);
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/durable", (struct suite_row[]){
                                                  {test_order, 1},
                                                  {test_next_life, 1},
                                                  {test_resume, 1},
                                                  {test_cascade, ARRAY_LEN(cascades)},
                                                  {test_custom_kinds, 1},
                                                  {test_unknown_kind, 1},
                                                  {test_disk_full, 1},
                                                  {NULL, 0},
                                              });
}
