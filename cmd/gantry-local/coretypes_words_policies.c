/* coretypes_words_policies - what explain says of admission policies and reviews. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"admissionregistration.v1.ApplyConfiguration",
     "A change that is applied as by server-side apply.", ""},
    {"admissionregistration.v1.AuditAnnotation",
     "A note for the audit log about a request.",
     "valueExpression: An expression in CEL for the note's text; null leaves the "
     "note out.\n"},
    {"admissionregistration.v1.ExpressionWarning",
     "What looks wrong about an expression.",
     "fieldRef: Where the expression stands in the policy.\n"
     "warning: What looks wrong, for each type that it was checked against.\n"},
    {"admissionregistration.v1.JSONPatch", "A change that is made as a JSON patch.",
     ""},
    {"admissionregistration.v1.MatchCondition",
     "What must be true of a request for the policy to look at it.", ""},
    {"admissionregistration.v1.MatchResources", "Which requests are looked at.",
     "excludeResourceRules: Of those, which are not looked at after all.\n"
     "matchPolicy: Equivalent by default: also requests by another version of the "
     "same API; or Exact.\n"
     "objectSelector: Which objects, by their labels; an empty one selects all.\n"
     "resourceRules: Which operations on which resources.\n"},
    {"admissionregistration.v1.MutatingAdmissionPolicyBindingSpec",
     "Which policy is put to work, where, with which parameters.",
     "matchResources: Of the requests that the policy looks at, which; by default "
     "all.\n"
     "paramRef: The parameters that the policy gets.\n"
     "policyName: The MutatingAdmissionPolicy.\n"},
    {"admissionregistration.v1.MutatingAdmissionPolicySpec",
     "Which requests are changed, and how.",
     "failurePolicy: What becomes of a request when the policy itself fails: Fail "
     "by default, or Ignore.\n"
     "matchConditions: What must be true besides; at most 64.\n"
     "matchConstraints: Which requests are looked at.\n"
     "mutations: The changes, in this order.\n"
     "paramKind: The kind of the parameters; none by default.\n"
     "reinvocationPolicy: Whether it is asked again when others changed the object "
     "after it: Never or IfNeeded.\n"
     "variables: Expressions that others may use by name.\n"},
    {"admissionregistration.v1.Mutation", "One change.",
     "applyConfiguration: For the type ApplyConfiguration: what is applied.\n"
     "jsonPatch: For the type JSONPatch: the patch.\n"
     "patchType: ApplyConfiguration or JSONPatch.\n"},
    {"admissionregistration.v1.NamedRuleWithOperations", "Operations on resources.",
     "apiGroups: The API groups; * is all.\n"
     "apiVersions: Their versions; * is all.\n"
     "operations: CREATE, UPDATE, DELETE, CONNECT, or * for all.\n"
     "resourceNames: The objects' names; none is all.\n"
     "resources: The resources, or with a slash their subresources; * is all.\n"
     "scope: Cluster, Namespaced, or by default * for both.\n"},
    {"admissionregistration.v1.ParamKind", "The kind of a policy's parameters.", ""},
    {"admissionregistration.v1.ParamRef", "The parameters, by name or by labels.",
     "parameterNotFoundAction: What becomes of a request when there are none: Allow "
     "or Deny.\n"
     "selector: The parameters' labels, where they have no name here.\n"},
    {"admissionregistration.v1.TypeChecking",
     "What a look at the policy's types has found.",
     "expressionWarnings: What looks wrong, one entry an expression.\n"},
    {"admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec",
     "Which policy is put to work, where, with which parameters.",
     "matchResources: Of the requests that the policy looks at, which; by default "
     "all.\n"
     "paramRef: The parameters that the policy gets.\n"
     "policyName: The ValidatingAdmissionPolicy.\n"
     "validationActions: What becomes of a request that fails: Deny, Warn, Audit.\n"},
    {"admissionregistration.v1.ValidatingAdmissionPolicySpec",
     "Which requests are looked at, and what must be true of them.",
     "auditAnnotations: Notes for the audit log.\n"
     "failurePolicy: What becomes of a request when the policy itself fails: Fail "
     "by default, or Ignore.\n"
     "matchConditions: What must be true for a request to be looked at; at most "
     "64.\n"
     "matchConstraints: Which requests are looked at.\n"
     "paramKind: The kind of the parameters; none by default.\n"
     "validations: What must be true.\n"
     "variables: Expressions that others may use by name.\n"},
    {"admissionregistration.v1.ValidatingAdmissionPolicyStatus",
     "What the server found about the policy.",
     "typeChecking: What a look at its types has found.\n"},
    {"admissionregistration.v1.Validation", "What must be true of a request.",
     "messageExpression: An expression in CEL for the message; goes before "
     "message.\n"},
    {"admissionregistration.v1.Variable", "An expression with a name.", ""},
    {"authentication.v1.SelfSubjectReview", "Who is asking.",
     "status: Who it is, as the server sees it.\n"},
    {"authorization.v1.FieldSelectorAttributes", "The field selector of a request.",
     "rawSelector: As it stands in a query.\n"
     "requirements: Taken apart.\n"},
    {"authorization.v1.LabelSelectorAttributes", "The label selector of a request.",
     "rawSelector: As it stands in a query.\n"
     "requirements: Taken apart.\n"},
    {"authorization.v1.SelfSubjectAccessReview",
     "Whether whoever asks may do something.",
     "spec: What it is about.\n"
     "status: The answer.\n"},
    {"authorization.v1.SelfSubjectRulesReview",
     "What whoever asks may do in a namespace.", "status: The answer.\n"},
    {"authorization.v1.SelfSubjectRulesReviewSpec", "Which namespace it is about.", ""},
    {"meta.v1.FieldSelectorRequirement", "One term of a field selector.", ""},
};

const struct core_words_table coretypes_words_policies = {rows, ARRAY_LEN(rows)};
