/* coretypes_words_rare - what explain says of what is gone, new, or a part. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"batch.v1.JobSchedulingConfiguration",
     "How the job's pods are placed as a group; behind a feature gate.",
     "disruptionMode: Whether pods of the group are ended one by one or all "
     "together.\n"
     "resourceClaims: Devices that the pods share.\n"
     "schedulingConstraints: Where the pods must be, seen together.\n"
     "schedulingPolicy: Whether they are placed one by one or as a gang.\n"},
    {"core.v1.CephFSPersistentVolumeSource", "A CephFS; no longer served.", ""},
    {"core.v1.CinderPersistentVolumeSource",
     "A volume of OpenStack; taken for one of its CSI driver.", ""},
    {"core.v1.ConfigMapEnvSource", "A ConfigMap whose keys become variables.", ""},
    {"core.v1.ConfigMapNodeConfigSource",
     "A ConfigMap with a kubelet's settings; no kubelet reads it any more.",
     "kubeletConfigKey: The key that has the settings.\n"},
    {"core.v1.ConfigMapProjection", "Files from a ConfigMap.", ""},
    {"core.v1.ContainerRestartRuleOnExitCodes", "Which exit codes a rule is about.",
     ""},
    {"core.v1.DownwardAPIProjection", "Files from the pod's own fields.", ""},
    {"core.v1.FlockerVolumeSource", "A Flocker dataset; no longer served.",
     "datasetName: The dataset's name.\n"
     "datasetUUID: The dataset's identity.\n"},
    {"core.v1.ISCSIPersistentVolumeSource", "An iSCSI disk.", ""},
    {"core.v1.NodeAllocatableMappedResources",
     "What of a node's resources a device claim takes.", "quantity: How much of it.\n"},
    {"core.v1.NodeAllocatableOverheadResources",
     "What of a node's resources a device claim takes besides.",
     "perContainer: How much for each container that uses it.\n"
     "perPod: How much for the pod.\n"},
    {"core.v1.NodeAllocatableResourceClaimStatus",
     "What of a node's resources is taken by a device claim.",
     "containers: The containers that use it.\n"
     "mapping: What the devices stand for.\n"
     "overhead: What they need besides.\n"
     "resourceClaimName: The ResourceClaim.\n"},
    {"core.v1.NodeConfigSource",
     "Where a kubelet's settings are; no kubelet looks there any more.",
     "configMap: The ConfigMap.\n"},
    {"core.v1.NodeConfigStatus",
     "How a kubelet came by its settings; no kubelet says so any more.",
     "active: The settings in use.\n"
     "assigned: The settings that it is to use.\n"
     "error: Why it does not use them.\n"
     "lastKnownGood: The settings that it falls back to.\n"},
    {"core.v1.NodePodPreemptionPolicy",
     "Which pods of a node are not ended for others.",
     "disableResizePreemption: Pods that are not ended for one that grows.\n"},
    {"core.v1.PhotonPersistentDiskVolumeSource", "A Photon disk; no longer served.",
     "pdID: The disk's identity.\n"},
    {"core.v1.PodOS", "The operating system that a pod is for.", ""},
    {"core.v1.PortworxVolumeSource",
     "A Portworx volume; taken for one of its CSI driver.",
     "volumeID: The volume's identity.\n"},
    {"core.v1.QuobyteVolumeSource", "A Quobyte volume; no longer served.",
     "group: The group that the files belong to.\n"
     "registry: The addresses of Quobyte's registries, a comma between two.\n"
     "tenant: The tenant that the volume belongs to.\n"
     "volume: The volume's name.\n"},
    {"core.v1.RBDPersistentVolumeSource", "A Ceph block device; no longer served.", ""},
    {"core.v1.ScaleIOPersistentVolumeSource", "A ScaleIO volume; no longer served.",
     ""},
    {"core.v1.ScaleIOVolumeSource", "A ScaleIO volume; no longer served.",
     "gateway: The address of ScaleIO's gateway.\n"
     "protectionDomain: The protection domain of the storage.\n"
     "secretRef: The Secret with the credentials.\n"
     "sslEnabled: Whether the gateway is asked by TLS.\n"
     "storageMode: ThickProvisioned, or ThinProvisioned by default.\n"
     "storagePool: The storage pool in the protection domain.\n"
     "system: The storage system's name.\n"},
    {"core.v1.SecretEnvSource", "A Secret whose keys become variables.", ""},
    {"core.v1.SecretProjection", "Files from a Secret.", ""},
    {"core.v1.SecretReference", "A Secret, in whatever namespace.", ""},
    {"core.v1.StorageOSPersistentVolumeSource", "A StorageOS volume; no longer served.",
     ""},
    {"core.v1.StorageOSVolumeSource", "A StorageOS volume; no longer served.",
     "secretRef: The Secret with the credentials.\n"
     "volumeNamespace: The volume's namespace within StorageOS.\n"},
    {"core.v1.TopologySelectorLabelRequirement", "Values that a node's label may have.",
     ""},
    {"core.v1.TypedLocalObjectReference",
     "An object of the same namespace, with its kind.", ""},
    {"core.v1.TypedObjectReference", "An object with its kind.", ""},
    {"core.v1.VolumeHealthCondition", "What is wrong with a volume.", ""},
    {"discovery.v1.ForNode", "A node whose traffic the endpoint is for.", ""},
    {"discovery.v1.ForZone", "A zone whose traffic the endpoint is for.", ""},
    {"apiextensions.v1.JSONSchemaProps", NULL,
     "not: What the value must not satisfy.\n"},
    {"apiextensions.v1.CustomResourceDefinitionStatus", NULL,
     "acceptedNames: The names that are served; others may have them before.\n"},
    {"scheduling.v1alpha3.TopologyConstraint",
     "That all pods are in one domain of the topology.", ""},
    {"scheduling.v1alpha3.WorkloadPodGroupDisruptionMode",
     "How pods of a group are ended: one of these.",
     "all: All together.\n"
     "single: One by one.\n"},
    {"scheduling.v1alpha3.WorkloadPodGroupGangSchedulingPolicy",
     "All at once, or none.", "minCount: How many pods must be placed at once.\n"},
    {"scheduling.v1alpha3.WorkloadPodGroupResourceClaim",
     "Devices that the pods of a group share: one of the two.",
     "resourceClaimName: The ResourceClaim.\n"
     "resourceClaimTemplateName: The ResourceClaimTemplate that one is made from "
     "for the group.\n"},
    {"scheduling.v1alpha3.WorkloadPodGroupSchedulingConstraints",
     "Where the pods of a group must be, seen together.",
     "topology: In one domain of a topology.\n"},
    {"scheduling.v1alpha3.WorkloadPodGroupSchedulingPolicy",
     "How a group is placed: one of these.",
     "basic: One by one.\n"
     "gang: As a gang.\n"},
};

const struct core_words_table coretypes_words_rare = {rows, ARRAY_LEN(rows)};
