/* gantry-local down - stops what `up` started, and loses nothing: the nodes first, so
 * that the controller sees their jobs end and puts them back into the queue. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"
#include "cmd/gantry-local/dircommand.h"
#include "cmd/gantry-local/survey.h"

/* The nodes give pods five seconds, and five more to be reported. */
#define GRACE_MS 20000
#define REQUEUE_MS 15000
#define POLL_MS 100

static const struct opt_exit exits[] = {
    {0, "the cluster is down, or help was asked for"},
    {EXIT_FAILED, "it is down, but a program did not end by itself and was killed"},
    {EXIT_USE, "wrong use: an option, or a directory that one names"},
    {EXIT_TAKEN, "the directory is in use"},
    {0, NULL},
};

static void plural(size_t n, const char *one, const char *many)
{
    printf("%zu %s", n, n == 1 ? one : many);
}

/* Before anything happens: what it means for jobs that run. */
static void tell_jobs(const struct survey *s)
{
    const size_t back = s->active - s->final;

    if (back > 0) {
        plural(back, "running job is stopped and goes",
               "running jobs are stopped and go");
        printf(" back to the queue\n");
    }
    if (s->final > 0) {
        plural(s->final, "running job ends", "running jobs end");
        printf(" as NODE_FAIL, by requeue: false\n");
    }
    fflush(stdout);
}

/* Until the controller has put all jobs away whose pods the nodes have ended. */
static void await_requeue(struct statedir *c, struct ask *a, struct survey *s)
{
    const int64_t until_ms = loop_mono_ms(c->loop) + REQUEUE_MS;

    while (survey_jobs(a, s, NULL) == 0 && s->active > 0 &&
           loop_mono_ms(c->loop) < until_ms)
        loop_poll(c->loop, POLL_MS);
}

/* True: it had to be killed. */
static bool stop(struct statedir *c, enum daemon which)
{
    struct proc p;

    if (!daemon_find(c->dir, which, &p))
        return false;
    const bool killed = daemon_stop(c->loop, c->dir, which, GRACE_MS) == DAEMON_KILLED;
    printf("  %-12s %s\n", daemon_title(which),
           killed ? "did not end: killed" : "stopped");
    fflush(stdout);
    return killed;
}

static int stop_all(struct statedir *c)
{
    struct survey s = {0};
    struct proc p;
    struct ask *a =
        daemon_find(c->dir, DAEMON_SERVER, &p) ? statedir_ask(c, NULL) : NULL;
    const bool known = a && survey_jobs(a, &s, NULL) == 0;
    bool killed;

    tell_jobs(&s);
    killed = stop(c, DAEMON_NODES);
    if (known && s.active > 0 && daemon_find(c->dir, DAEMON_CONTROLLER, &p))
        await_requeue(c, a, &s);
    killed |= stop(c, DAEMON_CONTROLLER);
    ask_close(a);
    killed |= stop(c, DAEMON_SERVER);
    printf("Gantry is down.");
    if (s.pending + s.active > 0) {
        printf(" ");
        plural(s.pending + s.active, "job waits", "jobs wait");
        printf(" for the next `gantry-local up`.");
    }
    printf("\n");
    return killed ? EXIT_FAILED : 0;
}

static bool anything_runs(const struct statedir *c)
{
    struct proc p;

    for (int i = 0; i < DAEMONS; i++)
        if (daemon_find(c->dir, i, &p))
            return true;
    return false;
}

static int bring_down(struct statedir *c, struct err *err)
{
    struct stat st;

    if (stat(c->dir, &st) == 0 && statedir_take(c, err) != 0)
        return err->code == ERR_EXISTS ? EXIT_TAKEN : EXIT_USE;
    if (anything_runs(c))
        return stop_all(c);
    printf("Gantry is not up in %s.\n", c->dir);
    return 0;
}

int cmd_down(int argc, char **argv)
{
    static const struct dircommand command = {
        .name = "down",
        .about =
            "Stops a cluster that `up` started. Objects stay; jobs that run go back "
            "to the queue.",
        .exits = exits,
        .run = bring_down,
    };

    return dircommand_main(&command, argc, argv);
}
