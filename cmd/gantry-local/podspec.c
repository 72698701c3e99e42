#include "cmd/gantry-local/podspec.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/podspec_private.h"

#define WORDS_MAX 10000
#define HOST_ALIAS_MAX 65536
#define GRACE_DEFAULT_SEC 30
#define MESSAGE_PATH "/dev/termination-log"
/* Past a year it is as good as none, and sums of it stay small. */
#define GRACE_MAX_SEC (366 * 86400)

const char *pairs_find(const struct pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (strcmp(pairs->items[i].name, name) == 0)
            return pairs->items[i].value;
    return NULL;
}

static void pairs_fini(struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->n; i++) {
        free(pairs->items[i].name);
        free(pairs->items[i].value);
    }
    free(pairs->items);
    *pairs = (struct pairs){0};
}

static void pairs_read(struct pairs *pairs, const struct json *map)
{
    pairs->items = xcalloc(json_len(map) + 1, sizeof(*pairs->items));
    for (json_each (it, map)) {
        if (!json_is(it.val, JSON_STRING))
            continue;
        pairs->items[pairs->n++] =
            (struct pair){xstrdup(it.key), xstrdup(json_string(it.val))};
    }
}

static bool pairs_equal(const struct pairs *a, const struct pairs *b)
{
    bool equal = a->n == b->n;

    for (size_t i = 0; equal && i < a->n; i++)
        equal = str_eq(pairs_find(b, a->items[i].name), a->items[i].value);
    return equal;
}

/* False: nothing has changed. */
static bool pairs_update(struct pairs *pairs, const struct json *map)
{
    struct pairs now = {0};

    pairs_read(&now, map);
    if (pairs_equal(pairs, &now)) {
        pairs_fini(&now);
        return false;
    }
    pairs_fini(pairs);
    *pairs = now;
    return true;
}

/* An address that is none, or has no name, is left out. */
static void aliases_read(struct pairs *pairs, const struct json *list)
{
    pairs->items = xcalloc(json_len(list) + 1, sizeof(*pairs->items));
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *names = json_get(json_item(list, i), "hostnames");
        const char *ip = json_str_or(json_item(list, i), "ip", "");
        STR_AUTO struct str line;

        str_init(&line, HOST_ALIAS_MAX);
        for (size_t k = 0; k < json_len(names); k++)
            if (json_is(json_item(names, k), JSON_STRING))
                str_addf(&line, "%s%s", line.len ? " " : "",
                         json_string(json_item(names, k)));
        if (!*ip || !line.len || strpbrk(ip, " \t\n") || strchr(line.s, '\n'))
            continue;
        pairs->items[pairs->n++] = (struct pair){xstrdup(ip), str_take(&line)};
    }
}

int podspec_read_words(char ***ret, const struct json *object, const char *field,
                       struct err *err)
{
    struct json *list = NULL;
    size_t n;

    if (json_read_array(object, field, &list, err) == JSON_WRONG_TYPE)
        return -1;
    n = json_len(list);
    if (n > WORDS_MAX)
        return err_set(err, ERR_TOO_LARGE, "%s: more than %d words", field, WORDS_MAX);
    *ret = xcalloc(n + 1, sizeof(**ret));
    for (size_t i = 0; i < n; i++) {
        const struct json *word = json_item(list, i);

        if (!json_is(word, JSON_STRING))
            return err_set(err, ERR_INVALID, "%s[%zu]: expected a string", field, i);
        (*ret)[i] = xstrdup(json_string(word));
    }
    return 0;
}

void podspec_need(struct pod_spec *spec, char *take_what)
{
    if (spec->needs)
        free(take_what);
    else
        spec->needs = take_what;
}

/* Requests that are absent are the limits, as the API server's defaults have it. */
static int requests_read(struct container_spec *c, const struct json *j,
                         struct err *err)
{
    if (amounts_read(&c->limits, json_at(j, "resources.limits"), err) < 0)
        return err_prefix(err, "resources.limits");
    amounts_add(&c->requests, &c->limits);
    if (amounts_read(&c->requests, json_at(j, "resources.requests"), err) < 0)
        return err_prefix(err, "resources.requests");
    return 0;
}

static bool is_sidecar(const struct json *container)
{
    return str_eq(json_str(container, "restartPolicy"), "Always");
}

/* Absent, it is what the API server's defaults have. */
static int message_read(struct container_spec *c, const struct json *j, struct err *err)
{
    const char *path = json_str_or(j, "terminationMessagePath", MESSAGE_PATH);

    c->log_is_message =
        str_eq(json_str(j, "terminationMessagePolicy"), "FallbackToLogsOnError");
    if (!*path)
        return 0;
    c->message_path = *path == '/' ? xstrdup(path) : xasprintf("/%s", path);
    if (podspec_is_inner_path(c->message_path + 1))
        return 0;
    return err_set(err, ERR_INVALID,
                   "terminationMessagePath \"%.200s\": must be below \"/\", without"
                   " \"..\"",
                   path);
}

/* What a real node would do for the container and a bare process cannot show. */
static void container_needs(struct pod_spec *spec, const struct json *j,
                            const char *name)
{
    static const char *const fields[] = {"volumeDevices", "restartPolicyRules"};

    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (json_len(json_get(j, fields[i])) > 0)
            podspec_need(spec,
                         xasprintf("%s of container \"%.100s\"", fields[i], name));
    if (json_str(j, "restartPolicy") && !is_sidecar(j))
        podspec_need(spec, xasprintf("restartPolicy of container \"%.100s\"", name));
}

static int container_read(struct pod_spec *spec, struct container_spec *c,
                          const struct json *j, struct err *err)
{
    const char *name = json_str(j, "name");

    if (!name || !*name || strchr(name, '/'))
        return err_set(err, ERR_INVALID, "name: must be a container's name");
    c->name = xstrdup(name);
    c->image = xstrdup(json_str_or(j, "image", ""));
    c->working_dir = xstrdup_null(json_str(j, "workingDir"));
    podspec_read_security(spec, c, j);
    if (message_read(c, j, err) < 0 ||
        podspec_read_words(&c->command, j, "command", err) < 0 ||
        podspec_read_words(&c->args, j, "args", err) < 0 ||
        podspec_read_env(spec, c, j, err) < 0 ||
        podspec_read_mounts(spec, c, j, err) < 0 ||
        podspec_read_hooks(spec, c, j, err) < 0 ||
        podspec_read_probes(spec, c, j, err) < 0 || requests_read(c, j, err) < 0)
        return err_prefix(err, "%.100s", name);
    container_needs(spec, j, name);
    return 0;
}

static int containers_read(struct pod_spec *spec, const struct json *podspec,
                           const char *field, struct err *err)
{
    bool init = strcmp(field, "initContainers") == 0;
    struct container_spec **list = init ? &spec->inits : &spec->mains;
    size_t *n = init ? &spec->n_inits : &spec->n_mains;
    struct json *array = NULL;

    if (json_read_array(podspec, field, &array, err) == JSON_WRONG_TYPE)
        return -1;
    if (json_len(array) > POD_CONTAINERS_MAX)
        return err_set(err, ERR_TOO_LARGE, "%s: more than %d", field,
                       POD_CONTAINERS_MAX);
    *list = xcalloc(json_len(array) + 1, sizeof(**list));
    for (size_t i = 0; i < json_len(array); i++) {
        /* counted first, so that what was read of a bad one is freed, too */
        struct container_spec *c = &(*list)[(*n)++];

        if (container_read(spec, c, json_item(array, i), err) < 0)
            return err_prefix(err, "%s[%zu]", field, i);
        c->is_sidecar = init && is_sidecar(json_item(array, i));
    }
    return 0;
}

/* Sidecars run beside all that come after them; other init containers alone. */
static void add_inits(struct pod_spec *spec)
{
    struct amounts sidecars = {0};

    for (size_t i = 0; i < spec->n_inits; i++)
        if (spec->inits[i].is_sidecar)
            amounts_add(&spec->requests, &spec->inits[i].requests);
    for (size_t i = 0; i < spec->n_inits; i++) {
        struct amounts with = {0};

        if (spec->inits[i].is_sidecar) {
            amounts_add(&sidecars, &spec->inits[i].requests);
            continue;
        }
        amounts_add(&with, &sidecars);
        amounts_add(&with, &spec->inits[i].requests);
        amounts_max(&spec->requests, &with);
        amounts_fini(&with);
    }
    amounts_fini(&sidecars);
}

/* max(sum of containers and sidecars, each other init container with the sidecars
 * before it), pod-level requests instead where given, and the overhead. */
static int total_read(struct pod_spec *spec, const struct json *podspec,
                      struct err *err)
{
    struct amounts overhead = {0};
    int rc;

    for (size_t i = 0; i < spec->n_mains; i++)
        amounts_add(&spec->requests, &spec->mains[i].requests);
    add_inits(spec);
    if (amounts_read(&spec->requests, json_at(podspec, "resources.requests"), err) < 0)
        return err_prefix(err, "resources.requests");
    rc = amounts_read(&overhead, json_get(podspec, "overhead"), err);
    amounts_add(&spec->requests, &overhead);
    amounts_fini(&overhead);
    amounts_set(&spec->requests, "pods", 1);
    return rc < 0 ? err_prefix(err, "overhead") : 0;
}

static const struct {
    const char *word;
    enum restart_policy policy;
} restart_words[] = {
    {"Always", RESTART_ALWAYS},
    {"OnFailure", RESTART_ON_FAILURE},
    {"Never", RESTART_NEVER},
};

static int restart_read(struct pod_spec *spec, const struct json *podspec,
                        struct err *err)
{
    const char *word = json_str_or(podspec, "restartPolicy", "Always");

    for (size_t i = 0; i < ARRAY_LEN(restart_words); i++)
        if (strcmp(word, restart_words[i].word) == 0) {
            spec->restart = restart_words[i].policy;
            return 0;
        }
    return err_set(err, ERR_INVALID,
                   "restartPolicy \"%.60s\": must be Always, OnFailure or Never", word);
}

/* Guaranteed: every container has equal requests and limits of cpu and memory;
 * BestEffort: none has any. */
static void qos_count(const struct json *list, bool *all_equal, bool *any)
{
    static const char *const names[] = {"cpu", "memory"};

    for (size_t i = 0; i < json_len(list); i++) {
        struct json *r = json_get(json_item(list, i), "resources");

        for (size_t k = 0; k < ARRAY_LEN(names); k++) {
            const struct json *limit = json_get(json_get(r, "limits"), names[k]);
            const struct json *request = json_get(json_get(r, "requests"), names[k]);

            *any |= limit || request;
            *all_equal &= limit && (!request || json_equal(limit, request));
        }
    }
}

static const char *qos_class(const struct json *object)
{
    const struct json *podspec = json_get(object, "spec");
    bool all_equal = true, any = false;

    qos_count(json_get(podspec, "containers"), &all_equal, &any);
    qos_count(json_get(podspec, "initContainers"), &all_equal, &any);
    if (!any)
        return "BestEffort";
    return all_equal ? "Guaranteed" : "Burstable";
}

static bool is_scheduled(const struct json *object)
{
    const struct json *conditions = json_at(object, "status.conditions");

    for (size_t i = 0; i < json_len(conditions); i++) {
        const struct json *c = json_item(conditions, i);

        if (str_eq(json_str(c, "type"), "PodScheduled"))
            return str_eq(json_str(c, "status"), "True");
    }
    return false;
}

static void defaults_read(struct pod_spec *spec, const struct json *podspec)
{
    int64_t grace =
        json_int_or(podspec, "terminationGracePeriodSeconds", GRACE_DEFAULT_SEC);
    int64_t user = json_int_or(podspec, "securityContext.runAsUser", -1);
    int64_t group = json_int_or(podspec, "securityContext.runAsGroup", -1);

    spec->grace_sec = MIN(MAX(grace, 0), GRACE_MAX_SEC);
    spec->active_deadline_sec = json_int_or(podspec, "activeDeadlineSeconds", -1);
    for (size_t i = 0; i < spec->n_inits + spec->n_mains; i++) {
        struct container_spec *c =
            i < spec->n_inits ? &spec->inits[i] : &spec->mains[i - spec->n_inits];

        c->run_as_user = c->run_as_user < 0 ? user : c->run_as_user;
        c->run_as_group = c->run_as_group < 0 ? group : c->run_as_group;
    }
}

static int spec_read(struct pod_spec *spec, const struct json *object, struct err *err)
{
    const struct json *podspec = json_get(object, "spec");

    podspec_read_pod_security(spec, podspec);
    if (podspec_read_volumes(spec, podspec, err) < 0 ||
        containers_read(spec, podspec, "initContainers", err) < 0 ||
        containers_read(spec, podspec, "containers", err) < 0 ||
        total_read(spec, podspec, err) < 0 || restart_read(spec, podspec, err) < 0)
        return -1;
    if (spec->n_mains == 0)
        return err_set(err, ERR_INVALID, "containers: there must be one at least");
    defaults_read(spec, podspec);
    spec->scheduled = is_scheduled(object);
    return 0;
}

static void container_fini(struct container_spec *c)
{
    podspec_free_env(c);
    podspec_free_mounts(c);
    podspec_free_hooks(c);
    podspec_free_probes(c);
    words_free(c->command);
    words_free(c->args);
    amounts_fini(&c->requests);
    amounts_fini(&c->limits);
    free(c->name);
    free(c->image);
    free(c->working_dir);
    free(c->message_path);
}

static void containers_fini(struct pod_spec *spec)
{
    for (size_t i = 0; i < spec->n_inits; i++)
        container_fini(&spec->inits[i]);
    for (size_t i = 0; i < spec->n_mains; i++)
        container_fini(&spec->mains[i]);
    free(spec->inits);
    free(spec->mains);
    spec->inits = spec->mains = NULL;
    spec->n_inits = spec->n_mains = 0;
}

/* They become parts of paths. */
static int identity_check(const struct pod_spec *spec, struct err *err)
{
    if (!*spec->ns || !*spec->name || !*spec->uid || strchr(spec->ns, '/') ||
        strchr(spec->name, '/') || strchr(spec->uid, '/'))
        return err_set(err, ERR_INVALID, "namespace, name and uid must be given");
    return 0;
}

struct pod_spec *podspec_new(const struct json *object)
{
    struct pod_spec *spec = xcalloc(1, sizeof(*spec));
    struct err err = ERR_INIT;

    spec->ns = xstrdup(json_str_or(object, "metadata.namespace", ""));
    spec->name = xstrdup(json_str_or(object, "metadata.name", ""));
    spec->uid = xstrdup(json_str_or(object, "metadata.uid", ""));
    spec->node_name = xstrdup(json_str_or(object, "spec.nodeName", ""));
    spec->service_account = xstrdup(json_str_or(object, "spec.serviceAccountName", ""));
    spec->hostname = xstrdup(json_str_or(object, "spec.hostname", spec->name));
    spec->subdomain = xstrdup(json_str_or(object, "spec.subdomain", ""));
    spec->host_network = json_bool_or(object, "spec.hostNetwork", false);
    aliases_read(&spec->host_aliases, json_at(object, "spec.hostAliases"));
    pairs_read(&spec->labels, json_at(object, "metadata.labels"));
    pairs_read(&spec->annotations, json_at(object, "metadata.annotations"));
    spec->qos_class = qos_class(object);
    if (identity_check(spec, &err) < 0 || spec_read(spec, object, &err) < 0) {
        containers_fini(spec);
        spec->invalid = xstrdup(err.msg);
    }
    return spec;
}

bool podspec_update(struct pod_spec *spec, const struct json *object)
{
    const bool labels = pairs_update(&spec->labels, json_at(object, "metadata.labels"));

    return pairs_update(&spec->annotations, json_at(object, "metadata.annotations")) ||
           labels;
}

void podspec_free(struct pod_spec *spec)
{
    if (!spec)
        return;
    containers_fini(spec);
    podspec_free_volumes(spec);
    amounts_fini(&spec->requests);
    pairs_fini(&spec->labels);
    pairs_fini(&spec->annotations);
    pairs_fini(&spec->host_aliases);
    free(spec->ns);
    free(spec->name);
    free(spec->uid);
    free(spec->node_name);
    free(spec->service_account);
    free(spec->hostname);
    free(spec->subdomain);
    free(spec->groups);
    free(spec->needs);
    free(spec->invalid);
    free(spec);
}
