/* coretypes_core_volume - Volumes: what a pod may mount. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_type rows[] = {
    {"core.v1.AWSElasticBlockStoreVolumeSource",
     "fsType string; partition int32; readOnly bool; volumeID! string"},
    {"core.v1.AzureDiskVolumeSource",
     "cachingMode string =ReadWrite {None|ReadOnly|ReadWrite}; diskName! string; "
     "diskURI! string; fsType string =ext4; kind string =Shared "
     "{Dedicated|Managed|Shared}; readOnly bool =false"},
    {"core.v1.AzureFileVolumeSource",
     "readOnly bool; secretName! string; shareName! string"},
    {"core.v1.CSIVolumeSource",
     "driver! string; fsType string; nodePublishSecretRef LocalObjectReference; "
     "readOnly bool; volumeAttributes {}string"},
    {"core.v1.CephFSVolumeSource",
     "monitors! []string; path string; readOnly bool; secretFile string; secretRef "
     "LocalObjectReference; user string"},
    {"core.v1.CinderVolumeSource",
     "fsType string; readOnly bool; secretRef LocalObjectReference; volumeID! "
     "string"},
    {"core.v1.ClusterTrustBundleProjection",
     "labelSelector meta.v1.LabelSelector; name string; optional bool; path! "
     "string; signerName string; user int64"},
    {"core.v1.ConfigMapProjection",
     "items []KeyToPath; name string =\"\"; optional bool"},
    {"core.v1.ConfigMapVolumeSource",
     "defaultMode int32 =420; defaultUser int64; items []KeyToPath; name string "
     "=\"\"; optional bool"},
    {"core.v1.DownwardAPIProjection", "items []DownwardAPIVolumeFile"},
    {"core.v1.DownwardAPIVolumeFile",
     "fieldRef ObjectFieldSelector; mode int32; path! string; resourceFieldRef "
     "ResourceFieldSelector; user int64"},
    {"core.v1.DownwardAPIVolumeSource",
     "defaultMode int32 =420; defaultUser int64; items []DownwardAPIVolumeFile"},
    {"core.v1.EmptyDirVolumeSource", "medium string; mode int32; sizeLimit quantity"},
    {"core.v1.EphemeralVolumeSource",
     "volumeClaimTemplate PersistentVolumeClaimTemplate"},
    {"core.v1.FCVolumeSource",
     "fsType string; lun int32; readOnly bool; targetWWNs []string; wwids []string"},
    {"core.v1.FlexVolumeSource",
     "driver! string; fsType string; options {}string; readOnly bool; secretRef "
     "LocalObjectReference"},
    {"core.v1.FlockerVolumeSource", "datasetName string; datasetUUID string"},
    {"core.v1.GCEPersistentDiskVolumeSource",
     "fsType string; partition int32; pdName! string; readOnly bool"},
    {"core.v1.GitRepoVolumeSource",
     "directory string; repository! string; revision string"},
    {"core.v1.GlusterfsVolumeSource", "endpoints! string; path! string; readOnly bool"},
    {"core.v1.HostPathVolumeSource",
     "path! string; type string =\"\" "
     "{|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket}"},
    {"core.v1.ISCSIVolumeSource",
     "chapAuthDiscovery bool; chapAuthSession bool; fsType string; initiatorName "
     "string; iqn! string; iscsiInterface string =default; lun! int32; portals "
     "[]string; readOnly bool; secretRef LocalObjectReference; targetPortal! string"},
    {"core.v1.ImageVolumeSource",
     "pullPolicy string {Always|IfNotPresent|Never}; reference string"},
    {"core.v1.KeyToPath", "key! string; mode int32; path! string; user int64"},
    {"core.v1.ModifyVolumeStatus",
     "status string =\"\" {InProgress|Infeasible|Pending}; "
     "targetVolumeAttributesClassName string"},
    {"core.v1.NFSVolumeSource", "path! string; readOnly bool; server! string"},
    {"core.v1.PersistentVolumeClaim",
     "metadata meta.v1.ObjectMeta; spec PersistentVolumeClaimSpec; status "
     "PersistentVolumeClaimStatus"},
    {"core.v1.PersistentVolumeClaimCondition",
     "lastProbeTime time; lastTransitionTime time; message string; reason string; "
     "status string =\"\"; type string =\"\""},
    {"core.v1.PersistentVolumeClaimSpec",
     "accessModes []string; dataSource TypedLocalObjectReference; dataSourceRef "
     "TypedObjectReference; resources VolumeResourceRequirements; selector "
     "meta.v1.LabelSelector; storageClassName string; volumeAttributesClassName "
     "string; volumeMode string =Filesystem {Block|Filesystem}; volumeName string"},
    {"core.v1.PersistentVolumeClaimStatus",
     "accessModes []string; allocatedResourceStatuses {}string; allocatedResources "
     "{}quantity; capacity {}quantity; conditions []PersistentVolumeClaimCondition "
     "map:type merge:type; currentVolumeAttributesClassName string; healthStatus "
     "VolumeHealthStatus; modifyVolumeStatus ModifyVolumeStatus; phase string "
     "{Bound|Lost|Pending}"},
    {"core.v1.PersistentVolumeClaimTemplate",
     "metadata meta.v1.ObjectMeta; spec! PersistentVolumeClaimSpec"},
    {"core.v1.PersistentVolumeClaimVolumeSource", "claimName! string; readOnly bool"},
    {"core.v1.PhotonPersistentDiskVolumeSource", "fsType string; pdID! string"},
    {"core.v1.PodCertificateProjection",
     "certificateChainPath string; credentialBundlePath string; keyPath string; "
     "keyType! string; maxExpirationSeconds int32; signerName! string; user int64; "
     "userAnnotations {}string"},
    {"core.v1.PortworxVolumeSource", "fsType string; readOnly bool; volumeID! string"},
    {"core.v1.ProjectedVolumeSource",
     "defaultMode int32 =420; defaultUser int64; sources []VolumeProjection"},
    {"core.v1.QuobyteVolumeSource",
     "group string; readOnly bool; registry! string; tenant string; user string; "
     "volume! string"},
    {"core.v1.RBDVolumeSource",
     "fsType string; image! string; keyring string =/etc/ceph/keyring; monitors! "
     "[]string; pool string =rbd; readOnly bool; secretRef LocalObjectReference; "
     "user string =admin"},
    {"core.v1.ScaleIOVolumeSource",
     "fsType string =xfs; gateway! string; protectionDomain string; readOnly bool; "
     "secretRef! LocalObjectReference; sslEnabled bool; storageMode string "
     "=ThinProvisioned; storagePool string; system! string; volumeName string"},
    {"core.v1.SecretProjection", "items []KeyToPath; name string =\"\"; optional bool"},
    {"core.v1.SecretVolumeSource",
     "defaultMode int32 =420; defaultUser int64; items []KeyToPath; optional bool; "
     "secretName string"},
    {"core.v1.ServiceAccountTokenProjection",
     "audience string; expirationSeconds int64 =3600; path! string; user int64"},
    {"core.v1.StorageOSVolumeSource",
     "fsType string; readOnly bool; secretRef LocalObjectReference; volumeName "
     "string; volumeNamespace string"},
    {"core.v1.TypedLocalObjectReference",
     "atomic; apiGroup string; kind! string; name! string"},
    {"core.v1.TypedObjectReference",
     "apiGroup string; kind! string; name! string; namespace string"},
    {"core.v1.Volume",
     "awsElasticBlockStore AWSElasticBlockStoreVolumeSource; azureDisk "
     "AzureDiskVolumeSource; azureFile AzureFileVolumeSource; cephfs "
     "CephFSVolumeSource; cinder CinderVolumeSource; configMap "
     "ConfigMapVolumeSource; csi CSIVolumeSource; downwardAPI "
     "DownwardAPIVolumeSource; emptyDir EmptyDirVolumeSource; ephemeral "
     "EphemeralVolumeSource; fc FCVolumeSource; flexVolume FlexVolumeSource; "
     "flocker FlockerVolumeSource; gcePersistentDisk "
     "GCEPersistentDiskVolumeSource; gitRepo GitRepoVolumeSource; glusterfs "
     "GlusterfsVolumeSource; hostPath HostPathVolumeSource; image "
     "ImageVolumeSource; iscsi ISCSIVolumeSource; name! string; nfs "
     "NFSVolumeSource; persistentVolumeClaim PersistentVolumeClaimVolumeSource; "
     "photonPersistentDisk PhotonPersistentDiskVolumeSource; portworxVolume "
     "PortworxVolumeSource; projected ProjectedVolumeSource; quobyte "
     "QuobyteVolumeSource; rbd RBDVolumeSource; scaleIO ScaleIOVolumeSource; "
     "secret SecretVolumeSource; storageos StorageOSVolumeSource; vsphereVolume "
     "VsphereVirtualDiskVolumeSource"},
    {"core.v1.VolumeProjection",
     "clusterTrustBundle ClusterTrustBundleProjection; configMap "
     "ConfigMapProjection; downwardAPI DownwardAPIProjection; podCertificate "
     "PodCertificateProjection; secret SecretProjection; serviceAccountToken "
     "ServiceAccountTokenProjection"},
    {"core.v1.VolumeResourceRequirements", "limits {}quantity; requests {}quantity"},
    {"core.v1.VsphereVirtualDiskVolumeSource",
     "fsType string; storagePolicyID string; storagePolicyName string; volumePath! "
     "string"},
};

const struct core_types coretypes_core_volume = {rows, ARRAY_LEN(rows)};
