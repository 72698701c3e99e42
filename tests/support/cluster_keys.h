/*
 * cluster_keys - the keys of cluster_text's lines, a table for each noun.
 *
 * Most rows name a field and how its value is read; what needs more has a setter of its
 * own in cluster_<noun>_keys.c.
 */
#ifndef GANTRY_TESTS_SUPPORT_CLUSTER_KEYS_H
#define GANTRY_TESTS_SUPPORT_CLUSTER_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "scheduler/model.h"

/* What a key's setter gets: the object, what stands behind a dotted key, the value. */
struct setting {
    struct restable *res;
    void *object;
    void *field;     /* of the object, as the row says */
    size_t *n_field; /* of a list */
    const char *key; /* of "label.rack": "rack" */
    char *value;     /* "" where there is no '=' */
};

typedef int set_fn(const struct setting *at, struct err *err);

struct key {
    const char *name; /* with a dot at the end: a prefix */
    set_fn *set;
    size_t field, n_field; /* offsets in the object; the setter says of what type */
};

/* Each ends with a row without a name, which takes all other keys: resources. */
extern const struct key cluster_node_keys[];
extern const struct key cluster_part_keys[];
extern const struct key cluster_qos_keys[];
extern const struct key cluster_account_keys[];
extern const struct key cluster_resv_keys[];
extern const struct key cluster_job_keys[];
extern const struct key cluster_pod_keys[];

/* ---- rows ---- */

/* Offsets; a field of another type does not compile. */
#define KEY_BOOL_AT(type, f) _Generic(((type *)NULL)->f, bool : offsetof(type, f))
#define KEY_TEXT_AT(type, f) _Generic(((type *)NULL)->f, char * : offsetof(type, f))
#define KEY_INT64_AT(type, f) _Generic(((type *)NULL)->f, int64_t : offsetof(type, f))

#define KEY_FLAG(type, f) .set = key_flag, .field = KEY_BOOL_AT(type, f)
#define KEY_TEXT(type, f) .set = key_text, .field = KEY_TEXT_AT(type, f)
#define KEY_NUMBER(type, f) .set = key_number, .field = KEY_INT64_AT(type, f)
#define KEY_MILLI(type, f) .set = key_milli, .field = KEY_INT64_AT(type, f)
#define KEY_SIZE(type, f) .set = key_size, .field = KEY_INT64_AT(type, f)
#define KEY_DURATION(type, f) .set = key_duration, .field = KEY_INT64_AT(type, f)
#define KEY_MODE(type, f) .set = key_mode, .field = KEY_INT64_AT(type, f)
/* A list and how many it has; a struct resvec. */
#define KEY_NAMES(type, f, n_f) \
    .set = key_names, .field = offsetof(type, f), .n_field = offsetof(type, n_f)
#define KEY_RESOURCE(type, f) .set = key_resource, .field = offsetof(type, f)

set_fn key_flag, key_text, key_number, key_milli, key_size, key_duration;
set_fn key_mode;     /* of preemption */
set_fn key_names;    /* a hostlist; sorted */
set_fn key_resource; /* cpu, mem, disk, or a name with a slash, which is interned */

/* ---- for setters ---- */

int cluster_text_number(const char *text, int64_t *ret, struct err *err);
/* Which of the words the text is; NULL is none. */
int key_word(const char *text, const char *const *words, size_t n, int *ret,
             struct err *err);
/* As key_resource. */
int key_amount(const struct setting *at, struct resvec *v, struct err *err);
/* "a|b|c": one of these. */
void key_requirement(const struct setting *at, struct term *term);

#endif
