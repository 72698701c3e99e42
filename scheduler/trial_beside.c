/* Could a job be beside its group later, where what runs leaves it too few other nodes
 * now? */
#include "scheduler/trial_private.h"

#include "base/util.h"
#include "scheduler/allowance.h"

/* How many of them could ever hold a pod of it. */
static int64_t count_fit(const struct seeker *by, const uint64_t *nodes)
{
    int64_t n = 0;

    for (size_t i = 0; i < by->timeline->words; i++)
        n += __builtin_popcountll(nodes[i] & by->part->nodes[i] & by->shape->ready[i]);
    return n;
}

int64_t trial_fewest_nodes(struct sched *s, const struct entry *entry,
                           const uint64_t *uncounted)
{
    const struct components all = {
        .placer = &s->placer,
        .cluster = &s->cluster,
        .at = {.view = VIEW_WHOLE, .shape = trial_shape(s, entry), .part = entry->part},
        .lot = reserve_lot(s, entry->resv),
    };

    return components_fewest_nodes(&all, allowance_nodes_of(s), uncounted);
}

/* Together on as few others as are left. */
static bool may_lodge_beside(struct sched *s, const struct entry *entry)
{
    AUTO_FREE uint64_t *nodes = trial_group_nodes(s);
    const int64_t fewest = trial_fewest_nodes(s, entry, nodes);

    return fewest >= 0 && fewest <= MAX(allowance_nodes_left(s), 0);
}

bool trial_may_go_beside(struct sched *s, const struct entry *entry,
                         const struct seeker *by)
{
    const int64_t lacks = by->need - MAX(allowance_nodes_left(s), 0);
    AUTO_FREE uint64_t *nodes = NULL;

    if (!allowance_lacks_nodes(s))
        return false;
    if (entry->rec->job->n_others > 0)
        return may_lodge_beside(s, entry);
    if (lacks <= 0)
        return false;
    nodes = trial_group_nodes(s);
    return count_fit(by, nodes) >= lacks;
}
