/*
 * commands - the client's commands, one file each; main.c only picks.
 *
 * Each gets argc and argv from its own name on and returns the exit status: 0, or 1 as
 * Slurm's commands do; what differs stands in its --help.
 */
#ifndef GANTRY_CLI_COMMANDS_H
#define GANTRY_CLI_COMMANDS_H

#include <stdbool.h>

#include "cmd/gantry/cli.h"

struct command {
    const char *name;
    int (*run)(const struct cli *cli, int argc, char **argv);
    bool is_slurm; /* also a program of that name, by a link */
    const char *help;
};
/* Ends with a row whose name is NULL. */
extern const struct command commands[];
const struct command *command_find(const char *name); /* NULL: there is none */

/* What the program does when it is called so: argv[0] is a command's name (a link), or
 * gantry or kubectl-gantry, which takes the command's name first. */
int command_dispatch(const struct cli *cli, int argc, char **argv);

int cmd_scontrol(const struct cli *cli, int argc, char **argv);
int cmd_sinfo(const struct cli *cli, int argc, char **argv);
int cmd_sprio(const struct cli *cli, int argc, char **argv);
int cmd_sshare(const struct cli *cli, int argc, char **argv);
int cmd_squeue(const struct cli *cli, int argc, char **argv);
int cmd_sbatch(const struct cli *cli, int argc, char **argv);
int cmd_scancel(const struct cli *cli, int argc, char **argv);
int cmd_apply(const struct cli *cli, int argc, char **argv);
int cmd_logs(const struct cli *cli, int argc, char **argv);
int cmd_topology(const struct cli *cli, int argc, char **argv);
int cmd_version(const struct cli *cli, int argc, char **argv);

#endif
