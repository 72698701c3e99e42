/* scontrol - shows and changes jobs, nodes and partitions. */
#include "cmd/gantry/scontrol.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry/commands.h"
#include "cmd/gantry/refused.h"

#define LINE_MAX_BYTES 65536
#define WORDS_MAX 256
#define CUT_MIN 3 /* letters of a keyword that is cut */

struct options {
    struct scontrol s;
    bool details, future, local, help, version;
    int64_t verbose;
    const char *json;
    const char *refused;
    bool refused_flag;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"all", 'a', OPT_FLAG, "SCONTROL_ALL", AT(s.all), NULL, "hidden partitions too", 0,
     0},
    {"clusters", 'M', OPT_STRING, NULL, AT(refused), "LIST", "refused: one cluster", 0,
     0},
    {"controller-namespace", 0, OPT_STRING, "GANTRY_CONTROLLER_NAMESPACE",
     AT(s.controller_ns), "NAME",
     "namespace of the controller (else gantry-system), for licences, topology and "
     "GPUs",
     0, 0},
    {"details", 'd', OPT_FLAG, NULL, AT(details), NULL,
     "more about jobs (there is no more)", 0, 0},
    {"federation", 0, OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: one cluster", 0,
     0},
    {"future", 'F', OPT_FLAG, NULL, AT(future), NULL,
     "future nodes too (there are none)", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {"hide", 0, OPT_FLAG, NULL, AT(s.hide), NULL, "no hidden partitions", 0, 0},
    {"json", 0, OPT_OPTIONAL, NULL, AT(json), "VERSION",
     "show: as JSON, Slurm's schema", 0, 0},
    {"local", 0, OPT_FLAG, NULL, AT(local), NULL, "this cluster only", 0, 0},
    {"oneliner", 'o', OPT_FLAG, NULL, AT(s.one_line), NULL, "show: a line each", 0, 0},
    {"quiet", 'Q', OPT_FLAG, NULL, AT(s.quiet), NULL, "errors only", 0, 0},
    {"sibling", 0, OPT_FLAG, NULL, AT(refused_flag), NULL, "refused: one cluster", 0,
     0},
    {"uid", 'u', OPT_STRING, NULL, AT(refused), "UID",
     "refused: kubectl's --as is the cluster's affair", 0, 0},
    {"verbose", 'v', OPT_COUNT, NULL, AT(verbose), NULL, "say what is asked", 0, 0},
    {"version", 'V', OPT_FLAG, NULL, AT(version), NULL, "print the version", 0, 0},
    {"yaml", 0, OPT_OPTIONAL, NULL, AT(refused), "VERSION", "refused: --json is there",
     0, 0},
    API_OPT_ROWS(struct options, s.options),
    {0},
};

static const struct refused refused[] = {
    {"clusters", REFUSED_CLUSTERS},
    {"federation", REFUSED_CLUSTERS},
    {"sibling", REFUSED_CLUSTERS},
    {"uid", "changes are made as the user of the kubeconfig"},
    {"yaml", "not supported; --json prints the same as JSON"},
    {0},
};

/* ---- keywords ---- */

static scontrol_fn help, version;

/* A row without a function: Slurm's, and why it is refused here. */
static const struct keyword {
    const char *name;
    scontrol_fn *fn;
    int min, max;     /* words behind it; max 0: any number */
    const char *help; /* or the reason */
} keywords[] = {
    {"show", scontrol_show, 1, 0,
     "job|node|partition|reservation|license|topology [ID], config, "
     "hostnames|hostlist|hostlistsorted LIST"},
    {"hold", scontrol_hold, 1, 0, "JOBS: keep from starting"},
    {"uhold", scontrol_uhold, 1, 0, "JOBS: as hold, for their user to release"},
    {"holdu", scontrol_uhold, 1, 0, "JOBS: as uhold"},
    {"release", scontrol_release, 1, 0, "JOBS: let start that were held"},
    {"requeue", scontrol_requeue, 1, 0, "[Incomplete] JOBS: back into the queue"},
    {"requeuehold", scontrol_requeuehold, 1, 0, "[Incomplete] JOBS: the same, held"},
    {"update", scontrol_update, 1, 0,
     "JobId=..|NodeName=..|PartitionName=..|ReservationName=.. KEY=VALUE...: change "
     "it"},
    {"create", scontrol_create, 1, 0, "reservation KEY=VALUE...: make one"},
    {"delete", scontrol_delete, 1, 0, "ReservationName=NAME: take it away"},
    {"ping", scontrol_ping, 0, 1, "is the API server there?"},
    {"version", version, 0, 1, "print the version"},
    {"help", help, 0, 1, "show this help"},
    {"abort", NULL, 0, 0, "daemons are the cluster's affair (kubectl)"},
    {"cancel_reboot", NULL, 0, 0, "nodes are not rebooted here"},
    {"cluster", NULL, 0, 0, REFUSED_CLUSTERS},
    {"completing", NULL, 0, 0, "squeue -t CG lists such jobs"},
    {"errnumstr", NULL, 0, 0, "errors have no numbers here"},
    {"fsdampeningfactor", NULL, 0, 0, "not supported"},
    {"listpids", NULL, 0, 0, "processes are the node's affair"},
    {"notify", NULL, 0, 0, "jobs take no messages"},
    {"pidinfo", NULL, 0, 0, "processes are the node's affair"},
    {"reboot", NULL, 0, 0, "nodes are not rebooted here"},
    {"reconfigure", NULL, 0, 0,
     "there is no need: the controller reads gantry.yaml again when it changes"},
    {"resume", NULL, 0, 0, "jobs are not suspended here"},
    {"schedloglevel", NULL, 0, 0, "not supported"},
    {"setdebug", NULL, 0, 0, "not supported"},
    {"setdebugflags", NULL, 0, 0, "not supported"},
    {"shutdown", NULL, 0, 0, "daemons are the cluster's affair (kubectl)"},
    {"suspend", NULL, 0, 0,
     "jobs are not suspended here; scontrol requeuehold stops one"},
    {"takeover", NULL, 0, 0, "not supported"},
    {"token", NULL, 0, 0, "tokens are the kubeconfig's affair"},
    {"top", NULL, 0, 0, "scontrol update JobId=.. Nice=.. moves a job"},
    {"wait_job", NULL, 0, 0, "kubectl wait waits for a job"},
    {"write", NULL, 0, 0, "kubectl get batchjob -o yaml has a job's script"},
};

bool scontrol_is(const char *word, const char *name)
{
    const size_t len = strlen(word);

    return strcasecmp(word, name) == 0 ||
           (len >= CUT_MIN && len < strlen(name) && strncasecmp(word, name, len) == 0);
}

/* The keyword itself, else the only one that begins so. */
static const struct keyword *keyword_find(const char *word)
{
    const struct keyword *found = NULL;

    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        if (strcasecmp(word, keywords[i].name) == 0)
            return &keywords[i];
        if (!scontrol_is(word, keywords[i].name))
            continue;
        if (found)
            return NULL;
        found = &keywords[i];
    }
    return found;
}

static int run_words(struct scontrol *s, int argc, char **argv)
{
    const struct keyword *k = keyword_find(argv[0]);

    if (!k)
        return scontrol_fail(s, "invalid keyword: %s", argv[0]);
    if (!k->fn)
        return scontrol_fail(s, "keyword %s is not supported: %s", k->name, k->help);
    if (argc - 1 < k->min)
        return scontrol_fail(s, "too few arguments for keyword:%s", k->name);
    if (k->max > 0 && argc > k->max)
        return scontrol_fail(s, "too many arguments for keyword:%s", k->name);
    return k->fn(s, argc, argv);
}

static int help(struct scontrol *s, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    opt_help(table, "scontrol [OPTION...] [KEYWORD...]",
             "Shows and changes jobs, nodes and partitions. Without a keyword it reads "
             "lines.",
             s->cli->out);
    fprintf(s->cli->out, "\nKeywords:\n");
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
        if (keywords[i].fn)
            fprintf(s->cli->out, "  %-12s %s\n", keywords[i].name, keywords[i].help);
    return EXIT_DONE;
}

static int version(struct scontrol *s, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    fprintf(s->cli->out, GANTRY_VERSION "\n");
    return EXIT_DONE;
}

/* ---- lines of its own ---- */

/* Cuts a line at spaces; "..." and '...' hold words together. -1: too many. */
static int cut_line(char *line, char **words)
{
    int n = 0;

    for (char *from = line; *(from += strspn(from, " \t\n")) != '\0';) {
        char *to = from, quote = '\0';
        if (n == WORDS_MAX)
            return -1;
        words[n++] = to;
        for (; *from && (quote || !strchr(" \t\n", *from)); from++) {
            if (*from == quote)
                quote = '\0';
            else if (!quote && (*from == '"' || *from == '\''))
                quote = *from;
            else
                *to++ = *from;
        }
        from += *from != '\0';
        *to = '\0';
    }
    words[n] = NULL;
    return n;
}

static int run_lines(struct scontrol *s)
{
    char line[LINE_MAX_BYTES], *words[WORDS_MAX + 1];
    int rc = EXIT_DONE;

    for (;;) {
        fputs("scontrol: ", s->cli->out);
        fflush(s->cli->out);
        if (!fgets(line, sizeof(line), s->cli->in)) {
            fputc('\n', s->cli->out);
            return rc;
        }
        const int n = cut_line(line, words);
        if (n == 0)
            continue;
        if (n > 0 && (scontrol_is(words[0], "exit") || scontrol_is(words[0], "quit")))
            return rc;
        rc = n < 0
                 ? scontrol_fail(s, "too many words in a line (%d at most)", WORDS_MAX)
                 : run_words(s, n, words);
    }
}

/* ---- what the keywords share ---- */

int scontrol_fail(const struct scontrol *s, const char *fmt, ...)
{
    struct err err = ERR_INIT;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(err.msg, sizeof(err.msg), fmt, ap);
    va_end(ap);
    err_flatten(&err);
    fflush(s->cli->out);
    fprintf(s->cli->err, "%s\n", err.msg);
    return EXIT_ERROR;
}

int scontrol_connect(struct scontrol *s)
{
    struct err err = ERR_INIT;

    if (s->is_open)
        return 0;
    if (api_open(&s->api, s->cli, &s->options, &err) < 0) {
        cli_error(s->cli, "%s", err.msg);
        return -1;
    }
    s->is_open = true;
    return 0;
}

int scontrol_jobs(struct scontrol *s, unsigned about, struct joblist *jobs,
                  struct partlist *parts)
{
    struct err err = ERR_INIT;

    if (scontrol_connect(s) < 0)
        return -1;
    if (partlist_fetch_allowed(parts, &s->api, &err) == 0 &&
        joblist_fetch(
            jobs, &s->api,
            &(struct jobquery){s->options.namespace_, NULL, parts, JOB_WHOLE | about},
            &err) == 0)
        return 0;
    scontrol_fail(s, "slurm_load_jobs error: %s", err.msg);
    return -1;
}

int cmd_scontrol(const struct cli *cli, int argc, char **argv)
{
    struct options o = {.s = {.cli = cli}};
    struct err err = ERR_INIT;
    int first = -1, rc;

    if (refused_check(refused, table, argc, argv, &err) == 0)
        first = opt_parse_as(table, OPT_GETOPT, argc, argv, &o, &err);
    if (first < 0)
        return cli_error(cli, "%s", err.msg);
    o.s.json = o.json != NULL;
    o.s.users = users_new();
    if (o.help)
        rc = help(&o.s, 0, NULL);
    else if (o.version)
        rc = version(&o.s, 0, NULL);
    else if (first == argc)
        rc = run_lines(&o.s);
    else
        rc = run_words(&o.s, argc - first, argv + first);
    users_free(o.s.users);
    scontrol_apart_free(&o.s);
    api_close(&o.s.api);
    return rc;
}
