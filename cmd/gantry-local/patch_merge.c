/* patch_merge - RFC 7396: objects merge field by field, null removes, all else
 * replaces. */
#include "cmd/gantry-local/patch.h"

static void merge_into(struct json *object, const struct json *patch);

static struct json *merge_value(const struct json *old, const struct json *patch)
{
    struct json *out;

    if (!json_is(patch, JSON_OBJECT))
        return json_copy(patch);
    out = json_is(old, JSON_OBJECT) ? json_copy(old) : json_new_object();
    merge_into(out, patch);
    return out;
}

static void merge_into(struct json *object, const struct json *patch)
{
    for (json_each (it, patch)) {
        struct json *old = json_get(object, it.key);

        if (json_is(it.val, JSON_NULL))
            json_del(object, it.key);
        else if (json_is(it.val, JSON_OBJECT) && json_is(old, JSON_OBJECT))
            merge_into(old, it.val);
        else
            json_set(object, it.key, merge_value(NULL, it.val));
    }
}

struct json *patch_merge(const struct json *doc, const struct json *patch)
{
    return merge_value(doc, patch);
}
