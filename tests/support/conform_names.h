/*
 * conform_names - what differs from run to run, by names that do not: for the
 * conformance suite.
 *
 * Going out, "$name" in a request becomes what was saved under that name ("$ns" is the
 * case's own namespace). Coming back, an answer is made plain: fields are sorted, uids
 * become $uid1, $uid2, ... and resource versions $rv1, ... in the order in which the
 * case meets them (equal ones keep one name), saved texts their $name, and times since
 * 2020 <time> or <microtime>. The version of a list is <version>: others write, too.
 * The causes of a refusal are sorted, in its message, too, and managedFields by name.
 */
#ifndef GANTRY_TESTS_SUPPORT_CONFORM_NAMES_H
#define GANTRY_TESTS_SUPPORT_CONFORM_NAMES_H

#include "base/json.h"

struct conform_names;

struct conform_names *conform_names_new(void);
void conform_names_free(struct conform_names *names);

/* Under `name` from now on; an earlier value of that name is forgotten. */
void conform_names_save(struct conform_names *names, const char *name,
                        const char *value);
/* Heap. What follows a '$' and was never saved stays as it is. */
char *conform_names_fill(const struct conform_names *names, const char *text);
/* All strings filled, keys left alone. */
struct json *conform_names_fill_json(const struct conform_names *names,
                                     const struct json *j);

/* A new document, plain. */
struct json *conform_names_plain(struct conform_names *names, const struct json *j);
/* Heap. */
char *conform_names_plain_text(struct conform_names *names, const char *text);

#endif
