#include "crds/snapshot_fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/licenses.h"
#include "crds/tresweights.h"
#include "scheduler/topology.h"

/* Ceilings of what is read: a file may be wrong, or meant to harm. */
#define LIST_MAX 1000000
#define AMOUNT_MAX (INT64_C(1) << 53)

/* ---- writing ---- */

/* Members are read and written through pointers of their own type. */
#define MEMBER(type, base, offset) (*(type *)((char *)(base) + (offset)))
#define SEEN(type, base, offset) (*(type const *)((const char *)(base) + (offset)))

static struct json *write_amount(const struct restable *res, const struct resvec *v)
{
    struct json *all = NULL;
    for (int i = 0; i < res->n; i++) {
        if (v->v[i] == 0)
            continue;
        all = all ? all : json_new_object();
        json_set(all, res->name[i], json_new_int(v->v[i]));
    }
    return all;
}

static struct json *write_names(char *const *names, size_t n)
{
    struct json *all = n > 0 ? json_new_array() : NULL;
    for (size_t i = 0; i < n; i++)
        json_append(all, json_new_string(names[i]));
    return all;
}

static struct json *write_list(const struct fields *f, const struct restable *res,
                               const char *items, size_t n)
{
    struct json *all = n > 0 ? json_new_array() : NULL;
    for (size_t i = 0; i < n; i++)
        json_append(all, fields_write(f, res, items + i * f->size, NULL));
    return all;
}

static struct json *write_int(int64_t value, const int64_t *fresh)
{
    return value == (fresh ? *fresh : 0) ? NULL : json_new_int(value);
}

static struct json *write_enum(int value, const int *fresh)
{
    return value == (fresh ? *fresh : 0) ? NULL : json_new_int(value);
}

static struct json *write_bool(bool value, const bool *fresh)
{
    return value == (fresh ? *fresh : false) ? NULL : json_new_bool(value);
}

static struct json *write_table(const struct license_table *table)
{
    STR_AUTO struct str text;
    str_init(&text, LICENSES_MAX * (LICENSE_NAME_MAX + 16));
    license_table_format(table, &text);
    return table->n > 0 ? json_new_string(text.s) : NULL;
}

static struct json *write_weights(const struct tres_weights *weights)
{
    STR_AUTO struct str text;
    str_init(&text, TRES_WEIGHTS_MAX * (RES_NAME_MAX + 32));
    tresweights_format(weights, &text);
    return weights->n > 0 ? json_new_string(text.s) : NULL;
}

static struct json *write_labels(const struct topology_labels *labels,
                                 const struct topology_labels *fresh)
{
    STR_AUTO struct str text;
    str_init(&text, TOPOLOGY_LEVELS_MAX * (TOPOLOGY_LABEL_MAX + 1));
    topology_labels_format(labels, &text);
    if (fresh && topology_labels_equal(labels, fresh))
        return NULL;
    return labels->n > 0 ? json_new_string(text.s) : NULL;
}

static struct json *write_sizes(const struct block_sizes *sizes)
{
    STR_AUTO struct str text;
    str_init(&text, TOPOLOGY_LEVELS_MAX * 24);
    block_sizes_format(sizes, &text);
    return sizes->n > 0 ? json_new_string(text.s) : NULL;
}

static struct json *write_tasks(const struct taskset *tasks)
{
    STR_AUTO struct str text;
    str_init(&text, TASKSET_TEXT_MAX);
    taskset_format(tasks, &text);
    return text.len > 0 ? json_new_string(text.s) : NULL;
}

/* NULL: it is left out. */
static struct json *write_field(const struct field *row, const struct restable *res,
                                const void *from, const void *fresh)
{
    const char *at = (const char *)from + row->offset;
    const char *was = fresh ? (const char *)fresh + row->offset : NULL;
    struct json *one;
    switch (row->type) {
    case FIELD_TEXT:
    case FIELD_WORD:
        return SEEN(char *, at, 0) ? json_new_string(SEEN(char *, at, 0)) : NULL;
    case FIELD_BOOL:
        return write_bool(SEEN(bool, at, 0), (const bool *)was);
    case FIELD_INT:
        return write_int(SEEN(int64_t, at, 0), (const int64_t *)was);
    case FIELD_ENUM:
        return write_enum(SEEN(int, at, 0), (const int *)was);
    case FIELD_AMOUNT:
        return write_amount(res, (const struct resvec *)at);
    case FIELD_STRUCT:
        one = fields_write(row->of, res, at, was);
        if (json_len(one) > 0)
            return one;
        json_free(one);
        return NULL;
    case FIELD_MAYBE:
        at = SEEN(char *, at, 0);
        return at ? fields_write(row->of, res, at, NULL) : NULL;
    case FIELD_TASKS:
        return write_tasks((const struct taskset *)at);
    case FIELD_NAMES:
        return write_names(SEEN(char **, at, 0), SEEN(size_t, from, row->count));
    case FIELD_LIST:
    case FIELD_SLOTS:
        return write_list(row->of, res, SEEN(char *, at, 0),
                          SEEN(size_t, from, row->count));
    case FIELD_TABLE:
        return write_table((const struct license_table *)at);
    case FIELD_WEIGHTS:
        return write_weights((const struct tres_weights *)at);
    case FIELD_LABELS:
        return write_labels((const struct topology_labels *)at,
                            (const struct topology_labels *)was);
    case FIELD_SIZES:
        return write_sizes((const struct block_sizes *)at);
    }
    return NULL;
}

struct json *fields_write(const struct fields *f, const struct restable *res,
                          const void *from, const void *fresh)
{
    struct json *object = json_new_object();
    for (size_t i = 0; i < f->n; i++)
        json_set(object, f->rows[i].key, write_field(&f->rows[i], res, from, fresh));
    return object;
}

/* ---- reading ---- */

static int wrong(const struct json *val, const char *want, struct err *err)
{
    return err_set(err, ERR_INVALID, "expected %s, got %s", want,
                   json_type_name(json_type(val)));
}

static int read_text(const struct json *val, char **into, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return wrong(val, "a string", err);
    free(*into);
    *into = xstrdup(json_string(val));
    return 0;
}

static int read_amount(const struct restable *res, const struct json *val,
                       struct resvec *into, struct err *err)
{
    if (!json_is(val, JSON_OBJECT))
        return wrong(val, "an object", err);
    for (json_each (it, val)) {
        int i = restable_find(res, it.key);
        if (i < 0)
            return err_set(err, ERR_INVALID, "no resource has the name \"%s\"", it.key);
        if (!json_is(it.val, JSON_INT) || json_int(it.val) < 0 ||
            json_int(it.val) > AMOUNT_MAX)
            return err_set(err, ERR_INVALID, "%s: expected a whole number from 0 on",
                           it.key);
        into->v[i] = json_int(it.val);
    }
    return 0;
}

static int read_names(const struct json *val, char ***into, size_t *count,
                      struct err *err)
{
    if (!json_is(val, JSON_ARRAY) || json_len(val) > LIST_MAX)
        return wrong(val, "an array of strings", err);
    for (size_t i = 0; i < json_len(val); i++) {
        if (!json_is(json_item(val, i), JSON_STRING))
            return wrong(json_item(val, i), "strings in it", err);
        names_add(into, count, json_string(json_item(val, i)));
    }
    return 0;
}

static int read_list(const struct field *row, const struct restable *res,
                     const struct json *val, void *into, struct err *err)
{
    const struct fields *f = row->of;
    size_t n = json_len(val), *count = &MEMBER(size_t, into, row->count);
    if (!json_is(val, JSON_ARRAY) || n > LIST_MAX)
        return wrong(val, "an array", err);
    if (*count > 0)
        return err_set(err, ERR_INVALID, "stands twice");
    char *items = xcalloc(n + 1, f->size);
    MEMBER(char *, into, row->offset) = items;
    for (size_t i = 0; i < n; i++) {
        *count = i + 1;
        if (fields_read(f, res, json_item(val, i), items + i * f->size, err) < 0)
            return err_prefix(err, "[%zu]", i);
    }
    return 0;
}

struct slots_read {
    struct slot *slots;
    size_t n;
};

/* They become a list of slots once all are there. */
static int read_slots(const struct field *row, const struct restable *res,
                      const struct json *val, void *into, struct err *err)
{
    const struct field list = {.of = row->of,
                               .offset = offsetof(struct slots_read, slots),
                               .count = offsetof(struct slots_read, n)};
    struct slots_read got = {0};
    if (MEMBER(size_t, into, row->count) > 0)
        return err_set(err, ERR_INVALID, "stands twice");
    int ret = read_list(&list, res, val, &got, err);
    if (ret == 0) {
        MEMBER(const struct slot *, into, row->offset) = slots_new(got.slots, got.n);
        MEMBER(size_t, into, row->count) = got.n;
    }
    for (size_t i = 0; i < got.n; i++)
        free((void *)got.slots[i].node);
    free(got.slots);
    return ret;
}

static int read_enum(const struct field *row, const struct json *val, int *into,
                     struct err *err)
{
    if (!json_is(val, JSON_INT) || json_int(val) < 0 || json_int(val) > row->max)
        return err_set(err, ERR_INVALID, "expected a number from 0 to %d", row->max);
    *into = (int)json_int(val);
    return 0;
}

static int read_maybe(const struct field *row, const struct restable *res,
                      const struct json *val, void **into, struct err *err)
{
    if (!*into)
        *into = xcalloc(1, row->of->size);
    return fields_read(row->of, res, val, *into, err);
}

static int read_tasks(const struct json *val, struct taskset *into, struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return wrong(val, "a string", err);
    return taskset_parse(json_string(val), into, err);
}

static int read_table(const struct json *val, struct license_table *into,
                      struct err *err)
{
    if (!json_is(val, JSON_STRING))
        return wrong(val, "a string", err);
    return license_table_parse(json_string(val), into, err);
}

static int read_field(const struct field *row, const struct restable *res,
                      const struct json *val, void *into, struct err *err)
{
    char *at = (char *)into + row->offset;
    switch (row->type) {
    case FIELD_TEXT:
    case FIELD_WORD:
        return read_text(val, &MEMBER(char *, at, 0), err);
    case FIELD_BOOL:
        if (!json_is(val, JSON_BOOL))
            return wrong(val, "true or false", err);
        MEMBER(bool, at, 0) = json_bool(val);
        return 0;
    case FIELD_INT:
        if (!json_is(val, JSON_INT))
            return wrong(val, "a whole number", err);
        MEMBER(int64_t, at, 0) = json_int(val);
        return 0;
    case FIELD_ENUM:
        return read_enum(row, val, &MEMBER(int, at, 0), err);
    case FIELD_AMOUNT:
        return read_amount(res, val, (struct resvec *)at, err);
    case FIELD_STRUCT:
        return fields_read(row->of, res, val, at, err);
    case FIELD_MAYBE:
        return read_maybe(row, res, val, &MEMBER(void *, at, 0), err);
    case FIELD_TASKS:
        return read_tasks(val, (struct taskset *)at, err);
    case FIELD_NAMES:
        return read_names(val, &MEMBER(char **, at, 0),
                          &MEMBER(size_t, into, row->count), err);
    case FIELD_LIST:
        return read_list(row, res, val, into, err);
    case FIELD_SLOTS:
        return read_slots(row, res, val, into, err);
    case FIELD_TABLE:
        return read_table(val, (struct license_table *)at, err);
    case FIELD_WEIGHTS:
        if (!json_is(val, JSON_STRING))
            return wrong(val, "a string", err);
        return tresweights_parse(json_string(val), (struct tres_weights *)at, err);
    case FIELD_LABELS:
        if (!json_is(val, JSON_STRING))
            return wrong(val, "a string", err);
        return topology_labels_parse(json_string(val), (struct topology_labels *)at,
                                     err);
    case FIELD_SIZES:
        if (!json_is(val, JSON_STRING))
            return wrong(val, "a string", err);
        return block_sizes_parse(json_string(val), (struct block_sizes *)at, err);
    }
    return 0;
}

static const struct field *field_find(const struct fields *f, const char *key)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->rows[i].key, key) == 0)
            return &f->rows[i];
    return NULL;
}

int fields_read(const struct fields *f, const struct restable *res,
                const struct json *object, void *into, struct err *err)
{
    if (!json_is(object, JSON_OBJECT))
        return wrong(object, "an object", err);
    for (json_each (it, object)) {
        const struct field *row = field_find(f, it.key);
        if (!row)
            return err_set(err, ERR_INVALID, "%s: a %s has no such key", it.key,
                           f->name);
        if (read_field(row, res, it.val, into, err) < 0)
            return err_prefix(err, "%s", it.key);
    }
    for (size_t i = 0; i < f->n; i++)
        if (f->rows[i].type == FIELD_WORD && !SEEN(char *, into, f->rows[i].offset))
            return err_set(err, ERR_INVALID, "%s: is missing", f->rows[i].key);
    return 0;
}
