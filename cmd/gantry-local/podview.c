#include "cmd/gantry-local/podview.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/podvolumes.h"

static struct mountns_mount *add(struct podview *v, char *take_source,
                                 const char *target)
{
    struct mountns_mount *m = &v->mounts[v->ns.n_mounts++];
    size_t len = strlen(target);

    while (len > 1 && target[len - 1] == '/')
        len--;
    *m = (struct mountns_mount){
        .source = take_source, .target = xstrndup(target, len), .size_bytes = -1};
    return m;
}

static int add_volume(struct podview *v, const struct podview_request *r,
                      const struct mount_spec *mount, struct err *err)
{
    const struct volume_spec *volume = &r->pod->volumes[mount->volume];
    const bool tmpfs = podvolumes_is_tmpfs(r->pod, mount);
    struct mountns_mount *m;
    char *source = NULL;

    if (volume->kind == VOLUME_LEFT_OUT)
        return 0;
    if (!tmpfs) {
        source = podvolumes_source(r->files, r->pod, mount, r->envp, err);
        if (!source)
            return -1;
    }
    m = add(v, source, mount->path);
    m->size_bytes = tmpfs ? volume->size_bytes : -1;
    m->read_only = mount->read_only || volume->kind == VOLUME_FILES;
    m->recursive = mount->recursive;
    return 0;
}

/* Is `path` at or below `dir`? */
static bool is_within(const char *path, const char *dir)
{
    const size_t len = strlen(dir);

    return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static bool hides(const struct podview *v, const char *path)
{
    for (size_t i = 0; i < v->ns.n_mounts; i++)
        if (is_within(path, v->mounts[i].target))
            return true;
    return false;
}

static size_t depth(const char *path)
{
    size_t n = 0;

    for (; *path; path++)
        n += *path == '/';
    return n;
}

/* Outer paths first; those of one depth in no order, since none is within another. */
static int by_depth(const void *a, const void *b)
{
    const struct mountns_mount *ma = a, *mb = b;
    const size_t da = depth(ma->target), db = depth(mb->target);

    return da < db ? -1 : da > db;
}

/* Unless a volume of the pod is there. */
static void add_hosts(struct podview *v, const struct podview_request *r)
{
    char *source = podvolumes_hosts(r->files, r->pod);

    if (source && !hides(v, "/etc/hosts"))
        add(v, source, "/etc/hosts");
    else
        free(source);
}

/* Where a volume of the pod has that very path, that is where it is to write; and a
 * /dev of the machine's is not changed for a path that the pod need not mean. */
static void add_message(struct podview *v, const struct podview_request *r)
{
    const char *path = r->container->message_path;

    if (!r->message_file || !path || (is_within(path, "/dev") && hides(v, path)))
        return;
    for (size_t i = 0; i < v->ns.n_mounts; i++)
        if (strcmp(v->mounts[i].target, path) == 0)
            return;
    add(v, xstrdup(r->message_file), path);
}

int podview_init(struct podview *v, const struct podview_request *r, struct err *err)
{
    const struct container_spec *c = r->container;

    *v = (struct podview){
        .ns = {.kind = r->kind,
               .stage = podfiles_stage(r->files),
               .read_only_root = c->read_only_root,
               .hostname = r->pod->host_network ? NULL : r->pod->hostname}};
    v->mounts = xcalloc(c->n_mounts + 3, sizeof(*v->mounts));
    v->ns.mounts = v->mounts;
    for (size_t i = 0; i < c->n_mounts; i++)
        if (add_volume(v, r, &c->mounts[i], err) < 0)
            return err_prefix(err, "volume \"%.100s\"",
                              r->pod->volumes[c->mounts[i].volume].name);
    add_hosts(v, r);
    add_message(v, r);
    if (hides(v, r->work_dir))
        add(v, xstrdup(r->work_dir), r->work_dir);
    qsort(v->mounts, v->ns.n_mounts, sizeof(*v->mounts), by_depth);
    return 0;
}

void podview_fini(struct podview *v)
{
    for (size_t i = 0; i < v->ns.n_mounts; i++) {
        free((char *)v->mounts[i].source);
        free((char *)v->mounts[i].target);
    }
    free(v->mounts);
    *v = (struct podview){0};
}
