/*
 * opt - command options as a table.
 *
 * One row per option feeds the parser, `--help` and the environment, so the three
 * cannot differ. Values are written into a caller's struct at `offset`. Long options
 * take "--name value" or "--name=value"; short ones "-n value" or "-nvalue"; "--" ends
 * them. An unknown option is refused by name, with the nearest known one.
 *
 * Commands that scripts call as they call Slurm's read their line as getopt_long(3)
 * does: OPT_GETOPT.
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
    OPT_OPTIONAL, /* const char *, as OPT_STRING, but the value may be left out ("") and
                   * stands in the same argument: "--nice", "--nice=5", "-k5" */
    OPT_COUNT,    /* int64_t, one more each time: -v, -vv */
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

/* How a line is read; bits. */
enum {
    OPT_CUT = 1,      /* a long option may be cut while no other begins so */
    OPT_GROUP = 2,    /* "-Hv" is -H -v */
    OPT_ANYWHERE = 4, /* operands may stand between options; argv gets them last */
    OPT_ONCE = 8,     /* an option that has a value is refused the second time */
    OPT_GETOPT = OPT_CUT | OPT_GROUP | OPT_ANYWHERE,
};
int opt_parse_as(const struct opt *table, unsigned manner, int argc, char **argv,
                 void *into, struct err *err);

/* The line one option at a time, for who keeps more than values. */
struct opt_scan {
    const struct opt *table;
    unsigned manner;
    int argc;
    char **argv;
    int at;      /* the argument that is next; at the end the first operand */
    int moved;   /* operands that were put behind */
    int grouped; /* characters of argv[at] that were taken */
};
/* An option as it was met. */
struct opt_item {
    const struct opt *row;
    const char *value; /* NULL where there is none */
    char from[64];     /* "--nodes", "-N": for errors; a long name may be cut */
};
void opt_scan_init(struct opt_scan *scan, const struct opt *table, unsigned manner,
                   int argc, char **argv);
/* 1: an option; 0: there are no more; -1 and err. */
int opt_scan_next(struct opt_scan *scan, struct opt_item *ret, struct err *err);

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
