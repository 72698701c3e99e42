#include "base/util.h"
#include "cmd/gantry/submit.h"

/* Options that act on a field: with a value, with one that may be left out, without. */
#define FIELD(name, c, env, metavar, field, put, help)                        \
    {                                                                         \
        {name, c, OPT_STRING, env, 0, metavar, help, 0, 0}, field, put, NULL, \
            SET_NONE, false                                                   \
    }
#define FIELD_OF(set, name, c, env, metavar, field, put, help)                     \
    {                                                                              \
        {name, c, OPT_STRING, env, 0, metavar, help, 0, 0}, field, put, NULL, set, \
            false                                                                  \
    }
#define NUMBER(name, c, env, field, max, help)                                  \
    {                                                                           \
        {name, c, OPT_STRING, env, 0, "N", help, 1, max}, field, put_int, NULL, \
            SET_NONE, false                                                     \
    }
#define MAYBE(name, c, env, metavar, field, put, help)                          \
    {                                                                           \
        {name, c, OPT_OPTIONAL, env, 0, metavar, help, 0, 0}, field, put, NULL, \
            SET_NONE, false                                                     \
    }
#define FLAG(name, c, env, field, put, help)                                       \
    {                                                                              \
        {name, c, OPT_FLAG, env, 0, NULL, help, 0, 0}, field, put, NULL, SET_NONE, \
            false                                                                  \
    }
/* sbatch's own; those of the command line only. */
#define OWN(name, c, type, env, metavar, help)                                    \
    {                                                                             \
        {name, c, type, env, 0, metavar, help, 0, 0}, NULL, NULL, NULL, SET_NONE, \
            false                                                                 \
    }
#define LINE(name, c, type, metavar, help)                                         \
    {                                                                              \
        {name, c, type, NULL, 0, metavar, help, 0, 0}, NULL, NULL, NULL, SET_NONE, \
            true                                                                   \
    }
/* Refused: with a value, with one that may be left out, without. */
#define NOT(name, c, env, why)                                                       \
    {                                                                                \
        {name, c, OPT_STRING, env, 0, "VALUE", "", 0, 0}, NULL, NULL, why, SET_NONE, \
            false                                                                    \
    }
#define NOT_MAYBE(name, c, env, why)                                                   \
    {                                                                                  \
        {name, c, OPT_OPTIONAL, env, 0, "VALUE", "", 0, 0}, NULL, NULL, why, SET_NONE, \
            false                                                                      \
    }
#define NOT_FLAG(name, c, env, why)                                                   \
    {                                                                                 \
        {name, c, OPT_FLAG, env, 0, NULL, "", 0, 0}, NULL, NULL, why, SET_NONE, false \
    }

#define LAYOUT "the kubelet decides where on a node a job's CPUs and devices are"
#define SHARING "--oversubscribe shares CPUs, where the partition lets jobs do so"
#define STEPS "there are no job steps yet"
#define MAIL "no mail is sent; `kubectl wait` and events tell of a job's end"
#define SITE "it belongs to a plugin that Gantry does not have"
#define SOMEBODY "a job is its submitter's, as the API server knows him"
#define ONE_CLUSTER "a kubeconfig's context names the cluster: --context"
#define PICKY "nodes are chosen by Gantry's own rules"

const struct submit_row submit_rows[] = {
    /* the job */
    FIELD("job-name", 'J', "SBATCH_JOB_NAME", "NAME", "jobName", put_string,
          "name of the job; else the script's"),
    FIELD("account", 'A', "SBATCH_ACCOUNT", "NAME", "account", put_string,
          "account to charge"),
    FIELD("partition", 'p', "SBATCH_PARTITION", "NAMES", "partition", put_string,
          "partition, or several: the one that can start it first"),
    FIELD("qos", 'q', "SBATCH_QOS", "NAMES", "qos", put_string,
          "quality of service, or several: that with which it can start first"),
    FIELD("time", 't', "SBATCH_TIMELIMIT", "TIME", "timeLimit", put_duration,
          "time limit: 90 (minutes), 2:00:00, 1-12; 0 is none"),
    FIELD("time-min", 0, NULL, "TIME", "timeMin", put_duration,
          "least time limit that will do"),
    FIELD("begin", 'b', NULL, "TIME", "begin", put_moment,
          "not before: 16:00, 2027-01-31T16:00, now+2hours"),
    FIELD("deadline", 0, NULL, "TIME", "deadline", put_moment,
          "to be over by then, or not to start"),
    MAYBE("nice", 0, NULL, "N", "nice", put_nice, "lower the priority by N (100)"),
    FIELD("priority", 0, NULL, "N", "priority", put_priority,
          "this priority instead of a computed one"),
    FLAG("hold", 'H', NULL, "hold", put_hold, "hold it until `scontrol release`"),
    {{"requeue", 0, OPT_OPTIONAL, "SBATCH_REQUEUE", 0, "MODE",
      "run it again after a node failure (that is so without it)", 0, 0},
     "requeue",
     put_requeue,
     NULL,
     SET_REQUEUE,
     false},
    {{"no-requeue", 0, OPT_FLAG, "SBATCH_NO_REQUEUE", 0, NULL, "never run it again", 0,
      0},
     "requeue",
     put_no_requeue,
     NULL,
     SET_REQUEUE,
     false},
    FIELD(
        "dependency", 'd', NULL, "LIST", "dependency", put_dependency,
        "wait for other jobs: afterok:12:13,after:14+5, singleton; ? for one of them"),
    FIELD("kill-on-invalid-dep", 0, NULL, "yes|no", "killOnInvalidDep", put_yes_no,
          "whether it is cancelled when its dependency can never be met"),
    FIELD("array", 'a', "SBATCH_ARRAY_INX", "INDEXES", "array", put_array,
          "job array: 0-15, 1,3,5%2"),
    FIELD("signal", 0, "SBATCH_SIGNAL", "[[R]B:]SIG[@SEC]", "signal", put_signal,
          "signal its script before its time limit; R: borrow reserved nodes"),
    FIELD("reservation", 0, "SBATCH_RESERVATION", "NAMES", "reservation", put_string,
          "run in this reservation, or of several in the first it can"),
    FIELD("licenses", 'L', NULL, "LIST", "licenses", put_string, "licenses it takes"),
    FIELD("comment", 0, NULL, "TEXT", "comment", put_string, "a comment"),

    /* its shape */
    FIELD("nodes", 'N', NULL, "N[-MAX]", "nodes", put_nodes, "number of nodes"),
    NUMBER("ntasks", 'n', NULL, "ntasks", 1000000, "number of tasks"),
    NUMBER("ntasks-per-node", 0, NULL, "ntasksPerNode", 100000, "tasks on each node"),
    NUMBER("cpus-per-task", 'c', NULL, "cpusPerTask", 100000, "CPUs of each task"),
    FIELD_OF(SET_MEM, "mem", 0, "SBATCH_MEM_PER_NODE", "SIZE", "memPerNode", put_size,
             "memory on each node: 500M, 64G; without a unit megabytes"),
    FIELD_OF(SET_MEM, "mem-per-cpu", 0, "SBATCH_MEM_PER_CPU", "SIZE", "memPerCpu",
             put_size, "memory for each CPU"),
    FIELD_OF(SET_MEM, "mem-per-gpu", 0, "SBATCH_MEM_PER_GPU", "SIZE", "memPerGpu",
             put_size, "memory for each GPU"),
    FIELD("gpus", 'G', "SBATCH_GPUS", "[TYPE:]N", "gpus", put_gpus,
          "GPUs of the whole job"),
    FIELD_OF(SET_GPUS_PER_NODE, "gpus-per-node", 0, "SBATCH_GPUS_PER_NODE", "[TYPE:]N",
             "gpusPerNode", put_gpus, "GPUs on each node"),
    FIELD("gpus-per-task", 0, "SBATCH_GPUS_PER_TASK", "[TYPE:]N", "gpusPerTask",
          put_gpus, "GPUs of each task"),
    NUMBER("cpus-per-gpu", 0, "SBATCH_CPUS_PER_GPU", "cpusPerGpu", 100000,
           "CPUs for each GPU"),
    FIELD_OF(SET_GPUS_PER_NODE, "gres", 0, "SBATCH_GRES", "gpu[:TYPE][:N]",
             "gpusPerNode", put_gres, "GPUs on each node, as --gpus-per-node"),
    MAYBE("exclusive", 0, "SBATCH_EXCLUSIVE", "MODE", "exclusive", put_exclusive,
          "no other job on its nodes; user: none of another user"),
    FLAG("oversubscribe", 's', NULL, "overSubscribe", put_true,
         "share CPUs, where the partition says OverSubscribe=YES"),
    FLAG("share", 0, NULL, "overSubscribe", put_true, "as --oversubscribe"),
    FLAG("contiguous", 0, NULL, "contiguous", put_true, "nodes that are neighbours"),
    FLAG("spread-job", 0, "SBATCH_SPREAD_JOB", "spread", put_true,
         "over as many nodes as possible"),
    FLAG("use-min-nodes", 0, "SBATCH_USE_MIN_NODES", "useMinNodes", put_true,
         "of a range of nodes as few as will do"),
    FIELD("switches", 0, "SBATCH_REQ_SWITCH", "COUNT[@TIME]", "switches", put_switches,
          "under at most so many switches"),
    NUMBER("segment", 0, NULL, "segment", 100000, "nodes that must be in one block"),
    FLAG("spread-segments", 0, NULL, "spreadSegments", put_true,
         "each segment in a block of its own"),
    FLAG("consolidate-segments", 0, NULL, "consolidateSegments", put_true,
         "all segments in one larger block"),

    /* where */
    FIELD("constraint", 'C', "SBATCH_CONSTRAINT", "LIST", "constraint", put_constraint,
          "features its nodes must have: a100&ib, (a100|h100)&ib; [a|b]: all the same; "
          "[a*2&b*4]: so many nodes"),
    FIELD_OF(SET_NODELIST, "nodelist", 'w', NULL, "HOSTS", "nodeList", put_hosts,
             "nodes it must have: n[1-3]; with a / in it, a file of them"),
    FIELD_OF(SET_NODELIST, "nodefile", 'F', NULL, "FILE", "nodeList", put_host_file,
             "as --nodelist, from a file"),
    FIELD("exclude", 'x', NULL, "HOSTS", "exclude", put_hosts,
          "nodes it must not have"),

    /* the script's surroundings */
    FIELD("chdir", 'D', NULL, "DIR", "workDir", put_dir,
          "working directory; else the present one"),
    FIELD("input", 'i', "SBATCH_INPUT", "FILE", "input", put_file, "standard input"),
    FIELD("output", 'o', "SBATCH_OUTPUT", "FILE", "output", put_file,
          "standard output; else slurm-%j.out, of arrays slurm-%A_%a.out"),
    FIELD("error", 'e', "SBATCH_ERROR", "FILE", "error", put_file,
          "standard error; else where the output goes"),
    FIELD("open-mode", 0, "SBATCH_OPEN_MODE", "append|truncate", "openMode",
          put_open_mode, "whether these files are added to"),
    OWN("export", 0, OPT_STRING, "SBATCH_EXPORT", "ALL|NONE|NAMES",
        "variables it takes along; else all"),
    FIELD("image", 0, NULL, "IMAGE", "image", put_string,
          "container image it runs in (where nodes run containers)"),
    LINE("wrap", 0, OPT_STRING, "COMMAND", "submit this command instead of a script"),

    /* sbatch itself */
    LINE("parsable", 0, OPT_FLAG, NULL, "print the job's id alone"),
    LINE("test-only", 0, OPT_FLAG, NULL, "say when it would start, and submit nothing"),
    OWN("wait", 'W', OPT_FLAG, "SBATCH_WAIT", NULL,
        "wait for its end; exit with its code"),
    OWN("quiet", 'Q', OPT_FLAG, NULL, NULL, "print errors only"),
    OWN("verbose", 'v', OPT_COUNT, "SBATCH_DEBUG", NULL, "say what is done; more: -vv"),
    OWN("ignore-pbs", 0, OPT_FLAG, "SBATCH_IGNORE_PBS", NULL,
        "let #PBS and #BSUB lines be comments"),
    LINE("version", 'V', OPT_FLAG, NULL, "print the version"),
    LINE("help", 'h', OPT_FLAG, NULL, "print this help"),
    LINE("usage", 0, OPT_FLAG, NULL, "print all options in short"),
    LINE("kubeconfig", 0, OPT_STRING, "FILE",
         "API server and credentials (else as kubectl finds them)"),
    LINE("context", 0, OPT_STRING, "NAME",
         "context of the kubeconfig (else its current one)"),
    LINE("namespace", 0, OPT_STRING, "NAME", "namespace (else the context's)"),
    OWN("controller-namespace", 0, OPT_STRING, "GANTRY_CONTROLLER_NAMESPACE", "NAME",
        "namespace of the controller (else gantry-system), for --test-only"),

    /* refused */
    NOT("acctg-freq", 0, "SBATCH_ACCTG_FREQ", SITE),
    NOT("batch", 0, "SBATCH_BATCH", PICKY),
    NOT("bb", 0, NULL, SITE),
    NOT("bbf", 0, NULL, SITE),
    NOT("cluster-constraint", 0, NULL, ONE_CLUSTER),
    NOT("clusters", 'M', "SBATCH_CLUSTERS", ONE_CLUSTER),
    NOT("container", 0, "SBATCH_CONTAINER", "--image names a container image"),
    NOT("container-id", 0, NULL, "--image names a container image"),
    NOT("core-spec", 'S', "SBATCH_CORE_SPEC", LAYOUT),
    NOT("cores-per-socket", 0, NULL, LAYOUT),
    NOT("cpu-freq", 0, NULL, LAYOUT),
    NOT("delay-boot", 0, "SBATCH_DELAY_BOOT", "nodes are not booted for jobs"),
    NOT("distribution", 'm', "SBATCH_DISTRIBUTION", STEPS),
    NOT("export-file", 0, NULL, "--export names variables"),
    NOT("extra", 0, NULL, SITE),
    NOT("extra-node-info", 'B', NULL, LAYOUT),
    NOT_MAYBE("get-user-env", 0, "SBATCH_GET_USER_ENV",
              "no login is made for a job; --export takes variables along"),
    NOT("gid", 0, NULL, SOMEBODY),
    NOT("gpu-bind", 0, "SBATCH_GPU_BIND", LAYOUT),
    NOT("gpu-freq", 0, "SBATCH_GPU_FREQ", LAYOUT),
    NOT("gpus-per-socket", 0, NULL, LAYOUT),
    NOT("gres-flags", 0, "SBATCH_GRES_FLAGS", LAYOUT),
    NOT("hint", 0, "SBATCH_HINT", LAYOUT),
    NOT("mail-type", 0, NULL, MAIL),
    NOT("mail-user", 0, NULL, MAIL),
    NOT("mcs-label", 0, NULL, SITE),
    NOT("mem-bind", 0, "SBATCH_MEM_BIND", LAYOUT),
    NOT("mincpus", 0, NULL, "--cpus-per-task says how many CPUs it takes"),
    NOT("network", 0, "SBATCH_NETWORK", SITE),
    NOT_MAYBE("no-kill", 'k', "SBATCH_NO_KILL", "a gang that lost a node starts anew"),
    NOT("ntasks-per-core", 0, NULL, LAYOUT),
    NOT("ntasks-per-gpu", 0, NULL, "say --gpus-per-task"),
    NOT("ntasks-per-socket", 0, NULL, LAYOUT),
    NOT("oom-kill-step", 0, NULL, STEPS),
    NOT_FLAG("overcommit", 'O', "SBATCH_OVERCOMMIT", SHARING),
    NOT("power", 0, "SBATCH_POWER", SITE),
    NOT("prefer", 0, NULL, "--constraint says what nodes must have"),
    NOT("profile", 0, "SBATCH_PROFILE", SITE),
    NOT_MAYBE("propagate", 0, NULL, "limits are the container's"),
    NOT_FLAG("reboot", 0, NULL, "nodes are not booted for jobs"),
    NOT_MAYBE("resv-ports", 0, NULL, STEPS),
    NOT("sockets-per-node", 0, NULL, LAYOUT),
    NOT_FLAG("stepmgr", 0, NULL, STEPS),
    NOT("thread-spec", 0, "SBATCH_THREAD_SPEC", LAYOUT),
    NOT("threads-per-core", 0, "SBATCH_THREADS_PER_CORE", LAYOUT),
    NOT("tmp", 0, NULL, "a template's ephemeral-storage request says it"),
    NOT("tres-bind", 0, NULL, LAYOUT),
    NOT("tres-per-task", 0, NULL, "say --gpus-per-task and --cpus-per-task"),
    NOT("uid", 0, NULL, SOMEBODY),
    NOT("wait-all-nodes", 0, "SBATCH_WAIT_ALL_NODES", "a gang always starts whole"),
    NOT("wckey", 0, "SBATCH_WCKEY", SITE),
};
const size_t n_submit_rows = ARRAY_LEN(submit_rows);
