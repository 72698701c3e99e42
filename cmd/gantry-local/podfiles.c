#include "cmd/gantry-local/podfiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"

#define LOCK_SUFFIX ".lock"

struct podfiles {
    char *dir;     /* absolute: processes change theirs */
    char *volumes; /* DIR/volumes/<our pid> */
    char *stage;
    int lock;                       /* says that we live: DIR/volumes/<our pid>.lock */
    char *forgotten[PODFILES_KEPT]; /* a ring of pod folder names */
    size_t next;
};

static char *folder_name(const struct pod_spec *pod)
{
    return xasprintf("%s_%s_%s", pod->ns, pod->name, pod->uid);
}

static char *folder(const struct podfiles *f, const char *kind, const char *name)
{
    return xasprintf("%s/%s/%s", f->dir, kind, name);
}

char *podfiles_log_dir(const struct podfiles *f, const struct pod_spec *pod)
{
    AUTO_FREE char *name = folder_name(pod);

    return folder(f, "logs", name);
}

bool podfiles_exist(const struct podfiles *f, const struct pod_spec *pod)
{
    AUTO_FREE char *path = podfiles_log_dir(f, pod);

    return access(path, F_OK) == 0;
}

char *podfiles_work_dir(struct podfiles *f, const struct pod_spec *pod, struct err *err)
{
    AUTO_FREE char *name = folder_name(pod);
    AUTO_FREE char *path = folder(f, "work", name);

    if (files_make_dir(path, err) < 0)
        return NULL;
    return TAKE(path);
}

char *podfiles_volume(const struct podfiles *f, const struct pod_spec *pod,
                      const char *name)
{
    AUTO_FREE char *folder = folder_name(pod);

    return xasprintf("%s/%s/%s", f->volumes, folder, name);
}

const char *podfiles_stage(const struct podfiles *f)
{
    return f->stage;
}

char *podfiles_make_log_dir(struct podfiles *f, const struct pod_spec *pod,
                            struct err *err)
{
    AUTO_FREE char *dir = podfiles_log_dir(f, pod);

    return files_make_dir(dir, err) < 0 ? NULL : TAKE(dir);
}

static void remove_folder(const struct podfiles *f, const char *kind, const char *name)
{
    AUTO_FREE char *path = folder(f, kind, name);

    files_remove_tree(path);
}

void podfiles_clear(struct podfiles *f, const struct pod_spec *pod)
{
    AUTO_FREE char *name = folder_name(pod);
    AUTO_FREE char *path = xasprintf("%s/%s", f->volumes, name);

    files_remove_tree(path);
}

void podfiles_forget(struct podfiles *f, const struct pod_spec *pod)
{
    char **slot = &f->forgotten[f->next];

    if (*slot) {
        remove_folder(f, "logs", *slot);
        remove_folder(f, "work", *slot);
        free(*slot);
    }
    *slot = folder_name(pod);
    f->next = (f->next + 1) % PODFILES_KEPT;
}

/* ---- life ---- */

/* Volumes of a program that is no more: its lock can be had. */
static void sweep_one(const char *dir, const char *lock_name)
{
    AUTO_FREE char *lock = xasprintf("%s/%s", dir, lock_name);
    AUTO_FREE char *folder = xstrndup(lock, strlen(lock) - strlen(LOCK_SUFFIX));
    const int fd = files_lock(lock, NULL);

    if (fd < 0)
        return;
    files_remove_tree(folder);
    unlink(lock);
    close(fd);
}

static void sweep(const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *e;

    while (d && (e = readdir(d)))
        if (str_ends(e->d_name, LOCK_SUFFIX))
            sweep_one(dir, e->d_name);
    if (d)
        closedir(d);
}

/* ---- what earlier programs left ---- */

struct left {
    char *name;
    int64_t changed_sec;
};

struct left_list {
    struct left *items;
    size_t n, cap;
};

static void list_left(const struct podfiles *f, struct left_list *ret)
{
    AUTO_FREE char *logs = xasprintf("%s/logs", f->dir);
    DIR *d = opendir(logs);
    const struct dirent *e;
    struct stat st;

    while (d && (e = readdir(d))) {
        if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st, 0) < 0)
            continue;
        GROW(ret->items, ret->n, ret->cap);
        ret->items[ret->n++] = (struct left){xstrdup(e->d_name), st.st_mtime};
    }
    if (d)
        closedir(d);
}

static int by_age(const void *a, const void *b)
{
    const struct left *la = a, *lb = b;

    return la->changed_sec < lb->changed_sec ? -1 : la->changed_sec > lb->changed_sec;
}

static bool is_alone(const char *volumes_dir)
{
    DIR *d = opendir(volumes_dir);
    const struct dirent *e;
    size_t n = 0;

    while (d && (e = readdir(d)))
        n += str_ends(e->d_name, LOCK_SUFFIX);
    if (d)
        closedir(d);
    return n == 1;
}

/* The newest PODFILES_KEPT stay. Not while another program has the directory: its pods
 * may be among the old ones. */
static void trim(const struct podfiles *f)
{
    struct left_list list = {0};

    list_left(f, &list);
    if (list.n > PODFILES_KEPT)
        qsort(list.items, list.n, sizeof(*list.items), by_age);
    for (size_t i = 0; i < list.n; i++) {
        if (i + PODFILES_KEPT < list.n) {
            remove_folder(f, "logs", list.items[i].name);
            remove_folder(f, "work", list.items[i].name);
        }
        free(list.items[i].name);
    }
    free(list.items);
}

static int open_volumes(struct podfiles *f, struct err *err)
{
    AUTO_FREE char *dir = xasprintf("%s/volumes", f->dir);
    AUTO_FREE char *lock = xasprintf("%s/%d" LOCK_SUFFIX, dir, (int)getpid());

    if (files_make_dir(dir, err) < 0)
        return -1;
    sweep(dir);
    f->volumes = xasprintf("%s/%d", dir, (int)getpid());
    f->stage = xasprintf("%s/stage", f->volumes);
    f->lock = files_lock(lock, err);
    if (f->lock < 0)
        return -1;
    if (is_alone(dir))
        trim(f);
    return files_make_dir(f->stage, err);
}

struct podfiles *podfiles_new(const char *dir, struct err *err)
{
    AUTO_FREE char *logs = xasprintf("%s/logs", dir);
    AUTO_FREE char *work = xasprintf("%s/work", dir);
    struct podfiles *f;
    char *absolute;

    if (files_make_dir(logs, err) < 0 || files_make_dir(work, err) < 0)
        return NULL;
    absolute = realpath(dir, NULL);
    if (!absolute) {
        err_errno(err, errno, "%.300s", dir);
        return NULL;
    }
    f = xcalloc(1, sizeof(*f));
    f->dir = absolute;
    f->lock = -1;
    if (open_volumes(f, err) == 0)
        return f;
    podfiles_free(f);
    return NULL;
}

static void close_volumes(struct podfiles *f)
{
    AUTO_FREE char *lock = xasprintf("%s" LOCK_SUFFIX, f->volumes);

    if (f->lock < 0)
        return;
    files_remove_tree(f->volumes);
    unlink(lock);
    close(f->lock);
}

void podfiles_free(struct podfiles *f)
{
    if (!f)
        return;
    close_volumes(f);
    for (size_t i = 0; i < PODFILES_KEPT; i++)
        free(f->forgotten[i]);
    free(f->volumes);
    free(f->stage);
    free(f->dir);
    free(f);
}
