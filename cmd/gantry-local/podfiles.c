#include "cmd/gantry-local/podfiles.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"

#define WALK_FDS 16

struct podfiles {
    char *dir;                      /* absolute: processes change theirs */
    char *forgotten[PODFILES_KEPT]; /* a ring of pod folder names */
    size_t next;
};

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
    return f;
}

void podfiles_free(struct podfiles *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < PODFILES_KEPT; i++)
        free(f->forgotten[i]);
    free(f->dir);
    free(f);
}

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

char *podfiles_work_dir(struct podfiles *f, const struct pod_spec *pod, int64_t user,
                        struct err *err)
{
    AUTO_FREE char *name = folder_name(pod);
    AUTO_FREE char *path = folder(f, "work", name);

    if (files_make_dir(path, err) < 0)
        return NULL;
    if (user >= 0 && chown(path, (uid_t)user, (gid_t)-1) < 0) {
        err_errno(err, errno, "give %.300s to user %lld", path, (long long)user);
        return NULL;
    }
    return TAKE(path);
}

char *podfiles_make_log_dir(struct podfiles *f, const struct pod_spec *pod,
                            struct err *err)
{
    AUTO_FREE char *dir = podfiles_log_dir(f, pod);

    return files_make_dir(dir, err) < 0 ? NULL : TAKE(dir);
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    (void)remove(path); /* what cannot go stays; nothing depends on it */
    return 0;
}

static void remove_folder(const struct podfiles *f, const char *kind, const char *name)
{
    AUTO_FREE char *path = folder(f, kind, name);

    nftw(path, remove_one, WALK_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
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
