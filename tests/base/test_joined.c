#include "base/joined.h"

#include <malloc.h>
#include <stdlib.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* Nothing is left to be joined later. (With a sanitizer nothing ever is.) */
START_TEST(test_freed)
{
    void *pieces[1000];

    free_joined();
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
        pieces[i] = xmalloc(48);
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
        free(pieces[i]);
    ck_assert_uint_eq(mallinfo2().smblks, 0);
}
END_TEST

int main(void)
{
    return suite_main("base/joined", (struct suite_row[]){{test_freed, 1}, {NULL, 0}});
}
