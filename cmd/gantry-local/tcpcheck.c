#include "cmd/gantry-local/tcpcheck.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"

struct tcpcheck {
    int fd;
    struct loop_io *io;
    tcpcheck_fn *done;
    void *arg;
};

static void connected(void *arg, int fd, unsigned ready)
{
    struct tcpcheck *t = arg;
    int errnum = 0;
    socklen_t len = sizeof(errnum);
    AUTO_FREE char *why = NULL;

    (void)ready;
    loop_io_free(TAKE(t->io));
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errnum, &len) < 0)
        errnum = errno;
    if (errnum) {
        why = xstrdup(strerror(errnum));
        why[0] = (char)tolower((unsigned char)why[0]);
    }
    t->done(t->arg, why);
}

/* A refusal on loopback comes at once; it waits in the socket for the loop to ask. */
static int begin(struct tcpcheck *t, const struct sockaddr_in *at)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    t->fd = fd;
    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0 ||
        errno == EINPROGRESS)
        return 0;
    return -1;
}

struct tcpcheck *tcpcheck_new(struct loop *loop, const char *address, int port,
                              tcpcheck_fn *done, void *arg, struct err *err)
{
    struct tcpcheck *t = xcalloc(1, sizeof(*t));
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    t->fd = -1;
    t->done = done;
    t->arg = arg;
    if (inet_pton(AF_INET, address, &at.sin_addr) != 1)
        err_set(err, ERR_INVALID, "\"%.100s\" is no IPv4 address", address);
    else if (begin(t, &at) < 0)
        err_errno(err, errno, "dial tcp %s:%d", address, port);
    else
        t->io = loop_io_new(loop, t->fd, LOOP_WRITE, connected, t, err);
    if (t->io)
        return t;
    tcpcheck_free(t);
    return NULL;
}

void tcpcheck_free(struct tcpcheck *t)
{
    if (!t)
        return;
    loop_io_free(t->io);
    if (t->fd >= 0)
        close(t->fd);
    free(t);
}
