/* Process pods where the kernel refuses namespaces (here: a filter does), by root and
 * by an ordinary user. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/util.h"
#include "tests/support/podtest.h"

/* unshare(2) fails from now on, for what is started, too. */
static int refuse_unshare(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {ARRAY_LEN(code), code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

START_TEST(test_volumes_fail)
{
    struct podtest t;
    struct err err = ERR_INIT;

    podtest_init(&t);
    podtest_pod(&t, "'volumes': [{'name': 'v', 'emptyDir': {}}]",
                "'volumeMounts': [{'name': 'v', 'mountPath': '/mnt'}]", "true");
    ck_assert_str_eq(t.x->ops->refuse(t.x, t.pod, &err), "VolumesNotAvailable");
    ck_assert_msg(strstr(err.msg, "container \"c\"") &&
                      strstr(err.msg, "Operation not permitted"),
                  "%s", err.msg);
    podtest_fini(&t);
}
END_TEST

START_TEST(test_others_run)
{
    struct podtest t;

    podtest_init(&t);
    podtest_pod(&t, "'volumes': [{'name': 'v', 'emptyDir': {}}]", "", "echo well");
    ck_assert(!t.x->ops->has_hosts(t.x));
    ck_assert_int_eq(t.x->ops->set_hosts(t.x, t.pod, "x", NULL), 0);
    podtest_run(&t);
    podtest_expect(&t, "without a view", "well\n");
    podtest_fini(&t);
}
END_TEST

int main(void)
{
    if (refuse_unshare() < 0) {
        perror("seccomp");
        return 1;
    }
    return podtest_main("gantry-local/view_refused", (struct suite_row[]){
                                                         {test_volumes_fail, 1},
                                                         {test_others_run, 1},
                                                         {NULL, 0},
                                                     });
}
