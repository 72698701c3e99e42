#include "base/siglist.h"

#include <signal.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *text;
    const char *signals; /* "10a 15b ": number and scope of each line; 0 unreadable */
} cases[] = {
    {NULL, ""},
    {"", ""},
    {"USR1 All a\n", "10a "},
    {"USR1 Batch a\nTERM All b\nUSR1 All c\n", "10b 15a 10a "},
    {"USR1 All a\nTERM All b", "10a "}, /* it is not whole yet */
    {"FOO All a\nUSR1 None b\n\nUSR1 All c\n", "0a 0a 0a 10a "},
    {"USR1\nUSR1 All\nUSR1  All a\nUSR1AndAVeryLongWord All a\n", "0a 10a 0a 0a "},
};

START_TEST(test_get)
{
    STR_AUTO struct str got;
    struct siglist_item item;

    str_init(&got, 1024);
    for (size_t i = 0; siglist_get(cases[_i].text, i, &item); i++)
        str_addf(&got, "%d%c ", item.signo, item.scope == SIGLIST_ALL ? 'a' : 'b');
    ck_assert_msg(str_eq(got.s ? got.s : "", cases[_i].signals), "%s: %s",
                  cases[_i].text, got.s);
}
END_TEST

/* Whatever an action's id is, it is found as itself alone. */
START_TEST(test_ids)
{
    static const char *const ids[] = {
        "a",  "aa", "b a",  " ",           "@time-limit",
        "\n", "%",  "%0a",  "\xc3\xa4",    "a\nUSR1 All b",
        "@",  "",   "time", "@time-limit "};
    const struct siglist_item usr1 = {SIGUSR1, SIGLIST_BATCH};

    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        STR_AUTO struct str text;
        struct siglist_item item;

        str_init(&text, SIGLIST_MAX);
        siglist_add(&text, &usr1, ids[i]);
        for (size_t k = 0; k < ARRAY_LEN(ids); k++)
            ck_assert_msg(siglist_has(text.s, ids[k]) == (i == k), "\"%s\" in %s",
                          ids[k], text.s);
        ck_assert(!siglist_has(text.s, NULL));
        ck_assert(siglist_get(text.s, 0, &item));
        ck_assert_int_eq(item.signo, SIGUSR1);
        ck_assert(item.scope == SIGLIST_BATCH);
        ck_assert(!siglist_get(text.s, 1, &item));
        siglist_add(&text, &usr1, NULL);
        ck_assert(siglist_has(text.s, NULL));
        ck_assert(siglist_has(text.s, ids[i]));
    }
    ck_assert(!siglist_has(NULL, NULL));
}
END_TEST

int main(void)
{
    return suite_main("base/siglist", (struct suite_row[]){
                                          {test_get, ARRAY_LEN(cases)},
                                          {test_ids, 1},
                                          {NULL, 0},
                                      });
}
