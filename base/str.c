#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

#define STR_FIRST 32
#define READ_CHUNK 16384

/* A ceiling that no machine reaches, small enough that sizes can be doubled. */
#define STR_MAX_MAX (SIZE_MAX / 4)

void str_init(struct str *str, size_t max)
{
    *str = (struct str){.cap = STR_FIRST, .max = MIN(max, STR_MAX_MAX)};
    str->s = xmalloc(str->cap);
    str->s[0] = '\0';
}

void str_fini(struct str *str)
{
    free(str->s);
    *str = (struct str){.s = NULL};
}

void str_reset(struct str *str)
{
    str->len = 0;
    str->overflow = false;
    if (str->s != NULL)
        str->s[0] = '\0';
}

/* Makes room for `len` bytes more and the NUL; false past the ceiling. */
static bool reserve(struct str *str, size_t len)
{
    size_t need;

    if (str->overflow || len > str->max - str->len) {
        str->overflow = true;
        return false;
    }
    need = str->len + len + 1;
    if (need > str->cap) {
        str->cap = MAX(need, MIN(2 * str->cap, str->max + 1));
        str->s = xrealloc(str->s, str->cap);
    }
    return true;
}

void str_add(struct str *str, const char *s)
{
    str_addn(str, s, strlen(s));
}

void str_addn(struct str *str, const char *s, size_t len)
{
    if (len == 0 || !reserve(str, len))
        return;
    memcpy(str->s + str->len, s, len);
    str->len += len;
    str->s[str->len] = '\0';
}

void str_addc(struct str *str, char c)
{
    str_addn(str, &c, 1);
}

void str_addf(struct str *str, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(str, fmt, ap);
    va_end(ap);
}

void str_vaddf(struct str *str, const char *fmt, va_list ap)
{
    va_list again;
    int len;

    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len <= 0 || !reserve(str, (size_t)len))
        return;
    vsnprintf(str->s + str->len, (size_t)len + 1, fmt, ap);
    str->len += (size_t)len;
}

void str_drop(struct str *str, size_t len)
{
    len = MIN(len, str->len);
    if (len == 0)
        return;
    str->len -= len;
    memmove(str->s, str->s + len, str->len + 1);
}

char *str_take(struct str *str)
{
    char *s = str->s;

    str_init(str, str->max);
    return s;
}

/* Reads to the end of `fd`; 0, or an errno value. */
static int read_all(struct str *str, int fd)
{
    char chunk[READ_CHUNK];
    ssize_t n;

    while (!str->overflow) {
        n = read(fd, chunk, sizeof(chunk));
        if (n == 0)
            return 0;
        if (n > 0)
            str_addn(str, chunk, (size_t)n);
        else if (errno != EINTR)
            return errno;
    }
    return EFBIG;
}

/* Half a text is none. */
static int give_up(struct str *str, int errnum, const char *name, struct err *err)
{
    str_reset(str);
    if (errnum == EFBIG)
        return err_set(err, ERR_TOO_LARGE, "%s: larger than %zu bytes", name, str->max);
    return err_errno(err, errnum, "%s", name);
}

int str_read_file(struct str *str, const char *path, struct err *err)
{
    int fd, errnum;

    str_reset(str);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "%s: no such file", path);
    if (fd < 0)
        return err_errno(err, errno, "%s", path);
    errnum = read_all(str, fd);
    close(fd);
    if (errnum == 0)
        return 0;
    return give_up(str, errnum, path, err);
}

int str_read_stream(struct str *str, FILE *in, const char *name, struct err *err)
{
    char chunk[READ_CHUNK];
    size_t n;

    str_reset(str);
    while (!str->overflow && (n = fread(chunk, 1, sizeof(chunk), in)) > 0)
        str_addn(str, chunk, n);
    if (!str->overflow && !ferror(in))
        return 0;
    return give_up(str, str->overflow ? EFBIG : errno, name, err);
}
