#include "crds/convert.h"
#include "crds/dependency.h"

#include <inttypes.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/suite.h"

#define DESCRIPTION_MAX 4096

/* ---- a job as text: only what differs from a job that asks for nothing ---- */

static void add_names(struct str *out, const char *what, char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addf(out, "%s%s", i == 0 ? what : ",", names[i]);
}

static void add_number(struct str *out, const char *what, int64_t value,
                       int64_t otherwise)
{
    if (value != otherwise)
        str_addf(out, " %s=%" PRId64, what, value);
}

static void add_term(struct str *out, const char *what, const struct term *term)
{
    static const char *const ops[] = {"in", "notin", "exists", "missing", "gt", "lt"};
    for (size_t i = 0; i < term->n_reqs; i++) {
        str_addf(out, "%s%s %s", i == 0 ? what : "&", term->reqs[i].key,
                 ops[term->reqs[i].op]);
        add_names(out, " ", term->reqs[i].values, term->reqs[i].n_values);
    }
}

static void add_units(struct str *out, const struct job *job)
{
    for (size_t i = 0; i < job->n_units; i++) {
        const struct unit *unit = &job->units[i];

        str_addf(out, " + %" PRId64 "x(", unit->count);
        str_addf(out, "cpu=%" PRId64, unit->each.v[RES_CPU]);
        add_number(out, "mem", unit->each.v[RES_MEM], 0);
        add_number(out, "gpu", unit->each.v[RES_FIXED], 0);
        add_number(out, "tasks", unit->tasks, 1);
        add_number(out, "most", unit->most, LIMIT_UNLIMITED);
        str_addc(out, ')');
    }
    str_add(out, job->n_units > 0 && job->spread ? " spread" : "");
}

static void add_shape(struct str *out, const struct job *job)
{
    str_addf(out, "pods=%" PRId64, job->min_pods);
    if (job->max_pods != job->min_pods)
        str_addf(out, "-%" PRId64, job->max_pods);
    str_addf(out, "%s cpu=%" PRId64, job->one_per_node ? "/node" : "",
             job->each.v[RES_CPU]);
    add_number(out, "mem", job->each.v[RES_MEM], 0);
    add_number(out, "gpu", job->each.v[RES_FIXED], 0);
    if (job->gpu_type)
        str_addf(out, " type=%s", job->gpu_type);
    add_number(out, "tasks", job->tasks, 1);
    add_units(out, job);
    if (job->exclusive)
        str_add(out, " exclusive");
    if (job->exclusive_user)
        str_add(out, " owned");
    if (job->oversubscribe)
        str_add(out, " shared");
    if (job->contiguous)
        str_add(out, " contiguous");
    add_number(out, "segment", job->segment, 0);
    if (job->spread_segments)
        str_add(out, " spreadsegments");
    if (job->consolidate_segments)
        str_add(out, " consolidatesegments");
    add_number(out, "switches", job->most_switches, 0);
    add_number(out, "switchwait", job->switch_wait_sec, LIMIT_UNSET);
}

static void add_policy(struct str *out, const struct job *job)
{
    add_names(out, " part=", job->partitions, job->n_partitions);
    if (job->account)
        str_addf(out, " account=%s", job->account);
    if (job->qos)
        str_addf(out, " qos=%s", job->qos);
    add_names(out, " of qos=", job->qos_list, job->n_qos_list);
    if (job->n_depends > 0)
        str_add(out, " depends=");
    dependency_format(job->depends, job->n_depends, job->depends_any, out);
    if (job->any_license)
        str_add(out, " any-of");
    for (size_t i = 0; i < job->n_licenses; i++)
        add_number(out, job->licenses[i].name, job->licenses[i].count, 0);
    add_number(out, "hopeless", job->hopeless, HOPELESS_BY_CONFIG);
    add_number(out, "timemin", job->time_min_sec, LIMIT_UNSET);
    add_number(out, "deadline", job->deadline_sec, TIME_UNSET);
    if (job->job_name)
        str_addf(out, " called=%s", job->job_name);
    add_number(out, "limit", job->limit_sec, LIMIT_UNSET);
    add_number(out, "nice", job->nice, 0);
    add_number(out, "priority", job->priority, PRIORITY_UNSET);
    add_number(out, "hold", job->hold, HOLD_NONE);
    add_number(out, "norequeue", job->no_requeue, false);
    add_number(out, "eligible", job->eligible_sec, TIME_UNSET);
}

static void add_where(struct str *out, const struct job *job)
{
    add_names(out, " -w ", job->node_list, job->n_node_list);
    add_names(out, " -x ", job->exclude, job->n_exclude);
    add_term(out, " all: ", &job->node_all);
    for (size_t i = 0; i < job->n_node_any; i++)
        add_term(out, " any: ", &job->node_any[i]);
    for (size_t i = 0; i < job->n_same; i++)
        add_term(out, " same: ", &job->same[i]);
    for (size_t i = 0; i < job->n_counts; i++) {
        str_addf(out, " %s*%" PRId64, job->counts[i].text, job->counts[i].count);
        for (size_t k = 0; k < job->counts[i].n_any; k++)
            add_term(out, " any: ", &job->counts[i].any[k]);
    }
    for (size_t i = 0; i < job->n_tolerations; i++) {
        const struct toleration *t = &job->tolerations[i];
        str_addf(out, " tolerates %s=%s:%s", t->key ? t->key : "*",
                 t->value ? t->value : "*",
                 t->any_effect                    ? "*"
                 : t->effect == TAINT_NO_SCHEDULE ? "NoSchedule"
                 : t->effect == TAINT_NO_EXECUTE  ? "NoExecute"
                                                  : "PreferNoSchedule");
    }
}

static void add_run(struct str *out, const struct job *job)
{
    add_number(out, "id", job->job_id, 0);
    add_number(out, "phase", job->phase, JOB_PENDING);
    add_number(out, "failed", job->failed, 0);
    add_number(out, "start", job->start_sec, TIME_UNSET);
    if (job->partition)
        str_addf(out, " on=%s", job->partition);
    for (size_t i = 0; i < job->n_alloc; i++)
        str_addf(out, "%s %s:%" PRId64 "@%" PRId64,
                 i > 0 && job->alloc[i].component > job->alloc[i - 1].component ? " :"
                                                                                : "",
                 job->alloc[i].node, job->alloc[i].pods, job->alloc[i].first_rank);
}

static void add_tasks(struct str *out, const char *word, const struct taskset *tasks)
{
    if (taskset_is_empty(tasks))
        return;
    str_add(out, word);
    taskset_format(tasks, out);
}

static void add_payers(struct str *out, const struct job *job)
{
    if (job->account)
        str_addf(out, " account=%s", job->account);
    if (job->qos)
        str_addf(out, " qos=%s", job->qos);
}

static void describe(const struct job *job, struct str *out)
{
    add_shape(out, job);
    add_policy(out, job);
    add_where(out, job);
    add_run(out, job);
    if (job->array) {
        add_tasks(out, " array=", &job->array->left);
        add_tasks(out, " out=", &job->array->out);
        add_tasks(out, " well=", &job->array->well);
        add_tasks(out, " ill=", &job->array->ill);
    }
    if (job->tasks_limit > 0)
        str_addf(out, "%%%d", (int)job->tasks_limit);
    for (size_t i = 0; i < job->n_others; i++) {
        str_add(out, " : ");
        add_shape(out, &job->others[i]);
        add_payers(out, &job->others[i]);
        add_where(out, &job->others[i]);
        if (job->others[i].limit_sec != LIMIT_UNSET)
            str_addf(out, " limit=%" PRId64, job->others[i].limit_sec);
    }
}

/* ---- cases: `spec` beside a template of one container, unless it brings its own ----
 */

#define ONE "template: {spec: {containers: [{name: a, image: x}]}}"
#define TEMPLATE(pod) "template: {spec: {" pod ", containers: [{name: a}]}}"
#define CPU(pod) "template: {spec: {containers: [{name: a, resources: {" pod "}}]}}"

static const struct job_case {
    const char *name, *spec, *status;
    const char *job; /* or the error */
} cases[] = {
    {"one pod", ONE, "", "pods=1/node cpu=1000"},
    {"nodes", "nodes: 4, " ONE, "", "pods=4/node cpu=1000"},
    {"components",
     "exclusive: true, timeLimit: '60', components: [{name: a, nodes: 1, cpusPerTask: "
     "4, "
     "exclude: n9}, {name: b, gpus: 'h100:16', constraint: ib, nodeList: 'n[1-2]'}, "
     "{name: c, replicas: 3, switches: 2@5}], script: '#!/bin/sh'",
     "",
     "pods=1/node cpu=4000 exclusive limit=3600 -x n9 : pods=1-16/node cpu=1000 gpu=1 "
     "type=h100 + 16x(cpu=0 gpu=1 tasks=0) exclusive -w n1,n2 any: "
     "gantry.dev/feature-ib exists : pods=3 cpu=0 exclusive switches=2 switchwait=300"},
    {"components with time limits of their own",
     "timeLimit: '60', components: [{name: a}, {name: b, timeLimit: '20'}, {name: c}], "
     "script: '#!/bin/sh'",
     "",
     "pods=1/node cpu=1000 limit=3600 : pods=1/node cpu=1000 limit=1200 : pods=1/node "
     "cpu=1000"},
    {"a component without time",
     "components: [{name: a}, {name: b, timeLimit: '0'}], " ONE, "",
     "spec.components[1].timeLimit: must be more than nothing"},
    {"components with templates",
     "components: [{name: a, nodes: 2, " CPU("requests: {cpu: 2}") "}, {name: b, " CPU(
         "requests: {cpu: 3}") "}]",
     "", "pods=2/node cpu=2000 : pods=1/node cpu=3000"},
    {"components that run", "components: [{name: a}, {name: b, nodes: 2}], " ONE,
     "state: RUNNING, startTime: '2026-01-02T03:04:05Z', placement: [{nodes: n1, "
     "podsPerNode: 1, firstRank: 0}, {nodes: 'n[2-3]', podsPerNode: 1, firstRank: 1, "
     "component: 1}]",
     "pods=1/node cpu=1000 phase=2 start=1767323045 n1:1@0 : n2:1@1 n3:1@2 : "
     "pods=2/node cpu=1000"},
    {"a component that cannot be",
     "components: [{name: a}, {name: b, nodes: 0}], script: '#!/bin/sh'", "",
     "spec.components[1].nodes: \"0\" is no count of nodes; right are 4 and \"2-4\" "
     "(at "
     "most 100000)"},
    {"a component's tasks",
     "components: [{name: a}, {name: b, nodes: 4, ntasks: 2}], " ONE, "",
     "spec.components[1].ntasks: 2 cannot be on 4 nodes: each has one at least"},
    {"a component's template", "components: [{name: a, " TEMPLATE("nodeName: n1") "}]",
     "",
     "spec.components[0].template.spec.nodeName must not be given: Gantry chooses; "
     "spec.nodeList names nodes"},
    {"a component of both ways", "components: [{name: a, replicas: 2, nodes: 2}], " ONE,
     "",
     "spec.components[0].replicas is Kubernetes' way to give a shape; it excludes "
     "Slurm's (nodes, ntasks, ntasksPerNode, cpusPerTask, mem..., gpus..., segment, "
     "spread, contiguous, useMinNodes)"},
    {"a component in several partitions",
     "components: [{name: a}, {name: b, partition: 'x,y'}], " ONE, "",
     "spec.components[1].partition: a component is in one partition, only "
     "spec.partition may list several"},
    {"a component with several QOS",
     "components: [{name: a}, {name: b, qos: 'x,y'}], " ONE, "",
     "spec.components[1].qos: a component has one QOS, only spec.qos may list several"},
    {"the first component apart",
     "components: [{name: a, partition: x}, {name: b}], " ONE, "",
     "spec.components[0].partition: the first component is where the job is: "
     "spec.partition"},
    {"the first component charged",
     "components: [{name: a, account: x}, {name: b}], " ONE, "",
     "spec.components[0]: the first component has the account and the QOS of the job: "
     "spec.account and spec.qos"},
    {"components beside a shape", "nodes: 2, components: [{name: a}], " ONE, "",
     "spec.components have shapes and places of their own: spec has none beside them"},
    {"nodes as text", "nodes: '4', " ONE, "", "pods=4/node cpu=1000"},
    {"a range of nodes", "nodes: 2-4, " ONE, "", "pods=2-4/node cpu=1000"},
    {"tasks and CPUs", "nodes: 2, ntasksPerNode: 4, cpusPerTask: 3, " ONE, "",
     "pods=2/node cpu=12000 tasks=4"},
    {"tasks alone", "ntasks: 8, cpusPerTask: 2, memPerCpu: 1M, " ONE, "",
     "pods=1-8/node cpu=2000 mem=2097152 + 8x(cpu=2000 mem=2097152)"},
    {"one task", "ntasks: 1, cpusPerTask: 2, " ONE, "", "pods=1/node cpu=2000"},
    {"tasks over nodes", "nodes: 4, ntasks: 16, memPerNode: 1M, " ONE, "",
     "pods=4/node cpu=4000 mem=1048576 tasks=4"},
    {"tasks over nodes, unevenly", "nodes: 3, ntasks: 8, memPerNode: 1M, " ONE, "",
     "pods=3/node cpu=1000 mem=1048576 + 8x(cpu=1000) spread"},
    {"tasks over a range of nodes", "nodes: 2-4, ntasks: 16, " ONE, "",
     "pods=2-4/node cpu=1000 + 16x(cpu=1000) spread"},
    {"fewer tasks than nodes of the range", "nodes: 2-9, ntasks: 4, " ONE, "",
     "pods=2-4/node cpu=1000 + 4x(cpu=1000) spread"},
    {"ntasksPerNode beside ntasks is the most", "ntasks: 10, ntasksPerNode: 4, " ONE,
     "", "pods=3-10/node cpu=1000 + 10x(cpu=1000 most=4)"},
    {"GPUs alone", "gpus: 16, " ONE, "",
     "pods=1-16/node cpu=1000 gpu=1 + 16x(cpu=0 gpu=1 tasks=0)"},
    {"one GPU", "gpus: 'a100:1', " ONE, "", "pods=1/node cpu=1000 gpu=1 type=a100"},
    {"GPUs over nodes", "nodes: 2, gpus: 'h100:16', memPerGpu: 2M, " ONE, "",
     "pods=2/node cpu=1000 mem=16777216 gpu=8 type=h100"},
    {"GPUs over a range of nodes", "nodes: 2-4, gpus: 16, ntasksPerNode: 2, " ONE, "",
     "pods=2-4/node cpu=2000 gpu=1 tasks=2 + 16x(cpu=0 gpu=1 tasks=0) spread"},
    {"CPUs and memory of each GPU", "gpus: 4, cpusPerGpu: 3, memPerGpu: 1M, " ONE, "",
     "pods=1-4/node cpu=3000 mem=1048576 gpu=1 + "
     "4x(cpu=3000 mem=1048576 gpu=1 tasks=0)"},
    {"tasks and GPUs", "ntasks: 8, gpus: 4, " ONE, "",
     "pods=1-4/node cpu=1000 gpu=1 + 8x(cpu=1000) + 4x(cpu=0 gpu=1 tasks=0)"},
    {"GPUs that are a multiple of tasks, with too many nodes to be equal",
     "nodes: 3, ntasks: 4, gpus: 20, " ONE, "",
     "pods=3/node cpu=1000 gpu=1 + 4x(cpu=1000) + 20x(cpu=0 gpu=1 tasks=0) spread"},
    {"tasks that a GPU has CPUs for, but not for all",
     "ntasks: 8, gpus: 4, cpusPerGpu: 2, " ONE, "",
     "pods=1-4/node cpu=2000 gpu=1 tasks=2 + 4x(cpu=2000 gpu=1 tasks=2)"},
    {"uneven tasks, GPUs equal on the nodes", "nodes: 2, ntasks: 3, gpus: 4, " ONE, "",
     "pods=2/node cpu=1000 gpu=2 + 3x(cpu=1000) spread"},
    {"likewise, where one is a multiple of the other",
     "nodes: 2, ntasks: 6, gpus: 3, " ONE, "",
     "pods=2/node cpu=3000 gpu=1 tasks=3 + 3x(cpu=0 gpu=1 tasks=0) spread"},
    {"likewise, with the most of a node",
     "nodes: 2, ntasks: 7, ntasksPerNode: 4, gpus: 4, " ONE, "",
     "pods=2/node cpu=1000 gpu=2 + 7x(cpu=1000 most=4) spread"},
    {"uneven GPUs, tasks equal on the nodes",
     "nodes: 2, ntasks: 4, gpus: 3, cpusPerTask: 2, " ONE, "",
     "pods=2/node cpu=4000 gpu=1 tasks=2 + 3x(cpu=0 gpu=1 tasks=0) spread"},
    {"as many tasks of a node as it may have, and uneven GPUs",
     "nodes: 2, ntasks: 4, ntasksPerNode: 2, gpus: 5, " ONE, "",
     "pods=2/node cpu=2000 gpu=1 tasks=2 + 5x(cpu=0 gpu=1 tasks=0) spread"},
    {"neither tasks nor GPUs equal on the nodes", "nodes: 3, ntasks: 5, gpus: 16, " ONE,
     "", "pods=3/node cpu=1000 gpu=1 + 5x(cpu=1000) + 16x(cpu=0 gpu=1 tasks=0) spread"},
    {"likewise, with a range of nodes", "nodes: 2-4, ntasks: 5, gpus: 3, " ONE, "",
     "pods=2-3/node cpu=1000 gpu=1 + 5x(cpu=1000) + 3x(cpu=0 gpu=1 tasks=0) spread"},
    {"likewise, without nodes", "ntasks: 3, gpus: 'h100:16', memPerGpu: 2M, " ONE, "",
     "pods=1-3/node cpu=1000 mem=2097152 gpu=1 type=h100 + 3x(cpu=1000) + "
     "16x(cpu=0 mem=2097152 gpu=1 tasks=0)"},
    {"a share in common that is too large for a node", "ntasks: 4, gpus: 18, " ONE, "",
     "pods=1-4/node cpu=1000 gpu=1 + 4x(cpu=1000) + 18x(cpu=0 gpu=1 tasks=0)"},
    {"a share of more tasks than a node takes",
     "ntasks: 8, gpus: 4, ntasksPerNode: 3, " ONE, "",
     "pods=3-4/node cpu=1000 gpu=1 + 8x(cpu=1000 most=3) + 4x(cpu=0 gpu=1 tasks=0)"},
    {"no more tasks than a GPU has CPUs", "ntasks: 3, gpus: 8, cpusPerGpu: 3, " ONE, "",
     "pods=1-3/node cpu=3000 gpu=1 + 3x(cpu=0) + 8x(cpu=3000 gpu=1 tasks=0)"},
    {"more tasks than a GPU has CPUs", "ntasks: 3, gpus: 8, cpusPerGpu: 2, " ONE, "",
     "pods=1-3/node cpu=2000 gpu=1 + 3x(cpu=1000) + 8x(cpu=2000 gpu=1 tasks=0)"},
    {"one task with many GPUs is on one node", "ntasks: 1, gpus: 16, " ONE, "",
     "pods=1/node cpu=1000 gpu=16"},
    {"GPUs of each task", "ntasks: 8, gpusPerTask: 'h100:2', " ONE, "",
     "pods=1-8/node cpu=1000 gpu=2 type=h100 + 8x(cpu=1000 gpu=2)"},
    {"GPUs of each task, with nodes", "nodes: 2, ntasks: 8, gpusPerTask: 1, " ONE, "",
     "pods=2/node cpu=4000 gpu=4 tasks=4"},
    {"GPUs of each task of a node",
     "nodes: 2, ntasksPerNode: 4, gpusPerTask: 2, cpusPerTask: 3, " ONE, "",
     "pods=2/node cpu=12000 gpu=8 tasks=4"},
    {"GPUs and those of each task say how many tasks", "gpus: 8, gpusPerTask: 2, " ONE,
     "", "pods=1-4/node cpu=1000 gpu=2 + 4x(cpu=1000 gpu=2)"},
    {"GPUs of a node and of each task likewise",
     "nodes: 2, gpusPerNode: 8, gpusPerTask: 2, " ONE, "",
     "pods=2/node cpu=4000 gpu=8 tasks=4"},
    {"GPUs and those of each node say how many nodes", "gpus: 16, gpusPerNode: 8, " ONE,
     "", "pods=2/node cpu=1000 gpu=8"},
    {"tasks with GPUs of each node", "ntasks: 16, gpusPerNode: 8, " ONE, "",
     "pods=1-16/node cpu=1000 gpu=8 + 16x(cpu=1000)"},
    {"CPUs for one task", "cpusPerTask: 3, " ONE, "", "pods=1/node cpu=3000"},
    {"the template's own CPUs", CPU("requests: {cpu: 500m, memory: 1Gi}"), "",
     "pods=1/node cpu=500 mem=1073741824"},
    {"Slurm's shape adds",
     "cpusPerTask: 2, memPerNode: 1G, " CPU("requests: {cpu: 500m, memory: 1Gi}"), "",
     "pods=1/node cpu=2500 mem=2147483648"},
    {"a limit is a request", CPU("limits: {cpu: 2}"), "", "pods=1/node cpu=2000"},
    {"memory in megabytes", "memPerNode: '512', " ONE, "",
     "pods=1/node cpu=1000 mem=536870912"},
    {"memory of each CPU", "cpusPerTask: 4, memPerCpu: 1Gi, " ONE, "",
     "pods=1/node cpu=4000 mem=4294967296"},
    {"GPUs", "gpusPerNode: 8, " ONE, "", "pods=1/node cpu=1000 gpu=8"},
    {"tasks on as many nodes as there are", "ntasks: 5, spread: true, " ONE, "",
     "pods=1-5/node cpu=1000 + 5x(cpu=1000) spread"},
    {"segments", "nodes: 6, segment: 3, " ONE, "", "pods=6/node cpu=1000 segment=3"},
    {"segments spread, in one larger block",
     "nodes: 6, segment: 3, spreadSegments: true, consolidateSegments: true, " ONE, "",
     "pods=6/node cpu=1000 segment=3 spreadsegments consolidatesegments"},
    {"no segments to spread", "nodes: 6, spreadSegments: true, " ONE, "",
     "spec.spreadSegments: there is no segment; give one, too"},
    {"no segments to consolidate", "nodes: 6, consolidateSegments: true, " ONE, "",
     "spec.consolidateSegments: there is no segment; give one, too"},
    {"segments of a range", "nodes: 3-7, segment: 4, " ONE, "",
     "pods=3-7/node cpu=1000 segment=4"},
    {"segments that do not come out even", "nodes: 6, segment: 4, " ONE, "",
     "spec.segment: 4 does not divide 6 nodes"},
    {"segments of no number in the range", "nodes: 5-7, segment: 4, " ONE, "",
     "spec.segment: no multiple of 4 is from 5 to 7 nodes"},
    {"a segment larger than the job", "segment: 2, " ONE, "",
     "spec.segment: 2 does not divide 1 nodes"},
    {"few switches", "switches: '1', " ONE, "", "pods=1/node cpu=1000 switches=1"},
    {"few switches for some time", "switches: '2@10:00', " ONE, "",
     "pods=1/node cpu=1000 switches=2 switchwait=600"},
    {"no switches", "switches: '0', " ONE, "",
     "spec.switches: \"0\" is no number of switches: use COUNT[@TIME], such as 1 or "
     "2@10:00"},
    {"neighbours", "nodes: 2-4, contiguous: true, " ONE, "",
     "pods=2-4/node cpu=1000 contiguous"},
    {"counted features", "constraint: 'ib&a*2&(b|c)*1', " ONE, "",
     "pods=3/node cpu=1000 any: gantry.dev/feature-ib exists "
     "a*2 any: gantry.dev/feature-a exists "
     "(b|c)*1 any: gantry.dev/feature-b exists any: gantry.dev/feature-c exists"},
    {"counted features, with nodes", "nodes: 1-6, constraint: 'a*2', " ONE, "",
     "pods=2-6/node cpu=1000 a*2 any: gantry.dev/feature-a exists"},
    {"counted features, with tasks", "ntasks: 5, constraint: 'a*2', " ONE, "",
     "pods=2-5/node cpu=1000 + 5x(cpu=1000) a*2 any: gantry.dev/feature-a exists"},
    {"counted features, with replicas", "replicas: 5, constraint: 'a*2', " ONE, "",
     "pods=5 cpu=0 a*2 any: gantry.dev/feature-a exists"},
    {"the same feature on all nodes", "nodes: 2, constraint: '[a|b]', " ONE, "",
     "pods=2/node cpu=1000 same: gantry.dev/feature-a exists same: "
     "gantry.dev/feature-b exists"},
    {"shared CPUs", "cpusPerTask: 4, overSubscribe: true, " ONE, "",
     "pods=1/node cpu=4000 shared"},
    {"alone and shared", "nodes: 1, exclusive: true, overSubscribe: true, " ONE, "",
     "spec.exclusive and overSubscribe exclude each other"},
    {"its user's", "nodes: 1, exclusiveUser: true, " ONE, "",
     "pods=1/node cpu=1000 owned"},
    {"its user's and shared",
     "nodes: 1, exclusiveUser: true, overSubscribe: true, " ONE, "",
     "spec.exclusiveUser and overSubscribe exclude each other"},
    {"GPUs of a type", "gpusPerNode: 'h100:4', exclusive: true, " ONE, "",
     "pods=1/node cpu=1000 gpu=4 type=h100 exclusive"},
    {"replicas",
     "replicas: 3, " CPU(
         "requests: {cpu: 1, nvidia.com/gpu: 2}, limits: {nvidia.com/gpu: 2}"),
     "", "pods=3 cpu=1000 gpu=2"},
    {"replicas without requests", "replicas: 3, " ONE, "", "pods=3 cpu=0"},
    {"an init container's peak",
     "template: {spec: {initContainers: [{name: i, resources: {requests: {cpu: 4}}}], "
     "containers: [{name: a, resources: {requests: {cpu: 1}}}, {name: b, resources: "
     "{requests: {cpu: 1}}}]}}",
     "", "pods=1/node cpu=4000"},
    {"policy",
     "partition: 'debug,batch', timeLimit: 1-12, nice: 5, priority: 7, hold: User, "
     "comment: x, "
     "jobName: y, requeue: false, killOnBadExit: true, ttlSecondsAfterFinished: "
     "5, " ONE,
     "",
     "pods=1/node cpu=1000 part=debug,batch called=y limit=129600 nice=5 priority=7 "
     "hold=1 norequeue=1"},
    {"account and QOS", "account: physics, qos: high, " ONE, "",
     "pods=1/node cpu=1000 account=physics qos=high"},
    {"no account, no QOS", "account: '', qos: '', " ONE, "", "pods=1/node cpu=1000"},
    {"several QOS", "qos: 'high,low', " ONE, "",
     "pods=1/node cpu=1000 of qos=high,low"},
    {"several QOS, one to come", "qos: 'high,low', " ONE,
     "status: {state: PENDING, qos: 'high,low'}",
     "pods=1/node cpu=1000 of qos=high,low"},
    {"an empty name among QOS", "qos: 'high,,low', " ONE, "",
     "spec.qos: an empty name in the list; right is \"high,normal\""},
    {"a QOS twice", "qos: 'high,low,high', " ONE, "", "spec.qos: high stands twice"},
    {"more than eight QOS", "qos: 'a,b,c,d,e,f,g,h,i', " ONE, "",
     "spec.qos: more than 8 QOS"},
    {"too many ways to run",
     "qos: 'a,b,c,d,e,f,g,h', partition: 'a,b,c,d,e,f,g,h,i', "
     "reservation: 'a,b,c,d', " ONE,
     "",
     "spec.qos: with each of its QOS, in each of its partitions and reservations, with "
     "each of its licences, the job could be run in 288 ways, more than 256"},
    {"no limit", "timeLimit: UNLIMITED, hold: Admin, " ONE, "",
     "pods=1/node cpu=1000 limit=9223372036854775807 hold=2"},
    {"a least limit and a deadline",
     "timeLimit: '60', timeMin: '10', deadline: '2026-11-26T00:00:00Z', " ONE, "",
     "pods=1/node cpu=1000 timemin=600 deadline=1795651200 limit=3600"},
    {"the limit of a start that shrank it", "timeLimit: '60', timeMin: '10', " ONE,
     "state: RUNNING, timeLimit: '00:20:00', timeLimitAsked: '60'",
     "pods=1/node cpu=1000 timemin=600 limit=1200 phase=2"},
    {"another limit since", "timeLimit: '90', timeMin: '10', " ONE,
     "state: RUNNING, timeLimit: '00:20:00', timeLimitAsked: '60'",
     "pods=1/node cpu=1000 timemin=600 limit=5400 phase=2"},
    {"the partition's limit, shrunk", "timeMin: '10', " ONE,
     "state: CONFIGURING, timeLimit: '00:20:00'",
     "pods=1/node cpu=1000 timemin=600 limit=1200 phase=1"},
    {"waiting again, the whole limit", "timeLimit: '60', timeMin: '10', " ONE,
     "state: PENDING, timeLimit: '00:20:00', timeLimitAsked: '60'",
     "pods=1/node cpu=1000 timemin=600 limit=3600"},
    {"more than the limit at least", "timeLimit: '60', timeMin: '61', " ONE, "",
     "spec.timeMin: must not be more than spec.timeLimit"},
    {"a limit under the least, since", "timeLimit: '5', timeMin: '10', " ONE,
     "state: RUNNING, timeLimit: '00:20:00', timeLimitAsked: '60'",
     "pods=1/node cpu=1000 timemin=600 limit=300 phase=2"},
    {"nothing at least", "timeMin: '0', " ONE, "",
     "spec.timeMin: must be more than nothing"},
    {"features", "constraint: '(a|b)&c', " ONE, "",
     "pods=1/node cpu=1000 any: gantry.dev/feature-a exists&gantry.dev/feature-c "
     "exists "
     "any: gantry.dev/feature-b exists&gantry.dev/feature-c exists"},
    {"wrong features", "constraint: 'a*2|b', " ONE, "",
     "spec.constraint: \"a*2|b\" has | beside a count or brackets: these go with & "
     "alone; right are a100, a100&ib, (a100|h100)&ib, [a100|h100], [a100*2&h100*4]"},
    {"licences", "licenses: 'matlab:2,ansys', " ONE, "",
     "pods=1/node cpu=1000 ansys=1 matlab=2"},
    {"a choice of licences", "licenses: 'matlab:2|ansys', " ONE, "",
     "pods=1/node cpu=1000 any-of matlab=2 ansys=1"},
    {"a wrong choice of licences", "licenses: 'matlab|ansys,octave', " ONE, "",
     "spec.licenses: all of them stand apart by commas, one of them by |: not both; "
     "right is matlab:2,ansys"},
    {"dependencies", "dependency: 'afterok:1:2,afterany:3', jobName: train, " ONE,
     "dependency: 'afterok:1(fulfilled),afterok:2(failed),afterok:3(failed)'",
     "pods=1/node cpu=1000 depends=afterok:1(fulfilled),afterok:2(failed),afterany:3("
     "fulfilled) called=train"},
    {"one of the dependencies", "dependency: 'afterok:1?singleton', " ONE,
     "dependency: 'afterok:1(unfulfilled)?singleton(unfulfilled)'",
     "pods=1/node cpu=1000 depends=afterok:1(unfulfilled)?singleton(fulfilled)"},
    {"ended when its dependency fails",
     "dependency: 'afterok:1', "
     "killOnInvalidDep: true, " ONE,
     "", "pods=1/node cpu=1000 depends=afterok:1(fulfilled) hopeless=2"},
    {"not ended", "killOnInvalidDep: false, " ONE, "",
     "pods=1/node cpu=1000 hopeless=1"},
    {"no dependency", "dependency: 'afterok:1_20000', " ONE, "",
     "spec.dependency: \"1_20000\" names no tasks of an array; right is 12_3, "
     "12_[1-4,7] or 12_*, below 10001"},
    {"begin counts from submission", "begin: now+60, " ONE, "",
     "pods=1/node cpu=1000 eligible=1795547231"},
    {"a requeued job's back-off", ONE,
     "attempt: 1, eligibleTime: '2026-11-24T20:00:00Z'",
     "pods=1/node cpu=1000 eligible=1795550400"},
    {"begin alone decides at first", "begin: now, " ONE,
     "eligibleTime: '2026-11-24T20:00:00Z'",
     "pods=1/node cpu=1000 eligible=1795547171"},
    {"node lists", "nodeList: 'n[2-3],n1', exclude: n9, nodes: 3, " ONE, "",
     "pods=3/node cpu=1000 -w n1,n2,n3 -x n9"},
    {"selectors and tolerations",
     TEMPLATE("nodeSelector: {disk: ssd}, tolerations: [{key: k, value: v, effect: "
              "NoSchedule}, "
              "{operator: Exists}], affinity: {nodeAffinity: "
              "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
              "[{matchExpressions: [{key: zone, operator: In, values: [a, b]}, {key: "
              "old, operator: "
              "DoesNotExist}]}, {}, {matchExpressions: [{key: gen, operator: Gt, "
              "values: ['3']}]}]}}}"),
     "",
     "pods=1/node cpu=1000 all: disk in ssd any: zone in a,b&old missing any: gen gt 3 "
     "tolerates k=v:NoSchedule tolerates *=*:*"},
    {"a running job", "nodes: 3, " ONE,
     "jobID: 42, state: RUNNING, startTime: '2026-11-24T19:06:11Z', partition: batch, "
     "placement: "
     "[{nodes: 'n[1-2]', podsPerNode: 1, firstRank: 0, requests: {cpu: 1}}, "
     "{nodes: m1, podsPerNode: 1, firstRank: 2, requests: {cpu: 1}}]",
     "pods=3/node cpu=1000 id=42 phase=2 start=1795547171 on=batch n1:1@0 n2:1@1 "
     "m1:1@2"},
    {"starting", ONE, "state: CONFIGURING", "pods=1/node cpu=1000 phase=1"},
    {"completing", ONE, "state: COMPLETING", "pods=1/node cpu=1000 phase=3"},
    {"failed", ONE, "state: FAILED", "pods=1/node cpu=1000 phase=5 failed=1"},
    {"ended well", ONE, "state: COMPLETED", "pods=1/node cpu=1000 phase=5"},
    {"the container that is named",
     "template: {metadata: {annotations: {kubectl.kubernetes.io/default-container: "
     "b}}, "
     "spec: {containers: [{name: a}, {name: b}]}}",
     "", "pods=1/node cpu=1000"},

    /* what is wrong */
    {"no work", "nodes: 1", "",
     "spec needs exactly one of template, script and scriptFrom"},
    {"an array", "array: '1-3%2', " ONE, "", "pods=1/node cpu=1000 array=1-3%2"},
    {"of which two are split off", "array: '1-9', " ONE,
     "state: PENDING, array: {states: {RUNNING: '1', FAILED: '3', CANCELLED: '9'}}",
     "pods=1/node cpu=1000 array=2,4-8 out=1 ill=3,9"},
    {"no array", "array: '3-1', " ONE, "",
     "spec.array: Invalid job array specification: \"3-1\"; right is \"0-15\", "
     "\"1,3,5\" or \"0-15:4%2\", with indices below 10001"},
    {"a value not yet", "killOnBadExit: false, " ONE, "",
     "spec.killOnBadExit: false is not supported yet"},
    {"a port not yet",
     "template: {spec: {containers: [{name: a, ports: [{hostPort: 1}]}]}}", "",
     "spec.template.spec.containers[].ports[].hostPort is not supported yet"},
    {"replicas and nodes", "replicas: 1, nodes: 1, " ONE, "",
     "spec.replicas is Kubernetes' way to give a shape; it excludes Slurm's (nodes, "
     "ntasks, "
     "ntasksPerNode, cpusPerTask, mem..., gpus..., segment, spread, contiguous, "
     "useMinNodes)"},
    {"no nodes", "nodes: 0, " ONE, "",
     "spec.nodes: \"0\" is no count of nodes; right are 4 and \"2-4\" (at most "
     "100000)"},
    {"nodes backwards", "nodes: 4-2, " ONE, "",
     "spec.nodes: \"4-2\" is no count of nodes; right are 4 and \"2-4\" (at most "
     "100000)"},
    {"nodes of another type", "nodes: [], " ONE, "",
     "spec.nodes: \"array\" is no count of nodes; right are 4 and \"2-4\" (at most "
     "100000)"},
    {"GPUs without a count", "gpusPerNode: 'h100:', " ONE, "",
     "spec.gpusPerNode: \"h100:\" is no GPU request; right are 4 and \"h100:4\""},
    {"two types of GPUs", "gpusPerNode: 'h100:1,a100:1', " ONE, "",
     "spec.gpusPerNode: \"h100:1,a100:1\" is no GPU request; right are 4 and "
     "\"h100:4\""},
    {"fewer tasks than nodes", "nodes: 4, ntasks: 2, " ONE, "",
     "spec.ntasks: 2 cannot be on 4 nodes: each has one at least"},
    {"fewer GPUs than nodes", "nodes: 4, gpus: 2, " ONE, "",
     "spec.gpus: Invalid generic resource (gres) specification: 2 cannot be on 4 "
     "nodes, each has one at least"},
    {"more counted nodes than nodes", "nodes: 1-2, constraint: 'a*2&b*1', " ONE, "",
     "spec.constraint: 3 nodes are counted, more than nodes allows, 2"},
    {"counts of more nodes than any job has", "constraint: 'a*100000&b*100000', " ONE,
     "", "spec.constraint: 200000 nodes are counted, more than nodes allows, 100000"},
    {"more counted nodes than tasks", "ntasks: 2, constraint: 'a*3', " ONE, "",
     "spec.constraint: 3 nodes are counted, but there are 2 tasks, and each node has "
     "one at least"},
    {"more counted nodes than replicas", "replicas: 2, constraint: 'a*3', " ONE, "",
     "spec.constraint: 3 nodes are counted, but there are 2 replicas"},
    {"few nodes of a range", "nodes: 2-4, useMinNodes: true, " ONE, "",
     "pods=2/node cpu=1000"},
    {"few nodes of a range, with tasks",
     "nodes: 2-4, ntasks: 16, useMinNodes: true, " ONE, "",
     "pods=2-4/node cpu=1000 + 16x(cpu=1000)"},
    {"few nodes of one count", "nodes: 3, ntasks: 5, useMinNodes: true, " ONE, "",
     "pods=3/node cpu=1000 + 5x(cpu=1000)"},
    {"few nodes and many", "ntasks: 16, spread: true, useMinNodes: true, " ONE, "",
     "spec.useMinNodes and spread exclude each other"},
    {"spread as text", "spread: maybe, " ONE, "",
     "spec.spread: expected boolean, got string"},
    {"tasks that nodes do not take", "nodes: 2, ntasks: 9, ntasksPerNode: 4, " ONE, "",
     "spec.ntasks: 9 with ntasksPerNode 4 takes 3 nodes, more than nodes allows"},
    {"GPUs of tasks without tasks", "nodes: 2, gpusPerTask: 1, " ONE, "",
     "spec.gpusPerTask: needs ntasks, ntasksPerNode, gpus or gpusPerNode beside it"},
    {"GPUs and those of tasks that differ", "ntasks: 3, gpus: 8, gpusPerTask: 2, " ONE,
     "", "spec.gpus: 8 with gpusPerTask 2 is not that of so many tasks"},
    {"GPUs that are no multiple", "gpus: 9, gpusPerNode: 4, " ONE, "",
     "spec.gpus: 9 is no multiple of gpusPerNode, 4"},
    {"GPUs that need other nodes", "nodes: 4, gpus: 8, gpusPerNode: 4, " ONE, "",
     "spec.gpus: 8 with gpusPerNode 4 takes 2 nodes, but nodes says otherwise"},
    {"CPUs of no GPUs", "cpusPerGpu: 4, " ONE, "",
     "spec.cpusPerGpu: needs gpus, gpusPerNode or gpusPerTask beside it"},
    {"memory of no GPUs", "memPerGpu: 4G, " ONE, "",
     "spec.memPerGpu: needs gpus, gpusPerNode or gpusPerTask beside it"},
    {"CPUs by GPU and task", "gpus: 2, cpusPerGpu: 4, cpusPerTask: 2, " ONE, "",
     "spec.cpusPerGpu and cpusPerTask exclude each other"},
    {"two types of GPUs in two fields", "gpus: 'a:2', gpusPerTask: 'b:1', " ONE, "",
     "spec.gpusPerTask: GPU type b, but a beside it"},
    {"tasks that share GPUs on too small nodes",
     "ntasks: 8, gpus: 2, ntasksPerNode: 3, " ONE, "",
     "spec.gpus: Invalid generic resource (gres) specification: 2 cannot be on 3 "
     "nodes, each has one at least"},
    {"all memory", "memPerNode: '0', " ONE, "",
     "spec.memPerNode: 0 (all of a node's memory) is not supported yet; name an "
     "amount"},
    {"memory past all machines", "memPerCpu: 512T, cpusPerTask: 4, " ONE, "",
     "spec.memPerCpu: with 4 CPUs more than any machine has"},
    {"no time", "timeLimit: '0', " ONE, "",
     "spec.timeLimit: must be more than nothing"},
    {"tasks below one", "ntasksPerNode: 0, " ONE, "",
     "spec.ntasksPerNode: must be from 1 to 100000"},
    {"tasks as text", "ntasksPerNode: x, " ONE, "",
     "spec.ntasksPerNode: expected integer, got string"},
    {"an empty partition name", "partition: 'a,,b', " ONE, "",
     "spec.partition: an empty name in the list; right is \"batch,debug\""},
    {"a list that ends open", "partition: 'a,', " ONE, "",
     "spec.partition: an empty name in the list; right is \"batch,debug\""},
    {"an empty reservation name", "reservation: 'a,', " ONE, "",
     "spec.reservation: an empty name in the list; right is \"lab,course\""},
    {"a reservation named twice", "reservation: 'a,b,a', " ONE, "",
     "spec.reservation: a stands twice"},
    {"too many reservations", "reservation: 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q', " ONE,
     "", "spec.reservation: more than 16 reservations"},
    {"hold by a stranger", "hold: Me, " ONE, "",
     "spec.hold: \"Me\" is neither User nor Admin"},
    {"nice out of range", "nice: 3000000000, " ONE, "",
     "spec.nice: must be from -2147483645 to 2147483645"},
    {"a negative request", CPU("requests: {cpu: -1}"), "",
     "spec.template.spec: container a: resources.requests.cpu: must not be negative"},
    {"no such operator", TEMPLATE("tolerations: [{key: k, operator: Lt}]"), "",
     "spec.template.spec.tolerations[0].operator: \"Lt\" is none of Equal, Exists"},
    {"a toleration of nothing", TEMPLATE("tolerations: [{value: v}]"), "",
     "spec.template.spec.tolerations[0]: without a key its operator must be Exists"},
    {"no container of that name",
     "template: {metadata: {annotations: {kubectl.kubernetes.io/default-container: "
     "c}}, "
     "spec: {containers: [{name: a}]}}",
     "",
     "spec.template.metadata.annotations: kubectl.kubernetes.io/default-container "
     "names none "
     "of the containers"},
    {"a state of nobody", ONE, "state: DREAMING",
     "status.state: \"DREAMING\" is no state of a job"},
    {"a placement without ranks", ONE, "state: RUNNING, placement: [{nodes: n1}]",
     "status.placement: [0]: needs podsPerNode of at least 1 and firstRank"},
};

static struct json *batchjob(const struct job_case *row)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text =
        xasprintf("metadata: {name: train, namespace: ns, uid: u1, creationTimestamp: "
                  "'2026-11-24T19:06:11Z'}\nspec: {%s}\nstatus: {%s}\n",
                  row->spec, row->status);
    struct json *ret = yaml_parse_one(text, strlen(text), row->name, &err);
    ck_assert_msg(ret != NULL, "%s: %s", row->name, err.msg);
    return ret;
}

START_TEST(test_job)
{
    const struct job_case *row = &cases[_i];
    struct restable resources;
    restable_init(&resources);
    restable_intern(&resources, "nvidia.com/gpu");
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    JSON_AUTO struct json *object = batchjob(row);
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    str_init(&text, DESCRIPTION_MAX);
    struct job *job = convert_job(&c, object, &err);
    if (job)
        describe(job, &text);
    else
        str_add(&text, err.msg);
    ck_assert_msg(strcmp(text.s, row->job) == 0, "%s:\n got %s\nwant %s", row->name,
                  text.s, row->job);
    job_free(job);
}
END_TEST

START_TEST(test_identity)
{
    struct restable resources;
    restable_init(&resources);
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    struct job_case row = {"identity", "user: ann, " ONE,
                           "submitTime: '2026-11-24T19:06:12Z'", NULL};
    JSON_AUTO struct json *object = batchjob(&row);
    struct job *job = convert_job(&c, object, NULL);
    ck_assert_ptr_nonnull(job);
    ck_assert_str_eq(job->name, "train");
    ck_assert_str_eq(job->ns, "ns");
    ck_assert_str_eq(job->uid, "u1");
    ck_assert_str_eq(job->user, "ann");
    ck_assert_int_eq(job->submit_sec, 1795547172);
    ck_assert_int_eq(job->each.v[RES_PODS], 1);
    job_free(job);
}
END_TEST

/* What a job says of CPUs and memory; where it says nothing its partition may. */
static const struct {
    const char *name, *spec, *own;
} owns[] = {
    {"nothing", "gpusPerNode: 2, " ONE, ""},
    {"tasks, each with a CPU", "nodes: 1, ntasks: 4, " ONE, ""},
    {"CPUs of a task", "cpusPerTask: 1, " ONE, "cpus"},
    {"CPUs of a GPU", "gpus: 1, cpusPerGpu: 1, " ONE, "cpus"},
    {"memory of a node", "memPerNode: 1G, " ONE, "mem"},
    {"memory of a CPU", "memPerCpu: 1G, " ONE, "mem"},
    {"memory of a GPU", "gpus: 1, memPerGpu: 1G, " ONE, "mem"},
    {"the template's", CPU("requests: {cpu: 500m, memory: 1Gi}"), "cpusmem"},
    {"the template's CPUs", CPU("limits: {cpu: 1}"), "cpus"},
    {"replicas are as their template says", "replicas: 2, " ONE, "cpusmem"},
};

START_TEST(test_own)
{
    const struct job_case row = {owns[_i].name, owns[_i].spec, "", NULL};
    struct restable resources;
    restable_init(&resources);
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    JSON_AUTO struct json *object = batchjob(&row);
    struct job *job = convert_job(&c, object, NULL);
    ck_assert_ptr_nonnull(job);
    AUTO_FREE char *own =
        xasprintf("%s%s", job->own_cpus ? "cpus" : "", job->own_mem ? "mem" : "");
    ck_assert_msg(str_eq(own, owns[_i].own), "%s: %s", row.name, own);
    job_free(job);
}
END_TEST

/* A seventeenth kind of resource cannot be scheduled, so the job says so. */
START_TEST(test_full_table)
{
    struct restable resources;
    struct err err = ERR_INIT;
    restable_init(&resources);
    for (char name[] = "example.com/a"; resources.n < RES_MAX; name[12]++)
        restable_intern(&resources, name);
    const struct convert c = {.resources = &resources,
                              .gpu_resource = "nvidia.com/gpu",
                              .gpu_type_label = "gantry.dev/gpu-type"};
    struct job_case row = {"full", "gpusPerNode: 1, " ONE, "", NULL};
    JSON_AUTO struct json *object = batchjob(&row);
    ck_assert_ptr_null(convert_job(&c, object, &err));
    ck_assert_str_eq(
        err.msg, "spec.gpusPerNode: the cluster has more than 16 kinds of resources");
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_job", (struct suite_row[]){
                                              {test_job, ARRAY_LEN(cases)},
                                              {test_identity, 1},
                                              {test_own, ARRAY_LEN(owns)},
                                              {test_full_table, 1},
                                              {NULL, 0},
                                          });
}
