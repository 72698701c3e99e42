#include "cmd/gantry-local/statedir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"

#define EXPORT_TEXT_MAX 65536

static char *default_dir(struct err *err)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");

    /* A relative one is to be ignored (XDG). */
    if (state && state[0] == '/')
        return xasprintf("%s/gantry-local", state);
    if (home && home[0] == '/')
        return xasprintf("%s/.local/state/gantry-local", home);
    err_set(err, ERR_INVALID, "HOME is not set: say --dir DIR");
    return NULL;
}

int statedir_init(struct statedir *c, const char *dir, struct err *err)
{
    *c = (struct statedir){.lock = -1};
    if (dir && !dir[0])
        return err_set(err, ERR_INVALID, "--dir: the path is empty");
    c->dir = dir ? realpath(dir, NULL) : default_dir(err);
    if (dir && !c->dir && errno != ENOENT)
        return err_errno(err, errno, "--dir: %.300s", dir);
    if (dir && !c->dir)
        c->dir = xstrdup(dir);
    if (!c->dir)
        return -1;
    c->loop = loop_new(err);
    return c->loop ? 0 : -1;
}

void statedir_fini(struct statedir *c)
{
    if (c->lock >= 0)
        close(c->lock);
    loop_free(c->loop);
    free(c->dir);
}

/* The programs get the path, and work elsewhere. */
static int make_absolute(struct statedir *c, struct err *err)
{
    char *path = realpath(c->dir, NULL);

    if (!path)
        return err_errno(err, errno, "%.300s", c->dir);
    free(c->dir);
    c->dir = path;
    return 0;
}

int statedir_take(struct statedir *c, struct err *err)
{
    if (files_make_private_dir(c->dir, err) != 0 || make_absolute(c, err) != 0)
        return err_prefix(err, "--dir");
    AUTO_FREE char *path = statedir_path(c, "up.lock");
    c->lock = files_lock(path, err);
    if (c->lock >= 0)
        return 0;
    return err_prefix(err, err->code == ERR_EXISTS
                               ? "another `up` or `down` is at work there"
                               : "--dir");
}

char *statedir_path(const struct statedir *c, const char *name)
{
    return xasprintf("%s/%s", c->dir, name);
}

char *statedir_export(const struct statedir *c)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./-+,:@%";
    STR_AUTO struct str out;

    str_init(&out, EXPORT_TEXT_MAX);
    str_add(&out, "export KUBECONFIG=");
    if (!c->dir[strspn(c->dir, plain)]) {
        str_addf(&out, "%s/kubeconfig", c->dir);
        return str_take(&out);
    }
    str_addc(&out, '\'');
    for (const char *p = c->dir; *p; p++)
        str_add(&out, *p == '\'' ? "'\\''" : (char[]){*p, '\0'});
    str_add(&out, "/kubeconfig'");
    return str_take(&out);
}

struct ask *statedir_ask(const struct statedir *c, struct err *err)
{
    AUTO_FREE char *path = statedir_path(c, "kubeconfig");

    return ask_open(c->loop, path, err);
}
