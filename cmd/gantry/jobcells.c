/* Names, identity and state. */
#include "cmd/gantry/jobcells.h"

#include <inttypes.h>
#include <stdlib.h>

void jobcell_add_text(const char *text, const char *otherwise, struct str *out)
{
    str_add(out, text && *text ? text : otherwise);
}

void jobcell_add_number(int64_t n, struct str *out)
{
    str_addf(out, "%" PRId64, n);
}

/* Cells that are the same for every job. */
#define ALWAYS(name, text)  \
    JOBCELL(name)           \
    {                       \
        (void)row;          \
        str_add(out, text); \
    }
ALWAYS(jobcell_null, "(null)")
ALWAYS(jobcell_na, "N/A")
ALWAYS(jobcell_federation, "NA")
ALWAYS(jobcell_zero, "0")
ALWAYS(jobcell_any, "*")
ALWAYS(jobcell_any3, "*:*:*")
ALWAYS(jobcell_nothing, "")
ALWAYS(jobcell_no_time, "0:00")
ALWAYS(jobcell_not_set, "NotSet")

/* Cells that are a text of the row. */
#define TEXT(name, field, otherwise)                \
    JOBCELL(name)                                   \
    {                                               \
        ROW;                                        \
        jobcell_add_text(r->field, otherwise, out); \
    }
TEXT(jobcell_account, account, "(null)")
TEXT(jobcell_name, name, "")
TEXT(jobcell_user, user, "")
TEXT(jobcell_partition, partition, "")
TEXT(jobcell_qos, qos, "(null)")
TEXT(jobcell_comment, comment, "(null)")
TEXT(jobcell_reservation, reservation, "(null)")
TEXT(jobcell_licenses, licenses, "(null)")
TEXT(jobcell_dependency, dependency, "(null)")
TEXT(jobcell_feature, constraint, "(null)")
TEXT(jobcell_req_nodes, req_nodes, "")
TEXT(jobcell_exc_nodes, exc_nodes, "")
TEXT(jobcell_work_dir, work_dir, "(null)")
TEXT(jobcell_reason, reason, "None")

/* ---- identity and state ---- */

JOBCELL(jobcell_id)
{
    ROW;
    jobrow_id(r, out);
}

JOBCELL(jobcell_raw_id)
{
    ROW;
    jobcell_add_number(r->id, out);
}

JOBCELL(jobcell_array_id)
{
    ROW;
    jobcell_add_number(r->array_id > 0 ? r->array_id : r->id, out);
}

JOBCELL(jobcell_array_task)
{
    ROW;
    if (r->array_task >= 0)
        jobcell_add_number(r->array_task, out);
    else if (jobrow_is_array(r) && r->array_left)
        jobrow_tasks(r, out);
    else
        str_add(out, "N/A");
}

JOBCELL(jobcell_het_id)
{
    ROW;
    if (r->het_offset >= 0)
        jobcell_add_number(r->het_id, out);
    else
        str_add(out, "N/A");
}

JOBCELL(jobcell_het_offset)
{
    ROW;
    if (r->het_offset >= 0)
        jobcell_add_number(r->het_offset, out);
    else
        str_add(out, "N/A");
}

JOBCELL(jobcell_het_ids)
{
    ROW;
    if (r->het_offset >= 0)
        jobrow_het_ids(r, out);
    else
        str_add(out, "N/A");
}

JOBCELL(jobcell_uid)
{
    ROW;
    SHARED;
    jobcell_add_number(users_find(s->users, r->user)->uid, out);
}

JOBCELL(jobcell_gid)
{
    ROW;
    SHARED;
    jobcell_add_number(users_find(s->users, r->user)->gid, out);
}

JOBCELL(jobcell_group)
{
    ROW;
    SHARED;
    str_add(out, users_find(s->users, r->user)->group);
}

JOBCELL(jobcell_state)
{
    ROW;
    str_add(out, r->word->word);
}

JOBCELL(jobcell_code)
{
    ROW;
    str_add(out, r->word->code);
}

void jobcolumns_reason_list(const struct jobrow *r, struct str *out)
{
    if (r->word->kind == JOB_KIND_PENDING || r->word->failed)
        str_addf(out, "(%s)", r->reason);
    else
        jobcell_add_text(r->node_list, "", out);
}

JOBCELL(jobcell_reason_list)
{
    ROW;
    jobcolumns_reason_list(r, out);
}

JOBCELL(jobcell_node_list)
{
    ROW;
    jobcell_add_text(r->word->kind == JOB_KIND_PENDING ? NULL : r->node_list, "", out);
}

JOBCELL(jobcell_batch_host)
{
    ROW;
    jobcell_add_text(r->batch_host, "n/a", out);
}

JOBCELL(jobcell_planned_nodes)
{
    ROW;
    jobcell_add_text(r->word->kind == JOB_KIND_PENDING ? r->planned_nodes : NULL,
                     "(null)", out);
}

JOBCELL(jobcell_requeue)
{
    ROW;
    str_add(out, r->requeue ? "1" : "0");
}

JOBCELL(jobcell_restarts)
{
    ROW;
    jobcell_add_number(r->restarts, out);
}

JOBCELL(jobcell_exit_code)
{
    ROW;
    jobcell_add_number(r->exit_code ? strtoll(r->exit_code, NULL, 10) : 0, out);
}

JOBCELL(jobcell_batch_flag)
{
    ROW;
    str_add(out, r->is_script ? "1" : "0");
}

JOBCELL(jobcell_cluster)
{
    SHARED;
    (void)row;
    str_add(out, s->cluster);
}
