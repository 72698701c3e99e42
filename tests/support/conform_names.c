#include "tests/support/conform_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define TEXT_MAX (64u << 20)
/* A shorter saved text may stand in an answer by chance. */
#define SAVED_MIN 4
#define UID_LEN 36
/* Digits of a resource version, at least. */
#define VERSION_MIN 3

struct entry {
    char *value;
    char *shown; /* "$rv1" */
};

struct entries {
    struct entry *entries;
    size_t n, cap;
};

struct conform_names {
    struct entries saved, uids, versions, tokens;
};

struct conform_names *conform_names_new(void)
{
    return xcalloc(1, sizeof(struct conform_names));
}

static void entries_fini(struct entries *e)
{
    for (size_t i = 0; i < e->n; i++) {
        free(e->entries[i].value);
        free(e->entries[i].shown);
    }
    free(e->entries);
}

void conform_names_free(struct conform_names *names)
{
    entries_fini(&names->saved);
    entries_fini(&names->uids);
    entries_fini(&names->versions);
    entries_fini(&names->tokens);
    free(names);
}

static void entries_add(struct entries *e, char *take_shown, const char *value)
{
    GROW(e->entries, e->n, e->cap);
    e->entries[e->n++] = (struct entry){xstrdup(value), take_shown};
}

/* The name of a value, a new one if it has none. */
static const char *entries_name(struct entries *e, const char *prefix,
                                const char *value)
{
    for (size_t i = 0; i < e->n; i++)
        if (strcmp(e->entries[i].value, value) == 0)
            return e->entries[i].shown;
    entries_add(e, xasprintf("$%s%zu", prefix, e->n + 1), value);
    return e->entries[e->n - 1].shown;
}

/* ---- going out ---- */

void conform_names_save(struct conform_names *names, const char *name,
                        const char *value)
{
    struct entries *saved = &names->saved;

    for (size_t i = 0; i < saved->n; i++)
        if (strcmp(saved->entries[i].shown + 1, name) == 0) {
            free(saved->entries[i].value);
            saved->entries[i].value = xstrdup(value);
            return;
        }
    entries_add(saved, xasprintf("$%s", name), value);
}

static const struct entry *saved_at(const struct conform_names *names, const char *p)
{
    size_t len = 1;

    while (isalnum((unsigned char)p[len]))
        len++;
    for (size_t i = 0; i < names->saved.n; i++) {
        const struct entry *e = &names->saved.entries[i];
        if (strlen(e->shown) == len && strncmp(e->shown, p, len) == 0)
            return e;
    }
    return NULL;
}

char *conform_names_fill(const struct conform_names *names, const char *text)
{
    STR_AUTO struct str out;

    str_init(&out, TEXT_MAX);
    for (const char *p = text; *p; p++) {
        const struct entry *e = *p == '$' ? saved_at(names, p) : NULL;
        if (e) {
            str_add(&out, e->value);
            p += strlen(e->shown) - 1;
        } else {
            str_addc(&out, *p);
        }
    }
    return str_take(&out);
}

struct json *conform_names_fill_json(const struct conform_names *names,
                                     const struct json *j)
{
    struct json *out;

    switch (json_type(j)) {
    case JSON_STRING: {
        AUTO_FREE char *text = conform_names_fill(names, json_string(j));
        return json_new_string(text);
    }
    case JSON_ARRAY:
        out = json_new_array();
        for (size_t i = 0; i < json_len(j); i++)
            json_append(out, conform_names_fill_json(names, json_item(j, i)));
        return out;
    case JSON_OBJECT:
        out = json_new_object();
        for (json_each (it, j))
            json_set(out, it.key, conform_names_fill_json(names, it.val));
        return out;
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_INT:
    case JSON_DOUBLE:
        break;
    }
    return json_copy(j);
}

/* ---- coming back ---- */

/* 'x' a hexadecimal digit, 'd' a decimal one, others themselves. */
static bool looks_like(const char *p, const char *shape)
{
    for (; *shape; p++, shape++)
        if (*shape == 'x'   ? !isxdigit((unsigned char)*p)
            : *shape == 'd' ? !isdigit((unsigned char)*p)
                            : *p != *shape)
            return false;
    return true;
}

/* Each returns how much of `p` it has replaced, 0 for none. */
static size_t plain_uid(struct conform_names *names, const char *p, struct str *out)
{
    char uid[UID_LEN + 1];

    if (!looks_like(p, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"))
        return 0;
    memcpy(uid, p, UID_LEN);
    uid[UID_LEN] = '\0';
    str_add(out, entries_name(&names->uids, "uid", uid));
    return UID_LEN;
}

static size_t plain_time(const char *p, struct str *out)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd", micro[] = ".ddddddZ";
    const size_t len = sizeof(shape) - 1;

    if (!looks_like(p, shape) || strncmp(p, "2020", 4) < 0)
        return 0;
    if (p[len] == 'Z') {
        str_add(out, "<time>");
        return len + 1;
    }
    if (!looks_like(p + len, micro))
        return 0;
    str_add(out, "<microtime>");
    return len + sizeof(micro) - 1;
}

/* The longest saved text that stands at `p`. A number says too little. */
static size_t plain_saved(const struct conform_names *names, const char *p,
                          struct str *out)
{
    const struct entry *best = NULL;
    size_t best_len = SAVED_MIN - 1;

    for (size_t i = 0; i < names->saved.n; i++) {
        const struct entry *e = &names->saved.entries[i];
        const size_t len = strlen(e->value);
        if (len > best_len && strncmp(p, e->value, len) == 0 &&
            strspn(e->value, "0123456789") < len) {
            best = e;
            best_len = len;
        }
    }
    if (!best)
        return 0;
    str_add(out, best->shown);
    return best_len;
}

/* "too old resource version: 1 (4711)" names versions that no answer showed: numbers of
 * their length that stand alone. */
static size_t plain_version(const char *text, const char *p, struct str *out)
{
    const size_t len = strspn(p, "0123456789");

    if (len < VERSION_MIN || isalnum((unsigned char)p[len]) ||
        (p > text && isalnum((unsigned char)p[-1])))
        return 0;
    str_add(out, "<version>");
    return len;
}

/* In a document of YAML, whose other numbers are its own. */
static bool is_version_field(const char *text, const char *p)
{
    static const char field[] = "resourceVersion: \"";
    const size_t len = strlen(field);

    return (size_t)(p - text) >= len && strncmp(p - len, field, len) == 0;
}

char *conform_names_plain_text(struct conform_names *names, const char *text)
{
    const bool of_versions = strcasestr(text, "resourceversion") != NULL ||
                             strstr(text, "resource version") != NULL;
    const bool is_document = strstr(text, "kind: ") && strchr(text, '\n');
    STR_AUTO struct str out;

    str_init(&out, TEXT_MAX);
    for (const char *p = text; *p;) {
        size_t done = plain_uid(names, p, &out);
        if (done == 0)
            done = plain_time(p, &out);
        if (done == 0)
            done = plain_saved(names, p, &out);
        if (done == 0 && of_versions && (!is_document || is_version_field(text, p)))
            done = plain_version(text, p, &out);
        if (done == 0)
            str_addc(&out, *p);
        p += done ? done : 1;
    }
    return str_take(&out);
}

/* ---- causes ---- */

/* "field: message", as the message of a Status has each of its causes. */
static char *cause_text(const struct json *cause)
{
    const char *field = json_str_or(cause, "field", "");

    return xasprintf("%s%s%s", field, field[0] ? ": " : "",
                     json_str_or(cause, "message", ""));
}

static int compare_causes(const void *a, const void *b)
{
    AUTO_FREE char *x = cause_text(*(struct json *const *)a);
    AUTO_FREE char *y = cause_text(*(struct json *const *)b);

    return strcmp(x, y);
}

static char *join_causes(struct json *const *causes, size_t n)
{
    STR_AUTO struct str out;

    str_init(&out, TEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *text = cause_text(causes[i]);
        str_addf(&out, "%s%s", i ? ", " : "", text);
    }
    return str_take(&out);
}

/* A server may find them in any order. */
static void sort_causes(struct json *status)
{
    struct json *list = json_at(status, "details.causes");
    const char *message = json_str(status, "message");
    const size_t n = json_len(list);

    if (!json_is(list, JSON_ARRAY) || n < 2 || !message)
        return;
    AUTO_FREE struct json **causes = xcalloc(n, sizeof(struct json *));
    for (size_t i = 0; i < n; i++)
        causes[i] = json_ref(json_item(list, i));
    AUTO_FREE char *was = join_causes(causes, n);
    qsort(causes, n, sizeof(struct json *), compare_causes);
    AUTO_FREE char *is = join_causes(causes, n);
    const char *at = strstr(message, was);
    if (at) {
        AUTO_FREE char *text =
            xasprintf("%.*s%s%s", (int)(at - message), message, is, at + strlen(was));
        json_set(status, "message", json_new_string(text));
    }
    for (size_t i = 0; i < n; i++)
        json_array_set(list, i, causes[i]);
}

/* ---- managers ---- */

static int compare_managers(const void *a, const void *b)
{
    static const char *const keys[] = {"manager", "operation", "subresource"};
    const struct json *x = *(struct json *const *)a;
    const struct json *y = *(struct json *const *)b;
    int order = 0;

    for (size_t i = 0; i < ARRAY_LEN(keys) && order == 0; i++)
        order = strcmp(json_str_or(x, keys[i], ""), json_str_or(y, keys[i], ""));
    return order;
}

/* The order is that of their times, which differ when a second ends between. */
static void sort_managers(struct json *list)
{
    const size_t n = json_len(list);
    AUTO_FREE struct json **entries = xcalloc(n + 1, sizeof(struct json *));

    for (size_t i = 0; i < n; i++)
        entries[i] = json_ref(json_item(list, i));
    qsort(entries, n, sizeof(struct json *), compare_managers);
    for (size_t i = 0; i < n; i++)
        json_array_set(list, i, entries[i]);
}

/* ---- documents ---- */

static struct json *plain_string(struct conform_names *names, const char *key,
                                 const char *value)
{
    if (!value[0])
        return json_new_string(value);
    if (str_eq(key, "resourceVersion") && strspn(value, "0123456789") == strlen(value))
        return json_new_string(strcmp(value, "0") == 0
                                   ? value
                                   : entries_name(&names->versions, "rv", value));
    if (str_eq(key, "continue"))
        return json_new_string(entries_name(&names->tokens, "continue", value));
    /* The cluster's choice (e2e/cluster has 10.96.0.0/16). */
    if ((str_eq(key, "clusterIP") || str_eq(key, "clusterIPs")) && isdigit(value[0]))
        return json_new_string("<address>");
    AUTO_FREE char *text = conform_names_plain_text(names, value);
    return json_new_string(text);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct json *plain(struct conform_names *names, const char *key,
                          const struct json *j);

/* Of a list, or a bookmark: later than what it is about by what others wrote. */
static bool is_of_moment(const char *key, const struct json *j)
{
    const char *kind = json_str_or(j, "kind", "");

    return str_ends(kind, "List") || strcmp(kind, "Table") == 0 ||
           (str_eq(key, "object") &&
            json_get(json_at(j, "metadata.annotations"), "k8s.io/initial-events-end"));
}

static struct json *plain_object(struct conform_names *names, const char *name,
                                 const struct json *j)
{
    const size_t n = json_len(j);
    JSON_AUTO struct json *hidden = is_of_moment(name, j) ? json_copy(j) : NULL;
    AUTO_FREE const char **keys = xcalloc(n + 1, sizeof(*keys));
    struct json *out = json_new_object();
    size_t i = 0;

    if (hidden && json_str_or(hidden, "metadata.resourceVersion", "")[0])
        json_set_at(hidden, "metadata.resourceVersion", json_new_string("<version>"));
    if (hidden)
        j = hidden;
    for (json_each (it, j))
        keys[i++] = it.key;
    qsort(keys, n, sizeof(*keys), compare_keys);
    for (i = 0; i < n; i++) {
        AUTO_FREE char *key = conform_names_plain_text(names, keys[i]);
        json_set(out, key, plain(names, key, json_get(j, keys[i])));
    }
    return out;
}

static struct json *plain(struct conform_names *names, const char *key,
                          const struct json *j)
{
    if (json_is(j, JSON_OBJECT))
        return plain_object(names, key, j);
    if (json_is(j, JSON_STRING))
        return plain_string(names, key, json_string(j));
    if (json_is(j, JSON_INT) && str_eq(key, "nodePort"))
        return json_new_string("<port>");
    if (!json_is(j, JSON_ARRAY))
        return json_copy(j);
    struct json *out = json_new_array();
    for (size_t i = 0; i < json_len(j); i++)
        json_append(out, plain(names, key, json_item(j, i)));
    if (str_eq(key, "managedFields"))
        sort_managers(out);
    return out;
}

struct json *conform_names_plain(struct conform_names *names, const struct json *j)
{
    JSON_AUTO struct json *sorted = json_copy(j);

    sort_causes(sorted);
    return plain(names, NULL, sorted);
}
