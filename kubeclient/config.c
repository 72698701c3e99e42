#include "kubeclient/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "kubeclient/config_private.h"

#define ACCOUNT_DIR "/var/run/secrets/kubernetes.io/serviceaccount"
#define NAMESPACE_FILE_MAX 1024

struct kc_config_source kc_config_source_env(const char *explicit_path)
{
    return (struct kc_config_source){
        .explicit_path = explicit_path,
        .env_kubeconfig = getenv("KUBECONFIG"),
        .home = getenv("HOME"),
        .service_host = getenv("KUBERNETES_SERVICE_HOST"),
        .service_port = getenv("KUBERNETES_SERVICE_PORT"),
    };
}

static bool is_set(const char *s)
{
    return s != NULL && s[0] != '\0';
}

/* ---- kubeconfig files ---- */

/* A file that need not be there. */
static int add_if_there(struct kubeconfig *k, const char *path, struct err *err)
{
    struct err why = ERR_INIT;

    if (kubeconfig_add(k, path, &why) == 0 || why.code == ERR_NOT_FOUND)
        return 0;
    return err_set(err, why.code, "kubeconfig: %s", why.msg);
}

static int add_list(struct kubeconfig *k, const char *list, struct err *err)
{
    while (*list) {
        size_t len = strcspn(list, ":");
        AUTO_FREE char *path = xstrndup(list, len);

        if (len > 0 && add_if_there(k, path, err) < 0)
            return -1;
        list += len + (list[len] == ':');
    }
    return 0;
}

static int add_files(struct kubeconfig *k, const struct kc_config_source *source,
                     struct err *err)
{
    if (is_set(source->explicit_path)) {
        if (kubeconfig_add(k, source->explicit_path, err) < 0)
            return err_prefix(err, "kubeconfig");
        return 0;
    }
    if (is_set(source->env_kubeconfig))
        return add_list(k, source->env_kubeconfig, err);
    if (is_set(source->home)) {
        AUTO_FREE char *path = xasprintf("%s/.kube/config", source->home);
        return add_if_there(k, path, err);
    }
    return 0;
}

/* What a context points to; all NULL when it names none. */
static int find_part(const struct kubeconfig *k, const struct kubeconfig_entry *context,
                     const char *field, enum kubeconfig_list list,
                     struct kubeconfig_entry *ret, struct err *err)
{
    const char *name;

    *ret = (struct kubeconfig_entry){0};
    if (kubeconfig_str(context, field, &name, err) < 0)
        return -1;
    if (name && !kubeconfig_find(k, list, name, ret))
        return kubeconfig_refuse(context, field, err, "there is no %s \"%s\"", field,
                                 name);
    return 0;
}

static int take_context(struct kc_config *c, const struct kubeconfig *k,
                        const struct kubeconfig_entry *context, struct err *err)
{
    struct kubeconfig_entry cluster, user;
    const char *ns;

    c->context = xstrdup(context->name);
    if (find_part(k, context, "cluster", LIST_CLUSTERS, &cluster, err) < 0 ||
        find_part(k, context, "user", LIST_USERS, &user, err) < 0 ||
        kubeconfig_str(context, "namespace", &ns, err) < 0)
        return -1;
    if (cluster.body == NULL)
        return kubeconfig_refuse(context, "cluster", err, "is missing");
    c->namespace_ = xstrdup(ns ? ns : "default");
    if (config_take_cluster(c, &cluster, err) < 0)
        return -1;
    return user.body ? config_take_user(c, &user, err) : 0;
}

static int load_kubeconfig(struct kc_config *c, const struct kubeconfig *k,
                           const char *wanted, struct err *err)
{
    const char *name = is_set(wanted) ? wanted : kubeconfig_current_context(k);
    struct kubeconfig_entry context;

    if (name == NULL)
        return err_set(err, ERR_INVALID, "kubeconfig: %s: current-context: is not set",
                       k->paths[0]);
    if (!kubeconfig_find(k, LIST_CONTEXTS, name, &context))
        return err_set(err, ERR_INVALID,
                       "kubeconfig: %s: %s: there is no context \"%s\"", k->paths[0],
                       is_set(wanted) ? "contexts" : "current-context", name);
    if (take_context(c, k, &context, err) < 0)
        return err_prefix(err, "kubeconfig");
    return 0;
}

/* ---- in a cluster ---- */

static char *account_namespace(const char *dir)
{
    AUTO_FREE char *path = xasprintf("%s/namespace", dir);
    STR_AUTO struct str text;
    size_t from;

    str_init(&text, NAMESPACE_FILE_MAX);
    if (str_read_file(&text, path, NULL) < 0)
        return xstrdup("default");
    from = strspn(text.s, " \t\r\n");
    text.s[from + strcspn(text.s + from, " \t\r\n")] = '\0';
    return xstrdup(text.s[from] ? text.s + from : "default");
}

static int load_in_cluster(struct kc_config *c, const struct kc_config_source *source,
                           struct err *err)
{
    const char *dir = source->account_dir ? source->account_dir : ACCOUNT_DIR;
    const char *host = source->service_host;
    bool is_ipv6 = strchr(host, ':') != NULL;
    AUTO_FREE char *ca = xasprintf("%s/ca.crt", dir);

    c->context = xstrdup("in-cluster");
    c->server = xasprintf(is_ipv6 ? "https://[%s]:%s" : "https://%s:%s", host,
                          source->service_port);
    c->token_file = xasprintf("%s/token", dir);
    c->namespace_ = account_namespace(dir);
    if (kc_token_read(c->token_file, &c->token, err) < 0 ||
        config_read_pem(ca, &c->ca_pem, err) < 0)
        return err_prefix(err, "in-cluster configuration");
    return 0;
}

/* ---- both ---- */

static int nowhere(const struct kc_config_source *source, struct err *err)
{
    if (is_set(source->env_kubeconfig))
        return err_set(
            err, ERR_NOT_FOUND,
            "no kubeconfig: KUBECONFIG is \"%s\", where there is none, and this "
            "is not a pod",
            source->env_kubeconfig);
    return err_set(err, ERR_NOT_FOUND,
                   "no kubeconfig: give --kubeconfig, set KUBECONFIG, or have "
                   "%s/.kube/config",
                   is_set(source->home) ? source->home : "$HOME");
}

static int load(struct kc_config *c, const struct kc_config_source *source,
                struct kubeconfig *k, struct err *err)
{
    if (add_files(k, source, err) < 0)
        return -1;
    if (k->n > 0)
        return load_kubeconfig(c, k, source->context, err);
    if (is_set(source->service_host) && is_set(source->service_port))
        return load_in_cluster(c, source, err);
    return nowhere(source, err);
}

int kc_config_load(struct kc_config *ret, const struct kc_config_source *source,
                   struct err *err)
{
    struct kc_config c = {0};
    struct kubeconfig k = {0};
    int rc = load(&c, source, &k, err);

    kubeconfig_fini(&k);
    if (rc < 0) {
        kc_config_fini(&c);
        err_flatten(err);
    } else {
        *ret = c;
    }
    return rc;
}

static void free_secret(char *s)
{
    if (s)
        explicit_bzero(s, strlen(s));
    free(s);
}

void kc_config_fini(struct kc_config *c)
{
    free(c->server);
    free(c->tls_server_name);
    free(c->ca_pem);
    free_secret(c->token);
    free(c->token_file);
    free(c->client_cert_pem);
    free_secret(c->client_key_pem);
    free(c->namespace_);
    free(c->context);
    *c = (struct kc_config){0};
}
