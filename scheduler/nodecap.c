#include "scheduler/nodecap.h"

#include <string.h>

#include "base/util.h"

/* NULL: its QOS and account bound nothing there. */
static const struct node_cap *cap_there(const struct job *like,
                                        const struct partition *part)
{
    for (size_t i = 0; i < like->n_caps; i++) {
        if (strcmp(like->caps[i].partition, part->name) == 0)
            return &like->caps[i];
    }
    return NULL;
}

/* How much of a resource; INT64_MAX: of all that there is. */
static int64_t most_of(const struct job *like, const struct partition *part,
                       const struct node_cap *cap, int resource)
{
    int64_t mem = resource == RES_MEM ? part->amounts.max_mem_per_node : 0;
    int64_t bound = cap != NULL ? cap->most.v[resource] : 0;

    bound = MIN(bound > 0 ? bound : INT64_MAX, mem > 0 ? mem : INT64_MAX);
    return MAX(bound, like->each.v[resource == RES_CPU ? like->cpus : resource]);
}

static bool bounds_nothing(const struct job *like, const struct partition *part)
{
    return like->n_caps == 0 && part->amounts.max_mem_per_node == 0;
}

void nodecap_bound(const struct job *like, const struct partition *part,
                   struct resvec *space)
{
    const struct node_cap *cap;

    if (bounds_nothing(like, part))
        return;
    cap = cap_there(like, part);
    for (int i = 0; i < RES_MAX; i++) {
        int64_t *free_ = &space->v[i == RES_CPU ? like->cpus : i];

        *free_ = MIN(*free_, most_of(like, part, cap, i));
    }
}

bool nodecap_admits(const struct job *like, const struct partition *part,
                    const struct resvec *amount)
{
    struct resvec bound = *amount;

    nodecap_bound(like, part, &bound);
    return resvec_fits(amount, &bound);
}

enum reason nodecap_reason(const struct job *like, const struct partition *part)
{
    const struct node_cap *cap = cap_there(like, part);

    if (cap != NULL)
        return (enum reason)cap->reason;
    return part->amounts.max_mem_per_node > 0 ? REASON_MAX_MEM_PER_LIMIT : REASON_NONE;
}

void nodecap_say(const struct cluster *c, const struct job *like,
                 const struct partition *part, struct str *message)
{
    const struct node_cap *cap = cap_there(like, part);
    struct resvec bound = {0};

    for (int i = 0; i < RES_MAX; i++) {
        int64_t amount = most_of(like, part, cap, i);

        bound.v[i] = amount == INT64_MAX ? 0 : amount;
    }
    str_add(message, "; of each node it may have ");
    cluster_describe(c, &bound, message);
}
