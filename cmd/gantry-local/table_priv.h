/*
 * table_priv - columns of core kinds: a name, and what stands in the cell.
 */
#ifndef GANTRY_LOCAL_TABLE_PRIV_H
#define GANTRY_LOCAL_TABLE_PRIV_H

#include <stddef.h>

#include "cmd/gantry-local/table.h"

struct core_column {
    const char *name;
    const char *type;
    int priority; /* 1: only with -o wide */
    /* The cell, or NULL: the value at `path`, "<none>" where there is none. */
    struct json *(*cell)(const struct json *object, int64_t now_sec);
    const char *path;
};

struct core_table {
    const char *group, *plural;
    const struct core_column *columns;
    size_t n;
};

struct core_tables {
    const struct core_table *rows;
    size_t n;
};

extern const struct core_tables table_access;
extern const struct core_tables table_autoscale;
extern const struct core_tables table_core;
extern const struct core_tables table_event;
extern const struct core_tables table_job;
extern const struct core_tables table_network;
extern const struct core_tables table_storage;
extern const struct core_tables table_workload;

/* The rows of those arrays, and a column that most have. */
#define TABLE_ROW(group, plural, columns)          \
    {                                              \
        group, plural, columns, ARRAY_LEN(columns) \
    }
#define TABLE_AGE                           \
    {                                       \
        "Age", "string", 0, table_age, NULL \
    }

/* name_containers and name_images: cells, for the place where a kind has containers. */
#define TABLE_CONTAINER_CELLS(name, path)                                             \
    static struct json *name##_containers(const struct json *object, int64_t now_sec) \
    {                                                                                 \
        (void)now_sec;                                                                \
        return cell_containers(object, path, "name");                                 \
    }                                                                                 \
    static struct json *name##_images(const struct json *object, int64_t now_sec)     \
    {                                                                                 \
        (void)now_sec;                                                                \
        return cell_containers(object, path, "image");                                \
    }

/* NULL: NAME and AGE. */
const struct core_table *table_of_core(const char *group, const char *plural);

/* ---- cells ---- */

/* The cell of a custom kind's column from the value at its path, taken over; NULL and
 * null: it has none. */
struct json *table_custom_cell(const struct column *c, struct json *take,
                               int64_t now_sec);

#define CELL_MAX 4096

/* Takes `text` over; "<none>" for an empty one. */
struct json *cell_take(char *text);
/* The value at `path` as text, or `otherwise`. */
struct json *cell_text_or(const struct json *object, const char *path,
                          const char *otherwise);
/* A LabelSelector, or a map of labels ("a=b,c=d"), as text; "<none>" for one that
 * selects all. */
struct json *cell_selector(const struct json *selector);
/* At most `max` of the words (an array of strings), then "+ 2 more...". */
struct json *cell_words(const struct json *words, size_t max);
/* What each of the containers at `path` has in `field`. */
struct json *cell_containers(const struct json *object, const char *path,
                             const char *field);
/* Is it in this condition, with status True? */
bool cell_has_condition(const struct json *object, const char *type);
struct json *cell_created_at(const struct json *object, int64_t now_sec);
/* The name, with " (default)" where the annotation says so. */
struct json *cell_default_name(const struct json *object, const char *annotation);

/* As kubectl says how long: "5s", "2m30s", "3h", "4d5h", "2y12d". */
#define AGE_TEXT_MAX 32
void table_duration(int64_t sec, char ret[AGE_TEXT_MAX]);
/* Time since the RFC 3339 text: "<unknown>" for NULL, "<invalid>" for what is none. */
struct json *table_since(const char *when, int64_t now_sec);
struct json *table_age(const struct json *object, int64_t now_sec);

/* table_pod.c */
struct json *pod_cell_ready(const struct json *pod, int64_t now_sec);
struct json *pod_cell_status(const struct json *pod, int64_t now_sec);
struct json *pod_cell_restarts(const struct json *pod, int64_t now_sec);
struct json *pod_cell_gates(const struct json *pod, int64_t now_sec);

#endif
