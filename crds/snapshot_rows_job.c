/* Jobs: what they ask for, and what they have. */
#include "crds/snapshot_rows.h"

#include "scheduler/model.h"

static const struct field toleration_rows[] = {
    TEXT(toleration, key), TEXT(toleration, value), BOOL(toleration, any_effect),
    ENUM(toleration, effect, TAINT_NO_EXECUTE)};
static const struct fields fields_toleration = FIELDS(toleration, toleration_rows);

static const struct field slot_rows[] = {
    WORD(slot, node),      INT(slot, pods),   AMOUNT(slot, each),
    INT(slot, first_rank), INT(slot, tasks),  INT(slot, component),
    INT(slot, cpu_milli),  BOOL(slot, alone), BOOL(slot, owned)};
static const struct fields fields_slot = FIELDS(slot, slot_rows);

static const struct fields fields_plan;
static const struct field plan_rows[] = {INT(plan, start_sec),
                                         BOOL(plan, promised),
                                         BOOL(plan, yielded),
                                         TEXT(plan, partition),
                                         TEXT(plan, reservation),
                                         TEXT(plan, license),
                                         TEXT(plan, qos),
                                         SLOTS(plan, slots, n_slots),
                                         LIST(plan, further, n_further, fields_plan)};
static const struct fields fields_plan = FIELDS(plan, plan_rows);

static const struct field wall_rows[] = {INT(wall, limit_sec)};
static const struct fields fields_wall = FIELDS(wall, wall_rows);

static const struct field reached_rows[] = {WORD(reached, partition),
                                            INT(reached, priority)};
static const struct fields fields_reached = FIELDS(reached, reached_rows);

static const struct field node_cap_rows[] = {
    WORD(node_cap, partition), AMOUNT(node_cap, most), INT(node_cap, reason)};
static const struct fields fields_node_cap = FIELDS(node_cap, node_cap_rows);

static const struct field job_array_rows[] = {
    NAME(job_array, left, FIELD_TASKS), NAME(job_array, out, FIELD_TASKS),
    NAME(job_array, well, FIELD_TASKS), NAME(job_array, ill, FIELD_TASKS)};
static const struct fields fields_job_array = FIELDS(job_array, job_array_rows);

static const struct field depend_rows[] = {ENUM(depend, kind, DEPEND_AFTER_CORR),
                                           INT(depend, job_id),
                                           INT(depend, task),
                                           INT(depend, delay_sec),
                                           ENUM(depend, state, DEPEND_FAILED),
                                           MAYBE(depend, was, fields_job_array)};
static const struct fields fields_depend = FIELDS(depend, depend_rows);

static const struct field license_rows[] = {WORD(license, name), INT(license, count)};
const struct fields fields_license = FIELDS(license, license_rows);

static const struct field unit_rows[] = {INT(unit, count), INT(unit, most),
                                         INT(unit, tasks), AMOUNT(unit, each)};
static const struct fields fields_unit = FIELDS(unit, unit_rows);

static const struct field count_rows[] = {TEXT(feature_count, text),
                                          LIST(feature_count, any, n_any, fields_term),
                                          INT(feature_count, count)};
static const struct fields fields_count = FIELDS(feature_count, count_rows);

/* What one component, or a job that is but one, asks for. */
#define REQUEST_ROWS                                                                   \
    INT(job, most_switches), INT(job, switch_wait_sec), AMOUNT(job, each),             \
        ENUM(job, cpus, RES_CPU), INT(job, added_milli), INT(job, tasks),              \
        TEXT(job, gpu_type), BOOL(job, own_cpus), BOOL(job, own_mem),                  \
        LIST(job, units, n_units, fields_unit), BOOL(job, spread),                     \
        ONE(job, node_all, fields_term), LIST(job, node_any, n_node_any, fields_term), \
        LIST(job, same, n_same, fields_term),                                          \
        LIST(job, counts, n_counts, fields_count), TEXT(job, constraint),              \
        NAMES(job, node_list, n_node_list), NAMES(job, exclude, n_exclude),            \
        LIST(job, tolerations, n_tolerations, fields_toleration)

static const struct field component_rows[] = {
    INT(job, min_pods),
    INT(job, max_pods),
    BOOL(job, one_per_node),
    BOOL(job, contiguous),
    NAMES(job, partitions, n_partitions),
    TEXT(job, account),
    TEXT(job, qos),
    INT(job, limit_sec),
    INT(job, end_sec),
    BOOL(job, gone),
    INT(job, lifts),
    LIST(job, caps, n_caps, fields_node_cap),
    REQUEST_ROWS,
};
static const struct fields fields_component = FIELDS(job, component_rows);

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
    NAMES(job, qos_list, n_qos_list),
    INT(job, qos_at),
    INT(job, submit_sec),
    INT(job, eligible_sec),
    INT(job, eligible_since_sec),
    INT(job, limit_sec),
    INT(job, time_min_sec),
    INT(job, deadline_sec),
    INT(job, nice),
    INT(job, priority),
    INT(job, site_factor),
    BOOL(job, raised),
    INT(job, reached),
    LIST(job, reached_in, n_reached_in, fields_reached),
    ENUM(job, hold, HOLD_ADMIN),
    BOOL(job, no_requeue),
    LIST(job, depends, n_depends, fields_depend),
    BOOL(job, depends_any),
    ENUM(job, hopeless, HOPELESS_ENDS),
    NAMES(job, reservations, n_reservations),
    INT(job, borrow_sec),
    LIST(job, licenses, n_licenses, fields_license),
    BOOL(job, any_license),
    INT(job, min_pods),
    INT(job, max_pods),
    BOOL(job, one_per_node),
    BOOL(job, exclusive),
    BOOL(job, exclusive_user),
    BOOL(job, oversubscribe),
    BOOL(job, contiguous),
    INT(job, segment),
    BOOL(job, spread_segments),
    BOOL(job, consolidate_segments),
    REQUEST_ROWS,
    LIST(job, others, n_others, fields_component),
    ENUM(job, phase, JOB_ENDED),
    INT(job, start_sec),
    INT(job, end_sec),
    BOOL(job, failed),
    BOOL(job, gone),
    TEXT(job, partition),
    TEXT(job, reservation),
    TEXT(job, license),
    SLOTS(job, alloc, n_alloc),
    ONE(job, plan, fields_plan),
    INT(job, preempted_by),
    INT(job, preempt_sec),
    BOOL(job, charged),
    INT(job, paid_sec),
    INT(job, wall_sec),
    LIST(job, walls, n_walls, fields_wall),
    INT(job, lifts),
    LIST(job, caps, n_caps, fields_node_cap),
    INT(job, accrue_sec),
};
const struct fields fields_job = FIELDS(job, job_rows);
