/*
 * podvolumes - what a pod's volumes hold, and where that lies on this machine.
 *
 * Files of ConfigMaps, Secrets and the downward API are written before the pod's first
 * container starts, and again when what they are made of has changed: then those of one
 * volume change together (filetree.h), but where a subPath is mounted. An emptyDir
 * is a directory; of medium Memory it is a tmpfs where one container alone mounts it
 * and is never started again (nobody else could see it), else a directory, too.
 */
#ifndef GANTRY_LOCAL_PODVOLUMES_H
#define GANTRY_LOCAL_PODVOLUMES_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/gantry-local/podfiles.h"
#include "cmd/gantry-local/podvalue.h"

/* As a kubelet takes of a container's last words. */
#define PODVOLUMES_MESSAGE_MAX 4096

/* Makes all of the pod's. ERR_NOT_FOUND: an object or key is not there yet; it may be
 * called again. */
int podvolumes_make(struct podfiles *files, const struct value_pod *pod,
                    struct err *err);

/* Brings the files up to what `pod` says now. -1 and err: of the first volume that
 * cannot be; that stays as it is, and the others are done. */
int podvolumes_refresh(struct podfiles *files, const struct value_pod *pod,
                       struct err *err);

/* Where the mount's content lies, its sub-path made if it is missing ($(NAME) in it
 * from `envp`); heap. NULL and err. Not for a tmpfs. */
char *podvolumes_source(const struct podfiles *files, const struct pod_spec *pod,
                        const struct mount_spec *mount, char *const *envp,
                        struct err *err);
bool podvolumes_is_tmpfs(const struct pod_spec *pod, const struct mount_spec *mount);

/* -1 and err (ERR_TOO_LARGE): an emptyDir takes more of the disk than its sizeLimit. A
 * tmpfs cannot. */
int podvolumes_check(const struct podfiles *files, const struct pod_spec *pod,
                     struct err *err);

/* An empty file for what a container says of its end, to be mounted in it; its path,
 * heap. NULL and err. */
char *podvolumes_make_message(struct podfiles *files, const struct pod_spec *pod,
                              const struct container_spec *c, struct err *err);
/* What is in it by now, of more than PODVOLUMES_MESSAGE_MAX bytes the last ones,
 * without NULs. False: nothing. */
bool podvolumes_read_message(const char *path, struct str *out);

/* The pod's own /etc/hosts. It is bound in its containers: it stays the same file. */
int podvolumes_write_hosts(struct podfiles *files, const struct pod_spec *pod,
                           const char *text, struct err *err);
/* Where it lies; heap. NULL: the pod has none. */
char *podvolumes_hosts(const struct podfiles *files, const struct pod_spec *pod);

/* The file of the signals that the pod is sent, in a directory that can be watched; its
 * path, heap. Written in one piece. */
char *podvolumes_inbox(const struct podfiles *files, const struct pod_spec *pod);
int podvolumes_write_inbox(struct podfiles *files, const struct pod_spec *pod,
                           const char *text, struct err *err);

#endif
