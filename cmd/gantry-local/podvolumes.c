#include "cmd/gantry-local/podvolumes.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/filetree.h"

#define FILE_BYTES_MAX (2u << 20)
#define EMPTY_MODE 0777
#define FILES_MODE 0755
#define SUB_PATH_MAX 4000
#define HOSTS_NAME ".hosts"
#define INBOX_DIR ".signals"
#define MESSAGE_NAME ".message-"
#define MESSAGE_MODE 0666 /* whoever the container runs as by then */

static int make_dir(const char *path, mode_t mode, struct err *err)
{
    if (files_make_dir(path, err) < 0)
        return -1;
    return chmod(path, mode) < 0 ? err_errno(err, errno, "%.300s", path) : 0;
}

/* ---- files ---- */

static int add_whole(const struct value_pod *pod, const struct volume_spec *v,
                     const struct volume_part *part, struct filetree *tree,
                     struct err *err)
{
    const struct value_source from = {
        .kind = part->kind, .object = part->object, .optional = part->optional};
    const struct podobject *object = NULL;

    switch (value_object(pod, &from, &object, err)) {
    case VALUE_OMITTED:
        return 0;
    case VALUE_REFUSED:
        return -1;
    case VALUE_GIVEN:
        break;
    }
    for (size_t i = 0; i < object->n_entries; i++) {
        const struct podobject_entry *e = &object->entries[i];

        if (!strchr(e->key, '/') && !str_starts(e->key, "..") &&
            strcmp(e->key, ".") != 0)
            filetree_add(tree, e->key, e->bytes, e->len, v->mode);
    }
    return 0;
}

static int add_item(const struct value_pod *pod, const struct volume_spec *v,
                    const struct volume_file *file, struct filetree *tree,
                    struct err *err)
{
    STR_AUTO struct str value;

    str_init(&value, FILE_BYTES_MAX);
    switch (value_resolve(pod, NULL, &file->from, &value, err)) {
    case VALUE_OMITTED:
        return 0;
    case VALUE_REFUSED:
        return -1;
    case VALUE_GIVEN:
        break;
    }
    if (value.overflow)
        return err_set(err, ERR_TOO_LARGE, "%.200s: more than %u bytes", file->path,
                       FILE_BYTES_MAX);
    filetree_add(tree, file->path, value.s, value.len,
                 file->mode >= 0 ? file->mode : v->mode);
    return 0;
}

static int add_part(const struct value_pod *pod, const struct volume_spec *v,
                    const struct volume_part *part, struct filetree *tree,
                    struct err *err)
{
    if (part->whole)
        return add_whole(pod, v, part, tree, err);
    for (size_t i = 0; i < part->n_files; i++)
        if (add_item(pod, v, &part->files[i], tree, err) < 0)
            return -1;
    return 0;
}

static int make_files(struct podfiles *files, const struct value_pod *pod,
                      const struct volume_spec *v, struct err *err)
{
    AUTO_FREE char *dir = podfiles_volume(files, pod->spec, v->name);
    struct filetree tree = {0};
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < v->n_parts; i++)
        rc = add_part(pod, v, &v->parts[i], &tree, err);
    if (rc == 0)
        rc = filetree_write(&tree, dir, err);
    filetree_fini(&tree);
    return rc;
}

/* ---- the machine's own ---- */

enum maker { MAKE_NOTHING, MAKE_DIR, MAKE_FILE };

/* As a kubelet and its runtime do it: without a type, too, a directory is made. */
static const struct {
    const char *type;
    enum maker maker;
    mode_t format; /* 0: any */
    const char *word;
} host_types[] = {
    {"", MAKE_DIR, 0, ""},
    {"DirectoryOrCreate", MAKE_DIR, S_IFDIR, "a directory"},
    {"Directory", MAKE_NOTHING, S_IFDIR, "a directory"},
    {"FileOrCreate", MAKE_FILE, S_IFREG, "a file"},
    {"File", MAKE_NOTHING, S_IFREG, "a file"},
    {"Socket", MAKE_NOTHING, S_IFSOCK, "a socket"},
    {"CharDevice", MAKE_NOTHING, S_IFCHR, "a character device"},
    {"BlockDevice", MAKE_NOTHING, S_IFBLK, "a block device"},
};

static int make_file(const char *path, struct err *err)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

    if (fd < 0)
        return err_errno(err, errno, "make %.300s", path);
    close(fd);
    return 0;
}

static int make_host(const struct volume_spec *v, enum maker maker, struct err *err)
{
    switch (maker) {
    case MAKE_NOTHING:
        return err_set(err, ERR_INVALID, "hostPath %.300s does not exist",
                       v->host_path);
    case MAKE_DIR:
        return make_dir(v->host_path, FILES_MODE, err);
    case MAKE_FILE:
        return make_file(v->host_path, err);
    }
    return -1;
}

static int check_host(const struct volume_spec *v, struct err *err)
{
    struct stat st;

    for (size_t i = 0; i < ARRAY_LEN(host_types); i++) {
        if (strcmp(host_types[i].type, v->host_type) != 0)
            continue;
        if (stat(v->host_path, &st) < 0)
            return errno == ENOENT ? make_host(v, host_types[i].maker, err)
                                   : err_errno(err, errno, "%.300s", v->host_path);
        if (!host_types[i].format || (st.st_mode & S_IFMT) == host_types[i].format)
            return 0;
        return err_set(err, ERR_INVALID, "hostPath %.300s is not %s", v->host_path,
                       host_types[i].word);
    }
    return err_set(err, ERR_INVALID, "hostPath type \"%.60s\" is unknown",
                   v->host_type);
}

/* ---- all of a pod ---- */

static int make_empty(struct podfiles *files, const struct value_pod *pod,
                      const struct volume_spec *v, struct err *err)
{
    AUTO_FREE char *dir = podfiles_volume(files, pod->spec, v->name);

    return make_dir(dir, EMPTY_MODE, err);
}

static int make_one(struct podfiles *files, const struct value_pod *pod,
                    const struct volume_spec *v, struct err *err)
{
    switch (v->kind) {
    case VOLUME_LEFT_OUT:
        return 0;
    case VOLUME_EMPTY:
        return make_empty(files, pod, v, err);
    case VOLUME_HOST:
        return check_host(v, err);
    case VOLUME_FILES:
        return make_files(files, pod, v, err);
    }
    return -1;
}

int podvolumes_make(struct podfiles *files, const struct value_pod *pod,
                    struct err *err)
{
    for (size_t i = 0; i < pod->spec->n_volumes; i++) {
        const struct volume_spec *v = &pod->spec->volumes[i];

        if (make_one(files, pod, v, err) < 0)
            return err_prefix(err, "volume \"%.100s\"", v->name);
    }
    return 0;
}

int podvolumes_refresh(struct podfiles *files, const struct value_pod *pod,
                       struct err *err)
{
    int rc = 0;

    for (size_t i = 0; i < pod->spec->n_volumes; i++) {
        const struct volume_spec *v = &pod->spec->volumes[i];
        struct err why = ERR_INIT;

        if (v->kind != VOLUME_FILES || make_files(files, pod, v, &why) == 0)
            continue;
        err_prefix(&why, "volume \"%.100s\"", v->name);
        if (rc == 0 && err)
            *err = why;
        rc = -1;
    }
    return rc;
}

/* ---- where it lies ---- */

static size_t count_mounts(const struct container_spec *list, size_t n, size_t volume)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n_mounts; k++)
            count += list[i].mounts[k].volume == volume;
    return count;
}

bool podvolumes_is_tmpfs(const struct pod_spec *pod, const struct mount_spec *mount)
{
    const struct volume_spec *v = &pod->volumes[mount->volume];

    return v->kind == VOLUME_EMPTY && v->in_memory && !*mount->sub_path &&
           pod->restart == RESTART_NEVER &&
           count_mounts(pod->inits, pod->n_inits, mount->volume) +
                   count_mounts(pod->mains, pod->n_mains, mount->volume) ==
               1;
}

static char *volume_root(const struct podfiles *files, const struct pod_spec *pod,
                         const struct volume_spec *v)
{
    return v->kind == VOLUME_HOST ? xstrdup(v->host_path)
                                  : podfiles_volume(files, pod, v->name);
}

/* Variables may have brought along what the plain text must not have. */
static int expand(const struct mount_spec *mount, char *const *envp, struct str *out,
                  struct err *err)
{
    if (!mount->expands) {
        str_add(out, mount->sub_path);
        return 0;
    }
    env_expand(mount->sub_path, envp, out);
    if (!out->overflow && *out->s && *out->s != '/' && !strstr(out->s, ".."))
        return 0;
    return err_set(err, ERR_INVALID,
                   "subPathExpr \"%.100s\" is \"%.200s\": must be relative and must not"
                   " contain \"..\"",
                   mount->sub_path, out->s);
}

char *podvolumes_source(const struct podfiles *files, const struct pod_spec *pod,
                        const struct mount_spec *mount, char *const *envp,
                        struct err *err)
{
    const struct volume_spec *v = &pod->volumes[mount->volume];
    AUTO_FREE char *root = volume_root(files, pod, v);
    AUTO_FREE char *path = NULL;
    STR_AUTO struct str sub;

    str_init(&sub, SUB_PATH_MAX);
    if (expand(mount, envp, &sub, err) < 0)
        return NULL;
    path = *sub.s ? xasprintf("%s/%s", root, sub.s) : xstrdup(root);
    if (!*sub.s || access(path, F_OK) == 0)
        return TAKE(path);
    if (v->kind == VOLUME_FILES) {
        err_set(err, ERR_INVALID,
                "subPath \"%.200s\": volume \"%.100s\" has no such"
                " file",
                sub.s, v->name);
        return NULL;
    }
    return make_dir(path, FILES_MODE, err) < 0 ? NULL : TAKE(path);
}

/* ---- how much it holds ---- */

/* Bytes on the disk, as du counts; what cannot be looked into counts nothing. Past
 * `enough` it is not counted on. */
static int64_t disk_usage(const char *path, int64_t enough)
{
    char *const roots[] = {(char *)path, NULL};
    FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
    const FTSENT *e;
    int64_t bytes = 0;

    while (fts && bytes <= enough && (e = fts_read(fts)))
        if (e->fts_info != FTS_DP && e->fts_info != FTS_NS && e->fts_level > 0)
            bytes += (int64_t)e->fts_statp->st_blocks * 512;
    if (fts)
        fts_close(fts);
    return bytes;
}

int podvolumes_check(const struct podfiles *files, const struct pod_spec *pod,
                     struct err *err)
{
    for (size_t i = 0; i < pod->n_volumes; i++) {
        const struct volume_spec *v = &pod->volumes[i];
        AUTO_FREE char *path = podfiles_volume(files, pod, v->name);
        char limit[QUANTITY_TEXT_MAX];

        if (v->kind != VOLUME_EMPTY || v->size_bytes < 0 ||
            disk_usage(path, v->size_bytes) <= v->size_bytes)
            continue;
        quantity_format_bytes(v->size_bytes, limit);
        return err_set(err, ERR_TOO_LARGE,
                       "Usage of EmptyDir volume \"%.100s\" exceeds the limit \"%s\".",
                       v->name, limit);
    }
    return 0;
}

/* ---- last words ---- */

char *podvolumes_make_message(struct podfiles *files, const struct pod_spec *pod,
                              const struct container_spec *c, struct err *err)
{
    AUTO_FREE char *name = xasprintf(MESSAGE_NAME "%s", c->name);
    AUTO_FREE char *path = podfiles_volume(files, pod, name);
    AUTO_FREE char *dir = podfiles_volume(files, pod, "");
    int fd, errnum;
    bool ok;

    if (files_make_dir(dir, err) < 0)
        return NULL;
    unlink(path); /* an earlier run's */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    ok = fd >= 0 && fchmod(fd, MESSAGE_MODE) == 0;
    errnum = errno;
    if (fd >= 0)
        close(fd);
    if (ok)
        return TAKE(path);
    err_errno(err, errnum, "write %.300s", path);
    return NULL;
}

/* It is the pod's, which may have put anything there. */
bool podvolumes_read_message(const char *path, struct str *out)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char bytes[PODVOLUMES_MESSAGE_MAX];
    struct stat st;
    ssize_t n = -1;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        n = pread(fd, bytes, sizeof(bytes), MAX(st.st_size - (off_t)sizeof(bytes), 0));
    if (fd >= 0)
        close(fd);
    for (ssize_t i = 0; i < n; i++)
        if (bytes[i] != '\0')
            str_addc(out, bytes[i]);
    return n > 0 && out->len > 0;
}

/* ---- /etc/hosts ---- */

/* Written over, then cut: readers see the old lines or the new ones, but for a moment
 * within one write. */
int podvolumes_write_hosts(struct podfiles *files, const struct pod_spec *pod,
                           const char *text, struct err *err)
{
    AUTO_FREE char *path = podfiles_volume(files, pod, HOSTS_NAME);
    AUTO_FREE char *dir = podfiles_volume(files, pod, "");
    const size_t len = strlen(text);
    bool ok;
    int fd, errnum;

    if (files_make_dir(dir, err) < 0)
        return -1;
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return err_errno(err, errno, "write %.300s", path);
    ok = files_write_all(fd, text, len) == 0 && ftruncate(fd, (off_t)len) == 0 &&
         fchmod(fd, 0644) == 0;
    errnum = errno;
    close(fd);
    return ok ? 0 : err_errno(err, errnum, "write %.300s", path);
}

char *podvolumes_hosts(const struct podfiles *files, const struct pod_spec *pod)
{
    AUTO_FREE char *path = podfiles_volume(files, pod, HOSTS_NAME);

    return access(path, F_OK) == 0 ? TAKE(path) : NULL;
}

/* ---- signals ---- */

char *podvolumes_inbox(const struct podfiles *files, const struct pod_spec *pod)
{
    return podfiles_volume(files, pod, INBOX_DIR "/list");
}

int podvolumes_write_inbox(struct podfiles *files, const struct pod_spec *pod,
                           const char *text, struct err *err)
{
    AUTO_FREE char *dir = podfiles_volume(files, pod, INBOX_DIR);
    AUTO_FREE char *path = podvolumes_inbox(files, pod);

    if (files_make_dir(dir, err) < 0)
        return -1;
    return files_write(path, text, strlen(text), 0600, err);
}
