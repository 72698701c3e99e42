/*
 * fuzz_schema - schemas, and what they rule.
 *
 * Lines: an openAPIV3Schema, an object, a patch, a printer column's path. The object is
 * pruned, defaulted and checked; the patch is tried in all four ways, and what one of
 * them makes of the object must hold together: applied twice it changes nothing more.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/patch.h"
#include "cmd/gantry-local/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *take_line(char **p)
{
    char *line = *p;
    const size_t len = strcspn(line, "\n");

    *p += len + (line[len] != '\0');
    line[len] = '\0';
    return line;
}

static void ignore_cause(void *arg, const struct cause *cause)
{
    (void)arg, (void)cause;
}

static void apply_twice(const struct schema *s, const struct json *object,
                        const struct json *patch)
{
    const struct apply_request req = {.schema = s,
                                      .manager = "fuzz",
                                      .api_version = "v1",
                                      .subresource = "",
                                      .force = true,
                                      .now_sec = 0};
    struct err err = ERR_INIT;
    JSON_AUTO struct json *once =
        patch_apply(&req, object, patch, ignore_cause, NULL, &err);

    if (once == NULL)
        return;
    JSON_AUTO struct json *twice =
        patch_apply(&req, once, patch, ignore_cause, NULL, &err);
    if (!json_equal(once, twice))
        abort();
    managed_update(&req, object, once);
}

static void patch_all(const struct schema *s, const struct json *object,
                      const struct json *patch)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *merged = patch_merge(object, patch);
    JSON_AUTO struct json *edited = patch_json(object, patch, &err);
    JSON_AUTO struct json *strategic = patch_strategic(object, patch, s, &err);

    if (json_is(object, JSON_OBJECT))
        apply_twice(s, object, patch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    char *rest = text;
    struct err err = ERR_INIT;
    JSON_AUTO struct json *openapi = json_parse_str(take_line(&rest), &err);
    JSON_AUTO struct json *object = json_parse_str(take_line(&rest), &err);
    JSON_AUTO struct json *patch = json_parse_str(take_line(&rest), &err);
    struct schema *s = openapi == NULL ? NULL : schema_parse(openapi, &err);

    if (s != NULL && object != NULL) {
        schema_prune(s, object, NULL, NULL);
        schema_default(s, object);
        schema_validate(s, object, ignore_cause, NULL);
        if (patch != NULL)
            patch_all(s, object, patch);
        JSON_AUTO struct json *cell = jsonpath_cell(object, take_line(&rest));
        JSON_AUTO struct json *back = schema_to_openapi(s);
    }
    schema_free(s);
    return 0;
}
