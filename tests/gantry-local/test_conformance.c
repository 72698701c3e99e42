/*
 * The API server against what a real Kubernetes answered: e2e/conformance.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "tests/support/apitest.h"
#include "tests/support/conform.h"
#include "tests/support/suite.h"

#define DIR "e2e/conformance"
#define OUT_MAX (1u << 20)

static struct conform *suite;
static struct conform_known *known;
static struct apitest *server;
static struct transport *transport;
static struct str out; /* not a test's own: a failing one does not return */

START_TEST(test_start)
{
    server = apitest_new();
    transport = direct_new(server->loop, server->server, "admin", true);
}
END_TEST

START_TEST(test_case)
{
    const struct conform_server to = {server->loop, transport, "here", "."};

    str_reset(&out);
    const size_t n = conform_play(&suite->cases[_i], &to, known, false, &out);
    ck_assert_msg(n == 0, "%s", out.s);
}
END_TEST

START_TEST(test_known)
{
    str_reset(&out);
    const size_t n = conform_known_unmet(known, &out);
    ck_assert_msg(n == 0, "%s", out.s);
}
END_TEST

int main(void)
{
    struct err err = ERR_INIT;

    suite = conform_read(DIR, &err);
    known = suite ? conform_known_read(DIR "/differences.yaml", &err) : NULL;
    if (!known) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    str_init(&out, OUT_MAX);
    const int rc = suite_main("gantry-local/conformance", (struct suite_row[]){
                                                              {test_start, 1},
                                                              {test_case, suite->n},
                                                              {test_known, 1},
                                                              {NULL, 0},
                                                          });
    str_fini(&out);
    transport_free(transport);
    apitest_free(server);
    conform_known_free(known);
    conform_free(suite);
    return rc;
}
