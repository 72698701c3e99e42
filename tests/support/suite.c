#include "tests/support/suite.h"

#include <stdlib.h>

#include "tests/support/checkout.h"

Suite *suite_one(const char *name, const struct suite_row *rows)
{
    Suite *s = suite_create(name);
    TCase *tc = tcase_create(name);

    for (; rows->test != NULL; rows++)
        tcase_add_loop_test(tc, rows->test, 0, (int)rows->cases);
    suite_add_tcase(s, tc);
    return s;
}

int suite_run(Suite *s)
{
    SRunner *runner = srunner_create(s);
    int failed;

    checkout_enter();
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int suite_main(const char *name, const struct suite_row *rows)
{
    return suite_run(suite_one(name, rows));
}
