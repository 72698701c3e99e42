/*
 * bench_api - what an API server does in a second, and how soon it tells.
 *
 * In a new namespace, with --in-flight requests at a time: creates --count pods, reads
 * them one by one, patches their statuses, lists them all; then --watchers watch
 * ConfigMaps, of which --events are made one after the other, and each watcher notes
 * the time from the write to its event. Both ends are this process, so that reading
 * the event counts, too. Prints lines "figure value":
 *
 *   create_per_sec get_per_sec patch_per_sec    requests
 *   list_ms list_bytes                          median of --lists whole lists
 *   event_ms event_p99_ms                       of watchers times events
 *
 * Exit status: 0 done, 1 something failed or nothing moved for STALL_MS, 2 wrong use.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/opt.h"
#include "base/util.h"
#include "kubeclient/config.h"
#include "kubeclient/transport_curl.h"
#include "kubeclient/watch.h"

#define USER_AGENT "gantry-bench/0.1 (linux)"
#define STALL_MS 60000
#define TURN_MS 1000
#define LINE_LEN_MAX (1u << 20)
/* A transport has 64 connections at most where the server has no HTTP/2. */
#define WATCHERS_EACH 50
#define WIRES_MAX 20

struct options {
    const char *kubeconfig, *name;
    int64_t count, in_flight, lists, watchers, events;
    bool help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"kubeconfig", 0, OPT_STRING, NULL, AT(kubeconfig), "FILE", "API server", 0, 0},
    {"name", 0, OPT_STRING, NULL, AT(name), "NAME", "namespace, new (bench)", 0, 0},
    {"count", 0, OPT_INT, NULL, AT(count), "N", "pods (1000)", 1, 100000},
    {"in-flight", 0, OPT_INT, NULL, AT(in_flight), "N", "requests at a time (32)", 1,
     64},
    {"lists", 0, OPT_INT, NULL, AT(lists), "N", "whole lists (20)", 1, 1000},
    {"watchers", 0, OPT_INT, NULL, AT(watchers), "N", "watches of one collection (100)",
     1, WATCHERS_EACH *WIRES_MAX},
    {"events", 0, OPT_INT, NULL, AT(events), "N", "events for each of them (200)", 1,
     10000},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {0},
};

struct bench {
    struct options o;
    struct loop *loop;
    struct kc_config config;
    struct transport *transports[WIRES_MAX];
    struct kc_client *clients[WIRES_MAX]; /* the first one writes */
    size_t n_wires;
    struct err err;
};

/* The loop's own clock counts milliseconds. */
static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_size(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Of `n` samples, which are sorted; in milliseconds. */
static double quantile_ms(int64_t *samples_us, size_t n, double part)
{
    qsort(samples_us, n, sizeof(*samples_us), by_size);
    return (double)samples_us[MIN((size_t)(part * (double)n), n - 1)] / 1000;
}

/* ---- many requests ---- */

struct load {
    struct bench *b;
    struct kc_call *(*start)(struct load *l, int64_t i);
    int64_t count, begun, done;
    int64_t bytes; /* of the last answer */
};

static void load_fill(struct load *l);

static void on_answer(void *arg, const struct kc_result *result)
{
    struct load *l = arg;
    if (result->outcome != KC_OK && l->b->err.code == ERR_NONE)
        kc_result_err(result, &l->b->err);
    l->bytes = (int64_t)result->text_len;
    l->done++;
    load_fill(l);
}

static void load_fill(struct load *l)
{
    while (l->begun < l->count && l->begun - l->done < l->b->o.in_flight &&
           l->b->err.code == ERR_NONE)
        l->start(l, l->begun++);
}

/* Turns the loop until `*have` is `wanted`. */
static int await(struct bench *b, const int64_t *have, int64_t wanted, const char *what)
{
    int64_t last = *have, moved_us = now_us();
    while (*have < wanted && b->err.code == ERR_NONE) {
        loop_poll(b->loop, TURN_MS);
        if (*have != last)
            moved_us = now_us();
        last = *have;
        if (now_us() - moved_us > (int64_t)STALL_MS * 1000)
            err_set(&b->err, ERR_UNAVAILABLE, "%" PRId64 " of %" PRId64, *have, wanted);
    }
    return b->err.code == ERR_NONE ? 0 : err_prefix(&b->err, "%s", what);
}

/* Seconds for all of them; -1: failed. */
static double load_run(struct load *l, const char *what)
{
    const int64_t begun_us = now_us();
    load_fill(l);
    if (await(l->b, &l->done, l->count, what) < 0)
        return -1;
    return (double)(now_us() - begun_us) / 1000000;
}

/* ---- which requests ---- */

static struct kc_call *create_namespace(struct load *l, int64_t i)
{
    JSON_AUTO struct json *body = json_build(
        "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':%s}}", l->b->o.name);
    const struct kc_ref ref = {.resource = &kc_namespaces};
    (void)i;
    return kc_create(l->b->clients[0], &ref, body, on_answer, l);
}

/* Of the size of a job's pod. */
static struct kc_call *create_pod(struct load *l, int64_t i)
{
    AUTO_FREE char *name = xasprintf("p-%06" PRId64, i);
    JSON_AUTO struct json *body = json_build(
        "{'apiVersion':'v1','kind':'Pod','metadata':{'name':%s,'namespace':%s,'labels':"
        "{'team':'vision','gantry.dev/job-id':'1'}},'spec':{'nodeName':'n1',"
        "'containers':[{'name':'main','image':'registry.local/train:1.4','command':["
        "'python','train.py','--epochs','90'],'env':[{'name':'RANK','value':'0'},"
        "{'name':'WORLD_SIZE','value':'8'}],'resources':{'requests':{'cpu':'2',"
        "'memory':'4Gi'}}}]}}",
        name, l->b->o.name);
    const struct kc_ref ref = {.resource = &kc_pods, .ns = l->b->o.name};
    return kc_create(l->b->clients[0], &ref, body, on_answer, l);
}

static struct kc_call *get_pod(struct load *l, int64_t i)
{
    AUTO_FREE char *name = xasprintf("p-%06" PRId64, i);
    const struct kc_ref ref = {.resource = &kc_pods, .ns = l->b->o.name, .name = name};
    return kc_get(l->b->clients[0], &ref, on_answer, l);
}

static struct kc_call *patch_pod(struct load *l, int64_t i)
{
    AUTO_FREE char *name = xasprintf("p-%06" PRId64, i);
    JSON_AUTO struct json *body = json_build(
        "{'status':{'phase':'Running','podIP':'10.0.0.1','conditions':[{'type':'Ready',"
        "'status':'True'}]}}");
    const struct kc_ref ref = {.resource = &kc_pods,
                               .ns = l->b->o.name,
                               .name = name,
                               .subresource = "status"};
    return kc_patch(l->b->clients[0], &ref, KC_PATCH_STRATEGIC, body, on_answer, l);
}

static struct kc_call *list_pods(struct load *l, int64_t i)
{
    const struct kc_ref ref = {.resource = &kc_pods, .ns = l->b->o.name};
    (void)i;
    return kc_list_text(l->b->clients[0], &ref, NULL, on_answer, l);
}

static int rate(struct bench *b, const char *figure,
                struct kc_call *(*start)(struct load *l, int64_t i))
{
    struct load l = {.b = b, .start = start, .count = b->o.count};
    const double sec = load_run(&l, figure);
    if (sec < 0)
        return -1;
    printf("%s %.0f\n", figure, (double)l.count / sec);
    return 0;
}

/* One after the other. */
static int lists(struct bench *b)
{
    int64_t *samples_us = xcalloc((size_t)b->o.lists, sizeof(*samples_us));
    int64_t n = 0, bytes = 0;
    while (n < b->o.lists) {
        struct load l = {.b = b, .start = list_pods, .count = 1};
        const double sec = load_run(&l, "list");
        if (sec < 0)
            break;
        samples_us[n++] = (int64_t)(sec * 1000000);
        bytes = l.bytes;
    }
    if (n == b->o.lists)
        printf("list_ms %.1f\nlist_bytes %" PRId64 "\n",
               quantile_ms(samples_us, (size_t)n, 0.5), bytes);
    free(samples_us);
    return n == b->o.lists ? 0 : -1;
}

/* ---- watches ---- */

struct fan {
    struct bench *b;
    struct kc_watch **watches;
    size_t n;
    int64_t *samples_us;
    int64_t heard;   /* events, of all watches */
    int64_t sent_us; /* of the last write */
};

static void on_event(void *arg, enum kc_event type, const struct json *object)
{
    struct fan *f = arg;
    /* A real cluster puts a ConfigMap of its own into every namespace. */
    if (type != KC_EVENT_ADDED ||
        !str_starts(json_str_or(object, "metadata.name", ""), "m-") ||
        f->heard >= f->b->o.watchers * f->b->o.events)
        return;
    f->samples_us[f->heard++] = now_us() - f->sent_us;
}

static void on_malformed(void *arg, const char *why)
{
    err_set(&((struct fan *)arg)->b->err, ERR_INVALID, "watch: %s", why);
}

static void on_refused(void *arg, const struct kc_result *result)
{
    kc_result_err(result, &((struct fan *)arg)->b->err);
}

static void on_ended(void *arg, const char *cut)
{
    on_malformed(arg, cut ? cut : "ended");
}

static const struct kc_watch_ops watch_ops = {on_event, on_malformed, on_refused,
                                              on_ended};

static struct kc_call *create_map(struct load *l, int64_t i)
{
    static int64_t made;
    AUTO_FREE char *name = xasprintf("m-%06" PRId64, made++);
    JSON_AUTO struct json *body =
        json_build("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':%s,"
                   "'namespace':%s},'data':{'key':'value'}}",
                   name, l->b->o.name);
    const struct kc_ref ref = {.resource = &kc_configmaps, .ns = l->b->o.name};
    (void)i;
    return kc_create(l->b->clients[0], &ref, body, on_answer, l);
}

static int start_watches(struct fan *f)
{
    AUTO_FREE char *path = xasprintf("/api/v1/namespaces/%s/configmaps?watch=true&"
                                     "resourceVersion=0&timeoutSeconds=600",
                                     f->b->o.name);
    for (size_t i = 0; i < f->n; i++) {
        f->watches[i] =
            kc_watch_new(f->b->clients[i / WATCHERS_EACH], LINE_LEN_MAX, &watch_ops, f);
        if (kc_watch_start(f->watches[i], path, 0, &f->b->err) < 0)
            return -1;
    }
    return 0;
}

/* One more map, and all watches have heard of it. */
static int tell(struct fan *f)
{
    struct load l = {.b = f->b, .start = create_map, .count = 1};
    const int64_t wanted = f->heard + (int64_t)f->n;
    f->sent_us = now_us();
    load_fill(&l);
    return await(f->b, &f->heard, wanted, "events") < 0 ||
                   await(f->b, &l.done, 1, "create") < 0
               ? -1
               : 0;
}

static void wait_for_watches(struct fan *f)
{
    /* The first maps tell when all listen: none of them counts. */
    for (int i = 0; i < 2 && f->b->err.code == ERR_NONE; i++)
        tell(f);
    f->heard = 0;
}

static int events(struct bench *b)
{
    struct fan f = {.b = b, .n = (size_t)b->o.watchers};
    const size_t n = f.n * (size_t)b->o.events;
    f.watches = xcalloc(f.n, sizeof(struct kc_watch *));
    f.samples_us = xcalloc(n, sizeof(*f.samples_us));
    if (start_watches(&f) == 0)
        wait_for_watches(&f);
    for (int64_t i = 0; i < b->o.events && b->err.code == ERR_NONE; i++)
        tell(&f);
    if (b->err.code == ERR_NONE)
        printf("event_ms %.2f\nevent_p99_ms %.2f\n", quantile_ms(f.samples_us, n, 0.5),
               quantile_ms(f.samples_us, n, 0.99));
    for (size_t i = 0; i < f.n; i++)
        kc_watch_free(f.watches[i]);
    free(f.watches);
    free(f.samples_us);
    return b->err.code == ERR_NONE ? 0 : -1;
}

/* ---- assembly ---- */

static int open_wire(struct bench *b)
{
    struct rng rng;
    struct transport *t = transport_curl_new(b->loop, &b->config, USER_AGENT, &b->err);
    if (!t)
        return -1;
    rng_seed_os(&rng);
    b->transports[b->n_wires] = t;
    b->clients[b->n_wires++] = kc_client_new(b->loop, t, &rng);
    return 0;
}

static int open_bench(struct bench *b)
{
    struct kc_config_source source = kc_config_source_env(b->o.kubeconfig);
    const size_t wanted = (size_t)(b->o.watchers + WATCHERS_EACH - 1) / WATCHERS_EACH;
    int rc = 0;
    b->loop = loop_new(&b->err);
    if (!b->loop || kc_config_load(&b->config, &source, &b->err) < 0)
        return -1;
    while (rc == 0 && b->n_wires < wanted)
        rc = open_wire(b);
    kc_config_fini(&b->config);
    return rc;
}

static void close_bench(struct bench *b)
{
    for (size_t i = 0; i < b->n_wires; i++) {
        kc_client_free(b->clients[i]);
        transport_free(b->transports[i]);
    }
    loop_free(b->loop);
}

static int run(struct bench *b)
{
    struct load l = {.b = b, .start = create_namespace, .count = 1};
    if (load_run(&l, "namespace") < 0 || rate(b, "create_per_sec", create_pod) < 0 ||
        rate(b, "get_per_sec", get_pod) < 0 || rate(b, "patch_per_sec", patch_pod) < 0)
        return -1;
    return lists(b) < 0 || events(b) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    struct bench b = {.o = {.name = "bench",
                            .count = 1000,
                            .in_flight = 32,
                            .lists = 20,
                            .watchers = 100,
                            .events = 200}};
    const int operand = opt_parse(table, argc, argv, &b.o, &b.err);
    if (operand >= 0 && b.o.help) {
        opt_help(table, "bench_api [OPTION...]",
                 "What an API server does in a second, and how soon it tells.", stdout);
        return 0;
    }
    if (operand < argc) {
        fprintf(stderr, "bench_api: %s\n",
                b.err.code ? b.err.msg : "unexpected argument; see --help");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    const int rc = open_bench(&b) < 0 || run(&b) < 0 ? 1 : 0;
    if (rc != 0)
        fprintf(stderr, "bench_api: %s\n", b.err.msg);
    close_bench(&b);
    return rc;
}
