#include "tests/support/faulty_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* ---- answers made here ---- */

static const struct injected {
    int status;
    const char *reason; /* NULL: a proxy's page */
    int64_t retry_after_sec;
    bool only_writes;
} injected[] = {
    {409, "Conflict", -1, true},
    {429, "TooManyRequests", 1, false},
    {429, "TooManyRequests", -1, false},
    {503, "ServiceUnavailable", 1, false},
    {500, "InternalError", -1, false},
    {504, "Timeout", -1, false},
    {503, NULL, -1, false},
    {502, NULL, -1, false},
};
#define FIRST_UNKNOWN 4 /* of the rows: after these the request may have happened */

static void set_answer(struct faulty_call *c, const struct injected *row)
{
    free((char *)c->head.content_type);
    free((char *)c->head.warning);
    c->head = (struct transport_head){.status = row->status,
                                      .retry_after_sec = row->retry_after_sec};
    c->head.content_type = xstrdup(row->reason ? "application/json" : "text/html");
    c->has_head = c->ended = true;
    c->end = TRANSPORT_DONE;
    str_reset(&c->bytes);
    if (row->reason)
        str_addf(&c->bytes,
                 "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
                 "\"status\":\"Failure\",\"message\":\"injected\",\"reason\":\"%s\","
                 "\"code\":%d}",
                 row->reason, row->status);
    else
        str_add(&c->bytes, "<html><body>upstream is unwell</body></html>");
}

void faulty_refuse(struct faulty_call *c)
{
    size_t i;

    do
        i = faulty_draw(c->f, ARRAY_LEN(injected));
    while (injected[i].only_writes && strcmp(c->req.method, "GET") == 0);
    set_answer(c, &injected[i]);
}

void faulty_break_answer(struct faulty_call *c)
{
    size_t n = ARRAY_LEN(injected) - FIRST_UNKNOWN;

    set_answer(c, &injected[FIRST_UNKNOWN + faulty_draw(c->f, n)]);
}

/* A 409 without the server's knowledge. */
void faulty_conflict(struct faulty_call *c)
{
    set_answer(c, &injected[0]);
}
