#include "tests/support/spy.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/util.h"

#define TEXT_MAX (16u << 20)
#define RULES_MAX 8

struct spy {
    struct transport base;
    struct loop *loop;
    struct transport *inner;
    struct spy_rule rules[RULES_MAX];
    size_t n_rules;
    void (*admit)(struct json *pod);
    struct str text, reads;
};

/* A spoilt request; all others are the inner transport's own calls. */
struct spoilt {
    struct transport_call base;
    struct spy *spy;
    struct spy_rule rule;
    const struct transport_events *events; /* NULL: cancelled while it is told */
    void *arg;
    bool telling;
    struct transport_call *inner; /* SPY_LOSE_ANSWER, until it has ended */
    struct loop_timer *answer;
};

static bool is_read(const char *method)
{
    return strcmp(method, "GET") == 0;
}

static bool path_ends(const char *path, size_t len, const char *end)
{
    size_t n = strlen(end);
    return len >= n && strncmp(path + len - n, end, n) == 0;
}

static struct spy_rule *rule_for(struct spy *spy, const struct transport_request *req)
{
    size_t len = strcspn(req->path, "?");
    for (size_t i = 0; i < spy->n_rules; i++) {
        struct spy_rule *r = &spy->rules[i];
        if (r->times != 0 && strcmp(r->method, req->method) == 0 &&
            path_ends(req->path, len, r->path_end))
            return r;
    }
    return NULL;
}

/* ---- the spoilt ones ---- */

static void spoilt_free(struct spoilt *s)
{
    if (s->inner)
        transport_cancel(s->inner);
    loop_timer_free(s->answer);
    free(s);
}

static void tell_refusal(const struct spoilt *s)
{
    const struct spy_rule *r = &s->rule;
    JSON_AUTO struct json *status =
        json_build("{'kind':'Status','apiVersion':'v1','status':'Failure','reason':%s,"
                   "'message':%s,'code':%i}",
                   r->reason, r->message, (int64_t)r->status);
    size_t len;
    AUTO_FREE char *text = json_text(status, &len);
    s->events->head(s->arg, &(struct transport_head){.status = r->status,
                                                     .content_type = "application/json",
                                                     .retry_after_sec = -1});
    if (s->events)
        s->events->data(s->arg, text, len);
}

static void on_answer(void *arg)
{
    struct spoilt *s = arg;
    bool refuse = s->rule.fate == SPY_REFUSE;
    s->telling = true;
    if (refuse)
        tell_refusal(s);
    if (s->events)
        s->events->done(s->arg, refuse ? TRANSPORT_DONE : TRANSPORT_CUT,
                        refuse ? "" : "spoilt by the test");
    spoilt_free(s);
}

static void drop_head(void *arg, const struct transport_head *head)
{
    (void)arg;
    (void)head;
}

static void drop_data(void *arg, const char *bytes, size_t len)
{
    (void)arg;
    (void)bytes;
    (void)len;
}

static void inner_done(void *arg, enum transport_end end, const char *why)
{
    struct spoilt *s = arg;
    (void)end;
    (void)why;
    s->inner = NULL;
    loop_timer_start(s->answer, 0);
}

static const struct transport_events dropping = {drop_head, drop_data, inner_done};

/* ---- the transport ---- */

static struct transport_call *spoil(struct spy *spy, struct spy_rule *rule,
                                    const struct transport_request *req,
                                    const struct transport_events *events, void *arg,
                                    struct err *err)
{
    struct spoilt *s = xcalloc(1, sizeof(*s));
    *s = (struct spoilt){.base.transport = &spy->base,
                         .spy = spy,
                         .rule = *rule,
                         .events = events,
                         .arg = arg,
                         .answer = loop_timer_new(spy->loop, on_answer, s)};
    if (rule->times > 0)
        rule->times--;
    if (rule->fate == SPY_LOSE_ANSWER)
        s->inner = transport_start(spy->inner, req, &dropping, s, err);
    else
        loop_timer_start(s->answer, 0);
    return &s->base;
}

static struct transport_call *pass(struct spy *spy, const struct transport_request *req,
                                   const struct transport_events *events, void *arg,
                                   struct err *err)
{
    bool is_pod = strcmp(req->method, "POST") == 0 &&
                  path_ends(req->path, strcspn(req->path, "?"), "/pods");
    if (!is_pod || !spy->admit)
        return transport_start(spy->inner, req, events, arg, err);
    struct transport_request admitted = *req;
    JSON_AUTO struct json *pod = json_parse(req->body, req->body_len, err);
    if (!pod)
        abort();
    spy->admit(pod);
    AUTO_FREE char *body = json_text(pod, &admitted.body_len);
    admitted.body = body;
    return transport_start(spy->inner, &admitted, events, arg, err);
}

static struct transport_call *spy_start(struct transport *t,
                                        const struct transport_request *req,
                                        const struct transport_events *events,
                                        void *arg, struct err *err)
{
    struct spy *spy = (struct spy *)t;
    struct spy_rule *rule = rule_for(spy, req);
    str_addf(is_read(req->method) ? &spy->reads : &spy->text, "%s %.*s\n", req->method,
             (int)strcspn(req->path, "?"), req->path);
    return rule ? spoil(spy, rule, req, events, arg, err)
                : pass(spy, req, events, arg, err);
}

/* Only spoilt calls are ours to cancel. */
static void spy_cancel(struct transport_call *call)
{
    struct spoilt *s = (struct spoilt *)call;
    if (s->telling)
        s->events = NULL;
    else
        spoilt_free(s);
}

static void spy_free(struct transport *t)
{
    struct spy *spy = (struct spy *)t;
    transport_free(spy->inner);
    str_fini(&spy->text);
    str_fini(&spy->reads);
    free(spy);
}

static const struct transport_ops spy_ops = {
    .start = spy_start, .cancel = spy_cancel, .free = spy_free};

struct transport *spy_new(struct loop *loop, struct transport *inner)
{
    struct spy *spy = xcalloc(1, sizeof(*spy));
    spy->base.ops = &spy_ops;
    spy->loop = loop;
    spy->inner = inner;
    str_init(&spy->text, TEXT_MAX);
    str_init(&spy->reads, TEXT_MAX);
    return &spy->base;
}

void spy_spoil(struct transport *t, const struct spy_rule *rule)
{
    struct spy *spy = (struct spy *)t;
    if (spy->n_rules == RULES_MAX)
        abort();
    spy->rules[spy->n_rules++] = *rule;
}

void spy_admit(struct transport *t, void (*change)(struct json *pod))
{
    ((struct spy *)t)->admit = change;
}

void spy_spare(struct transport *t)
{
    ((struct spy *)t)->n_rules = 0;
}

/* ---- what passed ---- */

size_t spy_count(const struct transport *t, const char *method, const char *path_end)
{
    const struct spy *spy = (const struct spy *)t;
    size_t n = 0;
    const char *lines = method && is_read(method) ? spy->reads.s : spy->text.s;
    for (const char *line = lines; *line; line = strchr(line, '\n') + 1) {
        size_t verb = strcspn(line, " "), len = strcspn(line, "\n");
        bool is_method =
            !method || (strlen(method) == verb && strncmp(line, method, verb) == 0);
        n += is_method && path_ends(line, len, path_end);
    }
    return n;
}

void spy_forget(struct transport *t)
{
    str_reset(&((struct spy *)t)->text);
    str_reset(&((struct spy *)t)->reads);
}

const char *spy_text(const struct transport *t)
{
    return ((const struct spy *)t)->text.s;
}
