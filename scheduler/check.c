#include "scheduler/check.h"

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "scheduler/priority.h"

#define MESSAGE_MAX 2048

/* ---- the job itself ---- */

enum reason check_held(const struct job *job, struct str *message)
{
    switch (priority_hold(job)) {
    case HOLD_USER:
        str_add(message, "held by its owner");
        return REASON_JOB_HELD_USER;
    case HOLD_ADMIN:
        str_add(message, "held by an administrator");
        return REASON_JOB_HELD_ADMIN;
    case HOLD_NONE:
        break;
    }
    if (job->n_alloc > 0) {
        str_add(message, "pods of its last run are not gone yet");
        return REASON_CLEANING;
    }
    return REASON_NONE;
}

enum reason check_tasks(const struct job *job, struct str *message)
{
    if (job->tasks_limit == 0 || job->tasks_out < job->tasks_limit)
        return REASON_NONE;
    str_addf(message, "%lld of its tasks %s under way, and no more may be",
             (long long)job->tasks_out, job->tasks_out == 1 ? "is" : "are");
    return REASON_JOB_ARRAY_TASK_LIMIT;
}

enum reason check_begin(const struct job *job, int64_t now_sec, struct str *message)
{
    char when[TIME_TEXT_MAX];

    if (job->eligible_sec == TIME_UNSET || job->eligible_sec <= now_sec)
        return REASON_NONE;
    time_format_rfc3339(job->eligible_sec, when);
    str_addf(message, "may not start before %s", when);
    return REASON_BEGIN_TIME;
}

/* ---- partitions ---- */

int64_t check_limit(const struct job *job, const struct partition *part)
{
    if (job->limit_sec != LIMIT_UNSET)
        return job->limit_sec;
    if (part->default_time_sec != LIMIT_UNSET)
        return part->default_time_sec;
    if (job->wall_sec != LIMIT_UNLIMITED)
        return MIN(job->wall_sec, job_max_time(job, part));
    return part->max_time_sec;
}

/* What a job asks for at least that has a deadline, and no limit. */
#define LEAST_SEC 60

int64_t check_length(const struct job *job, const struct partition *part,
                     int64_t start_sec)
{
    int64_t limit = check_limit(job, part);

    if (job->time_min_sec != LIMIT_UNSET)
        return MIN(job->time_min_sec, limit);
    if (limit != LIMIT_UNLIMITED || job->deadline_sec == TIME_UNSET)
        return limit;
    return MAX(job->deadline_sec - MIN(start_sec, job->deadline_sec), LEAST_SEC);
}

int64_t check_largest(const struct job *job, const struct partition *part,
                      int64_t start_sec)
{
    int64_t limit = check_limit(job, part), least = check_length(job, part, start_sec);

    if (job->deadline_sec == TIME_UNSET)
        return limit;
    return MAX(MIN(limit, job->deadline_sec - MIN(start_sec, job->deadline_sec)),
               least);
}

int64_t check_latest(const struct job *job, const struct partition *part)
{
    int64_t length;

    if (job->deadline_sec == TIME_UNSET)
        return TIME_NEVER;
    length = check_length(job, part, job->deadline_sec);
    return job->deadline_sec - (length == LIMIT_UNLIMITED ? LEAST_SEC : length);
}

static enum reason node_limit(const struct job *job, const struct partition *part,
                              struct str *message)
{
    if (job->one_per_node && job->min_pods > job_max_nodes(job, part)) {
        str_addf(message, "needs %lld nodes; partition %s allows at most %lld",
                 (long long)job->min_pods, part->name, (long long)part->max_nodes);
        return REASON_PARTITION_NODE_LIMIT;
    }
    if (job->max_pods < job_min_nodes(job, part)) {
        str_addf(message, "can use %lld node%s; partition %s asks for at least %lld",
                 (long long)job->max_pods, job->max_pods == 1 ? "" : "s", part->name,
                 (long long)part->min_nodes);
        return REASON_PARTITION_NODE_LIMIT;
    }
    return REASON_NONE;
}

static enum reason time_limit(const struct job *job, const struct partition *part,
                              struct str *message)
{
    char limit[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];

    if (check_limit(job, part) <= job_max_time(job, part))
        return REASON_NONE;
    duration_format(check_limit(job, part), limit);
    duration_format(part->max_time_sec, max);
    str_addf(message, "time limit %s is over the maximum of partition %s, %s", limit,
             part->name, max);
    return REASON_PARTITION_TIME_LIMIT;
}

enum reason check_partition(const struct job *job, const struct partition *part,
                            struct str *message)
{
    enum reason reason = node_limit(job, part, message);

    if (reason == REASON_NONE)
        reason = time_limit(job, part, message);
    if (reason != REASON_NONE)
        return reason;
    switch (part->state) {
    case PART_UP:
    case PART_DRAIN: /* takes no new jobs, but starts what is queued */
        return REASON_NONE;
    case PART_DOWN:
        str_addf(message, "partition %s is down", part->name);
        return REASON_PARTITION_DOWN;
    case PART_INACTIVE:
        str_addf(message, "partition %s is inactive", part->name);
        return REASON_PARTITION_INACTIVE;
    }
    return REASON_NONE;
}

enum reason check_missing(const struct cluster *c, const char *name,
                          struct str *message)
{
    if (name != NULL)
        str_addf(message, "partition %s does not exist", name);
    else
        str_add(message, "no partition was asked for and none is the default");
    if (c->n_listed == 0)
        str_add(message, "; there are none");
    for (size_t i = 0; i < c->n_listed; i++)
        str_addf(message, "%s%s", i == 0 ? "; there are: " : ", ",
                 c->listed[i]->part->name);
    return REASON_PARTITION_CONFIG;
}

/* ---- nodes ---- */

/* Behind a count of nodes. */
static const char *side_by_side(const struct job *like)
{
    return like->contiguous ? " side by side" : "";
}

/* Are nodes what it counts in, rather than pods or units? */
static bool counts_nodes(const struct job *like)
{
    return like->one_per_node && like->n_units == 0;
}

static void say_pods(const struct cluster *c, const struct job *like,
                     struct str *message)
{
    const char *plural = like->min_pods == 1 ? "" : "s";

    str_addf(message, "needs %lld %s%s %s ", (long long)like->min_pods,
             like->one_per_node ? "node" : "pod", plural,
             like->one_per_node ? "with" : "of");
    cluster_describe(c, &like->each, message);
}

/* "16 tasks of cpu=2", "8 times x/gpu=1". */
static void say_unit(const struct cluster *c, const struct unit *unit, int64_t n,
                     struct str *message)
{
    str_addf(message, "%lld %s ", (long long)n,
             unit->tasks == 1 ? "tasks of" : "times");
    cluster_describe(c, &unit->each, message);
}

/* "needs 16 tasks of cpu=2, on 2 to 4 nodes". */
static void say_units(const struct cluster *c, const struct job *like,
                      struct str *message)
{
    struct resvec rest = like->each;

    str_add(message, "needs ");
    for (size_t i = 0; i < like->n_units; i++) {
        str_add(message, i > 0 ? " and " : "");
        say_unit(c, &like->units[i], like->units[i].count, message);
        resvec_sub(&rest, &like->units[i].each);
    }
    if (like->max_pods < job_least_units(like) && like->max_pods > like->min_pods)
        str_addf(message, ", on %lld to %lld nodes", (long long)like->min_pods,
                 (long long)like->max_pods);
    else if (like->min_pods > 1)
        str_addf(message, ", on %s%lld nodes",
                 like->max_pods > like->min_pods ? "at least " : "",
                 (long long)like->min_pods);
    rest.v[RES_PODS] = 0;
    if (resvec_is_zero(&rest))
        return;
    str_add(message, ", and on each node ");
    cluster_describe(c, &rest, message);
}

static void say_need(const struct cluster *c, const struct job *like,
                     struct str *message)
{
    if (like->n_units > 0)
        say_units(c, like, message);
    else
        say_pods(c, like, message);
    if (like->gpu_type != NULL)
        str_addf(message, " on GPU type %s", like->gpu_type);
    if (like->constraint != NULL)
        str_addf(message, ", features %s", like->constraint);
    if (like->contiguous)
        str_add(message, ", on neighbouring nodes");
    if (like->exclusive)
        str_add(message, ", no other job beside it");
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
        else if (!shape_filters_admit(like, rec->node))
            str_addf(message, "node %s is ruled out by other constraints or a taint",
                     name);
        else if (!node_set_has(shape->admits, rec->position))
            str_addf(message, "node %s is too small for a pod of the job", name);
        else
            continue;
        return REASON_BAD_CONSTRAINTS;
    }
    return REASON_NONE;
}

/* Pods that pack into nodes may need more of these than the partition allows. */
static bool only_node_limit(struct placer *p, const struct cluster *c,
                            struct placement at)
{
    struct partition unlimited = *at.part->part;
    struct partrec part = *at.part;
    struct room room;

    unlimited.max_nodes = LIMIT_UNLIMITED;
    part.part = &unlimited;
    at.part = &part;
    return placement_fits(p, c, &at, &room);
}

/* Are there too few nodes to begin with, whatever these hold? */
static bool lacks_nodes(const struct job *like, const struct partrec *part,
                        const struct room *room)
{
    return counts_nodes(like) ||
           (int64_t)room->nodes < placement_min_nodes(like, part->part);
}

/* How many pods or units there is room for; of two kinds, of which. */
static void say_room(const struct cluster *c, const struct job *like,
                     const struct room *room, struct str *message)
{
    if (like->n_units > 1)
        say_unit(c, &like->units[room->kind], room->pods, message);
    else
        str_addf(message, "%lld", (long long)room->pods);
}

static enum reason check_whole(struct placer *p, const struct cluster *c,
                               const struct placement *at, struct str *message)
{
    const struct job *like = at->shape->like;
    const char *name = at->part->part->name;
    struct room room;

    if (placement_fits(p, c, at, &room))
        return REASON_NONE;
    if (at->part->n_nodes == 0) {
        str_addf(message, "partition %s has no nodes", name);
        return REASON_BAD_CONSTRAINTS;
    }
    say_need(c, like, message);
    if (only_node_limit(p, c, *at)) {
        str_addf(message, "; partition %s allows at most %lld node%s, which hold ",
                 name, (long long)at->part->part->max_nodes,
                 at->part->part->max_nodes == 1 ? "" : "s");
        say_room(c, like, &room, message);
        return REASON_PARTITION_NODE_LIMIT;
    }
    if (room.nodes == 0) {
        str_addf(message, "; no node of partition %s fits", name);
    } else if (room.lacks != NULL) {
        str_addf(message, "; partition %s has at most %lld with %s", name,
                 (long long)room.pods, room.lacks->text);
    } else if (lacks_nodes(like, at->part, &room)) {
        str_addf(message, "; partition %s has at most %zu that fit%s", name, room.nodes,
                 side_by_side(like));
    } else {
        str_addf(message, "; partition %s has room for at most ", name);
        say_room(c, like, &room, message);
    }
    return REASON_BAD_CONSTRAINTS;
}

/* The nodes of its node list that are not usable: Slurm's UnavailableNodes. */
static bool say_unavailable(const struct cluster *c, const struct job *like,
                            struct str *message)
{
    HOSTLIST_AUTO struct hostlist down = {0};

    for (size_t i = 0; i < like->n_node_list; i++) {
        const struct noderec *rec = cluster_node(c, like->node_list[i]);

        if (rec != NULL && !rec->usable)
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

    if (placement_fits(p, c, at, &room))
        return REASON_NONE;
    if (say_unavailable(c, like, message))
        return REASON_REQ_NODE_NOT_AVAIL;
    say_need(c, like, message);
    if (room.lacks != NULL) {
        str_addf(message,
                 "; partition %s has %lld with %s that are neither down nor drained",
                 at->part->part->name, (long long)room.pods, room.lacks->text);
    } else if (lacks_nodes(like, at->part, &room)) {
        str_addf(message,
                 "; partition %s has %zu that fit%s and are neither down nor "
                 "drained",
                 at->part->part->name, room.nodes, side_by_side(like));
    } else {
        str_addf(message,
                 "; nodes of partition %s that are neither down nor drained "
                 "have room for ",
                 at->part->part->name);
        say_room(c, like, &room, message);
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

static enum reason verdict(struct placer *p, const struct cluster *c,
                           struct shape *shape, const struct partrec *part,
                           struct str *message)
{
    struct placement at = {.view = VIEW_WHOLE, .shape = shape, .part = part};
    enum reason reason;

    reason = check_memory(c, shape->like, part->part, message);
    if (reason == REASON_NONE)
        reason = check_node_list(c, shape, part, message);
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
    fit->verdict = verdict(p, c, shape, fit->part, &message);
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

/* ---- busy ---- */

/* "2 are free now". */
static void say_nodes_now(int64_t count, const char *feature, const char *how,
                          struct str *message)
{
    if (count == 0)
        str_add(message, "none");
    else
        str_addf(message, "%lld", (long long)count);
    if (feature != NULL)
        str_addf(message, " with %s", feature);
    str_addf(message, " %s free%s now", count > 1 ? "are" : "is", how);
}

static void say_room_now(const struct cluster *c, const struct job *like,
                         const struct room *room, struct str *message)
{
    if (room->pods == 0)
        str_add(message, "none");
    else
        say_room(c, like, room, message);
    str_add(message, room->pods > 1 ? " fit now" : " fits now");
}

enum reason check_busy(struct placer *p, const struct cluster *c,
                       const struct placement *now, const struct seeker *by,
                       struct str *message)
{
    const struct job *like = now->shape->like;
    struct room room = {0};
    bool fits = window_is_enough(now->window, by);
    bool nodes = counts_nodes(like) && !placement_has_rules(like);

    if (!nodes)
        fits = placement_fits(p, c, now, &room);
    say_need(c, like, message);
    str_add(message, "; ");
    if (nodes)
        say_nodes_now(window_count(now->window, by), NULL, "", message);
    else if (room.lacks != NULL)
        say_nodes_now(room.pods, room.lacks->text, "", message);
    else if (counts_nodes(like) ||
             (room.nodes > 0 && lacks_nodes(like, now->part, &room)))
        say_nodes_now((int64_t)room.nodes, NULL, side_by_side(like), message);
    else
        say_room_now(c, like, &room, message);
    if (fits)
        str_add(message, ", but jobs of higher priority are planned there");
    else if (like->n_node_list > 0)
        str_add(message, "; all nodes of its node list must be free");
    return fits ? REASON_PRIORITY : REASON_RESOURCES;
}
