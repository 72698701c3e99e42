#include <string.h>

#include "base/util.h"
#include "crds/convert.h"

#define PREFIX "GANTRY_"
#define BIN_DIR "/run/gantry/bin"       /* where launch_image's copy lies */
#define POD_DIR "/run/gantry/pod"       /* what is said to gantry-launch meanwhile */
#define SCRIPT_DIR "/run/gantry/script" /* the ConfigMap of a long script */
#define VALUE_MAX (256u << 10)          /* twice the longest value, escaped, fits */

static bool is_there(const struct json *spec, const char *key)
{
    const struct json *value = json_get(spec, key);
    return value && !json_is(value, JSON_NULL);
}

bool convert_is_script(const struct json *batchjob)
{
    const struct json *spec = json_get(batchjob, "spec");
    return is_there(spec, "script") || is_there(spec, "scriptFrom");
}

/* Kubernetes replaces $(NAME) in values and arguments, and $$ by $: a script's text is
 * to arrive as it was written. */
static struct json *literal(const char *text)
{
    STR_AUTO struct str out;
    str_init(&out, VALUE_MAX);
    for (const char *s = text ? text : ""; *s; s++)
        str_addf(&out, *s == '$' ? "$$" : "%c", *s);
    return json_new_string(out.s);
}

static void add_env(struct json *env, const char *name, const char *value)
{
    struct json *item = json_build("{'name':%s}", name);
    json_set(item, "value", literal(value));
    json_append(env, item);
}

/* What gantry-launch is told, beside the script. */
static const struct {
    const char *key, *name;
} variables[] = {
    {"workDir", PREFIX "WORK_DIR"},    {"input", PREFIX "INPUT"},
    {"output", PREFIX "OUTPUT"},       {"error", PREFIX "ERROR"},
    {"openMode", PREFIX "OPEN_MODE"},  {"script", PREFIX "SCRIPT"},
    {"exportEnv", "SLURM_EXPORT_ENV"},
};

static struct json *environment(const struct json *spec)
{
    struct json *env = json_new_array();
    const struct json *theirs = json_get(spec, "env");
    for (size_t i = 0; i < json_len(theirs); i++)
        add_env(env, json_str_or(json_item(theirs, i), "name", ""),
                json_str(json_item(theirs, i), "value"));
    for (size_t i = 0; i < ARRAY_LEN(variables); i++)
        if (is_there(spec, variables[i].key))
            add_env(env, variables[i].name, json_str(spec, variables[i].key));
    if (is_there(spec, "scriptFrom"))
        add_env(env, PREFIX "SCRIPT_FILE", SCRIPT_DIR "/script");
    return env;
}

/* "--" ends what is gantry-launch's own. */
static struct json *arguments(const struct json *spec)
{
    struct json *args = json_build("['--']");
    const struct json *theirs = json_get(spec, "args");
    for (size_t i = 0; i < json_len(theirs); i++)
        json_append(args, literal(json_string(json_item(theirs, i))));
    return args;
}

static void add_to(struct json *object, const char *key, struct json *take_item)
{
    if (!json_get(object, key))
        json_set(object, key, json_new_array());
    json_append(json_get(object, key), take_item);
}

static void mount_script(const struct json *spec, struct json *pod,
                         struct json *container)
{
    const struct json *key = json_at(spec, "scriptFrom.configMapKeyRef");
    add_to(pod, "volumes",
           json_build("{'name':'gantry-script','configMap':{'name':%s,"
                      "'items':[{'key':%s,'path':'script'}]}}",
                      json_str_or(key, "name", ""), json_str_or(key, "key", "")));
    add_to(container, "volumeMounts",
           json_build("{'name':'gantry-script','mountPath':'" SCRIPT_DIR "',"
                      "'readOnly':true}"));
}

/* Nobody else signals what runs in a container: the annotation as a file, which follows
 * it. */
static void mount_signals(struct json *pod, struct json *container)
{
    add_to(pod, "volumes",
           json_build("{'name':'gantry-pod','downwardAPI':{'items':[{'path':'signals',"
                      "'fieldRef':{'fieldPath':%s}}]}}",
                      "metadata.annotations['" ANNOTATION_SIGNALS "']"));
    add_to(
        container, "volumeMounts",
        json_build("{'name':'gantry-pod','mountPath':'" POD_DIR "','readOnly':true}"));
    add_env(json_get(container, "env"), PREFIX "SIGNALS", POD_DIR "/signals");
}

/* The script's image need not know of Gantry: an init container brings the program. */
static void mount_launch(const char *image, struct json *pod, struct json *container)
{
    add_to(pod, "volumes", json_build("{'name':'gantry-bin','emptyDir':{}}"));
    add_to(pod, "initContainers",
           json_build("{'name':'gantry-launch','image':%s,"
                      "'command':['gantry-launch','--install','" BIN_DIR "'],"
                      "'volumeMounts':[{'name':'gantry-bin','mountPath':'" BIN_DIR
                      "'}]}",
                      image));
    add_to(
        container, "volumeMounts",
        json_build("{'name':'gantry-bin','mountPath':'" BIN_DIR "','readOnly':true}"));
    json_set(container, "command", json_build("['" BIN_DIR "/gantry-launch']"));
    mount_signals(pod, container);
}

static struct json *script_template(const struct convert *c, const struct json *spec)
{
    const char *image = c->script_image ? c->script_image : SCRIPT_IMAGE;
    struct json *container =
        json_build("{'name':'script','image':%s,'command':['gantry-launch']}",
                   json_str_or(spec, "image", image));
    struct json *pod = json_build("{'restartPolicy':'Never'}");
    json_set(container, "args", arguments(spec));
    json_set(container, "env", environment(spec));
    if (is_there(spec, "scriptFrom"))
        mount_script(spec, pod, container);
    if (c->launch_image)
        mount_launch(c->launch_image, pod, container);
    add_to(pod, "containers", container);
    struct json *ret = json_new_object();
    json_set(ret, "spec", pod);
    return ret;
}

struct json *convert_template(const struct convert *c, const struct json *batchjob)
{
    const struct json *spec = json_get(batchjob, "spec");
    if (convert_is_script(batchjob))
        return script_template(c, spec);
    return json_ref(json_get(spec, "template"));
}

void convert_script_wait(struct json *container)
{
    const struct json *theirs = json_get(container, "env");
    struct json *env = json_new_array();
    for (size_t i = 0; i < json_len(theirs); i++)
        if (!str_starts(json_str_or(json_item(theirs, i), "name", ""), PREFIX))
            json_append(env, json_copy(json_item(theirs, i)));
    json_set(container, "env", env);
    json_set(container, "args", json_build("['--wait']"));
}
