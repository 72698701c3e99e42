#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/jobwatch.h"
#include "cmd/gantry/longscript.h"
#include "cmd/gantry/newjob.h"
#include "scheduler/model.h"

#define NAMES_TRIED 5
#define DELETES_TRIED 3
#define TEXT_MAX 4096

static struct kc_ref ref_of(const struct newjob *n)
{
    return (struct kc_ref){&api_jobs, n->api->ns, json_str(n->body, "metadata.name"),
                           NULL};
}

/* ---- refusals, by the option's name ---- */

/* "--array is not supported yet", "train.sbatch:3: --nodes: ...". */
static void add_cause(const struct newjob *n, const char *field, const char *message,
                      struct str *out)
{
    const size_t bare = strcspn(field, "[");
    AUTO_FREE char *path = xstrndup(field, bare);
    const char *where = submit_where(n->submit, path);

    if (out->len > 0)
        str_add(out, "; ");
    if (!where)
        str_add(out, message);
    else if (str_ends(message, " is not supported yet"))
        str_addf(out, "%s is not supported yet", where);
    else
        str_addf(out, "%s: %s", where, message);
}

static int refused_by_server(const struct newjob *n, const struct answer *a,
                             struct err *err)
{
    const struct json *causes = json_at(a->status, "details.causes");
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    for (size_t i = 0; i < json_len(causes); i++) {
        const struct json *cause = json_item(causes, i);
        add_cause(n, json_str_or(cause, "field", ""),
                  json_str_or(cause, "message", "refused"), &text);
    }
    if (text.len == 0)
        return -1; /* what the connection said stands */
    return err_set(err, ERR_INVALID, "%s", text.s);
}

/* ---- partitions ---- */

static const struct json *find_partition(const struct json *items, const char *name,
                                         size_t len)
{
    for (size_t i = 0; i < json_len(items); i++) {
        const char *there = json_str_or(json_item(items, i), "metadata.name", "");
        if (strlen(there) == len && strncmp(there, name, len) == 0)
            return json_item(items, i);
    }
    return NULL;
}

/* It takes no new jobs. */
static bool is_closed(const struct json *partition)
{
    const char *state = json_str_or(partition, "spec.state", "UP");
    return strcmp(state, "DRAIN") == 0 || strcmp(state, "INACTIVE") == 0;
}

/* It takes new jobs, or its alternate does. */
static bool is_open(const struct json *items, const struct json *partition)
{
    for (int i = 0; partition && i <= ALTERNATES_MAX; i++) {
        if (!is_closed(partition))
            return true;
        const char *name = json_str_or(partition, "spec.alternate", "");
        partition = find_partition(items, name, strlen(name));
    }
    return false;
}

static int refuse_closed(const char *names, struct err *err)
{
    return err_set(err, ERR_INVALID,
                   "Required partition not available (inactive or drain): %s", names);
}

/* All are there, and one at least takes jobs, or its alternate. */
static int check_names(const struct json *items, const char *names, struct err *err)
{
    const char *const all = names;
    bool open = false;
    while (*names) {
        const size_t len = strcspn(names, ",");
        const struct json *partition = find_partition(items, names, len);
        if (!partition)
            return err_set(err, ERR_NOT_FOUND,
                           "Invalid partition name specified: there is no partition "
                           "\"%.*s\"",
                           (int)len, names);
        open |= is_open(items, partition);
        names += len + (names[len] == ',');
    }
    return open ? 0 : refuse_closed(all, err);
}

/* Lists are in the order of names, and of several the first is the default. */
static const struct json *find_default(const struct json *items)
{
    for (size_t i = 0; i < json_len(items); i++)
        if (json_bool_or(json_item(items, i), "spec.default", false))
            return json_item(items, i);
    return NULL;
}

int newjob_check_partitions(struct newjob *n, struct err *err)
{
    const struct kc_ref ref = {&api_partitions, NULL, NULL, NULL};
    const char *names = json_str(n->body, "spec.partition");
    ANSWER_AUTO struct answer a = {0};

    if (api_list(n->api, &ref, NULL, &a, err) < 0)
        /* who may not see them is answered by the controller */
        return a.reason == KC_REASON_FORBIDDEN ? 0 : -1;
    const struct json *items = json_get(a.body, "items");
    if (names)
        return check_names(items, names, err);
    const struct json *partition = find_default(items);
    if (!partition)
        return err_set(err, ERR_NOT_FOUND,
                       "No partition specified or system default partition");
    if (!is_open(items, partition))
        return refuse_closed(json_str_or(partition, "metadata.name", ""), err);
    return 0;
}

/* ---- trying ---- */

int newjob_try(struct newjob *n, struct err *err)
{
    const struct kc_ref ref = {&api_jobs, n->api->ns, NULL, NULL};
    ANSWER_AUTO struct answer a = {0};
    STR_AUTO struct str path;

    str_init(&path, TEXT_MAX);
    kc_path(&ref, &path);
    str_add(&path, "?dryRun=All&fieldValidation=Strict&fieldManager=gantry");
    kc_raw(n->api->client, "POST", path.s, "application/json", n->body, answer_take,
           &a);
    if (api_wait(n->api, &a, err) < 0)
        return refused_by_server(n, &a, err);
    n->object = json_ref(a.body);
    return 0;
}

/* ---- sending ---- */

/* Nobody knows whether it was made: its name is one that nobody else has. */
static int find_out(struct newjob *n, struct err *err)
{
    const struct kc_ref ref = ref_of(n);
    ANSWER_AUTO struct answer a = {0};
    struct err why = ERR_INIT;

    if (api_get(n->api, &ref, &a, &why) < 0)
        return -1; /* with the first error */
    n->object = json_ref(a.body);
    err->code = ERR_NONE;
    return 0;
}

static int create(struct newjob *n, struct err *err)
{
    for (int i = 0; i < NAMES_TRIED; i++) {
        const struct kc_ref ref = ref_of(n);
        ANSWER_AUTO struct answer a = {0};
        if (api_create(n->api, &ref, n->body, &a, err) == 0) {
            n->object = json_ref(a.body);
            return 0;
        }
        if (a.outcome == KC_UNKNOWN)
            return find_out(n, err);
        if (a.reason != KC_REASON_ALREADY_EXISTS)
            return refused_by_server(n, &a, err);
        if (newjob_make(n, err) < 0) /* with another name */
            return -1;
    }
    return -1;
}

void newjob_withdraw(struct newjob *n, struct err *err)
{
    const struct kc_ref ref = ref_of(n);
    const struct kc_delete_options options = {
        .uid = json_str(n->object, "metadata.uid"), .grace_sec = -1};
    struct err why = ERR_INIT;

    for (int i = 0; i < DELETES_TRIED; i++) {
        ANSWER_AUTO struct answer a = {0};
        if (api_delete(n->api, &ref, &options, &a, &why) == 0 ||
            a.reason == KC_REASON_NOT_FOUND || a.reason == KC_REASON_CONFLICT)
            return;
    }
    const struct err first = *err;
    err_set(
        err, first.code,
        "%s; it could not be withdrawn (%.150s): `kubectl delete batchjob -n %s %s` "
        "does",
        first.msg, why.msg, n->api->ns, ref.name);
}

/* ---- the id ---- */

static const struct json *condition(const struct json *job, const char *type)
{
    const struct json *list = json_at(job, "status.conditions");

    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), type))
            return json_item(list, i);
    return NULL;
}

bool newjob_is_refused(const struct json *job)
{
    return str_eq(json_str(condition(job, "Accepted"), "status"), "False");
}

static bool has_id_or_refusal(const struct json *job)
{
    return json_int_or(job, "status.jobID", 0) > 0 || newjob_is_refused(job);
}

void newjob_blame(const struct newjob *n, struct err *err)
{
    AUTO_FREE char *message = xstrdup(err->msg);
    const size_t len = strcspn(message, ": ");
    AUTO_FREE char *field = xstrndup(message, len);
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    add_cause(n, field,
              str_starts(message + len, ": ") && submit_where(n->submit, field)
                  ? message + len + 2
                  : message,
              &text);
    err_set(err, ERR_INVALID, "%s", text.s);
}

int newjob_check_reason(const char *reason, const char *message, struct err *err)
{
    static const struct {
        const char *reason, *text;
    } rejected[] = {
        {"InvalidAccount",
         "Invalid account or account/partition combination specified"},
        {"InvalidQOS", "Invalid qos specification"},
        {"BadConstraints", "Requested node configuration is not available"},
        {"ReservationDeleted", "Requested reservation is invalid"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rejected); i++)
        if (str_eq(rejected[i].reason, reason))
            return err_set(err, ERR_INVALID, "%s: %s", rejected[i].text,
                           message ? message : "");
    return 0;
}

static int refused_by_controller(const struct newjob *n, struct err *err)
{
    err_set(err, ERR_INVALID, "%s",
            json_str_or(condition(n->object, "Accepted"), "message", "refused"));
    newjob_blame(n, err);
    return -1;
}

static int await_id(struct newjob *n, struct err *err)
{
    struct json *seen = NULL;
    const enum jobwatch_end end =
        jobwatch_until(n->api, n->object, has_id_or_refusal,
                       (int64_t)NEWJOB_ID_SEC * 1000, &seen, err);

    if (seen) {
        json_free(n->object);
        n->object = seen;
    }
    switch (end) {
    case JOBWATCH_TRUE:
        if (newjob_is_refused(n->object))
            return refused_by_controller(n, err);
        return newjob_check_reason(json_str(n->object, "status.reason"),
                                   json_str(n->object, "status.message"), err);
    case JOBWATCH_GONE:
        return err_set(err, ERR_NOT_FOUND, "somebody deleted it before it had an id");
    case JOBWATCH_LATE:
        return err_set(err, ERR_UNAVAILABLE,
                       "it got no id within %d seconds: is gantry-controller running?",
                       NEWJOB_ID_SEC);
    case JOBWATCH_INTERRUPTED:
        return err_set(err, ERR_UNAVAILABLE, "interrupted before it had an id");
    case JOBWATCH_FAILED:
        break;
    }
    return -1;
}

static int send_and_wait(struct newjob *n, struct err *err)
{
    const bool is_long = n->script->text.len > SCRIPT_SHORT_MAX;

    if (is_long && longscript_put(n->api, &n->script->text, err) < 0)
        return -1;
    if (create(n, err) < 0)
        return -1;
    if (is_long && longscript_own(n->api, &n->script->text, n->object, err) < 0)
        return -1;
    return await_id(n, err);
}

int newjob_send(struct newjob *n, struct err *err)
{
    if (api_catch_signals(n->api, err) < 0)
        return -1;
    if (send_and_wait(n, err) == 0)
        return 0;
    if (n->object)
        newjob_withdraw(n, err);
    return -1;
}
