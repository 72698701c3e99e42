/*
 * fuzz_target - a server's address, a line, and what follows as base64 and as lines
 * that come in two pieces: the pieces tell the same as the whole.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/base64.h"
#include "kubeclient/curl_target.h"
#include "kubeclient/lines.h"

#define LINE_LEN_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_target(const char *server, const char *name)
{
    struct curl_target target;
    struct err err = ERR_INIT;

    if (curl_target_init(&target, server, name, &err) < 0) {
        assert(err.code != ERR_NONE && !strchr(err.msg, '\n'));
        return;
    }
    assert(target.base && !str_ends(target.base, "/"));
    assert(!target.connect_to == !target.host_header);
    curl_target_fini(&target);
}

struct told {
    size_t n, bytes;
};

static bool on_line(void *arg, const char *line, size_t len)
{
    struct told *told = arg;

    assert(len > 0 && len <= LINE_LEN_MAX && !memchr(line, '\n', len));
    told->n++;
    told->bytes += len;
    return true;
}

static int feed(const char *text, size_t at, size_t len, struct told *ret)
{
    struct kc_lines lines;
    int rc;

    kc_lines_init(&lines, LINE_LEN_MAX);
    rc = kc_lines_feed(&lines, text, at, on_line, ret);
    if (rc == 0)
        rc = kc_lines_feed(&lines, text + at, len - at, on_line, ret);
    kc_lines_fini(&lines);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *server = xstrndup((const char *)data, size);
    char *rest = strchr(server, '\n');
    struct told whole = {0}, pieces = {0};
    size_t len = 0;

    if (rest)
        *rest++ = '\0';
    try_target(server, rest && strlen(rest) < LINE_LEN_MAX ? rest : NULL);
    if (!rest)
        return 0;
    AUTO_FREE char *bytes = base64_decode(rest, &len);
    assert(!bytes || (len <= strlen(rest) && bytes[len] == '\0'));
    len = strlen(rest);
    const int a = feed(rest, 0, len, &whole), b = feed(rest, len / 2, len, &pieces);
    assert(a == b && (a < 0 || (whole.n == pieces.n && whole.bytes == pieces.bytes)));
    return 0;
}
