#include "cmd/gantry/api.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "crds/kinds.h"
#include "kubeclient/config.h"
#include "kubeclient/transport_curl.h"

#define USER_AGENT "gantry/0.1 (linux)"
/* As `gantry-local up` without --dir: below the home, if no variable names a place. */
#define STATE_VARIABLE "XDG_STATE_HOME"
#define STATE_DIR ".local/state"
#define LOCAL_KUBECONFIG "gantry-local/kubeconfig"
/* Shorter waits are not worth a line. */
#define TELL_AFTER_MS 1000
#define PAGE 500
#define QUERY_MAX 4096

const struct kc_resource api_jobs = KIND_BATCHJOB;
const struct kc_resource api_partitions = KIND_PARTITION;
const struct kc_resource api_reservations = KIND_RESERVATION;
const struct kc_resource api_accounts = KIND_ACCOUNT;

/* ---- opening ---- */

/* Where gantry-local leaves its kubeconfig, if kubectl would find none; NULL. */
static char *local_kubeconfig(const struct kc_config_source *source)
{
    if (source->explicit_path || cli_env("KUBECONFIG") || !source->home ||
        (source->service_host && source->service_host[0]))
        return NULL;
    AUTO_FREE char *usual = xasprintf("%s/.kube/config", source->home);
    const char *state = cli_env(STATE_VARIABLE);
    AUTO_FREE char *local =
        state ? xasprintf("%s/" LOCAL_KUBECONFIG, state)
              : xasprintf("%s/" STATE_DIR "/" LOCAL_KUBECONFIG, source->home);
    if (access(usual, F_OK) == 0 || access(local, F_OK) != 0)
        return NULL;
    return TAKE(local);
}

static void take_config(struct api *c, struct kc_config *config, const char *wanted_ns)
{
    c->ns = wanted_ns ? xstrdup(wanted_ns) : xstrdup(config->namespace_);
    c->server = xstrdup(config->server);
    c->context = xstrdup(config->context);
}

/* For who has no cluster at all. */
static void suggest_up(const struct kc_config_source *source, struct err *err)
{
    AUTO_FREE char *said = xstrdup(err->msg);
    if (err->code == ERR_NOT_FOUND && !source->explicit_path && !source->env_kubeconfig)
        err_set(err, ERR_NOT_FOUND,
                "%s; or start a cluster on this machine: gantry-local up", said);
}

static int connect_own(struct api *c, const struct api_options *o, struct err *err)
{
    struct kc_config_source source = kc_config_source_env(o->kubeconfig);
    AUTO_FREE char *local = local_kubeconfig(&source);
    struct kc_config config;

    source.context = o->context;
    if (local)
        source.explicit_path = local;
    c->is_local = local != NULL;
    if (kc_config_load(&config, &source, err) < 0) {
        suggest_up(&source, err);
        return -1;
    }
    take_config(c, &config, o->namespace_);
    c->own_loop = loop_new(err);
    if (c->own_loop)
        c->own_transport = transport_curl_new(c->own_loop, &config, USER_AGENT, err);
    kc_config_fini(&config);
    return c->own_transport ? 0 : -1;
}

static void on_warning(void *arg, const char *text)
{
    struct api *c = arg;

    cli_say(c->cli, "the API server warns: %s", text);
}

int api_open(struct api *ret, const struct cli *cli, const struct api_options *options,
             struct err *err)
{
    struct transport *transport = cli->transport;
    struct rng rng;

    *ret = (struct api){.cli = cli, .loop = cli->loop};
    if (transport) {
        ret->ns = xstrdup(options->namespace_ ? options->namespace_ : "default");
        ret->server = xstrdup("");
        ret->context = xstrdup("");
    } else {
        if (connect_own(ret, options, err) < 0) {
            api_close(ret);
            return -1;
        }
        ret->loop = ret->own_loop;
        transport = ret->own_transport;
    }
    rng_seed_os(&rng);
    ret->client = kc_client_new(ret->loop, transport, &rng);
    kc_client_give_up_unsent(ret->client);
    kc_client_on_warning(ret->client, on_warning, ret);
    return 0;
}

static void on_signal(void *arg, int signo)
{
    struct api *c = arg;

    (void)signo;
    c->interrupted = true;
    if (c->wake_on_signal)
        *c->wake_on_signal = true;
}

int api_catch_signals(struct api *c, struct err *err)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < ARRAY_LEN(caught) && !loop_is_virtual(c->loop); i++) {
        if (!c->signals[i])
            c->signals[i] = loop_signal_new(c->loop, caught[i], on_signal, c, err);
        if (!c->signals[i])
            return -1;
    }
    return 0;
}

void api_close(struct api *c)
{
    for (size_t i = 0; i < ARRAY_LEN(c->signals); i++)
        loop_signal_free(c->signals[i]);
    kc_client_free(c->client);
    transport_free(c->own_transport);
    loop_free(c->own_loop);
    free(c->ns);
    free(c->server);
    free(c->context);
    *c = (struct api){0};
}

/* ---- waiting ---- */

static void tell(struct api *c)
{
    if (!c->told)
        cli_say(c->cli, "waiting for the API server%s%s", c->server[0] ? " at " : "",
                c->server);
    c->told = true;
}

/* Whatever is due, within at most `ms`. */
static void turn(struct api *c, int64_t ms)
{
    if (loop_is_virtual(c->loop))
        loop_step(c->loop, loop_now_ms(c->loop) + ms);
    else
        loop_poll(c->loop, ms);
}

bool api_until(struct api *c, const bool *flag, int64_t timeout_ms)
{
    const int64_t start_ms = loop_mono_ms(c->loop);
    int64_t left_ms = timeout_ms;

    while (!*flag && (timeout_ms < 0 || left_ms > 0)) {
        turn(c, timeout_ms < 0 ? TELL_AFTER_MS : left_ms);
        left_ms = timeout_ms - (loop_mono_ms(c->loop) - start_ms);
    }
    return *flag;
}

/* Of an object that its schema refuses Kubernetes says besides that it evaluated no
 * rules, as a first cause: that helps nobody. */
static char *without_note(const struct kc_result *r)
{
    static const char note[] = "<nil>: Invalid value: null: some validation rules were "
                               "not checked because the object was invalid; correct "
                               "the existing errors to complete validation, ";
    const char *message = r->message ? r->message : "", *at = strstr(message, note);

    if (!at)
        return xstrdup(message);
    const char *rest = at + strlen(note);
    const size_t len = strlen(rest);
    const bool alone = json_len(json_at(r->status, "details.causes")) == 2 &&
                       at > message && at[-1] == '[' && str_ends(rest, "]");
    return xasprintf("%.*s%.*s", (int)(at - message - alone), message,
                     (int)(len - alone), rest);
}

void answer_take(void *arg, const struct kc_result *r)
{
    struct answer *a = arg;
    struct kc_result said = *r;

    *a = (struct answer){
        .come = true,
        .outcome = r->outcome,
        .reason = r->reason,
        .http_status = r->http_status,
        .message = without_note(r),
        .body = r->body ? json_ref((struct json *)r->body) : NULL,
        .status = r->status ? json_ref((struct json *)r->status) : NULL,
    };
    said.message = a->message;
    if (r->outcome != KC_OK)
        kc_result_err(&said, &a->err);
}

void answer_fini(struct answer *a)
{
    json_free(a->body);
    json_free(a->status);
    free(a->message);
    *a = (struct answer){0};
}

/* ---- what went wrong, for people ---- */

static int explain(const struct api *c, const struct answer *a, struct err *err)
{
    const char *at = c->server[0] ? c->server : "(none)";

    if (a->reason == KC_REASON_NO_CONNECTION)
        err_set(err, a->err.code, "Unable to contact the API server at %s: %s%s", at,
                a->message,
                c->is_local ? " (`gantry-local up` starts the local one)" : "");
    else if (a->reason == KC_REASON_UNAUTHORIZED)
        err_set(err, a->err.code,
                "the API server at %s does not accept the credentials of context "
                "\"%s\": they are wrong or have expired; renew them in the kubeconfig",
                at, c->context);
    else if (a->reason == KC_REASON_FORBIDDEN)
        err_set(err, a->err.code, "Access/permission denied: %s", a->message);
    else if (a->outcome == KC_UNKNOWN)
        err_set(err, a->err.code, "no clear answer from the API server at %s: %s", at,
                a->err.msg);
    else
        err_set(err, a->err.code, "%s", a->message[0] ? a->message : a->err.msg);
    err_flatten(err);
    err->http_status = a->http_status;
    return -1;
}

int api_wait(struct api *c, struct answer *a, struct err *err)
{
    if (!api_until(c, &a->come, TELL_AFTER_MS)) {
        tell(c);
        api_until(c, &a->come, -1);
    }
    return a->outcome == KC_OK ? 0 : explain(c, a, err);
}

/* ---- one request ---- */

int api_get(struct api *c, const struct kc_ref *ref, struct answer *ret,
            struct err *err)
{
    kc_get(c->client, ref, answer_take, ret);
    return api_wait(c, ret, err);
}

int api_list(struct api *c, const struct kc_ref *ref, const char *query,
             struct answer *ret, struct err *err)
{
    kc_list(c->client, ref, query, answer_take, ret);
    if (api_wait(c, ret, err) == 0)
        return 0;
    if (ret->reason == KC_REASON_NOT_FOUND && ref->resource->group[0])
        err_set(
            err, ERR_NOT_FOUND,
            "the API server at %s has no %s in %s/%s: Gantry is not installed there",
            c->server, ref->resource->plural, ref->resource->group,
            ref->resource->version);
    return -1;
}

int api_list_each(struct api *c, const struct kc_resource *kind,
                  void (*fn)(void *arg, const struct json *object), void *arg,
                  struct err *err)
{
    const struct kc_ref ref = {kind, NULL, NULL, NULL};
    STR_AUTO struct str query;

    str_init(&query, QUERY_MAX);
    str_addf(&query, "limit=%d", PAGE);
    for (bool more = true; more;) {
        ANSWER_AUTO struct answer a = {0};

        if (api_list(c, &ref, query.s, &a, err) < 0)
            return err_prefix(err, "list %s", kind->plural);
        const struct json *items = json_get(a.body, "items");
        for (size_t i = 0; json_is(items, JSON_ARRAY) && i < json_len(items); i++)
            fn(arg, json_item(items, i));
        const char *next = json_str_or(a.body, "metadata.continue", "");
        more = *next != '\0';
        str_reset(&query);
        str_addf(&query, "limit=%d&continue=", PAGE);
        kc_escape(next, &query);
    }
    return 0;
}

int api_create(struct api *c, const struct kc_ref *ref, const struct json *body,
               struct answer *ret, struct err *err)
{
    kc_create(c->client, ref, body, answer_take, ret);
    return api_wait(c, ret, err);
}

int api_patch(struct api *c, const struct kc_ref *ref, enum kc_patch type,
              const struct json *body, struct answer *ret, struct err *err)
{
    kc_patch(c->client, ref, type, body, answer_take, ret);
    return api_wait(c, ret, err);
}

int api_delete(struct api *c, const struct kc_ref *ref,
               const struct kc_delete_options *options, struct answer *ret,
               struct err *err)
{
    kc_delete(c->client, ref, options, answer_take, ret);
    return api_wait(c, ret, err);
}
