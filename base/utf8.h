/*
 * utf8 - where a character of UTF-8 ends. Overlong forms, surrogates and what lies
 * behind U+10FFFF are none.
 */
#ifndef GANTRY_BASE_UTF8_H
#define GANTRY_BASE_UTF8_H

#include <stddef.h>

/* What stands for a byte that is part of none: U+FFFD. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/* Bytes of the character that begins at `s`, of which there are `len`, at least one; 0:
 * it is none. */
size_t utf8_len(const char *s, size_t len);

#endif
