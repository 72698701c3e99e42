/*
 * Objects of every kind in which a value is of another JSON type than it should be:
 * each is answered, and the server goes on.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define FILE_MAX (1u << 20)

/* Single quotes for double ones, as apitest has them. */
static const char *const values[] = {"null",   "{}",       "[]",  "[[]]", "[{}]",
                                     "[null]", "{'a':[]}", "'a'", "''",   "0",
                                     "-1",     "true",     "1.5"};

/* The cases of e2e/conformance have bodies of all kinds. */
static const char *const files[] = {
    "e2e/conformance/kinds.yaml", "e2e/conformance/gantry.yaml",
    "e2e/conformance/pods.yaml", "e2e/conformance/core.yaml",
    "e2e/conformance/empties.yaml"};

/* One body with its `target`th value (depth first, from 0: the whole) replaced. */
struct writer {
    struct str text;
    size_t n, target;
    const char *value;
};

static void say(struct writer *w, const struct json *json);

static void say_within(struct writer *w, const struct json *json)
{
    const char *comma = "";

    if (json_is(json, JSON_OBJECT)) {
        str_addc(&w->text, '{');
        for (json_each (it, json)) {
            str_addf(&w->text, "%s\"%s\":", comma, it.key);
            say(w, it.val);
            comma = ",";
        }
        str_addc(&w->text, '}');
    } else if (json_is(json, JSON_ARRAY)) {
        str_addc(&w->text, '[');
        for (size_t i = 0; i < json_len(json); i++) {
            str_add(&w->text, comma);
            say(w, json_item(json, i));
            comma = ",";
        }
        str_addc(&w->text, ']');
    } else {
        AUTO_FREE char *text = json_text(json, NULL);
        str_add(&w->text, text);
    }
}

static void say(struct writer *w, const struct json *json)
{
    if (w->n++ == w->target)
        str_add(&w->text, w->value);
    else
        say_within(w, json);
}

/* "POST $v1/pods" names where; "" for other requests. */
static char *path_of(const char *ask)
{
    STR_AUTO struct str path;

    str_init(&path, 1024);
    if (!str_starts(ask, "POST "))
        return xstrdup("");
    for (const char *p = ask + strlen("POST "); *p; p++) {
        if (str_starts(p, "$v1")) {
            str_add(&path, "/api/v1/namespaces/default");
            p += strlen("$v1") - 1;
        } else if (str_starts(p, "$ns")) {
            str_add(&path, "default");
            p += strlen("$ns") - 1;
        } else {
            str_addc(&path, *p);
        }
    }
    str_add(&path, strchr(path.s, '?') ? "&dryRun=All" : "?dryRun=All");
    return str_take(&path);
}

static const char *write_body(struct writer *w, const struct json *body, size_t target,
                              const char *value)
{
    str_reset(&w->text);
    w->n = 0;
    w->target = target;
    w->value = value;
    say(w, body);
    return w->text.s;
}

static void send(struct apitest *t, const char *path, const struct json *body)
{
    struct writer w = {0};
    size_t n;

    str_init(&w.text, FILE_MAX);
    write_body(&w, body, SIZE_MAX, NULL);
    n = w.n;
    for (size_t i = 0; i < n * ARRAY_LEN(values); i++) {
        const char *text =
            write_body(&w, body, i / ARRAY_LEN(values), values[i % ARRAY_LEN(values)]);
        const int status = apitest_request(t, "POST", path, text);
        ck_assert_msg(status >= 200 && status <= 501, "%s: %d: %s: %s", path, status,
                      text, t->text.s);
    }
    str_fini(&w.text);
}

static int send_all(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    JSON_AUTO struct json *doc = take_doc;
    const struct json *steps = json_get(doc, "steps");

    (void)line, (void)err;
    for (size_t i = 0; i < json_len(steps); i++) {
        const struct json *step = json_item(steps, i), *body = json_get(step, "body");
        AUTO_FREE char *path = path_of(json_str_or(step, "ask", ""));
        if (path[0] && json_is(body, JSON_OBJECT))
            send(arg, path, body);
    }
    return 0;
}

START_TEST(test_file)
{
    struct apitest *t = apitest_new();
    struct err err = ERR_INIT;
    STR_AUTO struct str text;

    str_init(&text, FILE_MAX);
    ck_assert_msg(str_read_file(&text, files[_i], &err) == 0, "%s", err.msg);
    ck_assert_msg(yaml_parse(text.s, text.len, files[_i], send_all, t, &err) == 0, "%s",
                  err.msg);
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/shapes", (struct suite_row[]){
                                                 {test_file, ARRAY_LEN(files)},
                                                 {NULL, 0},
                                             });
}
