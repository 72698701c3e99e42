#include "cmd/gantry/jobcolumns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry/joblist.h"

#define ROW const struct jobrow *r = row
#define SHARED const struct jobcolumns *s = shared
#define CELL(name)                                                                \
    static void name(const void *row, const void *shared __attribute__((unused)), \
                     struct str *out)

#define MEGA (INT64_C(1) << 20)

/* ---- texts and numbers ---- */

static void add_text(const char *text, const char *otherwise, struct str *out)
{
    str_add(out, text && *text ? text : otherwise);
}

static void add_number(int64_t n, struct str *out)
{
    str_addf(out, "%" PRId64, n);
}

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

/* Cells that are the same for every job. */
#define ALWAYS(name, text)  \
    CELL(name)              \
    {                       \
        (void)row;          \
        str_add(out, text); \
    }
ALWAYS(null_cell, "(null)")
ALWAYS(na_cell, "N/A")
ALWAYS(federation_cell, "NA")
ALWAYS(zero_cell, "0")
ALWAYS(any_cell, "*")
ALWAYS(any3_cell, "*:*:*")
ALWAYS(nothing_cell, "")
ALWAYS(no_time_cell, "0:00")
ALWAYS(not_set_cell, "NotSet")

/* Cells that are a text of the row. */
#define TEXT(name, field, otherwise)        \
    CELL(name)                              \
    {                                       \
        ROW;                                \
        add_text(r->field, otherwise, out); \
    }
TEXT(account_cell, account, "(null)")
TEXT(name_cell, name, "")
TEXT(user_cell, user, "")
TEXT(partition_cell, partition, "")
TEXT(qos_cell, qos, "(null)")
TEXT(comment_cell, comment, "(null)")
TEXT(reservation_cell, reservation, "(null)")
TEXT(licenses_cell, licenses, "(null)")
TEXT(dependency_cell, dependency, "(null)")
TEXT(feature_cell, constraint, "(null)")
TEXT(req_nodes_cell, req_nodes, "")
TEXT(exc_nodes_cell, exc_nodes, "")
TEXT(work_dir_cell, work_dir, "(null)")
TEXT(reason_cell, reason, "None")

/* ---- identity and state ---- */

CELL(id_cell)
{
    ROW;
    jobrow_id(r, out);
}

CELL(raw_id_cell)
{
    ROW;
    add_number(r->id, out);
}

CELL(array_id_cell)
{
    ROW;
    add_number(r->array_id > 0 ? r->array_id : r->id, out);
}

CELL(array_task_cell)
{
    ROW;
    if (r->array_task >= 0)
        add_number(r->array_task, out);
    else if (jobrow_is_array(r) && r->array_left)
        jobrow_tasks(r, out);
    else
        str_add(out, "N/A");
}

CELL(het_id_cell)
{
    ROW;
    if (r->het_offset >= 0)
        add_number(r->het_id, out);
    else
        str_add(out, "N/A");
}

CELL(het_offset_cell)
{
    ROW;
    if (r->het_offset >= 0)
        add_number(r->het_offset, out);
    else
        str_add(out, "N/A");
}

CELL(het_ids_cell)
{
    ROW;
    if (r->het_offset >= 0)
        jobrow_het_ids(r, out);
    else
        str_add(out, "N/A");
}

CELL(uid_cell)
{
    ROW;
    SHARED;
    add_number(users_find(s->users, r->user)->uid, out);
}

CELL(gid_cell)
{
    ROW;
    SHARED;
    add_number(users_find(s->users, r->user)->gid, out);
}

CELL(group_cell)
{
    ROW;
    SHARED;
    str_add(out, users_find(s->users, r->user)->group);
}

CELL(state_cell)
{
    ROW;
    str_add(out, r->word->word);
}

CELL(code_cell)
{
    ROW;
    str_add(out, r->word->code);
}

void jobcolumns_reason_list(const struct jobrow *r, struct str *out)
{
    if (r->word->kind == JOB_KIND_PENDING || r->word->failed)
        str_addf(out, "(%s)", r->reason);
    else
        add_text(r->node_list, "", out);
}

CELL(reason_list_cell)
{
    ROW;
    jobcolumns_reason_list(r, out);
}

CELL(node_list_cell)
{
    ROW;
    add_text(r->word->kind == JOB_KIND_PENDING ? NULL : r->node_list, "", out);
}

CELL(batch_host_cell)
{
    ROW;
    add_text(r->batch_host, "n/a", out);
}

CELL(planned_nodes_cell)
{
    ROW;
    add_text(r->word->kind == JOB_KIND_PENDING ? r->planned_nodes : NULL, "(null)",
             out);
}

CELL(requeue_cell)
{
    ROW;
    str_add(out, r->requeue ? "1" : "0");
}

CELL(restarts_cell)
{
    ROW;
    add_number(r->restarts, out);
}

CELL(exit_code_cell)
{
    ROW;
    add_number(r->exit_code ? strtoll(r->exit_code, NULL, 10) : 0, out);
}

CELL(batch_flag_cell)
{
    ROW;
    str_add(out, r->is_script ? "1" : "0");
}

CELL(cluster_cell)
{
    SHARED;
    (void)row;
    str_add(out, s->cluster);
}

/* ---- times ---- */

CELL(used_cell)
{
    ROW;
    SHARED;
    add_elapsed(jobrow_used_sec(r, s->style.now_sec), out);
}

CELL(limit_cell)
{
    ROW;
    if (r->limit_sec == LIMIT_UNSET)
        str_add(out, "NOT_SET");
    else
        add_elapsed(r->limit_sec, out);
}

CELL(left_cell)
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

CELL(min_time_cell)
{
    ROW;
    int64_t sec;
    if (r->time_min && duration_parse(r->time_min, &sec, NULL) == 0)
        add_elapsed(sec, out);
    else
        str_add(out, "0:00");
}

CELL(submit_cell)
{
    ROW;
    SHARED;
    add_moment(s, r->submit_sec, "N/A", out);
}

CELL(eligible_cell)
{
    ROW;
    SHARED;
    add_moment(s, jobrow_eligible_sec(r), "N/A", out);
}

CELL(accrue_cell)
{
    ROW;
    SHARED;
    add_moment(s, jobrow_accrue_sec(r), "N/A", out);
}

CELL(start_cell)
{
    ROW;
    SHARED;
    add_moment(s, jobrow_start_sec(r), "N/A", out);
}

CELL(end_cell)
{
    ROW;
    SHARED;
    const int64_t sec = jobrow_end_sec(r);
    if (sec == LIMIT_UNLIMITED)
        str_add(out, "NONE");
    else
        add_moment(s, sec, "N/A", out);
}

CELL(deadline_cell)
{
    ROW;
    SHARED;
    add_moment(s, r->deadline_sec, "N/A", out);
}

CELL(preempt_time_cell)
{
    ROW;
    SHARED;
    add_moment(s, r->preempt_sec, "N/A", out);
}

CELL(pending_time_cell)
{
    ROW;
    SHARED;
    const int64_t until = jobrow_has_started(r) ? r->start_sec : s->style.now_sec;
    add_number(r->submit_sec == TIME_UNSET ? 0 : MAX(until - r->submit_sec, 0), out);
}

/* ---- priority ---- */

/* The share of the largest priority there is. */
CELL(priority_share_cell)
{
    ROW;
    str_addf(out, "%.14f", (double)MAX(r->priority, 0) / 4294967296.0);
}

CELL(priority_cell)
{
    ROW;
    add_number(MAX(r->priority, 0), out);
}

CELL(nice_cell)
{
    ROW;
    add_number(r->nice, out);
}

/* ---- sizes ---- */

CELL(nodes_cell)
{
    ROW;
    int64_t min, max;
    jobrow_node_range(r, &min, &max);
    add_number(min, out);
}

CELL(max_nodes_cell)
{
    ROW;
    int64_t min, max;
    jobrow_node_range(r, &min, &max);
    add_number(max, out);
}

CELL(cpus_cell)
{
    ROW;
    add_number(MAX(r->cpus, 1), out);
}

CELL(min_cpus_cell)
{
    ROW;
    add_number(jobrow_min_cpus(r), out);
}

CELL(tasks_cell)
{
    ROW;
    int64_t min, max;
    jobrow_node_range(r, &min, &max);
    if (r->ntasks > 0)
        add_number(r->ntasks, out);
    else
        add_number(r->replicas > 0 ? r->replicas : min * MAX(r->ntasks_per_node, 1),
                   out);
}

CELL(tasks_per_node_cell)
{
    ROW;
    add_number(MAX(r->ntasks_per_node, 0), out);
}

CELL(cpus_per_task_cell)
{
    ROW;
    add_number(MAX(r->cpus_per_task, 1), out);
}

void jobcolumns_memory(const struct jobrow *r, bool noconvert, struct str *out)
{
    char text[QUANTITY_TEXT_MAX];
    int64_t min, max, bytes = 0;

    jobrow_node_range(r, &min, &max);
    const char *asked = r->mem_per_node ? r->mem_per_node : r->mem_per_cpu;
    if (!asked || size_parse(asked, &bytes, NULL) < 0)
        bytes = r->mem_bytes / MAX(min, 1);
    if (bytes == 0) {
        str_add(out, "0");
    } else if (noconvert) {
        str_addf(out, "%" PRId64 "M", (bytes + MEGA - 1) / MEGA);
    } else {
        size_format(bytes, text);
        str_add(out, text);
    }
}

CELL(memory_cell)
{
    ROW;
    SHARED;
    jobcolumns_memory(r, s->noconvert, out);
}

/* One that runs tells by its placement what its partition has made of it. */
const char *jobcolumns_sharing(const struct jobrow *r)
{
    if (r->exclusive)
        return "NO";
    return r->oversubscribe || (r->placement && strstr(r->placement, "\"cpusPerPod\""))
               ? "YES"
               : "OK";
}

CELL(over_subscribe_cell)
{
    ROW;
    str_add(out, jobcolumns_sharing(r));
}

CELL(contiguous_cell)
{
    ROW;
    str_add(out, r->contiguous ? "1" : "0");
}

CELL(switches_cell)
{
    int64_t most, wait_sec;
    ROW;
    jobrow_switches(r, &most, &wait_sec);
    add_number(most, out);
}

CELL(switch_wait_cell)
{
    char text[DURATION_TEXT_MAX];
    int64_t most, wait_sec;
    ROW;
    jobrow_switches(r, &most, &wait_sec);
    duration_format(MAX(wait_sec, 0), text);
    str_add(out, text);
}

CELL(tres_cell)
{
    ROW;
    add_text(r->tres, "N/A", out);
}

void jobcolumns_gpus(const char *gpus, struct str *out)
{
    if (gpus && *gpus)
        str_addf(out, "gres/gpu:%s", gpus);
    else
        str_add(out, "N/A");
}

#define GPUS(name, field)               \
    CELL(name)                          \
    {                                   \
        ROW;                            \
        jobcolumns_gpus(r->field, out); \
    }
GPUS(gpus_job_cell, gpus)
GPUS(gpus_node_cell, gpus_per_node)
GPUS(gpus_task_cell, gpus_per_task)

CELL(cpus_per_tres_cell)
{
    ROW;
    if (r->cpus_per_gpu > 0)
        str_addf(out, "gres/gpu:%" PRId64, r->cpus_per_gpu);
    else
        str_add(out, "N/A");
}

CELL(mem_per_tres_cell)
{
    ROW;
    if (r->mem_per_gpu)
        str_addf(out, "gres/gpu:%s", r->mem_per_gpu);
    else
        str_add(out, "N/A");
}

/* ---- files ---- */

/* One pattern of a file name, at its letter; false: it is none that is filled in here
 * (%N, %t and the like belong to the node). `digits` of "%4j" pad numbers. */
static bool add_pattern(const struct jobrow *r, char letter, int digits,
                        struct str *out)
{
    /* A script runs in the first component. */
    const int64_t id = r->het_offset >= 0 ? r->het_id : r->id;

    switch (letter) {
    case 'j':
    case 'J':
        str_addf(out, "%0*" PRId64, digits, id);
        return true;
    case 'A':
        str_addf(out, "%0*" PRId64, digits, r->array_id > 0 ? r->array_id : id);
        return true;
    case 'a':
        str_addf(out, "%0*" PRId64, digits, MAX(r->array_task, 0));
        return true;
    case 'x':
        str_add(out, r->name);
        return true;
    case 'u':
        str_add(out, r->user);
        return true;
    case '%':
        str_addc(out, '%');
        return true;
    default:
        return false;
    }
}

static void add_path(const struct jobrow *r, const char *path, struct str *out)
{
    while (*path) {
        const size_t plain = strcspn(path, "%");
        str_addn(out, path, plain);
        path += plain;
        if (!*path)
            break;
        const size_t digits = strspn(path + 1, "0123456789");
        const int width = digits == 1 ? path[1] - '0' : 0;
        const char letter = path[1 + digits];
        if (letter && add_pattern(r, letter, width, out)) {
            path += digits + 2;
        } else {
            str_addc(out, '%');
            path++;
        }
    }
}

void jobcolumns_output(const struct jobrow *r, const char *path, struct str *out)
{
    if (!r->is_script) {
        str_add(out, "(null)");
        return;
    }
    if (!path || !*path)
        path = r->array_id > 0 ? "slurm-%A_%a.out" : "slurm-%j.out";
    if (path[0] != '/' && r->work_dir)
        str_addf(out, "%s/", r->work_dir);
    add_path(r, path, out);
}

CELL(stdout_cell)
{
    ROW;
    jobcolumns_output(r, r->output, out);
}

CELL(stderr_cell)
{
    ROW;
    jobcolumns_output(r, r->error ? r->error : r->output, out);
}

CELL(stdin_cell)
{
    ROW;
    if (r->input && *r->input)
        jobcolumns_output(r, r->input, out);
    else
        str_add(out, "/dev/null");
}

/* ---- the table: letters first, in the order of "%all" ---- */

const struct column jobcolumns[] = {
    {'a', "account", "ACCOUNT", account_cell, JOB_ACCOUNT},
    {'A', "jobid", "JOBID", raw_id_cell, 0},
    {'b', "tres-per-node", "TRES_PER_NODE", gpus_node_cell, JOB_WHOLE},
    {'B', "batchhost", "EXEC_HOST", batch_host_cell, JOB_WHOLE},
    {'c', "mincpus", "MIN_CPUS", min_cpus_cell, JOB_WHOLE},
    {'C', "numcpus", "CPUS", cpus_cell, 0},
    {'d', "mintmpdisk", "MIN_TMP_DISK", zero_cell, 0},
    {'D', "numnodes", "NODES", nodes_cell, 0},
    {'e', "endtime", "END_TIME", end_cell, JOB_WHOLE},
    {'E', "dependency", "DEPENDENCY", dependency_cell, JOB_WHOLE},
    {'f', "feature", "FEATURES", feature_cell, JOB_WHOLE},
    {'F', "arrayjobid", "ARRAY_JOB_ID", array_id_cell, 0},
    {'g', "groupname", "GROUP", group_cell, 0},
    {'G', "groupid", "GROUP", gid_cell, 0},
    {'h', "oversubscribe", "OVER_SUBSCRIBE", over_subscribe_cell, JOB_WHOLE},
    {'H', "sockets", "SOCKETS_PER_NODE", any_cell, 0},
    {'i', "jobarrayid", "JOBID", id_cell, 0},
    {'I', "cores", "CORES_PER_SOCKET", any_cell, 0},
    {'j', "name", "NAME", name_cell, 0},
    {'J', "threads", "THREADS_PER_CORE", any_cell, 0},
    {'k', "comment", "COMMENT", comment_cell, JOB_WHOLE},
    {'K', "arraytaskid", "ARRAY_TASK_ID", array_task_cell, 0},
    {'l', "timelimit", "TIME_LIMIT", limit_cell, 0},
    {'L', "timeleft", "TIME_LEFT", left_cell, 0},
    {'m', "minmemory", "MIN_MEMORY", memory_cell, JOB_WHOLE},
    {'M', "timeused", "TIME", used_cell, 0},
    {'n', "reqnodes", "REQ_NODES", req_nodes_cell, JOB_WHOLE},
    {'N', "nodelist", "NODELIST", node_list_cell, 0},
    {'o', "command", "COMMAND", null_cell, 0},
    {'O', "contiguous", "CONTIGUOUS", contiguous_cell, JOB_WHOLE},
    {'p', "priority", "PRIORITY", priority_share_cell, 0},
    {'P', "partition", "PARTITION", partition_cell, 0},
    {'q', "qos", "QOS", qos_cell, JOB_QOS},
    {'Q', "prioritylong", "PRIORITY", priority_cell, 0},
    {'r', "reason", "REASON", reason_cell, 0},
    {'R', "reasonlist", "NODELIST(REASON)", reason_list_cell, 0},
    {'s', "selectjobinfo", "", nothing_cell, 0},
    {'S', "starttime", "START_TIME", start_cell, JOB_START},
    {'t', "statecompact", "ST", code_cell, 0},
    {'T', "state", "STATE", state_cell, 0},
    {'u', "username", "USER", user_cell, 0},
    {'U', "userid", "UID", uid_cell, 0},
    {'v', "reservation", "RESERVATION", reservation_cell, JOB_WHOLE},
    {'V', "submittime", "SUBMIT_TIME", submit_cell, JOB_SUBMIT},
    {'w', "wckey", "WCKEY", null_cell, 0},
    {'W', "licenses", "LICENSES", licenses_cell, JOB_WHOLE},
    {'x', NULL, "EXC_NODES", exc_nodes_cell, JOB_WHOLE},
    {'X', "corespec", "CORE_SPEC", na_cell, 0},
    {'y', "nice", "NICE", nice_cell, JOB_WHOLE},
    {'Y', "schednodes", "SCHEDNODES", planned_nodes_cell, 0},
    {'z', "sct", "S:C:T", any3_cell, 0},
    {'Z', "workdir", "WORK_DIR", work_dir_cell, JOB_WHOLE},
    {0, "accruetime", "ACCRUE_TIME", accrue_cell, JOB_WHOLE},
    {0, "admin_comment", "ADMIN_COMMENT", null_cell, 0},
    {0, "allocnodes", "ALLOC_NODES", na_cell, 0},
    {0, "allocsid", "ALLOC_SID", zero_cell, 0},
    {0, "associd", "ASSOC_ID", zero_cell, 0},
    {0, "batchflag", "BATCH_FLAG", batch_flag_cell, JOB_WHOLE},
    {0, "boardspernode", "BOARDS_PER_NODE", zero_cell, 0},
    {0, "burstbuffer", "BURST_BUFFER", null_cell, 0},
    {0, "burstbufferstate", "BURST_BUFFER_STATE", null_cell, 0},
    {0, "cluster", "CLUSTER", cluster_cell, 0},
    {0, "clusterfeature", "CLUSTER_FEATURES", null_cell, 0},
    {0, "container", "CONTAINER", null_cell, 0},
    {0, "cpus-per-task", "CPUS_PER_TASK", cpus_per_task_cell, JOB_WHOLE},
    {0, "cpus-per-tres", "CPUS_PER_TRES", cpus_per_tres_cell, JOB_WHOLE},
    {0, "deadline", "DEADLINE", deadline_cell, JOB_WHOLE},
    {0, "delayboot", "DELAY_BOOT", no_time_cell, 0},
    {0, "derivedec", "DERIVED_EC", exit_code_cell, JOB_WHOLE},
    {0, "eligibletime", "ELIGIBLE_TIME", eligible_cell, JOB_WHOLE},
    {0, "exit_code", "EXIT_CODE", exit_code_cell, JOB_WHOLE},
    {0, "hetjobid", "HET_JOB_ID", het_id_cell, 0},
    {0, "hetjobidset", "HET_JOB_ID_SET", het_ids_cell, 0},
    {0, "hetjoboffset", "HET_JOB_OFFSET", het_offset_cell, 0},
    {0, "lastschedeval", "LAST_SCHED_EVAL", na_cell, 0},
    {0, "maxcpus", "MAX_CPUS", cpus_cell, 0},
    {0, "maxnodes", "MAX_NODES", max_nodes_cell, 0},
    {0, "mcslabel", "MCSLABEL", null_cell, 0},
    {0, "mem-per-tres", "MEM_PER_TRES", mem_per_tres_cell, JOB_WHOLE},
    {0, "mintime", "TIME_MIN", min_time_cell, JOB_WHOLE},
    {0, "network", "NETWORK", null_cell, 0},
    {0, "ntperboard", "NTASKS_PER_BOARD", zero_cell, 0},
    {0, "ntpercore", "NTASKS_PER_CORE", na_cell, 0},
    {0, "ntpernode", "NTASKS_PER_NODE", tasks_per_node_cell, JOB_WHOLE},
    {0, "ntpersocket", "NTASKS_PER_SOCKET", na_cell, 0},
    {0, "numtasks", "TASKS", tasks_cell, JOB_WHOLE},
    {0, "origin", "ORIGIN", federation_cell, 0},
    {0, "originraw", "ORIGIN_RAW", federation_cell, 0},
    {0, "pendingtime", "PENDING_TIME", pending_time_cell, JOB_SUBMIT},
    {0, "preempttime", "PREEMPT_TIME", preempt_time_cell, JOB_WHOLE},
    {0, "prefer", "PREFER", null_cell, 0},
    {0, "profile", "PROFILE", not_set_cell, 0},
    {0, "reboot", "REBOOT", zero_cell, 0},
    {0, "reqswitch", "REQ_SWITCH", switches_cell, JOB_WHOLE},
    {0, "requeue", "REQUEUE", requeue_cell, JOB_WHOLE},
    {0, "resizetime", "RESIZE_TIME", na_cell, 0},
    {0, "restartcnt", "RESTART_COUNT", restarts_cell, JOB_WHOLE},
    {0, "siblingsactive", "ACTIVE_SIBLINGS", federation_cell, 0},
    {0, "siblingsactiveraw", "ACTIVE_SIBLINGS_RAW", federation_cell, 0},
    {0, "siblingsviable", "VIABLE_SIBLINGS", federation_cell, 0},
    {0, "siblingsviableraw", "VIALBLE_SIBLINGS_RAW", federation_cell, 0},
    {0, "sperboard", "SOCKETS_PER_BOARD", zero_cell, 0},
    {0, "stderr", "STDERR", stderr_cell, JOB_WHOLE},
    {0, "stdin", "STDIN", stdin_cell, JOB_WHOLE},
    {0, "stdout", "STDOUT", stdout_cell, JOB_WHOLE},
    {0, "system_comment", "SYSTEM_COMMENT", null_cell, 0},
    {0, "tres-alloc", "TRES_ALLOC", tres_cell, 0},
    {0, "tres-bind", "TRES_BIND", na_cell, 0},
    {0, "tres-freq", "TRES_FREQ", na_cell, 0},
    {0, "tres-per-job", "TRES_PER_JOB", gpus_job_cell, JOB_WHOLE},
    {0, "tres-per-socket", "TRES_PER_SOCKET", na_cell, 0},
    {0, "tres-per-task", "TRES_PER_TASK", gpus_task_cell, JOB_WHOLE},
    {0, "wait4switch", "WAIT4SWITCH", switch_wait_cell, JOB_WHOLE},
    {0},
};
