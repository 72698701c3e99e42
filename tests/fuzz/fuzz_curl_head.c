/*
 * fuzz_curl_head - bytes as the head of an HTTP answer, given line by line as libcurl
 * does, and as base64, which kubeconfig's data are.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "kubeclient/base64.h"
#include "kubeclient/curl_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct curl_head *head)
{
    assert(head->status >= 0 && head->status <= 999);
    assert(!head->complete || head->status >= 200);
    assert(head->retry_after_sec >= -1 && head->retry_after_sec < 1000000000);
    assert(!head->content_type || !strchr(head->content_type, '\n'));
}

static void feed_head(const char *at, size_t left)
{
    struct curl_head head;

    curl_head_init(&head);
    while (left > 0) {
        const char *end = memchr(at, '\n', left);
        size_t len = end ? (size_t)(end - at) + 1 : left;
        AUTO_FREE char *line = xmalloc(len); /* no NUL behind it */
        memcpy(line, at, len);
        if (curl_head_line(&head, line, len) < 0)
            break;
        check(&head);
        at += len;
        left -= len;
    }
    curl_head_fini(&head);
}

static void feed_base64(const char *at, size_t left)
{
    AUTO_FREE char *text = xstrndup(at, left);
    size_t len = 0;
    AUTO_FREE char *bytes = base64_decode(text, &len);

    assert(!bytes || (len <= strlen(text) / 4 * 3 && bytes[len] == '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    feed_head((const char *)data, size);
    feed_base64((const char *)data, size);
    return 0;
}
