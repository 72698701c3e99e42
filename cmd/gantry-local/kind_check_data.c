/* kind_check_data - what is wrong with ConfigMaps and Secrets. */
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/gotext.h"
#include "cmd/gantry-local/kind_check.h"
#include "kubeclient/base64.h"

/* Of all values together. */
#define DATA_BYTES_MAX (1u << 20)

/* ---- keys: they may be file names ---- */

static const char *refuse_key(const char *key)
{
    if (strcmp(key, ".") == 0 || strcmp(key, "..") == 0)
        return "must not be '.' or '..'";
    if (strlen(key) > 253)
        return "must be no more than 253 characters";
    if (!key[0] ||
        key[strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789-._")])
        return "a valid config key must consist of alphanumeric characters, '-', '_' "
               "or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used "
               "for validation is '[-._a-zA-Z0-9]+')";
    return NULL;
}

/* Returns the bytes of the values; in base64 they are four for three. */
static size_t check_data(const struct check *c, const char *map, bool base64)
{
    size_t total = 0;

    for (json_each (it, json_get(c->after, map))) {
        const size_t len =
            json_is(it.val, JSON_STRING) ? strlen(json_string(it.val)) : 0;
        AUTO_FREE char *field = xasprintf("%s[%s]", map, it.key);
        total += base64 ? len / 4 * 3 : len;
        if (refuse_key(it.key))
            check_invalid_text(c, field, it.key, refuse_key(it.key));
    }
    return total;
}

static void check_total(const struct check *c, size_t total)
{
    /* Kubernetes names no field, as it prints a path without parts. */
    const struct cause cause = {"[]", "FieldValueTooLong",
                                "Too long: may not be more than 1048576 bytes"};

    if (total > DATA_BYTES_MAX)
        c->found(c->arg, &cause);
}

static void check_immutable(const struct check *c)
{
    static const char *const fields[] = {"data", "binaryData"};
    const char *why = "field is immutable when `immutable` is set";

    if (!json_bool_or(c->before, "immutable", false))
        return;
    if (!json_bool_or(c->after, "immutable", false))
        check_forbidden(c, "immutable", why);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (!json_equal(json_get(c->before, fields[i]), json_get(c->after, fields[i])))
            check_forbidden(c, fields[i], why);
}

/* ---- the kinds ---- */

void configmap_check(const struct check *c)
{
    check_total(c, check_data(c, "data", false) + check_data(c, "binaryData", true));
    for (json_each (it, json_get(c->after, "data"))) {
        AUTO_FREE char *field = xasprintf("data[%s]", it.key);
        if (json_get(json_get(c->after, "binaryData"), it.key))
            check_invalid_text(c, field, it.key,
                               "duplicate of key present in binaryData");
    }
    check_immutable(c);
}

/* What Secrets of a type must have. */
static const struct {
    const char *type, *key;
} secret_keys[] = {
    {"kubernetes.io/tls", "tls.crt"},
    {"kubernetes.io/tls", "tls.key"},
    {"kubernetes.io/dockercfg", ".dockercfg"},
    {"kubernetes.io/dockerconfigjson", ".dockerconfigjson"},
    {"kubernetes.io/ssh-auth", "ssh-privatekey"},
};

static bool has_key(const struct check *c, const char *key)
{
    return json_get(json_get(c->after, "data"), key) != NULL;
}

/* What the types of pull secrets hold must be JSON; what it is, is not shown. */
static void check_json(const struct check *c, const char *key)
{
    const struct json *value = json_get(json_get(c->after, "data"), key);
    const char *coded = json_is(value, JSON_STRING) ? json_string(value) : "";
    AUTO_FREE char *at = xasprintf("data[%s]", key);
    struct err err = ERR_INIT;
    size_t len = 0;

    AUTO_FREE char *text = coded[0] ? base64_decode(coded, &len) : NULL;
    if (!text)
        return;
    JSON_AUTO struct json *read = json_parse(text, len, &err);
    if (read)
        return;
    AUTO_FREE char *why = gotext_json(text, len);
    check_invalid_shown(c, at, "\"<secret contents redacted>\"", why ? why : err.msg);
}

static void check_basic_auth(const struct check *c)
{
    if (has_key(c, "username") || has_key(c, "password"))
        return;
    check_required(c, "data[username]", NULL);
    check_required(c, "data[password]", NULL);
}

static void check_account_token(const struct check *c)
{
    const char *key = "kubernetes.io/service-account.name";

    if (!json_get(json_at(c->after, "metadata.annotations"), key))
        check_required(c, "metadata.annotations[kubernetes.io/service-account.name]",
                       NULL);
}

void secret_check(const struct check *c)
{
    const char *type = json_str_or(c->after, "type", "");

    check_total(c, check_data(c, "data", true));
    for (size_t i = 0; i < ARRAY_LEN(secret_keys); i++) {
        AUTO_FREE char *field = xasprintf("data[%s]", secret_keys[i].key);
        if (strcmp(secret_keys[i].type, type) == 0 && !has_key(c, secret_keys[i].key))
            check_required(c, field, NULL);
    }
    if (strcmp(type, "kubernetes.io/dockercfg") == 0)
        check_json(c, ".dockercfg");
    if (strcmp(type, "kubernetes.io/dockerconfigjson") == 0)
        check_json(c, ".dockerconfigjson");
    if (strcmp(type, "kubernetes.io/basic-auth") == 0)
        check_basic_auth(c);
    if (strcmp(type, "kubernetes.io/service-account-token") == 0)
        check_account_token(c);
    check_fixed(c, "type");
    check_immutable(c);
}
