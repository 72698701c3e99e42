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
/* Nodes that a feature may be counted of, and how many features. */
#define COUNT_MAX 100000
#define COUNTS_MAX 16

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
                   "\"%.*s\" %s; right are a100, a100&ib, (a100|h100)&ib, [a100|h100], "
                   "[a100*2&h100*4]",
                   (int)len, r->text, why);
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

    if (*r->at == '[' || *r->at == '*')
        return wrong(r, *r->at == '[' ? "has brackets where none can be"
                                      : "counts no feature");
    if (len == 0)
        return wrong(r, "lacks the name of a feature");
    if (len > NAME_MAX_ || !isalnum((unsigned char)r->at[0]) ||
        !isalnum((unsigned char)r->at[len - 1]))
        return wrong(r, "has a name that no feature can have");
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
    if (*r->at == '*')
        return wrong(r, "has a count within parentheses");
    if (*r->at != ')')
        return wrong(r, "lacks a closing parenthesis");
    r->at++;
    return 0;
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

/* ---- counts and brackets ---- */

/* What is joined by & outside of parentheses. */
struct whole {
    struct reader *r;
    struct terms any;
    struct terms same;
    struct feature_count *counts;
    size_t n_counts, counts_cap;
    bool bracketed; /* a pair of brackets is read, or being read */
};

/* "*2" behind a feature that is read from `from` on. */
static int read_count(struct whole *w, const char *from, struct terms *feature)
{
    struct reader *r = w->r;
    size_t len = (size_t)(r->at - from);
    int64_t n = 0;

    while (isdigit((unsigned char)*++r->at))
        n = MIN(n * 10 + (*r->at - '0'), COUNT_MAX + 1);
    if (n < 1 || n > COUNT_MAX)
        return wrong(r, "has a count that is none from 1 to 100000");
    if (w->n_counts == COUNTS_MAX)
        return wrong(r, "counts too many features");
    GROW(w->counts, w->n_counts, w->counts_cap);
    w->counts[w->n_counts++] = (struct feature_count){.text = xstrndup(from, len),
                                                      .any = feature->items,
                                                      .n_any = feature->n,
                                                      .count = n};
    *feature = (struct terms){0};
    return 0;
}

static int read_all(struct whole *w, struct terms *any);

/* "[a|b]": of the alternatives one for all nodes; "[a*2&b]" is as without brackets. */
static int read_brackets(struct whole *w)
{
    struct reader *r = w->r;
    struct terms inside = {0};
    size_t counts = w->n_counts;
    int rc;

    if (w->bracketed)
        return wrong(r, "has more than one pair of brackets");
    w->bracketed = true;
    r->at++;
    rc = read_all(w, &inside);
    if (rc == 0 && *r->at != ']')
        rc = wrong(r, "lacks a closing bracket");
    if (rc == 0)
        r->at++;
    if (rc == 0 && inside.n > 1 && w->n_counts > counts)
        rc = wrong(r, "has | beside a count");
    if (rc == 0 && inside.n > 1) {
        w->same = inside;
        return 0;
    }
    if (rc == 0 && inside.n == 1)
        rc = w->any.n > 0 ? cross(r, &w->any, &inside) : join(r, &w->any, &inside);
    terms_clear(&inside);
    return rc;
}

/* A feature, or several in parentheses, into `any` unless it is counted. */
static int read_part(struct whole *w, char sign, struct terms *any, bool *ret_counted)
{
    struct reader *r = w->r;
    const char *from = r->at;
    struct terms part = {0};
    int rc = read_factor(r, &part);

    *ret_counted = rc == 0 && *r->at == '*';
    if (*ret_counted)
        rc = read_count(w, from, &part);
    else if (rc == 0)
        rc = sign == '|' || any->n == 0 ? join(r, any, &part) : cross(r, any, &part);
    terms_clear(&part);
    return rc;
}

/* Up to the end of the text, or of the brackets. */
static int read_all(struct whole *w, struct terms *any)
{
    struct reader *r = w->r;
    bool special = false; /* there is a count, or are brackets */
    char sign = '\0';

    do {
        bool brackets = *r->at == '[' && any == &w->any, counted = false;

        if ((brackets ? read_brackets(w) : read_part(w, sign, any, &counted)) < 0)
            return -1;
        special |= brackets || counted;
        if (special && (sign == '|' || *r->at == '|'))
            return wrong(r, "has | beside a count or brackets: these go with & alone");
        sign = *r->at;
    } while ((sign == '&' || sign == '|') && *r->at++);
    return 0;
}

void constraint_fini(struct constraint *c)
{
    terms_free(c->any, c->n_any);
    terms_free(c->same, c->n_same);
    feature_counts_free(c->counts, c->n_counts);
    *c = (struct constraint){0};
}

int constraint_parse(const char *text, struct constraint *ret, struct err *err)
{
    struct reader r = {.text = text, .at = text, .err = err};
    struct whole w = {.r = &r};
    int rc = *text != '\0' ? read_all(&w, &w.any) : 0;

    if (rc == 0 && *r.at != '\0')
        rc = wrong(&r, "is not understood: features are apart by & and |");
    struct constraint all = {w.any.items, w.any.n,  w.same.items,
                             w.same.n,    w.counts, w.n_counts};
    if (rc < 0) {
        constraint_fini(&all);
        return -1;
    }
    *ret = all;
    return 0;
}

int constraint_parse_any(const char *text, struct term **ret, size_t *ret_n,
                         struct err *err)
{
    CONSTRAINT_AUTO struct constraint c = {0};

    if (constraint_parse(text, &c, err) < 0)
        return -1;
    if (c.n_same > 0 || c.n_counts > 0)
        return err_set(err, ERR_INVALID,
                       "\"%.64s\" asks something of several nodes together; right are "
                       "a100, a100&ib, (a100|h100)&ib",
                       text);
    *ret = TAKE(c.any);
    *ret_n = c.n_any;
    c.n_any = 0;
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
