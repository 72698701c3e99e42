#include "cmd/gantry-sim/saved.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/convert.h"
#include "crds/snapshot.h"
#include "scheduler/assoc.h"

struct loader {
    struct pool *pool;
    struct workload *load; /* NULL: jobs are left out */
    struct saved *saved;
    int64_t next_id; /* for tasks: above those of all jobs */
};

/* ---- the queue ---- */

static void add_record(struct loader *l, struct job *take_job)
{
    struct workload *w = l->load;
    GROW(w->records, w->n_records, w->cap_records);
    w->records[w->n_records++] = take_job;
}

static void add_job(struct loader *l, struct job *take_job, size_t within)
{
    const char *account = take_job->account ? take_job->account : "";
    const struct work work = {.row = (size_t)take_job->job_id,
                              .submit_sec = take_job->submit_sec,
                              .run_sec = RUN_TO_LIMIT,
                              .limit_sec = take_job->limit_sec,
                              .account = workload_name(l->load, account),
                              .user = "",
                              .partition = "",
                              .qos = "",
                              .reservation = "",
                              .like = take_job,
                              .whole = true,
                              .within = within};
    l->load->n_rows++;
    workload_add(l->load, &work);
}

/* It stays one record, with a job of the workload for each task that is left. */
static void add_array(struct loader *l, struct job *take_array)
{
    const struct job_array *array = take_array->array;
    add_record(l, take_array);
    for (int64_t i = taskset_next(&array->left, 0); i >= 0;
         i = taskset_next(&array->left, i + 1)) {
        struct job *task = job_copy(take_array);
        free(task->array);
        task->array = NULL;
        task->array_id = take_array->job_id;
        task->array_task = i;
        task->job_id = l->next_id++;
        plan_clear(&task->plan);
        add_job(l, task, l->load->n_records);
    }
}

/* A task that is starting may have no number yet. */
static void add_single(struct loader *l, struct job *take_job)
{
    if (take_job->job_id == 0 && take_job->array_id != 0)
        take_job->job_id = l->next_id++;
    add_job(l, take_job, 0);
}

/* Its pods are on their way out. */
static void add_completing(struct loader *l, struct job *take_job)
{
    take_job->phase = JOB_ENDED;
    if (take_job->end_sec == TIME_UNSET)
        take_job->end_sec = l->saved->now_sec;
    add_record(l, take_job);
}

static void add_by_phase(struct loader *l, struct job *take_job)
{
    switch (take_job->phase) {
    case JOB_PENDING:
        (take_job->array ? add_array : add_single)(l, take_job);
        return;
    case JOB_STARTING:
    case JOB_RUNNING:
        add_single(l, take_job);
        return;
    case JOB_COMPLETING:
        add_completing(l, take_job);
        return;
    case JOB_ASIDE:
    case JOB_ENDED:
        add_record(l, take_job);
        return;
    }
}

/* ---- the changes of a snapshot ---- */

#define KEEP(list, n, cap, item) \
    do {                         \
        GROW(list, n, cap);      \
        (list)[(n)++] = (item);  \
    } while (0)

static void take_pod(struct pool *p, struct foreign_pod *pod)
{
    if (pod->of_job) /* whose job is over */
        foreign_pod_free(pod);
    else
        KEEP(p->pods, p->n_pods, p->cap_pods, pod);
}

/* Jobs wait until the highest number is known. */
static void take_job(struct loader *l, struct job *job)
{
    if (!l->load) {
        job_free(job);
        return;
    }
    l->next_id = MAX(l->next_id, job->job_id + (int64_t)job->n_others + 1);
    add_record(l, job);
}

static void take_node(struct pool *p, struct node *node)
{
    const bool ready = node->ready;
    pool_take(p, node);
    node->ready = ready;
}

static void take(void *arg, const struct change *change)
{
    struct loader *l = arg;
    struct pool *p = l->pool;
    switch (change->kind) {
    case CHANGE_CONFIG:
        l->saved->config = *change->u.config;
        break;
    case CHANGE_RESOURCES:
        p->resources = *change->u.resources;
        break;
    case CHANGE_NODE:
        take_node(p, change->u.node);
        break;
    case CHANGE_PARTITION:
        KEEP(p->partitions, p->n_partitions, p->cap_partitions, change->u.partition);
        break;
    case CHANGE_QOS:
        KEEP(p->qos, p->n_qos, p->cap_qos, change->u.qos);
        break;
    case CHANGE_ACCOUNT:
        KEEP(p->accounts, p->n_accounts, p->cap_accounts, change->u.account);
        break;
    case CHANGE_RESERVATION:
        KEEP(p->reservations, p->n_reservations, p->cap_reservations,
             change->u.reservation);
        break;
    case CHANGE_FOREIGN_POD:
        take_pod(p, change->u.pod);
        break;
    case CHANGE_JOB:
        take_job(l, change->u.job);
        break;
    case CHANGE_NODE_GONE:
    case CHANGE_PARTITION_GONE:
    case CHANGE_QOS_GONE:
    case CHANGE_ACCOUNT_GONE:
    case CHANGE_RESERVATION_GONE:
    case CHANGE_JOB_GONE:
    case CHANGE_FOREIGN_POD_GONE: /* a snapshot has none of these */
        break;
    }
}

/* All jobs are among the records: each has its place now. */
static void settle_jobs(struct loader *l)
{
    struct workload *w = l->load;
    struct job **all = w->records;
    const size_t n = w->n_records;
    w->records = NULL;
    w->n_records = w->cap_records = 0;
    for (size_t i = 0; i < n; i++)
        add_by_phase(l, all[i]);
    free(all);
    for (size_t i = 0; i < w->n_records; i++) { /* jobs have numbers for uids */
        free(w->records[i]->uid);
        w->records[i]->uid = xasprintf(RECORD_UID "%zu", i);
    }
    w->begin_sec = l->saved->now_sec;
    workload_sort(w);
}

int saved_read(const char *path, struct pool *pool, struct workload *load,
               struct saved *ret, struct err *err)
{
    struct loader l = {.pool = pool, .load = load, .saved = ret, .next_id = 1};
    STR_AUTO struct str text;
    str_init(&text, SNAPSHOT_BYTES_MAX);
    ret->config = sched_config_default();
    if (load)
        workload_init(load);
    if (str_read_file(&text, path, err) < 0 ||
        snapshot_read(text.s, text.len, path, take, &l, &ret->now_sec, err) < 0)
        return -1;
    pool->saved = true;
    if (pool->resources.gpu < 0)
        pool->resources.gpu = restable_intern(&pool->resources, GPU_RESOURCE);
    if (pool->resources.gpu < 0)
        return err_set(err, ERR_INVALID,
                       "%s: there is no room for GPUs among its %d "
                       "resources",
                       path, RES_MAX);
    if (pool->n > 0)
        accounts_sort(pool->accounts, pool->n_accounts);
    if (load)
        settle_jobs(&l);
    if (pool->n == 0)
        return err_set(err, ERR_INVALID, "%s: there is no node in it", path);
    return 0;
}
