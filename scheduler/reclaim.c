#include "scheduler/reclaim.h"

#include <string.h>

#include "base/util.h"

static int64_t lack_of(const struct sched *s, const struct seeker *by, size_t i)
{
    return stock_lack(&s->timeline.stock, &by->takes.items[i], fence_kept(by->fence));
}

bool reclaim_lacks(const struct sched *s, const struct seeker *by)
{
    bool lacks = false;

    for (size_t i = 0; i < by->takes.n && !lacks; i++)
        lacks = lack_of(s, by, i) > 0;
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

/* So many it has more if that one ends. */
static int64_t gain_of(const struct sched *s, const struct seeker *by,
                       const struct victim *v, const char *name)
{
    const uint64_t *kept = fence_kept(by->fence);

    return stock_brings(&s->timeline.stock, v->rec->job, name,
                        kept != NULL ? kept[0] : 0, 0);
}

/* Who brings most of it, up to `lack`, and is not taken yet; NULL: nobody does. */
static struct victim *find_holder(const struct sched *s, struct herd *herd,
                                  const struct seeker *by, const char *name,
                                  int64_t lack)
{
    struct victim *best = NULL;
    int64_t most = 0;

    for (size_t i = 0; i < herd->n && most < lack; i++) {
        struct victim *v = &herd->victims[i];
        int64_t gain = v->out || v->taken ? 0 : gain_of(s, by, v, name);

        if (MIN(gain, lack) > most) {
            most = MIN(gain, lack);
            best = v;
        }
    }
    return best;
}

static bool take_for(const struct sched *s, struct herd *herd, const struct seeker *by,
                     const char *name, int64_t lack)
{
    for (size_t i = 0; i < herd->n; i++) {
        if (herd->victims[i].taken)
            lack -= gain_of(s, by, &herd->victims[i], name);
    }
    while (lack > 0) {
        struct victim *v = find_holder(s, herd, by, name, lack);

        if (v == NULL)
            return false;
        v->taken = true;
        lack -= gain_of(s, by, v, name);
    }
    return true;
}

bool reclaim_take(const struct sched *s, struct herd *herd, const struct seeker *by)
{
    bool enough = true;

    for (size_t i = 0; i < by->takes.n && enough; i++)
        enough = take_for(s, herd, by, by->takes.items[i].name, lack_of(s, by, i));
    return enough;
}
