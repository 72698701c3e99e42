/*
 * arena - memory with one lifetime: taken piece by piece, given back at once.
 *
 * For what lives for one step, one request or one document. Pieces are zeroed and
 * aligned for any type. arena_reset keeps the blocks for the next round.
 */
#ifndef GANTRY_BASE_ARENA_H
#define GANTRY_BASE_ARENA_H

#include <stddef.h>

struct arena;

#define ARENA_AUTO __attribute__((cleanup(arena_free_p)))

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is fine */
void arena_free_p(struct arena **a);
void arena_reset(struct arena *a);
void *arena_alloc(struct arena *a, size_t size)
    __attribute__((malloc, returns_nonnull));
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
size_t arena_bytes(const struct arena *a); /* held from the system */

#endif
