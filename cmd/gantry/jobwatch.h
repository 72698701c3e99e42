/*
 * jobwatch - waits for something to become true of one BatchJob, by a watch.
 *
 * A stream that ends or breaks is begun anew behind a fresh look at the job, so that
 * nothing is missed and nothing is asked for in rounds.
 */
#ifndef GANTRY_CLI_JOBWATCH_H
#define GANTRY_CLI_JOBWATCH_H

#include "cmd/gantry/api.h"

enum jobwatch_end {
    JOBWATCH_TRUE,        /* it is true of *ret_job */
    JOBWATCH_GONE,        /* the job was deleted, or is another of that name */
    JOBWATCH_LATE,        /* the time is over */
    JOBWATCH_INTERRUPTED, /* by a signal that api_catch_signals caught */
    JOBWATCH_FAILED,      /* err says why */
};

typedef bool jobwatch_fn(const struct json *job);
/* Its state is final. */
bool jobwatch_is_over(const struct json *job);

/* Begins with `job` as it was last seen; *ret_job (the caller's to free, NULL for GONE
 * and FAILED) is as it was seen at the end. `timeout_ms` -1: as long as it takes. */
enum jobwatch_end jobwatch_until(struct api *c, struct json *job, jobwatch_fn *fn,
                                 int64_t timeout_ms, struct json **ret_job,
                                 struct err *err);

#endif
