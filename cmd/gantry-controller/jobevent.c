#include "cmd/gantry-controller/jobevent.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/duration.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-controller/statusdoc.h"
#include "crds/convert.h"
#include "scheduler/reason.h"

/* A message may be longer than a note. */
#define TEXT_MAX (64u << 10)

typedef void note_fn(const struct jstatus *was, const struct jstatus *is,
                     struct str *note);

/* ---- notes ---- */

/* "NodeDown: rank 0 was lost on node n1" */
static void add_why(struct str *note, const char *reason, const char *message)
{
    if (reason)
        str_addf(note, "%s%s", reason, message ? ": " : "");
    str_add(note, message ? message : "");
}

static void note_started(const struct jstatus *was, const struct jstatus *is,
                         struct str *note)
{
    (void)was;
    str_addf(note, "job %" PRId64 " runs in partition %s", is->job_id,
             is->partition ? is->partition : "");
    if (is->attempt > 1)
        str_addf(note, ", attempt %" PRId64, is->attempt);
    str_add(note, ", on ");
    convert_nodes(is->placement, is->n_placement, note); /* last: it may be long */
}

static void note_preempted(const struct jstatus *was, const struct jstatus *is,
                           struct str *note)
{
    (void)was;
    str_addf(note, "ends for job %" PRId64 ", %s", is->preempted.by,
             is->preempted.requeue ? "goes back to the queue if it may" : "for good");
}

/* Why the last attempt ended stands until something else is said of the wait. */
static void note_requeued(const struct jstatus *was, const struct jstatus *is,
                          struct str *note)
{
    (void)was;
    str_addf(note, "back in the queue, restart %" PRId64, is->restarts);
    if (!is->reason)
        return;
    str_add(note, ": ");
    add_why(note, is->reason, is->message);
}

/* "FAILED after 00:01:00, exit code 3:0: NonZeroExitCode" */
static void note_ended(const struct jstatus *was, const struct jstatus *is,
                       struct str *note)
{
    char ran[DURATION_TEXT_MAX];
    (void)was;
    if (is->start_sec == TIME_UNSET || is->end_sec == TIME_UNSET) {
        str_addf(note, "%s before it ran", job_state_word(is->state));
    } else {
        duration_format(is->end_sec - is->start_sec, ran);
        str_addf(note, "%s after %s", job_state_word(is->state), ran);
    }
    if (is->exit_code >= 0)
        str_addf(note, ", exit code %d:%d", is->exit_code, MAX(is->exit_signal, 0));
    if (!is->reason && !is->message)
        return;
    str_add(note, ": ");
    add_why(note, is->reason, is->message);
}

static void note_refused(const struct jstatus *was, const struct jstatus *is,
                         struct str *note)
{
    (void)was;
    str_add(note, is->refusal);
}

static void note_never(const struct jstatus *was, const struct jstatus *is,
                       struct str *note)
{
    (void)was;
    str_add(note, is->message ? is->message : "it can never start as it is");
}

/* ---- which ---- */

static bool begins(const struct jstatus *was, const struct jstatus *is,
                   enum job_state state)
{
    return is->state == state && was->state != state;
}

static bool has_started(const struct jstatus *was, const struct jstatus *is)
{
    return begins(was, is, JOB_STATE_RUNNING) && is->n_placement > 0;
}

static bool was_preempted(const struct jstatus *was, const struct jstatus *is)
{
    return is->preempted.by != 0 && was->preempted.by == 0;
}

static bool was_requeued(const struct jstatus *was, const struct jstatus *is)
{
    return is->state == JOB_STATE_PENDING && is->restarts > was->restarts;
}

/* By a fault of the cluster's, not by anybody's wish. */
static bool was_failed(const struct jstatus *was, const struct jstatus *is)
{
    return was_requeued(was, is) &&
           (str_eq(is->reason, "NodeDown") || str_eq(is->reason, "JobLaunchFailure"));
}

static bool has_completed(const struct jstatus *was, const struct jstatus *is)
{
    return begins(was, is, JOB_STATE_COMPLETED);
}

static bool was_cancelled(const struct jstatus *was, const struct jstatus *is)
{
    return begins(was, is, JOB_STATE_CANCELLED);
}

static bool has_failed(const struct jstatus *was, const struct jstatus *is)
{
    return job_state_is_final(is->state) && !job_state_is_final(was->state);
}

static bool was_refused(const struct jstatus *was, const struct jstatus *is)
{
    return is->refusal && !str_eq(is->refusal_reason, was->refusal_reason);
}

/* The reason of one that waits is told when it becomes another. */
static bool is_stuck(const struct jstatus *was, const struct jstatus *is)
{
    return is->state == JOB_STATE_PENDING && is->reason &&
           jstatus_class(is) == WAIT_NEVER &&
           (was->state != JOB_STATE_PENDING || was->never != is->never ||
            !str_eq(is->reason, was->reason));
}

/* The first that holds is told. A row without a reason has the status' own. */
static const struct {
    bool (*holds)(const struct jstatus *was, const struct jstatus *is);
    bool warns;
    const char *reason, *action;
    note_fn *note;
} rows[] = {
    {has_started, false, "Started", "Starting", note_started},
    {was_preempted, false, "Preempted", "Preempting", note_preempted},
    {was_failed, true, "Requeued", "Requeueing", note_requeued},
    {was_requeued, false, "Requeued", "Requeueing", note_requeued},
    {has_completed, false, "Completed", "Ending", note_ended},
    {was_cancelled, false, "Cancelled", "Ending", note_ended},
    {has_failed, true, NULL, "Ending", note_ended},
    {was_refused, true, NULL, "Queueing", note_refused},
    {is_stuck, true, NULL, "Queueing", note_never},
};

static char *reason_of(const struct jstatus *is)
{
    if (job_state_is_final(is->state))
        return status_end_reason(is);
    return xstrdup(is->refusal ? is->refusal_reason : is->reason);
}

bool jobevent_of(const struct jstatus *was, const struct jstatus *is,
                 struct jobevent *ret)
{
    size_t i = 0;
    while (i < ARRAY_LEN(rows) && !rows[i].holds(was, is))
        i++;
    if (i == ARRAY_LEN(rows))
        return false;
    STR_AUTO struct str note;
    str_init(&note, TEXT_MAX);
    rows[i].note(was, is, &note);
    *ret = (struct jobevent){.warns = rows[i].warns,
                             .action = rows[i].action,
                             .reason = rows[i].reason ? xstrdup(rows[i].reason)
                                                      : reason_of(is),
                             .note = xstrndup(note.s, JOBEVENT_NOTE_MAX)};
    return true;
}

void jobevent_fini(struct jobevent *e)
{
    free(e->reason);
    free(e->note);
}
