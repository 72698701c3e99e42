/*
 * str - a growing string with a ceiling.
 *
 * Everything that grows with outside input grows in one of these. Past `max`
 * bytes (the final NUL not counted) additions are dropped and `overflow` stays
 * set, so a caller appends freely and checks once at the end. `s` is always
 * NUL-terminated and never NULL after str_init.
 */
#ifndef GANTRY_BASE_STR_H
#define GANTRY_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct str {
    char *s;
    size_t len;
    size_t cap;
    size_t max;
    bool overflow;
};

#define STR_AUTO __attribute__((cleanup(str_fini)))

void str_init(struct str *str, size_t max);
void str_fini(struct str *str);
void str_reset(struct str *str); /* empty again, memory kept */
void str_add(struct str *str, const char *s);
void str_addn(struct str *str, const char *s, size_t len);
void str_addc(struct str *str, char c);
void str_addf(struct str *str, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *str, const char *fmt, va_list ap);
/* Removes the first `len` bytes. */
void str_drop(struct str *str, size_t len);
/* Hands over the heap string (free it with free()); `str` is as after str_init. */
char *str_take(struct str *str);

/* Reads a whole file of at most str->max bytes. ERR_NOT_FOUND, ERR_TOO_LARGE, ERR_IO;
 * the message names the path. */
int str_read_file(struct str *str, const char *path, struct err *err);
/* The same of a stream, to its end, called `name` in the message. */
int str_read_stream(struct str *str, FILE *in, const char *name, struct err *err);

#endif
