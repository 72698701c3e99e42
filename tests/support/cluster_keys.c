#include "tests/support/cluster_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/hostlist.h"
#include "base/quantity.h"
#include "base/util.h"
#include "scheduler/preempt_rules.h"

int cluster_text_number(const char *text, int64_t *ret, struct err *err)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    if (end == text || *end != '\0')
        return err_set(err, ERR_INVALID, "\"%s\" is not a number", text);
    *ret = value;
    return 0;
}

int key_flag(const struct setting *at, struct err *err)
{
    (void)err;
    *(bool *)at->field = true;
    return 0;
}

int key_text(const struct setting *at, struct err *err)
{
    char **text = at->field;

    (void)err;
    free(*text);
    *text = xstrdup(at->value);
    return 0;
}

int key_number(const struct setting *at, struct err *err)
{
    return cluster_text_number(at->value, at->field, err);
}

int key_milli(const struct setting *at, struct err *err)
{
    return quantity_parse_milli(at->value, at->field, err);
}

int key_size(const struct setting *at, struct err *err)
{
    return size_parse(at->value, at->field, err);
}

int key_duration(const struct setting *at, struct err *err)
{
    return duration_parse(at->value, at->field, err);
}

int key_mode(const struct setting *at, struct err *err)
{
    return preempt_mode_parse(at->value, at->field, err);
}

int key_names(const struct setting *at, struct err *err)
{
    HOSTLIST_AUTO struct hostlist list = {0};
    char ***names = at->field;

    if (hostlist_parse(&list, at->value, err) < 0)
        return -1;
    for (size_t i = 0; i < list.n; i++)
        names_add(names, at->n_field, list.names[i]);
    names_sort(*names, *at->n_field);
    return 0;
}

int key_amount(const struct setting *at, struct resvec *v, struct err *err)
{
    int i;

    if (strcmp(at->key, "cpu") == 0)
        return quantity_parse_milli(at->value, &v->v[RES_CPU], err);
    if (strcmp(at->key, "mem") == 0)
        return size_parse(at->value, &v->v[RES_MEM], err);
    if (strcmp(at->key, "disk") == 0)
        return size_parse(at->value, &v->v[RES_EPHEMERAL], err);
    i = strchr(at->key, '/') != NULL ? restable_intern(at->res, at->key) : -1;
    if (i < 0)
        return err_set(err, ERR_INVALID, "unknown key \"%s\"", at->key);
    if (str_ends(at->key, "/gpu"))
        at->res->gpu = i;
    return cluster_text_number(at->value, &v->v[i], err);
}

int key_resource(const struct setting *at, struct err *err)
{
    return key_amount(at, at->field, err);
}

int key_word(const char *text, const char *const *words, size_t n, int *ret,
             struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(words[i], text)) {
            *ret = (int)i;
            return 0;
        }
    }
    return err_set(err, ERR_INVALID, "unknown word \"%s\"", text ? text : "");
}

void key_requirement(const struct setting *at, struct term *term)
{
    struct requirement *r = term_add(term, at->key, SELECT_IN);
    char *rest = at->value;

    while (rest != NULL)
        requirement_add_value(r, strsep(&rest, "|"));
}
