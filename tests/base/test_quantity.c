#include "base/quantity.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *text;
    int64_t milli, whole;
} good[] = {
    {"0", 0, 0},
    {"1", 1000, 1},
    {"+1", 1000, 1},
    {"250m", 250, 1},
    {"1.5", 1500, 2},
    {".5", 500, 1},
    {"1.", 1000, 1},
    {"0.1", 100, 1},
    {"100n", 1, 1},
    {"5u", 1, 1},
    {"1000u", 1, 1},
    {"1001u", 2, 1},
    {"1e3", 1000000, 1000},
    {"1E3", 1000000, 1000},
    {"12e-1", 1200, 2},
    {"1e-20", 1, 1},
    {"1e-4000", 1, 1},
    {"0e999", 0, 0},
    {"128M", 128000000000, 128000000},
    {"2k", 2000000, 2000},
    {"0.5Gi", 536870912000, 536870912},
    {"2Gi", 2147483648000, 2147483648},
    {"2Pi", 2251799813685248000, 2251799813685248},
    {"1.1Ki", 1126400, 1127},
    {"-1", -1000, -1},
    {"-1.5", -1500, -2},
    {"-1u", -1, -1},
    {"0000000000000000000000000000000000000001", 1000, 1},
    {"0.333333333333333333333333333333333333", 334, 1},
    {"1.000000000000000000000000000000000001", 1001, 2},
};

START_TEST(test_good)
{
    struct err err = ERR_INIT;
    int64_t milli = 0, whole = 0;
    const char *text = good[_i].text;
    ck_assert_msg(quantity_parse_milli(text, &milli, &err) == 0, "%s: %s", text,
                  err.msg);
    ck_assert_msg(milli == good[_i].milli, "%s: %ld milli", text, (long)milli);
    ck_assert_msg(quantity_parse(text, &whole, &err) == 0, "%s: %s", text, err.msg);
    ck_assert_msg(whole == good[_i].whole, "%s: %ld", text, (long)whole);
}
END_TEST

static const char *const bad[] = {
    "",
    " ",
    "1 ",
    " 1",
    "x",
    "1x",
    "K",
    "1K",
    "1KiB",
    "1kb",
    "1Gb",
    "--1",
    "+-1",
    "1.2.3",
    ".",
    "-",
    "+",
    "1e",
    "1e+",
    "1e3k",
    "e3",
    "0x10",
    "1,5",
    "1_0",
    "Gi",
    "1GiGi",
    "1e3.5",
    "infinity",
    "NaN",
    "1mi",
    "1\n",
    "9223372036854775808",
    "8Ei",
    "-9223372036854775809",
    "1e19",
    "1e99999999999",
    "1111111111111111111111111111111111111111111111111111111111111111111",
};

START_TEST(test_bad)
{
    struct err err = ERR_INIT;
    int64_t v = 77;
    ck_assert_msg(quantity_parse(bad[_i], &v, &err) == -1, "\"%s\" is taken", bad[_i]);
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_int_eq(v, 77);
    ck_assert_ptr_nonnull(strchr(err.msg, '"'));
}
END_TEST

START_TEST(test_limits)
{
    struct err err = ERR_INIT;
    int64_t v;
    ck_assert_int_eq(quantity_parse("9223372036854775807", &v, &err), 0);
    ck_assert(v == INT64_MAX);
    ck_assert_int_eq(quantity_parse("-9223372036854775808", &v, &err), 0);
    ck_assert(v == INT64_MIN);
    ck_assert_int_eq(quantity_parse_milli("9223372036854775.807", &v, &err), 0);
    ck_assert(v == INT64_MAX);
    ck_assert_int_eq(quantity_parse_milli("9223372036854775.808", &v, &err), -1);
    ck_assert_int_eq(quantity_parse_milli("9223372036854775.8071", &v, &err), -1);
    ck_assert_int_eq(quantity_parse("1E", &v, &err), 0); /* exa, not an exponent */
    ck_assert(v == INT64_C(1000000000000000000));
    ck_assert_int_eq(quantity_parse_milli("1E", &v, &err), -1);
    ck_assert_int_eq(quantity_parse("7.99999999999999999999Ei", &v, &err), -1);
    ck_assert_int_eq(quantity_parse("7.5Ei", &v, &err), 0);
    ck_assert(v == INT64_C(8646911284551352320));
}
END_TEST

static const struct {
    const char *json;
    int64_t milli; /* -1: refused */
} nodes[] = {
    {"\"250m\"", 250}, {"2", 2000},      {"0.1", 100},  {"1.5", 1500},
    {"0.7", 700},      {"1e3", 1000000}, {"true", -1},  {"{}", -1},
    {"[]", -1},        {"null", -1},     {"\"x\"", -1}, {"1e300", -1},
};

START_TEST(test_read)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *j = json_parse_str(nodes[_i].json, &err);
    ck_assert_msg(j != NULL, "%s", err.msg);
    int64_t milli = -1, whole = -1;
    int rc = quantity_read_milli(j, &milli, &err);
    ck_assert_msg(rc == (nodes[_i].milli < 0 ? -1 : 0), "%s", nodes[_i].json);
    ck_assert_msg(milli == nodes[_i].milli, "%s: %ld", nodes[_i].json, (long)milli);
    ck_assert_int_eq(quantity_read(j, &whole, &err), rc);
    if (rc == 0)
        ck_assert_int_eq(whole, (milli + 999) / 1000);
}
END_TEST

static const struct {
    const char *text;
    int64_t bytes; /* -1: refused */
    const char *shown;
} sizes[] = {
    {"0", 0, "0"},
    {"100", 104857600, "100M"},
    {"1K", 1024, "1K"},
    {"1000K", 1024000, "1000K"},
    {"1500M", 1572864000, "1500M"},
    {"64G", 68719476736, "64G"},
    {"64g", 68719476736, "64G"},
    {"64Gi", 68719476736, "64G"},
    {"2048M", 2147483648, "2G"},
    {"2T", 2199023255552, "2T"},
    {"4096T", 4503599627370496, "4096T"},
    {"1.5G", 1610612736, "1536M"},
    {"-1", -1, NULL},
    {"", -1, NULL},
    {"G", -1, NULL},
    {"64GB", -1, NULL},
    {"64P", -1, NULL},
    {"1e3", -1, NULL},
    {"64 G", -1, NULL},
    {"99999999999T", -1, NULL},
};

START_TEST(test_size)
{
    struct err err = ERR_INIT;
    int64_t bytes = -1;
    char shown[QUANTITY_TEXT_MAX];
    int rc = size_parse(sizes[_i].text, &bytes, &err);
    ck_assert_msg(rc == (sizes[_i].bytes < 0 ? -1 : 0), "\"%s\"", sizes[_i].text);
    ck_assert_msg(bytes == sizes[_i].bytes, "\"%s\": %ld", sizes[_i].text, (long)bytes);
    if (rc < 0)
        return;
    size_format(bytes, shown);
    ck_assert_str_eq(shown, sizes[_i].shown);
}
END_TEST

static const struct {
    int64_t value;
    const char *milli, *bytes;
} formats[] = {
    {0, "0", "0"},
    {1500, "1500m", "1500"},
    {2000, "2", "2000"},
    {-2000, "-2", "-2000"},
    {1, "1m", "1"},
    {1024, "1024m", "1Ki"},
    {68719476736, "68719476736m", "64Gi"},
    {-1048576, "-1048576m", "-1Mi"},
    {INT64_MAX, "9223372036854775807m", "9223372036854775807"},
    {INT64_MIN, "-9223372036854775808m", "-8Ei"},
};

START_TEST(test_format)
{
    char text[QUANTITY_TEXT_MAX];
    quantity_format_milli(formats[_i].value, text);
    ck_assert_str_eq(text, formats[_i].milli);
    quantity_format_bytes(formats[_i].value, text);
    ck_assert_str_eq(text, formats[_i].bytes);
}
END_TEST

static const struct {
    const char *text, *canonical; /* NULL: left alone */
} canonicals[] = {
    {"0", "0"},        {"0.5", "500m"},     {"500m", "500m"}, {"2000m", "2"},
    {"1000", "1k"},    {"1500", "1500"},    {"1.5k", "1500"}, {"1000000", "1M"},
    {"1024Mi", "1Gi"}, {"1.5Gi", "1536Mi"}, {"1Gi", "1Gi"},   {"1025Ki", "1025Ki"},
    {"-1000", "-1k"},  {"1E", NULL},        {"1e3", NULL},    {"5n", NULL},
    {"0.1Ki", NULL},   {"lots", NULL},      {"", NULL},
};

START_TEST(test_canonical)
{
    char text[QUANTITY_TEXT_MAX] = "";
    const bool done = quantity_canonical(canonicals[_i].text, text);

    ck_assert_msg(done == (canonicals[_i].canonical != NULL), "%s",
                  canonicals[_i].text);
    if (done)
        ck_assert_str_eq(text, canonicals[_i].canonical);
}
END_TEST

int main(void)
{
    return suite_main("base/quantity", (struct suite_row[]){
                                           {test_good, ARRAY_LEN(good)},
                                           {test_bad, ARRAY_LEN(bad)},
                                           {test_limits, 1},
                                           {test_read, ARRAY_LEN(nodes)},
                                           {test_size, ARRAY_LEN(sizes)},
                                           {test_format, ARRAY_LEN(formats)},
                                           {test_canonical, ARRAY_LEN(canonicals)},
                                           {NULL, 0},
                                       });
}
