#include "cmd/gantry-sim/lines.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "base/util.h"

#define CHUNK_BYTES 65536

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* UTF-8's, before spreadsheets' text */

struct lines {
    gzFile file;
    char *path;
    struct str line;
    size_t number; /* of it, or of the first that it was joined of */
    size_t joined; /* to it */
    bool again;
    size_t n_read;
    struct str read; /* the last one of the file; overflow: it is too long */
    bool ahead;      /* that comes next, behind those that are held: it is too long */
    /* Those that were looked at, to join them, each with its end: joined ones are from
     * `from` to `to`, those behind come next. */
    struct str held;
    size_t from, to;
    char chunk[CHUNK_BYTES]; /* what was read ahead */
    size_t at, len;
};

struct lines *lines_open(const char *path, struct err *err)
{
    gzFile file = gzopen(path, "rbe");
    if (!file) {
        int errnum = errno;
        err_errno(err, errnum, "%s", path);
        if (err && errnum == ENOENT)
            err->code = ERR_NOT_FOUND;
        return NULL;
    }
    struct lines *l = xcalloc(1, sizeof(*l));
    l->file = file;
    l->path = xstrdup(path);
    str_init(&l->line, LINE_BYTES_MAX);
    str_init(&l->read, LINE_BYTES_MAX);
    str_init(&l->held, 4 * LINE_BYTES_MAX);
    return l;
}

void lines_close(struct lines *l)
{
    if (!l)
        return;
    gzclose(l->file);
    free(l->path);
    str_fini(&l->line);
    str_fini(&l->read);
    str_fini(&l->held);
    free(l);
}

static int damaged(const struct lines *l, struct err *err)
{
    int code = Z_OK;
    const char *what = gzerror(l->file, &code);
    if (code == Z_ERRNO)
        return err_errno(err, errno, "%s", l->path);
    if (code == Z_BUF_ERROR)
        what = "the file ends too early";
    if (l->n_read == 0)
        return err_set(err, ERR_IO, "%s: damaged in its first line: %s", l->path, what);
    return err_set(err, ERR_IO, "%s: damaged behind line %zu: %s", l->path, l->n_read,
                   what);
}

static void cut_end(struct str *line)
{
    if (line->len > 0 && line->s[line->len - 1] == '\n')
        line->s[--line->len] = '\0';
    if (line->len > 0 && line->s[line->len - 1] == '\r')
        line->s[--line->len] = '\0';
}

/* 1: there is something in the chunk; 0: the file has ended. Of one that is cut off
 * comes first what there is. */
static int fill(struct lines *l, struct err *err)
{
    if (l->at < l->len)
        return 1;
    int n = gzread(l->file, l->chunk, sizeof(l->chunk));
    int code = Z_OK;
    gzerror(l->file, &code);
    if (n < 0 || (n == 0 && code != Z_OK && code != Z_STREAM_END))
        return damaged(l, err);
    l->at = 0;
    l->len = (size_t)n;
    return n > 0;
}

/* NUL bytes, which no text has, become '?', so that strings do not end there. */
static void take_part(struct lines *l, size_t len)
{
    size_t from = l->read.len;
    str_addn(&l->read, l->chunk + l->at, len);
    for (; from < l->read.len; from++)
        if (l->read.s[from] == '\0')
            l->read.s[from] = '?';
    l->at += len;
}

/* The next line of the file, as `read`; of one that is too long no more than that. */
static int read_line(struct lines *l, struct err *err)
{
    bool ended = false;
    int rc = 1;
    str_reset(&l->read);
    while (!ended && (rc = fill(l, err)) == 1) {
        const char *newline = memchr(l->chunk + l->at, '\n', l->len - l->at);
        ended = newline != NULL;
        take_part(l,
                  newline ? (size_t)(newline - l->chunk) + 1 - l->at : l->len - l->at);
    }
    if (rc < 0 || (l->read.len == 0 && !l->read.overflow))
        return rc;
    l->n_read++;
    cut_end(&l->read);
    return 1;
}

/* The line of those that are held that begins there, without its end. */
static size_t held_len(const struct lines *l, size_t at)
{
    return (size_t)(strchr(l->held.s + at, '\n') - l->held.s) - at;
}

static void take_held(struct lines *l)
{
    const size_t len = held_len(l, l->from);
    str_addn(&l->line, l->held.s + l->from, len);
    l->from = l->to = l->from + len + 1;
}

/* 1: there is one behind those that were joined, and it is held. */
static int hold_one(struct lines *l, struct err *err)
{
    if (l->to < l->held.len)
        return 1;
    if (l->from > LINE_BYTES_MAX) {
        str_drop(&l->held, l->from);
        l->to -= l->from;
        l->from = 0;
    }
    int rc = l->ahead ? 1 : read_line(l, err);
    l->ahead = rc == 1 && l->read.overflow;
    if (l->ahead)
        return 0;
    if (rc == 1)
        str_addf(&l->held, "%s\n", l->read.s);
    return rc;
}

/* The one behind all that are held. */
static int take_read(struct lines *l, struct err *err)
{
    l->ahead = false;
    if (l->read.overflow)
        return err_set(err, ERR_TOO_LARGE, "%s:%zu: a line of more than %u bytes",
                       l->path, l->number, LINE_BYTES_MAX);
    str_add(&l->line, l->read.s);
    return 1;
}

int lines_next(struct lines *l, char **ret, struct err *err)
{
    int rc = 1;
    *ret = l->line.s;
    if (l->again) {
        l->again = false;
        return 1;
    }
    l->from = l->to;
    str_reset(&l->line);
    const bool held = l->from < l->held.len;
    if (!held && !l->ahead)
        rc = read_line(l, err);
    if (rc != 1)
        return rc;
    l->number += l->joined + 1;
    l->joined = 0;
    if (held)
        take_held(l);
    else if (take_read(l, err) < 0)
        return -1;
    if (l->number == 1 && strncmp(l->line.s, BYTE_ORDER_MARK, 3) == 0)
        str_drop(&l->line, 3);
    *ret = l->line.s;
    return 1;
}

int lines_join(struct lines *l, char **ret, struct err *err)
{
    const int rc = hold_one(l, err);
    *ret = l->line.s;
    if (rc != 1)
        return rc;
    const size_t len = held_len(l, l->to);
    if (l->line.len + 1 + len > LINE_BYTES_MAX)
        return 0;
    str_addc(&l->line, '\n');
    str_addn(&l->line, l->held.s + l->to, len);
    l->to += len + 1;
    l->joined++;
    *ret = l->line.s;
    return 1;
}

char *lines_part(struct lines *l)
{
    if (l->joined > 0)
        *strchr(l->line.s, '\n') = '\0';
    l->to = l->from;
    l->joined = 0;
    return l->line.s;
}

size_t lines_number(const struct lines *l)
{
    return l->number;
}

void lines_again(struct lines *l)
{
    l->again = true;
}
