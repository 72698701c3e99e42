/* Who sits where. */
#include "scheduler/owner.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/book.h"
#include "scheduler/core.h"

static void empty_nodes(struct owners *o)
{
    for (size_t i = 0; i < o->n_nodes; i++)
        free(o->nodes[i].items);
    free(TAKE(o->nodes));
    o->n_nodes = 0;
}

void owners_fini(struct owners *o)
{
    struct owner *owner, *next;

    empty_nodes(o);
    HASH_ITER (hh, o->all, owner, next) {
        HASH_DEL(o->all, owner);
        free(owner->key);
        free(owner->places);
        free(owner);
    }
    free(o->seats);
    *o = (struct owners){0};
}

void owners_begin(struct sched *s)
{
    if (s->owners.on)
        return;
    s->owners.on = true;
    s->timeline_gen = 0; /* so that all are entered who are there already */
}

void owners_empty(struct sched *s)
{
    struct owners *o = &s->owners;

    empty_nodes(o);
    for (struct owner *owner = o->all; owner != NULL; owner = owner->hh.next)
        owner->n_places = owner->n_owned = 0;
    if (!o->on)
        return;
    o->n_nodes = s->timeline.n_nodes;
    o->nodes = xcalloc(o->n_nodes + 1, sizeof(*o->nodes));
}

/* ---- whose a job is ---- */

static struct owner *get_owner(struct owners *o, const char *key)
{
    struct owner *owner;

    HASH_FIND_STR(o->all, key, owner);
    if (owner != NULL)
        return owner;
    owner = xcalloc(1, sizeof(*owner));
    owner->key = xstrdup(key);
    HASH_ADD_KEYPTR(hh, o->all, owner->key, strlen(owner->key), owner);
    return owner;
}

struct owner *owner_of(struct sched *s, const struct job *job, enum sharing sharing)
{
    AUTO_FREE char *key = NULL;

    if (!s->owners.on || sharing == SHARES_WITH_NONE)
        return NULL;
    key = job_has_user(job) ? xasprintf("u/%s", job->user)
                            : xasprintf("n/%s", job->ns != NULL ? job->ns : "");
    return get_owner(&s->owners, key);
}

/* ---- places ---- */

static size_t find_place(const struct owner *owner, size_t position)
{
    return BISECT(owner->n_places, i, owner->places[i].position < position);
}

static bool is_place(const struct owner *owner, size_t i, size_t position)
{
    return i < owner->n_places && owner->places[i].position == position;
}

static struct abode *get_place(struct owner *owner, size_t position)
{
    size_t i = find_place(owner, position);

    if (is_place(owner, i, position))
        return &owner->places[i];
    GROW(owner->places, owner->n_places, owner->cap);
    memmove(owner->places + i + 1, owner->places + i,
            (owner->n_places - i) * sizeof(*owner->places));
    owner->places[i] = (struct abode){.position = position};
    owner->n_places++;
    return &owner->places[i];
}

static void add_to_place(struct sched *s, struct owner *owner, const struct use *use)
{
    bool had = owner_has(owner, SHARES_WITH_USER),
         owned = owner_has(owner, SHARES_WITH_ALL);
    struct abode *place = get_place(owner, use->position);

    place->n++;
    if (use->seats >= SEATS_ROW && place->n_private++ == 0)
        owner->n_owned++;
    if (!had || owned != owner_has(owner, SHARES_WITH_ALL))
        lines_free_owner(&s->lines, owner);
}

static void take_from_place(struct owner *owner, size_t position, int64_t seats)
{
    size_t i = find_place(owner, position);
    struct abode *place = &owner->places[i];

    if (seats >= SEATS_ROW && --place->n_private == 0)
        owner->n_owned--;
    if (--place->n > 0)
        return;
    owner->n_places--;
    memmove(place, place + 1, (owner->n_places - i) * sizeof(*place));
}

/* ---- seats ---- */

/* A slot of a claim that may not be brought to those of a later minute yet; whoever
 * does so has it moved, where it is to be. */
static size_t slot_now(const struct sched *s, const struct jobrec *rec, size_t slot)
{
    return rec->claim.cut == s->cuts ? slot : timeline_place(&s->timeline, slot);
}

const int64_t *owner_seats(struct sched *s, const struct owner *owner, size_t position)
{
    struct owners *o = &s->owners;
    const struct tenants *there = &o->nodes[position];

    o->seats = xrealloc(o->seats, (s->timeline.n_slots + 1) * sizeof(*o->seats));
    memset(o->seats, 0, s->timeline.n_slots * sizeof(*o->seats));
    for (size_t i = 0; i < there->n; i++) {
        const struct tenant *t = &there->items[i];
        const struct use of = {.component = t->component};
        size_t last;

        if (t->owner != owner)
            continue;
        last = slot_now(s, t->rec, claim_last(&t->rec->claim, &of));
        for (size_t slot = slot_now(s, t->rec, t->rec->claim.first); slot < last;
             slot++)
            o->seats[slot] += t->seats;
    }
    return o->seats;
}

int64_t owner_seats_in(struct sched *s, const struct owner *owner, size_t position,
                       size_t slot)
{
    const struct tenants *there = &s->owners.nodes[position];
    int64_t sum = 0;

    for (size_t i = 0; i < there->n; i++) {
        const struct tenant *t = &there->items[i];
        const struct use of = {.component = t->component};

        if (t->owner == owner && t->rec->claim.on && t->rec->claim.first <= slot &&
            slot < claim_last(&t->rec->claim, &of))
            sum += t->seats;
    }
    return sum;
}

/* Is nobody else there who minds, in any of the slots? */
static bool is_let_in(struct sched *s, const struct owner *owner, const struct use *use,
                      size_t first, size_t last)
{
    const struct timeline *tl = &s->timeline;
    const struct lane *lane = &tl->lanes[use->position];
    const int64_t *seats = owner_seats(s, owner, use->position);
    int64_t need = seats_needed(use->seats);

    for (size_t i = lane_find(lane, first); i < lane->n && lane_first(lane, i) < last;
         i++) {
        const int64_t *row = rowtable_at(&tl->rows, lane->rows[i]);
        size_t from = MAX(lane_first(lane, i), first);

        for (size_t slot = from; slot < MIN(lane_last(lane, i, tl->n_slots), last);
             slot++) {
            if (row[tl->n_res - 1] + seats[slot] < need)
                return false;
        }
    }
    return true;
}

/* May it be there by whose it is, where another one may not? */
static bool has_mates(const struct owner *owner, const struct use *use)
{
    size_t i = find_place(owner, use->position);

    return use->seats > 0 && is_place(owner, i, use->position) &&
           (use->seats >= SEATS_ROW || owner->places[i].n_private > 0);
}

bool owner_admits(struct sched *s, const struct job *job, const struct use *use,
                  size_t first, size_t last)
{
    const struct owner *owner = owner_of(s, job, book_sharing(s, job));

    return owner != NULL && has_mates(owner, use) &&
           is_let_in(s, owner, use, first, last);
}

/* ---- coming and going ---- */

static void add_tenant(struct sched *s, struct jobrec *rec, struct owner *owner,
                       const struct use *use)
{
    struct tenants *there = &s->owners.nodes[use->position];

    GROW(there->items, there->n, there->cap);
    there->items[there->n++] = (struct tenant){rec, owner, use->component, use->seats};
    add_to_place(s, owner, use);
}

void owners_enter(struct sched *s, struct jobrec *rec, size_t n)
{
    struct owner *owner = owner_of(s, rec->job, rec->claim.sharing);

    if (owner == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        struct use *use = &s->uses[i];

        use->mates = has_mates(owner, use) && is_let_in(s, owner, use, rec->claim.first,
                                                        claim_last(&rec->claim, use));
    }
    for (size_t i = 0; i < n; i++) {
        if (s->uses[i].seats > 0)
            add_tenant(s, rec, owner, &s->uses[i]);
    }
}

static void drop_tenants(struct owners *o, const struct jobrec *rec, size_t position)
{
    struct tenants *there = &o->nodes[position];

    for (size_t i = there->n; i-- > 0;) {
        const struct tenant t = there->items[i];

        if (t.rec != rec)
            continue;
        take_from_place(t.owner, position, t.seats);
        there->items[i] = there->items[--there->n];
    }
}

void owners_leave(struct sched *s, struct jobrec *rec)
{
    for (size_t i = 0; i < rec->claim.n_positions && s->owners.on; i++) {
        if (rec->claim.positions[i] < s->owners.n_nodes)
            drop_tenants(&s->owners, rec, rec->claim.positions[i]);
    }
}
