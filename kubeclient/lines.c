#include "kubeclient/lines.h"

#include <string.h>

/* A buffer that one long line has blown up is given back. */
#define REST_KEEP_BYTES (64u << 10)

void kc_lines_init(struct kc_lines *lines, size_t max)
{
    str_init(&lines->rest, max);
}

void kc_lines_fini(struct kc_lines *lines)
{
    str_fini(&lines->rest);
}

void kc_lines_reset(struct kc_lines *lines)
{
    size_t max = lines->rest.max;

    if (lines->rest.cap > REST_KEEP_BYTES) {
        str_fini(&lines->rest);
        str_init(&lines->rest, max);
    } else {
        str_reset(&lines->rest);
    }
}

static bool tell(const char *line, size_t len, kc_line_fn *fn, void *arg)
{
    if (len > 0 && line[len - 1] == '\r')
        len--;
    return len == 0 || fn(arg, line, len);
}

int kc_lines_feed(struct kc_lines *lines, const char *bytes, size_t len, kc_line_fn *fn,
                  void *arg)
{
    struct str *rest = &lines->rest;
    bool more = true;

    while (len > 0 && more) {
        const char *end = memchr(bytes, '\n', len);
        size_t n = end ? (size_t)(end - bytes) : len;

        if (rest->len + n > rest->max)
            return -1;
        if (end == NULL) {
            str_addn(rest, bytes, n);
            return 0;
        }
        if (rest->len > 0) {
            str_addn(rest, bytes, n);
            more = tell(rest->s, rest->len, fn, arg);
            kc_lines_reset(lines);
        } else {
            more = tell(bytes, n, fn, arg);
        }
        bytes += n + 1;
        len -= n + 1;
    }
    return 0;
}
