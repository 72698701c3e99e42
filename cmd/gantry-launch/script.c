#include "cmd/gantry-launch/script.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"

#define SCRIPT_MAX (1u << 20) /* as much as a ConfigMap holds */
#define PATH_MAX_BYTES 4096

/* ---- its first line ---- */

static size_t word_len(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && s[n] != ' ' && s[n] != '\t')
        n++;
    return n;
}

static size_t blanks(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && (s[n] == ' ' || s[n] == '\t'))
        n++;
    return n;
}

int script_first_line(struct script *s, const char *text, struct err *err)
{
    if (!str_starts(text, "#!"))
        return err_set(err, ERR_INVALID,
                       "the script must begin with #! and the path of its interpreter");
    const char *line = text + 2;
    size_t len = strcspn(line, "\n");
    if (len >= SCRIPT_LINE_MAX)
        return err_set(err, ERR_INVALID, "the script's first line is too long");
    if (len > 0 && line[len - 1] == '\r')
        return err_set(err, ERR_INVALID,
                       "the script's lines end as on DOS (\\r\\n); convert it with "
                       "dos2unix");
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
        len--;
    size_t at = blanks(line, len), n = word_len(line + at, len - at);
    if (n == 0)
        return err_set(err, ERR_INVALID, "the script names no interpreter behind #!");
    s->interpreter = xstrndup(line + at, n);
    at += n;
    at += blanks(line + at, len - at);
    s->argument = at < len ? xstrndup(line + at, len - at) : NULL;
    return 0;
}

/* ---- where it lies ---- */

static char *directory(void)
{
    const char *const bases[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};
    for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
        if (!bases[i] || bases[i][0] != '/' || strlen(bases[i]) > PATH_MAX_BYTES)
            continue;
        char *dir = xasprintf("%s/gantry-XXXXXX", bases[i]);
        if (mkdtemp(dir))
            return dir;
        free(dir);
    }
    return NULL;
}

/* Not there: the script's own `srun` is what it finds, at worst. */
static void add_srun(const char *dir)
{
    char self[PATH_MAX_BYTES];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    AUTO_FREE char *bin = xasprintf("%s/bin", dir);
    AUTO_FREE char *link = xasprintf("%s/bin/srun", dir);
    const char *path = getenv("PATH");
    if (len < 0 || mkdir(bin, 0700) < 0)
        return;
    self[len] = '\0';
    if (symlink(self, link) < 0)
        return;
    AUTO_FREE char *longer =
        xasprintf("%s%s%s", bin, path ? ":" : "", path ? path : "");
    setenv("PATH", longer, 1);
}

static int write_text(const char *path, const char *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    if (fd < 0)
        return err_errno(err, errno, "%s", path);
    if (files_write_all(fd, text, strlen(text)) < 0) {
        err_errno(err, errno, "write %s", path);
        close(fd);
        return -1;
    }
    if (close(fd) < 0)
        return err_errno(err, errno, "write %s", path);
    return 0;
}

static int open_file(struct script *s, const char *path, struct err *err)
{
    STR_AUTO struct str text;
    str_init(&text, SCRIPT_MAX);
    if (str_read_file(&text, path, err) < 0)
        return -1;
    s->path = xstrdup(path);
    return script_first_line(s, text.s, err);
}

static int open_text(struct script *s, const char *text, struct err *err)
{
    if (script_first_line(s, text, err) < 0)
        return -1;
    if (!s->dir)
        return err_set(err, ERR_IO,
                       "no directory to write the script to: tried TMPDIR, /tmp, "
                       "/var/tmp and /dev/shm");
    s->path = xasprintf("%s/slurm_script", s->dir);
    return write_text(s->path, text, err);
}

int script_open(struct script *s, struct err *err)
{
    const char *text = getenv("GANTRY_SCRIPT"), *path = getenv("GANTRY_SCRIPT_FILE");
    *s = (struct script){0};
    if (!text && !path)
        return err_set(err, ERR_INVALID,
                       "no script: GANTRY_SCRIPT or GANTRY_SCRIPT_FILE must be set");
    s->dir = directory();
    if (s->dir)
        add_srun(s->dir);
    return text ? open_text(s, text, err) : open_file(s, path, err);
}

void script_close(struct script *s)
{
    static const char *const names[] = {"slurm_script", "bin/srun"};
    for (size_t i = 0; s->dir && i < ARRAY_LEN(names); i++) {
        AUTO_FREE char *path = xasprintf("%s/%s", s->dir, names[i]);
        unlink(path);
    }
    if (s->dir) {
        AUTO_FREE char *bin = xasprintf("%s/bin", s->dir);
        rmdir(bin);
        rmdir(s->dir);
    }
    free(s->path);
    free(s->interpreter);
    free(s->argument);
    free(s->dir);
    *s = (struct script){0};
}
