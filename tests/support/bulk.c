#include "tests/support/bulk.h"

#include <stdlib.h>

static void on_created(void *arg, const struct kc_result *result);

static void send_more(struct bulk *b)
{
    while (b->err.code == ERR_NONE && b->sent < b->count &&
           b->in_flight < b->in_flight_max) {
        const struct json *body = b->bodies[b->sent++];

        b->in_flight++;
        kc_create(b->client, &b->ref, body, on_created, b);
    }
}

static void on_created(void *arg, const struct kc_result *result)
{
    struct bulk *b = arg;

    b->in_flight--;
    if (result->outcome == KC_OK)
        b->created++;
    else if (b->err.code == ERR_NONE)
        kc_result_err(result, &b->err);
    send_more(b);
}

void bulk_begin(struct bulk *b)
{
    send_more(b);
}

bool bulk_ended(const struct bulk *b)
{
    return b->in_flight == 0 && (b->created == b->count || b->err.code != ERR_NONE);
}
