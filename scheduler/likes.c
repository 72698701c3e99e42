#include "scheduler/likes.h"

#include <stdlib.h>

#include "base/util.h"

void likes_fini(struct likes *l)
{
    free(l->heads);
    free(l->links);
    *l = (struct likes){0};
}

void likes_reset(struct likes *l)
{
    for (size_t i = 0; i < l->n_heads; i++)
        l->heads[i] = LIKES_NONE;
}

/* By the upper bits of a product: those of a key need not be spread. */
static uint32_t head_of(const struct likes *l, uint64_t key)
{
    return (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (l->n_heads - 1));
}

bool likes_grow(struct likes *l, size_t cap)
{
    size_t n_heads = 16;

    while (n_heads < cap)
        n_heads *= 2;
    l->links = xrealloc(l->links, cap * sizeof(*l->links));
    if (n_heads == l->n_heads)
        return false;
    l->heads = xrealloc(l->heads, n_heads * sizeof(*l->heads));
    l->n_heads = n_heads;
    likes_reset(l);
    return true;
}

void likes_add(struct likes *l, size_t line, uint64_t key)
{
    uint32_t head = head_of(l, key), next = l->heads[head];

    l->links[line] = (struct like_link){head, next, LIKES_NONE};
    if (next != LIKES_NONE)
        l->links[next].prev = (uint32_t)line;
    l->heads[head] = (uint32_t)line;
}

/* Those beside it in its chain go by it. */
static void point_to(struct likes *l, const struct like_link *link, uint32_t to,
                     uint32_t next_prev)
{
    if (link->prev != LIKES_NONE)
        l->links[link->prev].next = to;
    else
        l->heads[link->head] = to;
    if (link->next != LIKES_NONE)
        l->links[link->next].prev = next_prev;
}

void likes_drop(struct likes *l, size_t line, size_t last)
{
    struct like_link *link = &l->links[line];

    point_to(l, link, link->next, link->prev);
    if (line == last)
        return;
    *link = l->links[last];
    point_to(l, link, (uint32_t)line, (uint32_t)line);
}

uint32_t likes_first(const struct likes *l, uint64_t key)
{
    return l->n_heads > 0 ? l->heads[head_of(l, key)] : LIKES_NONE;
}
