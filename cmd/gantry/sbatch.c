/* sbatch - submits a batch script as a BatchJob. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/estimate.h"
#include "cmd/gantry/jobwatch.h"
#include "cmd/gantry/newjob.h"
#include "crds/jobstate.h"

/* Slurm's exit code for errors, which its users may choose. */
static int error_status(void)
{
    const char *text = cli_env("SLURM_EXIT_ERROR");
    const long code = text ? strtol(text, NULL, 10) : 0;

    return code > 0 && code < 256 ? (int)code : EXIT_ERROR;
}

static int fail(const struct cli *cli, const struct err *err)
{
    cli_error(cli, "%s", err->msg);
    return error_status();
}

static int fail_submission(const struct cli *cli, const struct err *err)
{
    cli_error(cli, "Batch job submission failed: %s", err->msg);
    return error_status();
}

/* ---- what was asked ---- */

/* Components stand apart by ":". Returns the index of the script, or -1. */
static int take_line(struct submit *submit, int argc, char **argv, struct err *err)
{
    for (int at = 0;;) {
        const int n =
            submit_take_words(submit, SUBMIT_LINE, NULL, argc - at, argv + at, err);
        if (n < 0)
            return -1;
        at += n;
        if (at == argc || !str_eq(argv[at], ":"))
            return at;
        submit = submit_next(submit, err);
        if (!submit)
            return -1;
    }
}

/* The command line, the environment, the script and its lines. */
static int read_all(const struct cli *cli, int argc, char **argv, int first,
                    struct submit *submit, struct script *script, struct err *err)
{
    const char *wrap = submit_text(submit, "wrap");

    if (wrap && first < argc)
        return err_set(err, ERR_INVALID,
                       "Script arguments not permitted with --wrap option");
    if (submit_take_environment(submit, err) < 0)
        return -1;
    if (wrap)
        script_wrap(script, wrap);
    else if ((first < argc ? script_read_file(script, argv[first], err)
                           : script_read_stream(script, cli->in, err)) < 0)
        return -1;
    if (script_check(script, err) < 0 ||
        script_directives(script, submit, submit_has(submit, "ignore-pbs"), err) < 0)
        return -1;
    for (struct submit *s = submit->next; s; s = s->next)
        if (submit_take_environment(s, err) < 0)
            return -1;
    for (const struct submit *s = submit; s; s = s->next)
        if (submit_check(s, err) < 0)
            return -1;
    return 0;
}

/* ---- where its output goes ---- */

/* Nodes of gantry-local are this machine: what is written there is found here. */
static bool nodes_have_files(struct api *c)
{
    const struct kc_ref ref = {&kc_nodes, NULL, NULL, NULL};
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    if (api_list(c, &ref, "limit=1", &a, &err) < 0)
        return false;
    return str_starts(json_str_or(json_item(json_get(a.body, "items"), 0),
                                  "status.nodeInfo.containerRuntimeVersion", ""),
                      "gantry://");
}

/* The file that its output is to go to. */
static char *output_path(const struct json *body)
{
    const char *output = json_str_or(body, "spec.output", "");

    return *output == '/'
               ? xstrdup(output)
               : xasprintf("%s/%s", json_str_or(body, "spec.workDir", ""), output);
}

/* This machine, and so its nodes, has neither the file nor a directory to make it in.
 * What a job's values decide (%j) is not known here. */
static bool is_out_of_reach(const char *path)
{
    AUTO_FREE char *dir = xstrndup(path, (size_t)(strrchr(path, '/') + 1 - path));

    return access(path, W_OK) != 0 && strchr(dir, '%') == NULL &&
           access(dir, W_OK | X_OK) != 0;
}

/* How to see the output, where its file may not be. */
static void tell_output(const struct cli *cli, struct newjob *n)
{
    AUTO_FREE char *path = output_path(n->body);

    if (!nodes_have_files(n->api))
        cli_say(cli,
                "the nodes may not have this directory; `gantry logs -f %" PRId64
                "` follows the output",
                newjob_id(n));
    else if (is_out_of_reach(path))
        cli_say(cli,
                "%s cannot be written: its directory is not there, or not yours; "
                "`gantry logs -f %" PRId64 "` follows the output",
                path, newjob_id(n));
}

/* An id that nobody hears is as bad as none: the caller would submit again. */
static int tell(const struct cli *cli, struct newjob *n, struct err *err)
{
    const int64_t id = newjob_id(n);

    if (submit_has(n->submit, "parsable"))
        fprintf(cli->out, "%" PRId64 "\n", id);
    else if (!submit_has(n->submit, "quiet"))
        fprintf(cli->out, "Submitted batch job %" PRId64 "\n", id);
    if (fflush(cli->out) != 0) {
        err_errno(err, errno, "its id %" PRId64 " cannot be written", id);
        newjob_withdraw(n, err);
        return -1;
    }
    if (!submit_has(n->submit, "quiet"))
        tell_output(cli, n);
    return 0;
}

/* ---- --wait ---- */

/* "3:0" is 3; what a signal ended, or what did not complete, is 1. */
static int status_of(const struct json *job)
{
    const char *text = json_str_or(job, "status.exitCode", "");
    char *end;
    const long code = strtol(text, &end, 10);

    if (end == text || !str_eq(end, ":0") || code < 0 || code > 255)
        return 1;
    if (code == 0 &&
        !str_eq(json_str(job, "status.state"), job_state_word(JOB_STATE_COMPLETED)))
        return 1;
    return (int)code;
}

static int await_end(const struct cli *cli, struct newjob *n)
{
    JSON_AUTO struct json *job = NULL;
    struct err err = ERR_INIT;

    switch (jobwatch_until(n->api, n->object, jobwatch_is_over, -1, &job, &err)) {
    case JOBWATCH_TRUE:
        return status_of(job);
    case JOBWATCH_FAILED:
        return fail(cli, &err);
    case JOBWATCH_GONE:
        cli_error(cli, "job %" PRId64 " was deleted", newjob_id(n));
        break;
    case JOBWATCH_INTERRUPTED:
        cli_say(cli, "interrupted; job %" PRId64 " goes on", newjob_id(n));
        break;
    case JOBWATCH_LATE:
        break;
    }
    return error_status();
}

/* ---- all of it ---- */

static void show_body(const struct cli *cli, const struct newjob *n)
{
    const struct submit_value *v = submit_find(n->submit, "verbose");
    AUTO_FREE char *text = NULL;

    if (!v)
        return;
    cli_say(cli, "BatchJob %s in namespace %s of %s",
            json_str(n->body, "metadata.name"), n->api->ns, n->api->server);
    text = json_text(json_get(n->body, "spec"), NULL);
    if (v->count > 1)
        cli_say(cli, "spec: %s", text);
}

static int submit_job(const struct cli *cli, struct newjob *n)
{
    struct err err = ERR_INIT;

    if (newjob_make(n, &err) < 0)
        return fail(cli, &err);
    if (n->nodes_asked > 0)
        cli_say(cli,
                "warning: %" PRId64 " nodes are more than there are tasks, one node "
                "each: taking %" PRId64,
                n->nodes_asked, n->nodes_taken);
    show_body(cli, n);
    if (newjob_check_partitions(n, &err) < 0 || newjob_check_excluded(n, &err) < 0 ||
        newjob_check_reservations(n, &err) < 0)
        return fail_submission(cli, &err);
    if (submit_has(n->submit, "test-only")) {
        if (newjob_try(n, &err) < 0)
            return fail_submission(cli, &err);
        if (estimate_tell(cli, n->api, submit_text(n->submit, "controller-namespace"),
                          n->object, &err) == 0)
            return EXIT_DONE;
        newjob_blame(n, &err);
        cli_error(cli, "allocation failure: %s", err.msg);
        return error_status();
    }
    if (newjob_send(n, &err) < 0 || tell(cli, n, &err) < 0)
        return fail_submission(cli, &err);
    return submit_has(n->submit, "wait") ? await_end(cli, n) : EXIT_DONE;
}

static int open_and_submit(const struct cli *cli, const struct submit *submit,
                           const struct script *script, char **args)
{
    const struct api_options options = {.kubeconfig = submit_text(submit, "kubeconfig"),
                                        .context = submit_text(submit, "context"),
                                        .namespace_ = submit_text(submit, "namespace")};
    API_AUTO struct api c = {0};
    NEWJOB_AUTO struct newjob n = {.api = &c,
                                   .submit = submit,
                                   .script = script,
                                   .args = args,
                                   .environment = environ};
    struct err err = ERR_INIT;

    if (api_open(&c, cli, &options, &err) < 0)
        return fail(cli, &err);
    return submit_job(cli, &n);
}

static bool answered(const struct cli *cli, const struct submit *submit)
{
    if (submit_has(submit, "help"))
        submit_help(cli->out);
    else if (submit_has(submit, "usage"))
        submit_usage(cli->out);
    else if (submit_has(submit, "version"))
        fprintf(cli->out, GANTRY_VERSION "\n");
    else
        return false;
    return true;
}

int cmd_sbatch(const struct cli *cli, int argc, char **argv)
{
    SUBMIT_AUTO struct submit submit;
    SCRIPT_AUTO struct script script;
    struct err err = ERR_INIT;

    submit_init(&submit);
    script_init(&script);
    const int first = take_line(&submit, argc, argv, &err);
    if (first >= 0 && answered(cli, &submit))
        return EXIT_DONE;
    if (first < 0 || read_all(cli, argc, argv, first, &submit, &script, &err) < 0)
        return fail(cli, &err);
    return open_and_submit(cli, &submit, &script,
                           first < argc ? argv + first + 1 : NULL);
}
