#include "tests/support/conform_diff.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"

#define FILE_MAX (4u << 20)
#define PATH_MAX_LEN 4096
#define VALUE_SHOWN 300

/* ---- what is known ---- */

struct conform_known {
    struct json *entries;
    bool *met;
};

static int check_entry(const struct json *entry, size_t i, const char *path,
                       struct err *err)
{
    static const char *const fields[] = {"case", "at", "why"};

    for (size_t f = 0; f < ARRAY_LEN(fields); f++)
        if (!json_str(entry, fields[f]) || !json_str(entry, fields[f])[0])
            return err_set(err, ERR_INVALID, "%s: entry %zu has no \"%s\"", path, i + 1,
                           fields[f]);
    return 0;
}

struct conform_known *conform_known_read(const char *path, struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, FILE_MAX);
    if (str_read_file(&text, path, err) != 0)
        return NULL;
    JSON_AUTO struct json *entries = yaml_parse_one(text.s, text.len, path, err);
    if (!entries)
        return NULL;
    if (!json_is(entries, JSON_ARRAY)) {
        err_set(err, ERR_INVALID, "%s: must be a list", path);
        return NULL;
    }
    for (size_t i = 0; i < json_len(entries); i++)
        if (check_entry(json_item(entries, i), i, path, err) != 0)
            return NULL;
    struct conform_known *known = xcalloc(1, sizeof(*known));
    known->met = xcalloc(json_len(entries) + 1, sizeof(*known->met));
    known->entries = TAKE(entries);
    return known;
}

void conform_known_free(struct conform_known *known)
{
    if (!known)
        return;
    json_free(known->entries);
    free(known->met);
    free(known);
}

/* ---- comparing ---- */

struct comparison {
    struct conform_known *known; /* NULL: nothing is */
    const char *case_id;
    struct str path; /* of what is being compared */
    struct str *out;
    size_t unknown;
};

static bool is_known(struct comparison *c)
{
    bool found = false;

    for (size_t i = 0; c->known && i < json_len(c->known->entries); i++) {
        const struct json *e = json_item(c->known->entries, i);
        if (fnmatch(json_str(e, "case"), c->case_id, 0) == 0 &&
            fnmatch(json_str(e, "at"), c->path.s, 0) == 0)
            found = c->known->met[i] = true;
    }
    return found;
}

static char *shown(const struct json *j)
{
    if (!j)
        return xstrdup("nothing");
    AUTO_FREE char *text = json_text(j, NULL);
    return xasprintf("%.*s%s", VALUE_SHOWN, text,
                     strlen(text) > VALUE_SHOWN ? "..." : "");
}

static void note(struct comparison *c, const struct json *want, const struct json *got)
{
    if (is_known(c))
        return;
    AUTO_FREE char *wanted = shown(want);
    AUTO_FREE char *gotten = shown(got);
    str_addf(c->out, "%s: %s: want %s, got %s\n", c->case_id, c->path.s, wanted,
             gotten);
    c->unknown++;
}

static void walk(struct comparison *c, const struct json *want, const struct json *got);

static void walk_into(struct comparison *c, const char *name, const struct json *want,
                      const struct json *got)
{
    const size_t len = c->path.len;

    str_addf(&c->path, "%s%s", len ? "." : "", name);
    walk(c, want, got);
    c->path.s[c->path.len = len] = '\0';
}

static void walk_objects(struct comparison *c, const struct json *want,
                         const struct json *got)
{
    for (json_each (it, want))
        walk_into(c, it.key, it.val, json_get(got, it.key));
    for (json_each (it, got))
        if (!json_get(want, it.key))
            walk_into(c, it.key, NULL, it.val);
}

static void walk_arrays(struct comparison *c, const struct json *want,
                        const struct json *got)
{
    const size_t n_want = json_len(want), n_got = json_len(got);

    for (size_t i = 0; i < MAX(n_want, n_got); i++) {
        AUTO_FREE char *name = xasprintf("%zu", i);
        walk_into(c, name, i < n_want ? json_item(want, i) : NULL,
                  i < n_got ? json_item(got, i) : NULL);
    }
}

static void walk(struct comparison *c, const struct json *want, const struct json *got)
{
    if (json_is(want, JSON_OBJECT) && json_is(got, JSON_OBJECT))
        walk_objects(c, want, got);
    else if (json_is(want, JSON_ARRAY) && json_is(got, JSON_ARRAY))
        walk_arrays(c, want, got);
    else if (!want || !got || !json_equal(want, got))
        note(c, want, got);
}

/* Of an answer with another code nothing else is compared: all of it differs. */
static void compare_answer(struct comparison *c, size_t i, const struct json *want,
                           const struct json *got)
{
    const struct json *want_code = json_get(want, "code");
    const struct json *got_code = json_get(got, "code");
    const bool other = want_code && got_code && !json_equal(want_code, got_code);
    AUTO_FREE char *name = xasprintf("%zu%s", i, other ? ".code" : "");

    walk_into(c, name, other ? want_code : want, other ? got_code : got);
}

size_t conform_known_compare(struct conform_known *known, const char *case_id,
                             const struct json *want, const struct json *got,
                             struct str *unknown)
{
    struct comparison c = {.known = known, .case_id = case_id, .out = unknown};
    const size_t n_want = json_len(want), n_got = json_len(got);

    str_init(&c.path, PATH_MAX_LEN);
    for (size_t i = 0; i < MAX(n_want, n_got); i++)
        compare_answer(&c, i, i < n_want ? json_item(want, i) : NULL,
                       i < n_got ? json_item(got, i) : NULL);
    str_fini(&c.path);
    return c.unknown;
}

size_t conform_known_unmet(const struct conform_known *known, struct str *unmet)
{
    size_t n = 0;

    for (size_t i = 0; i < json_len(known->entries); i++) {
        const struct json *e = json_item(known->entries, i);
        if (known->met[i])
            continue;
        str_addf(unmet, "%s: %s: listed as a difference (%s), but there is none\n",
                 json_str(e, "case"), json_str(e, "at"), json_str(e, "why"));
        n++;
    }
    return n;
}
