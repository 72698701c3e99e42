/*
 * select - labels, what is required of them, and taints: Kubernetes' rules of which
 * nodes a pod may be on; and lists of names.
 *
 * Included by model.h, whose rules of memory hold here as well.
 */
#ifndef GANTRY_SCHEDULER_SELECT_H
#define GANTRY_SCHEDULER_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct node;

struct label {
    char *key;
    char *value;
};

enum select_op {
    SELECT_IN,
    SELECT_NOT_IN,
    SELECT_EXISTS,
    SELECT_MISSING,
    SELECT_GT,
    SELECT_LT
};

/* One requirement on labels; `values` has `n_values` entries (one for GT and LT). */
struct requirement {
    char *key;
    enum select_op op;
    char **values;
    size_t n_values;
};

/* Requirements that must all hold. */
struct term {
    struct requirement *reqs;
    size_t n_reqs;
};

enum taint_effect { TAINT_NO_SCHEDULE, TAINT_PREFER_NO_SCHEDULE, TAINT_NO_EXECUTE };

struct taint {
    char *key;
    char *value; /* "" where none */
    enum taint_effect effect;
};

/* Key NULL: every key. Value NULL: operator Exists. any_effect: every effect. */
struct toleration {
    char *key;
    char *value;
    bool any_effect;
    enum taint_effect effect;
};

/* ---- labels and names ---- */

/* Adds one (strings copied). */
void labels_add(struct label **labels, size_t *n, const char *key, const char *value);
void labels_sort(struct label *labels, size_t n);
const char *labels_find(const struct label *labels, size_t n, const char *key);
struct requirement *term_add(struct term *t, const char *key, enum select_op op);
void requirement_add_value(struct requirement *r, const char *value);
void names_add(char ***names, size_t *n, const char *name);
void names_sort(char **names, size_t n);
bool names_have(char *const *names, size_t n, const char *name); /* sorted */
bool names_equal(char *const *a, size_t n_a, char *const *b, size_t n_b);
char **names_copy(char *const *names, size_t n);
void names_free(char **names, size_t n); /* with their array */
/* Where a name is, or would be, in a list of structs that begin with theirs, sorted by
 * it. */
size_t named_place(void *const *items, size_t n, const char *name);

/* ---- requirements ---- */

/* Empties it, not the struct itself. */
void term_fini(struct term *t);
void terms_free(struct term *terms, size_t n); /* with their array */
struct term term_copy(const struct term *t);
struct term *terms_copy(const struct term *terms, size_t n);
/* Kubernetes' label selector rules: a missing key satisfies NOT_IN and MISSING only. */
bool term_matches(const struct term *t, const struct label *labels, size_t n);
/* One of the alternatives; none are asked for: yes. */
bool terms_match(const struct term *any, size_t n_any, const struct node *node);

/* ---- taints ---- */

/* True if a NoSchedule or NoExecute taint of the node is not tolerated, other than
 * those by which Kubernetes marks states that pass: cordoned, not ready, unreachable,
 * under pressure, without network, out of service, not set up yet, shut down. */
bool taints_refuse(const struct node *n, const struct toleration *tolerations,
                   size_t n_tol);
/* True if one of these is not: no pod goes there until it is gone. */
bool taints_refuse_now(const struct node *n, const struct toleration *tolerations,
                       size_t n_tol);
/* How many of the node's PreferNoSchedule taints are not: it comes behind those with
 * fewer. */
int64_t taints_deter(const struct node *n, const struct toleration *tolerations,
                     size_t n_tol);
/* The key of the first of these; NULL: it has none. Lent. */
const char *node_passing_taint(const struct node *n);
/* Slurm's DRAIN, as people see it: cordoned, or ready but shut by such a taint. */
bool node_is_drained(const struct node *n);

#endif
