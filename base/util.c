#include "base/util.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROW_FIRST 8

void util_free_p(void *pp)
{
    void **p = pp;

    free(*p);
    *p = NULL;
}

static void *or_abort(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

void *xmalloc(size_t size)
{
    return or_abort(malloc(size != 0 ? size : 1));
}

void *xcalloc(size_t n, size_t size)
{
    return or_abort(n != 0 && size != 0 ? calloc(n, size) : calloc(1, 1));
}

void *xrealloc(void *p, size_t size)
{
    return or_abort(realloc(p, size != 0 ? size : 1));
}

char *xstrdup(const char *s)
{
    return or_abort(strdup(s));
}

char *xstrdup_null(const char *s)
{
    return s != NULL ? xstrdup(s) : NULL;
}

char *xstrndup(const char *s, size_t len)
{
    return or_abort(strndup(s, len));
}

char *xasprintf(const char *fmt, ...)
{
    char *text;
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (len < 0)
        abort();
    return text;
}

void *grow_array(void *items, size_t n, size_t *cap, size_t item_size)
{
    size_t want = *cap;

    if (n < *cap)
        return items;
    while (want <= n) {
        if (want > SIZE_MAX / 2)
            abort();
        want = want != 0 ? 2 * want : GROW_FIRST;
    }
    items = or_abort(reallocarray(items, want, item_size));
    *cap = want;
    return items;
}

uint64_t hash_bytes(uint64_t before, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < n; i++)
        before = (before ^ at[i]) * UINT64_C(0x100000001b3);
    return before;
}

bool str_eq(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
    return s != NULL && prefix != NULL && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    size_t len, suffix_len;

    if (s == NULL || suffix == NULL)
        return false;
    len = strlen(s);
    suffix_len = strlen(suffix);
    return len >= suffix_len && memcmp(s + len - suffix_len, suffix, suffix_len) == 0;
}
