#include "cmd/gantry-local/conlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

/* A line longer than this behind a full file goes on in the next. */
#define LINE_MAX_BYTES (64 << 10)

TAILQ_HEAD(listener_list, conlog_listener);

struct conlog {
    char *dir, *container;
    int64_t max_bytes;
    int fd, times_fd; /* of the file that is written to; -1: it could not be made */
    int64_t size;
    int64_t marked_ms; /* of its last mark; -1: none */
    int64_t last_ms;   /* times never go back, though the clock may */
    bool line_begins;  /* the next byte is a line's first */
    uint64_t part;
    size_t lost; /* bytes that the disk did not take, not told yet */
    int lost_errno;
    size_t lost_ever; /* told or not */
    struct listener_list listeners;
    struct conlog_listener *telling; /* the next one to be told */
};

/* ---- files ---- */

char *conlog_path(const char *dir, const char *container, bool previous, bool older)
{
    return xasprintf("%s/%s%s.log%s", dir, container, previous ? ".previous" : "",
                     older ? ".1" : "");
}

char *conlog_times_path(const char *path)
{
    return xasprintf("%s.times", path);
}

static int open_new(const char *path, struct err *err)
{
    const int fd = open(
        path, O_WRONLY | O_APPEND | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    return fd < 0 ? err_errno(err, errno, "open %.300s", path) : fd;
}

static void close_files(struct conlog *c)
{
    if (c->fd >= 0)
        close(c->fd);
    if (c->times_fd >= 0)
        close(c->times_fd);
    c->fd = c->times_fd = -1;
}

static int open_files(struct conlog *c, struct err *err)
{
    AUTO_FREE char *path = conlog_path(c->dir, c->container, false, false);
    AUTO_FREE char *times = conlog_times_path(path);

    c->size = 0;
    c->marked_ms = -1;
    c->fd = open_new(path, err);
    c->times_fd = c->fd < 0 ? -1 : open_new(times, err);
    if (c->times_fd >= 0)
        return 0;
    close_files(c);
    return -1;
}

/* The file and its marks; what is not there leaves nothing there. */
static void move(const char *from, const char *to)
{
    AUTO_FREE char *from_times = conlog_times_path(from);
    AUTO_FREE char *to_times = conlog_times_path(to);

    if (rename(from, to) < 0)
        (void)unlink(to);
    if (rename(from_times, to_times) < 0)
        (void)unlink(to_times);
}

static void keep_previous(const char *dir, const char *container)
{
    for (int older = 0; older < 2; older++) {
        AUTO_FREE char *from = conlog_path(dir, container, false, older);
        AUTO_FREE char *to = conlog_path(dir, container, true, older);

        move(from, to);
    }
}

static void rotate(struct conlog *c)
{
    AUTO_FREE char *from = conlog_path(c->dir, c->container, false, false);
    AUTO_FREE char *to = conlog_path(c->dir, c->container, false, true);

    close_files(c);
    move(from, to);
    c->part++;
    (void)open_files(c, NULL); /* tried again with what comes next */
}

/* ---- life ---- */

struct conlog *conlog_new(const char *dir, const char *container, int64_t max_bytes,
                          struct err *err)
{
    struct conlog *c = xcalloc(1, sizeof(*c));

    c->dir = xstrdup(dir);
    c->container = xstrdup(container);
    c->max_bytes = max_bytes ? max_bytes : CONLOG_MAX;
    c->line_begins = true;
    c->fd = c->times_fd = -1;
    TAILQ_INIT(&c->listeners);
    keep_previous(dir, container);
    if (open_files(c, err) == 0)
        return c;
    conlog_free(c);
    return NULL;
}

static void tell(struct conlog *c, bool ended)
{
    struct conlog_listener *l;

    for (l = TAILQ_FIRST(&c->listeners); l; l = c->telling) {
        c->telling = TAILQ_NEXT(l, link);
        l->changed(l, ended);
    }
}

void conlog_free(struct conlog *c)
{
    if (!c)
        return;
    tell(c, true);
    close_files(c);
    free(c->dir);
    free(c->container);
    free(c);
}

/* ---- writing ---- */

static void lose(struct conlog *c, size_t len)
{
    c->lost += len;
    c->lost_ever += len;
    c->lost_errno = errno;
}

/* Marks first, so that a reader of the bytes finds theirs. */
static void mark(struct conlog *c, const char *bytes, size_t len)
{
    const char *newline = c->line_begins ? NULL : memchr(bytes, '\n', len);
    const size_t at = newline ? (size_t)(newline + 1 - bytes) : 0;
    const struct conlog_mark m = {c->size + (int64_t)at, c->last_ms};

    if ((!c->line_begins && !newline) || at == len || c->marked_ms == c->last_ms)
        return;
    if (write(c->times_fd, &m, sizeof(m)) == sizeof(m))
        c->marked_ms = c->last_ms;
}

static void write_piece(struct conlog *c, const char *bytes, size_t len)
{
    ssize_t n;

    errno = ENOSPC; /* a write that comes short says nothing else */
    if (c->fd < 0 && open_files(c, NULL) < 0) {
        lose(c, len);
        return;
    }
    mark(c, bytes, len);
    n = write(c->fd, bytes, len);
    if (n > 0) {
        c->size += n;
        c->line_begins = bytes[n - 1] == '\n';
    }
    if (n < (ssize_t)len) /* the rest would fail with the reason of the next */
        lose(c, len - (size_t)MAX(n, 0));
}

/* Up to where the file is to end, if it is to end within these bytes. */
static size_t piece(struct conlog *c, const char *bytes, size_t len)
{
    const char *newline;

    if (c->size < c->max_bytes)
        return len;
    if (c->line_begins || c->size >= c->max_bytes + LINE_MAX_BYTES) {
        rotate(c);
        return len;
    }
    newline = memchr(bytes, '\n', len);
    return newline ? (size_t)(newline + 1 - bytes) : len;
}

static void write_all(struct conlog *c, const char *bytes, size_t len)
{
    while (len > 0) {
        const size_t n = piece(c, bytes, len);

        write_piece(c, bytes, n);
        bytes += n;
        len -= n;
    }
}

static void confess(struct conlog *c)
{
    const size_t lost = c->lost;
    AUTO_FREE char *line =
        xasprintf("%s[gantry-local: %zu bytes of output were lost: %s]\n",
                  c->line_begins ? "" : "\n", lost, strerror(c->lost_errno));

    c->lost = 0;
    write_all(c, line, strlen(line));
    if (c->lost > 0)
        c->lost = lost;
}

void conlog_append(struct conlog *c, const char *bytes, size_t len, int64_t now_ms)
{
    c->last_ms = MAX(c->last_ms, now_ms);
    if (c->lost > 0)
        confess(c);
    write_all(c, bytes, len);
    tell(c, false);
}

char *conlog_loss(const struct conlog *c)
{
    if (c->lost_ever == 0)
        return NULL;
    return xasprintf("%zu bytes of output were lost: %s", c->lost_ever,
                     strerror(c->lost_errno));
}

/* ---- for readers ---- */

void conlog_listen(struct conlog *c, struct conlog_listener *l)
{
    TAILQ_INSERT_TAIL(&c->listeners, l, link);
}

void conlog_unlisten(struct conlog *c, struct conlog_listener *l)
{
    if (c->telling == l)
        c->telling = TAILQ_NEXT(l, link);
    TAILQ_REMOVE(&c->listeners, l, link);
}

uint64_t conlog_part(const struct conlog *c)
{
    return c->part;
}

const char *conlog_dir(const struct conlog *c)
{
    return c->dir;
}

const char *conlog_container(const struct conlog *c)
{
    return c->container;
}
