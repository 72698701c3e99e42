#include "cmd/gantry-local/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-local/mountns.h"

struct guardian {
    int fd; /* the pipe's writing end */
    pid_t pid;
};

/* ---- in the helper ---- */

struct group {
    pid_t pgid;
    int ns_fd; /* of its mount namespace; -1: none */
};

struct groups {
    struct group *items;
    size_t n, cap;
};

static struct group *groups_find(struct groups *g, pid_t pgid)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->items[i].pgid == pgid)
            return &g->items[i];
    return NULL;
}

static void groups_note(struct groups *g, const struct guardian_note *note)
{
    struct group *group = groups_find(g, note->pgid);

    if (note->pgid <= 1)
        return;
    if (!group && note->alive) {
        GROW(g->items, g->n, g->cap);
        group = &g->items[g->n++];
        *group = (struct group){note->pgid, -1};
    }
    if (!group)
        return;
    if (group->ns_fd < 0 && note->has_ns)
        group->ns_fd = mountns_open(note->pgid);
    if (note->alive)
        return;
    if (group->ns_fd >= 0)
        close(group->ns_fd);
    *group = g->items[--g->n];
}

/* Notes are far smaller than PIPE_BUF, so they arrive whole. */
static _Noreturn void watch_pipe(int fd)
{
    struct groups groups = {0};
    struct guardian_note note;
    ssize_t n;

    while ((n = read(fd, &note, sizeof(note))) != 0) {
        if (n == sizeof(note))
            groups_note(&groups, &note);
        else if (n < 0 && errno != EINTR)
            break;
    }
    for (size_t i = 0; i < groups.n; i++) {
        kill(-groups.items[i].pgid, SIGKILL);
        mountns_kill(groups.items[i].ns_fd);
    }
    _exit(0);
}

/* Its own session, deaf to what ends the program; none of its descriptors but the pipe.
 */
static _Noreturn void helper(int fd)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};

    setsid();
    prctl(PR_SET_NAME, "gantry-guardian");
    for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
        signal(ignored[i], SIG_IGN);
    if (dup2(fd, 0) == 0)
        close_range(1, ~0U, 0);
    watch_pipe(0);
}

/* ---- in the program ---- */

struct guardian *guardian_new(struct err *err)
{
    struct guardian *g;
    int fds[2];
    pid_t pid;

    if (pipe2(fds, O_CLOEXEC) < 0) {
        err_errno(err, errno, "pipe");
        return NULL;
    }
    pid = fork();
    if (pid == 0)
        helper(fds[0]);
    close(fds[0]);
    if (pid < 0) {
        close(fds[1]);
        err_errno(err, errno, "fork");
        return NULL;
    }
    g = xcalloc(1, sizeof(*g));
    g->fd = fds[1];
    g->pid = pid;
    return g;
}

void guardian_free(struct guardian *g)
{
    if (!g)
        return;
    close(g->fd);
    while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(g);
}

int guardian_fd(const struct guardian *g)
{
    return g->fd;
}

void guardian_forget(struct guardian *g, pid_t pgid)
{
    struct guardian_note note = {.pgid = pgid};

    /* a helper that somebody killed is no reason to stop: EPIPE is ignored */
    if (write(g->fd, &note, sizeof(note)) < 0)
        return;
}
