#include "cmd/gantry-local/env.h"

#include <stddef.h>
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

/* ---- fields of the pod ---- */

enum { OF_SPEC, OF_POD };

static const struct {
    const char *path;
    int of;
    size_t offset; /* of a char * */
} fields[] = {
    {"metadata.name", OF_SPEC, offsetof(struct pod_spec, name)},
    {"metadata.namespace", OF_SPEC, offsetof(struct pod_spec, ns)},
    {"metadata.uid", OF_SPEC, offsetof(struct pod_spec, uid)},
    {"spec.nodeName", OF_SPEC, offsetof(struct pod_spec, node_name)},
    {"spec.serviceAccountName", OF_SPEC, offsetof(struct pod_spec, service_account)},
    {"status.podIP", OF_POD, offsetof(struct env_pod, pod_ip)},
    {"status.podIPs", OF_POD, offsetof(struct env_pod, pod_ip)},
    {"status.hostIP", OF_POD, offsetof(struct env_pod, host_ip)},
    {"status.hostIPs", OF_POD, offsetof(struct env_pod, host_ip)},
};

static const char *simple_field(const struct env_pod *pod, const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (strcmp(path, fields[i].path) == 0) {
            const char *base =
                fields[i].of == OF_SPEC ? (const char *)pod->spec : (const char *)pod;

            return *(char *const *)(const void *)(base + fields[i].offset);
        }
    return NULL;
}

/* The x of "metadata.labels['x']" with prefix "metadata.labels"; NULL: not of that
 * form. */
static char *subscript(const char *path, const char *prefix)
{
    const char *key = path + strlen(prefix);
    size_t len;

    if (!str_starts(path, prefix) || !str_starts(key, "['") || !str_ends(key, "']"))
        return NULL;
    len = strlen(key);
    return len > 4 ? xstrndup(key + 2, len - 4) : NULL;
}

int env_field(const struct env_pod *pod, const char *path, struct str *out,
              struct err *err)
{
    const char *value = simple_field(pod, path);
    AUTO_FREE char *label = subscript(path, "metadata.labels");
    AUTO_FREE char *annotation = subscript(path, "metadata.annotations");

    if (label)
        value = pairs_find(&pod->spec->labels, label);
    else if (annotation)
        value = pairs_find(&pod->spec->annotations, annotation);
    else if (!value)
        return err_set(err, ERR_INVALID,
                       "fieldPath \"%.100s\": a node gives metadata.name, .namespace,"
                       " .uid, .labels['x'], .annotations['x'], spec.nodeName,"
                       " .serviceAccountName, status.podIP and .hostIP",
                       path);
    str_add(out, value ? value : "");
    return 0;
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

static int variable_value(const struct env_pod *pod, const struct env_spec *e,
                          char *const *envp, struct str *out, struct err *err)
{
    if (e->field_path) {
        if (env_field(pod, e->field_path, out, err) < 0)
            return err_prefix(err, "env %.100s", e->name);
    } else {
        env_expand(e->value, envp, out);
    }
    return word_check(out, e->name, err);
}

char **env_build(const struct env_pod *pod, const struct container_spec *container,
                 struct err *err)
{
    char **envp = xcalloc(1, sizeof(*envp));

    for (size_t i = 0; i < container->n_env; i++) {
        const struct env_spec *e = &container->env[i];
        STR_AUTO struct str value;

        str_init(&value, ENV_WORD_MAX);
        if (variable_value(pod, e, envp, &value, err) < 0) {
            words_free(envp);
            return NULL;
        }
        env_set(&envp, e->name, value.s);
    }
    return envp;
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
