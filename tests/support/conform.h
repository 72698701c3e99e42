/*
 * conform - the conformance suite (e2e/conformance): its cases, the answers of a real
 * Kubernetes, and the differences that are known.
 *
 *   FILE.yaml            cases, one document each (conform_run.h says what they are)
 *   answers/FILE.yaml    a document {case, answers} for each, in the same order
 *   differences.yaml     where gantry-local answers otherwise, and why (conform_diff.h)
 */
#ifndef GANTRY_TESTS_SUPPORT_CONFORM_H
#define GANTRY_TESTS_SUPPORT_CONFORM_H

#include "tests/support/conform_diff.h"
#include "tests/support/conform_run.h"

struct conform_case {
    char *id;   /* "pods/is given defaults" */
    char *file; /* "pods" */
    struct json *doc;
    struct json *want; /* NULL: never recorded */
};

struct conform {
    char *dir;
    struct conform_case *cases;
    size_t n, cap;
};

/* Reads all cases and answers. NULL on error: no case at all, a name that stands twice,
 * an answer to no case. */
struct conform *conform_read(const char *dir, struct err *err);
void conform_free(struct conform *suite); /* NULL is fine */

/* Plays one case and appends a line for each thing that is not as recorded, an error
 * included. Returns how many. With `record` the answers become what is wanted instead,
 * and only errors count. */
size_t conform_play(struct conform_case *c, const struct conform_server *server,
                    struct conform_known *known, bool record, struct str *out);

/* Writes the wanted answers of all cases, under `dir`/answers. */
int conform_write(const struct conform *suite, struct err *err);

#endif
