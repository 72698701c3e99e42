#include "tests/support/podtest.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/mountns.h"

#define NOBODY 65534
#define LOG_MAX 1000000

void podtest_init(struct podtest *t)
{
    struct err err = ERR_INIT;

    *t = (struct podtest){.dir = "/tmp/gantry-test-XXXXXX"};
    ck_assert_ptr_nonnull(mkdtemp(t->dir));
    t->loop = loop_new(&err);
    t->x = executor_process_new(t->loop, t->dir, &err);
    ck_assert_msg(t->x != NULL, "%s", err.msg);
    t->objects = json_new_array();
}

static void drop_pod(struct podtest *t)
{
    podobjects_fini(&t->known);
    podspec_free(TAKE(t->pod));
    free(TAKE(t->log));
    free(TAKE(t->note));
}

void podtest_fini(struct podtest *t)
{
    AUTO_FREE char *command = xasprintf("rm -rf %s", t->dir);

    drop_pod(t);
    json_free(t->objects);
    executor_free(t->x);
    loop_free(t->loop);
    ck_assert_int_eq(system(command), 0);
}

void podtest_object(struct podtest *t, enum value_kind kind, const char *text)
{
    struct json *object = json_build(text);

    json_set(object, "kind", json_new_int(kind));
    json_append(t->objects, object);
}

/* What a server that has these objects would say. */
static void learn(struct podtest *t)
{
    podobjects_init(&t->known, t->pod);
    for (size_t i = 0; i < t->known.n; i++)
        for (size_t k = 0; k < json_len(t->objects); k++) {
            const struct json *object = json_item(t->objects, k);

            if (json_int_or(object, "kind", -1) == (int)t->known.items[i].kind &&
                str_eq(json_str(object, "metadata.name"), t->known.items[i].name))
                podobject_set(&t->known.items[i], object);
        }
}

void podtest_pod(struct podtest *t, const char *spec, const char *container,
                 const char *script)
{
    AUTO_FREE char *text = xasprintf(
        "{'metadata': {'name': 'p', 'namespace': 'default', 'uid': 'u-1', 'labels':"
        " {'app': 'x'}}, 'spec': {'restartPolicy': 'Never'%s%s, 'containers': [{'name':"
        " 'c'%s%s, 'command': ['sh', '-c', %%s]}]}}",
        *spec ? ", " : "", spec, *container ? ", " : "", container);
    JSON_AUTO struct json *object = json_build(text, script);

    drop_pod(t);
    t->pod = podspec_new(object);
    ck_assert_msg(!t->pod->invalid, "%s", t->pod->invalid);
    learn(t);
}

static struct value_pod view(const struct podtest *t)
{
    return (struct value_pod){.spec = t->pod,
                              .pod_ip = "127.9.9.9",
                              .host_ip = "127.9.9.1",
                              .objects = &t->known};
}

int podtest_prepare(struct podtest *t, struct err *err)
{
    struct value_pod pod = view(t);

    return t->x->ops->prepare(t->x, &pod, err);
}

int podtest_refresh(struct podtest *t, struct err *err)
{
    struct value_pod pod = view(t);

    podobjects_fini(&t->known);
    learn(t);
    return t->x->ops->refresh(t->x, &pod, err);
}

static void exited(void *arg, const struct executor_exit *how)
{
    struct podtest *t = arg;

    t->ended = true;
    t->how = *how;
    t->how.note = NULL;
    free(t->note);
    t->note = xstrdup_null(how->note);
}

struct executor_run *podtest_start(struct podtest *t, struct err *err)
{
    struct value_pod pod = view(t);
    char **envp = env_build(&pod, &t->pod->mains[0], err);
    struct executor_run *run;

    t->ended = false;
    if (!envp)
        return NULL;
    run = t->x->ops->start(t->x,
                           &(struct executor_start){.pod = t->pod,
                                                    .container = &t->pod->mains[0],
                                                    .argv = t->pod->mains[0].command,
                                                    .envp = envp},
                           exited, t, err);
    words_free(envp);
    return run;
}

static void read_log(struct podtest *t)
{
    AUTO_FREE char *path = xasprintf("%s/logs/default_p_u-1/c.log", t->dir);
    STR_AUTO struct str text;

    str_init(&text, LOG_MAX);
    ck_assert_int_eq(str_read_file(&text, path, NULL), 0);
    free(t->log);
    t->log = str_take(&text);
}

void podtest_until_end(struct podtest *t)
{
    int64_t until_ms = loop_fresh_mono_ms(t->loop) + PODTEST_WAIT_MS;

    while (!t->ended && loop_fresh_mono_ms(t->loop) < until_ms)
        loop_poll(t->loop, 100);
    ck_assert(t->ended);
    read_log(t);
}

void podtest_until_log(struct podtest *t, const char *text)
{
    int64_t until_ms = loop_fresh_mono_ms(t->loop) + PODTEST_WAIT_MS;

    for (read_log(t); !strstr(t->log, text); read_log(t)) {
        ck_assert_msg(loop_fresh_mono_ms(t->loop) < until_ms, "no \"%s\" in: %s", text,
                      t->log);
        loop_poll(t->loop, 10);
    }
}

void podtest_run(struct podtest *t)
{
    struct err err = ERR_INIT;
    const char *word = t->x->ops->refuse(t->x, t->pod, &err);

    ck_assert_msg(!word, "%s: %s", word, err.msg);
    ck_assert_msg(podtest_prepare(t, &err) == 0, "%s", err.msg);
    ck_assert_msg(podtest_start(t, &err) != NULL, "%s", err.msg);
    podtest_until_end(t);
}

void podtest_expect(const struct podtest *t, const char *name, const char *log)
{
    ck_assert_msg(t->how.exit_code == 0 && strcmp(t->log, log) == 0,
                  "%s: code %d, log: %s", name, t->how.exit_code, t->log);
}

/* ---- what this machine allows ---- */

bool podtest_has_views(void)
{
    char stage[] = "/tmp/gantry-test-XXXXXX";
    struct err err = ERR_INIT;
    bool has;

    if (!mkdtemp(stage))
        return false;
    has = mountns_probe(stage, &err) != MOUNTNS_REFUSED;
    rmdir(stage);
    if (!has)
        fprintf(stderr, "skipped for user %u: no mount namespaces here: %s\n",
                geteuid(), err.msg);
    return has;
}

/* ---- twice ---- */

static _Noreturn void again_as_nobody(void)
{
    char *argv[] = {"as an ordinary user", NULL};

    if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
        setresuid(NOBODY, NOBODY, NOBODY) < 0) {
        perror("skipped for an ordinary user");
        _exit(0);
    }
    execv("/proc/self/exe", argv);
    _exit(126);
}

int podtest_main(const char *name, const struct suite_row *rows)
{
    int rc = suite_main(name, rows), status = 0;
    pid_t pid;

    if (geteuid() != 0)
        return rc;
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        again_as_nobody();
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (status != 0)
        fprintf(stderr, "%s failed as an ordinary user: %d\n", name, status);
    return rc ? rc : status != 0;
}

int podtest_main_views(const char *name, const struct suite_row *rows)
{
    static const struct suite_row none[] = {{NULL, 0}};

    return podtest_main(name, podtest_has_views() ? rows : none);
}
