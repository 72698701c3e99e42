/*
 * podview - the file system as one container of a pod is to see it: its volumes, and
 * files of ours in place of the machine's, as mountns.h mounts them.
 */
#ifndef GANTRY_LOCAL_PODVIEW_H
#define GANTRY_LOCAL_PODVIEW_H

#include "base/err.h"
#include "cmd/gantry-local/mountns.h"
#include "cmd/gantry-local/podfiles.h"
#include "cmd/gantry-local/podspec.h"

struct podview {
    struct mountns ns;
    struct mountns_mount *mounts; /* own their texts */
};

struct podview_request {
    enum mountns_kind kind;
    const struct podfiles *files;
    const struct pod_spec *pod;
    const struct container_spec *container;
    char *const *envp;
    const char *message_file; /* is at the container's message_path; NULL: not */
    const char *work_dir; /* stays visible at its path, whatever is mounted around it */
};

/* All of `r` is lent and must stay as long as the view. */
int podview_init(struct podview *v, const struct podview_request *r, struct err *err);
void podview_fini(struct podview *v); /* also after a failed init */

#endif
