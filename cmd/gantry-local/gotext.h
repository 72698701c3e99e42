/*
 * gotext - what Go's library says of a text that it cannot read.
 *
 * Kubernetes hands these words on, and so people search for them. Each function answers
 * with a fresh text, or NULL where Go would have read it.
 */
#ifndef GANTRY_LOCAL_GOTEXT_H
#define GANTRY_LOCAL_GOTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/yaml.h"

/* encoding/base64: "illegal base64 data at input byte 4" */
char *gotext_base64(const char *text);
/* time.Parse, of RFC 3339, with `micro` with six digits of a second: `parsing time
 * "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"` */
char *gotext_time(const char *text, bool micro);
/* Likewise of the alphabet for URLs, without padding. */
char *gotext_base64url(const char *text);
/* encoding/json: "invalid character 'x' looking for beginning of value" */
char *gotext_json(const char *text, size_t len);

/* strconv.ParseInt, of 64 bits in base 10: `strconv.ParseInt: parsing "x": invalid
 * syntax`. What it read is in *ret, which otherwise stays. */
char *gotext_int(const char *text, int64_t *ret);

/* What its YAML has against a text: "yaml: line 2: did not find expected key". NULL
 * where libyaml has nothing against its syntax. */
char *gotext_yaml(const struct yaml_fault *fault);

/* What it calls a value that should have been of type `want`: "array"; a number that is
 * not whole, where it should be, with its digits: "number 1.5". */
char *gotext_type(const struct json *value, enum json_type want);

/* fmt's %v of what JSON became: "map[a:1 b:[x y]]" */
char *gotext_value(const struct json *value);

/* A field of a struct that has no names for JSON, as those inside of Kubernetes. */
struct gotext_field {
    const char *name;                  /* as JSON has it, but for its first letter */
    const char *absent;                /* what stands there where it is not set */
    const struct gotext_field *fields; /* of it, or of its items; NULL: as it is */
};

/* The struct as JSON: `{"Type":"Foo","RollingUpdate":null}`. The list ends with a row
 * without a name. */
char *gotext_struct(const struct json *value, const struct gotext_field *fields);

#endif
