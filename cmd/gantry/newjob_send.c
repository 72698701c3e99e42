#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/jobwatch.h"
#include "cmd/gantry/longscript.h"
#include "cmd/gantry/newjob.h"
#include "scheduler/access.h"

#define NAMES_TRIED 5
#define DELETES_TRIED 3
#define TEXT_MAX 4096

static struct kc_ref ref_of(const struct newjob *n)
{
    return (struct kc_ref){&api_jobs, n->api->ns, json_str(n->body, "metadata.name"),
                           NULL};
}

/* ---- refusals, by the option's name ---- */

/* Behind "spec.components[1]". */
static const char *of_component(const char *field)
{
    const char *end = str_starts(field, "spec.components[") ? strchr(field, ']') : NULL;

    return end ? end + 1 : field;
}

/* "--nodes", "--nodes of component 1"; NULL: it was not asked for. */
static char *say_where(const struct newjob *n, const char *path)
{
    const char *where = submit_where(n->submit, path);

    if (!where || !str_starts(path, "spec.components["))
        return xstrdup_null(where);
    return xasprintf("%s of component %ld", where,
                     strtol(path + strlen("spec.components["), NULL, 10));
}

/* "--array is not supported yet", "train.sbatch:3: --nodes: ...". */
static void add_cause(const struct newjob *n, const char *field, const char *message,
                      struct str *out)
{
    const char *own = of_component(field);
    AUTO_FREE char *path = xstrndup(field, (size_t)(own - field) + strcspn(own, "["));
    AUTO_FREE char *where = say_where(n, path);

    if (out->len > 0)
        str_add(out, "; ");
    if (!where)
        str_add(out, message);
    else if (str_ends(message, " is not supported yet"))
        str_addf(out, "%s is not supported yet", where);
    else
        str_addf(out, "%s: %s", where, message);
}

/* Where Kubernetes says that rules were not evaluated because of the other causes. */
#define NO_FIELD "<nil>"

static int refused_by_server(const struct newjob *n, const struct answer *a,
                             struct err *err)
{
    const struct json *causes = json_at(a->status, "details.causes");
    STR_AUTO struct str text;

    str_init(&text, TEXT_MAX);
    for (size_t i = 0; i < json_len(causes); i++) {
        const struct json *cause = json_item(causes, i);
        if (str_eq(json_str(cause, "field"), NO_FIELD) && json_len(causes) > 1)
            continue;
        add_cause(n, json_str_or(cause, "field", ""),
                  json_str_or(cause, "message", "refused"), &text);
    }
    if (text.len == 0)
        return -1; /* what the connection said stands */
    return err_set(err, ERR_INVALID, "%s", text.s);
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

/* `part`: of the core's message, where the reason alone does not tell. */
static const struct rejected {
    const char *reason, *part, *text;
    bool when_tried; /* otherwise it is taken in, and waits */
} rejected[] = {
    {"InvalidAccount", "", "Invalid account or account/partition combination specified",
     false},
    {"InvalidQOS", "", "Invalid qos specification", false},
    {"BadConstraints", "licence ", "Invalid license specification", false},
    {"BadConstraints", " does not exist", "Invalid node name specified", false},
    {"BadConstraints", "", "Requested node configuration is not available", false},
    {"PartitionNodeLimit", "", "Requested node configuration is not available", true},
    {"PartitionConfig", ACCESS_NO_GROUP,
     "User's group not permitted to use this partition", false},
    {"PartitionConfig", ACCESS_OPERATORS, "Access/permission denied", false},
    {"PartitionConfig", "", "Requested node configuration is not available", true},
    {"ReservationDeleted", "", "Requested reservation is invalid", false},
    {"DependencyNeverSatisfied", " is known", "Job dependency problem", false},
    {"Reservation", " is not for ", "Access denied to requested reservation", false},
};

int newjob_check_reason(const char *reason, const char *message, bool tried,
                        struct err *err)
{
    if (message == NULL)
        message = "";
    for (size_t i = 0; i < ARRAY_LEN(rejected); i++) {
        const struct rejected *row = &rejected[i];

        if (str_eq(row->reason, reason) && strstr(message, row->part) &&
            (tried || !row->when_tried))
            return err_set(err, ERR_INVALID, "%s: %s", row->text, message);
    }
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
                                   json_str(n->object, "status.message"), false, err);
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
