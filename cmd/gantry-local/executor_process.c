#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/quantity.h"
#include "base/util.h"
#include "cmd/gantry-local/conpipe.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/execrun.h"
#include "cmd/gantry-local/executor.h"
#include "cmd/gantry-local/guardian.h"
#include "cmd/gantry-local/memwatch.h"
#include "cmd/gantry-local/podfiles.h"
#include "cmd/gantry-local/podview.h"
#include "cmd/gantry-local/podvolumes.h"
#include "cmd/gantry-local/refuse.h"
#include "cmd/gantry-local/spawn.h"

/* As a kubelet takes of a log for a message. */
#define MESSAGE_LINES 80
#define MESSAGE_BYTES 2048
#define MIB (INT64_C(1) << 20)
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

TAILQ_HEAD(run_list, executor_run);

struct process {
    struct executor executor;
    struct loop *loop;
    struct podfiles *files;
    struct guardian *guardian;
    struct rlimit given_files; /* what programs get; we take all there are */
    struct run_list runs;
    struct memwatch *memory;
    enum mountns_kind view;  /* what the kernel allows */
    char *view_refusal;      /* why not; NULL: it does */
    char programs[PATH_MAX]; /* the directory of this program; "": not known */
};

struct executor_run {
    struct process *process;
    TAILQ_ENTRY(executor_run) link;
    struct conpipe *output;
    pid_t pid; /* and its process group */
    int ns_fd; /* of its mount namespace; -1: none of its own */
    char **envp, *dir;
    bool no_new_privs;
    uint64_t drop_capabilities;
    char *message_file;        /* where its last words may be; NULL: nowhere */
    bool log_is_message;       /* of a failure without any */
    struct memwatched *memory; /* NULL: it has no limit */
    int64_t over_bytes; /* what it kept when it was killed for that; 0: it was not */
    int64_t memory_limit_bytes;
    struct loop_child *child;
    executor_exit_fn *exited;
    void *arg;
};

/* ---- what cannot be run as it is meant ---- */

static const char *refuse(struct executor *x, const struct pod_spec *pod,
                          struct err *err)
{
    const struct process *p = (const struct process *)x;

    if (pod->needs) {
        err_set(err, ERR_INVALID,
                "%s is not supported by nodes that run local processes", pod->needs);
        return "NotSupported";
    }
    if (podfiles_exist(p->files, pod)) {
        err_set(err, ERR_EXISTS, "the pod was started by an earlier node program");
        return "NodeRestarted";
    }
    return refuse_pod(&(struct refuse_facts){p->view, p->view_refusal}, pod, err);
}

/* ---- runs ---- */

static void run_free(struct executor_run *run)
{
    TAILQ_REMOVE(&run->process->runs, run, link);
    memwatch_remove(run->memory);
    loop_child_free(run->child);
    conpipe_free(run->output);
    if (run->ns_fd >= 0)
        close(run->ns_fd);
    words_free(run->envp);
    free(run->dir);
    free(run->message_file);
    free(run);
}

/* The first process has ended: whatever it left behind ends now, in its group or, where
 * it has a namespace, out of it. */
static void end_group(struct executor_run *run)
{
    kill(-run->pid, SIGKILL);
    mountns_kill(run->ns_fd);
    guardian_forget(run->process->guardian, run->pid);
}

/* What the container left in its file, or else at the end of its log. */
static void add_message(const struct executor_run *run, int exit_code, struct str *out)
{
    const struct conlog *log = conpipe_log(run->output);
    AUTO_FREE char *end = NULL;

    if (run->message_file && podvolumes_read_message(run->message_file, out))
        return;
    if (exit_code == 0 || !run->log_is_message)
        return;
    end = conread_end(conlog_dir(log), conlog_container(log), MESSAGE_LINES,
                      MESSAGE_BYTES);
    str_add(out, end);
}

/* What we have to say; heap, NULL: nothing. */
static char *our_words(const struct executor_run *run)
{
    char used[QUANTITY_TEXT_MAX], limit[QUANTITY_TEXT_MAX];

    if (run->over_bytes == 0)
        return conlog_loss(conpipe_log(run->output));
    quantity_format_bytes((run->over_bytes + MIB - 1) / MIB * MIB, used);
    quantity_format_bytes(run->memory_limit_bytes, limit);
    return xasprintf("its processes kept %s of memory, past the limit of %s", used,
                     limit);
}

/* What is said of the end beside its code; heap, NULL: nothing. */
static char *last_words(const struct executor_run *run, int exit_code)
{
    AUTO_FREE char *ours = NULL;
    STR_AUTO struct str message;

    conpipe_drain(run->output);
    ours = our_words(run);
    str_init(&message, PODVOLUMES_MESSAGE_MAX);
    add_message(run, exit_code, &message);
    if (message.len > 0 && ours)
        return xasprintf("%s: %s", ours, message.s);
    return message.len > 0 ? str_take(&message) : TAKE(ours);
}

static void child_ended(void *arg, pid_t pid, int status)
{
    struct executor_run *run = arg;
    struct executor_exit how = {0};
    executor_exit_fn *exited = run->exited;
    void *exited_arg = run->arg;
    AUTO_FREE char *note = NULL;

    (void)pid;
    if (WIFSIGNALED(status))
        how = (struct executor_exit){.exit_code = 128 + WTERMSIG(status),
                                     .signal = WTERMSIG(status)};
    else
        how.exit_code = WEXITSTATUS(status);
    how.over_memory = run->over_bytes > 0;
    end_group(run);
    if (run->output)
        note = last_words(run, how.exit_code);
    how.note = note;
    run_free(run);
    exited(exited_arg, &how);
}

/* What an image would have brought along; and our own programs before all others. */
static void add_base(const struct process *p, char ***envp)
{
    const char *given = env_get(*envp, "PATH");
    AUTO_FREE char *path = xasprintf("%s%s%s", p->programs, *p->programs ? ":" : "",
                                     given && *given ? given : PATH_DEFAULT);
    const struct passwd *pw;

    env_set(envp, "PATH", path);
    if (!env_get(*envp, "HOME") && (pw = getpwuid(geteuid())))
        env_set(envp, "HOME", pw->pw_dir);
}

static char **environment(const struct process *p, char *const *envp)
{
    size_t n = 0;
    char **copy;

    while (envp[n])
        n++;
    copy = xcalloc(n + 1, sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = xstrdup(envp[i]);
    add_base(p, &copy);
    return copy;
}

static int prepare(struct executor *x, const struct value_pod *pod, struct err *err)
{
    const struct process *p = (const struct process *)x;

    return podvolumes_make(p->files, pod, err);
}

static int refresh(struct executor *x, const struct value_pod *pod, struct err *err)
{
    return podvolumes_refresh(((const struct process *)x)->files, pod, err);
}

static int check_limits(struct executor *x, const struct pod_spec *pod, struct err *err)
{
    return podvolumes_check(((const struct process *)x)->files, pod, err);
}

static bool has_hosts(const struct executor *x)
{
    return ((const struct process *)x)->view != MOUNTNS_REFUSED;
}

static int set_hosts(struct executor *x, const struct pod_spec *pod, const char *text,
                     struct err *err)
{
    const struct process *p = (const struct process *)x;

    return has_hosts(x) ? podvolumes_write_hosts(p->files, pod, text, err) : 0;
}

static struct conpipe *open_output(struct process *p, const struct executor_start *s,
                                   struct err *err)
{
    AUTO_FREE char *dir = podfiles_make_log_dir(p->files, s->pod, err);
    struct conlog *log = dir ? conlog_new(dir, s->container->name, 0, err) : NULL;

    return log ? conpipe_new(p->loop, log, err) : NULL;
}

static int spawn_in(struct executor_run *run, const struct executor_start *s,
                    const char *work_dir, struct err *err)
{
    const struct process *p = run->process;
    const struct podview_request request = {
        .kind = p->view,
        .files = p->files,
        .pod = s->pod,
        .container = s->container,
        .envp = s->envp,
        .message_file = run->message_file,
        .work_dir = work_dir,
    };
    struct spawned started = {.ns_fd = -1};
    struct podview view;
    int rc = podview_init(&view, &request, err);

    if (rc == 0)
        rc = spawn_process(
            &(struct spawn){
                .argv = s->argv,
                .envp = run->envp,
                .dir = run->dir,
                .output_fd = run->output ? conpipe_output(run->output) : -1,
                .announce_fd = guardian_fd(p->guardian),
                .files = &p->given_files,
                .no_new_privs = run->no_new_privs,
                .drop_capabilities = run->drop_capabilities,
                .view = p->view == MOUNTNS_REFUSED ? NULL : &view.ns,
            },
            &started, err);
    podview_fini(&view);
    run->pid = started.pid;
    run->ns_fd = started.ns_fd;
    return rc;
}

static int spawn_run(struct executor_run *run, const struct executor_start *s,
                     struct err *err)
{
    struct process *p = run->process;
    AUTO_FREE char *work = podfiles_work_dir(p->files, s->pod, err);
    int rc;

    if (!work)
        return -1;
    run->output = open_output(p, s, err);
    if (!run->output)
        return -1;
    if (p->view != MOUNTNS_REFUSED && s->container->message_path) {
        run->message_file =
            podvolumes_make_message(p->files, s->pod, s->container, err);
        if (!run->message_file)
            return -1;
    }
    run->envp = environment(p, s->envp);
    run->dir = xstrdup(s->container->working_dir ? s->container->working_dir : work);
    run->no_new_privs = s->container->no_new_privs;
    run->drop_capabilities = s->container->drops_capabilities;
    run->log_is_message = s->container->log_is_message;
    rc = spawn_in(run, s, work, err);
    if (run->output)
        conpipe_started(run->output);
    return rc;
}

static void over_memory(void *arg, int64_t used_bytes)
{
    struct executor_run *run = arg;

    run->over_bytes = used_bytes;
    kill(-run->pid, SIGKILL);
}

static void watch_memory(struct executor_run *run, const struct container_spec *c)
{
    run->memory_limit_bytes = amounts_get(&c->limits, "memory");
    if (run->memory_limit_bytes > 0)
        run->memory = memwatch_add(run->process->memory, run->ns_fd, run->pid,
                                   run->memory_limit_bytes, over_memory, run);
}

static struct executor_run *start(struct executor *x, const struct executor_start *s,
                                  executor_exit_fn *exited, void *arg, struct err *err)
{
    struct process *p = (struct process *)x;
    struct executor_run *run = xcalloc(1, sizeof(*run));

    run->process = p;
    run->ns_fd = -1;
    run->exited = exited;
    run->arg = arg;
    TAILQ_INSERT_TAIL(&p->runs, run, link);
    if (spawn_run(run, s, err) == 0) {
        run->child = loop_child_new(p->loop, run->pid, child_ended, run, err);
        if (run->child) {
            watch_memory(run, s->container);
            return run;
        }
        end_group(run);
    }
    run_free(run);
    return NULL;
}

static void send_signal(struct executor_run *run, int signo)
{
    /* A request is for the container's first process, as in any container; the end is
     * for all of them. */
    kill(signo == SIGKILL ? -run->pid : run->pid, signo);
}

static void signal_all(struct executor_run *run, int signo)
{
    kill(-run->pid, signo);
}

static char *inbox(const struct executor *x, const struct pod_spec *pod)
{
    return podvolumes_inbox(((const struct process *)x)->files, pod);
}

static int set_inbox(struct executor *x, const struct pod_spec *pod, const char *text,
                     struct err *err)
{
    return podvolumes_write_inbox(((const struct process *)x)->files, pod, text, err);
}

static void drop(struct executor_run *run)
{
    end_group(run);
    run_free(run);
}

static struct executor_exec *exec(struct executor_run *run, char *const *argv,
                                  executor_exec_fn *done, void *arg, struct err *err)
{
    const struct process *p = run->process;
    const struct spawn spawn = {
        .argv = argv,
        .envp = run->envp,
        .dir = run->dir,
        .announce_fd = guardian_fd(p->guardian),
        .files = &p->given_files,
        .no_new_privs = run->no_new_privs,
        .drop_capabilities = run->drop_capabilities,
        .join = p->view == MOUNTNS_REFUSED ? 0 : run->pid,
        .join_user = p->view == MOUNTNS_USER,
    };

    return (struct executor_exec *)execrun_new(p->loop, p->guardian, &spawn, done, arg,
                                               err);
}

static void exec_cancel(struct executor_exec *e)
{
    execrun_free((struct execrun *)e);
}

/* NULL: it does not run. */
static struct conlog *live_log(const struct process *p, const char *dir,
                               const char *container)
{
    const struct executor_run *run;

    TAILQ_FOREACH(run, &p->runs, link)
    {
        struct conlog *log = run->output ? conpipe_log(run->output) : NULL;

        if (log && strcmp(conlog_container(log), container) == 0 &&
            strcmp(conlog_dir(log), dir) == 0)
            return log;
    }
    return NULL;
}

static struct conread *read_log(struct executor *x, const struct executor_log *what,
                                struct err *err)
{
    const struct process *p = (const struct process *)x;
    AUTO_FREE char *dir = podfiles_log_dir(p->files, what->pod);
    struct conread *r =
        conread_new(dir, what->container, what->previous, &what->options, err);

    if (r && what->options.follow)
        conread_follow(r, what->previous ? NULL : live_log(p, dir, what->container),
                       what->changed, what->arg);
    return r;
}

static void finish(struct executor *x, const struct pod_spec *pod)
{
    podfiles_clear(((struct process *)x)->files, pod);
}

static void forget(struct executor *x, const struct pod_spec *pod)
{
    podfiles_forget(((struct process *)x)->files, pod);
}

static void process_free(struct executor *x)
{
    struct process *p = (struct process *)x;

    memwatch_free(p->memory);
    guardian_free(p->guardian);
    podfiles_free(p->files);
    free(p->view_refusal);
    free(p);
}

static const struct executor_ops ops = {
    .runs_programs = true,
    .refuse = refuse,
    .prepare = prepare,
    .refresh = refresh,
    .check_limits = check_limits,
    .has_hosts = has_hosts,
    .set_hosts = set_hosts,
    .start = start,
    .signal = send_signal,
    .signal_all = signal_all,
    .inbox = inbox,
    .set_inbox = set_inbox,
    .drop = drop,
    .exec = exec,
    .exec_cancel = exec_cancel,
    .read_log = read_log,
    .finish = finish,
    .forget = forget,
    .free = process_free,
};

static void find_programs(struct process *p)
{
    const ssize_t n = readlink("/proc/self/exe", p->programs, sizeof(p->programs) - 1);
    char *slash;

    p->programs[MAX(n, 0)] = '\0';
    slash = strrchr(p->programs, '/');
    *(slash ? slash : p->programs) = '\0';
}

static void probe_view(struct process *p)
{
    struct err err = ERR_INIT;

    p->view = mountns_probe(podfiles_stage(p->files), &err);
    if (p->view == MOUNTNS_REFUSED)
        p->view_refusal = xstrdup(err.msg);
}

/* Each container takes some, each node a port; many shells allow 1,024. */
static void take_files(struct process *p)
{
    struct rlimit all;

    getrlimit(RLIMIT_NOFILE, &p->given_files);
    all = p->given_files;
    all.rlim_cur = all.rlim_max;
    setrlimit(RLIMIT_NOFILE, &all);
}

struct executor *executor_process_new(struct loop *loop, const char *dir,
                                      struct err *err)
{
    struct process *p = xcalloc(1, sizeof(*p));

    p->executor.ops = &ops;
    p->loop = loop;
    TAILQ_INIT(&p->runs);
    take_files(p);
    /* Forked before the lock is there: a guardian that outlives us for a moment would
     * hold it, and a next program take us for alive. */
    p->guardian = guardian_new(err);
    p->files = p->guardian ? podfiles_new(dir, err) : NULL;
    if (p->files) {
        p->memory = memwatch_new(loop);
        probe_view(p);
        find_programs(p);
        return &p->executor;
    }
    guardian_free(p->guardian);
    free(p);
    return NULL;
}
