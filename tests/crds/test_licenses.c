/* Slurm's text for licences: what a job takes, and how many there are. */
#include "crds/licenses.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* What is read, as a table is written; NULL: refused, and the sentence has `why`. */
static const struct {
    const char *text, *shown, *why;
} cases[] = {
    {"", "", NULL},
    {"matlab", "matlab:1", NULL},
    {"matlab:2,ansys", "ansys:1,matlab:2", NULL},
    {"a:1000000000", "a:1000000000", NULL},
    {"a,b:2,a:3", "a:4,b:2", NULL},
    {"foo@server.site:3", "foo@server.site:3", NULL},

    {"matlab:0", NULL, "a number from 1 to 1000000000"},
    {"matlab:-1", NULL, "a number from 1"},
    {"matlab: 1", NULL, "a number from 1"},
    {"matlab:", NULL, "a number from 1"},
    {"matlab:x", NULL, "a number from 1"},
    {"matlab:1000000001", NULL, "a number from 1"},
    {"matlab:99999999999999999999", NULL, "a number from 1"},
    {"a:1000000000,a", NULL, "more than 1000000000 of licence a"},
    {"matlab|ansys", NULL, "a choice (|) is for jobs alone"},
    {"matlab,", NULL, "a licence has a name"},
    {",matlab", NULL, "a licence has a name"},
    {"matlab\nansys", NULL, "byte 10 is not understood"},
    {"matlab:1 ", NULL, "\" \" is not understood"},
    {"matlab:1:2", NULL, "\":\" is not understood"},
    {"0123456789012345678901234567890123456789012345678901234567890123", NULL,
     "of 1 to 63 letters"},
};

START_TEST(test_cases)
{
    struct license_table table = {.n = 99};
    struct err err = ERR_INIT;
    STR_AUTO struct str shown;
    int rc = license_table_parse(cases[_i].text, &table, &err);

    str_init(&shown, 4096);
    if (!cases[_i].shown) {
        ck_assert_msg(rc < 0, "%s: taken", cases[_i].text);
        ck_assert_msg(strstr(err.msg, cases[_i].why) != NULL, "%s: %s", cases[_i].text,
                      err.msg);
        ck_assert_uint_eq(table.n, 99);
        return;
    }
    ck_assert_msg(rc == 0, "%s: %s", cases[_i].text, err.msg);
    license_table_format(&table, &shown);
    ck_assert_str_eq(shown.s, cases[_i].shown);
}
END_TEST

/* As asked: the order stays. NULL: refused, and the sentence has `why`. */
static const struct {
    const char *text, *shown, *why;
    bool any;
} asked[] = {
    {"octave:2|matlab", "octave:2 matlab:1 ", NULL, true},
    {"b|a|c:3", "b:1 a:1 c:3 ", NULL, true},
    {"b,a", "a:1 b:1 ", NULL, false},
    {"a", "a:1 ", NULL, false},
    {"a|b,c", NULL, "not both", false},
    {"a,b|c", NULL, "not both", false},
    {"a|b|a:2", NULL, "licence a stands twice", false},
    {"a|", NULL, "a licence has a name", false},
    {"|a", NULL, "a licence has a name", false},
    {"a||b", NULL, "a licence has a name", false},
    {"a|b|c|d|e|f|g|h|i", NULL, "a choice of more than 8 licences", false},
};

START_TEST(test_asked)
{
    struct license *all = NULL;
    struct err err = ERR_INIT;
    STR_AUTO struct str shown;
    size_t n = 0;
    bool any = false;
    int rc = licenses_parse_asked(asked[_i].text, &all, &n, &any, &err);

    str_init(&shown, 4096);
    if (!asked[_i].shown) {
        ck_assert_msg(rc < 0, "%s: taken", asked[_i].text);
        ck_assert_msg(strstr(err.msg, asked[_i].why) != NULL, "%s: %s", asked[_i].text,
                      err.msg);
        return;
    }
    ck_assert_msg(rc == 0, "%s: %s", asked[_i].text, err.msg);
    for (size_t i = 0; i < n; i++)
        str_addf(&shown, "%s:%lld ", all[i].name, (long long)all[i].count);
    licenses_free(all, n);
    ck_assert_str_eq(shown.s, asked[_i].shown);
    ck_assert_int_eq(any, asked[_i].any);
}
END_TEST

static int parse_many(int n, struct err *err)
{
    STR_AUTO struct str text;
    struct license *all = NULL;
    size_t got = 0;
    int rc;

    str_init(&text, 65536);
    for (int i = 0; i < n; i++)
        str_addf(&text, "%sl%d", i > 0 ? "," : "", i);
    rc = licenses_parse(text.s, &all, &got, err);
    licenses_free(all, got);
    return rc;
}

START_TEST(test_too_many)
{
    struct err err = ERR_INIT;

    ck_assert_int_eq(parse_many(LICENSES_MAX, &err), 0);
    ck_assert_int_lt(parse_many(LICENSES_MAX + 1, &err), 0);
    ck_assert_str_eq(err.msg, "more than 32 licences");
}
END_TEST

int main(void)
{
    return suite_main("crds/licenses",
                      (struct suite_row[]){{test_cases, ARRAY_LEN(cases)},
                                           {test_asked, ARRAY_LEN(asked)},
                                           {test_too_many, 1},
                                           {NULL, 0}});
}
