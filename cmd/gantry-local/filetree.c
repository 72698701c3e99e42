#include "cmd/gantry-local/filetree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"

#define DATA "..data"
#define NEXT "..data_next"
#define VERSION "..v_XXXXXX"
#define DIR_MODE 0755

/* ---- what it is to be ---- */

void filetree_fini(struct filetree *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->files[i].path);
        free(t->files[i].bytes);
    }
    free(t->files);
    *t = (struct filetree){0};
}

static struct filetree_file *find(const struct filetree *t, const char *path)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->files[i].path, path) == 0)
            return &t->files[i];
    return NULL;
}

void filetree_add(struct filetree *t, const char *path, const char *bytes, size_t len,
                  int mode)
{
    struct filetree_file *f = find(t, path);

    if (!f) {
        GROW(t->files, t->n, t->cap);
        f = &t->files[t->n++];
        *f = (struct filetree_file){.path = xstrdup(path)};
    }
    free(f->bytes);
    f->bytes = xmalloc(len + 1);
    memcpy(f->bytes, bytes, len);
    f->bytes[len] = '\0';
    f->len = len;
    f->mode = mode & 0777;
}

/* Is `name` the first part of the path of one? */
static bool has_top(const struct filetree *t, const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 0; i < t->n; i++)
        if (strncmp(t->files[i].path, name, len) == 0 &&
            (t->files[i].path[len] == '/' || t->files[i].path[len] == '\0'))
            return true;
    return false;
}

/* ---- what is there ---- */

/* Name of the directory that ..data stands for; heap, NULL: none. */
static char *current(const char *dir)
{
    AUTO_FREE char *link = xasprintf("%s/" DATA, dir);
    char name[sizeof(VERSION)];
    const ssize_t n = readlink(link, name, sizeof(name));

    return n == (ssize_t)sizeof(VERSION) - 1 ? xstrndup(name, (size_t)n) : NULL;
}

static bool is_same(const struct filetree_file *f, const char *path)
{
    STR_AUTO struct str bytes;
    struct stat st;

    str_init(&bytes, f->len + 1);
    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           (st.st_mode & 07777) == (mode_t)f->mode && st.st_size == (off_t)f->len &&
           str_read_file(&bytes, path, NULL) == 0 && bytes.len == f->len &&
           memcmp(bytes.s, f->bytes, f->len) == 0;
}

/* Calls fn on each entry but "." and "..". */
static void each_entry(const char *dir, void (*fn)(void *arg, const char *name),
                       void *arg)
{
    DIR *d = opendir(dir);
    const struct dirent *e;

    while (d && (e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            fn(arg, e->d_name);
    if (d)
        closedir(d);
}

struct count {
    const char *dir;
    size_t n;
};

static void count_files(void *arg, const char *name)
{
    struct count *c = arg;
    AUTO_FREE char *path = xasprintf("%s/%s", c->dir, name);
    struct count below = {.dir = path};
    struct stat st;

    if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
        c->n++;
        return;
    }
    each_entry(path, count_files, &below);
    c->n += below.n;
}

static bool is_written(const struct filetree *t, const char *dir, const char *version)
{
    AUTO_FREE char *root = xasprintf("%s/%s", dir, version);
    struct count count = {.dir = root};

    for (size_t i = 0; i < t->n; i++) {
        AUTO_FREE char *path = xasprintf("%s/%s", root, t->files[i].path);

        if (!is_same(&t->files[i], path))
            return false;
    }
    each_entry(root, count_files, &count);
    return count.n == t->n;
}

/* ---- a new one ---- */

static void remove_below(const char *dir, const char *name)
{
    AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

    files_remove_tree(path);
}

/* Each directory on the way below `root`, of the same mode whatever the umask. */
static int make_dirs(const char *root, char *path, struct err *err)
{
    for (char *slash = path + strlen(root); (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        const bool ok =
            (mkdir(path, 0700) == 0 || errno == EEXIST) && chmod(path, DIR_MODE) == 0;
        if (!ok)
            return err_errno(err, errno, "make %.300s", path);
        *slash = '/';
    }
    return 0;
}

static int write_file(const char *root, const struct filetree_file *f, struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/%s", root, f->path);
    int fd, errnum;
    bool ok;

    if (make_dirs(root, path, err) < 0)
        return -1;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, errno, "write %.300s", path);
    ok = files_write_all(fd, f->bytes, f->len) == 0 && fchmod(fd, (mode_t)f->mode) == 0;
    errnum = errno;
    close(fd);
    return ok ? 0 : err_errno(err, errnum, "write %.300s", path);
}

/* Its name; heap. NULL and err: nothing is left of it. */
static char *write_version(const struct filetree *t, const char *dir, struct err *err)
{
    AUTO_FREE char *root = xasprintf("%s/" VERSION, dir);
    char *name = root + strlen(dir) + 1;
    int rc = 0;

    if (!mkdtemp(root)) {
        err_errno(err, errno, "make a directory in %.300s", dir);
        return NULL;
    }
    if (chmod(root, DIR_MODE) < 0)
        rc = err_errno(err, errno, "%.300s", root);
    for (size_t i = 0; rc == 0 && i < t->n; i++)
        rc = write_file(root, &t->files[i], err);
    if (rc == 0)
        return xstrdup(name);
    remove_below(dir, name);
    return NULL;
}

/* ---- the change ---- */

static int show_version(const char *dir, const char *name, struct err *err)
{
    AUTO_FREE char *data = xasprintf("%s/" DATA, dir);
    AUTO_FREE char *next = xasprintf("%s/" NEXT, dir);

    unlink(next);
    if (symlink(name, next) == 0 && rename(next, data) == 0)
        return 0;
    return err_errno(err, errno, "write %.300s", data);
}

/* Name of the version that is shown from now on; heap. NULL and err: the old one is. */
static char *bring_version(const struct filetree *t, const char *dir, struct err *err)
{
    AUTO_FREE char *old = current(dir);
    AUTO_FREE char *new = NULL;

    if (old && is_written(t, dir, old))
        return TAKE(old);
    new = write_version(t, dir, err);
    if (!new || show_version(dir, new, err) == 0)
        return TAKE(new);
    remove_below(dir, new);
    return NULL;
}

static int show_names(const struct filetree *t, const char *dir, struct err *err)
{
    for (size_t i = 0; i < t->n; i++) {
        const char *path = t->files[i].path;
        AUTO_FREE char *top = xstrndup(path, strcspn(path, "/"));
        AUTO_FREE char *link = xasprintf("%s/%s", dir, top);
        AUTO_FREE char *target = xasprintf(DATA "/%s", top);

        if (symlink(target, link) < 0 && errno != EEXIST)
            return err_errno(err, errno, "write %.300s", link);
    }
    return 0;
}

struct tidy {
    const struct filetree *tree;
    const char *dir, *version;
};

/* Names that no file has any more, and versions that are not shown. */
static void tidy_entry(void *arg, const char *name)
{
    const struct tidy *t = arg;

    if (str_starts(name, "..")
            ? strcmp(name, DATA) != 0 && strcmp(name, t->version) != 0
            : !has_top(t->tree, name))
        remove_below(t->dir, name);
}

static int make_root(const char *dir, struct err *err)
{
    if (files_make_dir(dir, err) < 0)
        return -1;
    return chmod(dir, DIR_MODE) < 0 ? err_errno(err, errno, "%.300s", dir) : 0;
}

int filetree_write(const struct filetree *t, const char *dir, struct err *err)
{
    AUTO_FREE char *version = NULL;
    struct tidy tidy = {.tree = t, .dir = dir};

    if (make_root(dir, err) < 0)
        return -1;
    version = bring_version(t, dir, err);
    if (!version || show_names(t, dir, err) < 0)
        return -1;
    tidy.version = version;
    each_entry(dir, tidy_entry, &tidy);
    return 0;
}
