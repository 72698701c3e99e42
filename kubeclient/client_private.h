/*
 * client_private - what the files of the client share with each other, and with the
 * reflector, which speaks to the transport by itself.
 */
#ifndef GANTRY_KUBECLIENT_CLIENT_PRIVATE_H
#define GANTRY_KUBECLIENT_CLIENT_PRIVATE_H

#include "kubeclient/client.h"

/* An ordinary answer's ceiling, whatever the transport allows. */
#define KC_ANSWER_MAX (64u << 20)

/* One request as the verbs put it; everything is lent until kc_call_start returns. */
struct kc_request {
    const char *method;
    const char *path; /* with query */
    const char *content_type;
    const char *accept;      /* NULL: JSON */
    const struct json *body; /* NULL: none */
    bool any_content;        /* an answer that is not JSON is fine: logs, /healthz */
    bool text_only;          /* a good answer is not parsed */
};

struct kc_call *kc_call_start(struct kc_client *c, const struct kc_request *request,
                              kc_done_fn *done, void *arg);

struct transport *kc_client_transport(const struct kc_client *c);
/* The client's own state: what the jitter is drawn from. */
struct rng *kc_client_rng(struct kc_client *c);
/* Tells who listens of each line. NULL: nothing. */
void kc_client_warn(struct kc_client *c, const char *warnings);

/* A whole answer, lent. */
struct kc_answer {
    const char *method;
    int http_status;
    const char *content_type; /* "" when absent */
    int64_t retry_after_sec;  /* -1 */
    const char *bytes;
    size_t len;
    bool any_content, text_only;
};

/* What a kc_result points into. */
struct kc_result_memory {
    struct json *doc;
    char message[ERR_MSG_MAX];
};

/* Tells what an answer means. `memory` is all zero before, and is to be given to
 * kc_result_memory_fini after the result was used. */
struct kc_result kc_result_of_answer(const struct kc_answer *answer,
                                     struct kc_result_memory *memory);
/* What a failed Status object says, as in a watch's ERROR event; `http_status` counts
 * where the Status has no code. The result borrows from `status`. */
struct kc_result kc_result_of_status(const struct json *status, int http_status,
                                     const char *method);
void kc_result_memory_fini(struct kc_result_memory *memory);

/* 0 to `span_ms` - 1, at random. */
int64_t kc_jitter_ms(struct rng *rng, int64_t span_ms);

#endif
