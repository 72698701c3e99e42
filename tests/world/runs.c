#include "tests/world/runs.h"

#include <stdlib.h>
#include <utlist.h>

#include "base/siglist.h"
#include "base/util.h"

struct runs {
    struct executor executor;
    struct executor *inner;
    struct runs_options o;
    struct executor_run *all;
};

struct executor_run {
    struct runs *runs;
    struct executor_run *prev, *next;
    struct executor_run *inner; /* NULL: it would have ended, but is stuck */
    bool stuck;
    struct executor_exit how;
    struct pod_fact *pod; /* facts are never forgotten while machines live */
    executor_exit_fn *exited;
    void *arg;
};

static const char *refuse(struct executor *x, const struct pod_spec *pod,
                          struct err *err)
{
    struct executor *inner = ((struct runs *)x)->inner;

    return inner->ops->refuse(inner, pod, err);
}

static void run_over(struct executor_run *run)
{
    if (run->pod)
        run->pod->running -= run->runs->o.doubled ? 2 : 1;
    run->runs->o.ledger->changed = true;
    DL_DELETE(run->runs->all, run);
    free(run);
}

static void tell_exit(struct executor_run *run, const struct executor_exit *how)
{
    executor_exit_fn *exited = run->exited;
    void *exited_arg = run->arg;

    run_over(run);
    exited(exited_arg, how);
}

static void on_exit_of(void *arg, const struct executor_exit *how)
{
    struct executor_run *run = arg;

    if (!run->stuck) {
        tell_exit(run, how);
        return;
    }
    run->inner = NULL;
    run->how = *how;
    if (run->pod)
        run->pod->stuck = true;
}

static void note_start(struct runs *runs, struct pod_fact *pod)
{
    for (int i = 0; i < (runs->o.doubled ? 2 : 1); i++) {
        pod->starts++;
        pod->running++;
        runs->o.started(runs->o.arg, pod);
    }
}

static struct executor_run *start(struct executor *x, const struct executor_start *s,
                                  executor_exit_fn *exited, void *arg, struct err *err)
{
    struct runs *runs = (struct runs *)x;
    struct executor_run *run = xcalloc(1, sizeof(*run));

    run->runs = runs;
    run->exited = exited;
    run->arg = arg;
    run->inner = runs->inner->ops->start(runs->inner, s, on_exit_of, run, err);
    if (!run->inner) {
        free(run);
        return NULL;
    }
    DL_APPEND(runs->all, run);
    run->stuck =
        runs->o.stuck_one_in && rng_below(&runs->o.rng, runs->o.stuck_one_in) == 0;
    run->pod = ledger_pod(runs->o.ledger, s->pod->uid);
    runs->o.ledger->changed = true;
    if (run->pod)
        note_start(runs, run->pod);
    return run;
}

static void send_signal(struct executor_run *run, int signo)
{
    if (run->inner)
        run->runs->inner->ops->signal(run->inner, signo);
}

static int times_listed(const struct pod_fact *pod, int signo)
{
    struct siglist_item item;
    int times = 0;

    for (size_t i = 0; siglist_get(pod->signals, i, &item); i++)
        times += item.signo == signo;
    return times;
}

static void note_signal(struct pod_fact *pod, int signo)
{
    if (++pod->had[signo] > times_listed(pod, signo))
        pod->again = signo;
}

static void signal_all(struct executor_run *run, int signo)
{
    if (run->pod)
        note_signal(run->pod, signo);
    if (run->inner)
        run->runs->inner->ops->signal_all(run->inner, signo);
}

static void drop(struct executor_run *run)
{
    if (run->inner)
        run->runs->inner->ops->drop(run->inner);
    run_over(run);
}

void runs_calm(struct executor *x)
{
    struct runs *runs = (struct runs *)x;
    struct executor_run *run, *next;

    runs->o.stuck_one_in = 0;
    DL_FOREACH_SAFE(runs->all, run, next)
    {
        run->stuck = false;
        if (run->inner)
            continue;
        const struct executor_exit how = run->how;
        tell_exit(run, &how);
    }
}

static void forget(struct executor *x, const struct pod_spec *pod)
{
    struct executor *inner = ((struct runs *)x)->inner;

    inner->ops->forget(inner, pod);
}

static void runs_free(struct executor *x)
{
    struct runs *runs = (struct runs *)x;

    executor_free(runs->inner);
    free(runs);
}

static const struct executor_ops ops = {.refuse = refuse,
                                        .start = start,
                                        .signal = send_signal,
                                        .signal_all = signal_all,
                                        .drop = drop,
                                        .forget = forget,
                                        .free = runs_free};

struct executor *runs_new(const struct runs_options *options)
{
    struct runs *runs = xcalloc(1, sizeof(*runs));

    runs->executor.ops = &ops;
    runs->inner = executor_simulate_new(options->loop);
    runs->o = *options;
    return &runs->executor;
}
