/* Times and priority. */
#include "cmd/gantry/jobcells.h"

#include <stdlib.h>

#include "base/duration.h"
#include "base/util.h"

static void add_moment(const struct jobcolumns *s, int64_t sec, const char *otherwise,
                       struct str *out)
{
    char text[SLURMTIME_MAX];

    if (sec == TIME_UNSET) {
        str_add(out, otherwise);
        return;
    }
    slurmtime_moment(&s->style, sec, text);
    str_add(out, text);
}

static void add_elapsed(int64_t sec, struct str *out)
{
    char text[SLURMTIME_MAX];

    slurmtime_elapsed(sec, text);
    str_add(out, text);
}

/* ---- times ---- */

JOBCELL(jobcell_used)
{
    ROW;
    SHARED;
    add_elapsed(jobrow_used_sec(r, s->style.now_sec), out);
}

JOBCELL(jobcell_limit)
{
    ROW;
    if (r->limit_sec == LIMIT_UNSET)
        str_add(out, "NOT_SET");
    else
        add_elapsed(r->limit_sec, out);
}

JOBCELL(jobcell_left)
{
    ROW;
    SHARED;
    if (r->limit_sec == LIMIT_UNSET)
        str_add(out, "NOT_SET");
    else if (r->limit_sec == LIMIT_UNLIMITED)
        str_add(out, "UNLIMITED");
    else
        add_elapsed(r->limit_sec - jobrow_used_sec(r, s->style.now_sec), out);
}

JOBCELL(jobcell_min_time)
{
    ROW;
    int64_t sec;
    if (r->time_min && duration_parse(r->time_min, &sec, NULL) == 0)
        add_elapsed(sec, out);
    else
        str_add(out, "0:00");
}

JOBCELL(jobcell_submit)
{
    ROW;
    SHARED;
    add_moment(s, r->submit_sec, "N/A", out);
}

JOBCELL(jobcell_eligible)
{
    ROW;
    SHARED;
    add_moment(s, jobrow_eligible_sec(r), "N/A", out);
}

JOBCELL(jobcell_accrue)
{
    ROW;
    SHARED;
    add_moment(s, jobrow_accrue_sec(r), "N/A", out);
}

JOBCELL(jobcell_start)
{
    ROW;
    SHARED;
    add_moment(s, jobrow_start_sec(r), "N/A", out);
}

JOBCELL(jobcell_end)
{
    ROW;
    SHARED;
    const int64_t sec = jobrow_end_sec(r);
    if (sec == LIMIT_UNLIMITED)
        str_add(out, "NONE");
    else
        add_moment(s, sec, "N/A", out);
}

JOBCELL(jobcell_deadline)
{
    ROW;
    SHARED;
    add_moment(s, r->deadline_sec, "N/A", out);
}

JOBCELL(jobcell_preempt_time)
{
    ROW;
    SHARED;
    add_moment(s, r->preempt_sec, "N/A", out);
}

JOBCELL(jobcell_pending_time)
{
    ROW;
    SHARED;
    const int64_t until = jobrow_has_started(r) ? r->start_sec : s->style.now_sec;
    jobcell_add_number(r->submit_sec == TIME_UNSET ? 0 : MAX(until - r->submit_sec, 0),
                       out);
}

/* ---- priority ---- */

/* The share of the largest priority there is. */
JOBCELL(jobcell_priority_share)
{
    ROW;
    str_addf(out, "%.14f", (double)MAX(r->priority, 0) / 4294967296.0);
}

JOBCELL(jobcell_priority)
{
    ROW;
    jobcell_add_number(MAX(r->priority, 0), out);
}

JOBCELL(jobcell_nice)
{
    ROW;
    jobcell_add_number(r->nice, out);
}
