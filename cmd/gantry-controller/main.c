/*
 * gantry-controller - the daemon: options, assembly, signals.
 *
 *   probe: is the server there? --> candidate: controller in its turn
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/joined.h"
#include "base/opt.h"
#include "base/ready.h"
#include "base/util.h"
#include "base/version.h"
#include "cmd/gantry-controller/bjob.h"
#include "cmd/gantry-controller/candidate.h"
#include "cmd/gantry-controller/replica.h"
#include "cmd/gantry-controller/settingsfile.h"
#include "kubeclient/config.h"
#include "kubeclient/probe.h"
#include "kubeclient/transport_curl.h"

#define USER_AGENT "gantry-controller/0.1 (linux)"

enum { EXIT_FAILED = 1, EXIT_USE = 2 };

static const struct opt_exit exits[] = {
    {0, "ended by a signal, or help was asked for"},
    {EXIT_FAILED, "failed while running: the API server refuses the credentials"},
    {EXIT_USE, "wrong use: an option, or a file that one names"},
    {0, NULL},
};

struct options {
    const char *kubeconfig;
    const char *config;
    const char *log_level;
    const char *snapshot;
    int64_t ready_fd;
    bool help, version;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"kubeconfig", 0, OPT_STRING, NULL, AT(kubeconfig), "FILE",
     "API server and credentials (else as kubectl finds them, else in-cluster)", 0, 0},
    {"config", 0, OPT_STRING, "GANTRY_CONFIG", AT(config), "FILE",
     "cluster-wide settings, gantry.yaml; read again when it changes, and at SIGHUP", 0,
     0},
    {"log-level", 0, OPT_STRING, NULL, AT(log_level), "LEVEL",
     "debug, info, warn or error (info)", 0, 0},
    {"snapshot", 0, OPT_STRING, NULL, AT(snapshot), "FILE",
     "write all that the scheduler knows there at SIGUSR1, for gantry-sim --snapshot",
     0, 0},
    {"ready-fd", 0, OPT_INT, NULL, AT(ready_fd), "FD",
     "write a newline to this descriptor when it leads and all is read, and close it",
     3, INT32_MAX},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    {"version", 'V', OPT_FLAG, NULL, AT(version), NULL, "print the version", 0, 0},
    {0},
};

/* The Lease has a connection of its own: lists of the other would be in its way. */
enum wire { WIRE_WORK, WIRE_LEASE, WIRES };

struct daemon {
    struct loop *loop;
    struct log *log;
    struct rng rng;
    struct settings settings;
    struct settingsfile *file; /* NULL: none was named */
    struct transport *transports[WIRES];
    struct kc_client *clients[WIRES];
    char *self; /* the name of this run */
    struct kc_probe *probe;
    struct candidate *candidate; /* NULL before the server was there */
    struct loop_signal *sigterm, *sigint, *sighup, *sigusr1;
    const char *snapshot; /* NULL: none is written */
    int64_t ready_fd;
    int status;
    bool ending;
};

/* ---- the course of things ---- */

static void synced(void *arg)
{
    struct daemon *d = arg;
    ready_tell(&d->ready_fd);
}

static void turned(void *arg, bool leads)
{
    struct daemon *d = arg;
    if (leads)
        controller_on_synced(candidate_controller(d->candidate), synced, d);
}

static void begin(struct daemon *d)
{
    d->candidate =
        candidate_new(&(struct candidate_options){.loop = d->loop,
                                                  .log = d->log,
                                                  .work = d->clients[WIRE_WORK],
                                                  .lease = d->clients[WIRE_LEASE],
                                                  .settings = &d->settings,
                                                  .rng = d->rng,
                                                  .self = d->self,
                                                  .has_ended = replica_has_ended,
                                                  .turned = turned,
                                                  .arg = d});
}

/* NULL: this is not the leader. */
static struct controller *controller_of(const struct daemon *d)
{
    return d->candidate ? candidate_controller(d->candidate) : NULL;
}

static void probed(void *arg, const char *refusal)
{
    struct daemon *d = arg;
    if (!refusal) {
        begin(d);
        return;
    }
    log_error(d->log, "%s", refusal);
    d->status = EXIT_FAILED;
    loop_stop(d->loop);
}

static void resigned(void *arg)
{
    loop_stop(((struct daemon *)arg)->loop);
}

/* A second signal does not wait for the first. */
static void on_signal(void *arg, int signo)
{
    struct daemon *d = arg;
    if (!d->ending)
        log_info(d->log, "ended by signal %d", signo);
    if (d->candidate && !d->ending)
        candidate_resign(d->candidate, resigned, d);
    else
        loop_stop(d->loop);
    d->ending = true;
}

static void settings_changed(void *arg)
{
    struct daemon *d = arg;
    struct controller *leading = controller_of(d);
    if (leading)
        controller_configure(leading, &d->settings);
}

static void on_hangup(void *arg, int signo)
{
    struct daemon *d = arg;
    (void)signo;
    if (d->file)
        settingsfile_reload(d->file);
    else
        log_info(d->log, "nothing is read again: --config names no file");
}

static void on_save(void *arg, int signo)
{
    struct daemon *d = arg;
    struct err err = ERR_INIT;
    (void)signo;
    if (!d->snapshot)
        log_info(d->log, "no snapshot is written: --snapshot names no file");
    else if (!controller_of(d))
        log_info(d->log, "no snapshot is written: this is not the leader");
    else if (controller_save(controller_of(d), d->snapshot, &err) < 0)
        log_error(d->log, "snapshot: %s", err.msg);
    else
        log_info(d->log, "snapshot written to %s", d->snapshot);
}

static void on_warning(void *arg, const char *text)
{
    struct daemon *d = arg;
    log_warn(d->log, "API server warns: %s", text);
}

/* ---- assembly ---- */

static int open_clients(struct daemon *d, const char *kubeconfig, struct err *err)
{
    struct kc_config_source source = kc_config_source_env(kubeconfig);
    struct kc_config config;
    if (kc_config_load(&config, &source, err) < 0)
        return -1;
    rng_seed_os(&d->rng);
    for (int i = 0; i < WIRES; i++) {
        d->transports[i] = transport_curl_new(d->loop, &config, USER_AGENT, err);
        if (!d->transports[i])
            break;
        d->clients[i] = kc_client_new(d->loop, d->transports[i], &d->rng);
        kc_client_on_warning(d->clients[i], on_warning, d);
    }
    kc_config_fini(&config);
    if (!d->clients[WIRES - 1])
        return -1;
    return 0;
}

static int open_settings(struct daemon *d, const char *path, struct err *err)
{
    settings_default(&d->settings);
    if (path)
        d->file = settingsfile_new(d->loop, d->log, path, &d->settings,
                                   settings_changed, d, err);
    return path && !d->file ? -1 : 0;
}

static int open_daemon(struct daemon *d, const struct options *o, struct err *err)
{
    enum log_level level = LOG_INFO;
    if (o->log_level && log_level_parse(o->log_level, &level) < 0)
        return err_set(err, ERR_INVALID,
                       "--log-level: \"%s\" is none of debug, info, warn, error",
                       o->log_level);
    if (ready_check(o->ready_fd, err) < 0)
        return -1;
    d->ready_fd = o->ready_fd;
    d->snapshot = o->snapshot;
    d->loop = loop_new(err);
    if (!d->loop)
        return -1;
    d->log = log_new(stderr, d->loop, level);
    if (open_settings(d, o->config, err) < 0)
        return -1;
    d->self = replica_name(err);
    if (!d->self || open_clients(d, o->kubeconfig, err) < 0)
        return -1;
    d->sigterm = loop_signal_new(d->loop, SIGTERM, on_signal, d, err);
    d->sigint = d->sigterm ? loop_signal_new(d->loop, SIGINT, on_signal, d, err) : NULL;
    d->sighup = d->sigint ? loop_signal_new(d->loop, SIGHUP, on_hangup, d, err) : NULL;
    d->sigusr1 = d->sighup ? loop_signal_new(d->loop, SIGUSR1, on_save, d, err) : NULL;
    return d->sigusr1 ? 0 : -1;
}

static void close_daemon(struct daemon *d)
{
    kc_probe_free(d->probe);
    candidate_free(d->candidate);
    for (int i = 0; i < WIRES; i++) {
        kc_client_free(d->clients[i]);
        transport_free(d->transports[i]);
    }
    loop_signal_free(d->sigterm);
    loop_signal_free(d->sigint);
    loop_signal_free(d->sighup);
    loop_signal_free(d->sigusr1);
    settingsfile_free(d->file);
    log_free(d->log);
    loop_free(d->loop);
    free(d->self);
}

static int fail(const struct err *err)
{
    fprintf(stderr, "gantry-controller: %s\n", err->msg);
    return EXIT_USE;
}

int main(int argc, char **argv)
{
    struct options o = {.ready_fd = READY_NONE};
    struct daemon d = {.ready_fd = READY_NONE};
    struct err err = ERR_INIT;
    free_joined();
    int first = opt_parse(table, argc, argv, &o, &err);
    if (first < 0)
        return fail(&err);
    if (o.help) {
        opt_help(table, "gantry-controller [OPTION...]",
                 "Queues, places, starts and ends BatchJobs.", stdout);
        settings_help(stdout);
        opt_help_exits(exits, stdout);
        return 0;
    }
    if (o.version) {
        puts(GANTRY_VERSION);
        return 0;
    }
    if (first < argc) {
        err_set(&err, ERR_INVALID, "unexpected argument \"%s\"", argv[first]);
        return fail(&err);
    }
    if (open_daemon(&d, &o, &err) < 0) {
        close_daemon(&d);
        return fail(&err);
    }
    signal(SIGPIPE, SIG_IGN);
    d.probe = kc_probe_new(d.clients[WIRE_WORK], &bjob_resource, d.log, probed, &d);
    loop_run(d.loop);
    close_daemon(&d);
    return d.status;
}
