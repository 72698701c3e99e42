/* What stays of pods that earlier programs left. */
#include "cmd/gantry-local/podfiles.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define LEFT (PODFILES_KEPT + 2)

static char dir[] = "/tmp/gantry-test-XXXXXX";

static char *log_dir(int i)
{
    return xasprintf("%s/logs/ns_p%d_u", dir, i);
}

/* Pod 0 is the oldest. */
static void leave_pods(void)
{
    for (int i = 0; i < LEFT; i++) {
        AUTO_FREE char *logs = log_dir(i);
        AUTO_FREE char *work = xasprintf("%s/work/ns_p%d_u/deep", dir, i);
        const struct timespec times[2] = {{.tv_sec = 1000 + i}, {.tv_sec = 1000 + i}};

        ck_assert_int_eq(files_make_dir(logs, NULL), 0);
        ck_assert_int_eq(files_make_dir(work, NULL), 0);
        ck_assert_int_eq(utimensat(AT_FDCWD, logs, times, 0), 0);
    }
}

static bool has_logs(int i)
{
    AUTO_FREE char *logs = log_dir(i);

    return access(logs, F_OK) == 0;
}

START_TEST(test_trim)
{
    AUTO_FREE char *other = xasprintf("%s/volumes/1.lock", dir);
    AUTO_FREE char *work = xasprintf("%s/work/ns_p1_u", dir);
    struct err err = ERR_INIT;
    struct podfiles *f;
    int lock;

    leave_pods();
    AUTO_FREE char *volumes = xasprintf("%s/volumes", dir);
    ck_assert_int_eq(files_make_dir(volumes, NULL), 0);
    lock = files_lock(other, &err);
    ck_assert_msg(lock >= 0, "%s", err.msg);
    f = podfiles_new(dir, &err);
    ck_assert_msg(f != NULL, "%s", err.msg);
    podfiles_free(f);
    ck_assert_msg(has_logs(0), "removed though another program has the directory");
    close(lock);
    f = podfiles_new(dir, &err);
    podfiles_free(f);
    ck_assert(!has_logs(0) && !has_logs(1) && has_logs(2) && has_logs(LEFT - 1));
    ck_assert_int_lt(access(work, F_OK), 0);
    ck_assert_int_lt(access(other, F_OK), 0);
}
END_TEST

int main(void)
{
    AUTO_FREE char *command = NULL;
    int rc;

    if (!mkdtemp(dir))
        return 1;
    rc = suite_main("gantry-local/podfiles",
                    (struct suite_row[]){{test_trim, 1}, {NULL, 0}});
    command = xasprintf("rm -rf %s", dir);
    return system(command) != 0 || rc;
}
