#include "cmd/gantry-local/podvalue.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* ---- fields of the pod ---- */

enum { OF_SPEC, OF_POD };

static const struct {
    const char *path;
    int of;
    size_t offset; /* of a char * */
} fields[] = {
    {"metadata.name", OF_SPEC, offsetof(struct pod_spec, name)},
    {"metadata.namespace", OF_SPEC, offsetof(struct pod_spec, ns)},
    {"metadata.uid", OF_SPEC, offsetof(struct pod_spec, uid)},
    {"spec.nodeName", OF_SPEC, offsetof(struct pod_spec, node_name)},
    {"spec.serviceAccountName", OF_SPEC, offsetof(struct pod_spec, service_account)},
    {"status.podIP", OF_POD, offsetof(struct value_pod, pod_ip)},
    {"status.podIPs", OF_POD, offsetof(struct value_pod, pod_ip)},
    {"status.hostIP", OF_POD, offsetof(struct value_pod, host_ip)},
    {"status.hostIPs", OF_POD, offsetof(struct value_pod, host_ip)},
};

static const char *simple_field(const struct value_pod *pod, const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (strcmp(path, fields[i].path) == 0) {
            const char *base =
                fields[i].of == OF_SPEC ? (const char *)pod->spec : (const char *)pod;

            return *(char *const *)(const void *)(base + fields[i].offset);
        }
    return NULL;
}

/* The x of "metadata.labels['x']" with prefix "metadata.labels"; NULL: not of that
 * form. */
static char *subscript(const char *path, const char *prefix)
{
    const char *key = path + strlen(prefix);
    size_t len;

    if (!str_starts(path, prefix) || !str_starts(key, "['") || !str_ends(key, "']"))
        return NULL;
    len = strlen(key);
    return len > 4 ? xstrndup(key + 2, len - 4) : NULL;
}

/* All of them, as the downward API writes them: a line key="value" each. */
static void add_pairs(const struct pairs *pairs, struct str *out)
{
    for (size_t i = 0; i < pairs->n; i++) {
        str_addf(out, "%s%s=\"", i ? "\n" : "", pairs->items[i].name);
        for (const char *p = pairs->items[i].value; *p; p++) {
            if (*p == '"' || *p == '\\')
                str_addc(out, '\\');
            if (*p == '\n')
                str_add(out, "\\n");
            else
                str_addc(out, *p);
        }
        str_addc(out, '"');
    }
}

int value_field(const struct value_pod *pod, const char *path, struct str *out,
                struct err *err)
{
    const char *value = simple_field(pod, path);
    AUTO_FREE char *label = subscript(path, "metadata.labels");
    AUTO_FREE char *annotation = subscript(path, "metadata.annotations");

    if (label)
        value = pairs_find(&pod->spec->labels, label);
    else if (annotation)
        value = pairs_find(&pod->spec->annotations, annotation);
    else if (!value)
        return err_set(err, ERR_INVALID,
                       "fieldPath \"%.100s\": a node gives metadata.name, .namespace,"
                       " .uid, .labels['x'], .annotations['x'], spec.nodeName,"
                       " .serviceAccountName, status.podIP and .hostIP",
                       path);
    str_add(out, value ? value : "");
    return 0;
}

/* Files, and only they, may hold all labels or annotations. */
static int file_field(const struct value_pod *pod, const char *path, struct str *out,
                      struct err *err)
{
    if (strcmp(path, "metadata.labels") == 0)
        add_pairs(&pod->spec->labels, out);
    else if (strcmp(path, "metadata.annotations") == 0)
        add_pairs(&pod->spec->annotations, out);
    else
        return value_field(pod, path, out, err);
    return 0;
}

/* ---- resources ---- */

static const struct container_spec *find_container(const struct pod_spec *spec,
                                                   const char *name)
{
    for (size_t i = 0; i < spec->n_inits; i++)
        if (strcmp(spec->inits[i].name, name) == 0)
            return &spec->inits[i];
    for (size_t i = 0; i < spec->n_mains; i++)
        if (strcmp(spec->mains[i].name, name) == 0)
            return &spec->mains[i];
    return NULL;
}

/* Limits that a container has not are what the node has. */
static int64_t amount_of(const struct value_pod *pod, const struct container_spec *c,
                         const char *resource)
{
    const char *name = strchr(resource, '.') + 1;
    int64_t amount;

    if (str_starts(resource, "requests."))
        return amounts_get(&c->requests, name);
    amount = amounts_get(&c->limits, name);
    return amount == 0 && pod->allocatable ? amounts_get(pod->allocatable, name)
                                           : amount;
}

static int resource(const struct value_pod *pod, const struct container_spec *own,
                    const struct value_source *from, struct str *out, struct err *err)
{
    const struct container_spec *c =
        from->object ? find_container(pod->spec, from->object) : own;
    int64_t scale = str_ends(from->text, ".cpu") ? 1 : 1000; /* amounts to milli */
    int64_t divisor = from->divisor_milli ? from->divisor_milli : 1000;

    if (!c)
        return err_set(err, ERR_INVALID, "containerName \"%.100s\": no such container",
                       from->object ? from->object : "");
    if (!str_starts(from->text, "limits.") && !str_starts(from->text, "requests."))
        return err_set(err, ERR_INVALID,
                       "resource \"%.100s\": must be limits.NAME or requests.NAME",
                       from->text);
    if (divisor < 0)
        return err_set(err, ERR_INVALID, "divisor of %.100s: must be a quantity",
                       from->text);
    __int128 milli = (__int128)amount_of(pod, c, from->text) * scale;
    str_addf(out, "%lld", (long long)((milli + divisor - 1) / divisor));
    return 0;
}

/* ---- keys ---- */

enum value_result value_object(const struct value_pod *pod,
                               const struct value_source *from,
                               const struct podobject **ret, struct err *err)
{
    const struct podobject *o = podobjects_find(pod->objects, from->kind, from->object);

    if (o && o->trouble) {
        err_set(err, ERR_NOT_FOUND, "%s \"%.253s\": %s", podobject_word(from->kind),
                from->object, o->trouble);
        return VALUE_REFUSED;
    }
    if (o && o->found) {
        *ret = o;
        return VALUE_GIVEN;
    }
    if (from->optional)
        return VALUE_OMITTED;
    err_set(err, ERR_NOT_FOUND, "%s \"%.253s\" not found", podobject_word(from->kind),
            from->object);
    return VALUE_REFUSED;
}

static enum value_result key(const struct value_pod *pod,
                             const struct value_source *from, struct str *out,
                             struct err *err)
{
    const struct podobject *o = NULL;
    const struct podobject_entry *e;
    enum value_result rc = value_object(pod, from, &o, err);

    if (rc != VALUE_GIVEN)
        return rc;
    e = podobject_entry(o, from->text);
    if (e) {
        str_addn(out, e->bytes, e->len);
        return VALUE_GIVEN;
    }
    if (from->optional)
        return VALUE_OMITTED;
    err_set(err, ERR_NOT_FOUND, "couldn't find key %.100s in %s %.100s/%.253s",
            from->text, from->kind == VALUE_SECRET ? "Secret" : "ConfigMap",
            pod->spec->ns, from->object);
    return VALUE_REFUSED;
}

enum value_result value_resolve(const struct value_pod *pod,
                                const struct container_spec *own,
                                const struct value_source *from, struct str *out,
                                struct err *err)
{
    int rc = -1;

    switch (from->kind) {
    case VALUE_TEXT:
        str_add(out, from->text);
        rc = 0;
        break;
    case VALUE_FIELD:
        rc = own ? value_field(pod, from->text, out, err)
                 : file_field(pod, from->text, out, err);
        break;
    case VALUE_RESOURCE:
        rc = resource(pod, own, from, out, err);
        break;
    case VALUE_CONFIG_MAP:
    case VALUE_SECRET:
        return key(pod, from, out, err);
    }
    return rc < 0 ? VALUE_REFUSED : VALUE_GIVEN;
}
