#include <assert.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/coretypes_priv.h"

static struct schema_prop *find_prop(struct schema *s, const char *name, size_t len)
{
    for (size_t i = 0; i < s->n_props; i++)
        if (strlen(s->props[i].name) == len &&
            strncmp(s->props[i].name, name, len) == 0)
            return &s->props[i];
    return NULL;
}

/* Calls fn with each line "name: Words." of the text. */
static void each_line(const char *fields, void *arg,
                      void (*fn)(void *arg, const char *name, size_t name_len,
                                 const char *words, size_t words_len))
{
    while (*fields != '\0') {
        const size_t line = strcspn(fields, "\n");
        const char *colon = strstr(fields, ": ");
        assert(colon != NULL && colon < fields + line);
        fn(arg, fields, (size_t)(colon - fields), colon + 2,
           line - (size_t)(colon + 2 - fields));
        fields += line + (fields[line] == '\n');
    }
}

struct target {
    struct coretypes *types;
    struct schema *type; /* NULL: of every type */
};

static void say(struct coretypes *t, struct schema_prop *p, const char *words,
                size_t len)
{
    if (p != NULL && p->words == NULL)
        p->words = arena_printf(schema_pool_arena(t->pool), "%.*s", (int)len, words);
}

static void say_field(void *arg, const char *name, size_t name_len, const char *words,
                      size_t words_len)
{
    const struct target *to = arg;

    if (to->type != NULL) {
        struct schema_prop *p = find_prop(to->type, name, name_len);
        assert(p != NULL);
        say(to->types, p, words, words_len);
        return;
    }
    for (size_t i = 0; i < to->types->n; i++) {
        struct schema_prop *p = find_prop(to->types->types[i].schema, name, name_len);
        if (p != NULL && p->schema->description == NULL)
            say(to->types, p, words, words_len);
    }
}

static void explain_row(struct coretypes *t, const struct core_words *row)
{
    const bool all = strcmp(row->type, "*") == 0;
    struct target to = {t, all ? NULL : coretypes_find(t, row->type)};

    assert(all || to.type != NULL);
    if (to.type != NULL && row->about != NULL)
        to.type->description = row->about;
    each_line(row->fields, &to, say_field);
}

/* Types whose fields are those of another, more or less. */
static const struct {
    const char *type, *like;
} alike[] = {
    {"core.v1.EphemeralContainer", "core.v1.Container"},
    {"core.v1.PersistentVolumeSpec", "core.v1.Volume"},
    {"core.v1.CephFSPersistentVolumeSource", "core.v1.CephFSVolumeSource"},
    {"core.v1.RBDPersistentVolumeSource", "core.v1.RBDVolumeSource"},
    {"core.v1.CinderPersistentVolumeSource", "core.v1.CinderVolumeSource"},
    {"core.v1.GlusterfsPersistentVolumeSource", "core.v1.GlusterfsVolumeSource"},
    {"core.v1.FlexPersistentVolumeSource", "core.v1.FlexVolumeSource"},
    {"core.v1.ISCSIPersistentVolumeSource", "core.v1.ISCSIVolumeSource"},
    {"core.v1.ScaleIOPersistentVolumeSource", "core.v1.ScaleIOVolumeSource"},
    {"core.v1.StorageOSPersistentVolumeSource", "core.v1.StorageOSVolumeSource"},
};

static void copy_words(struct schema *to, const struct schema *from)
{
    for (size_t i = 0; i < from->n_props; i++) {
        const char *name = from->props[i].name;
        struct schema_prop *p = find_prop(to, name, strlen(name));
        if (p != NULL && p->words == NULL)
            p->words = from->props[i].words;
    }
}

static void explain_alike(struct coretypes *t)
{
    for (size_t i = 0; i < ARRAY_LEN(alike); i++)
        copy_words(coretypes_find(t, alike[i].type), coretypes_find(t, alike[i].like));
}

/* The first word on a field counts: what all types have in common comes last. */
void coretypes_explain(struct coretypes *t)
{
    static const struct core_words_table *const tables[] = {
        &coretypes_words_meta,     &coretypes_words_pod,     &coretypes_words_volume,
        &coretypes_words_workload, &coretypes_words_cluster, &coretypes_words_detail,
        &coretypes_words_network,  &coretypes_words_sources, &coretypes_words_api,
        &coretypes_words_policies, &coretypes_words_rare,
    };

    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        for (size_t k = 0; k < tables[i]->n; k++)
            explain_row(t, &tables[i]->rows[k]);
    explain_alike(t);
    for (size_t k = 0; k < coretypes_words.n; k++)
        explain_row(t, &coretypes_words.rows[k]);
}
