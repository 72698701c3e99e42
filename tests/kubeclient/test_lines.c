#include "kubeclient/lines.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define LINE_MAX_BYTES 8

struct heard {
    struct str text;
    int left; /* lines until no more are wanted */
};

static bool on_line(void *arg, const char *line, size_t len)
{
    struct heard *h = arg;

    str_addn(&h->text, line, len);
    str_addc(&h->text, '|');
    return --h->left > 0;
}

static const struct {
    const char *name;
    const char *chunks[4];
    const char *lines;
    int want; /* lines */
    int rc;   /* of the last chunk */
} rows[] = {
    {"none", {""}, "", 9, 0},
    {"one", {"abc\n"}, "abc|", 9, 0},
    {"two and the beginning of a third", {"a\nb\nc"}, "a|b|", 9, 0},
    {"in pieces", {"a", "b\nc", "", "d\n"}, "ab|cd|", 9, 0},
    {"empty lines", {"\n\r\n\na\n\n"}, "a|", 9, 0},
    {"carriage returns", {"a\r\nb\rc\r\n", "d\r", "\n"}, "a|b\rc|d|", 9, 0},
    {"as long as may be", {"12345678\n", "1234567", "8\n"}, "12345678|12345678|", 9, 0},
    {"too long", {"a\n123456789\nb\n"}, "a|", 9, -1},
    {"too long in pieces", {"12345", "6789"}, "", 9, -1},
    {"too long without an end", {"123456789"}, "", 9, -1},
    {"enough", {"a\nb\nc\n"}, "a|b|", 2, 0},
    {"enough, in pieces", {"a", "\nb\nc\n"}, "a|", 1, 0},
};

START_TEST(test_lines)
{
    struct heard h = {.left = rows[_i].want};
    struct kc_lines lines;
    int rc = 0;

    str_init(&h.text, 1000);
    kc_lines_init(&lines, LINE_MAX_BYTES);
    for (size_t i = 0; i < ARRAY_LEN(rows[_i].chunks) && rows[_i].chunks[i]; i++) {
        /* Of its exact size, so that reading behind it is seen. */
        size_t len = strlen(rows[_i].chunks[i]);
        AUTO_FREE char *bytes = xmalloc(MAX(len, 1u));
        ck_assert_msg(rc == 0, "%s: before chunk %zu", rows[_i].name, i);
        memcpy(bytes, rows[_i].chunks[i], len);
        rc = kc_lines_feed(&lines, bytes, len, on_line, &h);
    }
    ck_assert_msg(rc == rows[_i].rc, "%s: returns %d", rows[_i].name, rc);
    ck_assert_msg(str_eq(h.text.s, rows[_i].lines), "%s: %s", rows[_i].name, h.text.s);
    kc_lines_fini(&lines);
    str_fini(&h.text);
}
END_TEST

START_TEST(test_reset)
{
    struct heard h = {.left = 9};
    struct kc_lines lines;

    str_init(&h.text, 1000);
    kc_lines_init(&lines, LINE_MAX_BYTES);
    ck_assert_int_eq(kc_lines_feed(&lines, "abc", 3, on_line, &h), 0);
    kc_lines_reset(&lines);
    ck_assert_int_eq(kc_lines_feed(&lines, "123456789", 9, on_line, &h), -1);
    kc_lines_reset(&lines);
    ck_assert_int_eq(kc_lines_feed(&lines, "12345678\n", 9, on_line, &h), 0);
    ck_assert_str_eq(h.text.s, "12345678|");
    kc_lines_fini(&lines);
    str_fini(&h.text);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/lines", (struct suite_row[]){
                                              {test_lines, ARRAY_LEN(rows)},
                                              {test_reset, 1},
                                              {NULL, 0},
                                          });
}
