/*
 * json_internal - what the json*.c files share: json-c, and null's own node.
 *
 * json-c stands for JSON null with a NULL pointer; ours means "absent". Every pointer
 * that crosses the boundary goes through json_c (ours to json-c's) or json_ours (a
 * value that is there, so NULL is JSON null). Every double carries its text as json-c's
 * user data: all doubles are made by json_new_double_text.
 */
#ifndef GANTRY_BASE_JSON_INTERNAL_H
#define GANTRY_BASE_JSON_INTERNAL_H

/* json-c has types of these names. */
#define json_type json_c_type
#define json_bool json_c_bool
#include <json-c/json.h>
#undef json_type
#undef json_bool

#include "base/json.h"

/* Only its address counts: JSON null as a node. */
extern const char json_null_mark;
#define JSON_NULL_NODE ((struct json *)&json_null_mark)

static inline struct json_object *json_c(const struct json *j)
{
    return j == JSON_NULL_NODE ? NULL : (struct json_object *)j;
}

static inline struct json *json_ours(struct json_object *o)
{
    return o == NULL ? JSON_NULL_NODE : (struct json *)o;
}

struct json *json_new_uint(uint64_t v);
/* `text` is JSON and what is printed. */
struct json *json_new_double_text(double v, const char *text);

#endif
