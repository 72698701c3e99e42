/*
 * yaml_print - JSON trees as YAML, byte for byte as Kubernetes and kubectl write it.
 *
 * One document in block style, lines folded at 80 columns, lists no further in than
 * their key. Fields are sorted as people count: a2 before a10. A string is plain where
 * YAML 1.1 reads it as a string, too; else quoted; one of several lines is literal.
 * Bytes that are not UTF-8 are U+FFFD, as in JSON.
 */
#ifndef GANTRY_BASE_YAML_PRINT_H
#define GANTRY_BASE_YAML_PRINT_H

#include "base/json.h"
#include "base/str.h"

/* Appends the document, which ends with a newline. */
void yaml_print(const struct json *j, struct str *out);

/* Would a reader of YAML 1.1 take the plain scalar `s` for something else than a
 * string: a number, a time, yes? */
bool yaml_print_is_ambiguous(const char *s, size_t len);

/* The order of fields: below 0 where `a` comes first. */
int yaml_print_compare(const char *a, const char *b);

#endif
