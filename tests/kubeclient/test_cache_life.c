#include "kubeclient/cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/cachetest.h"
#include "tests/support/suite.h"

#define SELECTORS "&labelSelector=app%3Dx&fieldSelector=metadata.name%21%3Dz"

/* ---- what is asked ---- */

START_TEST(test_selectors)
{
    static const struct exchange script[] = {
        {LIST SELECTORS, .status = 422, .say = {STATUS(422, "Invalid")}},
        {PAGE SELECTORS, .say = {"{'metadata':{'resourceVersion':'10'},'items':[]}"}},
        {WATCH("10") SELECTORS, .end = END_NEVER},
        {0}};
    char labels[] = "app=x", fields[] = "metadata.name!=z", ns[] = "a";
    const struct kc_cache_spec s = {.resource = &kc_configmaps,
                                    .ns = ns,
                                    .label_selector = labels,
                                    .field_selector = fields,
                                    .watch_sec = 300};
    struct cachetest r;

    cachetest_init(&r, "selectors", script, &s);
    ns[0] = labels[0] = fields[0] = '?'; /* they were copied */
    transcript_run(r.t);
    cachetest_expect(&r, "selectors", "synced");
    cachetest_fini(&r);
}
END_TEST

/* Watches of many caches should not end together: each draws its length. */
START_TEST(test_watch_length)
{
    struct rng rng;
    struct cachetest r;

    rng_seed(&rng, 1); /* the transcript's client has the same */
    AUTO_FREE char *list = xasprintf("GET /api/v1/nodes?watch=true&allowWatchBookmarks="
                                     "true" INITIAL "&timeoutSeconds=%d",
                                     300 + (int)rng_below(&rng, 301));
    AUTO_FREE char *watch =
        xasprintf("GET /api/v1/nodes?watch=true&allowWatchBookmarks="
                  "true&resourceVersion=10&timeoutSeconds=%d",
                  300 + (int)rng_below(&rng, 301));
    const struct exchange script[] = {
        {.ask = list, .say = {END("10")}}, {.ask = watch, .end = END_NEVER}, {0}};
    cachetest_init(&r, "length", script,
                   &(struct kc_cache_spec){.resource = &kc_nodes});
    transcript_run(r.t);
    cachetest_fini(&r);
}
END_TEST

/* Three bookmark intervals without a byte are too many. */
START_TEST(test_silence)
{
    static const struct exchange script[] = {
        {LIST, .say = {END("10"), "~50000", BOOKMARK("20")}, .end = END_NEVER},
        {WATCH("20"), .pause_ms = {0, 1}, .end = END_NEVER},
        {0}};
    struct cachetest r;

    cachetest_init(&r, "silence", script, &cachetest_spec);
    transcript_advance(r.t, 229999);
    cachetest_expect(&r, "just before", "synced");
    transcript_advance(r.t, 1);
    cachetest_expect(&r, "silence",
                     "synced|watch configmaps: the stream was silent too long");
    transcript_run(r.t);
    cachetest_fini(&r);
}
END_TEST

/* ---- reading ---- */

static void count_item(void *arg, void *item)
{
    ck_assert(((struct cachetest_item *)item)->name[0] >= 'a');
    ++*(int *)arg;
}

START_TEST(test_reading)
{
    static const struct exchange script[] = {
        {LIST, .say = {ADD("a", "u1", "5"), ADD("b", "u2", "6"), "~100", END("10")},
         .end = END_NEVER},
        {0}};
    struct cachetest r;
    struct kc_cache *cache;
    int n = 0;

    cachetest_init(&r, "reading", script, &cachetest_spec);
    cache = r.cache;
    transcript_advance(r.t, 50);
    ck_assert(!kc_cache_is_synced(cache));
    ck_assert_uint_eq(kc_cache_count(cache), 2);
    transcript_run(r.t);
    ck_assert(kc_cache_is_synced(cache));
    ck_assert_str_eq(((struct cachetest_item *)kc_cache_find(cache, "a", "b"))->version,
                     "6");
    ck_assert(kc_cache_find(cache, "a", "c") == NULL);
    ck_assert(kc_cache_find(cache, "b", "a") == NULL);
    ck_assert(kc_cache_find(cache, NULL, "a") == NULL);
    kc_cache_each(cache, count_item, &n);
    ck_assert_int_eq(n, 2);
    cachetest_fini(&r);
}
END_TEST

/* ---- relist on demand ---- */

#define A_AGAIN                                                            \
    {                                                                      \
        LIST, .pause_ms = {0, 1}, .say = {ADD("a", "u1", "5"), END("20")}, \
              .end = END_NEVER                                             \
    }

static const struct {
    const char *name;
    struct exchange script[4];
    int64_t at_ms; /* -1: when synced, from the callback */
    const char *told;
} relists[] = {
    {"while watching",
     {{LIST, LISTED, .end = END_NEVER}, A_AGAIN},
     50,
     TOLD_A "|synced"},
    {"from the callback",
     {{LIST, LISTED, .end = END_NEVER}, A_AGAIN},
     -1,
     TOLD_A "|synced"},
    {"while listing",
     {{LIST, .say = {ADD("a", "u1", "5"), ADD("b", "u2", "6")}, .end = END_NEVER},
      A_AGAIN},
     50,
     "added a 5|added b 6|vanished b 6|synced"},
    {"in a pause",
     {{LIST, .status = 500}, {LIST, LISTED, .end = END_NEVER}},
     50,
     "list configmaps: outcome unknown: 500 InternalError: the answer is "
     "empty|" TOLD_A},
    {"between pages",
     {{LIST, .status = 422, .say = {STATUS(422, "Invalid")}},
      {PAGE, .delay_ms = 100},
      {PAGE, .say = {"{'metadata':{'resourceVersion':'10'},'items':[]}"}},
      {WATCH("10"), .end = END_NEVER}},
     50,
     "synced"},
};

START_TEST(test_relist)
{
    struct exchange script[5] = {0};
    struct cachetest r;

    memcpy(script, relists[_i].script, sizeof(relists[_i].script));
    cachetest_init(&r, relists[_i].name, script, &cachetest_spec);
    r.relist_when_synced = relists[_i].at_ms < 0;
    if (relists[_i].at_ms >= 0) {
        transcript_advance(r.t, relists[_i].at_ms);
        kc_cache_relist(r.cache);
    }
    transcript_run(r.t);
    cachetest_expect(&r, relists[_i].name, relists[_i].told);
    cachetest_fini(&r);
}
END_TEST

/* ---- the end ---- */

START_TEST(test_free_early)
{
    static const struct {
        const char *name;
        struct exchange script[4];
        int64_t at_ms;
    } rows[] = {
        {"before it asks", {{0}}, -1},
        {"listing", {{LIST, .say = {ADD("a", "u1", "5")}, .end = END_NEVER}}, 50},
        {"in a page",
         {{LIST, .status = 422, .say = {STATUS(422, "Invalid")}},
          {PAGE, .delay_ms = 100}},
         50},
        {"in a pause", {{LIST, .status = 500}}, 50},
        {"watching",
         {A_LISTED, {WATCH("10"), .say = {"{'ty"}, .end = END_NEVER}},
         1050},
    };
    struct cachetest r;

    cachetest_init(&r, rows[_i].name, rows[_i].script, &cachetest_spec);
    if (rows[_i].at_ms >= 0)
        transcript_advance(r.t, rows[_i].at_ms);
    kc_cache_free(TAKE(r.cache));
    transcript_advance(r.t, 3600000);
    cachetest_fini(&r);
}
END_TEST

/* ---- what a server may put into the next request ---- */

static char *repeat(char c, size_t n)
{
    char *text = xmalloc(n + 1);

    memset(text, c, n);
    text[n] = '\0';
    return text;
}

/* Tokens whose escaped form just fits, or does not. */
START_TEST(test_long_token)
{
    static const size_t lengths[] = {60000, 65000, 65500, 65530, 400000};
    AUTO_FREE char *token = repeat('t', lengths[_i]);
    AUTO_FREE char *page =
        xasprintf("{'metadata':{'continue':'%s'},'items':[]}", token);
    AUTO_FREE char *next = xasprintf(PAGE "&continue=%s", token);
    const struct exchange script[] = {
        {LIST, .status = 422, .say = {STATUS(422, "Invalid")}},
        {PAGE, .say = {page}},
        {.ask = _i == 0 ? next : PAGE,
         .say = {"{'metadata':{'resourceVersion':'10'},'items':[]}"}},
        {WATCH("10"), .end = END_NEVER},
        {0}};
    struct cachetest r;

    cachetest_init(&r, "long token", script, &cachetest_spec);
    transcript_run(r.t);
    cachetest_expect(
        &r, "long token",
        _i == 0 ? "synced" : "list configmaps: the continue token is too long|synced");
    cachetest_fini(&r);
}
END_TEST

START_TEST(test_long_version)
{
    AUTO_FREE char *version = repeat('1', 100000);
    AUTO_FREE char *end = xasprintf(END("%s"), version);
    const struct exchange script[] = {
        {LIST, .say = {end}}, {LIST, .say = {END("10")}, .end = END_NEVER}, {0}};
    struct cachetest r;

    cachetest_init(&r, "long version", script, &cachetest_spec);
    transcript_run(r.t);
    cachetest_expect(&r, "long version",
                     "synced|watch configmaps: the resourceVersion is too long|synced");
    cachetest_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/cache_life", (struct suite_row[]){
                                                   {test_selectors, 1},
                                                   {test_watch_length, 1},
                                                   {test_silence, 1},
                                                   {test_reading, 1},
                                                   {test_relist, ARRAY_LEN(relists)},
                                                   {test_free_early, 5},
                                                   {test_long_token, 5},
                                                   {test_long_version, 1},
                                                   {NULL, 0},
                                               });
}
