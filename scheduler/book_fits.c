/* Is there room for what a job takes, where it is or is planned? */
#include "scheduler/book_private.h"

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/check.h"
#include "scheduler/guise.h"

/* What is free is up to its slack; what is shut is up to when it is over. */
struct stay {
    size_t last;
    int64_t over_sec;
};

/* Are there two on one node? */
static bool uses_meet(const struct sched *s, size_t n)
{
    AUTO_FREE uint64_t *seen = xcalloc(s->timeline.words + 1, sizeof(*seen));
    bool meet = false;

    for (size_t i = 0; i < n && !meet; i++) {
        meet = node_set_has(seen, s->uses[i].position);
        node_set_add(seen, s->uses[i].position);
    }
    return meet;
}

/* A use of a claim, with all others on its node that last as long. `stays` is by use.
 * So all fit beside each other, if each of these does. */
static struct use with_others(const struct sched *s, const struct stay *stays, size_t n,
                              size_t i)
{
    struct use sum = s->uses[i];

    for (size_t k = 0; k < n; k++) {
        if (k == i || s->uses[k].position != sum.position ||
            stays[k].last < stays[i].last)
            continue;
        resvec_add(&sum.amount, &s->uses[k].amount);
        sum.seats += s->uses[k].seats;
    }
    return sum;
}

/* Beside others of its user as well. */
static bool has_room(struct sched *s, const struct job *job, const struct use *use,
                     size_t first, size_t last)
{
    struct use bare = *use;

    if (timeline_has(&s->timeline, use, first, last))
        return true;
    bare.seats = 0;
    return s->owners.on && timeline_has(&s->timeline, &bare, first, last) &&
           owner_admits(s, job, use, first, last);
}

/* Is there room for all uses of a job? Components may be on one node. */
static bool have_room(struct sched *s, const struct job *job, const struct fence *fence,
                      const struct stay *stays, size_t n, size_t first)
{
    bool meet = job->n_others > 0 && uses_meet(s, n);

    for (size_t i = 0; i < n; i++) {
        struct use use = meet ? with_others(s, stays, n, i) : s->uses[i];

        if (!has_room(s, job, &use, first, stays[i].last) ||
            !fence_admits(fence, use.position, first, stays[i].over_sec))
            return false;
    }
    return true;
}

/* Is all that the job, which starts, takes free from the first slot on up to before
 * `last`, with that limit? */
static bool all_free(struct sched *s, const struct jobrec *rec, size_t n_uses,
                     size_t last, int64_t limit_sec)
{
    const struct job *job = rec->job;
    const struct fence *fence =
        reserve_fence_within(s, job, job_reservation(job), limit_sec);
    const int64_t start_sec = timeline_start(&s->timeline, 0, s->now_sec);
    const struct stay stay = {last, fence_over(fence, 0, start_sec, limit_sec)};
    AUTO_FREE struct stay *stays = xcalloc(n_uses + 1, sizeof(*stays));

    for (size_t i = 0; i < n_uses; i++)
        stays[i] = stay;
    return !fence_bars_start(fence, 0, start_sec, limit_sec) &&
           fence_short(fence, &s->timeline.stock, job_licenses(job), 0, last,
                       stay.over_sec) == SLOT_NONE &&
           crew_short(s, rec, 1, last) == SLOT_NONE &&
           allowance_has_room(s, rec, 0, last) &&
           have_room(s, job, fence, stays, n_uses, 0);
}

/* With which limit a job that starts is over before a slot. */
static int64_t limit_up_to(const struct timeline *tl, size_t last)
{
    return tl->bounds[last] - tl->bounds[0] - book_length(0);
}

int64_t book_longest(struct sched *s, struct jobrec *rec, int64_t least_sec,
                     int64_t largest_sec)
{
    const struct job *job = rec->job;
    const struct timeline *tl = &s->timeline;
    size_t n = book_find_uses(s, rec, job->alloc, job->n_alloc, book_sharing(s, job));
    size_t first, low, high;
    int64_t now_sec = tl->bounds[0], longest;

    if (largest_sec <= least_sec)
        return least_sec;
    timeline_span(tl, now_sec, timeline_end(now_sec, book_length(least_sec)), &first,
                  &low);
    timeline_span(tl, now_sec, timeline_end(now_sec, book_length(largest_sec)), &first,
                  &high);
    /* With no end, it is as with all others that have none. */
    high = MIN(high, tl->n_slots - 1);
    if (all_free(s, rec, n, high, largest_sec))
        return largest_sec;
    if (low >= high) /* its least limit goes beyond what is planned, too */
        return least_sec;
    while (low + 1 < high) { /* free up to low, not up to high */
        size_t middle = low + (high - low) / 2;

        if (all_free(s, rec, n, middle, limit_up_to(tl, middle)))
            low = middle;
        else
            high = middle;
    }
    longest = limit_up_to(tl, low);
    return MAX(longest - longest % TIMELINE_MINUTE_SEC, least_sec);
}

static struct stay stay_of(const struct sched *s, const struct jobrec *rec,
                           const struct span *span, const struct use *use)
{
    return (struct stay){book_use_last(s, rec, span, use),
                         book_component_over(rec, span, use->component)};
}

/* Of a plan, where it may not be cut off by the end of its reservation. */
static bool is_cut_short(struct sched *s, const struct jobrec *rec,
                         const struct span *span, const struct fence *fence)
{
    const struct plan *plan = &rec->job->plan;
    const struct partrec *part = cluster_partition(&s->cluster, plan->partition);

    return part != NULL &&
           fence_bars_start(fence, span->first, plan->start_sec,
                            check_length(rec->job, part->part, plan->start_sec));
}

static bool fits_there(struct sched *s, struct jobrec *rec)
{
    const struct fence *fence = book_fence(s, rec->job);
    struct span span = book_span(s, rec);
    size_t n = book_find_uses(s, rec, span.slots, span.n, book_sharing(s, rec->job));
    AUTO_FREE struct stay *stays = xcalloc(n + 1, sizeof(*stays));

    for (size_t i = 0; i < n; i++)
        stays[i] = stay_of(s, rec, &span, &s->uses[i]);
    return n == span.n && n > 0 && !is_cut_short(s, rec, &span, fence) &&
           have_room(s, rec->job, fence, stays, n, span.first) &&
           crew_short(s, rec, span.first, span.last) == SLOT_NONE &&
           fence_short(fence, &s->timeline.stock, job_licenses(rec->job), span.first,
                       span.given, span.licensed_sec) == SLOT_NONE &&
           allowance_has_room(s, rec, span.first, span.last);
}

/* Of a plan with the QOS that it is planned with. */
bool book_fits(struct sched *s, struct jobrec *rec)
{
    size_t worn = guise_rest(s, rec);
    bool fits = fits_there(s, rec);

    guise_wear(s, rec, worn);
    return fits;
}

static bool is_admitted(struct sched *s, struct jobrec *rec)
{
    const struct span span = book_span(s, rec);

    return allowance_admits(s, rec, span.first, span.last);
}

bool book_is_admitted(struct sched *s, struct jobrec *rec)
{
    size_t worn = guise_rest(s, rec);
    bool admitted = is_admitted(s, rec);

    guise_wear(s, rec, worn);
    return admitted;
}

/* The plan is moved: else it is where it was. */
static bool find_later(struct sched *s, struct jobrec *rec)
{
    struct plan *plan = &rec->job->plan;
    const struct timeline *tl = &s->timeline;
    const struct partrec *part = cluster_partition(&s->cluster, plan->partition);
    int64_t was = plan->start_sec;
    int64_t latest = part != NULL ? check_latest(rec->job, part->part) : was;

    /* In the far slot nobody is told a start. */
    for (size_t i = 0; i + 1 < tl->n_slots && tl->bounds[i] <= latest; i++) {
        plan->start_sec = tl->bounds[i];
        if (tl->bounds[i] >= was && fits_there(s, rec) && is_admitted(s, rec))
            return true;
    }
    plan->start_sec = was;
    return false;
}

bool book_slide(struct sched *s, struct jobrec *rec)
{
    size_t worn = guise_rest(s, rec);
    bool slides = find_later(s, rec);

    guise_wear(s, rec, worn);
    return slides;
}

bool book_is_shut(struct sched *s, struct jobrec *rec)
{
    const struct fence *fence = book_fence(s, rec->job);
    const struct span span = book_span(s, rec);
    size_t n = book_find_uses(s, rec, span.slots, span.n, book_sharing(s, rec->job));

    for (size_t i = 0; i < n && fence != NULL && fence->key.in == RESV_NONE; i++) {
        if (!fence_admits(fence, s->uses[i].position, span.first,
                          book_component_over(rec, &span, s->uses[i].component)))
            return true;
    }
    return false;
}

bool book_is_limited(struct sched *s, struct jobrec *rec)
{
    const struct span span = book_span(s, rec);

    return !allowance_has_room(s, rec, span.first, span.last);
}
