/* serve - the API server as a program: `gantry-local serve --dir DIR [--port P]`. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/opt.h"
#include "base/ready.h"
#include "base/rng.h"
#include "base/util.h"
#include "cmd/gantry-local/apiserver.h"
#include "cmd/gantry-local/auth.h"
#include "cmd/gantry-local/commands.h"
#include "cmd/gantry-local/durable.h"
#include "cmd/gantry-local/http.h"
#include "cmd/gantry-local/nodehealth.h"
#include "cmd/gantry-local/nodedial.h"
#include "cmd/gantry-local/pki.h"

#define PORT_UNSAID (-1)
#define PORT_USUAL 6443

struct options {
    const char *dir;
    int64_t port;
    const char *user;
    int64_t ready_fd;
    bool help;
};

static const struct opt table[] = {
    {.name = "dir",
     .type = OPT_STRING,
     .env = "GANTRY_LOCAL_DIR",
     .offset = offsetof(struct options, dir),
     .metavar = "DIR",
     .help = "Keep objects, certificates, token and kubeconfig here; made if absent."},
    {.name = "port",
     .type = OPT_INT,
     .offset = offsetof(struct options, port),
     .metavar = "PORT",
     .help = "Listen on this port of 127.0.0.1; 0 takes a free one. Default: that of "
             "the last time, else 6443; where it is taken, a free one.",
     .min = 0,
     .max = 65535},
    {.name = "user",
     .type = OPT_STRING,
     .offset = offsetof(struct options, user),
     .metavar = "NAME",
     .help = "Who everybody with the token is. Default: admin."},
    {.name = "ready-fd",
     .type = OPT_INT,
     .offset = offsetof(struct options, ready_fd),
     .metavar = "FD",
     .help = "Write a newline to this descriptor when ready, and close it.",
     .min = 3,
     .max = INT32_MAX},
    {.name = "help",
     .short_name = 'h',
     .type = OPT_FLAG,
     .offset = offsetof(struct options, help),
     .help = "Print this help."},
    {0},
};

/* All that runs, so that one function takes it down. */
struct server {
    struct loop *loop;
    struct log *log;
    struct auth *auth;
    struct durable *durable;
    struct node_dialer *dialer;
    struct apiserver *api;
    struct http *http;
    struct nodehealth *nodehealth;
    struct loop_signal *signals[2];
    int status; /* where the error does not say it: of the exit */
};

static void on_signal(void *arg, int signo)
{
    (void)signo;
    loop_stop(arg);
}

static void hold(void *arg)
{
    http_hold(((struct server *)arg)->http);
}

static void release(void *arg)
{
    http_release(((struct server *)arg)->http);
}

static void refuse(void *arg, const char *why)
{
    http_refuse(((struct server *)arg)->http, why);
}

static const struct durable_hooks hooks = {hold, release, refuse};

static int listen_on(struct server *s, const struct options *o, int port,
                     struct err *err)
{
    const struct http_config http = {.loop = s->loop,
                                     .app = apiserver_app(s->api),
                                     .tls = auth_tls(s->auth),
                                     .auth = s->auth,
                                     .user = o->user,
                                     .port = port,
                                     .log = s->log};

    s->http = http_new(&http, err);
    return s->http ? 0 : -1;
}

/* A port that was asked for, or nothing; else preferably the usual one. */
static int find_port(struct server *s, const struct options *o, struct err *err)
{
    const bool asked = o->port != PORT_UNSAID;
    const int kept = asked ? 0 : auth_kept_port(s->auth);
    const int port = asked ? (int)o->port : kept > 0 ? kept : PORT_USUAL;

    if (listen_on(s, o, port, err) == 0)
        return 0;
    if (err->code != ERR_EXISTS)
        return -1;
    if (asked)
        return err_set(err, ERR_EXISTS,
                       "--port: 127.0.0.1:%d is taken: choose another, or 0 for any",
                       port);
    log_warn(s->log, "127.0.0.1:%d is taken: listening elsewhere", port);
    return listen_on(s, o, 0, err);
}

static int open_objects(struct server *s, const struct options *o, struct err *err)
{
    struct apiserver_config config = {.loop = s->loop};

    rng_seed_os(&config.rng);
    s->durable = durable_open(s->loop, o->dir, s->log, err);
    config.durable = s->durable;
    s->api = s->durable ? apiserver_new(&config, err) : NULL;
    if (s->api) {
        apiserver_expire_events(s->api);
        return 0;
    }
    if (err->code != ERR_INVALID)
        return err_prefix(err, "--dir");
    s->status = EXIT_DAMAGED;
    AUTO_FREE char *what = xstrdup(err->msg);
    return err_set(err, ERR_INVALID,
                   "--dir: %.400s; put a copy back, or move it away to begin without",
                   what);
}

/* By the client certificate nodes know the API server. */
static int open_dialer(struct server *s, const char *dir, struct err *err)
{
    AUTO_FREE char *cert = NULL;
    AUTO_FREE char *key = NULL;

    if (pki_open_client(dir, loop_now_sec(s->loop), &cert, &key, err) != 0)
        return err_prefix(err, "--dir");
    s->dialer = nodedial_curl_new(s->loop, cert, key);
    apiserver_dial_nodes(s->api, s->dialer);
    return 0;
}

static int start(struct server *s, const struct options *o, struct err *err)
{
    static const int signals[] = {SIGINT, SIGTERM};

    if (ready_check(o->ready_fd, err) != 0)
        return -1;
    s->loop = loop_new(err);
    if (!s->loop)
        return -1;
    s->log = log_new(stderr, s->loop, LOG_INFO);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
        s->signals[i] = loop_signal_new(s->loop, signals[i], on_signal, s->loop, err);
        if (!s->signals[i])
            return -1;
    }
    s->auth = auth_open(o->dir, loop_now_sec(s->loop), err);
    if (!s->auth)
        return err_prefix(err, "--dir");
    if (open_objects(s, o, err) != 0 || open_dialer(s, o->dir, err) != 0 ||
        find_port(s, o, err) != 0)
        return -1;
    durable_hook(s->durable, &hooks, s);
    s->nodehealth = nodehealth_new(s->loop, s->api, s->log);
    return auth_write_kubeconfig(s->auth, http_port(s->http), err);
}

static void stop(struct server *s)
{
    nodehealth_free(s->nodehealth);
    http_free(s->http);
    apiserver_free(s->api);
    durable_close(s->durable);
    nodedial_free(s->dialer);
    auth_free(s->auth);
    for (size_t i = 0; i < ARRAY_LEN(s->signals); i++)
        if (s->signals[i])
            loop_signal_free(s->signals[i]);
    log_free(s->log);
    loop_free(s->loop);
}

/* Many shells allow 1,024 descriptors where the system allows far more. */
static void allow_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

static int run(struct options *o)
{
    struct server s = {0};
    struct err err = ERR_INIT;

    allow_files();
    /* A peer that goes away is an error of its connection, not of this process. */
    signal(SIGPIPE, SIG_IGN);
    if (start(&s, o, &err) != 0) {
        fprintf(stderr, "gantry-local serve: %s\n", err.msg);
        stop(&s);
        if (s.status)
            return s.status;
        return err.code == ERR_EXISTS ? EXIT_TAKEN : EXIT_USE;
    }
    AUTO_FREE char *path = realpath(auth_kubeconfig_path(s.auth), NULL);
    printf("Kubernetes API on https://127.0.0.1:%d. To use it:\n\n"
           "    export KUBECONFIG=%s\n\n",
           http_port(s.http), path ? path : auth_kubeconfig_path(s.auth));
    fflush(stdout);
    ready_tell(&o->ready_fd);
    loop_run(s.loop);
    stop(&s);
    return 0;
}

int cmd_serve(int argc, char **argv)
{
    struct options o = {.port = PORT_UNSAID, .user = "admin", .ready_fd = READY_NONE};
    struct err err = ERR_INIT;
    const int at = opt_parse(table, argc, argv, &o, &err);

    if (at >= 0 && o.help) {
        opt_help(table, "gantry-local serve --dir DIR [--port PORT]",
                 "Serves the Kubernetes API on 127.0.0.1, for whoever has the token.",
                 stdout);
        opt_help_exits(command_exits, stdout);
        return 0;
    }
    if (at >= 0 && at < argc)
        err_set(&err, ERR_INVALID, "unexpected \"%s\"", argv[at]);
    else if (at >= 0 && (!o.dir || !o.dir[0]))
        err_set(&err, ERR_INVALID, "--dir DIR is missing");
    if (err.code) {
        fprintf(stderr, "gantry-local serve: %s\n", err.msg);
        return EXIT_USE;
    }
    return run(&o);
}
