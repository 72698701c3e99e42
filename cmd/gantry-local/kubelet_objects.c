#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"

static const struct kc_resource secrets = {"", "v1", "secrets", "Secret", true};

const struct kc_resource *podobject_resource(enum value_kind kind)
{
    return kind == VALUE_SECRET ? &secrets : &kc_configmaps;
}

/* One object of a pod on its way here. */
struct kfetch {
    struct kpod *pod;
    size_t i; /* in the pod's objects */
    struct kc_call *call;
};

static void fetched(void *arg, const struct kc_result *result)
{
    struct kfetch *f = arg;
    struct kpod *pod = f->pod;
    struct podobject *o = &pod->objects.items[f->i];

    f->call = NULL;
    if (result->outcome == KC_OK)
        podobject_set(o, result->body);
    else if (result->outcome == KC_REFUSED && result->reason == KC_REASON_NOT_FOUND)
        podobject_set(o, NULL);
    else if (!o->found) /* else what was known does */
        podobject_fail(o, result->message);
    if (--pod->n_fetching > 0)
        return;
    kpod_advance(pod);
    kpod_settle(pod);
}

static void fetch(struct kpod *pod, size_t i)
{
    const struct podobject *o = &pod->objects.items[i];
    struct kc_ref ref = {
        .resource = podobject_resource(o->kind),
        .ns = pod->spec->ns,
        .name = o->name,
    };
    struct kfetch *f = &pod->fetches[i];

    *f = (struct kfetch){.pod = pod, .i = i};
    pod->n_fetching++;
    f->call = kc_get(pod->node->kubelet->client, &ref, fetched, f);
    if (o->found)
        kc_once(f->call);
}

void kpod_load(struct kpod *pod)
{
    pod->reload = false;
    if (!pod->node->kubelet->executor->ops->runs_programs || pod->objects.n == 0) {
        kpod_advance(pod);
        return;
    }
    if (pod->n_fetching > 0)
        return;
    if (!pod->fetches)
        pod->fetches = xcalloc(pod->objects.n, sizeof(*pod->fetches));
    for (size_t i = 0; i < pod->objects.n; i++)
        fetch(pod, i);
}

void kpod_unload(struct kpod *pod)
{
    for (size_t i = 0; pod->fetches && i < pod->objects.n; i++)
        if (pod->fetches[i].call)
            kc_cancel(pod->fetches[i].call);
    free(TAKE(pod->fetches));
    pod->n_fetching = 0;
    kpod_unfollow(pod);
    podobjects_fini(&pod->objects);
}
