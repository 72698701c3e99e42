#include "base/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int ready_check(int64_t fd, struct err *err)
{
    if (fd == READY_NONE)
        return 0;
    if (fd <= STDERR_FILENO || fd > INT32_MAX ||
        fcntl((int)fd, F_SETFD, FD_CLOEXEC) != 0)
        return err_set(err, ERR_INVALID,
                       "--ready-fd: %lld is no open descriptor above 2", (long long)fd);
    return 0;
}

void ready_tell(int64_t *fd)
{
    if (*fd == READY_NONE)
        return;
    /* Nobody reads any more: then nobody waits. */
    while (write((int)*fd, "\n", 1) < 0 && errno == EINTR)
        ;
    close((int)*fd);
    *fd = READY_NONE;
}
