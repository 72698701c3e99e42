#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/executor.h"

#define RUN_SECONDS "gantry.dev/run-seconds"
#define STOP_SECONDS "gantry.dev/stop-seconds"
#define EXIT_CODE "gantry.dev/exit-code"
#define SECONDS_MAX (100LL * 365 * 86400)

struct simulate {
    struct executor executor;
    struct loop *loop;
};

struct executor_run {
    struct loop_timer *timer;
    executor_exit_fn *exited;
    void *arg;
    int64_t stop_sec;
    struct executor_exit how;
    bool stopping; /* the timer is the end's by a signal */
};

/* 0 to max; *ret stays as it is where the annotation is absent. */
static int annotation(const struct pod_spec *pod, const char *name, int64_t max,
                      int64_t *ret, struct err *err)
{
    const char *text = pairs_find(&pod->annotations, name);
    char *end;
    long long value;

    if (!text)
        return 0;
    errno = 0;
    value = strtoll(text, &end, 10);
    if (errno || end == text || *end || value < 0 || value > max)
        return err_set(err, ERR_INVALID,
                       "annotation %s \"%.60s\": must be a number from 0 to %lld", name,
                       text, (long long)max);
    *ret = value;
    return 0;
}

struct wish {
    int64_t run_sec; /* -1: until it is stopped */
    int64_t stop_sec;
    int64_t exit_code;
};

static int read_wish(const struct pod_spec *pod, struct wish *ret, struct err *err)
{
    *ret = (struct wish){.run_sec = -1};
    if (annotation(pod, RUN_SECONDS, SECONDS_MAX, &ret->run_sec, err) < 0 ||
        annotation(pod, STOP_SECONDS, SECONDS_MAX, &ret->stop_sec, err) < 0 ||
        annotation(pod, EXIT_CODE, 255, &ret->exit_code, err) < 0)
        return -1;
    return 0;
}

static const char *refuse(struct executor *x, const struct pod_spec *pod,
                          struct err *err)
{
    struct wish wish;

    (void)x;
    return read_wish(pod, &wish, err) < 0 ? "InvalidAnnotation" : NULL;
}

static void run_free(struct executor_run *run)
{
    loop_timer_free(run->timer);
    free(run);
}

static void run_due(void *arg)
{
    struct executor_run *run = arg;
    struct executor_exit how = run->how;
    executor_exit_fn *exited = run->exited;
    void *exited_arg = run->arg;

    run_free(run);
    exited(exited_arg, &how);
}

static struct executor_run *start(struct executor *x, const struct executor_start *s,
                                  executor_exit_fn *exited, void *arg, struct err *err)
{
    struct simulate *sim = (struct simulate *)x;
    struct executor_run *run;
    struct wish wish;

    if (read_wish(s->pod, &wish, err) < 0)
        return NULL;
    run = xcalloc(1, sizeof(*run));
    run->timer = loop_timer_new(sim->loop, run_due, run);
    run->exited = exited;
    run->arg = arg;
    run->stop_sec = wish.stop_sec;
    if (!s->is_init)
        run->how.exit_code = (int)wish.exit_code;
    if (!s->container->is_sidecar && (s->is_init || wish.run_sec >= 0))
        loop_timer_start(run->timer, s->is_init ? 0 : wish.run_sec * 1000);
    return run;
}

static void send_signal(struct executor_run *run, int signo)
{
    bool at_once = signo == SIGKILL;

    if (run->stopping && !at_once)
        return;
    run->stopping = true;
    run->how = (struct executor_exit){.exit_code = 128 + signo, .signal = signo};
    loop_timer_start(run->timer, at_once ? 0 : run->stop_sec * 1000);
}

/* A program would handle it, or not: nobody can tell. */
static void signal_all(struct executor_run *run, int signo)
{
    if (signo == SIGKILL)
        send_signal(run, signo);
}

static void forget(struct executor *x, const struct pod_spec *pod)
{
    (void)x; /* nothing is kept of a pod */
    (void)pod;
}

static void simulate_free(struct executor *x)
{
    free(x);
}

static const struct executor_ops ops = {
    .refuse = refuse,
    .start = start,
    .signal = send_signal,
    .signal_all = signal_all,
    .drop = run_free,
    .forget = forget,
    .free = simulate_free,
};

struct executor *executor_simulate_new(struct loop *loop)
{
    struct simulate *sim = xcalloc(1, sizeof(*sim));

    sim->executor.ops = &ops;
    sim->loop = loop;
    return &sim->executor;
}
