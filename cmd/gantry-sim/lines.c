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
    size_t number;
    bool again;
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
    return l;
}

void lines_close(struct lines *l)
{
    if (!l)
        return;
    gzclose(l->file);
    free(l->path);
    str_fini(&l->line);
    free(l);
}

static int damaged(const struct lines *l, struct err *err)
{
    int code = Z_OK;
    const char *what = gzerror(l->file, &code);
    if (code == Z_ERRNO)
        return err_errno(err, errno, "%s", l->path);
    return err_set(err, ERR_IO, "%s: damaged behind line %zu: %s", l->path, l->number,
                   code == Z_BUF_ERROR ? "the file ends too early" : what);
}

static void cut_end(struct str *line)
{
    if (line->len > 0 && line->s[line->len - 1] == '\n')
        line->s[--line->len] = '\0';
    if (line->len > 0 && line->s[line->len - 1] == '\r')
        line->s[--line->len] = '\0';
}

/* 1: there is something in the chunk; 0: the file has ended. */
static int fill(struct lines *l, struct err *err)
{
    if (l->at < l->len)
        return 1;
    int n = gzread(l->file, l->chunk, sizeof(l->chunk));
    int code = Z_OK;
    gzerror(l->file, &code);
    if (n < 0 || (code != Z_OK && code != Z_STREAM_END))
        return damaged(l, err);
    l->at = 0;
    l->len = (size_t)n;
    return n > 0;
}

/* NUL bytes, which no text has, become '?', so that strings do not end there. */
static void take_part(struct lines *l, size_t len)
{
    size_t from = l->line.len;
    str_addn(&l->line, l->chunk + l->at, len);
    for (; from < l->line.len; from++)
        if (l->line.s[from] == '\0')
            l->line.s[from] = '?';
    l->at += len;
}

int lines_next(struct lines *l, char **ret, struct err *err)
{
    bool ended = false;
    int rc = 1;
    *ret = l->line.s;
    if (l->again) {
        l->again = false;
        return 1;
    }
    str_reset(&l->line);
    while (!ended && (rc = fill(l, err)) == 1) {
        const char *newline = memchr(l->chunk + l->at, '\n', l->len - l->at);
        ended = newline != NULL;
        take_part(l,
                  newline ? (size_t)(newline - l->chunk) + 1 - l->at : l->len - l->at);
        if (l->line.overflow)
            return err_set(err, ERR_TOO_LARGE, "%s:%zu: a line of more than %u bytes",
                           l->path, l->number + 1, LINE_BYTES_MAX);
    }
    if (rc < 0 || l->line.len == 0)
        return rc;
    l->number++;
    cut_end(&l->line);
    *ret = l->line.s;
    if (l->number == 1 && strncmp(l->line.s, BYTE_ORDER_MARK, 3) == 0)
        memmove(l->line.s, l->line.s + 3, l->line.len - 2);
    return 1;
}

size_t lines_number(const struct lines *l)
{
    return l->number;
}

void lines_again(struct lines *l)
{
    l->again = true;
}
