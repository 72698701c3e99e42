/*
 * apply - server-side apply: an object as one manager wants it, merged into the live
 * one.
 *
 *   1. conflicts   what others own and hold otherwise
 *   2. merge       element by element, as the schema says
 *   3. remove      what the manager owned before, names no longer, and nobody else owns
 *   4. ownership   the manager has exactly what it named; who was overruled, no longer
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/fieldset.h"
#include "cmd/gantry-local/managed.h"

/* ---- conflicts ---- */

struct conflicts {
    const struct json *entry; /* of the other manager */
    struct str path;
    struct str paths; /* of all conflicts: "\n- .spec.x\n- .spec.y" */
    cause_fn *found;
    void *arg;
    size_t n;
};

/* `"kubectl"`, `"kubectl" using v1`. */
static void describe(const struct json *entry, struct str *out)
{
    const char *sub = json_str_or(entry, "subresource", "");

    str_addf(out, "\"%s\"", json_str_or(entry, "manager", ""));
    if (sub[0] != '\0')
        str_addf(out, " with subresource \"%s\"", sub);
    if (str_eq(json_str(entry, "operation"), MANAGED_UPDATE))
        str_addf(out, " using %s", json_str_or(entry, "apiVersion", ""));
}

static void report(struct conflicts *c)
{
    STR_AUTO struct str text;

    str_init(&text, 2048);
    str_add(&text, "conflict with ");
    describe(c->entry, &text);
    c->found(c->arg, &(struct cause){c->path.s, "FieldManagerConflict", text.s});
    str_addf(&c->paths, "\n- %s", c->path.s);
    c->n++;
}

static struct json *find_conflicts(struct conflicts *c, const struct json *theirs,
                                   const struct elements *live,
                                   const struct elements *wanted);

/* One element that both name; `inner`: only what is within it, else only it itself.
 * NULL: no conflict. */
static struct json *element_conflicts(struct conflicts *c, const struct json *theirs,
                                      const struct element *live,
                                      const struct element *wanted, bool inner)
{
    ELEMENTS_AUTO struct elements live_inner;
    ELEMENTS_AUTO struct elements wanted_inner;

    elements_init(&live_inner, wanted->schema, live == NULL ? NULL : live->value);
    elements_init(&wanted_inner, wanted->schema, wanted->value);
    if (inner != (wanted_inner.n > 0 && (live == NULL || live_inner.n > 0)))
        return NULL;
    if (inner)
        return find_conflicts(c, theirs, &live_inner, &wanted_inner);
    if (!fieldset_is_member(theirs) ||
        (live != NULL && json_equal(live->value, wanted->value)) ||
        (wanted_inner.n == 0 && fieldset_is_granular(wanted->schema, wanted->value) &&
         live_inner.n > 0))
        return NULL;
    report(c);
    return json_new_object();
}

/* The fields in conflict, as a set. */
static struct json *find_conflicts(struct conflicts *c, const struct json *theirs,
                                   const struct elements *live,
                                   const struct elements *wanted)
{
    struct json *set = NULL;
    size_t len = c->path.len;

    /* First what is here, then what is further in, as Kubernetes lists them. */
    for (size_t n = 0; n < 2 * wanted->n; n++) {
        bool is_inner = n >= wanted->n;
        const struct element *w = &wanted->items[is_inner ? n - wanted->n : n];
        const struct json *owned = json_get(theirs, w->key);
        if (owned == NULL)
            continue;
        fieldset_path_add(&c->path, w->key);
        struct json *inner =
            element_conflicts(c, owned, elements_find(live, w->key), w, is_inner);
        c->path.len = len;
        c->path.s[len] = '\0';
        if (inner == NULL)
            continue;
        if (set == NULL)
            set = json_new_object();
        json_set(set, w->key, inner);
    }
    return set;
}

static void ignore_conflict(void *arg, const struct cause *cause)
{
    (void)arg;
    (void)cause;
}

/* ---- merge ---- */

static struct json *merge(const struct schema *s, const struct json *live,
                          const struct json *wanted);

static void merge_element(struct json *out, const struct elements *old,
                          const struct element *w)
{
    const struct element *was = elements_find(old, w->key);
    struct json *value = merge(w->schema, was == NULL ? NULL : was->value, w->value);

    if (json_is(out, JSON_OBJECT))
        json_set(out, w->key + 2, value);
    else if (was != NULL)
        json_array_set(out, was->index, value);
    else
        json_append(out, value);
}

/* What is wanted once and was there more than once. */
static void drop_repeated(struct json *out, const struct elements *old,
                          const struct elements *new)
{
    for (size_t i = old->n; i-- > 0;) {
        const struct element *at = &old->items[i];
        if (elements_find(new, at->key) && elements_find(old, at->key) != at)
            json_array_del(out, at->index);
    }
}

static struct json *merge(const struct schema *s, const struct json *live,
                          const struct json *wanted)
{
    struct json *out;

    if (live == NULL || json_type(live) != json_type(wanted) ||
        !fieldset_is_granular(s, wanted))
        return json_copy(wanted);
    out = json_copy(live);
    ELEMENTS_AUTO struct elements old;
    ELEMENTS_AUTO struct elements new;
    elements_init(&old, s, live);
    elements_init(&new, s, wanted);
    for (size_t i = 0; i < new.n; i++)
        merge_element(out, &old, &new.items[i]);
    if (json_is(out, JSON_ARRAY))
        drop_repeated(out, &old, &new);
    return out;
}

/* ---- removal ---- */

/* What the manager had and named no longer goes, unless others have a part in it.
 * Returns whether `value` is left empty by it. */
static void remove_dropped(const struct schema *s, struct json *value,
                           const struct json *had, const struct json *kept)
{
    /* Backwards, so that indexes stay true while items go. */
    ELEMENTS_AUTO struct elements e;

    elements_init(&e, s, value);
    for (size_t i = e.n; i-- > 0;) {
        const struct element *at = &e.items[i];
        const struct json *own = json_get(had, at->key);
        const struct json *stays = json_get(kept, at->key);
        bool emptied = false;

        if (own == NULL)
            continue;
        if (stays != NULL || !fieldset_is_member(own)) {
            bool was_full = json_len(at->value) > 0;
            remove_dropped(at->schema, at->value, own, stays);
            emptied = was_full && json_len(at->value) == 0;
        }
        if (stays != NULL || (!fieldset_is_member(own) && !emptied))
            continue;
        if (json_is(value, JSON_OBJECT))
            json_del(value, at->key + 2);
        else
            json_array_del(value, at->index);
    }
}

/* ---- ownership ---- */

struct apply {
    const struct apply_request *req;
    const struct json *live, *wanted;
    struct json *merged;
    struct json *fields; /* what the manager names */
    struct json *had;    /* what it named before */
    struct json *others; /* what all others have */
    struct json *entries;
    const struct json *old; /* the manager's entry */
    size_t n_conflicts;
    struct str told; /* "conflicts with \"a\":\n- .spec.x" for each manager */
};

static void apply_fini(struct apply *a)
{
    json_free(a->fields);
    json_free(a->had);
    json_free(a->others);
    json_free(a->entries);
    json_free(a->merged);
    str_fini(&a->told);
}

static void tell(struct apply *a, const struct conflicts *c)
{
    if (c->n == 0)
        return;
    a->n_conflicts += c->n;
    str_add(&a->told, a->told.len > 0 ? "\nconflicts with " : "conflicts with ");
    describe(c->entry, &a->told);
    str_addf(&a->told, ":%s", c->paths.s);
}

/* What is there and what is wanted, as the entry's version has it: it names fields of
 * that version. */
struct seen {
    const struct schema *schema;
    const struct json *live, *wanted;
    struct json *live_made, *wanted_made; /* or NULL */
};

static void seen_fini(struct seen *s)
{
    json_free(s->live_made);
    json_free(s->wanted_made);
}

static struct seen see(const struct apply *a, const struct json *entry)
{
    const char *version = json_str_or(entry, "apiVersion", "");
    struct seen s = {.schema = a->req->schema, .live = a->live, .wanted = a->wanted};

    if (!a->live || !a->req->in_version || str_eq(version, a->req->api_version))
        return s;
    s.live_made = a->req->in_version(a->req->version_arg, version, a->live, &s.schema);
    if (!s.live_made)
        return s;
    s.wanted_made =
        a->req->in_version(a->req->version_arg, version, a->merged, &s.schema);
    s.live = s.live_made;
    s.wanted = s.wanted_made;
    return s;
}

/* Which of another manager's fields (a set; NULL: none) are wanted otherwise. Each is
 * told to `found`, and to the summary unless that is ignore_conflict. */
static struct json *conflicts_of(struct apply *a, const struct json *entry,
                                 const struct seen *seen, const struct json *fields,
                                 cause_fn *found, void *arg)
{
    struct conflicts c = {.entry = entry, .found = found, .arg = arg};
    ELEMENTS_AUTO struct elements live;
    ELEMENTS_AUTO struct elements wanted;

    str_init(&c.path, 4096);
    str_init(&c.paths, 4096);
    elements_init(&live, seen->schema, seen->live);
    elements_init(&wanted, seen->schema, seen->wanted);
    struct json *set = find_conflicts(&c, fields, &live, &wanted);
    if (found != ignore_conflict)
        tell(a, &c);
    str_fini(&c.path);
    str_fini(&c.paths);
    return set;
}

/* Another manager's entry: in conflict, or overruled, or untouched. */
static void take_other(struct apply *a, const struct json *entry, cause_fn *found,
                       void *arg)
{
    struct json *fields = managed_fields(entry);

    if (fields == NULL)
        return;
    __attribute__((cleanup(seen_fini))) struct seen seen = see(a, entry);
    if (!a->req->force) {
        JSON_AUTO struct json *held =
            fieldset_minus(json_copy(fields), a->req->yielding);
        json_free(conflicts_of(a, entry, &seen, held, found, arg));
    }
    JSON_AUTO struct json *overruled =
        conflicts_of(a, entry, &seen, fields, ignore_conflict, NULL);
    fields = fieldset_minus(json_copy(fields), overruled);
    a->others = fieldset_union(a->others, fields);
    struct json *left = managed_with(entry, fields);
    if (left != NULL)
        json_append(a->entries, left);
}

static void read_entries(struct apply *a, cause_fn *found, void *arg)
{
    const struct json *entries = json_at(a->live, "metadata.managedFields");
    JSON_AUTO struct json *made = NULL;

    if (a->live && json_len(entries) == 0)
        entries = made = managed_before_apply(a->req, a->live);
    for (size_t i = 0; i < json_len(entries); i++) {
        const struct json *entry = json_item(entries, i);
        if (managed_is_own(entry, a->req, MANAGED_APPLY)) {
            a->old = entry;
            a->had = fieldset_union(a->had, managed_fields(entry));
        } else {
            take_other(a, entry, found, arg);
        }
    }
}

/* Others keep what is still there. Who changes nothing has the time of before, or none.
 */
static struct json *entries_after(struct apply *a, const struct json *merged,
                                  bool changed)
{
    struct json *out = json_new_array();
    struct json *own;

    for (size_t i = 0; i < json_len(a->entries); i++) {
        const struct json *entry = json_item(a->entries, i);
        struct json *left =
            managed_with(entry, managed_left(a->req, entry, a->live, merged,
                                             json_copy(managed_fields(entry))));
        if (left != NULL)
            json_append(out, left);
    }
    own = managed_entry(a->req, MANAGED_APPLY,
                        a->fields == NULL ? NULL : json_copy(a->fields), NULL, true);
    if (own != NULL && !changed)
        json_set(own, "time", json_copy(json_get(a->old, "time")));
    if (own != NULL)
        json_append(out, own);
    return managed_sorted(out);
}

/* One conflict on one line, several as a list. */
static void set_conflict(const struct apply *a, struct err *err)
{
    const char *path = strstr(a->told.s, ":\n- ");

    if (a->n_conflicts > 1 || path == NULL)
        err_set(err, ERR_CONFLICT, "Apply failed with %zu conflicts: %s",
                a->n_conflicts, a->told.s);
    else
        err_set(err, ERR_CONFLICT, "Apply failed with 1 conflict: conflict%.*s: %s",
                (int)(path - a->told.s) - (int)strlen("conflicts"),
                a->told.s + strlen("conflicts"), path + strlen(":\n- "));
}

struct json *patch_apply(const struct apply_request *req, const struct json *live,
                         const struct json *applied, cause_fn *conflict, void *arg,
                         struct err *err)
{
    __attribute__((cleanup(apply_fini))) struct apply a = {
        .req = req, .live = live, .wanted = applied};

    str_init(&a.told, 4096);
    if (!json_is(applied, JSON_OBJECT)) {
        err_set(err, ERR_INVALID, "an applied configuration must be an object");
        return NULL;
    }
    a.entries = json_new_array();
    a.fields = fieldset_of_object(req->schema, applied);
    a.merged = merge(req->schema, live, applied);
    read_entries(&a, conflict, arg);
    if (a.n_conflicts > 0) {
        set_conflict(&a, err);
        return NULL;
    }
    JSON_AUTO struct json *kept =
        fieldset_union(a.fields == NULL ? NULL : json_copy(a.fields), a.others);
    remove_dropped(req->schema, a.merged, a.had, kept);
    json_set_at(a.merged, "metadata.managedFields",
                entries_after(&a, a.merged, !live || !json_equal(live, a.merged)));
    return TAKE(a.merged);
}
