#include "cmd/gantry-local/mountns_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"

/* Past this a directory is no place to show by a copy. */
#define ENTRIES_MAX 10000

/* ---- what is there ---- */

/* A path's part that exists, without links, and the names behind it. */
struct split {
    char base[PATH_MAX];
    const char *rest; /* in the path; "" when all is there */
};

static int split(const char *path, struct split *ret, struct err *err)
{
    AUTO_FREE char *prefix = xstrdup(path);
    size_t len = strlen(path);

    while (!realpath(prefix, ret->base)) {
        char *slash = strrchr(prefix, '/');

        if (errno != ENOENT || !slash)
            return err_errno(err, errno, "mountPath %.200s", path);
        *slash = '\0';
        len = (size_t)(slash - prefix);
        if (len == 0)
            memcpy(prefix, "/", 2);
    }
    ret->rest = path + len + strspn(path + len, "/");
    return 0;
}

/* A link to nowhere looks missing, but nothing can be made in its place. */
static int check_dangling(const struct split *s, const char *path, struct err *err)
{
    AUTO_FREE char *next =
        xasprintf("%s/%.*s", s->base, (int)strcspn(s->rest, "/"), s->rest);
    struct stat st;

    if (lstat(next, &st) == 0)
        return err_set(err, ERR_INVALID, "mountPath %.200s: %.200s leads nowhere", path,
                       next);
    return 0;
}

static int check_type(const char *path, bool is_dir, struct err *err)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return err_errno(err, errno, "mountPath %.200s", path);
    if (is_dir && !S_ISDIR(st.st_mode))
        return err_set(err, ERR_INVALID,
                       "mountPath %.200s: a file is there, and the volume is a"
                       " directory",
                       path);
    if (!is_dir && S_ISDIR(st.st_mode))
        return err_set(err, ERR_INVALID,
                       "mountPath %.200s: a directory is there, and the volume is a"
                       " file",
                       path);
    return 0;
}

/* ---- making ---- */

static int make_entry(const char *path, bool is_dir)
{
    int fd;

    if (is_dir)
        return mkdir(path, 0755);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd >= 0)
        close(fd);
    return fd < 0 ? -1 : 0;
}

static int make_rest(const struct split *s, const char *path, bool is_dir,
                     struct err *err)
{
    AUTO_FREE char *full =
        xasprintf("%s/%s", strcmp(s->base, "/") == 0 ? "" : s->base, s->rest);
    char *at = full + strlen(full) - strlen(s->rest);

    for (char *slash = strchr(at, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(full, 0755) < 0 && errno != EEXIST)
            return err_errno(err, errno, "mountPath %.200s: make %.200s", path, full);
        *slash = '/';
    }
    if (make_entry(full, is_dir) < 0)
        return err_errno(err, errno, "mountPath %.200s: make %.200s", path, full);
    return 0;
}

int mountns_make(const char *path, bool is_dir, struct err *err)
{
    struct split s;

    if (split(path, &s, err) < 0)
        return -1;
    if (!*s.rest)
        return check_type(path, is_dir, err);
    if (check_dangling(&s, path, err) < 0)
        return -1;
    return make_rest(&s, path, is_dir, err);
}

/* ---- copies ---- */

/* A /dev of its own is what any container has: devices may be made in it by who may. */
static bool is_devices(const char *dir)
{
    return strcmp(dir, "/dev") == 0;
}

static int copy_link(const char *from, const char *to)
{
    char target[PATH_MAX];
    const ssize_t n = readlink(from, target, sizeof(target) - 1);

    if (n < 0)
        return -1;
    target[n] = '\0';
    return symlink(target, to);
}

/* A device that the process may neither read nor write is left out of its /dev: a
 * machine has dozens (tty63, vcs6), and each takes its time at every start. */
static bool is_worthless(const char *path, const struct stat *st)
{
    return (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) && eaccess(path, R_OK) < 0 &&
           eaccess(path, W_OK) < 0;
}

/* What cannot be bound (another user's FUSE mount, say) is there, but empty. */
static int copy_entry(const char *dir, const char *stage, const char *name)
{
    AUTO_FREE char *from = xasprintf("%s/%s", dir, name);
    AUTO_FREE char *to = xasprintf("%s/%s", stage, name);
    struct stat st;

    if (lstat(from, &st) < 0)
        return errno == ENOENT ? 0 : -1; /* it has gone meanwhile */
    if (is_devices(dir) && is_worthless(from, &st))
        return 0;
    if (S_ISLNK(st.st_mode))
        return copy_link(from, to);
    if (make_entry(to, S_ISDIR(st.st_mode)) < 0)
        return -1;
    (void)mount(from, to, NULL, MS_BIND | MS_REC, NULL);
    return 0;
}

static int copy_entries(const char *dir, const char *stage, struct err *err)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    size_t n = 0;
    int rc = 0;

    if (!d)
        return err_errno(err, errno, "show %.200s by a copy", dir);
    while (rc == 0 && (errno = 0, e = readdir(d))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (++n > ENTRIES_MAX)
            rc = err_set(err, ERR_TOO_LARGE,
                         "show %.200s by a copy: it has more than %d entries", dir,
                         ENTRIES_MAX);
        else if (copy_entry(dir, stage, e->d_name) < 0)
            rc = err_errno(err, errno, "show %.100s/%.200s", dir, e->d_name);
    }
    closedir(d);
    return rc;
}

/* The copy in place of the directory; in place of the root, by changing that. */
static int put_in_place(const char *stage, const char *dir, struct err *err)
{
    if (strcmp(dir, "/") != 0) {
        if (mount(stage, dir, NULL, MS_MOVE, NULL) < 0)
            return err_errno(err, errno, "show %.200s by a copy", dir);
        return 0;
    }
    if (chdir(stage) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
        umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return err_errno(err, errno, "show / by a copy");
    return 0;
}

static int add_copy(struct mountns_copies *copies, const char *dir, struct err *err)
{
    struct mountns_copy *copy = &copies->items[copies->n];
    const bool is_dev = is_devices(dir);
    const unsigned long flags = MS_NOSUID | (is_dev ? 0 : MS_NODEV);
    struct stat st, tmpfs;

    if (copies->n == MOUNTNS_COPIES_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "mountPaths are missing in more than %d"
                       " directories",
                       MOUNTNS_COPIES_MAX);
    if (stat(dir, &st) < 0)
        return err_errno(err, errno, "%.200s", dir);
    if (mount("tmpfs", copies->stage, "tmpfs", flags, "mode=0755") < 0)
        return err_errno(err, errno, "mount a tmpfs");
    if (copy_entries(dir, copies->stage, err) < 0)
        return -1;
    if (chmod(copies->stage, st.st_mode & 07777) < 0 || stat(copies->stage, &tmpfs) < 0)
        return err_errno(err, errno, "%.200s", copies->stage);
    *copy = (struct mountns_copy){.path = xstrdup(dir),
                                  .dev = tmpfs.st_dev,
                                  .open = is_dev || st.st_mode & S_ISVTX};
    copies->n++;
    return put_in_place(copies->stage, dir, err);
}

/* Is it a copy already, or was it made in one? */
static bool is_in_copy(const struct mountns_copies *copies, const char *dir)
{
    struct stat st;

    if (stat(dir, &st) < 0)
        return false;
    for (size_t i = 0; i < copies->n; i++)
        if (copies->items[i].dev == st.st_dev)
            return true;
    return false;
}

int mountns_show(struct mountns_copies *copies, const char *path, bool is_dir,
                 struct err *err)
{
    struct split s;

    if (split(path, &s, err) < 0)
        return -1;
    if (!*s.rest)
        return check_type(path, is_dir, err);
    if (check_dangling(&s, path, err) < 0)
        return -1;
    if (!is_in_copy(copies, s.base) && add_copy(copies, s.base, err) < 0)
        return -1;
    return make_rest(&s, path, is_dir, err);
}

int mountns_close_copies(struct mountns_copies *copies, struct err *err)
{
    struct mount_attr ro = {.attr_set = MOUNT_ATTR_RDONLY};
    int rc = 0;

    for (size_t i = 0; i < copies->n; i++) {
        const struct mountns_copy *copy = &copies->items[i];

        if (rc == 0 && !copy->open &&
            mount_setattr(AT_FDCWD, copy->path, 0, &ro, sizeof(ro)) < 0)
            rc = err_errno(err, errno, "make the copy of %.200s read-only", copy->path);
        free(copy->path);
    }
    copies->n = 0;
    return rc;
}
