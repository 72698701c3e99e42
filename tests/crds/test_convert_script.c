/* The pod template of script jobs; tests/gantry-controller/pods/ has whole pods. */
#include <string.h>

#include "base/util.h"
#include "crds/convert.h"
#include "tests/support/suite.h"

static struct restable resources;

/* Single quotes stand for double ones. */
static struct json *read(const char *text)
{
    AUTO_FREE char *copy = xstrdup(text);
    struct err err = ERR_INIT;
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    struct json *ret = json_parse_str(copy, &err);
    ck_assert_msg(ret != NULL, "%s", err.msg);
    return ret;
}

/* The value of the container's variable; NULL: it has none. */
static const char *variable(const struct json *container, const char *name)
{
    const struct json *env = json_get(container, "env");
    for (size_t i = 0; i < json_len(env); i++)
        if (str_eq(json_str(json_item(env, i), "name"), name))
            return json_str(json_item(env, i), "value");
    return NULL;
}

static const struct {
    const char *spec, *name, *value; /* one variable of what comes of it */
} variables[] = {
    {"'script':'#!/bin/sh\\n'", "GANTRY_SCRIPT", "#!/bin/sh\n"},
    {"'script':'#!/bin/sh $'", "GANTRY_SCRIPT", "#!/bin/sh $$"},
    {"'script':'$(A) $$ ${B}'", "GANTRY_SCRIPT", "$$(A) $$$$ $${B}"},
    {"'script':'#!','env':[{'name':'A','value':'$(B)'}]", "A", "$$(B)"},
    {"'script':'#!','env':[{'name':'A'}]", "A", ""},
    {"'script':'#!','workDir':'/w'", "GANTRY_WORK_DIR", "/w"},
    {"'script':'#!','input':'i'", "GANTRY_INPUT", "i"},
    {"'script':'#!','output':'o'", "GANTRY_OUTPUT", "o"},
    {"'script':'#!','error':'e'", "GANTRY_ERROR", "e"},
    {"'script':'#!','openMode':'append'", "GANTRY_OPEN_MODE", "append"},
    {"'script':'#!','exportEnv':'A,B'", "SLURM_EXPORT_ENV", "A,B"},
    {"'script':'#!'", "GANTRY_OUTPUT", NULL},
    {"'script':'#!'", "GANTRY_SCRIPT_FILE", NULL},
    {"'scriptFrom':{'configMapKeyRef':{'name':'c','key':'k'}}", "GANTRY_SCRIPT_FILE",
     "/run/gantry/script/script"},
};

static struct json *template_of(const struct convert *c, const char *spec)
{
    AUTO_FREE char *text = xasprintf("{'spec':{%s}}", spec);
    JSON_AUTO struct json *job = read(text);
    struct json *ret = convert_template(c, job);
    ck_assert(convert_is_script(job));
    ck_assert_ptr_nonnull(ret);
    return ret;
}

START_TEST(test_variable)
{
    const struct convert c = {.resources = &resources};
    JSON_AUTO struct json *template = template_of(&c, variables[_i].spec);
    struct json *container = json_item(json_at(template, "spec.containers"), 0);
    const char *got = variable(container, variables[_i].name);
    ck_assert_msg(str_eq(got, variables[_i].value), "%s: %s", variables[_i].spec,
                  got ? got : "(none)");
    convert_script_wait(container);
    if (strncmp(variables[_i].name, "GANTRY_", 7) == 0)
        ck_assert_ptr_null(variable(container, variables[_i].name));
    else
        ck_assert_str_eq(variable(container, variables[_i].name), variables[_i].value);
}
END_TEST

static const struct {
    const char *script_image, *launch_image, *spec, *image, *command;
} images[] = {
    {NULL, NULL, "'script':'#!'", "debian:stable-slim", "gantry-launch"},
    {"site:1", NULL, "'script':'#!'", "site:1", "gantry-launch"},
    {"site:1", NULL, "'script':'#!','image':'own:2'", "own:2", "gantry-launch"},
    {NULL, "gantry:1", "'script':'#!','image':'own:2'", "own:2",
     "/run/gantry/bin/gantry-launch"},
};

START_TEST(test_image)
{
    const struct convert c = {.resources = &resources,
                              .script_image = images[_i].script_image,
                              .launch_image = images[_i].launch_image};
    JSON_AUTO struct json *template = template_of(&c, images[_i].spec);
    const struct json *spec = json_get(template, "spec");
    const struct json *container = json_item(json_get(spec, "containers"), 0);
    const struct json *init = json_item(json_get(spec, "initContainers"), 0);
    ck_assert_str_eq(json_str(container, "image"), images[_i].image);
    ck_assert_str_eq(json_string(json_item(json_get(container, "command"), 0)),
                     images[_i].command);
    ck_assert(str_eq(json_str(init, "image"), images[_i].launch_image));
    ck_assert_uint_eq(json_len(json_get(spec, "volumes")), init ? 2 : 0);
    ck_assert(str_eq(variable(container, "GANTRY_SIGNALS"),
                     init ? "/run/gantry/pod/signals" : NULL));
}
END_TEST

/* Where gantry-launch is brought along, so are its pod's signals. */
START_TEST(test_signals)
{
    const struct convert c = {.resources = &resources, .launch_image = "gantry:1"};
    JSON_AUTO struct json *template = template_of(&c, "'script':'#!'");
    const struct json *volume = json_item(json_at(template, "spec.volumes"), 1);
    const struct json *item = json_item(json_at(volume, "downwardAPI.items"), 0);
    const struct json *container = json_item(json_at(template, "spec.containers"), 0);
    const struct json *mount = json_item(json_get(container, "volumeMounts"), 1);
    ck_assert_str_eq(json_str(item, "path"), "signals");
    ck_assert_str_eq(json_str(item, "fieldRef.fieldPath"),
                     "metadata.annotations['gantry.dev/signals']");
    ck_assert_str_eq(json_str(mount, "name"), json_str(volume, "name"));
    ck_assert_str_eq(json_str(mount, "mountPath"), "/run/gantry/pod");
}
END_TEST

/* A template is handed on as it is. */
START_TEST(test_template)
{
    const struct convert c = {.resources = &resources};
    JSON_AUTO struct json *job = read("{'spec':{'template':{'spec':{'x':1}}}}");
    JSON_AUTO struct json *none = read("{'spec':{}}");
    JSON_AUTO struct json *template = convert_template(&c, job);
    ck_assert(!convert_is_script(job));
    ck_assert(json_equal(template, json_at(job, "spec.template")));
    ck_assert_ptr_null(convert_template(&c, none));
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_script",
                      (struct suite_row[]){{test_variable, ARRAY_LEN(variables)},
                                           {test_image, ARRAY_LEN(images)},
                                           {test_signals, 1},
                                           {test_template, 1},
                                           {NULL, 0}});
}
