/* Partitions that not everybody may use or see, end to end: hidden ones, those of
 * groups and those of operators, for a user who is none and for an administrator. */
#include "cmd/gantry/hidden.h"

#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/gantry/golden/"

/* Jobs 1 to 4 of alice, an administrator, one in each partition. */
static struct clitest *parts_new(void)
{
    static const char *const partitions[] = {"main", "secret", "staff", "ops"};
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "Partition", "secret", "'nodes':'n1','hidden':true");
    ctltest_make(t->ctl, "Partition", "staff",
                 "'nodes':'n2','allowGroups':['system:masters','staff']");
    ctltest_make(t->ctl, "Partition", "ops", "'nodes':'n3','rootOnly':true");
    ctltest_make(t->ctl, "Partition", "open",
                 "'nodes':'n4','allowGroups':['system:authenticated']");
    ctltest_make(t->ctl, "Partition", "shut",
                 "'nodes':'n4','denyGroups':['system:authenticated']");
    for (size_t i = 0; i < 4; i++) {
        AUTO_FREE char *line = xasprintf("sbatch -p %s --wrap true", partitions[i]);
        ck_assert_int_eq(clitest_run(t, line), 0);
    }
    ctltest_settle(t->ctl);
    return t;
}

START_TEST(test_operator)
{
    struct clitest *t = parts_new();

    session_play(t, GOLDEN "hidden_operator.txt");
    clitest_free(t);
}
END_TEST

START_TEST(test_user)
{
    struct clitest *t = parts_new();

    clitest_be(t, "ann");
    session_play(t, GOLDEN "hidden_user.txt");
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/hidden", (struct suite_row[]){
                                           {test_operator, 1},
                                           {test_user, 1},
                                           {NULL, 0},
                                       });
}
