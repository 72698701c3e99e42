/* The first place in which a job fits: each slot, each node, one after the other. */
#include <stdlib.h>

#include "base/util.h"
#include "tests/support/plain_best.h"
#include "tests/support/plain_plan_private.h"

/* Are all of the job's licences free throughout? */
static bool is_licensed(const struct plain_plan *p, const struct plain_job *job,
                        size_t first, size_t last)
{
    for (size_t slot = first; slot < last; slot++) {
        for (size_t i = 0; i < PLAIN_LICENSES; i++) {
            if (job->licenses[i] > 0 &&
                p->licenses[slot * PLAIN_LICENSES + i] < job->licenses[i])
                return false;
        }
    }
    return true;
}

static int64_t begin_of(const struct plain_plan *p, size_t slot)
{
    return slot == 0 ? p->now_sec : p->grid.bounds[slot];
}

/* In a slot, to who is over then? Shut in all slots in which it may not begin, it
 * begins in none. */
static bool is_in_time(const struct plain_plan *p, const struct plain_resv *r,
                       const struct plain_job *job, size_t slot, int64_t over)
{
    bool is_last = slot + 1 == p->grid.n_slots;
    int64_t begin = begin_of(p, slot);

    if (r->float_sec != LIMIT_UNSET)
        return job->limit_sec > r->float_sec && begin + r->float_sec < r->end_sec;
    return r->end_sec > p->now_sec && begin < r->end_sec + r->tail_sec &&
           (is_last || r->start_sec < p->grid.bounds[slot + 1]) &&
           (r->start_sec <= begin || r->start_sec < over);
}

/* When it is over by itself, to the second: its slack shuts it out of nothing. */
static int64_t own_over_of(const struct plain_plan *p, const struct plain_job *job,
                           size_t first)
{
    bool late = first == 0 && p->now_sec > p->grid.bounds[0] + TIMELINE_LATE_SEC;
    int64_t start = late ? p->now_sec : p->grid.bounds[first], over;

    if (job->own_sec == LIMIT_UNLIMITED ||
        __builtin_add_overflow(start, job->own_sec, &over))
        return TIME_NEVER;
    return over;
}

static int64_t over_of(const struct plain_plan *p, const struct plain_job *job,
                       size_t first)
{
    int64_t over = own_over_of(p, job, first);

    if (job->in != NULL && p->grid.bounds[first] < job->in->end_sec)
        over = MIN(over, job->in->end_sec);
    return over;
}

/* Does a reservation shut the node to the job, if it is over then, in that slot? One
 * that is over does not. */
static bool is_shut(const struct plain_plan *p, const struct plain_job *job,
                    size_t node, size_t slot, int64_t over)
{
    int64_t begin = begin_of(p, slot);
    bool is_last = slot + 1 == p->grid.n_slots;

    if (p->grid.bounds[slot] >= over)
        return false;

    if (job->in != NULL && (is_last || !job->in->nodes[node] ||
                            begin < job->in->start_sec || begin >= job->in->end_sec))
        return true;
    for (size_t i = 0; i < p->n_resvs; i++) {
        const struct plain_resv *r = &p->resvs[i];

        if (r != job->in && r->nodes[node] && is_in_time(p, r, job, slot, over))
            return true;
    }
    return false;
}

size_t plain_last_of(const struct plain_plan *p, const struct plain_job *job,
                     size_t first, int64_t behind_sec)
{
    int64_t end;

    if (job->length_sec == LIMIT_UNLIMITED ||
        __builtin_add_overflow(p->grid.bounds[first], job->length_sec, &end))
        end = TIME_NEVER;
    if (job->in != NULL && p->grid.bounds[first] < job->in->end_sec)
        end = MIN(end, job->in->end_sec + behind_sec);
    return end == TIME_NEVER ? p->grid.n_slots : plain_slot_of(p, end - 1) + 1;
}

bool plain_could_hold(const struct plain_plan *p, const struct plain_job *job,
                      size_t node)
{
    const struct plain_row empty = {.free = p->capacity[node]};

    return (job->allowed == NULL || job->allowed[node]) &&
           plain_fits(p, job, node, &empty.free) &&
           plain_is_within_bound(p, job, node, &empty);
}

bool plain_is_open(const struct plain_plan *p, const struct plain_job *job, size_t node,
                   size_t first, size_t last)
{
    int64_t over = over_of(p, job, first);

    if (job->allowed != NULL && !job->allowed[node])
        return false;
    for (size_t slot = first; slot < last; slot++) {
        const struct plain_row *row = plain_row_at(p, slot, node);

        if (is_shut(p, job, node, slot, over) ||
            !plain_fits(p, job, node, &row->free) ||
            !plain_is_welcome(job, &row->guests) ||
            !plain_is_within_bound(p, job, node, row))
            return false;
    }
    return true;
}

/* What is left on a node in a slot. */
static const struct resvec *left_in(const struct plain_plan *p, size_t node,
                                    size_t slot)
{
    return &plain_row_at(p, slot, node)->free;
}

/* The last slot of a place; the last of all is not looked at. */
static size_t last_slot(const struct plain_plan *p, const struct plain_place *place)
{
    size_t end = MIN(place->last, p->grid.n_slots - 1);

    return MAX(end, place->first + 1) - 1;
}

struct plain_open plain_list_open(const struct plain_plan *p,
                                  const struct plain_job *job,
                                  const struct plain_place *place, const bool *shut)
{
    struct plain_open open = {.spots = xcalloc(p->n_nodes + 1, sizeof(*open.spots))};

    for (size_t node = 0; node < p->n_nodes; node++) {
        if ((shut == NULL || !shut[node]) &&
            plain_is_open(p, job, node, place->first, place->last))
            open.spots[open.n++] =
                (struct plain_spot){.node = node,
                                    .left = left_in(p, node, place->first),
                                    .left_then = left_in(p, node, last_slot(p, place)),
                                    .turn = 1};
    }
    return open;
}

/* ---- within limits ---- */

/* Nodes that a limit counts already, which come first; where another limit counts
 * others, those of both, of the first, of the second. Behind these come its user's. */
struct rather {
    const int *first, *second; /* uses by node; NULL: none */
    bool exchanged;
};

static int rank_of(const struct rather *rather, size_t node, bool home)
{
    bool first = rather->first != NULL && rather->first[node] > 0;
    bool second = rather->second != NULL && rather->second[node] > 0;

    if (first && second)
        return 0;
    return first ? 1 : second ? 2 : home ? 3 : 4;
}

/* Of one component. */
static bool place_one(const struct plain_plan *p, const struct plain_job *job,
                      const struct rather *rather, struct plain_place *place)
{
    struct plain_open open = plain_list_open(p, job, place, NULL);
    bool fits;

    for (size_t i = 0; i < open.n; i++) {
        const size_t node = open.spots[i].node;

        open.spots[i].rank = rank_of(rather, node, plain_is_home(p, job, node));
    }
    place->n = 0;
    fits = plain_best(p, job, &open, place);
    place->of[0] = place->n;
    free(open.spots);
    return fits;
}

static bool place_all(struct plain_plan *p, const struct plain_job *job,
                      const struct rather *rather, struct plain_place *place)
{
    return job->n_others > 0 ? plain_together(p, job, place)
                             : place_one(p, job, rather, place);
}

/* The same of the nodes that are open to the job? */
static bool are_same(const struct plain_plan *p, const struct plain_job *job,
                     const struct plain_place *place, const int *a, const int *b)
{
    struct plain_open open = plain_list_open(p, job, place, NULL);
    bool same = true;

    for (size_t i = 0; i < open.n; i++)
        same &= (a[open.spots[i].node] > 0) == (b[open.spots[i].node] > 0);
    free(open.spots);
    return same;
}

/* False: there is nothing else to prefer. */
static bool prefer(const struct plain_plan *p, const struct plain_job *job,
                   const struct plain_place *place, const struct plain_broken *broken,
                   struct rather *rather)
{
    const int *first = rather->first;

    if (rather->second != NULL) {
        if (rather->exchanged)
            return false;
        rather->first = rather->second;
        rather->second = first;
        rather->exchanged = true;
        return true;
    }
    if (broken->uses == NULL ||
        (first != NULL && are_same(p, job, place, first, broken->uses)))
        return false;
    *(first == NULL ? &rather->first : &rather->second) = broken->uses;
    return true;
}

enum fit { FITS, FITS_NOT_THEN, FITS_NEVER };

/* Could it have enough of the nodes of its group, where a limit leaves it too few
 * others? Then it may have a later place, as limits are by then. */
static bool may_go_beside(const struct plain_plan *p, const struct plain_job *job,
                          const struct plain_broken *broken)
{
    int64_t n = 0;

    for (size_t i = 0; i < p->n_nodes && broken->uses != NULL; i++)
        n += broken->uses[i] > 0 && plain_could_hold(p, job, i);
    return broken->uses != NULL && job->n_others == 0 &&
           (int64_t)job->min > broken->left &&
           n >= (int64_t)job->min - MAX(broken->left, 0);
}

/* Later, for one that may go beside its group, as if it were promised that. */
static struct plain_broken broken_at(struct plain_plan *p, const struct plain_job *job,
                                     const struct plain_place *place)
{
    struct plain_broken broken = plain_limits_broken(p, job, place);
    struct plain_job view = *job;

    if (!broken.any || !broken.now || place->first == 0 ||
        !may_go_beside(p, job, &broken))
        return broken;
    view.promised = true;
    return plain_limits_broken(p, &view, place);
}

/* What runs keeps who is promised no start from any. */
static enum fit fit_within_limits(struct plain_plan *p, const struct plain_job *job,
                                  struct plain_place *place, bool *beside)
{
    struct rather rather = {0};
    struct plain_broken broken;

    do {
        if (!place_all(p, job, &rather, place))
            return FITS_NOT_THEN;
        broken = broken_at(p, job, place);
        if (!broken.any)
            return FITS;
    } while (job->n_others == 0 && prefer(p, job, place, &broken, &rather));
    if (!broken.now || job->promised)
        return FITS_NOT_THEN;
    *beside = place->first == 0 && may_go_beside(p, job, &broken);
    return *beside ? FITS_NOT_THEN : FITS_NEVER;
}

static enum fit fit_at(struct plain_plan *p, const struct plain_job *job,
                       struct plain_place *place, bool *beside)
{
    place->last = plain_last_of(p, job, place->first, 0);
    place->given =
        plain_last_of(p, job, place->first, job->in != NULL ? job->in->tail_sec : 0);
    place->start_sec =
        place->first < p->grid.n_slots - 1 ? p->grid.bounds[place->first] : PLAN_FAR;
    if (!is_licensed(p, job, place->first, place->given) ||
        (job->uncut && job->in != NULL &&
         own_over_of(p, job, place->first) > job->in->end_sec) ||
        !plain_limits_may_begin(p, job, place->first, place->last))
        return FITS_NOT_THEN;
    return fit_within_limits(p, job, place, beside);
}

bool plain_plan_find(struct plain_plan *p, const struct plain_job *job, size_t before,
                     struct plain_place *ret)
{
    struct plain_place place = {
        .nodes = xcalloc(PLAIN_COMPONENTS * p->n_nodes + 1, sizeof(size_t))};
    enum fit fit = FITS_NOT_THEN;
    bool beside = false;

    for (; fit == FITS_NOT_THEN && place.first < MIN(before, p->grid.n_slots);
         place.first++) {
        fit = fit_at(p, job, &place, &beside);
        if (fit == FITS) {
            *ret = place;
            return true;
        }
    }
    ret->refused = fit == FITS_NEVER || beside;
    plain_place_fini(&place);
    return false;
}
