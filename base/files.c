#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

#define WALK_FDS 16

static int make_one(const char *path, struct err *err)
{
    struct stat st;

    if (mkdir(path, 0700) == 0)
        return 0;
    const int errnum = errno;
    if (errnum == EEXIST && stat(path, &st) == 0)
        return S_ISDIR(st.st_mode) ? 0 : err_errno(err, ENOTDIR, "%.300s", path);
    return err_errno(err, errnum, "make %.300s", path);
}

int files_make_dir(const char *path, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(path);

    if (!copy[0])
        return err_set(err, ERR_INVALID, "the path is empty");
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (make_one(copy, err) != 0)
            return -1;
        *slash = '/';
    }
    return make_one(copy, err);
}

int files_make_private_dir(const char *path, struct err *err)
{
    struct stat st;

    if (files_make_dir(path, err) != 0)
        return -1;
    if (stat(path, &st) != 0)
        return err_errno(err, errno, "%.300s", path);
    if (st.st_uid != geteuid())
        return err_set(err, ERR_FORBIDDEN,
                       "%.300s belongs to user %u, and this process is user %u: choose "
                       "a directory of your own",
                       path, (unsigned)st.st_uid, (unsigned)geteuid());
    if (st.st_mode & 022)
        return err_set(
            err, ERR_FORBIDDEN,
            "others may write in %.300s (mode %04o): choose a directory that "
            "is yours alone",
            path, (unsigned)st.st_mode & 07777);
    return 0;
}

int files_write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

int files_write(const char *path, const char *bytes, size_t len, mode_t mode,
                struct err *err)
{
    AUTO_FREE char *tmp = xasprintf("%s.tmp", path);

    unlink(tmp);
    const int fd =
        open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return err_errno(err, errno, "write %.300s", path);
    const bool whole = files_write_all(fd, bytes, len) == 0 && fsync(fd) == 0;
    const int errnum = errno;
    close(fd);
    if (whole && rename(tmp, path) == 0)
        return 0;
    err_errno(err, whole ? errno : errnum, "write %.300s", path);
    unlink(tmp);
    return -1;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    (void)remove(path); /* what cannot go stays */
    return 0;
}

void files_remove_tree(const char *path)
{
    nftw(path, remove_one, WALK_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Who holds it says so in the file; that is for people only. */
static int refuse_held(int fd, const char *path, struct err *err)
{
    char holder[16] = "";
    const ssize_t n = pread(fd, holder, sizeof(holder) - 1, 0);

    holder[n > 0 ? n : 0] = '\0';
    holder[strspn(holder, "0123456789")] = '\0';
    return err_set(err, ERR_EXISTS, "%.300s: held by %s%s", path,
                   holder[0] ? "process " : "another process", holder);
}

int files_lock(const char *path, struct err *err)
{
    AUTO_FREE char *pid = xasprintf("%d\n", (int)getpid());
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return err_errno(err, errno, "%.300s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        /* On a full disk the lock holds without its note. */
        if (ftruncate(fd, 0) == 0)
            (void)files_write_all(fd, pid, strlen(pid));
        return fd;
    }
    if (errno == EWOULDBLOCK)
        refuse_held(fd, path, err);
    else
        err_errno(err, errno, "lock %.300s", path);
    close(fd);
    return -1;
}
