#include "base/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/wait.h>

#include <event2/event.h>

#include "base/loop_private.h"
#include "base/util.h"

struct loop_io {
    struct loop *loop;
    struct event *event;
    loop_io_fn *fn;
    void *arg;
};

struct loop_signal {
    struct loop *loop;
    struct event *event;
    loop_signal_fn *fn;
    void *arg;
};

enum child_state { CHILD_RUNNING, CHILD_ENDED, CHILD_SPENT };

struct loop_child {
    struct loop *loop;
    loop_child_fn *fn; /* NULL: freed by its owner, only waits to be reaped */
    void *arg;
    pid_t pid;
    int status;
    enum child_state state; /* says which list it is in; SPENT: in none */
    TAILQ_ENTRY(loop_child) link;
};

/* ---- descriptors and signals ---- */

/* A started event of the real loop; NULL with errno on failure. */
static struct event *event_start(struct loop *loop, int fd, short events,
                                 event_callback_fn fn, void *arg)
{
    struct event *ev = event_new(loop->base, fd, events | EV_PERSIST, fn, arg);
    if (ev && event_add(ev, NULL) < 0) {
        int saved = errno;
        event_free(ev);
        errno = saved;
        return NULL;
    }
    return ev;
}

static int refuse_virtual(const struct loop *loop, const char *what, struct err *err)
{
    if (!loop_is_virtual(loop))
        return 0;
    return err_set(err, ERR_INVALID, "the virtual loop watches no %s", what);
}

static void io_ready(evutil_socket_t fd, short what, void *arg)
{
    const struct loop_io *io = arg;
    unsigned ready =
        (what & EV_READ ? LOOP_READ : 0u) | (what & EV_WRITE ? LOOP_WRITE : 0u);
    io->fn(io->arg, fd, ready);
}

struct loop_io *loop_io_new(struct loop *loop, int fd, unsigned events, loop_io_fn *fn,
                            void *arg, struct err *err)
{
    if (refuse_virtual(loop, "descriptors", err) < 0)
        return NULL;
    struct loop_io *io = xmalloc(sizeof(*io));
    *io = (struct loop_io){.loop = loop, .fn = fn, .arg = arg};
    short flags = (short)((events & LOOP_READ ? EV_READ : 0) |
                          (events & LOOP_WRITE ? EV_WRITE : 0));
    io->event = event_start(loop, fd, flags, io_ready, io);
    if (!io->event) {
        err_errno(err, errno, "watch descriptor %d", fd);
        free(io);
        return NULL;
    }
    loop->n_sources++;
    return io;
}

void loop_io_free(struct loop_io *io)
{
    if (!io)
        return;
    event_free(io->event);
    io->loop->n_sources--;
    free(io);
}

static void signal_came(evutil_socket_t signo, short what, void *arg)
{
    const struct loop_signal *s = arg;
    (void)what;
    s->fn(s->arg, (int)signo);
}

struct loop_signal *loop_signal_new(struct loop *loop, int signo, loop_signal_fn *fn,
                                    void *arg, struct err *err)
{
    if (refuse_virtual(loop, "signals", err) < 0)
        return NULL;
    struct loop_signal *s = xmalloc(sizeof(*s));
    *s = (struct loop_signal){.loop = loop, .fn = fn, .arg = arg};
    s->event = event_start(loop, signo, EV_SIGNAL, signal_came, s);
    if (!s->event) {
        err_errno(err, errno, "watch signal %d", signo);
        free(s);
        return NULL;
    }
    loop->n_sources++;
    return s;
}

void loop_signal_free(struct loop_signal *s)
{
    if (!s)
        return;
    event_free(s->event);
    s->loop->n_sources--;
    free(s);
}

/* ---- children: each watched pid is asked for by itself, so that children that others
 * wait for (a library's, a test's) are left to them ---- */

static bool child_ended(struct loop_child *c)
{
    pid_t got;
    do {
        got = waitpid(c->pid, &c->status, WNOHANG);
    } while (got < 0 && errno == EINTR);
    /* Somebody else reaped it: it is gone and how is not known, so it has not
     * succeeded. */
    if (got < 0)
        c->status = W_EXITCODE(255, 0);
    return got != 0;
}

static void children_reap(struct loop *loop)
{
    struct loop_child *next;
    for (struct loop_child *c = TAILQ_FIRST(&loop->running); c; c = next) {
        next = TAILQ_NEXT(c, link);
        if (!child_ended(c))
            continue;
        TAILQ_REMOVE(&loop->running, c, link);
        if (!c->fn) {
            free(c);
            continue;
        }
        c->state = CHILD_ENDED;
        TAILQ_INSERT_TAIL(&loop->ended, c, link);
    }
}

/* Callbacks may free any watch and add others, so each round starts at the list's head.
 */
static void children_check(struct loop *loop)
{
    children_reap(loop);
    struct loop_child *c;
    while ((c = TAILQ_FIRST(&loop->ended))) {
        TAILQ_REMOVE(&loop->ended, c, link);
        c->state = CHILD_SPENT;
        c->fn(c->arg, c->pid, c->status);
    }
}

static void child_signal_came(evutil_socket_t signo, short what, void *arg)
{
    (void)signo;
    (void)what;
    children_check(arg);
}

static void child_check_post(void *arg)
{
    struct loop *loop = arg;
    loop->child_check_posted = false;
    children_check(loop);
}

static int child_signal_start(struct loop *loop, struct err *err)
{
    if (loop->child_event)
        return 0;
    loop->child_event = event_start(loop, SIGCHLD, EV_SIGNAL, child_signal_came, loop);
    return loop->child_event ? 0 : err_errno(err, errno, "watch for ended children");
}

struct loop_child *loop_child_new(struct loop *loop, pid_t pid, loop_child_fn *fn,
                                  void *arg, struct err *err)
{
    if (refuse_virtual(loop, "children", err) < 0 || child_signal_start(loop, err) < 0)
        return NULL;
    siginfo_t info;
    if (pid <= 0 || waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0) {
        err_set(err, ERR_NOT_FOUND, "process %ld is no child of this one", (long)pid);
        return NULL;
    }
    struct loop_child *c = xmalloc(sizeof(*c));
    *c = (struct loop_child){.loop = loop, .fn = fn, .arg = arg, .pid = pid};
    TAILQ_INSERT_TAIL(&loop->running, c, link);
    loop->n_sources++;
    /* It may have ended before SIGCHLD was watched. */
    if (!loop->child_check_posted)
        loop_post(loop, child_check_post, loop);
    loop->child_check_posted = true;
    return c;
}

void loop_child_free(struct loop_child *c)
{
    if (!c)
        return;
    c->loop->n_sources--;
    c->fn = NULL;
    if (c->state == CHILD_RUNNING)
        return; /* the loop frees it when it has reaped the child */
    if (c->state == CHILD_ENDED)
        TAILQ_REMOVE(&c->loop->ended, c, link);
    free(c);
}

void loop_children_fini(struct loop *loop)
{
    struct loop_child *c;
    while ((c = TAILQ_FIRST(&loop->running))) {
        TAILQ_REMOVE(&loop->running, c, link);
        free(c);
    }
    if (loop->child_event)
        event_free(loop->child_event);
}
