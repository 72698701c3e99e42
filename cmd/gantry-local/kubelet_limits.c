#include "base/util.h"
#include "cmd/gantry-local/kubelet_private.h"

/* As often as a kubelet looks. */
#define LOOK_MS 10000

static void look(void *arg)
{
    struct kpod *pod = arg;
    struct executor *x = pod->node->kubelet->executor;
    struct err err = ERR_INIT;

    if (x->ops->check_limits(x, pod->spec, &err) == 0)
        loop_timer_start(pod->limit_timer, LOOK_MS);
    else
        kpod_stop(pod, 0, "Evicted", err.msg);
}

void kpod_watch_limits(struct kpod *pod)
{
    const struct kubelet *k = pod->node->kubelet;
    bool any = false;

    for (size_t i = 0; i < pod->spec->n_volumes; i++)
        any |= pod->spec->volumes[i].size_bytes >= 0;
    if (!any || !k->executor->ops->check_limits || pod->limit_timer)
        return;
    pod->limit_timer = loop_timer_new(k->loop, look, pod);
    loop_timer_start(pod->limit_timer, LOOK_MS);
}
