#include "crds/constraint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* What stands behind the prefix of a label's name, of 63 characters. */
#define NAME_MAX_ 55
#define DEPTH_MAX 16
/* Of a text that is wrong, in one line. */
#define SHOWN_MAX 64
/* Alternatives: each is looked at for each node. */
#define TERMS_MAX 128

struct terms {
    struct term *items;
    size_t n, cap;
};

struct reader {
    const char *text, *at;
    int depth;
    struct err *err;
};

static int wrong(const struct reader *r, const char *why)
{
    size_t len = 0;

    while (len < SHOWN_MAX && isprint((unsigned char)r->text[len]))
        len++;
    return err_set(r->err, ERR_INVALID,
                   "\"%.*s\" %s; right are a100, a100&ib, (a100|h100)&ib", (int)len,
                   r->text, why);
}

/* ---- alternatives ---- */

static void terms_clear(struct terms *t)
{
    terms_free(t->items, t->n);
    *t = (struct terms){0};
}

static void add_features(struct term *to, const struct term *from)
{
    for (size_t i = 0; i < from->n_reqs; i++) {
        bool there = false;

        for (size_t k = 0; k < to->n_reqs; k++)
            there |= strcmp(to->reqs[k].key, from->reqs[i].key) == 0;
        if (!there)
            term_add(to, from->reqs[i].key, SELECT_EXISTS);
    }
}

static struct term *terms_new(struct terms *t)
{
    GROW(t->items, t->n, t->cap);
    t->items[t->n] = (struct term){0};
    return &t->items[t->n++];
}

/* Either: the alternatives of both. */
static int join(struct reader *r, struct terms *a, const struct terms *b)
{
    if (a->n + b->n > TERMS_MAX)
        return wrong(r, "has too many alternatives");
    for (size_t i = 0; i < b->n; i++)
        add_features(terms_new(a), &b->items[i]);
    return 0;
}

/* Both: each alternative of the one with each of the other. */
static int cross(struct reader *r, struct terms *a, const struct terms *b)
{
    struct terms both = {0};

    if (a->n * b->n > TERMS_MAX)
        return wrong(r, "has too many alternatives");
    for (size_t i = 0; i < a->n; i++) {
        for (size_t k = 0; k < b->n; k++) {
            struct term *term = terms_new(&both);

            add_features(term, &a->items[i]);
            add_features(term, &b->items[k]);
        }
    }
    terms_clear(a);
    *a = both;
    return 0;
}

/* ---- reading ---- */

static int read_expression(struct reader *r, struct terms *ret);

static size_t name_length(const char *s)
{
    size_t n = 0;

    while (isalnum((unsigned char)s[n]) || (s[n] != '\0' && strchr("_.-", s[n])))
        n++;
    return n;
}

static int read_name(struct reader *r, struct terms *ret)
{
    size_t len = name_length(r->at);
    AUTO_FREE char *key = xasprintf(FEATURE_LABEL "%.*s", (int)len, r->at);

    if (*r->at == '[')
        return wrong(r, "asks for the same alternative on all nodes ([a|b]), which is "
                        "not supported yet");
    if (len == 0)
        return wrong(r, "lacks the name of a feature");
    if (len > NAME_MAX_ || !isalnum((unsigned char)r->at[0]) ||
        !isalnum((unsigned char)r->at[len - 1]))
        return wrong(r, "has a name that no feature can have");
    if (r->at[len] == '*')
        return wrong(r, "asks for counts of nodes (a*2), which is not supported yet");
    term_add(terms_new(ret), key, SELECT_EXISTS);
    r->at += len;
    return 0;
}

static int read_factor(struct reader *r, struct terms *ret)
{
    if (*r->at != '(')
        return read_name(r, ret);
    if (++r->depth > DEPTH_MAX)
        return wrong(r, "has too many parentheses in each other");
    r->at++;
    if (read_expression(r, ret) < 0)
        return -1;
    r->depth--;
    if (*r->at != ')')
        return wrong(r, "lacks a closing parenthesis");
    r->at++;
    return *r->at == '*'
               ? wrong(r,
                       "asks for counts of nodes ((a)*2), which is not supported yet")
               : 0;
}

static int read_next(struct reader *r, struct terms *ret)
{
    struct terms next = {0};
    char sign = *r->at++;
    int rc = read_factor(r, &next);

    if (rc == 0)
        rc = sign == '&' ? cross(r, ret, &next) : join(r, ret, &next);
    terms_clear(&next);
    return rc;
}

static int read_expression(struct reader *r, struct terms *ret)
{
    if (read_factor(r, ret) < 0)
        return -1;
    while (*r->at == '&' || *r->at == '|') {
        if (read_next(r, ret) < 0)
            return -1;
    }
    return 0;
}

int constraint_parse(const char *text, struct term **ret, size_t *ret_n,
                     struct err *err)
{
    struct reader r = {.text = text, .at = text, .err = err};
    struct terms terms = {0};
    int rc = *text != '\0' ? read_expression(&r, &terms) : 0;

    if (rc == 0 && *r.at != '\0')
        rc = wrong(&r, "is not understood: features are apart by & and |");
    if (rc < 0) {
        terms_clear(&terms);
        return -1;
    }
    *ret = terms.items;
    *ret_n = terms.n;
    return 0;
}

void constraint_features(const struct node *node, struct str *out)
{
    size_t said = 0;

    for (size_t i = 0; i < node->n_labels; i++) {
        const char *key = node->labels[i].key;

        if (!str_starts(key, FEATURE_LABEL))
            continue;
        str_addf(out, "%s%s", said++ > 0 ? "," : "", key + strlen(FEATURE_LABEL));
    }
}
