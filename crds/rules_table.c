#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "crds/rules_private.h"

/* Minutes, Slurm's and Kubernetes' forms (base/duration.h). */
#define DURATION                                          \
    "^([0-9]+(:[0-9]+){0,2}|[0-9]+-[0-9]+(:[0-9]+){0,2}|" \
    "([0-9]+([.][0-9]+)?(h|m|s|ms))+|-1|UNLIMITED|INFINITE|unlimited|infinite)$"
#define DURATION_FORMS                                                               \
    " is no length of time: right are 90 (minutes), 2:00:00, 1-12 (days-hours), 4h " \
    "and UNLIMITED"
#define SIZE "^[0-9]+([.][0-9]+)?([KMGTkmgt]|[KMGT]i)?$"
#define GPUS "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?:)?[1-9][0-9]{0,5}$"
#define GPU_FORMS " is no GPU request: right are 4 and \"h100:4\""
#define SHARING "^(NO|EXCLUSIVE|(YES|FORCE)(:([1-9]|[1-5][0-9]|6[0-4]))?)$"
#define SHARING_FORMS                                                              \
    " says nothing of sharing: right are NO, EXCLUSIVE, YES[:n] and FORCE[:n], n " \
    "from 1 to 64"
#define SHARES "^([0-9]{1,9}|parent)$"
#define SHARES_FORMS " is no number of shares: right are 0 to 999999999 and \"parent\""
/* base/signo.h's names; a test holds them together. */
#define SIGNAL                                                                       \
    "((SIG)?(HUP|INT|QUIT|ILL|TRAP|ABRT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM|TERM|" \
    "CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|PROF|SYS|WINCH|PWR|VTALRM)|"        \
    "[1-9]|[12][0-9]|3[01])"
#define SIZE_FORMS                                                             \
    " is no amount of memory: right are 512M, 64G and 64Gi; a bare number is " \
    "megabytes"

#define TRES_AMOUNT                                                                \
    "^(cpu|mem|node|billing|gres/gpu(:[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?|" \
    "gres/[a-z0-9][-a-z0-9.]*/[A-Za-z0-9][-A-Za-z0-9_.]*|"                         \
    "license/[A-Za-z0-9][-A-Za-z0-9_.@]*)="                                        \
    "(-1|[0-9]+([.][0-9]+)?([KMGTkmgt]|[KMGT]i)?)$"
#define TRES_FORMS                                                                  \
    " has no such TRES or amount: right are cpu, mem, node, billing, gres/gpu, "    \
    "gres/gpu:TYPE, gres/DOMAIN/NAME and license/NAME, each with a number, or mem " \
    "with 64G; -1 lifts a limit"

/* ---- BatchJob ---- */

static const char *name_of(const struct json *object)
{
    return json_str_or(object, "metadata.name", "");
}

static bool name_is_long(const struct json *self, const struct json *old)
{
    (void)old;
    return strlen(name_of(self)) > 52;
}

static bool name_has_dot(const struct json *self, const struct json *old)
{
    (void)old;
    return strchr(name_of(self), '.') != NULL;
}

static bool has(const struct json *object, const char *key)
{
    return json_get(object, key) != NULL;
}

static bool has_script(const struct json *spec)
{
    return has(spec, "script") || has(spec, "scriptFrom");
}

static bool no_work(const struct json *self, const struct json *old)
{
    (void)old;
    return !has(self, "components") &&
           has(self, "template") + has(self, "script") + has(self, "scriptFrom") != 1;
}

static bool script_fields_alone(const struct json *self, const struct json *old)
{
    static const char *const fields[] = {"args",  "image",    "workDir",
                                         "env",   "input",    "output",
                                         "error", "openMode", "exportEnv"};
    (void)old;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (has(self, fields[i]) && !has_script(self))
            return true;
    return false;
}

static bool has_shape(const struct json *spec)
{
    static const char *const shape[] = {
        "nodes",      "ntasks",    "ntasksPerNode", "cpusPerTask", "memPerNode",
        "memPerCpu",  "memPerGpu", "gpus",          "gpusPerNode", "gpusPerTask",
        "cpusPerGpu", "segment",   "spread",        "contiguous",  "useMinNodes",
    };
    for (size_t i = 0; i < ARRAY_LEN(shape); i++)
        if (has(spec, shape[i]))
            return true;
    return false;
}

static bool replicas_with_shape(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "replicas") && has_shape(self);
}

static bool alone_and_shared(const struct json *self, const struct json *old)
{
    (void)old;
    return json_bool_or(self, "exclusive", false) &&
           json_bool_or(self, "overSubscribe", false);
}

static bool owned_and_shared(const struct json *self, const struct json *old)
{
    (void)old;
    return json_bool_or(self, "exclusiveUser", false) &&
           json_bool_or(self, "overSubscribe", false);
}

/* ---- components ---- */

static bool components_beside_shape(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "components") &&
           (has_shape(self) || has(self, "replicas") || has(self, "switches") ||
            has(self, "constraint") || has(self, "nodeList") || has(self, "exclude"));
}

/* All of the work is the job's, or each component's own. */
static bool components_mixed(const struct json *self, const struct json *old)
{
    const struct json *list = json_get(self, "components");
    size_t works =
               has(self, "template") + has(self, "script") + has(self, "scriptFrom"),
           own = 0;
    (void)old;
    for (size_t i = 0; i < json_len(list); i++)
        own += has(json_item(list, i), "template");
    return has(self, "components") &&
           (works > 1 || own != (works > 0 ? 0 : json_len(list)));
}

static bool first_component_apart(const struct json *self, const struct json *old)
{
    (void)old;
    return has(json_item(json_get(self, "components"), 0), "partition");
}

static bool first_component_charged(const struct json *self, const struct json *old)
{
    (void)old;
    const struct json *first = json_item(json_get(self, "components"), 0);
    return has(first, "account") || has(first, "qos");
}

static bool first_component_limited(const struct json *self, const struct json *old)
{
    (void)old;
    return has(json_item(json_get(self, "components"), 0), "timeLimit");
}

static bool shrinks_components_apart(const struct json *self, const struct json *old)
{
    const struct json *list = json_get(self, "components");
    bool apart = false;
    (void)old;
    for (size_t i = 0; i < json_len(list); i++)
        apart |= has(json_item(list, i), "timeLimit");
    return apart && has(self, "timeMin");
}

static bool components_of_array(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "components") && has(self, "array");
}

static bool memory_twice(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "memPerNode") + has(self, "memPerCpu") + has(self, "memPerGpu") >
           1;
}

static bool field_changed(const struct json *self, const struct json *old,
                          const char *key)
{
    const struct json *a = json_get(self, key), *b = json_get(old, key);
    return (a == NULL) != (b == NULL) || (a && !json_equal(a, b));
}

static bool for_nobody(const struct json *self, const struct json *old)
{
    (void)old;
    static const char *const lists[] = {"users", "groups", "accounts", "qos",
                                        "allowedPartitions"};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (json_len(json_get(self, lists[i])) > 0)
            return false;
    return true;
}

static bool users_and_groups(const struct json *self, const struct json *old)
{
    (void)old;
    return json_len(json_get(self, "users")) > 0 &&
           json_len(json_get(self, "groups")) > 0;
}

static bool user_changed(const struct json *self, const struct json *old)
{
    return field_changed(self, old, "user");
}

static bool groups_changed(const struct json *self, const struct json *old)
{
    return field_changed(self, old, "groups");
}

static bool components_changed(const struct json *self, const struct json *old)
{
    const struct json *now = json_get(self, "components"),
                      *before = json_get(old, "components");
    bool changed = has(self, "components") != has(old, "components") ||
                   json_len(now) != json_len(before);
    for (size_t i = 0; i < json_len(now) && !changed; i++)
        for (size_t k = 0; k < n_component_kept && !changed; k++)
            changed = field_changed(json_item(now, i), json_item(before, i),
                                    component_kept[k]);
    return changed;
}

static bool template_changed(const struct json *self, const struct json *old)
{
    return field_changed(self, old, "template");
}

static bool script_changed(const struct json *self, const struct json *old)
{
    return field_changed(self, old, "script") ||
           field_changed(self, old, "scriptFrom") || field_changed(self, old, "args");
}

/* An action that is still there, whatever its place. */
static bool action_kept(const struct json *list, const struct json *action)
{
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *item = json_item(list, i);
        if (str_eq(json_str(item, "id"), json_str(action, "id")) &&
            str_eq(json_str(item, "type"), json_str(action, "type")) &&
            str_eq(json_str(item, "signal"), json_str(action, "signal")) &&
            str_eq(json_str(item, "scope"), json_str(action, "scope")))
            return true;
    }
    return false;
}

static bool action_lost(const struct json *self, const struct json *old)
{
    const struct json *before = json_get(old, "actions"),
                      *now = json_get(self, "actions");
    for (size_t i = 0; i < json_len(before); i++)
        if (!action_kept(now, json_item(before, i)))
            return true;
    return false;
}

/* Of a list that is full. */
static bool last_is_no_cancel(const struct json *self, const struct json *old)
{
    const struct json *last = json_item(self, ACTIONS_MAX - 1);
    (void)old;
    return json_len(self) >= ACTIONS_MAX &&
           (!str_eq(json_str(last, "type"), "Cancel") || has(last, "tasks") ||
            has(last, "component"));
}

static bool is_signal(const struct json *action)
{
    return str_eq(json_str(action, "type"), "Signal");
}

static bool signal_misplaced(const struct json *self, const struct json *old)
{
    (void)old;
    return is_signal(self) != has(self, "signal");
}

static bool scope_misplaced(const struct json *self, const struct json *old)
{
    (void)old;
    return str_eq(json_str(self, "scope"), "Batch") && !is_signal(self);
}

static bool component_misplaced(const struct json *self, const struct json *old)
{
    const char *type = json_str(self, "type");
    const bool ends = str_eq(type, "Cancel") && json_int_or(self, "component", 0) > 0;

    (void)old;
    return has(self, "component") &&
           (has(self, "tasks") || !(ends || str_eq(type, "Signal")));
}

static bool holds_no_task(const struct json *self, const struct json *old)
{
    (void)old;
    return str_eq(json_str(self, "type"), "Hold") && !has(self, "tasks");
}

static bool warns_nobody(const struct json *self, const struct json *old)
{
    const char *signal = json_str(self, "signal");
    (void)old;
    if (!signal)
        return false;
    return has_script(self) != (str_starts(signal, "B:") || str_starts(signal, "RB:") ||
                                str_starts(signal, "BR:"));
}

/* ---- its pod template ---- */

static bool ours_label(const struct json *self, const struct json *old)
{
    (void)old;
    for (json_each (it, json_get(self, "labels")))
        if (str_starts(it.key, "gantry.dev/"))
            return true;
    return false;
}

static bool has_node_name(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "nodeName");
}

static bool has_deadline(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "activeDeadlineSeconds");
}

static bool has_host_name(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "hostname") || has(self, "subdomain");
}

static bool other_scheduler(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "schedulerName") &&
           !str_eq(json_str(self, "schedulerName"), "gantry");
}

static bool restarts_always(const struct json *self, const struct json *old)
{
    const char *policy = json_str(self, "restartPolicy");
    (void)old;
    return policy && strcmp(policy, "Never") != 0 && strcmp(policy, "OnFailure") != 0;
}

static bool host_network_ports(const struct json *self, const struct json *old)
{
    const struct json *list = json_get(self, "containers");
    (void)old;
    if (!json_bool_or(self, "hostNetwork", false))
        return false;
    for (size_t i = 0; i < json_len(list); i++)
        if (json_len(json_get(json_item(list, i), "ports")) > 0)
            return true;
    return false;
}

/* ---- Partition ---- */

static bool min_over_max(const struct json *self, const struct json *old)
{
    (void)old;
    return json_int_or(self, "minNodes", 0) > json_int_or(self, "maxNodes", INT64_MAX);
}

static bool def_mem_twice(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "defMemPerNode") + has(self, "defMemPerCPU") +
               has(self, "defMemPerGPU") >
           1;
}

static bool max_mem_twice(const struct json *self, const struct json *old)
{
    (void)old;
    return has(self, "maxMemPerNode") && has(self, "maxMemPerCPU");
}

/* ---- the rules; conversion has the same grammars and says more ---- */

#define POD_SPEC "spec.template.spec"

/* ---- limits ---- */

static bool tres_broken(const struct json *self, const struct json *old)
{
    regex_t regex;
    bool broken = false;
    (void)old;
    if (regcomp(&regex, TRES_AMOUNT, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    for (json_each (it, self)) {
        AUTO_FREE char *value = json_text(it.val, NULL);
        AUTO_FREE char *pair =
            xasprintf("%s=%s", it.key,
                      json_is(it.val, JSON_STRING) ? json_string(it.val) : value);
        broken |= regexec(&regex, pair, 0, NULL, 0) != 0;
    }
    regfree(&regex);
    return broken;
}

static bool license_of_node(const struct json *self, const struct json *old)
{
    (void)old;
    for (json_each (it, self))
        if (strncmp(it.key, "license/", strlen("license/")) == 0)
            return true;
    return false;
}

#define NODE_RULE(kind)                                                          \
    {                                                                            \
        kind, "spec.limits.maxTRESPerNode", "spec.limits.maxTRESPerNode",        \
            "spec.limits.maxTRESPerNode must have no license/NAME: no node has " \
            "licences",                                                          \
            .broken = license_of_node                                            \
    }
#define TRES_RULE(kind, field)                                     \
    {                                                              \
        kind, "spec.limits." field, "spec.limits." field,          \
            "spec.limits." field TRES_FORMS, .broken = tres_broken \
    }
#define TIME_RULE(kind, field)                                        \
    {                                                                 \
        kind, field, field, field DURATION_FORMS, .pattern = DURATION \
    }

const struct rule rules[] = {
    {"BatchJob", "", "metadata.name",
     "metadata.name must be at most 52 characters: names of pods are made of it",
     .broken = name_is_long},
    {"BatchJob", "", "metadata.name",
     "metadata.name must be a DNS label (a-z, 0-9 and -), without dots",
     .broken = name_has_dot},
    {"BatchJob", "spec", "spec",
     "spec needs exactly one of template, script and scriptFrom", .broken = no_work},
    {"BatchJob", "spec", "spec.args",
     "spec.args, image, workDir, env, input, output, error, openMode and exportEnv "
     "belong to a script; a template has its own",
     .broken = script_fields_alone},
    {"BatchJob", "spec.script", "spec.script",
     "spec.script must begin with #! and the path of its interpreter: #!/bin/bash",
     .pattern = "^#!"},
    {"BatchJob", "spec", "spec.replicas",
     "spec.replicas is Kubernetes' way to give a shape; it excludes Slurm's (nodes, "
     "ntasks, "
     "ntasksPerNode, cpusPerTask, mem..., gpus..., segment, spread, contiguous, "
     "useMinNodes)",
     .broken = replicas_with_shape},
    {"BatchJob", "spec", "spec.memPerNode",
     "spec.memPerNode, memPerCpu and memPerGpu exclude each other",
     .broken = memory_twice},
    {"BatchJob", "spec", "spec.overSubscribe",
     "spec.exclusive and overSubscribe exclude each other", .broken = alone_and_shared},
    {"BatchJob", "spec", "spec.overSubscribe",
     "spec.exclusiveUser and overSubscribe exclude each other",
     .broken = owned_and_shared},
    {"BatchJob", "spec", "spec.user", "spec.user cannot be changed", .transition = true,
     .broken = user_changed},
    {"BatchJob", "spec", "spec.groups", "spec.groups cannot be changed",
     .transition = true, .broken = groups_changed},
    {"BatchJob", "spec", "spec.template",
     "spec.template cannot be changed: cancel the job and submit another",
     .transition = true, .broken = template_changed},
    {"BatchJob", "spec", "spec.script",
     "spec.script, scriptFrom and args cannot be changed: cancel the job and submit "
     "another",
     .transition = true, .broken = script_changed},
    {"BatchJob", "spec", "spec.components",
     "spec.components have shapes and places of their own: spec has none beside them",
     .broken = components_beside_shape},
    {"BatchJob", "spec", "spec.components",
     "spec.components: each has a template, or none has and spec has one of template, "
     "script and scriptFrom",
     .broken = components_mixed},
    {"BatchJob", "spec", "spec.components",
     "spec.components[0].partition: the first component is where the job is: "
     "spec.partition",
     .broken = first_component_apart},
    {"BatchJob", "spec", "spec.components",
     "spec.components[0]: the first component has the account and the QOS of the job: "
     "spec.account and spec.qos",
     .broken = first_component_charged},
    {"BatchJob", "spec", "spec.components",
     "spec.components[0].timeLimit: the first component has the time limit of the job: "
     "spec.timeLimit",
     .broken = first_component_limited},
    {"BatchJob", "spec", "spec.timeMin",
     "spec.timeMin: where a component has a time limit of its own there is no least "
     "one",
     .broken = shrinks_components_apart},
    {"BatchJob", "spec", "spec.components", "spec.components: an array has none",
     .broken = components_of_array},
    {"BatchJob", "spec", "spec.components", COMPONENTS_KEPT, .transition = true,
     .broken = components_changed},
    {"BatchJob", "spec.components[].name", "spec.components[].name",
     "spec.components[].name must be a DNS label (a-z, 0-9 and -)",
     .pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},
    {"BatchJob", "spec.components[].partition", "spec.components[].partition",
     "spec.components[].partition: a component is in one partition, only "
     "spec.partition may list several",
     .pattern = "^[^,]+$"},
    {"BatchJob", "spec.components[].qos", "spec.components[].qos",
     "spec.components[].qos: a component has one QOS, only spec.qos may list several",
     .pattern = "^[^,]*$"},
    {"BatchJob", "spec.components[].timeLimit", "spec.components[].timeLimit",
     "spec.components[].timeLimit" DURATION_FORMS, .pattern = DURATION},
    {"BatchJob", "spec", "spec.actions",
     "spec.actions: an action that was given can be neither changed nor taken back",
     .transition = true, .broken = action_lost},
    {"BatchJob", "spec.actions", "spec.actions",
     "spec.actions: the last of 64 can only be Cancel, of the whole job",
     .broken = last_is_no_cancel},
    {"BatchJob", "spec.actions[]", "spec.actions[].signal",
     "spec.actions[].signal belongs to type Signal, which needs it",
     .broken = signal_misplaced},
    {"BatchJob", "spec.actions[]", "spec.actions[].scope",
     "spec.actions[].scope: Batch belongs to type Signal", .broken = scope_misplaced},
    {"BatchJob", "spec.actions[]", "spec.actions[].tasks",
     "spec.actions[].tasks: type Hold needs it; spec.hold holds a job",
     .broken = holds_no_task},
    {"BatchJob", "spec.actions[]", "spec.actions[].component",
     "spec.actions[].component: only types Cancel, which of the first one is the whole "
     "job, and Signal are of one component",
     .broken = component_misplaced},
    {"BatchJob", "spec.actions[].signal", "spec.actions[].signal",
     "spec.actions[].signal is no signal: right are USR1, SIGUSR1 and 10",
     .pattern = "^" SIGNAL "$"},
    {"BatchJob", "spec", "spec.signal",
     "spec.signal: a script's must begin with B: (or RB:), since it has no job steps; "
     "others have no script",
     .broken = warns_nobody},
    {"BatchJob", "spec.signal", "spec.signal",
     "spec.signal is no [[R][B]:]SIG[@sec]: right are TERM, B:USR1@120 and RB:USR1",
     .pattern = "^((B|R|RB|BR):)?" SIGNAL "(@[0-9]{1,5})?$"},
    {"BatchJob", "spec.qos", "spec.qos",
     "spec.qos must be a name or up to 8 names apart by commas: high or high,normal",
     .pattern = "^([^,]+(,[^,]+){0,7})?$"},
    {"BatchJob", "spec.partition", "spec.partition",
     "spec.partition must be a name or names apart by commas: batch or batch,debug",
     .pattern = "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(,[a-z0-9]([-a-z0-9.]*[a-z0-9])?)*$"},
    {"BatchJob", "spec.timeLimit", "spec.timeLimit", "spec.timeLimit" DURATION_FORMS,
     .pattern = DURATION},
    {"BatchJob", "spec.timeMin", "spec.timeMin", "spec.timeMin" DURATION_FORMS,
     .pattern = DURATION},
    {"BatchJob", "spec.nodes", "spec.nodes",
     "spec.nodes is no count of nodes: right are 4 and \"2-4\"",
     .pattern = "^[1-9][0-9]{0,5}(-[1-9][0-9]{0,5})?$"},
    {"BatchJob", "spec.gpusPerNode", "spec.gpusPerNode", "spec.gpusPerNode" GPU_FORMS,
     .pattern = GPUS},
    {"BatchJob", "spec.gpus", "spec.gpus", "spec.gpus" GPU_FORMS, .pattern = GPUS},
    {"BatchJob", "spec.gpusPerTask", "spec.gpusPerTask", "spec.gpusPerTask" GPU_FORMS,
     .pattern = GPUS},
    {"BatchJob", "spec.memPerGpu", "spec.memPerGpu", "spec.memPerGpu" SIZE_FORMS,
     .pattern = SIZE},
    {"BatchJob", "spec.memPerNode", "spec.memPerNode", "spec.memPerNode" SIZE_FORMS,
     .pattern = SIZE},
    {"BatchJob", "spec.memPerCpu", "spec.memPerCpu", "spec.memPerCpu" SIZE_FORMS,
     .pattern = SIZE},
    {"BatchJob", "spec.template.metadata", "spec.template.metadata.labels",
     "spec.template.metadata.labels: labels gantry.dev/... are set by Gantry",
     .broken = ours_label},
    {"BatchJob", POD_SPEC, POD_SPEC ".nodeName",
     POD_SPEC ".nodeName must not be given: Gantry chooses; spec.nodeList names nodes",
     .broken = has_node_name},
    {"BatchJob", POD_SPEC, POD_SPEC ".activeDeadlineSeconds",
     POD_SPEC ".activeDeadlineSeconds must not be given: spec.timeLimit is the limit",
     .broken = has_deadline},
    {"BatchJob", POD_SPEC, POD_SPEC ".hostname",
     POD_SPEC ".hostname and subdomain must not be given: Gantry names each rank",
     .broken = has_host_name},
    {"BatchJob", POD_SPEC, POD_SPEC ".schedulerName",
     POD_SPEC ".schedulerName must be gantry or absent", .broken = other_scheduler},
    {"BatchJob", POD_SPEC, POD_SPEC ".restartPolicy",
     POD_SPEC ".restartPolicy must be Never (also when absent) or OnFailure",
     .broken = restarts_always},
    {"BatchJob", POD_SPEC, POD_SPEC ".hostNetwork",
     POD_SPEC ".hostNetwork with ports is not supported yet: leave the ports out",
     .broken = host_network_ports},
    {"Partition", "spec", "spec.minNodes",
     "spec.minNodes must not be more than spec.maxNodes", .broken = min_over_max},
    {"Partition", "spec.maxTime", "spec.maxTime", "spec.maxTime" DURATION_FORMS,
     .pattern = DURATION},
    {"Partition", "spec.defaultTime", "spec.defaultTime",
     "spec.defaultTime" DURATION_FORMS, .pattern = DURATION},
    {"Partition", "spec", "spec.defMemPerNode",
     "spec.defMemPerNode, defMemPerCPU and defMemPerGPU exclude each other",
     .broken = def_mem_twice},
    {"Partition", "spec", "spec.maxMemPerNode",
     "spec.maxMemPerNode and maxMemPerCPU exclude each other", .broken = max_mem_twice},
    {"Partition", "spec.overTimeLimit", "spec.overTimeLimit",
     "spec.overTimeLimit" DURATION_FORMS, .pattern = DURATION},
    {"Partition", "spec.defMemPerCPU", "spec.defMemPerCPU",
     "spec.defMemPerCPU" SIZE_FORMS, .pattern = SIZE},
    {"Partition", "spec.defMemPerGPU", "spec.defMemPerGPU",
     "spec.defMemPerGPU" SIZE_FORMS, .pattern = SIZE},
    {"Partition", "spec.defMemPerNode", "spec.defMemPerNode",
     "spec.defMemPerNode" SIZE_FORMS, .pattern = SIZE},
    {"Partition", "spec.maxMemPerCPU", "spec.maxMemPerCPU",
     "spec.maxMemPerCPU" SIZE_FORMS, .pattern = SIZE},
    {"Partition", "spec.maxMemPerNode", "spec.maxMemPerNode",
     "spec.maxMemPerNode" SIZE_FORMS, .pattern = SIZE},
    {"Partition", "spec.overSubscribe", "spec.overSubscribe",
     "spec.overSubscribe" SHARING_FORMS, .pattern = SHARING},
    {"Account", "spec.fairshare", "spec.fairshare", "spec.fairshare" SHARES_FORMS,
     .pattern = SHARES},
    {"Account", "spec.members[].fairshare", "spec.members[].fairshare",
     "spec.members[].fairshare" SHARES_FORMS, .pattern = SHARES},
    {"Reservation", "spec", "spec.users",
     "spec.users: a reservation is for users or groups, accounts, QOS or partitions: "
     "it "
     "has one of these lists",
     .broken = for_nobody},
    {"Reservation", "spec", "spec.groups", "spec.groups and users exclude each other",
     .broken = users_and_groups},
    TRES_RULE("QOS", "grpTRES"),
    TRES_RULE("QOS", "grpTRESMins"),
    TRES_RULE("QOS", "grpTRESRunMins"),
    TRES_RULE("QOS", "maxTRESPerJob"),
    TRES_RULE("QOS", "maxTRESPerNode"),
    NODE_RULE("QOS"),
    TRES_RULE("QOS", "maxTRESMinsPerJob"),
    TRES_RULE("QOS", "maxTRESPerUser"),
    TRES_RULE("QOS", "maxTRESPerAccount"),
    TRES_RULE("QOS", "maxTRESRunMinsPerUser"),
    TRES_RULE("QOS", "maxTRESRunMinsPerAccount"),
    TRES_RULE("QOS", "minTRESPerJob"),
    TRES_RULE("Account", "grpTRES"),
    TRES_RULE("Account", "grpTRESMins"),
    TRES_RULE("Account", "grpTRESRunMins"),
    TRES_RULE("Account", "maxTRESPerJob"),
    TRES_RULE("Account", "maxTRESPerNode"),
    NODE_RULE("Account"),
    TRES_RULE("Account", "maxTRESMinsPerJob"),
    TIME_RULE("QOS", "spec.limits.grpWall"),
    TIME_RULE("QOS", "spec.limits.maxWall"),
    TIME_RULE("Account", "spec.limits.grpWall"),
    TIME_RULE("Account", "spec.limits.maxWall"),
    TIME_RULE("Account", "spec.members[].limits.grpWall"),
    TIME_RULE("Account", "spec.members[].limits.maxWall"),
};
const size_t n_rules = ARRAY_LEN(rules);

/* Not among them: timeLimit, comment, nice, siteFactor, licenses, reservation, actions,
 * array, for how many of its tasks may be under way, and hold, which counts when the
 * job is requeued. */
const char *const frozen[] = {
    "spec.jobName",
    "spec.account",
    "spec.qos",
    "spec.partition",
    "spec.begin",
    "spec.timeMin",
    "spec.deadline",
    "spec.dependency",
    "spec.killOnInvalidDep",
    "spec.priority",
    "spec.requeue",
    "spec.exclusive",
    "spec.exclusiveUser",
    "spec.overSubscribe",
    "spec.contiguous",
    "spec.spread",
    "spec.useMinNodes",
    "spec.segment",
    "spec.switches",
    "spec.killOnBadExit",
    "spec.spreadSegments",
    "spec.consolidateSegments",
    "spec.signal",
    "spec.nodes",
    "spec.ntasks",
    "spec.ntasksPerNode",
    "spec.cpusPerTask",
    "spec.memPerNode",
    "spec.memPerCpu",
    "spec.memPerGpu",
    "spec.gpus",
    "spec.gpusPerNode",
    "spec.gpusPerTask",
    "spec.cpusPerGpu",
    "spec.replicas",
    "spec.constraint",
    "spec.nodeList",
    "spec.exclude",
    "spec.verify",
    "spec.ttlSecondsAfterFinished",
    "spec.image",
    "spec.workDir",
    "spec.env",
    "spec.input",
    "spec.output",
    "spec.error",
    "spec.openMode",
    "spec.exportEnv",
};
const size_t n_frozen = ARRAY_LEN(frozen);

/* Not among them: timeLimit. */
const char *const component_kept[] = {
    "name",       "partition",     "account",     "qos",         "nodes",
    "ntasks",     "ntasksPerNode", "cpusPerTask", "memPerNode",  "memPerCpu",
    "memPerGpu",  "gpus",          "gpusPerNode", "gpusPerTask", "cpusPerGpu",
    "replicas",   "spread",        "useMinNodes", "contiguous",  "switches",
    "constraint", "nodeList",      "exclude",     "template",
};
const size_t n_component_kept = ARRAY_LEN(component_kept);
