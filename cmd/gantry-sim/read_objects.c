/* Nodes, partitions, QOS, accounts and reservations as Kubernetes' objects, those of
 * `kubectl get -o yaml`. */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry-sim/pool.h"
#include "crds/convert.h"
#include "crds/kindfields.h"
#include "scheduler/assoc.h"
#include "scheduler/preempt_rules.h"

#define CIRCLE_TEXT_MAX 256

struct objects_file {
    struct pool *pool;
    struct convert convert;
    struct kindfields *known;
    const char *path;
};

/* Objects that were written by hand need no conditions. */
static bool says_ready(const struct json *object)
{
    const struct json *all = json_at(object, "status.conditions");
    for (size_t i = 0; i < json_len(all); i++)
        if (strcmp(json_str_or(json_item(all, i), "type", ""), "Ready") == 0)
            return true;
    return false;
}

static int take_node(struct objects_file *f, const struct json *object, struct err *err)
{
    if (f->pool->n == POOL_NODES_MAX)
        return err_set(err, ERR_INVALID, "more than %d nodes", POOL_NODES_MAX);
    struct node *node = convert_node(&f->convert, object, err);
    if (!node)
        return -1;
    bool ready = node->ready || !says_ready(object);
    pool_take(f->pool, node);
    node->ready = ready;
    return 0;
}

static int take_partition(struct objects_file *f, const struct json *object,
                          struct err *err)
{
    struct pool *p = f->pool;
    struct partition *part = convert_partition(&f->convert, object, err);
    if (!part)
        return -1;
    GROW(p->partitions, p->n_partitions, p->cap_partitions);
    p->partitions[p->n_partitions++] = part;
    return 0;
}

static int take_qos(struct objects_file *f, const struct json *object, struct err *err)
{
    struct pool *p = f->pool;
    struct qos *qos = convert_qos(object, err);
    if (!qos)
        return -1;
    GROW(p->qos, p->n_qos, p->cap_qos);
    p->qos[p->n_qos++] = qos;
    return 0;
}

static int take_account(struct objects_file *f, const struct json *object,
                        struct err *err)
{
    struct pool *p = f->pool;
    struct account *account = convert_account(object, err);
    if (!account)
        return -1;
    GROW(p->accounts, p->n_accounts, p->cap_accounts);
    p->accounts[p->n_accounts++] = account;
    return 0;
}

static int take_reservation(struct objects_file *f, const struct json *object,
                            struct err *err)
{
    struct pool *p = f->pool;
    struct json *metadata = json_get(object, "metadata");
    if (!p->dated && json_is(metadata, JSON_OBJECT))
        json_del(metadata, "creationTimestamp"); /* of another clock */
    struct reservation *r = convert_reservation(&f->convert, object, err);
    if (!r)
        return -1;
    GROW(p->reservations, p->n_reservations, p->cap_reservations);
    p->reservations[p->n_reservations++] = r;
    return 0;
}

static const struct {
    const char *kind;
    int (*take)(struct objects_file *f, const struct json *object, struct err *err);
} kinds[] = {
    {"Node", take_node},       {"Partition", take_partition},     {"QOS", take_qos},
    {"Account", take_account}, {"Reservation", take_reservation},
};

static int take_object(struct objects_file *f, const struct json *object,
                       struct err *err)
{
    const char *kind = json_str_or(object, "kind", "");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strcmp(kinds[i].kind, kind) != 0)
            continue;
        if (kindfields_check(f->known, object, err) < 0 ||
            kinds[i].take(f, object, err) < 0)
            return err_prefix(err, "%s %s", kind,
                              json_str_or(object, "metadata.name", ""));
        return 0;
    }
    return err_set(err, ERR_INVALID,
                   "kind \"%s\" is none of Node, Partition, QOS, Account, Reservation",
                   kind);
}

/* Lists have their objects in `items`. */
static int take_document(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    struct objects_file *f = arg;
    JSON_AUTO struct json *doc = take_doc;
    const struct json *items = json_get(doc, "items");
    int rc = 0;
    if (!items)
        rc = take_object(f, doc, err);
    for (size_t i = 0; rc == 0 && i < json_len(items); i++)
        rc = take_object(f, json_item(items, i), err);
    return rc < 0 ? err_prefix(err, "%s:%zu", f->path, line) : 0;
}

/* Of lists of named structs, whose names are first. */
static int compare_names(const void *left, const void *right)
{
    const struct qos *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

/* The core would have the last of those that share a name. Those of a list stay in
 * their order. */
static int check_names(void *const *items, size_t n, const char *kind, const char *path,
                       struct err *err)
{
    AUTO_FREE const struct qos **sorted = xcalloc(n + 1, sizeof(*sorted));
    if (n > 0) {
        memcpy(sorted, items, n * sizeof(*sorted));
        qsort(sorted, n, sizeof(*sorted), compare_names);
    }
    for (size_t i = 1; i < n; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            return err_set(err, ERR_INVALID,
                           "%s: two objects of kind %s have the name %s", path, kind,
                           sorted[i]->name);
    return 0;
}

/* Of nodes: pool_check_names. */
static int check_all_names(const struct pool *p, const char *path, struct err *err)
{
    const struct {
        const char *kind;
        void *const *items;
        size_t n;
    } lists[] = {
        {"Partition", (void *const *)p->partitions, p->n_partitions},
        {"QOS", (void *const *)p->qos, p->n_qos},
        {"Account", (void *const *)p->accounts, p->n_accounts},
        {"Reservation", (void *const *)p->reservations, p->n_reservations},
    };
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (check_names(lists[i].items, lists[i].n, lists[i].kind, path, err) < 0)
            return -1;
    return 0;
}

static bool has_qos(const struct pool *p, const char *name)
{
    const size_t i = named_place((void *const *)p->qos, p->n_qos, name);
    return i < p->n_qos && strcmp(p->qos[i]->name, name) == 0;
}

/* A name that is none, or is spelt wrong, would preempt nobody. */
static int check_preempt_lists(struct pool *p, const char *path, struct err *err)
{
    if (p->n_qos > 0)
        qsort(p->qos, p->n_qos, sizeof(*p->qos), compare_names);
    for (size_t i = 0; i < p->n_qos; i++)
        for (size_t k = 0; k < p->qos[i]->n_preempt; k++)
            if (!has_qos(p, p->qos[i]->preempt[k]))
                return err_set(err, ERR_INVALID,
                               "%s: QOS %s: spec.preempt: there is no QOS %s", path,
                               p->qos[i]->name, p->qos[i]->preempt[k]);
    return 0;
}

/* Sorted by name. Lists that lead back to where they began let nobody preempt: a
 * replay would show what nobody wants to know. */
static int check_circles(struct pool *p, const char *path, struct err *err)
{
    STR_AUTO struct str text;
    preempt_find_circles(p->qos, p->n_qos);
    str_init(&text, CIRCLE_TEXT_MAX);
    for (size_t i = 0; i < p->n_qos; i++) {
        if (!p->qos[i]->in_circle)
            continue;
        preempt_say_circle(p->qos, p->n_qos, p->qos[i], &text);
        return err_set(err, ERR_INVALID, "%s: %s", path, text.s);
    }
    return 0;
}

/* Jobs of an account that is in no tree would never start. */
static int check_accounts(struct pool *p, const char *path, struct err *err)
{
    struct assocs assocs = {0};
    STR_AUTO struct str text;
    int rc = 0;
    str_init(&text, CIRCLE_TEXT_MAX);
    accounts_sort(p->accounts, p->n_accounts);
    assocs_make(&assocs, p->accounts, p->n_accounts);
    for (size_t i = 0; rc == 0 && i < p->n_accounts; i++) {
        if (assocs.places[i].fault == ASSOC_SOUND)
            continue;
        assocs_say_fault(&assocs, i, &text);
        rc = err_set(err, ERR_INVALID, "%s: %s", path, text.s);
    }
    assocs_fini(&assocs);
    return rc;
}

int pool_read_objects(struct pool *p, const char *path, const struct settings *settings,
                      struct err *err)
{
    struct objects_file f = {.pool = p, .path = path};
    STR_AUTO struct str text;
    str_init(&text, YAML_BYTES_MAX);
    if (str_read_file(&text, path, err) < 0)
        return -1;
    p->resources.gpu = restable_intern(&p->resources, settings->gpu_resource);
    ZONE_AUTO struct zone zone = {0};
    if (zone_load(settings->time_zone, &zone, err) < 0)
        return -1;
    f.convert = (struct convert){.resources = &p->resources,
                                 .zone = &zone,
                                 .gpu_resource = settings->gpu_resource,
                                 .gpu_type_label = settings->gpu_type_label};
    f.known = kindfields_new();
    int rc = yaml_parse(text.s, text.len, path, take_document, &f, err);
    kindfields_free(f.known);
    if (rc < 0)
        return -1;
    if (p->n == 0)
        return err_set(err, ERR_INVALID, "%s: there is no node in it", path);
    if (check_all_names(p, path, err) < 0)
        return -1;
    if (check_preempt_lists(p, path, err) < 0 || check_circles(p, path, err) < 0)
        return -1;
    return check_accounts(p, path, err);
}
