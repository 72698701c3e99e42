#include "cmd/gantry-local/job.h"

#include <string.h>

#include "base/util.h"

#define PREFIX "batch.kubernetes.io/"

static struct json *map_at(struct json *object, const char *path)
{
    if (!json_is(json_at(object, path), JSON_OBJECT))
        json_set_at(object, path, json_new_object());
    return json_at(object, path);
}

void job_prepare(struct write *w)
{
    const char *uid = json_str_or(w->after, "metadata.uid", "");
    const char *name = json_str_or(w->after, "metadata.name", "");
    const char *const labels[][2] = {{PREFIX "controller-uid", uid},
                                     {"controller-uid", uid},
                                     {PREFIX "job-name", name},
                                     {"job-name", name}};

    if (w->before || json_bool_or(w->after, "spec.manualSelector", false) ||
        !json_is(json_at(w->after, "spec.template"), JSON_OBJECT))
        return;
    for (size_t i = 0; i < ARRAY_LEN(labels); i++)
        json_set(map_at(w->after, "spec.template.metadata.labels"), labels[i][0],
                 json_new_string(labels[i][1]));
    json_set(map_at(w->after, "spec.selector.matchLabels"), labels[0][0],
             json_new_string(uid));
}
