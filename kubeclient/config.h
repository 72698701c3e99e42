/*
 * config - where the API server is and who we are: kubeconfig files and the in-cluster
 * service account (rules: kubernetes.io/docs "Organizing Cluster Access Using
 * kubeconfig Files"; client-go clientcmd).
 *
 * kc_config_load follows kubectl: an explicit file alone (missing: an error), else the
 * colon list in KUBECONFIG, else ~/.kube/config, else in-cluster. The first file that
 * names a cluster, user or context wins the whole entry; relative paths resolve against
 * the file that holds them. Refused with file and field: several CA forms at once, CA
 * with insecure-skip-tls-verify, token with basic auth, exec plugins and proxies (by
 * name), a missing current-context, a context that names what is not there, malformed
 * base64.
 */
#ifndef GANTRY_KUBECLIENT_CONFIG_H
#define GANTRY_KUBECLIENT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* All strings are the struct's own; NULL where not given. PEM texts are NUL-terminated.
 */
struct kc_config {
    char *server; /* "https://127.0.0.1:6443", perhaps with a path prefix, no
                   * slash at the end */
    char *tls_server_name;
    char *ca_pem;     /* NULL: the system's roots */
    bool insecure;    /* insecure-skip-tls-verify */
    char *token;      /* bearer token as read at load */
    char *token_file; /* reread every minute and after a 401; a failed read keeps the
                       * old token */
    char *client_cert_pem;
    char *client_key_pem;
    char *namespace_; /* never NULL after load: "default" at least */
    char *context;    /* name of the context, "in-cluster" */
};

struct kc_config_source {
    const char *explicit_path;  /* --kubeconfig; NULL */
    const char *env_kubeconfig; /* $KUBECONFIG; NULL */
    const char *home;           /* $HOME; NULL */
    const char *context;        /* --context; NULL: current-context */
    const char *service_host,
        *service_port;       /* $KUBERNETES_SERVICE_HOST and _PORT; NULL */
    const char *account_dir; /* NULL: /var/run/secrets/kubernetes.io/serviceaccount */
};

/* A source from the environment of this process. */
struct kc_config_source kc_config_source_env(const char *explicit_path);

/* The message of an error is one line. */
int kc_config_load(struct kc_config *ret, const struct kc_config_source *source,
                   struct err *err);
void kc_config_fini(struct kc_config *config);

#endif
