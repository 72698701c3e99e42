/* coretypes_words_meta - what kubectl explain says of ObjectMeta, selectors and
 * CustomResourceDefinitions. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"meta.v1.ObjectMeta", "What every object has: how it is called, marked and owned.",
     "annotations: Texts that programs and people keep with the object; not for "
     "selecting.\n"
     "creationTimestamp: When the object was made. The server writes it.\n"
     "deletionGracePeriodSeconds: How long the object may take to end once it is being "
     "deleted. Read-only.\n"
     "deletionTimestamp: When the object is to be gone; set by a deletion, never taken "
     "back. Read-only.\n"
     "finalizers: Who has to act before the object can go; it stays until the list is "
     "empty.\n"
     "generateName: A prefix from which the server makes a name where none is said.\n"
     "generation: Counts the changes of what is wanted. The server writes it.\n"
     "labels: Keys and values by which objects are grouped and selected.\n"
     "managedFields: Who owns which fields, for server-side apply. The server writes "
     "it.\n"
     "name: The name, unlike any other of the kind in the namespace. It cannot "
     "change.\n"
     "namespace: The namespace that the name is unique within. It cannot change.\n"
     "ownerReferences: Objects with which this one goes.\n"
     "resourceVersion: Changes with every write; in an update the version that was "
     "read, against lost changes.\n"
     "selfLink: No longer filled.\n"
     "uid: Unlike that of any other object ever. The server writes it.\n"},
    {"meta.v1.OwnerReference",
     "An object that owns this one; in the same namespace, or in none.",
     "blockOwnerDeletion: Whether the owner, deleted in the foreground, waits for this "
     "object.\n"
     "controller: Whether the owner is the one that manages this object.\n"
     "kind: The kind of the owner.\n"
     "name: The name of the owner.\n"
     "uid: The uid of the owner.\n"},
    {"meta.v1.ManagedFieldsEntry", "The fields that one manager owns.",
     "apiVersion: The version that the fields are written for.\n"
     "fieldsType: The format of fieldsV1: FieldsV1.\n"
     "fieldsV1: The fields, as a tree.\n"
     "manager: Who owns them.\n"
     "operation: Apply or Update.\n"
     "subresource: The subresource that they were written through.\n"
     "time: When they were last changed.\n"},
    {"meta.v1.LabelSelector",
     "Selects objects by labels. All of it must hold; an empty one selects all "
     "objects.",
     "matchExpressions: Requirements of labels; all must hold.\n"
     "matchLabels: Labels that must have these values.\n"},
    {"meta.v1.LabelSelectorRequirement", "A requirement of one label.",
     "key: The label.\n"
     "operator: In, NotIn, Exists or DoesNotExist.\n"},
    {"meta.v1.Condition", "One thing that is true of an object, false, or not known.",
     "status: True, False or Unknown.\n"
     "type: What it is about, as one word.\n"},
    {"meta.v1.DeleteOptions", "How an object is to be deleted.",
     "dryRun: \"All\" has everything done but the deletion.\n"
     "gracePeriodSeconds: Seconds until the object goes; 0 at once.\n"
     "orphanDependents: Use propagationPolicy.\n"
     "preconditions: What must hold, or nothing is deleted.\n"
     "propagationPolicy: What becomes of dependents: Orphan, Background or "
     "Foreground.\n"},
    {"meta.v1.Preconditions", "What must hold of an object before it is deleted.", ""},
    {"apiextensions.v1.CustomResourceDefinition",
     "A kind of objects beside those of Kubernetes.", ""},
    {"apiextensions.v1.CustomResourceDefinitionSpec",
     "How the kind is called and what its objects hold.",
     "conversion: How objects are turned from one version into another.\n"
     "group: The API group of the kind.\n"
     "names: How the kind is called.\n"
     "preserveUnknownFields: Only false is taken.\n"
     "scope: Namespaced or Cluster.\n"
     "versions: The versions, newest first; one of them is stored.\n"},
    {"apiextensions.v1.CustomResourceDefinitionNames", "How a kind is called.",
     "categories: Groups of kinds that it belongs to, such as all.\n"
     "kind: The kind, such as BatchJob.\n"
     "listKind: The kind of its lists; by default the kind with List behind.\n"
     "plural: The name in paths, such as batchjobs.\n"
     "shortNames: Short names for the command line.\n"
     "singular: The name of one; by default the kind in lower case.\n"},
    {"apiextensions.v1.CustomResourceDefinitionVersion", "One version of a kind.",
     "additionalPrinterColumns: Columns of kubectl get.\n"
     "deprecated: Whether using it is warned of.\n"
     "deprecationWarning: What the warning says.\n"
     "name: The version, such as v1.\n"
     "schema: What its objects hold.\n"
     "selectableFields: Fields that field selectors may name.\n"
     "served: Whether it can be asked for.\n"
     "storage: Whether objects are stored in it; true for one version.\n"
     "subresources: The subresources that its objects have.\n"},
    {"apiextensions.v1.CustomResourceColumnDefinition", "A column of kubectl get.",
     "format: How the value is to be read, such as date.\n"
     "jsonPath: Where in the object the value is.\n"
     "priority: Above 0 it is shown with -o wide alone.\n"
     "type: integer, number, string, boolean or date.\n"},
    {"apiextensions.v1.CustomResourceSubresources",
     "The subresources of a custom kind.",
     "scale: Where the scale subresource finds its numbers.\n"
     "status: Whether there is a status subresource.\n"},
    {"apiextensions.v1.CustomResourceValidation", "The schema of a version.",
     "openAPIV3Schema: The schema, as OpenAPI v3.\n"},
    {"apiextensions.v1.JSONSchemaProps", "The schema of a value.",
     "properties: The schemas of an object's fields.\n"
     "required: The fields that must be there.\n"
     "items: The schema of a list's items.\n"
     "type: object, array, string, integer, number or boolean.\n"
     "enum: The values that are allowed.\n"
     "default: What stands where nothing is said.\n"
     "pattern: A regular expression that a text must match.\n"
     "nullable: Whether null is a value.\n"
     "x-kubernetes-validations: Rules in CEL.\n"
     "x-kubernetes-preserve-unknown-fields: Whether fields without a schema are kept.\n"
     "x-kubernetes-int-or-string: Whether both an integer and a text are right.\n"
     "x-kubernetes-list-type: How lists merge: atomic, set or map.\n"
     "x-kubernetes-list-map-keys: The fields that tell a map's items apart.\n"},
    {"apiextensions.v1.ValidationRule", "A rule in CEL.",
     "rule: The expression; it must be true.\n"
     "message: What is said when it is not.\n"
     "messageExpression: An expression that gives what is said.\n"
     "fieldPath: The field that is blamed.\n"},
};

const struct core_words_table coretypes_words_meta = {rows, ARRAY_LEN(rows)};
