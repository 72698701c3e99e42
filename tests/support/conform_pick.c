#include "tests/support/conform_pick.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"

#define PATH_LEN_MAX 4096

static bool is_index(const char *name)
{
    return name[0] && strspn(name, "0123456789") == strlen(name);
}

static struct json *child(const struct json *j, const char *name)
{
    if (json_is(j, JSON_OBJECT))
        return json_get(j, name);
    if (!json_is(j, JSON_ARRAY) || !is_index(name))
        return NULL;
    const size_t i = strtoul(name, NULL, 10);
    return i < json_len(j) ? json_item(j, i) : NULL;
}

/* The first name of a path; *rest is what follows, "" at the end. */
static char *first_name(const char *path, const char **rest)
{
    const size_t len = strcspn(path, ".");

    *rest = path[len] ? path + len + 1 : "";
    return xstrndup(path, len);
}

struct json *conform_pick(const struct json *j, const char *path)
{
    const struct json *at = j;

    while (at && *path) {
        AUTO_FREE char *name = first_name(path, &path);
        at = child(at, name);
    }
    return (struct json *)at;
}

static void collect(const struct json *j, const char *path, struct str *where,
                    struct json *out);

static void collect_in(const struct json *j, const char *name, const char *rest,
                       struct str *where, struct json *out)
{
    const size_t len = where->len;
    const struct json *at = child(j, name);

    if (!at)
        return;
    str_addf(where, "%s%s", len ? "." : "", name);
    collect(at, rest, where, out);
    where->s[where->len = len] = '\0';
}

static void collect(const struct json *j, const char *path, struct str *where,
                    struct json *out)
{
    if (!*path) {
        json_set(out, where->s, json_copy(j));
        return;
    }
    const char *rest;
    AUTO_FREE char *name = first_name(path, &rest);
    if (strcmp(name, "*") != 0) {
        collect_in(j, name, rest, where, out);
        return;
    }
    for (size_t i = 0; json_is(j, JSON_ARRAY) && i < json_len(j); i++) {
        AUTO_FREE char *index = xasprintf("%zu", i);
        collect_in(j, index, rest, where, out);
    }
    for (json_each (it, json_is(j, JSON_OBJECT) ? j : NULL))
        collect_in(j, it.key, rest, where, out);
}

struct json *conform_pick_only(struct json *take, const struct json *paths)
{
    JSON_AUTO struct json *j = take;
    struct json *out = json_new_object();
    STR_AUTO struct str where;

    str_init(&where, PATH_LEN_MAX);
    for (size_t i = 0; i < json_len(paths); i++)
        collect(j, json_string(json_item(paths, i)), &where, out);
    return out;
}

void conform_pick_del(struct json *j, const char *path)
{
    const char *rest;
    AUTO_FREE char *name = first_name(path, &rest);

    if (*rest) {
        struct json *at = strcmp(name, "*") != 0 ? child(j, name) : NULL;
        if (at)
            conform_pick_del(at, rest);
        for (size_t i = 0; !at && json_is(j, JSON_ARRAY) && i < json_len(j); i++)
            conform_pick_del(json_item(j, i), rest);
    } else if (json_is(j, JSON_OBJECT)) {
        json_del(j, name);
    } else if (json_is(j, JSON_ARRAY) && is_index(name) &&
               strtoul(name, NULL, 10) < json_len(j)) {
        json_array_del(j, strtoul(name, NULL, 10));
    }
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the lines of `text` are in order. Owned. */
static char *sorted_lines(const char *text)
{
    AUTO_FREE char *copy = xstrdup(text);
    AUTO_FREE char **lines = xcalloc(strlen(text) + 1, sizeof(*lines));
    STR_AUTO struct str out;
    size_t n = 0;

    str_init(&out, strlen(text) + 2);
    for (char *rest = copy, *line; (line = strsep(&rest, "\n"));)
        lines[n++] = line;
    qsort(lines, n, sizeof(*lines), by_bytes);
    for (size_t i = 0; i < n; i++)
        str_addf(&out, "%s%s", i ? "\n" : "", lines[i]);
    return xstrdup(out.s);
}

void conform_pick_sort(struct json *j, const char *path)
{
    const char *dot = strrchr(path, '.');
    AUTO_FREE char *parent = xstrndup(path, dot ? (size_t)(dot - path) : 0);
    struct json *holder = conform_pick(j, parent);
    const char *field = dot ? dot + 1 : path;
    const char *text = json_string(json_get(holder, field));

    if (text) {
        AUTO_FREE char *sorted = sorted_lines(text);
        json_set(holder, field, json_new_string(sorted));
    }
}

void conform_pick_drop(struct json *j, const char *field)
{
    if (json_is(j, JSON_OBJECT))
        json_del(j, field);
    for (json_each (it, json_is(j, JSON_OBJECT) ? j : NULL))
        conform_pick_drop(it.val, field);
    for (size_t i = 0; json_is(j, JSON_ARRAY) && i < json_len(j); i++)
        conform_pick_drop(json_item(j, i), field);
}
