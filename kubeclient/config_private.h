/*
 * config_private - what the files of config share: config.c chooses the source,
 * config_merge.c reads kubeconfig files into one, config_entry.c turns the chosen
 * cluster and user into a kc_config.
 */
#ifndef GANTRY_KUBECLIENT_CONFIG_PRIVATE_H
#define GANTRY_KUBECLIENT_CONFIG_PRIVATE_H

#include "base/err.h"
#include "base/json.h"
#include "kubeclient/config.h"

/* ---- config_merge.c ---- */

enum kubeconfig_list { LIST_CLUSTERS, LIST_USERS, LIST_CONTEXTS, LIST_N };

/* Several files as one: for each name the whole entry of the first file that has it. */
struct kubeconfig {
    struct json **docs; /* one per file */
    char **paths;
    size_t n, cap;
};

/* One entry, lent from the kubeconfig. */
struct kubeconfig_entry {
    const char *file;
    enum kubeconfig_list list;
    const char *name;
    const struct json *body; /* what stands under cluster:, user:, context: */
};

/* ERR_NOT_FOUND when there is no such file. */
int kubeconfig_add(struct kubeconfig *k, const char *path, struct err *err);
void kubeconfig_fini(struct kubeconfig *k);
/* false: no file has it. */
bool kubeconfig_find(const struct kubeconfig *k, enum kubeconfig_list list,
                     const char *name, struct kubeconfig_entry *ret);
/* The first file's; NULL when no file names one. */
const char *kubeconfig_current_context(const struct kubeconfig *k);
/* 'f: users["admin"].token: ' before a message of that entry. */
int kubeconfig_refuse(const struct kubeconfig_entry *e, const char *field,
                      struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* A string field: NULL when absent or empty. -1 for another type. */
int kubeconfig_str(const struct kubeconfig_entry *e, const char *field,
                   const char **ret, struct err *err);

/* ---- config_entry.c ---- */

int config_take_cluster(struct kc_config *c, const struct kubeconfig_entry *cluster,
                        struct err *err);
int config_take_user(struct kc_config *c, const struct kubeconfig_entry *user,
                     struct err *err);

/* A whole PEM file. */
int config_read_pem(const char *path, char **ret, struct err *err);
/* A bearer token from a file, without the white space around it. ERR_INVALID when it is
 * empty or cannot stand in a header; the message names the path, never the token. */
int kc_token_read(const char *path, char **ret, struct err *err);

#endif
