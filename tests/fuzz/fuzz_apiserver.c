/*
 * fuzz_apiserver - bytes into the API server's handler, as a request each.
 *
 * Lines: method, path (with query), content type, Accept; the rest is the body. Several
 * requests stand in one input, separated by a line "---".
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/apiserver.h"

#define START_MS INT64_C(1800000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sink_head(struct api_sink *sink, const struct api_head *head)
{
    (void)sink;
    if (head->status < 200 || head->status > 599)
        abort();
}

static size_t sink_data(struct api_sink *sink, const char *bytes, size_t len)
{
    (void)sink, (void)bytes, (void)len;
    return 0;
}

static void sink_end(struct api_sink *sink)
{
    (void)sink;
}

static const struct api_sink_ops ops = {sink_head, sink_data, sink_end, sink_end};

static char *take_line(char **p)
{
    char *line = *p;
    const size_t len = strcspn(line, "\n");

    *p += len + (line[len] != '\0');
    line[len] = '\0';
    return line;
}

static void send_one(struct apiserver *server, struct api_sink *sink, char *text)
{
    struct api_request req = {.user_agent = "fuzz/1", .user = "fuzz", .is_admin = true};

    req.method = take_line(&text);
    char *path = take_line(&text);
    req.content_type = take_line(&text);
    req.accept = take_line(&text);
    req.body = text;
    req.body_len = strlen(text);
    char *query = strchr(path, '?');
    if (query)
        *query++ = '\0';
    req.path = path;
    req.query = query ? query : "";
    struct api_exchange *open = apiserver_handle(server, &req, sink);
    if (open)
        apiserver_close(open);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct loop *loop = loop_new_virtual(START_MS);
    struct apiserver_config config = {.loop = loop};
    struct err err = ERR_INIT;
    struct api_sink sink = {.ops = &ops};
    AUTO_FREE char *text = xmalloc(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    rng_seed(&config.rng, 1);
    struct apiserver *server = apiserver_new(&config, &err);
    for (char *p = text, *next; p; p = next) {
        next = strstr(p, "\n---\n");
        if (next) {
            *next = '\0';
            next += strlen("\n---\n");
        }
        send_one(server, &sink, p);
    }
    apiserver_free(server);
    loop_free(loop);
    return 0;
}
