#include "cmd/gantry-local/daemonset.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"

#define ANNOTATION "deprecated.daemonset.template.generation"

static const char *annotation_of(const struct json *daemonset)
{
    const struct json *v =
        json_get(json_at(daemonset, "metadata.annotations"), ANNOTATION);

    return json_is(v, JSON_STRING) ? json_string(v) : "0";
}

int daemonset_admit(struct write *w)
{
    const char *asked = annotation_of(w->after);
    char *end;
    int64_t number = strtoll(asked, &end, 10);

    if (!*asked || *end)
        return refuse_bad_request(&w->call->refusal,
                                  "DaemonSet in version \"v1\" cannot be handled as a "
                                  "DaemonSet: strconv.ParseInt: parsing \"%s\": "
                                  "invalid syntax",
                                  asked);
    if (w->before) {
        number = strtoll(annotation_of(w->before), NULL, 10);
        number += !json_equal(json_at(w->before, "spec.template"),
                              json_at(w->after, "spec.template"));
    }
    AUTO_FREE char *text = xasprintf("%" PRId64, MAX(number, 1));
    if (!json_is(json_at(w->after, "metadata.annotations"), JSON_OBJECT))
        json_set_at(w->after, "metadata.annotations", json_new_object());
    json_set(json_at(w->after, "metadata.annotations"), ANNOTATION,
             json_new_string(text));
    return 0;
}
