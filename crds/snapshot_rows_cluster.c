/* What the cluster is: nodes and what else is on them, partitions, reservations, and
 * how the scheduler is set. */
#include "crds/snapshot_rows.h"

#include "scheduler/reservation.h"
#include "scheduler/sched.h"

static const struct field label_rows[] = {WORD(label, key), WORD(label, value)};
static const struct fields fields_label = FIELDS(label, label_rows);

static const struct field requirement_rows[] = {WORD(requirement, key),
                                                ENUM(requirement, op, SELECT_LT),
                                                NAMES(requirement, values, n_values)};
static const struct fields fields_requirement = FIELDS(requirement, requirement_rows);

static const struct field term_rows[] = {LIST(term, reqs, n_reqs, fields_requirement)};
const struct fields fields_term = FIELDS(term, term_rows);

static const struct field taint_rows[] = {WORD(taint, key), WORD(taint, value),
                                          ENUM(taint, effect, TAINT_NO_EXECUTE)};
static const struct fields fields_taint = FIELDS(taint, taint_rows);

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

static const struct field pod_rows[] = {
    WORD(foreign_pod, uid),    WORD(foreign_pod, node),      AMOUNT(foreign_pod, use),
    BOOL(foreign_pod, of_job), TEXT(foreign_pod, partition),
};
const struct fields fields_pod = FIELDS(foreign_pod, pod_rows);

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
    NAMES(access, deny_groups, n_deny_groups),
    BOOL(access, operators),
};
static const struct fields fields_access = FIELDS(access, access_rows);

static const struct field part_amounts_rows[] = {
    INT(part_amounts, def_cpus_per_gpu),  INT(part_amounts, def_mem_per_node),
    INT(part_amounts, def_mem_per_cpu),   INT(part_amounts, def_mem_per_gpu),
    INT(part_amounts, max_mem_per_cpu),   INT(part_amounts, max_mem_per_node),
    INT(part_amounts, max_cpus_per_node),
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
    INT(partition, lifts),
    ONE(partition, amounts, fields_part_amounts),
    BOOL(partition, exclusive),
    BOOL(partition, exclusive_user),
    INT(partition, oversubscribe),
    BOOL(partition, oversubscribe_all),
    BOOL(partition, req_resv),
    BOOL(partition, hidden),
    BOOL(partition, lln),
    TEXT(partition, alternate),
    INT(partition, preempt_mode),
    INT(partition, grace_sec),
};
const struct fields fields_partition = FIELDS(partition, partition_rows);

static const struct field resv_list_rows[] = {NAMES(resv_list, allow, n_allow),
                                              NAMES(resv_list, deny, n_deny)};
static const struct fields fields_resv_list = FIELDS(resv_list, resv_list_rows);

static const struct field zone_shift_rows[] = {INT(zone_shift, from_sec),
                                               INT(zone_shift, offset_sec)};
static const struct fields fields_zone_shift = FIELDS(zone_shift, zone_shift_rows);

static const struct field reservation_rows[] = {
    WORD(reservation, name),
    INT(reservation, start_sec),
    INT(reservation, end_sec),
    ENUM(reservation, repeat, RESV_WEEKLY),
    LIST(reservation, shifts, n_shifts, fields_zone_shift),
    INT(reservation, float_sec),
    NAMES(reservation, node_names, n_node_names),
    BOOL(reservation, all_nodes),
    INT(reservation, node_count),
    AMOUNT(reservation, want),
    LIST(reservation, gpus, n_gpus, fields_license),
    TEXT(reservation, partition),
    LIST(reservation, node_any, n_node_any, fields_term),
    NAMES(reservation, chosen, n_chosen),
    LIST(reservation, licenses, n_licenses, fields_license),
    ONE(reservation, users, fields_resv_list),
    ONE(reservation, accounts, fields_resv_list),
    ONE(reservation, qos, fields_resv_list),
    ONE(reservation, groups, fields_resv_list),
    ONE(reservation, parts, fields_resv_list),
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
    INT(reservation, delay_sec),
};
const struct fields fields_reservation = FIELDS(reservation, reservation_rows);

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
    INT(sched_config, resv_over_run_sec),
    INT(sched_config, window_sec),
    INT(sched_config, reservation_depth),
    INT(sched_config, min_age_reserve_sec),
    INT(sched_config, min_prio_reserve),
    INT(sched_config, max_job_test),
    INT(sched_config, max_job_array_resv),
    ENUM(sched_config, backfill_order, BACKFILL_AREA),
    BOOL(sched_config, kill_invalid_depend),
    NAME(sched_config, licenses, FIELD_TABLE),
    ENUM(sched_config, topology_kind, TOPOLOGY_BLOCK),
    INT(sched_config, max_switch_wait_sec),
    NAME(sched_config, topology_labels, FIELD_LABELS),
    NAME(sched_config, block_sizes, FIELD_SIZES),
    ENUM(sched_config, preempt_type, PREEMPT_BY_PARTITION),
    INT(sched_config, preempt_mode),
    INT(sched_config, preempt_exempt_sec),
    BOOL(sched_config, preempt_youngest_first),
    INT(sched_config, preempt_min_exempt_priority),
    BOOL(sched_config, preempt_reclaim_licenses),
    INT(sched_config, requeue_delay_sec),
};
const struct fields fields_config = FIELDS(sched_config, config_rows);
