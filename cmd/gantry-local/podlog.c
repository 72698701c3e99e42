#include "cmd/gantry-local/podlog.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/util.h"
#include "cmd/gantry-local/answer.h"
#include "cmd/gantry-local/logopts.h"
#include "cmd/gantry-local/nodedial.h"
#include "cmd/gantry-local/nodeobject.h"

/* What is read of a refusal of the node. */
#define REFUSAL_BYTES_MAX (64u << 10)

/* One log that is passed on.
 *
 *   node --transport--> on_data --> sink     paused while PODLOG_UNSENT_MAX wait there
 *
 * The transport cannot be freed from within its own callbacks, so what has ended is
 * freed by the timer.
 */
struct podlog {
    struct api_exchange base;
    TAILQ_ENTRY(podlog) link;
    struct apiserver *server;
    struct api_sink *sink; /* NULL: the client has its answer, or has gone */
    char *pod, *url;
    struct transport *transport;
    struct transport_call *call; /* NULL: ended */
    struct loop_timer *reaper;
    int status; /* of the node's answer; 0: none yet */
    bool is_paused;
    struct str refusal; /* the node's */
};

/* ---- life ---- */

static void podlog_free(struct podlog *p)
{
    TAILQ_REMOVE(&p->server->podlogs, p, link);
    if (p->call)
        transport_cancel(p->call);
    transport_free(p->transport);
    loop_timer_free(p->reaper);
    str_fini(&p->refusal);
    free(p->pod);
    free(p->url);
    free(p);
}

static void on_reap(void *arg)
{
    podlog_free(arg);
}

/* The client is not served any more. */
static void let_go(struct podlog *p)
{
    p->sink = NULL;
    if (p->call)
        transport_cancel(TAKE(p->call));
    loop_timer_start(p->reaper, 0);
}

static void on_close(struct api_exchange *x)
{
    let_go((struct podlog *)x);
}

static void on_drained(struct api_exchange *x)
{
    struct podlog *p = (struct podlog *)x;

    if (p->is_paused && p->call)
        transport_pause(p->call, false);
    p->is_paused = false;
}

static const struct api_exchange_ops exchange_ops = {on_close, on_drained};

static void end(struct podlog *p)
{
    struct api_sink *sink = p->sink;

    let_go(p);
    sink->ops->end(sink);
}

void podlogs_end(struct apiserver *server)
{
    struct podlog *p;

    while ((p = TAILQ_FIRST(&server->podlogs))) {
        struct api_sink *sink = p->sink;

        podlog_free(p);
        if (sink)
            sink->ops->end(sink);
    }
}

/* ---- refusals ---- */

/* As a kube-apiserver makes a Status of a kubelet's answer. */
static int refuse_answer(struct refusal *r, const struct podlog *p)
{
    switch (p->status) {
    case 400:
        return refuse_bad_request(r, "%s", p->refusal.s);
    case 404:
        return refuse(r, 404, "NotFound",
                      "the server could not find the requested resource ( pods/log %s)",
                      p->pod);
    case 500:
        return refuse(r, 500, "InternalError", "Internal error occurred: %s",
                      p->refusal.s);
    default:
        return refuse(r, p->status, "",
                      "the server responded with the status code %d but did not return "
                      "more information ( pods/log %s)",
                      p->status, p->pod);
    }
}

/* A node that is not there, as Go words it. */
static int refuse_unreached(struct refusal *r, const struct podlog *p, const char *why)
{
    const char *host = p->url + strlen("https://");

    if (str_starts(why, "Failed to connect to "))
        return refuse(r, 500, "",
                      "Get \"%s\": dial tcp %.*s: connect: connection refused", p->url,
                      (int)strcspn(host, "/"), host);
    return refuse(r, 500, "", "Get \"%s\": %s", p->url, why);
}

static void send_refusal(struct podlog *p, struct refusal *r)
{
    /* The request itself is gone by now. */
    static const struct api_request gone = {
        .method = "GET", .path = "", .query = "", .accept = "", .user_agent = ""};
    struct call call = {
        .server = p->server, .req = &gone, .sink = p->sink, .refusal = *r};

    *r = REFUSAL_INIT;
    let_go(p);
    answer_refusal(&call);
    refusal_fini(&call.refusal);
}

/* ---- from the node ---- */

static void on_head(void *arg, const struct transport_head *from)
{
    struct podlog *p = arg;
    const struct api_head head = {
        .status = 200, .content_type = "text/plain", .retry_after_sec = -1};

    p->status = from->status;
    if (p->status == 200)
        p->sink->ops->head(p->sink, &head);
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    struct podlog *p = arg;
    size_t unsent;

    if (p->status != 200) {
        str_addn(&p->refusal, bytes, len);
        return;
    }
    unsent = p->sink->ops->data(p->sink, bytes, len);
    if (unsent > PODLOG_UNSENT_MAX && !p->is_paused) {
        p->is_paused = true;
        transport_pause(p->call, true);
    }
}

static void on_done(void *arg, enum transport_end how, const char *why)
{
    struct podlog *p = arg;
    struct refusal refusal = REFUSAL_INIT;

    p->call = NULL;
    if (p->status ==
        200) { /* whatever cut it: as a kube-apiserver, which says nothing */
        end(p);
        return;
    }
    if (how == TRANSPORT_DONE)
        refuse_answer(&refusal, p);
    else
        refuse_unreached(&refusal, p, why);
    send_refusal(p, &refusal);
}

static const struct transport_events events = {on_head, on_data, on_done};

/* ---- which container, which node ---- */

static void add_names(struct str *out, const struct json *containers)
{
    for (size_t i = 0; i < json_len(containers); i++)
        str_addf(out, "%s%s", out->len ? " " : "",
                 json_str_or(json_item(containers, i), "name", ""));
}

static int refuse_unnamed(struct call *call, const struct json *pod)
{
    STR_AUTO struct str names;

    str_init(&names, REFUSAL_BYTES_MAX);
    add_names(&names, json_at(pod, "spec.initContainers"));
    add_names(&names, json_at(pod, "spec.containers"));
    return refuse_bad_request(
        &call->refusal,
        "a container name must be specified for pod %s, choose one of: [%s]",
        call->name, names.s);
}

static bool has_container(const struct json *list, const char *name)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "name"), name))
            return true;
    return false;
}

/* Lent by the pod or the options. */
static int find_container(struct call *call, const struct json *pod, const char *wanted,
                          const char **ret)
{
    const struct json *mains = json_at(pod, "spec.containers");

    if (!wanted && json_len(mains) != 1)
        return refuse_unnamed(call, pod);
    *ret = wanted ? wanted : json_str_or(json_item(mains, 0), "name", "");
    if (has_container(mains, *ret) ||
        has_container(json_at(pod, "spec.initContainers"), *ret))
        return 0;
    return refuse_bad_request(&call->refusal, "container %s is not valid for pod %s",
                              *ret, call->name);
}

static const char *internal_ip(const struct json *node)
{
    const struct json *list = json_at(node, "status.addresses");

    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), "InternalIP"))
            return json_str(json_item(list, i), "address");
    return NULL;
}

/* The key has a dot, which paths cannot name. */
static const char *serving_ca(const struct json *node)
{
    const struct json *ca =
        json_get(json_at(node, "metadata.annotations"), NODE_SERVING_CA);

    return json_is(ca, JSON_STRING) ? json_string(ca) : NULL;
}

/* The node as a tree, which lends what stands in the endpoint. */
static struct json *find_node(struct call *call, const char *name,
                              struct node_endpoint *ret)
{
    const struct kind *kind = kinds_find(call->server->kinds, "", "v1", "nodes");
    const struct object *o = table_find(call_table(call->server, kind), "", name);
    struct json *node;

    if (!o) {
        refuse_not_found(&call->refusal, kind, name);
        return NULL;
    }
    node = object_tree(o);
    *ret = (struct node_endpoint){
        .address = internal_ip(node),
        .port =
            (int)json_int_or(node, "status.daemonEndpoints.kubeletEndpoint.Port", 0),
        .ca_pem = serving_ca(node),
    };
    if (ret->address && ret->port > 0 && call->server->dialer)
        return node;
    json_free(node);
    refuse(&call->refusal, 500, "InternalError",
           "Internal error occurred: node \"%s\" serves no logs", name);
    return NULL;
}

/* ---- the request ---- */

static struct podlog *podlog_new(struct call *call, const struct node_endpoint *to,
                                 const char *path)
{
    struct node_dialer *dialer = call->server->dialer;
    struct podlog *p = xcalloc(1, sizeof(*p));
    struct err err = ERR_INIT;
    const struct transport_request req = {
        .method = "GET", .path = path, .accept = "*/*", .stream = true};

    p->base.ops = &exchange_ops;
    p->server = call->server;
    p->sink = call->sink;
    p->pod = xstrdup(call->name);
    p->url = xasprintf("https://%s:%d%s", to->address, to->port, path);
    p->reaper = loop_timer_new(call->server->loop, on_reap, p);
    str_init(&p->refusal, REFUSAL_BYTES_MAX);
    TAILQ_INSERT_TAIL(&call->server->podlogs, p, link);
    p->transport = dialer->dial(dialer, to, &err);
    p->call =
        p->transport ? transport_start(p->transport, &req, &events, p, &err) : NULL;
    if (p->call)
        return p;
    refuse(&call->refusal, 500, "InternalError", "Internal error occurred: %s",
           err.msg);
    podlog_free(p);
    return NULL;
}

static int ask_node(struct call *call, const char *node_name, const char *container,
                    const struct logopts *o)
{
    struct node_endpoint to;
    JSON_AUTO struct json *node = find_node(call, node_name, &to);
    STR_AUTO struct str query;
    AUTO_FREE char *path = NULL;
    struct podlog *p;

    str_init(&query, 4096);
    if (!node)
        return -1;
    logopts_print(o, &query);
    path = xasprintf("/containerLogs/%s/%s/%s%s%s", call->ns, call->name, container,
                     query.len ? "?" : "", query.s);
    p = podlog_new(call, &to, path);
    if (!p)
        return -1;
    call->exchange = &p->base;
    return 0;
}

int verb_log(struct call *call)
{
    const struct object *o = table_find(call->table, call->ns, call->name);
    JSON_AUTO struct json *pod = NULL;
    const char *node, *container = NULL;
    STR_AUTO struct str nothing;
    struct logopts options;

    str_init(&nothing, 1);
    if (!o)
        return refuse_not_found(&call->refusal, call->kind, call->name);
    pod = object_tree(o);
    if (logopts_read(call, call->name, &options) != 0 ||
        find_container(call, pod, options.container, &container) != 0)
        return -1;
    node = json_str_or(pod, "spec.nodeName", "");
    if (!*node)
        return answer_bytes(call, 204, "", &nothing);
    return ask_node(call, node, container, &options);
}
