#include "cmd/gantry-local/selectors.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/selectors_private.h"

static void term_fini(struct term *t)
{
    free(t->key);
    for (size_t i = 0; i < t->n; i++)
        free(t->values[i]);
    free(t->values);
}

void selector_fini(struct selector *s)
{
    for (size_t i = 0; i < s->n; i++)
        term_fini(&s->terms[i]);
    free(s->terms);
    *s = (struct selector){0};
}

struct term *selector_add(struct selector *s, char *take_key)
{
    GROW(s->terms, s->n, s->cap);
    s->terms[s->n] = (struct term){.key = take_key};
    return &s->terms[s->n++];
}

static void term_add(struct term *t, char *take_value)
{
    GROW(t->values, t->n, t->cap);
    t->values[t->n++] = take_value;
}

/* ---- fields ---- */

static bool kind_selects(const struct kind *kind, const char *path)
{
    if (strcmp(path, "metadata.name") == 0 || strcmp(path, "metadata.namespace") == 0)
        return true;
    for (size_t i = 0; i < kind->n_selectable; i++)
        if (strcmp(kind->selectable[i], path) == 0)
            return true;
    return false;
}

/* Up to an unescaped comma or the end. */
static int take_value(const char **p, char **ret, const char *text, struct err *err)
{
    STR_AUTO struct str value;

    str_init(&value, strlen(text));
    for (; **p && **p != ','; (*p)++) {
        if (**p == '=')
            goto bad;
        if (**p == '\\' && !strchr("\\,=", *++(*p)))
            goto bad;
        if (**p == '\0')
            goto bad;
        str_addc(&value, **p);
    }
    *ret = str_take(&value);
    return 0;
bad:
    return err_set(err, ERR_INVALID, "invalid field selector \"%s\": bad escape", text);
}

static int parse_field_term(struct selector *s, const char **p, const char *text,
                            struct err *err)
{
    const size_t len = strcspn(*p, ",=!");
    struct term *t = selector_add(s, xstrndup(*p, len));

    *p += len;
    if (**p == '!' && (*p)[1] == '=') {
        t->op = TERM_NOT_IN;
        *p += 2;
    } else if (**p == '=') {
        t->op = TERM_IN;
        *p += (*p)[1] == '=' ? 2 : 1;
    } else {
        return err_set(err, ERR_INVALID,
                       "invalid selector: '%s'; can't understand '%s'", text, t->key);
    }
    char *value = NULL;
    if (take_value(p, &value, text, err) != 0)
        return -1;
    term_add(t, value);
    return 0;
}

int selector_parse_fields(struct selector *ret, const char *text,
                          const struct kind *kind, struct err *err)
{
    SELECTOR_AUTO struct selector s = {0};
    const char *p = text;

    while (*p) {
        if (s.n == SELECTOR_TERMS_MAX)
            return err_set(err, ERR_INVALID, "more than %d terms in one selector",
                           SELECTOR_TERMS_MAX);
        if (parse_field_term(&s, &p, text, err) != 0)
            return -1;
        if (!kind_selects(kind, s.terms[s.n - 1].key))
            return err_set(err, ERR_INVALID,
                           kind->n_selectable == 0 && !kind->is_custom
                               ? "\"%s\" is not a known field selector: only "
                                 "\"metadata.name\", \"metadata.namespace\""
                               : "field label not supported: %s",
                           s.terms[s.n - 1].key);
        if (*p == ',')
            p++;
    }
    *ret = s;
    s = (struct selector){0};
    return 0;
}

/* ---- matching ---- */

/* Labels that are no integers are neither above nor below one. */
static bool compare(const struct term *t, const char *value)
{
    char *end;
    const long long n = value ? strtoll(value, &end, 10) : 0;

    if (!value || !value[0] || *end)
        return false;
    const long long than = strtoll(t->values[0], NULL, 10);
    return t->op == TERM_ABOVE ? n > than : n < than;
}

static bool term_holds(const struct term *t, const char *value)
{
    switch (t->op) {
    case TERM_EXISTS:
        return value != NULL;
    case TERM_ABSENT:
        return value == NULL;
    case TERM_IN:
    case TERM_NOT_IN:
        for (size_t i = 0; value && i < t->n; i++)
            if (strcmp(t->values[i], value) == 0)
                return t->op == TERM_IN;
        return t->op == TERM_NOT_IN;
    case TERM_ABOVE:
    case TERM_BELOW:
        return compare(t, value);
    }
    return false;
}

bool selector_matches_labels(const struct selector *s, const struct object *object)
{
    for (size_t i = 0; i < s->n; i++)
        if (!term_holds(&s->terms[i], object_label(object, s->terms[i].key)))
            return false;
    return true;
}

bool selector_matches_fields(const struct selector *s, const struct object *object)
{
    for (size_t i = 0; i < s->n; i++) {
        const char *value = object_field(object, s->terms[i].key);
        if (!term_holds(&s->terms[i], value ? value : ""))
            return false;
    }
    return true;
}
