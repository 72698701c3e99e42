#include "cmd/gantry-local/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/pattern.h"
#include "cmd/gantry-local/schema_priv.h"

struct kept_regex {
    regex_t regex;
    struct kept_regex *next;
};

struct schema_pool {
    struct arena *arena;
    struct json **kept;
    size_t n_kept;
    size_t cap_kept;
    struct kept_regex *regexes;
};

struct schema_pool *schema_pool_new(void)
{
    struct schema_pool *pool = xcalloc(1, sizeof(*pool));

    pool->arena = arena_new();
    return pool;
}

void schema_pool_free(struct schema_pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < pool->n_kept; i++)
        json_free(pool->kept[i]);
    for (struct kept_regex *r = pool->regexes; r != NULL; r = r->next)
        regfree(&r->regex);
    free(pool->kept);
    arena_free(pool->arena);
    free(pool);
}

struct arena *schema_pool_arena(struct schema_pool *pool)
{
    return pool->arena;
}

struct json *schema_pool_keep(struct schema_pool *pool, struct json *take)
{
    GROW(pool->kept, pool->n_kept, pool->cap_kept);
    pool->kept[pool->n_kept++] = take;
    return take;
}

struct schema *schema_node(struct schema_pool *pool, enum schema_type type)
{
    struct schema *s = arena_alloc(pool->arena, sizeof(*s));

    s->type = type;
    return s;
}

struct schema_bounds *schema_bounds(struct schema_pool *pool, struct schema *s)
{
    if (s->bounds == NULL) {
        s->bounds = arena_alloc(pool->arena, sizeof(*s->bounds));
        s->bounds->min_len = s->bounds->max_len = -1;
        s->bounds->min_items = s->bounds->max_items = -1;
        s->bounds->min_props = s->bounds->max_props = -1;
    }
    return s->bounds;
}

int schema_set_pattern(struct schema_pool *pool, struct schema *s, const char *pattern,
                       struct err *err)
{
    struct kept_regex *kept = arena_alloc(pool->arena, sizeof(*kept));

    if (pattern_compile(pattern, &kept->regex, err) != 0)
        return -1;
    kept->next = pool->regexes;
    pool->regexes = kept;
    s->pattern = arena_strdup(pool->arena, pattern);
    s->regex = &kept->regex;
    return 0;
}

static int prop_order(const void *a, const void *b)
{
    const struct schema_prop *x = a;
    const struct schema_prop *y = b;

    return strcmp(x->name, y->name);
}

void schema_sort_props(struct schema *s)
{
    if (s->n_props > 1)
        qsort(s->props, s->n_props, sizeof(*s->props), prop_order);
}

struct schema *schema_prop(const struct schema *s, const char *name)
{
    size_t at = BISECT(s->n_props, i, strcmp(s->props[i].name, name) < 0);

    return at < s->n_props && strcmp(s->props[at].name, name) == 0 ? s->props[at].schema
                                                                   : NULL;
}

bool schema_requires(const struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->n_required; i++)
        if (strcmp(s->required[i], name) == 0)
            return true;
    return false;
}

void schema_free(struct schema *s)
{
    if (s != NULL)
        schema_pool_free(s->pool);
}

const char *schema_type_name(enum schema_type type)
{
    static const char *const names[] = {
        [SCHEMA_ANY] = "",
        [SCHEMA_OBJECT] = "object",
        [SCHEMA_ARRAY] = "array",
        [SCHEMA_STRING] = "string",
        [SCHEMA_INTEGER] = "integer",
        [SCHEMA_NUMBER] = "number",
        [SCHEMA_BOOLEAN] = "boolean",
        [SCHEMA_INT_OR_STRING] = "integer,string",
        [SCHEMA_QUANTITY] = "number,string",
    };
    return names[type];
}

/* ---- how lists and maps merge ---- */

const struct schema *schema_field(const struct schema *s, const char *name)
{
    const struct schema *field;

    if (s == NULL)
        return NULL;
    field = schema_prop(s, name);
    return field != NULL ? field : s->additional;
}

const struct schema *schema_items(const struct schema *s)
{
    return s == NULL ? NULL : s->items;
}

enum list_type schema_list_type(const struct schema *s)
{
    return s == NULL ? LIST_ATOMIC : s->list_type;
}

bool schema_map_is_atomic(const struct schema *s)
{
    return s != NULL && s->map_atomic;
}

const char *const *schema_list_keys(const struct schema *s)
{
    return s == NULL ? NULL : s->list_keys;
}

const char *schema_merge_key(const struct schema *s)
{
    return s == NULL ? NULL : s->merge_key;
}

bool schema_is_replaced(const struct schema *s)
{
    return s != NULL && s->replaced;
}

bool schema_merges_scalars(const struct schema *s)
{
    return s != NULL && s->merge_scalars;
}

/* ---- the root of a custom kind ---- */

static void put_prop(struct schema *s, struct schema_prop *at, const char *name,
                     struct schema *schema)
{
    *at = (struct schema_prop){.name = name, .schema = schema};
    s->n_props++;
}

void schema_root_fields(struct schema_pool *pool, const struct schema *meta,
                        struct schema **ret_version, struct schema **ret_kind,
                        struct schema **ret_meta)
{
    struct schema *version = schema_node(pool, SCHEMA_STRING);
    struct schema *kind = schema_node(pool, SCHEMA_STRING);
    struct schema *own = schema_node(pool, SCHEMA_OBJECT);

    version->description = "The API group and version that this object is written for.";
    kind->description = "What this object is. It cannot be changed.";
    *own = *meta;
    own->ref = NULL;
    own->shown_as = meta;
    own->description = "What every object has: name, labels, annotations, owners.";
    *ret_version = version;
    *ret_kind = kind;
    *ret_meta = own;
}

void schema_attach_meta(struct schema *root, const struct schema *meta)
{
    struct arena *arena = root->pool->arena;
    const struct schema *asked = schema_prop(root, "metadata");
    struct schema *version, *kind, *joined;
    struct schema_prop *old = root->props;
    size_t n_old = root->n_props;

    root->props = arena_alloc(arena, (n_old + 3) * sizeof(*old));
    root->n_props = 0;
    for (size_t i = 0; i < n_old; i++)
        if (strcmp(old[i].name, "metadata") != 0 && strcmp(old[i].name, "kind") != 0 &&
            strcmp(old[i].name, "apiVersion") != 0)
            put_prop(root, &root->props[root->n_props], old[i].name, old[i].schema);
    schema_root_fields(root->pool, meta, &version, &kind, &joined);
    put_prop(root, &root->props[root->n_props], "apiVersion", version);
    put_prop(root, &root->props[root->n_props], "kind", kind);
    if (asked != NULL) {
        joined->all_of.items = arena_alloc(arena, sizeof(*joined->all_of.items));
        joined->all_of.items[0] = arena_alloc(arena, sizeof(*asked));
        *joined->all_of.items[0] = *asked;
        joined->all_of.n = 1;
    }
    put_prop(root, &root->props[root->n_props], "metadata", joined);
    schema_sort_props(root);
}
