/* The controller against the embedded API server, on a virtual clock. */
#include "cmd/gantry-controller/controller.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/ctltest.h"
#include "tests/support/suite.h"

/* Jobs that were submitted while no controller lived get their ids in their order. */
START_TEST(test_ids_in_order)
{
    struct ctltest *t = ctltest_new();
    ctltest_kill(t);
    ctltest_submit(t, "c", "");
    ctltest_submit(t, "a", "");
    ctltest_advance(t, 2);
    ctltest_submit(t, "b", "");
    ctltest_start(t);
    ctltest_settle(t);
    ctltest_expect(t, "c", "status.jobID=1");
    ctltest_expect(t, "a", "status.jobID=2");
    ctltest_expect(t, "b", "status.jobID=3");
    ctltest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/controller",
                      (struct suite_row[]){
                          {test_ids_in_order, 1},
                          {NULL, 0},
                      });
}
