#include "cmd/gantry-local/conpipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/util.h"

#define READ_BYTES (64 << 10)
/* A pipe holds no more; somebody who escaped from the group may write for ever. */
#define DRAIN_READS 32

struct conpipe {
    struct loop *loop;
    struct conlog *log;
    int in, out; /* -1: closed */
    struct loop_io *io;
};

/* False: nothing more for now. */
static bool read_some(struct conpipe *p)
{
    char bytes[READ_BYTES];
    const ssize_t n = p->in < 0 ? 0 : read(p->in, bytes, sizeof(bytes));

    if (n > 0) {
        conlog_append(p->log, bytes, (size_t)n, loop_now_ms(p->loop));
        return true;
    }
    if (n == 0 && p->io) { /* nobody has the other end any more */
        loop_io_free(TAKE(p->io));
    }
    return n < 0 && errno == EINTR;
}

static void readable(void *arg, int fd, unsigned ready)
{
    (void)fd, (void)ready;
    (void)read_some(arg);
}

struct conpipe *conpipe_new(struct loop *loop, struct conlog *take_log, struct err *err)
{
    struct conpipe *p = xcalloc(1, sizeof(*p));
    int fds[2] = {-1, -1};

    p->loop = loop;
    p->log = take_log;
    if (pipe2(fds, O_CLOEXEC) < 0 || fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0)
        err_errno(err, errno, "a pipe for the output");
    else
        p->io = loop_io_new(loop, fds[0], LOOP_READ, readable, p, err);
    p->in = fds[0];
    p->out = fds[1];
    if (p->io)
        return p;
    conpipe_free(p);
    return NULL;
}

void conpipe_free(struct conpipe *p)
{
    if (!p)
        return;
    loop_io_free(p->io);
    conpipe_started(p);
    if (p->in >= 0)
        close(p->in);
    conlog_free(p->log);
    free(p);
}

int conpipe_output(const struct conpipe *p)
{
    return p->out;
}

void conpipe_started(struct conpipe *p)
{
    if (p->out >= 0)
        close(p->out);
    p->out = -1;
}

void conpipe_drain(struct conpipe *p)
{
    for (int i = 0; i < DRAIN_READS && read_some(p); i++)
        ;
}

struct conlog *conpipe_log(const struct conpipe *p)
{
    return p->log;
}
