/*
 * dircommand - a command on a local cluster's directory that has no option but --dir.
 */
#ifndef GANTRY_LOCAL_DIRCOMMAND_H
#define GANTRY_LOCAL_DIRCOMMAND_H

#include "cmd/gantry-local/commands.h"
#include "cmd/gantry-local/statedir.h"

/* A constant of the command's file. */
struct dircommand {
    const char *name; /* "down" */
    const char *about;
    const struct opt_exit *exits;
    /* Returns the exit status; err where there is more to say. */
    int (*run)(struct statedir *c, struct err *err);
};

/* The command as a whole: its exit status. */
int dircommand_main(const struct dircommand *cmd, int argc, char **argv);

#endif
