/*
 * snapshot_rows - the words that tables of crds/snapshot_fields.h are written in, and
 * the table that several kinds have a part of.
 *
 * Each names a member `m` of struct `T`; `c` is the member with the number of those at
 * `m`, and `f` the table of what stands there.
 */
#ifndef GANTRY_CRDS_SNAPSHOT_ROWS_H
#define GANTRY_CRDS_SNAPSHOT_ROWS_H

#include <stddef.h>

#include "base/util.h"
#include "crds/snapshot_fields.h"

#define NAME(T, m, t)                            \
    {                                            \
#m, t, offsetof(struct T, m), 0, NULL, 0 \
    }
#define TEXT(T, m) NAME(T, m, FIELD_TEXT)
#define WORD(T, m) NAME(T, m, FIELD_WORD)
#define BOOL(T, m) NAME(T, m, FIELD_BOOL)
#define INT(T, m) NAME(T, m, FIELD_INT)
#define AMOUNT(T, m) NAME(T, m, FIELD_AMOUNT)
#define ENUM(T, m, last)                                     \
    {                                                        \
#m, FIELD_ENUM, offsetof(struct T, m), 0, NULL, last \
    }
#define ONE(T, m, f)                                        \
    {                                                       \
#m, FIELD_STRUCT, offsetof(struct T, m), 0, &(f), 0 \
    }
#define MAYBE(T, m, f)                                     \
    {                                                      \
#m, FIELD_MAYBE, offsetof(struct T, m), 0, &(f), 0 \
    }
#define NAMES(T, m, c)                                                         \
    {                                                                          \
#m, FIELD_NAMES, offsetof(struct T, m), offsetof(struct T, c), NULL, 0 \
    }
#define LIST(T, m, c, f)                                                      \
    {                                                                         \
#m, FIELD_LIST, offsetof(struct T, m), offsetof(struct T, c), &(f), 0 \
    }
#define SLOTS(T, m, c)                                                                 \
    {                                                                                  \
#m, FIELD_SLOTS, offsetof(struct T, m), offsetof(struct T, c), &fields_slot, 0 \
    }
#define FIELDS(T, rows)                             \
    {                                               \
#T, sizeof(struct T), rows, ARRAY_LEN(rows) \
    }

extern const struct fields fields_term, fields_license;

#endif
