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

/* Who has most of it, up to `lack`, and is not taken yet; NULL: nobody has any. */
static struct victim *find_holder(struct herd *herd, const char *name, int64_t lack)
{
    struct victim *best = NULL;
    int64_t most = 0;

    for (size_t i = 0; i < herd->n && most < lack; i++) {
        struct victim *v = &herd->victims[i];
        int64_t count =
            v->out || v->taken ? 0 : license_count(job_licenses(v->rec->job), name);

        if (MIN(count, lack) > most) {
            most = MIN(count, lack);
            best = v;
        }
    }
    return best;
}

static bool take_for(struct herd *herd, const char *name, int64_t lack)
{
    for (size_t i = 0; i < herd->n; i++) {
        const struct victim *v = &herd->victims[i];

        if (v->taken)
            lack -= license_count(job_licenses(v->rec->job), name);
    }
    while (lack > 0) {
        struct victim *v = find_holder(herd, name, lack);

        if (v == NULL)
            return false;
        v->taken = true;
        lack -= license_count(job_licenses(v->rec->job), name);
    }
    return true;
}

bool reclaim_take(const struct sched *s, struct herd *herd, const struct seeker *by)
{
    bool enough = true;

    for (size_t i = 0; i < by->takes.n && enough; i++)
        enough = take_for(herd, by->takes.items[i].name, lack_of(s, by, i));
    return enough;
}
