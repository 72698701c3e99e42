/*
 * yaml_scalar - what a plain YAML scalar means to Kubernetes. Private to base/yaml.c.
 *
 * As kubectl and the API server's YAML read it: null, ~ and nothing; true and false in
 * three spellings (yes, on and y are strings); integers in decimal, 0x, 0o, 0b and,
 * with a leading zero, octal, underscores dropped; floats, whole ones being integers
 * (1.0, 1e3); the rest, timestamps and 1:30 too, are strings.
 */
#ifndef GANTRY_BASE_YAML_SCALAR_H
#define GANTRY_BASE_YAML_SCALAR_H

#include <stddef.h>

#include "base/json.h"

/* A new node; NULL for .inf and .nan, which JSON cannot hold. `s` ends with a NUL
 * behind `len` bytes. */
struct json *yaml_scalar_resolve(const char *s, size_t len);

#endif
