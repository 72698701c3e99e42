/*
 * selectors - label and field selectors, parsed once and held against stored objects.
 *
 * Labels: "a=b", "a==b", "a!=b", "a in (b,c)", "a notin (b,c)", "a", "!a", "a>5",
 * "a<5", joined by commas (all must hold). "!=" and "notin" also hold where the label
 * is absent. Fields: "=", "==", "!=" on the paths that the kind serves; backslash
 * escapes `\`, `,` and `=` in values.
 */
#ifndef GANTRY_LOCAL_SELECTORS_H
#define GANTRY_LOCAL_SELECTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cmd/gantry-local/object.h"

/* Terms and values of one selector never exceed this many. */
#define SELECTOR_TERMS_MAX 1000

enum term_op { TERM_EXISTS, TERM_ABSENT, TERM_IN, TERM_NOT_IN, TERM_ABOVE, TERM_BELOW };

struct term {
    char *key;
    enum term_op op;
    char **values;
    size_t n;
    size_t cap;
};

struct selector {
    struct term *terms;
    size_t n;
    size_t cap;
};

#define SELECTOR_AUTO __attribute__((cleanup(selector_fini)))

/* ERR_INVALID says what was found where. "" selects everything. */
int selector_parse_labels(struct selector *ret, const char *text, struct err *err);
/* ERR_INVALID too when the kind does not serve a field. */
int selector_parse_fields(struct selector *ret, const char *text,
                          const struct kind *kind, struct err *err);
void selector_fini(struct selector *s);

bool selector_matches_labels(const struct selector *s, const struct object *object);
bool selector_matches_fields(const struct selector *s, const struct object *object);

#endif
