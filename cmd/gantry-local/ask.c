#include "cmd/gantry-local/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/util.h"
#include "kubeclient/config.h"
#include "kubeclient/transport_curl.h"

#define USER_AGENT "gantry-local/0.1 (linux)"
/* Jobs of some kilobytes, by the ten thousand. */
#define ANSWER_BYTES_MAX (256u << 20)

struct ask {
    struct loop *loop;
    struct transport *transport;
    struct kc_client *client;
    char *server;
};

/* One answer. */
struct answer {
    struct loop *loop;
    struct str *text; /* NULL: not wanted */
    struct err *err;
    int rc;
};

static void answered(void *arg, const struct kc_result *result)
{
    struct answer *a = arg;

    if (result->outcome != KC_OK)
        a->rc = kc_result_err(result, a->err);
    else if (a->text)
        str_addn(a->text, result->text, result->text_len);
    loop_stop(a->loop);
}

static void await(struct ask *a, struct kc_call *call)
{
    kc_once(call);
    loop_run(a->loop);
}

int ask_send(struct ask *a, const struct ask_request *request, struct err *err)
{
    struct answer answer = {.loop = a->loop, .err = err};

    await(a, kc_raw(a->client, request->method, request->path, request->type,
                    request->body, answered, &answer));
    return answer.rc;
}

int ask_list(struct ask *a, const struct kc_resource *resource, int limit,
             struct str *ret, struct err *err)
{
    const struct kc_ref ref = {.resource = resource};
    struct answer answer = {.loop = a->loop, .err = err, .text = ret};
    AUTO_FREE char *query = limit > 0 ? xasprintf("limit=%d", limit) : NULL;

    str_init(ret, ANSWER_BYTES_MAX);
    await(a, kc_list_text(a->client, &ref, query, answered, &answer));
    if (answer.rc == 0 && ret->overflow)
        return err_set(err, ERR_TOO_LARGE, "%s: more than %u bytes", resource->plural,
                       ANSWER_BYTES_MAX);
    return answer.rc;
}

struct ask *ask_open(struct loop *loop, const char *kubeconfig, struct err *err)
{
    const struct kc_config_source source = {.explicit_path = kubeconfig};
    struct kc_config config;
    struct rng rng;

    if (kc_config_load(&config, &source, err) != 0)
        return NULL;
    struct ask *a = xcalloc(1, sizeof(*a));
    a->loop = loop;
    a->server = xstrdup(config.server);
    a->transport = transport_curl_new(loop, &config, USER_AGENT, err);
    kc_config_fini(&config);
    rng_seed_os(&rng);
    if (a->transport) {
        a->client = kc_client_new(loop, a->transport, &rng);
        return a;
    }
    ask_close(a);
    return NULL;
}

void ask_close(struct ask *a)
{
    if (!a)
        return;
    if (a->client)
        kc_client_free(a->client);
    transport_free(a->transport);
    free(a->server);
    free(a);
}

const char *ask_server(const struct ask *a)
{
    return a->server;
}
