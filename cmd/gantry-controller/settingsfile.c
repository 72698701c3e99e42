#include "cmd/gantry-controller/settingsfile.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/util.h"

/* Whoever changes a file does so in several steps. */
#define BURST_MS 100
/* What ends a change: a file was written and closed, or moved to its place. */
#define EVENTS (IN_CLOSE_WRITE | IN_MOVED_TO)
#define EVENT_BYTES 4096
#define KEYS_MAX 4096

struct settingsfile {
    struct loop *loop;
    struct log *log;
    char *path;
    struct settings *settings;
    settingsfile_fn *changed;
    void *arg;
    struct str text; /* read last */
    bool missing;    /* and it was not there since */
    int fd;          /* -1: nothing is watched */
    struct loop_io *io;
    struct loop_timer *burst;
};

/* ---- reading ---- */

static int read_fresh(const struct settingsfile *f, struct settings *ret,
                      struct err *err)
{
    settings_default(ret);
    return settings_parse(ret, f->text.s, f->text.len, f->path, err);
}

static void adopt(struct settingsfile *f, const struct settings *fresh)
{
    STR_AUTO struct str changed, kept;
    str_init(&changed, KEYS_MAX);
    str_init(&kept, KEYS_MAX);
    settings_adopt(f->settings, fresh, &changed, &kept);
    if (changed.len > 0)
        log_info(f->log, "%s is read again: changed: %s", f->path, changed.s);
    else
        log_info(f->log, "%s is read again: nothing changes", f->path);
    if (kept.len > 0)
        log_warn(f->log, "%s: what it says of these holds from the next start on: %s",
                 f->path, kept.s);
    if (changed.len > 0)
        f->changed(f->arg);
}

/* Reads the bytes; says whether they, or that there are none, are new. */
static bool read_bytes(struct settingsfile *f, struct err *err)
{
    STR_AUTO struct str text;
    bool was_missing = f->missing;
    str_init(&text, f->text.max);
    f->missing = str_read_file(&text, f->path, err) < 0;
    if (f->missing)
        return !was_missing;
    bool same = text.len == f->text.len && memcmp(text.s, f->text.s, text.len) == 0;
    str_reset(&f->text);
    str_addn(&f->text, text.s, text.len);
    return !same || was_missing;
}

static void read_again(struct settingsfile *f, bool asked)
{
    struct settings fresh;
    struct err err = ERR_INIT;
    if (!read_bytes(f, &err) && !asked)
        return;
    if (!f->missing && read_fresh(f, &fresh, &err) == 0)
        adopt(f, &fresh);
    else
        log_error(f->log, "the settings stay as they are: %s", err.msg);
}

/* ---- watching ---- */

/* Adding one that is there already changes nothing. */
static void watch_dir_of(const struct settingsfile *f, const char *path)
{
    AUTO_FREE char *copy = xstrdup(path); /* dirname writes into it */
    const char *dir = dirname(copy);
    if (inotify_add_watch(f->fd, dir, EVENTS | IN_ONLYDIR) < 0)
        log_warn(f->log,
                 "%s cannot be watched for changes: %s; SIGHUP has %s read again", dir,
                 strerror(errno), f->path);
}

static void watch_dirs(const struct settingsfile *f)
{
    AUTO_FREE char *target = realpath(f->path, NULL);
    watch_dir_of(f, f->path);
    if (target)
        watch_dir_of(f, target);
}

static void burst_over(void *arg)
{
    struct settingsfile *f = arg;
    watch_dirs(f); /* it may point elsewhere now */
    read_again(f, false);
}

static void on_events(void *arg, int fd, unsigned ready)
{
    struct settingsfile *f = arg;
    char events[EVENT_BYTES]
        __attribute__((aligned(__alignof__(struct inotify_event))));
    (void)ready;
    while (read(fd, events, sizeof(events)) > 0)
        ;
    if (!loop_timer_armed(f->burst))
        loop_timer_start(f->burst, BURST_MS);
}

static void begin_watch(struct settingsfile *f)
{
    struct err err = ERR_INIT;
    f->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (f->fd >= 0)
        f->io = loop_io_new(f->loop, f->fd, LOOP_READ, on_events, f, &err);
    else
        err_set(&err, ERR_IO, "inotify: %s", strerror(errno));
    if (f->io)
        watch_dirs(f);
    else
        log_warn(f->log, "%s is read again at SIGHUP only: %s", f->path, err.msg);
}

/* ---- life ---- */

struct settingsfile *settingsfile_new(struct loop *loop, struct log *log,
                                      const char *path, struct settings *settings,
                                      settingsfile_fn *changed, void *arg,
                                      struct err *err)
{
    struct settingsfile *f = xcalloc(1, sizeof(*f));
    *f = (struct settingsfile){.loop = loop,
                               .log = log,
                               .path = xstrdup(path),
                               .settings = settings,
                               .changed = changed,
                               .arg = arg,
                               .fd = -1};
    str_init(&f->text, SETTINGS_BYTES_MAX);
    f->burst = loop_timer_new(loop, burst_over, f);
    begin_watch(f); /* first, so that no change falls between */
    if (str_read_file(&f->text, path, err) == 0 && read_fresh(f, settings, err) == 0)
        return f;
    settingsfile_free(f);
    return NULL;
}

void settingsfile_reload(struct settingsfile *f)
{
    if (f->io)
        watch_dirs(f);
    read_again(f, true);
}

void settingsfile_free(struct settingsfile *f)
{
    if (!f)
        return;
    loop_io_free(f->io);
    loop_timer_free(f->burst);
    if (f->fd >= 0)
        close(f->fd);
    str_fini(&f->text);
    free(f->path);
    free(f);
}
