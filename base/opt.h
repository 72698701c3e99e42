/*
 * opt - command options as a table.
 *
 * One row per option feeds the parser, `--help` and the environment, so the three
 * cannot differ. Values are written into a caller's struct at `offset`. Long options
 * take "--name value" or "--name=value"; short ones "-n value" or "-nvalue"; "--" ends
 * them. An unknown option is refused by name, with the nearest known one.
 */
#ifndef GANTRY_BASE_OPT_H
#define GANTRY_BASE_OPT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum opt_type {
    OPT_FLAG,     /* bool, set to true */
    OPT_STRING,   /* const char *, lent from argv or the environment */
    OPT_INT,      /* int64_t, decimal, within [min, max] */
    OPT_DURATION, /* int64_t seconds, base/duration.h */
};

struct opt {
    const char *name; /* without dashes */
    char short_name;  /* 0: none */
    enum opt_type type;
    const char *env; /* variable that gives the value where the line does not; NULL */
    size_t offset;   /* of the field in the caller's struct */
    const char *metavar; /* "FILE"; NULL for flags */
    const char *help;    /* one line */
    int64_t min, max;    /* OPT_INT; both 0: any */
};

/* Ends with a row whose name is NULL. Returns the index in argv of the first operand,
 * or -1. Fields whose option is absent are left alone (put defaults there before). */
int opt_parse(const struct opt *table, int argc, char **argv, void *into,
              struct err *err);

/* "Usage: <usage>", the purpose, then a line per option, columns aligned. */
void opt_help(const struct opt *table, const char *usage, const char *purpose,
              FILE *out);

/* What a program's exit status means, for its help. */
struct opt_exit {
    int status;
    const char *when;
};
/* "Exit status:" and a line for each; ends with a row whose `when` is NULL. */
void opt_help_exits(const struct opt_exit *exits, FILE *out);

/* The entry of `words` (NULL-terminated) nearest to `word` by edit distance, or NULL
 * when none is near. For "did you mean". */
const char *opt_nearest(const char *word, const char *const *words);

#endif
