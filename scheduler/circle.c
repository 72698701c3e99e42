#include "scheduler/circle.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/depend_private.h"

/* So often all who are left are looked at, by turns from the first number and from the
 * last: each time those of a chain are done with. Where even more would be left nobody
 * is told of a circle. */
#define ROUNDS_MAX 64
/* So many of a circle are named. */
#define SAID_MAX 8

struct knot {
    struct jobrec *rec;
    struct jobrec *next; /* whom it waits for in vain first */
    size_t trail;        /* on which it was come by; 0: not yet */
    bool stuck;          /* as far as is known: those that are left cannot start */
};

void circles_fini(struct circles *circles)
{
    free(circles->knots);
}

bool circle_is_early(const struct job *job)
{
    int64_t own = job->array_id != 0 ? MIN(job->array_id, job->job_id) : job->job_id;

    for (size_t i = 0; i < job->n_depends && job->job_id != 0; i++) {
        if (job->depends[i].job_id > own)
            return true;
    }
    return false;
}

/* ---- who waits ---- */

static int by_number(const void *a, const void *b)
{
    const struct knot *x = a, *y = b;

    return (x->rec->job_id > y->rec->job_id) - (x->rec->job_id < y->rec->job_id);
}

static void gather(struct sched *s, int64_t now_sec)
{
    struct circles *c = &s->circles;
    struct jobrec *rec, *next;

    c->n_knots = 0;
    HASH_ITER (hh, s->jobs, rec, next) {
        if (rec->gone || rec->job->phase != JOB_PENDING || rec->job->n_depends == 0)
            continue;
        depend_look(s, rec, now_sec, &s->pass.begin_sec);
        if (!depend_is_open(rec->job))
            continue;
        GROW(c->knots, c->n_knots, c->cap);
        c->knots[c->n_knots++] = (struct knot){.rec = rec, .stuck = true};
    }
    if (c->n_knots > 0)
        qsort(c->knots, c->n_knots, sizeof(*c->knots), by_number);
    for (size_t i = 0; i < c->n_knots; i++)
        c->knots[i].rec->knot = i;
}

static struct knot *knot_of(const struct circles *c, const struct jobrec *rec)
{
    bool is = rec != NULL && rec->knot < c->n_knots && c->knots[rec->knot].rec == rec;

    return is ? &c->knots[rec->knot] : NULL;
}

/* The task that has its own record, else the array, which waits as one. */
static struct jobrec *awaited(const struct sched *s, const struct depend *d)
{
    const struct job *other = depend_other(s, d);

    if (other == NULL)
        other = jobrec_by_id(s, d->job_id);
    return other != NULL ? jobrec_find(s, other->uid) : NULL;
}

/* ---- who waits in vain ---- */

/* Could it start, if all did that are not stuck? Else it waits for `next`. */
static bool may_start(const struct sched *s, struct knot *knot)
{
    const struct job *job = knot->rec->job;

    knot->next = NULL;
    for (size_t i = 0; i < job->n_depends; i++) {
        const struct depend *d = &job->depends[i];
        const struct knot *other = NULL;

        if (d->state == DEPEND_OPEN && d->kind != DEPEND_SINGLETON)
            other = knot_of(&s->circles, awaited(s, d));
        if (other != NULL && other->stuck && knot->next == NULL)
            knot->next = other->rec;
        else if (job->depends_any && d->state == DEPEND_OPEN &&
                 (other == NULL || !other->stuck))
            return true;
    }
    return knot->next == NULL;
}

/* True: somebody is not stuck after all. */
static bool look_at_all(struct sched *s, bool from_last)
{
    struct circles *c = &s->circles;
    bool found = false;

    for (size_t i = 0; i < c->n_knots; i++) {
        struct knot *knot = &c->knots[from_last ? c->n_knots - 1 - i : i];

        if (!knot->stuck || !may_start(s, knot))
            continue;
        knot->stuck = false;
        found = true;
    }
    return found;
}

static bool settle(struct sched *s)
{
    for (int i = 0; i < ROUNDS_MAX; i++) {
        if (!look_at_all(s, i % 2 == 1))
            return true;
    }
    return false;
}

/* ---- circles among them ---- */

static void mark(struct circles *c, struct knot *knot)
{
    struct jobrec *rec = knot->rec;

    while (rec->circle != c->round) {
        rec->circle = c->round;
        rec->circle_next = knot->next->job_id;
        rec = knot->next;
        knot = knot_of(c, rec);
    }
}

/* Each waits for one that is stuck, too, so that every trail ends in a circle. */
static void follow(struct circles *c, struct knot *knot, size_t trail)
{
    while (knot->trail == 0) {
        knot->trail = trail;
        knot = knot_of(c, knot->next);
    }
    if (knot->trail == trail)
        mark(c, knot);
}

void circles_find(struct sched *s, int64_t now_sec)
{
    struct circles *c = &s->circles;

    c->round++;
    if (c->n_early == 0)
        return;
    gather(s, now_sec);
    if (!settle(s))
        return;
    for (size_t i = 0; i < c->n_knots; i++) {
        if (c->knots[i].stuck)
            follow(c, &c->knots[i], i + 1);
    }
}

bool circle_is_in(const struct sched *s, const struct jobrec *rec)
{
    return rec->circle == s->circles.round;
}

void circle_say(const struct sched *s, const struct jobrec *rec, struct str *out)
{
    const struct jobrec *at = rec;

    for (int n = 0; n < SAID_MAX; n++) {
        int64_t next = at->circle_next;

        str_addf(out, "%sjob %" PRId64, n > 0 ? ", which waits for " : "", next);
        at = jobrec_numbered(s, next);
        if (at == NULL || at == rec || !circle_is_in(s, at))
            return;
    }
    str_add(out, ", and so on");
}
