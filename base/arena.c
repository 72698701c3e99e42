#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* Larger pieces get a block of their own size. */
#define BLOCK_SIZE 32768

/* Blocks before `at` are full, those behind it empty. */
struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *first;
    struct block *at;
    size_t held;
};

struct arena *arena_new(void)
{
    return xcalloc(1, sizeof(struct arena));
}

void arena_free(struct arena *a)
{
    struct block *b, *next;

    if (a == NULL)
        return;
    for (b = a->first; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

void arena_free_p(struct arena **a)
{
    arena_free(*a);
    *a = NULL;
}

void arena_reset(struct arena *a)
{
    if (a->at == NULL)
        return;
    for (struct block *b = a->first; b != a->at; b = b->next)
        b->used = 0;
    a->at->used = 0;
    a->at = a->first;
}

/* Puts a new block for `size` bytes behind the present one, and makes it the present.
 */
static void add_block(struct arena *a, size_t size)
{
    struct block *b;

    size = MAX(size, BLOCK_SIZE);
    b = xmalloc(sizeof(*b) + size);
    *b = (struct block){.size = size};
    if (a->at == NULL) {
        a->first = b;
    } else {
        b->next = a->at->next;
        a->at->next = b;
    }
    a->at = b;
    a->held += sizeof(*b) + size;
}

static bool has_room(const struct block *b, size_t size)
{
    return b != NULL && size <= b->size - b->used;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    void *piece;

    if (size > SIZE_MAX / 2)
        abort();
    size = (MAX(size, 1) + align - 1) / align * align;
    if (!has_room(a->at, size)) {
        if (a->at != NULL && has_room(a->at->next, size))
            a->at = a->at->next;
        else
            add_block(a, size);
    }
    piece = a->at->bytes + a->at->used;
    a->at->used += size;
    return memset(piece, 0, size);
}

char *arena_strdup(struct arena *a, const char *s)
{
    size_t size;

    if (s == NULL)
        return NULL;
    size = strlen(s) + 1;
    return memcpy(arena_alloc(a, size), s, size);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    char *text;
    int len;

    va_start(ap, fmt);
    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        abort();
    text = arena_alloc(a, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, ap);
    va_end(ap);
    return text;
}

size_t arena_bytes(const struct arena *a)
{
    return a->held;
}
