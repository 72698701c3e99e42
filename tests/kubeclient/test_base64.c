#include "kubeclient/base64.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *text;
    const char *bytes; /* NULL: malformed */
    size_t len;
} rows[] = {
    {"", "", 0},
    {"Zg==", "f", 1},
    {"Zm8=", "fo", 2},
    {"Zm9v", "foo", 3},
    {"Zm9v\nYg==\r\n", "foob", 4},
    {"AAAA", "\0\0\0", 3},
    {"+/+/", "\xfb\xff\xbf", 3},
    {"Zg", NULL, 0},
    {"Zg=", NULL, 0},
    {"Zg===", NULL, 0},
    {"Z", NULL, 0},
    {"Z===", NULL, 0},
    {"=", NULL, 0},
    {"Zm9v=", NULL, 0},
    {"Zg==Zg==", NULL, 0},
    {"Zm=v", NULL, 0},
    {"Zh==", NULL, 0}, /* bits behind the end */
    {"Zm9=", NULL, 0},
    {"Zm 9v", NULL, 0},
    {"Zm-_", NULL, 0}, /* another alphabet */
    {"Zm\xc3\xa9", NULL, 0},
};

START_TEST(test_decode)
{
    size_t len = 0;
    AUTO_FREE char *bytes = base64_decode(rows[_i].text, &len);

    ck_assert_msg((bytes != NULL) == (rows[_i].bytes != NULL), "%s", rows[_i].text);
    if (bytes == NULL)
        return;
    ck_assert_msg(len == rows[_i].len, "%s: %zu bytes", rows[_i].text, len);
    ck_assert_msg(memcmp(bytes, rows[_i].bytes, len + 1) == 0, "%s", rows[_i].text);
}
END_TEST

int main(void)
{
    return suite_main("kubeclient/base64", (struct suite_row[]){
                                               {test_decode, ARRAY_LEN(rows)},
                                               {NULL, 0},
                                           });
}
