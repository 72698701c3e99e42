/*
 * snapshot_fields - the model's structs as JSON objects, by one table each.
 *
 * A table has a row for each member of its struct (tests/crds/test_snapshot.c holds it
 * to scheduler/model.h); a row knows how its type is written and read.
 */
#ifndef GANTRY_CRDS_SNAPSHOT_FIELDS_H
#define GANTRY_CRDS_SNAPSHOT_FIELDS_H

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "scheduler/model.h"

enum field_type {
    FIELD_TEXT,    /* char *; NULL is left out */
    FIELD_WORD,    /* char * that must be there */
    FIELD_BOOL,    /* bool */
    FIELD_INT,     /* int64_t */
    FIELD_ENUM,    /* an int from 0 to `max` */
    FIELD_AMOUNT,  /* struct resvec */
    FIELD_STRUCT,  /* one of `of`, in place */
    FIELD_MAYBE,   /* likewise, on the heap; NULL is left out */
    FIELD_TASKS,   /* struct taskset */
    FIELD_NAMES,   /* char **, with its number at `count` */
    FIELD_LIST,    /* of structs of `of`, with its number at `count` */
    FIELD_SLOTS,   /* likewise of slots, shared by those who have them (slots_new) */
    FIELD_TABLE,   /* struct license_table */
    FIELD_WEIGHTS, /* struct tres_weights */
    FIELD_LABELS,  /* struct topology_labels */
    FIELD_SIZES,   /* struct block_sizes */
};

struct fields;

struct field {
    const char *key;
    enum field_type type;
    size_t offset, count;
    const struct fields *of;
    int max;
};

struct fields {
    const char *name; /* "job" */
    size_t size;
    const struct field *rows;
    size_t n;
};

extern const struct fields fields_config, fields_node, fields_partition, fields_qos,
    fields_account, fields_reservation, fields_job, fields_pod;

/* What stands in the struct: zeroes, NULLs and empty lists are left out where `fresh`
 * has them too. Names of resources are those of `res`. */
struct json *fields_write(const struct fields *f, const struct restable *res,
                          const void *from, const void *fresh);
/* Into a struct that holds its defaults; on failure it holds a part, to be freed as
 * ever. ERR_INVALID names the key. */
int fields_read(const struct fields *f, const struct restable *res,
                const struct json *object, void *into, struct err *err);

#endif
