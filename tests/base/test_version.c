/* All programs say of which version they are. */
#include "base/version.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

/* The first asks a server for its version as well, and there is none. */
static const struct {
    const char *name;
    int status;
} programs[] = {{"gantry", 1},
                {"gantry-controller", 0},
                {"gantry-launch", 0},
                {"gantry-local", 0},
                {"gantry-sim", 0}};

START_TEST(test_programs)
{
    char *root = tempdir_new();
    struct program p;

    program_start(&p, root,
                  (const char *[PROGRAM_ARGS_MAX]){programs[_i].name, "--version"});
    ck_assert_int_eq(program_end(&p), programs[_i].status);
    ck_assert_msg(strstr(p.said.s, GANTRY_VERSION "\n") != NULL, "%s", p.said.s);
    program_fini(&p);
    tempdir_free(root);
}
END_TEST

int main(void)
{
    return suite_main(
        "base/version",
        (struct suite_row[]){{test_programs, ARRAY_LEN(programs)}, {NULL, 0}});
}
