/*
 * err - one error: what kind, where it came from, one plain line.
 *
 * Fallible functions return 0 or -1 and take `struct err *err` last. The
 * innermost function sets it, each caller on the way up may prefix it, so that
 * the line reads from the outside in: "start job 42: create pod: 403 Forbidden".
 * A refusal ("does not fit", "lease lost") is a result, not an error.
 * The memory is the caller's; nothing here allocates.
 */
#ifndef GANTRY_BASE_ERR_H
#define GANTRY_BASE_ERR_H

#define ERR_MSG_MAX 512

enum err_code {
    ERR_NONE,
    ERR_INVALID,     /* the input is wrong: what was given cannot be meant */
    ERR_NOT_FOUND,   /* the thing named does not exist */
    ERR_EXISTS,      /* the thing to be made exists already */
    ERR_CONFLICT,    /* it changed since it was read, or a precondition failed */
    ERR_FORBIDDEN,   /* credentials or policy refuse it */
    ERR_UNAVAILABLE, /* the other side cannot be reached or is too busy */
    ERR_UNKNOWN,     /* sent, but whether it happened is not known */
    ERR_TOO_LARGE,   /* past a ceiling */
    ERR_IO,          /* the operating system says no: file, socket, process */
};

struct err {
    enum err_code code;
    int http_status; /* 0 where no HTTP answer was involved */
    char msg[ERR_MSG_MAX];
};

#define ERR_INIT ((struct err){.code = ERR_NONE})

/* Sets code and message; a longer message is cut. `err` may be NULL. Returns -1,
 * so that a caller can write `return err_set(...)`. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* err_set with ERR_IO and ": strerror(errnum)" behind the message. */
int err_errno(struct err *err, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the message that is there. Returns -1. */
int err_prefix(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes one line of a message that quotes what came from outside: control characters
 * become spaces. */
void err_flatten(struct err *err);

#ifdef __clang_analyzer__ /* sees one file at a time */
#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_errno(...) (err_errno(__VA_ARGS__), -1)
#define err_prefix(...) (err_prefix(__VA_ARGS__), -1)
#endif

/* "invalid", "not found", ...: constant text. */
const char *err_code_name(enum err_code code);

#endif
