/*
 * client - Kubernetes API requests as asynchronous calls.
 *
 * Every request ends in one kc_result that tells three things apart: it happened
 * (KC_OK), the server refused it and nothing happened (KC_REFUSED, with the reason), or
 * nobody knows (KC_UNKNOWN: cut connection, 500, 504: the server may still commit it).
 * Whoever writes must say what an unknown outcome means for that write (see
 * kc_repeatable). A 2xx answer whose body is a failed Status counts as refused, as in
 * client-go. The client itself repeats nothing but: 429 and 503 that carry Retry-After
 * (at most 5 times), a call that was certainly not sent (with back-off, GET only), and
 * once after a 401 when the token was reread.
 *
 * Callbacks come from the loop, never from within the call that starts a request. A
 * call may be cancelled; then its callback never comes (the write may still happen).
 */
#ifndef GANTRY_KUBECLIENT_CLIENT_H
#define GANTRY_KUBECLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/loop.h"
#include "base/rng.h"
#include "kubeclient/transport.h"

struct kc_client;
struct kc_call;

/* A served resource; constant tables of these stand where they are used. */
struct kc_resource {
    const char *group; /* "" for the core group */
    const char *version;
    const char *plural;
    const char *kind;
    bool namespaced;
};

extern const struct kc_resource kc_pods, kc_nodes, kc_services, kc_configmaps,
    kc_leases, kc_events, kc_namespaces;

/* Which object. `ns` NULL: cluster-scoped, or all namespaces in a list. */
struct kc_ref {
    const struct kc_resource *resource;
    const char *ns;
    const char *name;        /* NULL: the collection */
    const char *subresource; /* "status", "binding"; NULL */
};

enum kc_outcome { KC_OK, KC_REFUSED, KC_UNKNOWN };

/* metav1.StatusReason; KC_REASON_OTHER for a word not listed. Decided by the Status'
 * reason, then by the HTTP code, never by the message. */
enum kc_reason {
    KC_REASON_NONE,
    KC_REASON_UNAUTHORIZED,
    KC_REASON_FORBIDDEN,
    KC_REASON_NOT_FOUND,
    KC_REASON_ALREADY_EXISTS,
    KC_REASON_CONFLICT,
    KC_REASON_GONE, /* also Expired */
    KC_REASON_INVALID,
    KC_REASON_BAD_REQUEST,
    KC_REASON_METHOD_NOT_ALLOWED,
    KC_REASON_NOT_ACCEPTABLE,
    KC_REASON_UNSUPPORTED_MEDIA_TYPE,
    KC_REASON_TOO_LARGE,
    KC_REASON_TOO_MANY_REQUESTS,
    KC_REASON_SERVICE_UNAVAILABLE,
    KC_REASON_TIMEOUT,
    KC_REASON_INTERNAL,
    KC_REASON_NO_CONNECTION, /* certainly not sent */
    KC_REASON_OTHER,
};

/* Lent for the time of the callback. */
struct kc_result {
    enum kc_outcome outcome;
    enum kc_reason reason;     /* NONE when ok */
    int http_status;           /* 0: no answer */
    const char *message;       /* the Status' message or the transport's; "" when ok */
    int64_t retry_after_sec;   /* -1 */
    const struct json *body;   /* parsed answer when ok; NULL when it had none */
    const struct json *status; /* the Status object when not ok and it was one; NULL */
    const char *text; /* the answer's bytes when ok (logs are not JSON); may be NULL */
    size_t text_len;
};

typedef void kc_done_fn(void *arg, const struct kc_result *result);

/* `transport` is lent and must outlive the client. `rng` is copied (jitter). */
struct kc_client *kc_client_new(struct loop *loop, struct transport *transport,
                                const struct rng *rng);
/* Cancels what is under way. */
void kc_client_free(struct kc_client *client);
struct loop *kc_client_loop(const struct kc_client *client);

/* Where Warning: 299 texts of answers go, one by one; they are dropped when unset. */
void kc_client_on_warning(struct kc_client *client,
                          void (*fn)(void *arg, const char *text), void *arg);

/* From now on no call that was not sent is repeated: for programs whose user would
 * rather hear at once that the server is not there. */
void kc_client_give_up_unsent(struct kc_client *client);

/* From now on no write is sent, and none repeated, at a moment at which `may` says no:
 * it ends as one that found no connection. For who must be sure to be the one that
 * writes. */
void kc_client_guard_writes(struct kc_client *client, bool (*may)(void *arg),
                            void *arg);

struct kc_call *kc_get(struct kc_client *c, const struct kc_ref *ref, kc_done_fn *done,
                       void *arg);
/* One page. `query` is what stands behind '?', already escaped; NULL. */
struct kc_call *kc_list(struct kc_client *c, const struct kc_ref *ref,
                        const char *query, kc_done_fn *done, void *arg);
/* As kc_list, for long lists that are not to become trees (base/json_pick.h): of a good
 * answer there is only the text. It is not looked into: the caller sees by its "kind"
 * whether it is a list. */
struct kc_call *kc_list_text(struct kc_client *c, const struct kc_ref *ref,
                             const char *query, kc_done_fn *done, void *arg);

/* As kc_list_text, but the server prints what the kind's columns show of each object, a
 * meta.k8s.io/v1 Table; one that cannot refuses with KC_REASON_NOT_ACCEPTABLE. What
 * comes with a row is up to the query's includeObject. */
struct kc_call *kc_list_table(struct kc_client *c, const struct kc_ref *ref,
                              const char *query, kc_done_fn *done, void *arg);

/* Writes send fieldValidation=Strict and fieldManager=gantry. The body is read before
 * the call returns. */
struct kc_call *kc_create(struct kc_client *c, const struct kc_ref *ref,
                          const struct json *body, kc_done_fn *done, void *arg);
/* PUT; with metadata.resourceVersion in the body it is fenced. */
struct kc_call *kc_update(struct kc_client *c, const struct kc_ref *ref,
                          const struct json *body, kc_done_fn *done, void *arg);

enum kc_patch { KC_PATCH_MERGE, KC_PATCH_JSON, KC_PATCH_STRATEGIC, KC_PATCH_APPLY };
struct kc_call *kc_patch(struct kc_client *c, const struct kc_ref *ref,
                         enum kc_patch type, const struct json *body, kc_done_fn *done,
                         void *arg);

struct kc_delete_options {
    const char *uid;              /* precondition; NULL */
    const char *resource_version; /* precondition; NULL */
    int64_t grace_sec;            /* -1: the object's own */
    const char *propagation;      /* "Background", ...; NULL: default */
};
/* `options` NULL: a plain delete. */
struct kc_call *kc_delete(struct kc_client *c, const struct kc_ref *ref,
                          const struct kc_delete_options *options, kc_done_fn *done,
                          void *arg);

/* POST pods/<name>/binding with uid precondition. 409 has four meanings: after
 * KC_REFUSED with CONFLICT and after KC_UNKNOWN the caller GETs the pod; only same uid
 * and same node is success (kubernetes-notes 3.2). */
struct kc_call *kc_bind(struct kc_client *c, const char *ns, const char *pod,
                        const char *uid, const char *node, kc_done_fn *done, void *arg);

/* Any request, for what has no call of its own ("/version", discovery, logs). `body`
 * NULL: none. */
struct kc_call *kc_raw(struct kc_client *c, const char *method, const char *path,
                       const char *content_type, const struct json *body,
                       kc_done_fn *done, void *arg);

void kc_cancel(struct kc_call *call);
/* From now on the client repeats this call no more: for who would rather hear at once
 * that the server is not there. */
void kc_once(struct kc_call *call);

/* "/apis/gantry.dev/v1alpha1/namespaces/a/batchjobs/x/status" with each part escaped,
 * appended to out. */
void kc_path(const struct kc_ref *ref, struct str *out);
/* Percent-escapes a query value. */
void kc_escape(const char *value, struct str *out);

const char *kc_reason_name(enum kc_reason reason);
/* Fills err from a result that is not ok: HTTP status, "409 Conflict: message" in one
 * line. */
int kc_result_err(const struct kc_result *result, struct err *err);

#endif
