/*
 * env - a container's environment and command line, with what Kubernetes puts into
 * them: values taken from fields of the pod (fieldRef) and $(NAME) references.
 *
 * Lists of words are heap arrays ended by NULL, freed with words_free.
 */
#ifndef GANTRY_LOCAL_ENV_H
#define GANTRY_LOCAL_ENV_H

#include "base/err.h"
#include "base/str.h"
#include "cmd/gantry-local/podspec.h"

/* The kernel takes no longer string (MAX_ARG_STRLEN); references could grow one without
 * bound. */
#define ENV_WORD_MAX (128u << 10)

struct env_pod {
    const struct pod_spec *spec;
    const char *pod_ip, *host_ip;
};

/* "metadata.labels['x']", "status.podIP", ...; an absent label is "". ERR_INVALID for a
 * field that cannot be asked for. */
int env_field(const struct env_pod *pod, const char *path, struct str *out,
              struct err *err);

/* "NAME=value" of each variable in order; a later one of the same name wins; $(NAME)
 * stands for an earlier one. NULL and err on failure. */
char **env_build(const struct env_pod *pod, const struct container_spec *container,
                 struct err *err);
/* Command and args, references replaced from `envp`. */
char **env_argv(const struct container_spec *container, char *const *envp,
                struct err *err);

/* Appends `text` to `out`: $(NAME) becomes the variable's value, or stays where there
 * is none;
 * "$$" is a dollar sign. */
void env_expand(const char *text, char *const *envp, struct str *out);

/* NULL: absent. Lent. */
const char *env_get(char *const *envp, const char *name);
/* Sets or replaces; *envp is reallocated. */
void env_set(char ***envp, const char *name, const char *value);

void words_free(char **words); /* NULL is fine */

#endif
