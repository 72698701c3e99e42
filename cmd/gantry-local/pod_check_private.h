/*
 * pod_check_private - what the files share that hold a pod to its rules: pod_check.c
 * and pod_check_probe.c.
 */
#ifndef GANTRY_LOCAL_POD_CHECK_PRIVATE_H
#define GANTRY_LOCAL_POD_CHECK_PRIVATE_H

#include "cmd/gantry-local/pod_check.h"

/* One container, and where it stands: "spec.containers[0]". */
struct at {
    const struct json *container;
    const char *path;
    cause_fn *found;
    void *arg;
};

/* The format makes the field's path behind the container's. */
void pod_say(const struct at *at, const char *reason, const char *message,
             const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Of the whole spec, as pod_check has it. */
void pod_check_whole(const struct json *spec, const char *field, cause_fn *found,
                     void *arg);

/* `is_init`: one that ends before the others begin. */
void pod_check_probes(const struct at *at, bool is_init);

#endif
