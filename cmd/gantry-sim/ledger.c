#include "cmd/gantry-sim/ledger.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/util.h"

struct account_of_node {
    const char *name;
    size_t place;
    struct resvec free, capacity;
    bool open;
    UT_hash_handle hh;
};

struct ledger {
    struct account_of_node *nodes; /* one each */
    struct account_of_node *by_name;
    size_t n;
    int what; /* resource that sums are of */
    struct ledger_sum sum;
};

/* ---- the sums ---- */

static void count(struct ledger *l, const struct account_of_node *node, int sign)
{
    int64_t has = node->capacity.v[l->what], left = node->free.v[l->what];
    l->sum.total += sign * (node->open ? has : has - left);
    l->sum.free += node->open ? sign * left : 0;
    l->sum.fragments += node->open && left < has ? sign * left : 0;
}

void ledger_open(struct ledger *l, size_t node, bool open)
{
    count(l, &l->nodes[node], -1);
    l->nodes[node].open = open;
    count(l, &l->nodes[node], 1);
}

struct ledger_sum ledger_sum(const struct ledger *l)
{
    return l->sum;
}

/* ---- nodes ---- */

/* More than there is may be in use: of the rest there is none. */
static void enter_pod(struct ledger *l, const struct foreign_pod *pod)
{
    int64_t place = ledger_find(l, pod->node);
    if (place < 0)
        return;
    struct account_of_node *node = &l->nodes[place];
    count(l, node, -1);
    for (int i = 0; i < RES_MAX; i++)
        node->capacity.v[i] = MAX(node->capacity.v[i] - pod->use.v[i], 0);
    node->free = node->capacity;
    count(l, node, 1);
}

struct ledger *ledger_new(const struct pool *pool)
{
    struct ledger *l = xcalloc(1, sizeof(*l));
    l->n = pool->n;
    l->nodes = xcalloc(pool->n, sizeof(*l->nodes));
    l->what = pool_measure(pool);
    for (size_t i = 0; i < pool->n; i++) {
        struct account_of_node *node = &l->nodes[i];
        node->name = pool->nodes[i]->name;
        node->place = i;
        node->free = node->capacity = pool->nodes[i]->capacity;
        node->open = pool_is_open(pool->nodes[i]);
        count(l, node, 1);
        HASH_ADD_KEYPTR(hh, l->by_name, node->name, strlen(node->name), node);
    }
    for (size_t i = 0; i < pool->n_pods; i++)
        enter_pod(l, pool->pods[i]);
    return l;
}

void ledger_free(struct ledger *l)
{
    if (!l)
        return;
    HASH_CLEAR(hh, l->by_name);
    free(l->nodes);
    free(l);
}

int64_t ledger_find(const struct ledger *l, const char *name)
{
    struct account_of_node *node;
    HASH_FIND_STR(l->by_name, name, node);
    return node ? (int64_t)node->place : -1;
}

/* ---- what is used ---- */

static bool enter(struct ledger *l, size_t place, const struct slot *slot, int sign)
{
    struct account_of_node *node = &l->nodes[place];
    struct resvec after = node->free;
    for (int i = 0; i < RES_MAX; i++) {
        after.v[i] += sign * slot->pods * slot->each.v[i];
        if (after.v[i] < 0)
            return false;
    }
    count(l, node, -1);
    node->free = after;
    count(l, node, 1);
    return true;
}

bool ledger_take(struct ledger *l, size_t node, const struct slot *slot)
{
    return enter(l, node, slot, -1);
}

void ledger_give(struct ledger *l, size_t node, const struct slot *slot)
{
    enter(l, node, slot, 1);
}
