#include "cmd/gantry-local/daemons.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/json.h"
#include "base/util.h"

#define LOG_OLD_BYTES (1 << 20)
#define LAST_WORDS_BYTES 4096
#define KILL_WAIT_MS 10000
#define ARGS_MAX 32
#define FD_TEXT_MAX 16

static const struct {
    const char *name, *title;
} rows[DAEMONS] = {
    [DAEMON_SERVER] = {"api-server", "API server"},
    [DAEMON_NODES] = {"nodes", "nodes"},
    [DAEMON_CONTROLLER] = {"controller", "controller"},
};

const char *daemon_title(enum daemon which)
{
    return rows[which].title;
}

static char *pid_path(const char *dir, enum daemon which)
{
    return xasprintf("%s/%s.pid", dir, rows[which].name);
}

static char *log_path(const char *dir, enum daemon which)
{
    return xasprintf("%s/log/%s.log", dir, rows[which].name);
}

bool daemon_find(const char *dir, enum daemon which, struct proc *ret)
{
    AUTO_FREE char *path = pid_path(dir, which);

    return proc_read(ret, path, NULL) == 0 && proc_runs(ret);
}

/* ---- starting ---- */

static int open_log(const char *dir, enum daemon which, struct err *err)
{
    AUTO_FREE char *folder = xasprintf("%s/log", dir);
    AUTO_FREE char *path = log_path(dir, which);
    AUTO_FREE char *old = xasprintf("%s.old", path);
    struct stat st;

    if (files_make_dir(folder, err) != 0)
        return -1;
    if (stat(path, &st) == 0 && st.st_size > LOG_OLD_BYTES)
        rename(path, old);
    const int fd =
        open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd >= 0 ? fd : err_errno(err, errno, "%.300s", path);
}

/* Where this start's part of the log begins. */
static void mark_start(int log)
{
    static const char mark[] = "---- started\n";

    (void)!write(log, mark, sizeof(mark) - 1);
}

static _Noreturn void become(const char *dir, enum daemon which, char *const *argv,
                             int log)
{
    AUTO_FREE char *path = pid_path(dir, which);
    struct err err = ERR_INIT;
    struct proc self;

    setsid();
    /* Not where `up` was typed: that folder may go. */
    if (chdir(dir) != 0)
        err_errno(&err, errno, "%s", dir);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    if (!err.code && proc_self(&self, &err) == 0 &&
        proc_write(&self, path, &err) == 0) {
        execv(argv[0], argv);
        err_errno(&err, errno, "%s", argv[0]);
    }
    dprintf(STDERR_FILENO, "%s\n", err.msg);
    _exit(127);
}

int daemon_start(const char *dir, enum daemon which, const char *const *argv,
                 struct starting *ret, struct err *err)
{
    char option[] = "--ready-fd", fd_text[FD_TEXT_MAX];
    char *args[ARGS_MAX + 3] = {0};
    size_t n = 0;
    int ends[2];

    for (; argv[n] && n < ARGS_MAX; n++)
        args[n] = (char *)argv[n];
    const int log = open_log(dir, which, err);
    if (log < 0)
        return -1;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(log);
        return err_errno(err, errno, "pipe");
    }
    mark_start(log);
    snprintf(fd_text, sizeof(fd_text), "%d", ends[1]);
    args[n++] = option;
    args[n] = fd_text;
    const pid_t pid = fork();
    if (pid == 0) {
        fcntl(ends[1], F_SETFD, 0);
        become(dir, which, args, log);
    }
    const int errnum = errno;
    close(log);
    close(ends[1]);
    if (pid > 0) {
        *ret = (struct starting){.which = which, .pid = pid, .ready = ends[0]};
        return 0;
    }
    close(ends[0]);
    return err_errno(err, errnum, "fork");
}

/* ---- waiting ---- */

struct waiting {
    struct loop *loop;
    bool ready, over;
};

static void on_ready(void *arg, int fd, unsigned events)
{
    struct waiting *w = arg;
    char byte;

    (void)events;
    w->ready = read(fd, &byte, 1) == 1;
    w->over = true;
    loop_stop(w->loop);
}

static void on_late(void *arg)
{
    loop_stop(((struct waiting *)arg)->loop);
}

/* Runs the loop until the descriptor is readable or it is late. */
static struct waiting wait_for(struct loop *loop, int fd, int64_t timeout_ms)
{
    struct waiting w = {.loop = loop};
    struct loop_timer *late = loop_timer_new(loop, on_late, &w);
    struct loop_io *io = loop_io_new(loop, fd, LOOP_READ, on_ready, &w, NULL);

    loop_timer_start(late, timeout_ms);
    if (io)
        loop_run(loop);
    loop_io_free(io);
    loop_timer_free(late);
    return w;
}

static int exit_status(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int daemon_await(struct loop *loop, const char *dir, struct starting *s,
                 int64_t timeout_ms, struct err *err)
{
    const enum daemon which = s->which;
    const struct waiting w = wait_for(loop, s->ready, timeout_ms);
    AUTO_FREE char *path = log_path(dir, which);
    STR_AUTO struct str words = {0};

    close(s->ready);
    s->ready = -1;
    if (w.ready)
        return 0;
    if (w.over)
        s->status = exit_status(s->pid);
    daemon_last_words(dir, which, &words);
    err_set(err, w.over ? ERR_IO : ERR_UNAVAILABLE, "%s: %s%s%.300s; its log: %.150s",
            rows[which].title, w.over ? "ended" : "not ready in time",
            words.len > 0 ? ": " : "", words.s, path);
    err_flatten(err);
    return -1;
}

/* ---- its log ---- */

static void tail(const char *path, struct str *ret)
{
    char bytes[LAST_WORDS_BYTES];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    str_init(ret, LAST_WORDS_BYTES);
    if (fd < 0)
        return;
    const off_t size = lseek(fd, 0, SEEK_END);
    const off_t from = MAX(size - LAST_WORDS_BYTES, 0);
    const ssize_t n = pread(fd, bytes, sizeof(bytes), from);
    close(fd);
    str_addn(ret, bytes, n > 0 ? (size_t)n : 0);
}

/* An error that was logged, or what a program says that cannot begin. */
static void add_error(struct str *ret, const char *line)
{
    JSON_AUTO struct json *json = json_parse(line, strlen(line), NULL);

    if (str_eq(json_str(json, "level"), "error"))
        str_add(ret, json_str_or(json, "msg", ""));
    else if (!json && str_starts(line, "gantry-"))
        str_add(ret, line);
}

void daemon_last_words(const char *dir, enum daemon which, struct str *ret)
{
    AUTO_FREE char *path = log_path(dir, which);
    STR_AUTO struct str text;

    str_init(ret, LAST_WORDS_BYTES);
    tail(path, &text);
    while (text.len > 0 && text.s[text.len - 1] == '\n')
        text.s[--text.len] = '\0';
    const char *newline = strrchr(text.s, '\n');
    add_error(ret, newline ? newline + 1 : text.s);
}

/* ---- stopping ---- */

enum daemon_end daemon_stop(struct loop *loop, const char *dir, enum daemon which,
                            int64_t grace_ms)
{
    AUTO_FREE char *path = pid_path(dir, which);
    enum daemon_end end = DAEMON_ENDED;
    struct proc p;
    const int fd = daemon_find(dir, which, &p) ? proc_open(&p) : -1;

    if (fd >= 0) {
        proc_signal(fd, SIGTERM);
        if (!wait_for(loop, fd, grace_ms).over) {
            end = DAEMON_KILLED;
            proc_signal(fd, SIGKILL);
            wait_for(loop, fd, KILL_WAIT_MS);
        }
        close(fd);
    }
    unlink(path);
    return end;
}
