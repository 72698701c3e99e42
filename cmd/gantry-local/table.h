/*
 * table - meta.k8s.io/v1 Table, what kubectl get prints.
 *
 * Core kinds have kubectl's own columns (pods: NAME READY STATUS RESTARTS AGE ...),
 * custom kinds their additionalPrinterColumns.
 */
#ifndef GANTRY_LOCAL_TABLE_H
#define GANTRY_LOCAL_TABLE_H

#include <stdint.h>

#include "base/json.h"
#include "base/str.h"
#include "cmd/gantry-local/kinds.h"

enum table_include { TABLE_METADATA, TABLE_OBJECT, TABLE_NONE };

/* columnDefinitions as a JSON array, without brackets trimmed: `[{...},...]`. */
void table_columns(const struct kind *kind, struct str *out);
/* One row object for `object`: {"cells":[...],"object":{...}}. */
void table_row(const struct kind *kind, const struct json *object,
               enum table_include include, int64_t now_sec, struct str *out);

/* The value at a JSONPath of the printer-column subset (.a.b, [0], ['k'], [*],
 * [?(@.type=="Ready")].status) as a cell; json null where there is none. */
struct json *jsonpath_cell(const struct json *object, const char *path);

#define JSONPATH_CHOICES_MAX 4
/* The same as paths of json_at, the first that leads somewhere counting, where it is
 * made of names alone: ".a.b" is "a.b", ".a['b','c']" is "a.b" and "a.c". Their number,
 * the strings the caller's; 0: it is not such a path. */
size_t jsonpath_plain(const char *path, char *ret[JSONPATH_CHOICES_MAX]);

#endif
