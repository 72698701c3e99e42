/*
 * status_error - refusals as metav1.Status bodies, worded as Kubernetes words them.
 *
 * A function of the server that cannot do what it was asked fills a struct refusal and
 * returns -1; the handler sends it. Clients decide on `reason`, then `code`, never on
 * the message, but people read the message, so it is Kubernetes' own.
 */
#ifndef GANTRY_LOCAL_STATUS_ERROR_H
#define GANTRY_LOCAL_STATUS_ERROR_H

#include <stdint.h>

#include "base/json.h"
#include "cmd/gantry-local/kinds.h"
#include "cmd/gantry-local/schema.h"

struct refusal {
    int code;                /* HTTP; 0: none */
    int64_t retry_after_sec; /* -1: none */
    struct json *status;     /* NULL where there is a page */
    const char *page;        /* what is said to people in its place; NULL */
};

#define REFUSAL_INIT ((struct refusal){.retry_after_sec = -1})

void refusal_fini(struct refusal *r);

/* All of these replace what the refusal held and return -1. */

/* Any reason, no details. */
int refuse(struct refusal *r, int code, const char *reason, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
int refuse_bad_request(struct refusal *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* `pods "x" not found` */
int refuse_not_found(struct refusal *r, const struct kind *kind, const char *name);
int refuse_exists(struct refusal *r, const struct kind *kind, const char *name,
                  bool is_deleting);
/* `Operation cannot be fulfilled on pods "x": <message>` */
int refuse_conflict(struct refusal *r, const struct kind *kind, const char *name,
                    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Likewise: what the request says of `what` ("UID") is not as it is; `is` "": there is
 * no object. */
int refuse_precondition(struct refusal *r, const struct kind *kind, const char *ns,
                        const char *name, const char *what, const char *wanted,
                        const char *is);
/* Likewise of another word for what it is: "pods/binding", "Pod". */
int refuse_conflict_of(struct refusal *r, const struct kind *kind, const char *word,
                       const char *name, const char *message);
/* `pods "x" is forbidden: <message>` */
int refuse_forbidden(struct refusal *r, const struct kind *kind, const char *name,
                     const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* `Pod "x" is invalid: [spec.a: Required value, ...]`; the causes are copied. */
int refuse_invalid(struct refusal *r, const struct kind *kind, const char *name,
                   const struct json *causes);
/* One cause. */
int refuse_field(struct refusal *r, const struct kind *kind, const char *name,
                 const struct cause *cause);
/* Likewise of what has no kind: ` "" is invalid: ...`; the group may be "". */
int refuse_nameless(struct refusal *r, const char *group, const struct cause *cause);
/* One of the request's options: `ListOptions.meta.k8s.io "" is invalid: limit: ...` */
int refuse_request_option(struct refusal *r, const char *options,
                          const struct cause *cause);
/* Not even a group of that name: a page for people. */
int refuse_page(struct refusal *r);
/* No such path. */
int refuse_path(struct refusal *r);
int refuse_method(struct refusal *r);
/* The history does not reach back that far. */
int refuse_expired(struct refusal *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Puts details of which none are known. */
void refusal_no_details(struct refusal *r);
/* Puts details.causes, copied. */
void refusal_causes(struct refusal *r, const struct json *causes);

/* A cause_fn that appends to a JSON array. */
void causes_add(void *array, const struct cause *cause);

/* `Status` of success, as deletions and bindings answer. `uid` NULL: without. */
struct json *status_success(const struct kind *kind, const char *name, const char *uid);

/* "pods", "batchjobs.gantry.dev" */
char *kind_resource(const struct kind *kind);
/* "v1", "gantry.dev/v1alpha1" */
char *kind_api_version(const struct kind *kind);

#endif
