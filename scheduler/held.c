#include "scheduler/held.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* A node, and how many slots of jobs are on it. */
struct node_use {
    char *name;
    size_t n;
    UT_hash_handle hh;
};

/* ---- counters ---- */

struct counter *held_counter(const struct held *h, const struct limit *limit,
                             const char *whose)
{
    const struct counter_key key = {limit, interned_find(&h->names, whose)};
    struct counter *found = NULL;

    if (key.whose == NULL)
        return NULL;
    /* The analyzer does not see that a pointer's bytes can be read one by one. */
    /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
    HASH_FIND(hh, h->counters, &key, sizeof(key), found);
    return found;
}

static struct counter *counter_get(struct held *h, const struct limit *limit,
                                   const char *whose)
{
    struct counter *counter = held_counter(h, limit, whose);

    if (counter != NULL)
        return counter;
    counter = xcalloc(1, sizeof(*counter));
    counter->key = (struct counter_key){limit, interned_get(&h->names, whose)};
    HASH_ADD(hh, h->counters, key, sizeof(counter->key), counter);
    return counter;
}

static void let_go(struct held *h, struct counter *counter)
{
    while (counter->waiters != NULL) {
        struct waiter *waiter = counter->waiters;

        counter->waiters = waiter->behind;
        *waiter = (struct waiter){.behind = h->freed};
        h->freed = waiter;
    }
}

void held_back(struct waiter *waiter, struct counter *by)
{
    *waiter = (struct waiter){.by = by, .behind = by->waiters};
    if (by->waiters != NULL)
        by->waiters->before = waiter;
    by->waiters = waiter;
}

void held_on(struct waiter *waiter)
{
    if (waiter->by == NULL)
        return;
    if (waiter->behind != NULL)
        waiter->behind->before = waiter->before;
    if (waiter->before != NULL)
        waiter->before->behind = waiter->behind;
    else
        waiter->by->waiters = waiter->behind;
    *waiter = (struct waiter){0};
}

struct waiter *held_freed(struct held *h)
{
    struct waiter *waiter = h->freed;

    if (waiter == NULL)
        return NULL;
    h->freed = waiter->behind;
    waiter->behind = NULL;
    return waiter;
}

static void counter_free(struct held *h, struct counter *counter)
{
    struct node_use *use, *next;

    let_go(h, counter);
    if (h->broken == counter)
        h->broken = NULL;

    HASH_ITER (hh, counter->nodes, use, next) {
        HASH_DEL(counter->nodes, use);
        free(use->name);
        free(use);
    }
    HASH_DEL(h->counters, counter);
    free(counter);
}

void held_outdate(struct held *h)
{
    h->stale = true;
    h->phase = HELD_OUTDATED;
}

void held_reset(struct held *h)
{
    struct counter *counter, *next_counter;

    HASH_ITER (hh, h->counters, counter, next_counter)
        counter_free(h, counter);
    interned_fini(&h->names);
}

/* ---- nodes ---- */

static struct node_use *use_of(const struct counter *counter, const char *node)
{
    struct node_use *use;

    HASH_FIND_STR(counter->nodes, node, use);
    return use;
}

static void use_node(struct counter *counter, const char *node)
{
    struct node_use *use = use_of(counter, node);

    if (use == NULL) {
        use = xcalloc(1, sizeof(*use));
        use->name = xstrdup(node);
        HASH_ADD_KEYPTR(hh, counter->nodes, use->name, strlen(use->name), use);
    }
    use->n++;
}

static void leave_node(struct counter *counter, const char *node)
{
    struct node_use *use = use_of(counter, node);

    if (use == NULL || --use->n > 0)
        return;
    HASH_DEL(counter->nodes, use);
    free(use->name);
    free(use);
}

/* How many nodes there are among these that are not in use by the counter, if it is not
 * NULL. */
static int64_t nodes_besides(const struct counter *counter, const struct slot *slots,
                             size_t n)
{
    AUTO_FREE char **names = xcalloc(n + 1, sizeof(*names));
    size_t n_names = 0;
    int64_t nodes = 0;

    for (size_t i = 0; i < n; i++) {
        if (counter == NULL || use_of(counter, slots[i].node) == NULL)
            names[n_names++] = (char *)slots[i].node;
    }
    names_sort(names, n_names);
    for (size_t i = 0; i < n_names; i++)
        nodes += i == 0 || strcmp(names[i], names[i - 1]) != 0;
    return nodes;
}

int64_t slots_nodes(const struct slot *slots, size_t n)
{
    return nodes_besides(NULL, slots, n);
}

/* ---- takes ---- */

static bool counts_left(const struct counter *counter)
{
    return limit_is_over_time(counter->key.limit->kind);
}

static void link_take(struct counter *counter, struct take *take)
{
    take->before = NULL;
    take->behind = counter->takes;
    if (counter->takes != NULL)
        counter->takes->before = take;
    counter->takes = take;
}

static void unlink_take(struct counter *counter, const struct take *take)
{
    if (take->behind != NULL)
        take->behind->before = take->before;
    if (take->before != NULL)
        take->before->behind = take->behind;
    else if (counter->takes == take)
        counter->takes = take->behind;
}

/* Of its nodes and its amount. */
static void count_take(struct take *take, const struct slot *slots, size_t n)
{
    struct counter *counter = take->counter;

    counter->sum += take->amount;
    counter->left_sec = TIME_UNSET;
    if (counts_left(counter))
        link_take(counter, take);
    for (size_t i = 0; i < n && limit_is_on_nodes(counter->key.limit); i++) {
        if (slots[i].component == take->component)
            use_node(counter, slots[i].node);
    }
}

static void uncount_take(const struct take *take, const struct slot *slots, size_t n)
{
    struct counter *counter = take->counter;

    unlink_take(counter, take);
    counter->sum -= take->amount;
    counter->left_sec = TIME_UNSET;
    for (size_t i = 0; i < n && counter->nodes != NULL; i++) {
        if (slots[i].component == take->component)
            leave_node(counter, slots[i].node);
    }
}

void held_take(struct held *h, struct take **takes, const struct taking *taking)
{
    struct counter *counter = counter_get(h, taking->limit, taking->whose);
    struct take *take = xcalloc(1, sizeof(*take));

    *take = (struct take){.counter = counter,
                          .component = taking->component,
                          .amount = taking->amount,
                          .factor = taking->factor,
                          .charged = taking->charged,
                          .start_sec = taking->start_sec,
                          .end_sec = taking->end_sec,
                          .next = *takes};
    *takes = take;
    counter->n_takes++;
    count_take(take, taking->slots, taking->n_slots);
}

void held_drop(struct held *h, struct take **takes, const struct slot *slots, size_t n)
{
    while (*takes != NULL) {
        struct take *take = *takes;

        *takes = take->next;
        let_go(h, take->counter);
        uncount_take(take, slots, n);
        if (--take->counter->n_takes == 0)
            counter_free(h, take->counter);
        free(take);
    }
}

/* ---- asking ---- */

static int64_t capped(__int128 sum)
{
    return (int64_t)MIN(sum, (__int128)INT64_MAX);
}

static __int128 left_of_one(const struct take *t, int64_t from_sec, int64_t factor)
{
    const __int128 product = (__int128)t->amount * ((__int128)t->end_sec - from_sec);

    return MIN(product, (__int128)INT64_MAX) * factor;
}

/* Many ask, one after the other, while nothing changes. */
static void find_left(struct counter *counter, int64_t at_sec)
{
    if (counter->left_sec == at_sec && at_sec != TIME_UNSET)
        return;
    counter->left_sec = at_sec;
    counter->left = counter->left_charged = 0;
    for (const struct take *t = counter->takes; t != NULL; t = t->behind) {
        const int64_t from = MAX(at_sec, t->start_sec);

        if (t->end_sec <= from)
            continue;
        counter->left += left_of_one(t, from, t->factor);
        counter->left_charged += left_of_one(t, from, t->charged);
    }
}

int64_t held_of(const struct held *h, const struct limit *limit, const char *whose,
                int64_t at_sec)
{
    struct counter *counter = held_counter(h, limit, whose);

    if (counter == NULL)
        return 0;
    if (limit_is_on_nodes(limit))
        return (int64_t)HASH_COUNT(counter->nodes);
    if (!counts_left(counter))
        return capped(counter->sum);
    find_left(counter, at_sec);
    return capped(counter->left / 1000);
}

__int128 held_left(const struct held *h, const struct limit *limit, const char *whose,
                   int64_t at_sec, bool charged)
{
    struct counter *counter = held_counter(h, limit, whose);

    if (counter == NULL)
        return 0;
    find_left(counter, at_sec);
    return charged ? counter->left_charged : counter->left;
}

/* One that has no end goes on all the time. */
static __int128 used_by_one(const struct take *t, int64_t from_sec, int64_t to_sec)
{
    const int64_t first = MAX(t->start_sec, from_sec), last = MIN(t->end_sec, to_sec);

    return first < last ? (__int128)t->amount * (last - first) : 0;
}

__int128 held_left_by(const struct held *h, const struct limit *limit,
                      const char *whose, int64_t at_sec, int64_t by_sec)
{
    const struct counter *counter = held_counter(h, limit, whose);
    __int128 sum = held_left(h, limit, whose, at_sec, false);

    for (const struct take *t = counter != NULL ? counter->takes : NULL; t != NULL;
         t = t->behind)
        sum += used_by_one(t, at_sec, by_sec) * (t->charged - t->factor);
    return sum;
}

__int128 held_used(const struct held *h, const struct limit *limit, const char *whose,
                   int64_t from_sec, int64_t to_sec)
{
    const struct counter *counter = held_counter(h, limit, whose);
    __int128 sum = 0;

    for (const struct take *t = counter != NULL ? counter->takes : NULL; t != NULL;
         t = t->behind)
        sum += used_by_one(t, from_sec, to_sec) * t->charged;
    return sum;
}

bool held_has_nodes(const struct counter *counter)
{
    return counter->nodes != NULL;
}

void held_each_node(const struct counter *counter,
                    void (*fn)(void *arg, const char *node), void *arg)
{
    const struct node_use *use, *next;

    HASH_ITER (hh, counter->nodes, use, next)
        fn(arg, use->name);
}

int64_t held_nodes_with(const struct held *h, const struct limit *limit,
                        const char *whose, const struct slot *slots, size_t n)
{
    const struct counter *counter = held_counter(h, limit, whose);
    int64_t in_use = counter != NULL ? (int64_t)HASH_COUNT(counter->nodes) : 0;

    return in_use + nodes_besides(counter, slots, n);
}
