#include "scheduler/guise.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/allowance_private.h"
#include "scheduler/book.h"
#include "scheduler/follower.h"

static struct job *component_of(struct job *job, size_t component)
{
    return component == 0 ? job : &job->others[component - 1];
}

/* ---- between a job and a guise ---- */

static void show(struct job *job, const struct guise *g)
{
    job->wall_sec = g->wall_sec;
    job->walls = g->walls;
    job->n_walls = g->n_walls;
    for (size_t i = 0; i <= job->n_others; i++) {
        struct job *component = component_of(job, i);

        component->lifts = g->parts[i].lifts;
        component->caps = g->parts[i].caps;
        component->n_caps = g->parts[i].n_caps;
    }
}

/* What was lent, or taken from it, is its no more. */
static void hide(struct job *job)
{
    static const struct guise nothing = {.wall_sec = LIMIT_UNLIMITED};

    show(job, &nothing);
}

static void take(struct job *job, struct guise *g)
{
    g->wall_sec = job->wall_sec;
    g->walls = job->walls;
    g->n_walls = job->n_walls;
    for (size_t i = 0; i <= job->n_others; i++) {
        const struct job *component = component_of(job, i);

        g->parts[i] =
            (struct guise_part){component->lifts, component->caps, component->n_caps};
    }
    hide(job);
}

static void drop(struct guise *g)
{
    free(g->walls);
    for (size_t i = 0; i < COMPONENTS_MAX; i++)
        node_caps_free(g->parts[i].caps, g->parts[i].n_caps);
}

/* The job is given what a guise has, once more. */
static void copy(struct job *job, const struct guise *g)
{
    show(job, g);
    job->walls = g->n_walls > 0 ? xmalloc(g->n_walls * sizeof(*g->walls)) : NULL;
    if (g->n_walls > 0)
        memcpy(job->walls, g->walls, g->n_walls * sizeof(*g->walls));
    for (size_t i = 0; i <= job->n_others; i++) {
        struct job *component = component_of(job, i);

        component->caps = node_caps_copy(g->parts[i].caps, g->parts[i].n_caps);
    }
}

/* ---- making ---- */

static bool has_several(const struct job *job)
{
    return job->phase == JOB_PENDING && job->n_qos_list > 0;
}

/* With its i-th QOS. Since when it gains age is by the first of them, whichever it is
 * looked at with. */
static void bind_one(struct sched *s, struct jobrec *rec, const struct job *old,
                     size_t i)
{
    struct job *job = rec->job;
    int64_t accrue_sec = job->accrue_sec;

    job->qos_at = (int64_t)i;
    allowance_bound(s, job, old);
    if (i != policy_qos_ranked(&s->policy, job, 0))
        job->accrue_sec = accrue_sec;
    rec->guises[i].shape = shape_get(&s->shapes, job);
    take(job, &rec->guises[i]);
}

/* While limits are not settled each is as it was, or as the job has come. */
static void bind_each(struct sched *s, struct jobrec *rec, struct job *old,
                      const struct guise *old_guises)
{
    struct job *job = rec->job;
    bool same = old_guises != NULL && names_equal(job->qos_list, job->n_qos_list,
                                                  old->qos_list, old->n_qos_list);
    struct guise came = {0};

    take(job, &came);
    rec->guises = xcalloc(job->n_qos_list, sizeof(*rec->guises));
    for (size_t i = 0; i < job->n_qos_list; i++) {
        copy(job, &came);
        if (same)
            show(old, &old_guises[i]);
        bind_one(s, rec, old, i);
    }
    drop(&came);
}

static void wear(struct sched *s, struct jobrec *rec, size_t i)
{
    const struct guise *g = &follower_array(rec)->guises[i];

    rec->job->qos_at = (int64_t)i;
    show(rec->job, g);
    if (rec->shape == NULL) /* a follower at rest */
        return;
    g->shape->refs++;
    shape_put(&s->shapes, rec->shape);
    rec->shape = g->shape;
}

void guise_make(struct sched *s, struct jobrec *rec, struct job *old,
                const struct guise *old_guises)
{
    struct job *job = rec->job;
    size_t at = old_guises != NULL ? job_qos_named(job, old->qos_list[old->qos_at])
                                   : job_qos_named(job, job->plan.qos);

    if (!has_several(job)) {
        allowance_bound(s, job, old);
        rec->shape = job->phase == JOB_PENDING ? shape_get(&s->shapes, job) : NULL;
        return;
    }
    bind_each(s, rec, old, old_guises);
    at = at < job->n_qos_list ? at : policy_qos_ranked(&s->policy, job, 0);
    rec->shape = rec->guises[at].shape;
    rec->shape->refs++;
    wear(s, rec, at);
}

void guise_free(struct sched *s, struct job *job, struct guise *guises)
{
    if (guises == NULL)
        return;
    for (size_t i = 0; i < job->n_qos_list; i++) {
        drop(&guises[i]);
        shape_put(&s->shapes, guises[i].shape);
    }
    hide(job);
    free(guises);
}

/* ---- limits that change ---- */

/* True: it has another shape. */
static bool bind_again(struct sched *s, struct jobrec *rec, size_t i)
{
    struct job *job = rec->job;
    struct guise *g = &rec->guises[i];
    const int64_t accrue_sec = job->accrue_sec;
    struct shape *shape;
    uint64_t walls;
    bool other;

    job->qos_at = (int64_t)i;
    show(job, g);
    walls = bounds_walls(job);
    allowance_bound_now(s, job, job);
    if (i != policy_qos_ranked(&s->policy, job, 0))
        job->accrue_sec = accrue_sec;
    if (bounds_walls(job) != walls && job->limit_sec == LIMIT_UNSET) {
        s->timeline_gen = 0;
        s->end_sec = INT64_MIN;
    }
    shape = shape_get(&s->shapes, job);
    other = shape != g->shape;
    shape_put(&s->shapes, g->shape);
    g->shape = shape;
    take(job, g);
    return other;
}

void guise_bind_anew(struct sched *s, struct jobrec *rec)
{
    bool other[QOS_LIST_MAX], any = false;
    size_t at;

    guise_rest(s, rec);
    at = (size_t)rec->job->qos_at;
    for (size_t i = 0; i < rec->job->n_qos_list; i++) {
        other[i] = bind_again(s, rec, i);
        any |= other[i];
    }
    wear(s, rec, at);
    if (other[at])
        book_cancel_plan(s, rec, BROKEN_RULES);
    rec->version += any;
}

/* ---- while it waits ---- */

size_t guise_wear(struct sched *s, struct jobrec *rec, size_t i)
{
    size_t before = (size_t)rec->job->qos_at;

    if (follower_array(rec)->guises != NULL && i != before && i < rec->job->n_qos_list)
        wear(s, rec, i);
    return before;
}

size_t guise_rest(struct sched *s, struct jobrec *rec)
{
    const struct job *job = rec->job;
    size_t at;

    if (follower_array(rec)->guises == NULL)
        return 0;
    at = job->plan.start_sec != TIME_UNSET ? job_qos_named(job, job->plan.qos)
                                           : job->n_qos_list;
    if (at >= job->n_qos_list)
        at = policy_qos_ranked(&s->policy, job, 0);
    return guise_wear(s, rec, at);
}

void guise_settle(struct sched *s, struct jobrec *rec, size_t i)
{
    struct job *job = rec->job;
    struct guise own;

    if (rec->guises == NULL)
        return;
    guise_wear(s, rec, i);
    own = rec->guises[i];
    memset(rec->guises[i].parts, 0, sizeof(rec->guises[i].parts));
    rec->guises[i].walls = NULL;
    guise_free(s, job, TAKE(rec->guises));
    show(job, &own);
    job->qos = xstrdup(job->qos_list[i]);
}
