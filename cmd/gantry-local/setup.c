#include "cmd/gantry-local/setup.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "crds/definitions.h"
#include "crds/kinds.h"

#define APPLY "?fieldManager=gantry-local&force=true"
#define GANTRY "/apis/gantry.dev/v1alpha1/"

/* "/apis/GROUP/VERSION/PLURAL/NAME" of a cluster-scoped object that is not of the core
 * group; all definitions are such. Heap. */
static char *path_of(const struct json *doc)
{
    const char *kind = json_str_or(doc, "kind", "");
    const size_t len = strlen(kind);
    const bool y = len > 0 && kind[len - 1] == 'y';
    AUTO_FREE char *plural =
        xasprintf("%.*s%s", (int)(y ? len - 1 : len), kind, y ? "ies" : "s");

    for (char *p = plural; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return xasprintf("/apis/%s/%s/%s", json_str_or(doc, "apiVersion", ""), plural,
                     json_str_or(doc, "metadata.name", ""));
}

static int apply(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    struct ask *a = arg;
    JSON_AUTO struct json *doc = take_doc;
    AUTO_FREE char *path = path_of(doc);
    AUTO_FREE char *with_query = xasprintf("%s" APPLY, path);
    const struct ask_request request = {"PATCH", with_query,
                                        "application/apply-patch+yaml", doc};

    (void)line;
    return ask_send(a, &request, err) == 0 ? 0 : err_prefix(err, "%s", path);
}

int setup_definitions(struct ask *a, struct err *err)
{
    for (size_t i = 0; i < n_definitions; i++) {
        const struct definition *d = &definitions[i];
        if (yaml_parse(d->text, (size_t)(d->end - d->text), d->file, apply, a, err) !=
            0)
            return -1;
    }
    return 0;
}

static const struct {
    struct kc_resource resource;
    const char *name;
    const char *spec; /* %s: the user */
} rows[] = {
    {KIND_PARTITION, "batch", "{'default': true}"},
    {KIND_QOS, "normal", "{}"},
    {KIND_ACCOUNT, "root", "{'members': [{'user': %s}]}"},
};

/* Is there an object of the kind? */
static int any(struct ask *a, const struct kc_resource *resource, bool *ret,
               struct err *err)
{
    STR_AUTO struct str text;

    if (ask_list(a, resource, 1, &text, err) != 0)
        return -1;
    JSON_AUTO struct json *list = json_parse(text.s, text.len, err);
    if (!list)
        return -1;
    *ret = json_len(json_get(list, "items")) > 0;
    return 0;
}

static int make(struct ask *a, size_t i, const char *user, struct err *err)
{
    const struct kc_resource *r = &rows[i].resource;
    JSON_AUTO struct json *spec = json_build(rows[i].spec, user);
    JSON_AUTO struct json *body = json_build(
        "{'apiVersion': 'gantry.dev/v1alpha1', 'kind': %s, 'metadata': {'name': %s},"
        " 'spec': %j}",
        r->kind, rows[i].name, spec);
    AUTO_FREE char *path = xasprintf(GANTRY "%s", r->plural);
    const struct ask_request request = {"POST", path, "application/json", body};

    return ask_send(a, &request, err) == 0
               ? 0
               : err_prefix(err, "%s %s", r->kind, rows[i].name);
}

int setup_queue(struct ask *a, const char *user, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool there = false;
        if (any(a, &rows[i].resource, &there, err) != 0 ||
            (!there && make(a, i, user, err) != 0))
            return -1;
    }
    return 0;
}
