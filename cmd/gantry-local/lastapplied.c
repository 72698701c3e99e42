#include "cmd/gantry-local/lastapplied.h"

#include <string.h>

#include "base/str.h"
#include "cmd/gantry-local/fieldset.h"

#define MANAGER "kubectl"
#define ANNOTATION "kubectl.kubernetes.io/last-applied-configuration"
/* All annotations of an object may be so long. */
#define TEXT_MAX (256u << 10)

static bool has_annotation(const struct json *object)
{
    return json_get(json_at(object, "metadata.annotations"), ANNOTATION) != NULL;
}

/* The configuration as kubectl writes it: without the annotation itself. */
static struct json *config_text(const struct json *applied)
{
    JSON_AUTO struct json *config = json_copy(applied);
    STR_AUTO struct str text;

    if (has_annotation(config))
        json_del(json_at(config, "metadata.annotations"), ANNOTATION);
    str_init(&text, TEXT_MAX);
    json_print(config, &text);
    str_addc(&text, '\n');
    return text.overflow ? NULL : json_new_string(text.s);
}

struct json *lastapplied_yielding(const char *manager, const struct json *before,
                                  const struct schema *schema)
{
    const char *text;

    if (strcmp(manager, MANAGER) != 0 || !has_annotation(before))
        return NULL;
    text = json_string(json_get(json_at(before, "metadata.annotations"), ANNOTATION));
    JSON_AUTO struct json *applied = json_parse_str(text, NULL);
    if (!json_is(applied, JSON_OBJECT))
        return NULL;
    JSON_AUTO struct json *changed = fieldset_changed(schema, before, applied);
    return fieldset_minus(fieldset_of_object(schema, applied), changed);
}

void lastapplied_update(const char *manager, const struct json *before,
                        const struct json *applied, struct json *merged)
{
    struct json *text;

    if (strcmp(manager, MANAGER) != 0 || !has_annotation(before) ||
        !has_annotation(merged))
        return;
    text = config_text(applied);
    if (text)
        json_set(json_at(merged, "metadata.annotations"), ANNOTATION, text);
}
