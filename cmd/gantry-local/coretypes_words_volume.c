/* coretypes_words_volume - what kubectl explain says of volumes, claims and their
 * classes. */
#include "base/util.h"
#include "cmd/gantry-local/coretypes.h"

static const struct core_words rows[] = {
    {"core.v1.Volume", "Something that containers of a pod may mount; one source each.",
     "name: What mounts call it.\n"
     "configMap: Keys of a ConfigMap as files.\n"
     "csi: A volume of a CSI driver, for this pod alone.\n"
     "downwardAPI: Fields of the pod as files.\n"
     "emptyDir: A directory that is empty at first and goes with the pod.\n"
     "ephemeral: A claim that is made for the pod and goes with it.\n"
     "hostPath: A path of the node.\n"
     "image: The files of an image.\n"
     "iscsi: An iSCSI disk.\n"
     "nfs: An NFS share.\n"
     "fc: A Fibre Channel disk.\n"
     "persistentVolumeClaim: A claim of the namespace.\n"
     "projected: Several sources in one directory.\n"
     "secret: Keys of a Secret as files.\n"},
    {"core.v1.VolumeMount", "Where a container sees a volume.",
     "mountPath: The path in the container.\n"
     "mountPropagation: Whether mounts made later are seen on the other side.\n"
     "name: The volume.\n"
     "readOnly: Whether it cannot be written to.\n"
     "recursiveReadOnly: Whether that holds for mounts within, too.\n"
     "subPath: A path within the volume, in place of its root.\n"
     "subPathExpr: The same with variables, $(NAME).\n"},
    {"core.v1.ConfigMapVolumeSource", "Keys of a ConfigMap as files.", ""},
    {"core.v1.SecretVolumeSource", "Keys of a Secret as files.",
     "secretName: The Secret.\n"},
    {"core.v1.EmptyDirVolumeSource",
     "A directory that is empty at first and goes with the pod.",
     "medium: Memory keeps it in memory.\n"
     "sizeLimit: The most that it may hold; past it the pod is evicted.\n"},
    {"core.v1.HostPathVolumeSource", "A path of the node.",
     "path: The path.\n"
     "type: What must be there, or is made: Directory, DirectoryOrCreate, File and so "
     "on.\n"},
    {"core.v1.PersistentVolumeClaimVolumeSource", "A claim of the namespace.",
     "claimName: The claim.\n"},
    {"core.v1.DownwardAPIVolumeSource", "Fields of the pod as files.",
     "items: The files.\n"},
    {"core.v1.DownwardAPIVolumeFile", "A field of the pod as a file.",
     "fieldRef: The field.\n"
     "mode: Permissions of the file.\n"
     "path: The file, within the volume.\n"
     "resourceFieldRef: A request or limit of a container, in its place.\n"},
    {"core.v1.ProjectedVolumeSource", "Several sources in one directory.",
     "sources: The sources.\n"},
    {"core.v1.VolumeProjection", "One source of a projected volume.",
     "configMap: Keys of a ConfigMap.\n"
     "downwardAPI: Fields of the pod.\n"
     "secret: Keys of a Secret.\n"
     "serviceAccountToken: A token of the service account.\n"},
    {"core.v1.ServiceAccountTokenProjection", "A token of the service account.",
     "audience: Whom the token is for.\n"
     "expirationSeconds: How long it is valid; it is renewed in time.\n"
     "path: The file.\n"},
    {"core.v1.KeyToPath", "A key and the file it becomes.",
     "key: The key.\n"
     "mode: Permissions of the file.\n"
     "path: The file, within the volume.\n"},
    {"core.v1.NFSVolumeSource", "An NFS share.",
     "path: What the server exports.\n"
     "server: The server.\n"},
    {"core.v1.PersistentVolume", "Storage of the cluster.", ""},
    {"core.v1.PersistentVolumeSpec", "The storage, and for whom it is.",
     "capacity: How large it is.\n"
     "claimRef: The claim that it is bound to.\n"
     "csi: A volume of a CSI driver.\n"
     "hostPath: A path of the node, for trying things out.\n"
     "local: A disk or directory of one node.\n"
     "mountOptions: Options for mounting it.\n"
     "nfs: An NFS share.\n"
     "nodeAffinity: The nodes that can reach it.\n"
     "persistentVolumeReclaimPolicy: What becomes of it without its claim: Retain, "
     "Delete or Recycle.\n"},
    {"core.v1.PersistentVolumeStatus", "Where in its life the volume is.",
     "phase: Pending, Available, Bound, Released or Failed.\n"},
    {"core.v1.PersistentVolumeClaim", "A wish for storage.", ""},
    {"core.v1.PersistentVolumeClaimSpec", "The storage that is wished for.",
     "dataSource: What the volume is filled from.\n"
     "dataSourceRef: What the volume is filled from, of any kind.\n"
     "resources: How large it must be.\n"
     "selector: Which volumes will do, by their labels.\n"
     "volumeName: The volume that it is bound to.\n"},
    {"core.v1.PersistentVolumeClaimStatus", "What came of the wish.",
     "capacity: How large the volume is.\n"
     "phase: Pending, Bound or Lost.\n"},
    {"core.v1.VolumeResourceRequirements", "How large a volume must be.",
     "limits: At most.\n"
     "requests: At least.\n"},
    {"storage.v1.StorageClass", "How volumes of a class are made.",
     "allowVolumeExpansion: Whether claims may grow.\n"
     "allowedTopologies: Where volumes may be made.\n"
     "mountOptions: Options for mounting them.\n"
     "parameters: What the provisioner is told.\n"
     "provisioner: Who makes them.\n"
     "reclaimPolicy: What becomes of them without their claims; Delete by default.\n"
     "volumeBindingMode: Immediate, or WaitForFirstConsumer until a pod needs it.\n"},
    {"node.v1.RuntimeClass", "A way to run containers.",
     "handler: What the nodes' runtime calls it.\n"
     "overhead: What a pod costs beside its containers.\n"
     "scheduling: Nodes that have it.\n"},
};

const struct core_words_table coretypes_words_volume = {rows, ARRAY_LEN(rows)};
