#include "cmd/gantry-sim/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

static int fail(const char *path, struct err *err)
{
    return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}

int outfile_open(const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    return fd < 0 ? fail(path, err) : fd;
}

bool outfile_is(const char *path, const char *other)
{
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && S_ISREG(a.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Of a regular file, what was there before and is longer. */
static int cut(int fd, size_t len)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -1;
    return S_ISREG(st.st_mode) ? ftruncate(fd, (off_t)len) : 0;
}

int outfile_write(int fd, const char *path, const char *bytes, size_t len,
                  struct err *err)
{
    int rc =
        files_write_all(fd, bytes, len) < 0 || cut(fd, len) < 0 ? fail(path, err) : 0;
    if (close(fd) < 0 && rc == 0)
        rc = fail(path, err);
    return rc;
}
