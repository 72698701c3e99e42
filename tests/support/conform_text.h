/*
 * conform_text - documents as YAML for people to read and compare: block style, fields
 * in their order, one scalar a line.
 */
#ifndef GANTRY_TESTS_SUPPORT_CONFORM_TEXT_H
#define GANTRY_TESTS_SUPPORT_CONFORM_TEXT_H

#include "base/json.h"
#include "base/str.h"

/* base/yaml.h reads back what was written. */
void conform_text(const struct json *j, struct str *out);

#endif
