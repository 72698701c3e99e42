/* gantry-local up - a cluster on this machine: API server, nodes and controller, each a
 * daemon of one directory. What runs already is left alone, so that it repairs, too. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "cmd/gantry-local/statedir.h"
#include "cmd/gantry-local/commands.h"
#include "cmd/gantry-local/nodegroups.h"
#include "cmd/gantry-local/setup.h"
#include "cmd/gantry-local/survey.h"

#define NODES_USUAL "2xh100:8,2xa100:8"
#define GPUS_USUAL "h100:8"
/* Invented like the GPUs: a node that is to feed eight of them has as much. */
#define CPUS_TEXT "64"
#define MEMORY_TEXT "512Gi"
#define NODE_PREFIX "n"
#define PATIENCE_MS 60000
#define POLL_MS 100
#define NODES_TEXT_MAX 4096

struct options {
    const char *dir;
    const char *nodes;
    const char *gpus;
    bool help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    STATEDIR_OPT(AT(dir)),
    {"nodes", 0, OPT_STRING, NULL, AT(nodes), "N[xGPUS],...",
     "groups of nodes (as before, at first " NODES_USUAL ")", 0, 0},
    {"gpus", 0, OPT_STRING, NULL, AT(gpus), "[TYPE:]N",
     "GPUs of each node that --nodes gives none (" GPUS_USUAL ")", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this text", 0, 0},
    {0},
};

static const struct opt_exit exits[] = {
    {0, "the cluster is up, or help was asked for"},
    {EXIT_FAILED, "it did not come up: a program ended or is not ready"},
    {EXIT_USE, "wrong use: an option, or a file or directory that one names"},
    {EXIT_TAKEN, "other nodes run there, or the directory is in use"},
    {EXIT_DAMAGED, "the objects that the directory keeps are damaged"},
    {0, NULL},
};

struct up {
    struct statedir statedir;
    struct nodegroups groups;
    struct ask *ask;
    char *bin;               /* where the programs are */
    char *self, *controller; /* their paths */
    bool in_path;            /* a shell finds them */
    bool is_terminal;
    bool found[DAEMONS]; /* ran already */
    int status;
};

/* ---- what people see ---- */

static void say_starting(const struct up *u, enum daemon which)
{
    if (!u->is_terminal)
        return;
    printf("  %-12s starting", daemon_title(which));
    fflush(stdout);
}

static void say(const struct up *u, enum daemon which, const char *how)
{
    printf("%s  %-12s %s%s\n", u->is_terminal ? "\r\033[K" : "", daemon_title(which),
           how, u->found[which] ? " (ran already)" : "");
    fflush(stdout);
}

static void say_usage(const struct up *u, bool was_up)
{
    AUTO_FREE char *export = statedir_export(&u->statedir);

    printf("\nGantry %s up. To use it:\n\n    %s\n", was_up ? "was" : "is", export);
    if (!u->in_path)
        printf("    export PATH=%s:$PATH\n", u->bin);
    printf("\nThen, for instance:\n\n"
           "    sinfo                                     (or: kubectl get nodes)\n"
           "    sbatch --gpus=1 --wrap 'hostname; date'   (or: kubectl apply -f ...)\n"
           "    squeue                                    (or: kubectl get bj)\n\n"
           "`gantry-local status` says how it is, `gantry-local down` stops it.\n");
}

/* ---- which nodes ---- */

static int read_kept(const struct up *u, struct str *ret)
{
    AUTO_FREE char *path = statedir_path(&u->statedir, "nodes");

    str_init(ret, NODES_TEXT_MAX);
    if (str_read_file(ret, path, NULL) != 0 || ret->len == 0)
        return -1;
    if (ret->s[ret->len - 1] == '\n')
        ret->s[--ret->len] = '\0';
    return 0;
}

static int keep_nodes(const struct up *u, const char *text, struct err *err)
{
    AUTO_FREE char *path = statedir_path(&u->statedir, "nodes");
    AUTO_FREE char *line = xasprintf("%s\n", text);

    return files_write(path, line, strlen(line), 0600, err);
}

/* The options alone: wrong ones are told before anything is done. */
static int read_groups(const struct options *o, struct nodegroups *ret, struct err *err)
{
    struct nodegroup each = {.count = 1};

    if (nodegroup_parse_gpus(o->gpus ? o->gpus : GPUS_USUAL, &each, err) != 0)
        return err_prefix(err, "--gpus");
    const char *nodes = o->nodes ? o->nodes : o->gpus ? "4" : NODES_USUAL;
    return nodegroups_parse(nodes, &each, ret, err) == 0 ? 0
                                                         : err_prefix(err, "--nodes");
}

/* Those of the options, else those of the last time. */
static int settle_groups(struct up *u, const struct options *o, struct err *err)
{
    const struct nodegroup none = {.count = 1};
    STR_AUTO struct str kept, text;
    const bool known = read_kept(u, &kept) == 0;

    str_init(&text, NODES_TEXT_MAX);
    if (known && !o->nodes && !o->gpus)
        return nodegroups_parse(kept.s, &none, &u->groups, err) == 0
                   ? 0
                   : err_prefix(err, "%s/nodes", u->statedir.dir);
    nodegroups_print(&u->groups, &text);
    if (u->found[DAEMON_NODES] && strcmp(kept.s, text.s) != 0) {
        u->status = EXIT_TAKEN;
        return err_set(err, ERR_EXISTS,
                       "other nodes run already, %.200s: `gantry-local down` first",
                       kept.s);
    }
    return keep_nodes(u, text.s, err);
}

/* ---- the programs ---- */

static bool has_folder(const char *path, const char *folder)
{
    const size_t len = strlen(folder);

    for (const char *at = path; at; at = strchr(at, ':')) {
        at += *at == ':';
        if (strncmp(at, folder, len) == 0 && (!at[len] || at[len] == ':'))
            return true;
    }
    return false;
}

static int find_programs(struct up *u, struct err *err)
{
    u->self = realpath("/proc/self/exe", NULL);
    if (!u->self)
        return err_set(err, ERR_IO, "/proc/self/exe: is /proc mounted?");
    const int folder = (int)(strrchr(u->self, '/') - u->self);
    u->bin = xasprintf("%.*s", folder, u->self);
    u->controller = xasprintf("%s/gantry-controller", u->bin);
    if (access(u->controller, X_OK) != 0)
        return err_set(err, ERR_NOT_FOUND,
                       "%.300s: is not there: it belongs beside gantry-local",
                       u->controller);
    /* So that pods find what is installed with us. */
    const char *path = getenv("PATH");
    u->in_path = path && has_folder(path, u->bin);
    AUTO_FREE char *longer = xasprintf("%s:%s", u->bin, path ? path : "/usr/bin:/bin");
    setenv("PATH", longer, 1);
    return 0;
}

/* An API server that has moved leaves the others behind. */
static int start_server(struct up *u, struct err *err)
{
    const struct passwd *pw = getpwuid(geteuid());
    struct ask *before = statedir_ask(&u->statedir, NULL);
    AUTO_FREE char *was = xstrdup(before ? ask_server(before) : "");
    const char *args[] = {u->self,  "serve",
                          "--dir",  u->statedir.dir,
                          "--user", pw ? pw->pw_name : "admin",
                          NULL};
    struct starting s;

    ask_close(before);
    say_starting(u, DAEMON_SERVER);
    if (daemon_start(u->statedir.dir, DAEMON_SERVER, args, &s, err) != 0)
        return -1;
    if (daemon_await(u->statedir.loop, u->statedir.dir, &s, PATIENCE_MS, err) != 0) {
        u->status = s.status == EXIT_DAMAGED || s.status == EXIT_TAKEN ? s.status : 0;
        return -1;
    }
    u->ask = statedir_ask(&u->statedir, err);
    for (int i = DAEMON_NODES; u->ask && i < DAEMONS; i++)
        if (u->found[i] && strcmp(was, ask_server(u->ask)) != 0) {
            daemon_stop(u->statedir.loop, u->statedir.dir, i, PATIENCE_MS);
            u->found[i] = false;
        }
    return u->ask ? 0 : -1;
}

static int serve(struct up *u, struct err *err)
{
    if (!u->found[DAEMON_SERVER]) {
        if (start_server(u, err) != 0)
            return -1;
    } else {
        u->ask = statedir_ask(&u->statedir, err);
        if (!u->ask)
            return -1;
    }
    const struct passwd *pw = getpwuid(geteuid());
    if (setup_definitions(u->ask, err) != 0 ||
        setup_queue(u->ask, pw ? pw->pw_name : "admin", err) != 0)
        return -1;
    say(u, DAEMON_SERVER, ask_server(u->ask));
    return 0;
}

static int start_nodes(struct up *u, struct starting *ret, struct err *err)
{
    AUTO_FREE char *kubeconfig = statedir_path(&u->statedir, "kubeconfig");
    AUTO_FREE char *dir = statedir_path(&u->statedir, "node");
    STR_AUTO struct str groups;

    str_init(&groups, NODES_TEXT_MAX);
    nodegroups_print(&u->groups, &groups);
    const char *args[] = {u->self,  "node",    "--kubeconfig", kubeconfig,  "--dir",
                          dir,      "--name",  NODE_PREFIX,    "--nodes",   groups.s,
                          "--cpus", CPUS_TEXT, "--memory",     MEMORY_TEXT, NULL};
    return daemon_start(u->statedir.dir, DAEMON_NODES, args, ret, err);
}

static int start_controller(struct up *u, struct starting *ret, struct err *err)
{
    AUTO_FREE char *kubeconfig = statedir_path(&u->statedir, "kubeconfig");
    const char *args[] = {u->controller, "--kubeconfig", kubeconfig, NULL};

    return daemon_start(u->statedir.dir, DAEMON_CONTROLLER, args, ret, err);
}

/* ---- ready ---- */

static int await_started(struct up *u, struct starting *s, struct err *err)
{
    if (s->ready < 0)
        return 0;
    say_starting(u, s->which);
    return daemon_await(u->statedir.loop, u->statedir.dir, s, PATIENCE_MS, err);
}

/* Nodes that ran already may have lost the server for a while. */
static int await_nodes(struct up *u, struct err *err)
{
    const size_t want = (size_t)nodegroups_count(&u->groups);
    const int64_t until_ms = loop_mono_ms(u->statedir.loop) + PATIENCE_MS;
    struct survey s;

    if (survey_prune_nodes(u->ask, NODE_PREFIX, (int64_t)want, err) != 0)
        return -1;
    for (;;) {
        if (survey_nodes(u->ask, &s, err) != 0)
            return -1;
        if (s.ready >= want)
            return 0;
        if (loop_mono_ms(u->statedir.loop) > until_ms)
            return err_set(err, ERR_UNAVAILABLE, "nodes: %zu of %zu are ready", s.ready,
                           want);
        loop_poll(u->statedir.loop, POLL_MS);
    }
}

static int run_others(struct up *u, struct err *err)
{
    struct starting nodes = {.ready = -1}, controller = {.ready = -1};
    STR_AUTO struct str text;

    str_init(&text, NODES_TEXT_MAX);
    nodegroups_print(&u->groups, &text);
    if (!u->found[DAEMON_NODES] && start_nodes(u, &nodes, err) != 0)
        return -1;
    if (!u->found[DAEMON_CONTROLLER] && start_controller(u, &controller, err) != 0)
        return -1;
    if (await_started(u, &nodes, err) != 0 || await_nodes(u, err) != 0)
        return -1;
    say(u, DAEMON_NODES, text.s);
    if (await_started(u, &controller, err) != 0)
        return -1;
    say(u, DAEMON_CONTROLLER, "ready");
    return 0;
}

/* ---- the command ---- */

static int bring_up(struct up *u, const struct options *o, struct err *err)
{
    bool was_up = true;

    u->is_terminal = isatty(STDOUT_FILENO);
    u->status = EXIT_USE;
    if (read_groups(o, &u->groups, err) != 0 ||
        statedir_init(&u->statedir, o->dir, err) != 0 || find_programs(u, err) != 0)
        return -1;
    if (statedir_take(&u->statedir, err) != 0) {
        u->status = err->code == ERR_EXISTS ? EXIT_TAKEN : EXIT_USE;
        return -1;
    }
    for (int i = 0; i < DAEMONS; i++) {
        struct proc p;
        u->found[i] = daemon_find(u->statedir.dir, i, &p);
        was_up = was_up && u->found[i];
    }
    if (settle_groups(u, o, err) != 0)
        return -1;
    u->status = EXIT_FAILED;
    if (serve(u, err) != 0 || run_others(u, err) != 0)
        return -1;
    u->status = 0;
    say_usage(u, was_up);
    return 0;
}

static void end(struct up *u)
{
    ask_close(u->ask);
    statedir_fini(&u->statedir);
    free(u->bin);
    free(u->self);
    free(u->controller);
}

int cmd_up(int argc, char **argv)
{
    struct options o = {0};
    struct up u = {.statedir = {.lock = -1}};
    struct err err = ERR_INIT;
    const int at = opt_parse(table, argc, argv, &o, &err);

    if (at >= 0 && o.help) {
        opt_help(table, "gantry-local up [OPTION...]",
                 "Starts a cluster on this machine, or what of it does not run.",
                 stdout);
        opt_help_exits(exits, stdout);
        return 0;
    }
    if (at >= 0 && at < argc)
        err_set(&err, ERR_INVALID, "unexpected \"%.100s\"; see --help", argv[at]);
    if (at < 0 || at < argc)
        u.status = EXIT_USE;
    else
        bring_up(&u, &o, &err);
    if (u.status != 0)
        fprintf(stderr, "%sgantry-local up: %s\n", u.is_terminal ? "\r\033[K" : "",
                err.msg);
    end(&u);
    return u.status;
}
