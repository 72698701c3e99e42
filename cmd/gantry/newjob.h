/*
 * newjob - a submission as a BatchJob: made, sent, waited for, withdrawn.
 *
 * Once it is sent, either the caller hears its id or nothing of it is left: a caller
 * that was told of a failure may submit again.
 */
#ifndef GANTRY_CLI_NEWJOB_H
#define GANTRY_CLI_NEWJOB_H

#include "cmd/gantry/api.h"
#include "cmd/gantry/script.h"
#include "cmd/gantry/submit.h"

/* How long the controller has to give an id. */
#define NEWJOB_ID_SEC 30

struct newjob {
    struct api *api;
    const struct submit *submit;
    const struct script *script;
    char **args; /* of the script; ends with NULL */
    char **environment;
    struct json *body;   /* as it is sent */
    int64_t nodes_asked; /* more than there are tasks, so that it takes: */
    int64_t nodes_taken; /* both 0: they are not */
    struct json *object; /* as the server last showed it; NULL before it is sent */
};
#define NEWJOB_AUTO __attribute__((cleanup(newjob_fini)))
void newjob_fini(struct newjob *n);

/* "train" from "Train_2 (b).sbatch": what a DNS label may have, at most `max` bytes;
 * never empty. */
void newjob_label(const char *job_name, size_t max, struct str *out);

/* Fills `body`; its name is new each time. */
int newjob_make(struct newjob *n, struct err *err);
/* Partitions that are asked for are there, or there is a default one, and one of them
 * takes new jobs. */
int newjob_check_partitions(struct newjob *n, struct err *err);
/* Nodes that are not to be used are there, as sbatch asks for; the core takes a list in
 * which some are not, as nodes may go. */
int newjob_check_excluded(struct newjob *n, struct err *err);
/* Of several reservations each is there: the core runs the job in whichever is, as one
 * may go while it waits. Of one alone the controller says it, with the id. */
int newjob_check_reservations(struct newjob *n, struct err *err);
/* Asks the server whether it would take it; `object` is then what it would make. */
int newjob_try(struct newjob *n, struct err *err);
/* Makes the object and waits until it has an id; on failure it is withdrawn. */
int newjob_send(struct newjob *n, struct err *err);
/* Takes back what was sent. What cannot be is added to `err`, the reason for it. */
void newjob_withdraw(struct newjob *n, struct err *err);
int64_t newjob_id(const struct newjob *n);
/* Of an error that begins with a field, "spec.nodes: ...": by the option that it is
 * of. */
void newjob_blame(const struct newjob *n, struct err *err);
/* What Slurm rejects at submission, and the core says as the reason of the wait: that
 * comes with the id, so that it is seen in time. More is rejected where the job is only
 * tried (--test-only). -1: such a reason, in Slurm's words. */
int newjob_check_reason(const char *reason, const char *message, bool tried,
                        struct err *err);
/* The controller did not take the job into the queue (condition Accepted=False). */
bool newjob_is_refused(const struct json *job);

#endif
