#include "kubeclient/cache.h"

#include "base/util.h"
#include "tests/support/cachetest.h"
#include "tests/support/suite.h"

#define RESET "watch configmaps: connection reset"

static const struct {
    const char *name;
    struct exchange script[12];
    const char *told;
    const char *version; /* in the end */
    size_t count;
} histories[] = {
    {"streaming list, then events",
     {{LIST, .timeout_sec = 330, .pause_ms = {0, 1},
       .say = {ADD("b", "u2", "6"), ADD("a", "u1", "5"), END("10"),
               MOD("a", "u1", "11"), DEL("b", "u2", "12"), ADD("c", "u3", "13")},
       .end = END_NEVER}},
     "added b 6|added a 5|synced|modified a 5>11|deleted b 6|added c 13",
     "13",
     2},
    {"bytes cut anywhere",
     {{LIST,
       .say = {"{'type':'ADDED','obj", "ect':{'metadata':{'namespace':'a','name':'x",
               "y','resourceVersion':'5'}}}",
               "\r\n\n" END("10") MOD("xy", "", "11") "{", "}\n"}},
      {WATCH("11"), .say = {"~1000"}, .end = END_NEVER}},
     "added xy 5|synced|modified xy 5>11|watch configmaps: malformed event dropped: "
     "expected {\"type\": ..., \"object\": {...}}",
     "11",
     1},
    {"an empty collection",
     {{LIST, .say = {END("10")}, .end = END_NEVER}},
     "synced",
     "10",
     0},
    {"changes before the list's end",
     {{LIST,
       .say = {ADD("a", "u1", "5"), MOD("a", "u1", "8"), ADD("b", "u2", "9"),
               DEL("b", "u2", "10"), BOOKMARK("9"), END("11")},
       .end = END_NEVER}},
     "added a 5|modified a 5>8|added b 9|deleted b 9|synced",
     "11",
     1},

    /* Servers without streaming lists. */
    {"pages",
     {{LIST, .status = 422, .say = {STATUS(422, "Invalid")}},
      {PAGE, .pause_ms = {0, 1},
       .say = {"{'metadata':{'continue':'t/1=','resourceVersion':'10'},'items':[",
               OBJECT("a", "u1", "5"), ",", OBJECT("b", "u2", "6"), "]}"}},
      {PAGE "&continue=t%2F1%3D", .pause_ms = {0, 1},
       .say = {"{'metadata':{'continue':'','resourceVersion':'10'},'items':[",
               OBJECT("c", "u3", "7"), "]}"}},
      {WATCH("10"), .pause_ms = {0, 1}, .say = {MOD("c", "u3", "11")},
       .end = END_NEVER}},
     "added a 5|added b 6|added c 7|synced|modified c 7>11",
     "11",
     3},
    {"pages from then on",
     {{LIST, .status = 400, .say = {STATUS(400, "BadRequest")}},
      {PAGE, .say = {"{'metadata':{'resourceVersion':'10'},'items':[]}"}},
      {WATCH("10"), .say = {ERROR(410, "Expired")}},
      {PAGE, .say = {"{'metadata':{'resourceVersion':'30'},'items':[]}"}},
      {WATCH("30"), .end = END_NEVER}},
     "synced|watch configmaps: 410 Gone: sorry|synced",
     "30",
     0},
    {"a continue token that expires",
     {{LIST, .status = 422, .say = {STATUS(422, "Invalid")}},
      {PAGE,
       .say = {"{'metadata':{'continue':'t'},'items':[", OBJECT("a", "u1", "5"), "]}"}},
      {PAGE "&continue=t", .status = 410, .say = {STATUS(410, "Expired")}},
      {PAGE, .pause_ms = {800, 1600},
       .say = {"{'metadata':{'resourceVersion':'10'},'items':[", OBJECT("b", "u2", "6"),
               "]}"}},
      {WATCH("10"), .end = END_NEVER}},
     "added a 5|list configmaps: 410 Gone: sorry|added b 6|vanished a 5|synced",
     "10",
     1},
    {"a list that is none",
     {{LIST, .status = 422, .say = {STATUS(422, "Invalid")}},
      {PAGE, .say = {"{'items':{}}"}},
      {PAGE, .pause_ms = {800, 1600}, .say = {"{'items':[]}"}},
      {PAGE, .say = {"{'metadata':{'resourceVersion':'10'},'items':[]}"}},
      {WATCH("10"), .end = END_NEVER}},
     "list configmaps: the answer has no list of items|list configmaps: the list has "
     "no "
     "resourceVersion|synced",
     "10",
     0},

    /* The server ends a watch. */
    {"clean ends",
     {{LIST, .say = {ADD("a", "u1", "5"), END("10"), "~170000"}},
      {WATCH("10"), .pause_ms = {0, 1}, .say = {BOOKMARK("20"), "~100"}},
      {WATCH("20"), .pause_ms = {0, 1}, .say = {"~1000"}},
      {WATCH("20"), .pause_ms = {0, 1}, .timeout_sec = 330,
       .say = {MOD("a", "u1", "21")}, .end = END_NEVER}},
     TOLD_A "|modified a 5>21",
     "21",
     1},
    {"an end at once is a failure",
     {A_LISTED,
      {WATCH("10"), .say = {"~999"}},
      {WATCH("10"), .pause_ms = {800, 1600}},
      {WATCH("10"), .pause_ms = {1600, 3200}, .end = END_NEVER}},
     TOLD_A "|watch configmaps: ended at once|watch configmaps: ended at once",
     "10",
     1},

    /* The position is too old. */
    {"410 in the stream",
     {{LIST, .say = {ADD("a", "u1", "5"), ADD("b", "u2", "6"), END("10"), "~1000"}},
      {WATCH("10"), .say = {ERROR(410, "Expired") MOD("a", "u1", "11")},
       .end = END_NEVER},
      {LIST, .pause_ms = {0, 1},
       .say = {ADD("a", "u1", "5"), ADD("c", "u3", "28"), END("30")},
       .end = END_NEVER}},
     "added a 5|added b 6|synced|watch configmaps: 410 Gone: sorry|added c 28|"
     "vanished b 6|synced",
     "30",
     2},
    {"410 as the status",
     {A_LISTED,
      {WATCH("10"), .status = 410, .say = {STATUS(410, "Gone")}},
      {LIST, .pause_ms = {0, 1}, .say = {MOD("a", "u1", "25"), END("30")},
       .end = END_NEVER}},
     TOLD_A "|watch configmaps: 410 Gone: sorry|modified a 5>25|synced",
     "30",
     1},
    {"410 again and again",
     {A_LISTED,
      {WATCH("10"), .say = {ERROR(410, "Expired")}},
      {LIST, .pause_ms = {0, 1}, .say = {END("30"), ERROR(410, "Expired")}},
      {LIST, .pause_ms = {1600, 3200}, .say = {END("40")}, .end = END_NEVER}},
     TOLD_A "|watch configmaps: 410 Gone: sorry|vanished a 5|synced|"
            "watch configmaps: 410 Gone: sorry|synced",
     "40",
     0},

    /* The connection breaks. */
    {"cut within a line",
     {{LIST,
       .say = {ADD("a", "u1", "5"), END("10"), MOD("a", "u1", "11") "{'type':'MODIF"},
       .end = END_CUT},
      {WATCH("11"), .pause_ms = {0, 1}, .say = {MOD("a", "u1", "12")}, .end = END_CUT},
      {WATCH("12"), .pause_ms = {1600, 3200}, .end = END_NEVER}},
     TOLD_A "|modified a 5>11|" RESET "|modified a 11>12|" RESET,
     "12",
     1},
    {"a whole line without its end does not count",
     {{LIST,
       .say = {END("10") "{'type':'ADDED','object':" OBJECT("a", "u1", "11") "}"}},
      {WATCH("10"), .say = {ADD("a", "u1", "11")}, .end = END_NEVER}},
     "synced|added a 11",
     "11",
     1},
    {"cut within the list",
     {{LIST, .say = {ADD("a", "u1", "5"), ADD("b", "u2", "6")}, .end = END_CUT},
      {LIST, .pause_ms = {800, 1600}, .say = {ADD("b", "u2", "6")}},
      {LIST, .pause_ms = {1600, 3200}, .say = {ADD("b", "u2", "6") END("10")},
       .end = END_NEVER}},
     "added a 5|added b 6|list configmaps: connection reset|list configmaps: ended "
     "before "
     "its end|vanished a 5|synced",
     "10",
     1},
    {"no connection",
     {A_LISTED,
      {WATCH("10"), .end = END_NOT_SENT},
      {WATCH("10"), .pause_ms = {800, 1600}, .end = END_NOT_SENT},
      {WATCH("10"), .pause_ms = {1600, 3200}, .end = END_NEVER}},
     TOLD_A "|watch configmaps: no connection: connection refused|watch configmaps: no "
            "connection: connection refused",
     "10",
     1},
    {"an end that the server forgot",
     {{LIST, .say = {END("10"), "~100000", BOOKMARK("20"), "~100000", BOOKMARK("30"),
                     "~100000", BOOKMARK("40"), "~100000"}},
      {WATCH("40"), .pause_ms = {0, 1}, .end = END_NEVER}},
     "synced|watch configmaps: no whole answer in time",
     "40",
     0},

    /* Lines that are no events. */
    {"a malformed line, once",
     {A_LISTED,
      {WATCH("10"),
       .say = {MOD("a", "u1", "11") "{'type':'MODIFIED',obj\n" MOD("a", "u1", "99")}},
      {WATCH("11"), .pause_ms = {800, 1600}, .say = {MOD("a", "u1", "12")},
       .end = END_NEVER}},
     TOLD_A
     "|modified a 5>11|watch configmaps: malformed event dropped: invalid JSON at "
     "byte 19: expected a key in quotes|modified a 11>12",
     "12",
     1},
    {"a malformed line in the way",
     {A_LISTED,
      {WATCH("10"), .say = {"{'type':'WORSE','object':{}}\n"}},
      {WATCH("10"), .pause_ms = {800, 1600}, .say = {"{'type':'ADDED'}\n"}},
      {LIST, .pause_ms = {1600, 3200}, .say = {ADD("a", "u1", "11"), END("30")},
       .end = END_NEVER}},
     TOLD_A "|watch configmaps: malformed event dropped: not a type of event|watch "
            "configmaps: malformed event dropped: expected {\"type\": ..., \"object\": "
            "{...}}|modified a 5>11|synced",
     "30",
     1},
    {"malformed lines, and whole ones between",
     {A_LISTED,
      {WATCH("10"), .say = {"{\n"}},
      {WATCH("10"), .say = {MOD("a", "u1", "11"), "{\n"}},
      {WATCH("11"), .say = {MOD("a", "u1", "12")}, .end = END_NEVER}},
     NULL,
     "12",
     1},
    {"a malformed line in the list",
     {{LIST, .say = {"<html>\n"}},
      {LIST, .pause_ms = {800, 1600}, .say = {END("10")}, .end = END_NEVER}},
     "list configmaps: malformed event dropped: invalid JSON at byte 0: unexpected "
     "character|synced",
     "10",
     0},
    {"a line that is too long",
     {A_LISTED,
      {WATCH("10"), .filler = CACHE_LINE_MAX + 1, .end = END_NEVER},
      {WATCH("10"), .pause_ms = {800, 1600}, .say = {MOD("a", "u1", "11")},
       .end = END_NEVER}},
     TOLD_A "|watch configmaps: malformed event dropped: longer than 8388608 bytes|"
            "modified a 5>11",
     "11",
     1},

    /* Objects with the same name. */
    {"deleted and made again, told as one change",
     {{LIST,
       .say = {ADD("a", "u1", "5"), END("10"), MOD("a", "u2", "12"),
               DEL("a", "u1", "13"), MOD("a", "u2", "14")},
       .end = END_NEVER}},
     TOLD_A "|vanished a 5|added a 12|modified a 12>14",
     "14",
     1},
    {"deleted and made again, found by a list",
     {A_LISTED,
      {WATCH("10"), .say = {ERROR(410, "Expired")}},
      {LIST, .say = {ADD("a", "u2", "25"), END("30")}, .end = END_NEVER}},
     TOLD_A "|watch configmaps: 410 Gone: sorry|vanished a 5|added a 25|synced",
     "30",
     1},
    {"repeated events",
     {{LIST,
       .say = {ADD("a", "u1", "5"), END("10"), MOD("a", "u1", "100"),
               ADD("b", "u2", "101"), DEL("b", "u2", "102")},
       .end = END_CUT},
      {WATCH("102"),
       .say = {MOD("a", "u1", "100"), ADD("b", "u2", "101"), DEL("b", "u2", "102"),
               MOD("a", "u1", "99"), MOD("a", "u1", "103"), MOD("a", "u1", "103")},
       .end = END_NEVER}},
     TOLD_A "|modified a 5>100|added b 101|deleted b 101|" RESET "|modified a 100>103",
     "103",
     1},
    {"versions that do not compare",
     {{LIST,
       .say = {ADD("a", "u1", "x5"), END("x9"), MOD("a", "u1", "x1"),
               MOD("a", "u1", "x1"), MOD("a", "u1", "0")},
       .end = END_NEVER}},
     "added a x5|synced|modified a x5>x1|modified a x1>0",
     "0",
     1},
    {"no longer kept",
     {{LIST,
       .say =
           {ADD("a", "u1", "5"), END("10"),
            "{'type':'MODIFIED','object':{'metadata':{'namespace':'a','name':'a','uid':"
            "'u1','resourceVersion':'11','labels':{}}}}\n",
            "{'type':'ADDED','object':{'metadata':{'namespace':'a','name':'b',"
            "'resourceVersion':'12','labels':{}}}}\n",
            MOD("a", "u1", "13")},
       .end = END_NEVER}},
     TOLD_A "|deleted a 5|added a 13",
     "13",
     1},
    {"without a name",
     {{LIST, .say = {"{'type':'ADDED','object':{'metadata':{'uid':'u'}}}\n", END("10")},
       .end = END_NEVER}},
     "dropped an object without a proper name|synced",
     "10",
     0},

    /* The server refuses. */
    {"busy when listing",
     {{LIST, .status = 429, .retry_after = "5",
       .say = {STATUS(429, "TooManyRequests")}},
      {LIST, .pause_ms = {5000, 5001}, .status = 429, .retry_after = "600"},
      {LIST, .pause_ms = {30000, 30001}, .say = {END("10")}, .end = END_NEVER}},
     "list configmaps: 429 TooManyRequests: sorry|list configmaps: 429 "
     "TooManyRequests: "
     "the answer is empty|synced",
     "10",
     0},
    {"busy when listing by pages",
     {{LIST, .status = 422, .say = {STATUS(422, "Invalid")}},
      {PAGE, .status = 429, .retry_after = "5",
       .say = {STATUS(429, "TooManyRequests")}},
      {PAGE, .pause_ms = {5000, 5500},
       .say = {"{'metadata':{'resourceVersion':'10'},'items':[]}"}},
      {WATCH("10"), .end = END_NEVER}},
     "synced",
     "10",
     0},
    {"refusals that leave the position",
     {A_LISTED,
      {WATCH("10"), .status = 429, .retry_after = "2",
       .say = {STATUS(429, "TooManyRequests")}},
      {WATCH("10"), .pause_ms = {2000, 2001}, .status = 403,
       .say = {STATUS(403, "Forbidden")}},
      {WATCH("10"), .pause_ms = {1600, 3200}, .status = 401},
      {WATCH("10"), .pause_ms = {3200, 6400}, .status = 503},
      {WATCH("10"), .pause_ms = {6400, 12800},
       .say = {ERROR(503, "ServiceUnavailable")}},
      {WATCH("10"), .pause_ms = {12800, 25600}, .end = END_NEVER}},
     TOLD_A
     "|watch configmaps: 429 TooManyRequests: sorry|watch configmaps: 403 Forbidden: "
     "sorry"
     "|watch configmaps: 401 Unauthorized: the answer is empty|watch configmaps: "
     "outcome "
     "unknown: 503 ServiceUnavailable: the answer is empty|watch configmaps: 503 "
     "ServiceUnavailable: sorry",
     "10",
     1},
    {"refusals that do not",
     {A_LISTED,
      {WATCH("10"), .say = {ERROR(500, "InternalError")}},
      {LIST, .pause_ms = {800, 1600}, .say = {ADD("a", "u1", "5"), END("20")}},
      {WATCH("20"), .status = 404, .say = {STATUS(404, "NotFound")}},
      {LIST, .pause_ms = {1600, 3200}, .say = {END("30")}, .end = END_NEVER}},
     TOLD_A "|watch configmaps: 500 InternalError: sorry|synced|watch configmaps: 404 "
            "NotFound: sorry|vanished a 5|synced",
     "30",
     0},

    /* Back-off. */
    {"the pause doubles up to its ceiling",
     {{LIST, .status = 500},
      {LIST, .pause_ms = {800, 1600}, .status = 500},
      {LIST, .pause_ms = {1600, 3200}, .status = 500},
      {LIST, .pause_ms = {3200, 6400}, .status = 500},
      {LIST, .pause_ms = {6400, 12800}, .status = 500},
      {LIST, .pause_ms = {12800, 25600}, .status = 500},
      {LIST, .pause_ms = {25600, 51200}, .status = 500},
      {LIST, .pause_ms = {30000, 60000}, .status = 500},
      {LIST, .pause_ms = {30000, 60000}, .say = {END("10")}, .end = END_NEVER}},
     NULL,
     "10",
     0},
    {"two good minutes, and it starts anew",
     {{LIST, .status = 500},
      {LIST, .pause_ms = {800, 1600}, .status = 500},
      {LIST, .pause_ms = {1600, 3200}, .say = {END("10"), "~119000"}, .end = END_CUT},
      {WATCH("10"), .pause_ms = {0, 1}, .end = END_NOT_SENT},
      {WATCH("10"), .pause_ms = {1600, 3200}, .end = END_NEVER}},
     NULL,
     "10",
     0},
    {"less than two, and it goes on",
     {{LIST, .status = 500},
      {LIST, .pause_ms = {800, 1600}, .status = 500},
      {LIST, .pause_ms = {1600, 3200}, .say = {END("10"), "~110000"}, .end = END_CUT},
      {WATCH("10"), .pause_ms = {3200, 6400}, .end = END_NEVER}},
     NULL,
     "10",
     0},
};

START_TEST(test_history)
{
    const char *name = histories[_i].name;
    struct cachetest r;

    cachetest_init(&r, name, histories[_i].script, &cachetest_spec);
    transcript_run(r.t);
    if (histories[_i].told)
        cachetest_expect(&r, name, histories[_i].told);
    ck_assert_str_eq(kc_cache_version(r.cache), histories[_i].version);
    ck_assert_uint_eq(kc_cache_count(r.cache), histories[_i].count);
    cachetest_fini(&r);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/cache", (struct suite_row[]){
                                              {test_history, ARRAY_LEN(histories)},
                                              {NULL, 0},
                                          });
}
