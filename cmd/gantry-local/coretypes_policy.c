/* coretypes_policy - Access, admission, and other small groups. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"admissionregistration.v1.ApplyConfiguration", "expression string @1"},
    {"admissionregistration.v1.AuditAnnotation",
     "key! string @1; valueExpression! string @2"},
    {"admissionregistration.v1.ExpressionWarning",
     "fieldRef! string @2; warning! string @3"},
    {"admissionregistration.v1.JSONPatch", "expression string @1"},
    {"admissionregistration.v1.MatchCondition",
     "expression~ string @2 =\"\"; name~ string @1 =\"\""},
    {"admissionregistration.v1.MatchResources",
     "atomic; excludeResourceRules []NamedRuleWithOperations @4; matchPolicy string "
     "@7? =Equivalent {Equivalent|Exact}; namespaceSelector meta.v1.LabelSelector @1? "
     "={}; objectSelector meta.v1.LabelSelector @2? ={}; resourceRules "
     "[]NamedRuleWithOperations @3"},
    {"admissionregistration.v1.MutatingAdmissionPolicy",
     "metadata meta.v1.ObjectMeta @1; spec MutatingAdmissionPolicySpec @2"},
    {"admissionregistration.v1.MutatingAdmissionPolicyBinding",
     "metadata meta.v1.ObjectMeta @1; spec MutatingAdmissionPolicyBindingSpec @2"},
    {"admissionregistration.v1.MutatingAdmissionPolicyBindingSpec",
     "matchResources MatchResources @3?; paramRef ParamRef @2?; policyName string @1"},
    {"admissionregistration.v1.MutatingAdmissionPolicySpec",
     "failurePolicy string @5? =Fail {Fail|Ignore}; matchConditions []MatchCondition "
     "@6 map:name merge:name; matchConstraints MatchResources @2?; mutations "
     "[]Mutation @4; paramKind ParamKind @1?; reinvocationPolicy string @7 "
     "{IfNeeded|Never}; variables []Variable @3"},
    {"admissionregistration.v1.Mutation",
     "applyConfiguration ApplyConfiguration @3?; jsonPatch JSONPatch @4?; patchType! "
     "string @2 {ApplyConfiguration|JSONPatch}"},
    {"admissionregistration.v1.NamedRuleWithOperations",
     "atomic; apiGroups []string @2.2.1; apiVersions []string @2.2.2; operations "
     "[]string @2.1; resourceNames []string @1; resources []string @2.2.3; scope "
     "string @2.2.4? =* {*|Cluster|Namespaced}"},
    {"admissionregistration.v1.ParamKind",
     "atomic; apiVersion string @1; kind string @2"},
    {"admissionregistration.v1.ParamRef",
     "atomic; name string @1; namespace string @2; parameterNotFoundAction string @4?; "
     "selector meta.v1.LabelSelector @3?"},
    {"admissionregistration.v1.TypeChecking",
     "expressionWarnings []ExpressionWarning @1"},
    {"admissionregistration.v1.ValidatingAdmissionPolicy",
     "metadata meta.v1.ObjectMeta @1; spec ValidatingAdmissionPolicySpec @2; status "
     "ValidatingAdmissionPolicyStatus @3"},
    {"admissionregistration.v1.ValidatingAdmissionPolicyBinding",
     "metadata meta.v1.ObjectMeta @1; spec! ValidatingAdmissionPolicyBindingSpec @2"},
    {"admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec",
     "matchResources MatchResources @3?; paramRef ParamRef @2?; policyName! string @1; "
     "validationActions! []string @4 set"},
    {"admissionregistration.v1.ValidatingAdmissionPolicySpec",
     "auditAnnotations []AuditAnnotation @5; failurePolicy string @4? =Fail "
     "{Fail|Ignore}; matchConditions []MatchCondition @6 map:name merge:name; "
     "matchConstraints MatchResources @2?; paramKind ParamKind @1?; validations "
     "[]Validation @3; variables []Variable @7 map:name merge:name"},
    {"admissionregistration.v1.ValidatingAdmissionPolicyStatus",
     "conditions []meta.v1.Condition @3 map:type; observedGeneration int64 @1; "
     "typeChecking TypeChecking @2?"},
    {"admissionregistration.v1.Validation",
     "expression! string @1; message string @2; messageExpression string @4; reason "
     "string @3?"},
    {"admissionregistration.v1.Variable",
     "atomic; expression! string @2; name! string @1"},
    {"authentication.v1.SelfSubjectReview",
     "metadata meta.v1.ObjectMeta @1; status SelfSubjectReviewStatus @2"},
    {"authentication.v1.SelfSubjectReviewStatus", "userInfo UserInfo @1"},
    {"authentication.v1.UserInfo",
     "extra {}[]string @4; groups []string @3; uid string @2; username string @1"},
    {"authorization.v1.FieldSelectorAttributes",
     "rawSelector string @1; requirements []meta.v1.FieldSelectorRequirement @2"},
    {"authorization.v1.LabelSelectorAttributes",
     "rawSelector string @1; requirements []meta.v1.LabelSelectorRequirement @2"},
    {"authorization.v1.NonResourceAttributes", "path string @1; verb string @2"},
    {"authorization.v1.ResourceAttributes",
     "fieldSelector FieldSelectorAttributes @8?; group string @3; labelSelector "
     "LabelSelectorAttributes @9?; name string @7; namespace string @1; resource "
     "string @5; subresource string @6; verb string @2; version string @4"},
    {"authorization.v1.SelfSubjectAccessReview",
     "metadata meta.v1.ObjectMeta @1; spec! SelfSubjectAccessReviewSpec @2; status "
     "SubjectAccessReviewStatus @3"},
    {"authorization.v1.SelfSubjectAccessReviewSpec",
     "nonResourceAttributes NonResourceAttributes @2?; resourceAttributes "
     "ResourceAttributes @1?"},
    {"authorization.v1.SelfSubjectRulesReview",
     "metadata meta.v1.ObjectMeta @1; spec! SelfSubjectRulesReviewSpec @2; status "
     "SubjectRulesReviewStatus @3"},
    {"authorization.v1.SelfSubjectRulesReviewSpec", "namespace string @1"},
    {"authorization.v1.NonResourceRule",
     "nonResourceURLs []string @2; verbs! []string @1"},
    {"authorization.v1.ResourceRule",
     "apiGroups []string @2; resourceNames []string @4; resources []string @3; verbs! "
     "[]string @1"},
    {"authorization.v1.SubjectRulesReviewStatus",
     "evaluationError string @4; incomplete! bool @3 =false; nonResourceRules! "
     "[]NonResourceRule @2; resourceRules! []ResourceRule @1"},
    {"authorization.v1.SubjectAccessReviewStatus",
     "allowed~ bool @1 =false; denied bool @4; evaluationError string @3; reason "
     "string @2"},
    {"coordination.v1.Lease", "metadata meta.v1.ObjectMeta @1; spec LeaseSpec @2 ={}"},
    {"coordination.v1.LeaseSpec",
     "acquireTime microtime @3?; holderIdentity string @1?; leaseDurationSeconds int32 "
     "@2?; leaseTransitions int32 @5?; preferredHolder string @7?; renewTime microtime "
     "@4?; strategy string @6?"},
    {"events.v1.Event",
     "action string @6; deprecatedCount int32 @15; deprecatedFirstTimestamp time @13; "
     "deprecatedLastTimestamp time @14; deprecatedSource core.v1.EventSource @12; "
     "eventTime! microtime @2; metadata meta.v1.ObjectMeta @1; note string @10; reason "
     "string @7; regarding core.v1.ObjectReference @8; related core.v1.ObjectReference "
     "@9?; reportingController string @4; reportingInstance string @5; series "
     "EventSeries @3?; type string @11"},
    {"events.v1.EventSeries", "count! int32 @1; lastObservedTime! microtime @2"},
    {"rbac.v1.AggregationRule", "clusterRoleSelectors []meta.v1.LabelSelector @1"},
    {"rbac.v1.ClusterRole", "aggregationRule AggregationRule @3?; metadata "
                            "meta.v1.ObjectMeta @1; rules []PolicyRule @2 =null"},
    {"rbac.v1.ClusterRoleBinding",
     "metadata meta.v1.ObjectMeta @1; roleRef~ RoleRef @3 ={}; subjects []Subject @2"},
    {"rbac.v1.PolicyRule",
     "apiGroups []string @2; nonResourceURLs []string @5; resourceNames []string @4; "
     "resources []string @3; verbs! []string @1"},
    {"rbac.v1.Role", "metadata meta.v1.ObjectMeta @1; rules []PolicyRule @2 =null"},
    {"rbac.v1.RoleBinding",
     "metadata meta.v1.ObjectMeta @1; roleRef~ RoleRef @3 ={}; subjects []Subject @2"},
    {"rbac.v1.RoleRef", "atomic; apiGroup string @1 =rbac.authorization.k8s.io; kind~ "
                        "string @2; name! string @3"},
    {"rbac.v1.Subject", "atomic; apiGroup string @2; kind! string @1; name! string @3; "
                        "namespace string @4"},
    {"scheduling.v1.PriorityClass",
     "description string @4; globalDefault bool @3; metadata meta.v1.ObjectMeta @1; "
     "preemptionPolicy string @5? =PreemptLowerPriority "
     "{PreemptLowerPriority|Never}; value int32 @2 =0"},
};

const struct core_types coretypes_policy = {rows, ARRAY_LEN(rows)};
