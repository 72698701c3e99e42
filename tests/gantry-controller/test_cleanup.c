/* What no job needs any more goes, in whatever order answers and watches come. */
#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/faulty.h"
#include "tests/support/suite.h"

#define JOBS "/apis/gantry.dev/v1alpha1/namespaces/default/batchjobs"

static enum faulty_verdict slow_deletes(void *arg, const struct transport_request *req)
{
    (void)arg;
    return strcmp(req->method, "DELETE") == 0 ? FAULTY_SLOW : FAULTY_PASS;
}

/* A new controller, whose requests pass through `f`. */
static void start_behind(struct ctltest *t, struct faulty *f)
{
    struct rng rng;

    rng_seed(&rng, 4);
    ctltest_kill(t);
    kc_client_free(t->client);
    t->client = kc_client_new(t->api->loop, faulty_transport(f), &rng);
    ctltest_start(t);
    ctltest_settle(t);
}

static struct faulty *faulty_between(struct ctltest *t)
{
    struct faulty_options o = {
        .loop = t->api->loop, .inner = t->guard, .hooks = {.write = slow_deletes}};

    rng_seed(&o.rng, 5);
    return faulty_new(&o);
}

/* The pod has ended before its delete is answered: it is released all the same. */
START_TEST(test_watch_before_answer)
{
    struct ctltest *t = ctltest_new();
    struct faulty *f = faulty_between(t);

    start_behind(t, f);
    ctltest_submit(t, "a", "");
    ctltest_settle(t);
    ctltest_expect(t, "a", "status.state=RUNNING");
    ck_assert_int_eq(apitest_request(t->api, "DELETE", JOBS "/a", NULL), 200);
    ctltest_settle(t);
    ctltest_reap(t);
    ctltest_advance(t, 30);
    ck_assert_int_eq(
        apitest_request(t->api, "GET", "/api/v1/namespaces/default/pods", NULL), 200);
    apitest_expect(t->api, "pods", "items#0");
    ctltest_kill(t);
    kc_client_free(TAKE(t->client));
    faulty_free(f);
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/cleanup", (struct suite_row[]){
                                                       {test_watch_before_answer, 1},
                                                       {NULL, 0},
                                                   });
}
