/*
 * jobview - a BatchJob as commands show and pick it.
 *
 * What was asked for is read by crds/convert.h, as the controller reads it; what came
 * of it stands in status. Times are seconds since the epoch, TIME_UNSET where there is
 * none. Strings are lent from the object, which the view keeps; "" where absent.
 */
#ifndef GANTRY_CLI_JOBVIEW_H
#define GANTRY_CLI_JOBVIEW_H

#include <stdint.h>

#include "base/json.h"
#include "crds/convert.h"
#include "crds/jobstate.h"

/* What conversions of many objects share. */
struct jobview_reader {
    struct restable resources;
    struct convert convert;
};
void jobview_reader_init(struct jobview_reader *r);

struct jobview {
    struct json *object;
    struct job *model; /* NULL: the spec is one that is refused */
    const char *ns, *name, *uid, *version;
    int64_t id; /* 0: none yet */
    const char *job_name, *user, *account, *qos, *comment;
    const char *partition; /* where it runs, else as asked; "": the default one */
    enum job_state state;  /* NONE also for a word that is unknown here */
    const char *state_word, *reason, *message;
    int64_t submit_sec, eligible_sec, start_sec, end_sec, planned_sec;
    int64_t limit_sec; /* LIMIT_UNSET: the partition's */
    int64_t priority;  /* PRIORITY_UNSET */
    int64_t nice, restarts;
    int64_t nodes, gpus;                            /* held, else asked for */
    const char *node_list, *batch_host, *exit_code; /* "0:0" */
    const char *req_tres, *alloc_tres;
};
#define JOBVIEW_AUTO __attribute__((cleanup(jobview_fini)))

/* `object` is any BatchJob that the server gave; it is kept (json_ref). */
void jobview_read(struct jobview *ret, struct jobview_reader *r, struct json *object);
void jobview_fini(struct jobview *v); /* all zero is fine */

#endif
