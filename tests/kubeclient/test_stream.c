#include "kubeclient/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/transcript.h"

#define ASK "GET /log?follow=true"

struct heard {
    struct str text; /* bytes, then "|" and how it ended */
    struct kc_stream *stream;
    bool free_at_bytes, free_at_end;
};

static void on_bytes(void *arg, const char *bytes, size_t len)
{
    struct heard *h = arg;

    str_addn(&h->text, bytes, len);
    if (h->free_at_bytes)
        kc_stream_free(TAKE(h->stream));
}

static void on_refused(void *arg, const struct kc_result *result)
{
    struct heard *h = arg;
    struct err err = ERR_INIT;

    kc_result_err(result, &err);
    str_addf(&h->text, "|refused: %s", err.msg);
    if (h->free_at_end)
        kc_stream_free(TAKE(h->stream));
}

static void on_ended(void *arg, const char *cut)
{
    struct heard *h = arg;

    str_addf(&h->text, "|%s", cut ? cut : "ended");
    if (h->free_at_end)
        kc_stream_free(TAKE(h->stream));
}

static const struct kc_stream_ops ops = {on_bytes, on_refused, on_ended};

static const struct {
    const char *name;
    struct exchange exchange;
    const char *want;
    bool free_at_bytes, free_at_end;
} rows[] = {
    {"all of it",
     {ASK, .head_type = "text/plain", .say = {"one\n", "~3600000", "two\n"}},
     "one\ntwo\n|ended",
     false,
     false},
    {"nothing in it", {ASK, .head_type = "text/plain"}, "|ended", false, true},
    {"nothing, and said so", {ASK, .status = 204}, "|ended", false, true},
    {"broken off",
     {ASK, .say = {"one\n"}, .end = END_CUT, .why = "reset"},
     "one\n|reset",
     false,
     true},
    {"no connection",
     {ASK, .end = END_NOT_SENT, .why = "no route"},
     "|refused: no connection: no route",
     false,
     true},
    {"refused by a Status",
     {ASK, .status = 400,
      .say = {"{'kind':'Status','apiVersion':'v1','reason':'BadRequest',"
              "'message':'it waits'}"}},
     "|refused: 400 BadRequest: it waits",
     false,
     true},
    {"refused by something else",
     {ASK, .status = 502, .head_type = "text/html", .say = {"<html>"}},
     "|refused: outcome unknown: 502 InternalError: the answer is not a Kubernetes "
     "Status (text/html): <html>",
     false,
     false},
    {"freed when bytes come",
     {ASK, .say = {"one\n", "two\n"}, .end = END_NEVER},
     "one\n",
     true,
     false},
};

START_TEST(test_row)
{
    const struct exchange script[] = {rows[_i].exchange, {0}};
    struct transcript *t = transcript_new(rows[_i].name, script);
    struct heard h = {.free_at_bytes = rows[_i].free_at_bytes,
                      .free_at_end = rows[_i].free_at_end};
    struct err err = ERR_INIT;

    str_init(&h.text, 1000);
    h.stream = kc_stream_start(t->client, "/log?follow=true", &ops, &h, &err);
    ck_assert_msg(h.stream != NULL, "%s", err.msg);
    transcript_run(t);
    ck_assert_msg(str_eq(h.text.s, rows[_i].want), "%s: %s", rows[_i].name, h.text.s);
    kc_stream_free(h.stream);
    str_fini(&h.text);
    transcript_free(t);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/stream", (struct suite_row[]){
                                               {test_row, ARRAY_LEN(rows)},
                                               {NULL, 0},
                                           });
}
