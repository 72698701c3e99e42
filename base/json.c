#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_internal.h"
#include "base/util.h"

#define DOUBLE_TEXT_MAX 32
#define SEGMENT_MAX 64

const char json_null_mark = 0;

static const char *const type_names[] = {
    [JSON_NULL] = "null",     [JSON_BOOL] = "boolean",  [JSON_INT] = "integer",
    [JSON_DOUBLE] = "number", [JSON_STRING] = "string", [JSON_ARRAY] = "array",
    [JSON_OBJECT] = "object",
};

static const enum json_type type_of_json_c[] = {
    [json_type_null] = JSON_NULL,     [json_type_boolean] = JSON_BOOL,
    [json_type_double] = JSON_DOUBLE, [json_type_int] = JSON_INT,
    [json_type_object] = JSON_OBJECT, [json_type_array] = JSON_ARRAY,
    [json_type_string] = JSON_STRING,
};

/* ---- references ---- */

void json_free(struct json *j)
{
    json_object_put(json_c(j));
}

void json_free_p(struct json **j)
{
    json_free(*j);
    *j = NULL;
}

struct json *json_ref(struct json *j)
{
    json_object_get(json_c(j));
    return j;
}

struct json *json_copy(const struct json *j)
{
    struct json_object *copy = NULL;

    if (j == NULL || j == JSON_NULL_NODE)
        return (struct json *)j;
    if (json_object_deep_copy(json_c(j), &copy, NULL) != 0)
        abort();
    return json_ours(copy);
}

/* ---- nodes ---- */

enum json_type json_type(const struct json *j)
{
    return type_of_json_c[json_object_get_type(json_c(j))];
}

bool json_is(const struct json *j, enum json_type type)
{
    return j != NULL && json_type(j) == type;
}

const char *json_type_name(enum json_type type)
{
    return type_names[type];
}

const char *json_string(const struct json *j)
{
    assert(json_is(j, JSON_STRING));
    return json_object_get_string(json_c(j));
}

size_t json_string_len(const struct json *j)
{
    assert(json_is(j, JSON_STRING));
    return (size_t)json_object_get_string_len(json_c(j));
}

int64_t json_int(const struct json *j)
{
    assert(json_is(j, JSON_INT) || json_is(j, JSON_DOUBLE));
    return json_object_get_int64(json_c(j));
}

double json_double(const struct json *j)
{
    assert(json_is(j, JSON_INT) || json_is(j, JSON_DOUBLE));
    return json_object_get_double(json_c(j));
}

bool json_bool(const struct json *j)
{
    assert(json_is(j, JSON_BOOL));
    return json_object_get_boolean(json_c(j));
}

size_t json_len(const struct json *j)
{
    if (json_is(j, JSON_ARRAY))
        return json_object_array_length(json_c(j));
    if (json_is(j, JSON_OBJECT))
        return (size_t)json_object_object_length(json_c(j));
    return 0;
}

struct json *json_item(const struct json *array, size_t i)
{
    if (!json_is(array, JSON_ARRAY) || i >= json_len(array))
        return NULL;
    return json_ours(json_object_array_get_idx(json_c(array), i));
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **json_sorted_keys(const struct json *object)
{
    const size_t n = json_is(object, JSON_OBJECT) ? json_len(object) : 0;
    const char **keys = xcalloc(n + 1, sizeof(*keys));
    size_t i = 0;

    for (json_each (it, object))
        keys[i++] = it.key;
    qsort(keys, n, sizeof(*keys), compare_texts);
    return keys;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return json_object_equal(json_c(a), json_c(b));
}

/* ---- fields ---- */

struct json *json_get(const struct json *object, const char *key)
{
    struct json_object *val;

    if (!json_is(object, JSON_OBJECT) ||
        !json_object_object_get_ex(json_c(object), key, &val))
        return NULL;
    return json_ours(val);
}

/* json_get for the `len` bytes at `segment`. */
static struct json *get_segment(const struct json *object, const char *segment,
                                size_t len)
{
    char buf[SEGMENT_MAX];

    if (len >= sizeof(buf)) {
        AUTO_FREE char *key = xstrndup(segment, len);
        return json_get(object, key);
    }
    memcpy(buf, segment, len);
    buf[len] = '\0';
    return json_get(object, buf);
}

/* Follows all segments of `path` but the last, which is *ret_last. NULL when one is
 * missing; then *ret_last is where its path ends, when there is a node of another type
 * than object in the way (*ret_in_way, else NULL). */
static struct json *walk(const struct json *object, const char *path,
                         const char **ret_last, struct json **ret_in_way)
{
    const char *segment = path, *dot;
    struct json *at = (struct json *)object, *val;

    *ret_in_way = NULL;
    for (; (dot = strchr(segment, '.')) != NULL; segment = dot + 1) {
        val = get_segment(at, segment, (size_t)(dot - segment));
        if (!json_is(val, JSON_OBJECT)) {
            *ret_in_way = val == JSON_NULL_NODE ? NULL : val;
            *ret_last = dot;
            return NULL;
        }
        at = val;
    }
    *ret_last = segment;
    return at;
}

struct json *json_at(const struct json *object, const char *path)
{
    const char *last;
    struct json *in_way, *parent = walk(object, path, &last, &in_way);

    return parent != NULL ? json_get(parent, last) : NULL;
}

const char *json_str(const struct json *object, const char *path)
{
    const struct json *j = json_at(object, path);

    return json_is(j, JSON_STRING) ? json_string(j) : NULL;
}

const char *json_str_or(const struct json *object, const char *path,
                        const char *otherwise)
{
    const char *s = json_str(object, path);

    return s != NULL ? s : otherwise;
}

int64_t json_int_or(const struct json *object, const char *path, int64_t otherwise)
{
    const struct json *j = json_at(object, path);

    return json_is(j, JSON_INT) ? json_int(j) : otherwise;
}

bool json_bool_or(const struct json *object, const char *path, bool otherwise)
{
    const struct json *j = json_at(object, path);

    return json_is(j, JSON_BOOL) ? json_bool(j) : otherwise;
}

/* ---- typed reads ---- */

static enum json_found read_type(const struct json *o, const char *path,
                                 enum json_type type, struct json **ret,
                                 struct err *err)
{
    const char *last;
    struct json *in_way, *val, *parent = walk(o, path, &last, &in_way);

    if (in_way != NULL) {
        err_set(err, ERR_INVALID, "%.*s: expected object, got %s", (int)(last - path),
                path, json_type_name(json_type(in_way)));
        return JSON_WRONG_TYPE;
    }
    val = parent != NULL ? json_get(parent, last) : NULL;
    if (val == NULL || val == JSON_NULL_NODE)
        return JSON_ABSENT;
    if (!json_is(val, type)) {
        err_set(err, ERR_INVALID, "%s: expected %s, got %s", path, json_type_name(type),
                json_type_name(json_type(val)));
        return JSON_WRONG_TYPE;
    }
    *ret = val;
    return JSON_FOUND;
}

enum json_found json_read_str(const struct json *o, const char *path, const char **ret,
                              struct err *err)
{
    struct json *val;
    enum json_found found = read_type(o, path, JSON_STRING, &val, err);

    if (found == JSON_FOUND)
        *ret = json_string(val);
    return found;
}

enum json_found json_read_int(const struct json *o, const char *path, int64_t *ret,
                              struct err *err)
{
    struct json *val;
    enum json_found found = read_type(o, path, JSON_INT, &val, err);

    if (found != JSON_FOUND)
        return found;
    if (json_object_get_uint64(json_c(val)) > INT64_MAX && json_int(val) > 0) {
        err_set(err, ERR_INVALID, "%s: expected integer up to %lld, got a larger one",
                path, (long long)INT64_MAX);
        return JSON_WRONG_TYPE;
    }
    *ret = json_int(val);
    return JSON_FOUND;
}

enum json_found json_read_bool(const struct json *o, const char *path, bool *ret,
                               struct err *err)
{
    struct json *val;
    enum json_found found = read_type(o, path, JSON_BOOL, &val, err);

    if (found == JSON_FOUND)
        *ret = json_bool(val);
    return found;
}

enum json_found json_read_array(const struct json *o, const char *path,
                                struct json **ret, struct err *err)
{
    return read_type(o, path, JSON_ARRAY, ret, err);
}

enum json_found json_read_object(const struct json *o, const char *path,
                                 struct json **ret, struct err *err)
{
    return read_type(o, path, JSON_OBJECT, ret, err);
}

/* ---- iteration ---- */

static struct json_iter iter_at(struct lh_entry *entry)
{
    if (entry == NULL)
        return (struct json_iter){.key = NULL};
    return (struct json_iter){
        .key = lh_entry_k(entry),
        .val = json_ours((struct json_object *)lh_entry_v(entry)),
        .next = lh_entry_next(entry),
    };
}

struct json_iter json_iter_first(const struct json *object)
{
    if (!json_is(object, JSON_OBJECT))
        return iter_at(NULL);
    return iter_at(lh_table_head(json_object_get_object(json_c(object))));
}

void json_iter_next(struct json_iter *it)
{
    *it = iter_at(it->next);
}

/* ---- making ---- */

static struct json *made(struct json_object *o)
{
    if (o == NULL)
        abort();
    return (struct json *)o;
}

struct json *json_new_null(void)
{
    return JSON_NULL_NODE;
}

struct json *json_new_bool(bool v)
{
    return made(json_object_new_boolean(v));
}

struct json *json_new_int(int64_t v)
{
    return made(json_object_new_int64(v));
}

struct json *json_new_uint(uint64_t v)
{
    return made(json_object_new_uint64(v));
}

struct json *json_new_double_text(double v, const char *text)
{
    return made(json_object_new_double_s(v, text));
}

/* The shortest text that reads back as the same number. */
struct json *json_new_double(double v)
{
    char text[DOUBLE_TEXT_MAX];
    int digits;

    if (!isfinite(v))
        return JSON_NULL_NODE;
    for (digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    return json_new_double_text(v, text);
}

struct json *json_new_string(const char *s)
{
    return json_new_string_len(s, strlen(s));
}

struct json *json_new_string_len(const char *s, size_t len)
{
    assert(len <= INT32_MAX);
    return made(json_object_new_string_len(s, (int)len));
}

struct json *json_new_array(void)
{
    return made(json_object_new_array());
}

struct json *json_new_object(void)
{
    return made(json_object_new_object());
}

/* ---- changing ---- */

void json_set(struct json *object, const char *key, struct json *take)
{
    assert(json_is(object, JSON_OBJECT));
    if (take == NULL)
        json_object_object_del(json_c(object), key);
    else if (json_object_object_add(json_c(object), key, json_c(take)) != 0)
        abort();
}

void json_set_at(struct json *object, const char *path, struct json *take)
{
    const char *dot;

    for (; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        struct json *val = get_segment(object, path, (size_t)(dot - path));

        if (!json_is(val, JSON_OBJECT)) {
            AUTO_FREE char *key = xstrndup(path, (size_t)(dot - path));

            if (take == NULL)
                return;
            val = json_new_object();
            json_set(object, key, val);
        }
        object = val;
    }
    json_set(object, path, take);
}

void json_del(struct json *object, const char *key)
{
    assert(json_is(object, JSON_OBJECT));
    json_object_object_del(json_c(object), key);
}

void json_append(struct json *array, struct json *take)
{
    assert(json_is(array, JSON_ARRAY) && take != NULL);
    if (json_object_array_add(json_c(array), json_c(take)) != 0)
        abort();
}

void json_array_set(struct json *array, size_t i, struct json *take)
{
    assert(i < json_len(array) && take != NULL);
    if (json_object_array_put_idx(json_c(array), i, json_c(take)) != 0)
        abort();
}

void json_array_insert(struct json *array, size_t i, struct json *take)
{
    size_t k = json_len(array);

    assert(i <= k);
    json_append(array, JSON_NULL_NODE);
    for (; k > i; k--)
        json_array_set(array, k, json_ref(json_item(array, k - 1)));
    json_array_set(array, i, take);
}

void json_array_del(struct json *array, size_t i)
{
    assert(i < json_len(array));
    json_object_array_del_idx(json_c(array), i, 1);
}
