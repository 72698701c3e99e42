#include "cmd/gantry-launch/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"

#define TERMINATION_LOG "/dev/termination-log"

/* Those that come from outside; what a fault of our own raises kills us. */
static const int forwarded[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1,
                                SIGUSR2, SIGTERM, SIGCONT, SIGALRM};

static void watched_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
        sigaddset(set, forwarded[i]);
}

/* ---- the child ---- */

/* Ours are no affair of the script's. */
static void drop_variables(void)
{
    static const char *const names[] = {
        "GANTRY_SCRIPT", "GANTRY_SCRIPT_FILE", "GANTRY_WORK_DIR", "GANTRY_INPUT",
        "GANTRY_OUTPUT", "GANTRY_ERROR",       "GANTRY_OPEN_MODE"};
    const char *dir = getenv("GANTRY_WORK_DIR");
    if (dir)
        setenv("SLURM_SUBMIT_DIR", dir, 0);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unsetenv(names[i]);
}

static void take_files(const struct files *f)
{
    const int fds[] = {f->in, f->out, f->err};
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0 && dup2(fds[i], i) < 0)
            _exit(RUN_CANNOT);
}

static size_t count(char *const *words)
{
    size_t n = 0;
    while (words[n])
        n++;
    return n;
}

/* INTERPRETER [ARGUMENT] SCRIPT ARGS, as the kernel puts them. */
static char **command_line(const struct script *s, char *const *args)
{
    size_t n = 0, n_args = count(args);
    char **argv = xcalloc(n_args + 4, sizeof(*argv));
    argv[n++] = s->interpreter;
    if (s->argument)
        argv[n++] = s->argument;
    argv[n++] = s->path;
    memcpy(argv + n, args, n_args * sizeof(*argv));
    return argv;
}

static _Noreturn void child(const struct script *s, const struct files *f,
                            char *const *args, int report_fd)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    take_files(f);
    drop_variables();
    execv(s->interpreter, command_line(s, args));
    int errnum = errno;
    if (write(report_fd, &errnum, sizeof(errnum)) < 0)
        _exit(RUN_CANNOT);
    _exit(RUN_NOT_FOUND);
}

/* ---- its end ---- */

/* Collects what has ended; true: the script is among it. */
static bool collect(pid_t script, int *ret_status)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == script) {
            *ret_status = status;
            return true;
        }
    return false;
}

static int wait_for(pid_t script)
{
    sigset_t set;
    int status = 0;
    watched_signals(&set);
    while (!collect(script, &status)) {
        siginfo_t info;
        int signo = sigwaitinfo(&set, &info);
        /* What we sent to the group comes back to us. */
        if (signo > 0 && signo != SIGCHLD && info.si_pid != getpid())
            kill(0, signo);
    }
    return status;
}

/* What the child says when it cannot become the script; 0: it has. */
static int hear(int report_fd)
{
    int errnum = 0;
    ssize_t n = read(report_fd, &errnum, sizeof(errnum));
    close(report_fd);
    return n == sizeof(errnum) ? errnum : 0;
}

int run_script(const struct script *s, const struct files *f, char *const *args,
               int *ret_exit, struct err *err)
{
    sigset_t set;
    int report[2];
    *ret_exit = RUN_CANNOT;
    watched_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL); /* from here on nothing is missed */
    if (pipe2(report, O_CLOEXEC) < 0)
        return err_errno(err, errno, "pipe");
    pid_t pid = fork();
    if (pid < 0)
        return err_errno(err, errno, "fork");
    if (pid == 0)
        child(s, f, args, report[1]);
    close(report[1]);
    int errnum = hear(report[0]);
    int status = wait_for(pid);
    if (errnum == 0)
        return status;
    if (errnum == ENOENT)
        *ret_exit = RUN_NOT_FOUND;
    return err_errno(err, errnum, "%s: bad interpreter", s->interpreter);
}

void run_wait(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fputs("gantry-launch: the script runs on rank 0, this rank waits for its end\n",
          stderr);
    while (sigwaitinfo(&set, NULL) < 0)
        ;
}

/* ---- our end ---- */

static void say_signal(int signo)
{
    FILE *out = fopen(TERMINATION_LOG, "we");
    if (!out)
        return; /* 128+n says nearly as much */
    fprintf(out, "signal %d", signo);
    fclose(out);
}

void run_end_as(int status)
{
    if (!WIFSIGNALED(status))
        exit(WEXITSTATUS(status));
    int signo = WTERMSIG(status);
    const struct rlimit no_core = {0, 0};
    sigset_t set;
    if (getpid() == 1) {
        say_signal(signo);
        exit(128 + signo);
    }
    setrlimit(RLIMIT_CORE, &no_core); /* the script has left its own */
    signal(signo, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, signo);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(signo);
    exit(128 + signo);
}
