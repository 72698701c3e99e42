/*
 * json_pick - a few fields of many documents, by one pass over the bytes.
 *
 * A tree of ten thousand objects costs seconds and hundreds of megabytes when a dozen
 * fields of each are wanted. A picker is made of paths ("status.jobID", as in json_at;
 * keys that contain a dot cannot be meant) and finds their values in a document without
 * building anything: what it finds is the value's own text, lent from the document.
 * What is passed over is held to the words of JSON and to closed brackets, no more.
 *
 * A path may end at an object or array: then its whole text is found, and nothing
 * inside of it by other paths. A key that stands twice: the last one wins.
 */
#ifndef GANTRY_BASE_JSON_PICK_H
#define GANTRY_BASE_JSON_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define JSON_PICK_MAX 128 /* keys in all paths together */

/* A value as it stands in the document; s NULL: absent. */
struct json_text {
    const char *s;
    size_t len;
};

struct json_picker;

/* `paths` has `n` entries; values come back in their order. Mistakes are ours and
 * assert: too many keys, an empty path, one path that begins with another. */
struct json_picker *json_picker_new(const char *const *paths, size_t n);
void json_picker_free(struct json_picker *p); /* NULL is fine */

/* Finds the values in a document, which must be an object. `ret` has the picker's n
 * entries. ERR_INVALID names the byte. */
int json_pick(const struct json_picker *p, const char *buf, size_t len,
              struct json_text *ret, struct err *err);

/* Called for each item of a list; `values` are lent until it returns. */
typedef void json_pick_fn(void *arg, const struct json_text *values);
struct json_list_picks {
    const struct json_picker *of_list; /* of the document but its "items" */
    struct json_text *ret_list;        /* their values, as far as they were met */
    const struct json_picker *of_item;
    json_pick_fn *item;
    void *arg;
    const char *items; /* the key of the items; NULL: "items" */
};
/* A list: its own values, and those of each item. An item that is no object is
 * ERR_INVALID; without that key there are none. */
int json_pick_list(const struct json_list_picks *picks, const char *buf, size_t len,
                   struct err *err);

/* The text as a value. Another type, null and absent are "otherwise", NULL or false. */
bool json_text_is_true(struct json_text t);
int64_t json_text_int(struct json_text t, int64_t otherwise);
/* A string's bytes, escapes resolved; memory of the arena. NULL for what is none. */
char *json_text_str(struct json_text t, struct arena *arena);
/* As json_text_str; a number's text too: for int-or-string fields. */
char *json_text_scalar(struct json_text t, struct arena *arena);
/* The items of an array: their number, and the first `max` of them. Nothing for what is
 * no array; what follows a mistake in it is not looked at. */
size_t json_text_items(struct json_text t, struct json_text *ret, size_t max);

#endif
