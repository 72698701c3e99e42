#include "tests/support/cluster_keys.h"

#include <string.h>

#include "base/quantity.h"
#include "base/util.h"
#include "scheduler/oversubscribe.h"

static int part_select(const struct setting *at, struct err *err)
{
    struct partition *part = at->object;

    (void)err;
    key_requirement(at, &part->selector);
    return 0;
}

static int part_state(const struct setting *at, struct err *err)
{
    static const char *const words[] = {"UP", "DOWN", "DRAIN", "INACTIVE"};
    struct partition *part = at->object;
    int i;

    if (key_word(at->value, words, ARRAY_LEN(words), &i, err) < 0)
        return -1;
    part->state = (enum part_state)i;
    return 0;
}

static int part_oversubscribe(const struct setting *at, struct err *err)
{
    return oversubscribe_read(at->value, at->object)
               ? 0
               : err_set(err, ERR_INVALID, "unknown word \"%s\"", at->value);
}

/* "1.5" of a resource, "node", or "x/gpu:h100". */
static int part_bill(const struct setting *at, struct err *err)
{
    AUTO_FREE char *key = xstrdup(at->key);
    char *type = key, *name = strsep(&type, ":");
    int64_t milli;

    if (quantity_parse_milli(at->value, &milli, err) < 0)
        return -1;
    if (strchr(name, '/') != NULL && !str_starts(name, BILLING_LICENSE) &&
        restable_intern(at->res, name) < 0)
        return err_set(err, ERR_INVALID, "too many resources");
    partition_bill(at->object, strcmp(name, "mem") == 0 ? "memory" : name, type,
                   milli * 1000000);
    return 0;
}

static int unknown_key(const struct setting *at, struct err *err)
{
    return err_set(err, ERR_INVALID, "unknown key \"%s\"", at->key);
}

#define ACCESS(f) KEY_NAMES(struct partition, access.f, access.n_##f)

const struct key cluster_part_keys[] = {
    {"default", KEY_FLAG(struct partition, is_default)},
    {"nodes", KEY_NAMES(struct partition, node_names, n_node_names)},
    {"select.", .set = part_select},
    {"allowaccounts", ACCESS(allow_accounts)},
    {"denyaccounts", ACCESS(deny_accounts)},
    {"allowqos", ACCESS(allow_qos)},
    {"denyqos", ACCESS(deny_qos)},
    {"allownamespaces", ACCESS(allow_namespaces)},
    {"allowgroups", ACCESS(allow_groups)},
    {"denygroups", ACCESS(deny_groups)},
    {"rootonly", KEY_FLAG(struct partition, access.operators)},
    {"tier", KEY_NUMBER(struct partition, priority_tier)},
    {"factor", KEY_NUMBER(struct partition, priority_job_factor)},
    {"maxtime", KEY_DURATION(struct partition, max_time_sec)},
    {"defaulttime", KEY_DURATION(struct partition, default_time_sec)},
    {"minnodes", KEY_NUMBER(struct partition, min_nodes)},
    {"bill.", .set = part_bill},
    {"maxnodes", KEY_NUMBER(struct partition, max_nodes)},
    {"state", .set = part_state},
    {"preemptmode", KEY_MODE(struct partition, preempt_mode)},
    {"grace", KEY_NUMBER(struct partition, grace_sec)},
    {"qos", KEY_TEXT(struct partition, qos)},
    {"overtime", KEY_DURATION(struct partition, over_time_sec)},
    {"defcpupergpu", KEY_NUMBER(struct partition, amounts.def_cpus_per_gpu)},
    {"defmempernode", KEY_SIZE(struct partition, amounts.def_mem_per_node)},
    {"defmempercpu", KEY_SIZE(struct partition, amounts.def_mem_per_cpu)},
    {"defmempergpu", KEY_SIZE(struct partition, amounts.def_mem_per_gpu)},
    {"maxmempercpu", KEY_SIZE(struct partition, amounts.max_mem_per_cpu)},
    {"maxmempernode", KEY_SIZE(struct partition, amounts.max_mem_per_node)},
    {"maxcpus", KEY_NUMBER(struct partition, amounts.max_cpus_per_node)},
    {"exclusive", KEY_FLAG(struct partition, exclusive)},
    {"exclusiveuser", KEY_FLAG(struct partition, exclusive_user)},
    {"oversubscribe", .set = part_oversubscribe},
    {"lln", KEY_FLAG(struct partition, lln)},
    {"reqresv", KEY_FLAG(struct partition, req_resv)},
    {NULL, .set = unknown_key},
};
