/*
 * conform_pick - parts of documents by path: fields and indices joined by dots
 * ("items.0.metadata.name"); '*' stands for every item or field.
 */
#ifndef GANTRY_TESTS_SUPPORT_CONFORM_PICK_H
#define GANTRY_TESTS_SUPPORT_CONFORM_PICK_H

#include "base/json.h"

/* Lent; NULL when absent. No '*' here. */
struct json *conform_pick(const struct json *j, const char *path);
/* What stands at the paths: {path: value}, what is absent left out; with '*', for each
 * that it stands for. Frees `take`. */
struct json *conform_pick_only(struct json *take, const struct json *paths);
void conform_pick_del(struct json *j, const char *path);
/* The lines of the text at the path are sorted by bytes. No '*' here. */
void conform_pick_sort(struct json *j, const char *path);
/* A field of that name goes, wherever it stands. */
void conform_pick_drop(struct json *j, const char *field);

#endif
