/* Process pods of a root who is in a chroot that is no mount, as one made by debootstrap;
 * an ordinary user, who cannot have namespaces there, is not put into one. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/podtest.h"

#define NOWHERE "/gantry-test-nowhere"

static char root[] = "/tmp/gantry-test-XXXXXX";

/* The machine's directories, but the root is a plain directory. */
static int enter_chroot(void)
{
    static const char *const dirs[] = {"bin", "dev",  "etc",  "lib", "lib64", "mnt",
                                       "opt", "proc", "root", "tmp", "usr",   "work"};

    if (unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        AUTO_FREE char *from = xasprintf("/%s", dirs[i]);
        AUTO_FREE char *to = xasprintf("%s/%s", root, dirs[i]);

        if (access(from, F_OK) < 0)
            continue;
        if (mkdir(to, 0755) < 0 || mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0)
            return -1;
    }
    return chroot(root) < 0 || chdir("/") < 0 ? -1 : 0;
}

static const struct {
    const char *name, *container, *script, *log;
} cases[] = {
    {"a path that is there", "'volumeMounts': [{'name': 'v', 'mountPath': '/mnt'}]",
     "cat /mnt/a; ls / | grep -c usr", "apple1\n"},
    {"one that is missing",
     "'volumeMounts': [{'name': 'v', 'mountPath': '" NOWHERE "/x'}]",
     "cat " NOWHERE "/x/a; ls / | grep -c usr", "apple1\n"},
    {"one that is missing further down",
     "'volumeMounts': [{'name': 'v', 'mountPath': '/etc/gantry-test-nowhere'}]",
     "cat /etc/gantry-test-nowhere/a; [ -s /etc/passwd ] && echo yes", "appleyes\n"},
};

START_TEST(test_volume)
{
    struct podtest t;

    podtest_init(&t);
    podtest_object(&t, VALUE_CONFIG_MAP,
                   "{'metadata': {'name': 'm'}, 'data': {'a': 'apple'}}");
    podtest_pod(&t, "'volumes': [{'name': 'v', 'configMap': {'name': 'm'}}]",
                cases[_i].container, cases[_i].script);
    podtest_run(&t);
    podtest_expect(&t, cases[_i].name, cases[_i].log);
    ck_assert_int_lt(access(NOWHERE, F_OK), 0);
    podtest_fini(&t);
}
END_TEST

static int run_suite(void)
{
    if (geteuid() == 0 && enter_chroot() < 0) {
        perror("a chroot");
        return 1;
    }
    return suite_main("gantry-local/chroot", (struct suite_row[]){
                                                 {test_volume, ARRAY_LEN(cases)},
                                                 {NULL, 0},
                                             });
}

/* The mounts go with the child; here there are only empty directories. */
int main(void)
{
    AUTO_FREE char *command = NULL;
    int status = -1;
    pid_t pid;

    if (!mkdtemp(root))
        return 1;
    pid = fork();
    if (pid == 0)
        return run_suite();
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    command = xasprintf("rmdir %s/* %s 2>/dev/null", root, root);
    return system(command) < 0 || status != 0;
}
