#include "cmd/gantry-local/coretypes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/coretypes_priv.h"

static const struct core_types *const tables[] = {
    &coretypes_core_pod, &coretypes_core_volume, &coretypes_core_other,
    &coretypes_apps,     &coretypes_autoscaling, &coretypes_network,
    &coretypes_policy,   &coretypes_storage,     &coretypes_meta,
};

static int type_order(const void *a, const void *b)
{
    const struct named_type *x = a;
    const struct named_type *y = b;

    return strcmp(x->name, y->name);
}

struct schema *coretypes_find(const struct coretypes *types, const char *name)
{
    const struct named_type key = {name, NULL};
    const struct named_type *found =
        bsearch(&key, types->types, types->n, sizeof(key), type_order);

    return found == NULL ? NULL : found->schema;
}

/* ---- all ---- */

/* "core.v1.Pod" -> "io.k8s.api.core.v1.Pod", the name Kubernetes gives the component.
 */
static const char *component_name(struct arena *arena, const char *name)
{
    const char *prefix = "io.k8s.api.";

    if (str_starts(name, "meta."))
        prefix = "io.k8s.apimachinery.pkg.apis.";
    else if (str_starts(name, "apiextensions."))
        prefix = "io.k8s.apiextensions-apiserver.pkg.apis.";
    return arena_printf(arena, "%s%s", prefix, name);
}

static void add_names(struct coretypes *t, const struct core_types *table)
{
    for (size_t i = 0; i < table->n; i++) {
        struct schema *s = coretypes_node(t, SCHEMA_OBJECT);
        s->ref = component_name(schema_pool_arena(t->pool), table->rows[i].name);
        t->types[t->n++] = (struct named_type){table->rows[i].name, s};
    }
}

static void fill_copies(struct coretypes *t)
{
    for (size_t i = 0; i < t->n_pending; i++) {
        struct schema *copy = t->pending[i].copy;
        const struct schema own = *copy;
        *copy = *t->pending[i].of;
        copy->default_value = own.default_value;
        copy->map_atomic |= own.map_atomic;
        copy->retain_keys = own.retain_keys;
        copy->replaced = own.replaced;
        copy->late = own.late;
    }
    free(t->pending);
    t->pending = NULL;
}

/* Every object has apiVersion and kind; the rows of kinds do not repeat them. */
static void complete_kind(struct coretypes *t, const struct core_kind *k)
{
    struct schema *s = coretypes_find(t, k->type);
    struct schema *version, *kind, *own;

    assert(s != NULL);
    schema_root_fields(t->pool, coretypes_find(t, "meta.v1.ObjectMeta"), &version,
                       &kind, &own);
    for (size_t i = 0; i < s->n_props; i++)
        if (strcmp(s->props[i].name, "metadata") == 0)
            s->props[i].schema = own;
    version->is_core = kind->is_core = true;
    s->props[s->n_props++] =
        (struct schema_prop){.name = "apiVersion", .schema = version};
    s->props[s->n_props++] = (struct schema_prop){.name = "kind", .schema = kind};
    schema_sort_props(s);
    s->gvk = schema_pool_keep(
        t->pool, json_build("[{'group': %s, 'version': %s, 'kind': %s}]", k->group,
                            k->version, strrchr(k->type, '.') + 1));
}

struct coretypes *coretypes_new(struct schema_pool *pool)
{
    struct coretypes *t = xcalloc(1, sizeof(*t));
    size_t n = 0, n_kinds;

    t->pool = pool;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        n += tables[i]->n;
    t->types = xcalloc(n, sizeof(*t->types));
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        add_names(t, tables[i]);
    qsort(t->types, t->n, sizeof(*t->types), type_order);
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        for (size_t k = 0; k < tables[i]->n; k++)
            coretypes_parse(t, &tables[i]->rows[k]);
    const struct core_kind *kinds = coretypes_kinds(&n_kinds);
    for (size_t i = 0; i < n_kinds; i++)
        complete_kind(t, &kinds[i]);
    coretypes_explain(t);
    fill_copies(t);
    return t;
}

void coretypes_free(struct coretypes *types)
{
    if (types == NULL)
        return;
    free(types->types);
    free(types);
}
