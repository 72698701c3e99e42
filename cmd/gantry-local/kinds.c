#include "cmd/gantry-local/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/cellpick.h"
#include "cmd/gantry-local/coretypes.h"
#include "cmd/gantry-local/kinds_priv.h"
#include "cmd/gantry-local/names.h"

struct kinds {
    struct schema_pool *pool; /* the core types */
    struct coretypes *types;
    const struct schema *meta;
    struct kind_entries list; /* sorted by group, version, plural */
};

/* ---- entries ---- */

struct kind_entry *kind_entry_new(void)
{
    return xcalloc(1, sizeof(struct kind_entry));
}

static void free_strings(char **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

static void free_columns(struct column *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(columns[i].name);
        free(columns[i].type);
        free(columns[i].format);
        free(columns[i].description);
        free(columns[i].json_path);
    }
    free(columns);
}

void kind_entry_free(struct kind_entry *e)
{
    struct kind *k = &e->kind;

    free(k->group);
    free(k->version);
    free(k->plural);
    free(k->singular);
    free(k->name);
    free(k->list_name);
    free(k->deprecated);
    free(k->scale.replicas);
    free(k->scale.current);
    free(k->scale.selector);
    free_strings(k->short_names, k->n_short_names);
    free_strings(k->categories, k->n_categories);
    free_strings(k->selectable, k->n_selectable);
    cellpick_free(e->cells);
    free_columns(e->columns, k->n_columns);
    free(e->crd_name);
    schema_free(e->owned);
    free(e);
}

void kind_entries_add(struct kind_entries *list, struct kind_entry *take)
{
    GROW(list->items, list->n, list->cap);
    list->items[list->n++] = take;
}

void kind_entries_fini(struct kind_entries *list)
{
    for (size_t i = 0; i < list->n; i++)
        kind_entry_free(list->items[i]);
    free(list->items);
    *list = (struct kind_entries){.n = 0};
}

/* ---- versions ---- */

/* v1 before v2beta1 before v2alpha1, and v2 before v1. */
static void version_rank(const char *version, long rank[3])
{
    char *end = NULL;

    rank[0] = rank[1] = rank[2] = 0;
    if (version[0] != 'v' || (rank[1] = strtol(version + 1, &end, 10)) <= 0)
        return;
    if (*end == '\0')
        rank[0] = 3;
    else if (strncmp(end, "beta", 4) == 0)
        rank[0] = 2;
    else if (strncmp(end, "alpha", 5) == 0)
        rank[0] = 1;
    if (rank[0] == 1 || rank[0] == 2)
        rank[2] = strtol(end + (rank[0] == 2 ? 4 : 5), NULL, 10);
}

int kind_version_order(const char *a, const char *b)
{
    long ra[3], rb[3];

    version_rank(a, ra);
    version_rank(b, rb);
    for (size_t i = 0; i < 3; i++)
        if (ra[i] != rb[i])
            return ra[i] > rb[i] ? -1 : 1;
    return strcmp(a, b);
}

/* ---- the core table ---- */

/* "a,b" as a list of strings. */
static char **split_list(const char *text, size_t *ret_n)
{
    char **list = NULL;
    size_t n = 0;
    size_t cap = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, ",");
        GROW(list, n, cap);
        list[n++] = xstrndup(text, len);
        text += len + (text[len] == ',');
    }
    *ret_n = n;
    return list;
}

static const struct {
    const char *group, *plural;
} scalable[] = {{"apps", "deployments"},
                {"apps", "replicasets"},
                {"apps", "statefulsets"},
                {"", "replicationcontrollers"}};

static void fill_scale(struct kind *k)
{
    for (size_t i = 0; i < ARRAY_LEN(scalable); i++)
        if (strcmp(scalable[i].group, k->group) == 0 &&
            strcmp(scalable[i].plural, k->plural) == 0)
            k->scale = (struct scale_paths){.replicas = xstrdup("spec.replicas"),
                                            .current = xstrdup("status.replicas"),
                                            .selector = xstrdup("spec.selector")};
}

/* What extends the API is a category of its own. */
static const char *category_of(const struct core_kind *row)
{
    static const char *const groups[] = {"apiextensions.k8s.io",
                                         "admissionregistration.k8s.io"};

    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        if (strcmp(groups[i], row->group) == 0)
            return "api-extensions";
    return row->in_all ? "all" : "";
}

static struct kind_entry *core_entry(const struct core_kind *row,
                                     const struct schema *schema)
{
    struct kind_entry *e = kind_entry_new();
    struct kind *k = &e->kind;

    k->group = xstrdup(row->group);
    k->version = xstrdup(row->version);
    k->plural = xstrdup(row->plural);
    k->name = xstrdup(strrchr(row->type, '.') + 1);
    k->singular = name_lower(k->name);
    k->list_name = xasprintf("%sList", k->name);
    k->short_names = split_list(row->short_names, &k->n_short_names);
    k->categories = split_list(category_of(row), &k->n_categories);
    k->selectable = split_list(row->selectable, &k->n_selectable);
    k->namespaced = row->namespaced;
    k->has_status = row->has_status;
    k->create_only = row->create_only;
    k->deprecated = xstrdup_null(row->deprecated);
    k->schema = schema;
    fill_scale(k);
    return e;
}

static int key_order(const struct kind *k, const char *group, const char *version,
                     const char *plural)
{
    int order = strcmp(k->group, group);

    if (order == 0)
        order = strcmp(k->version, version);
    return order != 0 ? order : strcmp(k->plural, plural);
}

static int entry_order(const void *a, const void *b)
{
    const struct kind *y = &(*(struct kind_entry *const *)b)->kind;

    return key_order(&(*(struct kind_entry *const *)a)->kind, y->group, y->version,
                     y->plural);
}

static void sort_entries(struct kinds *kinds)
{
    qsort(kinds->list.items, kinds->list.n, sizeof(*kinds->list.items), entry_order);
}

struct kinds *kinds_new(void)
{
    struct kinds *kinds = xcalloc(1, sizeof(*kinds));
    size_t n;
    const struct core_kind *rows = coretypes_kinds(&n);

    kinds->pool = schema_pool_new();
    kinds->types = coretypes_new(kinds->pool);
    kinds->meta = coretypes_find(kinds->types, "meta.v1.ObjectMeta");
    for (size_t i = 0; i < n; i++)
        kind_entries_add(
            &kinds->list,
            core_entry(&rows[i], coretypes_find(kinds->types, rows[i].type)));
    sort_entries(kinds);
    return kinds;
}

void kinds_free(struct kinds *kinds)
{
    if (kinds == NULL)
        return;
    kind_entries_fini(&kinds->list);
    coretypes_free(kinds->types);
    schema_pool_free(kinds->pool);
    free(kinds);
}

/* ---- finding ---- */

/* What is asked and answered in the name of a group that it is not part of. */
static const char *const of_every_group[] = {"APIGroup",        "APIGroupList",
                                             "APIResourceList", "APIVersions",
                                             "DeleteOptions",   "Status"};

const struct schema *kinds_type(const struct kinds *kinds, const char *api_version,
                                const char *kind)
{
    const char *slash = strchr(api_version, '/');
    /* "rbac.authorization.k8s.io/v1" is the package rbac.v1, "v1" is core.v1. */
    const char *package = slash ? api_version : "core";
    const size_t len = slash ? strcspn(api_version, "./") : strlen(package);
    AUTO_FREE char *name = xasprintf("%.*s.%s.%s", (int)len, package,
                                     slash ? slash + 1 : api_version, kind);

    for (size_t i = 0; i < ARRAY_LEN(of_every_group); i++)
        if (strcmp(kind, of_every_group[i]) == 0) {
            AUTO_FREE char *shared = xasprintf("meta.v1.%s", kind);
            return coretypes_find(kinds->types, shared);
        }
    return coretypes_find(kinds->types, name);
}

const struct schema *kinds_item_type(const struct kinds *kinds, const char *api_version,
                                     const char *list_kind)
{
    if (!str_ends(list_kind, "List"))
        return NULL;
    AUTO_FREE char *kind = xstrndup(list_kind, strlen(list_kind) - strlen("List"));
    return kinds_type(kinds, api_version, kind);
}

bool kinds_have_group(const struct kinds *kinds, const char *group)
{
    for (size_t i = 0; i < kinds->list.n; i++)
        if (strcmp(kinds->list.items[i]->kind.group, group) == 0)
            return true;
    return false;
}

bool kind_deletes_collection(const struct kind *kind)
{
    return kind->group[0] || strcmp(kind->plural, "namespaces") != 0;
}

const struct kind *kinds_find(const struct kinds *kinds, const char *group,
                              const char *version, const char *plural)
{
    size_t at =
        BISECT(kinds->list.n, i,
               key_order(&kinds->list.items[i]->kind, group, version, plural) < 0);
    const struct kind *kind = at < kinds->list.n ? &kinds->list.items[at]->kind : NULL;

    return kind && key_order(kind, group, version, plural) == 0 ? kind : NULL;
}

size_t kinds_count(const struct kinds *kinds)
{
    return kinds->list.n;
}

const struct kind *kinds_at(const struct kinds *kinds, size_t i)
{
    return &kinds->list.items[i]->kind;
}

/* ---- CRDs ---- */

/* Another's kind of the same group with one of the names. */
static int check_conflicts(const struct kinds *kinds, const struct kind_entries *added,
                           struct err *err)
{
    for (size_t a = 0; a < added->n; a++)
        for (size_t i = 0; i < kinds->list.n; i++) {
            const struct kind *new = &added->items[a]->kind;
            const struct kind *old = &kinds->list.items[i]->kind;
            if (strcmp(new->group, old->group) != 0 ||
                str_eq(added->items[a]->crd_name, kinds->list.items[i]->crd_name))
                continue;
            if (strcmp(new->plural, old->plural) == 0)
                return err_set(err, ERR_INVALID, "spec.names.plural: \"%s\" is in use",
                               new->plural);
            if (strcmp(new->name, old->name) == 0)
                return err_set(err, ERR_INVALID, "spec.names.kind: \"%s\" is in use",
                               new->name);
        }
    return 0;
}

int kinds_add_crd(struct kinds *kinds, const struct json *crd, struct err *err)
{
    struct kind_entries added = {.n = 0};

    if (crd_kinds(crd, kinds->meta, &added, err) != 0 ||
        check_conflicts(kinds, &added, err) != 0) {
        kind_entries_fini(&added);
        return -1;
    }
    kinds_remove_crd(kinds, json_str_or(crd, "metadata.name", ""));
    for (size_t i = 0; i < added.n; i++)
        kind_entries_add(&kinds->list, added.items[i]);
    free(added.items);
    sort_entries(kinds);
    return 0;
}

void kinds_remove_crd(struct kinds *kinds, const char *crd_name)
{
    size_t kept = 0;

    for (size_t i = 0; i < kinds->list.n; i++) {
        struct kind_entry *e = kinds->list.items[i];
        if (e->crd_name != NULL && strcmp(e->crd_name, crd_name) == 0)
            kind_entry_free(e);
        else
            kinds->list.items[kept++] = e;
    }
    kinds->list.n = kept;
}
