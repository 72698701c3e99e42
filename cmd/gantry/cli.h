/*
 * cli - what every command is given: its name and its streams.
 *
 * Messages are Slurm's in manner: "sbatch: error: Batch script is empty!" for what went
 * wrong, "sbatch: ..." for what is said beside the output. A command prints its errors
 * itself, once, and returns its exit status.
 */
#ifndef GANTRY_CLI_CLI_H
#define GANTRY_CLI_CLI_H

#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "base/loop.h"
#include "kubeclient/transport.h"

enum { EXIT_DONE = 0, EXIT_ERROR = 1 };

struct cli {
    const char *program; /* "sbatch", "gantry apply": begins every message */
    FILE *in, *out, *err;
    /* Both or none: used in place of a connection of its own (tests). Lent. */
    struct loop *loop;
    struct transport *transport;
};

/* "PROGRAM: error: ...", one line on cli->err. Returns EXIT_ERROR. */
int cli_error(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "PROGRAM: ...", likewise. */
void cli_say(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A variable of the environment; NULL when it is unset or empty. */
const char *cli_env(const char *name);

#endif
