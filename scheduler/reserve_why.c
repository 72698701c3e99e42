/* Why a job waits, where reservations are the reason. */
#include <inttypes.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"
#include "scheduler/placement.h"
#include "scheduler/reserve_private.h"
#include "scheduler/trial.h"

static void say_when(struct str *message, const char *what, int64_t sec)
{
    char when[TIME_TEXT_MAX];

    time_format_rfc3339(sec, when);
    str_addf(message, "%s%s", what, when);
}

/* Those of its reservation that could hold a pod of it, in its partition. */
static int64_t count_own(const struct sched *s, const struct resvrec *own,
                         const struct seeker *by)
{
    int64_t n = 0;

    for (size_t k = 0; k < s->timeline.words; k++)
        n += __builtin_popcountll(own->nodes[k] & by->part->nodes[k] &
                                  by->shape->admits[k]);
    return n;
}

/* Whatever is free it does not fit in there, until the reservation has others. */
static bool say_too_few(struct sched *s, const struct resvrec *own,
                        const struct seeker *by)
{
    const int64_t needs = placement_min_nodes(by->shape->like, by->part->part);
    const int64_t n = count_own(s, own, by);

    for (size_t k = 0; k < s->timeline.words; k++) {
        if ((by->shape->required[k] & ~own->nodes[k]) == 0)
            continue;
        str_addf(&s->message, "reservation %s is without nodes of its node list",
                 own->resv->name);
        return true;
    }
    if (n >= needs)
        return false;
    str_addf(&s->message, "needs %" PRId64 " node%s, of those of reservation %s ",
             needs, needs > 1 ? "s" : "", own->resv->name);
    if (n == 0)
        str_add(&s->message, "none fits");
    else
        str_addf(&s->message, "%" PRId64 " %s", n, n == 1 ? "fits" : "fit");
    return true;
}

static enum reason why_not_in(struct sched *s, const struct resvrec *own,
                              const struct seeker *by)
{
    int64_t start, end;

    str_reset(&s->message);
    if (reservation_occurrence(own->resv, s->now_sec, &start, &end) &&
        start > s->now_sec) {
        str_addf(&s->message, "reservation %s ", own->resv->name);
        say_when(&s->message, "begins at ", start);
    } else if (own->n_nodes == 0 && !own->resv->any_nodes) {
        str_addf(&s->message, "reservation %s has no nodes", own->resv->name);
    } else if (own->resv->any_nodes || !say_too_few(s, own, by)) {
        str_addf(&s->message, "waits for nodes of reservation %s", own->resv->name);
    }
    return REASON_RESERVATION;
}

static bool lets_through(const struct seeker *by, size_t i)
{
    return (by->fence->key.through[i / 64] >> (i % 64) & 1) != 0;
}

/* The slots that it would have, if it began now, are those before. */
static size_t last_of(const struct seeker *by)
{
    const struct timeline *tl = by->timeline;
    size_t first, last;

    timeline_span(tl, tl->bounds[0], window_end(by, 0), &first, &last);
    return last;
}

/* Does it shut a node of the job's? Of one that holds portions: of those in the window.
 */
static bool bars_any(const struct sched *s, const struct resvrec *rec,
                     const struct seeker *by)
{
    if (rec->lot.number > 0)
        return reserve_bars_ahead(s, rec, by, last_of(by), s->window.nodes, NULL) > 0;
    for (size_t k = 0; k < s->timeline.words; k++) {
        if ((rec->nodes[k] & by->part->nodes[k] & by->shape->ready[k]) != 0)
            return true;
    }
    return false;
}

/* Of those that shut nodes of the job's to it while it would run, if it began now: the
 * first to begin, maintenance before others. */
static const struct resvrec *first_in_the_way(const struct sched *s,
                                              const struct seeker *by, int64_t end_sec)
{
    const struct reserve *r = &s->reserve;
    const struct resvrec *first = NULL;
    int64_t start, end, first_sec = TIME_NEVER;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct resvrec *rec = &r->recs[i];

        if (lets_through(by, i) ||
            !reservation_occurrence(rec->resv, s->now_sec, &start, &end) ||
            (rec->lot.number == 0 && start >= end_sec) || !bars_any(s, rec, by))
            continue;
        if (first == NULL || rec->resv->maint > first->resv->maint ||
            (rec->resv->maint == first->resv->maint && start < first_sec)) {
            first = rec;
            first_sec = start;
        }
    }
    return first;
}

/* Would it start now, if nothing were reserved? Its own plan is not in its way. */
static bool would_start(struct sched *s, const struct entry *entry,
                        const struct seeker *by)
{
    int64_t grown_sec = s->grown_sec;
    bool freed = s->freed, would;
    struct seeker free_ = trial_hopeful(s, entry->rec, by);

    free_.fence = NULL;
    if (!window_find(&s->window, &free_, 0, 1))
        return false;
    free_ = *by;
    free_.fence = NULL;
    book_strike(s, entry->rec);
    would = trial_has_place(s, entry, &free_) && !trial_has_place(s, entry, by);
    book_enter(s, entry->rec);
    s->freed = freed;
    s->grown_sec = grown_sec;
    return would;
}

/* Keeps those nodes of the window that are open to its end, if it began now; false:
 * they all are. */
static bool leave_open(struct sched *s, const struct seeker *by)
{
    const struct timeline *tl = by->timeline;
    const struct reserve *r = &s->reserve;
    const size_t last = last_of(by);
    int64_t n = window_count(&s->window, by);
    uint16_t row = 0;

    for (size_t slot = 0; slot < last; slot++) {
        const uint64_t *open = fence_open(by->fence, slot);

        if (open == NULL || by->fence->rows[slot] == row)
            continue;
        row = by->fence->rows[slot];
        for (size_t k = 0; k < tl->words; k++)
            s->window.nodes[k] &= open[k];
    }
    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        if (!lets_through(by, i))
            reserve_bars_ahead(s, &r->recs[i], by, last, s->window.nodes,
                               s->window.nodes);
    }
    return window_count(&s->window, by) < n;
}

/* Nodes have room for it now, but too few of them that it would not run into something
 * on: so it would wait, whoever is planned there. */
static bool is_shut_out(struct sched *s, const struct entry *entry,
                        const struct seeker *by)
{
    const struct seeker hopeful = trial_hopeful(s, entry->rec, by);
    struct seeker at_once = *by;

    at_once.fence = NULL;
    at_once.limit_sec = 1;
    window_set(&s->window, &at_once, 0);
    if (!window_is_enough(&s->window, &at_once) || !leave_open(s, &hopeful) ||
        trial_has_room(s, entry, &at_once))
        return false;
    window_set(&s->window, &at_once, 0);
    return trial_has_room(s, entry, &at_once);
}

/* One that has begun is not what keeps it. */
static bool lacks_licenses(const struct sched *s, const struct resvrec *own,
                           const struct seeker *by)
{
    int64_t start, end;

    return reservation_occurrence(own->resv, s->now_sec, &start, &end) &&
           start <= s->now_sec &&
           stock_short(&s->timeline.stock, by->takes, fence_kept(by->fence), 0, 1) !=
               SLOT_NONE;
}

static bool keeps_any(const struct reservation *r, struct license_list takes)
{
    for (size_t i = 0; i < r->n_licenses; i++) {
        for (size_t k = 0; k < takes.n; k++) {
            if (strcmp(r->licenses[i].name, takes.items[k].name) == 0)
                return true;
        }
    }
    return false;
}

/* It would start if no licences were kept from it. */
static enum reason why_unlicensed(struct sched *s, const struct seeker *by)
{
    const struct reserve *r = &s->reserve;
    int64_t end_sec = window_over(by, 0), start, end;

    for (size_t i = 0; i < MIN(r->n, RESV_MAX); i++) {
        const struct reservation *resv = r->recs[i].resv;

        if (by->fence->key.of == i || !keeps_any(resv, by->takes) ||
            !reservation_occurrence(resv, s->now_sec, &start, &end) || start >= end_sec)
            continue;
        str_reset(&s->message);
        str_addf(&s->message, "its licences are kept for reservation %s", resv->name);
        return REASON_LICENSES;
    }
    return REASON_NONE;
}

static void say_in_the_way(const struct reservation *r, struct str *message)
{
    char longest[DURATION_TEXT_MAX];

    str_reset(message);
    str_add(message,
            r->maint ? "Reserved for maintenance" : "May be reserved for other job");
    if (reservation_floats(r)) {
        duration_format(r->float_sec, longest);
        str_addf(message, ": it is longer than the %s that reservation %s allows",
                 longest, r->name);
    } else {
        str_addf(message, ": it would run into reservation %s", r->name);
    }
}

enum reason reserve_why(struct sched *s, const struct entry *entry,
                        const struct seeker *by)
{
    const struct resvrec *own = reserve_own(s, entry->resv), *other;
    struct seeker hopeful;

    if (by->fence == NULL)
        return REASON_NONE;
    if (own != NULL && by->fence->key.in != RESV_NONE)
        return lacks_licenses(s, own, by) ? REASON_NONE : why_not_in(s, own, by);
    if (!would_start(s, entry, by) && !is_shut_out(s, entry, by))
        return REASON_NONE;
    hopeful = trial_hopeful(s, entry->rec, by);
    other = first_in_the_way(s, &hopeful, window_over(by, 0));
    if (other == NULL)
        return why_unlicensed(s, by);
    say_in_the_way(other->resv, &s->message);
    return REASON_REQ_NODE_NOT_AVAIL;
}
