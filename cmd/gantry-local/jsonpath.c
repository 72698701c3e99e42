/*
 * jsonpath - the JSONPath of printer columns: .a.b, ['a.b'], ['a','b'], .a\.b, [0],
 * [-1], [*], .* and [?(@.type=="Ready")]. A column shows the first value found.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table.h"

/* One step of a path, read. */
enum step_kind {
    STEP_END,
    STEP_FIELD,
    STEP_UNION,
    STEP_INDEX,
    STEP_ALL,
    STEP_FILTER,
    STEP_BAD
};

struct step {
    enum step_kind kind;
    char *field; /* FIELD; UNION: "'a','b'"; of FILTER: the path behind '@' */
    char *want;  /* FILTER: what it must print as, without quotes */
    bool negated;
    long index;
    const char *rest;
};

static void step_fini(struct step *s)
{
    free(s->field);
    free(s->want);
}
#define STEP_AUTO __attribute__((cleanup(step_fini)))

static const struct json *find_first(const struct json *at, const char *path);

/* A dotted name; a backslash takes the next character as it is. */
static void read_name(struct step *s, const char *p)
{
    char *out = s->field = xmalloc(strlen(p) + 1);

    while (*p != '\0' && *p != '.' && *p != '[') {
        if (*p == '\\' && p[1] != '\0')
            p++;
        *out++ = *p++;
    }
    *out = '\0';
    s->kind = strcmp(s->field, "*") == 0 ? STEP_ALL : STEP_FIELD;
    s->rest = p;
}

static char *unquote(const char *text, size_t len)
{
    if (len >= 2 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0])
        return xstrndup(text + 1, len - 2);
    return xstrndup(text, len);
}

static size_t trim(const char **text, size_t len)
{
    while (len > 0 && **text == ' ') {
        (*text)++;
        len--;
    }
    while (len > 0 && (*text)[len - 1] == ' ')
        len--;
    return len;
}

/* `?(@.type=="Ready")`, p behind "?(". */
static void read_filter(struct step *s, const char *p)
{
    const char *end = strstr(p, ")]");
    const char *op = strstr(p, "==");
    const char *other = strstr(p, "!=");

    if (other != NULL && (op == NULL || other < op))
        op = other;
    if (end == NULL || op == NULL || op > end || p[strspn(p, " ")] != '@')
        return;
    p += strspn(p, " ") + 1;
    const char *right = op + 2;
    size_t left_len = trim(&p, (size_t)(op - p));
    size_t right_len = trim(&right, (size_t)(end - right));
    s->kind = STEP_FILTER;
    s->negated = *op == '!';
    s->field = xstrndup(p, left_len);
    s->want = unquote(right, right_len);
    s->rest = end + 2;
}

/* `'a'` or `'a','b'`, and the bracket. */
static void read_names(struct step *s, const char *p)
{
    const char *at = p;
    size_t n = 0;

    for (;; at++, n++) {
        const char *quote = *at == '\'' || *at == '"' ? strchr(at + 1, *at) : NULL;
        if (quote == NULL)
            return;
        at = quote + 1;
        if (*at != ',')
            break;
    }
    if (*at != ']')
        return;
    s->kind = n == 0 ? STEP_FIELD : STEP_UNION;
    s->field =
        n == 0 ? xstrndup(p + 1, (size_t)(at - p - 2)) : xstrndup(p, (size_t)(at - p));
    s->rest = at + 1;
}

/* p behind '['. */
static void read_bracket(struct step *s, const char *p)
{
    const char *close = strchr(p, ']');
    char *end;

    if (p[0] == '?' && p[1] == '(') {
        read_filter(s, p + 2);
    } else if (p[0] == '\'' || p[0] == '"') {
        read_names(s, p);
    } else if (close != NULL && p[0] == '*' && close == p + 1) {
        s->kind = STEP_ALL;
        s->rest = close + 1;
    } else if (close != NULL) {
        s->index = strtol(p, &end, 10);
        if (end != close || end == p)
            return;
        s->kind = STEP_INDEX;
        s->rest = close + 1;
    }
}

static struct step read_step(const char *p)
{
    struct step s = {.kind = STEP_BAD};

    if (*p == '\0')
        s.kind = STEP_END;
    else if (*p == '[')
        read_bracket(&s, p + 1);
    else if (p[0] == '.' && p[1] == '[')
        read_bracket(&s, p + 2);
    else if (*p == '.' && p[1] != '\0' && p[1] != '.')
        read_name(&s, p + 1);
    return s;
}

static bool filter_holds(const struct step *s, const struct json *item)
{
    const struct json *v = find_first(item, s->field);
    AUTO_FREE char *have = NULL;

    if (v == NULL)
        return false;
    have = json_is(v, JSON_STRING) ? xstrdup(json_string(v)) : json_text(v, NULL);
    return (strcmp(have, s->want) == 0) != s->negated;
}

static const struct json *first_of_items(const struct json *at, const struct step *s)
{
    const struct json *found = NULL;

    for (size_t i = 0; json_is(at, JSON_ARRAY) && i < json_len(at) && found == NULL;
         i++)
        if (s->kind == STEP_ALL || filter_holds(s, json_item(at, i)))
            found = find_first(json_item(at, i), s->rest);
    if (s->kind == STEP_ALL && json_is(at, JSON_OBJECT))
        for (json_each (it, at)) {
            if (found != NULL)
                break;
            found = find_first(it.val, s->rest);
        }
    return found;
}

/* The first of the names that leads somewhere. */
static const struct json *first_of_names(const struct json *at, const struct step *s)
{
    const struct json *found = NULL;

    for (const char *p = s->field; found == NULL && *p != '\0';) {
        const size_t len = (size_t)(strchr(p + 1, *p) - p - 1);
        AUTO_FREE char *name = xstrndup(p + 1, len);
        found = find_first(json_get(at, name), s->rest);
        p += len + 2;
        p += *p == ',';
    }
    return found;
}

static const struct json *item_at(const struct json *at, long index)
{
    long len = (long)json_len(at);

    if (!json_is(at, JSON_ARRAY))
        return NULL;
    if (index < 0)
        index += len;
    return index >= 0 && index < len ? json_item(at, (size_t)index) : NULL;
}

static const struct json *find_first(const struct json *at, const char *path)
{
    STEP_AUTO struct step s = read_step(path);

    if (at == NULL)
        return NULL;
    switch (s.kind) {
    case STEP_END:
        return at;
    case STEP_FIELD:
        return find_first(json_get(at, s.field), s.rest);
    case STEP_UNION:
        return first_of_names(at, &s);
    case STEP_INDEX:
        return find_first(item_at(at, s.index), s.rest);
    case STEP_ALL:
    case STEP_FILTER:
        return first_of_items(at, &s);
    case STEP_BAD:
        return NULL;
    }
    return NULL;
}

static char *without_braces(const char *path)
{
    const size_t len = strlen(path);
    const bool braced = len >= 2 && path[0] == '{' && path[len - 1] == '}';

    return braced ? xstrndup(path + 1, len - 2) : xstrdup(path);
}

struct json *jsonpath_cell(const struct json *object, const char *path)
{
    AUTO_FREE char *inner = without_braces(path);
    const struct json *v = find_first(object, inner);

    return v == NULL ? json_new_null() : json_copy(v);
}

/* ---- plain paths ---- */

static char *dotted(const char *path, const char *name, size_t len)
{
    return xasprintf("%s%s%.*s", path, *path ? "." : "", (int)len, name);
}

/* The names of a choice, each behind `path`; 0: a name cannot be part of a path. */
static size_t plain_names(const char *path, const char *names,
                          char *ret[JSONPATH_CHOICES_MAX])
{
    size_t n = 0;

    for (const char *p = names; *p; p += *p == ',') {
        const char *end = strchr(p + 1, *p);
        const size_t len = (size_t)(end - p) - 1;
        if (n == JSONPATH_CHOICES_MAX || len == 0 || memchr(p + 1, '.', len)) {
            while (n > 0)
                free(ret[--n]);
            return 0;
        }
        ret[n++] = dotted(path, p + 1, len);
        p = end + 1;
    }
    return n;
}

size_t jsonpath_plain(const char *path, char *ret[JSONPATH_CHOICES_MAX])
{
    AUTO_FREE char *rest = without_braces(path), *found = xstrdup("");

    for (;;) {
        STEP_AUTO struct step s = read_step(rest);
        if (s.kind == STEP_UNION && *s.rest == '\0')
            return plain_names(found, s.field, ret);
        if (s.kind == STEP_END && *found) {
            ret[0] = TAKE(found);
            return 1;
        }
        if (s.kind != STEP_FIELD || !*s.field || strchr(s.field, '.'))
            return 0;
        char *longer = dotted(found, s.field, strlen(s.field)),
             *behind = xstrdup(s.rest);
        free(found);
        free(rest);
        found = longer;
        rest = behind;
    }
}
