#include "cmd/gantry-launch/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/filename.h"
#include "base/str.h"
#include "base/util.h"

#define NAME_MAX_BYTES 4096

/* Slurm goes to /tmp too. */
static bool enter_work_dir(const char *dir)
{
    if (!dir || chdir(dir) == 0)
        return true;
    fprintf(stderr,
            "gantry-launch: this node has no directory %s (%s): the script runs in "
            "/tmp\n",
            dir, strerror(errno));
    if (chdir("/tmp") < 0 && chdir("/") < 0)
        abort(); /* a root directory that cannot be entered */
    return false;
}

static bool has_directory(const char *path)
{
    AUTO_FREE char *dir = xstrdup(path);
    char *slash = strrchr(dir, '/');
    struct stat st;
    if (!slash)
        return true;
    slash[slash == dir] = '\0'; /* "/x" is in "/" */
    return stat(dir, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *variable(void *arg, const char *name)
{
    (void)arg;
    return getenv(name);
}

static void expand(const char *pattern, struct str *out)
{
    filename_expand(pattern, variable, NULL, out);
}

/* -1: the pod's log; -2 and err: an error. */
static int open_output(const char *pattern, bool in_work_dir, struct str *name,
                       struct err *err)
{
    const char *mode = getenv("GANTRY_OPEN_MODE");
    bool append = str_eq(mode, "append");
    if (!pattern)
        return -1;
    expand(pattern, name);
    if ((name->s[0] != '/' && !in_work_dir) || !has_directory(name->s)) {
        fprintf(stderr,
                "gantry-launch: this node has no directory for %s: see this "
                "log\n",
                name->s);
        return -1;
    }
    int fd = open(name->s,
                  O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
    if (fd < 0) {
        err_errno(err, errno, "cannot open %s", name->s);
        return -2;
    }
    fprintf(stderr, "gantry-launch: output goes to %s\n", name->s);
    return fd;
}

static int open_input(const char *pattern, struct err *err)
{
    STR_AUTO struct str name;
    str_init(&name, NAME_MAX_BYTES);
    expand(pattern ? pattern : "/dev/null", &name);
    int fd = open(name.s, O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : err_errno(err, errno, "cannot open the input %s", name.s);
}

int files_open(struct files *f, struct err *err)
{
    const char *out = getenv("GANTRY_OUTPUT"), *error = getenv("GANTRY_ERROR");
    bool in_work_dir = enter_work_dir(getenv("GANTRY_WORK_DIR"));
    STR_AUTO struct str out_name, err_name;
    str_init(&out_name, NAME_MAX_BYTES);
    str_init(&err_name, NAME_MAX_BYTES);
    f->in = open_input(getenv("GANTRY_INPUT"), err);
    if (f->in < 0)
        return -1;
    f->out = open_output(out, in_work_dir, &out_name, err);
    if (f->out == -2)
        return -1;
    if (error)
        expand(error, &err_name);
    /* the same file twice would be written over itself */
    bool same = !error || strcmp(err_name.s, out_name.s) == 0;
    str_reset(&err_name);
    f->err = same ? f->out : open_output(error, in_work_dir, &err_name, err);
    return f->err == -2 ? -1 : 0;
}
