/* prober_process - asks containers that are local processes.
 *
 * Every answer is told from the call's own timer: a transport cannot be freed within
 * its own callbacks. The same timer is the timeout.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/prober.h"
#include "cmd/gantry-local/tcpcheck.h"
#include "kubeclient/transport_curl.h"

#define PROBE_AGENT "kube-probe/1.37"
#define HOOK_AGENT "kube-lifecycle/1.37"
#define TEXT_BYTES_MAX (16u << 10)

struct process_prober {
    struct prober base;
    struct loop *loop;
    struct executor *executor;
};

struct call {
    struct prober_call base;
    struct process_prober *prober;
    prober_done_fn *done;
    void *arg;
    struct loop_timer *timer;
    bool has_answer;
    enum prober_answer answer;
    bool is_hook;
    struct str text;    /* of the answer; before, what a timeout is called */
    char *target, *url; /* "127.1.2.3:80" */

    struct executor_exec *exec;
    struct tcpcheck *tcp;
    struct transport *transport;
    struct transport_call *request;
};

static void release(struct call *c)
{
    if (c->exec)
        c->prober->executor->ops->exec_cancel(c->exec);
    tcpcheck_free(c->tcp);
    if (c->request)
        transport_cancel(c->request);
    transport_free(c->transport);
    loop_timer_free(c->timer);
    str_fini(&c->text);
    free(c->target);
    free(c->url);
    free(c);
}

static void on_timer(void *arg)
{
    struct call *c = arg;
    AUTO_FREE char *text = xstrdup(c->text.s);
    const enum prober_answer answer = c->has_answer ? c->answer : PROBER_FAILED;
    prober_done_fn *done = c->done;
    void *done_arg = c->arg;

    release(c);
    done(done_arg, answer, text);
}

__attribute__((format(printf, 3, 4))) static void conclude(struct call *c,
                                                           enum prober_answer answer,
                                                           const char *fmt, ...)
{
    va_list ap;

    if (c->has_answer)
        return;
    c->has_answer = true;
    c->answer = answer;
    str_reset(&c->text);
    va_start(ap, fmt);
    str_vaddf(&c->text, fmt, ap);
    va_end(ap);
    loop_timer_start(c->timer, 0);
}

/* ---- exec ---- */

static void executed(void *arg, const struct executor_exit *how, const char *output)
{
    struct call *c = arg;

    c->exec = NULL;
    conclude(c, how->exit_code == 0 ? PROBER_WELL : PROBER_FAILED, "%s", output);
}

static void ask_exec(struct call *c, const struct prober_ask *ask)
{
    const struct executor_ops *ops = c->prober->executor->ops;
    char **argv = ask->probe->command;
    struct err err = ERR_INIT;

    str_add(&c->text, "command \"");
    for (size_t i = 0; argv[i]; i++)
        str_addf(&c->text, "%s%s", i ? " " : "", argv[i]);
    str_add(&c->text, "\" timed out");
    c->exec = ops->exec(ask->run, argv, executed, c, &err);
    if (!c->exec)
        conclude(c, PROBER_ERROR, "%s", err.msg);
}

/* ---- a connection ---- */

static void checked(void *arg, const char *why)
{
    struct call *c = arg;

    if (why)
        conclude(c, PROBER_FAILED, "dial tcp %s: connect: %s", c->target, why);
    else
        conclude(c, PROBER_WELL, "%s", "");
}

static const char *host_of(const struct prober_ask *ask)
{
    return ask->probe->host ? ask->probe->host : ask->pod_ip;
}

static void ask_tcp(struct call *c, const struct prober_ask *ask)
{
    struct err err = ERR_INIT;

    str_addf(&c->text, "dial tcp %s: i/o timeout", c->target);
    c->tcp =
        tcpcheck_new(c->prober->loop, host_of(ask), ask->probe->port, checked, c, &err);
    if (!c->tcp)
        conclude(c, PROBER_ERROR, "%s", err.msg);
}

/* ---- HTTP ---- */

static void on_head(void *arg, const struct transport_head *head)
{
    struct call *c = arg;

    if (c->is_hook || (head->status >= 200 && head->status < 400))
        conclude(c, PROBER_WELL, "%s", "");
    else
        conclude(c, PROBER_FAILED, "HTTP probe failed with statuscode: %d",
                 head->status);
}

static void on_data(void *arg, const char *bytes, size_t len)
{
    (void)arg, (void)bytes, (void)len; /* the status says it all */
}

static void on_done(void *arg, enum transport_end end, const char *why)
{
    struct call *c = arg;

    (void)end;
    c->request = NULL;
    if (str_starts(why, "Failed to connect to "))
        conclude(c, PROBER_FAILED,
                 "Get \"%s\": dial tcp %s: connect: connection refused", c->url,
                 c->target);
    else
        conclude(c, PROBER_FAILED, "Get \"%s\": %s", c->url, why);
}

static const struct transport_events events = {on_head, on_data, on_done};

static void ask_http(struct call *c, const struct prober_ask *ask)
{
    const struct probe_spec *p = ask->probe;
    AUTO_FREE char *server = xasprintf("http%s://%s", p->https ? "s" : "", c->target);
    const struct kc_config config = {.server = server, .insecure = true};
    const struct transport_request req = {.method = "GET",
                                          .path = p->path,
                                          .accept = "*/*",
                                          .headers = (const char *const *)p->headers,
                                          .stream = true};
    struct err err = ERR_INIT;

    c->is_hook = p->is_hook;
    c->url = xasprintf("%s%s", server, p->path);
    str_addf(&c->text,
             "Get \"%s\": context deadline exceeded (Client.Timeout exceeded while "
             "awaiting headers)",
             c->url);
    c->transport = transport_curl_new(c->prober->loop, &config,
                                      p->is_hook ? HOOK_AGENT : PROBE_AGENT, &err);
    if (c->transport)
        c->request = transport_start(c->transport, &req, &events, c, &err);
    if (!c->request)
        conclude(c, PROBER_ERROR, "%s", err.msg);
}

/* ---- all ---- */

static struct prober_call *start(struct prober *base, const struct prober_ask *ask,
                                 prober_done_fn *done, void *arg)
{
    struct process_prober *p = (struct process_prober *)base;
    const struct probe_spec *probe = ask->probe;
    struct call *c = xcalloc(1, sizeof(*c));

    c->base.prober = base;
    c->prober = p;
    c->done = done;
    c->arg = arg;
    str_init(&c->text, TEXT_BYTES_MAX);
    c->timer = loop_timer_new(p->loop, on_timer, c);
    loop_timer_start(c->timer, probe->timeout_sec * 1000);
    c->target = xasprintf("%s:%d", host_of(ask), probe->port);
    if (probe->action != PROBE_EXEC && probe->port == 0)
        conclude(c, PROBER_ERROR, "its port is none of the container's");
    else if (probe->action == PROBE_EXEC)
        ask_exec(c, ask);
    else if (probe->action == PROBE_TCP)
        ask_tcp(c, ask);
    else
        ask_http(c, ask);
    return &c->base;
}

static void cancel(struct prober_call *call)
{
    release((struct call *)call);
}

static void process_prober_free(struct prober *p)
{
    free(p);
}

static const struct prober_ops ops = {start, cancel, process_prober_free};

struct prober *prober_process_new(struct loop *loop, struct executor *executor)
{
    struct process_prober *p = xcalloc(1, sizeof(*p));

    p->base.ops = &ops;
    p->loop = loop;
    p->executor = executor;
    return &p->base;
}
