#include "kubeclient/transport_curl.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "base/util.h"
#include "kubeclient/curl_head.h"
#include "kubeclient/curl_sockets.h"
#include "kubeclient/curl_target.h"
#include "kubeclient/curl_token.h"

/* Over HTTP/1.1 a request in flight is a connection, and each watch holds one for good:
 * 32 writes at once and as many watches. HTTP/2 servers need one or two. */
#define CONNECTIONS_MAX 64
/* Below what servers close idle connections after (90 s): a request sent into a closing
 * connection has an unknown outcome. */
#define CONNECTION_IDLE_SEC 60
#define CONNECT_SEC 10
#define ORDINARY_SEC 60
#define KEEPALIVE_IDLE_SEC 30
#define KEEPALIVE_EVERY_SEC 5
/* What is sent and not acknowledged that long has no one at the other end. */
#define UNACKED_MS 45000
#define PATH_MAX_BYTES (128u << 10)
/* Easy handles kept for the next requests. */
#define SPARES_MAX 64

struct curl_call;

struct curl_transport {
    struct transport base;
    struct loop *loop;
    struct curl_sockets *sockets;
    struct curl_target target;
    struct curl_token token;
    bool insecure;
    bool shares; /* the server takes many requests on one connection: HTTP/2 */
    char *ca_pem, *cert_pem, *key_pem, *user_agent;
    CURL *spares[SPARES_MAX];
    size_t n_spares;
    struct curl_call *ready, **ready_end; /* what has something to tell, in order */
};

/*
 * libcurl's callbacks only collect (head, inbox); what they collected is told after it
 * has returned, since from within its callbacks no transfer can be started or ended.
 */
struct curl_call {
    struct transport_call base;
    struct curl_transport *t;
    const struct transport_events *events;
    void *arg;
    CURL *easy; /* NULL once it has ended or was cancelled */
    struct curl_slist *headers, *connect_to;
    char error[CURL_ERROR_SIZE];
    unsigned token_generation;
    bool is_get, is_stream;

    struct curl_head head;
    struct str inbox;
    size_t received;

    bool head_told, ended, cancelled, telling;
    enum transport_end end;
    const char *failure; /* our own reason for ending it; NULL */
    bool is_queued;
    struct curl_call *next_ready;
};

/* ---- what is to be told ---- */

static void queue(struct curl_call *call)
{
    if (call->is_queued)
        return;
    call->is_queued = true;
    call->next_ready = NULL;
    *call->t->ready_end = call;
    call->t->ready_end = &call->next_ready;
}

static struct curl_call *unqueue(struct curl_transport *t)
{
    struct curl_call *call = t->ready;

    if (call == NULL)
        return NULL;
    t->ready = call->next_ready;
    if (t->ready == NULL)
        t->ready_end = &t->ready;
    call->is_queued = false;
    return call;
}

static void release_easy(struct curl_call *call)
{
    struct curl_transport *t = call->t;

    if (call->easy == NULL)
        return;
    curl_multi_remove_handle(curl_sockets_multi(t->sockets), call->easy);
    curl_easy_reset(call->easy);
    if (t->n_spares < SPARES_MAX)
        t->spares[t->n_spares++] = call->easy;
    else
        curl_easy_cleanup(call->easy);
    call->easy = NULL;
}

static void call_free(struct curl_call *call)
{
    release_easy(call);
    curl_slist_free_all(call->headers);
    curl_slist_free_all(call->connect_to);
    curl_head_fini(&call->head);
    str_fini(&call->inbox);
    free(call);
}

static void tell_head(struct curl_call *call)
{
    struct curl_transport *t = call->t;
    struct transport_head head = {
        .status = call->head.status,
        .content_type = call->head.content_type ? call->head.content_type : "",
        .retry_after_sec = call->head.retry_after_sec,
        .warning = call->head.warning,
    };

    if (head.status == 401) {
        if (call->token_generation == t->token.generation)
            curl_token_reread(&t->token, loop_mono_ms(t->loop));
        head.renewed = call->token_generation != t->token.generation;
    }
    call->head_told = true;
    call->events->head(call->arg, &head);
}

static void tell(struct curl_call *call)
{
    call->telling = true;
    if (!call->cancelled && call->head.complete && !call->head_told)
        tell_head(call);
    if (!call->cancelled && call->inbox.len > 0) {
        call->events->data(call->arg, call->inbox.s, call->inbox.len);
        str_reset(&call->inbox);
    }
    if (!call->cancelled && call->ended)
        call->events->done(call->arg, call->end, call->error);
    call->telling = false;
    if (call->cancelled || call->ended)
        call_free(call);
}

/* ---- how it ended ---- */

static bool nothing_was_sent(CURL *easy)
{
    long bytes = 0;

    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes == 0;
}

/* "10.0.0.1:6443": where requests go. */
static const char *address_of(const struct curl_target *target)
{
    return target->connect_to ? target->connect_to + strlen("::")
                              : strstr(target->base, "://") + strlen("://");
}

/* curl says what is wrong with a certificate, but not whose it is. */
static void blame_server(struct curl_call *call)
{
    AUTO_FREE char *what = xstrdup(call->error);

    snprintf(call->error, sizeof(call->error),
             "%s is not the server that the kubeconfig's certificate-authority "
             "vouches for: %s",
             address_of(&call->t->target), what);
}

static void set_why(struct curl_call *call, CURLcode code)
{
    const char *why = call->failure    ? call->failure
                      : call->error[0] ? call->error
                                       : curl_easy_strerror(code);

    if (code == CURLE_PEER_FAILED_VERIFICATION)
        blame_server(call);
    else if (why != call->error)
        snprintf(call->error, sizeof(call->error), "%s", why);
    for (char *p = call->error; *p; p++)
        if ((unsigned char)*p < 0x20)
            *p = ' ';
}

static void finish(struct curl_call *call, CURLcode code)
{
    call->ended = true;
    if (code == CURLE_OK && call->head.complete) {
        call->end = TRANSPORT_DONE;
        call->error[0] = '\0';
    } else {
        call->end = nothing_was_sent(call->easy) ? TRANSPORT_NOT_SENT : TRANSPORT_CUT;
        set_why(call, code);
    }
    release_easy(call);
    queue(call);
}

static void on_acted(void *arg)
{
    struct curl_transport *t = arg;
    struct curl_call *call;
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(curl_sockets_multi(t->sockets), &left))) {
        CURLcode code = msg->data.result;

        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        finish(call, code);
    }
    while ((call = unqueue(t)))
        tell(call);
}

/* ---- libcurl's callbacks ---- */

static void note_version(struct curl_call *call)
{
    long version = 0;

    curl_easy_getinfo(call->easy, CURLINFO_HTTP_VERSION, &version);
    if (version != 0)
        call->t->shares = version >= CURL_HTTP_VERSION_2_0;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *arg)
{
    struct curl_call *call = arg;

    if (curl_head_line(&call->head, bytes, size * n) < 0) {
        call->failure = "the head of the answer is longer than 64 KiB";
        return 0;
    }
    if (call->head.complete && !call->head_told) {
        note_version(call);
        queue(call);
    }
    return size * n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct curl_call *call = arg;
    size_t len = size * n;

    call->received += len;
    str_addn(&call->inbox, bytes, len);
    if ((!call->is_stream && call->received > TRANSPORT_RESPONSE_MAX) ||
        call->inbox.overflow) {
        call->failure = "the answer is longer than 64 MiB";
        return 0;
    }
    queue(call);
    return len;
}

static int on_sockopt(void *arg, curl_socket_t fd, curlsocktype purpose)
{
    unsigned unacked_ms = UNACKED_MS;

    (void)arg, (void)purpose; /* the signature is libcurl's */
    /* Without it a dead peer is noticed later, that is all. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacked_ms,
                     sizeof(unacked_ms));
    return CURL_SOCKOPT_OK;
}

/* Called before each sending. libcurl sends a request again by itself when a kept
 * connection dies under it; a write that may have arrived must not be sent twice, for
 * its second answer would not tell what the first did. */
static int on_send(void *arg, char *remote, char *local, int remote_port,
                   int local_port)
{
    struct curl_call *call = arg;

    (void)remote, (void)local, (void)remote_port, (void)local_port; /* libcurl's */
    if (call->is_get || nothing_was_sent(call->easy))
        return CURL_PREREQFUNC_OK;
    call->failure = "the connection was lost after the request was sent";
    return CURL_PREREQFUNC_ABORT;
}

/* ---- setting up a request ---- */

static void set_blob(CURL *easy, CURLoption option, char *text)
{
    struct curl_blob blob = {
        .data = text, .len = text ? strlen(text) : 0, .flags = CURL_BLOB_NOCOPY};

    if (text)
        curl_easy_setopt(easy, option, &blob);
}

static void set_tls(struct curl_transport *t, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    /* A request waits for a connection that is being made only where it can share it.
     * Where the server turned out to speak HTTP/1.1, libcurl 8.14 lets it wait until
     * that connection is free again; a watch never frees its own. */
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, t->shares ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, t->insecure ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, t->insecure ? 0L : 2L);
    if (t->ca_pem)
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    set_blob(easy, CURLOPT_CAINFO_BLOB, t->ca_pem);
    set_blob(easy, CURLOPT_SSLCERT_BLOB, t->cert_pem);
    set_blob(easy, CURLOPT_SSLKEY_BLOB, t->key_pem);
}

static void set_connection(struct curl_transport *t, struct curl_call *call)
{
    CURL *easy = call->easy;

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_SEC);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_EVERY_SEC);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_sockopt);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)CONNECTION_IDLE_SEC);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SEC);
    if (t->target.https)
        set_tls(t, easy);
    else
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (t->target.loopback)
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (t->target.connect_to) {
        call->connect_to = curl_slist_append(NULL, t->target.connect_to);
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, call->connect_to);
    }
}

static void set_callbacks(struct curl_call *call)
{
    CURL *easy = call->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
}

static void add_header(struct curl_call *call, const char *name, const char *value)
{
    AUTO_FREE char *line = xasprintf("%s: %s", name, value);

    call->headers = curl_slist_append(call->headers, line);
}

static bool has_header(const struct transport_request *req, const char *name)
{
    const size_t len = strlen(name);

    for (const char *const *h = req->headers; h && *h; h++)
        if (strncasecmp(*h, name, len) == 0 && (*h)[len] == ':')
            return true;
    return false;
}

static void set_headers(struct curl_transport *t, struct curl_call *call,
                        const struct transport_request *req)
{
    for (const char *const *h = req->headers; h && *h; h++)
        call->headers = curl_slist_append(call->headers, *h);
    if (!has_header(req, "Accept"))
        add_header(call, "Accept", req->accept ? req->accept : "application/json");
    if (req->content_type)
        add_header(call, "Content-Type", req->content_type);
    else /* libcurl would say that it is a form */
        call->headers = curl_slist_append(call->headers, "Content-Type:");
    /* Not to wait for a "100 Continue" before a larger body. */
    call->headers = curl_slist_append(call->headers, "Expect:");
    if (t->target.host_header)
        call->headers = curl_slist_append(call->headers, t->target.host_header);
    curl_token_refresh(&t->token, loop_mono_ms(t->loop));
    call->token_generation = t->token.generation;
    if (t->token.value && t->target.https) {
        AUTO_FREE char *bearer = xasprintf("Bearer %s", t->token.value);
        add_header(call, "Authorization", bearer);
    }
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(call->easy, CURLOPT_USERAGENT, t->user_agent);
}

/* What writes says how long its body is, also when it has none. */
static bool has_body(const struct transport_request *req)
{
    return req->body ||
           (strcmp(req->method, "GET") != 0 && strcmp(req->method, "DELETE") != 0);
}

static void set_request(struct curl_transport *t, struct curl_call *call,
                        const struct transport_request *req)
{
    CURL *easy = call->easy;
    AUTO_FREE char *url = xasprintf("%s%s", t->target.base, req->path);
    int64_t timeout_sec = req->timeout_sec;

    if (timeout_sec == 0 && !req->stream)
        timeout_sec = ORDINARY_SEC;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)timeout_sec);
    if (req->stream && req->quiet_sec > 0) {
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)req->quiet_sec);
    }
    if (call->is_get && !req->stream)
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    if (has_body(req)) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_len);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, req->body ? req->body : "");
    }
    if (has_body(req) || !call->is_get)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, req->method);
}

/* ---- the transport ---- */

static int check_request(const struct transport_request *req, struct err *err)
{
    size_t len = strlen(req->path);

    if (len > PATH_MAX_BYTES)
        return err_set(err, ERR_TOO_LARGE, "a request's path is longer than %u bytes",
                       PATH_MAX_BYTES);
    if (req->path[0] != '/')
        return err_set(err, ERR_INVALID, "a request's path begins with '/', not \"%s\"",
                       req->path);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)req->path[i] <= 0x20 || req->path[i] == 0x7f)
            return err_set(err, ERR_INVALID,
                           "a request's path has an unescaped character 0x%02x",
                           (unsigned char)req->path[i]);
    return 0;
}

static struct transport_call *curl_start(struct transport *base,
                                         const struct transport_request *req,
                                         const struct transport_events *events,
                                         void *arg, struct err *err)
{
    struct curl_transport *t = (struct curl_transport *)base;
    struct curl_call *call;
    CURL *easy;

    if (check_request(req, err) < 0)
        return NULL;
    easy = t->n_spares > 0 ? t->spares[--t->n_spares] : curl_easy_init();
    if (easy == NULL) {
        err_set(err, ERR_IO, "libcurl cannot make a handle");
        return NULL;
    }
    call = xcalloc(1, sizeof(*call));
    call->base.transport = base;
    call->t = t;
    call->events = events;
    call->arg = arg;
    call->easy = easy;
    call->is_get = strcmp(req->method, "GET") == 0;
    call->is_stream = req->stream;
    curl_head_init(&call->head);
    str_init(&call->inbox, TRANSPORT_RESPONSE_MAX);
    set_connection(t, call);
    set_callbacks(call);
    set_headers(t, call, req);
    set_request(t, call, req);
    curl_multi_add_handle(curl_sockets_multi(t->sockets), easy);
    return &call->base;
}

static void curl_cancel(struct transport_call *base)
{
    struct curl_call *call = (struct curl_call *)base;

    if (call->cancelled)
        return;
    call->cancelled = true;
    release_easy(call);
    if (!call->telling && !call->is_queued)
        call_free(call);
}

/* What libcurl holds back it tells from its own timer. */
static void curl_pause(struct transport_call *base, bool paused)
{
    const struct curl_call *call = (struct curl_call *)base;

    if (call->easy && !call->cancelled)
        curl_easy_pause(call->easy, paused ? CURLPAUSE_RECV : CURLPAUSE_CONT);
}

static void curl_free_transport(struct transport *base)
{
    struct curl_transport *t = (struct curl_transport *)base;

    while (t->n_spares > 0)
        curl_easy_cleanup(t->spares[--t->n_spares]);
    curl_sockets_free(t->sockets);
    curl_target_fini(&t->target);
    curl_token_fini(&t->token);
    free(t->ca_pem);
    free(t->cert_pem);
    if (t->key_pem)
        explicit_bzero(t->key_pem, strlen(t->key_pem));
    free(t->key_pem);
    free(t->user_agent);
    free(t);
    curl_global_cleanup();
}

static const struct transport_ops curl_ops = {.start = curl_start,
                                              .cancel = curl_cancel,
                                              .free = curl_free_transport,
                                              .pause = curl_pause};

struct transport *transport_curl_new(struct loop *loop, const struct kc_config *config,
                                     const char *user_agent, struct err *err)
{
    struct curl_transport *t = xcalloc(1, sizeof(*t));
    CURLM *multi;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    t->base.ops = &curl_ops;
    t->loop = loop;
    t->ready_end = &t->ready;
    curl_token_init(&t->token, config->token, config->token_file, loop_mono_ms(loop));
    t->insecure = config->insecure;
    t->ca_pem = xstrdup_null(config->ca_pem);
    t->cert_pem = xstrdup_null(config->client_cert_pem);
    t->key_pem = xstrdup_null(config->client_key_pem);
    t->user_agent = xstrdup(user_agent);
    t->sockets = curl_sockets_new(loop, on_acted, t, err);
    if (t->sockets == NULL || curl_target_init(&t->target, config->server,
                                               config->tls_server_name, err) < 0) {
        curl_free_transport(&t->base);
        return NULL;
    }
    multi = curl_sockets_multi(t->sockets);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS_MAX);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_MAX);
    return &t->base;
}
