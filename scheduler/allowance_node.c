/* What a job counts for on one node under limits (MaxTRESPerNode). */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/billing.h"

/* Of a resource of nodes. */
static int64_t asked_of_a_node(const struct asking *a, const struct limit *limit,
                               int resource)
{
    const bool typed = limit->tres == TRES_GPU && limit->type != NULL;

    return !typed || str_eq(limit->type, a->job->gpu_type) ? a->pod.v[resource] : 0;
}

static int64_t most_of_resource(const struct sched *s, const struct asking *a,
                                const struct limit *limit)
{
    int64_t most = 0;

    for (size_t i = 0; i < a->n_slots; i++)
        most = MAX(most, asking_amount_on(s, a, limit, a->slots[i].node));
    return most;
}

/* Licences are of no node. */
static int64_t billing_on(const struct sched *s, const struct asking *a,
                          const char *node, struct slot *room)
{
    struct holding h = {.slots = room, .alone = job_is_alone(a->job, a->part)};

    for (size_t i = 0; i < a->n_slots; i++)
        if (strcmp(a->slots[i].node, node) == 0)
            room[h.n++] = a->slots[i];
    return billing_of(&s->cluster, a->part, &h, s->config.priority_flags);
}

static int64_t most_billing(const struct sched *s, const struct asking *a)
{
    AUTO_FREE struct slot *room = xcalloc(a->n_slots + 1, sizeof(*room));
    int64_t most = 0;

    for (size_t i = 0; i < a->n_slots; i++)
        most = MAX(most, billing_on(s, a, a->slots[i].node, room));
    return most;
}

int64_t asking_on_a_node(const struct sched *s, const struct asking *a,
                         const struct limit *limit)
{
    int resource = resource_of_tres(s, limit);

    if (limit->tres == TRES_NODE)
        return 1;
    if (limit->tres == TRES_BILLING)
        return most_billing(s, a);
    if (resource < 0)
        return 0;
    return a->slots != NULL ? most_of_resource(s, a, limit)
                            : asked_of_a_node(a, limit, resource);
}
