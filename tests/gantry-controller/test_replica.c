#include "cmd/gantry-controller/replica.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

START_TEST(test_self)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *name = replica_name(&err), *again = replica_name(&err);

    ck_assert_msg(name != NULL, "%s", err.msg);
    ck_assert_str_eq(name, again);
    ck_assert(!replica_has_ended(name));
}
END_TEST

/* A process that has ended: `ret` gets its name. */
static void run_child(char *ret, size_t size)
{
    int pipe_[2];

    ck_assert_int_eq(pipe(pipe_), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        AUTO_FREE char *name = replica_name(NULL);
        const size_t len = name ? strlen(name) : 0;
        _exit(name && write(pipe_[1], name, len) == (ssize_t)len ? 0 : 1);
    }
    close(pipe_[1]);
    const ssize_t n = read(pipe_[0], ret, size - 1);
    ck_assert_int_gt(n, 0);
    ret[n] = '\0';
    close(pipe_[0]);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(test_ended)
{
    char child[1024];
    AUTO_FREE char *self = replica_name(NULL);

    run_child(child, sizeof(child));
    ck_assert_str_ne(child, self);
    ck_assert(replica_has_ended(child));
}
END_TEST

/* With parts of it changed, nothing is known; hosts' names do not matter. */
START_TEST(test_others)
{
    char child[1024], other[2048];

    run_child(child, sizeof(child));
    snprintf(other, sizeof(other), "a_b_c-%s", child);
    ck_assert(replica_has_ended(other));
    snprintf(other, sizeof(other), "%s0", child);
    ck_assert(!replica_has_ended(other)); /* another boot */
    char *boot = strrchr(child, '_');
    snprintf(other, sizeof(other), "%.*s9%s", (int)(boot - child), child, boot);
    ck_assert(!replica_has_ended(other)); /* another namespace */
}
END_TEST

static const char *const nobody[] = {
    "", "_", "____", "host", "h_1_2_3", "h_x_2_3_boot", "h_0_2_3_boot", "a__1_2_boot",
};

START_TEST(test_nobody)
{
    ck_assert(!replica_has_ended(nobody[_i]));
}
END_TEST

int main(void)
{
    return suite_main("gantry-controller/replica", (struct suite_row[]){
                                                       {test_self, 1},
                                                       {test_ended, 1},
                                                       {test_others, 1},
                                                       {test_nobody, ARRAY_LEN(nobody)},
                                                       {NULL, 0},
                                                   });
}
