/*
 * commands - gantry-local's subcommands, one file each; main.c only picks.
 *
 * Each gets argc and argv from its own name on and returns the exit status, as
 * command_exits says.
 */
#ifndef GANTRY_LOCAL_COMMANDS_H
#define GANTRY_LOCAL_COMMANDS_H

#include "base/opt.h"

enum { EXIT_FAILED = 1, EXIT_USE = 2, EXIT_TAKEN = 3, EXIT_DAMAGED = 4 };

/* For every --help; ends with an empty row. */
extern const struct opt_exit command_exits[];

int cmd_serve(int argc, char **argv); /* the API server */
int cmd_node(int argc, char **argv);  /* nodes: clients of any API server */
/* All of a local cluster, as daemons of a directory. */
int cmd_up(int argc, char **argv);
int cmd_down(int argc, char **argv);
int cmd_status(int argc, char **argv);

#endif
