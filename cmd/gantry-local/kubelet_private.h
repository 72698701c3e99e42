/*
 * kubelet_private - what the files of the kubelet share: kubelet.c (the whole, its
 * watch), kubelet_node.c (Node and Lease), kubelet_pod.c (a pod's life), kubelet_run.c
 * (its containers), kubelet_objects.c (the ConfigMaps and Secrets they use),
 * kubelet_follow.c (what becomes of those while pods run),
 * kubelet_gang.c (names and addresses of the pods that it works with),
 * kubelet_signal.c (signals that they are sent),
 * kubelet_probe.c, kubelet_logs.c (the log endpoint), kubelet_events.c.
 */
#ifndef GANTRY_LOCAL_KUBELET_PRIVATE_H
#define GANTRY_LOCAL_KUBELET_PRIVATE_H

#include <sys/queue.h>

#include "cmd/gantry-local/kubelet.h"
#include "cmd/gantry-local/podobjects.h"
#include "cmd/gantry-local/podstatus.h"
#include "cmd/gantry-local/podvalue.h"
#include "cmd/gantry-local/writer.h"
#include "kubeclient/cache.h"

#define NODE_IPS 256

/* Of gangs, and as many of objects. Over HTTP/1.1 a watch is a connection, of which the
 * client has 64 (transport_curl.h), and what waits for one waits for good. */
#define KUBELET_WATCHES_MAX 16

struct kevent;
struct kfetch;
struct kfollow;
struct kgang;
struct kgang_watch;
struct knode;
struct kpod;
struct kprobe;

TAILQ_HEAD(kpod_list, kpod);
TAILQ_HEAD(kgang_list, kgang);
TAILQ_HEAD(kfollow_list, kfollow);
TAILQ_HEAD(log_stream_list, log_stream);
TAILQ_HEAD(kevent_list, kevent);

/* Nodes of equal shape. */
struct kgroup {
    char *gpu_type; /* NULL: none */
    struct amounts capacity;
};

struct kubelet {
    struct loop *loop;
    struct kc_client *client;
    struct executor *executor;
    struct prober *prober; /* NULL: none */
    struct log *log;
    struct rng rng;
    struct writer *writer;
    struct kc_cache *pods;
    bool watch_trouble; /* reported, and not over yet */

    struct api_app logs;
    struct log_stream_list log_streams;
    char *serving_ca; /* NULL: no logs are served */

    char *name_prefix;
    char *gpu_resource;
    int64_t lease_sec;
    struct kgroup groups[NODEGROUPS_MAX];
    size_t n_groups;
    struct knode *nodes;
    size_t n_nodes, n_registered;
    loop_fn *registered;
    void *registered_arg;

    struct kgang_list gangs;
    size_t n_gang_watches;        /* of one gang each */
    struct kgang_watch *all_pods; /* of the other gangs; NULL: there are none */
    struct kfollow_list follows;
    size_t n_follow_watches;   /* of them */
    struct kevent_list events; /* to be sent */
    size_t n_events;
    unsigned event_number;
    size_t n_active; /* pods that hold resources */
    bool stopping;
    struct loop_timer *stop_timer;
    loop_fn *stopped;
    void *stopped_arg;
};

enum knode_stage { KNODE_NEW, KNODE_LABELS, KNODE_STATUS, KNODE_UP };

struct knode {
    struct kubelet *kubelet;
    const struct kgroup *group;
    char *name;
    char *uid;                 /* of the Node object; NULL before it is known */
    char address[IP_TEXT_MAX]; /* net.1, or that of all nodes */
    int log_port;              /* of the address; 0: none */
    uint8_t net[3];            /* its pods' addresses are net.2 .. net.254 */
    enum knode_stage stage;
    bool ready;
    int64_t ready_since_ms;

    struct writer_item object; /* Node, its labels and status */
    bool status_due;
    struct loop_timer *refresh; /* the status again, now and then */
    struct writer_item lease;
    struct loop_timer *lease_timer;
    bool has_lease;
    int64_t renewed_ms; /* 0: never */

    struct kpod_list pods;
    struct amounts used;
    uint64_t gpus_used; /* by index */
    uint64_t ips_used[NODE_IPS / 64];
    unsigned next_ip;
};

enum kpod_stage {
    KPOD_ACTIVE, /* holds resources; containers run or are about to */
    KPOD_OVER,   /* terminal: nothing runs, nothing is held */
};

struct kpod;

/* One container of a pod as it runs; its state is the pod's. */
struct krun {
    struct kpod *pod;
    bool is_init;
    size_t i;
    struct executor_run *run;      /* NULL: it does not run */
    bool asked;                    /* to end */
    struct executor_exec *hook;    /* of its lifecycle; NULL: none runs */
    struct prober_call *hook_call; /* or is asked for */
    struct loop_timer *hook_timer;
    unsigned crashes;                   /* ends in a row, for the back-off */
    int64_t due_ms;                     /* monotonic: not started before */
    int64_t started_ms;                 /* monotonic */
    struct kprobe *probes[PROBE_TYPES]; /* while it runs; NULL: none */
    bool unhealthy;                     /* a probe has asked it to end */
    size_t n_signals;                   /* of the pod's list, that it was sent */
    bool takes_signals, has_inbox;      /* it does so itself; by a file of ours */
    struct loop_timer *kill_timer;      /* for that; NULL */
};

struct kpod {
    struct knode *node;
    TAILQ_ENTRY(kpod) link;
    struct pod_spec *spec;
    struct pod_state state;
    enum kpod_stage stage;
    struct krun *inits, *mains;
    char *lacking_reason; /* "OutOfcpu"; NULL */
    uint64_t gpus;        /* indices it holds */
    uint8_t ip;           /* last octet; 0: none */
    char *last_warning;   /* NULL: none yet */
    struct kgang *gang;   /* NULL: it has no peers */
    struct podobjects objects;
    struct kfetch *fetches; /* one for each object; NULL: none was ever needed */
    size_t n_fetching;      /* those on their way: nothing is started meanwhile */
    /* Ask before the next try: something was not there, or a container starts anew,
     * with what its variables are by now. */
    bool reload;
    /* One for each object, NULL where it is not followed; NULL: not yet. */
    struct kfollow **follows;
    struct loop_timer *refresh_timer; /* its files are to be written again; NULL */
    bool prepared;                    /* its volumes are there */
    int64_t prepare_due_ms;           /* monotonic: not tried before */
    bool gone; /* the object vanished: freed when its containers have ended */

    bool ending;    /* all but sidecars have ended */
    bool deleting;  /* deletionTimestamp is set */
    bool finalized; /* its deletion needs nothing more from us */
    bool dirty;     /* status changed since it was last sent */
    bool sent_delete;
    struct writer_item item;

    int64_t kill_ms; /* monotonic; INT64_MAX: not asked to stop */
    struct loop_timer *kill_timer, *restart_timer, *deadline_timer, *limit_timer;
};

/* ---- kubelet_node.c ---- */

/* `address` NULL: one of its own. */
void knode_init(struct knode *node, struct kubelet *k, const struct kgroup *group,
                size_t index, const char *address);
void knode_fini(struct knode *node); /* with all its pods */
/* Ready or not, as of now. */
void knode_set_ready(struct knode *node, bool ready);
void knode_set_log_port(struct knode *node, int port);

/* ---- kubelet_pod.c ---- */

/* Takes a pod on: it is started, refused, or known to be over. */
struct kpod *kpod_new(struct knode *node, const struct json *object);
/* The object changed: was it deleted? */
void kpod_update(struct kpod *pod, const struct json *object);
/* The object is gone; what runs is killed, then the pod frees itself. */
void kpod_vanish(struct kpod *pod);
/* Nothing is started any more, what runs is asked to end and killed after grace_sec.
 * `reason` (constant) makes it a failure of the pod as such; NULL: the containers' ends
 * decide. May be called again: the sooner end counts. */
void kpod_stop(struct kpod *pod, int64_t grace_sec, const char *reason,
               const char *message);
void kpod_free(struct kpod *pod); /* at once; what runs is dropped */
/* Lets at most `grace_sec` pass until all is killed; the sooner end counts. */
void kpod_arm_kill(struct kpod *pod, int64_t grace_sec);
/* Derives the status anew, sends it, and ends the pod when it is terminal. */
void kpod_settle(struct kpod *pod);

/* ---- kubelet_run.c ---- */

const struct container_spec *krun_spec(const struct krun *r);
struct container_state *krun_state(const struct krun *r);

/* Starts what is to run now: the next init container, or all others. */
void kpod_advance(struct kpod *pod);
bool kpod_is_running(const struct kpod *pod);
bool krun_is_sidecar(const struct krun *r);
/* As its containers see it; lent. */
struct value_pod kpod_view(const struct kpod *pod);
/* GPU indices for `count` (as far as there are), marked used. */
uint64_t knode_take_gpus(struct knode *node, int64_t count);

/* ---- kubelet_stop.c ---- */

/* Asks those that are to end next. Called again when one has ended. */
void kpod_ask(struct kpod *pod);
/* Ends all at once. */
void kpod_kill(struct kpod *pod);
/* Asks this one, if it was not asked yet: preStop, then SIGTERM. Tells nobody. */
void krun_ask(struct krun *r);
void krun_post_start(struct krun *r);
/* What its hook runs is dropped. */
void krun_end_hook(struct krun *r);

/* ---- kubelet_signal.c ---- */

/* Tells a container that is about to start where its signals will be, if it takes them
 * itself. */
int krun_give_inbox(struct krun *r, char ***envp, struct err *err);
/* It runs, or its pod's list has changed. */
void krun_signal(struct krun *r);
/* The pod's annotations have changed. */
void kpod_signal(struct kpod *pod);

/* ---- kubelet_probe.c ---- */

/* The container runs: from now on it is asked. Sets its state's started and ready. */
void krun_start_probes(struct krun *r);
void krun_stop_probes(struct krun *r);

/* ---- kubelet_limits.c ---- */

/* If its volumes have limits: looks now and then, and evicts the pod that is past one.
 */
void kpod_watch_limits(struct kpod *pod);

/* ---- kubelet_objects.c ---- */

/* Asks for the pod's ConfigMaps and Secrets (again), then advances it; at once where
 * there are none. */
void kpod_load(struct kpod *pod);
void kpod_unload(struct kpod *pod);

/* What a node asks for such an object by. */
const struct kc_resource *podobject_resource(enum value_kind kind);

/* ---- kubelet_follow.c ---- */

/* From now on files of the pod follow the objects that they are made of, those that are
 * not there included. */
void kpod_follow(struct kpod *pod);
void kpod_unfollow(struct kpod *pod);
/* Something that files may be made of has changed. */
void kpod_refresh(struct kpod *pod);
void kubelet_free_follows(struct kubelet *k);

/* ---- kubelet_gang.c ---- */

/* The pod is known to be of a gang while it is active, if it is of any. */
void kpod_join(struct kpod *pod);
void kpod_leave(struct kpod *pod);
/* Its /etc/hosts, as things stand. */
void kpod_write_hosts(struct kpod *pod);
/* Where there is no /etc/hosts of its own: variables that name a peer, or a peer and a
 * port, get its address. ERR_NOT_FOUND: the peer has none yet. */
int kpod_name_by_address(const struct kpod *pod, char ***envp, struct err *err);
void kubelet_free_gangs(struct kubelet *k);

/* ---- kubelet_logs.c ---- */

/* Ends what is still open. */
void kubelet_end_logs(struct kubelet *k);

/* ---- kubelet_events.c ---- */

/* Events for people, sent once, lost when too many wait. None where no programs run. */
void kpod_tell(struct kpod *pod, const char *reason, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* `run` NULL: of the pod as such. The same text in a row is told once. */
void kpod_warn(struct kpod *pod, const struct krun *run, const char *reason,
               const char *text);
void krun_note(struct krun *run, const char *reason, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "Started container c". */
void krun_tell(struct krun *run, const char *reason, const char *what);
void kubelet_free_events(struct kubelet *k);

/* ---- kubelet.c ---- */

/* Something ended: perhaps the kubelet is done stopping. */
void kubelet_check_stopped(struct kubelet *k);

#endif
