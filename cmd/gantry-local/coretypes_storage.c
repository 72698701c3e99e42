/* coretypes_storage - PersistentVolumes, storage.k8s.io/v1, node.k8s.io/v1. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"core.v1.AzureFilePersistentVolumeSource",
     "readOnly bool @3; secretName! string @1; secretNamespace string @4?; "
     "shareName! string @2"},
    {"core.v1.CSIPersistentVolumeSource",
     "controllerExpandSecretRef SecretReference @9?; controllerPublishSecretRef "
     "SecretReference @6?; driver! string @1; fsType string @4; nodeExpandSecretRef "
     "SecretReference @10?; nodePublishSecretRef SecretReference @8?; "
     "nodeStageSecretRef SecretReference @7?; readOnly bool @3; volumeAttributes "
     "{}string @5; volumeHandle! string @2"},
    {"core.v1.CephFSPersistentVolumeSource",
     "monitors! []string @1; path string @2; readOnly bool @6; secretFile string "
     "@4; secretRef SecretReference @5?; user string @3"},
    {"core.v1.CinderPersistentVolumeSource",
     "fsType string @2; readOnly bool @3; secretRef SecretReference @4?; volumeID! "
     "string @1"},
    {"core.v1.FlexPersistentVolumeSource",
     "driver! string @1; fsType string @2; options {}string @5; readOnly bool @4; "
     "secretRef SecretReference @3?"},
    {"core.v1.GlusterfsPersistentVolumeSource",
     "endpoints! string @1; endpointsNamespace string @4?; path! string @2; "
     "readOnly bool @3"},
    {"core.v1.ISCSIPersistentVolumeSource",
     "chapAuthDiscovery bool @8; chapAuthSession bool @11; fsType string @5; "
     "initiatorName string @12?; iqn! string @2; iscsiInterface string @4 =default; "
     "lun! int32 @3 =0; portals []string @7; readOnly bool @6; secretRef "
     "SecretReference @10?; targetPortal! string @1"},
    {"core.v1.LocalVolumeSource", "fsType string @2?; path! string @1"},
    {"core.v1.PersistentVolume",
     "metadata meta.v1.ObjectMeta @1; spec PersistentVolumeSpec @2; status "
     "PersistentVolumeStatus @3 ={\"phase\":\"Pending\"}"},
    {"core.v1.PersistentVolumeSpec",
     "accessModes []string @3; awsElasticBlockStore "
     "AWSElasticBlockStoreVolumeSource @2.2?; azureDisk AzureDiskVolumeSource "
     "@2.16?; azureFile AzureFilePersistentVolumeSource @2.13?; capacity {}quantity "
     "@1; cephfs CephFSPersistentVolumeSource @2.9?; cinder "
     "CinderPersistentVolumeSource @2.8?; claimRef ObjectReference @4?; csi "
     "CSIPersistentVolumeSource @2.22?; fc FCVolumeSource @2.10?; flexVolume "
     "FlexPersistentVolumeSource @2.12?; flocker FlockerVolumeSource @2.11?; "
     "gcePersistentDisk GCEPersistentDiskVolumeSource @2.1?; glusterfs "
     "GlusterfsPersistentVolumeSource @2.4?; hostPath HostPathVolumeSource @2.3?; "
     "iscsi ISCSIPersistentVolumeSource @2.7?; local LocalVolumeSource @2.20?; "
     "mountOptions []string @7; nfs NFSVolumeSource @2.5?; nodeAffinity "
     "VolumeNodeAffinity @9?; persistentVolumeReclaimPolicy string @5 =Retain "
     "{Delete|Recycle|Retain}; photonPersistentDisk "
     "PhotonPersistentDiskVolumeSource @2.17?; portworxVolume PortworxVolumeSource "
     "@2.18?; quobyte QuobyteVolumeSource @2.15?; rbd RBDPersistentVolumeSource "
     "@2.6?; scaleIO ScaleIOPersistentVolumeSource @2.19?; storageClassName string "
     "@6; storageos StorageOSPersistentVolumeSource @2.21?; "
     "volumeAttributesClassName string @10?; volumeMode string @8? =Filesystem "
     "{Block|Filesystem}; vsphereVolume VsphereVirtualDiskVolumeSource @2.14?"},
    {"core.v1.PersistentVolumeStatus",
     "lastPhaseTransitionTime time @4?; message string @2; phase string @1 "
     "{Available|Bound|Failed|Pending|Released}; reason string @3"},
    {"core.v1.RBDPersistentVolumeSource",
     "fsType string @3; image! string @2; keyring string @6 =/etc/ceph/keyring; "
     "monitors! []string @1; pool string @4 =rbd; readOnly bool @8; secretRef "
     "SecretReference @7?; user string @5 =admin"},
    {"core.v1.ScaleIOPersistentVolumeSource",
     "fsType string @9 =xfs; gateway! string @1; protectionDomain string @5; "
     "readOnly bool @10; secretRef! SecretReference @3?; sslEnabled bool @4; "
     "storageMode string @7 =ThinProvisioned; storagePool string @6; system! string "
     "@2; volumeName string @8"},
    {"core.v1.SecretReference", "atomic; name string @1; namespace string @2"},
    {"core.v1.StorageOSPersistentVolumeSource",
     "fsType string @3; readOnly bool @4; secretRef ObjectReference @5?; volumeName "
     "string @1; volumeNamespace string @2"},
    {"core.v1.TopologySelectorLabelRequirement", "key! string @1; values! []string @2"},
    {"core.v1.TopologySelectorTerm",
     "atomic; matchLabelExpressions []TopologySelectorLabelRequirement @1"},
    {"core.v1.VolumeNodeAffinity", "required NodeSelector @1?"},
    {"node.v1.Overhead", "podFixed {}quantity @1"},
    {"node.v1.RuntimeClass",
     "handler! string @2; metadata meta.v1.ObjectMeta @1; overhead Overhead @3?; "
     "scheduling Scheduling @4?"},
    {"node.v1.Scheduling",
     "nodeSelector {}string @1 atomic; tolerations []core.v1.Toleration @2"},
    {"storage.v1.StorageClass",
     "allowVolumeExpansion bool @6?; allowedTopologies "
     "[]core.v1.TopologySelectorTerm @8; metadata meta.v1.ObjectMeta @1; "
     "mountOptions []string @5; parameters {}string @3; provisioner! string @2; "
     "reclaimPolicy string @4? =Delete {Delete|Retain}; volumeBindingMode string "
     "@7? =Immediate {Immediate|WaitForFirstConsumer}"},
};

const struct core_types coretypes_storage = {rows, ARRAY_LEN(rows)};
