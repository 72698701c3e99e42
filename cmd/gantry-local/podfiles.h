/*
 * podfiles - where a pod's logs, work and volumes lie: DIR/logs/<pod>, DIR/work/<pod>
 * and DIR/volumes/<process>/<pod>, <pod> being <namespace>_<name>_<uid>.
 *
 * Logs and work outlive the pod's object for a while, so that one can still look why a
 * job failed: the last PODFILES_KEPT pods that went are kept, and as many of those that
 * earlier programs left. The log folder also is the proof that a pod was started once
 * (podfiles_exist). Volumes, which may hold secrets, go when the pod has ended; those
 * of a program that was killed, when the next one starts.
 */
#ifndef GANTRY_LOCAL_PODFILES_H
#define GANTRY_LOCAL_PODFILES_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/gantry-local/podspec.h"

#define PODFILES_KEPT 1000

struct podfiles;

/* Makes the folders, mode 0700. NULL and err on failure. */
struct podfiles *podfiles_new(const char *dir, struct err *err);
/* Logs and work stay; NULL is fine. */
void podfiles_free(struct podfiles *f);

bool podfiles_exist(const struct podfiles *f, const struct pod_spec *pod);
/* The folder, made where it is missing; heap. NULL and err. */
char *podfiles_work_dir(struct podfiles *f, const struct pod_spec *pod,
                        struct err *err);
/* Where its logs (conlog.h) lie; heap. Made on demand: NULL and err. */
char *podfiles_log_dir(const struct podfiles *f, const struct pod_spec *pod);
char *podfiles_make_log_dir(struct podfiles *f, const struct pod_spec *pod,
                            struct err *err);
/* The path of something among the pod's volumes, which need not be there; heap.
 * Volumes' names do not begin with a dot, so ".hosts" is free for ours. */
char *podfiles_volume(const struct podfiles *f, const struct pod_spec *pod,
                      const char *name);
/* An empty directory to mount at, for whoever has a namespace of its own. */
const char *podfiles_stage(const struct podfiles *f);
/* Nothing of the pod runs or will: its volumes go. */
void podfiles_clear(struct podfiles *f, const struct pod_spec *pod);
/* The pod's object is gone; its files go when PODFILES_KEPT others went after it. */
void podfiles_forget(struct podfiles *f, const struct pod_spec *pod);

#endif
