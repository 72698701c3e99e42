#include "cmd/gantry-controller/policies.h"

#include "base/util.h"
#include "cmd/gantry-controller/controller_private.h"
#include "cmd/gantry-controller/cycle.h"
#include "cmd/gantry-controller/partwrite.h"
#include "cmd/gantry-controller/resvwrite.h"
#include "cmd/gantry-controller/usagewrite.h"
#include "cmd/gantry-controller/watches.h"
#include "crds/kinds.h"
#include "scheduler/preempt_rules.h"

#define CIRCLE_TEXT_MAX 1024

const struct kc_resource partition_resource = KIND_PARTITION, qos_resource = KIND_QOS,
                         account_resource = KIND_ACCOUNT;

static void complain(struct controller *ctl, const char *what,
                     const struct json *object, const struct err *err)
{
    log_warn(ctl->log, "%s %s is ignored: %s", what,
             json_str_or(object, "metadata.name", "?"), err->msg);
}

/* Who looks at it is told as well, in its status. */
static void complain_of_payer(struct controller *ctl, enum payer_kind kind,
                              const struct json *object, const struct err *err)
{
    complain(ctl, kind == PAYER_QOS ? "QOS" : "account", object, err);
    usage_unread(ctl, kind, object, err->msg);
    cycle_want(ctl);
}

/* ---- partitions ---- */

static void *make_partition(void *arg, const struct json *object)
{
    struct controller *ctl = arg;
    struct err err = ERR_INIT;
    struct partition *part = convert_partition(&ctl->convert, object, &err);
    if (!part) {
        complain(ctl, "partition", object, &err);
        partwrite_seen(ctl, object, err.msg);
    }
    return part;
}

static void free_partition(void *item)
{
    partition_free(item);
}

static void ask_partitions(struct controller *ctl)
{
    struct record *r, *tmp;
    if (ctl->synced)
        HASH_ITER (hh, ctl->records, r, tmp)
            record_ask_partitions(r);
}

static void partition_changed(void *arg, enum kc_change change, void *old_item,
                              void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    const struct partition *was = old_item;
    if (change == KC_DELETED) {
        sched_apply(ctl->sched, &(struct change){.kind = CHANGE_PARTITION_GONE,
                                                 .u.key = was->name});
        partwrite_forget(ctl, was->name);
    } else {
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_PARTITION,
                                     .u.partition = partition_copy(new_item)});
        partwrite_seen(ctl, object, NULL);
    }
    ctl->tree_moved = true; /* whose QOS is relative to which */
    ask_partitions(ctl);
    cycle_want(ctl);
}

/* ---- QOS ---- */

static void *make_qos(void *arg, const struct json *object)
{
    struct controller *ctl = arg;
    struct err err = ERR_INIT;
    struct qos *qos = convert_qos(object, &err);
    if (!qos)
        complain_of_payer(ctl, PAYER_QOS, object, &err);
    return qos;
}

static void free_qos(void *item)
{
    qos_free(item);
}

/* Its jobs are told as well; but who made the lists may have none. */
static void warn_of_circle(const struct controller *ctl, const struct qos *was,
                           const struct qos *is)
{
    STR_AUTO struct str text;
    str_init(&text, CIRCLE_TEXT_MAX);
    if (was && preempt_rules_equal(was, is))
        return;
    if (sched_say_circle(ctl->sched, is->name, &text))
        log_warn(ctl->log, "%s", text.s);
}

static void qos_changed(void *arg, enum kc_change change, void *old_item,
                        void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    const struct qos *was = old_item, *is = new_item;
    if (change == KC_DELETED) {
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_QOS_GONE, .u.key = was->name});
        usage_forget(ctl, PAYER_QOS, was->name);
    } else {
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_QOS, .u.qos = qos_copy(is)});
        warn_of_circle(ctl, was, is);
        usage_seen(ctl, PAYER_QOS, is->as_of.usage_sec, object);
    }
    ctl->limits_moved = true;
    ctl->tree_moved |= !was || !is || !preempt_rules_equal(was, is);
    cycle_want(ctl);
}

/* ---- accounts ---- */

static void *make_account(void *arg, const struct json *object)
{
    struct controller *ctl = arg;
    struct err err = ERR_INIT;
    struct account *account = convert_account(object, &err);
    if (!account)
        complain_of_payer(ctl, PAYER_ACCOUNT, object, &err);
    return account;
}

static void free_account(void *item)
{
    account_free(item);
}

static void account_changed(void *arg, enum kc_change change, void *old_item,
                            void *new_item, const struct json *object)
{
    struct controller *ctl = arg;
    const struct account *was = old_item, *is = new_item;
    if (change == KC_DELETED) {
        sched_apply(ctl->sched,
                    &(struct change){.kind = CHANGE_ACCOUNT_GONE, .u.key = was->name});
        usage_forget(ctl, PAYER_ACCOUNT, was->name);
        ctl->tree_moved = true;
    } else {
        sched_apply(ctl->sched, &(struct change){.kind = CHANGE_ACCOUNT,
                                                 .u.account = account_copy(is)});
        usage_seen(ctl, PAYER_ACCOUNT, is->as_of.usage_sec, object);
        ctl->tree_moved |= !was || !str_eq(was->parent, is->parent);
    }
    ctl->limits_moved = true;
    cycle_want(ctl);
}

/* ---- all of them ---- */

static const struct kc_cache_ops partition_ops = {make_partition, partition_changed,
                                                  free_partition, watches_synced,
                                                  watches_trouble},
                                 qos_ops = {make_qos, qos_changed, free_qos,
                                            watches_synced, watches_trouble},
                                 account_ops = {make_account, account_changed,
                                                free_account, watches_synced,
                                                watches_trouble};

static const struct {
    const struct kc_resource *resource;
    const struct kc_cache_ops *ops;
} kinds[POLICY_COUNT] = {
    [POLICY_PARTITION] = {&partition_resource, &partition_ops},
    [POLICY_QOS] = {&qos_resource, &qos_ops},
    [POLICY_ACCOUNT] = {&account_resource, &account_ops},
    [POLICY_RESERVATION] = {&reservation_resource, &reservation_ops},
};

void policies_start(struct controller *ctl)
{
    for (int i = 0; i < POLICY_COUNT; i++)
        ctl->policies[i] = kc_cache_new(
            ctl->client, &(struct kc_cache_spec){.resource = kinds[i].resource},
            kinds[i].ops, ctl);
}

void policies_stop(struct controller *ctl)
{
    for (int i = 0; i < POLICY_COUNT; i++)
        kc_cache_free(ctl->policies[i]);
}

bool policies_are_synced(const struct controller *ctl)
{
    for (int i = 0; i < POLICY_COUNT; i++)
        if (!kc_cache_is_synced(ctl->policies[i]))
            return false;
    return true;
}
