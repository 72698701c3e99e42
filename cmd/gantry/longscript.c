#include "cmd/gantry/longscript.h"

#include <stdio.h>

#include <openssl/sha.h>

#include "base/util.h"

/* Others may own it at the same moment. */
#define TRIES 8

void longscript_name(const struct str *text, char ret[LONGSCRIPT_NAME_MAX])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    int n = snprintf(ret, LONGSCRIPT_NAME_MAX, "gantry-script-");

    SHA256((const unsigned char *)text->s, text->len, digest);
    for (size_t i = 0; i < 8; i++)
        n += snprintf(ret + n, LONGSCRIPT_NAME_MAX - (size_t)n, "%02x", digest[i]);
}

static struct json *owner_of(const struct json *job)
{
    return json_build("{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','name':%s,"
                      "'uid':%s}",
                      json_str(job, "metadata.name"), json_str(job, "metadata.uid"));
}

/* `job` NULL: nobody owns it yet, and one that is there is as good. 1: one with an
 * owner was to be made, but there is one; -1: err. */
static int make(struct api *c, const struct str *text, const struct json *job,
                struct err *err)
{
    char name[LONGSCRIPT_NAME_MAX];
    ANSWER_AUTO struct answer a = {0};

    longscript_name(text, name);
    const struct kc_ref ref = {&kc_configmaps, c->ns, name, NULL};
    JSON_AUTO struct json *body =
        json_build("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':%s},"
                   "'immutable':true,'data':{}}",
                   name);
    json_set_at(body, "data." LONGSCRIPT_KEY, json_new_string(text->s));
    if (job) {
        json_set_at(body, "metadata.ownerReferences", json_new_array());
        json_append(json_at(body, "metadata.ownerReferences"), owner_of(job));
    }
    if (api_create(c, &ref, body, &a, err) == 0)
        return 0;
    if (a.reason == KC_REASON_ALREADY_EXISTS)
        return job != NULL;
    return -1;
}

int longscript_put(struct api *c, const struct str *text, struct err *err)
{
    if (make(c, text, NULL, err) < 0)
        return err_prefix(err, "the script's ConfigMap");
    return 0;
}

/* 1: it changed meanwhile; -1: err. */
static int add_owner(struct api *c, const struct kc_ref *ref, const struct json *there,
                     const struct json *job, struct err *err)
{
    const struct json *owners = json_at(there, "metadata.ownerReferences");
    JSON_AUTO struct json *body =
        json_build("{'metadata':{'resourceVersion':%s,'ownerReferences':[]}}",
                   json_str(there, "metadata.resourceVersion"));
    struct json *list = json_at(body, "metadata.ownerReferences");
    ANSWER_AUTO struct answer a = {0};

    for (size_t i = 0; i < json_len(owners); i++) {
        if (str_eq(json_str(json_item(owners, i), "uid"),
                   json_str(job, "metadata.uid")))
            return 0;
        json_append(list, json_copy(json_item(owners, i)));
    }
    json_append(list, owner_of(job));
    if (api_patch(c, ref, KC_PATCH_MERGE, body, &a, err) == 0)
        return 0;
    return a.reason == KC_REASON_CONFLICT || a.reason == KC_REASON_NOT_FOUND ||
                   a.outcome == KC_UNKNOWN
               ? 1
               : -1;
}

/* Whoever may make ConfigMaps can take a name before its content comes. */
static int check_content(const struct json *there, const struct str *text,
                         struct err *err)
{
    if (str_eq(json_str(there, "data." LONGSCRIPT_KEY), text->s))
        return 0;
    return err_set(err, ERR_CONFLICT, "holds another script: delete it");
}

int longscript_own(struct api *c, const struct str *text, const struct json *job,
                   struct err *err)
{
    char name[LONGSCRIPT_NAME_MAX];

    longscript_name(text, name);
    const struct kc_ref ref = {&kc_configmaps, c->ns, name, NULL};
    for (int i = 0; i < TRIES; i++) {
        ANSWER_AUTO struct answer a = {0};
        int rc;
        if (api_get(c, &ref, &a, err) == 0)
            rc = check_content(a.body, text, err) < 0
                     ? -1
                     : add_owner(c, &ref, a.body, job, err);
        else if (a.reason == KC_REASON_NOT_FOUND)
            rc = make(c, text, job, err);
        else
            rc = -1;
        if (rc <= 0)
            return rc < 0 ? err_prefix(err, "the script's ConfigMap %s", name) : 0;
    }
    return err_set(err, ERR_CONFLICT, "the script's ConfigMap %s changes all the time",
                   name);
}
