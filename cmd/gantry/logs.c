/* gantry logs - what a job printed: its rank's log, or the file its output went to. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/jobfilter.h"
#include "cmd/gantry/joblist.h"
#include "cmd/gantry/jobwatch.h"
#include "cmd/gantry/printout.h"
#include "crds/jobstate.h"

struct options {
    struct api_options api;
    int64_t rank;
    bool follow, help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"follow", 'f', OPT_FLAG, NULL, AT(follow), NULL,
     "go on until the job is over; wait for its start", 0, 0},
    {"rank", 0, OPT_INT, NULL, AT(rank), "N", "of this rank (0)", 0, 1000000},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    API_OPT_ROWS(struct options, api),
    {0},
};

struct logs {
    const struct cli *cli;
    struct options o;
    struct api api;
    struct json *job;
    int64_t component; /* of a heterogeneous job, that is meant */
};

static void logs_fini(struct logs *l)
{
    json_free(l->job);
    api_close(&l->api);
}

/* ---- which job ---- */

static int take_job(struct logs *l, const char *ns, const char *name, struct err *err)
{
    const struct kc_ref ref = {&api_jobs, ns, name, NULL};
    ANSWER_AUTO struct answer a = {0};

    if (api_get(&l->api, &ref, &a, err) < 0)
        return -1;
    l->job = json_ref(a.body);
    char *own = xstrdup(ns);
    free(l->api.ns);
    l->api.ns = own;
    return 0;
}

/* The first of a component's ranks; what has no place yet has none. */
static int64_t first_rank(const struct json *job, int64_t component)
{
    const struct json *placement = json_at(job, "status.placement");

    for (size_t i = 0; i < json_len(placement); i++) {
        const struct json *entry = json_item(placement, i);
        if (json_int_or(entry, "component", 0) == component)
            return json_int_or(entry, "firstRank", 0);
    }
    return 0;
}

static int find_by_id(struct logs *l, const struct job_ref *ref, struct err *err)
{
    PARTLIST_AUTO struct partlist parts = {0};
    JOBLIST_AUTO struct joblist list;
    const struct jobquery query = {
        .ns = l->o.api.namespace_, .parts = &parts, .about = JOB_WHOLE};

    joblist_init(&list);
    if (partlist_fetch_allowed(&parts, &l->api, err) < 0 ||
        joblist_fetch(&list, &l->api, &query, err) < 0)
        return -1;
    for (size_t i = 0; i < list.n; i++)
        if (job_ref_component(ref, &list.rows[i], &l->component) ||
            (ref->all && list.rows[i].id == ref->id))
            return take_job(l, list.rows[i].ns, list.rows[i].object, err);
    return err_set(err, ERR_NOT_FOUND,
                   ref->all ? "there is no job %" PRId64
                            : "job %" PRId64 " has no such component",
                   ref->id);
}

static int find_job(struct logs *l, const char *what, struct err *err)
{
    struct job_ref ref;

    if (job_ref_parse(what, &ref) && (ref.all || ref.component >= 0))
        return find_by_id(l, &ref, err);
    return take_job(l, l->api.ns, what, err);
}

/* ---- whether it runs ---- */

static bool has_begun(const struct json *job)
{
    enum job_state state = JOB_STATE_NONE;

    job_state_parse(json_str(job, "status.state"), &state);
    return jobwatch_is_over(job) || state == JOB_STATE_RUNNING ||
           state == JOB_STATE_COMPLETING;
}

static int wait_for_begin(struct logs *l, struct err *err)
{
    struct json *seen = NULL;
    const enum jobwatch_end end =
        jobwatch_until(&l->api, l->job, has_begun, -1, &seen, err);

    if (seen) {
        json_free(l->job);
        l->job = seen;
    }
    if (end == JOBWATCH_GONE)
        return err_set(err, ERR_NOT_FOUND, "the job was deleted");
    return end == JOBWATCH_TRUE ? 0 : -1;
}

static int await_begin(struct logs *l, struct err *err)
{
    if (has_begun(l->job))
        return 0;
    if (l->o.follow) {
        cli_say(l->cli, "waiting for the job to start");
        return wait_for_begin(l, err);
    }
    return err_set(err, ERR_UNAVAILABLE,
                   "the job has not started: %s (%s); --follow waits for it",
                   json_str_or(l->job, "status.state", "PENDING"),
                   json_str_or(l->job, "status.reason", "None"));
}

static int show(struct logs *l, const char *what, struct err *err)
{
    if (api_open(&l->api, l->cli, &l->o.api, err) < 0 || find_job(l, what, err) < 0 ||
        await_begin(l, err) < 0)
        return -1;
    return printout_show(
        &(struct printout){.api = &l->api,
                           .job = l->job,
                           .rank = first_rank(l->job, l->component) + l->o.rank,
                           .follow = l->o.follow},
        err);
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
            "went to, if\nthat can be read here. 12+1 is a component of a "
            "heterogeneous "
            "job: its first rank.",
            cli->out);
        return EXIT_DONE;
    }
    if (argc - first != 1)
        return cli_error(cli, "%s",
                         argc == first ? "no job named: gantry logs JOB_ID"
                                       : "more than one job named");
    if (show(&l, argv[first], &err) < 0)
        status = cli_error(cli, "%s", err.msg);
    logs_fini(&l);
    return status;
}
