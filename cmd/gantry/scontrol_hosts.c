/* scontrol show hostnames, hostlist, config; ping: what needs little of a server. */
#include "base/hostlist.h"
#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry/iterate.h"
#include "cmd/gantry/scontrol.h"
#include "cmd/gantry/slurmjson.h"
#include "cmd/gantry/slurmtime.h"

#define LIST_MAX (4u << 20)

/* The words behind the entity, or those of SLURM_JOB_NODELIST. -1: said why. */
static int read_hosts(const struct scontrol *s, int argc, char **argv,
                      struct hostlist *ret)
{
    const char *ours = cli_env("SLURM_JOB_NODELIST");
    struct err err = ERR_INIT;
    int rc = 0;

    for (int i = 1; i < argc && rc == 0; i++)
        rc = hostlist_parse(ret, argv[i], &err);
    if (argc < 2 && ours)
        rc = hostlist_parse(ret, ours, &err);
    if (rc == 0 && ret->n == 0)
        rc = err_set(&err, ERR_INVALID, "host list is empty");
    if (rc < 0)
        cli_error(s->cli, "%s", err.msg);
    return rc;
}

int scontrol_hostnames(struct scontrol *s, int argc, char **argv)
{
    HOSTLIST_AUTO struct hostlist hosts = {0};

    if (read_hosts(s, argc, argv, &hosts) < 0)
        return EXIT_ERROR;
    for (size_t i = 0; i < hosts.n; i++)
        fprintf(s->cli->out, "%s\n", hosts.names[i]);
    return EXIT_DONE;
}

static int print_list(struct scontrol *s, int argc, char **argv, bool sorted)
{
    HOSTLIST_AUTO struct hostlist hosts = {0};
    STR_AUTO struct str text;

    str_init(&text, LIST_MAX);
    if (read_hosts(s, argc, argv, &hosts) < 0)
        return EXIT_ERROR;
    if (sorted)
        hostlist_sort(&hosts);
    hostlist_format(&hosts, &text);
    fprintf(s->cli->out, "%s\n", text.s);
    return EXIT_DONE;
}

int scontrol_hostlist(struct scontrol *s, int argc, char **argv)
{
    return print_list(s, argc, argv, false);
}

int scontrol_hostlistsorted(struct scontrol *s, int argc, char **argv)
{
    return print_list(s, argc, argv, true);
}

static int ask_ready(struct scontrol *s, struct answer *a, struct err *err)
{
    kc_raw(s->api.client, "GET", "/readyz", NULL, NULL, answer_take, a);
    return api_wait(&s->api, a, err);
}

int scontrol_ping(struct scontrol *s, int argc, char **argv)
{
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    (void)argc;
    (void)argv;
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    const bool up = ask_ready(s, &a, &err) == 0;
    fprintf(s->cli->out, "Slurmctld(primary) at %s is %s\n",
            s->api.server[0] ? s->api.server : "the API server", up ? "UP" : "DOWN");
    return up ? EXIT_DONE : EXIT_ERROR;
}

/* What there is to say from here; the controller's own file is not read. */
int scontrol_config(struct scontrol *s, int argc, char **argv)
{
    const struct slurmtime_style style = {0};
    char now[SLURMTIME_MAX];
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    (void)argc;
    (void)argv;
    if (scontrol_connect(s) < 0)
        return EXIT_ERROR;
    if (ask_ready(s, &a, &err) < 0)
        return scontrol_fail(s, "slurm_load_ctl_conf error: %s", err.msg);
    slurmtime_moment(&style, loop_now_sec(s->api.loop), now);
    const struct {
        const char *key, *value;
    } rows[] = {
        {"ClusterName", SLURMJSON_CLUSTER},       {"MinJobAge", "300 sec"},
        {"PriorityType", "priority/multifactor"}, {"SchedulerType", "sched/backfill"},
        {"SelectType", "select/cons_tres"},       {"SLURM_VERSION", GANTRY_VERSION},
        {"SlurmctldHost[0]", s->api.server},
    };
    fprintf(s->cli->out, "Configuration data as of %s\n", now);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        fprintf(s->cli->out, "%-23s = %s\n", rows[i].key, rows[i].value);
    return EXIT_DONE;
}
