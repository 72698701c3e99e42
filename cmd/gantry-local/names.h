/*
 * names - what names, labels and the like may be (RFC 1123 and Kubernetes' own rules),
 * and how Kubernetes words it when they are not.
 *
 * name_refuse_* answer with the rule that is broken, a constant text; NULL: it is good.
 */
#ifndef GANTRY_LOCAL_NAMES_H
#define GANTRY_LOCAL_NAMES_H

#include <stdbool.h>

#include "base/json.h"
#include "cmd/gantry-local/schema.h"

bool name_is_subdomain(const char *name);
bool name_is_label(const char *name);
/* IPv4 or IPv6. */
bool name_is_address(const char *text);

/* Fresh, in lower case. */
char *name_lower(const char *text);

const char *name_refuse_subdomain(const char *name);
const char *name_refuse_label(const char *name);
/* "key" or "prefix.dev/key" of a label or annotation. */
const char *name_refuse_qualified(const char *name);
/* The value of a label. */
const char *name_refuse_value(const char *value);
/* What a port is called where a number could stand. */
const char *name_refuse_port(const char *name);
/* What may stand between two slashes of a path. */
const char *name_refuse_segment(const char *name);

/* Calls `found` for each key and value of a map that cannot be labels. */
void names_check_labels(const struct json *labels, const char *field, cause_fn *found,
                        void *arg);

#define NAME_PART_RULE                                                                 \
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must "    \
    "start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or " \
    "'123-abc', regex used for validation is "                                         \
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define NAME_LABEL_RULE                                                                \
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters "   \
    "or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  " \
    "or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
#define NAME_ADDRESS_RULE \
    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"

#endif
