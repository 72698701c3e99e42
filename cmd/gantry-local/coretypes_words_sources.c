/* coretypes_words_sources - what explain says of where volumes come from. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"core.v1.Volume", NULL,
     "awsElasticBlockStore: A disk of AWS; taken for one of its CSI driver.\n"
     "azureDisk: A disk of Azure; taken for one of its CSI driver.\n"
     "azureFile: A share of Azure; taken for one of its CSI driver.\n"
     "cephfs: A CephFS; no longer served.\n"
     "cinder: A volume of OpenStack; taken for one of its CSI driver.\n"
     "flexVolume: A volume of a program on the node; use CSI.\n"
     "flocker: A Flocker dataset; no longer served.\n"
     "gcePersistentDisk: A disk of Google's cloud; taken for one of its CSI driver.\n"
     "gitRepo: A git repository; no longer served. Clone it in an init container.\n"
     "glusterfs: A GlusterFS; no longer served.\n"
     "photonPersistentDisk: A Photon disk; no longer served.\n"
     "portworxVolume: A Portworx volume; taken for one of its CSI driver.\n"
     "quobyte: A Quobyte volume; no longer served.\n"
     "rbd: A Ceph block device; no longer served.\n"
     "scaleIO: A ScaleIO volume; no longer served.\n"
     "storageos: A StorageOS volume; no longer served.\n"
     "vsphereVolume: A volume of vSphere; taken for one of its CSI driver.\n"},
    {"core.v1.EmptyDirVolumeSource", NULL, "mode: Permissions of the directory.\n"},
    {"core.v1.EphemeralVolumeSource", "A claim that lives as long as the pod.",
     "volumeClaimTemplate: What the claim looks like.\n"},
    {"core.v1.PersistentVolumeClaimTemplate", "What a claim looks like.",
     "metadata: Labels and annotations of the claim.\n"
     "spec: What is asked for.\n"},
    {"core.v1.ImageVolumeSource", "The files of an image.",
     "pullPolicy: When the image is pulled: Always for the tag latest, else "
     "IfNotPresent.\n"
     "reference: The image.\n"},
    {"core.v1.VolumeStatus", "What is known of a volume.",
     "image: Of the files of an image.\n"},
    {"core.v1.ImageVolumeStatus", "The files of an image.",
     "imageRef: The image, by its digest.\n"},
    {"core.v1.VolumeProjection", NULL,
     "clusterTrustBundle: Certificates of authorities.\n"
     "podCertificate: A key and a certificate of the pod's own.\n"},
    {"core.v1.ClusterTrustBundleProjection", "Certificates of authorities as a file.",
     "labelSelector: Which bundles of the signer, by their labels.\n"
     "path: The file.\n"
     "signerName: The signer whose bundles are meant.\n"},
    {"core.v1.PodCertificateProjection",
     "A key and a certificate of the pod's own, as files.",
     "certificateChainPath: The file for the certificates.\n"
     "credentialBundlePath: The file for key and certificates together.\n"
     "keyPath: The file for the key.\n"
     "keyType: The kind of key, such as ED25519 or ECDSAP256.\n"
     "maxExpirationSeconds: Seconds that the certificate may be good for, at most.\n"
     "signerName: Who is to sign it.\n"
     "userAnnotations: What the signer is told besides.\n"},
    {"core.v1.CSIVolumeSource",
     "A volume of a CSI driver that lives as long as the pod.",
     "driver: The driver.\n"
     "nodePublishSecretRef: A Secret that the driver needs.\n"
     "volumeAttributes: What the driver is told.\n"},
    {"core.v1.CSIPersistentVolumeSource", "A volume of a CSI driver.",
     "controllerExpandSecretRef: A Secret for making it larger.\n"
     "controllerPublishSecretRef: A Secret for attaching it.\n"
     "driver: The driver.\n"
     "nodeExpandSecretRef: A Secret for making it larger on the node.\n"
     "nodePublishSecretRef: A Secret for mounting it for a pod.\n"
     "nodeStageSecretRef: A Secret for mounting it on the node.\n"
     "volumeAttributes: What the driver said of it when it was made.\n"
     "volumeHandle: The volume, as the driver names it.\n"},
    {"core.v1.ISCSIVolumeSource", "A disk over iSCSI.",
     "chapAuthDiscovery: Whether it logs in to look for targets.\n"
     "chapAuthSession: Whether it logs in to use the disk.\n"
     "initiatorName: The name that it shows; by default the node's.\n"
     "iqn: The target's name.\n"
     "iscsiInterface: The interface; default by default.\n"
     "lun: The number of the unit.\n"
     "portals: More addresses of the target.\n"
     "secretRef: The Secret with what it logs in by.\n"
     "targetPortal: The target's address; the port is 3260 by default.\n"},
    {"core.v1.FCVolumeSource", "A disk over Fibre Channel.",
     "lun: The number of the unit.\n"
     "targetWWNs: The target's names.\n"
     "wwids: The disk's own names, in the place of target and unit.\n"},
    {"core.v1.LocalVolumeSource", "A disk or directory of a node.",
     "path: Where it is on the node.\n"},
    {"core.v1.VolumeNodeAffinity", "Which nodes can use the volume.",
     "required: What a node must have.\n"},
    {"core.v1.PersistentVolumeStatus", "How it stands.",
     "lastPhaseTransitionTime: When it came into its phase.\n"},
    {"core.v1.PersistentVolumeClaimStatus", "How it stands.",
     "allocatedResourceStatuses: How far a change of size is.\n"
     "allocatedResources: What is set aside for it while it is made larger.\n"
     "currentVolumeAttributesClassName: The VolumeAttributesClass that it has now.\n"
     "modifyVolumeStatus: How far a change of its attributes is.\n"},
    {"core.v1.PersistentVolumeClaimCondition",
     "One thing that is true of a claim, or not.",
     "type: Resizing, FileSystemResizePending or another.\n"},
    {"core.v1.ModifyVolumeStatus", "How far a change of attributes is.",
     "targetVolumeAttributesClassName: The VolumeAttributesClass that it is to "
     "have.\n"},
    {"core.v1.AWSElasticBlockStoreVolumeSource", "A disk of AWS.",
     "partition: The partition; by default the whole disk.\n"
     "volumeID: The volume's number.\n"},
    {"core.v1.AzureDiskVolumeSource", "A disk of Azure.",
     "cachingMode: None, ReadOnly or ReadWrite.\n"
     "diskName: The disk.\n"
     "diskURI: Where it is.\n"},
    {"core.v1.AzureFileVolumeSource", "A share of Azure.",
     "secretName: The Secret with the account and its key.\n"
     "shareName: The share.\n"},
    {"core.v1.AzureFilePersistentVolumeSource", "A share of Azure.",
     "secretName: The Secret with the account and its key.\n"
     "secretNamespace: Its namespace; by default the claim's.\n"
     "shareName: The share.\n"},
    {"core.v1.CephFSVolumeSource", "A CephFS.",
     "monitors: Ceph's monitors.\n"
     "path: The directory; / by default.\n"
     "secretFile: The file with the key; /etc/ceph/user.secret by default.\n"
     "secretRef: A Secret with the key, in the file's place.\n"
     "user: The user; admin by default.\n"},
    {"core.v1.RBDVolumeSource", "A Ceph block device.",
     "image: The image.\n"
     "keyring: The file with the key; /etc/ceph/keyring by default.\n"
     "monitors: Ceph's monitors.\n"
     "pool: The pool; rbd by default.\n"
     "secretRef: A Secret with the key, in the file's place.\n"
     "user: The user; admin by default.\n"},
    {"core.v1.CinderVolumeSource", "A volume of OpenStack.",
     "secretRef: A Secret with what OpenStack is asked by.\n"
     "volumeID: The volume's number.\n"},
    {"core.v1.GCEPersistentDiskVolumeSource", "A disk of Google's cloud.",
     "partition: The partition; by default the whole disk.\n"
     "pdName: The disk.\n"},
    {"core.v1.GlusterfsVolumeSource", "A GlusterFS.",
     "endpoints: The Endpoints with its servers.\n"
     "path: The volume.\n"},
    {"core.v1.GlusterfsPersistentVolumeSource", "A GlusterFS.",
     "endpointsNamespace: Their namespace; by default the claim's.\n"},
    {"core.v1.FlexVolumeSource", "A volume of a program on the node.",
     "driver: The program.\n"
     "options: What it is told.\n"
     "secretRef: A Secret that it is given.\n"},
    {"core.v1.FlexPersistentVolumeSource", "A volume of a program on the node.", ""},
    {"core.v1.VsphereVirtualDiskVolumeSource", "A volume of vSphere.",
     "storagePolicyID: The number of its storage policy.\n"
     "storagePolicyName: The name of its storage policy.\n"
     "volumePath: Where its disk is.\n"},
    {"core.v1.GitRepoVolumeSource", "A git repository.",
     "directory: The directory that it is put into.\n"
     "repository: Where it is.\n"
     "revision: The commit.\n"},
};

const struct core_words_table coretypes_words_sources = {rows, ARRAY_LEN(rows)};
