/*
 * json_scan - the words of a JSON text, one after another, by RFC 8259 and no more.
 *
 * json-c's tokener does the parsing, yet strict as it can be told to be it takes NaN
 * and Infinity, keys in single quotes, numbers such as "1." and "-01", overlong UTF-8
 * and (0.16) control characters in strings; it ends a key at its first NUL, makes 1e999
 * an infinity, and clamps (0.16) or refuses (0.18) an integer past 64 bits. And 0.18,
 * when strict, takes every byte past ASCII for a control character. So it is left lax,
 * and every text passes here first. What words may follow one another is the tokener's
 * affair, but for a comma before a closing bracket, which it takes when lax.
 *
 * The text is lent for as long as the scan lasts.
 */
#ifndef GANTRY_BASE_JSON_SCAN_H
#define GANTRY_BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct json_scan {
    const char *buf;
    size_t len;
    size_t pos;   /* behind the word read last */
    size_t depth; /* containers open there */
    char last;    /* first byte of that word */
    struct err *err;
};

enum json_word {
    JSON_WORD_END,
    JSON_WORD_PUNCT, /* one of []{},: */
    JSON_WORD_STRING,
    JSON_WORD_KEY, /* a string with a colon behind it (which is the next word) */
    JSON_WORD_NUMBER,
    JSON_WORD_LONG_INTEGER, /* a number without point or exponent, past 64 bits */
    JSON_WORD_LITERAL,      /* true, false, null */
};

/* The next word stands at [*ret_start, scan->pos). -1: it is no word of JSON, or the
 * depth passes JSON_DEPTH_MAX; the error names the byte. */
int json_scan_next(struct json_scan *scan, enum json_word *ret_word, size_t *ret_start);

/* ERR_INVALID "invalid JSON at byte N: what". Returns -1. */
int json_scan_fail(const struct json_scan *scan, size_t at, const char *what);

#endif
