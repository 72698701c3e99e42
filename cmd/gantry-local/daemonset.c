#include "cmd/gantry-local/daemonset.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/gotext.h"

#define ANNOTATION "deprecated.daemonset.template.generation"

static const char *annotation_of(const struct json *daemonset)
{
    const struct json *v =
        json_get(json_at(daemonset, "metadata.annotations"), ANNOTATION);

    return json_is(v, JSON_STRING) ? json_string(v) : "0";
}

int64_t daemonset_number(const struct json *daemonset)
{
    int64_t number = 0;

    free(gotext_int(annotation_of(daemonset), &number));
    return number;
}

/* As Go adds: behind the largest number comes the smallest, which is refused. */
static int64_t next_number(const struct write *w)
{
    const bool is_same = json_equal(json_at(w->before, "spec.template"),
                                    json_at(w->after, "spec.template"));

    return (int64_t)((uint64_t)daemonset_number(w->before) + !is_same);
}

int daemonset_admit(struct write *w)
{
    int64_t number = 0;
    AUTO_FREE char *why = gotext_int(annotation_of(w->after), &number);

    if (why)
        return refuse_bad_request(
            &w->call->refusal,
            "DaemonSet in version \"v1\" cannot be handled as a DaemonSet: %s", why);
    number = w->before ? next_number(w) : MAX(number, 1);
    AUTO_FREE char *text = xasprintf("%" PRId64, number);
    if (!json_is(json_at(w->after, "metadata.annotations"), JSON_OBJECT))
        json_set_at(w->after, "metadata.annotations", json_new_object());
    json_set(json_at(w->after, "metadata.annotations"), ANNOTATION,
             json_new_string(text));
    return 0;
}
