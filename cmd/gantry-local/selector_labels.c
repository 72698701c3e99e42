/*
 * selector_labels - the grammar of label selectors, with what Kubernetes says of a text
 * that is none.
 *
 * A text is taken apart into tokens: words, and the signs = == != ! ( ) , < >. "in" and
 * "notin" are words like others except where an operator must stand.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/names.h"
#include "cmd/gantry-local/selectors_private.h"

static const char signs[] = "=!(),<>";

struct parser {
    const char *next; /* behind the token */
    char *token;      /* "" at the end */
};

/* The longest sign that begins here: two characters only for == and !=. */
static size_t sign_len(const char *p)
{
    return (*p == '=' || *p == '!') && p[1] == '=' ? 2 : 1;
}

static void advance(struct parser *p)
{
    p->next += strspn(p->next, " \t\r\n");
    const size_t len = *p->next == '\0'          ? 0
                       : strchr(signs, *p->next) ? sign_len(p->next)
                                                 : strcspn(p->next, " \t\r\n=!(),<>");
    free(p->token);
    p->token = xstrndup(p->next, len);
    p->next += len;
}

static bool is_word(const struct parser *p)
{
    return p->token[0] && !strchr(signs, p->token[0]);
}

static bool is_sign(const struct parser *p, const char *sign)
{
    return strcmp(p->token, sign) == 0;
}

static int expected(const struct parser *p, struct err *err, const char *what)
{
    return err_set(err, ERR_INVALID,
                   "unable to parse requirement: found '%s', expected: %s", p->token,
                   what);
}

static int check_key(const char *key, struct err *err)
{
    const char *why = name_refuse_qualified(key);

    return why ? err_set(
                     err, ERR_INVALID,
                     "unable to parse requirement: <nil>: Invalid value: \"%s\": %s",
                     key, why)
               : 0;
}

static int add_value(struct term *t, const char *value, struct err *err)
{
    const char *why = name_refuse_value(value);

    if (t->n == SELECTOR_TERMS_MAX)
        return err_set(err, ERR_INVALID, "more than %d values in one selector term",
                       SELECTOR_TERMS_MAX);
    if (why)
        return err_set(err, ERR_INVALID,
                       "unable to parse requirement: values[%zu][%s]: Invalid value: "
                       "\"%s\": %s",
                       t->n, t->key, value, why);
    if (t->op == TERM_ABOVE || t->op == TERM_BELOW) {
        const char *digits = value + (value[0] == '-');
        if (!digits[0] || digits[strspn(digits, "0123456789")])
            return err_set(err, ERR_INVALID,
                           "unable to parse requirement: values[0]: Invalid value: "
                           "\"%s\": for 'Gt', 'Lt' operators, the value must be an "
                           "integer",
                           value);
    }
    GROW(t->values, t->n, t->cap);
    t->values[t->n++] = xstrdup(value);
    return 0;
}

/* What stands in parentheses; an empty place is an empty value. */
static int parse_set(struct parser *p, struct term *t, struct err *err)
{
    if (!is_sign(p, "("))
        return err_set(err, ERR_INVALID,
                       "unable to parse requirement: found '%s' expected: '('",
                       p->token);
    do {
        advance(p);
        const bool empty = is_sign(p, ",") || is_sign(p, ")");
        if (!empty && !is_word(p))
            return expected(p, err, "',', ')' or identifier");
        if (add_value(t, empty ? "" : p->token, err) != 0)
            return -1;
        if (!empty)
            advance(p);
    } while (is_sign(p, ","));
    if (!is_sign(p, ")"))
        return expected(p, err, "',' or ')'");
    advance(p);
    return 0;
}

static const struct {
    const char *word;
    enum term_op op;
    bool set;
} operators[] = {
    {"in", TERM_IN, true},    {"notin", TERM_NOT_IN, true}, {"=", TERM_IN, false},
    {"==", TERM_IN, false},   {"!=", TERM_NOT_IN, false},   {">", TERM_ABOVE, false},
    {"<", TERM_BELOW, false},
};

static int parse_operator(struct parser *p, struct term *t, struct err *err)
{
    size_t i = 0;

    while (i < ARRAY_LEN(operators) && !is_sign(p, operators[i].word))
        i++;
    if (i == ARRAY_LEN(operators))
        return expected(p, err, "in, notin, =, ==, !=, gt, lt");
    t->op = operators[i].op;
    advance(p);
    if (operators[i].set)
        return parse_set(p, t, err);
    if (!is_word(p))
        return p->token[0] && !is_sign(p, ",") ? expected(p, err, "identifier")
                                               : add_value(t, "", err);
    const int rc = add_value(t, p->token, err);
    advance(p);
    return rc;
}

static int parse_term(struct parser *p, struct selector *s, struct err *err)
{
    const bool absent = is_sign(p, "!");

    if (s->n == SELECTOR_TERMS_MAX)
        return err_set(err, ERR_INVALID, "more than %d terms in one selector",
                       SELECTOR_TERMS_MAX);
    if (absent)
        advance(p);
    if (!is_word(p))
        return expected(p, err, "identifier");
    if (check_key(p->token, err) != 0)
        return -1;
    struct term *t = selector_add(s, xstrdup(p->token));
    t->op = absent ? TERM_ABSENT : TERM_EXISTS;
    advance(p);
    if (!p->token[0] || is_sign(p, ","))
        return 0;
    return parse_operator(p, t, err);
}

static int parse(struct parser *p, struct selector *s, struct err *err)
{
    if (p->token[0] && !is_word(p) && !is_sign(p, "!"))
        return err_set(err, ERR_INVALID,
                       "found '%s', expected: !, identifier, or 'end of string'",
                       p->token);
    while (p->token[0]) {
        if (parse_term(p, s, err) != 0)
            return -1;
        if (!p->token[0])
            return 0;
        if (!is_sign(p, ","))
            return err_set(err, ERR_INVALID,
                           "found '%s', expected: ',' or 'end of string'", p->token);
        advance(p);
        if (!is_word(p) && !is_sign(p, "!"))
            return err_set(err, ERR_INVALID,
                           "found '%s', expected: identifier after ','", p->token);
    }
    return 0;
}

int selector_parse_labels(struct selector *ret, const char *text, struct err *err)
{
    SELECTOR_AUTO struct selector s = {0};
    struct parser p = {.next = text};

    advance(&p);
    const int rc = parse(&p, &s, err);
    free(p.token);
    if (rc != 0)
        return -1;
    *ret = s;
    s = (struct selector){0};
    return 0;
}
