#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 32768, 32769, 1000000};

START_TEST(test_pieces)
{
    ARENA_AUTO struct arena *a = arena_new();
    unsigned char *pieces[20];
    size_t i, k, set = 0;

    for (i = 0; i < ARRAY_LEN(pieces); i++) {
        pieces[i] = arena_alloc(a, sizes[_i]);
        ck_assert_uint_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (k = 0; k < sizes[_i]; k++)
            set += pieces[i][k] != 0;
        ck_assert_uint_eq(set, 0);
        memset(pieces[i], (int)i + 1, sizes[_i]);
    }
    for (i = 0; i < ARRAY_LEN(pieces) && sizes[_i] > 0; i++) {
        ck_assert_uint_eq(pieces[i][0], i + 1);
        ck_assert_uint_eq(pieces[i][sizes[_i] - 1], i + 1);
    }
}
END_TEST

/* One round of a step: small pieces, and a large one between them. */
static void one_round(struct arena *a)
{
    size_t i;

    for (i = 0; i < 2000; i++)
        memset(arena_alloc(a, 100), 0xff, 100);
    memset(arena_alloc(a, 200000), 0xff, 200000);
    for (i = 0; i < 2000; i++)
        memset(arena_alloc(a, 100), 0xff, 100);
}

START_TEST(test_reset_keeps_blocks)
{
    ARENA_AUTO struct arena *a = arena_new();
    const unsigned char *piece;
    size_t held, i;

    ck_assert_uint_eq(arena_bytes(a), 0);
    arena_reset(a);
    one_round(a);
    held = arena_bytes(a);
    ck_assert_uint_ge(held, 600000);
    ck_assert_uint_le(held, 750000);
    for (i = 0; i < 10; i++) {
        arena_reset(a);
        one_round(a);
    }
    ck_assert_uint_eq(arena_bytes(a), held);
    arena_reset(a);
    piece = arena_alloc(a, 100);
    for (i = 0; i < 100; i++)
        ck_assert_uint_eq(piece[i], 0);
}
END_TEST

START_TEST(test_text)
{
    ARENA_AUTO struct arena *a = arena_new();

    ck_assert_str_eq(arena_strdup(a, "abc"), "abc");
    ck_assert_str_eq(arena_strdup(a, ""), "");
    ck_assert_ptr_null(arena_strdup(a, NULL));
    ck_assert_str_eq(arena_printf(a, "%s-%03d", "n", 7), "n-007");
    ck_assert_uint_eq(strlen(arena_printf(a, "%*d", 100000, 1)), 100000);
}
END_TEST

START_TEST(test_free_null)
{
    arena_free(NULL);
}
END_TEST

int main(void)
{
    return suite_main("base/arena", (struct suite_row[]){
                                        {test_pieces, ARRAY_LEN(sizes)},
                                        {test_reset_keeps_blocks, 1},
                                        {test_text, 1},
                                        {test_free_null, 1},
                                        {NULL, 0},
                                    });
}
