#include "tests/support/cluster_keys.h"

#include <string.h>

#include "base/hostlist.h"
#include "base/util.h"
#include "crds/constraint.h"
#include "crds/dependency.h"
#include "crds/licenses.h"
#include "crds/switches.h"
#include "tests/support/slot_list.h"

/* ---- how much ---- */

static int read_range(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    char *max = at->value;
    const char *min = strsep(&max, "-");

    if (cluster_text_number(min, &job->min_pods, err) < 0)
        return -1;
    return cluster_text_number(max != NULL ? max : min, &job->max_pods, err);
}

static int job_operator(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    (void)err;
    names_add(&job->groups, &job->n_groups, GROUP_OPERATORS);
    names_sort(job->groups, job->n_groups);
    return 0;
}

static int job_nodes(const struct setting *at, struct err *err)
{
    ((struct job *)at->object)->one_per_node = true;
    return read_range(at, err);
}

static int job_replicas(const struct setting *at, struct err *err)
{
    ((struct job *)at->object)->one_per_node = false;
    return read_range(at, err);
}

/* Of the first kind, each a task unless told; of the second, none. */
static struct unit *unit_of(struct job *job, size_t kind)
{
    const struct resvec nothing = {0};

    job->one_per_node = true;
    while (job->n_units <= kind) {
        struct unit *unit = job_add_unit(job, 1, &nothing);

        unit->tasks = unit == job->units;
    }
    return &job->units[kind];
}

static int job_units(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &unit_of(at->object, 0)->count, err);
}

static int job_units2(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &unit_of(at->object, 1)->count, err);
}

static int job_unit(const struct setting *at, struct err *err)
{
    return key_amount(at, &unit_of(at->object, 0)->each, err);
}

static int job_unit2(const struct setting *at, struct err *err)
{
    return key_amount(at, &unit_of(at->object, 1)->each, err);
}

static int job_max_units(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &unit_of(at->object, 0)->most, err);
}

static int job_unit_tasks(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, &unit_of(at->object, 0)->tasks, err);
}

static int job_resource(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    int rc = key_amount(at, &job->each, err);

    job->own_cpus = job->each.v[RES_CPU] > 0;
    job->own_mem = job->each.v[RES_MEM] > 0;
    return rc;
}

/* ---- when and where ---- */

static int job_reservations(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    AUTO_FREE char *list = xstrdup(at->value);
    char *rest = list;

    (void)err;
    while (rest != NULL)
        names_add(&job->reservations, &job->n_reservations, strsep(&rest, ","));
    return 0;
}

static int job_partition(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    char *rest = at->value;

    (void)err;
    while (rest != NULL)
        names_add(&job->partitions, &job->n_partitions, strsep(&rest, ","));
    return 0;
}

static int job_qos_list(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    char *rest = at->value;

    (void)err;
    if (strchr(at->value, ',') == NULL) {
        free(job->qos);
        job->qos = xstrdup(at->value);
        return 0;
    }
    while (rest != NULL)
        names_add(&job->qos_list, &job->n_qos_list, strsep(&rest, ","));
    return 0;
}

static int job_hold(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->hold =
        strcmp(at->value, "admin") == 0 ? HOLD_ADMIN : HOLD_USER;
    return 0;
}

/* "0-3,7" */
static int job_tasks_left(const struct setting *at, struct err *err)
{
    return taskset_parse(at->value, &job_array(at->object)->left, err);
}

static int job_tasks_out(const struct setting *at, struct err *err)
{
    return taskset_parse(at->value, &job_array(at->object)->out, err);
}

static int job_tasks_well(const struct setting *at, struct err *err)
{
    return taskset_parse(at->value, &job_array(at->object)->well, err);
}

static int job_tasks_ill(const struct setting *at, struct err *err)
{
    return taskset_parse(at->value, &job_array(at->object)->ill, err);
}

/* "afterok:1,after:2+60" (minutes); "?" for one of them. */
static int job_depend(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    return dependency_parse(at->value, &job->depends, &job->n_depends,
                            &job->depends_any, err);
}

static int job_takes(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    return licenses_parse_asked(at->value, &job->licenses, &job->n_licenses,
                                &job->any_license, err);
}

static int job_switches(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    return switches_parse(at->value, &job->most_switches, &job->switch_wait_sec, err);
}

static int job_hopeless(const struct setting *at, struct err *err)
{
    (void)err;
    ((struct job *)at->object)->hopeless =
        strcmp(at->value, "ends") == 0 ? HOPELESS_ENDS : HOPELESS_STAYS;
    return 0;
}

static int job_where(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    (void)err;
    key_requirement(at, &job->node_all);
    return 0;
}

static int job_any(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    (void)err;
    job->node_any =
        xrealloc(job->node_any, (job->n_node_any + 1) * sizeof(*job->node_any));
    job->node_any[job->n_node_any] = (struct term){0};
    key_requirement(at, &job->node_any[job->n_node_any++]);
    return 0;
}

/* As sbatch -C; such a job has no `any.` keys. */
static int job_constraint(const struct setting *at, struct err *err)
{
    struct job *job = at->object;
    struct constraint c = {0};

    job->constraint = xstrdup(at->value);
    if (constraint_parse(at->value, &c, err) < 0)
        return -1;
    job->node_any = c.any;
    job->n_node_any = c.n_any;
    job->same = c.same;
    job->n_same = c.n_same;
    job->counts = c.counts;
    job->n_counts = c.n_counts;
    return 0;
}

static int job_tolerate(const struct setting *at, struct err *err)
{
    struct job *job = at->object;

    (void)err;
    job->tolerations = xrealloc(job->tolerations,
                                (job->n_tolerations + 1) * sizeof(*job->tolerations));
    job->tolerations[job->n_tolerations++] = (struct toleration){
        .key = xstrdup(at->key),
        .value = xstrdup(at->value),
        .any_effect = true,
    };
    return 0;
}

/* ---- where it is ---- */

static int job_state(const struct setting *at, struct err *err)
{
    static const char *const words[] = {"pending",    "starting", "running",
                                        "completing", "aside",    "ended"};
    struct job *job = at->object;
    int i;

    if (key_word(at->value, words, ARRAY_LEN(words), &i, err) < 0)
        return -1;
    job->phase = (enum job_phase)i;
    return 0;
}

/* "n1:2" or "n[1-4]". */
static int add_slots(struct job *job, char *text, struct err *err)
{
    HOSTLIST_AUTO struct hostlist nodes = {0};
    const char *names = strsep(&text, ":");
    int64_t pods = 1, rank = 0;

    if (text != NULL && cluster_text_number(text, &pods, err) < 0)
        return -1;
    if (hostlist_parse(&nodes, names, err) < 0)
        return -1;
    if (job->n_alloc > 0)
        rank =
            job->alloc[job->n_alloc - 1].first_rank + job->alloc[job->n_alloc - 1].pods;
    for (size_t i = 0; i < nodes.n; i++) {
        const struct slot slot = {
            .node = nodes.names[i], .pods = pods, .first_rank = rank, .tasks = 1};

        slot_list_add(&job->alloc, &job->n_alloc, &slot);
        rank += pods;
    }
    return 0;
}

static int job_on(const struct setting *at, struct err *err)
{
    char *rest = at->value;

    while (rest != NULL) {
        if (add_slots(at->object, strsep(&rest, ","), err) < 0)
            return -1;
    }
    return 0;
}

static void share_nodes(struct job *job, bool alone, bool owned)
{
    AUTO_FREE struct slot *slots = slots_draft(job->alloc, job->n_alloc);
    const struct slot *before = job->alloc;

    for (size_t i = 0; i < job->n_alloc; i++) {
        slots[i].alone |= alone;
        slots[i].owned |= owned;
    }
    job->alloc = slots_new(slots, job->n_alloc);
    slots_unref(before);
}

/* Behind `on`. */
static int job_alone(const struct setting *at, struct err *err)
{
    (void)err;
    share_nodes(at->object, true, false);
    return 0;
}

/* Likewise. */
static int job_owned(const struct setting *at, struct err *err)
{
    (void)err;
    share_nodes(at->object, false, true);
    return 0;
}

const struct key cluster_job_keys[] = {
    {"nodes", .set = job_nodes},
    {"replicas", .set = job_replicas},
    {"units", .set = job_units},
    {"unit.", .set = job_unit},
    {"units2", .set = job_units2},
    {"unit2.", .set = job_unit2},
    {"unittasks", .set = job_unit_tasks},
    {"maxunits", .set = job_max_units},
    {"spread", KEY_FLAG(struct job, spread)},
    {"partition", .set = job_partition},
    {"account", KEY_TEXT(struct job, account)},
    {"qos", .set = job_qos_list},
    {"user", KEY_TEXT(struct job, user)},
    {"id", KEY_NUMBER(struct job, job_id)},
    {"taskof", KEY_NUMBER(struct job, array_id)},
    {"task", KEY_NUMBER(struct job, array_task)},
    {"tasks", .set = job_tasks_left},
    {"out", .set = job_tasks_out},
    {"well", .set = job_tasks_well},
    {"ill", .set = job_tasks_ill},
    {"tasklimit", KEY_NUMBER(struct job, tasks_limit)},
    {"nice", KEY_NUMBER(struct job, nice)},
    {"site", KEY_NUMBER(struct job, site_factor)},
    {"priority", KEY_NUMBER(struct job, priority)},
    {"submit", KEY_NUMBER(struct job, submit_sec)},
    {"begin", KEY_NUMBER(struct job, eligible_sec)},
    {"start", KEY_NUMBER(struct job, start_sec)},
    {"end", KEY_NUMBER(struct job, end_sec)},
    {"time", KEY_DURATION(struct job, limit_sec)},
    {"timemin", KEY_DURATION(struct job, time_min_sec)},
    {"deadline", KEY_NUMBER(struct job, deadline_sec)},
    {"hold", .set = job_hold},
    {"norequeue", KEY_FLAG(struct job, no_requeue)},
    {"depend", .set = job_depend},
    {"hopeless", .set = job_hopeless},
    {"licenses", .set = job_takes},
    {"switches", .set = job_switches},
    {"segment", KEY_NUMBER(struct job, segment)},
    {"spreadsegments", KEY_FLAG(struct job, spread_segments)},
    {"consolidatesegments", KEY_FLAG(struct job, consolidate_segments)},
    {"borrow", KEY_NUMBER(struct job, borrow_sec)},
    {"reservation", .set = job_reservations},
    {"jobname", KEY_TEXT(struct job, job_name)},
    {"failed", KEY_FLAG(struct job, failed)},
    {"gone", KEY_FLAG(struct job, gone)},
    {"exclusive", KEY_FLAG(struct job, exclusive)},
    {"exclusiveuser", KEY_FLAG(struct job, exclusive_user)},
    {"oversubscribe", KEY_FLAG(struct job, oversubscribe)},
    {"addedmilli", KEY_NUMBER(struct job, added_milli)},
    {"contiguous", KEY_FLAG(struct job, contiguous)},
    {"type", KEY_TEXT(struct job, gpu_type)},
    {"nodelist", KEY_NAMES(struct job, node_list, n_node_list)},
    {"exclude", KEY_NAMES(struct job, exclude, n_exclude)},
    {"groups", KEY_NAMES(struct job, groups, n_groups)},
    {"operator", .set = job_operator},
    {"where.", .set = job_where},
    {"any.", .set = job_any},
    {"constraint", .set = job_constraint},
    {"tolerate.", .set = job_tolerate},
    {"state", .set = job_state},
    {"preemptedby", KEY_NUMBER(struct job, preempted_by)},
    {"preemptend", KEY_NUMBER(struct job, preempt_sec)},
    {"in", KEY_TEXT(struct job, partition)},
    {"inreservation", KEY_TEXT(struct job, reservation)},
    {"haslicense", KEY_TEXT(struct job, license)},
    {"hasqos", KEY_TEXT(struct job, qos)},
    {"on", .set = job_on},
    {"alone", .set = job_alone},
    {"owned", .set = job_owned},
    {NULL, .set = job_resource},
};
