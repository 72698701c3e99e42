#include "base/heap.h"

#include "base/rng.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define ITEMS_MAX 300

struct item {
    uint64_t key, number;
};

static int compare(const void *left, const void *right, void *arg)
{
    const struct item *a = left, *b = right;

    ++*(size_t *)arg;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static size_t fill(struct item *items, struct rng *rng)
{
    size_t n = rng_below(rng, ITEMS_MAX + 1);
    uint64_t keys = 1 + rng_below(rng, 400);

    for (size_t i = 0; i < n; i++)
        items[i] = (struct item){rng_below(rng, keys), i};
    return n;
}

/* Each comes once, none before one that comes before it, and all that are out stay
 * behind. */
START_TEST(test_order)
{
    struct item items[ITEMS_MAX];
    struct rng rng;
    size_t compared = 0;

    rng_seed(&rng, 7);
    for (int round = 0; round < 200; round++) {
        size_t n = fill(items, &rng);

        if (round % 2 == 0)
            heap_make(items, n, sizeof(*items), compare, &compared);
        for (size_t i = 1; i <= n && round % 2 == 1; i++)
            heap_push(items, i, sizeof(*items), compare, &compared);
        for (size_t left = n; left > 0; left--)
            heap_pop(items, left, sizeof(*items), compare, &compared);
        for (size_t i = 1; i < n; i++)
            ck_assert_int_lt(compare(&items[i], &items[i - 1], &compared), 0);
    }
    ck_assert_uint_gt(compared, 0);
}
END_TEST

/* The first one is found without putting the others in order. */
START_TEST(test_cost)
{
    struct item items[ITEMS_MAX];
    size_t compared = 0;

    for (size_t i = 0; i < ITEMS_MAX; i++)
        items[i] = (struct item){ITEMS_MAX - i, i};
    heap_make(items, ITEMS_MAX, sizeof(*items), compare, &compared);
    heap_pop(items, ITEMS_MAX, sizeof(*items), compare, &compared);
    ck_assert_uint_eq(items[ITEMS_MAX - 1].key, 1);
    ck_assert_uint_lt(compared, 3 * ITEMS_MAX);
}
END_TEST

int main(void)
{
    return suite_main("base/heap",
                      (struct suite_row[]){{test_order, 1}, {test_cost, 1}, {NULL, 0}});
}
