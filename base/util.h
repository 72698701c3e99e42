/*
 * util - the few macros and calls that every file uses, allocation first of all.
 *
 * Small allocations abort on exhaustion (style: no caller can do better);
 * buffers fed from outside use base/str.h, which has ceilings.
 */
#ifndef GANTRY_BASE_UTIL_H
#define GANTRY_BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* Of `n` in order, how many stand first for which `before` holds, an expression of the
 * index `i`: where one with that key is or would be. By halves. */
#define BISECT(n, i, before)                             \
    ({                                                   \
        size_t bisect_low_ = 0, bisect_high_ = (n);      \
                                                         \
        while (bisect_low_ < bisect_high_) {             \
            size_t i = (bisect_low_ + bisect_high_) / 2; \
                                                         \
            if (before)                                  \
                bisect_low_ = (i) + 1;                   \
            else                                         \
                bisect_high_ = i;                        \
        }                                                \
        bisect_low_;                                     \
    })

/* Hands a pointer over and leaves NULL behind: `return TAKE(buf);` */
#define TAKE(p)                        \
    ({                                 \
        __typeof__(p) take_tmp_ = (p); \
        (p) = NULL;                    \
        take_tmp_;                     \
    })

/* A local freed when it leaves its scope: `AUTO_FREE char *name = xstrdup(x);` It may
 * be there just to be freed. */
#define AUTO_FREE __attribute__((cleanup(util_free_p), unused))
void util_free_p(void *pp);

/* As malloc, calloc, realloc, strdup and asprintf, but never NULL. */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrdup_null(const char *s); /* NULL stays NULL */
char *xstrndup(const char *s, size_t len) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), malloc));

/* -1, 0 or 1, for comparators. */
static inline int compare_int64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Grows `*items` (of `item_size` bytes each) so that index `n` can be written. */
void *grow_array(void *items, size_t n, size_t *cap, size_t item_size);
#define GROW(items, n, cap) \
    ((items) = grow_array((items), (n), &(cap), sizeof(*(items))))

/* INT64_MAX where the sum is outside of int64. */
static inline int64_t add_capped(int64_t a, int64_t b)
{
    int64_t sum;

    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

/* FNV-1a of bytes, behind what was hashed before: HASH_NOTHING at first. */
#define HASH_NOTHING UINT64_C(0xcbf29ce484222325)
uint64_t hash_bytes(uint64_t before, const void *bytes, size_t n);

/* NULL-safe string equality: two NULLs are equal. */
bool str_eq(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

#endif
