#include "tests/world/journal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/util.h"

#define LINE_MAX_BYTES 4096

void journal_init(struct journal *j, const struct loop *loop, bool aloud)
{
    *j = (struct journal){.loop = loop,
                          .start_ms = loop_now_ms(loop),
                          .aloud = aloud,
                          .digest = UINT64_C(14695981039346656037)};
}

void journal_fini(struct journal *j)
{
    free(j->breach);
}

static void mix(struct journal *j, uint64_t value)
{
    j->digest = (j->digest ^ value) * UINT64_C(1099511628211); /* FNV-1a, by words */
}

static void vnote(struct journal *j, const char *fmt, va_list ap)
{
    STR_AUTO struct str line = {0};
    int64_t at_ms = loop_now_ms(j->loop) - j->start_ms;

    mix(j, (uint64_t)at_ms);
    mix(j, (uint64_t)(unsigned char)fmt[0]);
    if (!j->aloud)
        return;
    str_init(&line, LINE_MAX_BYTES);
    str_vaddf(&line, fmt, ap);
    printf("%6" PRId64 ".%03" PRId64 " %s\n", at_ms / 1000, at_ms % 1000, line.s);
}

void journal_note(struct journal *j, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vnote(j, fmt, ap);
    va_end(ap);
}

void journal_breach(struct journal *j, const char *check, const char *fmt, ...)
{
    STR_AUTO struct str what;
    va_list ap;

    str_init(&what, LINE_MAX_BYTES);
    va_start(ap, fmt);
    str_vaddf(&what, fmt, ap);
    va_end(ap);
    journal_note(j, "BREACH %s: %s", check, what.s);
    if (!j->breach)
        j->breach = xasprintf("%s: %s (after %" PRId64 " s)", check, what.s,
                              (loop_now_ms(j->loop) - j->start_ms) / 1000);
}

void world_counts_add(struct world_counts *to, const struct world_counts *from)
{
    uint64_t *a = (uint64_t *)to;
    const uint64_t *b = (const uint64_t *)from;

    for (size_t i = 0; i < sizeof(*to) / sizeof(*a); i++)
        a[i] += b[i];
}
