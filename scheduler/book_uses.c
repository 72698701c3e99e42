/* What a job takes, node by node. */
#include "scheduler/book_private.h"

#include "base/util.h"
#include "scheduler/quota.h"

static void size_positions(struct claim *claim, size_t n)
{
    claim->positions = xrealloc(claim->positions, (n + 1) * sizeof(*claim->positions));
    claim->n_positions = n;
}

void book_place(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;

    size_positions(&rec->claim, job->n_alloc > 0 ? job->n_alloc : job->plan.n_slots);
    placement_positions(&s->placer, rec->claim.positions);
    rec->claim.positions_gen = s->cluster.set_gen;
}

static uint32_t look_up(const struct cluster *c, const char *name)
{
    const struct noderec *node = cluster_node(c, name);

    return node != NULL && node->position != POSITION_NONE ? (uint32_t)node->position
                                                           : CLAIM_NOWHERE;
}

const uint32_t *book_positions(const struct sched *s, struct jobrec *rec,
                               const struct slot *slots, size_t n)
{
    struct claim *claim = &rec->claim;

    if (claim->positions_gen == s->cluster.set_gen)
        return claim->positions;
    size_positions(claim, n);
    for (size_t i = 0; i < n; i++)
        claim->positions[i] = look_up(&s->cluster, slots[i].node);
    claim->positions_gen = s->cluster.set_gen;
    return claim->positions;
}

/* The partition of the nodes that it holds, or of those of its plan; NULL: gone. */
static const struct partrec *partition_of(const struct sched *s, const struct job *job)
{
    const char *name = job->n_alloc > 0 ? job->partition : job->plan.partition;

    return cluster_partition(&s->cluster, name);
}

enum sharing book_sharing(const struct sched *s, const struct job *job)
{
    const struct partrec *first = partition_of(s, job);
    enum sharing sharing = job_sharing(job, NULL);

    for (size_t i = 0; i <= job->n_others && job->n_alloc == 0; i++) {
        const struct partrec *part =
            cluster_component_partition(&s->cluster, job, i, first);

        if (part != NULL)
            sharing = MAX(sharing, job_sharing(job, part->part));
    }
    return sharing;
}

/* What one of them takes on its node. */
static struct resvec amount_of(const struct sched *s, const struct job *job,
                               const struct slot *slot, size_t position)
{
    size_t component = MIN((size_t)slot->component, job->n_others);
    struct tenure as = {0};

    if (s->cluster.quotas.n > 0) {
        as.part = cluster_component_partition(&s->cluster, job, component,
                                              partition_of(s, job));
        as.lot = reserve_lot_on(s, job_reservation(job), position);
    }
    return quota_use(&s->cluster, &as, slot, position);
}

size_t book_find_uses(struct sched *s, struct jobrec *rec, const struct slot *slots,
                      size_t n, enum sharing sharing)
{
    const uint32_t *at = book_positions(s, rec, slots, n);
    size_t n_uses = 0;

    for (size_t i = 0; i < n; i++) {
        bool seated =
            i > 0 && at[i - 1] == at[i] && slots[i - 1].component == slots[i].component;

        if (at[i] == CLAIM_NOWHERE || !job_holds(rec->job, &slots[i]))
            continue;
        GROW(s->uses, n_uses, s->uses_cap);
        s->uses[n_uses++] = (struct use){
            .position = at[i],
            .amount = amount_of(s, rec->job, &slots[i], at[i]),
            .seats = seated                       ? 0
                     : sharing == SHARES_WITH_ALL ? 1
                                                  : SEATS_ROW,
            .component = MIN((size_t)slots[i].component, rec->job->n_others)};
    }
    return n_uses;
}

size_t book_uses(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    bool plan = job->n_alloc == 0;

    return book_find_uses(s, rec, plan ? job->plan.slots : job->alloc,
                          plan ? job->plan.n_slots : job->n_alloc, rec->claim.sharing);
}
