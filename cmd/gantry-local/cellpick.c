#include "cmd/gantry-local/cellpick.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_pick.h"
#include "base/util.h"
#include "cmd/gantry-local/table_priv.h"

#define NAME_PATH "metadata.name" /* of the first cell; path 0 */

/* Which of the picker's values a column shows: the first that is there. */
struct choice {
    size_t paths[JSONPATH_CHOICES_MAX];
    size_t n;
};

struct cellpick {
    const struct column *columns;
    struct choice *choices;
    size_t n;
    char **paths;
    size_t n_paths, cap_paths;
    struct json_picker *picker;
};

/* ---- making ---- */

/* Takes `path` over. */
static size_t path_add(struct cellpick *p, char *path)
{
    for (size_t i = 0; i < p->n_paths; i++) {
        if (strcmp(p->paths[i], path) == 0) {
            free(path);
            return i;
        }
    }
    GROW(p->paths, p->n_paths, p->cap_paths);
    p->paths[p->n_paths] = path;
    return p->n_paths++;
}

static bool begins_with(const char *path, const char *other)
{
    const size_t len = strlen(other);

    return strncmp(path, other, len) == 0 && path[len] == '.';
}

static size_t count_keys(const char *path)
{
    size_t n = 1;

    for (; *path; path++)
        n += *path == '.';
    return n;
}

/* Whether a picker may be made of the paths. */
static bool can_pick(const struct cellpick *p)
{
    size_t keys = 1;

    for (size_t i = 0; i < p->n_paths; i++) {
        keys += count_keys(p->paths[i]);
        for (size_t k = 0; k < p->n_paths; k++)
            if (begins_with(p->paths[i], p->paths[k]))
                return false;
    }
    return keys <= JSON_PICK_MAX;
}

static bool read_paths(struct cellpick *p)
{
    path_add(p, xstrdup(NAME_PATH));
    for (size_t i = 0; i < p->n; i++) {
        struct choice *choice = &p->choices[i];
        char *plain[JSONPATH_CHOICES_MAX];
        choice->n = jsonpath_plain(p->columns[i].json_path, plain);
        for (size_t k = 0; k < choice->n; k++)
            choice->paths[k] = path_add(p, plain[k]);
        if (choice->n == 0)
            return false;
    }
    return can_pick(p);
}

struct cellpick *cellpick_new(const struct column *columns, size_t n)
{
    struct cellpick *p = xcalloc(1, sizeof(*p));

    p->columns = columns;
    p->n = n;
    p->choices = xcalloc(n + 1, sizeof(*p->choices));
    if (!read_paths(p)) {
        cellpick_free(p);
        return NULL;
    }
    p->picker = json_picker_new((const char *const *)p->paths, p->n_paths);
    return p;
}

void cellpick_free(struct cellpick *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->n_paths; i++)
        free(p->paths[i]);
    free(p->paths);
    free(p->choices);
    json_picker_free(p->picker);
    free(p);
}

/* ---- cells ---- */

static struct json_text chosen(const struct choice *choice,
                               const struct json_text *values)
{
    for (size_t i = 0; i < choice->n; i++)
        if (values[choice->paths[i]].s)
            return values[choice->paths[i]];
    return (struct json_text){NULL, 0};
}

/* Whether the value stands in the cell as it does in the object. */
static bool is_as_it_stands(const struct column *c, struct json_text t)
{
    if (t.s[0] == '"')
        return strcmp(c->type, "date") != 0;
    return strcmp(c->type, "integer") == 0 && strspn(t.s, "-0123456789") == t.len;
}

static void add_cell(const struct column *c, struct json_text t, int64_t now_sec,
                     struct str *out)
{
    if (t.len == 0 || t.s[0] == 'n') { /* null */
        str_add(out, "null");
        return;
    }
    if (is_as_it_stands(c, t)) {
        str_addn(out, t.s, t.len);
        return;
    }
    JSON_AUTO struct json *cell =
        table_custom_cell(c, json_parse(t.s, t.len, NULL), now_sec);
    json_print(cell, out);
}

void cellpick_cells(const struct cellpick *p, const char *bytes, size_t len,
                    int64_t now_sec, struct str *out)
{
    struct json_text values[JSON_PICK_MAX];
    /* What is stored is an object, and parses. */
    const int rc = json_pick(p->picker, bytes, len, values, NULL);

    assert(rc == 0);
    (void)rc;
    str_addc(out, '[');
    str_addn(out, values[0].s, values[0].len);
    for (size_t i = 0; i < p->n; i++) {
        str_addc(out, ',');
        add_cell(&p->columns[i], chosen(&p->choices[i], values), now_sec, out);
    }
    str_addc(out, ']');
}
