#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"

/*
 * The ConfigMaps and Secrets that files of running pods are made of: each is followed
 * while a pod needs it, by a watch of it alone. Immutable ones are not; and those past
 * KUBELET_WATCHES_MAX are asked for now and then.
 */
#define ASK_MS 60000
/* Files that could not be written are tried again. */
#define REFRESH_AGAIN_MS 60000

struct kfollow {
    TAILQ_ENTRY(kfollow) link;
    struct kubelet *kubelet;
    enum value_kind kind;
    char *ns, *name;
    struct kc_cache *cache;   /* NULL: it is asked for now and then, or immutable */
    struct kc_call *call;     /* NULL: not being asked for */
    struct loop_timer *timer; /* it is to be asked for, or to be let go of */
    bool immutable;
    size_t n_pods;
};

/* ---- files of pods ---- */

static void refresh(void *arg)
{
    struct kpod *pod = arg;
    struct executor *x = pod->node->kubelet->executor;
    struct value_pod view = kpod_view(pod);
    struct err err = ERR_INIT;

    if (pod->stage != KPOD_ACTIVE || x->ops->refresh(x, &view, &err) == 0)
        return;
    kpod_warn(pod, NULL, "FailedMount", err.msg);
    loop_timer_start(pod->refresh_timer, REFRESH_AGAIN_MS);
}

/* By the timer: several changes at once are written once. */
void kpod_refresh(struct kpod *pod)
{
    struct kubelet *k = pod->node->kubelet;

    if (pod->stage != KPOD_ACTIVE || !pod->prepared || !k->executor->ops->refresh)
        return;
    if (!pod->refresh_timer)
        pod->refresh_timer = loop_timer_new(k->loop, refresh, pod);
    loop_timer_start(pod->refresh_timer, 0);
}

static void tell_pods(const struct kfollow *f, const struct json *object)
{
    struct kubelet *k = f->kubelet;
    struct kpod *pod;

    for (size_t n = 0; n < k->n_nodes; n++)
        TAILQ_FOREACH(pod, &k->nodes[n].pods, link)
        {
            for (size_t i = 0; pod->follows && i < pod->objects.n; i++)
                if (pod->follows[i] == f) {
                    podobject_set(&pod->objects.items[i], object);
                    kpod_refresh(pod);
                }
        }
}

/* NULL: there is none. */
static void heard(struct kfollow *f, const struct json *object)
{
    f->immutable = object && json_bool_or(object, "immutable", false);
    tell_pods(f, object);
    if (f->immutable)
        loop_timer_start(f->timer, 0);
}

/* ---- by a watch ---- */

static void *seen_make(void *arg, const struct json *object)
{
    (void)arg;
    (void)object;
    return xcalloc(1, 1); /* that it is there is all that is kept */
}

static void seen_changed(void *arg, enum kc_change change, void *old_item,
                         void *new_item, const struct json *object)
{
    (void)old_item;
    (void)new_item;
    heard(arg, change == KC_DELETED ? NULL : object);
}

/* It may have gone before the watch began. */
static void seen_synced(void *arg)
{
    struct kfollow *f = arg;

    if (kc_cache_count(f->cache) == 0)
        heard(f, NULL);
}

/* The watch of the pods themselves, to the same server, tells of its troubles. */
static void no_line(void *arg, const char *line)
{
    (void)arg;
    (void)line;
}

static const struct kc_cache_ops seen_ops = {
    .make = seen_make,
    .changed = seen_changed,
    .free_item = free,
    .synced = seen_synced,
    .trouble = no_line,
};

static void watch(struct kfollow *f)
{
    AUTO_FREE char *selector = xasprintf("metadata.name=%s", f->name);
    const struct kc_cache_spec spec = {
        .resource = podobject_resource(f->kind),
        .ns = f->ns,
        .field_selector = selector,
    };

    f->cache = kc_cache_new(f->kubelet->client, &spec, &seen_ops, f);
    f->kubelet->n_follow_watches++;
}

static void unwatch(struct kfollow *f)
{
    if (!f->cache)
        return;
    kc_cache_free(TAKE(f->cache));
    f->kubelet->n_follow_watches--;
}

/* ---- by asking ---- */

static void asked(void *arg, const struct kc_result *result)
{
    struct kfollow *f = arg;

    f->call = NULL;
    loop_timer_start(f->timer, ASK_MS);
    if (result->outcome == KC_OK)
        heard(f, result->body);
    else if (result->outcome == KC_REFUSED && result->reason == KC_REASON_NOT_FOUND)
        heard(f, NULL);
}

static void ask(struct kfollow *f)
{
    const struct kc_ref ref = {
        .resource = podobject_resource(f->kind), .ns = f->ns, .name = f->name};

    if (!f->call)
        f->call = kc_get(f->kubelet->client, &ref, asked, f);
}

/* ---- life ---- */

static void follow_free(struct kfollow *f)
{
    TAILQ_REMOVE(&f->kubelet->follows, f, link);
    unwatch(f);
    if (f->call)
        kc_cancel(f->call);
    loop_timer_free(f->timer);
    free(f->ns);
    free(f->name);
    free(f);
}

static void due(void *arg)
{
    struct kfollow *f = arg;

    if (f->n_pods == 0)
        follow_free(f);
    else if (f->immutable)
        unwatch(f);
    else if (!f->cache)
        ask(f);
}

static struct kfollow *follow_new(struct kubelet *k, const char *ns,
                                  const struct podobject *o)
{
    struct kfollow *f = xcalloc(1, sizeof(*f));

    f->kubelet = k;
    f->kind = o->kind;
    f->ns = xstrdup(ns);
    f->name = xstrdup(o->name);
    f->timer = loop_timer_new(k->loop, due, f);
    TAILQ_INSERT_TAIL(&k->follows, f, link);
    if (k->n_follow_watches < KUBELET_WATCHES_MAX)
        watch(f);
    else
        loop_timer_start(f->timer, ASK_MS);
    return f;
}

static struct kfollow *follow_get(struct kubelet *k, const char *ns,
                                  const struct podobject *o)
{
    struct kfollow *f;

    TAILQ_FOREACH(f, &k->follows, link)
    {
        if (f->kind == o->kind && strcmp(f->ns, ns) == 0 &&
            strcmp(f->name, o->name) == 0 && !f->immutable)
            return f;
    }
    return follow_new(k, ns, o);
}

void kpod_follow(struct kpod *pod)
{
    struct kubelet *k = pod->node->kubelet;

    if (!k->executor->ops->refresh || pod->follows)
        return;
    pod->follows = xcalloc(pod->objects.n + 1, sizeof(*pod->follows));
    for (size_t i = 0; i < pod->objects.n; i++) {
        const struct podobject *o = &pod->objects.items[i];

        if (!o->in_volume || o->immutable)
            continue;
        pod->follows[i] = follow_get(k, pod->spec->ns, o);
        pod->follows[i]->n_pods++;
    }
}

/* By the timer, since this may come from the watch's own callbacks; and the next pod
 * that needs the object may come at once. */
void kpod_unfollow(struct kpod *pod)
{
    for (size_t i = 0; pod->follows && i < pod->objects.n; i++)
        if (pod->follows[i] && --pod->follows[i]->n_pods == 0)
            loop_timer_start(pod->follows[i]->timer, 0);
    free(TAKE(pod->follows));
    loop_timer_free(TAKE(pod->refresh_timer));
}

void kubelet_free_follows(struct kubelet *k)
{
    while (!TAILQ_EMPTY(&k->follows))
        follow_free(TAILQ_FIRST(&k->follows));
}
