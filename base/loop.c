#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/loop_private.h"
#include "base/util.h"

/* Callbacks run between two looks at the descriptors, so that callbacks that post
 * callbacks cannot starve these. */
#define BURST 256

/* The virtual machine has been up for a minute when it starts: wall and monotonic time
 * differ, so that mistaking one for the other shows. */
#define VIRTUAL_UPTIME_MS 60000

/* ---- clock ---- */

static int64_t clock_read_ms(clockid_t id)
{
    struct timespec ts;
    int rc = clock_gettime(id, &ts);
    assert(rc == 0);
    (void)rc;
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const struct clock *clock_fresh(const struct loop *loop)
{
    struct clock *c = loop->clock;
    if (c->stale) {
        c->now_ms = clock_read_ms(CLOCK_REALTIME);
        c->mono_ms = clock_read_ms(CLOCK_BOOTTIME);
        c->stale = false;
    }
    return c;
}

int64_t loop_now_ms(const struct loop *loop)
{
    return clock_fresh(loop)->now_ms;
}

int64_t loop_now_sec(const struct loop *loop)
{
    return loop_now_ms(loop) / 1000;
}

int64_t loop_mono_ms(const struct loop *loop)
{
    return clock_fresh(loop)->mono_ms;
}

int64_t loop_fresh_mono_ms(const struct loop *loop)
{
    return loop_is_virtual(loop) ? loop_mono_ms(loop) : clock_read_ms(CLOCK_BOOTTIME);
}

/* ---- life ---- */

static struct loop *loop_new_bare(void)
{
    struct loop *loop = xcalloc(1, sizeof(*loop));
    loop->clock = xcalloc(1, sizeof(*loop->clock));
    loop->timer_fd = -1;
    loop->timer_ms = INT64_MAX;
    TAILQ_INIT(&loop->running);
    TAILQ_INIT(&loop->ended);
    return loop;
}

static void timer_fd_expired(evutil_socket_t fd, short what, void *arg)
{
    struct loop *loop = arg;
    uint64_t times;
    (void)what;
    /* Only to make it unreadable; loop_round looks at the clock, not at this count. */
    if (read(fd, &times, sizeof(times)) == sizeof(times))
        loop->timer_ms = INT64_MAX;
}

static int loop_init_base(struct loop *loop, struct err *err)
{
    struct event_config *config = event_config_new();
    if (config) {
        event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
        loop->base = event_base_new_with_config(config);
        event_config_free(config);
    }
    if (!loop->base)
        return err_set(err, ERR_IO, "event loop: libevent finds no way to wait");
    loop->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (loop->timer_fd < 0)
        return err_errno(err, errno, "event loop: timer descriptor");
    loop->timer_event = event_new(loop->base, loop->timer_fd, EV_READ | EV_PERSIST,
                                  timer_fd_expired, loop);
    if (!loop->timer_event || event_add(loop->timer_event, NULL) < 0)
        return err_errno(err, errno, "event loop: timer event");
    return 0;
}

struct loop *loop_new(struct err *err)
{
    struct loop *loop = loop_new_bare();
    loop->clock->stale = true;
    if (loop_init_base(loop, err) < 0) {
        loop_free(loop);
        return NULL;
    }
    return loop;
}

struct loop *loop_new_virtual(int64_t now_ms)
{
    struct loop *loop = loop_new_bare();
    *loop->clock = (struct clock){.now_ms = now_ms, .mono_ms = VIRTUAL_UPTIME_MS};
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    assert(loop->n_sources == 0);
    loop_children_fini(loop);
    if (loop->timer_event)
        event_free(loop->timer_event);
    if (loop->timer_fd >= 0)
        close(loop->timer_fd);
    if (loop->base)
        event_base_free(loop->base);
    loop_queue_fini(&loop->queue);
    free(loop->clock);
    free(loop);
}

bool loop_is_virtual(const struct loop *loop)
{
    return loop->base == NULL;
}

struct event_base *loop_event_base(struct loop *loop)
{
    return loop->base;
}

/* ---- running ---- */

static void timer_fd_set(struct loop *loop, int64_t due_ms)
{
    if (due_ms == loop->timer_ms)
        return;
    struct itimerspec its = {0}; /* zero: never */
    if (due_ms != INT64_MAX) {
        its.it_value.tv_sec = due_ms / 1000;
        its.it_value.tv_nsec = due_ms % 1000 * 1000000;
    }
    int rc = timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &its, NULL);
    assert(rc == 0);
    (void)rc;
    loop->timer_ms = due_ms;
}

/* Runs what is due, waits for more until something is ready or `until_ms` comes, and
 * runs what has become due. */
static void loop_round(struct loop *loop, int64_t until_ms)
{
    struct loop_queue *q = &loop->queue;
    int64_t due_ms = loop_queue_due(q, loop_mono_ms(loop));
    int flags = EVLOOP_ONCE;
    if (MIN(due_ms, until_ms) <= loop_mono_ms(loop))
        flags |= EVLOOP_NONBLOCK;
    else
        timer_fd_set(loop, MIN(due_ms, until_ms));
    loop->clock->stale = true;
    event_base_loop(loop->base, flags);
    for (int n = 0; n < BURST && !loop->stop; n++) {
        if (!loop_queue_run_one(q, loop_mono_ms(loop)))
            break;
    }
}

/* Virtual: the one callback that is due next, if it is by `until_mono_ms`. */
static bool loop_jump(struct loop *loop, int64_t until_mono_ms)
{
    struct clock *c = loop->clock;
    int64_t due_ms = loop_queue_due(&loop->queue, c->mono_ms);
    if (due_ms > until_mono_ms || loop_queue_empty(&loop->queue))
        return false;
    c->now_ms = add_capped(c->now_ms, due_ms - c->mono_ms);
    c->mono_ms = due_ms;
    return loop_queue_run_one(&loop->queue, due_ms);
}

void loop_run(struct loop *loop)
{
    while (!loop->stop) {
        if (!loop_is_virtual(loop))
            loop_round(loop, INT64_MAX);
        else if (!loop_jump(loop, INT64_MAX))
            break;
    }
    loop->stop = false;
}

void loop_stop(struct loop *loop)
{
    loop->stop = true;
    if (loop->base)
        event_base_loopbreak(loop->base);
}

bool loop_step(struct loop *loop, int64_t until_ms)
{
    assert(loop_is_virtual(loop));
    struct clock *c = loop->clock;
    if (until_ms < c->now_ms)
        return false;
    int64_t until_mono_ms = add_capped(c->mono_ms, until_ms - c->now_ms);
    if (loop_jump(loop, until_mono_ms))
        return true;
    c->now_ms = until_ms;
    c->mono_ms = until_mono_ms;
    return false;
}

void loop_poll(struct loop *loop, int64_t wait_ms)
{
    assert(!loop_is_virtual(loop));
    if (!loop->stop) {
        loop->clock->stale =
            true; /* the wait starts at the call, not at the last one */
        loop_round(loop, add_capped(loop_mono_ms(loop), wait_ms));
    }
    loop->stop = false;
}

/* ---- posts and timers ---- */

void loop_post(struct loop *loop, loop_fn *fn, void *arg)
{
    loop_queue_post(&loop->queue, fn, arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, loop_fn *fn, void *arg)
{
    struct loop_timer *t = xmalloc(sizeof(*t));
    *t =
        (struct loop_timer){.loop = loop, .fn = fn, .arg = arg, .pos = LOOP_QUEUE_IDLE};
    loop->n_sources++;
    return t;
}

void loop_timer_start(struct loop_timer *t, int64_t delay_ms)
{
    int64_t due_ms = add_capped(loop_mono_ms(t->loop), MAX(delay_ms, 0));
    loop_queue_start(&t->loop->queue, t, due_ms);
}

void loop_timer_stop(struct loop_timer *t)
{
    loop_queue_stop(&t->loop->queue, t);
}

bool loop_timer_armed(const struct loop_timer *t)
{
    return t->pos != LOOP_QUEUE_IDLE;
}

void loop_timer_free(struct loop_timer *t)
{
    if (!t)
        return;
    loop_timer_stop(t);
    t->loop->n_sources--;
    free(t);
}
