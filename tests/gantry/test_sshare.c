/* sshare against golden sessions, whose headings and layout were compared with
 * Slurm's. */
#include <stdlib.h>

#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/session.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/gantry/golden/"

static void submit(struct clitest *t, const char *name, const char *spec)
{
    ctltest_submit(t->ctl, name, spec);
    ctltest_settle(t->ctl);
}

/* alice is who asks. Accounts two deep, one that is as if it were not there, one of a
 * namespace, one that is in no tree; jobs of alice and bob have run for an hour and go
 * on, carol's has ended. */
static struct clitest *tree_new(const char *priority_flags)
{
    struct clitest *t = clitest_new();

    ctltest_kill(t->ctl);
    t->ctl->settings.sched.priority_flags = priority_flag(priority_flags);
    ctltest_start(t->ctl);
    ctltest_make(t->ctl, "Account", "root", "'members':[{'user':'admin'}]");
    ctltest_make(t->ctl, "Account", "physics", "'fairshare':3,'members':[]");
    ctltest_make(
        t->ctl, "Account", "lasers",
        "'parent':'physics','fairshare':2,'limits':{'grpTRESMins':{'cpu':"
        "100000,'mem':'2G','gres/gpu:h100':5000}},'members':[{'user':'bob'},{'user':"
        "'alice','fairshare':3},{'user':'alice','partition':'main'}]");
    ctltest_make(
        t->ctl, "Account", "astro",
        "'parent':'physics','members':[{'user':'carol','fairshare':'parent'}]");
    ctltest_make(t->ctl, "Account", "guests",
                 "'fairshare':'parent','members':[{'namespace':'default'}]");
    ctltest_make(t->ctl, "Account", "lost",
                 "'parent':'nowhere','members':[{'user':'dave'}]");
    submit(t, "a",
           "'user':'alice','account':'lasers','cpusPerTask':2,'timeLimit':'1-0'");
    submit(t, "b", "'user':'bob','account':'lasers','gpusPerNode':4,'timeLimit':'120'");
    submit(t, "c", "'user':'carol','account':'astro','nodes':2,'timeLimit':'60'");
    submit(t, "d", "'user':'dora','account':'guests'");
    ctltest_advance(t->ctl, 1800);
    ctltest_end(t->ctl, "c", 0, 0);
    ctltest_advance(t->ctl, 1800);
    return t;
}

START_TEST(test_session)
{
    struct clitest *t = tree_new("");

    session_play(t, GOLDEN "sshare.txt");
    clitest_free(t);
}
END_TEST

START_TEST(test_classic)
{
    struct clitest *t = tree_new("NO_FAIR_TREE");

    session_play(t, GOLDEN "sshare_classic.txt");
    clitest_free(t);
}
END_TEST

/* Before anybody has an account, and before anybody has used anything. */
START_TEST(test_nothing_used)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, "sshare -a -P", 0,
                   "Account|User|RawShares|NormShares|RawUsage|EffectvUsage|FairShare\n"
                   "root|||0.000000|0|1.000000|\n",
                   "");
    ctltest_make(t->ctl, "Account", "lab", "'members':[{'user':'ann'},{'user':'bob'}]");
    clitest_expect(t, "sshare -a -n -P", 0,
                   "root|||0.000000|0|1.000000|\n"
                   " lab||1|1.000000|0|0.000000|\n"
                   "  lab|ann|1|0.500000|0|0.000000|1.000000\n"
                   "  lab|bob|1|0.500000|0|0.000000|1.000000\n",
                   "");
    clitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry/sshare", (struct suite_row[]){
                                           {test_session, 1},
                                           {test_classic, 1},
                                           {test_nothing_used, 1},
                                           {NULL, 0},
                                       });
}
