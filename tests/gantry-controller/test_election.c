#include "cmd/gantry-controller/election.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "tests/support/apitest.h"
#include "tests/support/spy.h"
#include "tests/support/suite.h"

#define NS "gantry-system"
#define LEASES "/apis/coordination.k8s.io/v1/namespaces/" NS "/leases"
#define LEASE LEASES "/gantry-controller"
#define RUNS 2

/* One run of a controller. */
struct run {
    struct rig *rig;
    const char *name;
    struct transport *spy;
    struct kc_client *client;
    struct election *election; /* NULL: it is dead */
    bool leads;
    int turns;
};

struct rig {
    struct apitest *api;
    struct run runs[RUNS]; /* "a" and "b" */
};

static const char *dead_one; /* who is known to have ended */

static bool has_ended(const char *holder)
{
    return dead_one && strcmp(holder, dead_one) == 0;
}

static void turned(void *arg, bool leads)
{
    struct run *run = arg;

    run->leads = leads;
    run->turns++;
    for (int i = 0; leads && i < RUNS; i++) {
        struct run *other = &run->rig->runs[i];
        ck_assert(other == run || !other->election || !election_leads(other->election));
    }
}

static void start(struct rig *r, int i)
{
    static const char *const names[RUNS] = {"a", "b"};
    struct run *run = &r->runs[i];
    struct rng rng;

    rng_seed(&rng, (uint64_t)i + 1);
    run->rig = r;
    run->name = names[i];
    run->spy =
        spy_new(r->api->loop, direct_new(r->api->loop, r->api->server, "gantry", true));
    run->client = kc_client_new(r->api->loop, run->spy, &rng);
    run->election = election_new(&(struct election_options){.client = run->client,
                                                            .rng = rng,
                                                            .ns = NS,
                                                            .name = "gantry-controller",
                                                            .self = run->name,
                                                            .has_ended = has_ended,
                                                            .turned = turned,
                                                            .arg = run});
}

static void stop(struct rig *r, int i)
{
    struct run *run = &r->runs[i];

    if (!run->election)
        return;
    election_free(TAKE(run->election));
    kc_client_free(run->client);
    transport_free(run->spy);
    run->leads = false;
}

static void rig_init(struct rig *r)
{
    *r = (struct rig){.api = apitest_new()};
    dead_one = NULL;
}

static void rig_fini(struct rig *r)
{
    stop(r, 0);
    stop(r, 1);
    apitest_free(r->api);
}

static bool leads(const struct rig *r, int i)
{
    const struct run *run = &r->runs[i];

    ck_assert(!run->election || election_leads(run->election) == run->leads);
    return run->leads;
}

static void expect_lease(struct rig *r, const char *parts)
{
    ck_assert_int_eq(apitest_request(r->api, "GET", LEASE, NULL), 200);
    apitest_expect(r->api, "the Lease", parts);
}

/* Seconds until it leads, at most a minute. */
static int sec_until_led(struct rig *r, int i)
{
    for (int sec = 0; sec <= 60; sec++) {
        if (leads(r, i))
            return sec;
        apitest_advance(r->api, 1);
    }
    return -1;
}

/* What the run sends does not arrive any more. */
static void cut(struct rig *r, int i, int times)
{
    static const char *const methods[] = {"GET", "PUT", "POST"};

    for (size_t m = 0; m < ARRAY_LEN(methods); m++)
        spy_spoil(r->runs[i].spy,
                  &(struct spy_rule){methods[m], "", SPY_LOSE_REQUEST, .times = times});
}

/* A lone one leads at once, whatever is missing, and goes on. */
START_TEST(test_alone)
{
    struct rig r;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 1);
    ck_assert(leads(&r, 0));
    expect_lease(&r, "spec.holderIdentity=a|spec.leaseDurationSeconds=15|"
                     "spec.acquireTime~.|spec.leaseTransitions!");
    apitest_advance(r.api, 3600);
    ck_assert(leads(&r, 0));
    ck_assert_int_eq(r.runs[0].turns, 1);
    ck_assert_uint_eq(spy_count(r.runs[0].spy, "PUT", ""),
                      3600 * 1000 / ELECTION_RENEW_MS);
    rig_fini(&r);
}
END_TEST

/* The second stands by, and follows one that was killed, not before its time is over.
 */
START_TEST(test_killed)
{
    struct rig r;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 1);
    start(&r, 1);
    apitest_advance(r.api, 600);
    ck_assert(leads(&r, 0) && !leads(&r, 1));
    ck_assert_uint_eq(spy_count(r.runs[1].spy, NULL, ""), 0);
    stop(&r, 0);
    const int sec = sec_until_led(&r, 1);
    ck_assert_int_ge(sec, ELECTION_LEASE_SEC - ELECTION_RENEW_MS / 1000);
    ck_assert_int_le(sec, ELECTION_LEASE_SEC + 5);
    expect_lease(&r, "spec.holderIdentity=b|spec.leaseTransitions=1");
    rig_fini(&r);
}
END_TEST

/* One that has ended for certain is not waited for. */
START_TEST(test_has_ended)
{
    struct rig r;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 1);
    stop(&r, 0);
    dead_one = "a";
    start(&r, 1);
    apitest_advance(r.api, 0);
    ck_assert(leads(&r, 1));
    rig_fini(&r);
}
END_TEST

static void set(void *arg)
{
    *(bool *)arg = true;
}

/* Who resigns is followed within one look. */
START_TEST(test_resign)
{
    struct rig r;
    bool done = false;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 1);
    start(&r, 1);
    apitest_advance(r.api, 60);
    election_resign(r.runs[0].election, set, &done);
    r.runs[0].leads = false;
    ck_assert(!done);
    apitest_advance(r.api, 0);
    ck_assert(done);
    stop(&r, 0);
    expect_lease(&r, "spec.holderIdentity!|spec.leaseDurationSeconds=1");
    ck_assert_int_le(sec_until_led(&r, 1), 5);
    expect_lease(&r, "spec.holderIdentity=b|spec.leaseDurationSeconds=15");
    rig_fini(&r);
}
END_TEST

/* Without an answer it ends all the same; one that stands by has nothing to give up. */
START_TEST(test_resign_in_vain)
{
    struct rig r;
    bool done = false;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 1);
    spy_spoil(r.runs[0].spy, &(struct spy_rule){"PUT", "", SPY_REFUSE, 500,
                                                "InternalError", "no", SPY_ALWAYS});
    election_resign(r.runs[0].election, set, &done);
    apitest_advance(r.api, ELECTION_RESIGN_MS / 1000);
    ck_assert(done);
    stop(&r, 0);
    start(&r, 1);
    apitest_advance(r.api, 1);
    done = false;
    election_resign(r.runs[1].election, set, &done);
    apitest_advance(r.api, 0);
    ck_assert(done);
    ck_assert_uint_eq(spy_count(r.runs[1].spy, NULL, ""), 0);
    rig_fini(&r);
}
END_TEST

/* A leader that is cut off gives up ten seconds after its last renewal, before another
 * begins; when the cable is in again it stands by. */
START_TEST(test_cut_off)
{
    struct rig r;
    int led = 0;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 1);
    start(&r, 1);
    apitest_advance(r.api, 61);
    cut(&r, 0, SPY_ALWAYS);
    while (leads(&r, 0) && led < 60) {
        apitest_advance(r.api, 1);
        led++;
    }
    ck_assert_int_le(led, ELECTION_DEADLINE_MS / 1000);
    ck_assert(!leads(&r, 1));
    ck_assert_int_ge(sec_until_led(&r, 1), 1);
    spy_spare(r.runs[0].spy);
    apitest_advance(r.api, 600);
    ck_assert(!leads(&r, 0) && leads(&r, 1));
    ck_assert_int_eq(r.runs[0].turns, 2);
    rig_fini(&r);
}
END_TEST

/* Failures of single requests, and writes that happened though nobody was told, change
 * nothing. */
START_TEST(test_hiccups)
{
    static const struct spy_rule rules[] = {
        {"PUT", "", SPY_LOSE_ANSWER, .times = 1},
        {"PUT", "", SPY_LOSE_REQUEST, .times = 1},
        {"PUT", "", SPY_REFUSE, 429, "TooManyRequests", "slowly", 2},
        {"PUT", "", SPY_REFUSE, 409, "Conflict", "changed", 1},
        {"PUT", "", SPY_REFUSE, 500, "InternalError", "etcd", 2},
        {"GET", "", SPY_REFUSE, 500, "InternalError", "etcd", 1},
    };
    struct rig r;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 1);
    start(&r, 1);
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        spy_spoil(r.runs[0].spy, &rules[i]);
        spy_spoil(r.runs[1].spy, &rules[i]);
        apitest_advance(r.api, 60);
        ck_assert_msg(leads(&r, 0), "rule %zu", i);
    }
    ck_assert_int_eq(r.runs[0].turns, 1);
    ck_assert_int_eq(r.runs[1].turns, 0);
    rig_fini(&r);
}
END_TEST

/* The Lease is taken away by hand: its holder makes it again, others wait as if it were
 * there. */
START_TEST(test_deleted)
{
    struct rig r;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 1);
    start(&r, 1);
    apitest_advance(r.api, 60);
    ck_assert_int_eq(apitest_request(r.api, "DELETE", LEASE, NULL), 200);
    apitest_advance(r.api, 60);
    ck_assert(leads(&r, 0) && !leads(&r, 1));
    expect_lease(&r, "spec.holderIdentity=a");
    ck_assert_int_eq(apitest_request(r.api, "DELETE", LEASE, NULL), 200);
    stop(&r, 0);
    ck_assert_int_ge(sec_until_led(&r, 1), ELECTION_LEASE_SEC - 5);
    rig_fini(&r);
}
END_TEST

/* Somebody writes another name into it: the leader gives up as soon as it sees that. */
START_TEST(test_usurped)
{
    struct rig r;
    rig_init(&r);
    start(&r, 0);
    apitest_advance(r.api, 60);
    ck_assert(leads(&r, 0));
    ck_assert_int_eq(
        apitest_send(r.api,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = LEASE,
                                               .type = "application/merge-patch+json",
                                               .body = "{'spec':{'holderIdentity':'me',"
                                                       "'leaseDurationSeconds':30}}"}),
        200);
    apitest_advance(r.api, ELECTION_RENEW_MS / 1000);
    ck_assert(!leads(&r, 0));
    apitest_advance(r.api, 20);
    ck_assert(!leads(&r, 0));
    ck_assert_int_ge(sec_until_led(&r, 0), 1);
    expect_lease(&r, "spec.holderIdentity=a|spec.leaseDurationSeconds=15");
    rig_fini(&r);
}
END_TEST

/* Two that begin together. */
START_TEST(test_race)
{
    struct rig r;
    rig_init(&r);
    start(&r, 0);
    start(&r, 1);
    apitest_advance(r.api, 60);
    ck_assert(leads(&r, 0) != leads(&r, 1));
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/election", (struct suite_row[]){
                                                        {test_alone, 1},
                                                        {test_killed, 1},
                                                        {test_has_ended, 1},
                                                        {test_resign, 1},
                                                        {test_resign_in_vain, 1},
                                                        {test_cut_off, 1},
                                                        {test_hiccups, 1},
                                                        {test_deleted, 1},
                                                        {test_usurped, 1},
                                                        {test_race, 1},
                                                        {NULL, 0},
                                                    });
}
