/* Changes: what the core is told of, counted at once. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/charge.h"
#include "scheduler/core.h"
#include "scheduler/jobchange.h"

/* A pod is told of again whenever its status moves: the same one takes nothing, and
 * gives nothing back. */
static void apply_pod(struct sched *s, struct foreign_pod *pod)
{
    AUTO_FREE char *uid = xstrdup(pod->uid);

    if (cluster_has_pod(&s->cluster, pod)) {
        foreign_pod_free(pod);
        return;
    }
    book_strike_pod(s, cluster_pod(&s->cluster, uid));
    s->dirty |= cluster_put_pod(&s->cluster, pod);
    book_enter_pod(s, cluster_pod(&s->cluster, uid));
}

/* Other nodes are shut, and running jobs may end at another time. */
static void reservations_change(struct sched *s, bool changed)
{
    if (!changed)
        return;
    s->reserve.changed = true;
    reserve_uncount_all(&s->reserve);
    held_outdate(&s->held); /* limits on what they hold until then */
    s->timeline_gen = 0;
    s->end_sec = INT64_MIN;
    s->dirty = true;
    s->rules_changed = true;
}

/* Partitions, QOS, accounts, settings: who may start at all. */
static void rules_change(struct sched *s, bool changed)
{
    s->dirty |= changed;
    s->rules_changed |= changed;
    s->charge_again |= changed; /* jobs may be charged to others */
    s->rules_gen += changed;
    if (!changed)
        return;
    if (s->held.any)
        s->timeline_gen = 0; /* its pledges are of limits that may be no more */
    held_outdate(&s->held);
}

static void apply_config(struct sched *s, const struct sched_config *config)
{
    const struct topology_rules rules = sched_config_topology(config);

    s->config = *config;
    s->end_sec = INT64_MIN; /* what jobs may run over their limits */
    cluster_forget_weighed(&s->cluster);
    cluster_set_topology(&s->cluster, &rules);
    s->timeline_gen = 0; /* its window */
    rules_change(s, true);
}

static void apply_resources(struct sched *s, const struct restable *resources)
{
    s->rules_changed = true;
    held_outdate(&s->held);
    s->rules_gen++;
    s->dirty |= cluster_set_resources(&s->cluster, resources);
    s->asked.changed = true; /* what is a device */
}

static void apply_partition(struct sched *s, struct partition *part)
{
    if (part->exclusive_user)
        owners_begin(s);
    rules_change(s, cluster_put_partition(&s->cluster, part));
    s->end_sec = INT64_MIN; /* it may be the limit of running jobs */
}

static void nodes_change(struct sched *s, bool changed)
{
    s->dirty |= changed;
    if (changed)
        held_outdate(&s->held); /* limits on GPUs of a type */
}

void sched_apply(struct sched *s, const struct change *change)
{
    struct cluster *c = &s->cluster;

    s->told++;
    switch (change->kind) {
    case CHANGE_NODE:
        nodes_change(s, cluster_put_node(c, change->u.node));
        break;
    case CHANGE_NODE_GONE:
        nodes_change(s, cluster_drop_node(c, change->u.key));
        break;
    case CHANGE_PARTITION:
        apply_partition(s, change->u.partition);
        break;
    case CHANGE_PARTITION_GONE:
        rules_change(s, cluster_drop_partition(c, change->u.key));
        s->end_sec = INT64_MIN;
        break;
    case CHANGE_QOS:
        charge_first_payers(s);
        rules_change(s, policy_put_qos(&s->policy, change->u.qos));
        break;
    case CHANGE_QOS_GONE:
        rules_change(s, policy_drop_qos(&s->policy, change->u.key));
        break;
    case CHANGE_ACCOUNT:
        charge_first_payers(s);
        rules_change(s, policy_put_account(&s->policy, change->u.account));
        break;
    case CHANGE_ACCOUNT_GONE:
        rules_change(s, policy_drop_account(&s->policy, change->u.key));
        break;
    case CHANGE_RESERVATION:
        reservations_change(s, reserve_put(&s->reserve, change->u.reservation));
        break;
    case CHANGE_RESERVATION_GONE:
        reservations_change(s, reserve_drop(&s->reserve, change->u.key));
        break;
    case CHANGE_JOB:
        if (job_sharing(change->u.job, NULL) == SHARES_WITH_USER)
            owners_begin(s);
        jobchange_apply(s, change->u.job);
        break;
    case CHANGE_JOB_GONE:
        jobchange_apply_gone(s, change->u.key);
        break;
    case CHANGE_FOREIGN_POD:
        apply_pod(s, change->u.pod);
        break;
    case CHANGE_FOREIGN_POD_GONE:
        book_strike_pod(s, cluster_pod(c, change->u.key));
        s->dirty |= cluster_drop_pod(c, change->u.key);
        break;
    case CHANGE_RESOURCES:
        apply_resources(s, change->u.resources);
        break;
    case CHANGE_CONFIG:
        apply_config(s, change->u.config);
        break;
    }
}
