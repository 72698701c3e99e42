/*
 * fuzz_patch - a pod and a change to it, a line each, by all four ways.
 *
 * The pod itself stays as it was; a merge done twice is done once; what a manager
 * applies and applies again changes nothing the second time.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/patch.h"

#define NOW_SEC 1800000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct kinds *kinds;

static void free_kinds(void)
{
    kinds_free(kinds);
}

static const struct schema *pod_schema(void)
{
    if (!kinds) {
        kinds = kinds_new();
        atexit(free_kinds);
    }
    return kinds_find(kinds, "", "v1", "pods")->schema;
}

static void ignore(void *arg, const struct cause *cause)
{
    (void)arg, (void)cause;
}

static void try_merge(const struct json *doc, const struct json *patch)
{
    JSON_AUTO struct json *once = patch_merge(doc, patch);
    JSON_AUTO struct json *twice = patch_merge(once, patch);

    assert(json_equal(once, twice));
}

static void try_apply(const struct json *doc, const struct json *patch)
{
    const struct apply_request req = {.schema = pod_schema(),
                                      .manager = "fuzz",
                                      .api_version = "v1",
                                      .subresource = "",
                                      .force = true,
                                      .now_sec = NOW_SEC};

    JSON_AUTO struct json *once = patch_apply(&req, doc, patch, ignore, NULL, NULL);
    if (!once)
        return;
    JSON_AUTO struct json *twice = patch_apply(&req, once, patch, ignore, NULL, NULL);
    assert(twice && json_equal(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    char *end = strchr(text, '\n');

    if (!end)
        return 0;
    *end = '\0';
    JSON_AUTO struct json *doc = json_parse_str(text, NULL);
    JSON_AUTO struct json *patch = json_parse_str(end + 1, NULL);
    if (!json_is(doc, JSON_OBJECT) || !patch)
        return 0;
    JSON_AUTO struct json *kept = json_copy(doc);
    JSON_AUTO struct json *a = patch_json(doc, patch, NULL);
    JSON_AUTO struct json *b = patch_strategic(doc, patch, pod_schema(), NULL);
    try_merge(doc, patch);
    if (json_is(patch, JSON_OBJECT))
        try_apply(doc, patch);
    assert(json_equal(doc, kept));
    return 0;
}
