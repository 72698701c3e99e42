#include "cmd/gantry/jobwatch.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "crds/jobstate.h"
#include "kubeclient/watch.h"

#define LINE_MAX_BYTES (4u << 20)
#define PATH_MAX_BYTES 4096
/* A stream that the server lets run no longer is simply begun anew. */
#define STREAM_SEC 300
/* Between two streams when they bring nothing. */
#define PAUSE_MS 500

struct look {
    struct api *api;
    struct kc_watch *watch;
    jobwatch_fn *fn;
    struct json *job; /* as last seen */
    bool is_true, is_gone;
    bool broken; /* the stream is over */
    bool wake;   /* something of the above, or a signal */
    struct err refusal;
};

bool jobwatch_is_over(const struct json *job)
{
    enum job_state state;

    return job_state_parse(json_str(job, "status.state"), &state) == 0 &&
           job_state_is_final(state);
}

static const char *uid_of(const struct json *job)
{
    return json_str_or(job, "metadata.uid", "");
}

static void see(struct look *l, const struct json *job)
{
    if (!str_eq(uid_of(job), uid_of(l->job))) {
        l->is_gone = l->wake = true;
        return;
    }
    struct json *newer = json_ref((struct json *)job);
    json_free(l->job);
    l->job = newer;
    if (l->fn(job))
        l->is_true = l->wake = true;
}

/* ---- the stream ---- */

static void on_event(void *arg, enum kc_event type, const struct json *object)
{
    struct look *l = arg;

    if (l->is_true || l->is_gone || type == KC_EVENT_BOOKMARK)
        return;
    if (type == KC_EVENT_DELETED)
        l->is_gone = l->wake = str_eq(uid_of(object), uid_of(l->job));
    else
        see(l, object);
}

static void on_over(struct look *l)
{
    l->broken = l->wake = true;
}

static void on_malformed(void *arg, const char *why)
{
    (void)why;
    on_over(arg);
}

/* Only credentials stay wrong. */
static void on_refused(void *arg, const struct kc_result *result)
{
    struct look *l = arg;

    if (result->reason == KC_REASON_FORBIDDEN ||
        result->reason == KC_REASON_UNAUTHORIZED)
        kc_result_err(result, &l->refusal);
    on_over(l);
}

static void on_ended(void *arg, const char *cut)
{
    (void)cut;
    on_over(arg);
}

static const struct kc_watch_ops watch_ops = {on_event, on_malformed, on_refused,
                                              on_ended};

static int open_stream(struct look *l, struct err *err)
{
    const struct kc_ref ref = {&api_jobs, l->api->ns, NULL, NULL};
    STR_AUTO struct str path;

    str_init(&path, PATH_MAX_BYTES);
    kc_path(&ref, &path);
    str_add(&path, "?watch=true&fieldSelector=metadata.name%3D");
    kc_escape(json_str_or(l->job, "metadata.name", ""), &path);
    str_add(&path, "&resourceVersion=");
    kc_escape(json_str_or(l->job, "metadata.resourceVersion", ""), &path);
    str_addf(&path, "&timeoutSeconds=%d", STREAM_SEC);
    l->broken = false;
    return kc_watch_start(l->watch, path.s, STREAM_SEC + 30, err);
}

/* ---- a look between two streams ---- */

static int look_again(struct look *l, struct err *err)
{
    const struct kc_ref ref = {&api_jobs, l->api->ns, json_str(l->job, "metadata.name"),
                               NULL};
    ANSWER_AUTO struct answer a = {0};

    if (l->refusal.code != ERR_NONE)
        return err_set(err, l->refusal.code, "%s", l->refusal.msg);
    if (api_get(l->api, &ref, &a, err) == 0)
        see(l, a.body);
    else if (a.reason == KC_REASON_NOT_FOUND)
        l->is_gone = true;
    else
        return -1;
    return 0;
}

/* ---- both ---- */

static bool is_decided(const struct look *l)
{
    return l->is_true || l->is_gone || l->api->interrupted;
}

/* A server that ends each stream at once is not driven hard. */
static int open_again(struct look *l, int64_t left_ms, struct err *err)
{
    const bool never = false;

    api_until(l->api, &never, left_ms < 0 ? PAUSE_MS : MIN(left_ms, PAUSE_MS));
    if (look_again(l, err) < 0)
        return -1;
    return is_decided(l) ? 0 : open_stream(l, err);
}

/* Until something is known; -1: err. */
static int watch_on(struct look *l, int64_t until_ms, struct err *err)
{
    struct loop *loop = l->api->loop;
    int rc = is_decided(l) ? 0 : open_stream(l, err);

    while (rc == 0 && !is_decided(l)) {
        const int64_t left_ms = until_ms < 0 ? -1 : until_ms - loop_mono_ms(loop);
        if (until_ms >= 0 && left_ms <= 0)
            return 0;
        l->wake = false;
        if (l->broken)
            rc = open_again(l, left_ms, err);
        else
            api_until(l->api, &l->wake, left_ms);
    }
    return rc;
}

static enum jobwatch_end end_of(const struct look *l, int rc)
{
    if (l->is_true)
        return JOBWATCH_TRUE;
    if (l->is_gone)
        return JOBWATCH_GONE;
    if (rc < 0)
        return JOBWATCH_FAILED;
    return l->api->interrupted ? JOBWATCH_INTERRUPTED : JOBWATCH_LATE;
}

enum jobwatch_end jobwatch_until(struct api *c, struct json *job, jobwatch_fn *fn,
                                 int64_t timeout_ms, struct json **ret_job,
                                 struct err *err)
{
    struct look l = {.api = c, .fn = fn, .job = json_ref(job)};
    const int64_t until_ms = timeout_ms < 0 ? -1 : loop_mono_ms(c->loop) + timeout_ms;

    l.is_true = fn(job);
    l.watch = kc_watch_new(c->client, LINE_MAX_BYTES, &watch_ops, &l);
    c->wake_on_signal = &l.wake;
    const int rc = watch_on(&l, until_ms, err);
    c->wake_on_signal = NULL;
    kc_watch_free(l.watch);

    const enum jobwatch_end end = end_of(&l, rc);
    *ret_job = NULL;
    if (end == JOBWATCH_GONE || end == JOBWATCH_FAILED)
        json_free(l.job);
    else
        *ret_job = l.job;
    return end;
}
