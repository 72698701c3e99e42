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
