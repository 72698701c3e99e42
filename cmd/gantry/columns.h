/*
 * columns - the columns of squeue and sinfo: what -o and -O ask for, and the lines made
 * of it.
 *
 *   -o "%[.][width]letter[suffix]..."      -O "name[:[.][width][suffix]],..."
 *
 * A width pads and cuts; '.' puts the value to the right, in its width. Without one -o
 * prints what there is, and -O takes 20. What stands before the first field of -o, and
 * behind each, is printed as it is. "%all" is every letter, apart by '|'.
 *
 * A command has one table of columns: a letter, a name, or both. A value is made by the
 * column's function from a row (what is listed) and what all rows share.
 */
#ifndef GANTRY_CLI_COLUMNS_H
#define GANTRY_CLI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define COLUMNS_FORMAT_MAX 4096 /* bytes of -o or -O */
#define COLUMNS_LINE_MAX (16u << 20)

/* Appends the value of `row`; `shared` is the same for all rows. */
typedef void column_fn(const void *row, const void *shared, struct str *out);

struct column {
    char letter;      /* of -o; 0: by name only */
    const char *name; /* of -O, lower case; NULL: by letter only */
    const char *heading;
    column_fn *cell;
    unsigned about; /* sinfo: what rows must share in it; squeue: what of a job it
                     * needs (joblist.h) */
};

#define COLUMN_FREE 0 /* width: as wide as the value */

struct field {
    const struct column *column;
    size_t width; /* or COLUMN_FREE */
    bool right;
    char *suffix;
};

struct format {
    char *prefix;
    struct field *fields;
    size_t n;
};
#define FORMAT_AUTO __attribute__((cleanup(format_fini)))

/* `table` ends with a row that has no cell. ERR_INVALID: "Invalid job format
 * specification: x". `ret` is set on success only. */
int format_parse_letters(struct format *ret, const struct column *table,
                         const char *text, struct err *err);
/* Names are compared without regard to case. */
int format_parse_names(struct format *ret, const struct column *table, const char *text,
                       struct err *err);
void format_fini(struct format *f); /* all zero is fine */

/* Whether a column with that letter or that name is in it. */
bool format_has_letter(const struct format *f, char letter);
const struct column *column_by_letter(const struct column *table, char letter);
/* What all its columns are about, together. */
unsigned format_about(const struct format *f);

/* Appends the line of headings or of a row, with its newline. */
void format_heading(const struct format *f, struct str *out);
void format_row(const struct format *f, const void *row, const void *shared,
                struct str *out);

#endif
