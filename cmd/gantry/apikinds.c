#include "cmd/gantry/apikinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define PATH_MAX_BYTES 1024

struct kind {
    char *api_version, *group, *version, *plural, *kind;
    struct kc_resource resource; /* of these strings */
    struct kind *next;
};

/* A group and version that was asked for, whether it is there or not. */
struct asked {
    char *api_version;
    struct asked *next;
};

struct apikinds {
    struct api *api;
    struct kind *kinds;
    struct asked *asked;
};

struct apikinds *apikinds_new(struct api *c)
{
    struct apikinds *k = xcalloc(1, sizeof(*k));

    k->api = c;
    return k;
}

void apikinds_forget(struct apikinds *k)
{
    while (k->kinds) {
        struct kind *kind = k->kinds;
        k->kinds = kind->next;
        free(kind->api_version);
        free(kind->group);
        free(kind->version);
        free(kind->plural);
        free(kind->kind);
        free(kind);
    }
    while (k->asked) {
        struct asked *asked = k->asked;
        k->asked = asked->next;
        free(asked->api_version);
        free(asked);
    }
}

void apikinds_free(struct apikinds *k)
{
    if (!k)
        return;
    apikinds_forget(k);
    free(k);
}

static void add_kind(struct apikinds *k, const char *api_version,
                     const struct json *item)
{
    const char *slash = strchr(api_version, '/');
    const char *plural = json_str_or(item, "name", "");
    struct kind *kind;

    if (strchr(plural, '/')) /* a subresource */
        return;
    kind = xcalloc(1, sizeof(*kind));
    kind->api_version = xstrdup(api_version);
    kind->group =
        slash ? xstrndup(api_version, (size_t)(slash - api_version)) : xstrdup("");
    kind->version = xstrdup(slash ? slash + 1 : api_version);
    kind->plural = xstrdup(plural);
    kind->kind = xstrdup(json_str_or(item, "kind", ""));
    kind->resource =
        (struct kc_resource){kind->group, kind->version, kind->plural, kind->kind,
                             json_bool_or(item, "namespaced", false)};
    kind->next = k->kinds;
    k->kinds = kind;
}

static int ask(struct apikinds *k, const char *api_version, struct err *err)
{
    const char *slash = strchr(api_version, '/');
    AUTO_FREE char *group =
        slash ? xstrndup(api_version, (size_t)(slash - api_version)) : NULL;
    ANSWER_AUTO struct answer a = {0};
    STR_AUTO struct str path;

    str_init(&path, PATH_MAX_BYTES);
    str_add(&path, slash ? "/apis/" : "/api/");
    if (group) {
        kc_escape(group, &path);
        str_addc(&path, '/');
    }
    kc_escape(slash ? slash + 1 : api_version, &path);
    kc_raw(k->api->client, "GET", path.s, NULL, NULL, answer_take, &a);
    if (api_wait(k->api, &a, err) < 0 && a.reason != KC_REASON_NOT_FOUND)
        return -1;
    const struct json *items = json_get(a.body, "resources");
    for (size_t i = 0; i < json_len(items); i++)
        add_kind(k, api_version, json_item(items, i));
    struct asked *asked = xcalloc(1, sizeof(*asked));
    asked->api_version = xstrdup(api_version);
    asked->next = k->asked;
    k->asked = asked;
    return 0;
}

static bool was_asked(const struct apikinds *k, const char *api_version)
{
    for (const struct asked *a = k->asked; a; a = a->next)
        if (str_eq(a->api_version, api_version))
            return true;
    return false;
}

const struct kc_resource *apikinds_find(struct apikinds *k, const char *api_version,
                                        const char *kind, struct err *err)
{
    if (!was_asked(k, api_version) && ask(k, api_version, err) < 0)
        return NULL;
    for (const struct kind *i = k->kinds; i; i = i->next)
        if (str_eq(i->api_version, api_version) && str_eq(i->kind, kind))
            return &i->resource;
    err_set(err, ERR_NOT_FOUND,
            "the API server has no kind \"%.100s\" in \"%.100s\"; is its definition "
            "installed?",
            kind, api_version);
    return NULL;
}
