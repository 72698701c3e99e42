#include "cmd/gantry/jobaction.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

/* Others may write the job at the same moments. */
#define TRIES 8

static struct json *entry(const struct jobaction *a)
{
    struct rng rng;

    rng_seed_os(&rng);
    AUTO_FREE char *word = xstrdup(a->type);
    word[0] = (char)(word[0] | 0x20);
    AUTO_FREE char *id = xasprintf("%s-%016" PRIx64, word, rng_next(&rng));
    struct json *ret = json_build("{'id':%s,'type':%s}", id, a->type);
    if (a->signal)
        json_set(ret, "signal", json_new_string(a->signal));
    if (a->scope)
        json_set(ret, "scope", json_new_string(a->scope));
    if (a->tasks)
        json_set(ret, "tasks", json_new_string(a->tasks));
    if (a->component)
        json_set(ret, "component", json_new_int(*a->component));
    return ret;
}

static bool has_entry(const struct json *job, const struct json *entry)
{
    const struct json *list = json_at(job, "spec.actions");

    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "id"), json_str(entry, "id")))
            return true;
    return false;
}

/* What `job` has, if it is read, and the entry behind it. */
static int write_list(struct api *c, const struct kc_ref *ref, const char *uid,
                      const struct json *job, const struct json *entry,
                      struct answer *ret, struct err *err)
{
    const struct json *list = json_at(job, "spec.actions");
    JSON_AUTO struct json *body =
        json_build("{'metadata':{'uid':%s},'spec':{'actions':[]}}", uid);
    struct json *to = json_at(body, "spec.actions");

    if (job)
        json_set_at(body, "metadata.resourceVersion",
                    json_new_string(json_str(job, "metadata.resourceVersion")));
    for (size_t i = 0; i < json_len(list); i++)
        json_append(to, json_copy(json_item(list, i)));
    json_append(to, json_copy(entry));
    return api_patch(c, ref, KC_PATCH_MERGE, body, ret, err);
}

/* Whether another look at the job may help. */
static bool may_help(const struct answer *a)
{
    return a->outcome == KC_UNKNOWN || a->reason == KC_REASON_CONFLICT ||
           a->reason == KC_REASON_INVALID;
}

/* 1: it changed again. */
static int read_and_write(struct api *c, const struct kc_ref *ref, const char *uid,
                          const struct json *entry, struct err *err)
{
    ANSWER_AUTO struct answer got = {0};
    ANSWER_AUTO struct answer put = {0};

    if (api_get(c, ref, &got, err) < 0)
        return -1;
    if (!str_eq(json_str(got.body, "metadata.uid"), uid))
        return err_set(err, ERR_NOT_FOUND, "another job has its name");
    if (has_entry(got.body, entry) ||
        write_list(c, ref, uid, got.body, entry, &put, err) == 0)
        return 0;
    return put.outcome == KC_UNKNOWN || put.reason == KC_REASON_CONFLICT ? 1 : -1;
}

int jobaction_add(struct api *c, const char *ns, const char *name, const char *uid,
                  const struct jobaction *action, struct err *err)
{
    const struct kc_ref ref = {&api_jobs, ns, name, NULL};
    JSON_AUTO struct json *e = entry(action);
    ANSWER_AUTO struct answer first = {0};
    int rc = 1;

    if (write_list(c, &ref, uid, NULL, e, &first, err) == 0)
        return 0;
    if (!may_help(&first))
        return -1;
    for (int i = 0; rc == 1 && i < TRIES; i++)
        rc = read_and_write(c, &ref, uid, e, err);
    return rc == 0 ? 0 : -1;
}
