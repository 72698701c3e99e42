/* scontrol update JobId=7+1 TimeLimit=... - the time limit of one component. */
#include <inttypes.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry/scontrol.h"

static struct json *components_of(const struct jobrow *r)
{
    return r->components ? json_parse_str(r->components, NULL) : NULL;
}

static bool has_ended(const struct jobrow *r, int64_t component)
{
    JSON_AUTO struct json *found =
        r->found_components ? json_parse_str(r->found_components, NULL) : NULL;

    return json_str(json_item(found, (size_t)component), "endTime") != NULL;
}

static const char *own_limit(const struct jobrow *r, const struct json *components,
                             size_t component)
{
    return component == 0 ? r->time_limit
                          : json_str(json_item(components, component), "timeLimit");
}

int scontrol_component_limit(const struct jobrow *r, int64_t component,
                             int64_t *ret_sec)
{
    JSON_AUTO struct json *components = components_of(r);
    const char *own = own_limit(r, components, (size_t)component);

    if (component > 0 && own)
        return duration_parse(own, ret_sec, NULL);
    *ret_sec = r->limit_sec;
    return 0;
}

/* ---- as a patch ---- */

/* `value` (NULL: none) is taken over. */
static void add_op(struct json *patch, const char *op, const char *path,
                   struct json *value)
{
    struct json *item = json_build("{'op':%s,'path':%s}", op, path);

    if (value)
        json_set(item, "value", value);
    json_append(patch, item);
}

/* `limit` NULL: there is none of its own any more. */
static void set_limit(struct json *patch, size_t component, const char *limit)
{
    AUTO_FREE char *path = component == 0
                               ? xstrdup("/spec/timeLimit")
                               : xasprintf("/spec/components/%zu/timeLimit", component);

    add_op(patch, limit ? "add" : "remove", path,
           limit ? json_new_string(limit) : NULL);
}

/* What the others have of the first one stays what it was. */
static void keep_others(struct json *patch, const struct jobrow *r,
                        const struct json *components)
{
    char limit[DURATION_TEXT_MAX];

    if (r->limit_sec == LIMIT_UNSET)
        return;
    duration_format(r->limit_sec, limit);
    for (size_t i = 1; i < json_len(components); i++)
        if (!own_limit(r, components, i))
            set_limit(patch, i, limit);
}

static int refuse(const struct scontrol *s, const struct jobrow *r, int64_t component,
                  const char *why)
{
    scontrol_fail(s, "%s for job %" PRId64 "+%" PRId64, why, r->het_id, component);
    return -1;
}

int scontrol_patch_component(struct scontrol *s, const struct jobrow *r,
                             int64_t component, const char *limit)
{
    const struct kc_ref ref = {&api_jobs, r->ns, r->object, NULL};
    JSON_AUTO struct json *components = components_of(r);
    JSON_AUTO struct json *patch = json_new_array();
    ANSWER_AUTO struct answer a = {0};
    struct err err = ERR_INIT;

    if (has_ended(r, component))
        return refuse(s, r, component, "Job/step already completing or completed");
    add_op(patch, "test", "/metadata/uid", json_new_string(r->uid));
    if (component == 0)
        keep_others(patch, r, components);
    if (limit || own_limit(r, components, (size_t)component))
        set_limit(patch, (size_t)component, limit);
    if (api_patch(&s->api, &ref, KC_PATCH_JSON, patch, &a, &err) == 0)
        return 0;
    return refuse(s, r, component,
                  a.reason == KC_REASON_NOT_FOUND ? "Invalid job id specified"
                                                  : err.msg);
}
