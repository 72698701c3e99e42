#include <stdlib.h>
#include <string.h>

#include "base/siglist.h"
#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/kubelet_private.h"
#include "crds/convert.h"

/*
 * Signals that a pod's annotation holds (base/siglist.h): for each main container, each
 * once, while it runs. gantry-launch takes them itself, and knows its script: it is
 * given a file that follows the annotation, unless its pod has a volume for that.
 */
#define LAUNCH "gantry-launch"
#define VARIABLE "GANTRY_SIGNALS"

static struct executor *executor_of(const struct kpod *pod)
{
    return pod->node->kubelet->executor;
}

static const char *list_of(const struct kpod *pod)
{
    return pairs_find(&pod->spec->annotations, ANNOTATION_SIGNALS);
}

/* Its program, by the last part of the path. */
static bool is_launch(const struct krun *r)
{
    const struct container_spec *c = krun_spec(r);
    const char *program = c->command[0] ? c->command[0] : c->args[0];
    const char *slash = program ? strrchr(program, '/') : NULL;

    return str_eq(slash ? slash + 1 : program, LAUNCH);
}

static int write_inbox(const struct kpod *pod, struct err *err)
{
    struct executor *x = executor_of(pod);
    const char *list = list_of(pod);

    return x->ops->set_inbox(x, pod->spec, list ? list : "", err);
}

int krun_give_inbox(struct krun *r, char ***envp, struct err *err)
{
    struct executor *x = executor_of(r->pod);
    AUTO_FREE char *path = NULL;

    r->takes_signals = env_get(*envp, VARIABLE) != NULL;
    r->has_inbox = !r->is_init && !r->takes_signals && x->ops->inbox && is_launch(r);
    if (!r->has_inbox)
        return 0;
    r->takes_signals = true;
    path = x->ops->inbox(x, r->pod->spec);
    env_set(envp, VARIABLE, path);
    return write_inbox(r->pod, err);
}

void krun_signal(struct krun *r)
{
    const char *list = list_of(r->pod);
    struct siglist_item item;

    if (r->is_init || r->takes_signals)
        return;
    for (; r->run && siglist_get(list, r->n_signals, &item); r->n_signals++)
        if (item.signo > 0 && item.scope == SIGLIST_ALL)
            executor_of(r->pod)->ops->signal_all(r->run, item.signo);
}

void kpod_signal(struct kpod *pod)
{
    struct err err = ERR_INIT;

    if (pod->stage != KPOD_ACTIVE)
        return;
    for (size_t i = 0; i < pod->spec->n_mains; i++) {
        struct krun *r = &pod->mains[i];

        if (r->run && r->has_inbox && write_inbox(pod, &err) < 0)
            kpod_warn(pod, r, "FailedSignal", err.msg);
        krun_signal(r);
    }
}
