/*
 * clitest - the client's commands, run against a small cluster on a virtual loop
 * (tests/support/ctltest.h): for tests.
 *
 *   struct clitest *t = clitest_new();
 *   ck_assert_int_eq(clitest_run(t, "sbatch --wrap hostname"), 0);
 *   ck_assert_str_eq(t->out, "Submitted batch job 1\n");
 *
 * The controller runs in the same loop, so that a command that waits for it is served.
 * The environment is the test's: it holds nothing but what clitest_setenv put there.
 */
#ifndef GANTRY_TESTS_SUPPORT_CLITEST_H
#define GANTRY_TESTS_SUPPORT_CLITEST_H

#include <stdbool.h>

#include "cmd/gantry/commands.h"
#include "tests/support/ctltest.h"
#include "tests/support/spy.h"

struct clitest {
    struct ctltest *ctl;
    struct transport *spy; /* of the user "alice", who is an administrator */
    const char *in;        /* standard input of the next command; NULL: empty */
    bool full;             /* nothing of its output can be written */
    char *out, *err;       /* what the last command said; never NULL */
    int status;            /* and its exit status */
    char **saved_environ;
};

struct clitest *clitest_new(void);
/* Likewise, with jobs, of alice, who is who asks, and bob: job 1 of hers runs on n1 and
 * n2, 2 of bob's has ended, 3 to 5 wait. */
struct clitest *clitest_new_busy(void);
void clitest_free(struct clitest *t);
/* From now on commands are those of this user, who is no administrator. */
void clitest_be(struct clitest *t, const char *user);
/* `line` is cut at spaces; '...' holds a word together; "~" alone is an empty word.
 * The first is the command's name, or "gantry". Returns the exit status. */
int clitest_run(struct clitest *t, const char *line);
/* Fails unless the command ends so, having said exactly this. NULL: not looked at. A
 * last '*' is any rest. */
void clitest_expect(struct clitest *t, const char *line, int status, const char *out,
                    const char *err);
/* The objects of a kind in namespace default ("batchjobs", "configmaps"): their number;
 * `ret` (NULL: not wanted) is lent until the next request and has the list. */
size_t clitest_count(struct clitest *t, const char *plural, const struct json **ret);
void clitest_setenv(struct clitest *t, const char *name, const char *value);

#endif
