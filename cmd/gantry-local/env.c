#include "cmd/gantry-local/env.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

void words_free(char **words)
{
    for (char **w = words; w && *w; w++)
        free(*w);
    free(words);
}

static size_t words_len(char *const *words)
{
    size_t n = 0;

    while (words[n])
        n++;
    return n;
}

/* Index of the variable, or of the end. */
static size_t env_index(char *const *envp, const char *name, size_t name_len)
{
    size_t i = 0;

    for (; envp[i]; i++)
        if (strncmp(envp[i], name, name_len) == 0 && envp[i][name_len] == '=')
            break;
    return i;
}

const char *env_get(char *const *envp, const char *name)
{
    size_t i = env_index(envp, name, strlen(name));

    return envp[i] ? envp[i] + strlen(name) + 1 : NULL;
}

void env_set(char ***envp, const char *name, const char *value)
{
    size_t i = env_index(*envp, name, strlen(name));

    if (!(*envp)[i]) {
        *envp = xrealloc(*envp, (i + 2) * sizeof(**envp));
        (*envp)[i + 1] = NULL;
    } else {
        free((*envp)[i]);
    }
    (*envp)[i] = xasprintf("%s=%s", name, value);
}

/* ---- references ---- */

/* `at` stands behind "$(". Returns what stands behind the reference, or NULL when there
 * is none. */
static const char *expand_reference(const char *at, char *const *envp, struct str *out)
{
    const char *close = strchr(at, ')');
    size_t i;

    if (!close)
        return NULL;
    i = env_index(envp, at, (size_t)(close - at));
    if (!envp[i])
        return NULL;
    str_add(out, envp[i] + (close - at) + 1);
    return close + 1;
}

void env_expand(const char *text, char *const *envp, struct str *out)
{
    for (const char *p = text; *p;) {
        const char *behind = NULL;

        if (p[0] == '$' && p[1] == '$') {
            p++; /* the second one is copied below */
        } else if (p[0] == '$' && p[1] == '(') {
            behind = expand_reference(p + 2, envp, out);
        }
        if (behind) {
            p = behind;
        } else {
            str_addc(out, *p);
            p++;
        }
    }
}

static int word_check(const struct str *s, const char *what, struct err *err)
{
    if (s->overflow)
        return err_set(err, ERR_TOO_LARGE, "%.100s: longer than %u bytes", what,
                       ENV_WORD_MAX);
    return 0;
}

static int set_variable(char ***envp, const char *name, const struct str *value,
                        struct err *err)
{
    if (word_check(value, name, err) < 0)
        return -1;
    if (strlen(value->s) != value->len)
        return err_set(err, ERR_INVALID, "env %.100s: its value has a NUL byte", name);
    env_set(envp, name, value->s);
    return 0;
}

/* Keys that no variable can be named by are passed over, as a kubelet does. */
static bool is_variable(const char *name)
{
    for (const char *p = name; *p; p++)
        if (*p == '=' || !isprint((unsigned char)*p))
            return false;
    return *name;
}

static int add_object(char ***envp, const struct value_pod *pod,
                      const struct env_from_spec *from, struct err *err)
{
    const struct podobject *object = NULL;

    switch (value_object(pod, &from->from, &object, err)) {
    case VALUE_OMITTED:
        return 0;
    case VALUE_REFUSED:
        return -1;
    case VALUE_GIVEN:
        break;
    }
    for (size_t i = 0; i < object->n_entries; i++) {
        AUTO_FREE char *name = xasprintf("%s%s", from->prefix, object->entries[i].key);
        STR_AUTO struct str value;

        str_init(&value, ENV_WORD_MAX);
        str_addn(&value, object->entries[i].bytes, object->entries[i].len);
        if (is_variable(name) && set_variable(envp, name, &value, err) < 0)
            return -1;
    }
    return 0;
}

static int add_variable(char ***envp, const struct value_pod *pod,
                        const struct container_spec *container,
                        const struct env_spec *e, struct err *err)
{
    STR_AUTO struct str value;

    str_init(&value, ENV_WORD_MAX);
    if (e->from.kind == VALUE_TEXT) {
        env_expand(e->from.text, *envp, &value);
        return set_variable(envp, e->name, &value, err);
    }
    switch (value_resolve(pod, container, &e->from, &value, err)) {
    case VALUE_OMITTED:
        return 0;
    case VALUE_REFUSED:
        return err_prefix(err, "env %.100s", e->name);
    case VALUE_GIVEN:
        break;
    }
    return set_variable(envp, e->name, &value, err);
}

static int build(char ***envp, const struct value_pod *pod,
                 const struct container_spec *container, struct err *err)
{
    for (size_t i = 0; i < container->n_env_from; i++)
        if (add_object(envp, pod, &container->env_from[i], err) < 0)
            return -1;
    for (size_t i = 0; i < container->n_env; i++)
        if (add_variable(envp, pod, container, &container->env[i], err) < 0)
            return -1;
    return 0;
}

char **env_build(const struct value_pod *pod, const struct container_spec *container,
                 struct err *err)
{
    char **envp = xcalloc(1, sizeof(*envp));

    if (build(&envp, pod, container, err) == 0)
        return envp;
    words_free(envp);
    return NULL;
}

static int words_expand(char **ret, char *const *words, char *const *envp,
                        struct err *err)
{
    for (size_t i = 0; words[i]; i++) {
        STR_AUTO struct str word;

        str_init(&word, ENV_WORD_MAX);
        env_expand(words[i], envp, &word);
        if (word_check(&word, "command", err) < 0)
            return -1;
        ret[i] = str_take(&word);
    }
    return 0;
}

char **env_argv(const struct container_spec *container, char *const *envp,
                struct err *err)
{
    size_t n = words_len(container->command);
    char **argv = xcalloc(n + words_len(container->args) + 1, sizeof(*argv));

    if (words_expand(argv, container->command, envp, err) < 0 ||
        words_expand(argv + n, container->args, envp, err) < 0) {
        words_free(argv);
        return NULL;
    }
    return argv;
}
