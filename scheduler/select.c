#include "scheduler/select.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "scheduler/model.h"

/* ---- labels and names ---- */

static int label_compare(const void *a, const void *b)
{
    return strcmp(((const struct label *)a)->key, ((const struct label *)b)->key);
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void labels_add(struct label **labels, size_t *n, const char *key, const char *value)
{
    *labels = xrealloc(*labels, (*n + 1) * sizeof(**labels));
    (*labels)[(*n)++] = (struct label){xstrdup(key), xstrdup(value)};
}

void labels_sort(struct label *labels, size_t n)
{
    if (n > 1)
        qsort(labels, n, sizeof(*labels), label_compare);
}

const char *labels_find(const struct label *labels, size_t n, const char *key)
{
    struct label wanted = {.key = (char *)key};
    const struct label *found = NULL;

    if (n > 0)
        found = bsearch(&wanted, labels, n, sizeof(*labels), label_compare);
    return found != NULL ? found->value : NULL;
}

void names_add(char ***names, size_t *n, const char *name)
{
    *names = xrealloc(*names, (*n + 1) * sizeof(**names));
    (*names)[(*n)++] = xstrdup(name);
}

void names_sort(char **names, size_t n)
{
    if (n > 1)
        qsort(names, n, sizeof(*names), name_compare);
}

bool names_equal(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
    for (size_t i = 0; i < n_a && n_a == n_b; i++) {
        if (strcmp(a[i], b[i]) != 0)
            return false;
    }
    return n_a == n_b;
}

bool names_have(char *const *names, size_t n, const char *name)
{
    return n > 0 && bsearch(&name, names, n, sizeof(*names), name_compare) != NULL;
}

void names_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

char **names_copy(char *const *names, size_t n)
{
    char **copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = xstrdup(names[i]);
    return copy;
}

size_t named_place(void *const *items, size_t n, const char *name)
{
    return BISECT(n, i, strcmp(*(char *const *)items[i], name) < 0);
}

/* ---- selectors ---- */

struct requirement *term_add(struct term *t, const char *key, enum select_op op)
{
    t->reqs = xrealloc(t->reqs, (t->n_reqs + 1) * sizeof(*t->reqs));
    t->reqs[t->n_reqs] = (struct requirement){.key = xstrdup(key), .op = op};
    return &t->reqs[t->n_reqs++];
}

void requirement_add_value(struct requirement *r, const char *value)
{
    names_add(&r->values, &r->n_values, value);
}

void term_fini(struct term *t)
{
    for (size_t i = 0; i < t->n_reqs; i++) {
        names_free(t->reqs[i].values, t->reqs[i].n_values);
        free(t->reqs[i].key);
    }
    free(t->reqs);
    *t = (struct term){0};
}

struct term term_copy(const struct term *t)
{
    struct term copy = {0};

    for (size_t i = 0; i < t->n_reqs; i++) {
        struct requirement *r = term_add(&copy, t->reqs[i].key, t->reqs[i].op);

        r->values = names_copy(t->reqs[i].values, t->reqs[i].n_values);
        r->n_values = t->reqs[i].n_values;
    }
    return copy;
}

void terms_free(struct term *terms, size_t n)
{
    for (size_t i = 0; i < n; i++)
        term_fini(&terms[i]);
    free(terms);
}

struct term *terms_copy(const struct term *terms, size_t n)
{
    struct term *copy = NULL;

    if (n > 0)
        copy = xmalloc(n * sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = term_copy(&terms[i]);
    return copy;
}

static bool value_listed(const struct requirement *r, const char *value)
{
    for (size_t i = 0; i < r->n_values; i++) {
        if (strcmp(r->values[i], value) == 0)
            return true;
    }
    return false;
}

static bool parse_integer(const char *text, long long *ret)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0)
        return false;
    *ret = value;
    return true;
}

/* Kubernetes compares Gt and Lt as integers; what is none matches nothing. */
static bool value_beyond(const struct requirement *r, const char *value)
{
    long long have, bound;

    if (r->n_values != 1 || !parse_integer(value, &have) ||
        !parse_integer(r->values[0], &bound))
        return false;
    return r->op == SELECT_GT ? have > bound : have < bound;
}

static bool requirement_matches(const struct requirement *r, const char *value)
{
    switch (r->op) {
    case SELECT_IN:
        return value != NULL && value_listed(r, value);
    case SELECT_NOT_IN:
        return value == NULL || !value_listed(r, value);
    case SELECT_EXISTS:
        return value != NULL;
    case SELECT_MISSING:
        return value == NULL;
    case SELECT_GT:
    case SELECT_LT:
        return value != NULL && value_beyond(r, value);
    }
    return false;
}

bool term_matches(const struct term *t, const struct label *labels, size_t n)
{
    for (size_t i = 0; i < t->n_reqs; i++) {
        const char *value = labels_find(labels, n, t->reqs[i].key);

        if (!requirement_matches(&t->reqs[i], value))
            return false;
    }
    return true;
}

bool terms_match(const struct term *any, size_t n_any, const struct node *node)
{
    for (size_t i = 0; i < n_any; i++) {
        if (term_matches(&any[i], node->labels, node->n_labels))
            return true;
    }
    return n_any == 0;
}

bool partition_has_node(const struct partition *part, const struct node *node)
{
    if (names_have(part->node_names, part->n_node_names, node->name))
        return true;
    if (part->selector.n_reqs == 0)
        return part->n_node_names == 0;
    return term_matches(&part->selector, node->labels, node->n_labels);
}

bool partition_is_default_before(const struct partition *p,
                                 const struct partition *other)
{
    return p->is_default && (other == NULL || strcmp(p->name, other->name) < 0);
}

bool partition_is_closed(const struct partition *part)
{
    return part->state == PART_DRAIN || part->state == PART_INACTIVE;
}

/* ---- taints ---- */

/* Kubernetes puts these where a node is cordoned, silent or short of something, and
 * takes them away again; a cloud where a machine is being started or is off. */
static const char *const passing[] = {
    "node.kubernetes.io/unschedulable",
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
    "node.kubernetes.io/memory-pressure",
    "node.kubernetes.io/disk-pressure",
    "node.kubernetes.io/pid-pressure",
    "node.kubernetes.io/network-unavailable",
    "node.kubernetes.io/out-of-service",
    "node.cloudprovider.kubernetes.io/uninitialized",
    "node.cloudprovider.kubernetes.io/shutdown",
};

static bool is_passing(const struct taint *taint)
{
    for (size_t i = 0; i < ARRAY_LEN(passing); i++) {
        if (strcmp(taint->key, passing[i]) == 0)
            return true;
    }
    return false;
}

static bool tolerates(const struct toleration *tol, const struct taint *taint)
{
    if (!tol->any_effect && tol->effect != taint->effect)
        return false;
    if (tol->key != NULL && strcmp(tol->key, taint->key) != 0)
        return false;
    return tol->value == NULL || strcmp(tol->value, taint->value) == 0;
}

static bool taint_tolerated(const struct taint *taint, const struct toleration *tols,
                            size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (tolerates(&tols[i], taint))
            return true;
    }
    return false;
}

/* The first one, passing or not, that is not tolerated; NULL: none is. */
static const struct taint *first_refusing(const struct node *n, bool passes,
                                          const struct toleration *tolerations,
                                          size_t n_tol)
{
    for (size_t i = 0; i < n->n_taints; i++) {
        const struct taint *taint = &n->taints[i];

        if (taint->effect != TAINT_PREFER_NO_SCHEDULE && is_passing(taint) == passes &&
            !taint_tolerated(taint, tolerations, n_tol))
            return taint;
    }
    return NULL;
}

int64_t taints_deter(const struct node *n, const struct toleration *tolerations,
                     size_t n_tol)
{
    int64_t deter = 0;

    for (size_t i = 0; i < n->n_taints; i++)
        deter += n->taints[i].effect == TAINT_PREFER_NO_SCHEDULE &&
                 !taint_tolerated(&n->taints[i], tolerations, n_tol);
    return deter;
}

bool taints_refuse(const struct node *n, const struct toleration *tolerations,
                   size_t n_tol)
{
    return first_refusing(n, false, tolerations, n_tol) != NULL;
}

bool taints_refuse_now(const struct node *n, const struct toleration *tolerations,
                       size_t n_tol)
{
    return first_refusing(n, true, tolerations, n_tol) != NULL;
}

const char *node_passing_taint(const struct node *n)
{
    const struct taint *taint = first_refusing(n, true, NULL, 0);

    return taint != NULL ? taint->key : NULL;
}

bool node_is_drained(const struct node *n)
{
    return n->unschedulable || (n->ready && node_passing_taint(n) != NULL);
}
