/*
 * check - what the checks of kinds share: how to say what is wrong with an object, in
 * the words of Kubernetes, and rules that many kinds have.
 *
 * A kind's check sees objects of its schema's shape and calls these; nothing is
 * changed. Fields are paths as people read them: "spec.ports[0].name".
 */
#ifndef GANTRY_LOCAL_CHECK_H
#define GANTRY_LOCAL_CHECK_H

#include "base/json.h"
#include "cmd/gantry-local/schema.h"

struct check {
    const struct json *after;
    const struct json *before; /* NULL: a new object */
    cause_fn *found;
    void *arg;
};

/* ---- saying ---- */

/* `why` NULL: without. */
void check_required(const struct check *c, const char *field, const char *why);
void check_forbidden(const struct check *c, const char *field, const char *why);
/* `value` NULL: null. */
void check_invalid(const struct check *c, const char *field, const struct json *value,
                   const char *why);
/* `shown`: the value as it is told. */
void check_invalid_shown(const struct check *c, const char *field, const char *shown,
                         const char *why);
void check_invalid_text(const struct check *c, const char *field, const char *value,
                        const char *why);
void check_duplicate(const struct check *c, const char *field, const char *value);
void check_duplicate_shown(const struct check *c, const char *field, const char *shown);
/* `supported`: "A|B". */
void check_unsupported(const struct check *c, const char *field, const char *value,
                       const char *supported);
void check_unsupported_shown(const struct check *c, const char *field,
                             const char *shown, const char *supported);

/* ---- rules ---- */

/* Each for what is at `field` of `after`; what is absent is right. */
void check_not_negative(const struct check *c, const char *field);
void check_fixed(const struct check *c, const char *field);
/* The text at the end of `field` is a name of that sort. */
void check_label(const struct check *c, const char *field, const char *name);
void check_subdomain(const struct check *c, const char *field, const char *name);
void check_port(const struct check *c, const char *field, int64_t port);
/* An IP that others may reach: none of loopback. */
void check_address(const struct check *c, const char *field, const char *ip);
/* A count, or "30%". */
void check_count_or_percent(const struct check *c, const char *field,
                            const struct json *value);
void check_label_map(const struct check *c, const char *field,
                     const struct json *labels);
/* A metav1.LabelSelector. False: it selects nothing that can be said. */
bool check_selector(const struct check *c, const char *field,
                    const struct json *selector);
/* Is the word one of "A|B"? */
bool check_is_one_of(const char *word, const char *words);
/* So is the text at `field`. */
void check_one_of(const struct check *c, const char *field, const char *supported);
/* "acme.io/foo" */
void check_domain_path(const struct check *c, const char *field, const char *text);

/* Does the selector, which check_selector found right, take these labels? */
bool selector_takes(const struct json *selector, const struct json *labels);

#endif
