/*
 * printout - what one rank of a job printed: its pod's log, or the file that its output
 * went to.
 *
 * A script's output goes to a file where the node has the directory. gantry-launch says
 * so in its first lines of the log; a file that can be read here is shown instead.
 * Where the log cannot be had, the file's name follows from the job (base/filename.h),
 * and it counts if it was written since the job began.
 */
#ifndef GANTRY_CLI_PRINTOUT_H
#define GANTRY_CLI_PRINTOUT_H

#include "cmd/gantry/api.h"

struct printout {
    struct api *api;        /* of the job's namespace */
    const struct json *job; /* which has begun */
    int64_t rank;
    bool follow; /* until the job is over */
};

/* Copies all of it to the command's output. */
int printout_show(const struct printout *what, struct err *err);

#endif
