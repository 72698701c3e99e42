#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/nodegroups.h"
#include "tests/support/suite.h"

static const struct nodegroup a100 = {.gpus = 4, .gpu_type = "a100"};

static const struct {
    const char *text;
    const char *want; /* printed again, or what the error names */
    bool ok;
} rows[] = {
    {"1", "1xa100:4", true},
    {"4", "4xa100:4", true},
    {"2xh100:8", "2xh100:8", true},
    {"2xh100:8,2xa100:8", "2xh100:8,2xa100:8", true},
    {"2x8,3x0", "2x8,3x0", true},
    {"1xmax:1", "1xmax:1", true},
    {"10000", "10000xa100:4", true},
    {"", "\"\"", false},
    {"0", "\"0\"", false},
    {"-1", "\"-1\"", false},
    {"two", "\"two\"", false},
    {"2,", "\"\"", false},
    {",2", "\"\"", false},
    {"2x", "\"\"", false},
    {"2xh100", "\"h100\"", false},
    {"2xh100:65", "\"h100:65\"", false},
    {"2x:8", "\":8\"", false},
    {"2xh 100:8", "type", false},
    {"2 xh100:8", "\"2 xh100:8\"", false},
    {"10001", "10000 nodes", false},
    {"9999,2", "10000 nodes", false},
    {"99999999999999999999", "\"9999", false},
    {"1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "16 groups", false},
};

START_TEST(test_parse)
{
    struct nodegroups g = {.n = 99};
    struct err err = ERR_INIT;
    STR_AUTO struct str printed;

    str_init(&printed, 4096);
    const int rc = nodegroups_parse(rows[_i].text, &a100, &g, &err);
    ck_assert_msg((rc == 0) == rows[_i].ok, "\"%s\": %s", rows[_i].text, err.msg);
    if (rc != 0) {
        ck_assert_msg(strstr(err.msg, rows[_i].want), "\"%s\": %s", rows[_i].text,
                      err.msg);
        ck_assert_uint_eq(g.n, 99);
        return;
    }
    nodegroups_print(&g, &printed);
    ck_assert_str_eq(printed.s, rows[_i].want);
}
END_TEST

START_TEST(test_count)
{
    struct nodegroups g;

    ck_assert_int_eq(nodegroups_parse("2xh100:8,3", &a100, &g, NULL), 0);
    ck_assert_int_eq(nodegroups_count(&g), 5);
    ck_assert_uint_eq(g.n, 2);
    ck_assert_str_eq(g.items[0].gpu_type, "h100");
    ck_assert_int_eq(g.items[1].gpus, 4);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/nodegroups", (struct suite_row[]){
                                                     {test_parse, ARRAY_LEN(rows)},
                                                     {test_count, 1},
                                                     {NULL, 0},
                                                 });
}
