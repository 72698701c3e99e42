/*
 * yaml - YAML documents to JSON trees (libyaml's events behind this one header).
 *
 * What Kubernetes' YAML is: plain scalars resolve as in YAML 1.1's core (null, booleans
 * true/false only, integers, floats), anchors and aliases and merge keys ("<<") are
 * expanded within bounds, keys are strings. Refused, each with its line: duplicate
 * keys, depth past JSON_DEPTH_MAX, more than YAML_NODES_MAX nodes of all documents
 * after expansion (an alias bomb), input larger than YAML_BYTES_MAX, tags that are not
 * core, a key that is not a scalar.
 */
#ifndef GANTRY_BASE_YAML_H
#define GANTRY_BASE_YAML_H

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

#define YAML_BYTES_MAX (4u << 20)
#define YAML_NODES_MAX 200000u

/* Called once per document, in order. `line` is where its value starts (from 1). Takes
 * `doc` over. Returns -1 with err set to stop. Empty documents are skipped. */
typedef int yaml_doc_fn(void *arg, struct json *take_doc, size_t line, struct err *err);

/* `name` stands in errors: "job.yaml:12: duplicate key \"nodes\""; they are one line,
 * whatever the text holds. JSON is YAML too. */
int yaml_parse(const char *buf, size_t len, const char *name, yaml_doc_fn *fn,
               void *arg, struct err *err);

/* Exactly one document. NULL on error. */
struct json *yaml_parse_one(const char *buf, size_t len, const char *name,
                            struct err *err);

/* What libyaml has against a text, for who words it otherwise than err does. */
struct yaml_fault {
    enum yaml_fault_of {
        YAML_FAULT_NONE,
        YAML_FAULT_READER, /* no text: its encoding, control characters */
        YAML_FAULT_SCANNER,
        YAML_FAULT_PARSER
    } of;
    size_t line;         /* from 1 */
    const char *problem; /* constant text: "did not find expected ',' or ']'" */
};

/* As yaml_parse_one; *ret_fault is of YAML_FAULT_NONE where the text is YAML, be it
 * that it is refused for what it says (duplicate keys, an unknown alias). */
struct json *yaml_parse_checked(const char *buf, size_t len, const char *name,
                                struct yaml_fault *ret_fault, struct err *err);

/* A path of field names and indices ("partitions[1].name") in the first document to the
 * line it stands on (gantry.yaml's errors name lines), 0 when it is not there. Aliases
 * and merged keys are not followed. */
size_t yaml_line_of(const char *buf, size_t len, const char *path);
/* Where a path stands in several spellings ("a: {b: 1}", "a.b: 2"): the last one. */
size_t yaml_last_line_of(const char *buf, size_t len, const char *path);

#endif
