/* gantry-local node - nodes that join any API server as ordinary clients. */
#include <arpa/inet.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/opt.h"
#include "base/quantity.h"
#include "base/ready.h"
#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/commands.h"
#include "cmd/gantry-local/kubelet.h"
#include "cmd/gantry-local/nodelogs.h"
#include "crds/convert.h"
#include "kubeclient/config.h"
#include "kubeclient/probe.h"
#include "kubeclient/transport_curl.h"

#define USER_AGENT "gantry-local-node/0.1 (linux)"
#define SIMULATED_CPUS 64
#define LEASE_SEC 10
/* A node controller waits 40 s (50 s in newer ones): with thinned leases one renewal
 * may fail and be repeated. */
#define LEASE_SIMULATED_SEC 25
#define LEASE_MAX_SEC 3600
#define STOP_GRACE_SEC 5
#define CLIENT_CA_BYTES_MAX (256u << 10)

struct node_options {
    const char *kubeconfig;
    const char *name;
    int64_t count; /* 0: not given */
    const char *nodes;
    const char *gpus;
    const char *gpu_resource;
    int64_t cpus; /* 0: not given, as lease_sec */
    const char *memory;
    const char *dir;
    const char *client_ca;
    const char *address;
    bool simulate;
    int64_t lease_sec;
    int64_t ready_fd;
    bool help;
};

#define AT(field) offsetof(struct node_options, field)

static const struct opt options_table[] = {
    {"kubeconfig", 0, OPT_STRING, NULL, AT(kubeconfig), "FILE",
     "API server and credentials (else as kubectl finds them)", 0, 0},
    {"count", 0, OPT_INT, NULL, AT(count), "N", "number of nodes (1)", 1,
     NODEGROUPS_NODES_MAX},
    {"nodes", 0, OPT_STRING, NULL, AT(nodes), "N[xGPUS],...",
     "instead of --count: groups of nodes, as in 2xh100:8,2xa100:8", 0, 0},
    {"name", 0, OPT_STRING, NULL, AT(name), "PREFIX",
     "nodes are PREFIX1 to PREFIXn (\"n\")", 0, 0},
    {"gpus", 0, OPT_STRING, NULL, AT(gpus), "[TYPE:]N", "GPUs of each node (0)", 0, 0},
    {"gpu-resource", 0, OPT_STRING, NULL, AT(gpu_resource), "NAME",
     "resource that GPUs are (" GPU_RESOURCE ")", 0, 0},
    {"cpus", 0, OPT_INT, NULL, AT(cpus), "N",
     "CPUs of each node (this machine's; simulated: 64)", 1, 1000000},
    {"memory", 0, OPT_STRING, NULL, AT(memory), "SIZE", "memory of each node (64Gi)", 0,
     0},
    {"dir", 0, OPT_STRING, NULL, AT(dir), "DIR",
     "pods' logs and work (~/.local/state/gantry/node)", 0, 0},
    {"client-ca", 0, OPT_STRING, NULL, AT(client_ca), "FILE",
     "who signs the client certificate by which the API server may read logs (as"
     " gantry-local's does: the kubeconfig's CA)",
     0, 0},
    {"address", 0, OPT_STRING, NULL, AT(address), "IP[:PORT]",
     "all nodes' address, at which the API server of another machine reads logs (one of"
     " loopback for each)",
     0, 0},
    {"simulate", 0, OPT_FLAG, NULL, AT(simulate), NULL,
     "run nothing: pods last gantry.dev/run-seconds", 0, 0},
    {"lease-sec", 0, OPT_INT, NULL, AT(lease_sec), "N",
     "seconds between lease renewals (10; simulated: 25)", 1, LEASE_MAX_SEC},
    {"ready-fd", 0, OPT_INT, NULL, AT(ready_fd), "FD",
     "write a newline to this descriptor when the nodes are ready", 3, INT32_MAX},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this text", 0, 0},
    {0},
};

struct daemon {
    struct loop *loop;
    struct log *log;
    struct rng rng;
    struct transport *transport;
    struct kc_client *client;
    struct executor *executor;
    struct prober *prober;   /* NULL: simulated */
    struct nodelogs *logs;   /* NULL: none are served */
    struct kubelet *kubelet; /* NULL until the server has answered */
    char *client_ca;         /* PEM; NULL: not known */
    char *address;           /* NULL: none was given */
    int port;                /* of it; 0: any */
    int names_lock;          /* -1: none is needed */
    struct kubelet_options kubelet_options;
    int64_t ready_fd;
    struct loop_signal *sigterm, *sigint;
    struct kc_probe *probe;
    bool lacks_client_ca;
    bool stopping;
    int status;
};

/* ---- options ---- */

static int read_groups(const struct node_options *o, struct nodegroups *ret,
                       struct err *err)
{
    struct nodegroup each = {.count = o->count ? o->count : 1};

    if (o->gpus && nodegroup_parse_gpus(o->gpus, &each, err) < 0)
        return err_prefix(err, "--gpus");
    if (o->nodes && o->count)
        return err_set(err, ERR_INVALID, "--count and --nodes: give one of them");
    if (o->nodes)
        return nodegroups_parse(o->nodes, &each, ret, err) < 0
                   ? err_prefix(err, "--nodes")
                   : 0;
    *ret = (struct nodegroups){.items = {each}, .n = 1};
    return 0;
}

/* "10.1.2.3" or "10.1.2.3:10250". */
static int read_address(struct daemon *d, const char *text, struct err *err)
{
    const size_t len = strcspn(text, ":");
    struct in_addr ip;
    char *end = NULL;
    long port = 0;

    d->address = xstrndup(text, len);
    if (text[len])
        port = strtol(text + len + 1, &end, 10);
    if (inet_pton(AF_INET, d->address, &ip) != 1 || ip.s_addr == INADDR_ANY ||
        (end && (*end || port < 1 || port > 65535)))
        return err_set(err, ERR_INVALID,
                       "--address %.80s: must be an IPv4 address of this machine, as in"
                       " 10.1.2.3 or 10.1.2.3:10250",
                       text);
    d->port = (int)port;
    d->kubelet_options.address = d->address;
    return 0;
}

static int64_t cpus_or_default(const struct node_options *o)
{
    if (o->cpus)
        return o->cpus;
    return o->simulate ? SIMULATED_CPUS : MAX(sysconf(_SC_NPROCESSORS_ONLN), 1);
}

static int64_t lease_or_default(const struct node_options *o)
{
    if (o->lease_sec)
        return o->lease_sec;
    return o->simulate ? LEASE_SIMULATED_SEC : LEASE_SEC;
}

static int read_options(struct daemon *d, const struct node_options *o, struct err *err)
{
    struct kubelet_options *k = &d->kubelet_options;

    k->name_prefix = o->name;
    k->cpu_milli = cpus_or_default(o) * 1000;
    k->gpu_resource = o->gpu_resource;
    k->lease_sec = lease_or_default(o);
    if (size_parse(o->memory, &k->mem_bytes, err) < 0)
        return err_prefix(err, "--memory");
    if (read_groups(o, &k->groups, err) < 0 ||
        (o->address && read_address(d, o->address, err) < 0))
        return -1;
    return kubelet_check(k, err);
}

/* Heap. */
static char *default_dir(void)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");

    if (state && *state)
        return xasprintf("%s/gantry/node", state);
    return xasprintf("%s/.local/state/gantry/node", home && *home ? home : "/var/tmp");
}

/* ---- running ---- */

static void stopped(void *arg)
{
    struct daemon *d = arg;

    loop_stop(d->loop);
}

static void registered(void *arg)
{
    struct daemon *d = arg;

    ready_tell(&d->ready_fd);
}

/* A second signal does not wait. */
static void on_signal(void *arg, int signo)
{
    struct daemon *d = arg;

    (void)signo;
    if (d->stopping || !d->kubelet) {
        loop_stop(d->loop);
        return;
    }
    d->stopping = true;
    log_info(d->log, "stopping");
    kubelet_stop(d->kubelet, STOP_GRACE_SEC, stopped, d);
}

static void give_up(struct daemon *d, int status, const char *line)
{
    log_error(d->log, "%s", line);
    d->status = status;
    loop_stop(d->loop);
}

/* An address that was asked for must be had; without, logs are what is missing. */
static void serve_logs(struct daemon *d)
{
    struct err err = ERR_INIT;

    if (!d->logs || nodelogs_serve(d->logs, d->kubelet, &err) == 0)
        return;
    if (d->address) {
        err_prefix(&err, "--address");
        give_up(d, err.code == ERR_EXISTS ? EXIT_TAKEN : EXIT_USE, err.msg);
    } else {
        log_error(d->log, "kubectl logs does not work: %s", err.msg);
    }
}

/* `refusal` NULL: the server answers. */
static void probed(void *arg, const char *refusal)
{
    struct daemon *d = arg;
    struct err err = ERR_INIT;

    if (refusal) {
        give_up(d, EXIT_FAILED, refusal);
        return;
    }
    if (d->lacks_client_ca)
        log_warn(d->log, "kubectl logs does not work: --client-ca is missing, and the "
                         "kubeconfig names no certificate authority");
    d->kubelet = kubelet_new(&d->kubelet_options, &err);
    if (!d->kubelet)
        give_up(d, EXIT_FAILED, err.msg);
    else
        serve_logs(d);
}

/* ---- assembly ---- */

/* What the option names, or else the kubeconfig's CA: on a real cluster that signs many
 * clients' certificates, so only gantry-local's own name is let in by it. */
static int read_client_ca(struct daemon *d, const struct node_options *o,
                          const struct kc_config *config, struct err *err)
{
    STR_AUTO struct str text;

    str_init(&text, CLIENT_CA_BYTES_MAX);
    d->client_ca = xstrdup_null(config->ca_pem);
    if (!o->client_ca)
        return 0;
    if (str_read_file(&text, o->client_ca, err) < 0)
        return err_prefix(err, "--client-ca");
    free(d->client_ca);
    d->client_ca = str_take(&text);
    return 0;
}

static int connect_client(struct daemon *d, const struct node_options *o,
                          struct err *err)
{
    struct kc_config_source source = kc_config_source_env(o->kubeconfig);
    struct kc_config config;

    if (kc_config_load(&config, &source, err) < 0)
        return -1;
    if (read_client_ca(d, o, &config, err) == 0)
        d->transport = transport_curl_new(d->loop, &config, USER_AGENT, err);
    kc_config_fini(&config);
    if (!d->transport)
        return -1;
    d->client = kc_client_new(d->loop, d->transport, &d->rng);
    return 0;
}

/* The same command typed twice would run every pod twice. */
static int lock_names(struct daemon *d, const char *dir, const char *prefix,
                      struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/nodes-%s.lock", dir, prefix);

    d->names_lock = files_lock(path, err);
    if (d->names_lock >= 0)
        return 0;
    if (err->code == ERR_EXISTS)
        err_prefix(err, "nodes \"%s\" run already: choose another --name", prefix);
    return -1;
}

/* The executor's helper process is forked first, before libraries have threads. */
static int open_executor(struct daemon *d, const struct node_options *o,
                         struct err *err)
{
    AUTO_FREE char *dir = o->dir ? xstrdup(o->dir) : default_dir();

    if (o->simulate)
        d->executor = executor_simulate_new(d->loop);
    else
        d->executor = executor_process_new(d->loop, dir, err);
    if (!d->executor)
        return err_prefix(err, "--dir");
    if (!o->simulate)
        d->prober = prober_process_new(d->loop, d->executor);
    return o->simulate ? 0 : lock_names(d, dir, o->name, err);
}

/* In a folder of its own for each set of names, which are locked. */
static int open_logs(struct daemon *d, const struct node_options *o, struct err *err)
{
    AUTO_FREE char *parent = o->dir ? xstrdup(o->dir) : default_dir();
    AUTO_FREE char *dir = xasprintf("%s/nodes-%s", parent, o->name);
    const struct nodelogs_config config = {.loop = d->loop,
                                           .log = d->log,
                                           .dir = dir,
                                           .client_ca = d->client_ca,
                                           .ours_only = !o->client_ca,
                                           .port = d->port};

    if (o->simulate)
        return 0;
    if (!d->client_ca) {
        d->lacks_client_ca = true;
        return 0;
    }
    d->logs = nodelogs_new(&config, err);
    return d->logs ? 0 : err_prefix(err, "%s", o->client_ca ? "--client-ca" : "--dir");
}

static void give_kubelet(struct daemon *d)
{
    struct kubelet_options *k = &d->kubelet_options;

    k->loop = d->loop;
    k->client = d->client;
    k->executor = d->executor;
    k->prober = d->prober;
    k->log = d->log;
    k->rng = d->rng;
    k->serving_ca = d->logs ? nodelogs_serving_ca(d->logs) : NULL;
    k->registered = registered;
    k->registered_arg = d;
}

static int open_daemon(struct daemon *d, const struct node_options *o, struct err *err)
{
    signal(SIGPIPE, SIG_IGN);
    rng_seed_os(&d->rng);
    if (ready_check(o->ready_fd, err) < 0 || read_options(d, o, err) < 0)
        return -1;
    d->ready_fd = o->ready_fd;
    d->loop = loop_new(err);
    if (!d->loop || open_executor(d, o, err) < 0 || connect_client(d, o, err) < 0)
        return -1;
    d->log = log_new(stderr, d->loop, LOG_INFO);
    if (open_logs(d, o, err) < 0)
        return -1;
    d->sigterm = loop_signal_new(d->loop, SIGTERM, on_signal, d, err);
    d->sigint = d->sigterm ? loop_signal_new(d->loop, SIGINT, on_signal, d, err) : NULL;
    give_kubelet(d);
    return d->sigint ? 0 : -1;
}

static void close_daemon(struct daemon *d)
{
    kc_probe_free(d->probe);
    nodelogs_free(d->logs);
    kubelet_free(TAKE(d->kubelet));
    if (d->loop)
        loop_poll(d->loop, 0); /* what it had posted frees itself (writer.c) */
    if (d->client)
        kc_client_free(d->client);
    transport_free(d->transport);
    prober_free(d->prober);
    executor_free(d->executor);
    loop_signal_free(d->sigterm);
    loop_signal_free(d->sigint);
    log_free(d->log);
    loop_free(d->loop);
    free(d->client_ca);
    free(d->address);
    if (d->names_lock >= 0)
        close(d->names_lock);
}

static int run(const struct node_options *o)
{
    struct daemon d = {.names_lock = -1};
    struct err err = ERR_INIT;

    if (open_daemon(&d, o, &err) < 0) {
        fprintf(stderr, "gantry-local node: %s\n", err.msg);
        d.status = err.code == ERR_EXISTS ? EXIT_TAKEN : EXIT_USE;
    } else {
        d.probe = kc_probe_new(d.client, &kc_nodes, d.log, probed, &d);
        loop_run(d.loop);
    }
    close_daemon(&d);
    return d.status;
}

int cmd_node(int argc, char **argv)
{
    struct node_options o = {.name = "n",
                             .gpu_resource = GPU_RESOURCE,
                             .memory = "64Gi",
                             .ready_fd = READY_NONE};
    struct err err = ERR_INIT;
    int operand = opt_parse(options_table, argc, argv, &o, &err);

    if (operand >= 0 && o.help) {
        opt_help(
            options_table, "gantry-local node [OPTION...]",
            "Joins an API server with nodes that run pods as local processes.\n"
            "Images are not pulled: a container's command must be on this machine.",
            stdout);
        opt_help_exits(command_exits, stdout);
        return 0;
    }
    if (operand >= 0 && operand < argc)
        operand = err_set(&err, ERR_INVALID, "unexpected \"%.100s\"; see --help",
                          argv[operand]);
    if (operand < 0) {
        fprintf(stderr, "gantry-local node: %s\n", err.msg);
        return EXIT_USE;
    }
    return run(&o);
}
