/* What a search sees of the nodes that are its user's. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/core.h"
#include "scheduler/owner.h"

void owner_view_fini(struct owner_view *view)
{
    free(view->positions);
    free(view->open);
    free(view->nodes);
    *view = (struct owner_view){0};
}

static enum sharing sharing_of(const struct seeker *by)
{
    return job_is_private(by->shape->like) ? SHARES_WITH_USER : SHARES_WITH_ALL;
}

bool owner_has_for(const struct seeker *by)
{
    return owner_has(by->owner, sharing_of(by));
}

/* Is the place no more to it than to others? */
static bool is_common(const struct seeker *by, const struct abode *place)
{
    return !node_set_has(by->part->nodes, place->position) ||
           (place->n_private == 0 && sharing_of(by) == SHARES_WITH_ALL);
}

static void size_to(struct owner_view *view, size_t n, const struct timeline *tl)
{
    view->slot_words = (tl->n_slots + 63) / 64;
    if (n > view->cap || view->positions == NULL) {
        view->cap = n;
        view->positions = xrealloc(view->positions, (n + 1) * sizeof(*view->positions));
    }
    view->open = xrealloc(view->open, (n * view->slot_words + 1) * sizeof(*view->open));
    memset(view->open, 0, n * view->slot_words * sizeof(*view->open));
    view->nodes = xrealloc(view->nodes, (tl->words + 1) * sizeof(*view->nodes));
    view->n = 0;
}

static bool has_room(const struct timeline *tl, const struct resvec *each,
                     const int64_t *row)
{
    for (int i = 0; i < tl->n_res - 1; i++) {
        if (each->v[i] > 0 && row[i] < each->v[i])
            return false;
    }
    return true;
}

/* The slots of a piece of its lane, with those seats of its own. */
static void mark_piece(struct owner_view *view, const struct seeker *by,
                       const int64_t *seats, const struct lane *lane, size_t piece)
{
    const struct timeline *tl = by->timeline;
    const int64_t *row = rowtable_at(&tl->rows, lane->rows[piece]);
    const struct job *like = by->shape->like;
    int64_t need = seats_needed(job_is_private(like) ? SEATS_ROW : 1);
    uint64_t *open = view->open + view->n * view->slot_words;

    if (!has_room(tl, &like->each, row))
        return;
    for (size_t slot = lane_first(lane, piece);
         slot < lane_last(lane, piece, tl->n_slots); slot++) {
        if (row[tl->n_res - 1] + seats[slot] >= need)
            node_set_add(open, slot);
    }
}

void owner_see(struct owner_view *view, const struct seeker *by)
{
    const struct timeline *tl = by->timeline;

    view->n = 0;
    if (!owner_has_for(by))
        return;
    size_to(view, by->owner->n_places, tl);
    for (size_t i = 0; i < by->owner->n_places; i++) {
        size_t position = by->owner->places[i].position;
        const struct lane *lane = &tl->lanes[position];
        const int64_t *seats;

        if (is_common(by, &by->owner->places[i]))
            continue;
        seats = owner_seats(by->sched, by->owner, position);
        for (size_t piece = 0; piece < lane->n; piece++)
            mark_piece(view, by, seats, lane, piece);
        view->positions[view->n++] = (uint32_t)position;
    }
}

const uint64_t *owner_view_set(struct owner_view *view, size_t slot, uint64_t slots,
                               size_t words)
{
    bool any = false;

    memset(view->nodes, 0, words * sizeof(*view->nodes));
    for (size_t i = 0; i < view->n; i++) {
        const uint64_t *open = view->open + i * view->slot_words;

        if ((open[slot / 64] >> (slot % 64) & slots) != slots)
            continue;
        node_set_add(view->nodes, view->positions[i]);
        any = true;
    }
    return any ? view->nodes : NULL;
}
