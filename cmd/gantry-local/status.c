/* gantry-local status - which programs run, and how the cluster stands. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/dircommand.h"
#include "cmd/gantry-local/survey.h"

/* As systemctl's status has it. */
enum { STATUS_UP = 0, STATUS_PARTLY = 1, STATUS_DOWN = 3 };

static const struct opt_exit exits[] = {
    {STATUS_UP, "the cluster is up, or help was asked for"},
    {STATUS_PARTLY, "a part of it does not run or does not answer; `up` repairs that"},
    {EXIT_USE, "wrong use: an option, or a directory that one names"},
    {STATUS_DOWN, "it is down"},
    {0, NULL},
};

struct status {
    const struct statedir *statedir;
    struct proc procs[DAEMONS];
    bool runs[DAEMONS];
    size_t running;
    struct ask *ask; /* NULL: it does not answer */
    struct survey survey;
};

static void look(struct status *s)
{
    for (int i = 0; i < DAEMONS; i++) {
        s->runs[i] = daemon_find(s->statedir->dir, i, &s->procs[i]);
        s->running += s->runs[i];
    }
}

/* Leaves `ask` where the server answers all that is asked. */
static void ask_server_of(struct status *s, struct err *err)
{
    s->ask = statedir_ask(s->statedir, err);
    if (s->ask && survey_nodes(s->ask, &s->survey, err) == 0 &&
        survey_jobs(s->ask, &s->survey, err) == 0)
        return;
    ask_close(TAKE(s->ask));
}

/* What a program that runs does. */
static void print_work(const struct status *s, enum daemon which, const struct err *err)
{
    switch (which) {
    case DAEMON_SERVER:
        printf("%s", s->ask ? ask_server(s->ask) : err->msg);
        break;
    case DAEMON_NODES:
        if (s->ask)
            printf("%zu of %zu ready", s->survey.ready, s->survey.nodes);
        break;
    case DAEMON_CONTROLLER:
        if (s->ask)
            printf("jobs: %zu running, %zu pending, %zu ended", s->survey.active,
                   s->survey.pending, s->survey.ended);
        break;
    case DAEMONS:
        break;
    }
}

static void print_program(const struct status *s, enum daemon which,
                          const struct err *err)
{
    STR_AUTO struct str words = {0};

    printf("  %-12s ", daemon_title(which));
    if (s->runs[which]) {
        const int64_t kib = proc_memory_kib(&s->procs[which]);
        printf("pid %-7d %5.1f MB  ", (int)s->procs[which].pid,
               kib < 0 ? 0.0 : (double)kib / 1024);
        print_work(s, which, err);
        printf("\n");
        return;
    }
    daemon_last_words(s->statedir->dir, which, &words);
    printf("does not run%s%s\n", words.len > 0 ? ": " : "", words.s);
}

static int report(struct statedir *c, struct err *err)
{
    struct status s = {.statedir = c};
    struct err why = ERR_INIT; /* the server's, which is told in its line */

    (void)err;
    look(&s);
    if (s.running == 0) {
        printf("Gantry is not up in %s.\n", c->dir);
        return STATUS_DOWN;
    }
    if (s.runs[DAEMON_SERVER])
        ask_server_of(&s, &why);
    const bool whole =
        s.running == DAEMONS && s.ask && s.survey.nodes == s.survey.ready;
    printf("Gantry is %sup in %s.\n", whole ? "" : "only partly ", c->dir);
    for (int i = 0; i < DAEMONS; i++)
        print_program(&s, i, &why);
    AUTO_FREE char *export = statedir_export(c);
    if (whole)
        printf("  %s\n", export);
    else if (s.running < DAEMONS)
        printf("`gantry-local up` starts what is missing.\n");
    ask_close(s.ask);
    return whole ? STATUS_UP : STATUS_PARTLY;
}

int cmd_status(int argc, char **argv)
{
    static const struct dircommand command = {
        .name = "status",
        .about = "Says which programs run, with their memory, and how nodes and jobs "
                 "stand.",
        .exits = exits,
        .run = report,
    };

    return dircommand_main(&command, argc, argv);
}
