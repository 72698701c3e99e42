#include "cmd/gantry/printout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/duration.h"
#include "base/filename.h"
#include "base/util.h"
#include "cmd/gantry/jobwatch.h"
#include "cmd/gantry/tail.h"
#include "crds/convert.h"
#include "kubeclient/stream.h"

#define PATH_MAX_BYTES 8192
/* gantry-launch's own lines come first; longer ones are none of them. */
#define HEAD_MAX_BYTES 8192
#define LAUNCH "gantry-launch: "
#define GOES_TO LAUNCH "output goes to "
/* A container that is being started is asked for again. */
#define START_PAUSE_MS 300
#define FACT_MAX 24 /* a number */

struct reader {
    const struct printout *what;
    char *pod, *container;
    struct kc_stream *stream;
    struct str head; /* what may yet be gantry-launch's lines */
    bool head_over;
    struct tail *tail; /* where the output went instead */
    char id[FACT_MAX], array_id[FACT_MAX], array_task[FACT_MAX];
    bool waiting; /* the container has not started */
    bool over;    /* the stream, or what is to be said instead is known */
    struct err err;
};

static void reader_fini(struct reader *p)
{
    tail_free(p->tail);
    kc_stream_free(p->stream);
    str_fini(&p->head);
    free(p->pod);
    free(p->container);
}

/* ---- its pod ---- */

static const char *default_container(const struct json *pod)
{
    const struct json *notes = json_at(pod, "metadata.annotations");
    const struct json *named =
        json_get(notes, "kubectl.kubernetes.io/default-container");
    const struct json *first = json_item(json_at(pod, "spec.containers"), 0);

    return json_is(named, JSON_STRING) ? json_string(named)
                                       : json_str_or(first, "name", "");
}

static int no_pod(const struct reader *p, struct err *err)
{
    const char *output = json_str(p->what->job, "spec.output");

    if (output && p->what->rank == 0) /* a script runs there */
        return err_set(err, ERR_NOT_FOUND,
                       "rank %" PRId64 " has no pod (any more); its output went to %s "
                       "in %s of node %s, if that is there",
                       p->what->rank, output,
                       json_str_or(p->what->job, "spec.workDir", "/tmp"),
                       json_str_or(p->what->job, "status.batchHost", "(none)"));
    return err_set(err, ERR_NOT_FOUND,
                   "rank %" PRId64 " has no pod (any more), and its log went with it",
                   p->what->rank);
}

static int find_pod(struct reader *p, struct err *err)
{
    const struct kc_ref ref = {&kc_pods, p->what->api->ns, NULL, NULL};
    AUTO_FREE char *query =
        xasprintf("labelSelector=" LABEL_JOB_UID "%%3D%s," LABEL_ATTEMPT "%%3D%" PRId64
                  "," LABEL_RANK "%%3D%" PRId64,
                  json_str_or(p->what->job, "metadata.uid", ""),
                  json_int_or(p->what->job, "status.attempt", 0), p->what->rank);
    ANSWER_AUTO struct answer a = {0};

    if (api_list(p->what->api, &ref, query, &a, err) < 0)
        return -1;
    const struct json *pod = json_item(json_get(a.body, "items"), 0);
    if (!pod)
        return no_pod(p, err);
    p->pod = xstrdup(json_str_or(pod, "metadata.name", ""));
    p->container = xstrdup(default_container(pod));
    return 0;
}

/* ---- its log ---- */

/* Nobody reads it any more. */
static void on_closed(void *arg)
{
    struct reader *p = arg;

    p->over = p->what->api->interrupted = true;
    if (p->what->api->wake_on_signal)
        *p->what->api->wake_on_signal = true;
}

static void print(struct reader *p, const char *bytes, size_t len)
{
    fwrite(bytes, 1, len, p->what->api->cli->out);
    if (fflush(p->what->api->cli->out) != 0)
        on_closed(p);
}

static void end_head(struct reader *p)
{
    if (!p->head_over)
        print(p, p->head.s, p->head.len);
    p->head_over = true;
}

/* A name below the script's directory, or from the root. Heap. */
static char *path_of(const struct reader *p, const char *name)
{
    const char *dir = json_str(p->what->job, "spec.workDir");

    return name[0] == '/' || !dir ? xstrdup(name) : xasprintf("%s/%s", dir, name);
}

/* gantry-launch says where the output goes. If that can be read here, it is read. */
static void take_launch_line(struct reader *p, const char *line)
{
    struct err err = ERR_INIT;

    if (!str_starts(line, GOES_TO) || p->tail || !json_str(p->what->job, "spec.output"))
        return;
    AUTO_FREE char *path = path_of(p, line + strlen(GOES_TO));
    p->tail =
        tail_new(p->what->api->loop, path, p->what->api->cli->out, on_closed, p, &err);
    if (!p->tail)
        return; /* the line is printed, which says where */
    p->over = true;
    kc_stream_free(TAKE(p->stream));
}

/* The first lines, while they are gantry-launch's. */
static void look_at_head(struct reader *p)
{
    size_t at = 0;

    while (!p->over && str_starts(p->head.s + at, LAUNCH)) {
        const size_t len = strcspn(p->head.s + at, "\n");
        if (p->head.s[at + len] == '\0')
            break; /* more of it may come */
        AUTO_FREE char *line = xstrndup(p->head.s + at, len);
        take_launch_line(p, line);
        at += len + 1;
    }
    const size_t rest = p->head.len - at;
    const bool may_be = strncmp(p->head.s + at, LAUNCH, MIN(rest, strlen(LAUNCH))) == 0;
    if (!p->over && (!may_be || p->head.len >= HEAD_MAX_BYTES))
        end_head(p);
}

static void on_bytes(void *arg, const char *bytes, size_t len)
{
    struct reader *p = arg;

    if (p->head_over) {
        print(p, bytes, len);
        return;
    }
    const size_t taken = MIN(len, HEAD_MAX_BYTES - p->head.len);
    str_addn(&p->head, bytes, taken);
    look_at_head(p);
    if (p->head_over && taken < len)
        print(p, bytes + taken, len - taken);
}

static void on_refused(void *arg, const struct kc_result *result)
{
    struct reader *p = arg;

    p->waiting = result->reason == KC_REASON_BAD_REQUEST &&
                 strstr(result->message, "waiting to start") != NULL;
    kc_result_err(result, &p->err);
    p->over = true;
}

static void on_ended(void *arg, const char *cut)
{
    struct reader *p = arg;

    end_head(p);
    if (cut)
        err_set(&p->err, ERR_UNAVAILABLE, "the log broke off: %s", cut);
    p->over = true;
}

static const struct kc_stream_ops stream_ops = {on_bytes, on_refused, on_ended};

static int read_log(struct reader *p, struct err *err)
{
    const struct kc_ref ref = {&kc_pods, p->what->api->ns, p->pod, "log"};
    STR_AUTO struct str path;

    str_init(&path, PATH_MAX_BYTES);
    kc_path(&ref, &path);
    str_add(&path, "?container=");
    kc_escape(p->container, &path);
    if (p->what->follow)
        str_add(&path, "&follow=true");
    p->over = p->waiting = false;
    p->err = ERR_INIT;
    p->stream = kc_stream_start(p->what->api->client, path.s, &stream_ops, p, err);
    if (!p->stream)
        return -1;
    api_until(p->what->api, &p->over, -1);
    kc_stream_free(TAKE(p->stream));
    return 0;
}

/* A container that has not started is asked for again, while the job is not over. */
static int read_started_log(struct reader *p, struct err *err)
{
    const bool never = false;

    for (;;) {
        if (read_log(p, err) < 0)
            return -1;
        if (!p->waiting || !p->what->follow)
            break;
        const struct kc_ref ref = {&api_jobs, p->what->api->ns,
                                   json_str(p->what->job, "metadata.name"), NULL};
        ANSWER_AUTO struct answer a = {0};
        if (api_get(p->what->api, &ref, &a, err) < 0)
            return -1;
        if (jobwatch_is_over(a.body))
            break;
        api_until(p->what->api, &never, START_PAUSE_MS);
    }
    if (p->err.code != ERR_NONE)
        return err_set(err, p->err.code, "%s", p->err.msg);
    return 0;
}

/* ---- the file ---- */

/* Of a task of an array; NULL: it is none. */
static const char *task_fact(const struct reader *p, char buf[FACT_MAX],
                             const char *path)
{
    const int64_t n = json_int_or(p->what->job, path, -1);

    if (n < 0)
        return NULL;
    snprintf(buf, FACT_MAX, "%" PRId64, n);
    return buf;
}

/* What the names of output files are made of, as the script's variables. */
static const char *fact(void *arg, const char *name)
{
    struct reader *p = arg;
    static const struct {
        const char *name, *path;
    } facts[] = {
        {"SLURM_JOB_NAME", "spec.jobName"},
        {"SLURMD_NODENAME", "status.batchHost"},
        {"USER", "spec.user"},
    };

    if (str_eq(name, "SLURM_JOB_ID"))
        return p->id;
    if (str_eq(name, "SLURM_ARRAY_JOB_ID"))
        return task_fact(p, p->array_id, "status.arrayJobID");
    if (str_eq(name, "SLURM_ARRAY_TASK_ID"))
        return task_fact(p, p->array_task, "status.arrayTaskID");
    for (size_t i = 0; i < ARRAY_LEN(facts); i++)
        if (str_eq(name, facts[i].name))
            return json_str(p->what->job, facts[i].path);
    return NULL;
}

/* Where the log cannot be had, the file that the output was to go to, if it was written
 * since the job began. */
static bool find_file(struct reader *p)
{
    const char *output = json_str(p->what->job, "spec.output");
    const char *start = json_str(p->what->job, "status.startTime");
    int64_t start_sec = 0;
    struct stat st;
    struct err err = ERR_INIT;
    STR_AUTO struct str name;

    str_init(&name, PATH_MAX_BYTES);
    if (!output || p->what->rank > 0 || !start ||
        time_parse_rfc3339(start, &start_sec, NULL) < 0)
        return false;
    snprintf(p->id, sizeof(p->id), "%" PRId64,
             json_int_or(p->what->job, "status.jobID", 0));
    filename_expand(output, fact, p, &name);
    AUTO_FREE char *path = path_of(p, name.s);
    if (stat(path, &st) != 0 || st.st_mtime < start_sec)
        return false;
    p->tail =
        tail_new(p->what->api->loop, path, p->what->api->cli->out, on_closed, p, &err);
    return p->tail != NULL;
}

/* ---- all of it ---- */

static int follow_file(struct reader *p, struct err *err)
{
    struct json *seen = NULL;
    enum jobwatch_end end = JOBWATCH_TRUE;

    if (p->what->follow)
        end = jobwatch_until(p->what->api, (struct json *)p->what->job,
                             jobwatch_is_over, -1, &seen, err);
    json_free(seen);
    tail_read(p->tail);
    return end == JOBWATCH_FAILED ? -1 : 0;
}

int printout_show(const struct printout *what, struct err *err)
{
    struct reader p = {.what = what};
    int rc = 0;

    str_init(&p.head, HEAD_MAX_BYTES);
    if ((find_pod(&p, err) < 0 || read_started_log(&p, err) < 0) && !find_file(&p))
        rc = -1;
    else if (p.tail)
        rc = follow_file(&p, err);
    reader_fini(&p);
    return rc;
}
