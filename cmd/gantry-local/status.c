/* gantry-local status - which programs run, and how the cluster stands. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"
#include "cmd/gantry-local/commands.h"
#include "cmd/gantry-local/statedir.h"
#include "cmd/gantry-local/survey.h"

/* As systemctl's status has it. */
enum { STATUS_UP = 0, STATUS_PARTLY = 1, STATUS_DOWN = 3 };

struct options {
    const char *dir;
    bool help;
};

static const struct opt table[] = {
    {"dir", 0, OPT_STRING, "GANTRY_LOCAL_DIR", offsetof(struct options, dir), "DIR",
     "all that it keeps (~/.local/state/gantry-local)", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, offsetof(struct options, help), NULL,
     "show this text", 0, 0},
    {0},
};

static const struct opt_exit exits[] = {
    {STATUS_UP, "the cluster is up, or help was asked for"},
    {STATUS_PARTLY, "a part of it does not run or does not answer; `up` repairs that"},
    {EXIT_USE, "wrong use: an option, or a directory that one names"},
    {STATUS_DOWN, "it is down"},
    {0, NULL},
};

struct status {
    struct statedir statedir;
    struct proc procs[DAEMONS];
    bool runs[DAEMONS];
    size_t running;
    struct ask *ask; /* NULL: it does not answer */
    struct survey survey;
};

static void look(struct status *s)
{
    for (int i = 0; i < DAEMONS; i++) {
        s->runs[i] = daemon_find(s->statedir.dir, i, &s->procs[i]);
        s->running += s->runs[i];
    }
}

/* Leaves `ask` where the server answers all that is asked. */
static void ask_server_of(struct status *s, struct err *err)
{
    s->ask = statedir_ask(&s->statedir, err);
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
    daemon_last_words(s->statedir.dir, which, &words);
    printf("does not run%s%s\n", words.len > 0 ? ": " : "", words.s);
}

static int report(struct status *s)
{
    struct err err = ERR_INIT;

    look(s);
    if (s->running == 0) {
        printf("Gantry is not up in %s.\n", s->statedir.dir);
        return STATUS_DOWN;
    }
    if (s->runs[DAEMON_SERVER])
        ask_server_of(s, &err);
    const bool whole =
        s->running == DAEMONS && s->ask && s->survey.nodes == s->survey.ready;
    printf("Gantry is %sup in %s.\n", whole ? "" : "only partly ", s->statedir.dir);
    for (int i = 0; i < DAEMONS; i++)
        print_program(s, i, &err);
    AUTO_FREE char *export = statedir_export(&s->statedir);
    if (whole)
        printf("  %s\n", export);
    else if (s->running < DAEMONS)
        printf("`gantry-local up` starts what is missing.\n");
    ask_close(s->ask);
    return whole ? STATUS_UP : STATUS_PARTLY;
}

int cmd_status(int argc, char **argv)
{
    struct options o = {0};
    struct status s = {.statedir = {.lock = -1}};
    struct err err = ERR_INIT;
    const int at = opt_parse(table, argc, argv, &o, &err);
    int status = EXIT_USE;

    if (at >= 0 && o.help) {
        opt_help(table, "gantry-local status [--dir DIR]",
                 "Says which programs run, with their memory, and how nodes and jobs "
                 "stand.",
                 stdout);
        opt_help_exits(exits, stdout);
        return 0;
    }
    if (at >= 0 && at < argc)
        err_set(&err, ERR_INVALID, "unexpected \"%.100s\"; see --help", argv[at]);
    else if (at >= 0 && statedir_init(&s.statedir, o.dir, &err) == 0)
        status = report(&s);
    if (err.code)
        fprintf(stderr, "gantry-local status: %s\n", err.msg);
    statedir_fini(&s.statedir);
    return status;
}
