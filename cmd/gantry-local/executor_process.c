#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-local/env.h"
#include "cmd/gantry-local/executor.h"
#include "cmd/gantry-local/guardian.h"
#include "cmd/gantry-local/podfiles.h"
#include "cmd/gantry-local/spawn.h"

#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct process {
    struct executor executor;
    struct loop *loop;
    struct podfiles *files;
    struct guardian *guardian;
};

struct executor_run {
    struct process *process;
    pid_t pid; /* and its process group */
    struct loop_child *child;
    executor_exit_fn *exited;
    void *arg;
};

/* ---- what cannot be run as it is meant ---- */

static const char *refuse_container(const struct container_spec *c, struct err *err)
{
    if (!c->command[0]) {
        err_set(
            err, ERR_INVALID,
            "container \"%.100s\" has no command: this node runs local processes and"
            " pulls no image (%.200s)",
            c->name, c->image);
        return "CommandMissing";
    }
    if (c->run_as_user >= 0 && geteuid() != 0 && c->run_as_user != (int64_t)geteuid()) {
        err_set(err, ERR_FORBIDDEN,
                "container \"%.100s\" is to run as user %lld: this node runs as user %u"
                " and cannot change that",
                c->name, (long long)c->run_as_user, geteuid());
        return "UserNotAvailable";
    }
    return NULL;
}

static const char *refuse(struct executor *x, const struct pod_spec *pod,
                          struct err *err)
{
    const struct process *p = (const struct process *)x;
    const char *word = NULL;

    if (pod->needs) {
        err_set(err, ERR_INVALID,
                "%s is not supported by nodes that run local processes", pod->needs);
        return "NotSupported";
    }
    if (podfiles_exist(p->files, pod)) {
        err_set(err, ERR_EXISTS, "the pod was started by an earlier node program");
        return "NodeRestarted";
    }
    for (size_t i = 0; !word && i < pod->n_inits; i++)
        word = refuse_container(&pod->inits[i], err);
    for (size_t i = 0; !word && i < pod->n_mains; i++)
        word = refuse_container(&pod->mains[i], err);
    return word;
}

/* ---- runs ---- */

static void run_free(struct executor_run *run)
{
    loop_child_free(run->child);
    free(run);
}

/* The first process has ended: whatever it left behind in its group ends now. */
static void end_group(struct executor_run *run)
{
    kill(-run->pid, SIGKILL);
    guardian_forget(run->process->guardian, run->pid);
}

static void child_ended(void *arg, pid_t pid, int status)
{
    struct executor_run *run = arg;
    struct executor_exit how = {0};
    executor_exit_fn *exited = run->exited;
    void *exited_arg = run->arg;

    (void)pid;
    if (WIFSIGNALED(status))
        how = (struct executor_exit){128 + WTERMSIG(status), WTERMSIG(status)};
    else
        how.exit_code = WEXITSTATUS(status);
    end_group(run);
    run_free(run);
    exited(exited_arg, &how);
}

/* What an image would have brought along. */
static void add_base(char ***envp)
{
    const struct passwd *pw;

    if (!env_get(*envp, "PATH"))
        env_set(envp, "PATH", PATH_DEFAULT);
    if (!env_get(*envp, "HOME") && (pw = getpwuid(geteuid())))
        env_set(envp, "HOME", pw->pw_dir);
}

static char **environment(char *const *envp)
{
    size_t n = 0;
    char **copy;

    while (envp[n])
        n++;
    copy = xcalloc(n + 1, sizeof(*copy));
    for (size_t i = 0; i < n; i++)
        copy[i] = xstrdup(envp[i]);
    add_base(&copy);
    return copy;
}

static int spawn_run(struct process *p, const struct executor_start *s, pid_t *ret_pid,
                     struct err *err)
{
    AUTO_FREE char *work =
        podfiles_work_dir(p->files, s->pod, s->container->run_as_user, err);
    int log_fd =
        work ? podfiles_open_log(p->files, s->pod, s->container->name, err) : -1;
    char **envp;
    int rc;

    if (log_fd < 0)
        return -1;
    envp = environment(s->envp);
    rc = spawn_process(
        &(struct spawn){
            .argv = s->argv,
            .envp = envp,
            .dir = s->container->working_dir ? s->container->working_dir : work,
            .output_fd = log_fd,
            .announce_fd = guardian_fd(p->guardian),
            .user = s->container->run_as_user,
            .group = s->container->run_as_group,
        },
        ret_pid, err);
    words_free(envp);
    close(log_fd);
    return rc;
}

static struct executor_run *start(struct executor *x, const struct executor_start *s,
                                  executor_exit_fn *exited, void *arg, struct err *err)
{
    struct process *p = (struct process *)x;
    struct executor_run *run = xcalloc(1, sizeof(*run));

    run->process = p;
    run->exited = exited;
    run->arg = arg;
    if (spawn_run(p, s, &run->pid, err) == 0) {
        run->child = loop_child_new(p->loop, run->pid, child_ended, run, err);
        if (run->child)
            return run;
        end_group(run);
    }
    free(run);
    return NULL;
}

static void send_signal(struct executor_run *run, int signo)
{
    kill(-run->pid, signo);
}

static void drop(struct executor_run *run)
{
    end_group(run);
    run_free(run);
}

static void forget(struct executor *x, const struct pod_spec *pod)
{
    podfiles_forget(((struct process *)x)->files, pod);
}

static void process_free(struct executor *x)
{
    struct process *p = (struct process *)x;

    guardian_free(p->guardian);
    podfiles_free(p->files);
    free(p);
}

static const struct executor_ops ops = {
    .refuse = refuse,
    .start = start,
    .signal = send_signal,
    .drop = drop,
    .forget = forget,
    .free = process_free,
};

struct executor *executor_process_new(struct loop *loop, const char *dir,
                                      struct err *err)
{
    struct process *p = xcalloc(1, sizeof(*p));

    p->executor.ops = &ops;
    p->loop = loop;
    p->files = podfiles_new(dir, err);
    p->guardian = p->files ? guardian_new(err) : NULL;
    if (p->guardian)
        return &p->executor;
    podfiles_free(p->files);
    free(p);
    return NULL;
}
