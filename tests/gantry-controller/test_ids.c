#include "cmd/gantry-controller/ids.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/direct.h"
#include "tests/support/apitest.h"
#include "tests/support/spy.h"
#include "tests/support/suite.h"

#define NS "gantry-system"
#define MAPS "/api/v1/namespaces/" NS "/configmaps"
#define MAP MAPS "/job-ids"

struct rig {
    struct apitest *api;
    struct transport *spy;
    struct kc_client *client;
    struct ids *ids;
    int n_ready;
};

static void on_ready(void *arg)
{
    ((struct rig *)arg)->n_ready++;
}

static struct ids *ids_of(struct rig *r)
{
    return ids_new(r->client, NULL, NS, on_ready, r);
}

static void rig_init(struct rig *r)
{
    struct rng rng;
    *r = (struct rig){.api = apitest_new()};
    rng_seed(&rng, 3);
    r->spy =
        spy_new(r->api->loop, direct_new(r->api->loop, r->api->server, "gantry", true));
    r->client = kc_client_new(r->api->loop, r->spy, &rng);
    r->ids = ids_of(r);
}

static void rig_fini(struct rig *r)
{
    ids_free(r->ids);
    kc_client_free(r->client);
    transport_free(r->spy);
    apitest_free(r->api);
}

/* The first id that can be had within a minute; 0: none. */
static int64_t take(struct rig *r, struct ids *ids)
{
    int64_t id = ids_take(ids, 1);
    for (int i = 0; i < 60 && id == 0; i++) {
        apitest_advance(r->api, 1);
        id = ids_take(ids, 1);
    }
    return id;
}

static void expect_next(struct rig *r, const char *next)
{
    AUTO_FREE char *parts = xasprintf("data.next=%s", next);
    ck_assert_int_eq(apitest_request(r->api, "GET", MAP, NULL), 200);
    apitest_expect(r->api, "job-ids", parts);
}

/* Somebody else's write. */
static void put_map(struct rig *r, const char *data)
{
    AUTO_FREE char *body = xasprintf("{'metadata':{'name':'job-ids'},'data':%s}", data);
    apitest_request(r->api, "POST", "/api/v1/namespaces",
                    "{'metadata':{'name':'" NS "'}}");
    if (apitest_request(r->api, "POST", MAPS, body) != 201)
        ck_assert_int_eq(apitest_request(r->api, "PUT", MAP, body), 200);
}

START_TEST(test_first_block)
{
    struct rig r;
    rig_init(&r);
    ck_assert_int_eq(ids_take(r.ids, 1), 0);
    ck_assert_int_eq(r.n_ready, 0);
    ck_assert_int_eq(take(&r, r.ids), 1);
    ck_assert_int_eq(r.n_ready, 1);
    ck_assert_int_eq(ids_take(r.ids, 1), 2);
    expect_next(&r, "1001");
    rig_fini(&r);
}
END_TEST

/* The next block is there before the first is used up, and nobody waits. */
START_TEST(test_many)
{
    struct rig r;
    rig_init(&r);
    put_map(&r, "{'next':'41'}");
    ck_assert_int_eq(take(&r, r.ids), 41);
    for (int64_t id = 42; id < 4000; id++) {
        ck_assert_int_eq(ids_take(r.ids, 1), id);
        apitest_advance(r.api, 0);
    }
    ck_assert_int_eq(r.n_ready, 1);
    expect_next(&r, "5041"); /* of [3041, 4041) fewer than 200 are left */
    rig_fini(&r);
}
END_TEST

/* Those of components follow one another: a run that the rest of a block is too short
 * for waits for the next. */
START_TEST(test_run)
{
    struct rig r;
    rig_init(&r);
    put_map(&r, "{'next':'11'}");
    ck_assert_int_eq(take(&r, r.ids), 11);
    ck_assert_int_eq(ids_take(r.ids, 3), 12);
    for (int64_t id = 15; id <= 1008; id++)
        ck_assert_int_eq(ids_take(r.ids, 1), id);
    ck_assert_int_eq(ids_take(r.ids, 3), 0);
    apitest_advance(r.api, 0);
    ck_assert_int_eq(r.n_ready, 2);
    ck_assert_int_eq(ids_take(r.ids, 3), 1009);
    ck_assert_int_eq(ids_take(r.ids, 1), 1012);
    rig_fini(&r);
}
END_TEST

/* A burst that outruns the server waits, and is told when ids are there again. */
START_TEST(test_burst)
{
    struct rig r;
    rig_init(&r);
    ck_assert_int_eq(take(&r, r.ids), 1);
    for (int64_t id = 2; id <= 1000; id++)
        ck_assert_int_eq(ids_take(r.ids, 1), id);
    ck_assert_int_eq(ids_take(r.ids, 1), 0);
    apitest_advance(r.api, 0);
    ck_assert_int_eq(r.n_ready, 2);
    ck_assert_int_eq(ids_take(r.ids, 1), 1001);
    rig_fini(&r);
}
END_TEST

START_TEST(test_restart)
{
    struct rig r;
    rig_init(&r);
    ck_assert_int_eq(take(&r, r.ids), 1);
    for (int64_t start = 1001; start < 5000; start += 1000) {
        ids_free(r.ids);
        r.ids = ids_of(&r);
        ck_assert_int_eq(take(&r, r.ids), start);
    }
    rig_fini(&r);
}
END_TEST

/* Two at once never have the same. */
START_TEST(test_two)
{
    struct rig r;
    static bool taken[20000];
    rig_init(&r);
    struct ids *other = ids_of(&r);
    for (int i = 0; i < 3000; i++) {
        int64_t a = take(&r, r.ids), b = take(&r, other);
        ck_assert_int_gt(a, 0);
        ck_assert_int_gt(b, 0);
        ck_assert_int_lt(MAX(a, b), (int64_t)ARRAY_LEN(taken));
        ck_assert_msg(a != b && !taken[a] && !taken[b], "%d: %d and %d", i, (int)a,
                      (int)b);
        taken[a] = taken[b] = true;
    }
    ids_free(other);
    rig_fini(&r);
}
END_TEST

/* ---- writes that go wrong ---- */

static const struct {
    const char *what;
    struct spy_rule rule;
    const char *there; /* data of the ConfigMap before; NULL: none */
    int64_t first;     /* id */
} troubles[] = {
    {"another wrote between read and write",
     {"PUT", MAP, SPY_REFUSE, 409, "Conflict", "changed", 1},
     "{'next':'7'}",
     7},
    {"the write is lost",
     {"PUT", MAP, SPY_LOSE_REQUEST, 0, "", "", 1},
     "{'next':'7'}",
     7},
    {"the answer is lost: that block is given up",
     {"PUT", MAP, SPY_LOSE_ANSWER, 0, "", "", 1},
     "{'next':'7'}",
     1007},
    {"the create's answer is lost",
     {"POST", MAPS, SPY_LOSE_ANSWER, 0, "", "", 1},
     "{'next':'7'}",
     7},
    {"the first create's answer is lost",
     {"POST", MAPS, SPY_LOSE_ANSWER, 0, "", "", 2},
     NULL,
     1001},
    {"the server is busy",
     {"GET", MAP, SPY_REFUSE, 503, "ServiceUnavailable", "", 3},
     "{'next':'7'}",
     7},
    {"the namespace's create is refused",
     {"POST", "/namespaces", SPY_REFUSE, 403, "Forbidden", "", 2},
     NULL,
     1},
};

START_TEST(test_trouble)
{
    struct rig r;
    rig_init(&r);
    if (troubles[_i].there)
        put_map(&r, troubles[_i].there);
    spy_spoil(r.spy, &troubles[_i].rule);
    ck_assert_msg(take(&r, r.ids) == troubles[_i].first, "%s", troubles[_i].what);
    rig_fini(&r);
}
END_TEST

/* ---- a ConfigMap that cannot be trusted ---- */

static const char *const malformed[] = {
    "{}",
    "{'next':''}",
    "{'next':'0'}",
    "{'next':'-5'}",
    "{'next':'12x'}",
    "{'next':'1e3'}",
    "{'next':'9223372036854775807'}",
    "{'next':'99999999999999999999'}",
    "{'last':'12'}",
};

START_TEST(test_malformed)
{
    struct rig r;
    rig_init(&r);
    put_map(&r, malformed[_i]);
    ck_assert_int_eq(take(&r, r.ids), 0);
    ck_assert_uint_eq(spy_count(r.spy, NULL, ""), 0); /* it is left alone */
    ck_assert_int_eq(r.n_ready, 0);
    put_map(&r, "{'next':'500'}");
    ck_assert_int_eq(take(&r, r.ids), 500);
    rig_fini(&r);
}
END_TEST

/* Somebody deletes it, or puts an old one back: no id that was seen comes again. */
static const char *const lost[] = {NULL, "{'next':'3'}"};

START_TEST(test_lost)
{
    struct rig r;
    rig_init(&r);
    ck_assert_int_eq(take(&r, r.ids), 1);
    ck_assert_int_eq(apitest_request(r.api, "DELETE", MAP, NULL), 200);
    if (lost[_i])
        put_map(&r, lost[_i]);
    for (int64_t id = 2; id <= 1200; id++)
        ck_assert_int_eq(take(&r, r.ids), id);
    /* by one who did not give them out, but sees the jobs that have them */
    ids_free(r.ids);
    ck_assert_int_eq(apitest_request(r.api, "DELETE", MAP, NULL), 200);
    if (lost[_i])
        put_map(&r, lost[_i]);
    r.ids = ids_of(&r);
    ids_seen(r.ids, 1200);
    ids_seen(r.ids, 17);
    ck_assert_int_eq(take(&r, r.ids), 1201);
    expect_next(&r, "2201");
    rig_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/ids",
                      (struct suite_row[]){
                          {test_first_block, 1},
                          {test_many, 1},
                          {test_burst, 1},
                          {test_run, 1},
                          {test_restart, 1},
                          {test_two, 1},
                          {test_trouble, ARRAY_LEN(troubles)},
                          {test_malformed, ARRAY_LEN(malformed)},
                          {test_lost, ARRAY_LEN(lost)},
                          {NULL, 0},
                      });
}
