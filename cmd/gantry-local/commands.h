/*
 * commands - gantry-local's subcommands, one file each; main.c only picks.
 *
 * Each gets argc and argv from its own name on and returns the exit status: 0 done, 1
 * failed while running, 2 wrong use (options, files), 3 the address is taken.
 */
#ifndef GANTRY_LOCAL_COMMANDS_H
#define GANTRY_LOCAL_COMMANDS_H

int cmd_serve(int argc, char **argv); /* the API server */
int cmd_node(int argc, char **argv);  /* nodes: clients of any API server */

#endif
