#include "scheduler/company.h"

#include <stdlib.h>

#include "base/util.h"
#include "scheduler/nodeset.h"
#include "scheduler/quota.h"

void company_begin(struct company *c, const struct cluster *cluster,
                   struct timeline *timeline)
{
    *c = (struct company){.cluster = cluster, .timeline = timeline};
    c->shut = xcalloc(cluster->words + 1, sizeof(*c->shut));
    if (timeline != NULL) {
        c->mutation = timeline->mutation;
        c->now_moved = timeline->now_moved;
    } else {
        c->of_node = xcalloc(cluster->n_order + 1, sizeof(*c->of_node));
    }
}

/* The timeline is as it was, and what was found out about it holds again. */
static void leave_timeline(struct company *c)
{
    for (size_t i = c->n; i-- > 0;)
        timeline_give(c->timeline, &c->items[i].use, 1, c->items[i].first,
                      c->items[i].last);
    c->timeline->mutation = c->mutation;
    c->timeline->now_moved = c->now_moved;
}

void company_end(struct company *c)
{
    if (c->timeline != NULL)
        leave_timeline(c);
    free(c->shut);
    free(c->items);
    free(c->of_node);
}

static void add(struct company *c, const struct company_share *share, size_t i)
{
    const size_t position = share->positions[i];
    struct company_use *item;

    GROW(c->items, c->n, c->cap);
    item = &c->items[c->n++];
    *item = (struct company_use){
        .use = {.position = position,
                .amount = quota_use(c->cluster, &share->as, &share->slots[i], position),
                .seats = share->alone ? SEATS_ROW : 1},
        .first = share->first,
        .last = share->last,
    };
    if (share->alone || share->apart)
        node_set_add(c->shut, position);
    if (c->timeline != NULL) {
        timeline_take(c->timeline, &item->use, 1, item->first, item->last);
        return;
    }
    item->next = c->of_node[position];
    c->of_node[position] = c->n;
}

void company_join(struct company *c, const struct company_share *share)
{
    for (size_t i = 0; i < share->n; i++)
        add(c, share, i);
}

void company_take_off(const struct company *c, size_t position, struct resvec *room)
{
    for (size_t i = c->of_node[position]; i > 0; i = c->items[i - 1].next)
        resvec_sub(room, &c->items[i - 1].use.amount);
}
