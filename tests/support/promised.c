#include "tests/support/promised.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/copies.h"

/* Some promise, of a job or of one of an array's tasks; or what a job that runs holds,
 * as if it were one. */
struct word {
    const struct job *job;
    const struct slot *slots;
    size_t n_slots;
    int64_t start_sec;
    const char *partition; /* of a promise */
    const char *license;   /* where it takes one of several */
};

struct words {
    struct word *list;
    size_t n, cap;
};

static const struct node *node_in(const struct copies *all, const char *name)
{
    const struct node *node = NULL;

    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].kind == CHANGE_NODE &&
            strcmp(all->items[i].u.node->name, name) == 0)
            node = all->items[i].u.node;
    }
    return node;
}

/* So long its slot has the node at least: a reservation may end before the job. */
static int64_t least_sec(const struct job *job, const struct slot *slot)
{
    const struct job *own = job_component(job, (size_t)slot->component);
    int64_t sec = job->limit_sec != LIMIT_UNSET ? job->limit_sec : 0;

    if (own->limit_sec != LIMIT_UNSET)
        sec = MIN(sec, own->limit_sec);
    if (job->n_reservations > 0)
        return 0;
    return job->time_min_sec != LIMIT_UNSET ? MIN(sec, job->time_min_sec) : sec;
}

/* Does it take of the node at that time? */
static bool is_there(const struct word *w, const struct slot *slot, const char *node,
                     int64_t at_sec)
{
    const int64_t sec = at_sec - w->start_sec;

    return strcmp(slot->node, node) == 0 && sec >= 0 &&
           (sec == 0 || sec < least_sec(w->job, slot));
}

/* What all take of a node at a time together. */
static struct resvec taken_of(const struct words *all, const char *node, int64_t at_sec)
{
    struct resvec sum = {0};

    for (size_t i = 0; i < all->n; i++) {
        const struct word *w = &all->list[i];

        for (size_t k = 0; k < w->n_slots; k++) {
            if (!is_there(w, &w->slots[k], node, at_sec))
                continue;
            for (int r = 0; r < RES_MAX; r++)
                sum.v[r] += w->slots[k].pods * w->slots[k].each.v[r];
        }
    }
    return sum;
}

static int64_t license_of(const struct word *w, const char *name)
{
    int64_t count = 0;

    for (size_t i = 0; i < w->job->n_licenses; i++) {
        const struct license *own = &w->job->licenses[i];

        if (strcmp(own->name, name) == 0 &&
            (job_license_choices(w->job) < 2 || str_eq(w->license, name)))
            count = own->count;
    }
    return count;
}

static void check_licenses(struct course *h, const struct words *all,
                           const struct license_table *table, const struct word *w)
{
    for (size_t i = 0; i < table->n; i++) {
        int64_t sum = 0;

        for (size_t k = 0; k < all->n; k++) {
            const struct word *other = &all->list[k];

            if (is_there(other, other->slots, other->slots->node, w->start_sec))
                sum += license_of(other, table->items[i].name);
        }
        course_check(h, license_of(w, table->items[i].name) == 0 ||
                            sum <= table->items[i].total);
    }
}

static void check_nodes(struct course *h, const struct copies *copies,
                        const struct words *all, const struct word *w)
{
    for (size_t k = 0; k < w->n_slots; k++) {
        const struct node *node = node_in(copies, w->slots[k].node);
        const struct resvec sum = taken_of(all, w->slots[k].node, w->start_sec);

        course_check(h, node != NULL);
        for (int r = 0; r < RES_MAX; r++)
            course_check(h,
                         w->slots[k].each.v[r] == 0 || sum.v[r] <= node->capacity.v[r]);
    }
}

static void add_word(struct words *all, const struct job *job, const struct plan *plan)
{
    if (plan->n_slots == 0)
        return;
    GROW(all->list, all->n, all->cap);
    all->list[all->n++] = (struct word){
        job,          plan->slots, plan->n_slots, plan->start_sec, plan->partition,
        plan->license};
}

/* One that ends for another one is not counted. */
static void add_words(struct words *all, const struct job *job)
{
    if (job->phase == JOB_PENDING && job->plan.promised) {
        add_word(all, job, &job->plan);
        for (size_t k = 0; k < job->plan.n_further; k++)
            add_word(all, job, &job->plan.further[k]);
    } else if ((job->phase == JOB_STARTING || job->phase == JOB_RUNNING) &&
               job->n_alloc > 0 && job->preempted_by == 0) {
        GROW(all->list, all->n, all->cap);
        all->list[all->n++] = (struct word){
            job, job->alloc, job->n_alloc, job->start_sec, NULL, job->license};
    }
}

void promised_check(struct course *h, const struct license_table *licenses)
{
    struct copies copies = copies_of(h->s);
    struct words all = {0};

    for (size_t i = 0; i < copies.n; i++) {
        if (copies.items[i].kind == CHANGE_JOB)
            add_words(&all, copies.items[i].u.job);
    }
    for (size_t i = 0; i < all.n; i++) {
        const struct word *w = &all.list[i];

        if (w->partition == NULL)
            continue;
        course_check(h, sched_partition(h->s, w->partition) != NULL);
        if (w->start_sec == PLAN_FAR) /* no time at which anything is taken */
            continue;
        check_nodes(h, &copies, &all, w);
        check_licenses(h, &all, licenses, w);
    }
    free(all.list);
    copies_fini(&copies);
}
