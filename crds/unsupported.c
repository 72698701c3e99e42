#include "base/util.h"
#include "crds/rules_private.h"

/* Each row refuses a field, or one value of it, in every object of the kind. Whoever
 * makes a field act deletes its row and runs `GANTRY_REWRITE_GOLDENS=1 make
 * run-tests/crds/test_yaml`, which rewrites the rules in the YAML. */
#define ANY(kind, field)                                 \
    {                                                    \
        kind, field, NULL, field " is not supported yet" \
    }
#define VALUE(kind, field, value)                                    \
    {                                                                \
        kind, field, value, field ": " value " is not supported yet" \
    }

#define JOB(field) ANY("BatchJob", "spec." field)
#define POD(field) JOB("template.spec." field)
#define PART(field) ANY("Partition", "spec." field)
#define ACCT(field) ANY("Account", "spec." field)
#define CLASS(field) ANY("GpuNodeClass", "spec." field)

#define NODE_AFFINITY "affinity.nodeAffinity."
#define NODE_TERMS                                                                     \
    NODE_AFFINITY "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[]" \
                  "."

const struct unsupported unsupported[] = {
    VALUE("BatchJob", "spec.killOnBadExit", "false"),
    VALUE("BatchJob", "spec.verify", "Warn"),
    VALUE("BatchJob", "spec.verify", "Require"),
    VALUE("BatchJob", "spec.actions[].scope", "Steps"),
    VALUE("Partition", "spec.preemptMode", "SUSPEND"),
    VALUE("Partition", "spec.preemptMode", "GANG"),
    VALUE("QOS", "spec.preemptMode", "SUSPEND"),
    VALUE("QOS", "spec.preemptMode", "GANG"),

    /* what would decide where a pod of the template may run */
    POD("resources"),
    POD("resourceClaims"),
    POD("schedulingGates"),
    POD("topologySpreadConstraints"),
    POD("affinity.podAffinity"),
    POD("affinity.podAntiAffinity"),
    POD(NODE_AFFINITY "preferredDuringSchedulingIgnoredDuringExecution"),
    POD(NODE_TERMS "matchFields"),
    POD("containers[].ports[].hostPort"),
    POD("containers[].resources.claims"),
    POD("initContainers[].ports[].hostPort"),
    POD("initContainers[].resources.claims"),
    POD("volumes[].ephemeral"),

    PART("podDefaults"),

    ACCT("coordinators"),
    ACCT("members[].group"),
    ACCT("members[].uid"),
    ACCT("members[].gid"),

    CLASS("nodeSelector"),
    CLASS("priority"),
    CLASS("gpu"),
    CLASS("pcie"),
    CLASS("fabric"),
    CLASS("nic"),
    CLASS("cpu"),
    CLASS("driver"),
    CLASS("severity"),
    CLASS("hysteresis"),
};
const size_t n_unsupported = ARRAY_LEN(unsupported);
