/*
 * api - a command's connection to the API server, and requests that read as if they
 * were calls.
 *
 * The cluster is found as kubectl finds it: --kubeconfig, KUBECONFIG, ~/.kube/config,
 * the service account of a pod; where none of them is there, what `gantry-local up`
 * leaves in $XDG_STATE_HOME/gantry-local or ~/.local/state/gantry-local. The namespace
 * is the context's.
 *
 * A command starts a request, then waits: the loop runs meanwhile, and after a second a
 * line on stderr says for whom it waits. Errors are for the person at the terminal:
 * what, where, and what would be right.
 */
#ifndef GANTRY_CLI_API_H
#define GANTRY_CLI_API_H

#include <stdbool.h>

#include "base/opt.h"
#include "cmd/gantry/cli.h"
#include "kubeclient/client.h"

extern const struct kc_resource api_jobs, api_partitions, api_reservations,
    api_accounts;

/* Options that every command has, in addition to Slurm's. */
struct api_options {
    const char *kubeconfig, *context, *namespace_;
};
/* NOLINTBEGIN(bugprone-macro-parentheses): names of a type and of its member. */
#define API_OPT_ROWS(type, member)                                                   \
    {"kubeconfig",                                                                   \
     0,                                                                              \
     OPT_STRING,                                                                     \
     NULL,                                                                           \
     offsetof(type, member.kubeconfig),                                              \
     "FILE",                                                                         \
     "API server and credentials (else as kubectl finds them)",                      \
     0,                                                                              \
     0},                                                                             \
        {"context",                                                                  \
         0,                                                                          \
         OPT_STRING,                                                                 \
         NULL,                                                                       \
         offsetof(type, member.context),                                             \
         "NAME",                                                                     \
         "context of the kubeconfig (else its current one)",                         \
         0,                                                                          \
         0},                                                                         \
    {                                                                                \
        "namespace", 0, OPT_STRING, NULL, offsetof(type, member.namespace_), "NAME", \
            "namespace (else the context's)", 0, 0                                   \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

struct api {
    const struct cli *cli;
    struct loop *loop;
    struct kc_client *client;
    char *ns;
    char *server;         /* "https://127.0.0.1:6443"; "" with a lent transport */
    char *context;        /* likewise */
    bool is_local;        /* found where gantry-local leaves it */
    bool told;            /* that it waits */
    bool interrupted;     /* by a signal, once they are caught */
    bool *wake_on_signal; /* set then too; NULL */
    struct transport *own_transport;
    struct loop *own_loop;
    struct loop_signal *signals[3];
};
#define API_AUTO __attribute__((cleanup(api_close)))

/* `cli` must outlive it. Nothing is asked of the server yet. */
int api_open(struct api *ret, const struct cli *cli, const struct api_options *options,
             struct err *err);
void api_close(struct api *c); /* all zero is fine */

/* From now on SIGINT, SIGTERM and SIGHUP do not end the program but set `interrupted`:
 * what was begun is to be taken back. */
int api_catch_signals(struct api *c, struct err *err);

/* What a request brought. Start with all zero; answer_fini frees. */
struct answer {
    bool come;
    enum kc_outcome outcome;
    enum kc_reason reason;
    int http_status;
    char *message;       /* the server's own words; "" when ok */
    struct json *body;   /* NULL: none */
    struct json *status; /* a refusal's Status; NULL */
    struct err err;      /* kc_result_err's */
};
#define ANSWER_AUTO __attribute__((cleanup(answer_fini)))

/* A kc_done_fn, whose `arg` is a struct answer that stays until it came. */
void answer_take(void *arg, const struct kc_result *result);
void answer_fini(struct answer *a); /* may be used again then */

/* Runs the loop until `*flag`, at most for `timeout_ms` (-1: as long as it takes).
 * Returns *flag. */
bool api_until(struct api *c, const bool *flag, int64_t timeout_ms);

/* Runs the loop until the answer is there. -1: it is no success; err says so in words
 * for people, and the answer tells programs. */
int api_wait(struct api *c, struct answer *a, struct err *err);

/* One request and its answer. */
int api_get(struct api *c, const struct kc_ref *ref, struct answer *ret,
            struct err *err);
int api_list(struct api *c, const struct kc_ref *ref, const char *query,
             struct answer *ret, struct err *err);
/* All objects of a kind, of all namespaces, page by page; each is lent. */
int api_list_each(struct api *c, const struct kc_resource *kind,
                  void (*fn)(void *arg, const struct json *object), void *arg,
                  struct err *err);
int api_create(struct api *c, const struct kc_ref *ref, const struct json *body,
               struct answer *ret, struct err *err);
int api_patch(struct api *c, const struct kc_ref *ref, enum kc_patch type,
              const struct json *body, struct answer *ret, struct err *err);
int api_delete(struct api *c, const struct kc_ref *ref,
               const struct kc_delete_options *options, struct answer *ret,
               struct err *err);

#endif
