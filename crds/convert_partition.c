#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "crds/convert_private.h"
#include "crds/rules.h"
#include "scheduler/oversubscribe.h"
#include "scheduler/preempt_rules.h"

#define WEIGHT_MAX 1000000000 /* of a TRES: its billionths fit */

static const char *const states[] = {[PART_UP] = "UP",
                                     [PART_DOWN] = "DOWN",
                                     [PART_DRAIN] = "DRAIN",
                                     [PART_INACTIVE] = "INACTIVE"};

const char *part_state_word(enum part_state state)
{
    return states[state];
}

static int read_state(const struct json *object, struct partition *part,
                      struct err *err)
{
    const char *word = "UP";
    if (json_read_str(object, "spec.state", &word, err) == JSON_WRONG_TYPE)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        if (strcmp(states[i], word) == 0) {
            part->state = (enum part_state)i;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID,
                   "spec.state: \"%s\" is none of UP, DOWN, DRAIN, INACTIVE", word);
}

/* Integer fields: their bounds are the schema's. */
static int read_numbers(const struct json *object, struct partition *part,
                        struct err *err)
{
    const struct number_field fields[] = {
        {"spec.priorityTier", &part->priority_tier, 0, 65533},
        {"spec.priorityJobFactor", &part->priority_job_factor, 0, 65533},
        {"spec.minNodes", &part->min_nodes, 0, PODS_MAX},
        {"spec.maxNodes", &part->max_nodes, 0, PODS_MAX},
        {"spec.maxCPUsPerNode", &part->amounts.max_cpus_per_node, 1, PODS_MAX},
        {"spec.defCpuPerGPU", &part->amounts.def_cpus_per_gpu, 1, PODS_MAX},
    };
    return numbers_read(object, fields, ARRAY_LEN(fields), err);
}

static int read_memory(const struct json *object, struct part_amounts *a,
                       struct err *err)
{
    const struct {
        const char *path;
        int64_t *bytes;
    } fields[] = {
        {"spec.defMemPerNode", &a->def_mem_per_node},
        {"spec.defMemPerCPU", &a->def_mem_per_cpu},
        {"spec.defMemPerGPU", &a->def_mem_per_gpu},
        {"spec.maxMemPerNode", &a->max_mem_per_node},
        {"spec.maxMemPerCPU", &a->max_mem_per_cpu},
    };
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (size_read(object, fields[i].path, fields[i].bytes, err) < 0)
            return -1;
    return 0;
}

/* EXCLUSIVE is the old word for `exclusive`. */
static int read_sharing(const struct json *object, struct partition *part,
                        struct err *err)
{
    const char *word = "NO";
    if (json_read_str(object, "spec.overSubscribe", &word, err) == JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.exclusive", &part->exclusive, err) ==
            JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.exclusiveUser", &part->exclusive_user, err) ==
            JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.lln", &part->lln, err) == JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.reqResv", &part->req_resv, err) ==
            JSON_WRONG_TYPE ||
        json_read_bool(object, "spec.hidden", &part->hidden, err) == JSON_WRONG_TYPE)
        return -1;
    part->exclusive |= strcmp(word, "EXCLUSIVE") == 0;
    if (strcmp(word, "EXCLUSIVE") == 0 || oversubscribe_read(word, part))
        return 0;
    return err_set(err, ERR_INVALID,
                   "spec.overSubscribe: \"%s\" is none of NO, EXCLUSIVE, YES[:n] and "
                   "FORCE[:n], n from 1 to %d",
                   word, OVERSUBSCRIBE_MAX);
}

static int read_access(const struct json *object, struct access *a, struct err *err)
{
    const struct {
        const char *path;
        char ***names;
        size_t *n;
    } lists[] = {
        {"spec.allowAccounts", &a->allow_accounts, &a->n_allow_accounts},
        {"spec.denyAccounts", &a->deny_accounts, &a->n_deny_accounts},
        {"spec.allowQos", &a->allow_qos, &a->n_allow_qos},
        {"spec.denyQos", &a->deny_qos, &a->n_deny_qos},
        {"spec.allowNamespaces", &a->allow_namespaces, &a->n_allow_namespaces},
        {"spec.allowGroups", &a->allow_groups, &a->n_allow_groups},
        {"spec.denyGroups", &a->deny_groups, &a->n_deny_groups},
    };
    if (json_read_bool(object, "spec.rootOnly", &a->operators, err) == JSON_WRONG_TYPE)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (names_read(object, lists[i].path, lists[i].names, lists[i].n, err) < 0)
            return -1;
    return 0;
}

/* An empty one is none. */
static int read_name(const struct json *object, const char *path, char **ret,
                     struct err *err)
{
    const char *name = NULL;
    if (json_read_str(object, path, &name, err) == JSON_WRONG_TYPE)
        return -1;
    *ret = name && *name ? xstrdup(name) : NULL;
    return 0;
}

/* "ALL" as in slurm.conf: whatever the selector says. */
static bool names_all(const struct partition *part)
{
    return part->n_node_names == 1 && strcasecmp(part->node_names[0], "ALL") == 0;
}

static int read_nodes(const struct json *object, struct partition *part,
                      struct err *err)
{
    if (hostlist_read(object, "spec.nodes", &part->node_names, &part->n_node_names,
                      err) < 0 ||
        selector_read(json_at(object, "spec.nodeSelector"), "spec.nodeSelector",
                      &part->selector, err) < 0)
        return -1;
    if (!names_all(part))
        return 0;
    names_free(part->node_names, part->n_node_names);
    part->node_names = NULL;
    part->n_node_names = 0;
    term_fini(&part->selector);
    return 0;
}

/* As in Slurm, a time limit of 0 is none. */
static int time_limit_read(const struct json *object, const char *path, int64_t *ret,
                           struct err *err)
{
    if (duration_read(object, path, ret, err) < 0)
        return -1;
    if (*ret == 0)
        *ret = LIMIT_UNLIMITED;
    return 0;
}

static int read_partition(const struct json *object, struct partition *part,
                          struct err *err)
{
    const char *name = json_str(object, "metadata.name");
    if (!name)
        return err_set(err, ERR_INVALID, "metadata.name: a partition needs a name");
    part->name = xstrdup(name);
    if (read_name(object, "spec.qos", &part->qos, err) < 0 ||
        read_name(object, "spec.alternate", &part->alternate, err) < 0)
        return -1;
    if (json_read_bool(object, "spec.default", &part->is_default, err) ==
            JSON_WRONG_TYPE ||
        read_state(object, part, err) < 0 || read_numbers(object, part, err) < 0 ||
        time_limit_read(object, "spec.maxTime", &part->max_time_sec, err) < 0 ||
        time_limit_read(object, "spec.defaultTime", &part->default_time_sec, err) < 0 ||
        duration_read(object, "spec.overTimeLimit", &part->over_time_sec, err) < 0 ||
        read_nodes(object, part, err) < 0 ||
        read_access(object, &part->access, err) < 0 ||
        read_memory(object, &part->amounts, err) < 0 ||
        read_sharing(object, part, err) < 0)
        return -1;
    if (preempt_mode_read(object, PREEMPT_OFF | PREEMPT_CANCEL | PREEMPT_REQUEUE,
                          &part->preempt_mode, err) < 0)
        return -1;
    return grace_read(object, &part->grace_sec, err);
}

/* ---- what jobs cost there ---- */

/* As billing.h has it, to be freed; NULL: it costs nothing by itself. */
static char *billed(const struct convert *c, enum tres tres, const char *type)
{
    switch (tres) {
    case TRES_CPU:
        return xstrdup("cpu");
    case TRES_MEM:
        return xstrdup("memory");
    case TRES_NODE:
        return xstrdup(BILLING_NODE);
    case TRES_GPU:
        return xstrdup(c->gpu_resource);
    case TRES_DEVICE:
        return xstrdup(type);
    case TRES_LICENSE:
        return xasprintf("%s%s", BILLING_LICENSE, type);
    case TRES_BILLING:
    case TRES_NONE:
    case TRES_KINDS:
        break;
    }
    return NULL;
}

/* "gres/gpu:h100" */
static int read_weight(const struct convert *c, struct partition *part, const char *key,
                       const struct json *val, struct err *err)
{
    const char *type;
    enum tres tres = tres_parse(key, &type);
    AUTO_FREE char *resource = billed(c, tres, type);
    if (!resource)
        return err_set(err, ERR_INVALID,
                       "no such TRES: right are cpu, mem, node, gres/gpu, "
                       "gres/gpu:TYPE, gres/DOMAIN/NAME and license/NAME");
    if ((!json_is(val, JSON_INT) && !json_is(val, JSON_DOUBLE)) ||
        !(json_double(val) >= 0) || json_double(val) > WEIGHT_MAX)
        return err_set(err, ERR_INVALID, "must be a number from 0 to %d", WEIGHT_MAX);
    partition_bill(part, resource, tres == TRES_GPU ? type : NULL,
                   (int64_t)(json_double(val) * 1e9 + 0.5));
    return 0;
}

static int read_weights(const struct convert *c, const struct json *object,
                        struct partition *part, struct err *err)
{
    const struct json *map = json_at(object, "spec.tresBillingWeights");
    if (map && !json_is(map, JSON_NULL) && !json_is(map, JSON_OBJECT))
        return err_set(err, ERR_INVALID, "spec.tresBillingWeights: expected object");
    for (json_each (it, map))
        if (read_weight(c, part, it.key, it.val, err) < 0)
            return err_prefix(err, "spec.tresBillingWeights.%s", it.key);
    return 0;
}

struct partition *convert_partition(const struct convert *c,
                                    const struct json *partition, struct err *err)
{
    struct partition *ret = partition_new();
    if (rules_hold("Partition", partition, err) == 0 &&
        read_partition(partition, ret, err) == 0 &&
        read_weights(c, partition, ret, err) == 0)
        return ret;
    partition_free(ret);
    return NULL;
}
