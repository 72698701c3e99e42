/* Slurm's dependency grammar, read and written; and its states in status. */
#include "crds/dependency.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define TEXT_MAX 65536

/* What is read, in the form of status; NULL: refused, and the sentence has `why`. */
static const struct {
    const char *text, *shown, *why;
} cases[] = {
    {"", "", NULL},
    {"12", "afterany:12(fulfilled)", NULL},
    {"afterok:12", "afterok:12(fulfilled)", NULL},
    {"AfterNotOK:1,SINGLETON", "afternotok:1(fulfilled),singleton(fulfilled)", NULL},
    {"afterok:1:2,afterany:3",
     "afterok:1(fulfilled),afterok:2(fulfilled),afterany:3(fulfilled)", NULL},
    {"after:1+5:2,3", "after:1+5(fulfilled),after:2(fulfilled),afterany:3(fulfilled)",
     NULL},
    {"afterok:1?afterok:2", "afterok:1(fulfilled)?afterok:2(fulfilled)", NULL},
    {"12_3", "afterany:12_3(fulfilled)", NULL},
    {"after:12_0+5,afterok:12_[1,3-4]:9",
     "after:12_0+5(fulfilled),afterok:12_1(fulfilled),afterok:12_3(fulfilled),"
     "afterok:12_4(fulfilled),afterok:9(fulfilled)",
     NULL},
    {"aftercorr:12:13_4", "aftercorr:12(fulfilled),aftercorr:13_4(fulfilled)", NULL},
    {"afternotok:12_*", "afternotok:12(fulfilled)", NULL},
    {"after:4294967295+525600", "after:4294967295+525600(fulfilled)", NULL},

    {"afterok", NULL, "afterok names no job; right is afterok:12"},
    {"afterok:", NULL, "\"\" is no job's number"},
    {"afterok:0", NULL, "no job's number"},
    {"afterok:4294967296", NULL, "no job's number"},
    {"afterok:99999999999999999999", NULL, "no job's number"},
    {"afterok:x", NULL, "no job's number"},
    {"afterok:-1", NULL, "no job's number"},
    {"afterok:1:", NULL, "no job's number"},
    {"afterok:1+5", NULL, "only after takes minutes"},
    {"after:1+", NULL, "behind + stand minutes"},
    {"after:1+525601", NULL, "behind + stand minutes"},
    {"afterok:12_", NULL, "names no tasks of an array; right is 12_3, 12_[1-4,7] or"},
    {"afterok:12_x", NULL, "names no tasks of an array"},
    {"afterok:12_-1", NULL, "names no tasks of an array"},
    {"afterok:12_10001", NULL, "\"12_10001\" names no tasks of an array"},
    {"afterok:12_[]", NULL, "names no tasks of an array"},
    {"afterok:12_[1-4", NULL, "names no tasks of an array"},
    {"afterok:12_[1-", NULL, "names no tasks of an array"},
    {"afterok:12_[3-1]", NULL, "names no tasks of an array"},
    {"afterok:12_[1%2]", NULL, "names no tasks of an array"},
    {"afterok:12_[*]", NULL, "names no tasks of an array"},
    {"afterok:12_1-3", NULL, "\"-3\" is not understood"},
    {"afterok:12_3+5", NULL, "only after takes minutes"},
    {"afterburstbuffer:12", NULL, "afterburstbuffer waits for a burst buffer"},
    {"expand:12", NULL, "expand changes the size of another job"},
    {"before:12", NULL, "\"before:12\" is none of after:"},
    {"afterok:1,afterok:2?afterok:3", NULL, "either all are apart by \",\""},
    {"afterok:1,", NULL, "nothing stands behind the last \",\""},
    {"afterok:1?", NULL, "nothing stands behind the last \"?\""},
    {",afterok:1", NULL, "is none of after:"},
    {"afterok:1,,afterok:2", NULL, "is none of after:"},
    {"afterok:1 ", NULL, "\" \" is not understood"},
    {"afterok:1(failed)", NULL, "\"(failed)\" is not understood"},
    {"singleton:1", NULL, "\":1\" is not understood"},
};

START_TEST(test_cases)
{
    AUTO_FREE struct depend *list = NULL;
    struct err err = ERR_INIT;
    STR_AUTO struct str shown;
    bool any = false;
    size_t n = 0;
    int rc = dependency_parse(cases[_i].text, &list, &n, &any, &err);

    str_init(&shown, TEXT_MAX);
    if (!cases[_i].shown) {
        ck_assert_msg(rc < 0, "%s: taken", cases[_i].text);
        ck_assert_msg(strstr(err.msg, cases[_i].why) != NULL, "%s: %s", cases[_i].text,
                      err.msg);
        return;
    }
    ck_assert_msg(rc == 0, "%s: %s", cases[_i].text, err.msg);
    dependency_format(list, n, any, &shown);
    ck_assert_str_eq(shown.s, cases[_i].shown);
}
END_TEST

START_TEST(test_too_many)
{
    AUTO_FREE struct depend *list = NULL;
    struct err err = ERR_INIT;
    STR_AUTO struct str text;
    bool any;
    size_t n;

    str_init(&text, TEXT_MAX);
    str_add(&text, "afterok");
    for (int i = 1; i <= DEPENDENCY_MAX; i++)
        str_addf(&text, ":%d", i);
    ck_assert_int_eq(dependency_parse(text.s, &list, &n, &any, &err), 0);
    ck_assert_uint_eq(n, DEPENDENCY_MAX);
    str_add(&text, ":9");
    free(list);
    list = NULL;
    ck_assert_int_lt(dependency_parse(text.s, &list, &n, &any, &err), 0);
    ck_assert_str_eq(err.msg, "more than 1000 jobs to wait for");
}
END_TEST

/* `asked` with the states that `status` tells of. */
static const struct {
    const char *asked, *status, *then, *remaining;
} recalls[] = {
    {"afterok:1,afterany:2,afternotok:3",
     "afterok:1(fulfilled),afterany:2(unfulfilled),afternotok:3(failed)",
     "met open failed", "afterany:2(unfulfilled),afternotok:3(failed)"},
    {"afterok:1", "afterok:1(fulfilled)", "met", ""},
    {"after:1+5", "after:1+6(fulfilled)", "new", ""},
    {"afterok:1_2,afterok:1_3,afterok:1", "afterok:1_3(failed),afterok:1(fulfilled)",
     "new failed met", "afterok:1_3(failed)"},
    {"afterok:1,afterok:4", "afterok:1(fulfilled)", "met new", ""},
    {"singleton", "singleton(unfulfilled)", "new", "singleton(unfulfilled)"},
    {"afterok:1?afterok:2", "afterok:1(failed)?afterok:2(unfulfilled)", "failed open",
     "afterok:1(failed)?afterok:2(unfulfilled)"},
    {"afterok:1", "afterok:1(lost)", "new", ""},
    {"afterok:1", "?", "new", ""},
};

START_TEST(test_recall)
{
    static const char *const words[] = {"new", "open", "met", "failed"};
    AUTO_FREE struct depend *list = NULL;
    STR_AUTO struct str then, remaining;
    bool any;
    size_t n;

    str_init(&then, TEXT_MAX);
    str_init(&remaining, TEXT_MAX);
    ck_assert_int_eq(dependency_parse(recalls[_i].asked, &list, &n, &any, NULL), 0);
    dependency_recall(recalls[_i].status, list, n);
    for (size_t i = 0; i < n; i++)
        str_addf(&then, "%s%s", i > 0 ? " " : "", words[list[i].state]);
    ck_assert_str_eq(then.s, recalls[_i].then);
    dependency_remaining(recalls[_i].status, &remaining);
    ck_assert_str_eq(remaining.s, recalls[_i].remaining);
}
END_TEST

int main(void)
{
    return suite_main("crds/dependency", (struct suite_row[]){
                                             {test_cases, ARRAY_LEN(cases)},
                                             {test_too_many, 1},
                                             {test_recall, ARRAY_LEN(recalls)},
                                             {NULL, 0},
                                         });
}
