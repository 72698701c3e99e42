#include "cmd/gantry-local/delete.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/body.h"
#include "cmd/gantry-local/crd_end.h"
#include "cmd/gantry-local/filter.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/metadata.h"
#include "cmd/gantry-local/protection.h"
#include "cmd/gantry-local/strategy.h"

void delete_options_fini(struct delete_options *o)
{
    free(o->uid);
    free(o->version);
}

/* ---- options ---- */

static const char *const policies[] = {[PROPAGATE_DEFAULT] = "",
                                       [PROPAGATE_BACKGROUND] = "Background",
                                       [PROPAGATE_FOREGROUND] = "Foreground",
                                       [PROPAGATE_ORPHAN] = "Orphan"};

static int refuse_policy(struct call *call, const char *reason, const char *why)
{
    return refuse_request_option(&call->refusal, "DeleteOptions",
                                 &(struct cause){"propagationPolicy", reason, why});
}

static int read_policy(struct call *call, const char *policy,
                       struct delete_options *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(policies); i++)
        if (strcmp(policies[i], policy) == 0) {
            ret->propagation = (enum propagation)i;
            return 0;
        }
    AUTO_FREE char *why =
        xasprintf("Unsupported value: \"%s\": supported values: \"Foreground\", "
                  "\"Background\", \"Orphan\", \"nil\"",
                  policy);
    return refuse_policy(call, "FieldValueNotSupported", why);
}

/* The policy, or what was said in its place before there were policies. */
static int read_propagation(struct call *call, const struct json *body,
                            struct delete_options *ret)
{
    const char *policy = call_param_or(call, "propagationPolicy",
                                       json_str_or(body, "propagationPolicy", ""));
    struct err err = ERR_INIT;
    bool orphan = call_flag(call, "orphanDependents");
    const enum json_found found =
        json_read_bool(body, "orphanDependents", &orphan, &err);

    if (found == JSON_WRONG_TYPE)
        return refuse_bad_request(&call->refusal, "DeleteOptions: %s", err.msg);
    if (found != JSON_FOUND && !call_param(call, "orphanDependents"))
        return read_policy(call, policy, ret);
    if (policy[0]) {
        AUTO_FREE char *why = xasprintf("Invalid value: \"%s\": orphanDependents and "
                                        "deletionPropagation cannot be both set",
                                        policy);
        return refuse_policy(call, "FieldValueInvalid", why);
    }
    ret->propagation = orphan ? PROPAGATE_ORPHAN : PROPAGATE_BACKGROUND;
    ret->with_dependents = !orphan;
    return 0;
}

static int check_dry_run(struct call *call, const struct json *in_body)
{
    const char *word = call_param_or(call, "dryRun", "");

    if (!word[0] && json_len(in_body) > 0 &&
        json_is(json_item(in_body, 0), JSON_STRING))
        word = json_string(json_item(in_body, 0));
    if (!word[0] || strcmp(word, "All") == 0)
        return 0;
    AUTO_FREE char *why =
        xasprintf("Unsupported value: [\"%s\"]: supported values: \"All\"", word);
    return refuse_request_option(
        &call->refusal, "DeleteOptions",
        &(struct cause){"dryRun", "FieldValueNotSupported", why});
}

int delete_read_options(struct call *call, const struct json *body,
                        struct delete_options *ret)
{
    struct err err = ERR_INIT;
    const char *uid = NULL, *version = NULL;
    struct json *dry = json_get(body, "dryRun");

    ret->grace_sec = -1;
    if (json_read_int(body, "gracePeriodSeconds", &ret->grace_sec, &err) ==
            JSON_WRONG_TYPE ||
        json_read_str(body, "preconditions.uid", &uid, &err) == JSON_WRONG_TYPE ||
        json_read_str(body, "preconditions.resourceVersion", &version, &err) ==
            JSON_WRONG_TYPE)
        return refuse_bad_request(&call->refusal, "DeleteOptions: %s", err.msg);
    if (call_number(call, "gracePeriodSeconds", ret->grace_sec, &ret->grace_sec) != 0 ||
        check_dry_run(call, dry) != 0)
        return -1;
    /* Kubernetes takes what is less than nothing for as good as nothing. */
    if (ret->grace_sec < 0 && (json_get(body, "gracePeriodSeconds") ||
                               call_param(call, "gracePeriodSeconds")))
        ret->grace_sec = 1;
    ret->uid = xstrdup_null(uid);
    ret->version = xstrdup_null(version);
    ret->dry_run = json_len(dry) > 0 || call_param_or(call, "dryRun", "")[0];
    return read_propagation(call, body, ret);
}

/* What Go has each option read into. */
static const struct {
    const char *at;
    enum json_type type;
    const char *field, *go_type;
} option_types[] = {
    {"gracePeriodSeconds", JSON_INT, "DeleteOptions.gracePeriodSeconds", "int64"},
    {"orphanDependents", JSON_BOOL, "DeleteOptions.orphanDependents", "bool"},
    {"preconditions", JSON_OBJECT, "DeleteOptions.preconditions", "v1.Preconditions"},
    {"preconditions.uid", JSON_STRING, "Preconditions.preconditions.uid", "types.UID"},
    {"preconditions.resourceVersion", JSON_STRING,
     "Preconditions.preconditions.resourceVersion", "string"},
    {"propagationPolicy", JSON_STRING, "DeleteOptions.propagationPolicy",
     "v1.DeletionPropagation"},
    {"dryRun", JSON_ARRAY, "DeleteOptions.dryRun", "[]string"},
};

/* It is what it should be, and its options are of their types. */
static int check_options(struct call *call, const char *what, const struct json *body)
{
    const char *kind = json_str_or(body, "kind", what);

    if (strcmp(kind, what) != 0)
        return refuse_bad_request(&call->refusal,
                                  "no kind \"%s\" is registered for version \"%s\" in "
                                  "scheme \"pkg/runtime/scheme.go:111\"",
                                  kind, json_str_or(body, "apiVersion", "v1"));
    for (size_t i = 0; i < ARRAY_LEN(option_types); i++) {
        const struct json *value = json_at(body, option_types[i].at);
        if (!value || json_is(value, JSON_NULL) || json_is(value, option_types[i].type))
            continue;
        AUTO_FREE char *word = gotext_type(value, option_types[i].type);
        return refuse_bad_request(
            &call->refusal,
            "json: cannot unmarshal %s into Go struct field %s of type %s", word,
            option_types[i].field, option_types[i].go_type);
    }
    return 0;
}

struct json *delete_parse_options(struct call *call, const char *what)
{
    struct json *body =
        call->req->body_len > 0 ? body_parse(call, what) : json_new_object();

    if (body && check_options(call, what, body) != 0)
        json_free(TAKE(body));
    return body;
}

static int check_preconditions(struct call *call, const struct kind *kind,
                               const struct object *o,
                               const struct delete_options *options)
{
    AUTO_FREE char *version = xasprintf("%" PRId64, o->version);

    AUTO_FREE char *why = NULL;
    if (options->uid && strcmp(options->uid, o->uid) != 0)
        why = xasprintf("the UID in the precondition (%s) does not match the UID in "
                        "record (%s). The object might have been deleted and then "
                        "recreated",
                        options->uid, o->uid);
    else if (options->version && strcmp(options->version, version) != 0)
        why =
            xasprintf("the ResourceVersion in the precondition (%s) does not match the "
                      "ResourceVersion in record (%s). The object might have been "
                      "modified",
                      options->version, version);
    return why ? refuse_conflict_of(&call->refusal, kind, kind->name, o->name, why) : 0;
}

/* ---- one object ---- */

static bool is_core(const struct kind *kind, const char *plural)
{
    return !kind->group[0] && strcmp(kind->plural, plural) == 0;
}

static int64_t grace_of(const struct kind *kind, const struct json *tree,
                        const struct delete_options *options)
{
    const char *phase = json_str_or(tree, "status.phase", "");

    if (!is_core(kind, "pods") || !json_str_or(tree, "spec.nodeName", "")[0] ||
        strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0)
        return 0;
    if (options->grace_sec >= 0)
        return options->grace_sec;
    return MAX(0, json_int_or(tree, "spec.terminationGracePeriodSeconds", 30));
}

/* Marks the object as deleting, or shortens the grace of one that is. False: it is as
 * it should be already. */
static bool mark(struct call *call, const struct kind *kind, struct json *tree,
                 int64_t grace_sec)
{
    const char *since = json_str(tree, "metadata.deletionTimestamp");
    const int64_t now_sec = loop_now_sec(call->server->loop);
    const int64_t grace_was =
        json_int_or(tree, "metadata.deletionGracePeriodSeconds", 0);
    struct err err = ERR_INIT;
    char when[TIME_TEXT_MAX];
    int64_t end_sec = now_sec + MIN(grace_sec, DURATION_MAX);

    if (since && grace_sec >= grace_was &&
        json_at(tree, "metadata.deletionGracePeriodSeconds"))
        return false;
    if (since && time_parse_rfc3339(since, &end_sec, &err) == 0)
        end_sec += grace_sec - grace_was;
    time_format_rfc3339(end_sec, when);
    json_set_at(tree, "metadata.deletionTimestamp", json_new_string(when));
    json_set_at(tree, "metadata.deletionGracePeriodSeconds", json_new_int(grace_sec));
    if (!since && strategy_of(kind)->has_generation)
        json_set_at(tree, "metadata.generation",
                    json_new_int(json_int_or(tree, "metadata.generation", 0) + 1));
    return true;
}

static bool is_namespace(const struct kind *kind)
{
    return is_core(kind, "namespaces");
}

/* A pod that ends already: only a shorter grace changes anything. */
static bool is_under_way(const struct kind *kind, const struct json *tree,
                         const struct delete_options *options)
{
    return is_core(kind, "pods") && json_at(tree, "metadata.deletionTimestamp") &&
           (options->grace_sec < 0 ||
            options->grace_sec >=
                json_int_or(tree, "metadata.deletionGracePeriodSeconds", 0));
}

/* Sets, or takes away, the finalizers that say what becomes of dependents. True: they
 * changed. */
static bool settle_propagation(const struct kind *kind, const struct object *object,
                               const struct delete_options *options, struct json *tree)
{
    const bool usual = options->propagation == PROPAGATE_DEFAULT;
    const bool orphan =
        options->propagation == PROPAGATE_ORPHAN ||
        (usual && (object->is_orphaning || strategy_of(kind)->orphans_dependents));
    const bool foreground = options->propagation == PROPAGATE_FOREGROUND ||
                            (usual && object->is_foreground);

    if (orphan == object->is_orphaning && foreground == object->is_foreground)
        return false;
    metadata_set_finalizer(tree, FINALIZER_ORPHAN, orphan);
    metadata_set_finalizer(tree, FINALIZER_FOREGROUND, foreground);
    return true;
}

/* What follows from the end of an object: a namespace may be empty now, a CRD's kinds
 * go. */
static void has_gone(struct apiserver *server, const struct kind *kind,
                     const struct json *tree)
{
    const char *ns = json_str(tree, "metadata.namespace");

    if (crd_end_is_definition(kind))
        crd_removed(server, tree);
    if (kind->is_ending)
        crd_end_look(server);
    protection_touched(server, kind);
    if (ns)
        namespace_sweep(server, ns);
}

/* An object that cannot go at once stays, as `tree` has it. NULL: refused. */
static struct object *begin_deletion(struct call *call, const struct kind *kind,
                                     const struct object *object, struct json *tree,
                                     bool dry_run)
{
    struct store *store = call->server->store;

    if (is_namespace(kind))
        json_set_at(tree, "status.phase", json_new_string("Terminating"));
    struct object *marked =
        object_new(tree, kind, dry_run ? object->version : store_next_version(store));
    if (!marked)
        refuse(&call->refusal, 413, "RequestEntityTooLarge",
               "the object is larger than %u bytes", OBJECT_BYTES_MAX);
    else if (!dry_run)
        store_put(store, call_table(call->server, kind), object_ref(marked));
    protection_touched(call->server, kind);
    return marked;
}

/* A pod that goes at once: its last words say that its grace is over. One that had
 * grace until now is first seen without. */
static int end_pod(struct call *call, const struct kind *kind, struct object *object,
                   struct json *tree, const struct delete_options *options,
                   struct object **ret_left)
{
    struct table *table = call_table(call->server, kind);
    const bool had_grace = json_at(tree, "metadata.deletionTimestamp") != NULL;

    mark(call, kind, tree, 0);
    if (had_grace) {
        *ret_left = begin_deletion(call, kind, object, tree, options->dry_run);
        if (!*ret_left)
            return -1;
        object = *ret_left;
    } else {
        *ret_left = object_new(tree, kind, object->version);
    }
    if (options->dry_run)
        return 0;
    store_remove(call->server->store, table, object_ref(object));
    has_gone(call->server, kind, tree);
    return 0;
}

static int delete_tree(struct call *call, const struct kind *kind,
                       struct object *object, const struct delete_options *options,
                       struct object **ret_left)
{
    JSON_AUTO struct json *tree = object_tree(object);
    const int64_t grace_sec = grace_of(kind, tree, options);

    if (is_under_way(kind, tree, options)) {
        *ret_left = object_ref(object);
        return 0;
    }
    if (crd_end_is_definition(kind) &&
        crd_end_mark(tree, loop_now_sec(call->server->loop))) {
        *ret_left = begin_deletion(call, kind, object, tree, options->dry_run);
        return *ret_left ? 0 : -1;
    }
    if (options->evicts)
        pod_set_evicted(tree, loop_now_sec(call->server->loop));
    const bool settled = settle_propagation(kind, object, options, tree);
    if (is_namespace(kind) || metadata_has_finalizers(tree) || grace_sec > 0) {
        const bool changed = mark(call, kind, tree, grace_sec) || settled;
        *ret_left = changed ? begin_deletion(call, kind, object, tree, options->dry_run)
                            : object_ref(object);
        return *ret_left ? 0 : -1;
    }
    if (is_core(kind, "pods"))
        return end_pod(call, kind, object, tree, options, ret_left);
    if (options->dry_run)
        return 0;
    store_remove(call->server->store, call_table(call->server, kind),
                 object_ref(object));
    has_gone(call->server, kind, tree);
    return 0;
}

int delete_object(struct call *call, const struct kind *kind, struct object *object,
                  const struct delete_options *options, struct object **ret_left)
{
    *ret_left = NULL;
    if (check_preconditions(call, kind, object, options) != 0)
        return -1;
    if (is_namespace(kind) && namespace_is_fixed(object->name))
        return refuse_forbidden(&call->refusal, kind, object->name,
                                "this namespace may not be deleted");
    if (delete_tree(call, kind, object, options, ret_left) != 0)
        return -1;
    if (is_namespace(kind) && !options->dry_run) {
        namespace_purge(call, object->name);
        namespace_sweep(call->server, object->name);
    }
    if (crd_end_is_definition(kind) && !options->dry_run)
        crd_end_purge(call, object->name);
    return 0;
}

void delete_all(struct call *call, const struct kind *kind, const char *ns)
{
    const struct delete_options options = {.propagation = PROPAGATE_BACKGROUND,
                                           .grace_sec = -1};
    struct table *table = call_table(call->server, kind);
    struct store *store = call->server->store;
    struct object_list list;

    store_list(store, table, ns, store_version(store), &list);
    for (size_t i = 0; i < list.n; i++) {
        struct object *o = list.items[i], *left = NULL;
        if (table_find(table, o->ns, o->name) != o)
            continue; /* went with one before it */
        delete_object(call, kind, o, &options, &left);
        object_unref(left);
    }
    object_list_fini(&list);
}

bool delete_is_due(const struct json *tree)
{
    return json_at(tree, "metadata.deletionTimestamp") &&
           !metadata_has_finalizers(tree) &&
           json_int_or(tree, "metadata.deletionGracePeriodSeconds", 0) == 0;
}

void delete_or_put(struct apiserver *server, const struct kind *kind,
                   struct object *object, const struct json *tree)
{
    struct table *table = call_table(server, kind);

    if (!delete_is_due(tree)) {
        store_put(server->store, table, object_ref(object));
        return;
    }
    store_remove(server->store, table, object_ref(object));
    has_gone(server, kind, tree);
}

/* ---- verbs ---- */

/* Pods answer with themselves even when they are gone, others with a Status. */
static int answer_deleted(struct call *call, const struct delete_options *options,
                          const struct object *was, const struct object *left)
{
    const int code = left && options->with_dependents ? 202 : 200;

    assert(was != NULL);
    if (left || is_core(call->kind, "pods"))
        return answer_object(call, code, left ? left : was);
    JSON_AUTO struct json *status = status_success(call->kind, was->name, was->uid);
    return answer_tree(call, 200, status);
}

int delete_named(struct call *call, const struct delete_options *options,
                 struct object **ret_was, struct object **ret_left)
{
    struct object *o = table_find(call->table, call->ns, call->name);

    if (!o)
        return refuse_not_found(&call->refusal, call->kind, call->name);
    *ret_was = object_ref(o);
    if (options->propagation == PROPAGATE_DEFAULT &&
        strcmp(call->kind->group, "batch") == 0 &&
        strategy_of(call->kind)->orphans_dependents)
        call_warn(call,
                  "child pods are preserved by default when jobs are deleted; set "
                  "propagationPolicy=Background to remove them or set "
                  "propagationPolicy=Orphan to suppress this warning");
    return delete_object(call, call->kind, o, options, ret_left);
}

int verb_delete(struct call *call)
{
    JSON_AUTO struct json *body = delete_parse_options(call, "DeleteOptions");
    DELETE_OPTIONS_AUTO struct delete_options options = {0};
    struct object *was = NULL, *left = NULL;

    if (!body || delete_read_options(call, body, &options) != 0)
        return -1;
    int rc = delete_named(call, &options, &was, &left);
    if (rc == 0)
        rc = answer_deleted(call, &options, was, left);
    object_unref(was);
    object_unref(left);
    return rc;
}

int verb_delete_collection(struct call *call)
{
    JSON_AUTO struct json *body = delete_parse_options(call, "DeleteOptions");
    DELETE_OPTIONS_AUTO struct delete_options options = {0};
    FILTER_AUTO struct filter filter = {0};
    struct store *store = call->server->store;
    struct object_list list;
    int rc = 0;

    if (!body || delete_read_options(call, body, &options) != 0 ||
        filter_of(call, &filter) != 0)
        return -1;
    store_list(store, call->table, filter.ns, store_version(store), &list);
    filter_list(&filter, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        struct object *left = NULL;
        if (table_find(call->table, list.items[i]->ns, list.items[i]->name) !=
            list.items[i])
            continue; /* went with one before it */
        rc = delete_object(call, call->kind, list.items[i], &options, &left);
        object_unref(left);
    }
    const struct list_meta meta = {.version = store_version(store), .remaining = -1};
    if (rc == 0)
        rc = answer_list(call, &list, &meta);
    object_list_fini(&list);
    return rc;
}
