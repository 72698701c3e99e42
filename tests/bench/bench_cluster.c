/*
 * bench_cluster - the steps of the benchmarks that need a cluster; tests/bench/run puts
 * them together and starts and stops what they are about.
 *
 *   nodes    wait until --nodes of them are ready
 *   pods     the reference: create --count pods with nodeName, as the controller makes
 *            them for one-pod jobs; prints pods_per_sec, from the first create until
 *            the watch has shown all of them bound
 *   jobs     create --count one-pod jobs in a partition that is down, and wait until
 *            each has its id and says why it waits
 *   start    put that partition up; prints pods_per_sec, from then until the watch has
 *            shown all pods bound, and running_sec, until all jobs say RUNNING
 *   bytes    prints what the partition's jobs measure as JSON
 *   list     the reference for squeue: reads the same list and looks at nothing in it
 *
 * Each thing is in namespace --name. A step prints lines "figure value" on standard
 * output and, when it takes longer than a second, how far it is on standard error. Exit
 * status: 0 done, 1 something failed or nothing moved for STALL_MS, 2 wrong use.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/util.h"
#include "cmd/gantry-controller/podbuild.h"
#include "cmd/gantry-controller/policies.h"
#include "kubeclient/config.h"
#include "kubeclient/transport_curl.h"
#include "tests/support/bulk.h"
#include "tests/support/tally.h"

#define USER_AGENT "gantry-bench/0.1 (linux)"
#define STALL_MS 60000
#define PROGRESS_MS 1000
#define PROGRESS_SPARSE_MS 10000
#define GPUS_PER_NODE 8
#define REFERENCE_JOB_ID 1000000 /* as many digits as the others have, about */
#define PAGE "limit=500"

struct options {
    const char *kubeconfig, *name;
    int64_t count, nodes, first, in_flight;
    bool help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"kubeconfig", 0, OPT_STRING, NULL, AT(kubeconfig), "FILE", "API server", 0, 0},
    {"name", 0, OPT_STRING, NULL, AT(name), "NAME", "namespace, and partition", 0, 0},
    {"count", 0, OPT_INT, NULL, AT(count), "N", "pods or jobs (2000)", 1, 100000},
    {"nodes", 0, OPT_INT, NULL, AT(nodes), "N", "nodes there are (1000)", 1, 100000},
    {"first", 0, OPT_INT, NULL, AT(first), "N", "seats taken by earlier pods (0)", 0,
     1000000},
    {"in-flight", 0, OPT_INT, NULL, AT(in_flight), "N",
     "creates in flight (32, as many as the controller's)", 1, 64},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {0},
};

struct bench {
    struct options o;
    struct loop *loop;
    struct rng rng;
    struct transport *transport;
    struct kc_client *client;
    struct err err;
};

/* ---- waiting ---- */

struct wait {
    const char *what;
    int64_t begun_ms, tell_ms, moved_ms;
    size_t last;
};

static struct wait wait_begin(const struct bench *b, const char *what)
{
    int64_t now_ms = loop_fresh_mono_ms(b->loop);
    return (struct wait){.what = what,
                         .begun_ms = now_ms,
                         .tell_ms = now_ms + PROGRESS_MS,
                         .moved_ms = now_ms};
}

/* Handles what is ready, says how far it is; -1 when nothing has moved for long. */
static int wait_turn(struct bench *b, struct wait *w, size_t have, size_t wanted)
{
    loop_poll(b->loop, PROGRESS_MS);
    int64_t now_ms = loop_fresh_mono_ms(b->loop);
    if (have != w->last)
        w->moved_ms = now_ms;
    w->last = have;
    if (now_ms - w->moved_ms >= STALL_MS)
        return err_set(&b->err, ERR_UNAVAILABLE, "%s: %zu of %zu, and nothing moves",
                       w->what, have, wanted);
    if (now_ms >= w->tell_ms) {
        fprintf(stderr, "  ... %s: %zu of %zu after %" PRId64 " s\n", w->what, have,
                wanted, (now_ms - w->begun_ms) / 1000);
        /* After 1, 2, 4, 8 seconds, then less often still. */
        w->tell_ms = now_ms + MIN(now_ms - w->begun_ms, PROGRESS_SPARSE_MS);
    }
    return 0;
}

static int wait_synced(struct bench *b, const struct tally *t, const char *what)
{
    struct wait w = wait_begin(b, what);
    while (!tally_is_synced(t))
        if (wait_turn(b, &w, tally_count(t), 0) < 0)
            return -1;
    return 0;
}

static int wait_count(struct bench *b, const struct tally *t, size_t wanted,
                      const char *what)
{
    struct wait w = wait_begin(b, what);
    while (tally_count(t) < wanted)
        if (wait_turn(b, &w, tally_count(t), wanted) < 0)
            return -1;
    return 0;
}

static double sec_since(const struct bench *b, int64_t begun_ms)
{
    int64_t ms = loop_fresh_mono_ms(b->loop) - begun_ms;
    return (double)MAX(ms, 1) / 1000;
}

/* ---- what is counted ---- */

static bool is_ready(const struct json *node)
{
    const struct json *list = json_at(node, "status.conditions");
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "type"), "Ready"))
            return str_eq(json_str(json_item(list, i), "status"), "True");
    return false;
}

static bool is_bound(const struct json *pod)
{
    return json_str(pod, "spec.nodeName") != NULL;
}

static bool is_waiting(const struct json *job)
{
    return json_int_or(job, "status.jobID", 0) > 0 &&
           json_str(job, "status.reason") != NULL;
}

static bool is_running(const struct json *job)
{
    return str_eq(json_str(job, "status.state"), "RUNNING");
}

static struct tally *watch(const struct bench *b, const struct kc_resource *resource,
                           tally_fn *meets)
{
    return tally_new(
        b->client,
        &(struct kc_cache_spec){.resource = resource,
                                .ns = resource->namespaced ? b->o.name : NULL},
        meets);
}

/* ---- writes ---- */

struct single {
    bool ended;
    struct err err;
    struct json *body;
};

static void on_single(void *arg, const struct kc_result *result)
{
    struct single *s = arg;
    s->ended = true;
    if (result->outcome != KC_OK)
        kc_result_err(result, &s->err);
    else if (result->body)
        s->body = json_copy(result->body);
}

static int finish_single(struct bench *b, const struct single *s, const char *what)
{
    struct wait w = wait_begin(b, what);
    while (!s->ended)
        if (wait_turn(b, &w, 0, 1) < 0)
            return -1;
    if (s->err.code == ERR_NONE)
        return 0;
    b->err = s->err;
    return err_prefix(&b->err, "%s", what);
}

/* Takes the body over. */
static int create(struct bench *b, const struct kc_resource *resource,
                  struct json *take)
{
    JSON_AUTO struct json *body = take;
    struct single s = {0};
    struct kc_ref ref = {.resource = resource};
    kc_create(b->client, &ref, body, on_single, &s);
    int rc = finish_single(b, &s, resource->plural);
    json_free(s.body);
    return rc;
}

static int create_namespace(struct bench *b)
{
    return create(b, &kc_namespaces,
                  json_build("{'apiVersion':'v1','kind':'Namespace',"
                             "'metadata':{'name':%s}}",
                             b->o.name));
}

static void free_bodies(struct json **bodies, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_free(bodies[i]);
    free(bodies);
}

static int create_all(struct bench *b, const struct kc_resource *resource,
                      struct json **bodies)
{
    struct bulk bulk = {.client = b->client,
                        .ref = {.resource = resource, .ns = b->o.name},
                        .bodies = bodies,
                        .count = (size_t)b->o.count,
                        .in_flight_max = (size_t)b->o.in_flight};
    struct wait w = wait_begin(b, resource->plural);
    bulk_begin(&bulk);
    while (!bulk_ended(&bulk))
        if (wait_turn(b, &w, bulk.created, bulk.count) < 0)
            return -1;
    b->err = bulk.err;
    return bulk.err.code == ERR_NONE ? 0 : err_prefix(&b->err, "%s", resource->plural);
}

/* ---- documents ---- */

/* A job of one pod with a GPU, as a person would write it. */
static struct json *job_body(const struct bench *b, int64_t i)
{
    AUTO_FREE char *name = xasprintf("train-%06" PRId64, i);
    return json_build(
        "{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob','metadata':{"
        "'name':%s,'namespace':%s,'labels':{'team':'vision'}},'spec':{'partition':%s,"
        "'timeLimit':'4:00:00','gpusPerNode':1,'template':{'spec':{'containers':[{"
        "'name':'main','image':'registry.local/train:1.4','command':['python',"
        "'train.py','--epochs','90','--data','/data/images'],'env':[{'name':"
        "'NCCL_DEBUG','value':'WARN'}],'resources':{'requests':{'cpu':'2','memory':"
        "'4Gi'}}}]}}}}",
        name, b->o.name, b->o.name);
}

/* Its pod would be taken for a stray, and swept, by a controller. */
static void disown(struct json *pod)
{
    struct json *labels = json_at(pod, "metadata.labels");
    json_set(labels, "bench.dev/job-uid",
             json_ref(json_get(labels, "gantry.dev/job-uid")));
    json_del(labels, "gantry.dev/job-uid");
}

/* The pod that the controller would make of that job, on the i-th seat from the end. */
static struct json *pod_body(struct bench *b, const struct convert *convert, int64_t i)
{
    JSON_AUTO struct json *object = job_body(b, i);
    char uid[37];
    rng_uuid(&b->rng, uid);
    json_set_at(object, "metadata.uid", json_new_string(uid));
    json_set_at(object, "status.jobID", json_new_int(REFERENCE_JOB_ID + i));
    struct bjob *job = bjob_parse(convert, object, &b->err);
    if (!job || !job->model) {
        if (job)
            err_set(&b->err, ERR_INVALID, "%s", job->refusal);
        bjob_free(job);
        return NULL;
    }
    int64_t node = b->o.nodes - (b->o.first + i) / GPUS_PER_NODE;
    AUTO_FREE char *node_name = xasprintf("n%" PRId64, MAX(node, 1));
    struct slot slot = {.node = node_name, .pods = 1, .each = job->model->each};
    struct pod_plan plan = {.convert = convert,
                            .job = job,
                            .attempt = 1,
                            .slots = &slot,
                            .n_slots = 1,
                            .partition = b->o.name};
    struct json *pod = pod_build(&plan, 0, &b->err);
    bjob_free(job);
    if (pod)
        disown(pod);
    return pod;
}

static struct json **pod_bodies(struct bench *b)
{
    struct json **bodies = xcalloc((size_t)b->o.count, sizeof(*bodies));
    struct restable *resources = xcalloc(1, sizeof(*resources));
    restable_init(resources);
    struct convert convert = {.resources = resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    for (int64_t i = 0; i < b->o.count; i++) {
        bodies[i] = pod_body(b, &convert, i);
        if (!bodies[i]) {
            free_bodies(bodies, (size_t)i);
            bodies = NULL;
            break;
        }
    }
    free(resources);
    return bodies;
}

/* ---- steps ---- */

static int step_nodes(struct bench *b)
{
    struct tally *t = watch(b, &kc_nodes, is_ready);
    int rc = wait_count(b, t, (size_t)b->o.nodes, "nodes ready");
    tally_free(t);
    return rc;
}

static int step_pods(struct bench *b)
{
    struct json **bodies = pod_bodies(b);
    if (!bodies || create_namespace(b) < 0)
        return -1;
    struct tally *bound = watch(b, &kc_pods, is_bound);
    int rc = wait_synced(b, bound, "pods listed");
    int64_t begun_ms = loop_fresh_mono_ms(b->loop);
    if (rc == 0)
        rc = create_all(b, &kc_pods, bodies);
    if (rc == 0)
        rc = wait_count(b, bound, (size_t)b->o.count, "pods bound");
    if (rc == 0)
        printf("pods_per_sec %.1f\n", (double)b->o.count / sec_since(b, begun_ms));
    tally_free(bound);
    free_bodies(bodies, (size_t)b->o.count);
    return rc;
}

static int create_jobs(struct bench *b)
{
    struct json **bodies = xcalloc((size_t)b->o.count, sizeof(*bodies));
    for (int64_t i = 0; i < b->o.count; i++)
        bodies[i] = job_body(b, i);
    int rc = create_all(b, &bjob_resource, bodies);
    free_bodies(bodies, (size_t)b->o.count);
    return rc;
}

static int step_jobs(struct bench *b)
{
    if (create_namespace(b) < 0 ||
        create(b, &partition_resource,
               json_build("{'apiVersion':'gantry.dev/v1alpha1','kind':'Partition',"
                          "'metadata':{'name':%s},'spec':{'state':'DOWN'}}",
                          b->o.name)) < 0)
        return -1;
    int64_t begun_ms = loop_fresh_mono_ms(b->loop);
    if (create_jobs(b) < 0)
        return -1;
    printf("created_sec %.2f\n", sec_since(b, begun_ms));
    struct tally *waiting = watch(b, &bjob_resource, is_waiting);
    int rc = wait_count(b, waiting, (size_t)b->o.count, "jobs with id and reason");
    if (rc == 0)
        printf("waiting_sec %.2f\n", sec_since(b, begun_ms));
    tally_free(waiting);
    return rc;
}

static int put_up(struct bench *b)
{
    JSON_AUTO struct json *patch = json_build("{'spec':{'state':'UP'}}");
    struct single s = {0};
    struct kc_ref ref = {.resource = &partition_resource, .name = b->o.name};
    kc_patch(b->client, &ref, KC_PATCH_MERGE, patch, on_single, &s);
    int rc = finish_single(b, &s, "partition UP");
    json_free(s.body);
    return rc;
}

static int start_all(struct bench *b, const struct tally *bound)
{
    size_t wanted = (size_t)b->o.count;
    if (wait_synced(b, bound, "pods listed") < 0)
        return -1;
    int64_t begun_ms = loop_fresh_mono_ms(b->loop);
    if (put_up(b) < 0 || wait_count(b, bound, wanted, "pods bound") < 0)
        return -1;
    printf("pods_per_sec %.1f\n", (double)b->o.count / sec_since(b, begun_ms));
    struct tally *running = watch(b, &bjob_resource, is_running);
    int rc = wait_count(b, running, wanted, "jobs RUNNING");
    if (rc == 0)
        printf("running_sec %.2f\n", sec_since(b, begun_ms));
    tally_free(running);
    return rc;
}

static int step_start(struct bench *b)
{
    struct tally *bound = watch(b, &kc_pods, is_bound);
    int rc = start_all(b, bound);
    tally_free(bound);
    return rc;
}

static int list_page(struct bench *b, const char *continue_token, struct single *s)
{
    STR_AUTO struct str query;
    str_init(&query, 64u << 10);
    str_add(&query, PAGE);
    if (continue_token) {
        str_add(&query, "&continue=");
        kc_escape(continue_token, &query);
    }
    *s = (struct single){0};
    struct kc_ref ref = {.resource = &bjob_resource, .ns = b->o.name};
    kc_list(b->client, &ref, query.s, on_single, s);
    return finish_single(b, s, "list of jobs");
}

/* Printed again item by item: what a page adds around its items does not count. */
static int64_t items_bytes(const struct json *list, int64_t *ret_n)
{
    const struct json *items = json_get(list, "items");
    int64_t bytes = 0;
    for (size_t i = 0; i < json_len(items); i++) {
        size_t len;
        free(json_text(json_item(items, i), &len));
        bytes += (int64_t)len;
    }
    *ret_n += (int64_t)json_len(items);
    return bytes;
}

static int step_bytes(struct bench *b)
{
    AUTO_FREE char *token = NULL;
    int64_t bytes = 0, n = 0;
    do {
        struct single page;
        if (list_page(b, token, &page) < 0)
            return -1;
        bytes += items_bytes(page.body, &n);
        free(token);
        token = xstrdup_null(json_str(page.body, "metadata.continue"));
        json_free(page.body);
    } while (token && *token);
    printf("objects %" PRId64 "\nbytes %" PRId64 "\n", n, bytes);
    return 0;
}

static int step_list(struct bench *b)
{
    const struct kc_ref ref = {.resource = &bjob_resource, .ns = b->o.name};
    struct single s = {0};

    kc_list_text(b->client, &ref, NULL, on_single, &s);
    return finish_single(b, &s, "list of jobs");
}

/* ---- assembly ---- */

static const struct step {
    const char *name;
    int (*run)(struct bench *b);
} steps[] = {{"nodes", step_nodes}, {"pods", step_pods},   {"jobs", step_jobs},
             {"start", step_start}, {"bytes", step_bytes}, {"list", step_list}};

static const struct step *step_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (str_eq(steps[i].name, name))
            return &steps[i];
    return NULL;
}

static int open_bench(struct bench *b)
{
    struct kc_config_source source = kc_config_source_env(b->o.kubeconfig);
    struct kc_config config;
    b->loop = loop_new(&b->err);
    if (!b->loop || kc_config_load(&config, &source, &b->err) < 0)
        return -1;
    b->transport = transport_curl_new(b->loop, &config, USER_AGENT, &b->err);
    kc_config_fini(&config);
    if (!b->transport)
        return -1;
    rng_seed_os(&b->rng);
    b->client = kc_client_new(b->loop, b->transport, &b->rng);
    return 0;
}

static void close_bench(struct bench *b)
{
    if (b->client)
        kc_client_free(b->client);
    transport_free(b->transport);
    loop_free(b->loop);
}

int main(int argc, char **argv)
{
    struct bench b = {
        .o = {.name = "bench", .count = 2000, .nodes = 1000, .in_flight = 32}};
    int operand = opt_parse(table, argc, argv, &b.o, &b.err);
    if (operand >= 0 && b.o.help) {
        opt_help(table, "bench_cluster [OPTION...] nodes|pods|jobs|start|bytes|list",
                 "One step of the benchmarks that need a cluster.", stdout);
        return 0;
    }
    const struct step *step =
        operand >= 0 && operand < argc ? step_find(argv[operand]) : NULL;
    if (!step) {
        fprintf(stderr, "bench_cluster: %s\n",
                b.err.code ? b.err.msg : "no such step; see --help");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int rc = open_bench(&b) < 0 || step->run(&b) < 0 ? 1 : 0;
    if (rc != 0)
        fprintf(stderr, "bench_cluster %s: %s\n", step->name, b.err.msg);
    close_bench(&b);
    return rc;
}
