/*
 * json - JSON documents as trees (json-c behind this one header).
 *
 * A `struct json *` is one reference to a tree node; JSON null is a node of type
 * JSON_NULL, an absent field is a NULL pointer: the two are never confused.
 * Ownership: json_parse, json_copy, json_ref, json_build and json_new_* return a
 * reference that the caller frees with json_free; json_get, json_at and the
 * iterators lend. json_set, json_set_at and json_append take the child over.
 * Ceilings: depth JSON_DEPTH_MAX; the caller bounds the bytes.
 *
 * Paths are field names joined by dots ("metadata.name"). A name that contains a
 * dot (label and annotation keys do) is read with json_get.
 *
 * json-c parses, but not alone: json_scan.h says what it would let through, and a tree
 * does not know which keys stood twice.
 *
 * Trees are dear (a 10 kB pod takes 370 kB): keep bytes or structs, not trees.
 */
#ifndef GANTRY_BASE_JSON_H
#define GANTRY_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define JSON_DEPTH_MAX 64

struct json;

#define JSON_AUTO __attribute__((cleanup(json_free_p), unused))

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_INT,
    JSON_DOUBLE,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* What a typed read found. `*ret` is written only for JSON_FOUND. */
enum json_found { JSON_FOUND, JSON_ABSENT, JSON_WRONG_TYPE };

/* Parses exactly one document; anything but white space behind it, invalid UTF-8 and
 * depth past the ceiling are ERR_INVALID, the message with the byte offset. A key that
 * stands twice in one object: the last one wins (json_duplicate_key finds it). */
struct json *json_parse(const char *buf, size_t len, struct err *err);
struct json *json_parse_str(const char *text, struct err *err);
/* Path of the first duplicate key in the bytes of a valid document as "spec.nodes"
 * (into `ret_path`), true if there is one. */
bool json_duplicate_key(const char *buf, size_t len, struct str *ret_path);

void json_free(struct json *j); /* NULL is fine */
void json_free_p(struct json **j);
struct json *json_ref(struct json *j);
struct json *json_copy(const struct json *j); /* deep */

/* Compact text, fields in their order, appended to `out`. Slashes are not escaped. */
void json_print(const struct json *j, struct str *out);
/* As json_print into a fresh heap string (free()); *ret_len may be NULL. */
char *json_text(const struct json *j, size_t *ret_len);
/* Indented by two spaces, for people. */
void json_print_pretty(const struct json *j, struct str *out);

/* ---- reading ---- */

enum json_type json_type(const struct json *j);          /* NULL pointer: JSON_NULL */
bool json_is(const struct json *j, enum json_type type); /* false for a NULL pointer */
const char *json_type_name(enum json_type type);         /* "object", "string", ... */
struct json *json_get(const struct json *object, const char *key); /* NULL: absent */
struct json *json_at(const struct json *object, const char *path);

/* Strings at a path: lent, NULL when absent, null or of another type. */
const char *json_str(const struct json *object, const char *path);
/* As json_str, `otherwise` for NULL. */
const char *json_str_or(const struct json *object, const char *path,
                        const char *otherwise);
int64_t json_int_or(const struct json *object, const char *path, int64_t otherwise);
bool json_bool_or(const struct json *object, const char *path, bool otherwise);

/* Typed reads that tell absent (or null) from wrong. On JSON_WRONG_TYPE `err` says
 * "spec.replicas: expected integer, got string", or "spec: expected object, got array"
 * when something else stands in the way. An integer past int64 is of the wrong type. */
enum json_found json_read_str(const struct json *o, const char *path, const char **ret,
                              struct err *err);
enum json_found json_read_int(const struct json *o, const char *path, int64_t *ret,
                              struct err *err);
enum json_found json_read_bool(const struct json *o, const char *path, bool *ret,
                               struct err *err);
enum json_found json_read_array(const struct json *o, const char *path,
                                struct json **ret, struct err *err);
enum json_found json_read_object(const struct json *o, const char *path,
                                 struct json **ret, struct err *err);

/* Values of a node; the node must have that type. */
const char *json_string(const struct json *j);
size_t json_string_len(const struct json *j);
/* JSON_INT, or JSON_DOUBLE cut towards zero; past int64 its nearest end. Integers up to
 * uint64 print exactly. */
int64_t json_int(const struct json *j);
double json_double(const struct json *j); /* JSON_INT or JSON_DOUBLE */
bool json_bool(const struct json *j);

size_t json_len(const struct json *j); /* items or fields; 0 for other types and NULL */
struct json *json_item(const struct json *array, size_t i);
/* The names of an object's fields, sorted by their bytes, and a NULL: lent texts in a
 * fresh array (free()). Empty for other types and NULL. */
const char **json_sorted_keys(const struct json *object);

/* for (json_each(it, object)) use it.key and it.val; the object must not change. */
struct json_iter {
    const char *key;
    struct json *val;
    void *next;
};
/* NULL, or no object: an iterator at its end. */
struct json_iter json_iter_first(const struct json *object);
void json_iter_next(struct json_iter *it);
/* NOLINTBEGIN(bugprone-macro-parentheses): `it` is a name that is declared. */
#define json_each(it, object)                      \
    struct json_iter it = json_iter_first(object); \
    it.key;                                        \
    json_iter_next(&it)
/* NOLINTEND(bugprone-macro-parentheses) */

bool json_equal(const struct json *a, const struct json *b); /* field order ignored */

/* ---- writing ---- */

struct json *json_new_null(void);
struct json *json_new_bool(bool v);
struct json *json_new_int(int64_t v);
struct json *json_new_double(double v); /* NaN and infinities: null */
/* Bytes that are not UTF-8 print as U+FFFD. */
struct json *json_new_string(const char *s);
struct json *json_new_string_len(const char *s, size_t len);
struct json *json_new_array(void);
struct json *json_new_object(void);

/* A field that is there keeps its place. A NULL child is "absent": the field goes. */
void json_set(struct json *object, const char *key, struct json *take);
/* Sets at a path, making the objects on the way (in place of whatever is no object). */
void json_set_at(struct json *object, const char *path, struct json *take);
void json_del(struct json *object, const char *key);
void json_append(struct json *array, struct json *take);
void json_array_set(struct json *array, size_t i, struct json *take);    /* i < len */
void json_array_insert(struct json *array, size_t i, struct json *take); /* i <= len */
void json_array_del(struct json *array, size_t i);

/*
 * A document from a template; single quotes stand for double ones:
 *
 *   json_build("{'kind': 'Binding', 'target': {'name': %s}, 'n': %i}", node, n)
 *
 * %s const char * as a JSON string (NULL: null), %i int64_t (cast what is an int), %b
 * bool (int), %j const struct json * (copied; NULL: null), %% a percent sign. Keys may
 * be %s too; within quotes nothing is put in. The template is ours, so a malformed one
 * asserts.
 */
struct json *json_build(const char *tmpl, ...);

#endif
