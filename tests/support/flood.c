#include "tests/support/flood.h"

#include <stdio.h>
#include <string.h>

#define LINE 8

static struct flood *of_exchange(struct api_exchange *x)
{
    return (struct flood *)(void *)((char *)x - offsetof(struct flood, exchange));
}

static void write_part(struct flood *f)
{
    char part[FLOOD_PART + 1];

    for (size_t i = 0; i < FLOOD_PART; i += LINE)
        snprintf(part + i, LINE + 1, "%07u\n",
                 (unsigned)((f->written + i) / LINE % 10000000));
    f->written += FLOOD_PART;
    f->sink->ops->data(f->sink, part, FLOOD_PART);
}

static void on_drained(struct api_exchange *x)
{
    struct flood *f = of_exchange(x);

    if (f->written < f->total)
        write_part(f);
    else
        f->sink->ops->end(f->sink);
}

static void on_close(struct api_exchange *x)
{
    of_exchange(x)->closed = true;
}

static const struct api_exchange_ops exchange_ops = {on_close, on_drained};

static struct api_exchange *handle(struct api_app *app,
                                   const struct api_request *request,
                                   struct api_sink *sink)
{
    struct flood *f = (struct flood *)app;
    const struct api_head head = {
        .status = 200, .content_type = "text/plain", .retry_after_sec = -1};

    (void)request;
    f->sink = sink;
    sink->ops->head(sink, &head);
    write_part(f);
    return &f->exchange;
}

void flood_init(struct flood *f, size_t total)
{
    *f = (struct flood){
        .app.handle = handle, .exchange.ops = &exchange_ops, .total = total};
}
