/*
 * listing - lines as Slurm's accounting commands print them: each column in its width,
 * with dashes below its heading, or all apart by '|'.
 *
 *   Account                    User  RawShares        lab|ann|1
 *   -------------------- ---------- ----------
 *    lab                        ann          1
 *
 * A text that is too long for its column ends in '+'; a number is printed whole.
 */
#ifndef GANTRY_CLI_LISTING_H
#define GANTRY_CLI_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define LISTING_MAX (16u << 20)
#define LISTING_FIELDS_MAX 64
#define LISTING_WIDTH_MAX 1000

struct listing_field {
    const char *name;                               /* NULL ends a table */
    int width;                                      /* below 0: to the left */
    bool is_number;                                 /* never cut */
    void (*cell)(const void *row, struct str *out); /* appends; nothing: empty */
};

enum listing_style {
    LISTING_WIDE,
    LISTING_PARSABLE,  /* -p: '|' behind each */
    LISTING_PARSABLE2, /* -P: '|' between */
};

/* Fields that were asked for, each with its width. All zero: none. */
struct listing {
    struct listing_field fields[LISTING_FIELDS_MAX];
    size_t n;
    enum listing_style style;
};

/* "Account,User%20": names of the table, in any case, cut wherever one likes. What it
 * means of several is the first. ERR_INVALID: Invalid field requested: "x". */
int listing_parse(struct listing *ret, const struct listing_field *table,
                  const char *text, struct err *err);
bool listing_has(const struct listing *l, const char *name);
void listing_heading(const struct listing *l, struct str *out);
void listing_row(const struct listing *l, const void *row, struct str *out);
/* The names of a table, four in a line (--helpformat). */
void listing_names(const struct listing_field *table, struct str *out);

#endif
