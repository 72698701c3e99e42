#include "base/hostlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static void join(const struct hostlist *hl, struct str *out)
{
    for (size_t i = 0; i < hl->n; i++)
        str_addf(out, "%s%s", i ? " " : "", hl->names[i]);
}

static const struct {
    const char *text;
    const char *names;
    const char *shown; /* NULL: as `text` */
} good[] = {
    {"n1", "n1", NULL},
    {"n[1-3,7]", "n1 n2 n3 n7", NULL},
    {"n1,n2,n3,n7", "n1 n2 n3 n7", "n[1-3,7]"},
    {"gpu-[001-002]a", "gpu-001a gpu-002a", NULL},
    {"n[1-3,7],gpu-[001-002]a", "n1 n2 n3 n7 gpu-001a gpu-002a", NULL},
    {"r[1-2]n[1-2]", "r1n1 r1n2 r2n1 r2n2", "r1n[1-2],r2n[1-2]"},
    {"n[9-11]", "n9 n10 n11", NULL},
    {"n[09-11]", "n09 n10 n11", NULL},
    {"n[09,010]", "n09 n010", NULL},
    {"n[099-100]", "n099 n100", NULL},
    {"n[5]", "n5", "n5"},
    {"[1-2]", "1 2", NULL},
    {"a,b", "a b", NULL},
    {"a.b-c_d", "a.b-c_d", NULL},
    {"n1,n1", "n1 n1", "n[1,1]"},
    {"n3,n2,n1", "n3 n2 n1", "n[3,2,1]"},
    {"n[1,3-4,6]", "n1 n3 n4 n6", NULL},
    {"ip-10-0-0-[1-2].ec2", "ip-10-0-0-1.ec2 ip-10-0-0-2.ec2",
     "ip-10-0-0-1.ec2,ip-10-0-0-2.ec2"},
};

START_TEST(test_good)
{
    struct err err = ERR_INIT;
    HOSTLIST_AUTO struct hostlist hl = {0};
    STR_AUTO struct str out = {0};
    str_init(&out, 4096);
    ck_assert_msg(hostlist_parse(&hl, good[_i].text, &err) == 0, "%s: %s",
                  good[_i].text, err.msg);
    join(&hl, &out);
    ck_assert_str_eq(out.s, good[_i].names);
    str_reset(&out);
    hostlist_format(&hl, &out);
    ck_assert_str_eq(out.s, good[_i].shown ? good[_i].shown : good[_i].text);
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} bad[] = {
    {"", "character 1:"},
    {",", "character 1:"},
    {"n1,", "character 4:"},
    {"n1,,n2", "character 4:"},
    {"n[", "character 3:"},
    {"n[]", "character 3:"},
    {"n[1", "character 4:"},
    {"n[1-]", "character 3:"},
    {"n[3-1]", "character 3:"},
    {"n[1,]", "character 5:"},
    {"n[a]", "character 3:"},
    {"n[1]]", "character 5:"},
    {"n]", "character 2:"},
    {"n 1", "character 2:"},
    {"n[[1]]", "character 3:"},
    {"n[-1]", "character 3:"},
    {"n[1234567890]", "character 3:"},
    {"n/../m", "character 2:"},
    {"n[1-70000]", "more than 65536 hosts"},
    {"n[0-999999999]", "more than 65536 hosts"},
    {"n[1-999][1-999][1-999][1-999]", "more than 65536 hosts"},
};

START_TEST(test_bad)
{
    struct err err = ERR_INIT;
    HOSTLIST_AUTO struct hostlist hl = {0};
    hostlist_add(&hl, "there");
    ck_assert_msg(hostlist_parse(&hl, bad[_i].text, &err) == -1, "\"%s\"",
                  bad[_i].text);
    ck_assert_msg(strstr(err.msg, bad[_i].says) != NULL, "\"%s\": %s", bad[_i].text,
                  err.msg);
    ck_assert_uint_eq(hl.n, 1); /* as it was */
}
END_TEST

START_TEST(test_long_name)
{
    struct err err = ERR_INIT;
    HOSTLIST_AUTO struct hostlist hl = {0};
    char text[300];
    memset(text, 'a', sizeof(text));
    text[253] = '\0';
    ck_assert_int_eq(hostlist_parse(&hl, text, &err), 0);
    text[253] = 'a';
    text[254] = '\0';
    ck_assert_int_eq(hostlist_parse(&hl, text, &err), -1);
    memcpy(text + 251, "[1-999]", 8);
    ck_assert_int_eq(hostlist_parse(&hl, text, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.msg, "over 253 characters"));
    ck_assert_uint_eq(hl.n, 1);
}
END_TEST

START_TEST(test_sort)
{
    struct err err = ERR_INIT;
    HOSTLIST_AUTO struct hostlist hl = {0};
    STR_AUTO struct str out = {0};
    str_init(&out, 4096);
    hostlist_sort(&hl);
    ck_assert_uint_eq(hl.n, 0);
    ck_assert_int_eq(hostlist_parse(&hl, "n10,n2,m1,n1,n2,n01,n3,n", &err), 0);
    hostlist_sort(&hl);
    join(&hl, &out);
    ck_assert_str_eq(out.s, "m1 n n01 n1 n2 n3 n10");
    str_reset(&out);
    hostlist_format(&hl, &out);
    ck_assert_str_eq(out.s, "m1,n,n[01,1-3,10]");
}
END_TEST

static const struct {
    const char *a, *b;
    int order;
} orders[] = {
    {"n2", "n10", -1},     {"n10", "n2", 1},
    {"n1", "n1", 0},       {"n01", "n1", -1},
    {"a", "b", -1},        {"n", "n1", -1},
    {"n1a2", "n1a10", -1}, {"r2n1", "r10n0", -1},
    {"", "a", -1},         {"n99999999999999999999998", "n99999999999999999999999", -1},
};

START_TEST(test_compare)
{
    int order = hostname_compare(orders[_i].a, orders[_i].b);
    int back = hostname_compare(orders[_i].b, orders[_i].a);
    ck_assert_msg((order > 0) - (order < 0) == orders[_i].order, "%s %s", orders[_i].a,
                  orders[_i].b);
    ck_assert_int_eq((back > 0) - (back < 0), -orders[_i].order);
}
END_TEST

/* What is written reads back as the same list. */
START_TEST(test_round_trip)
{
    struct err err = ERR_INIT;
    HOSTLIST_AUTO struct hostlist hl = {0}, again = {0};
    STR_AUTO struct str out = {0}, first = {0};
    str_init(&out, 1 << 20);
    str_init(&first, 1 << 20);
    ck_assert_int_eq(hostlist_parse(&hl, "r[1-8]n[001-128],x[8-12,007,99-101]", &err),
                     0);
    hostlist_format(&hl, &out);
    ck_assert_msg(hostlist_parse(&again, out.s, &err) == 0, "%s", err.msg);
    str_reset(&out);
    join(&hl, &first);
    join(&again, &out);
    ck_assert_str_eq(out.s, first.s);
}
END_TEST

int main(void)
{
    return suite_main("base/hostlist", (struct suite_row[]){
                                           {test_good, ARRAY_LEN(good)},
                                           {test_bad, ARRAY_LEN(bad)},
                                           {test_long_name, 1},
                                           {test_sort, 1},
                                           {test_compare, ARRAY_LEN(orders)},
                                           {test_round_trip, 1},
                                           {NULL, 0},
                                       });
}
