#include "cmd/gantry-sim/outages.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define HEAD "time_s,node,state\n"

static int read_text(struct outages *o, const char *text, struct err *err)
{
    const struct groups groups = {"2", "8", NULL, NULL};
    struct pool pool;
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "o");
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, err), 0);
    pool_init(&pool);
    ck_assert_int_eq(pool_add(&pool, &groups, err), 0);
    int rc = outages_read(o, path, &pool, err);
    pool_fini(&pool);
    tempdir_free(dir);
    return rc;
}

START_TEST(test_order)
{
    static const struct outage want[] = {
        {5, 0, false}, {60, 1, false}, {60, 0, true}, {90, 1, true}};
    struct outages o;
    struct err err = ERR_INIT;
    int rc = read_text(&o, HEAD "60,n2,down\n90,n2,up\n5,n1,down\n60,n1,up\n", &err);
    ck_assert_msg(rc == 0, "%s", err.msg);
    ck_assert_uint_eq(o.n, ARRAY_LEN(want));
    for (size_t i = 0; i < o.n; i++)
        ck_assert_msg(o.items[i].sec == want[i].sec &&
                          o.items[i].node == want[i].node &&
                          o.items[i].back == want[i].back,
                      "%zu: %ld n%zu", i, o.items[i].sec, o.items[i].node + 1);
    outages_fini(&o);
}
END_TEST

static const struct {
    const char *text, *message;
} bad[] = {
    {"", "/o:0: the first line must be time_s,node,state"},
    {"1,n1,down\n", "/o:1: the first line must be time_s,node,state"},
    {HEAD "1,n1\n", "/o:2: not three fields: time_s,node,state"},
    {HEAD ",n1,up\n", "/o:2: time_s: \"\" is no number from 0 on"},
    {HEAD "-1,n1,up\n", "/o:2: time_s: \"-1\" is no number from 0 on"},
    {HEAD "1,n3,up\n", "/o:2: node: there is no \"n3\""},
    {HEAD "1,n1,gone\n", "/o:2: state: \"gone\" is neither down nor up"},
};

START_TEST(test_bad)
{
    struct outages o;
    struct err err = ERR_INIT;
    ck_assert_int_eq(read_text(&o, bad[_i].text, &err), -1);
    ck_assert_msg(str_ends(err.msg, bad[_i].message), "%s", err.msg);
    outages_fini(&o);
}
END_TEST

/* A ceiling, told as all else is: where, and what. */
START_TEST(test_many)
{
    struct outages o;
    struct err err = ERR_INIT;
    STR_AUTO struct str text;
    str_init(&text, 1 << 20);
    str_add(&text, HEAD);
    for (int i = 0; i <= 100000; i++)
        str_add(&text, "1,n1,up\n");
    ck_assert_int_eq(read_text(&o, text.s, &err), -1);
    ck_assert_msg(str_ends(err.msg, "/o:100002: more than 100000 rows"), "%s", err.msg);
    outages_fini(&o);
}
END_TEST

int main(void)
{
    return suite_main(
        "gantry-sim/outages",
        (struct suite_row[]){
            {test_order, 1}, {test_bad, ARRAY_LEN(bad)}, {test_many, 1}, {NULL, 0}});
}
