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

/* NULL: NAME and AGE. */
const struct core_table *table_of_core(const char *group, const char *plural);

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
