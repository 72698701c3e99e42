/* Tests find their files and programs wherever they are run. */
#include "tests/support/checkout.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* Where from, as from the top. */
static const char *const places[] = {".", "tests/gantry/golden", "/", "/tmp"};

START_TEST(test_enter)
{
    AUTO_FREE char *top = getcwd(NULL, 0);

    ck_assert_int_eq(chdir(places[_i]), 0);
    checkout_enter();
    AUTO_FREE char *here = getcwd(NULL, 0);
    ck_assert_str_eq(here, top);
    ck_assert_int_eq(access("tests/gantry/golden/het.txt", R_OK), 0);
}
END_TEST

/* BIN before, as from `places`, and after, as from the top. */
static const struct {
    const char *from, *bin, *is;
} programs[] = {
    {".", "tests/support", "tests/support"},
    {"tests/gantry", "../support", "tests/support"},
    {"/tmp", "/nosuch", "/nosuch"},
};

START_TEST(test_programs)
{
    AUTO_FREE char *saved = getenv("BIN") ? xstrdup(getenv("BIN")) : NULL;

    ck_assert_int_eq(chdir(programs[_i].from), 0);
    setenv("BIN", programs[_i].bin, 1);
    checkout_enter();
    AUTO_FREE char *is = realpath(programs[_i].is, NULL);
    ck_assert_str_eq(getenv("BIN"), is ? is : programs[_i].is);
    unsetenv("BIN");
    checkout_enter();
    AUTO_FREE char *self = realpath("/proc/self/exe", NULL);
    const char *bin = getenv("BIN");
    const char *end = bin ? strrchr(bin, '/') : NULL;
    ck_assert(end && strcmp(end, "/bin") == 0 &&
              strncmp(self, bin, (size_t)(end - bin) + 1) == 0);
    if (saved)
        setenv("BIN", saved, 1);
}
END_TEST

int main(void)
{
    return suite_main("support/checkout", (struct suite_row[]){
                                              {test_enter, ARRAY_LEN(places)},
                                              {test_programs, ARRAY_LEN(programs)},
                                              {NULL, 0},
                                          });
}
