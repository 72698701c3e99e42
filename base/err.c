#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"

static const char *const code_names[] = {
    [ERR_NONE] = "none",
    [ERR_INVALID] = "invalid",
    [ERR_NOT_FOUND] = "not found",
    [ERR_EXISTS] = "exists",
    [ERR_CONFLICT] = "conflict",
    [ERR_FORBIDDEN] = "forbidden",
    [ERR_UNAVAILABLE] = "unavailable",
    [ERR_UNKNOWN] = "unknown",
    [ERR_TOO_LARGE] = "too large",
    [ERR_IO] = "io",
};

/* Messages are made beside the struct, since arguments may point into err->msg. */
static void store(struct err *err, enum err_code code, const char *msg)
{
    err->code = code;
    err->http_status = 0;
    snprintf(err->msg, sizeof(err->msg), "%s", msg);
}

/* Puts ": tail" behind what vsnprintf made, whose result is `len`; cut where full. */
static void append_cut(char msg[ERR_MSG_MAX], int len, const char *tail)
{
    size_t at, n;

    if (len < 0 || (size_t)len + 3 > ERR_MSG_MAX)
        return;
    at = (size_t)len;
    memcpy(msg + at, ": ", 3);
    at += 2;
    n = strnlen(tail, ERR_MSG_MAX - 1 - at);
    memcpy(msg + at, tail, n);
    msg[at + n] = '\0';
}

int(err_set)(struct err *err, enum err_code code, const char *fmt, ...)
{
    char msg[ERR_MSG_MAX];
    va_list ap;

    if (err == NULL)
        return -1;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    store(err, code, msg);
    return -1;
}

int(err_errno)(struct err *err, int errnum, const char *fmt, ...)
{
    char msg[ERR_MSG_MAX], reason[128];
    va_list ap;
    int len;

    if (err == NULL)
        return -1;
    va_start(ap, fmt);
    len = vsnprintf(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    append_cut(msg, len, strerror_r(errnum, reason, sizeof(reason)));
    store(err, ERR_IO, msg);
    return -1;
}

int(err_prefix)(struct err *err, const char *fmt, ...)
{
    char msg[ERR_MSG_MAX];
    va_list ap;
    int len;

    if (err == NULL)
        return -1;
    va_start(ap, fmt);
    len = vsnprintf(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    append_cut(msg, len, err->msg);
    memcpy(err->msg, msg, sizeof(msg));
    return -1;
}

void err_flatten(struct err *err)
{
    if (err == NULL)
        return;
    for (char *p = err->msg; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
}

const char *err_code_name(enum err_code code)
{
    return (size_t)code < ARRAY_LEN(code_names) ? code_names[code] : "unknown";
}
