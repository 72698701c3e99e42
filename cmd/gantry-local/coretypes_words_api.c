/* coretypes_words_api - what explain says of definitions, reviews and leases. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"core.v1.PersistentVolumeClaimStatus", NULL, "healthStatus: How the volume is.\n"},
    {"core.v1.VolumeHealthStatus", "How a volume is.",
     "healthConditions: What is wrong with it.\n"},
    {"core.v1.ScopeSelector", "Which pods are counted.",
     "matchExpressions: What must be true of them.\n"},
    {"core.v1.ScopedResourceSelectorRequirement",
     "Something that must be true of a pod.",
     "scopeName: What it is about, such as PriorityClass.\n"},
    {"core.v1.TopologySelectorTerm", "Where volumes may be made.",
     "matchLabelExpressions: Labels that a node must have there.\n"},
    {"coordination.v1.LeaseSpec", NULL,
     "preferredHolder: Who is to have it next.\n"
     "strategy: How a holder is chosen, where that is done for the lease.\n"},
    {"apiextensions.v1.CustomResourceColumnDefinition", NULL,
     "description: What stands in the column.\n"},
    {"apiextensions.v1.CustomResourceConversion",
     "How objects become those of another version.",
     "strategy: None, by default, changes the apiVersion alone; Webhook asks one.\n"
     "webhook: Who is asked.\n"},
    {"apiextensions.v1.CustomResourceDefinitionCondition",
     "One thing that is true of a definition, or not.",
     "type: Established, NamesAccepted, Terminating or another.\n"},
    {"apiextensions.v1.CustomResourceDefinitionStatus", "How it stands.",
     "storedVersions: Versions that objects were ever stored as.\n"},
    {"apiextensions.v1.CustomResourceSubresourceScale",
     "Where an object keeps what its scale shows.",
     "labelSelectorPath: Path of the selector, as text, such as .status.selector.\n"
     "specReplicasPath: Path of how many are wanted, such as .spec.replicas.\n"
     "statusReplicasPath: Path of how many there are, such as .status.replicas.\n"},
    {"apiextensions.v1.ExternalDocumentation", "Where more is said.",
     "description: What is said there.\n"
     "url: Where.\n"},
    {"apiextensions.v1.SelectableField", "A field that field selectors may name.",
     "jsonPath: Its path, such as .spec.color.\n"},
    {"apiextensions.v1.ServiceReference", "A Service that is asked.",
     "path: The path of the request.\n"
     "port: The port; 443 by default.\n"},
    {"apiextensions.v1.ValidationRule", NULL,
     "optionalOldSelf: Whether the rule also holds where there is no old value.\n"},
    {"apiextensions.v1.WebhookClientConfig", "Whom to ask.",
     "caBundle: The certificates by which it is trusted.\n"
     "service: A Service; or\n"
     "url: its address.\n"},
    {"apiextensions.v1.WebhookConversion",
     "Who makes objects those of another version.",
     "clientConfig: Whom to ask.\n"
     "conversionReviewVersions: Versions of the question that it understands.\n"},
    {"apiextensions.v1.JSONSchemaProps", NULL,
     "$ref: Not allowed here.\n"
     "$schema: Not used.\n"
     "additionalItems: Not allowed here.\n"
     "additionalProperties: What the values of a map are.\n"
     "allOf: Schemas that must all fit.\n"
     "anyOf: Schemas of which one must fit.\n"
     "definitions: Not allowed here.\n"
     "dependencies: Not allowed here.\n"
     "description: What the field is; explain shows it.\n"
     "example: A value, as an example.\n"
     "exclusiveMaximum: Whether the maximum itself is too much.\n"
     "exclusiveMinimum: Whether the minimum itself is too little.\n"
     "externalDocs: Where more is said.\n"
     "format: What a text or number looks like, such as date-time or int32.\n"
     "id: Not used.\n"
     "maxItems: The most items of a list.\n"
     "maxLength: The most characters of a text.\n"
     "maxProperties: The most fields of an object.\n"
     "maximum: The largest number.\n"
     "minItems: The fewest items of a list.\n"
     "minLength: The fewest characters of a text.\n"
     "minProperties: The fewest fields of an object.\n"
     "minimum: The smallest number.\n"
     "multipleOf: What a number must be a multiple of.\n"
     "oneOf: Schemas of which exactly one must fit.\n"
     "patternProperties: Not allowed here.\n"
     "title: A name for people.\n"
     "uniqueItems: Not allowed; use the list type set.\n"
     "x-kubernetes-embedded-resource: Whether it is a whole object, with apiVersion, "
     "kind and metadata.\n"
     "x-kubernetes-map-type: granular, by default, or atomic: owned and applied as a "
     "whole.\n"},
    {"authentication.v1.SelfSubjectReviewStatus", "Who asked.",
     "userInfo: Who asked.\n"},
    {"authentication.v1.UserInfo", "A user.",
     "extra: What else is known of the user.\n"
     "groups: The groups.\n"
     "username: The name.\n"},
    {"authorization.v1.SelfSubjectAccessReviewSpec", "What is asked: one of the two.",
     "nonResourceAttributes: Something about a path.\n"
     "resourceAttributes: Something about a resource.\n"},
    {"authorization.v1.ResourceAttributes",
     "Something that may be done to a resource, or not.",
     "fieldSelector: To objects with these fields alone.\n"
     "group: The API group; * is all.\n"
     "resource: The resource, such as pods; * is all.\n"
     "subresource: The subresource.\n"
     "verb: What is to be done, such as get; * is everything.\n"
     "version: The API version; * is all.\n"},
    {"authorization.v1.NonResourceAttributes",
     "Something that may be done at a path, or not.",
     "path: The path, such as /healthz.\n"
     "verb: What is to be done, such as get.\n"},
    {"authorization.v1.SubjectAccessReviewStatus", "The answer.",
     "allowed: Whether it may be done.\n"
     "denied: Whether somebody said no; else nobody said yes.\n"
     "evaluationError: What went wrong while it was looked up.\n"},
    {"authorization.v1.SubjectRulesReviewStatus", "The answer.",
     "evaluationError: What went wrong while it was looked up.\n"
     "incomplete: Whether there may be more than is told.\n"
     "nonResourceRules: What may be done at paths.\n"
     "resourceRules: What may be done to resources.\n"},
    {"authorization.v1.ResourceRule", "What may be done to some resources.",
     "apiGroups: The API groups; * is all.\n"
     "resourceNames: Objects of these names alone.\n"
     "resources: The resources; * is all.\n"
     "verbs: What may be done; * is everything.\n"},
    {"authorization.v1.NonResourceRule", "What may be done at some paths.",
     "nonResourceURLs: The paths; * at the end stands for more.\n"
     "verbs: What may be done; * is everything.\n"},
};

const struct core_words_table coretypes_words_api = {rows, ARRAY_LEN(rows)};
