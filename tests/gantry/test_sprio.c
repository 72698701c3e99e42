/* sprio against a golden session, and against the queue. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

static void submit(struct clitest *t, const char *name, const char *spec)
{
    ctltest_submit(t->ctl, name, spec);
    ctltest_settle(t->ctl);
}

/* A full cluster, and waiting jobs of three users of an account, with a QOS. */
static struct clitest *queue_new(void)
{
    struct clitest *t = clitest_new();

    ctltest_make(t->ctl, "QOS", "normal", "'priority':10");
    ctltest_make(t->ctl, "QOS", "high", "'priority':40");
    ctltest_make(t->ctl, "Account", "lab",
                 "'priority':30,'members':[{'user':'ann','fairshare':0},{'user':'bob'},"
                 "{'user':'carol','priority':60}]");
    submit(t, "full", "'nodes':4,'exclusive':true,'user':'ann','timeLimit':'1-0'");
    submit(t, "a", "'user':'ann','nodes':2");
    submit(t, "b", "'user':'bob','qos':'high','nice':250");
    submit(t, "held", "'user':'bob','hold':'User'");
    submit(t, "c", "'user':'carol','timeLimit':'10','siteFactor':-40");
    submit(t, "later", "'user':'carol','begin':'now+2days'");
    submit(t, "given", "'user':'bob','priority':77");
    ctltest_advance(t->ctl, 86400 / 2);
    return t;
}

START_TEST(test_session)
{
    struct clitest *t = queue_new();

    session_play(t, "tests/gantry/golden/sprio.txt");
    clitest_free(t);
}
END_TEST

/* Terms less nice come to the priority that squeue has, for every job with terms. */
START_TEST(test_adds_up)
{
    struct clitest *t = queue_new();
    int64_t queued[10] = {0}, id, total, sum, nice;
    const char *line;
    char *text;
    int n = 0;

    ck_assert_int_eq(clitest_run(t, "squeue -h -t PD -o '%i %Q'"), 0);
    for (line = t->out; line && sscanf(line, "%" SCNd64 " %" SCNd64, &id, &total) == 2;
         line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        queued[id] = total;
    ck_assert_int_eq(
        clitest_run(t, "sprio -h -o '%i %Y %N %A %B %F %J %P %Q %T %S %K %L %M'"), 0);
    text = t->out;
    for (char *row = strsep(&text, "\n"); row && *row; row = strsep(&text, "\n"), n++) {
        char *rest = row;

        id = strtoll(strsep(&rest, " "), NULL, 10);
        total = strtoll(strsep(&rest, " "), NULL, 10);
        nice = strtoll(strsep(&rest, " "), NULL, 10);
        sum = -nice;
        while (rest)
            sum += strtoll(strsep(&rest, " "), NULL, 10);
        ck_assert_int_eq(total, queued[id]);
        if (id != 7) /* it has what it was given */
            ck_assert_int_eq(total, sum);
    }
    ck_assert_int_eq(n, 4);
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/sprio", (struct suite_row[]){
                                          {test_session, 1},
                                          {test_adds_up, 1},
                                          {NULL, 0},
                                      });
}
