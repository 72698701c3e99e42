#include "cmd/gantry-local/mountns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-local/mountns_path.h"

#define HOSTNAME_MAX 63
/* A killed process may be seen once more before it is gone. */
#define KILL_TRIES 20

/* ---- the namespaces ---- */

static int write_text(const char *path, const char *text, struct err *err)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const size_t len = strlen(text);
    const bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len;
    const int errnum = errno;

    if (fd >= 0)
        close(fd);
    return ok ? 0 : err_errno(err, errnum, "write %s", path);
}

/* In its namespace the process is who it was before. */
static int keep_ids(uid_t uid, gid_t gid, struct err *err)
{
    AUTO_FREE char *uids = xasprintf("%u %u 1\n", uid, uid);
    AUTO_FREE char *gids = xasprintf("%u %u 1\n", gid, gid);

    if (write_text("/proc/self/setgroups", "deny", err) < 0 ||
        write_text("/proc/self/uid_map", uids, err) < 0)
        return -1;
    return write_text("/proc/self/gid_map", gids, err);
}

/* What is mounted on the machine still appears here, but not the other way. */
static int make_slave(void)
{
    return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
}

/* Out of a chroot: with the root somewhere else, ".." leads up to the true one. */
static int leave_chroot(const char *elsewhere)
{
    struct stat here, above;

    if (chdir("/") < 0 || chroot(elsewhere) < 0)
        return -1;
    do {
        if (stat(".", &here) < 0 || chdir("..") < 0 || stat(".", &above) < 0)
            return -1;
    } while (here.st_dev != above.st_dev || here.st_ino != above.st_ino);
    return chroot(".");
}

/* The root of a chroot need not be a mount, so nothing can be said of its mounts there:
 * it is said at the true root, to which root may go for a moment. */
static int make_slave_outside(const char *stage)
{
    const int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int rc = root < 0 ? -1 : leave_chroot(stage);

    if (rc == 0)
        rc = make_slave();
    if (rc == 0)
        rc = fchdir(root) < 0 ? -1 : chroot(".");
    if (root >= 0)
        close(root);
    return rc;
}

/* The root becomes a mount, as it is outside of a chroot. */
static int make_root_mount(const char *stage)
{
    if (mount("/", stage, NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(stage) < 0 ||
        chroot(".") < 0)
        return -1;
    return chdir("/");
}

static int keep_mounts(const char *stage, struct err *err)
{
    if (make_slave() == 0 || (errno == EINVAL && make_slave_outside(stage) == 0 &&
                              make_root_mount(stage) == 0))
        return 0;
    return err_errno(err, errno, "keep mounts to the namespace");
}

static int unshare_all(enum mountns_kind kind, const char *stage, struct err *err)
{
    const uid_t uid = geteuid();
    const gid_t gid = getegid();
    const int user = kind == MOUNTNS_USER ? CLONE_NEWUSER : 0;

    if (unshare(user | CLONE_NEWNS | CLONE_NEWUTS) < 0)
        return err_errno(err, errno, "make a mount namespace");
    if (user && keep_ids(uid, gid, err) < 0)
        return -1;
    return keep_mounts(stage, err);
}

/* ---- mounts ---- */

/* A copy of the source's mount, attached nowhere: nothing that is mounted later can
 * hide it. */
static int take_source(const struct mountns_mount *m, struct err *err)
{
    const int fd = open_tree(AT_FDCWD, m->source,
                             OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    struct mount_attr ro = {.attr_set = MOUNT_ATTR_RDONLY};

    if (fd < 0)
        return err_errno(err, errno, "%.200s", m->source);
    if (m->read_only &&
        mount_setattr(fd, "", AT_EMPTY_PATH | (m->recursive ? AT_RECURSIVE : 0), &ro,
                      sizeof(ro)) < 0) {
        const int errnum = errno;

        close(fd);
        return err_errno(err, errnum, "%.200s: make it read-only", m->source);
    }
    return fd;
}

static int take_sources(const struct mountns *m, int *fds, struct err *err)
{
    for (size_t i = 0; i < m->n_mounts; i++) {
        fds[i] = m->mounts[i].source ? take_source(&m->mounts[i], err) : -1;
        if (fds[i] < 0 && m->mounts[i].source)
            return -1;
    }
    return 0;
}

static int mount_tmpfs(const struct mountns_mount *m, const char *target,
                       struct err *err)
{
    AUTO_FREE char *options =
        m->size_bytes >= 0 ? xasprintf("mode=0777,size=%lld", (long long)m->size_bytes)
                           : xstrdup("mode=0777");

    if (mount("tmpfs", target, "tmpfs",
              MS_NOSUID | MS_NODEV | (m->read_only ? MS_RDONLY : 0), options) < 0)
        return err_errno(err, errno, "mount a tmpfs at %.200s", m->target);
    return 0;
}

/* Is the path within an earlier mount's? Then it is that volume's matter. */
static bool lies_within(const struct mountns *m, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        const size_t len = strlen(m->mounts[k].target);

        if (strncmp(m->mounts[i].target, m->mounts[k].target, len) == 0 &&
            (m->mounts[i].target[len] == '/' || m->mounts[i].target[len] == '\0'))
            return true;
    }
    return false;
}

static int is_dir(int fd, bool *ret, struct err *err)
{
    struct stat st = {.st_mode = S_IFDIR};

    if (fd >= 0 && fstatat(fd, "", &st, AT_EMPTY_PATH) < 0)
        return err_errno(err, errno, "look at a volume");
    *ret = S_ISDIR(st.st_mode);
    return 0;
}

/* Missing paths first, while nothing is hidden yet. */
static int show_all(const struct mountns *m, const int *fds, struct err *err)
{
    struct mountns_copies copies = {.stage = m->stage};
    bool dir = true;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < m->n_mounts; i++) {
        rc = is_dir(fds[i], &dir, err);
        if (rc == 0 && !lies_within(m, i))
            rc = mountns_show(&copies, m->mounts[i].target, dir, err);
    }
    return mountns_close_copies(&copies, rc < 0 ? NULL : err) < 0 ? -1 : rc;
}

static int mount_one(const struct mountns *m, size_t i, int fd, struct err *err)
{
    const char *target = m->mounts[i].target;
    bool dir = true;

    if (is_dir(fd, &dir, err) < 0 ||
        (lies_within(m, i) && mountns_make(target, dir, err) < 0))
        return -1;
    if (fd < 0)
        return mount_tmpfs(&m->mounts[i], target, err);
    if (move_mount(fd, "", AT_FDCWD, target,
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) < 0)
        return err_errno(err, errno, "mount at %.200s", target);
    return 0;
}

static int mount_all(const struct mountns *m, const int *fds, struct err *err)
{
    if (show_all(m, fds, err) < 0)
        return -1;
    for (size_t i = 0; i < m->n_mounts; i++)
        if (mount_one(m, i, fds[i], err) < 0)
            return -1;
    return 0;
}

static int set_hostname(const char *name, struct err *err)
{
    if (name && sethostname(name, MIN(strlen(name), HOSTNAME_MAX)) < 0)
        return err_errno(err, errno, "set the host name to %.100s", name);
    return 0;
}

/* The sources are apart by now. Devices and /proc are no files to be kept; where they
 * are read-only by others' will they stay it. */
static int close_root(struct err *err)
{
    static const char *const open[] = {"/dev", "/proc"};
    struct mount_attr ro = {.attr_set = MOUNT_ATTR_RDONLY};
    struct mount_attr rw = {.attr_clr = MOUNT_ATTR_RDONLY};

    if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &ro, sizeof(ro)) < 0)
        return err_errno(err, errno, "make the root read-only");
    for (size_t i = 0; i < ARRAY_LEN(open); i++)
        (void)mount_setattr(AT_FDCWD, open[i], AT_RECURSIVE, &rw, sizeof(rw));
    return 0;
}

/* The sources' descriptors close by themselves when the program is run. */
int mountns_enter(const struct mountns *m, struct err *err)
{
    AUTO_FREE int *fds = xcalloc(m->n_mounts + 1, sizeof(*fds));

    if (unshare_all(m->kind, m->stage, err) < 0 || set_hostname(m->hostname, err) < 0 ||
        take_sources(m, fds, err) < 0 || (m->read_only_root && close_root(err) < 0))
        return -1;
    return mount_all(m, fds, err);
}

/* ---- who is in one ---- */

int mountns_open(pid_t pid)
{
    AUTO_FREE char *path = xasprintf("/proc/%d/ns/mnt", (int)pid);

    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool is_in(pid_t pid, const struct stat *ns)
{
    AUTO_FREE char *path = xasprintf("/proc/%d/ns/mnt", (int)pid);
    struct stat st;

    return stat(path, &st) == 0 && st.st_dev == ns->st_dev && st.st_ino == ns->st_ino;
}

static size_t kill_once(const struct stat *ns)
{
    DIR *proc = opendir("/proc");
    const struct dirent *e;
    size_t n = 0;

    while (proc && (e = readdir(proc))) {
        const pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

        if (pid > 1 && is_in(pid, ns) && kill(pid, SIGKILL) == 0)
            n++;
    }
    if (proc)
        closedir(proc);
    return n;
}

/* Again while there is somebody: they may have forked meanwhile. */
void mountns_kill(int fd)
{
    struct stat ns;

    if (fd < 0 || fstat(fd, &ns) < 0 || is_in(getpid(), &ns))
        return;
    for (int tries = 0; tries < KILL_TRIES && kill_once(&ns) > 0; tries++)
        ;
}

/* ---- what is allowed ---- */

static _Noreturn void try_it(enum mountns_kind kind, const char *stage, int fd)
{
    const struct mountns_mount tmpfs = {.target = stage, .size_bytes = -1};
    const struct mountns m = {.kind = kind,
                              .mounts = &tmpfs,
                              .n_mounts = 1,
                              .stage = stage,
                              .hostname = "probe"};
    struct err err = ERR_INIT;

    if (mountns_enter(&m, &err) == 0)
        _exit(0);
    _exit(write(fd, err.msg, strlen(err.msg)) < 0 ? 2 : 1);
}

static int try_kind(enum mountns_kind kind, const char *stage, struct err *err)
{
    char why[ERR_MSG_MAX] = "";
    int fds[2], status = -1;
    pid_t pid;
    ssize_t n;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return err_errno(err, errno, "pipe");
    pid = fork();
    if (pid == 0)
        try_it(kind, stage, fds[1]);
    close(fds[1]);
    n = pid < 0 ? 0 : read(fds[0], why, sizeof(why) - 1);
    close(fds[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pid > 0 && status == 0)
        return 0;
    return err_set(err, ERR_FORBIDDEN, "%s", n > 0 ? why : "cannot fork");
}

enum mountns_kind mountns_probe(const char *stage, struct err *err)
{
    if (geteuid() == 0 && try_kind(MOUNTNS_ROOT, stage, err) == 0)
        return MOUNTNS_ROOT;
    if (try_kind(MOUNTNS_USER, stage, err) == 0)
        return MOUNTNS_USER;
    return MOUNTNS_REFUSED;
}
