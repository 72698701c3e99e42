/*
 * podspec_private - what the files that read a pod share: podspec.c (the whole),
 * podspec_env.c (variables), podspec_volume.c (volumes and where they are mounted),
 * podspec_security.c (who it runs as, and what no process can be given),
 * podspec_probe.c (probes).
 *
 * Readers return -1 and err for what cannot be meant; what a process cannot be given is
 * noted by podspec_need. What was read of a bad one is freed with the rest.
 */
#ifndef GANTRY_LOCAL_PODSPEC_PRIVATE_H
#define GANTRY_LOCAL_PODSPEC_PRIVATE_H

#include "cmd/gantry-local/podspec.h"

/* Notes the first thing that cannot be had; the pod is refused for it if it is to run
 * as processes. */
void podspec_need(struct pod_spec *spec, char *take_what);

/* A list of strings, ended by NULL; absent: empty. */
int podspec_read_words(char ***ret, const struct json *object, const char *field,
                       struct err *err);

/* ---- podspec_hook.c ---- */

int podspec_read_hooks(struct pod_spec *spec, struct container_spec *c,
                       const struct json *container, struct err *err);
void podspec_free_hooks(struct container_spec *c);

/* ---- podspec_env.c ---- */

int podspec_read_env(struct pod_spec *spec, struct container_spec *c,
                     const struct json *container, struct err *err);
void podspec_free_env(struct container_spec *c);
/* fieldRef, resourceFieldRef, configMapKeyRef or secretKeyRef in `from`; false when it
 * is none of them. */
bool podspec_read_source(struct value_source *ret, const struct json *from);
void podspec_free_source(struct value_source *from);

/* ---- podspec_volume.c ---- */

/* Before the containers, whose mounts name volumes. */
int podspec_read_volumes(struct pod_spec *spec, const struct json *podspec,
                         struct err *err);
int podspec_read_mounts(struct pod_spec *spec, struct container_spec *c,
                        const struct json *container, struct err *err);
/* "a/b", but not "", "/a", "a/../b" or one that is longer than any path. */
bool podspec_is_inner_path(const char *path);
void podspec_free_volumes(struct pod_spec *spec);
void podspec_free_mounts(struct container_spec *c);

/* ---- podspec_probe.c ---- */

int podspec_read_probes(struct pod_spec *spec, struct container_spec *c,
                        const struct json *container, struct err *err);
void podspec_free_probes(struct container_spec *c);
/* An httpGet, whose port may be the name of one of the container's. */
void podspec_read_http(struct probe_spec *p, const struct json *container,
                       const struct json *get);
void podspec_free_probe(struct probe_spec *p);

/* ---- podspec_security.c ---- */

/* The pod's own first: containers inherit from it. */
void podspec_read_pod_security(struct pod_spec *spec, const struct json *podspec);
void podspec_read_security(struct pod_spec *spec, struct container_spec *c,
                           const struct json *container);
/* Notes what is set of the fields that are refused, in `object`, which is a "spec" or a
 * "securityContext"; `container` NULL: the pod's. */
void podspec_refuse_fields(struct pod_spec *spec, const struct json *object,
                           const char *of, const char *container);

#endif
