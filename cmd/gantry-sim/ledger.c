#include "cmd/gantry-sim/ledger.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/util.h"

struct account_of_node {
    const char *name;
    size_t place;
    struct resvec free, capacity;
    UT_hash_handle hh;
};

struct ledger {
    struct account_of_node *nodes; /* one each */
    struct account_of_node *by_name;
    size_t n;
    int what; /* resource that sums are of */
    struct ledger_sum sum;
};

struct ledger *ledger_new(const struct pool *pool)
{
    struct ledger *l = xcalloc(1, sizeof(*l));
    l->n = pool->n;
    l->nodes = xcalloc(pool->n, sizeof(*l->nodes));
    l->what = pool_measure(pool);
    l->sum.total = l->sum.free = pool->total.v[l->what];
    for (size_t i = 0; i < pool->n; i++) {
        struct account_of_node *node = &l->nodes[i];
        node->name = pool->nodes[i]->name;
        node->place = i;
        node->free = node->capacity = pool->nodes[i]->capacity;
        HASH_ADD_KEYPTR(hh, l->by_name, node->name, strlen(node->name), node);
    }
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

static int64_t fragments_of(const struct ledger *l, const struct account_of_node *node)
{
    int64_t left = node->free.v[l->what];
    return left < node->capacity.v[l->what] ? left : 0;
}

static bool enter(struct ledger *l, size_t place, const struct slot *slot, int sign)
{
    struct account_of_node *node = &l->nodes[place];
    struct resvec after = node->free;
    for (int i = 0; i < RES_MAX; i++) {
        after.v[i] += sign * slot->pods * slot->each.v[i];
        if (after.v[i] < 0)
            return false;
    }
    l->sum.free += after.v[l->what] - node->free.v[l->what];
    l->sum.fragments -= fragments_of(l, node);
    node->free = after;
    l->sum.fragments += fragments_of(l, node);
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

struct ledger_sum ledger_sum(const struct ledger *l)
{
    return l->sum;
}
