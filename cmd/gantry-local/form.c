#include "cmd/gantry-local/form.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/autoscaler.h"
#include "cmd/gantry-local/event.h"

static const struct form forms[] = {
    {"events.k8s.io", "v1", "events", "", "v1", event_to_core, event_from_core,
     event_core_path, false},
    {"autoscaling", "v1", "horizontalpodautoscalers", "autoscaling", "v2",
     autoscaler_to_v2, autoscaler_from_v2, NULL, true},
};

const struct form *form_of(const struct kind *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        if (strcmp(forms[i].group, kind->group) == 0 &&
            strcmp(forms[i].version, kind->version) == 0 &&
            strcmp(forms[i].plural, kind->plural) == 0)
            return &forms[i];
    return NULL;
}

const struct kind *form_stored_kind(const struct form *form, const struct kinds *kinds)
{
    return kinds_find(kinds, form->stored_group, form->stored_version, form->plural);
}

static bool is_version(const char *group, const char *version, const char *api_version)
{
    AUTO_FREE char *own =
        group[0] ? xasprintf("%s/%s", group, version) : xstrdup(version);

    return strcmp(own, api_version) == 0;
}

/* The form that shows what is stored as this kind in that version; NULL. */
static const struct form *form_shown_in(const struct kind *kind,
                                        const char *api_version)
{
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        if (strcmp(forms[i].stored_group, kind->group) == 0 &&
            strcmp(forms[i].stored_version, kind->version) == 0 &&
            strcmp(forms[i].plural, kind->plural) == 0 &&
            is_version(forms[i].group, forms[i].version, api_version))
            return &forms[i];
    return NULL;
}

struct json *form_in_version(const struct kinds *kinds, const struct kind *kind,
                             const char *api_version, const struct json *object,
                             const struct schema **ret_schema)
{
    const struct form *own = form_of(kind);
    const struct form *other = form_shown_in(kind, api_version);
    struct json *made = NULL;

    if (own && is_version(own->stored_group, own->stored_version, api_version)) {
        made = json_copy(object);
        own->to_stored(made);
        *ret_schema = form_stored_kind(own, kinds)->schema;
    } else if (other) {
        made = json_copy(object);
        other->from_stored(made);
        *ret_schema =
            kinds_find(kinds, other->group, other->version, other->plural)->schema;
    }
    return made;
}
