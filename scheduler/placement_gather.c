/*
 * The nodes that could take something of a job: a word of the node set after the other,
 * each with what is free on it; of equal vacant ones as many as the job takes.
 */
#include "scheduler/placement_private.h"

#include "base/util.h"
#include "scheduler/nodecap.h"

int64_t placement_units_in(const struct job *like, size_t kind,
                           const struct resvec *free_)
{
    const struct unit *unit = &like->units[kind];
    struct resvec rest = *free_;

    if (!resvec_fits(&like->each, free_))
        return 0;
    resvec_sub(&rest, &like->each);
    return 1 + MIN(resvec_times(&unit->each, &rest), unit->most - 1);
}

static int64_t times_in(const struct job *like, const struct resvec *free_)
{
    if (like->n_units > 0)
        return placement_units_in(like, 0, free_);
    if (like->one_per_node)
        return resvec_fits(&like->each, free_);
    return MIN(resvec_times(&like->each, free_), like->max_pods);
}

bool placement_is_plain(const struct job *like)
{
    return like->n_units == 0 && (like->one_per_node || like->max_pods == 1);
}

/* What an empty node has, beside other components. */
static struct resvec room_of(const struct placement *at, const struct noderec *node)
{
    struct resvec room = node->room;

    if (at->company != NULL)
        company_take_off(at->company, node->position, &room);
    return room;
}

bool placement_space(const struct placement *at, const struct cluster *c,
                     size_t position, struct resvec *ret)
{
    const struct noderec *rec = c->order[position];

    if (at->view == VIEW_WINDOW) {
        timeline_least(at->timeline, position, at->window->first, at->window->last,
                       ret);
    } else if (rec->node == NULL || (at->view == VIEW_UP && !rec->usable)) {
        return false;
    } else {
        *ret = room_of(at, rec);
    }
    if (!at->uncapped)
        nodecap_bound(at->shape->like, at->part->part, ret);
    return true;
}

/* How much the node could take in this view; nothing: it is no candidate. That it is
 * open throughout a window is known. */
static void measure(const struct placement *at, const struct cluster *c,
                    struct candidate *node)
{
    const struct job *like = at->shape->like;
    struct resvec space;

    if (at->view == VIEW_WINDOW && placement_is_plain(like)) {
        node->times = 1;
    } else if (placement_space(at, c, node->position, &space)) {
        node->times = times_in(like, &space);
        if (like->n_units > 1)
            node->also = placement_units_in(like, 1, &space);
    }
}

/* What is free on a node when the window begins, and when it ends; of an empty node the
 * same, lent from its room. `n` amounts. */
struct sight {
    const int64_t *now, *then;
    int n;
};

/* The last slot of the window; of the last of all nothing is known. */
static size_t slot_then(const struct placement *at)
{
    size_t slot = MIN(at->window->last, at->timeline->n_slots - 1);

    return MAX(slot, at->window->first + 1) - 1;
}

/* The nodes of a word that are vacant when the window begins and when it ends. */
static uint64_t vacant_word(const struct placement *at, size_t word)
{
    if (at->view != VIEW_WINDOW)
        return 0;
    return timeline_vacant(at->timeline, at->window->first)[word] &
           timeline_vacant(at->timeline, slot_then(at))[word];
}

static struct sight sight_of(const struct placement *at, const struct cluster *c,
                             size_t position, bool vacant, struct resvec *room)
{
    const struct timeline *tl = at->timeline;
    struct sight sight;

    if (at->view != VIEW_WINDOW) {
        *room = room_of(at, c->order[position]);
        sight.now = sight.then = room->v;
        sight.n = RES_MAX;
        return sight;
    }
    sight.n = tl->n_res - 1;
    sight.now = sight.then = timeline_vacancy(tl, position);
    if (!vacant) {
        sight.now = timeline_row(tl, position, at->window->first);
        sight.then = timeline_row(tl, position, slot_then(at));
    }
    return sight;
}

/* Before all weights of nodes, where it is one that the job would rather have. */
static int64_t weight_rather(const struct placement *at, size_t position)
{
    bool first = node_set_has(at->rather, position);
    bool next = at->next != NULL && node_set_has(at->next, position);

    if (first && next)
        return INT64_MIN;
    return first ? INT64_MIN + 1 : next ? INT64_MIN + 2 : INT64_MAX;
}

static int64_t weight_home(const struct placement *at, size_t position)
{
    return node_set_has(at->home, position) ? INT64_MIN + 3 : INT64_MAX;
}

void candidate_add(struct placer *p, const struct cluster *c,
                   const struct placement *at, size_t position, bool vacant)
{
    struct candidate node = {.position = position,
                             .place = topology_place(&c->topology, position)};
    struct sight sight;
    struct beside beside;
    struct resvec room;

    measure(at, c, &node);
    if (node.times == 0)
        return;
    sight = sight_of(at, c, position, vacant, &room);
    beside = asked_beside(c, sight.now, sight.n);
    node.required = !at->unlisted && node_set_has(at->shape->required, position);
    node.weight = c->weighted ? cluster_weight(c, position, at->shape->like) : 0;
    if (at->rather != NULL)
        node.weight = MIN(node.weight, weight_rather(at, position));
    if (at->home != NULL)
        node.weight = MIN(node.weight, weight_home(at, position));
    if (at->asked != NULL && placement_is_plain(at->shape->like))
        node.cost = asked_cost(at->asked, position, &p->pod, &beside);
    node.devices_then = sight.then == sight.now
                            ? beside.devices
                            : asked_beside(c, sight.then, sight.n).devices;
    node.devices = beside.devices;
    node.cpu = beside.cpu;
    node.idle = at->part->part->lln ? beside.cpu : 0;
    GROW(p->candidates, p->n, p->cap);
    p->candidates[p->n++] = node;
}

/* ---- more of the same ---- */

#define KINDS_MAX 4 /* of vacant nodes that are counted; others are all looked at */

/* Vacant nodes where as much is free are equal but for their positions: of each kind
 * the first are enough, as many as the job takes. */
struct plenty {
    int64_t enough; /* INT64_MAX: all are to be looked at */
    size_t n;
    struct {
        uint32_t row;
        int64_t nodes;
    } kinds[KINDS_MAX];
};

/* Where nodes are equal, are they so to this job as well, whatever lies around? */
static struct plenty plenty_for(const struct cluster *c, const struct placement *at)
{
    const struct job *like = at->shape->like;
    bool plain = at->view == VIEW_WINDOW && placement_is_flat(c, at) &&
                 !placement_is_near(c, at) && !c->weighted && at->rather == NULL &&
                 at->home == NULL && (at->asked == NULL || at->asked->pressure == NULL);
    int64_t most = MIN(like->max_pods, job_max_nodes(like, at->part->part));

    return (struct plenty){.enough = plain ? most : INT64_MAX};
}

/* Of a vacant node. */
static bool is_more(struct plenty *plenty, const struct placement *at, size_t position)
{
    uint32_t row;
    size_t i = 0;

    if (plenty->enough == INT64_MAX || node_set_has(at->shape->required, position))
        return false;
    row = at->timeline->vacancies[position];
    while (i < plenty->n && plenty->kinds[i].row != row)
        i++;
    if (i == KINDS_MAX)
        return false;
    if (i == plenty->n)
        plenty->kinds[plenty->n++].row = row;
    return plenty->kinds[i].nodes++ >= plenty->enough;
}

/* Fills the placer. */
void candidates_gather(struct placer *p, const struct cluster *c,
                       const struct placement *at)
{
    struct plenty plenty = plenty_for(c, at);

    p->n = 0;
    p->pod = asked_beside(c, at->shape->like->each.v, RES_MAX);
    for (size_t word = 0; word < c->words; word++) {
        uint64_t vacant = vacant_word(at, word);

        for (uint64_t set = placement_allowed_word(at, word); set != 0;
             set &= set - 1) {
            size_t position = word * 64 + (size_t)__builtin_ctzll(set);
            bool is_vacant = node_set_has(&vacant, position % 64);

            if (!is_vacant || !is_more(&plenty, at, position))
                candidate_add(p, c, at, position, is_vacant);
        }
    }
}
