#include "scheduler/ahead.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static bool is_far(int64_t a, int64_t b)
{
    int64_t apart = a > b ? a - b : b - a;

    return apart > MAX(a, b) / 20;
}

bool ahead_is_news(const struct ahead *a, const struct ahead *b)
{
    return a->job_id != b->job_id || is_far(a->jobs, b->jobs) ||
           is_far(a->gpus, b->gpus);
}

static void drop_items(struct crowds *c)
{
    for (size_t i = 0; c->items != NULL && i < CROWDS_MAX; i++)
        free(c->items[i].nodes);
    free(c->items);
    c->items = NULL;
}

void crowds_fini(struct crowds *c)
{
    drop_items(c);
    *c = (struct crowds){0};
}

void crowds_reset(struct crowds *c, size_t words)
{
    if (c->words != words) {
        drop_items(c);
        c->words = words;
    }
    if (c->items == NULL)
        c->items = xcalloc(CROWDS_MAX, sizeof(*c->items));
    c->n = 0;
    c->joined = 0;
    c->gen++;
}

static bool sets_meet(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t i = 0; i < words; i++) {
        if ((a[i] & b[i]) != 0)
            return true;
    }
    return false;
}

/* Which crowds the one at `i` meets, after its nodes have changed. */
static void find_meetings(struct crowds *c, size_t i)
{
    struct crowd *own = &c->items[i];
    uint64_t bit = UINT64_C(1) << i;

    own->meets = bit;
    for (size_t k = 0; k < c->n; k++) {
        struct crowd *other = &c->items[k];

        if (k == i || !sets_meet(own->nodes, other->nodes, c->words))
            continue;
        own->meets |= UINT64_C(1) << k;
        other->meets |= bit;
    }
}

static size_t crowd_new(struct crowds *c, const uint64_t *nodes)
{
    struct crowd *crowd = &c->items[c->n];

    if (crowd->nodes == NULL)
        crowd->nodes = xcalloc(c->words + 1, sizeof(*crowd->nodes));
    memcpy(crowd->nodes, nodes, c->words * sizeof(*nodes));
    crowd->in = (struct ahead){0};
    crowd->place = 0;
    find_meetings(c, c->n);
    return c->n++;
}

size_t crowds_get(struct crowds *c, const uint64_t *nodes)
{
    struct crowd *last = &c->items[CROWDS_MAX - 1];

    for (size_t i = 0; i < c->n; i++) {
        if (memcmp(c->items[i].nodes, nodes, c->words * sizeof(*nodes)) == 0)
            return i;
    }
    if (c->n < CROWDS_MAX)
        return crowd_new(c, nodes);
    for (size_t i = 0; i < c->words; i++)
        last->nodes[i] |= nodes[i];
    find_meetings(c, CROWDS_MAX - 1);
    return CROWDS_MAX - 1;
}

struct ahead crowds_join(struct crowds *c, size_t crowd, int64_t job_id, int64_t gpus)
{
    struct crowd *own = &c->items[crowd];
    struct ahead ret = {0};
    size_t place = 0;

    for (uint64_t set = own->meets; set != 0; set &= set - 1) {
        const struct crowd *other = &c->items[__builtin_ctzll(set)];

        ret.jobs += other->in.jobs;
        ret.gpus += other->in.gpus;
        if (other->in.jobs == 0 || other->place < place)
            continue;
        place = other->place;
        ret.job_id = other->in.job_id;
    }
    own->in.jobs++;
    own->in.gpus += gpus;
    own->in.job_id = job_id;
    own->place = ++c->joined;
    return ret;
}
