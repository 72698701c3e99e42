/*
 * env - a container's environment and command line, with what Kubernetes puts into
 * them: values from the pod, ConfigMaps and Secrets (podvalue.h), $(NAME) references.
 *
 * Lists of words are heap arrays ended by NULL, freed with words_free.
 */
#ifndef GANTRY_LOCAL_ENV_H
#define GANTRY_LOCAL_ENV_H

#include "base/err.h"
#include "base/str.h"
#include "cmd/gantry-local/podspec.h"
#include "cmd/gantry-local/podvalue.h"

/* The kernel takes no longer string (MAX_ARG_STRLEN); references could grow one without
 * bound. */
#define ENV_WORD_MAX (128u << 10)

/* "NAME=value" of each variable in order: envFrom's, then env's; a later one of the
 * same name wins; $(NAME) stands for an earlier one. NULL and err on failure:
 * ERR_NOT_FOUND for a ConfigMap, Secret or key that may appear yet. */
char **env_build(const struct value_pod *pod, const struct container_spec *container,
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
