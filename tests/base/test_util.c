#include "base/util.h"

#include <string.h>

#include "tests/support/suite.h"

static const struct {
    int64_t a, b, want;
} sums[] = {
    {1, 2, 3},
    {INT64_MAX, -1, INT64_MAX - 1},
    {INT64_MAX - 1, 1, INT64_MAX},
    {INT64_MAX, 1, INT64_MAX},
    {INT64_MAX, INT64_MAX, INT64_MAX},
};

START_TEST(test_sums)
{
    ck_assert_int_eq(add_capped(sums[_i].a, sums[_i].b), sums[_i].want);
}
END_TEST

/* The numbers that were published with FNV-1a. */
static const struct {
    const char *text;
    uint64_t want;
} hashes[] = {
    {"", HASH_NOTHING},
    {"a", UINT64_C(0xaf63dc4c8601ec8c)},
    {"foobar", UINT64_C(0x85944171f73967e8)},
};

START_TEST(test_hashes)
{
    const char *text = hashes[_i].text;
    size_t n = strlen(text), half = n / 2;
    uint64_t hash = hash_bytes(HASH_NOTHING, text, half);

    ck_assert_uint_eq(hash_bytes(hash, text + half, n - half), hashes[_i].want);
}
END_TEST

static const struct {
    int key;
    size_t n, want;
} halves[] = {
    {5, 0, 0}, {0, 1, 0}, {1, 1, 0}, {2, 1, 1}, {0, 6, 0}, {1, 6, 0},
    {2, 6, 1}, {3, 6, 1}, {4, 6, 4}, {8, 6, 5}, {9, 6, 6}, {9, 5, 5},
};

START_TEST(test_halves)
{
    static const int sorted[] = {1, 3, 3, 3, 7, 8};
    size_t n = halves[_i].n;

    ck_assert_uint_eq(BISECT(n, at, sorted[at] < halves[_i].key), halves[_i].want);
}
END_TEST

int main(void)
{
    return suite_main("base/util", (struct suite_row[]){
                                       {test_sums, ARRAY_LEN(sums)},
                                       {test_hashes, ARRAY_LEN(hashes)},
                                       {test_halves, ARRAY_LEN(halves)},
                                       {NULL, 0},
                                   });
}
