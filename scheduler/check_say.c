/* What a job needs of nodes, and what there is of them, in words. */
#include "scheduler/check_private.h"

#include "scheduler/quota.h"

const char *check_side_by_side(const struct job *like, const struct room *room)
{
    if (room->block)
        return like->segment > 0 ? " in such segments" : " in one block";
    return like->contiguous ? " side by side" : "";
}

static void say_segments(const struct job *like, struct str *message)
{
    str_addf(message, ", each %lld of them in %s", (long long)like->segment,
             like->spread_segments ? "a block of their own" : "one block");
    if (like->consolidate_segments)
        str_add(message, ", all in one larger block");
}

bool check_counts_nodes(const struct job *like)
{
    return like->one_per_node && like->n_units == 0;
}

/* Of nodes as many as its list, its features and the partition ask for; in whole
 * segments. */
static int64_t least_pods(const struct cluster *c, const struct job *like,
                          const struct partition *part)
{
    const int64_t segment = c->topology.kind == TOPOLOGY_BLOCK ? like->segment : 0;
    const int64_t least =
        check_counts_nodes(like) ? placement_min_nodes(like, part) : like->min_pods;

    return segment > 0 ? (least + segment - 1) / segment * segment : least;
}

static void say_pods(const struct cluster *c, const struct job *like,
                     const struct partition *part, struct str *message)
{
    const struct resvec each = component_counts(like, &like->each);
    const int64_t least = least_pods(c, like, part);

    str_addf(message, "needs %lld %s%s %s ", (long long)least,
             like->one_per_node ? "node" : "pod", least == 1 ? "" : "s",
             like->one_per_node ? "with" : "of");
    cluster_describe(c, &each, message);
}

/* "16 tasks of cpu=2", "8 times x/gpu=1". */
static void say_unit(const struct cluster *c, const struct job *like, size_t kind,
                     int64_t n, struct str *message)
{
    const struct unit *unit = &like->units[kind];
    const struct resvec each = component_counts(like, &unit->each);

    str_addf(message, "%lld %s ", (long long)n,
             unit->tasks == 1 ? "tasks of" : "times");
    cluster_describe(c, &each, message);
}

/* "needs 16 tasks of cpu=2, on 2 to 4 nodes". */
static void say_units(const struct cluster *c, const struct job *like,
                      const struct partition *part, struct str *message)
{
    const int64_t least = MAX(like->min_pods, job_min_nodes(like, part));
    struct resvec rest = like->each;

    str_add(message, "needs ");
    for (size_t i = 0; i < like->n_units; i++) {
        str_add(message, i > 0 ? " and " : "");
        say_unit(c, like, i, like->units[i].count, message);
        resvec_sub(&rest, &like->units[i].each);
    }
    if (like->max_pods < job_least_units(like) && like->max_pods > least)
        str_addf(message, ", on %lld to %lld nodes", (long long)least,
                 (long long)like->max_pods);
    else if (least > 1)
        str_addf(message, ", on %s%lld nodes",
                 like->max_pods > least ? "at least " : "", (long long)least);
    rest = component_counts(like, &rest);
    rest.v[RES_PODS] = 0;
    if (resvec_is_zero(&rest))
        return;
    str_add(message, ", and on each node ");
    cluster_describe(c, &rest, message);
}

void check_say_need(const struct cluster *c, const struct job *like,
                    const struct partition *part, struct str *message)
{
    if (like->n_units > 0)
        say_units(c, like, part, message);
    else
        say_pods(c, like, part, message);
    if (like->gpu_type != NULL)
        str_addf(message, " on GPU type %s", like->gpu_type);
    if (like->constraint != NULL)
        str_addf(message, ", features %s", like->constraint);
    check_say_where(like, message);
    if (like->contiguous)
        str_add(message, ", on neighbouring nodes");
    if (like->segment > 0 && c->topology.kind == TOPOLOGY_BLOCK)
        say_segments(like, message);
    if (like->exclusive)
        str_add(message, ", no other job beside it");
    else if (like->exclusive_user)
        str_add(message, ", no other user's job beside it");
}

bool check_lacks_nodes(const struct job *like, const struct partrec *part,
                       const struct room *room)
{
    return check_counts_nodes(like) ||
           (int64_t)room->nodes < placement_min_nodes(like, part->part);
}

void check_say_room(const struct cluster *c, const struct job *like,
                    const struct room *room, struct str *message)
{
    if (like->n_units > 1)
        say_unit(c, like, room->kind, room->pods, message);
    else
        str_addf(message, "%lld", (long long)room->pods);
    str_add(message, room->beside ? " beside the others" : "");
}

void check_say_bound(const struct partrec *part, struct str *message)
{
    int64_t most = quota_bound(part->part) / 1000;

    if (most > 0)
        str_addf(message, "; jobs of partition %s have at most cpu=%lld of each node",
                 part->part->name, (long long)most);
}
