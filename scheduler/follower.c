#include "scheduler/follower.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/exchange.h"
#include "scheduler/guise.h"
#include "scheduler/jobchange.h"
#include "scheduler/starts.h"
#include "scheduler/trial.h"

/* ---- how many ---- */

static bool is_singleton(const struct job *job)
{
    for (size_t i = 0; i < job->n_depends; i++) {
        if (job->depends[i].kind == DEPEND_SINGLETON)
            return true;
    }
    return false;
}

static size_t wanted(const struct sched *s, const struct jobrec *array)
{
    const struct job *job = array->job;
    int64_t n = s->config.max_job_array_resv;

    if (array->gone || job->array == NULL || job->phase != JOB_PENDING ||
        job->job_id == 0 || job->n_alloc > 0 || is_singleton(job))
        return 0;
    n = MIN(n, taskset_count(&job->array->left));
    return n > 1 ? (size_t)n - 1 : 0;
}

/* ---- one ---- */

/* What it stands for may have changed; but for the QOS that it is looked at with. */
static void look_like(struct sched *s, struct jobrec *f)
{
    const struct plan plan = f->job->plan;
    size_t worn = (size_t)f->job->qos_at;

    *f->job = *f->array->job;
    f->job->plan = plan;
    f->job->alloc = NULL; /* of a run before, that is the array's */
    f->job->n_alloc = 0;
    guise_wear(s, f, worn);
}

/* It has the array's shape, which may be none, and looks as with its own QOS. */
static void take_shape(struct sched *s, struct jobrec *f)
{
    guise_wear(s, f, (size_t)f->array->job->qos_at);
    f->shape = f->array->shape;
    if (f->shape == NULL)
        return;
    f->shape->refs++;
    guise_rest(s, f);
}

static struct jobrec *make(struct jobrec *array, size_t number)
{
    struct jobrec *f = xcalloc(1, sizeof(*f));

    f->array = array;
    f->job = xcalloc(1, sizeof(*f->job));
    f->job->plan.start_sec = TIME_UNSET;
    f->job->phase = JOB_ASIDE;
    f->uid = xasprintf("%s+%04zu", array->uid, number);
    return f;
}

static void wake(struct sched *s, struct jobrec *f)
{
    look_like(s, f);
    take_shape(s, f);
    f->version++;
    f->walk = 0;
    f->changed = true;
    starts_enlist(s, f);
}

static void rest(struct sched *s, struct jobrec *f)
{
    book_cancel_plan(s, f, BROKEN_NOT);
    f->claim.on = false; /* also of a timeline that is to be made anew */
    shape_put(&s->shapes, f->shape);
    f->shape = NULL;
    f->job->phase = JOB_ASIDE;
    f->version++;
    starts_enlist(s, f);
}

static void add(struct sched *s, struct jobrec *array)
{
    size_t i = array->n_followers;

    if (i == array->n_made) {
        GROW(array->followers, array->n_made, array->followers_cap);
        array->followers[i] = make(array, i + 1);
        array->n_made++;
    }
    array->n_followers++;
    wake(s, array->followers[i]);
}

void follower_settle(struct sched *s, struct jobrec *array)
{
    size_t n = wanted(s, array);

    reserve_uncount(s, array);
    if (n < array->n_followers)
        follower_sort(s, array);
    for (size_t i = 0; i < array->n_made; i++) {
        look_like(s, array->followers[i]);
        if (i >= array->n_followers) /* seen still by a search that has gathered it */
            array->followers[i]->job->phase = JOB_ASIDE;
    }
    while (array->n_followers > n)
        rest(s, array->followers[--array->n_followers]);
    while (array->n_followers < n)
        add(s, array);
}

void follower_settle_of(struct sched *s, int64_t array_id)
{
    struct jobrec *array = array_id != 0 ? jobrec_numbered(s, array_id) : NULL;

    if (array != NULL && array->job->array != NULL)
        follower_settle(s, array);
}

/* ---- their order ---- */

/* Which of the licences of which it takes any: in the order in which it names them. */
static size_t license_at(const struct job *job, const char *license)
{
    size_t i = 0;

    while (i < job->n_licenses && !str_eq(job->licenses[i].name, license))
        i++;
    return i;
}

static bool is_before(const struct jobrec *a, const struct jobrec *b)
{
    const struct plan *x = &a->job->plan, *y = &b->job->plan;

    if (x->promised != y->promised)
        return x->promised;
    if (x->start_sec == TIME_UNSET || y->start_sec == TIME_UNSET)
        return x->start_sec != TIME_UNSET && y->start_sec == TIME_UNSET;
    if (x->start_sec != y->start_sec || !a->job->any_license)
        return x->start_sec < y->start_sec;
    return license_at(a->job, x->license) < license_at(b->job, y->license);
}

/* Its own is kept while others end for it, or where it is none. */
static bool is_fixed(const struct jobrec *array)
{
    return array->job->n_alloc > 0 ||
           (array->n_victims > 0 && array->job->plan.start_sec != TIME_UNSET);
}

static struct jobrec *at(struct jobrec *array, size_t i)
{
    return i == 0 ? array : array->followers[i - 1];
}

bool follower_sort(struct sched *s, struct jobrec *array)
{
    const struct slot *own = array->job->plan.slots;
    size_t first = is_fixed(array) ? 1 : 0;

    for (size_t i = first + 1; i <= array->n_followers; i++) {
        for (size_t k = i; k > first && is_before(at(array, k), at(array, k - 1)); k--)
            exchange_places(s, at(array, k), at(array, k - 1));
    }
    return array->job->plan.slots != own;
}

/* ---- with their array ---- */

void follower_lift(struct sched *s, struct jobrec *array)
{
    for (size_t i = 0; i < array->n_followers; i++) {
        struct jobrec *f = array->followers[i];

        book_strike(s, f);
        shape_put(&s->shapes, f->shape);
        f->shape = NULL;
    }
}

/* What others than this core have promised. */
static void take_further(struct sched *s, struct jobrec *array)
{
    struct job *job = array->job;
    struct plan *plans = TAKE(job->plan.further);
    size_t n = job->plan.n_further;

    job->plan.n_further = 0;
    for (size_t i = 0; i < n; i++) {
        struct jobrec *f = i < array->n_followers ? array->followers[i] : NULL;

        if (f == NULL || !job->plan.promised || !plans[i].promised) {
            plan_clear(&plans[i]);
            continue;
        }
        f->job->plan = plans[i];
        if (!jobchange_is_settled(f->job))
            plan_clear(&f->job->plan);
        guise_rest(s, f);
        starts_enlist(s, f);
    }
    free(plans);
}

void follower_put(struct sched *s, struct jobrec *array, bool kept)
{
    for (size_t i = 0; i < array->n_followers; i++) {
        struct jobrec *f = array->followers[i];

        if (!kept)
            plan_clear(&f->job->plan);
        look_like(s, f);
        f->claim.positions_gen = 0;
        take_shape(s, f);
        if (f->shape == NULL)
            plan_clear(&f->job->plan);
        book_enter(s, f);
        starts_enlist(s, f);
    }
    follower_settle(s, array);
    take_further(s, array);
}

void follower_bind_anew(struct sched *s, struct jobrec *array)
{
    for (size_t i = 0; i < array->n_followers; i++) {
        struct jobrec *f = array->followers[i];
        struct shape *shape = f->shape;

        shape->refs++; /* not to be gone, nor another one of that address */
        look_like(s, f);
        shape_put(&s->shapes, TAKE(f->shape));
        take_shape(s, f);
        if (f->shape != shape) {
            book_cancel_plan(s, f, BROKEN_RULES);
            f->version++;
        }
        shape_put(&s->shapes, shape);
    }
}

void follower_change(struct sched *s, struct jobrec *array)
{
    for (size_t i = 0; i < array->n_followers; i++) {
        struct jobrec *f = array->followers[i];

        f->version++;
        f->changed = true;
        f->walk = 0;
        starts_enlist(s, f);
    }
}

size_t follower_promises(const struct jobrec *array, struct plan *ret, size_t most)
{
    size_t n = 0, n_slots = 0;

    for (size_t i = 0; i < array->n_followers; i++) {
        const struct plan *plan = &array->followers[i]->job->plan;

        n_slots += plan->n_slots;
        if (plan->promised && n_slots <= most)
            ret[n++] = *plan;
    }
    return n;
}

const struct job *follower_view(const struct jobrec *rec, struct job *view)
{
    if (rec->n_followers == 0)
        return rec->job;
    *view = *rec->job;
    view->plan.further = xcalloc(rec->n_followers, sizeof(*view->plan.further));
    view->plan.n_further = follower_promises(rec, view->plan.further, SIZE_MAX);
    return view;
}

static void free_one(struct sched *s, struct jobrec *f)
{
    shape_put(&s->shapes, f->shape);
    plan_clear(&f->job->plan);
    free(f->job);
    trial_forget_limits(f);
    free(f->claim.positions);
    free(f->claim.lasts);
    free(f->claim.pledged);
    free(f->uid);
    free(f);
}

void follower_free(struct sched *s, struct jobrec *array)
{
    for (size_t i = 0; i < array->n_made; i++)
        free_one(s, array->followers[i]);
    free(array->followers);
}
