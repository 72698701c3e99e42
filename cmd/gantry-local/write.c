#include "cmd/gantry-local/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/delete.h"
#include "cmd/gantry-local/form.h"
#include "cmd/gantry-local/managed.h"
#include "cmd/gantry-local/metadata.h"
#include "cmd/gantry-local/pod_warn.h"
#include "cmd/gantry-local/patch.h"
#include "cmd/gantry-local/strategy.h"
#include "crds/rules.h"

/* Tries for a generated name before giving up, as Kubernetes does. */
#define NAME_TRIES 8

/* ---- options ---- */

const char *write_options(const struct call *call)
{
    return strcmp(call->req->method, "POST") == 0  ? "CreateOptions"
           : strcmp(call->req->method, "PUT") == 0 ? "UpdateOptions"
                                                   : "PatchOptions";
}

static int read_validation(struct write *w)
{
    static const struct {
        const char *word;
        enum field_validation validation;
    } words[] = {{"", FIELDS_WARN},
                 {"Warn", FIELDS_WARN},
                 {"Strict", FIELDS_STRICT},
                 {"Ignore", FIELDS_IGNORE}};
    const char *word = call_param_or(w->call, "fieldValidation", "");

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i].word, word) == 0) {
            w->validation = words[i].validation;
            return 0;
        }
    }
    AUTO_FREE char *message =
        xasprintf("Unsupported value: \"%s\": supported values: \"\", \"Ignore\", "
                  "\"Strict\", \"Warn\"",
                  word);
    return refuse_request_option(
        &w->call->refusal, write_options(w->call),
        &(struct cause){"fieldValidation", "FieldValueNotSupported", message});
}

/* The field manager named, else the program that asks. */
static int read_manager(struct write *w)
{
    const char *agent = w->call->req->user_agent;
    const char *named = call_param_or(w->call, "fieldManager", "");

    if (strlen(named) > 128)
        return refuse_request_option(
            &w->call->refusal, write_options(w->call),
            &(struct cause){"fieldManager", "FieldValueTooLong",
                            "Too long: may not be more than 128 bytes"});
    w->manager = named[0] ? xstrdup(named) : xstrndup(agent, strcspn(agent, "/"));
    if (!w->manager[0] || strlen(w->manager) > 128) {
        free(w->manager);
        w->manager = xstrdup("unknown");
    }
    return 0;
}

int write_init(struct write *w, struct call *call)
{
    const char *dry = call_param_or(call, "dryRun", "");

    *w = (struct write){.call = call,
                        .strategy = strategy_of(call->kind),
                        .causes = json_new_array(),
                        .strange = json_new_array()};
    if (dry[0] && strcmp(dry, "All") != 0) {
        AUTO_FREE char *message =
            xasprintf("Unsupported value: [\"%s\"]: supported values: \"All\"", dry);
        return refuse_request_option(
            &call->refusal, write_options(call),
            &(struct cause){"dryRun", "FieldValueNotSupported", message});
    }
    w->dry_run = dry[0] != '\0';
    return read_validation(w) != 0 || read_manager(w) != 0 ? -1 : 0;
}

void write_fini(struct write *w)
{
    object_unref(w->old);
    json_free(w->before);
    json_free(w->after);
    json_free(w->causes);
    json_free(w->strange);
    free(w->manager);
}

/* A custom resource may be kept in another of its versions, with other fields. */
static void see_as(const struct kind *kind, struct json *object)
{
    AUTO_FREE char *api_version = kind_api_version(kind);

    if (str_eq(json_str(object, "apiVersion"), api_version))
        return;
    json_set(object, "apiVersion", json_new_string(api_version));
    schema_prune(kind->schema, object, NULL, NULL);
}

int write_find(struct write *w)
{
    struct call *call = w->call;
    struct object *o = table_find(call->table, call->ns, call->name);

    if (!o)
        return refuse_not_found(&call->refusal, call->kind, call->name);
    w->old = object_ref(o);
    w->before = object_tree(o);
    if (form_of(call->kind))
        form_of(call->kind)->from_stored(w->before);
    if (call->kind->is_custom)
        see_as(call->kind, w->before);
    return 0;
}

/* ---- shared steps ---- */

static void found_cause(void *arg, const struct cause *cause)
{
    causes_add(((struct write *)arg)->causes, cause);
}

/* How many of the schema's faults are looked at. */
#define CAUSES_COMPARED 64

/* Of a field that the schema refuses, what else is wrong with it is not told, but that
 * it may not change. */
static bool is_told(const struct write *w, const struct cause *cause)
{
    bool is_refused = false;

    for (size_t i = 0; i < MIN(w->n_shape, CAUSES_COMPARED); i++)
        is_refused |= str_eq(json_str(json_item(w->causes, i), "field"), cause->field);
    return !is_refused || str_ends(cause->message, "field is immutable");
}

static void found_fault(void *arg, const struct cause *cause)
{
    if (is_told(arg, cause))
        found_cause(arg, cause);
}

void write_invalid(struct write *w, const char *field, const char *reason,
                   const char *message)
{
    found_fault(w, &(struct cause){field, reason, message});
}

static void check_kind(struct write *w)
{
    const struct check check = {w->after, w->before, found_fault, w};

    if (w->strategy->check)
        w->strategy->check(&check);
    if (w->strategy->validate)
        w->strategy->validate(w);
}

/* Of an object that is wrong in such a way Kubernetes evaluates no rules, and says so.
 */
static bool blocks_rules(const struct json *causes)
{
    static const char *const reasons[] = {"FieldValueNotSupported",
                                          "FieldValueRequired", "FieldValueTooLong",
                                          "FieldValueTooMany", "FieldValueTypeInvalid"};

    for (size_t i = 0; i < json_len(causes); i++)
        for (size_t k = 0; k < ARRAY_LEN(reasons); k++)
            if (str_eq(json_str(json_item(causes, i), "reason"), reasons[k]))
                return true;
    return false;
}

static void skip_rules(struct write *w)
{
    json_array_insert(
        w->causes, 0,
        json_build("{'reason': 'FieldValueInvalid', 'field': '<nil>', 'message': %s}",
                   "Invalid value: null: some validation rules were not checked "
                   "because the object was invalid; correct the existing errors to "
                   "complete validation"));
}

static void check_rules(struct write *w)
{
    const struct kind *kind = w->call->kind;
    const bool has_rules = kind->has_foreign_cel || rules_know(kind->group, kind->name);

    if (has_rules && blocks_rules(w->causes))
        skip_rules(w);
    else if (!w->misshapen)
        check_kind(w);
}

/* What its schema, its kind and ObjectMeta say against the object. */
static int check_valid(struct write *w)
{
    const struct call *call = w->call;
    const struct form *form = form_of(call->kind);

    metadata_validate(call->kind, w->after, w->before, found_cause, w);
    schema_validate(call->kind->schema, w->after, found_cause, w);
    w->n_shape = json_len(w->causes);
    check_rules(w);
    if (json_len(w->causes) == 0)
        return 0;
    if (!call->kind->is_custom && strcmp(call->req->method, "PATCH") != 0 &&
        write_refuse_misread(w) != 0)
        return -1;
    /* Kubernetes names what it stores. */
    return refuse_invalid(&w->call->refusal,
                          form ? form_stored_kind(form, call->server->kinds)
                               : call->kind,
                          json_str_or(w->after, "metadata.name", ""), w->causes);
}

static void found_shape(void *arg, const struct cause *cause)
{
    bool *misshapen = arg;

    *misshapen |= str_eq(cause->reason, "FieldValueTypeInvalid");
}

/* Is a field of another JSON type than its own? */
static bool is_misshapen(const struct write *w)
{
    bool misshapen = false;

    schema_validate(w->call->kind->schema, w->after, found_shape, &misshapen);
    return misshapen;
}

static void add_warning(void *arg, const char *line)
{
    call_warn(arg, "%s", line);
}

static void fill_defaults(struct write *w)
{
    const struct kind *kind = w->call->kind;

    metadata_drop_empty(w->after);
    metadata_join_owners(w->after, add_warning, w->call);
    if (!kind->is_custom)
        schema_drop_empty(kind->schema, w->after);
    schema_default(kind->schema, w->after);
    w->misshapen = is_misshapen(w);
    if (w->misshapen)
        return;
    if (w->strategy->prepare)
        w->strategy->prepare(w);
    kind_default(kind, w->after);
}

static void settle_managers(struct write *w)
{
    if (w->applied)
        return;
    AUTO_FREE char *api_version = kind_api_version(w->call->kind);
    const struct apply_request req = {.schema = w->call->kind->schema,
                                      .manager = w->manager,
                                      .api_version = api_version,
                                      .subresource = w->call->sub,
                                      .now_sec = loop_now_sec(w->call->server->loop)};
    managed_update(&req, w->before, w->after);
}

/* The object of `after`, as it is stored, at the next resourceVersion. */
static struct object *make_object(struct write *w)
{
    struct apiserver *server = w->call->server;
    const struct kind *kind = w->call->kind;
    const struct form *form = form_of(kind);

    if (form) {
        form->to_stored(w->after);
        kind = form_stored_kind(form, server->kinds);
    }
    /* What is not stored is of no new version: kubectl diff compares them, and this may
     * have been all that held an object. */
    const bool keeps = w->old && (w->dry_run || delete_is_due(w->after));
    const int64_t version = keeps ? w->old->version : store_next_version(server->store);
    struct object *o = object_new(w->after, kind, version);
    if (!o)
        refuse(&w->call->refusal, 413, "RequestEntityTooLarge",
               "the object is larger than %u bytes", OBJECT_BYTES_MAX);
    return o;
}

/* Policy first, as in Kubernetes, which admits what it could read. What it fills
 * belongs to nobody: an apply that does not name it leaves it alone. */
static int check(struct write *w)
{
    settle_managers(w);
    if (w->strategy->admit && !w->misshapen && w->strategy->admit(w) != 0)
        return -1;
    return check_valid(w);
}

/* What a dry run would make has no version. */
static int answer_unmade(struct write *w, int status)
{
    const struct form *form = form_of(w->call->kind);
    JSON_AUTO struct json *tree = json_copy(w->after);

    if (form)
        form->from_stored(tree);
    json_del(json_get(tree, "metadata"), "resourceVersion");
    return answer_tree(w->call, status, tree);
}

static int answer(struct write *w, int status, const struct object *o)
{
    if (w->dry_run && !w->old && !w->answer && w->call->answer_as.repr == REPR_OBJECT)
        return answer_unmade(w, status);
    return w->answer ? w->answer(w->call, status, o)
                     : answer_object(w->call, status, o);
}

/* What remains when nothing speaks against `after`; `put` stores its object. */
static int settle(struct write *w, int status,
                  void (*put)(struct write *w, struct object *o))
{
    if (w->strategy->commit && w->strategy->commit(w) != 0)
        return -1;
    struct object *o = make_object(w);
    if (!o)
        return -1;
    metadata_warn(w->call->kind, w->after, w->before, add_warning, w->call);
    pod_warn(w->call->kind, w->after, w->before, add_warning, w->call);
    if (!w->dry_run)
        put(w, o);
    const int rc = answer(w, status, o);
    object_unref(o);
    return rc;
}

/* ---- create ---- */

static int settle_name(struct write *w)
{
    struct call *call = w->call;
    const char *prefix = json_str_or(w->after, "metadata.generateName", "");

    if (json_str_or(w->after, "metadata.name", "")[0])
        return 0;
    if (!prefix[0])
        return refuse_field(&call->refusal, call->kind, "",
                            &(struct cause){"metadata.name", "FieldValueRequired",
                                            "Required value: name or generateName is "
                                            "required"});
    for (int i = 0; i < NAME_TRIES; i++) {
        AUTO_FREE char *name = metadata_generate_name(prefix, &call->server->rng);
        json_set_at(w->after, "metadata.name", json_new_string(name));
        if (!table_find(call->table, call->ns, name))
            return 0;
    }
    return 0; /* the last one is in use: AlreadyExists */
}

static int prepare_create(struct write *w)
{
    struct call *call = w->call;

    if (write_drop_unknown(w) != 0 || settle_name(w) != 0)
        return -1;
    if (json_str_or(w->after, "metadata.resourceVersion", "")[0])
        return refuse(&call->refusal, 500, "",
                      "resourceVersion should not be set on objects to be created");
    if (call->kind->has_status && !w->strategy->keeps_status)
        json_del(w->after, "status");
    if (!w->applied)
        json_del(json_get(w->after, "metadata"), "managedFields");
    metadata_init(w->after, w->strategy->has_generation, &call->server->rng,
                  loop_now_sec(call->server->loop));
    fill_defaults(w);
    return 0;
}

static void put_new(struct write *w, struct object *o)
{
    store_put(w->call->server->store, w->call->table, object_ref(o));
}

static bool is_deleting(const struct object *o)
{
    JSON_AUTO struct json *tree = object_tree(o);

    return json_at(tree, "metadata.deletionTimestamp") != NULL;
}

int write_create(struct write *w)
{
    struct call *call = w->call;

    if (namespace_admit(w) != 0 || prepare_create(w) != 0 || check(w) != 0)
        return -1;
    const char *name = json_str(w->after, "metadata.name");
    if (call->kind->is_ending)
        return refuse_forbidden(&call->refusal, call->kind, name,
                                "create not allowed while custom resource definition "
                                "is terminating");
    const struct object *there = table_find(call->table, call->ns, name);
    if (there)
        return refuse_exists(&call->refusal, call->kind, name, is_deleting(there));
    if (w->strategy->is_unmanaged && !w->dry_run)
        call_warn(call, "gantry-local runs no controller for %s: no pods come of it",
                  call->kind->plural);
    return settle(w, 201, put_new);
}

/* ---- update ---- */

/* Was the object read that is there now? */
int write_check_fence(struct write *w)
{
    struct call *call = w->call;
    const char *version = json_str_or(w->after, "metadata.resourceVersion", "");
    const char *uid = json_str_or(w->after, "metadata.uid", "");
    const char *stored = json_str_or(w->before, "metadata.resourceVersion", "");

    if (uid[0] && strcmp(uid, w->old->uid) != 0)
        return refuse_precondition(&call->refusal, call->kind, call->ns, call->name,
                                   "UID", uid, w->old->uid);
    if (version[strspn(version, "0123456789")])
        return refuse(&call->refusal, 500, "",
                      "strconv.ParseUint: parsing \"%s\": invalid syntax", version);
    if (version[0] && strcmp(version, stored) != 0)
        return refuse_conflict(
            &call->refusal, call->kind, call->name,
            "the object has been modified; please apply your changes "
            "to the latest version and try again");
    return 0;
}

/* Which half of the object this write may touch. */
static void keep_other_half(struct write *w)
{
    struct json *kept;

    if (strcmp(w->call->sub, "status") == 0) {
        struct json *status = json_get(w->after, "status");
        struct json *managed = json_at(w->after, "metadata.managedFields");
        kept = json_copy(w->before);
        json_set(kept, "status", status ? json_ref(status) : NULL);
        /* Kubernetes' own kinds let a status writer set labels and the like, too. */
        if (!w->call->kind->is_custom)
            json_set(kept, "metadata", json_ref(json_get(w->after, "metadata")));
        if (w->applied && managed)
            json_set_at(kept, "metadata.managedFields", json_ref(managed));
        json_free(w->after);
        w->after = kept;
        return;
    }
    if (w->call->kind->has_status) {
        kept = json_get(w->before, "status");
        json_set(w->after, "status", kept ? json_copy(kept) : NULL);
    }
}

static void inherit(struct write *w)
{
    struct json *managed = json_at(w->after, "metadata.managedFields");
    const bool brought = managed && (w->applied || managed_is_claim(managed));
    JSON_AUTO struct json *kept = brought ? json_ref(managed) : NULL;

    metadata_inherit(w->after, w->before);
    if (kept)
        json_set_at(w->after, "metadata.managedFields", json_ref(kept));
}

/* Equal but for what the server writes on every change. */
static bool same(const struct json *a, const struct json *b, bool whole)
{
    static const char *const ignored[] = {"resourceVersion", "managedFields"};
    JSON_AUTO struct json *x = json_copy(a);
    JSON_AUTO struct json *y = json_copy(b);

    for (size_t i = 0; i < ARRAY_LEN(ignored); i++) {
        json_del(json_get(x, "metadata"), ignored[i]);
        json_del(json_get(y, "metadata"), ignored[i]);
    }
    if (!whole) {
        json_del(x, "metadata");
        json_del(y, "metadata");
        json_del(x, "status");
        json_del(y, "status");
    }
    return json_equal(x, y);
}

static void bump_generation(struct write *w)
{
    if (!w->strategy->has_generation || w->strategy->is_constant ||
        same(w->before, w->after, false))
        return;
    json_set_at(w->after, "metadata.generation",
                json_new_int(json_int_or(w->before, "metadata.generation", 0) + 1));
}

static int prepare_update(struct write *w)
{
    if (write_drop_unknown(w) != 0 || write_check_fence(w) != 0)
        return -1;
    keep_other_half(w);
    inherit(w);
    fill_defaults(w);
    bump_generation(w);
    return 0;
}

static bool is_noop(struct write *w)
{
    return same(w->before, w->after, true) &&
           json_equal(json_at(w->before, "metadata.managedFields"),
                      json_at(w->after, "metadata.managedFields"));
}

static void put_update(struct write *w, struct object *o)
{
    delete_or_put(w->call->server, w->call->kind, o, w->after);
}

int write_update(struct write *w)
{
    if (prepare_update(w) != 0 || check(w) != 0)
        return -1;
    if (is_noop(w) && !delete_is_due(w->after))
        return answer(w, 200, w->old);
    return settle(w, 200, put_update);
}
