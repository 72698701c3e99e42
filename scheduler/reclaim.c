#include "scheduler/reclaim.h"

#include <string.h>

#include "base/util.h"

bool reclaim_lacks(const struct sched *s, const struct seeker *by)
{
    const uint64_t kept = fence_keeps(by->fence, 0, TIME_NEVER);
    bool lacks = false;

    for (size_t i = 0; i < by->takes.n && !lacks; i++)
        lacks = stock_lack(&s->timeline.stock, &by->takes.items[i], kept, 0) > 0;
    return lacks;
}

bool reclaim_wants(const struct sched *s, const struct job *job,
                   const struct seeker *by)
{
    bool wants = false;

    for (size_t i = 0; i < by->takes.n && !wants; i++)
        wants = license_count(job_licenses(job), by->takes.items[i].name) > 0;
    return wants && s->config.preempt_reclaim_licenses;
}

/* What is short in a slot. */
struct gap {
    const struct stock *stock;
    size_t slot;
    uint64_t kept;
    const struct license *need; /* one that is */
    int64_t lack;
};

/* So many more there are then if it ends. */
static int64_t gain_of(const struct gap *gap, const struct victim *v)
{
    if (v->out || v->taken || v->rec->claim.given <= gap->slot)
        return 0;
    return stock_brings(gap->stock, v->rec->job, gap->need->name, gap->kept, gap->slot);
}

/* Who brings most, up to what lacks; NULL: all of them bring too little. */
static struct victim *find_holder(const struct gap *gap, struct herd *herd)
{
    struct victim *best = NULL;
    int64_t most = 0, sum = 0;

    for (size_t i = 0; i < herd->n && most < gap->lack; i++) {
        int64_t gain = gain_of(gap, &herd->victims[i]);

        sum += gain;
        if (MIN(gain, gap->lack) > most) {
            most = MIN(gain, gap->lack);
            best = &herd->victims[i];
        }
    }
    return sum >= gap->lack ? best : NULL;
}

static bool find_gap(struct sched *s, const struct seeker *by, size_t first,
                     struct gap *gap)
{
    *gap = (struct gap){.stock = &s->timeline.stock};
    gap->slot = window_unlicensed(&s->window, by, first, &gap->kept);
    for (size_t i = 0; gap->slot != SLOT_NONE && i < by->takes.n && gap->lack == 0;
         i++) {
        gap->need = &by->takes.items[i];
        gap->lack = stock_lack(gap->stock, gap->need, gap->kept, gap->slot);
    }
    return gap->lack > 0;
}

struct victim *reclaim_next(struct sched *s, struct herd *herd, const struct seeker *by,
                            size_t first)
{
    struct gap gap;

    if (by->takes.n == 0 || !s->config.preempt_reclaim_licenses ||
        !find_gap(s, by, first, &gap))
        return NULL;
    return find_holder(&gap, herd);
}
