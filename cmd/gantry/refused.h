/*
 * refused - options of Slurm that a command here knows but does not have: each is
 * refused by its name and with the reason, none is dropped.
 */
#ifndef GANTRY_CLI_REFUSED_H
#define GANTRY_CLI_REFUSED_H

#include "base/opt.h"

/* Why none of Slurm's ways to name a cluster is taken. */
#define REFUSED_CLUSTERS "there is one cluster, that of the kubeconfig (--context)"

struct refused {
    const char *name; /* of a row of the command's table */
    const char *why;
};

/* -1: the line has one of them: "--steps: ...". The list ends with a row whose name is
 * NULL. Lines that cannot be read are left to who parses them. */
int refused_check(const struct refused *list, const struct opt *table, int argc,
                  char **argv, struct err *err);

#endif
