#include "crds/snapshot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/snapshot_fields.h"

#define FORM 1

/* ---- the kinds of changes ---- */

#define KIND_FUNCTIONS(T)              \
    static void *T##_make(void)        \
    {                                  \
        return T##_new();              \
    }                                  \
    static void T##_drop(void *object) \
    {                                  \
        T##_free(object);              \
    }

KIND_FUNCTIONS(node)
KIND_FUNCTIONS(partition)
KIND_FUNCTIONS(qos)
KIND_FUNCTIONS(account)
KIND_FUNCTIONS(reservation)
KIND_FUNCTIONS(job)
KIND_FUNCTIONS(foreign_pod)

static void *config_make(void)
{
    struct sched_config *config = xmalloc(sizeof(*config));
    *config = sched_config_default();
    return config;
}

static const struct kind {
    const char *key;
    enum change_kind change;
    const struct fields *fields;
    void *(*make)(void);
    void (*drop)(void *object);
} kinds[] = {
    {"config", CHANGE_CONFIG, &fields_config, config_make, free},
    {"node", CHANGE_NODE, &fields_node, node_make, node_drop},
    {"partition", CHANGE_PARTITION, &fields_partition, partition_make, partition_drop},
    {"qos", CHANGE_QOS, &fields_qos, qos_make, qos_drop},
    {"account", CHANGE_ACCOUNT, &fields_account, account_make, account_drop},
    {"reservation", CHANGE_RESERVATION, &fields_reservation, reservation_make,
     reservation_drop},
    {"job", CHANGE_JOB, &fields_job, job_make, job_drop},
    {"pod", CHANGE_FOREIGN_POD, &fields_pod, foreign_pod_make, foreign_pod_drop},
};

/* NULL: it carries none of these structs. */
static const struct kind *kind_of(const struct change *change)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (kinds[i].change == change->kind)
            return &kinds[i];
    return NULL;
}

/* What a change carries is a pointer, to a struct of its kind. */
static const void *object_of(const struct change *change)
{
    const void *object;
    memcpy(&object, &change->u, sizeof(object));
    return object;
}

static struct change change_of(const struct kind *kind, void *object)
{
    struct change change = {.kind = kind->change};
    memcpy(&change.u, &object, sizeof(object));
    return change;
}

/* ---- writing ---- */

struct writer {
    struct str *out;
    struct restable resources; /* as last told */
};

static void write_line(struct str *out, const struct json *line)
{
    json_print(line, out);
    str_addc(out, '\n');
}

static void write_resources(struct writer *w, const struct restable *res)
{
    JSON_AUTO struct json *line = json_new_object();
    struct json *names = json_new_array();
    for (int i = 0; i < res->n; i++)
        json_append(names, json_new_string(res->name[i]));
    json_set(line, "resources", names);
    json_set(line, "gpu", res->gpu < 0 ? NULL : json_new_string(res->name[res->gpu]));
    write_line(w->out, line);
    w->resources = *res;
}

static void write_object(struct writer *w, const struct kind *kind, const void *object)
{
    void *fresh = kind->make();
    JSON_AUTO struct json *line = json_new_object();
    json_set(line, kind->key, fields_write(kind->fields, &w->resources, object, fresh));
    write_line(w->out, line);
    kind->drop(fresh);
}

static void write_change(void *arg, const struct change *change)
{
    const struct kind *kind = kind_of(change);
    if (change->kind == CHANGE_RESOURCES)
        write_resources(arg, change->u.resources);
    else if (kind)
        write_object(arg, kind, object_of(change));
}

void snapshot_write(const struct sched *s, int64_t now_sec, struct str *out)
{
    struct writer w = {.out = out};
    JSON_AUTO struct json *head =
        json_build("{'gantrySnapshot': %i, 'now': %i}", (int64_t)FORM, now_sec);
    restable_init(&w.resources);
    write_line(out, head);
    sched_snapshot(s, write_change, &w);
}

/* ---- reading ---- */

struct snapshot_reader {
    snapshot_fn *fn;
    void *arg;
    struct restable resources;
};

static int read_head(const struct json *line, int64_t *ret_now_sec, struct err *err)
{
    if (json_int_or(line, "gantrySnapshot", 0) != FORM)
        return err_set(err, ERR_INVALID,
                       "no snapshot: it begins with {\"gantrySnapshot\": %d, ...}",
                       FORM);
    int64_t now_sec = json_int_or(line, "now", -1);
    if (now_sec < 0)
        return err_set(err, ERR_INVALID, "now: expected seconds since the epoch");
    *ret_now_sec = now_sec;
    return 0;
}

/* Names keep their places: they are only added to. */
static int read_resources(struct snapshot_reader *r, const struct json *line,
                          struct err *err)
{
    const struct json *names = json_get(line, "resources");
    const char *gpu = json_str(line, "gpu");
    for (size_t i = 0; i < json_len(names); i++) {
        const struct json *name = json_item(names, i);
        if (!json_is(name, JSON_STRING) ||
            restable_intern(&r->resources, json_string(name)) != (int)i)
            return err_set(err, ERR_INVALID, "resources: name %zu cannot be", i);
    }
    r->resources.gpu = gpu ? restable_find(&r->resources, gpu) : -1;
    r->fn(r->arg,
          &(struct change){.kind = CHANGE_RESOURCES, .u.resources = &r->resources});
    return 0;
}

static int read_change(struct snapshot_reader *r, const struct kind *kind,
                       const struct json *object, struct err *err)
{
    void *into = kind->make();
    if (fields_read(kind->fields, &r->resources, object, into, err) < 0) {
        kind->drop(into);
        return err_prefix(err, "%s", kind->key);
    }
    const struct change change = change_of(kind, into);
    r->fn(r->arg, &change);
    if (kind->change == CHANGE_CONFIG) /* copied; all others are taken over */
        kind->drop(into);
    return 0;
}

static int read_line(struct snapshot_reader *r, const struct json *line,
                     struct err *err)
{
    if (json_get(line, "resources"))
        return read_resources(r, line, err);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        const struct json *object = json_get(line, kinds[i].key);
        if (object)
            return read_change(r, &kinds[i], object, err);
    }
    return err_set(err, ERR_INVALID, "no kind of change that is known");
}

int snapshot_read(const char *text, size_t len, const char *name, snapshot_fn *fn,
                  void *arg, int64_t *ret_now_sec, struct err *err)
{
    struct snapshot_reader r = {.fn = fn, .arg = arg};
    size_t number = 0;
    restable_init(&r.resources);
    for (size_t at = 0, line_len; at < len || number == 0; at += line_len + 1) {
        const char *end = memchr(text + at, '\n', len - at);
        line_len = end ? (size_t)(end - text) - at : len - at;
        number++;
        if (line_len == 0 && number > 1)
            continue;
        JSON_AUTO struct json *line = json_parse(text + at, line_len, err);
        if (!line || (number == 1 ? read_head(line, ret_now_sec, err)
                                  : read_line(&r, line, err)) < 0)
            return err_prefix(err, "%s:%zu", name, number);
    }
    return 0;
}
