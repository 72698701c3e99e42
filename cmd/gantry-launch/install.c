#include "cmd/gantry-launch/install.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

static int copy(int from, int to)
{
    struct stat st;
    if (fstat(from, &st) < 0)
        return -1;
    for (off_t left = st.st_size; left > 0;) {
        ssize_t n = sendfile(to, from, NULL, (size_t)left);
        if (n <= 0)
            return -1;
        left -= n;
    }
    return fchmod(to, 0755);
}

int install_self(const char *dir, struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/gantry-launch", dir);
    AUTO_FREE char *part = xasprintf("%s/gantry-launch.new", dir);
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int to = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    int rc = from < 0 || to < 0 ? -1 : copy(from, to);
    if (rc < 0)
        err_errno(err, errno, "install %s", path);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    if (rc == 0 && rename(part, path) < 0)
        return err_errno(err, errno, "install %s", path);
    return rc;
}
