#include "cmd/gantry-launch/inbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/util.h"

/* Where the kernel has no more watches for us: a user may have some hundreds. */
#define LOOK_MS 1000

/* Its directory: files are put in place by a rename, in a volume of its link. */
static int watch_directory(const char *path)
{
    AUTO_FREE char *dir = xstrdup(path);
    char *slash = strrchr(dir, '/');
    const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (slash)
        slash[slash == dir] = '\0';
    if (fd < 0 || inotify_add_watch(fd, slash ? dir : ".",
                                    IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE) >= 0)
        return fd;
    close(fd);
    return -1;
}

void inbox_open(struct inbox *in)
{
    const char *path = getenv("GANTRY_SIGNALS");
    *in = (struct inbox){.fd = -1};
    str_init(&in->text, SIGLIST_MAX);
    if (!path || !*path)
        return;
    in->path = xstrdup(path);
    in->fd = watch_directory(path);
}

void inbox_close(struct inbox *in)
{
    if (in->fd >= 0)
        close(in->fd);
    free(in->path);
    str_fini(&in->text);
}

static void drain(int fd)
{
    char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    while (read(fd, events, sizeof(events)) > 0)
        ;
}

void inbox_look(struct inbox *in)
{
    if (!in->path)
        return;
    if (in->fd >= 0)
        drain(in->fd);
    str_reset(&in->text);
    /* One that cannot be read is looked at again with the next event. */
    if (str_read_file(&in->text, in->path, NULL) < 0)
        str_reset(&in->text);
}

bool inbox_take(struct inbox *in, struct siglist_item *ret)
{
    if (!siglist_get(in->text.s, in->taken, ret))
        return false;
    in->taken++;
    return true;
}

int inbox_patience_ms(const struct inbox *in)
{
    return in->path && in->fd < 0 ? LOOK_MS : -1;
}
