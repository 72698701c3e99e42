#include "cmd/gantry/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

struct tail {
    int fd;
    off_t at;
    FILE *out;
    tail_closed_fn *closed;
    void *arg;
    struct loop_timer *timer;
};

void tail_read(struct tail *t)
{
    char bytes[16384];
    struct stat st;
    ssize_t n;

    if (fstat(t->fd, &st) == 0 && st.st_size < t->at)
        t->at = 0;
    while ((n = pread(t->fd, bytes, sizeof(bytes), t->at)) > 0) {
        fwrite(bytes, 1, (size_t)n, t->out);
        t->at += n;
    }
    fflush(t->out);
}

static void on_timer(void *arg)
{
    struct tail *t = arg;

    tail_read(t);
    if (ferror(t->out))
        t->closed(t->arg);
    else
        loop_timer_start(t->timer, TAIL_MS);
}

struct tail *tail_new(struct loop *loop, const char *path, FILE *out,
                      tail_closed_fn *closed, void *arg, struct err *err)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0) {
        err_errno(err, errno, "%s", path);
        return NULL;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        err_set(err, ERR_INVALID, "%s: is no file", path);
        return NULL;
    }
    struct tail *t = xcalloc(1, sizeof(*t));
    t->fd = fd;
    t->out = out;
    t->closed = closed;
    t->arg = arg;
    t->timer = loop_timer_new(loop, on_timer, t);
    loop_timer_start(t->timer, 0);
    return t;
}

void tail_free(struct tail *t)
{
    if (!t)
        return;
    loop_timer_free(t->timer);
    close(t->fd);
    free(t);
}
