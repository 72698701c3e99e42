/* Which bytes are a character of UTF-8. */
#include "base/utf8.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *bytes;
    size_t len;
} cases[] = {
    {"a", 1},
    {"\x7f", 1},
    {"\xc3\xa9", 2},         /* e with an acute accent */
    {"\xe2\x82\xac", 3},     /* the euro */
    {"\xef\xbf\xbf", 3},     /* U+FFFF */
    {"\xf4\x8f\xbf\xbf", 4}, /* U+10FFFF, the last */
    {"\x80", 0},             /* the rest of one */
    {"\xff", 0},
    {"\xc3", 0}, /* cut off */
    {"\xe2\x82", 0},
    {"\xe2\x28\xa1", 0},
    {"\xc0\xaf", 0}, /* overlong */
    {"\xe0\x80\xaf", 0},
    {"\xf0\x80\x80\xaf", 0},
    {"\xed\xa0\x80", 0},     /* a surrogate */
    {"\xf4\x90\x80\x80", 0}, /* behind the last */
};

START_TEST(test_len)
{
    const char *bytes = cases[_i].bytes;

    ck_assert_uint_eq(utf8_len(bytes, strlen(bytes)), cases[_i].len);
}
END_TEST

int main(void)
{
    return suite_main("base/utf8", (struct suite_row[]){
                                       {test_len, ARRAY_LEN(cases)},
                                       {NULL, 0},
                                   });
}
