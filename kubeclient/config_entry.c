#include "kubeclient/config_private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/base64.h"

#define PEM_MAX (1u << 20)
#define TOKEN_MAX (64u << 10)

/* ---- files ---- */

/* As kubectl: relative to the folder of the file that names it. */
static char *resolve(const struct kubeconfig_entry *e, const char *path)
{
    const char *slash = strrchr(e->file, '/');

    if (path[0] == '/' || slash == NULL)
        return xstrdup(path);
    return xasprintf("%.*s/%s", (int)(slash - e->file), e->file, path);
}

static bool is_pem(const char *text, size_t len)
{
    return strlen(text) == len && strstr(text, "-----BEGIN ") != NULL;
}

int config_read_pem(const char *path, char **ret, struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, PEM_MAX);
    if (str_read_file(&text, path, err) < 0)
        return -1;
    if (!is_pem(text.s, text.len))
        return err_set(err, ERR_INVALID, "%s: expected PEM (-----BEGIN ...)", path);
    *ret = str_take(&text);
    return 0;
}

/* It goes into a header line: visible characters only. */
static bool is_token(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] <= 0x20 || (unsigned char)s[i] >= 0x7f)
            return false;
    return len > 0;
}

int kc_token_read(const char *path, char **ret, struct err *err)
{
    STR_AUTO struct str text;
    size_t from = 0, to;

    str_init(&text, TOKEN_MAX);
    if (str_read_file(&text, path, err) < 0)
        return -1;
    for (to = text.len; to > 0 && isspace((unsigned char)text.s[to - 1]); to--)
        ;
    while (from < to && isspace((unsigned char)text.s[from]))
        from++;
    if (!is_token(text.s + from, to - from))
        return err_set(err, ERR_INVALID,
                       "%s: expected a bearer token, one line of text", path);
    *ret = xstrndup(text.s + from, to - from);
    return 0;
}

/* ---- PEM: a file's name or the data itself ---- */

static int take_data(const struct kubeconfig_entry *e, const char *field,
                     const char *data, char **ret, struct err *err)
{
    size_t len = 0;
    char *text = base64_decode(data, &len);

    if (text == NULL)
        return kubeconfig_refuse(e, field, err, "malformed base64");
    if (!is_pem(text, len)) {
        free(text);
        return kubeconfig_refuse(e, field, err,
                                 "expected PEM (-----BEGIN ...) in base64");
    }
    *ret = text;
    return 0;
}

/* `field` or `field`-data, not both; *ret stays NULL when neither is there. */
static int take_pem(const struct kubeconfig_entry *e, const char *field, char **ret,
                    struct err *err)
{
    AUTO_FREE char *data_field = xasprintf("%s-data", field);
    const char *path, *data;

    if (kubeconfig_str(e, field, &path, err) < 0 ||
        kubeconfig_str(e, data_field, &data, err) < 0)
        return -1;
    if (path && data)
        return kubeconfig_refuse(e, field, err, "stands beside %s: give one of them",
                                 data_field);
    if (data)
        return take_data(e, data_field, data, ret, err);
    if (path) {
        AUTO_FREE char *full = resolve(e, path);
        struct err why = ERR_INIT;

        if (config_read_pem(full, ret, &why) < 0)
            return kubeconfig_refuse(e, field, err, "%s", why.msg);
    }
    return 0;
}

/* ---- cluster ---- */

/* http or https, a host, perhaps a port and a path, and nothing behind them. */
static bool is_server(const char *s)
{
    const char *host = str_starts(s, "https://")  ? s + strlen("https://")
                       : str_starts(s, "http://") ? s + strlen("http://")
                                                  : "";

    return host[0] != '\0' && host[0] != '/' && s[strcspn(s, " \t\r\n?#\"")] == '\0';
}

static int take_server(struct kc_config *c, const struct kubeconfig_entry *e,
                       struct err *err)
{
    const char *server;
    size_t len;

    if (kubeconfig_str(e, "server", &server, err) < 0)
        return -1;
    if (server == NULL)
        return kubeconfig_refuse(e, "server", err, "is missing");
    if (strchr(server, '@')) /* not repeated: a password may stand there */
        return kubeconfig_refuse(e, "server", err,
                                 "expected https://host:port, without a user");
    if (!is_server(server))
        return kubeconfig_refuse(e, "server", err,
                                 "expected https://host:port, got \"%s\"", server);
    for (len = strlen(server); server[len - 1] == '/'; len--)
        ;
    c->server = xstrndup(server, len);
    return 0;
}

static int take_insecure(struct kc_config *c, const struct kubeconfig_entry *e,
                         struct err *err)
{
    const char *field = "insecure-skip-tls-verify";
    const struct json *value = json_get(e->body, field);

    if (value == NULL || json_is(value, JSON_NULL))
        return 0;
    if (!json_is(value, JSON_BOOL))
        return kubeconfig_refuse(e, field, err, "expected true or false");
    c->insecure = json_bool(value);
    if (c->insecure && c->ca_pem)
        return kubeconfig_refuse(
            e, field, err, "stands beside certificate-authority: give one of them");
    return 0;
}

int config_take_cluster(struct kc_config *c, const struct kubeconfig_entry *e,
                        struct err *err)
{
    const char *name, *proxy;

    if (kubeconfig_str(e, "proxy-url", &proxy, err) < 0 ||
        kubeconfig_str(e, "tls-server-name", &name, err) < 0)
        return -1;
    if (proxy)
        return kubeconfig_refuse(e, "proxy-url", err, "is not supported");
    c->tls_server_name = xstrdup_null(name);
    if (take_server(c, e, err) < 0 ||
        take_pem(e, "certificate-authority", &c->ca_pem, err) < 0)
        return -1;
    return take_insecure(c, e, err);
}

/* ---- user ---- */

/* Ways to say who one is that Gantry does not have. */
static const char *const unsupported[] = {
    "username", "password",  "auth-provider", "as",
    "as-uid",   "as-groups", "as-user-extra",
};

static bool is_given(const struct json *value)
{
    if (json_is(value, JSON_STRING))
        return json_string_len(value) > 0;
    return value != NULL && !json_is(value, JSON_NULL);
}

static int take_token(struct kc_config *c, const struct kubeconfig_entry *e,
                      struct err *err)
{
    const char *token, *file;
    struct err why = ERR_INIT;

    if (kubeconfig_str(e, "token", &token, err) < 0 ||
        kubeconfig_str(e, "tokenFile", &file, err) < 0)
        return -1;
    if (file) { /* beats the token beside it */
        c->token_file = resolve(e, file);
        if (kc_token_read(c->token_file, &c->token, &why) < 0)
            return kubeconfig_refuse(e, "tokenFile", err, "%s", why.msg);
        return 0;
    }
    if (token && !is_token(token, strlen(token)))
        return kubeconfig_refuse(e, "token", err,
                                 "expected one word of visible characters");
    c->token = xstrdup_null(token);
    return 0;
}

static int take_client_cert(struct kc_config *c, const struct kubeconfig_entry *e,
                            struct err *err)
{
    if (take_pem(e, "client-certificate", &c->client_cert_pem, err) < 0 ||
        take_pem(e, "client-key", &c->client_key_pem, err) < 0)
        return -1;
    if (c->client_cert_pem && c->client_key_pem == NULL)
        return kubeconfig_refuse(e, "client-key", err,
                                 "is missing, but there is a client-certificate");
    if (c->client_key_pem && c->client_cert_pem == NULL)
        return kubeconfig_refuse(e, "client-certificate", err,
                                 "is missing, but there is a client-key");
    return 0;
}

int config_take_user(struct kc_config *c, const struct kubeconfig_entry *e,
                     struct err *err)
{
    bool has_token = is_given(json_get(e->body, "token")) ||
                     is_given(json_get(e->body, "tokenFile"));

    if (has_token && is_given(json_get(e->body, "username")))
        return kubeconfig_refuse(e, "token", err,
                                 "stands beside username: give one of them");
    for (size_t i = 0; i < ARRAY_LEN(unsupported); i++)
        if (is_given(json_get(e->body, unsupported[i])))
            return kubeconfig_refuse(e, unsupported[i], err,
                                     "is not supported: use a token or a client "
                                     "certificate");
    if (take_token(c, e, err) < 0 || take_client_cert(c, e, err) < 0)
        return -1;
    /* As in kubectl, a plugin is not asked where there is a credential. */
    if (is_given(json_get(e->body, "exec")) && c->token == NULL &&
        c->client_cert_pem == NULL)
        return kubeconfig_refuse(
            e, "exec", err,
            "credential plugins are not supported: use a token or a "
            "client certificate");
    return 0;
}
