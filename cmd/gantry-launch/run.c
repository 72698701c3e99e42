#include "cmd/gantry-launch/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-launch/group.h"

#define TERMINATION_LOG "/dev/termination-log"

/* Those that come from outside; what a fault of our own raises kills us. */
static const int forwarded[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1,
                                SIGUSR2, SIGTERM, SIGCONT, SIGALRM};

static bool is_forwarded(int signo)
{
    for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
        if (forwarded[i] == signo)
            return true;
    return false;
}

/* ---- the child ---- */

/* Ours are no affair of the script's. */
static void drop_variables(void)
{
    static const char *const names[] = {
        "GANTRY_SCRIPT", "GANTRY_SCRIPT_FILE", "GANTRY_WORK_DIR",  "GANTRY_INPUT",
        "GANTRY_OUTPUT", "GANTRY_ERROR",       "GANTRY_OPEN_MODE", "GANTRY_SIGNALS"};
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

/* What came to us since; what we sent to the group comes back, and is dropped. */
static void forward(int signals)
{
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof(info)) == sizeof(info))
        if (is_forwarded((int)info.ssi_signo) && (pid_t)info.ssi_pid != getpid())
            group_signal((int)info.ssi_signo);
}

static void deliver(pid_t script, struct inbox *in)
{
    struct siglist_item item;
    inbox_look(in);
    while (inbox_take(in, &item))
        if (item.signo > 0 && item.scope == SIGLIST_BATCH)
            kill(script, item.signo);
        else if (item.signo > 0)
            group_signal(item.signo);
}

static int wait_for(pid_t script, struct inbox *in, int signals)
{
    int status = 0;
    while (!collect(script, &status)) {
        struct pollfd news[] = {{.fd = signals, .events = POLLIN},
                                {.fd = in->fd, .events = POLLIN}};
        deliver(script, in);
        if (poll(news, ARRAY_LEN(news), inbox_patience_ms(in)) > 0)
            forward(signals);
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

/* From here on nothing is missed: a descriptor that tells of signals. */
static int watch_signals(struct err *err)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    int fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        err_errno(err, errno, "signalfd");
    return fd;
}

int run_script(const struct script *s, const struct files *f, char *const *args,
               struct inbox *in, int *ret_exit, struct err *err)
{
    int report[2];
    *ret_exit = RUN_CANNOT;
    int signals = watch_signals(err);
    if (signals < 0)
        return -1;
    if (pipe2(report, O_CLOEXEC) < 0)
        return err_errno(err, errno, "pipe");
    pid_t pid = fork();
    if (pid < 0)
        return err_errno(err, errno, "fork");
    if (pid == 0)
        child(s, f, args, report[1]);
    close(report[1]);
    int errnum = hear(report[0]);
    int status = wait_for(pid, in, signals);
    close(signals);
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
