/* coretypes_meta - ObjectMeta and what every kind shares, CustomResourceDefinitions. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"apiextensions.v1.CustomResourceColumnDefinition",
     "description string; format string; jsonPath! string; name! string; priority "
     "int32; type! string"},
    {"apiextensions.v1.CustomResourceConversion",
     "strategy! string; webhook WebhookConversion"},
    {"apiextensions.v1.CustomResourceDefinition",
     "metadata meta.v1.ObjectMeta; spec! CustomResourceDefinitionSpec; status "
     "CustomResourceDefinitionStatus"},
    {"apiextensions.v1.CustomResourceDefinitionCondition",
     "lastTransitionTime time; message string; observedGeneration int64; reason "
     "string; status string =\"\"; type string =\"\""},
    {"apiextensions.v1.CustomResourceDefinitionNames",
     "categories []string; kind! string; listKind string; plural! string; "
     "shortNames []string; singular string"},
    {"apiextensions.v1.CustomResourceDefinitionSpec",
     "conversion CustomResourceConversion; group! string; names! "
     "CustomResourceDefinitionNames; preserveUnknownFields bool; scope! string; "
     "versions! []CustomResourceDefinitionVersion"},
    {"apiextensions.v1.CustomResourceDefinitionStatus",
     "acceptedNames CustomResourceDefinitionNames; conditions "
     "[]CustomResourceDefinitionCondition map:type; observedGeneration int64; "
     "storedVersions []string"},
    {"apiextensions.v1.CustomResourceDefinitionVersion",
     "additionalPrinterColumns []CustomResourceColumnDefinition; deprecated bool; "
     "deprecationWarning string; name! string; schema CustomResourceValidation; "
     "selectableFields []SelectableField; served! bool; storage! bool; "
     "subresources CustomResourceSubresources"},
    {"apiextensions.v1.CustomResourceSubresourceScale",
     "labelSelectorPath string; specReplicasPath! string; statusReplicasPath! "
     "string"},
    {"apiextensions.v1.CustomResourceSubresourceStatus", ""},
    {"apiextensions.v1.CustomResourceSubresources",
     "scale CustomResourceSubresourceScale; status CustomResourceSubresourceStatus"},
    {"apiextensions.v1.CustomResourceValidation", "openAPIV3Schema JSONSchemaProps"},
    {"apiextensions.v1.ExternalDocumentation", "description string; url string"},
    {"apiextensions.v1.JSONSchemaProps",
     "$ref string; $schema string; additionalItems any; additionalProperties any; "
     "allOf []JSONSchemaProps; anyOf []JSONSchemaProps; default any; definitions "
     "{}JSONSchemaProps; dependencies {}any; description string; enum []any; "
     "example any; exclusiveMaximum bool; exclusiveMinimum bool; externalDocs "
     "ExternalDocumentation; format string; id string; items any; maxItems int64; "
     "maxLength int64; maxProperties int64; maximum double; minItems int64; "
     "minLength int64; minProperties int64; minimum double; multipleOf double; not "
     "JSONSchemaProps; nullable bool; oneOf []JSONSchemaProps; pattern string; "
     "patternProperties {}JSONSchemaProps; properties {}JSONSchemaProps; required "
     "[]string; title string; type string; uniqueItems bool; "
     "x-kubernetes-embedded-resource bool; x-kubernetes-int-or-string bool; "
     "x-kubernetes-list-map-keys []string; x-kubernetes-list-type string; "
     "x-kubernetes-map-type string; x-kubernetes-preserve-unknown-fields bool; "
     "x-kubernetes-validations []ValidationRule map:rule merge:rule"},
    {"apiextensions.v1.SelectableField", "jsonPath! string"},
    {"apiextensions.v1.ServiceReference",
     "name! string; namespace! string; path string; port int32"},
    {"apiextensions.v1.ValidationRule",
     "fieldPath string; message string; messageExpression string; optionalOldSelf "
     "bool; reason string "
     "{FieldValueDuplicate|FieldValueForbidden|FieldValueInvalid|FieldValueRequired}; "
     "rule! string"},
    {"apiextensions.v1.WebhookClientConfig",
     "caBundle bytes; service ServiceReference; url string"},
    {"apiextensions.v1.WebhookConversion",
     "clientConfig WebhookClientConfig; conversionReviewVersions! []string"},
    {"meta.v1.Condition",
     "lastTransitionTime! time; message! string; observedGeneration int64; reason! "
     "string; status! string; type! string"},
    {"meta.v1.DeleteOptions",
     "apiVersion string; dryRun []string; gracePeriodSeconds int64; "
     "ignoreStoreReadErrorWithClusterBreakingPotential bool; kind string; "
     "orphanDependents bool; preconditions Preconditions; propagationPolicy string"},
    {"meta.v1.FieldSelectorRequirement",
     "key! string; operator! string; values []string"},
    {"meta.v1.LabelSelector",
     "atomic; matchExpressions []LabelSelectorRequirement; matchLabels {}string"},
    {"meta.v1.LabelSelectorRequirement",
     "key! string; operator! string; values []string"},
    {"meta.v1.ManagedFieldsEntry",
     "apiVersion string; fieldsType string; fieldsV1 any; manager string; "
     "operation string; subresource string; time time"},
    {"meta.v1.ObjectMeta",
     "annotations {}string; creationTimestamp time; deletionGracePeriodSeconds "
     "int64; deletionTimestamp time; finalizers []string set merge; generateName "
     "string; generation int64; labels {}string; managedFields "
     "[]ManagedFieldsEntry; name string; namespace string; ownerReferences "
     "[]OwnerReference map:uid merge:uid; resourceVersion string; selfLink string; "
     "uid string"},
    {"meta.v1.OwnerReference",
     "atomic; apiVersion string; blockOwnerDeletion bool; controller bool; kind "
     "string; name string; uid string"},
    {"meta.v1.Preconditions", "resourceVersion string; uid string"},
};

const struct core_types coretypes_meta = {rows, ARRAY_LEN(rows)};
