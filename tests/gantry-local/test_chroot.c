/* Process pods of a root who is in a chroot that is no mount, as one made by
 * debootstrap; an ordinary user, who cannot have namespaces there, is not put into
 * one. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/podtest.h"

#define NOWHERE "/gantry-test-nowhere"

static char root[] = "/tmp/gantry-test-XXXXXX";

/* The same in the chroot, if it is there and not yet. */
static int take_along(const char *name)
{
    AUTO_FREE char *from = xasprintf("/%s", name);
    AUTO_FREE char *to = xasprintf("%s/%s", root, name);

    if (access(from, F_OK) < 0 || access(to, F_OK) == 0)
        return 0;
    return mkdir(to, 0755) < 0 ? -1 : mount(from, to, NULL, MS_BIND | MS_REC, NULL);
}

/* Where the project lies, as far as its first directory. */
static char *own_top(void)
{
    AUTO_FREE char *here = getcwd(NULL, 0);

    return here ? xstrndup(here + 1, strcspn(here + 1, "/")) : xstrdup("root");
}

/* The machine's directories, but the root is a plain directory. */
static int enter_chroot(void)
{
    static const char *const dirs[] = {"bin", "dev",  "etc",  "lib", "lib64", "mnt",
                                       "opt", "proc", "root", "tmp", "usr"};
    AUTO_FREE char *top = own_top();

    if (unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
        if (take_along(dirs[i]) < 0)
            return -1;
    return take_along(top) < 0 || chroot(root) < 0 || chdir("/") < 0 ? -1 : 0;
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

/* ---- a program beside the container's ---- */

struct said {
    bool done;
    int exit_code;
    char text[1000];
};

static void executed(void *arg, const struct executor_exit *how, const char *output)
{
    struct said *s = arg;

    s->done = true;
    s->exit_code = how->exit_code;
    snprintf(s->text, sizeof(s->text), "%s", output);
}

/* It sees what the container sees: the chroot, and the volume in it. */
START_TEST(test_exec)
{
    char *argv[] = {"sh", "-c", "cat " NOWHERE "/x/a; ls / | grep -c usr", NULL};
    struct podtest t;
    struct said said = {0};
    struct err err = ERR_INIT;
    struct executor_run *run;

    podtest_init(&t);
    podtest_object(&t, VALUE_CONFIG_MAP,
                   "{'metadata': {'name': 'm'}, 'data': {'a': 'apple'}}");
    podtest_pod(&t, "'volumes': [{'name': 'v', 'configMap': {'name': 'm'}}]",
                "'volumeMounts': [{'name': 'v', 'mountPath': '" NOWHERE "/x'}]",
                "echo begun; exec sleep 1000");
    ck_assert_msg(podtest_prepare(&t, &err) == 0, "%s", err.msg);
    run = podtest_start(&t, &err);
    ck_assert_msg(run != NULL, "%s", err.msg);
    podtest_until_log(&t, "begun");
    ck_assert_msg(t.x->ops->exec(run, argv, executed, &said, &err) != NULL, "%s",
                  err.msg);
    for (int64_t until_ms = loop_fresh_mono_ms(t.loop) + PODTEST_WAIT_MS;
         !said.done && loop_fresh_mono_ms(t.loop) < until_ms;)
        loop_poll(t.loop, 100);
    ck_assert_msg(said.done && said.exit_code == 0, "%d %s", said.exit_code, said.text);
    ck_assert_str_eq(said.text, "apple1\n");
    t.x->ops->drop(run);
    podtest_fini(&t);
}
END_TEST

static int run_suite(void)
{
    static const struct suite_row none[] = {{NULL, 0}};

    if (!podtest_has_views())
        return suite_main("gantry-local/chroot", none);
    if (geteuid() == 0 && enter_chroot() < 0) { /* as in a chroot already */
        perror("skipped: a chroot");
        return suite_main("gantry-local/chroot", none);
    }
    return suite_main("gantry-local/chroot", (struct suite_row[]){
                                                 {test_volume, ARRAY_LEN(cases)},
                                                 {test_exec, 1},
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
