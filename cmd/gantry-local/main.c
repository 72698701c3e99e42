/* gantry-local - the embedded cluster: an API server and nodes, each a subcommand. */
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry-local/commands.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"serve", cmd_serve, "run the API server on loopback"},
    {"node", cmd_node, "run nodes that join an API server"},
    {"up", cmd_up, "start a cluster: API server, nodes and controller, as daemons"},
    {"down", cmd_down, "stop them; nothing is lost"},
    {"status", cmd_status, "say what runs"},
};

const struct opt_exit command_exits[] = {
    {0, "ended by a signal, or help was asked for"},
    {EXIT_FAILED, "failed while running: the API server refuses the credentials"},
    {EXIT_USE, "wrong use: an option, or a file or directory that one names"},
    {EXIT_TAKEN, "the port, the directory or the nodes' names are in use"},
    {EXIT_DAMAGED, "the objects that the directory keeps are damaged"},
    {0, NULL},
};

static int usage(FILE *out, int status)
{
    fprintf(out, "Usage: gantry-local COMMAND [OPTION...]\n\n"
                 "A small Kubernetes on one machine: real API, local processes.\n\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
    fprintf(out,
            "\n`gantry-local COMMAND --help` lists a command's options.\n`gantry-local "
            "--version` prints the version.\n");
    opt_help_exits(command_exits, out);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr, EXIT_USE);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return usage(stdout, 0);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        puts(GANTRY_VERSION);
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "gantry-local: unknown command \"%s\"; there are:", argv[1]);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        fprintf(stderr, "%s %s", i > 0 ? "," : "", commands[i].name);
    fputc('\n', stderr);
    return EXIT_USE;
}
