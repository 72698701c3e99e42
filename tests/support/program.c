#include "tests/support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* A program that says nothing for so long has failed the test. */
#define PATIENCE_MS 30000
#define READ_BYTES 4096

char *program_argument(const char *root, const char *text)
{
    const char *at = strchr(text, '@');

    return at ? xasprintf("%.*s%s%s", (int)(at - text), text, root, at + 1)
              : xstrdup(text);
}

static _Noreturn void be_program(const char *root, const char *const *args, int out)
{
    char *argv[PROGRAM_ARGS_MAX + 1] = {0};
    AUTO_FREE char *path = xasprintf("%s/%s", getenv("BIN"), args[0]);

    for (size_t i = 0; i < PROGRAM_ARGS_MAX && args[i]; i++)
        argv[i] = program_argument(root, args[i]);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves none behind */
    unsetenv("KUBECONFIG");
    unsetenv("KUBERNETES_SERVICE_HOST");
    setenv("HOME", root, 1);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(path, argv);
    _exit(126);
}

static void limit_files(unsigned files)
{
    const struct rlimit few = {files, files};

    if (files > 0 && setrlimit(RLIMIT_NOFILE, &few) != 0)
        _exit(125);
}

void program_start_limited(struct program *p, const char *root, const char *const *args,
                           unsigned files)
{
    int ends[2];

    ck_assert_msg(getenv("BIN") != NULL, "BIN says where the programs are");
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    *p = (struct program){.pid = fork(), .out = ends[0]};
    ck_assert_int_ge(p->pid, 0);
    if (p->pid == 0) {
        limit_files(files);
        be_program(root, args, ends[1]);
    }
    close(ends[1]);
    str_init(&p->said, 1 << 20);
}

void program_start(struct program *p, const char *root, const char *const *args)
{
    program_start_limited(p, root, args, 0);
}

/* Some more of what it says; false at the end. */
static bool program_read(struct program *p)
{
    struct pollfd ready = {.fd = p->out, .events = POLLIN};
    char bytes[READ_BYTES];

    if (poll(&ready, 1, PATIENCE_MS) != 1) {
        kill(p->pid, SIGKILL);
        ck_abort_msg("it neither speaks nor ends; it said: %s", p->said.s);
    }
    const ssize_t n = read(p->out, bytes, sizeof(bytes));
    if (n > 0)
        str_addn(&p->said, bytes, (size_t)n);
    return n > 0;
}

void program_until(struct program *p, const char *part)
{
    while (!p->said.s || !strstr(p->said.s, part))
        ck_assert_msg(program_read(p), "it ended without \"%s\": %s", part, p->said.s);
}

/* Waits for its end. */
int program_end(struct program *p)
{
    int status;

    while (program_read(p))
        ;
    close(p->out);
    ck_assert_int_eq(waitpid(p->pid, &status, 0), p->pid);
    ck_assert_msg(WIFEXITED(status), "ended by signal %d: %s", WTERMSIG(status),
                  p->said.s);
    return WEXITSTATUS(status);
}

int program_stop(struct program *p)
{
    kill(p->pid, SIGTERM);
    return program_end(p);
}

void program_fini(struct program *p)
{
    str_fini(&p->said);
}
