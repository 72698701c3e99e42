#include "base/heap.h"

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

struct heap {
    unsigned char *items;
    size_t n, size;
    heap_compare_fn *compare;
    void *arg;
};

static unsigned char *at(const struct heap *h, size_t i)
{
    return h->items + i * h->size;
}

/* Puts `item` into the hole at `i`, or below it whoever comes first there. */
static void fill_hole(const struct heap *h, size_t i, const void *item)
{
    for (size_t child; (child = 2 * i + 1) < h->n; i = child) {
        if (child + 1 < h->n && h->compare(at(h, child + 1), at(h, child), h->arg) < 0)
            child++;
        if (h->compare(item, at(h, child), h->arg) <= 0)
            break;
        memcpy(at(h, i), at(h, child), h->size);
    }
    memcpy(at(h, i), item, h->size);
}

void heap_make(void *items, size_t n, size_t size, heap_compare_fn *compare, void *arg)
{
    const struct heap h = {items, n, size, compare, arg};
    alignas(max_align_t) unsigned char item[HEAP_ITEM_MAX];

    assert(size <= sizeof(item));
    for (size_t i = n / 2; i-- > 0;) {
        memcpy(item, at(&h, i), size);
        fill_hole(&h, i, item);
    }
}

void heap_push(void *items, size_t n, size_t size, heap_compare_fn *compare, void *arg)
{
    const struct heap h = {items, n, size, compare, arg};
    alignas(max_align_t) unsigned char item[HEAP_ITEM_MAX];
    size_t i = n - 1;

    assert(n > 0 && size <= sizeof(item));
    memcpy(item, at(&h, i), size);
    for (size_t above; i > 0 && compare(item, at(&h, above = (i - 1) / 2), arg) < 0;
         i = above)
        memcpy(at(&h, i), at(&h, above), size);
    memcpy(at(&h, i), item, size);
}

void heap_pop(void *items, size_t n, size_t size, heap_compare_fn *compare, void *arg)
{
    const struct heap h = {items, n - 1, size, compare, arg};
    alignas(max_align_t) unsigned char item[HEAP_ITEM_MAX];

    assert(n > 0 && size <= sizeof(item));
    if (n == 1)
        return;
    memcpy(item, at(&h, n - 1), size);
    memcpy(at(&h, n - 1), items, size);
    fill_hole(&h, 0, item);
}
