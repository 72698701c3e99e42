/* The first place for a job that is free for long enough. */
#include "scheduler/trial_private.h"

#include "base/util.h"
#include "scheduler/allowance.h"
#include "scheduler/book.h"
#include "scheduler/check.h"

struct shape *trial_shape(struct sched *s, const struct entry *entry)
{
    return variant_of(&s->shapes, entry->rec->shape, &s->cluster, entry->part,
                      reserve_lot(s, entry->resv));
}

/* Of a component. */
static struct seeker seeker_of(struct sched *s, const struct entry *entry,
                               size_t component)
{
    struct shape *whole = trial_shape(s, entry),
                 *shape = shape_component(whole, component);
    const struct partrec *part =
        cluster_component_partition(&s->cluster, whole->like, component, entry->part);
    const struct job *like = shape->like;
    struct job view;

    return (struct seeker){
        .timeline = &s->timeline,
        .shape = shape,
        .part = part,
        .demand = timeline_demand(&s->timeline, &like->each, job_is_private(like)),
        .limit_sec = book_length(check_component_length(
            entry->rec->job, component, entry->part->part, s->timeline.bounds[0])),
        .need = placement_min_nodes(like, part->part),
        .takes = job_licenses(job_with_license(entry->rec->job, entry->license, &view)),
        .fence = reserve_fence(s, entry->rec->job, entry->part, entry->resv),
        .now_sec = s->now_sec,
        .task = entry->rec->job->tasks_limit > 0 ? entry->rec : NULL,
        .sched = s,
    };
}

struct seeker trial_seeker(struct sched *s, const struct entry *entry)
{
    struct seeker by = seeker_of(s, entry, 0);
    struct job view;

    if (by.shape->like->n_others == 0)
        by.owner = owner_of(s, entry->rec->job, job_sharing(by.shape->like, NULL));
    by.n_bounds =
        allowance_bounds(s, job_with_license(entry->rec->job, entry->license, &view),
                         entry->part->part, &by.bounds);
    return by;
}

struct placement trial_placement(struct sched *s, const struct entry *entry,
                                 const struct seeker *by)
{
    return (struct placement){
        .view = VIEW_WINDOW,
        .shape = trial_shape(s, entry),
        .part = entry->part,
        .window = &s->window,
        .timeline = &s->timeline,
        .asked = &s->asked,
        .fence = by->fence,
        .home = reserve_home(s, entry->resv),
        .within = reserve_within(s, entry->resv),
    };
}

const uint64_t *trial_home(struct sched *s, const struct entry *entry)
{
    const uint64_t *home = reserve_home(s, entry->resv);

    if (home != NULL || entry->rec->job->n_others > 0)
        return home;
    return owner_home(&s->window.view, s->timeline.words);
}

/* What is known of such a seeker; NULL: nothing. */
static struct horizon_kind *kind_of(struct sched *s, const struct entry *entry,
                                    const struct seeker *by)
{
    if (owner_has_for(by))
        return NULL; /* there is room for it where none is for others */
    if (s->grown)
        horizon_reset(&s->horizon, s->timeline.words);
    s->grown = false;
    return horizon_kind(&s->horizon, by, shape_fit(trial_shape(s, entry), entry->part));
}

bool trial_wants_few(const struct sched *s, const struct job *job, size_t slot)
{
    int64_t start_sec = slot == 0 ? s->now_sec : s->timeline.bounds[slot];

    return start_sec < jobrec_switches_until(s, job);
}

struct components trial_components(struct sched *s, const struct entry *entry,
                                   const struct seeker *by, struct seeker *seekers)
{
    for (size_t i = 0; i <= by->shape->like->n_others; i++) {
        seekers[i] = seeker_of(s, entry, i);
        seekers[i].limit_sec = MIN(seekers[i].limit_sec, by->limit_sec);
        seekers[i].fence = by->fence;
    }
    seekers[0].bounds = by->bounds;
    seekers[0].n_bounds = by->n_bounds;
    return (struct components){
        .placer = &s->placer,
        .cluster = &s->cluster,
        .at = trial_placement(s, entry, by),
        .seekers = seekers,
        .window = &s->window,
        .timeline = &s->timeline,
        .apart = by->apart,
        .lot = reserve_lot(s, entry->resv),
    };
}

static const struct slot *find_together(struct sched *s, const struct entry *entry,
                                        const struct seeker *by, size_t first,
                                        size_t before, size_t *ret_n)
{
    struct seeker seekers[COMPONENTS_MAX];
    struct components all = trial_components(s, entry, by, seekers);
    const struct slot *slots = NULL;
    size_t lacking;

    components_add_needs(&s->cluster, seekers, by->shape->like->n_others + 1);
    all.first = first;
    while (slots == NULL && components_agree(&all, before)) {
        all.at.few = trial_wants_few(s, entry->rec->job, all.first);
        slots = components_place(&all, ret_n, &lacking);
        all.first++;
    }
    return slots;
}

/* The first window, and what is learnt from that. What licences, limits or tasks of its
 * array keep waiting says nothing of others: what nodes allow is looked for first. */
static bool find_first(struct sched *s, const struct seeker *by,
                       struct horizon_kind *kind, size_t first, size_t before)
{
    struct seeker bare = *by;
    bool found;

    bare.takes = (struct license_list){0};
    bare.n_bounds = 0;
    bare.task = NULL;
    found = window_find(&s->window, &bare, first, before);
    horizon_raise(kind, by, found ? s->window.first : MAX(first, before));
    return found && window_find_on(&s->window, by, before);
}

const struct slot *trial_find_from(struct sched *s, const struct entry *entry,
                                   const struct seeker *by, size_t from, size_t before,
                                   size_t *ret_n)
{
    struct placement at = trial_placement(s, entry, by);
    struct horizon_kind *kind = kind_of(s, entry, by);
    size_t first = MAX(from, kind != NULL ? horizon_look(kind, by) : 0);
    const struct slot *slots = NULL;
    bool found;

    if (by->shape->like->n_others > 0)
        return find_together(s, entry, by, first, before, ret_n);
    found = kind != NULL && from == 0 ? find_first(s, by, kind, first, before)
                                      : window_find(&s->window, by, first, before);
    while (found && slots == NULL) {
        at.few = trial_wants_few(s, entry->rec->job, s->window.first);
        at.home = trial_home(s, entry);
        slots = placement_find(&s->placer, &s->cluster, &at, ret_n);
        if (slots == NULL)
            found = window_find(&s->window, by, s->window.first + 1, before);
    }
    return slots;
}

const struct slot *trial_find_place(struct sched *s, const struct entry *entry,
                                    const struct seeker *by, size_t before,
                                    size_t *ret_n)
{
    return trial_find_from(s, entry, by, 0, before, ret_n);
}

bool trial_has_room(struct sched *s, const struct entry *entry, const struct seeker *by)
{
    struct placement at = trial_placement(s, entry, by);
    struct room room;

    at.few = trial_wants_few(s, entry->rec->job, s->window.first);
    return window_is_enough(&s->window, by) &&
           (by->shape->like->n_others > 0 ||
            placement_fits(&s->placer, &s->cluster, &at, &room));
}

bool trial_has_place(struct sched *s, const struct entry *entry,
                     const struct seeker *by)
{
    const struct slot *slots;
    size_t n;

    if (by->shape->like->n_others == 0)
        return window_find(&s->window, by, 0, 1) && trial_has_room(s, entry, by);
    slots = find_together(s, entry, by, 0, 1, &n);
    if (slots == NULL)
        return false;
    slots_unref(slots);
    return true;
}
