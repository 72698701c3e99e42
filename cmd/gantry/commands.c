#include "cmd/gantry/commands.h"

#include <string.h>

#include "base/opt.h"
#include "base/str.h"
#include "base/util.h"

const struct command commands[] = {
    {"squeue", cmd_squeue, true, "jobs in the queue"},
    {"sbatch", cmd_sbatch, true, "submit a batch script"},
    {"scancel", cmd_scancel, true, "cancel jobs"},
    {"sshare", cmd_sshare, true, "shares and usage of accounts"},
    {"sprio", cmd_sprio, true, "what priorities are made of"},
    {"sinfo", cmd_sinfo, true, "partitions and nodes"},
    {"scontrol", cmd_scontrol, true, "show and change jobs, nodes, partitions"},
    {"apply", cmd_apply, false, "make objects from YAML, as `kubectl apply` does"},
    {"logs", cmd_logs, false, "what a job printed"},
    {"topology", cmd_topology, false, "label nodes by a topology.conf"},
    {"version", cmd_version, false, "versions of this program and of the API server"},
    {0},
};

const struct command *command_find(const char *name)
{
    for (const struct command *c = commands; c->name; c++)
        if (str_eq(c->name, name))
            return c;
    return NULL;
}

static void list_commands(const struct cli *cli)
{
    fprintf(
        cli->out,
        "Usage: gantry COMMAND [OPTION...]\n\n"
        "Slurm's commands, and a few of its own, for Gantry on Kubernetes. Slurm's\n"
        "are programs of those names too; all work as `kubectl gantry COMMAND`.\n\n");
    for (const struct command *c = commands; c->name; c++)
        fprintf(cli->out, "  %-9s %s\n", c->name, c->help);
    fprintf(cli->out,
            "\n`gantry COMMAND --help` lists a command's options. The cluster "
            "is found as kubectl finds it.\n");
}

static int unknown(const struct cli *cli, const char *name)
{
    const char *names[32] = {0};
    size_t n = 0;

    for (; commands[n].name && n + 1 < ARRAY_LEN(names); n++)
        names[n] = commands[n].name;
    const char *near = opt_nearest(name, names);
    if (near)
        return cli_error(cli, "unknown command \"%s\"; did you mean \"%s\"?", name,
                         near);
    return cli_error(cli, "unknown command \"%s\"; `gantry --help` lists them", name);
}

static int run(const struct cli *cli, const struct command *c, bool as_program,
               int argc, char **argv)
{
    AUTO_FREE char *program =
        as_program || c->is_slurm ? xstrdup(c->name) : xasprintf("gantry %s", c->name);
    struct cli own = *cli;

    own.program = program;
    return c->run(&own, argc, argv);
}

int command_dispatch(const struct cli *cli, int argc, char **argv)
{
    struct cli own = *cli;
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *base = slash ? slash + 1 : argc > 0 ? argv[0] : "gantry";
    const struct command *c = command_find(base);

    if (c && c->is_slurm)
        return run(cli, c, true, argc, argv);
    own.program = "gantry";
    if (argc < 2)
        return cli_error(&own, "no command given; `gantry --help` lists them");
    if (str_eq(argv[1], "--help") || str_eq(argv[1], "-h") || str_eq(argv[1], "help")) {
        list_commands(&own);
        return EXIT_DONE;
    }
    c = command_find(str_eq(argv[1], "--version") ? "version" : argv[1]);
    return c ? run(cli, c, false, argc - 1, argv + 1) : unknown(&own, argv[1]);
}
