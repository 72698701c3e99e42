#include "base/proc.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

START_TEST(test_self)
{
    struct proc p, again;
    struct err err = ERR_INIT;
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "pid");

    ck_assert_msg(proc_self(&p, &err) == 0, "%s", err.msg);
    ck_assert_int_eq(p.pid, getpid());
    ck_assert(proc_runs(&p));
    ck_assert_int_gt(proc_memory_kib(&p), 100);
    ck_assert_int_eq(proc_write(&p, path, NULL), 0);
    ck_assert_int_eq(proc_read(&again, path, NULL), 0);
    ck_assert_int_eq(again.pid, p.pid);
    ck_assert_uint_eq(again.start_ticks, p.start_ticks);
    ck_assert_str_eq(again.boot, p.boot);
    tempdir_free(dir);
}
END_TEST

/* The same number, but another process. */
START_TEST(test_number_reused)
{
    struct proc p;

    ck_assert_int_eq(proc_self(&p, NULL), 0);
    struct proc earlier = p, other_boot = p, none = p;
    earlier.start_ticks--;
    other_boot.boot[0] = other_boot.boot[0] == 'x' ? 'y' : 'x';
    none.pid = 1 << 30;
    ck_assert(!proc_runs(&earlier));
    ck_assert(!proc_runs(&other_boot));
    ck_assert(!proc_runs(&none));
    ck_assert_int_eq(proc_open(&earlier), -1);
    ck_assert_int_eq(proc_open(&none), -1);
}
END_TEST

/* A child writes who it is and waits to be killed. */
static pid_t start_child(const char *path)
{
    const pid_t pid = fork();
    struct proc p;

    if (pid == 0) {
        signal(SIGTERM, SIG_DFL); /* check's ends the whole group */
        if (proc_self(&p, NULL) != 0 || proc_write(&p, path, NULL) != 0)
            _exit(1);
        for (;;)
            pause();
    }
    ck_assert_int_gt(pid, 0);
    return pid;
}

START_TEST(test_end)
{
    struct proc p;
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "pid");
    const pid_t pid = start_child(path);

    for (int i = 0; proc_read(&p, path, NULL) != 0 && i < 10000; i++)
        poll(NULL, 0, 1);
    ck_assert(proc_runs(&p));
    const int fd = proc_open(&p);
    ck_assert_int_ge(fd, 0);
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    ck_assert_int_eq(poll(&ended, 1, 0), 0);
    proc_signal(fd, SIGTERM);
    ck_assert_int_eq(poll(&ended, 1, 10000), 1);
    ck_assert(!proc_runs(&p)); /* nobody has waited for it yet */
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert(!proc_runs(&p));
    proc_signal(fd, SIGTERM); /* nobody is hit */
    close(fd);
    tempdir_free(dir);
}
END_TEST

static const char *const wrong[] = {"", "\n", "x", "12", "12 x", "-1 2 b", "0 1 b"};

START_TEST(test_wrong_file)
{
    struct proc p;
    struct err err = ERR_INIT;
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "pid");

    ck_assert_int_eq(proc_read(&p, path, &err), -1);
    ck_assert_int_eq(err.code, ERR_NOT_FOUND);
    ck_assert_int_eq(files_write(path, wrong[_i], strlen(wrong[_i]), 0600, NULL), 0);
    ck_assert_int_eq(proc_read(&p, path, &err), -1);
    ck_assert_int_eq(err.code, ERR_NOT_FOUND);
    tempdir_free(dir);
}
END_TEST

int main(void)
{
    return suite_main("base/proc", (struct suite_row[]){
                                       {test_self, 1},
                                       {test_number_reused, 1},
                                       {test_end, 1},
                                       {test_wrong_file, ARRAY_LEN(wrong)},
                                       {NULL, 0},
                                   });
}
