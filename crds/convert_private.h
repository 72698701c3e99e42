/*
 * convert_private - what the convert_*.c files share.
 *
 * Amounts have a ceiling far above any machine, so that sums over the containers of a
 * pod and the pods of a node stay within int64.
 */
#ifndef GANTRY_CRDS_CONVERT_PRIVATE_H
#define GANTRY_CRDS_CONVERT_PRIVATE_H

#include "crds/convert.h"

/* A pebibyte, or a billion cores. */
#define AMOUNT_MAX (INT64_C(1) << 50)
#define PODS_MAX 100000
#define TASKS_MAX 1000000
#define RESERVATIONS_MAX 16 /* that a job may name */

#define ANNOTATION_DEFAULT_CONTAINER "kubectl.kubernetes.io/default-container"

/* Adds a resource list ({"cpu": "2"}) to `ret`. `path` stands in errors. Names are
 * interned; with `optional` a name that the full table cannot take is left out. */
int resources_read(const struct convert *c, const struct json *list, const char *path,
                   bool optional, struct resvec *ret, struct err *err);

/* The effective request of a pod (kubernetes-notes 3.5), without the pod itself. With
 * `status` what was allocated and resized counts too; NULL: spec alone. */
int podspec_requests(const struct convert *c, const struct json *spec,
                     const struct json *status, struct resvec *ret, struct err *err);

/* Index of the container that the annotation names, else of the first; -1: the
 * annotation names none, or there is none. */
int podspec_default_container(const struct json *metadata, const struct json *spec);

/* nodeSelector, required node affinity and tolerations of a pod template's spec; the
 * path in errors begins with "spec.template.spec". */
int podspec_filters(const struct json *spec, struct job *job, struct err *err);

/* One of these must hold, too: each alternative that the job has is paired with each of
 * them. None: nothing is asked for. False: they would be too many. */
bool alternatives_require(const struct term *any, size_t n, struct job *job);

/* Requirements of a label selector's matchLabels and matchExpressions. */
int selector_read(const struct json *selector, const char *path, struct term *ret,
                  struct err *err);
/* A list of {key, operator, values} added to a term. */
int requirements_read(const struct json *list, const char *path, struct term *ret,
                      struct err *err);
/* A map of labels that must be equal. */
int labels_require(const struct json *map, const char *path, struct term *ret,
                   struct err *err);

/* spec's hostlist field at `path` as sorted names; absent: none. */
int hostlist_read(const struct json *object, const char *path, char ***ret,
                  size_t *ret_n, struct err *err);
/* spec's duration field in seconds; `*ret` stays when absent. */
int duration_read(const struct json *object, const char *path, int64_t *ret,
                  struct err *err);

/* A list of names, sorted; absent: none. */
int names_read(const struct json *object, const char *path, char ***ret, size_t *ret_n,
               struct err *err);
/* spec.preemptMode (scheduler/preempt_rules.h) and spec.graceTime; `*ret` stays when
 * absent. `allowed`: the words that such an object may say. */
int preempt_mode_read(const struct json *object, int64_t allowed, int64_t *ret,
                      struct err *err);
int grace_read(const struct json *object, int64_t *ret, struct err *err);

/* spec's amount of memory in bytes; `*ret` stays when absent. */
int size_read(const struct json *object, const char *path, int64_t *ret,
              struct err *err);

/* -1: no such effect. */
int taint_effect_parse(const char *word, enum taint_effect *ret);

/* Pods and their size from spec: Slurm's shape fields or replicas, and the template's
 * own requests. */
int shape_read(const struct convert *c, const struct json *batchjob,
               const struct json *template, struct job *job, struct err *err);

/* Where, and that: what one component, or a job that is but one, asks for. */
int request_read(const struct convert *c, const struct json *batchjob, struct job *job,
                 struct err *err);
/* The same of all components, the first one into the job itself. */
int components_read(const struct convert *c, const struct json *batchjob,
                    struct job *job, struct err *err);

/* An integer within bounds; `*value` stays when absent. */
struct number_field {
    const char *path;
    int64_t *value, min, max;
};
int number_read(const struct json *object, const struct number_field *field,
                struct err *err);
int numbers_read(const struct json *object, const struct number_field *fields, size_t n,
                 struct err *err);
/* A string; NULL when absent. -1: of another type. */
int text_read(const struct json *object, const char *path, const char **ret,
              struct err *err);

/* The limits at a path ("spec.limits") of a QOS or an account: LIMIT_OF_*; those on
 * TRES in percent, or in amounts. */
int limits_read(const struct json *object, const char *path, int of, bool in_percent,
                struct limits *ret, struct err *err);

/* Into an account that has its members, sorted. */
void convert_usage_read(const struct json *object, struct account *account);
void convert_qos_usage_read(const struct json *object, struct qos *qos);

/* The text of a string node; NULL for any other and for NULL. */
const char *json_text_of(const struct json *j);
/* a * b, held at INT64_MAX; neither is negative. */
int64_t times(int64_t a, int64_t b);

#endif
