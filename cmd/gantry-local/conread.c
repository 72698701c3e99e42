#include "cmd/gantry-local/conread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/util.h"

/* With times, a line of one byte becomes one of 32. */
#define READ_BYTES (32u << 10)
#define PARTS_MAX 4 /* two, and two newer */

struct part {
    int fd, times_fd; /* times_fd -1: it has no times */
    int64_t end;      /* where reading ends; INT64_MAX: where the file does */
};

struct place {
    size_t part;
    int64_t offset;
};

struct conread {
    char *dir, *container;
    struct conread_options o;
    struct conlog *live; /* followed; NULL: nothing comes behind the parts */
    struct conlog_listener listener;
    void (*changed)(void *arg);
    void *arg;

    struct part parts[PARTS_MAX]; /* parts[at] is read */
    size_t n_parts;
    uint64_t number; /* as conlog_part counts: of the last of them */
    struct place at;
    bool line_begins;
    int64_t left; /* of limit_bytes */
    char *buffer;

    int64_t next_mark; /* index */
    struct conlog_mark mark;
};

/* ---- parts ---- */

static int part_open(struct conread *r, bool previous, bool older)
{
    AUTO_FREE char *path = conlog_path(r->dir, r->container, previous, older);
    AUTO_FREE char *times = conlog_times_path(path);
    struct part *p = &r->parts[r->n_parts];
    struct stat st;

    p->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (p->fd < 0)
        return -1;
    p->times_fd = open(times, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    /* without follow: what is there now, though more is written meanwhile */
    p->end = r->o.follow || fstat(p->fd, &st) < 0 ? INT64_MAX : st.st_size;
    r->n_parts++;
    return 0;
}

static void part_close(struct part *p)
{
    close(p->fd);
    if (p->times_fd >= 0)
        close(p->times_fd);
}

static int64_t part_size(const struct part *p)
{
    struct stat st;

    return fstat(p->fd, &st) == 0 ? MIN((int64_t)st.st_size, p->end) : 0;
}

/* The parts before the one that is read are not needed any more. */
static void drop_read(struct conread *r)
{
    for (size_t i = 0; i < r->at.part; i++)
        part_close(&r->parts[i]);
    memmove(r->parts, r->parts + r->at.part,
            (r->n_parts - r->at.part) * sizeof(*r->parts));
    r->n_parts -= r->at.part;
    r->at.part = 0;
}

/* Opens what was begun behind the last part: at most two files of it are left. */
static void open_newer(struct conread *r)
{
    const uint64_t newest = conlog_part(r->live);

    drop_read(r);
    if (newest > r->number + 1)
        (void)part_open(r, false, true);
    if (newest > r->number)
        (void)part_open(r, false, false);
    r->number = newest;
}

/* ---- marks ---- */

static bool mark_read(const struct part *p, int64_t index, struct conlog_mark *ret)
{
    return p->times_fd >= 0 && pread(p->times_fd, ret, sizeof(*ret),
                                     index * (int64_t)sizeof(*ret)) == sizeof(*ret);
}

static int64_t marks_count(const struct part *p)
{
    struct stat st;

    if (p->times_fd < 0 || fstat(p->times_fd, &st) < 0)
        return 0;
    return st.st_size / (int64_t)sizeof(struct conlog_mark);
}

static bool by_time(const struct conlog_mark *m, int64_t ms)
{
    return m->ms >= ms;
}

static bool by_offset(const struct conlog_mark *m, int64_t offset)
{
    return m->offset > offset;
}

/* The first mark that `is_behind` what is looked for; their number if there is none. */
static int64_t mark_find(const struct part *p,
                         bool (*is_behind)(const struct conlog_mark *m, int64_t what),
                         int64_t what)
{
    int64_t low = 0, high = marks_count(p);
    struct conlog_mark m;

    while (low < high) {
        const int64_t middle = low + (high - low) / 2;

        if (mark_read(p, middle, &m) && !is_behind(&m, what))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The mark of the line that begins at `offset`; lines are asked for in order. */
static void mark_seek(struct conread *r, int64_t offset)
{
    const struct part *p = &r->parts[r->at.part];
    struct conlog_mark next;

    if (r->next_mark < 0) {
        r->next_mark = mark_find(p, by_offset, offset);
        if (r->next_mark > 0)
            (void)mark_read(p, r->next_mark - 1, &r->mark);
        return;
    }
    while (mark_read(p, r->next_mark, &next) && next.offset <= offset) {
        r->mark = next;
        r->next_mark++;
    }
}

/* ---- where to begin ---- */

static bool is_before(struct place a, struct place b)
{
    return a.part < b.part || (a.part == b.part && a.offset < b.offset);
}

static struct place place_since(const struct conread *r, int64_t ms)
{
    struct conlog_mark m;

    for (size_t i = 0; i < r->n_parts; i++)
        if (mark_read(&r->parts[i], mark_find(&r->parts[i], by_time, ms), &m))
            return (struct place){i, m.offset};
    return (struct place){r->n_parts - 1, part_size(&r->parts[r->n_parts - 1])};
}

/* Goes back over `*lines` newlines of the part; true: `*ret` is behind the last. */
static bool back_over(const struct conread *r, size_t part, int64_t *lines,
                      struct place *ret)
{
    int64_t end = part_size(&r->parts[part]);

    while (end > 0) {
        const int64_t from = MAX(end - (int64_t)READ_BYTES, 0);
        const ssize_t n =
            pread(r->parts[part].fd, r->buffer, (size_t)(end - from), from);

        for (ssize_t i = n - 1; i >= 0; i--)
            if (r->buffer[i] == '\n' && (*lines)-- == 0) {
                *ret = (struct place){part, from + i + 1};
                return true;
            }
        end = from;
    }
    return false;
}

/* The newline at the very end ends the last line and begins none. */
static struct place place_tail(const struct conread *r, int64_t lines)
{
    const size_t last = r->n_parts - 1;
    const int64_t size = part_size(&r->parts[last]);
    struct place p = {last, size};
    char c = '\n';

    if (lines == 0)
        return p;
    if (size > 0 && pread(r->parts[last].fd, &c, 1, size - 1) == 1 && c != '\n')
        lines--;
    for (size_t i = r->n_parts; i-- > 0;)
        if (back_over(r, i, &lines, &p))
            return p;
    return (struct place){0, 0};
}

static void begin(struct conread *r)
{
    struct place p;
    char c;

    if (r->o.tail_lines >= 0)
        r->at = place_tail(r, r->o.tail_lines);
    if (r->o.since_ms > 0) {
        p = place_since(r, r->o.since_ms);
        if (is_before(r->at, p))
            r->at = p;
    }
    r->line_begins =
        r->at.offset == 0 ||
        (pread(r->parts[r->at.part].fd, &c, 1, r->at.offset - 1) == 1 && c == '\n');
}

/* ---- life ---- */

struct conread *conread_new(const char *dir, const char *container, bool previous,
                            const struct conread_options *options, struct err *err)
{
    struct conread *r = xcalloc(1, sizeof(*r));

    r->dir = xstrdup(dir);
    r->container = xstrdup(container);
    r->o = *options;
    r->left = options->limit_bytes >= 0 ? options->limit_bytes : INT64_MAX;
    r->next_mark = -1;
    r->buffer = xmalloc(READ_BYTES);
    (void)part_open(r, previous, true); /* seldom there */
    if (part_open(r, previous, false) < 0) {
        err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
                "the log of container \"%.100s\": %s", container, strerror(errno));
        conread_free(r);
        return NULL;
    }
    begin(r);
    return r;
}

void conread_free(struct conread *r)
{
    if (!r)
        return;
    if (r->live)
        conlog_unlisten(r->live, &r->listener);
    for (size_t i = 0; i < r->n_parts; i++)
        part_close(&r->parts[i]);
    free(r->buffer);
    free(r->dir);
    free(r->container);
    free(r);
}

/* With the run its files get other names: what is left of them is opened now. */
static void on_changed(struct conlog_listener *l, bool ended)
{
    struct conread *r =
        (struct conread *)(void *)((char *)l - offsetof(struct conread, listener));

    if (ended) {
        open_newer(r);
        conlog_unlisten(r->live, l);
        r->live = NULL;
    }
    r->changed(r->arg); /* may free it */
}

void conread_follow(struct conread *r, struct conlog *live, void (*changed)(void *arg),
                    void *arg)
{
    r->live = live;
    r->changed = changed;
    r->arg = arg;
    if (!live)
        return;
    r->number = conlog_part(live);
    r->listener.changed = on_changed;
    conlog_listen(live, &r->listener);
}

/* ---- reading ---- */

/* Is there a further part, or does one have to be waited for? */
static enum conread_result next_part(struct conread *r)
{
    if (r->at.part + 1 == r->n_parts && r->live) {
        if (conlog_part(r->live) == r->number)
            return CONREAD_WAIT;
        open_newer(r);
    }
    if (r->at.part + 1 >= r->n_parts)
        return r->live ? CONREAD_WAIT : CONREAD_END;
    r->at = (struct place){r->at.part + 1, 0};
    r->next_mark = -1;
    return CONREAD_MORE;
}

static void give(struct conread *r, const char *bytes, size_t len, struct str *out)
{
    const size_t n = (size_t)MIN((int64_t)len, r->left);

    str_addn(out, bytes, n);
    r->left -= (int64_t)n;
}

static void give_time(struct conread *r, int64_t offset, struct str *out)
{
    char text[TIME_TEXT_MAX];

    mark_seek(r, offset);
    time_format_micro(r->mark.ms, text);
    text[strcspn(text, "Z")] = '\0';
    give(r, text, strlen(text), out);
    give(r, "000Z ", strlen("000Z "), out);
}

static void give_lines(struct conread *r, size_t len, struct str *out)
{
    size_t done = 0;

    while (done < len) {
        const char *line = r->buffer + done;
        const char *newline = memchr(line, '\n', len - done);
        const size_t n = newline ? (size_t)(newline + 1 - line) : len - done;

        if (r->line_begins)
            give_time(r, r->at.offset + (int64_t)done, out);
        give(r, line, n, out);
        r->line_begins = newline != NULL;
        done += n;
    }
}

enum conread_result conread_next(struct conread *r, struct str *out)
{
    const struct part *p = &r->parts[r->at.part];
    const size_t want = (size_t)MIN((int64_t)READ_BYTES, MAX(p->end - r->at.offset, 0));
    const ssize_t n = pread(p->fd, r->buffer, want, r->at.offset);

    if (r->left == 0)
        return CONREAD_END;
    if (n <= 0)
        return next_part(r);
    if (r->o.timestamps)
        give_lines(r, (size_t)n, out);
    else
        give(r, r->buffer, (size_t)n, out);
    r->at.offset += n;
    return CONREAD_MORE;
}

char *conread_end(const char *dir, const char *container, int64_t lines,
                  size_t bytes_max)
{
    const struct conread_options o = {.tail_lines = lines, .limit_bytes = -1};
    struct conread *r = conread_new(dir, container, false, &o, NULL);
    enum conread_result result = r ? CONREAD_MORE : CONREAD_END;
    STR_AUTO struct str text;

    str_init(&text, bytes_max + READ_BYTES);
    while (result == CONREAD_MORE) {
        result = conread_next(r, &text);
        if (text.len > bytes_max)
            str_drop(&text, text.len - bytes_max);
    }
    conread_free(r);
    return str_take(&text);
}
