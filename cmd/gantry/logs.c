/* gantry logs - what a job printed: its rank's log, or the file its output went to. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/duration.h"
#include "base/filename.h"
#include "base/util.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/jobrow.h"
#include "cmd/gantry/jobwatch.h"
#include "cmd/gantry/tail.h"
#include "crds/convert.h"
#include "crds/jobstate.h"
#include "kubeclient/stream.h"

#define PATH_MAX_BYTES 8192
/* gantry-launch's own lines come first; longer ones are none of them. */
#define HEAD_MAX_BYTES 8192
#define LAUNCH "gantry-launch: "
#define GOES_TO LAUNCH "output goes to "
/* A container that is being started is asked for again. */
#define START_PAUSE_MS 300

struct options {
    struct cluster_options cluster;
    int64_t rank;
    bool follow, help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"follow", 'f', OPT_FLAG, NULL, AT(follow), NULL,
     "go on until the job is over; wait for its start", 0, 0},
    {"rank", 0, OPT_INT, NULL, AT(rank), "N", "of this rank (0)", 0, 1000000},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    CLUSTER_OPT_ROWS(struct options, cluster),
    {0},
};

struct logs {
    const struct cli *cli;
    struct options o;
    struct cluster cluster;
    struct json *job;
    char *pod, *container;
    struct kc_stream *stream;
    struct str head; /* what may yet be gantry-launch's lines */
    bool head_over;
    struct tail *tail; /* where the output went instead */
    char id[24];
    bool waiting; /* the container has not started */
    bool over;    /* the stream, or what is to be said instead is known */
    struct err err;
};

static void logs_fini(struct logs *l)
{
    tail_free(l->tail);
    kc_stream_free(l->stream);
    cluster_close(&l->cluster);
    json_free(l->job);
    str_fini(&l->head);
    free(l->pod);
    free(l->container);
}

/* ---- which job ---- */

static int take_job(struct logs *l, const char *ns, const char *name, struct err *err)
{
    const struct kc_ref ref = {&cluster_jobs, ns, name, NULL};
    ANSWER_AUTO struct answer a = {0};

    if (cluster_get(&l->cluster, &ref, &a, err) < 0)
        return -1;
    l->job = json_ref(a.body);
    char *own = xstrdup(ns);
    free(l->cluster.ns);
    l->cluster.ns = own;
    return 0;
}

static int find_by_id(struct logs *l, int64_t id, struct err *err)
{
    PARTLIST_AUTO struct partlist parts = {0};
    JOBLIST_AUTO struct joblist list;

    joblist_init(&list);
    if (partlist_fetch(&parts, &l->cluster, err) < 0 ||
        joblist_fetch(&list, &l->cluster, l->o.cluster.namespace_, NULL, &parts, err) <
            0)
        return -1;
    for (size_t i = 0; i < list.n; i++)
        if (list.rows[i].id == id)
            return take_job(l, list.rows[i].ns, list.rows[i].object, err);
    return err_set(err, ERR_NOT_FOUND, "there is no job %" PRId64, id);
}

static int find_job(struct logs *l, const char *what, struct err *err)
{
    if (strspn(what, "0123456789") == strlen(what) && strlen(what) <= 18)
        return find_by_id(l, strtoll(what, NULL, 10), err);
    return take_job(l, l->cluster.ns, what, err);
}

/* ---- whether it runs ---- */

static enum job_state state_of(const struct json *job)
{
    enum job_state state = JOB_STATE_NONE;

    job_state_parse(json_str(job, "status.state"), &state);
    return state;
}

static bool is_over(const struct json *job)
{
    return job_state_is_final(state_of(job));
}

static bool has_begun(const struct json *job)
{
    const enum job_state state = state_of(job);

    return is_over(job) || state == JOB_STATE_RUNNING || state == JOB_STATE_COMPLETING;
}

/* 0: it is so, or nobody waits for it any more. */
static int await(struct logs *l, jobwatch_fn *fn, struct err *err)
{
    struct json *seen = NULL;
    const enum jobwatch_end end =
        jobwatch_until(&l->cluster, l->job, fn, -1, &seen, err);

    if (seen) {
        json_free(l->job);
        l->job = seen;
    }
    if (end == JOBWATCH_GONE)
        return err_set(err, ERR_NOT_FOUND, "the job was deleted");
    return end == JOBWATCH_FAILED ? -1 : 0; /* interrupted: main says why */
}

static int await_begin(struct logs *l, struct err *err)
{
    if (has_begun(l->job))
        return 0;
    if (l->o.follow) {
        cli_say(l->cli, "waiting for the job to start");
        return await(l, has_begun, err);
    }
    return err_set(err, ERR_UNAVAILABLE,
                   "the job has not started: %s (%s); --follow waits for it",
                   json_str_or(l->job, "status.state", "PENDING"),
                   json_str_or(l->job, "status.reason", "None"));
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

static int no_pod(const struct logs *l, struct err *err)
{
    const char *output = json_str(l->job, "spec.output");

    if (output && l->o.rank == 0) /* a script runs there */
        return err_set(err, ERR_NOT_FOUND,
                       "rank %" PRId64 " has no pod (any more); its output went to %s "
                       "in %s of node %s, if that is there",
                       l->o.rank, output, json_str_or(l->job, "spec.workDir", "/tmp"),
                       json_str_or(l->job, "status.batchHost", "(none)"));
    return err_set(err, ERR_NOT_FOUND,
                   "rank %" PRId64 " has no pod (any more), and its log went with it",
                   l->o.rank);
}

static int find_pod(struct logs *l, struct err *err)
{
    const struct kc_ref ref = {&kc_pods, l->cluster.ns, NULL, NULL};
    AUTO_FREE char *query =
        xasprintf("labelSelector=" LABEL_JOB_UID "%%3D%s," LABEL_ATTEMPT "%%3D%" PRId64
                  "," LABEL_RANK "%%3D%" PRId64,
                  json_str_or(l->job, "metadata.uid", ""),
                  json_int_or(l->job, "status.attempt", 0), l->o.rank);
    ANSWER_AUTO struct answer a = {0};

    if (cluster_list(&l->cluster, &ref, query, &a, err) < 0)
        return -1;
    const struct json *pod = json_item(json_get(a.body, "items"), 0);
    if (!pod)
        return no_pod(l, err);
    l->pod = xstrdup(json_str_or(pod, "metadata.name", ""));
    l->container = xstrdup(default_container(pod));
    return 0;
}

/* ---- its log ---- */

/* Nobody reads it any more. */
static void on_closed(void *arg)
{
    struct logs *l = arg;

    l->over = l->cluster.interrupted = true;
    if (l->cluster.wake_on_signal)
        *l->cluster.wake_on_signal = true;
}

static void print(struct logs *l, const char *bytes, size_t len)
{
    fwrite(bytes, 1, len, l->cli->out);
    if (fflush(l->cli->out) != 0)
        on_closed(l);
}

static void end_head(struct logs *l)
{
    if (!l->head_over)
        print(l, l->head.s, l->head.len);
    l->head_over = true;
}

/* A name below the script's directory, or from the root. Heap. */
static char *path_of(const struct logs *l, const char *name)
{
    const char *dir = json_str(l->job, "spec.workDir");

    return name[0] == '/' || !dir ? xstrdup(name) : xasprintf("%s/%s", dir, name);
}

/* gantry-launch says where the output goes. If that can be read here, it is read. */
static void take_launch_line(struct logs *l, const char *line)
{
    struct err err = ERR_INIT;

    if (!str_starts(line, GOES_TO) || l->tail || !json_str(l->job, "spec.output"))
        return;
    AUTO_FREE char *path = path_of(l, line + strlen(GOES_TO));
    l->tail = tail_new(l->cluster.loop, path, l->cli->out, on_closed, l, &err);
    if (!l->tail)
        return; /* the line is printed, which says where */
    l->over = true;
    kc_stream_free(TAKE(l->stream));
}

/* The first lines, while they are gantry-launch's. */
static void look_at_head(struct logs *l)
{
    size_t at = 0;

    while (!l->over && str_starts(l->head.s + at, LAUNCH)) {
        const size_t len = strcspn(l->head.s + at, "\n");
        if (l->head.s[at + len] == '\0')
            break; /* more of it may come */
        AUTO_FREE char *line = xstrndup(l->head.s + at, len);
        take_launch_line(l, line);
        at += len + 1;
    }
    const size_t rest = l->head.len - at;
    const bool may_be = strncmp(l->head.s + at, LAUNCH, MIN(rest, strlen(LAUNCH))) == 0;
    if (!l->over && (!may_be || l->head.len >= HEAD_MAX_BYTES))
        end_head(l);
}

static void on_bytes(void *arg, const char *bytes, size_t len)
{
    struct logs *l = arg;

    if (l->head_over) {
        print(l, bytes, len);
        return;
    }
    const size_t taken = MIN(len, HEAD_MAX_BYTES - l->head.len);
    str_addn(&l->head, bytes, taken);
    look_at_head(l);
    if (l->head_over && taken < len)
        print(l, bytes + taken, len - taken);
}

static void on_refused(void *arg, const struct kc_result *result)
{
    struct logs *l = arg;

    l->waiting = result->reason == KC_REASON_BAD_REQUEST &&
                 strstr(result->message, "waiting to start") != NULL;
    kc_result_err(result, &l->err);
    l->over = true;
}

static void on_ended(void *arg, const char *cut)
{
    struct logs *l = arg;

    end_head(l);
    if (cut)
        err_set(&l->err, ERR_UNAVAILABLE, "the log broke off: %s", cut);
    l->over = true;
}

static const struct kc_stream_ops stream_ops = {on_bytes, on_refused, on_ended};

static int read_log(struct logs *l, struct err *err)
{
    const struct kc_ref ref = {&kc_pods, l->cluster.ns, l->pod, "log"};
    STR_AUTO struct str path;

    str_init(&path, PATH_MAX_BYTES);
    kc_path(&ref, &path);
    str_add(&path, "?container=");
    kc_escape(l->container, &path);
    if (l->o.follow)
        str_add(&path, "&follow=true");
    l->over = l->waiting = false;
    l->err = ERR_INIT;
    l->stream = kc_stream_start(l->cluster.client, path.s, &stream_ops, l, err);
    if (!l->stream)
        return -1;
    cluster_until(&l->cluster, &l->over, -1);
    kc_stream_free(TAKE(l->stream));
    return 0;
}

/* A container that has not started is asked for again, while the job is not over. */
static int read_started_log(struct logs *l, struct err *err)
{
    const bool never = false;

    for (;;) {
        if (read_log(l, err) < 0)
            return -1;
        if (!l->waiting || !l->o.follow)
            break;
        const struct kc_ref ref = {&cluster_jobs, l->cluster.ns,
                                   json_str(l->job, "metadata.name"), NULL};
        ANSWER_AUTO struct answer a = {0};
        if (cluster_get(&l->cluster, &ref, &a, err) < 0)
            return -1;
        if (is_over(a.body))
            break;
        cluster_until(&l->cluster, &never, START_PAUSE_MS);
    }
    if (l->err.code != ERR_NONE)
        return err_set(err, l->err.code, "%s", l->err.msg);
    return 0;
}

/* ---- the file ---- */

static int follow_file(struct logs *l, struct err *err)
{
    int rc = 0;

    if (l->o.follow)
        rc = await(l, is_over, err);
    tail_read(l->tail);
    return rc;
}

/* What the names of output files are made of, as the script's variables. */
static const char *fact(void *arg, const char *name)
{
    const struct logs *l = arg;
    static const struct {
        const char *name, *path;
    } facts[] = {
        {"SLURM_JOB_NAME", "spec.jobName"},
        {"SLURMD_NODENAME", "status.batchHost"},
        {"USER", "spec.user"},
    };

    if (str_eq(name, "SLURM_JOB_ID"))
        return l->id;
    for (size_t i = 0; i < ARRAY_LEN(facts); i++)
        if (str_eq(name, facts[i].name))
            return json_str(l->job, facts[i].path);
    return NULL;
}

/* Where the log cannot be had, the file that the output was to go to, if it was written
 * since the job began. */
static bool find_file(struct logs *l)
{
    const char *output = json_str(l->job, "spec.output");
    const char *start = json_str(l->job, "status.startTime");
    int64_t start_sec = 0;
    struct stat st;
    struct err err = ERR_INIT;
    STR_AUTO struct str name;

    str_init(&name, PATH_MAX_BYTES);
    if (!output || l->o.rank > 0 || !start ||
        time_parse_rfc3339(start, &start_sec, NULL) < 0)
        return false;
    snprintf(l->id, sizeof(l->id), "%" PRId64, json_int_or(l->job, "status.jobID", 0));
    filename_expand(output, fact, l, &name);
    AUTO_FREE char *path = path_of(l, name.s);
    if (stat(path, &st) != 0 || st.st_mtime < start_sec)
        return false;
    l->tail = tail_new(l->cluster.loop, path, l->cli->out, on_closed, l, &err);
    return l->tail != NULL;
}

static int show(struct logs *l, const char *what, struct err *err)
{
    if (cluster_open(&l->cluster, l->cli, &l->o.cluster, err) < 0 ||
        find_job(l, what, err) < 0 || await_begin(l, err) < 0)
        return -1;
    if ((find_pod(l, err) < 0 || read_started_log(l, err) < 0) && !find_file(l))
        return -1;
    return l->tail ? follow_file(l, err) : 0;
}

int cmd_logs(const struct cli *cli, int argc, char **argv)
{
    struct logs l = {.cli = cli};
    struct err err = ERR_INIT;
    int status = EXIT_DONE;
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &l.o, &err);

    if (first < 0)
        return cli_error(cli, "%s", err.msg);
    if (l.o.help) {
        opt_help(
            table, "gantry logs [OPTION...] JOB_ID|NAME",
            "What a job printed: the log of its first rank, or the file its output "
            "went to, if\nthat can be read here.",
            cli->out);
        return EXIT_DONE;
    }
    if (argc - first != 1)
        return cli_error(cli, "%s",
                         argc == first ? "no job named: gantry logs JOB_ID"
                                       : "more than one job named");
    str_init(&l.head, HEAD_MAX_BYTES);
    if (show(&l, argv[first], &err) < 0)
        status = cli_error(cli, "%s", err.msg);
    logs_fini(&l);
    return status;
}
