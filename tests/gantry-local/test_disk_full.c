/* Process pods whose disk is full, by root and by an ordinary user. The disk is a small
 * tmpfs in a mount namespace of the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/podtest.h"

static int write_text(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return ok ? 0 : -1;
}

static int own_mounts(void)
{
    AUTO_FREE char *uids = xasprintf("%u %u 1\n", geteuid(), geteuid());
    AUTO_FREE char *gids = xasprintf("%u %u 1\n", getegid(), getegid());

    if (geteuid() != 0)
        return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
                       write_text("/proc/self/setgroups", "deny") < 0 ||
                       write_text("/proc/self/uid_map", uids) < 0 ||
                       write_text("/proc/self/gid_map", gids) < 0
                   ? -1
                   : 0;
    return unshare(CLONE_NEWNS) < 0 ? -1
                                    : mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* The node's directory is the disk. */
static void setup(struct podtest *t)
{
    podtest_init(t);
    executor_free(t->x);
    ck_assert_int_eq(mount("tmpfs", t->dir, "tmpfs", 0, "size=64k"), 0);
    t->x = executor_process_new(t->loop, t->dir, NULL);
    ck_assert_ptr_nonnull(t->x);
}

static void teardown(struct podtest *t)
{
    executor_free(t->x);
    ck_assert_int_eq(umount(t->dir), 0);
    t->x = executor_process_new(t->loop, t->dir, NULL);
    podtest_fini(t);
}

static void fill(const struct podtest *t)
{
    static const char bytes[4096];
    AUTO_FREE char *path = xasprintf("%s/filler", t->dir);
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    while (write(fd, bytes, sizeof(bytes)) > 0)
        ;
    ck_assert_int_eq(errno, ENOSPC);
    close(fd);
}

static void empty(const struct podtest *t)
{
    AUTO_FREE char *path = xasprintf("%s/filler", t->dir);

    ck_assert_int_eq(unlink(path), 0);
}

#define FULL "No space left on device"

/* The volumes cannot be made; with room again the same pod runs. */
START_TEST(test_volume)
{
    struct podtest t;
    struct err err = ERR_INIT;

    setup(&t);
    podtest_object(&t, VALUE_CONFIG_MAP,
                   "{'metadata': {'name': 'm'}, 'data': {'a': 'apple'}}");
    podtest_pod(&t, "'volumes': [{'name': 'v', 'configMap': {'name': 'm'}}]",
                "'volumeMounts': [{'name': 'v', 'mountPath': '/mnt'}]", "cat /mnt/a");
    fill(&t);
    ck_assert_int_lt(podtest_prepare(&t, &err), 0);
    ck_assert_msg(err.code != ERR_NOT_FOUND && strstr(err.msg, "volume \"v\"") &&
                      strstr(err.msg, FULL),
                  "%s", err.msg);
    empty(&t);
    podtest_run(&t);
    podtest_expect(&t, "with room", "apple");
    teardown(&t);
}
END_TEST

/* What cannot be kept of its output is said with its end; its exit code is its own. */
START_TEST(test_output)
{
    struct podtest t;
    struct err err = ERR_INIT;

    setup(&t);
    podtest_pod(&t, "", "", "head -c 200000 /dev/zero | tr '\\0' x; exit 3");
    ck_assert_int_eq(podtest_prepare(&t, &err), 0);
    ck_assert_msg(podtest_start(&t, &err) != NULL, "%s", err.msg);
    podtest_until_end(&t);
    ck_assert_int_eq(t.how.exit_code, 3);
    ck_assert_msg(t.note && strstr(t.note, "bytes of output were lost: " FULL), "%s",
                  t.note ? t.note : "no note");
    teardown(&t);
}
END_TEST

int main(void)
{
    static const struct suite_row none[] = {{NULL, 0}};

    if (podtest_has_views() && own_mounts() < 0) { /* as in a chroot that is no mount */
        perror("skipped: a mount namespace");
        return suite_main("gantry-local/disk_full", none);
    }
    return podtest_main_views("gantry-local/disk_full", (struct suite_row[]){
                                                            {test_volume, 1},
                                                            {test_output, 1},
                                                            {NULL, 0},
                                                        });
}
