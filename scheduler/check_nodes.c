/* Which nodes there are for a job, and which of them are up. */
#include "scheduler/check_private.h"

#include "base/hostlist.h"
#include "base/util.h"
#include "scheduler/nodecap.h"
#include "scheduler/oversubscribe.h"
#include "scheduler/quota.h"

#define MESSAGE_MAX 2048

/* Of a node of its list, the first that does; false: nothing does. */
static bool say_what_shuts(const struct job *like, const struct node *node,
                           struct str *message)
{
    const char *why = NULL;

    if (shape_filters_admit(like, node))
        return false;
    if (names_have(like->exclude, like->n_exclude, node->name))
        why = "is excluded by the job as well";
    else if (like->gpu_type != NULL && !str_eq(like->gpu_type, node->gpu_type))
        why = "has no GPUs of the type that the job asks for";
    else if (taints_refuse(node, like->tolerations, like->n_tolerations))
        why = "has a taint that the job does not tolerate";
    else
        why = "does not meet the job's constraints";
    str_addf(message, "node %s %s", node->name, why);
    return true;
}

/* The node list against what there is: names, the partition, the job's own filters. */
static enum reason check_node_list(const struct cluster *c, const struct shape *shape,
                                   const struct partrec *part, struct str *message)
{
    const struct job *like = shape->like;

    if ((int64_t)like->n_node_list > like->max_pods) {
        str_addf(message, "the node list has %zu nodes, the job at most %lld",
                 like->n_node_list, (long long)like->max_pods);
        return REASON_BAD_CONSTRAINTS;
    }
    for (size_t i = 0; i < like->n_node_list; i++) {
        const char *name = like->node_list[i];
        const struct noderec *rec = cluster_node(c, name);

        if (rec == NULL || rec->position == POSITION_NONE)
            str_addf(message, "node %s does not exist", name);
        else if (!node_set_has(part->nodes, rec->position))
            str_addf(message, "node %s is not in partition %s", name, part->part->name);
        else if (say_what_shuts(like, rec->node, message))
            return REASON_BAD_CONSTRAINTS;
        else if (quota_shuts(c, like, rec))
            str_addf(message,
                     "node %s has more CPUs than jobs of partition %s may have of one",
                     name, part->part->name);
        else if (!node_set_has(shape->admits, rec->position))
            str_addf(message, "node %s is too small for a pod of the job", name);
        else
            continue;
        return REASON_BAD_CONSTRAINTS;
    }
    return REASON_NONE;
}

/* Each node counts for one feature only. */
static enum reason check_counts(const struct job *like, struct str *message)
{
    const int64_t counted = job_counted_nodes(like);

    if (counted <= like->max_pods)
        return REASON_NONE;
    str_addf(message, "the features %s are of %lld nodes, the job has at most %lld",
             like->constraint, (long long)counted, (long long)like->max_pods);
    return REASON_BAD_CONSTRAINTS;
}

/* Whole segments, whatever blocks there are. */
static enum reason check_segments(const struct cluster *c, const struct job *like,
                                  struct str *message)
{
    const int64_t segment = like->segment;

    if (segment == 0 || c->topology.kind != TOPOLOGY_BLOCK ||
        like->max_pods / segment * segment >= MAX(like->min_pods, segment))
        return REASON_NONE;
    if (like->min_pods == like->max_pods)
        str_addf(message, "its segments of %lld nodes do not divide %lld nodes",
                 (long long)segment, (long long)like->max_pods);
    else
        str_addf(message,
                 "its segments are of %lld nodes, and no multiple of that is from %lld "
                 "to %lld",
                 (long long)segment, (long long)like->min_pods,
                 (long long)like->max_pods);
    return REASON_BAD_CONSTRAINTS;
}

/* If the partition allowed so many nodes. */
static bool fits_within(struct placer *p, const struct cluster *c, struct placement at,
                        int64_t max_nodes)
{
    struct partition other = *at.part->part;
    struct partrec part = *at.part;
    struct room room;
    bool fits;

    other.max_nodes = max_nodes;
    other.lifts &= ~QOS_PART_MAX_NODES;
    part.part = &other;
    at.part = &part;
    fits = placement_fits(p, c, &at, &room);
    shape_forget(at.shape, &part); /* another one may lie in its place */
    return fits;
}

bool check_fits_on(struct placer *p, const struct cluster *c, struct shape *shape,
                   const struct partrec *part, int64_t max_nodes)
{
    const struct placement at = {.view = VIEW_WHOLE, .shape = shape, .part = part};

    return (shape->like->lifts & QOS_PART_MAX_NODES) != 0 ||
           fits_within(p, c, at,
                       MIN(max_nodes, job_max_nodes(shape->like, part->part)));
}

/* Pods that pack into nodes may need more of these than the partition allows. */
static bool only_node_limit(struct placer *p, const struct cluster *c,
                            struct placement at)
{
    return fits_within(p, c, at, LIMIT_UNLIMITED);
}

/* Or more of a node than the job may have. */
static enum reason only_nodecap(struct placer *p, const struct cluster *c,
                                struct placement at)
{
    enum reason reason = nodecap_reason(at.shape->like, at.part->part);
    struct room room;

    at.uncapped = true;
    return reason != REASON_NONE && placement_fits(p, c, &at, &room) ? reason
                                                                     : REASON_NONE;
}

static int64_t cpus_of(const struct cluster *c, const struct partrec *part)
{
    int64_t sum = 0;

    for (size_t i = 0; i < c->n_order; i++) {
        if (node_set_has(part->nodes, i) && c->order[i]->node != NULL)
            sum = add_capped(sum, c->order[i]->node->capacity.v[RES_CPU]);
    }
    return sum;
}

/* More nodes, or more CPUs, than the partition has in all: slurmctld takes such jobs in
 * (22.05, seen), and so do we, as nodes may come. REASON_NONE: it is not that. */
static enum reason check_size(const struct cluster *c, const struct job *like,
                              const struct partrec *part, struct str *message)
{
    int64_t cpus = cpus_of(c, part);
    struct resvec all = {0};

    if (placement_min_nodes(like, part->part) > (int64_t)part->n_nodes) {
        str_addf(message, "; partition %s has %zu node%s", part->part->name,
                 part->n_nodes, part->n_nodes == 1 ? "" : "s");
        return REASON_PARTITION_NODE_LIMIT;
    }
    if (job_ask(like).v[RES_CPU] <= cpus)
        return REASON_NONE;
    all.v[RES_CPU] = cpus;
    str_addf(message, "; partition %s has ", part->part->name);
    if (cpus > 0)
        cluster_describe(c, &all, message);
    else
        str_add(message, "no CPUs");
    return REASON_PARTITION_CONFIG;
}

/* Are all nodes of its node list to have the same of several features, and no feature
 * is on all of them? */
static bool is_list_mixed(const struct cluster *c, const struct shape *shape)
{
    const struct job *like = shape->like;
    bool mixed = like->n_same > 0 && like->n_node_list > 0;

    for (size_t i = 0; i < like->n_same && mixed; i++)
        mixed = !node_set_is_within(shape->required,
                                    shape->featured[like->n_counts + i], c->words);
    return mixed;
}

static enum reason check_whole(struct placer *p, const struct cluster *c,
                               const struct placement *at, struct str *message)
{
    const struct job *like = at->shape->like;
    const char *name = at->part->part->name;
    enum reason reason;
    struct room room;

    if (placement_may_fit(p, c, at, &room))
        return REASON_NONE;
    if (at->part->n_nodes == 0) {
        str_addf(message, "partition %s has no nodes", name);
        return REASON_PARTITION_CONFIG;
    }
    check_say_need(c, like, at->part->part, message);
    if (only_node_limit(p, c, *at)) {
        str_addf(message, "; partition %s allows at most %lld node%s, which hold ",
                 name, (long long)at->part->part->max_nodes,
                 at->part->part->max_nodes == 1 ? "" : "s");
        check_say_room(c, like, &room, message);
        return REASON_PARTITION_NODE_LIMIT;
    }
    reason = check_size(c, like, at->part, message);
    if (reason != REASON_NONE)
        return reason;
    if (is_list_mixed(c, at->shape)) {
        str_add(message, "; the nodes of its node list do not have the same of them");
    } else if (room.nodes == 0 && room.block) {
        str_add(message, "; the nodes of its node list are in more than one block");
    } else if (room.nodes == 0) {
        str_addf(message, "; no node of partition %s fits", name);
    } else if (room.lacks != NULL) {
        str_addf(message, "; partition %s has at most %lld with %s", name,
                 (long long)room.pods, room.lacks->text);
    } else if (check_lacks_nodes(like, at->part, &room)) {
        str_addf(message, "; partition %s has at most %zu that fit%s", name, room.nodes,
                 check_side_by_side(like, &room));
    } else {
        str_addf(message, "; partition %s has room for at most ", name);
        check_say_room(c, like, &room, message);
    }
    check_say_bound(at->part, message);
    reason = only_nodecap(p, c, *at);
    if (reason == REASON_NONE)
        return REASON_BAD_CONSTRAINTS;
    nodecap_say(c, like, at->part->part, message);
    return reason;
}

/* The nodes of its node list that are not usable: Slurm's UnavailableNodes. */
static bool say_unavailable(const struct cluster *c, const struct shape *shape,
                            struct str *message)
{
    const struct job *like = shape->like;
    HOSTLIST_AUTO struct hostlist down = {0};

    for (size_t i = 0; i < like->n_node_list; i++) {
        const struct noderec *rec = cluster_node(c, like->node_list[i]);

        if (rec != NULL && !(rec->usable && node_set_has(shape->ready, rec->position)))
            hostlist_add(&down, rec->name);
    }
    if (down.n == 0)
        return false;
    hostlist_sort(&down);
    str_add(message, "nodes of its node list are down or drained: ");
    hostlist_format(&down, message);
    return true;
}

static enum reason check_up(struct placer *p, const struct cluster *c,
                            const struct placement *at, struct str *message)
{
    const struct job *like = at->shape->like;
    struct room room;

    if (placement_may_fit(p, c, at, &room))
        return REASON_NONE;
    if (say_unavailable(c, at->shape, message))
        return REASON_REQ_NODE_NOT_AVAIL;
    check_say_need(c, like, at->part->part, message);
    if (room.lacks != NULL) {
        str_addf(message,
                 "; partition %s has %lld with %s that are neither down nor drained",
                 at->part->part->name, (long long)room.pods, room.lacks->text);
    } else if (check_lacks_nodes(like, at->part, &room)) {
        str_addf(message,
                 "; partition %s has %zu that fit%s and are neither down nor "
                 "drained",
                 at->part->part->name, room.nodes, check_side_by_side(like, &room));
    } else {
        str_addf(message,
                 "; nodes of partition %s that are neither down nor drained "
                 "have room for ",
                 at->part->part->name);
        check_say_room(c, like, &room, message);
    }
    return REASON_CONSTRAINTS;
}

/* The memory of a pod, with as few units as it can have. */
static enum reason check_memory(const struct cluster *c, const struct job *like,
                                const struct partition *part, struct str *message)
{
    struct resvec asked = {0}, most = {0};

    asked.v[RES_MEM] = like->each.v[RES_MEM];
    most.v[RES_MEM] = part->amounts.max_mem_per_node;
    if (most.v[RES_MEM] == 0 || asked.v[RES_MEM] <= most.v[RES_MEM])
        return REASON_NONE;
    str_add(message, "needs ");
    cluster_describe(c, &asked, message);
    str_addf(message, " on a node; partition %s allows at most ", part->name);
    cluster_describe(c, &most, message);
    return REASON_MAX_MEM_PER_LIMIT;
}

/* "needs cpu=8 on a node", which the partition has a bound for. */
static enum reason check_cpus(const struct cluster *c, const struct job *like,
                              const struct partrec *part, struct str *message)
{
    struct resvec asked = {0};

    asked.v[RES_CPU] = like->each.v[like->cpus];
    if (oversubscribe_jobs(part->part) > 1 && c->quotas.whole == QUOTA_LACKING) {
        str_addf(message,
                 "partition %s: there are too many kinds of resources for jobs to "
                 "share its CPUs",
                 part->part->name);
        return REASON_PARTITION_CONFIG;
    }
    if (quota_bound(part->part) == 0)
        return REASON_NONE;
    if (quota_is_lacking(part)) {
        str_addf(message,
                 "partition %s: too many partitions of its nodes have maxCPUsPerNode",
                 part->part->name);
        return REASON_PARTITION_CONFIG;
    }
    if (asked.v[RES_CPU] <= quota_bound(part->part))
        return REASON_NONE;
    str_add(message, "needs ");
    cluster_describe(c, &asked, message);
    str_add(message, " on a node");
    check_say_bound(part, message);
    return REASON_BAD_CONSTRAINTS;
}

enum reason check_component(struct placer *p, const struct cluster *c,
                            struct shape *shape, const struct partrec *part,
                            struct str *message)
{
    struct placement at = {.view = VIEW_WHOLE, .shape = shape, .part = part};
    enum reason reason;

    reason = check_memory(c, shape->like, part->part, message);
    if (reason == REASON_NONE)
        reason = check_cpus(c, shape->like, part, message);
    if (reason == REASON_NONE)
        reason = check_node_list(c, shape, part, message);
    if (reason == REASON_NONE)
        reason = check_counts(shape->like, message);
    if (reason == REASON_NONE)
        reason = check_segments(c, shape->like, message);
    if (reason == REASON_NONE)
        reason = check_whole(p, c, &at, message);
    at.view = VIEW_UP;
    if (reason == REASON_NONE)
        reason = check_up(p, c, &at, message);
    return reason;
}

static void judge(struct placer *p, const struct cluster *c, struct shape *shape,
                  struct fit *fit)
{
    STR_AUTO struct str message;

    str_init(&message, MESSAGE_MAX);
    shape_settle(shape, c);
    fit->verdict = shape->like->n_others > 0
                       ? check_components(p, c, shape, fit->part, &message)
                       : check_component(p, c, shape, fit->part, &message);
    free(fit->message);
    fit->message = str_take(&message);
    fit->gen = c->gen;
}

const struct fit *check_nodes(struct placer *p, const struct cluster *c,
                              struct shape *shape, const struct partrec *part)
{
    struct fit *fit = shape_fit(shape, part);

    if (fit->gen != c->gen)
        judge(p, c, shape, fit);
    return fit;
}
