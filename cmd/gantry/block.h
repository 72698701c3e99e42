/*
 * block - scontrol's records: "Key=Value" words in lines, the first flush and the
 * others indented by three; with -o all in one line.
 */
#ifndef GANTRY_CLI_BLOCK_H
#define GANTRY_CLI_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "scheduler/model.h"

#define BLOCK_MAX (4u << 20)

struct block {
    struct str out;
    bool one_line;
    size_t n; /* lines so far */
};
#define BLOCK_AUTO __attribute__((cleanup(block_fini)))

void block_init(struct block *b, bool one_line);
void block_fini(struct block *b);
/* Begins a line with these words; block_add goes on in it. */
void block_line(struct block *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void block_add(struct block *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The record is complete: ends its line, and puts an empty one behind it. */
void block_end(struct block *b);

/* "(null)" for none. */
const char *block_text(const char *s);
/* " Key=2026-11-24T19:06:11", local; `otherwise` for TIME_UNSET and LIMIT_UNLIMITED. */
void block_time(struct block *b, const char *key, int64_t sec, const char *otherwise);
/* " Key=01:00:00", "UNLIMITED"; `otherwise` for LIMIT_UNSET. */
void block_duration(struct block *b, const char *key, int64_t sec,
                    const char *otherwise);

#endif
