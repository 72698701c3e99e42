#include "cmd/gantry/newjob.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry/longscript.h"
#include "cmd/gantry/surroundings.h"

#define LABEL_MAX 46 /* with "-" and five letters 52, which BatchJobs may have */
#define TTL_SEC 300  /* Slurm's MinJobAge */

void newjob_fini(struct newjob *n)
{
    json_free(n->body);
    json_free(n->object);
    n->body = n->object = NULL;
}

int64_t newjob_id(const struct newjob *n)
{
    return json_int_or(n->object, "status.jobID", 0);
}

/* ---- its name ---- */

void newjob_label(const char *job_name, size_t max, struct str *out)
{
    const size_t start = out->len;

    for (const char *s = job_name; *s && out->len - start < max; s++) {
        const char c = (char)tolower((unsigned char)*s);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            str_addc(out, c);
        else if (out->len > start && out->s[out->len - 1] != '-')
            str_addc(out, '-');
    }
    while (out->len > start && out->s[out->len - 1] == '-')
        out->s[--out->len] = '\0';
    if (out->len == start)
        str_add(out, "job");
}

/* The letters of Kubernetes' own random suffixes: no vowels, so no words. */
static char *random_name(const char *job_name)
{
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    STR_AUTO struct str name;
    struct rng rng;

    str_init(&name, LABEL_MAX + 6);
    newjob_label(job_name, LABEL_MAX, &name);
    rng_seed_os(&rng);
    str_addc(&name, '-');
    for (int i = 0; i < 5; i++)
        str_addc(&name, letters[rng_below(&rng, sizeof(letters) - 1)]);
    return str_take(&name);
}

/* ---- its body ---- */

static int set_script(struct newjob *n, struct json *spec)
{
    const struct str *text = &n->script->text;

    if (text->len <= SCRIPT_SHORT_MAX) {
        json_set(spec, "script", json_new_string(text->s));
        return 0;
    }
    char name[LONGSCRIPT_NAME_MAX];
    longscript_name(text, name);
    json_set(
        spec, "scriptFrom",
        json_build("{'configMapKeyRef':{'name':%s,'key':'" LONGSCRIPT_KEY "'}}", name));
    return 0;
}

static void set_args(const struct newjob *n, struct json *spec)
{
    if (!n->args || !n->args[0])
        return;
    json_set(spec, "args", json_new_array());
    for (size_t i = 0; n->args[i]; i++)
        json_append(json_get(spec, "args"), json_new_string(n->args[i]));
}

static bool has_variable(const struct json *env, const char *name)
{
    for (size_t i = 0; i < json_len(env); i++)
        if (str_eq(json_str(json_item(env, i), "name"), name))
            return true;
    return false;
}

/* Unless --export set it. */
static void add_variable(struct json *env, const char *name, const char *value)
{
    if (!has_variable(env, name))
        json_append(env, json_build("{'name':%s,'value':%s}", name, value));
}

/* Slurm's own two of the submission come along whatever --export says. */
static int set_env(const struct newjob *n, struct json *spec, const char *here,
                   struct err *err)
{
    const char *export = submit_text(n->submit, "export");
    struct json *env = surroundings_env(export, n->environment, err);
    char host[256] = "";

    if (!env)
        return -1;
    gethostname(host, sizeof(host) - 1);
    add_variable(env, "SLURM_SUBMIT_DIR", here);
    add_variable(env, "SLURM_SUBMIT_HOST", host);
    json_set(spec, "env", env);
    if (export)
        json_set(spec, "exportEnv", json_new_string(export));
    return 0;
}

static void set_default(struct json *spec, const char *field, const char *text)
{
    if (!json_get(spec, field))
        json_set(spec, field, json_new_string(text));
}

/* Each node has a task at least: as Slurm does, it takes no more nodes than that. */
static void fit_nodes(struct newjob *n, struct json *shape)
{
    const struct json *nodes = json_get(shape, "nodes");
    const int64_t tasks = json_int_or(shape, "ntasks", INT64_MAX);
    const int64_t least = json_is(nodes, JSON_INT) ? json_int(nodes)
                          : json_is(nodes, JSON_STRING)
                              ? strtoll(json_string(nodes), NULL, 10)
                              : 0;

    if (least <= tasks)
        return;
    n->nodes_asked = least;
    n->nodes_taken = tasks;
    json_set(shape, "nodes", json_new_int(tasks));
}

static int fill_spec(struct newjob *n, struct json *spec, struct err *err)
{
    AUTO_FREE char *here = getcwd(NULL, 0);

    if (!here)
        return err_errno(err, errno, "the present directory");
    const int64_t now_sec = loop_now_sec(n->api->loop);
    if (submit_fill(n->submit, now_sec, spec, err) < 0 ||
        submit_fill_components(n->submit, now_sec, spec, err) < 0 ||
        set_script(n, spec) < 0 || set_env(n, spec, here, err) < 0)
        return -1;
    set_args(n, spec);
    fit_nodes(n, spec);
    for (size_t i = 0; i < json_len(json_get(spec, "components")); i++)
        fit_nodes(n, json_item(json_get(spec, "components"), i));
    set_default(spec, "jobName", n->script->job_name);
    set_default(spec, "workDir", here);
    set_default(spec, "output",
                json_get(spec, "array") ? "slurm-%A_%a.out" : "slurm-%j.out");
    json_set(spec, "ttlSecondsAfterFinished", json_new_int(TTL_SEC));
    return 0;
}

int newjob_make(struct newjob *n, struct err *err)
{
    struct json *spec = json_new_object();

    if (fill_spec(n, spec, err) < 0) {
        json_free(spec);
        return -1;
    }
    AUTO_FREE char *name = random_name(json_str_or(spec, "jobName", ""));
    json_free(n->body);
    n->body = json_build("{'apiVersion':'gantry.dev/v1alpha1','kind':'BatchJob',"
                         "'metadata':{'name':%s}}",
                         name);
    json_set(n->body, "spec", spec);
    return 0;
}
