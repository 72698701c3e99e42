#include "cmd/gantry-local/typed.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/fieldset.h"
#include "cmd/gantry-local/metadata.h"

#define TEXT_MAX 4096

struct typed {
    const struct schema *schema;
    const struct json *object;
    struct json *faults;
};

/* A step into a list: by the item's key where it has one. Returns what is behind it. */
static const char *step_into(const char *path, const struct schema **s,
                             const struct json **j, struct str *out)
{
    char *end;
    const size_t i = strtoul(path + 1, &end, 10);
    ELEMENTS_AUTO struct elements e;

    elements_init(&e, *s, *j);
    if (i < e.n)
        fieldset_path_add(out, e.items[i].key);
    else
        str_addf(out, "[%zu]", i);
    *s = schema_items(*s);
    *j = json_item(*j, i);
    return end + (*end == ']');
}

/* "spec.list[0].x" as `.spec.list[name="c"].x`. The last step is no known field, and
 * may hold any character. */
static void print_path(const struct typed *t, const char *path, struct str *out)
{
    const struct schema *s = t->schema;
    const struct json *j = t->object;

    while (s && *path) {
        if (*path == '[' && json_is(j, JSON_ARRAY)) {
            path = step_into(path, &s, &j, out);
            continue;
        }
        path += *path == '.';
        AUTO_FREE char *name = xstrndup(path, strcspn(path, ".["));
        const struct schema *field = schema_field(s, name);
        str_addf(out, ".%s", field ? name : path);
        if (!field)
            return;
        s = field;
        j = json_get(j, name);
        path += strlen(name);
    }
    if (*path)
        str_addf(out, "%s%s", *path == '.' ? "" : ".", path);
}

static void found(void *arg, const char *path, const char *near)
{
    struct typed *t = arg;
    STR_AUTO struct str text;

    (void)near;
    str_init(&text, TEXT_MAX);
    print_path(t, path, &text);
    str_add(&text, ": field not declared in schema");
    json_append(t->faults, json_new_string(text.s));
}

/* Items of a list map or a set that stand twice, in all of `value`. */
static void find_repeated(struct typed *t, const struct schema *s,
                          const struct json *value, struct str *path)
{
    JSON_AUTO struct json *seen = json_new_object();
    ELEMENTS_AUTO struct elements e;
    const size_t len = path->len;

    elements_init(&e, s, value);
    for (size_t i = 0; i < e.n; i++) {
        const struct element *item = &e.items[i];
        if (json_get(seen, item->key)) {
            str_add(path, ": duplicate entries for key ");
            fieldset_path_add(path, item->key);
            json_append(t->faults, json_new_string(path->s));
        } else {
            json_set(seen, item->key, json_new_bool(true));
            fieldset_path_add(path, item->key);
            find_repeated(t, item->schema, item->value, path);
        }
        path->len = len;
        path->s[len] = '\0';
    }
}

/* One on one line, several as a list. */
static void print_faults(const struct json *faults, struct str *out)
{
    const size_t n = json_len(faults);

    if (n > 1)
        str_add(out, "errors:");
    for (size_t i = 0; i < n; i++)
        str_addf(out, "%s%s", n > 1 ? "\n  " : "", json_string(json_item(faults, i)));
}

int typed_check(struct call *call, struct json *object, const char *said_ns)
{
    const struct kind *kind = call->kind;
    JSON_AUTO struct json *pruned = json_copy(object);
    JSON_AUTO struct json *faults = json_new_array();
    struct typed t = {kind->schema, object, faults};
    STR_AUTO struct str path;

    str_init(&path, TEXT_MAX);
    metadata_prune(pruned, found, &t);
    schema_prune(kind->schema, pruned, found, &t);
    find_repeated(&t, kind->schema, object, &path);
    if (json_len(faults) == 0)
        return 0;
    STR_AUTO struct str text;
    str_init(&text, 8 * TEXT_MAX);
    print_faults(faults, &text);
    return refuse(&call->refusal, 500, "",
                  "failed to create typed patch object (%s/%s; %s/%s, Kind=%s): %s",
                  said_ns, json_str_or(object, "metadata.name", ""), kind->group,
                  kind->version, kind->name, text.s);
}
