#include "cmd/gantry/jobjson.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry/jobcolumns.h"
#include "cmd/gantry/slurmjson.h"

#define PATH_TEXT_MAX 8192

static void put_text(struct json *o, const char *key, const char *text)
{
    json_set(o, key, slurmjson_text(text));
}

static void put_number(struct json *o, const char *key, int64_t n)
{
    json_set(o, key, slurmjson_number(n));
}

static void put_int(struct json *o, const char *key, int64_t n)
{
    json_set(o, key, json_new_int(n));
}

/* What is not there is 0, as Slurm has times. */
static void put_time(struct json *o, const char *key, int64_t sec)
{
    if (sec == LIMIT_UNLIMITED || sec == TIME_UNSET)
        sec = 0;
    put_number(o, key, sec);
}

static int64_t minutes(int64_t sec)
{
    if (sec == LIMIT_UNSET)
        return SLURMJSON_UNSET;
    return sec == LIMIT_UNLIMITED ? SLURMJSON_INFINITE : (sec + 59) / 60;
}

static int64_t limit_text(const char *text)
{
    int64_t sec;

    return text && duration_parse(text, &sec, NULL) == 0 ? minutes(sec)
                                                         : SLURMJSON_UNSET;
}

static int64_t megabytes(const char *text)
{
    int64_t bytes;

    return text && size_parse(text, &bytes, NULL) == 0 ? bytes / (1 << 20)
                                                       : SLURMJSON_UNSET;
}

/* "code:signal" */
static struct json *exit_code(const char *text)
{
    const int64_t code = text ? strtoll(text, NULL, 10) : 0;
    const char *colon = text ? strchr(text, ':') : NULL;
    const int64_t signal = colon ? strtoll(colon + 1, NULL, 10) : 0;
    const char *status = signal > 0 ? "SIGNALED" : code > 0 ? "ERROR" : "SUCCESS";
    JSON_AUTO struct json *number = slurmjson_number(code);
    JSON_AUTO struct json *id = slurmjson_number(signal > 0 ? signal : SLURMJSON_UNSET);

    return json_build("{'status': [%s], 'return_code': %j,"
                      " 'signal': {'id': %j, 'name': ''}}",
                      status, number, id);
}

static void put_het(struct json *o, const struct jobrow *r)
{
    STR_AUTO struct str ids;

    str_init(&ids, PATH_TEXT_MAX);
    if (r->het_offset >= 0)
        jobrow_het_ids(r, &ids);
    put_number(o, "het_job_id", MAX(r->het_id, 0));
    put_text(o, "het_job_id_set", ids.s);
    put_number(o, "het_job_offset", MAX(r->het_offset, 0));
}

static void put_identity(struct json *o, const struct jobrow *r, struct users *users)
{
    const struct user *user = users_find(users, r->user);

    put_int(o, "job_id", r->id);
    put_number(o, "array_job_id", MAX(r->array_id, 0));
    put_number(o, "array_task_id",
               r->array_task >= 0 ? r->array_task : SLURMJSON_UNSET);
    put_number(o, "array_max_tasks", jobrow_task_limit(r));
    put_text(o, "array_task_string", r->array_left);
    put_het(o, r);
    put_text(o, "name", r->name);
    put_text(o, "user_name", r->user);
    put_int(o, "user_id", user->uid);
    put_int(o, "group_id", user->gid);
    put_text(o, "group_name", user->group);
    put_text(o, "account", r->account);
    put_text(o, "qos", r->qos);
    put_text(o, "partition", r->partition);
    put_text(o, "cluster", SLURMJSON_CLUSTER);
    put_text(o, "comment", r->comment);
}

static void put_state(struct json *o, const struct jobrow *r)
{
    json_set(o, "job_state", json_build("[%s]", r->word->word));
    put_text(o, "state_reason", r->reason);
    put_text(o, "state_description", r->message);
    json_set(o, "hold", json_new_bool(r->hold != NULL));
    put_number(o, "priority", r->priority < 0 ? SLURMJSON_UNSET : r->priority);
    put_int(o, "nice", r->nice);
    put_text(o, "dependency", r->dependency);
    json_set(o, "requeue", json_new_bool(r->requeue));
    put_int(o, "restart_cnt", r->restarts);
    json_set(o, "exit_code", exit_code(r->exit_code));
    json_set(o, "derived_exit_code", exit_code(r->exit_code));
}

static void put_times(struct json *o, const struct jobrow *r)
{
    put_number(o, "time_limit", minutes(r->limit_sec));
    put_number(o, "time_minimum", limit_text(r->time_min));
    put_time(o, "submit_time", r->submit_sec);
    put_time(o, "eligible_time", jobrow_eligible_sec(r));
    put_time(o, "start_time", jobrow_start_sec(r));
    put_time(o, "end_time", jobrow_end_sec(r));
    put_time(o, "suspend_time", r->suspend_sec);
}

static void put_switches(struct json *o, const struct jobrow *r)
{
    int64_t most, wait_sec;

    jobrow_switches(r, &most, &wait_sec);
    put_number(o, "required_switches", most);
    put_number(o, "maximum_switch_wait_time", MAX(wait_sec, 0));
}

static void put_shape(struct json *o, const struct jobrow *r)
{
    int64_t min, max;

    jobrow_node_range(r, &min, &max);
    put_number(o, "node_count", min);
    put_number(o, "max_nodes", max > min ? max : 0);
    put_number(o, "cpus", MAX(r->cpus, 1));
    put_number(o, "tasks",
               r->ntasks > 0 ? r->ntasks : min * MAX(r->ntasks_per_node, 1));
    put_number(o, "tasks_per_node", MAX(r->ntasks_per_node, 0));
    put_number(o, "cpus_per_task", r->cpus_per_task > 0 ? r->cpus_per_task : 1);
    put_number(o, "memory_per_node", megabytes(r->mem_per_node));
    put_number(o, "memory_per_cpu", megabytes(r->mem_per_cpu));
    json_set(o, "contiguous", json_new_bool(r->contiguous));
    put_switches(o, r);
    json_set(o, "exclusive",
             json_build(r->exclusive        ? "['true']"
                        : r->exclusive_user ? "['user']"
                                            : "[]"));
    put_text(o, "features", r->constraint);
    put_text(o, "licenses", r->licenses);
    put_text(o, "resv_name", r->reservation);
    put_text(o, "required_nodes", r->req_nodes);
    put_text(o, "excluded_nodes", r->exc_nodes);
    put_text(o, "tres_req_str", r->req_tres);
    put_text(o, "tres_alloc_str", r->alloc_tres);
}

static void put_gpus(struct json *o, const char *key, const char *gpus)
{
    STR_AUTO struct str text;

    str_init(&text, PATH_TEXT_MAX);
    if (gpus && *gpus)
        jobcolumns_gpus(gpus, &text);
    put_text(o, key, text.s);
}

static void put_place(struct json *o, const struct jobrow *r)
{
    const bool pending = r->word->kind == JOB_KIND_PENDING;

    put_text(o, "nodes", pending ? NULL : r->node_list);
    put_text(o, "batch_host", pending ? NULL : r->batch_host);
    put_text(o, "scheduled_nodes", pending ? r->planned_nodes : NULL);
}

static void put_path(struct json *o, const char *key, const struct jobrow *r,
                     const char *path)
{
    STR_AUTO struct str text;

    str_init(&text, PATH_TEXT_MAX);
    if (r->is_script)
        jobcolumns_output(r, path, &text);
    put_text(o, key, text.s);
}

struct json *jobjson(const struct jobrow *r, struct users *users)
{
    struct json *o = json_new_object();

    put_identity(o, r, users);
    put_state(o, r);
    put_times(o, r);
    put_shape(o, r);
    put_gpus(o, "tres_per_job", r->gpus);
    put_gpus(o, "tres_per_node", r->gpus_per_node);
    put_gpus(o, "tres_per_task", r->gpus_per_task);
    put_place(o, r);
    json_set(o, "batch_flag", json_new_bool(r->is_script));
    put_text(o, "current_working_directory", r->work_dir);
    put_path(o, "standard_output", r, r->output);
    put_path(o, "standard_error", r, r->error ? r->error : r->output);
    put_text(o, "standard_input",
             r->is_script ? r->input ? r->input : "/dev/null" : NULL);
    return o;
}
