/* coretypes_policy - Access, admission, and other small groups. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"admissionregistration.v1.ApplyConfiguration", "expression string"},
    {"admissionregistration.v1.AuditAnnotation",
     "key! string; valueExpression! string"},
    {"admissionregistration.v1.ExpressionWarning", "fieldRef! string; warning! string"},
    {"admissionregistration.v1.JSONPatch", "expression string"},
    {"admissionregistration.v1.MatchCondition",
     "expression string =\"\"; name string =\"\""},
    {"admissionregistration.v1.MatchResources",
     "atomic; excludeResourceRules []NamedRuleWithOperations; matchPolicy string "
     "=Equivalent {Equivalent|Exact}; namespaceSelector meta.v1.LabelSelector ={}; "
     "objectSelector meta.v1.LabelSelector ={}; resourceRules "
     "[]NamedRuleWithOperations"},
    {"admissionregistration.v1.MutatingAdmissionPolicy",
     "metadata meta.v1.ObjectMeta; spec MutatingAdmissionPolicySpec"},
    {"admissionregistration.v1.MutatingAdmissionPolicyBinding",
     "metadata meta.v1.ObjectMeta; spec MutatingAdmissionPolicyBindingSpec"},
    {"admissionregistration.v1.MutatingAdmissionPolicyBindingSpec",
     "matchResources MatchResources; paramRef ParamRef; policyName string"},
    {"admissionregistration.v1.MutatingAdmissionPolicySpec",
     "failurePolicy string =Fail {Fail|Ignore}; matchConditions []MatchCondition "
     "map:name merge:name; matchConstraints MatchResources; mutations []Mutation; "
     "paramKind ParamKind; reinvocationPolicy string {IfNeeded|Never}; variables "
     "[]Variable"},
    {"admissionregistration.v1.Mutation",
     "applyConfiguration ApplyConfiguration; jsonPatch JSONPatch; patchType! "
     "string {ApplyConfiguration|JSONPatch}"},
    {"admissionregistration.v1.NamedRuleWithOperations",
     "atomic; apiGroups []string; apiVersions []string; operations []string; "
     "resourceNames []string; resources []string; scope string =* "
     "{*|Cluster|Namespaced}"},
    {"admissionregistration.v1.ParamKind", "atomic; apiVersion string; kind string"},
    {"admissionregistration.v1.ParamRef",
     "atomic; name string; namespace string; parameterNotFoundAction string; "
     "selector meta.v1.LabelSelector"},
    {"admissionregistration.v1.TypeChecking", "expressionWarnings []ExpressionWarning"},
    {"admissionregistration.v1.ValidatingAdmissionPolicy",
     "metadata meta.v1.ObjectMeta; spec ValidatingAdmissionPolicySpec; status "
     "ValidatingAdmissionPolicyStatus"},
    {"admissionregistration.v1.ValidatingAdmissionPolicyBinding",
     "metadata meta.v1.ObjectMeta; spec! ValidatingAdmissionPolicyBindingSpec"},
    {"admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec",
     "matchResources MatchResources; paramRef ParamRef; policyName! string; "
     "validationActions! []string set"},
    {"admissionregistration.v1.ValidatingAdmissionPolicySpec",
     "auditAnnotations []AuditAnnotation; failurePolicy string =Fail "
     "{Fail|Ignore}; matchConditions []MatchCondition map:name merge:name; "
     "matchConstraints MatchResources; paramKind ParamKind; validations "
     "[]Validation; variables []Variable map:name merge:name"},
    {"admissionregistration.v1.ValidatingAdmissionPolicyStatus",
     "conditions []meta.v1.Condition map:type; observedGeneration int64; "
     "typeChecking TypeChecking"},
    {"admissionregistration.v1.Validation",
     "expression! string; message string; messageExpression string; reason string"},
    {"admissionregistration.v1.Variable", "atomic; expression! string; name! string"},
    {"authorization.v1.FieldSelectorAttributes",
     "rawSelector string; requirements []meta.v1.FieldSelectorRequirement"},
    {"authorization.v1.LabelSelectorAttributes",
     "rawSelector string; requirements []meta.v1.LabelSelectorRequirement"},
    {"authorization.v1.NonResourceAttributes", "path string; verb string"},
    {"authorization.v1.ResourceAttributes",
     "fieldSelector FieldSelectorAttributes; group string; labelSelector "
     "LabelSelectorAttributes; name string; namespace string; resource string; "
     "subresource string; verb string; version string"},
    {"authorization.v1.SelfSubjectAccessReview",
     "metadata meta.v1.ObjectMeta; spec! SelfSubjectAccessReviewSpec; status "
     "SubjectAccessReviewStatus"},
    {"authorization.v1.SelfSubjectAccessReviewSpec",
     "nonResourceAttributes NonResourceAttributes; resourceAttributes "
     "ResourceAttributes"},
    {"authorization.v1.SubjectAccessReviewStatus",
     "allowed bool =false; denied bool; evaluationError string; reason string"},
    {"coordination.v1.Lease", "metadata meta.v1.ObjectMeta; spec LeaseSpec"},
    {"coordination.v1.LeaseSpec",
     "acquireTime microtime; holderIdentity string; leaseDurationSeconds int32; "
     "leaseTransitions int32; preferredHolder string; renewTime microtime; "
     "strategy string"},
    {"events.v1.Event",
     "action string; deprecatedCount int32; deprecatedFirstTimestamp time; "
     "deprecatedLastTimestamp time; deprecatedSource core.v1.EventSource; "
     "eventTime! microtime; metadata meta.v1.ObjectMeta; note string; reason "
     "string; regarding core.v1.ObjectReference; related core.v1.ObjectReference; "
     "reportingController string; reportingInstance string; series EventSeries; "
     "type string"},
    {"events.v1.EventSeries", "count! int32; lastObservedTime! microtime"},
    {"rbac.v1.AggregationRule", "clusterRoleSelectors []meta.v1.LabelSelector"},
    {"rbac.v1.ClusterRole",
     "aggregationRule AggregationRule; metadata meta.v1.ObjectMeta; rules "
     "[]PolicyRule"},
    {"rbac.v1.ClusterRoleBinding",
     "metadata meta.v1.ObjectMeta; roleRef! RoleRef; subjects []Subject"},
    {"rbac.v1.PolicyRule",
     "apiGroups []string; nonResourceURLs []string; resourceNames []string; "
     "resources []string; verbs! []string"},
    {"rbac.v1.Role", "metadata meta.v1.ObjectMeta; rules []PolicyRule"},
    {"rbac.v1.RoleBinding",
     "metadata meta.v1.ObjectMeta; roleRef! RoleRef; subjects []Subject"},
    {"rbac.v1.RoleRef",
     "atomic; apiGroup string =rbac.authorization.k8s.io; kind! string; name! "
     "string"},
    {"rbac.v1.Subject",
     "atomic; apiGroup string; kind! string; name! string; namespace string"},
    {"scheduling.v1.PriorityClass",
     "description string; globalDefault bool; metadata meta.v1.ObjectMeta; "
     "preemptionPolicy string =PreemptLowerPriority {Never|PreemptLowerPriority}; "
     "value int32 =0"},
};

const struct core_types coretypes_policy = {rows, ARRAY_LEN(rows)};
