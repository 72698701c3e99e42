#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/jobcolumns.h"
#include "cmd/gantry/records.h"
#include "scheduler/model.h"

#define TEXT_MAX 8192

static bool is_pending(const struct jobrow *r)
{
    return r->word->kind == JOB_KIND_PENDING;
}

static void add_tasks(struct block *b, const struct jobrow *r)
{
    STR_AUTO struct str tasks;

    str_init(&tasks, TEXT_MAX);
    jobrow_tasks(r, &tasks);
    block_add(b, " ArrayTaskId=%s", tasks.s);
}

static void add_het_ids(struct block *b, const struct jobrow *r)
{
    block_line(b, "HetJobIdSet=");
    jobrow_het_ids(r, &b->out);
}

static void add_identity(struct block *b, const struct jobrow *r, struct users *users)
{
    const struct user *user = users_find(users, r->user);

    block_line(b, "JobId=%" PRId64, r->id);
    if (r->array_id > 0)
        block_add(b, " ArrayJobId=%" PRId64, r->array_id);
    if (r->array_task >= 0)
        block_add(b, " ArrayTaskId=%" PRId64, r->array_task);
    else if (jobrow_is_array(r) && r->array_left)
        add_tasks(b, r);
    if (jobrow_task_limit(r) > 0)
        block_add(b, " ArrayTaskThrottle=%" PRId64, jobrow_task_limit(r));
    if (r->het_offset >= 0)
        block_add(b, " HetJobId=%" PRId64 " HetJobOffset=%" PRId64, r->het_id,
                  r->het_offset);
    block_add(b, " JobName=%s", r->name);
    if (r->het_offset >= 0)
        add_het_ids(b, r);
    block_line(b, "UserId=%s(%" PRId64 ") GroupId=%s(%" PRId64 ") MCS_label=N/A",
               r->user, user->uid, user->group, user->gid);
    block_line(b, "Priority=%" PRId64 " Nice=%" PRId64 " Account=%s QOS=%s",
               MAX(r->priority, 0), r->nice, block_text(r->account),
               block_text(r->qos));
}

static void add_state(struct block *b, const struct jobrow *r)
{
    block_line(b, "JobState=%s Reason=%s Dependency=%s", r->word->word, r->reason,
               block_text(r->dependency));
    block_line(b, "Requeue=%d Restarts=%" PRId64 " BatchFlag=%d Reboot=0 ExitCode=%s",
               r->requeue ? 1 : 0, r->restarts, r->is_script ? 1 : 0,
               r->exit_code ? r->exit_code : "0:0");
}

static int64_t parsed_limit(const char *text)
{
    int64_t sec;

    return text && duration_parse(text, &sec, NULL) == 0 ? sec : LIMIT_UNSET;
}

static void add_times(struct block *b, const struct jobrow *r, int64_t now_sec)
{
    block_line(b, "%s", "");
    block_duration(b, "RunTime", jobrow_used_sec(r, now_sec), "00:00:00");
    block_duration(b, " TimeLimit", r->limit_sec, "Partition_Limit");
    block_duration(b, " TimeMin", parsed_limit(r->time_min), "N/A");
    block_line(b, "%s", "");
    block_time(b, "SubmitTime", r->submit_sec, "Unknown");
    block_time(b, " EligibleTime", jobrow_eligible_sec(r), "Unknown");
    block_line(b, "%s", "");
    block_time(b, "AccrueTime", jobrow_accrue_sec(r), "Unknown");
    block_line(b, "%s", "");
    block_time(b, "StartTime", jobrow_start_sec(r), "Unknown");
    block_time(b, " EndTime", jobrow_end_sec(r), "Unknown");
    block_time(b, " Deadline", r->deadline_sec, "N/A");
    if (r->preempt_sec != TIME_UNSET) {
        block_line(b, "%s", "");
        block_time(b, "PreemptEligibleTime", r->preempt_from_sec, "Unknown");
        block_time(b, " PreemptTime", r->preempt_sec, "None");
    }
    block_line(b, "%s", "");
    block_time(b, "SuspendTime", r->suspend_sec, "None");
    block_add(b, " SecsPreSuspend=0 LastSchedEval=N/A Scheduler=Backfill");
}

static void add_place(struct block *b, const struct jobrow *r)
{
    block_line(b, "Partition=%s AllocNode:Sid=N/A:0", r->partition);
    block_line(b, "ReqNodeList=%s ExcNodeList=%s", block_text(r->req_nodes),
               block_text(r->exc_nodes));
    block_line(b, "NodeList=%s",
               is_pending(r)                   ? ""
               : r->node_list && *r->node_list ? r->node_list
                                               : "(null)");
    if (is_pending(r) && r->planned_nodes)
        block_add(b, " SchedNodeList=%s", r->planned_nodes);
    if (!is_pending(r) && r->batch_host)
        block_line(b, "BatchHost=%s", r->batch_host);
}

/* The same number as squeue prints, by the column's letter. */
static void add_cell(struct block *b, const char *key, const struct jobrow *r,
                     const char *name)
{
    const struct column *c = jobcolumns;

    while (!str_eq(c->name, name))
        c++;
    block_add(b, "%s=", key);
    c->cell(r, NULL, &b->out);
}

static void add_shape(struct block *b, const struct jobrow *r)
{
    int64_t min, max;

    jobrow_node_range(r, &min, &max);
    if (is_pending(r) && r->nodes)
        block_line(b, "NumNodes=%" PRId64 "-%" PRId64, min, max);
    else
        block_line(b, "NumNodes=%" PRId64, min);
    add_cell(b, " NumCPUs", r, "numcpus");
    add_cell(b, " NumTasks", r, "numtasks");
    add_cell(b, " CPUs/Task", r, "cpus-per-task");
    block_add(b, " ReqB:S:C:T=0:0:*:*");
    block_line(b, "ReqTRES=%s", block_text(r->req_tres));
    block_line(b, "AllocTRES=%s", block_text(r->alloc_tres));
    block_line(b, "%s", "Socks/Node=*");
    add_cell(b, " NtasksPerN:B:S:C", r, "ntpernode");
    block_add(b, ":0:*:* CoreSpec=*");
    block_line(b, "%s", "");
    add_cell(b, "MinCPUsNode", r, "mincpus");
    block_add(b, r->mem_per_cpu ? " MinMemoryCPU=" : " MinMemoryNode=");
    jobcolumns_memory(r, false, &b->out);
    block_add(b, " MinTmpDiskNode=0");
    block_line(b, "Features=%s DelayBoot=00:00:00", block_text(r->constraint));
    if (r->reservation)
        block_line(b, "Reservation=%s", r->reservation);
    block_line(b, "OverSubscribe=%s Contiguous=%d Licenses=%s", jobcolumns_sharing(r),
               r->contiguous ? 1 : 0, block_text(r->licenses));
    if (r->has_license) /* of a choice */
        block_add(b, " LicensesAlloc=%s", r->has_license);
    block_add(b, " Network=(null)");
}

static void add_path(struct block *b, const char *key, const struct jobrow *r,
                     const char *path)
{
    block_line(b, "%s=", key);
    jobcolumns_output(r, path, &b->out);
}

static void add_files(struct block *b, const struct jobrow *r)
{
    block_line(b, "Command=(null)");
    block_line(b, "SubmitLine=(null)");
    block_line(b, "WorkDir=%s", block_text(r->work_dir));
    if (r->comment && *r->comment)
        block_line(b, "Comment=%s ", r->comment);
    if (r->message && *r->message)
        block_line(b, "SystemComment=%s ", r->message);
    add_path(b, "StdErr", r, r->error ? r->error : r->output);
    if (r->is_script && (!r->input || !*r->input))
        block_line(b, "StdIn=/dev/null");
    else
        add_path(b, "StdIn", r, r->input);
    add_path(b, "StdOut", r, r->output);
}

/* As Slurm says it: "1@00:05:00"; without a time, where none was asked for. */
static void add_switches(struct block *b, const struct jobrow *r)
{
    char wait[DURATION_TEXT_MAX];
    int64_t most, wait_sec;

    jobrow_switches(r, &most, &wait_sec);
    if (most == 0)
        return;
    block_line(b, "Switches=%" PRId64, most);
    if (wait_sec == LIMIT_UNSET)
        return;
    duration_format(wait_sec, wait);
    block_add(b, "@%s", wait);
}

static void add_tres(struct block *b, const struct jobrow *r)
{
    const struct {
        const char *key, *gpus;
    } rows[] = {
        {"TresPerJob", r->gpus},
        {"TresPerNode", r->gpus_per_node},
        {"TresPerTask", r->gpus_per_task},
    };

    if (r->cpus_per_gpu > 0)
        block_line(b, "CpusPerTres=gres/gpu:%" PRId64, r->cpus_per_gpu);
    if (r->mem_per_gpu)
        block_line(b, "MemPerTres=gres/gpu:%s", r->mem_per_gpu);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (rows[i].gpus && *rows[i].gpus)
            block_line(b, "%s=gres/gpu:%s", rows[i].key, rows[i].gpus);
}

void block_job(struct block *b, const struct jobrow *r, struct users *users,
               int64_t now_sec)
{
    add_identity(b, r, users);
    add_state(b, r);
    add_times(b, r, now_sec);
    add_place(b, r);
    add_shape(b, r);
    add_files(b, r);
    add_switches(b, r);
    add_tres(b, r);
    block_end(b);
}
