#include "cmd/gantry-local/execrun.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "base/util.h"

#define READ_BYTES 4096
/* A pipe's worth: somebody who escaped from the group may write for ever. */
#define DRAIN_READS 32

struct execrun {
    struct guardian *guardian;
    pid_t pid; /* and its process group */
    struct loop_child *child;
    int fd; /* of its output */
    struct loop_io *io;
    struct str output;
    executor_exec_fn *done;
    void *arg;
};

static bool read_some(struct execrun *e)
{
    char bytes[READ_BYTES];
    const ssize_t n = read(e->fd, bytes, sizeof(bytes));

    if (n > 0)
        str_addn(&e->output, bytes, MIN((size_t)n, EXECRUN_OUTPUT_MAX - e->output.len));
    else if (n == 0)
        loop_io_free(TAKE(e->io));
    return n > 0;
}

static void readable(void *arg, int fd, unsigned ready)
{
    (void)fd, (void)ready;
    (void)read_some(arg);
}

static void release(struct execrun *e)
{
    loop_child_free(e->child);
    loop_io_free(e->io);
    if (e->fd >= 0)
        close(e->fd);
    str_fini(&e->output);
    free(e);
}

static void end_group(const struct execrun *e)
{
    kill(-e->pid, SIGKILL);
    guardian_forget(e->guardian, e->pid);
}

static void child_ended(void *arg, pid_t pid, int status)
{
    struct execrun *e = arg;
    struct executor_exit how = {.exit_code = WEXITSTATUS(status)};

    (void)pid;
    if (WIFSIGNALED(status))
        how = (struct executor_exit){.exit_code = 128 + WTERMSIG(status),
                                     .signal = WTERMSIG(status)};
    end_group(e);
    for (int i = 0; i < DRAIN_READS && read_some(e); i++)
        ;
    e->done(e->arg, &how, e->output.s);
    release(e);
}

static int start(struct execrun *e, struct loop *loop, const struct spawn *spawn,
                 struct err *err)
{
    struct spawn s = *spawn;
    struct spawned started;
    int fds[2];
    int rc;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return err_errno(err, errno, "a pipe for the output");
    e->fd = fds[0];
    s.output_fd = fds[1];
    rc = spawn_process(&s, &started, err);
    close(fds[1]);
    if (rc < 0)
        return -1;
    e->pid = started.pid; /* it has no view of its own */
    if (fcntl(e->fd, F_SETFL, O_NONBLOCK) == 0)
        e->io = loop_io_new(loop, e->fd, LOOP_READ, readable, e, err);
    e->child = e->io ? loop_child_new(loop, e->pid, child_ended, e, err) : NULL;
    if (e->child)
        return 0;
    end_group(e);
    return -1;
}

struct execrun *execrun_new(struct loop *loop, struct guardian *guardian,
                            const struct spawn *spawn, executor_exec_fn *done,
                            void *arg, struct err *err)
{
    struct execrun *e = xcalloc(1, sizeof(*e));

    e->guardian = guardian;
    e->fd = -1;
    e->done = done;
    e->arg = arg;
    str_init(&e->output, EXECRUN_OUTPUT_MAX);
    if (start(e, loop, spawn, err) == 0)
        return e;
    release(e);
    return NULL;
}

void execrun_free(struct execrun *e)
{
    end_group(e);
    release(e);
}
