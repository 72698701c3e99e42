#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/hosts.h"
#include "cmd/gantry-local/kubelet_private.h"

#define JOB_UID "gantry.dev/job-uid"
#define MACHINE_MAX (1u << 20)
#define TEXT_MAX (8u << 20)

/*
 * The pods of one subdomain in one namespace, wherever they run: watched while one of
 * them runs here. Pods of a job are asked for by its uid; others, of which only the
 * subdomain is known (no selector can name it), by their namespace. Gangs past
 * KUBELET_WATCHES_MAX look into one watch of all pods.
 */
struct kgang {
    TAILQ_ENTRY(kgang) link;
    struct kubelet *kubelet;
    char *ns, *subdomain;
    char *job_uid; /* NULL: no job's */
    struct kgang_watch *watch;
    struct loop_timer *timer; /* something changed, or the last pod has left */
    size_t n_pods;            /* those here */
};

/* What gangs are looked up in. */
struct kgang_watch {
    struct kubelet *kubelet;
    struct kc_cache *cache;
    size_t n_gangs; /* more than one only of all pods */
};

struct member {
    char *ns, *subdomain, *job_uid; /* "" for none */
    char *uid, *hostname, *ip;
};

/* ---- the watch ---- */

static void member_free(void *item)
{
    struct member *m = item;

    free(m->ns);
    free(m->subdomain);
    free(m->job_uid);
    free(m->uid);
    free(m->hostname);
    free(m->ip);
    free(m);
}

/* An address of a pod that has ended may be another's by now. */
static bool is_over(const struct json *object)
{
    const char *phase = json_str_or(object, "status.phase", "");

    return strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0;
}

/* The label's name has dots, which paths cannot name. */
static const char *job_uid_of(const struct json *object)
{
    const struct json *uid = json_get(json_at(object, "metadata.labels"), JOB_UID);

    return json_is(uid, JSON_STRING) ? json_string(uid) : "";
}

static void *member_make(void *arg, const struct json *object)
{
    const char *name = json_str_or(object, "metadata.name", "");
    const char *subdomain = json_str_or(object, "spec.subdomain", "");
    struct member *m;

    (void)arg;
    if (!*subdomain || is_over(object))
        return NULL;
    m = xcalloc(1, sizeof(*m));
    m->ns = xstrdup(json_str_or(object, "metadata.namespace", ""));
    m->subdomain = xstrdup(subdomain);
    m->job_uid = xstrdup(job_uid_of(object));
    m->uid = xstrdup(json_str_or(object, "metadata.uid", ""));
    m->hostname = xstrdup(json_str_or(object, "spec.hostname", name));
    m->ip = xstrdup(json_str_or(object, "status.podIP", ""));
    return m;
}

static bool is_of(const struct member *m, const struct kgang *g)
{
    return strcmp(m->ns, g->ns) == 0 && strcmp(m->subdomain, g->subdomain) == 0 &&
           (!g->job_uid || strcmp(m->job_uid, g->job_uid) == 0);
}

static void member_changed(void *arg, enum kc_change change, void *old_item,
                           void *new_item, const struct json *object)
{
    const struct kgang_watch *w = arg;
    const struct member *was = old_item, *is = new_item;
    const struct kgang *g;

    (void)change;
    (void)object;
    if (was && is && strcmp(was->ip, is->ip) == 0)
        return; /* statuses come often, addresses once */
    TAILQ_FOREACH(g, &w->kubelet->gangs, link)
    {
        if (g->watch == w && ((is && is_of(is, g)) || (was && is_of(was, g))))
            loop_timer_start(g->timer, 0);
    }
}

static void nothing(void *arg)
{
    (void)arg;
}

/* The watch of the pods themselves, to the same server, tells of its troubles. */
static void no_line(void *arg, const char *line)
{
    (void)arg;
    (void)line;
}

static const struct kc_cache_ops member_ops = {
    .make = member_make,
    .changed = member_changed,
    .free_item = member_free,
    .synced = nothing,
    .trouble = no_line,
};

/* `ns` and `selector` NULL: of all pods. */
static struct kgang_watch *watch_new(struct kubelet *k, const char *ns,
                                     const char *selector)
{
    struct kgang_watch *w = xcalloc(1, sizeof(*w));
    const struct kc_cache_spec spec = {
        .resource = &kc_pods, .ns = ns, .label_selector = selector};

    w->kubelet = k;
    w->cache = kc_cache_new(k->client, &spec, &member_ops, w);
    return w;
}

static struct kgang_watch *watch_for(struct kubelet *k, const struct pod_spec *spec,
                                     const char *job_uid)
{
    AUTO_FREE char *selector = job_uid ? xasprintf(JOB_UID "=%s", job_uid) : NULL;

    if (k->n_gang_watches < KUBELET_WATCHES_MAX) {
        k->n_gang_watches++;
        return watch_new(k, spec->ns, selector);
    }
    if (!k->all_pods)
        k->all_pods = watch_new(k, NULL, NULL);
    return k->all_pods;
}

static void watch_leave(struct kgang_watch *w)
{
    if (--w->n_gangs > 0)
        return;
    if (w == w->kubelet->all_pods)
        w->kubelet->all_pods = NULL;
    else
        w->kubelet->n_gang_watches--;
    kc_cache_free(w->cache);
    free(w);
}

/* ---- gangs ---- */

static void gang_free(struct kgang *g)
{
    TAILQ_REMOVE(&g->kubelet->gangs, g, link);
    watch_leave(g->watch);
    loop_timer_free(g->timer);
    free(g->ns);
    free(g->subdomain);
    free(g->job_uid);
    free(g);
}

static void gang_due(void *arg)
{
    struct kgang *g = arg;
    struct kubelet *k = g->kubelet;

    if (g->n_pods == 0) {
        gang_free(g);
        return;
    }
    for (size_t i = 0; i < k->n_nodes; i++) {
        struct kpod *pod;

        TAILQ_FOREACH(pod, &k->nodes[i].pods, link)
        {
            if (pod->gang == g)
                kpod_write_hosts(pod);
        }
    }
}

static struct kgang *gang_new(struct kubelet *k, const struct pod_spec *spec,
                              const char *job_uid)
{
    struct kgang *g = xcalloc(1, sizeof(*g));

    g->kubelet = k;
    g->ns = xstrdup(spec->ns);
    g->subdomain = xstrdup(spec->subdomain);
    g->job_uid = xstrdup_null(job_uid);
    g->timer = loop_timer_new(k->loop, gang_due, g);
    g->watch = watch_for(k, spec, job_uid);
    g->watch->n_gangs++;
    TAILQ_INSERT_TAIL(&k->gangs, g, link);
    return g;
}

void kpod_join(struct kpod *pod)
{
    struct kubelet *k = pod->node->kubelet;
    const struct pod_spec *spec = pod->spec;
    const char *job_uid = pairs_find(&spec->labels, JOB_UID);
    struct kgang *g;

    if (!*spec->subdomain || spec->host_network || !k->executor->ops->runs_programs)
        return;
    TAILQ_FOREACH(g, &k->gangs, link)
    {
        if (strcmp(g->ns, spec->ns) == 0 &&
            strcmp(g->subdomain, spec->subdomain) == 0 && str_eq(g->job_uid, job_uid))
            break;
    }
    pod->gang = g ? g : gang_new(k, spec, job_uid);
    pod->gang->n_pods++;
}

/* By the timer, since this may come from the gang's own callbacks; and the next pod of
 * the gang may come at once. */
void kpod_leave(struct kpod *pod)
{
    struct kgang *g = TAKE(pod->gang);

    if (g && --g->n_pods == 0)
        loop_timer_start(g->timer, 0);
}

void kubelet_free_gangs(struct kubelet *k)
{
    while (!TAILQ_EMPTY(&k->gangs))
        gang_free(TAILQ_FIRST(&k->gangs));
}

/* ---- names and addresses ---- */

struct gather {
    const struct kpod *pod;
    struct hosts_peer *peers;
    size_t n, cap;
};

static void gather_member(void *arg, void *item)
{
    struct gather *a = arg;
    const struct member *m = item;

    if (!is_of(m, a->pod->gang) || strcmp(m->uid, a->pod->spec->uid) == 0)
        return;
    GROW(a->peers, a->n, a->cap);
    a->peers[a->n++] = (struct hosts_peer){m->hostname, m->ip};
}

static int by_hostname(const void *a, const void *b)
{
    const struct hosts_peer *pa = a, *pb = b;

    return strcmp(pa->hostname, pb->hostname);
}

/* The peers are the caller's to free, their texts the gang's. */
static struct hosts hosts_of(const struct kpod *pod, struct hosts_peer **ret_peers)
{
    struct gather a = {.pod = pod};

    if (pod->gang)
        kc_cache_each(pod->gang->watch->cache, gather_member, &a);
    if (a.n > 1)
        qsort(a.peers, a.n, sizeof(*a.peers), by_hostname);
    *ret_peers = a.peers;
    return (struct hosts){
        .ns = pod->spec->ns,
        .hostname = pod->spec->hostname,
        .ip = pod->state.ip,
        .subdomain = pod->spec->subdomain,
        .peers = a.peers,
        .n_peers = a.n,
        .aliases = &pod->spec->host_aliases,
    };
}

void kpod_write_hosts(struct kpod *pod)
{
    struct executor *x = pod->node->kubelet->executor;
    struct hosts_peer *peers = NULL;
    struct hosts hosts = hosts_of(pod, &peers);
    struct err err = ERR_INIT;
    STR_AUTO struct str machine, text;

    str_init(&machine, MACHINE_MAX);
    str_init(&text, TEXT_MAX);
    if (x->ops->set_hosts && !pod->spec->host_network) {
        if (str_read_file(&machine, "/etc/hosts", NULL) < 0)
            str_add(&machine, "127.0.0.1\tlocalhost\n");
        hosts_text(&hosts, machine.s, &text);
        if (x->ops->set_hosts(x, pod->spec, text.s, &err) < 0)
            log_warn(pod->node->kubelet->log, "pod %s/%s: its hosts file: %s",
                     pod->spec->ns, pod->spec->name, err.msg);
    }
    free(peers);
}

static int replace(const struct hosts *hosts, char ***envp, size_t i, struct err *err)
{
    const char *value = strchr((*envp)[i], '=') + 1;
    AUTO_FREE char *name = xstrndup((*envp)[i], (size_t)(value - (*envp)[i]) - 1);
    STR_AUTO struct str ip;

    str_init(&ip, ENV_WORD_MAX);
    switch (hosts_resolve(hosts, value, &ip)) {
    case HOSTS_KNOWN:
        env_set(envp, name, ip.s);
        return 0;
    case HOSTS_UNKNOWN:
        return err_set(err, ERR_NOT_FOUND, "env %.100s: %.200s has no address yet",
                       name, value);
    case HOSTS_NO_NAME:
        return 0;
    }
    return 0;
}

int kpod_name_by_address(const struct kpod *pod, char ***envp, struct err *err)
{
    struct hosts_peer *peers = NULL;
    const struct hosts hosts = hosts_of(pod, &peers);
    int rc = 0;

    for (size_t i = 0; rc == 0 && (*envp)[i]; i++)
        rc = replace(&hosts, envp, i, err);
    free(peers);
    return rc;
}
