#include "cmd/gantry/surroundings.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/util.h"

/* Patterns of names that stay behind. */
static const char *const left_out[] = {
    "_",
    "PWD",
    "OLDPWD",
    "SHLVL",
    "HOSTNAME",
    "SLURM*",
    "GANTRY_*",
    "KUBERNETES_*",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
};

static bool is_left_out(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(left_out); i++)
        if (fnmatch(left_out[i], name, 0) == 0)
            return true;
    return false;
}

static struct json *find(struct json *list, const char *name)
{
    for (size_t i = 0; i < json_len(list); i++)
        if (str_eq(json_str(json_item(list, i), "name"), name))
            return json_item(list, i);
    return NULL;
}

/* A later one of the same name counts. */
static void add(struct json *list, const char *name, const char *value)
{
    struct json *there = find(list, name);

    if (there)
        json_set(there, "value", json_new_string(value));
    else
        json_append(list, json_build("{'name':%s,'value':%s}", name, value));
}

static void add_all(struct json *list, char **environment)
{
    for (size_t i = 0; environment[i]; i++) {
        const char *equals = strchr(environment[i], '=');
        if (!equals || equals == environment[i])
            continue;
        AUTO_FREE char *name =
            xstrndup(environment[i], (size_t)(equals - environment[i]));
        if (!is_left_out(name))
            add(list, name, equals + 1);
    }
}

static const char *value_of(char **environment, const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 0; environment[i]; i++)
        if (strncmp(environment[i], name, len) == 0 && environment[i][len] == '=')
            return environment[i] + len + 1;
    return NULL;
}

/* ---- the list of --export ---- */

/* The next item, quotes taken off; moves `*at` behind its comma. Heap. */
static char *next_item(const char **at)
{
    STR_AUTO struct str item;
    const char *s = *at;
    char quote = '\0';

    str_init(&item, SURROUNDINGS_BYTES_MAX);
    for (; *s && (quote || *s != ','); s++) {
        if (*s == quote)
            quote = '\0';
        else if (!quote && (*s == '\'' || *s == '"'))
            quote = *s;
        else
            str_addc(&item, *s);
    }
    *at = s + (*s == ',');
    return str_take(&item);
}

static int take_item(struct json *list, char *item, char **environment, struct err *err)
{
    char *equals = strchr(item, '=');
    const char *value = equals ? equals + 1 : value_of(environment, item);

    if (equals)
        *equals = '\0';
    if (item[0] == '\0')
        return err_set(err, ERR_INVALID,
                       "Invalid --export specification: a variable without a name; use "
                       "ALL, NONE, or NAME,NAME=VALUE");
    if (value)
        add(list, item, value);
    return 0;
}

static bool is_word(const char *text, const char *word)
{
    return strcasecmp(text, word) == 0;
}

/* What the caller sets by name wins over what is taken along. */
static int take_list(struct json *list, const char *export, char **environment,
                     struct err *err)
{
    for (const char *at = export; *at;) {
        AUTO_FREE char *item = next_item(&at);
        if (is_word(item, "ALL"))
            add_all(list, environment);
    }
    for (const char *at = export; *at;) {
        AUTO_FREE char *item = next_item(&at);
        if (!is_word(item, "ALL") && take_item(list, item, environment, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- ceilings ---- */

static int check(const struct json *list, struct err *err)
{
    size_t bytes = 0;

    for (size_t i = 0; i < json_len(list); i++) {
        const char *name = json_str_or(json_item(list, i), "name", "");
        const size_t len = strlen(json_str_or(json_item(list, i), "value", ""));
        bytes += strlen(name) + len;
        if (len > SURROUNDINGS_VALUE_MAX || strlen(name) > 256)
            return err_set(err, ERR_TOO_LARGE,
                           "the variable %.64s of the environment has %zu bytes, more "
                           "than %d: unset it, or name what the job needs: "
                           "--export=NONE or --export=NAME,NAME=VALUE",
                           name, len, SURROUNDINGS_VALUE_MAX);
    }
    if (json_len(list) > SURROUNDINGS_MAX || bytes > SURROUNDINGS_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "the environment has %zu variables of %zu bytes, more than the "
                       "%d of %u bytes that a job can take along: name what it needs: "
                       "--export=NONE or --export=NAME,NAME=VALUE",
                       json_len(list), bytes, SURROUNDINGS_MAX, SURROUNDINGS_BYTES_MAX);
    return 0;
}

struct json *surroundings_env(const char *export, char **environment, struct err *err)
{
    struct json *list = json_new_array();
    int rc = 0;

    if (!export)
        add_all(list, environment);
    else if (!is_word(export, "NONE") && !is_word(export, "NIL"))
        rc = take_list(list, export, environment, err);
    if (rc == 0 && check(list, err) == 0)
        return list;
    json_free(list);
    return NULL;
}
