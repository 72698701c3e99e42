/* Volumes of real processes, by root and by an ordinary user. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/podtest.h"

/* A path that no machine has; none of its parts may appear on this one. */
#define NOWHERE "/gantry-test-nowhere"

#define V(source) "'volumes': [{'name': 'v', " source "}]"
#define AT(path) "'volumeMounts': [{'name': 'v', 'mountPath': '" path "'}]"
#define AT_WITH(path, more) \
    "'volumeMounts': [{'name': 'v', 'mountPath': '" path "', " more "}]"

static void add_objects(struct podtest *t)
{
    podtest_object(t, VALUE_CONFIG_MAP,
                   "{'metadata': {'name': 'm'}, 'data': {'a': 'apple', 'b': 'bean'},"
                   " 'binaryData': {'bin': 'AAEC'}}");
    podtest_object(t, VALUE_SECRET,
                   "{'metadata': {'name': 's'}, 'data': {'key': 'c2VjcmV0'}}");
}

static const struct {
    const char *name, *spec, *container, *script, *log;
} cases[] = {
    {"a ConfigMap's keys", V("'configMap': {'name': 'm'}"), AT("/mnt"),
     "cd /mnt; ls; cat a b; stat -L -c %a a", "a\nb\nbin\napplebean644\n"},
    {"binary data", V("'configMap': {'name': 'm'}"), AT("/mnt"), "od -An -tx1 /mnt/bin",
     " 00 01 02\n"},
    {"is read-only", V("'configMap': {'name': 'm'}"), AT("/mnt"),
     "(echo x >/mnt/a) 2>/dev/null || echo no", "no\n"},
    {"items and modes",
     V("'configMap': {'name': 'm', 'defaultMode': 256, 'items': [{'key': 'a', 'path':"
       " 'x/y'}, {'key': 'b', 'path': 'z', 'mode': 292}]}"),
     AT("/mnt"), "cd /mnt; ls; ls x; stat -L -c %a x/y z", "x\nz\ny\n400\n444\n"},
    {"a path with needless parts",
     V("'configMap': {'name': 'm', 'items': [{'key': 'a', 'path': './x//./y/'}]}"),
     AT("/mnt"), "cat /mnt/x/y", "apple"},
    {"an optional one that is missing",
     V("'configMap': {'name': 'none', 'optional': true}"), AT("/mnt"),
     "ls /mnt | wc -l", "0\n"},
    {"an optional key that is missing",
     V("'configMap': {'name': 'm', 'optional': true, 'items': [{'key': 'q', 'path':"
       " 'q'}, {'key': 'a', 'path': 'a'}]}"),
     AT("/mnt"), "ls /mnt", "a\n"},
    {"a Secret", V("'secret': {'secretName': 's', 'defaultMode': 256}"), AT("/mnt"),
     "cat /mnt/key; stat -L -c %a /mnt/key", "secret400\n"},
    {"the pod's fields",
     V("'downwardAPI': {'items': [{'path': 'name', 'fieldRef': {'fieldPath':"
       " 'metadata.name'}}, {'path': 'labels', 'fieldRef': {'fieldPath':"
       " 'metadata.labels'}}, {'path': 'cpu', 'resourceFieldRef': {'containerName':"
       " 'c', 'resource': 'limits.cpu', 'divisor': '1m'}}]}"),
     "'resources': {'limits': {'cpu': '1500m'}}, " AT("/mnt"),
     "cd /mnt; cat name; echo; cat labels; echo; cat cpu", "p\napp=\"x\"\n1500"},
    {"projected",
     V("'projected': {'sources': [{'configMap': {'name': 'm', 'items': [{'key': 'a',"
       " 'path': 'a'}]}}, {'secret': {'name': 's'}}, {'downwardAPI': {'items':"
       " [{'path': 'ns', 'fieldRef': {'fieldPath': 'metadata.namespace'}}]}}]}"),
     AT("/mnt"), "cd /mnt; ls; cat a key ns", "a\nkey\nns\napplesecretdefault"},
    {"one file by subPath", V("'configMap': {'name': 'm'}"),
     AT_WITH("/etc/hostname", "'subPath': 'a'"), "cat /etc/hostname", "apple"},
    {"emptyDir", V("'emptyDir': {}"), AT("/mnt"),
     "cd /mnt; ls; echo x >f; cat f; stat -c %a .", "x\n777\n"},
    {"emptyDir read-only", V("'emptyDir': {}"), AT_WITH("/mnt", "'readOnly': true"),
     "touch /mnt/x 2>/dev/null || echo no", "no\n"},
    {"emptyDir in memory, of its size",
     V("'emptyDir': {'medium': 'Memory', 'sizeLimit': '1Mi'}"), AT("/dev/shm"),
     "stat -f -c %T /dev/shm; head -c 2M /dev/zero 2>/dev/null >/dev/shm/f || stat -c"
     " %s /dev/shm/f",
     "tmpfs\n1048576\n"},
    {"subPath is made", V("'emptyDir': {}"), AT_WITH("/mnt", "'subPath': 'a/b'"),
     "cd /mnt && pwd", "/mnt\n"},
    {"subPathExpr", V("'emptyDir': {}"),
     "'env': [{'name': 'N', 'value': 'deep'}], 'volumeMounts': [{'name': 'v',"
     " 'mountPath': '/mnt'}, {'name': 'v', 'mountPath': '/mnt/x', 'subPathExpr':"
     " '$(N)'}]",
     "touch /mnt/x/f; ls /mnt/deep", "f\n"},
    {"hostPath", V("'hostPath': {'path': '/usr/share', 'type': 'Directory'}"),
     AT("/mnt"), "[ -d /mnt/doc ] && echo yes", "yes\n"},
    {"a path that is missing", V("'configMap': {'name': 'm'}"), AT(NOWHERE "/deep"),
     "cat " NOWHERE "/deep/a; [ -d /usr/bin ] && [ -e /proc/self ] && echo yes",
     "appleyes\n"},
    {"a missing file", V("'configMap': {'name': 'm'}"),
     AT_WITH(NOWHERE ".conf", "'subPath': 'b'"), "cat " NOWHERE ".conf", "bean"},
    {"a missing path in a directory that is there", V("'configMap': {'name': 'm'}"),
     AT("/etc/gantry-test-nowhere"),
     "cat /etc/gantry-test-nowhere/a; cmp /etc/passwd /proc/1/root/etc/passwd"
     " 2>/dev/null; [ -s /etc/passwd ] && echo yes",
     "appleyes\n"},
    {"two missing paths", V("'configMap': {'name': 'm'}"),
     "'volumeMounts': [{'name': 'v', 'mountPath': '" NOWHERE "/one'}, {'name': 'v',"
     " 'mountPath': '" NOWHERE "2'}]",
     "cat " NOWHERE "/one/a " NOWHERE "2/b", "applebean"},
    {"nothing gets lost in a copied directory", V("'configMap': {'name': 'm'}"),
     AT("/etc/gantry-test-nowhere"),
     "touch /etc/gantry-test-lost 2>/dev/null || echo refused", "refused\n"},
    {"a directory like /tmp stays usable", V("'configMap': {'name': 'm'}"),
     AT("/tmp/gantry-test-nowhere"),
     "f=$(mktemp) && echo x >$f && cat $f /tmp/gantry-test-nowhere/a; rm $f",
     "x\napple"},
    {"a volume within a volume",
     "'volumes': [{'name': 'e', 'emptyDir': {}}, {'name': 'v', 'configMap': {'name':"
     " 'm'}}]",
     "'volumeMounts': [{'name': 'v', 'mountPath': '" NOWHERE "/in/side'}, {'name': 'e',"
     " 'mountPath': '" NOWHERE "'}]",
     "cd " NOWHERE "; touch f; ls; cat in/side/a", "f\nin\napple"},
    {"its directory is there, whatever hides it", V("'emptyDir': {}"), AT("/tmp"),
     "pwd >f; ls /tmp | grep -v gantry-test; [ -s f ] && cd \"$(cat f)\" && echo yes",
     "yes\n"},
    {"working directory in a volume", V("'emptyDir': {}"),
     "'workingDir': '" NOWHERE "', " AT(NOWHERE), "pwd", NOWHERE "\n"},
    {"who it is", V("'emptyDir': {}"), AT("/mnt"),
     "touch f /mnt/f; [ $(id -u) = $(stat -c %u f) ] && [ -O /mnt/f ] && echo yes",
     "yes\n"},
    {"its own host name", "'hostname': 'short'", "", "uname -n", "short\n"},
    {"the host's name with the host's network", "'hostNetwork': true, 'hostname': 'x'",
     "", "[ $(uname -n) = x ] || echo other", "other\n"},
    {"a root that is read-only", V("'emptyDir': {}"),
     "'securityContext': {'readOnlyRootFilesystem': true}, " AT("/mnt"),
     "touch f 2>/dev/null || echo no; touch /mnt/f && echo yes; echo x >/dev/null",
     "no\nyes\n"},
    {"no new rights", "", "'securityContext': {'allowPrivilegeEscalation': false}",
     "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t1\n"},
    {"new rights, if it asks for nothing", "", "", "grep NoNewPrivs /proc/self/status",
     "NoNewPrivs:\t0\n"},
    {"rights dropped", "", "'securityContext': {'capabilities': {'drop': ['ALL']}}",
     "grep CapEff /proc/self/status", "CapEff:\t0000000000000000\n"},
    {"our own programs first", "", "",
     "echo \"${PATH%%:*}\" | grep -o 'tests/gantry-local$'", "tests/gantry-local\n"},
    {"also in a PATH of its own", "",
     "'env': [{'name': 'PATH', 'value': '/usr/bin:/bin'}]",
     "echo \"$PATH\" | grep -o 'gantry-local:/usr/bin:/bin$'",
     "gantry-local:/usr/bin:/bin\n"},
    {"a token that it did not ask for",
     "'volumes': [{'name': 'kube-api-access-x', 'projected': {'sources':"
     " [{'serviceAccountToken': {'path': 'token'}}]}}]",
     "'volumeMounts': [{'name': 'kube-api-access-x', 'mountPath':"
     " '/var/run/secrets/kubernetes.io/serviceaccount'}]",
     "[ -e /var/run/secrets/kubernetes.io ] || echo none", "none\n"},
};

START_TEST(test_volume)
{
    struct podtest t;

    podtest_init(&t);
    add_objects(&t);
    podtest_pod(&t, cases[_i].spec, cases[_i].container, cases[_i].script);
    podtest_run(&t);
    podtest_expect(&t, cases[_i].name, cases[_i].log);
    ck_assert_msg(access(NOWHERE, F_OK) < 0 &&
                      access("/etc/gantry-test-nowhere", F_OK) < 0 &&
                      access("/tmp/gantry-test-nowhere", F_OK) < 0,
                  "%s: left on the machine", cases[_i].name);
    podtest_fini(&t);
}
END_TEST

static const struct {
    const char *name, *spec, *container;
    enum err_code code;
    const char *want;
} lacking[] = {
    {"a ConfigMap", V("'configMap': {'name': 'none'}"), AT("/mnt"), ERR_NOT_FOUND,
     "volume \"v\": configmap \"none\" not found"},
    {"a Secret", V("'secret': {'secretName': 'none'}"), AT("/mnt"), ERR_NOT_FOUND,
     "volume \"v\": secret \"none\" not found"},
    {"a key", V("'configMap': {'name': 'm', 'items': [{'key': 'q', 'path': 'q'}]}"),
     AT("/mnt"), ERR_NOT_FOUND, "couldn't find key q in ConfigMap default/m"},
    {"a directory of the machine",
     V("'hostPath': {'path': '" NOWHERE "', 'type': 'Directory'}"), AT("/mnt"),
     ERR_INVALID, NOWHERE " does not exist"},
    {"the right type", V("'hostPath': {'path': '/etc/passwd', 'type': 'Directory'}"),
     AT("/mnt"), ERR_INVALID, "/etc/passwd is not a directory"},
};

START_TEST(test_lacking)
{
    struct podtest t;
    struct err err = ERR_INIT;

    podtest_init(&t);
    add_objects(&t);
    podtest_pod(&t, lacking[_i].spec, lacking[_i].container, "true");
    ck_assert_int_lt(podtest_prepare(&t, &err), 0);
    ck_assert_msg(err.code == lacking[_i].code && strstr(err.msg, lacking[_i].want),
                  "%s: %s", lacking[_i].name, err.msg);
    podtest_fini(&t);
}
END_TEST

static const struct {
    const char *name, *spec, *container, *want;
} misplaced[] = {
    {"a directory on a file", V("'configMap': {'name': 'm'}"), AT("/etc/passwd"),
     "mountPath /etc/passwd: a file is there"},
    {"a file on a directory", V("'configMap': {'name': 'm'}"),
     AT_WITH("/mnt", "'subPath': 'a'"), "mountPath /mnt: a directory is there"},
    {"no such subPath", V("'configMap': {'name': 'm'}"),
     AT_WITH("/mnt", "'subPath': 'q'"), "volume \"v\" has no such file"},
    {"below a file", V("'configMap': {'name': 'm'}"), AT("/etc/passwd/x"),
     "mountPath /etc/passwd/x: Not a directory"},
};

START_TEST(test_misplaced)
{
    struct podtest t;
    struct err err = ERR_INIT;

    podtest_init(&t);
    add_objects(&t);
    podtest_pod(&t, misplaced[_i].spec, misplaced[_i].container, "true");
    ck_assert_int_eq(podtest_prepare(&t, &err), 0);
    ck_assert_ptr_null(podtest_start(&t, &err));
    ck_assert_msg(strstr(err.msg, misplaced[_i].want) != NULL, "%s: %s",
                  misplaced[_i].name, err.msg);
    podtest_fini(&t);
}
END_TEST

/* While it runs: all files of a volume change at once, a subPath does not. */
START_TEST(test_follows)
{
    struct podtest t;
    struct err err = ERR_INIT;

    podtest_init(&t);
    add_objects(&t);
    podtest_pod(&t, V("'configMap': {'name': 'm'}"),
                "'volumeMounts': [{'name': 'v', 'mountPath': '/mnt'}, {'name': 'v',"
                " 'mountPath': '" NOWHERE "', 'subPath': 'a'}]",
                "cd /mnt; exec 3<a; echo ready; until [ \"$(cat a)\" = pear ]; do sleep"
                " .01; done; ls; cat b c <&3 - " NOWHERE);
    ck_assert_int_eq(podtest_prepare(&t, &err), 0);
    ck_assert_ptr_nonnull(podtest_start(&t, &err));
    podtest_until_log(&t, "ready\n");
    podtest_object(&t, VALUE_CONFIG_MAP,
                   "{'metadata': {'name': 'm'}, 'data': {'a': 'pear', 'b': 'pea', 'c':"
                   " 'corn'}}");
    ck_assert_msg(podtest_refresh(&t, &err) == 0, "%s", err.msg);
    podtest_until_end(&t);
    podtest_expect(&t, "follows", "ready\na\nb\nc\npeacornappleapple");
    ck_assert_ptr_nonnull(podtest_start(&t, &err));
    podtest_until_end(&t);
    podtest_expect(&t, "a second run", "ready\na\nb\nc\npeacornpearpear");
    podtest_fini(&t);
}
END_TEST

/* What goes away that the pod needs leaves its files; what is optional takes them with
 * it. The other volumes follow in any case. */
START_TEST(test_follows_loss)
{
    static const char members[] =
        "'volumes': [{'name': 'a', 'configMap': {'name': 'm'}},"
        " {'name': 'b', 'configMap': {'name': 'm', 'optional':"
        " true}}, {'name': 'c', 'secret': {'secretName': 's'}}]";
    struct podtest t;
    struct err err = ERR_INIT;

    podtest_init(&t);
    add_objects(&t);
    podtest_pod(
        &t, members,
        "'volumeMounts': [{'name': 'a', 'mountPath': '/srv'}, {'name': 'b',"
        " 'mountPath': '/mnt'}, {'name': 'c', 'mountPath': '/opt'}]",
        "echo ready; until [ \"$(cat /opt/key)\" = two ]; do sleep .01; done; cat"
        " /srv/a; ls /mnt");
    ck_assert_int_eq(podtest_prepare(&t, &err), 0);
    ck_assert_ptr_nonnull(podtest_start(&t, &err));
    podtest_until_log(&t, "ready\n");
    json_free(t.objects);
    t.objects = json_new_array();
    podtest_object(&t, VALUE_SECRET,
                   "{'metadata': {'name': 's'}, 'data': {'key': 'dHdv'}}");
    ck_assert_int_lt(podtest_refresh(&t, &err), 0);
    ck_assert_str_eq(err.msg, "volume \"a\": configmap \"m\" not found");
    podtest_until_end(&t);
    podtest_expect(&t, "loss", "ready\napple");
    podtest_fini(&t);
}
END_TEST

#define MESSAGE(path) "'terminationMessagePath': '" path "'"
#define LOG "'terminationMessagePolicy': 'FallbackToLogsOnError'"

static const struct {
    const char *name, *spec, *container, *script, *note;
    size_t len; /* of the note; 0: as it is */
} messages[] = {
    {"at the usual place", "", "", "echo bye >/dev/termination-log", "bye\n", 0},
    {"nothing", "", "", "[ -w /dev/termination-log ] && [ ! -s /dev/termination-log ]",
     NULL, 0},
    {"of a failure", "", LOG, "echo log; echo why >/dev/termination-log; exit 1",
     "why\n", 0},
    {"the log of a failure", "", LOG, "echo log; exit 1", "log\n", 0},
    {"no log of a success", "", LOG, "echo log", NULL, 0},
    {"no log unasked", "", "", "echo log; exit 1", NULL, 0},
    {"its own place", "", MESSAGE(NOWHERE "/m"), "printf x >" NOWHERE "/m", "x", 0},
    {"not from the root", "", MESSAGE("srv/m"), "cd /srv; printf x >>m", "x", 0},
    {"in a volume", V("'emptyDir': {}"), MESSAGE("/mnt/m") ", " AT("/mnt"),
     "printf x >/mnt/m", "x", 0},
    {"where a volume is", V("'emptyDir': {}"), MESSAGE("/mnt") ", " AT("/mnt"),
     "touch /mnt/x", NULL, 0},
    {"the end of much", "", "",
     "(head -c 9999 /dev/zero | tr '\\0' x; echo end) >/dev/termination-log", "xend\n",
     4096},
    {"without zeros", "", "", "printf 'a\\0b' >/dev/termination-log", "ab", 0},
    {"a /dev as ever", "", "",
     "exec >/dev/termination-log 2>&1; echo x >/dev/null; head -c 1 /dev/zero | wc -c;"
     " [ -d /dev/shm ] && [ -c /dev/tty ] && touch /dev/own && echo yes",
     "1\nyes\n", 0},
};

START_TEST(test_message)
{
    struct podtest t;

    podtest_init(&t);
    podtest_pod(&t, messages[_i].spec, messages[_i].container, messages[_i].script);
    podtest_run(&t);
    if (messages[_i].len == 0)
        ck_assert_msg(str_eq(t.note, messages[_i].note), "%s: %s", messages[_i].name,
                      t.note);
    else
        ck_assert_msg(t.note && strlen(t.note) == messages[_i].len &&
                          str_ends(t.note, messages[_i].note),
                      "%s: %s", messages[_i].name, t.note);
    ck_assert_msg(access("/dev/own", F_OK) < 0 && access(NOWHERE, F_OK) < 0,
                  "%s: left on the machine", messages[_i].name);
    podtest_fini(&t);
}
END_TEST

/* A second run begins with none. */
START_TEST(test_message_anew)
{
    struct podtest t;

    podtest_init(&t);
    podtest_pod(&t, V("'emptyDir': {}"), AT("/mnt"),
                "[ -e /mnt/f ] || echo one >/dev/termination-log; touch /mnt/f");
    podtest_run(&t);
    ck_assert_str_eq(t.note, "one\n");
    ck_assert_ptr_nonnull(podtest_start(&t, NULL));
    podtest_until_end(&t);
    ck_assert_ptr_null(t.note);
    podtest_fini(&t);
}
END_TEST

enum who { ANYBODY, ROOT, USER };

static const struct {
    const char *name, *spec, *container;
    enum who by;
    const char *word, *want; /* NULL: it may */
} rights[] = {
    {"another user", "", "'securityContext': {'runAsUser': 4242}", ANYBODY,
     "UserNotAvailable", "is to run as user 4242"},
    {"the pod's user", "'securityContext': {'runAsUser': 4242}", "", ANYBODY,
     "UserNotAvailable", "is to run as user 4242"},
    {"root's own", "", "'securityContext': {'runAsUser': 0}", ROOT, NULL, NULL},
    {"root's", "", "'securityContext': {'runAsUser': 0}", USER, "UserNotAvailable",
     "is to run as user 0"},
    {"his own", "", "'securityContext': {'runAsUser': 65534, 'runAsNonRoot': true}",
     USER, NULL, NULL},
    {"another group", "", "'securityContext': {'runAsGroup': 4242}", ANYBODY,
     "GroupNotAvailable", "is to run as group 4242"},
    {"a group of files", "'securityContext': {'fsGroup': 4242}", "", ANYBODY,
     "GroupNotAvailable", "group 4242"},
    {"more groups", "'securityContext': {'supplementalGroups': [4242]}", "", ANYBODY,
     "GroupNotAvailable", "group 4242"},
    {"not root", "", "'securityContext': {'runAsNonRoot': true}", ROOT,
     "UserNotAvailable", "runAsNonRoot"},
    {"privileged", "", "'securityContext': {'privileged': true}", USER,
     "RightsNotAvailable", "is privileged"},
    {"privileged, by root", "", "'securityContext': {'privileged': true}", ROOT, NULL,
     NULL},
    {"rights", "", "'securityContext': {'capabilities': {'add': ['NET_ADMIN']}}", USER,
     "RightsNotAvailable", "adds capabilities"},
    {"what others often have",
     "'hostPID': true, 'hostIPC': true, 'shareProcessNamespace': true",
     "'securityContext': {'seccompProfile': {'type': 'RuntimeDefault'}, 'capabilities':"
     " {'drop': ['ALL']}, 'allowPrivilegeEscalation': false}",
     ANYBODY, NULL, NULL},
    {"a profile of the machine", "",
     "'securityContext': {'seccompProfile': {'type': 'Localhost'}}", ANYBODY,
     "NotSupported", "seccompProfile.type: Localhost of container \"c\""},
    {"kernel settings", "'securityContext': {'sysctls': [{'name': 'a', 'value': '1'}]}",
     "", ANYBODY, "NotSupported", "securityContext.sysctls"},
    {"a runtime", "'runtimeClassName': 'gvisor'", "", ANYBODY, "NotSupported",
     "spec.runtimeClassName"},
};

START_TEST(test_rights)
{
    struct podtest t;
    struct err err = ERR_INIT;
    const char *word;

    if (rights[_i].by != ANYBODY && (rights[_i].by == ROOT) != (geteuid() == 0))
        return;
    podtest_init(&t);
    podtest_pod(&t, rights[_i].spec, rights[_i].container, "true");
    word = t.x->ops->refuse(t.x, t.pod, &err);
    ck_assert_msg(str_eq(word, rights[_i].word), "%s: %s: %s", rights[_i].name, word,
                  err.msg);
    if (word)
        ck_assert_msg(strstr(err.msg, rights[_i].want) != NULL, "%s: %s",
                      rights[_i].name, err.msg);
    podtest_fini(&t);
}
END_TEST

/* An emptyDir outlives a container, and goes with the pod. */
START_TEST(test_empty_dir_lives)
{
    struct podtest t;
    AUTO_FREE char *path = NULL;

    podtest_init(&t);
    podtest_pod(&t, V("'emptyDir': {'medium': 'Memory'}") ", 'restartPolicy': 'Always'",
                AT("/mnt"), "echo x >>/mnt/f; wc -l </mnt/f");
    podtest_run(&t);
    ck_assert_ptr_nonnull(podtest_start(&t, NULL));
    podtest_until_end(&t);
    podtest_expect(&t, "second run", "2\n");
    path = xasprintf("%s/volumes/%d/default_p_u-1", t.dir, (int)getpid());
    ck_assert_int_eq(access(path, F_OK), 0);
    t.x->ops->finish(t.x, t.pod);
    ck_assert_int_lt(access(path, F_OK), 0);
    podtest_fini(&t);
}
END_TEST

/* What a killed program had of secrets goes when the next one starts; what a living one
 * has stays. */
START_TEST(test_killed_program)
{
    struct podtest t;
    AUTO_FREE char *path = NULL;
    int status;
    pid_t program;

    podtest_init(&t);
    add_objects(&t);
    podtest_pod(&t, V("'secret': {'secretName': 's'}"), AT("/mnt"), "true");
    program = fork();
    if (program == 0) {
        t.x = executor_process_new(t.loop, t.dir, NULL);
        if (!t.x || podtest_prepare(&t, NULL) < 0)
            _exit(1);
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(program, &status, 0), program);
    ck_assert(WIFSIGNALED(status));
    path = xasprintf("%s/volumes/%d/default_p_u-1/v/key", t.dir, (int)program);
    ck_assert_int_eq(access(path, F_OK), 0);
    program = fork();
    if (program == 0)
        _exit(executor_process_new(t.loop, t.dir, NULL) ? 0 : 1);
    ck_assert_int_eq(waitpid(program, &status, 0), program);
    ck_assert_int_eq(status, 0);
    ck_assert_int_lt(access(path, F_OK), 0);
    podtest_run(&t); /* ours has its place still */
    ck_assert_int_eq(t.how.exit_code, 0);
    podtest_fini(&t);
}
END_TEST

START_TEST(test_size_limit)
{
    struct podtest t;
    struct err err = ERR_INIT;

    podtest_init(&t);
    podtest_pod(&t,
                "'volumes': [{'name': 'v', 'emptyDir': {'sizeLimit': '1Mi'}}, {'name':"
                " 'w', 'emptyDir': {}}]",
                "'volumeMounts': [{'name': 'v', 'mountPath': '/mnt'}, {'name': 'w',"
                " 'mountPath': '/srv'}]",
                "mkdir -p /mnt/d; head -c 500K /dev/zero >>/mnt/d/f; head -c 3M"
                " /dev/zero >/srv/f");
    podtest_run(&t);
    ck_assert_msg(t.x->ops->check_limits(t.x, t.pod, &err) == 0, "%s", err.msg);
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_nonnull(podtest_start(&t, &err));
        podtest_until_end(&t);
    }
    ck_assert_int_lt(t.x->ops->check_limits(t.x, t.pod, &err), 0);
    ck_assert_str_eq(err.msg, "Usage of EmptyDir volume \"v\" exceeds the limit"
                              " \"1Mi\".");
    podtest_fini(&t);
}
END_TEST

/* Its names, and what becomes of them while it runs. */
START_TEST(test_hosts)
{
    struct podtest t;
    struct err err = ERR_INIT;

    podtest_init(&t);
    podtest_pod(&t, "", "",
                "getent hosts me; echo ready; until getent hosts peer; do sleep .01;"
                " done");
    ck_assert_int_eq(podtest_prepare(&t, &err), 0);
    ck_assert_int_eq(
        t.x->ops->set_hosts(t.x, t.pod, "127.1.2.3 me.sub me and a long line\n", &err),
        0);
    ck_assert_ptr_nonnull(podtest_start(&t, &err));
    podtest_until_log(&t, "ready\n");
    ck_assert_int_eq(t.x->ops->set_hosts(t.x, t.pod, "127.1.2.4 peer\n", &err), 0);
    podtest_until_end(&t);
    podtest_expect(&t, "hosts",
                   "127.1.2.3       me.sub me and a long line\nready\n127.1.2.4       "
                   "peer\n");
    podtest_fini(&t);
}
END_TEST

int main(void)
{
    return podtest_main_views("gantry-local/volumes",
                              (struct suite_row[]){
                                  {test_volume, ARRAY_LEN(cases)},
                                  {test_lacking, ARRAY_LEN(lacking)},
                                  {test_misplaced, ARRAY_LEN(misplaced)},
                                  {test_empty_dir_lives, 1},
                                  {test_message, ARRAY_LEN(messages)},
                                  {test_message_anew, 1},
                                  {test_follows, 1},
                                  {test_follows_loss, 1},
                                  {test_rights, ARRAY_LEN(rights)},
                                  {test_hosts, 1},
                                  {test_size_limit, 1},
                                  {test_killed_program, 1},
                                  {NULL, 0},
                              });
}
