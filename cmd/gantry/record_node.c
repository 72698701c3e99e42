#include <inttypes.h>

#include "base/quantity.h"
#include "base/hostlist.h"
#include "base/util.h"
#include "cmd/gantry/records.h"
#include "cmd/gantry/slurmtime.h"
#include "scheduler/oversubscribe.h"
#include "scheduler/preempt_rules.h"

#define MEGA (INT64_C(1) << 20)
#define PREEMPT_TEXT_MAX 64

/* "cpu=8,mem=64G,node=1,billing=8,gres/gpu=8"; nothing where all is 0. */
struct amounts {
    int64_t cpus, bytes, gpus;
    int64_t nodes; /* 0: not shown */
    bool billing;
};

static void add_tres(struct block *b, const char *key, const struct amounts *a)
{
    char mem[QUANTITY_TEXT_MAX];

    block_line(b, "%s=", key);
    if (a->cpus == 0 && a->bytes == 0 && a->gpus == 0)
        return;
    block_add(b, "cpu=%" PRId64, a->cpus);
    if (a->bytes > 0) {
        size_format(a->bytes / MEGA * MEGA, mem);
        block_add(b, ",mem=%s", mem);
    }
    if (a->nodes > 0)
        block_add(b, ",node=%" PRId64, a->nodes);
    if (a->billing)
        block_add(b, ",billing=%" PRId64, a->cpus);
    if (a->gpus > 0)
        block_add(b, ",gres/gpu=%" PRId64, a->gpus);
}

static void add_partitions(struct block *b, const struct noderow *n,
                           const struct partlist *parts)
{
    const char *comma = "";

    block_line(b, "Partitions=");
    for (size_t i = 0; i < parts->n; i++) {
        if (!partition_has_node(parts->parts[i].model, n->model))
            continue;
        block_add(b, "%s%s", comma, parts->parts[i].model->name);
        comma = ",";
    }
    block_add(b, " ");
}

static void add_when(struct block *b, int64_t sec)
{
    const struct slurmtime_style style = {0};
    char text[SLURMTIME_MAX] = "Unknown";

    if (sec != TIME_UNSET)
        slurmtime_moment(&style, sec, text);
    block_add(b, "@%s", text);
}

static void add_reason(struct block *b, const struct noderow *n)
{
    if (!n->reason)
        return;
    block_line(b, "Reason=%s [%s", n->reason,
               n->reason_user ? n->reason_user : "Unknown");
    add_when(b, n->reason_sec);
    block_add(b, "]");
}

static void add_owner(struct block *b, const struct noderow *n, struct users *users)
{
    if (n->owner)
        block_add(b, "%s(%" PRId64 ")", n->owner, users_find(users, n->owner)->uid);
    else
        block_add(b, "N/A");
}

void block_node(struct block *b, const struct noderow *n, const struct partlist *parts,
                struct users *users)
{
    block_line(b, "NodeName=%s Arch=%s CoresPerSocket=1 ", n->name, n->arch);
    block_line(
        b, "CPUAlloc=%" PRId64 " CPUEfctv=%" PRId64 " CPUTot=%" PRId64 " CPULoad=N/A",
        noderow_used_cpus(n), n->cpus, n->cpu_total);
    block_line(b, "AvailableFeatures=");
    noderow_features(n, &b->out);
    block_line(b, "ActiveFeatures=");
    noderow_features(n, &b->out);
    block_line(b, "Gres=");
    noderow_gres(n, n->gpus, &b->out);
    block_line(b, "NodeAddr=%s NodeHostName=%s Version=%s", n->addr, n->host,
               n->version);
    block_line(b, "OS=%s%s%s ", n->os, *n->kernel ? " " : "", n->kernel);
    block_line(b,
               "RealMemory=%" PRId64 " AllocMem=%" PRId64
               " FreeMem=N/A Sockets=%" PRId64 " Boards=1",
               n->mem_bytes / MEGA, n->used_bytes / MEGA, n->cpu_total);
    block_line(b, "State=");
    node_state_full(&n->state, &b->out);
    block_add(
        b, " ThreadsPerCore=1 TmpDisk=0 Weight=%" PRId64 " Owner=", n->model->weight);
    add_owner(b, n, users);
    block_add(b, " MCS_label=N/A");
    add_partitions(b, n, parts);
    block_line(b, "BootTime=None SlurmdStartTime=None");
    block_line(b, "LastBusyTime=Unknown ResumeAfterTime=None");
    add_tres(
        b, "CfgTRES",
        &(struct amounts){
            .cpus = n->cpus, .bytes = n->mem_bytes, .gpus = n->gpus, .billing = true});
    add_tres(b, "AllocTRES",
             &(struct amounts){.cpus = noderow_used_cpus(n),
                               .bytes = n->used_bytes,
                               .gpus = n->used_gpus});
    block_line(b, "CurrentWatts=0 AveWatts=0");
    add_reason(b, n);
    block_end(b);
}

/* ---- partitions ---- */

struct total {
    struct hostlist nodes;
    int64_t cpus, bytes, gpus;
};

static void add_up(struct total *t, const struct partition *p,
                   const struct nodelist *nodes)
{
    for (size_t i = 0; i < nodes->n; i++) {
        const struct noderow *n = &nodes->rows[i];
        if (!partition_has_node(p, n->model))
            continue;
        hostlist_add(&t->nodes, n->name);
        t->cpus += n->cpus;
        t->bytes += n->mem_bytes;
        t->gpus += n->gpus;
    }
}

static void add_count(struct block *b, const char *key, int64_t count)
{
    if (count == LIMIT_UNLIMITED)
        block_add(b, "%s=UNLIMITED", key);
    else
        block_add(b, "%s=%" PRId64, key, count);
}

static void add_limits(struct block *b, const struct partition *p)
{
    block_line(b, "%s", "");
    block_duration(b, "DefaultTime", p->default_time_sec, "NONE");
    block_add(b, " DisableRootJobs=NO Exclusive=%s GraceTime=%" PRId64 " Hidden=%s",
              p->exclusive        ? "NODE"
              : p->exclusive_user ? "USER"
                                  : "NO",
              p->grace_sec, p->hidden ? "YES" : "NO");
    block_line(b, "%s", "");
    add_count(b, "MaxNodes", p->max_nodes);
    block_duration(b, " MaxTime", p->max_time_sec, "UNLIMITED");
    block_add(b, " MinNodes=%" PRId64 " LLN=%s ", p->min_nodes, p->lln ? "YES" : "NO");
    add_count(b, "MaxCPUsPerNode",
              p->amounts.max_cpus_per_node > 0 ? p->amounts.max_cpus_per_node
                                               : LIMIT_UNLIMITED);
    block_add(b, " MaxCPUsPerSocket=UNLIMITED");
}

static void add_names(struct block *b, char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        block_add(b, "%s%s", i == 0 ? "" : ",", names[i]);
}

static void add_access(struct block *b, const char *what, char *const *allow,
                       size_t n_allow, char *const *deny, size_t n_deny)
{
    const bool denies = n_allow == 0 && n_deny > 0;
    char *const *names = denies ? deny : allow;
    const size_t n = denies ? n_deny : n_allow;

    block_add(b, "%s%s=%s", denies ? "Deny" : "Allow", what, n == 0 ? "ALL" : "");
    add_names(b, names, n);
}

static void add_accesses(struct block *b, const struct access *a)
{
    block_line(b, "%s", "");
    add_access(b, "Groups", a->allow_groups, a->n_allow_groups, a->deny_groups,
               a->n_deny_groups);
    block_add(b, " ");
    add_access(b, "Accounts", a->allow_accounts, a->n_allow_accounts, a->deny_accounts,
               a->n_deny_accounts);
    block_add(b, " ");
    add_access(b, "Qos", a->allow_qos, a->n_allow_qos, a->deny_qos, a->n_deny_qos);
}

/* The one that is set, in MiB. */
static void add_memory(struct block *b, const char *what, int64_t node, int64_t cpu)
{
    if (node > 0 || cpu > 0)
        block_add(b, "%sMemPer%s=%" PRId64, what, node > 0 ? "Node" : "CPU",
                  ((node > 0 ? node : cpu) + MEGA - 1) / MEGA);
    else
        block_add(b, "%sMemPerNode=UNLIMITED", what);
}

static void add_amounts(struct block *b, const struct part_amounts *a)
{
    const char *comma = a->def_cpus_per_gpu > 0 && a->def_mem_per_gpu > 0 ? "," : "";

    block_line(b, "JobDefaults=");
    if (a->def_cpus_per_gpu > 0)
        block_add(b, "DefCpuPerGPU=%" PRId64 "%s", a->def_cpus_per_gpu, comma);
    if (a->def_mem_per_gpu > 0)
        block_add(b, "DefMemPerGPU=%" PRId64, (a->def_mem_per_gpu + MEGA - 1) / MEGA);
    if (a->def_cpus_per_gpu == 0 && a->def_mem_per_gpu == 0)
        block_add(b, "(null)");
    block_line(b, "%s", "");
    add_memory(b, "Def", a->def_mem_per_node, a->def_mem_per_cpu);
    block_add(b, " ");
    add_memory(b, "Max", a->max_mem_per_node, a->max_mem_per_cpu);
}

/* Where it says none, the cluster's counts, which only the controller knows. */
static void add_preempt_mode(struct block *b, const struct partition *p)
{
    STR_AUTO struct str mode;

    str_init(&mode, PREEMPT_TEXT_MAX);
    preempt_mode_format(p->preempt_mode, &mode);
    block_add(b, " PreemptMode=%s", mode.len > 0 ? mode.s : "N/A");
}

/* In minutes. */
static void add_over_time(struct block *b, const struct partition *p)
{
    if (p->over_time_sec == LIMIT_UNSET || p->over_time_sec == LIMIT_UNLIMITED)
        block_line(b, "OverTimeLimit=%s",
                   p->over_time_sec == LIMIT_UNSET ? "NONE" : "UNLIMITED");
    else
        block_line(b, "OverTimeLimit=%" PRId64, (p->over_time_sec + 59) / 60);
    add_preempt_mode(b, p);
}

void block_partition(struct block *b, const struct partition *p,
                     const struct nodelist *nodes)
{
    struct total total = {0};

    add_up(&total, p, nodes);
    block_line(b, "PartitionName=%s", p->name);
    add_accesses(b, &p->access);
    block_line(b, "AllocNodes=ALL");
    if (p->alternate)
        block_add(b, " Alternate=%s", p->alternate);
    block_add(b, " Default=%s QoS=%s", p->is_default ? "YES" : "NO",
              p->qos ? p->qos : "N/A");
    add_limits(b, p);
    block_line(b, "Nodes=");
    hostlist_format(&total.nodes, &b->out);
    block_line(b,
               "PriorityJobFactor=%" PRId64 " PriorityTier=%" PRId64
               " RootOnly=%s ReqResv=%s OverSubscribe=",
               p->priority_job_factor, p->priority_tier,
               p->access.operators ? "YES" : "NO", p->req_resv ? "YES" : "NO");
    oversubscribe_say(p, &b->out);
    add_over_time(b, p);
    block_line(b,
               "State=%s TotalCPUs=%" PRId64 " TotalNodes=%zu "
               "SelectTypeParameters=NONE",
               part_state_word(p->state), total.cpus, total.nodes.n);
    add_amounts(b, &p->amounts);
    add_tres(b, "TRES",
             &(struct amounts){.cpus = total.cpus,
                               .bytes = total.bytes,
                               .gpus = total.gpus,
                               .nodes = (int64_t)total.nodes.n,
                               .billing = true});
    block_end(b);
    hostlist_fini(&total.nodes);
}
