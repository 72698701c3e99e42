#include "crds/snapshot_fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "crds/tresweights.h"
#include "scheduler/sched.h"

/* Ceilings of what is read: a file may be wrong, or meant to harm. */
#define LIST_MAX 1000000
#define AMOUNT_MAX (INT64_C(1) << 53)

/* ---- the tables ---- */

#define NAME(T, m, t)                            \
    {                                            \
#m, t, offsetof(struct T, m), 0, NULL, 0 \
    }
#define TEXT(T, m) NAME(T, m, FIELD_TEXT)
#define WORD(T, m) NAME(T, m, FIELD_WORD)
#define BOOL(T, m) NAME(T, m, FIELD_BOOL)
#define INT(T, m) NAME(T, m, FIELD_INT)
#define AMOUNT(T, m) NAME(T, m, FIELD_AMOUNT)
#define ENUM(T, m, last)                                     \
    {                                                        \
#m, FIELD_ENUM, offsetof(struct T, m), 0, NULL, last \
    }
#define ONE(T, m, f)                                        \
    {                                                       \
#m, FIELD_STRUCT, offsetof(struct T, m), 0, &(f), 0 \
    }
#define MAYBE(T, m, f)                                     \
    {                                                      \
#m, FIELD_MAYBE, offsetof(struct T, m), 0, &(f), 0 \
    }
#define NAMES(T, m, c)                                                         \
    {                                                                          \
#m, FIELD_NAMES, offsetof(struct T, m), offsetof(struct T, c), NULL, 0 \
    }
#define LIST(T, m, c, f)                                                      \
    {                                                                         \
#m, FIELD_LIST, offsetof(struct T, m), offsetof(struct T, c), &(f), 0 \
    }
#define FIELDS(T, rows)                             \
    {                                               \
#T, sizeof(struct T), rows, ARRAY_LEN(rows) \
    }

static const struct field label_rows[] = {WORD(label, key), WORD(label, value)};
static const struct fields fields_label = FIELDS(label, label_rows);

static const struct field requirement_rows[] = {WORD(requirement, key),
                                                ENUM(requirement, op, SELECT_LT),
                                                NAMES(requirement, values, n_values)};
static const struct fields fields_requirement = FIELDS(requirement, requirement_rows);

static const struct field term_rows[] = {LIST(term, reqs, n_reqs, fields_requirement)};
static const struct fields fields_term = FIELDS(term, term_rows);

static const struct field taint_rows[] = {WORD(taint, key), WORD(taint, value),
                                          ENUM(taint, effect, TAINT_NO_EXECUTE)};
static const struct fields fields_taint = FIELDS(taint, taint_rows);

static const struct field toleration_rows[] = {
    TEXT(toleration, key), TEXT(toleration, value), BOOL(toleration, any_effect),
    ENUM(toleration, effect, TAINT_NO_EXECUTE)};
static const struct fields fields_toleration = FIELDS(toleration, toleration_rows);

static const struct field slot_rows[] = {WORD(slot, node),   INT(slot, pods),
                                         AMOUNT(slot, each), INT(slot, first_rank),
                                         INT(slot, tasks),   INT(slot, component)};
static const struct fields fields_slot = FIELDS(slot, slot_rows);

static const struct field plan_rows[] = {INT(plan, start_sec), BOOL(plan, promised),
                                         TEXT(plan, partition),
                                         LIST(plan, slots, n_slots, fields_slot)};
static const struct fields fields_plan = FIELDS(plan, plan_rows);

static const struct field node_rows[] = {
    WORD(node, name),
    AMOUNT(node, capacity),
    LIST(node, labels, n_labels, fields_label),
    LIST(node, taints, n_taints, fields_taint),
    TEXT(node, gpu_type),
    BOOL(node, ready),
    BOOL(node, unschedulable),
    INT(node, weight),
};
const struct fields fields_node = FIELDS(node, node_rows);

static const struct field billing_weight_rows[] = {WORD(billing_weight, resource),
                                                   TEXT(billing_weight, gpu_type),
                                                   INT(billing_weight, nano)};
static const struct fields fields_billing_weight =
    FIELDS(billing_weight, billing_weight_rows);

static const struct field access_rows[] = {
    NAMES(access, allow_accounts, n_allow_accounts),
    NAMES(access, deny_accounts, n_deny_accounts),
    NAMES(access, allow_qos, n_allow_qos),
    NAMES(access, deny_qos, n_deny_qos),
    NAMES(access, allow_namespaces, n_allow_namespaces),
    NAMES(access, allow_groups, n_allow_groups),
    BOOL(access, operators),
};
static const struct fields fields_access = FIELDS(access, access_rows);

static const struct field part_amounts_rows[] = {
    INT(part_amounts, def_cpus_per_gpu), INT(part_amounts, def_mem_per_node),
    INT(part_amounts, def_mem_per_cpu),  INT(part_amounts, def_mem_per_gpu),
    INT(part_amounts, max_mem_per_cpu),  INT(part_amounts, max_mem_per_node),
};
static const struct fields fields_part_amounts =
    FIELDS(part_amounts, part_amounts_rows);

static const struct field partition_rows[] = {
    WORD(partition, name),
    ONE(partition, selector, fields_term),
    NAMES(partition, node_names, n_node_names),
    BOOL(partition, is_default),
    ENUM(partition, state, PART_INACTIVE),
    INT(partition, priority_tier),
    INT(partition, priority_job_factor),
    INT(partition, max_time_sec),
    INT(partition, default_time_sec),
    INT(partition, over_time_sec),
    INT(partition, min_nodes),
    INT(partition, max_nodes),
    LIST(partition, billing, n_billing, fields_billing_weight),
    ONE(partition, access, fields_access),
    TEXT(partition, qos),
    ONE(partition, amounts, fields_part_amounts),
    BOOL(partition, exclusive),
    BOOL(partition, req_resv),
    BOOL(partition, hidden),
    BOOL(partition, lln),
    TEXT(partition, alternate),
    INT(partition, preempt_mode),
    INT(partition, grace_sec),
};
const struct fields fields_partition = FIELDS(partition, partition_rows);

static const struct field one_limit_rows[] = {ENUM(limit, kind, LIMIT_KINDS - 1),
                                              ENUM(limit, tres, TRES_KINDS - 1),
                                              TEXT(limit, type), INT(limit, amount)};
static const struct fields fields_limit = FIELDS(limit, one_limit_rows);

static const struct field limits_rows[] = {LIST(limits, items, n, fields_limit)};
static const struct fields fields_limits = FIELDS(limits, limits_rows);

static const struct field used_item_rows[] = {ENUM(used_item, tres, TRES_KINDS - 1),
                                              TEXT(used_item, type),
                                              INT(used_item, amount)};
static const struct fields fields_used_item = FIELDS(used_item, used_item_rows);

static const struct field used_rows[] = {LIST(used, items, n, fields_used_item)};
static const struct fields fields_used = FIELDS(used, used_rows);

static const struct field usage_rows[] = {ONE(usage, past, fields_used),
                                          ONE(usage, recent, fields_used)};
static const struct fields fields_usage = FIELDS(usage, usage_rows);

static const struct field usage_time_rows[] = {INT(usage_time, usage_sec),
                                               INT(usage_time, recent_sec)};
static const struct fields fields_usage_time = FIELDS(usage_time, usage_time_rows);

static const struct field qos_rows[] = {WORD(qos, name),
                                        INT(qos, priority),
                                        INT(qos, usage_factor),
                                        INT(qos, limit_factor),
                                        INT(qos, usage_threshold),
                                        INT(qos, flags),
                                        ONE(qos, limits, fields_limits),
                                        ONE(qos, usage, fields_usage),
                                        ONE(qos, as_of, fields_usage_time),
                                        NAMES(qos, preempt, n_preempt),
                                        INT(qos, preempt_mode),
                                        INT(qos, preempt_exempt_sec),
                                        INT(qos, grace_sec),
                                        BOOL(qos, in_circle)};
const struct fields fields_qos = FIELDS(qos, qos_rows);

static const struct field qos_choice_rows[] = {TEXT(qos_choice, by_default),
                                               NAMES(qos_choice, allowed, n_allowed)};
static const struct fields fields_qos_choice = FIELDS(qos_choice, qos_choice_rows);

static const struct field member_rows[] = {TEXT(member, user),
                                           TEXT(member, ns),
                                           TEXT(member, partition),
                                           INT(member, shares),
                                           INT(member, priority),
                                           ONE(member, usage, fields_usage),
                                           BOOL(member, former),
                                           ONE(member, limits, fields_limits),
                                           ONE(member, qos, fields_qos_choice)};
static const struct fields fields_member = FIELDS(member, member_rows);

static const struct field account_rows[] = {
    WORD(account, name),
    TEXT(account, parent),
    INT(account, shares),
    INT(account, priority),
    LIST(account, members, n_members, fields_member),
    ONE(account, limits, fields_limits),
    ONE(account, qos, fields_qos_choice),
    ONE(account, as_of, fields_usage_time)};
const struct fields fields_account = FIELDS(account, account_rows);

static const struct field depend_rows[] = {
    ENUM(depend, kind, DEPEND_AFTER_CORR), INT(depend, job_id), INT(depend, task),
    INT(depend, delay_sec), ENUM(depend, state, DEPEND_FAILED)};
static const struct fields fields_depend = FIELDS(depend, depend_rows);

static const struct field resv_list_rows[] = {NAMES(resv_list, allow, n_allow),
                                              NAMES(resv_list, deny, n_deny)};
static const struct fields fields_resv_list = FIELDS(resv_list, resv_list_rows);

static const struct field reservation_rows[] = {
    WORD(reservation, name),
    INT(reservation, start_sec),
    INT(reservation, end_sec),
    ENUM(reservation, repeat, RESV_WEEKLY),
    NAMES(reservation, node_names, n_node_names),
    BOOL(reservation, all_nodes),
    INT(reservation, node_count),
    AMOUNT(reservation, want),
    TEXT(reservation, partition),
    LIST(reservation, node_any, n_node_any, fields_term),
    NAMES(reservation, chosen, n_chosen),
    ONE(reservation, users, fields_resv_list),
    ONE(reservation, accounts, fields_resv_list),
    ONE(reservation, qos, fields_resv_list),
    ONE(reservation, groups, fields_resv_list),
    BOOL(reservation, maint),
    BOOL(reservation, overlap),
    BOOL(reservation, ignore_jobs),
    BOOL(reservation, flex),
    BOOL(reservation, magnetic),
    BOOL(reservation, any_nodes),
    BOOL(reservation, static_alloc),
    BOOL(reservation, replace),
    BOOL(reservation, no_hold),
    INT(reservation, purge_sec),
};
const struct fields fields_reservation = FIELDS(reservation, reservation_rows);

static const struct field license_rows[] = {WORD(license, name), INT(license, count)};
static const struct fields fields_license = FIELDS(license, license_rows);

static const struct field unit_rows[] = {INT(unit, count), INT(unit, most),
                                         INT(unit, tasks), AMOUNT(unit, each)};
static const struct fields fields_unit = FIELDS(unit, unit_rows);

static const struct field count_rows[] = {TEXT(feature_count, text),
                                          LIST(feature_count, any, n_any, fields_term),
                                          INT(feature_count, count)};
static const struct fields fields_count = FIELDS(feature_count, count_rows);

static const struct field component_rows[] = {
    INT(job, min_pods),
    INT(job, max_pods),
    BOOL(job, one_per_node),
    BOOL(job, contiguous),
    INT(job, most_switches),
    INT(job, switch_wait_sec),
    AMOUNT(job, each),
    INT(job, tasks),
    TEXT(job, gpu_type),
    BOOL(job, own_cpus),
    BOOL(job, own_mem),
    LIST(job, units, n_units, fields_unit),
    BOOL(job, spread),
    ONE(job, node_all, fields_term),
    LIST(job, node_any, n_node_any, fields_term),
    LIST(job, same, n_same, fields_term),
    LIST(job, counts, n_counts, fields_count),
    TEXT(job, constraint),
    NAMES(job, node_list, n_node_list),
    NAMES(job, exclude, n_exclude),
    LIST(job, tolerations, n_tolerations, fields_toleration),
};
static const struct fields fields_component = FIELDS(job, component_rows);

static const struct field job_array_rows[] = {
    NAME(job_array, left, FIELD_TASKS), NAME(job_array, out, FIELD_TASKS),
    NAME(job_array, well, FIELD_TASKS), NAME(job_array, ill, FIELD_TASKS)};
static const struct fields fields_job_array = FIELDS(job_array, job_array_rows);

static const struct field job_rows[] = {
    WORD(job, uid),
    WORD(job, ns),
    TEXT(job, name),
    TEXT(job, job_name),
    WORD(job, user),
    NAMES(job, groups, n_groups),
    INT(job, job_id),
    INT(job, array_id),
    INT(job, array_task),
    MAYBE(job, array, fields_job_array),
    INT(job, tasks_limit),
    NAMES(job, partitions, n_partitions),
    TEXT(job, account),
    TEXT(job, qos),
    INT(job, submit_sec),
    INT(job, eligible_sec),
    INT(job, limit_sec),
    INT(job, time_min_sec),
    INT(job, deadline_sec),
    INT(job, nice),
    INT(job, priority),
    INT(job, site_factor),
    INT(job, reached),
    ENUM(job, hold, HOLD_ADMIN),
    LIST(job, depends, n_depends, fields_depend),
    BOOL(job, depends_any),
    ENUM(job, hopeless, HOPELESS_ENDS),
    TEXT(job, reservation),
    LIST(job, licenses, n_licenses, fields_license),
    INT(job, min_pods),
    INT(job, max_pods),
    BOOL(job, one_per_node),
    BOOL(job, exclusive),
    BOOL(job, contiguous),
    INT(job, segment),
    INT(job, most_switches),
    INT(job, switch_wait_sec),
    AMOUNT(job, each),
    INT(job, tasks),
    TEXT(job, gpu_type),
    BOOL(job, own_cpus),
    BOOL(job, own_mem),
    LIST(job, units, n_units, fields_unit),
    BOOL(job, spread),
    ONE(job, node_all, fields_term),
    LIST(job, node_any, n_node_any, fields_term),
    LIST(job, same, n_same, fields_term),
    LIST(job, counts, n_counts, fields_count),
    TEXT(job, constraint),
    NAMES(job, node_list, n_node_list),
    NAMES(job, exclude, n_exclude),
    LIST(job, tolerations, n_tolerations, fields_toleration),
    LIST(job, others, n_others, fields_component),
    ENUM(job, phase, JOB_ENDED),
    INT(job, start_sec),
    INT(job, end_sec),
    BOOL(job, failed),
    TEXT(job, partition),
    LIST(job, alloc, n_alloc, fields_slot),
    ONE(job, plan, fields_plan),
    INT(job, preempted_by),
    INT(job, preempt_sec),
    INT(job, wall_sec),
    INT(job, lifts),
};
const struct fields fields_job = FIELDS(job, job_rows);

static const struct field pod_rows[] = {WORD(foreign_pod, uid), WORD(foreign_pod, node),
                                        AMOUNT(foreign_pod, use),
                                        BOOL(foreign_pod, of_job)};
const struct fields fields_pod = FIELDS(foreign_pod, pod_rows);

static const struct field config_rows[] = {
    INT(sched_config, priority_weight_age),
    INT(sched_config, priority_weight_partition),
    INT(sched_config, priority_weight_qos),
    INT(sched_config, priority_weight_short_limit),
    INT(sched_config, priority_weight_small_size),
    INT(sched_config, priority_weight_job_size),
    INT(sched_config, priority_weight_fairshare),
    INT(sched_config, priority_weight_assoc),
    NAME(sched_config, priority_weight_tres, FIELD_WEIGHTS),
    BOOL(sched_config, priority_favor_small),
    INT(sched_config, priority_max_age_sec),
    INT(sched_config, decay_half_life_sec),
    INT(sched_config, calc_period_sec),
    BOOL(sched_config, limits_safe),
    INT(sched_config, priority_flags),
    ENUM(sched_config, usage_reset, USAGE_RESET_YEARLY),
    INT(sched_config, usage_reset_sec),
    INT(sched_config, fair_share_damping),
    INT(sched_config, over_time_sec),
    INT(sched_config, window_sec),
    INT(sched_config, reservation_depth),
    INT(sched_config, max_job_test),
    ENUM(sched_config, backfill_order, BACKFILL_AREA),
    BOOL(sched_config, kill_invalid_depend),
    NAME(sched_config, licenses, FIELD_TABLE),
    ENUM(sched_config, topology_kind, TOPOLOGY_BLOCK),
    INT(sched_config, max_switch_wait_sec),
    NAME(sched_config, topology_labels, FIELD_LABELS),
    ENUM(sched_config, preempt_type, PREEMPT_BY_PARTITION),
    INT(sched_config, preempt_mode),
    INT(sched_config, preempt_exempt_sec),
    BOOL(sched_config, preempt_youngest_first),
    INT(sched_config, requeue_delay_sec),
};
const struct fields fields_config = FIELDS(sched_config, config_rows);

/* ---- writing ---- */

/* Members are read and written through pointers of their own type. */
#define MEMBER(type, base, offset) (*(type *)((char *)(base) + (offset)))
#define SEEN(type, base, offset) (*(type const *)((const char *)(base) + (offset)))

static struct json *write_amount(const struct restable *res, const struct resvec *v)
{
    struct json *all = NULL;
    for (int i = 0; i < res->n; i++) {
        if (v->v[i] == 0)
            continue;
        all = all ? all : json_new_object();
        json_set(all, res->name[i], json_new_int(v->v[i]));
    }
    return all;
}

static struct json *write_names(char *const *names, size_t n)
{
    struct json *all = n > 0 ? json_new_array() : NULL;
    for (size_t i = 0; i < n; i++)
        json_append(all, json_new_string(names[i]));
    return all;
}

static struct json *write_list(const struct fields *f, const struct restable *res,
                               const char *items, size_t n)
{
    struct json *all = n > 0 ? json_new_array() : NULL;
    for (size_t i = 0; i < n; i++)
        json_append(all, fields_write(f, res, items + i * f->size, NULL));
    return all;
}

static struct json *write_int(int64_t value, const int64_t *fresh)
{
    return value == (fresh ? *fresh : 0) ? NULL : json_new_int(value);
}

static struct json *write_enum(int value, const int *fresh)
{
    return value == (fresh ? *fresh : 0) ? NULL : json_new_int(value);
}

static struct json *write_bool(bool value, const bool *fresh)
{
    return value == (fresh ? *fresh : false) ? NULL : json_new_bool(value);
}

static struct json *write_table(const struct license_table *table)
{
    STR_AUTO struct str text;
    str_init(&text, LICENSES_MAX * (LICENSE_NAME_MAX + 16));
    license_table_format(table, &text);
    return table->n > 0 ? json_new_string(text.s) : NULL;
}

static struct json *write_weights(const struct tres_weights *weights)
{
    STR_AUTO struct str text;
    str_init(&text, TRES_WEIGHTS_MAX * (RES_NAME_MAX + 32));
    tresweights_format(weights, &text);
    return weights->n > 0 ? json_new_string(text.s) : NULL;
}

static struct json *write_labels(const struct topology_labels *labels,
                                 const struct topology_labels *fresh)
{
    STR_AUTO struct str text;
    str_init(&text, TOPOLOGY_LEVELS_MAX * (TOPOLOGY_LABEL_MAX + 1));
    topology_labels_format(labels, &text);
    if (fresh && topology_labels_equal(labels, fresh))
        return NULL;
    return labels->n > 0 ? json_new_string(text.s) : NULL;
}

static struct json *write_tasks(const struct taskset *tasks)
{
    STR_AUTO struct str text;
    str_init(&text, TASKSET_TEXT_MAX);
    taskset_format(tasks, &text);
    return text.len > 0 ? json_new_string(text.s) : NULL;
}

/* NULL: it is left out. */
static struct json *write_field(const struct field *row, const struct restable *res,
                                const void *from, const void *fresh)
{
    const char *at = (const char *)from + row->offset;
    const char *was = fresh ? (const char *)fresh + row->offset : NULL;
    struct json *one;
    switch (row->type) {
    case FIELD_TEXT:
    case FIELD_WORD:
        return SEEN(char *, at, 0) ? json_new_string(SEEN(char *, at, 0)) : NULL;
    case FIELD_BOOL:
        return write_bool(SEEN(bool, at, 0), (const bool *)was);
    case FIELD_INT:
        return write_int(SEEN(int64_t, at, 0), (const int64_t *)was);
    case FIELD_ENUM:
        return write_enum(SEEN(int, at, 0), (const int *)was);
    case FIELD_AMOUNT:
        return write_amount(res, (const struct resvec *)at);
    case FIELD_STRUCT:
        one = fields_write(row->of, res, at, was);
        if (json_len(one) > 0)
            return one;
        json_free(one);
        return NULL;
    case FIELD_MAYBE:
        at = SEEN(char *, at, 0);
        return at ? fields_write(row->of, res, at, NULL) : NULL;
    case FIELD_TASKS:
        return write_tasks((const struct taskset *)at);
    case FIELD_NAMES:
        return write_names(SEEN(char **, at, 0), SEEN(size_t, from, row->count));
    case FIELD_LIST:
        return write_list(row->of, res, SEEN(char *, at, 0),
                          SEEN(size_t, from, row->count));
    case FIELD_TABLE:
        return write_table((const struct license_table *)at);
    case FIELD_WEIGHTS:
        return write_weights((const struct tres_weights *)at);
    case FIELD_LABELS:
        return write_labels((const struct topology_labels *)at,
                            (const struct topology_labels *)was);
    }
    return NULL;
}

struct json *fields_write(const struct fields *f, const struct restable *res,
                          const void *from, const void *fresh)
{
    struct json *object = json_new_object();
    for (size_t i = 0; i < f->n; i++)
        json_set(object, f->rows[i].key, write_field(&f->rows[i], res, from, fresh));
    return object;
}

/* ---- reading ---- */

static int wrong(const struct json *val, const char *want, struct err *err)
{
    return err_set(err, ERR_INVALID, "expected %s, got %s", want,
                   json_type_name(json_type(val)));
}

static int read_text(const struct json *val, char **into, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return wrong(val, "a string", err);
    free(*into);
    *into = xstrdup(json_string(val));
    return 0;
}

static int read_amount(const struct restable *res, const struct json *val,
                       struct resvec *into, struct err *err)
{
    if (!json_is(val, JSON_OBJECT))
        return wrong(val, "an object", err);
    for (json_each (it, val)) {
        int i = restable_find(res, it.key);
        if (i < 0)
            return err_set(err, ERR_INVALID, "no resource has the name \"%s\"", it.key);
        if (!json_is(it.val, JSON_INT) || json_int(it.val) < 0 ||
            json_int(it.val) > AMOUNT_MAX)
            return err_set(err, ERR_INVALID, "%s: expected a whole number from 0 on",
                           it.key);
        into->v[i] = json_int(it.val);
    }
    return 0;
}

static int read_names(const struct json *val, char ***into, size_t *count,
                      struct err *err)
{
    if (!json_is(val, JSON_ARRAY) || json_len(val) > LIST_MAX)
        return wrong(val, "an array of strings", err);
    for (size_t i = 0; i < json_len(val); i++) {
        if (!json_is(json_item(val, i), JSON_STRING))
            return wrong(json_item(val, i), "strings in it", err);
        names_add(into, count, json_string(json_item(val, i)));
    }
    return 0;
}

static int read_list(const struct field *row, const struct restable *res,
                     const struct json *val, void *into, struct err *err)
{
    const struct fields *f = row->of;
    size_t n = json_len(val), *count = &MEMBER(size_t, into, row->count);
    if (!json_is(val, JSON_ARRAY) || n > LIST_MAX)
        return wrong(val, "an array", err);
    if (*count > 0)
        return err_set(err, ERR_INVALID, "stands twice");
    char *items = xcalloc(n + 1, f->size);
    MEMBER(char *, into, row->offset) = items;
    for (size_t i = 0; i < n; i++) {
        *count = i + 1;
        if (fields_read(f, res, json_item(val, i), items + i * f->size, err) < 0)
            return err_prefix(err, "[%zu]", i);
    }
    return 0;
}

static int read_enum(const struct field *row, const struct json *val, int *into,
                     struct err *err)
{
    if (!json_is(val, JSON_INT) || json_int(val) < 0 || json_int(val) > row->max)
        return err_set(err, ERR_INVALID, "expected a number from 0 to %d", row->max);
    *into = (int)json_int(val);
    return 0;
}

static int read_maybe(const struct field *row, const struct restable *res,
                      const struct json *val, void **into, struct err *err)
{
    if (!*into)
        *into = xcalloc(1, row->of->size);
    return fields_read(row->of, res, val, *into, err);
}

static int read_tasks(const struct json *val, struct taskset *into, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return wrong(val, "a string", err);
    return taskset_parse(json_string(val), into, err);
}

static int read_table(const struct json *val, struct license_table *into,
                      struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return wrong(val, "a string", err);
    return license_table_parse(json_string(val), into, err);
}

static int read_field(const struct field *row, const struct restable *res,
                      const struct json *val, void *into, struct err *err)
{
    char *at = (char *)into + row->offset;
    switch (row->type) {
    case FIELD_TEXT:
    case FIELD_WORD:
        return read_text(val, &MEMBER(char *, at, 0), err);
    case FIELD_BOOL:
        if (!json_is(val, JSON_BOOL))
            return wrong(val, "true or false", err);
        MEMBER(bool, at, 0) = json_bool(val);
        return 0;
    case FIELD_INT:
        if (!json_is(val, JSON_INT))
            return wrong(val, "a whole number", err);
        MEMBER(int64_t, at, 0) = json_int(val);
        return 0;
    case FIELD_ENUM:
        return read_enum(row, val, &MEMBER(int, at, 0), err);
    case FIELD_AMOUNT:
        return read_amount(res, val, (struct resvec *)at, err);
    case FIELD_STRUCT:
        return fields_read(row->of, res, val, at, err);
    case FIELD_MAYBE:
        return read_maybe(row, res, val, &MEMBER(void *, at, 0), err);
    case FIELD_TASKS:
        return read_tasks(val, (struct taskset *)at, err);
    case FIELD_NAMES:
        return read_names(val, &MEMBER(char **, at, 0),
                          &MEMBER(size_t, into, row->count), err);
    case FIELD_LIST:
        return read_list(row, res, val, into, err);
    case FIELD_TABLE:
        return read_table(val, (struct license_table *)at, err);
    case FIELD_WEIGHTS:
        if (!json_is(val, JSON_STRING))
            return wrong(val, "a string", err);
        return tresweights_parse(json_string(val), (struct tres_weights *)at, err);
    case FIELD_LABELS:
        if (!json_is(val, JSON_STRING))
            return wrong(val, "a string", err);
        return topology_labels_parse(json_string(val), (struct topology_labels *)at,
                                     err);
    }
    return 0;
}

static const struct field *field_find(const struct fields *f, const char *key)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->rows[i].key, key) == 0)
            return &f->rows[i];
    return NULL;
}

int fields_read(const struct fields *f, const struct restable *res,
                const struct json *object, void *into, struct err *err)
{
    if (!json_is(object, JSON_OBJECT))
        return wrong(object, "an object", err);
    for (json_each (it, object)) {
        const struct field *row = field_find(f, it.key);
        if (!row)
            return err_set(err, ERR_INVALID, "%s: a %s has no such key", it.key,
                           f->name);
        if (read_field(row, res, it.val, into, err) < 0)
            return err_prefix(err, "%s", it.key);
    }
    for (size_t i = 0; i < f->n; i++)
        if (f->rows[i].type == FIELD_WORD && !SEEN(char *, into, f->rows[i].offset))
            return err_set(err, ERR_INVALID, "%s: is missing", f->rows[i].key);
    return 0;
}
