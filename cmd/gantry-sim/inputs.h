/*
 * inputs - what a replay is of: the files that the options name, read.
 *
 *   cluster    groups of equal nodes, nodes as CSV, the cluster's own objects, or a
 *              snapshot
 *   workload   CSV or the Standard Workload Format; or a snapshot's queue
 *   settings   gantry.yaml, several with --compare; those that were saved with a
 *              snapshot; or the defaults
 *
 * Where the cluster's times are its own (a snapshot, or --begin) the first job of a
 * workload file is submitted at that moment, and all others and all outages as long
 * behind it as the files say.
 */
#ifndef GANTRY_SIM_INPUTS_H
#define GANTRY_SIM_INPUTS_H

#include "base/err.h"
#include "cmd/gantry-sim/outages.h"
#include "cmd/gantry-sim/pool.h"
#include "cmd/gantry-sim/workload.h"
#include "crds/settings.h"

#define SETTINGS_MAX 8 /* with --compare */

/* As they stand on the command line; NULL: absent. */
struct options {
    const char *workload, *cluster, *topology, *outages, *snapshot, *config;
    struct groups groups;
    const char *svg, *begin;
    bool replay, compare, json, help, version;
};

struct inputs {
    const struct options *options;
    struct pool pool;
    struct workload load;
    struct outages outages;
    struct settings settings[SETTINGS_MAX];
    const char *names[SETTINGS_MAX]; /* of the settings: "default", a file's name */
    size_t n;
    int64_t begin_sec;   /* --begin; TIME_UNSET */
    size_t n_complaints; /* of rows, on stderr */
};

void inputs_init(struct inputs *in, const struct options *options);
void inputs_fini(struct inputs *in);
/* ERR_INVALID: some exclude each other, or one is missing. */
int options_check(const struct options *o, struct err *err);
/* `operands` end with NULL. */
int inputs_read(struct inputs *in, char **operands, struct err *err);
/* The settings alone: for a snapshot that is not replayed. */
int inputs_settings(struct inputs *in, char **operands, struct err *err);
/* Is a snapshot to be explained, not replayed? */
bool options_explain(const struct options *o);
/* What a replay calls the job, for messages: "FILE:7", "FILE: job 7". Appends. */
void inputs_say_job(const struct inputs *in, size_t job, struct str *out);

#endif
