/*
 * files - the script's working directory and standard files.
 *
 * By sbatch(1)'s rules where the node has the directories: relative names are below the
 * working directory, an absent --error goes where the output goes, input is /dev/null.
 * Where the node lacks a directory, the output stays with the pod's log, and the log
 * says so: jobs also run on nodes that do not share the submitter's file system.
 */
#ifndef GANTRY_LAUNCH_FILES_H
#define GANTRY_LAUNCH_FILES_H

#include "base/err.h"

struct files {
    int in, out, err; /* of the script; -1: ours, the pod's log */
};

/* Changes into GANTRY_WORK_DIR, opens what GANTRY_INPUT, _OUTPUT, _ERROR and _OPEN_MODE
 * name, and says on standard error where the output goes. ERR_IO: a file cannot be
 * opened although its directory is there. */
int files_open(struct files *f, struct err *err);

#endif
