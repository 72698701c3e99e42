/* coretypes_meta - ObjectMeta and what every kind shares, CustomResourceDefinitions. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"apiextensions.v1.CustomResourceColumnDefinition",
     "description string @4; format string @3; jsonPath! string @6; name! string @1; "
     "priority int32 @5; type! string @2"},
    {"apiextensions.v1.CustomResourceConversion",
     "strategy! string @1; webhook WebhookConversion @2?"},
    {"apiextensions.v1.CustomResourceDefinition",
     "metadata meta.v1.ObjectMeta @1; spec! CustomResourceDefinitionSpec @2; status "
     "CustomResourceDefinitionStatus @3"},
    {"apiextensions.v1.CustomResourceDefinitionCondition",
     "lastTransitionTime time @3; message string @5; observedGeneration int64 @6; "
     "reason string @4; status~ string @2 =\"\"; type~ string @1 =\"\""},
    {"apiextensions.v1.CustomResourceDefinitionNames",
     "categories []string @6; kind! string @4; listKind string @5; plural! string @1; "
     "shortNames []string @3; singular string @2"},
    {"apiextensions.v1.CustomResourceDefinitionSpec",
     "conversion CustomResourceConversion @9?; group! string @1; names! "
     "CustomResourceDefinitionNames @3; preserveUnknownFields bool @10; scope! string "
     "@4; versions! []CustomResourceDefinitionVersion @7"},
    {"apiextensions.v1.CustomResourceDefinitionStatus",
     "acceptedNames CustomResourceDefinitionNames @2; conditions "
     "[]CustomResourceDefinitionCondition @1 map:type; observedGeneration int64 @4; "
     "storedVersions []string @3"},
    {"apiextensions.v1.CustomResourceDefinitionVersion",
     "additionalPrinterColumns []CustomResourceColumnDefinition @6; deprecated bool "
     "@7; deprecationWarning string @8?; name! string @1; schema "
     "CustomResourceValidation @4?; selectableFields []SelectableField @9; served! "
     "bool @2; storage! bool @3; subresources CustomResourceSubresources @5?"},
    {"apiextensions.v1.CustomResourceSubresourceScale",
     "labelSelectorPath string @3?; specReplicasPath! string @1; statusReplicasPath! "
     "string @2"},
    {"apiextensions.v1.CustomResourceSubresourceStatus", ""},
    {"apiextensions.v1.CustomResourceSubresources",
     "scale CustomResourceSubresourceScale @2?; status CustomResourceSubresourceStatus "
     "@1?"},
    {"apiextensions.v1.CustomResourceValidation",
     "openAPIV3Schema JSONSchemaProps @1?"},
    {"apiextensions.v1.ExternalDocumentation", "description string @1; url string @2"},
    {"apiextensions.v1.JSONSchemaProps",
     "$ref string @3?; $schema string @2; additionalItems schemaorbool @33?; "
     "additionalProperties schemaorbool @30?; allOf []JSONSchemaProps @25; anyOf "
     "[]JSONSchemaProps @27; default json @8?; definitions {}JSONSchemaProps @34; "
     "dependencies {}schemaorstrings @32; description string @4; enum []json @20; "
     "example json @36?; exclusiveMaximum bool @10; exclusiveMinimum bool @12; "
     "externalDocs ExternalDocumentation @35?; format string @6; id string @1; "
     "items schemaorarray @24?; maxItems int64 @16?; maxLength int64 @13?; "
     "maxProperties int64 @21?; maximum double @9?; minItems int64 @17?; minLength "
     "int64 @14?; minProperties int64 @22?; minimum double @11?; multipleOf double "
     "@19?; not JSONSchemaProps @28?; nullable bool @37; oneOf []JSONSchemaProps "
     "@26; pattern string @15; patternProperties {}JSONSchemaProps @31; properties "
     "{}JSONSchemaProps @29; required []string @23; title string @7; type string "
     "@5; uniqueItems bool @18; x-kubernetes-embedded-resource bool @39; "
     "x-kubernetes-int-or-string bool @40; x-kubernetes-list-map-keys []string @41; "
     "x-kubernetes-list-type string @42?; x-kubernetes-map-type string @43?; "
     "x-kubernetes-preserve-unknown-fields bool @38?; x-kubernetes-validations "
     "[]ValidationRule @44 map:rule merge:rule"},
    {"apiextensions.v1.SelectableField", "jsonPath! string @1"},
    {"apiextensions.v1.ServiceReference",
     "name! string @2; namespace! string @1; path string @3?; port int32 @4?"},
    {"apiextensions.v1.ValidationRule",
     "fieldPath string @5; message string @2; messageExpression string @3; "
     "optionalOldSelf bool @6?; reason string @4? "
     "{FieldValueDuplicate|FieldValueForbidden|FieldValueInvalid|FieldValueRequired}; "
     "rule! string @1"},
    {"apiextensions.v1.WebhookClientConfig",
     "caBundle bytes @2; service ServiceReference @1?; url string @3?"},
    {"apiextensions.v1.WebhookConversion",
     "clientConfig WebhookClientConfig @2?; conversionReviewVersions! []string @3"},
    {"meta.v1.APIGroup",
     "name string @1; preferredVersion GroupVersionForDiscovery @3; "
     "serverAddressByClientCIDRs []ServerAddressByClientCIDR @4; versions "
     "[]GroupVersionForDiscovery @2"},
    {"meta.v1.APIGroupList", "groups []APIGroup @1"},
    {"meta.v1.APIResource",
     "categories []string @7; group string @8; kind string @3; name string @1; "
     "namespaced bool @2; shortNames []string @5; singularName string @6; "
     "storageVersionHash string @10; verbs []string @4.1; version string @9"},
    {"meta.v1.APIResourceList", "groupVersion string @1; resources []APIResource @2"},
    {"meta.v1.APIVersions",
     "serverAddressByClientCIDRs []ServerAddressByClientCIDR @2; versions []string "
     "@1"},
    {"meta.v1.Condition",
     "lastTransitionTime! time @4; message! string @6; observedGeneration int64 @3; "
     "reason! string @5; status! string @2; type! string @1"},
    {"meta.v1.DeleteOptions",
     "apiVersion string; dryRun []string @5; gracePeriodSeconds int64 @1?; "
     "ignoreStoreReadErrorWithClusterBreakingPotential bool @6?; kind string; "
     "orphanDependents bool @3?; preconditions Preconditions @2?; propagationPolicy "
     "string @4?"},
    {"meta.v1.FieldSelectorRequirement",
     "key! string @1; operator! string @2; values []string @3"},
    {"meta.v1.GroupVersionForDiscovery", "groupVersion string @1; version string @2"},
    {"meta.v1.LabelSelector",
     "atomic; matchExpressions []LabelSelectorRequirement @2; matchLabels {}string @1"},
    {"meta.v1.LabelSelectorRequirement",
     "key! string @1; operator! string @2; values []string @3"},
    {"meta.v1.ListMeta",
     "continue string @3; remainingItemCount int64 @4?; resourceVersion string @2; "
     "selfLink string @1; shardInfo ShardInfo @5?"},
    {"meta.v1.ManagedFieldsEntry",
     "apiVersion string @3; fieldsType string @6; fieldsV1 fields @7?; manager string "
     "@1; "
     "operation string @2; subresource string @8; time time @4?"},
    {"meta.v1.ObjectMeta",
     "annotations {}string @12; creationTimestamp time @8; deletionGracePeriodSeconds "
     "int64 @10?; deletionTimestamp time @9?; finalizers []string @14 set merge; "
     "generateName string @2; generation int64 @7; labels {}string @11; managedFields "
     "[]ManagedFieldsEntry @17; name string @1; namespace string @3; ownerReferences "
     "[]OwnerReference @13 map:uid merge:uid; resourceVersion string @6; selfLink "
     "string @4; uid string @5"},
    {"meta.v1.OwnerReference",
     "atomic; apiVersion~ string @5; blockOwnerDeletion bool @7?; controller bool "
     "@6?; kind~ string @1; name~ string @3; uid~ string @4"},
    {"meta.v1.PartialObjectMetadata", "metadata ObjectMeta @1"},
    {"meta.v1.Preconditions", "resourceVersion string @2?; uid string @1?"},
    {"meta.v1.ServerAddressByClientCIDR",
     "clientCIDR string @1; serverAddress string @2"},
    {"meta.v1.ShardInfo", "selector string @1"},
    {"meta.v1.Status",
     "code int32 @6; details StatusDetails @5?; message string @3; metadata ListMeta "
     "@1; reason string @4; status string @2"},
    {"meta.v1.StatusCause", "field string @3; message string @2; reason string @1"},
    {"meta.v1.StatusDetails",
     "causes []StatusCause @4; group string @2; kind string @3; name string @1; "
     "retryAfterSeconds int32 @5; uid string @6"},
};

const struct core_types coretypes_meta = {rows, ARRAY_LEN(rows)};
