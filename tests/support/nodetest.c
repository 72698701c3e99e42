#include "tests/support/nodetest.h"

#include <check.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "cmd/gantry-local/env.h"
#include "tests/support/openwatches.h"

#define FILES_MAX 100000

/* ---- the executor ---- */

static const char *refuse(struct executor *x, const struct pod_spec *pod,
                          struct err *err)
{
    (void)x;
    (void)pod;
    (void)err;
    return NULL;
}

static int read_part(const struct value_pod *pod, const struct volume_part *part,
                     struct str *out, struct err *err)
{
    const struct value_source from = {
        .kind = part->kind, .object = part->object, .optional = part->optional};
    const struct podobject *object = NULL;

    for (size_t i = 0; i < part->n_files; i++)
        if (value_resolve(pod, NULL, &part->files[i].from, out, err) == VALUE_REFUSED)
            return -1;
    if (part->n_files > 0)
        return 0;
    if (value_object(pod, &from, &object, err) == VALUE_REFUSED)
        return -1;
    for (size_t i = 0; object && i < object->n_entries; i++)
        str_addf(out, "%s=%s", object->entries[i].key, object->entries[i].bytes);
    return 0;
}

/* What files are made of, one volume after the other. */
static int read_volumes(const struct value_pod *pod, struct str *out, struct err *err)
{
    for (size_t i = 0; i < pod->spec->n_volumes; i++)
        for (size_t k = 0; k < pod->spec->volumes[i].n_parts; k++)
            if (read_part(pod, &pod->spec->volumes[i].parts[k], out, err) < 0)
                return -1;
    return 0;
}

static int prepare(struct executor *x, const struct value_pod *pod, struct err *err)
{
    const struct nodetest *t = (const struct nodetest *)x;
    STR_AUTO struct str text;

    str_init(&text, FILES_MAX);
    if (read_volumes(pod, &text, err) < 0)
        return -1;
    return t->fails_prepare ? err_set(err, ERR_IO, "No space left on device") : 0;
}

static int refresh(struct executor *x, const struct value_pod *pod, struct err *err)
{
    struct nodetest *t = (struct nodetest *)x;
    STR_AUTO struct str text;

    str_init(&text, FILES_MAX);
    if (read_volumes(pod, &text, err) < 0)
        return -1;
    if (t->fails_prepare)
        return err_set(err, ERR_IO, "No space left on device");
    str_addf(&t->history, "%s{%s} ", pod->spec->name, text.s);
    return 0;
}

static int check_limits(struct executor *x, const struct pod_spec *pod, struct err *err)
{
    (void)pod;
    return ((const struct nodetest *)x)->is_past_limit
               ? err_set(err, ERR_TOO_LARGE, "it is past its limit")
               : 0;
}

static bool has_hosts(const struct executor *x)
{
    return !((const struct nodetest *)x)->has_no_hosts;
}

static int set_hosts(struct executor *x, const struct pod_spec *pod, const char *text,
                     struct err *err)
{
    struct nodetest *t = (struct nodetest *)x;

    (void)err;
    free(t->hosts);
    t->hosts = xasprintf("%s: %s", pod->name, text);
    return 0;
}

static char **copy(char *const *words)
{
    size_t n = 0;
    char **list;

    while (words[n])
        n++;
    list = xcalloc(n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++)
        list[i] = xstrdup(words[i]);
    return list;
}

static struct nodetest_run *add_run(struct nodetest *t, const struct nodetest_run *like)
{
    struct nodetest_run *run = xcalloc(1, sizeof(*run));
    size_t i = 0;

    *run = *like;
    run->t = t;
    while (t->runs[i])
        ck_assert_uint_lt(++i, NODETEST_RUNS_MAX);
    t->runs[i] = run;
    return run;
}

static struct executor_run *start(struct executor *x, const struct executor_start *s,
                                  executor_exit_fn *exited, void *arg, struct err *err)
{
    struct nodetest *t = (struct nodetest *)x;
    const struct nodetest_run run = {.pod = xstrdup(s->pod->name),
                                     .container = xstrdup(s->container->name),
                                     .argv = copy(s->argv),
                                     .envp = copy(s->envp),
                                     .exited = exited,
                                     .arg = arg};

    (void)err;
    str_addf(&t->history, "+%s ", s->container->name);
    return (struct executor_run *)add_run(t, &run);
}

static struct executor_exec *exec(struct executor_run *of, char *const *argv,
                                  executor_exec_fn *done, void *arg, struct err *err)
{
    const struct nodetest_run *container = (struct nodetest_run *)of;
    const struct nodetest_run run = {.pod = xstrdup(container->pod),
                                     .container = xstrdup(argv[0]),
                                     .argv = copy(argv),
                                     .envp = copy(container->envp),
                                     .done = done,
                                     .arg = arg};

    (void)err;
    str_addf(&container->t->history, "+%s:%s ", container->container, argv[0]);
    return (struct executor_exec *)add_run(container->t, &run);
}

static void send_signal(struct executor_run *opaque, int signo)
{
    struct nodetest_run *run = (struct nodetest_run *)opaque;

    run->signo = signo;
    str_addf(&run->t->history, "%s!%d ", run->container, signo);
}

static void signal_all(struct executor_run *opaque, int signo)
{
    struct nodetest_run *run = (struct nodetest_run *)opaque;

    str_addf(&run->t->history, "%s*%d ", run->container, signo);
}

static char *inbox(const struct executor *x, const struct pod_spec *pod)
{
    (void)x;
    return xasprintf("/inbox/%s", pod->name);
}

static int set_inbox(struct executor *x, const struct pod_spec *pod, const char *text,
                     struct err *err)
{
    struct nodetest *t = (struct nodetest *)x;

    (void)pod;
    (void)err;
    str_addf(&t->history, "[%s] ", text);
    return 0;
}

static void drop(struct executor_run *opaque)
{
    struct nodetest_run *run = (struct nodetest_run *)opaque;

    for (size_t i = 0; i < NODETEST_RUNS_MAX; i++)
        if (run->t->runs[i] == run)
            run->t->runs[i] = NULL;
    words_free(run->argv);
    words_free(run->envp);
    free(run->pod);
    free(run->container);
    free(run);
}

static void exec_cancel(struct executor_exec *e)
{
    drop((struct executor_run *)e);
}

static void forget(struct executor *x, const struct pod_spec *pod)
{
    (void)x;
    (void)pod;
}

static void no_free(struct executor *x)
{
    (void)x;
}

static const struct executor_ops ops = {
    .runs_programs = true,
    .refuse = refuse,
    .prepare = prepare,
    .refresh = refresh,
    .check_limits = check_limits,
    .has_hosts = has_hosts,
    .set_hosts = set_hosts,
    .start = start,
    .signal = send_signal,
    .signal_all = signal_all,
    .inbox = inbox,
    .set_inbox = set_inbox,
    .drop = drop,
    .exec = exec,
    .exec_cancel = exec_cancel,
    .forget = forget,
    .free = no_free,
};

/* ---- the prober ---- */

struct nodetest_call {
    struct prober_call base;
    struct nodetest *t;
    prober_done_fn *done;
    void *arg;
};

static struct nodetest *of_prober(struct prober *p)
{
    return (struct nodetest *)(void *)((char *)p - offsetof(struct nodetest, prober));
}

static struct prober_call *call_start(struct prober *p, const struct prober_ask *ask,
                                      prober_done_fn *done, void *arg)
{
    struct nodetest *t = of_prober(p);
    const struct nodetest_run *run = (struct nodetest_run *)ask->run;

    ck_assert_ptr_null(t->call);
    t->call = xcalloc(1, sizeof(*t->call));
    *t->call = (struct nodetest_call){.base = {p}, .t = t, .done = done, .arg = arg};
    str_addf(&t->history, "+%s%s ", run->container, ask->probe->path);
    return &t->call->base;
}

static void call_cancel(struct prober_call *call)
{
    free(TAKE(((struct nodetest_call *)call)->t->call));
}

static const struct prober_ops prober_ops = {.start = call_start,
                                             .cancel = call_cancel};

void nodetest_answer(struct nodetest *t, enum prober_answer answer)
{
    struct nodetest_call *call = TAKE(t->call);
    prober_done_fn *done;
    void *arg;

    ck_assert_ptr_nonnull(call);
    done = call->done;
    arg = call->arg;
    free(call);
    done(arg, answer, answer == PROBER_WELL ? "" : "nobody there");
    apitest_advance(t->api, 0);
}

/* ---- the node ---- */

static void start_kubelet(struct nodetest *t)
{
    struct kubelet_options o = {
        .loop = t->api->loop,
        .client = t->client,
        .executor = &t->executor,
        .prober = &t->prober,
        .name_prefix = "n",
        .groups = {.items = {{.count = 1, .gpus = 4, .gpu_type = "h100"}}, .n = 1},
        .cpu_milli = 4000,
        .mem_bytes = INT64_C(8) << 30,
        .gpu_resource = "nvidia.com/gpu",
        .lease_sec = 10,
    };
    struct err err = ERR_INIT;

    rng_seed(&o.rng, 1);
    t->kubelet = kubelet_new(&o, &err);
    ck_assert_msg(t->kubelet != NULL, "%s", err.msg);
    apitest_advance(t->api, 1);
}

void nodetest_init(struct nodetest *t)
{
    struct rng rng;

    rng_seed(&rng, 2);
    *t = (struct nodetest){
        .executor = {&ops}, .api = apitest_new(), .prober = {&prober_ops}};
    str_init(&t->history, 100000);
    t->spy =
        spy_new(t->api->loop, direct_new(t->api->loop, t->api->server, "node", true));
    t->transport = openwatches_new(t->spy);
    t->rights = rights_read("manifests/rbac/nodes.yaml", "gantry-node");
    t->guard = rights_guard(t->rights, t->transport);
    t->client = kc_client_new(t->api->loop, t->guard, &rng);
    start_kubelet(t);
}

void nodetest_restart(struct nodetest *t)
{
    kubelet_free(t->kubelet);
    start_kubelet(t);
}

void nodetest_fini(struct nodetest *t)
{
    kubelet_free(t->kubelet);
    kc_client_free(t->client);
    transport_free(t->guard);
    rights_free(t->rights);
    apitest_free(t->api);
    str_fini(&t->history);
    free(t->hosts);
}

void nodetest_create(struct nodetest *t, const char *path, const char *body)
{
    ck_assert_msg(apitest_request(t->api, "POST", path, body) == 201, "%s", path);
    apitest_advance(t->api, 0);
}

void nodetest_patch(struct nodetest *t, const char *path, const char *body)
{
    const struct apitest_request patch = {.method = "PATCH",
                                          .path = path,
                                          .type = "application/merge-patch+json",
                                          .body = body};

    ck_assert_msg(apitest_send(t->api, &patch) == 200, "%s", path);
    apitest_advance(t->api, 0);
}

void nodetest_pod(struct nodetest *t, const char *name, const char *spec)
{
    AUTO_FREE char *body = xasprintf(
        "{'metadata': {'name': '%s'}, 'spec': {'nodeName': 'n1', %s}}", name, spec);

    nodetest_create(t, NODETEST_PODS, body);
}

struct nodetest_run *nodetest_run(struct nodetest *t, const char *pod,
                                  const char *container)
{
    for (size_t i = 0; i < NODETEST_RUNS_MAX; i++)
        if (t->runs[i] && strcmp(t->runs[i]->pod, pod) == 0 &&
            strcmp(t->runs[i]->container, container) == 0)
            return t->runs[i];
    return NULL;
}

void nodetest_end(struct nodetest *t, const char *pod, const char *container, int code)
{
    struct nodetest_run *run = nodetest_run(t, pod, container);
    const struct executor_exit how = {.exit_code = code, .over_memory = t->over_memory};
    struct nodetest_run was;

    ck_assert_msg(run != NULL, "%s of %s does not run", container, pod);
    was = *run;
    str_addf(&t->history, "-%s ", container);
    drop((struct executor_run *)run);
    if (was.done)
        was.done(was.arg, &how, "");
    else
        was.exited(was.arg, &how);
    apitest_advance(t->api, 0);
}

void nodetest_expect(struct nodetest *t, const char *pod, const char *parts)
{
    AUTO_FREE char *path = xasprintf(NODETEST_PODS "/%s", pod);

    apitest_advance(t->api, 0);
    ck_assert_msg(apitest_request(t->api, "GET", path, NULL) == 200, "%s", path);
    apitest_expect(t->api, path, parts);
}
