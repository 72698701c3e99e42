/*
 * podfiles - where a pod's logs and work lie: DIR/logs/<pod> and DIR/work/<pod>, <pod>
 * being <namespace>_<name>_<uid>.
 *
 * They outlive the pod's object for a while, so that one can still look why a job
 * failed: the last PODFILES_KEPT pods that went are kept. The log folder also is the
 * proof that a pod was started once (podfiles_exist).
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
void podfiles_free(struct podfiles *f); /* the files stay; NULL is fine */

bool podfiles_exist(const struct podfiles *f, const struct pod_spec *pod);
/* The folder, made where it is missing, and the user's (-1: ours); heap. NULL and err.
 */
char *podfiles_work_dir(struct podfiles *f, const struct pod_spec *pod, int64_t user,
                        struct err *err);
/* Where its logs (conlog.h) lie; heap. Made on demand: NULL and err. */
char *podfiles_log_dir(const struct podfiles *f, const struct pod_spec *pod);
char *podfiles_make_log_dir(struct podfiles *f, const struct pod_spec *pod,
                            struct err *err);
/* The pod's object is gone; its files go when PODFILES_KEPT others went after it. */
void podfiles_forget(struct podfiles *f, const struct pod_spec *pod);

#endif
