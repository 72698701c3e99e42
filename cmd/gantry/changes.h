/*
 * changes - scontrol update's "Key=Value" words, and the tables that turn them into
 * fields of a spec.
 */
#ifndef GANTRY_CLI_CHANGES_H
#define GANTRY_CLI_CHANGES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"

struct change {
    char *key, *value;
    char sign; /* "TimeLimit+=5", "TimeLimit=+5": '+', '-'; 0 */
    bool more; /* it stands before the "=" */
};

struct changes {
    struct change *list;
    size_t n;
};
#define CHANGES_AUTO __attribute__((cleanup(changes_fini)))

/* Words are "Key=Value", or a key and behind it its value; Skip alone is "yes".
 * ERR_INVALID: a last key has none. */
int changes_parse(struct changes *ret, int argc, char **argv, struct err *err);
void changes_fini(struct changes *c);
const struct change *changes_find(const struct changes *c, const char *key);

enum change_type {
    CHANGE_TEXT,
    CHANGE_INT,
    CHANGE_MOST,      /* likewise, or UNLIMITED, which clears it */
    CHANGE_BOOL,      /* yes, no, 1, 0 */
    CHANGE_TIME,      /* a length of time, as text */
    CHANGE_GPUS,      /* "gres/gpu:h100:4", "gpu:4" */
    CHANGE_WORD,      /* in capitals */
    CHANGE_EXCLUSIVE, /* NO, NODE or USER: two fields */
    CHANGE_SELECTS,   /* says which object, changes nothing */
    CHANGE_REFUSED,   /* field is the reason */
};

/* A row of an entity's table, which ends with a key NULL. */
struct change_row {
    const char *key;
    const char *field; /* of spec */
    enum change_type type;
    bool running; /* of a job that has started, too */
};

/* Of a key that has one value, which "Key+=Value" does not say: ERR_INVALID. */
int changes_refuse_more(const char *key, const struct change *c, struct err *err);
/* The row of a key, in any case, or the only one that it begins. NULL: none. */
const struct change_row *change_row_find(const struct change_row *table,
                                         const char *key);
/* Puts the value into `spec` (empty: null, which clears it). ERR_INVALID: "Invalid Key
 * value: x", or that it is refused. */
int change_put(const struct change_row *row, const struct change *c, struct json *spec,
               struct err *err);

#endif
