/* What the components of a job ask for, and what they count for together. */
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/check.h"
#include "scheduler/component.h"
#include "scheduler/variant.h"

static const struct partition *component_part(const struct sched *s,
                                              const struct job *job, size_t component,
                                              const struct partition *first)
{
    const struct partrec *own =
        cluster_component_partition(&s->cluster, job, component, NULL);

    return own != NULL ? own->part : first;
}

void askings_init(const struct sched *s, struct askings *ret, const struct job *job,
                  const struct partition *part, const struct slot *slots, size_t n)
{
    ret->n = job->n_others + 1;
    for (size_t i = 0; i < ret->n; i++) {
        struct asking *a = &ret->items[i];

        *a = (struct asking){.job = component_alone(job, i, &ret->alone[i]),
                             .component = i,
                             .part = component_part(s, job, i, part),
                             .slots = slots,
                             .n_slots = n};
        if (ret->n > 1)
            a->slots = component_slots(slots, n, i, &a->n_slots);
    }
}

void asking_measure(const struct sched *s, struct asking *a)
{
    if (a->part != NULL)
        a->least = variant_ask(a->part, s->cluster.res.gpu, a->job, &a->pod);
}

void askings_measure(const struct sched *s, struct askings *all, const struct job *job,
                     const struct partition *part)
{
    const int64_t first_sec =
        job->n_alloc == 0 ? check_least_limit(job, part) : check_limit(job, part);

    for (size_t i = 0; i < all->n; i++) {
        const int64_t limit_sec = check_component_limit(job, i, part);

        all->items[i].limit_sec = limit_sec;
        all->items[i].least_sec = MIN(limit_sec, first_sec);
        asking_measure(s, &all->items[i]);
    }
}

static bool is_of(const struct sched *s, const struct asking *a,
                  const struct limits *of)
{
    struct places places;
    bool is = false;

    places_find(s, a->job, a->part, &places);
    for (size_t i = 0; i < places.n; i++)
        is |= places.items[i].limits == of;
    return is;
}

/* Does it count for the limit of a place together with the other one? Who is free
 * counts by himself. */
static bool asking_joins(const struct sched *s, const struct asking *a,
                         const struct asking *other, const struct limits *of,
                         const struct limit *limit)
{
    struct whose own, others;

    if (!is_of(s, other, of) || asking_is_free(s, a, limit) ||
        asking_is_free(s, other, limit))
        return false;
    return strcmp(asking_whose(s, a, limit, &own),
                  asking_whose(s, other, limit, &others)) == 0;
}

bool limit_is_shared(const struct limit *limit)
{
    return limit_rows[limit->kind].whose != WHOSE_JOB;
}

struct slot *asker_slots(const struct sched *s, const struct asker *by,
                         const struct place_of *place, const struct limit *limit,
                         size_t *ret_n)
{
    struct slot *slots = NULL;

    *ret_n = 0;
    for (size_t i = 0; i < by->all->n; i++) {
        const struct asking *a = &by->all->items[i];

        if (a->n_slots == 0 ||
            (a != by->one && !asking_joins(s, by->one, a, place->limits, limit)))
            continue;
        slots = xrealloc(slots, (*ret_n + a->n_slots) * sizeof(*slots));
        memcpy(slots + *ret_n, a->slots, a->n_slots * sizeof(*slots));
        *ret_n += a->n_slots;
    }
    return slots;
}

/* On one node several may be, so that before they have any the greatest counts. */
static int64_t nodes_needed(const struct sched *s, const struct asker *by,
                            const struct place_of *place, const struct limit *limit)
{
    AUTO_FREE struct slot *slots = NULL;
    int64_t need = asking_need(s, by->one, limit);
    size_t n;

    if (by->one->slots != NULL) {
        slots = asker_slots(s, by, place, limit, &n);
        return slots_nodes(slots, n);
    }
    for (size_t i = 0; i < by->all->n; i++) {
        const struct asking *other = &by->all->items[i];

        if (other != by->one && asking_joins(s, by->one, other, place->limits, limit))
            need = MAX(need, asking_need(s, other, limit));
    }
    return need;
}

typedef int64_t amount_fn(const struct sched *s, const struct asking *a,
                          const struct limit *limit);

/* Of all that count together with it. */
static int64_t sum_of(const struct sched *s, const struct asker *by,
                      const struct place_of *place, const struct limit *limit,
                      amount_fn *amount)
{
    int64_t sum = amount(s, by->one, limit);

    for (size_t i = 0; i < by->all->n && limit_is_shared(limit); i++) {
        const struct asking *other = &by->all->items[i];

        if (other != by->one && asking_joins(s, by->one, other, place->limits, limit))
            sum = add_capped(sum, amount(s, other, limit));
    }
    return sum;
}

int64_t asker_need(const struct sched *s, const struct asker *by,
                   const struct place_of *place, const struct limit *limit)
{
    if (by->all->n > 1 && limit_is_shared(limit) && limit_is_on_nodes(limit) &&
        (by->one->slots != NULL || !job_is_alone(by->one->job, by->one->part)))
        return nodes_needed(s, by, place, limit);
    return sum_of(s, by, place, limit, asking_need);
}

int64_t asker_takes(const struct sched *s, const struct asker *by,
                    const struct place_of *place, const struct limit *limit)
{
    return sum_of(s, by, place, limit, asking_takes);
}

static void add_use(struct pledge_uses *uses, __int128 rate, int64_t lasts_sec)
{
    size_t i = 0;

    while (i < uses->n && uses->items[i].lasts_sec != lasts_sec)
        i++;
    if (i == uses->n)
        uses->items[uses->n++] = (struct pledge_use){.lasts_sec = lasts_sec};
    uses->items[i].rate += rate;
}

void asker_uses(const struct sched *s, const struct asker *by,
                const struct place_of *place, const struct limit *limit, bool charged,
                struct pledge_uses *ret)
{
    ret->n = 0;
    add_use(ret, asking_rate(s, by->one, limit, charged), by->one->least_sec);
    for (size_t i = 0; i < by->all->n; i++) {
        const struct asking *other = &by->all->items[i];

        if (other != by->one && asking_joins(s, by->one, other, place->limits, limit))
            add_use(ret, asking_rate(s, other, limit, charged), other->least_sec);
    }
}

unsigned asker_joined(const struct sched *s, const struct asker *by,
                      const struct place_of *place, const struct limit *limit)
{
    unsigned joined = 1u << by->one->component;

    for (size_t i = 0; i < by->all->n && limit_is_shared(limit); i++) {
        const struct asking *other = &by->all->items[i];

        if (other != by->one && asking_joins(s, by->one, other, place->limits, limit))
            joined |= 1u << other->component;
    }
    return joined;
}

int64_t asker_nodes(const struct sched *s, const struct asker *by,
                    const struct place_of *place, const struct limit *limit,
                    const char *whose)
{
    AUTO_FREE struct slot *slots = NULL;
    size_t n;

    slots = asker_slots(s, by, place, limit, &n);
    return held_nodes_with(&s->held, limit, whose, slots, n);
}
