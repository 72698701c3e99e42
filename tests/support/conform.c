#include "tests/support/conform.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/conform_text.h"

#define FILE_MAX (4u << 20)
#define ANSWERS_MAX (64u << 20)

/* ---- reading ---- */

struct reading {
    struct conform *suite;
    const char *file;
};

static struct conform_case *find_case(struct conform *suite, const char *file,
                                      const char *name)
{
    for (size_t i = 0; i < suite->n; i++)
        if (strcmp(suite->cases[i].file, file) == 0 &&
            str_eq(json_str(suite->cases[i].doc, "case"), name))
            return &suite->cases[i];
    return NULL;
}

static int take_case(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    const struct reading *r = arg;
    struct conform *suite = r->suite;
    JSON_AUTO struct json *doc = take_doc;
    const char *name = json_str(doc, "case");

    if (!name || !json_is(json_get(doc, "steps"), JSON_ARRAY))
        return err_set(err, ERR_INVALID, "%s.yaml:%zu: a case has a name and steps",
                       r->file, line);
    if (find_case(suite, r->file, name))
        return err_set(err, ERR_EXISTS, "%s.yaml:%zu: a second case \"%s\"", r->file,
                       line, name);
    GROW(suite->cases, suite->n, suite->cap);
    suite->cases[suite->n++] =
        (struct conform_case){.id = xasprintf("%s/%s", r->file, name),
                              .file = xstrdup(r->file),
                              .doc = TAKE(doc)};
    return 0;
}

static int take_answer(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    const struct reading *r = arg;
    JSON_AUTO struct json *doc = take_doc;
    struct conform_case *c = find_case(r->suite, r->file, json_str_or(doc, "case", ""));

    if (!c)
        return err_set(err, ERR_NOT_FOUND, "answers/%s.yaml:%zu: no such case", r->file,
                       line);
    json_free(c->want);
    c->want = TAKE(doc);
    return 0;
}

static int read_documents(struct reading *r, const char *sub, yaml_doc_fn *take,
                          bool must_exist, struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/%s%s.yaml", r->suite->dir, sub, r->file);
    STR_AUTO struct str text;
    struct err why = ERR_INIT;

    str_init(&text, FILE_MAX);
    if (str_read_file(&text, path, &why) != 0) {
        if (why.code == ERR_NOT_FOUND && !must_exist)
            return 0;
        *err = why;
        return -1;
    }
    return yaml_parse(text.s, text.len, path, take, r, err);
}

static int read_file(struct conform *suite, const char *path, struct err *err)
{
    const char *base = strrchr(path, '/') + 1;
    AUTO_FREE char *file = xstrndup(base, strlen(base) - strlen(".yaml"));
    struct reading r = {suite, file};

    if (strcmp(file, "differences") == 0)
        return 0;
    if (read_documents(&r, "", take_case, true, err) != 0)
        return -1;
    return read_documents(&r, "answers/", take_answer, false, err);
}

struct conform *conform_read(const char *dir, struct err *err)
{
    struct conform *suite = xcalloc(1, sizeof(*suite));
    AUTO_FREE char *pattern = xasprintf("%s/*.yaml", dir);
    glob_t found = {0};
    int rc = 0;

    suite->dir = xstrdup(dir);
    if (glob(pattern, 0, NULL, &found) != 0)
        rc = err_set(err, ERR_NOT_FOUND, "%s: no cases", dir);
    for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
        rc = read_file(suite, found.gl_pathv[i], err);
    globfree(&found);
    if (rc == 0)
        return suite;
    conform_free(suite);
    return NULL;
}

void conform_free(struct conform *suite)
{
    if (!suite)
        return;
    for (size_t i = 0; i < suite->n; i++) {
        free(suite->cases[i].id);
        free(suite->cases[i].file);
        json_free(suite->cases[i].doc);
        json_free(suite->cases[i].want);
    }
    free(suite->cases);
    free(suite->dir);
    free(suite);
}

/* ---- playing ---- */

size_t conform_play(struct conform_case *c, const struct conform_server *server,
                    struct conform_known *known, bool record, struct str *out)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *got = conform_run(server, c->id, c->doc, &err);

    if (!got) {
        str_addf(out, "%s: %s\n", c->id, err.msg);
        return 1;
    }
    if (record) {
        json_free(c->want);
        c->want = TAKE(got);
        return 0;
    }
    if (!c->want) {
        str_addf(out, "%s: no answers are recorded\n", c->id);
        return 1;
    }
    return conform_known_compare(known, c->id, json_get(c->want, "answers"),
                                 json_get(got, "answers"), out);
}

/* ---- writing ---- */

static int write_answers(const struct conform *suite, const char *file, struct err *err)
{
    AUTO_FREE char *path = xasprintf("%s/answers/%s.yaml", suite->dir, file);
    STR_AUTO struct str out;

    str_init(&out, ANSWERS_MAX);
    for (size_t i = 0; i < suite->n; i++) {
        const struct conform_case *c = &suite->cases[i];
        if (strcmp(c->file, file) != 0 || !c->want)
            continue;
        str_add(&out, "---\n");
        conform_text(c->want, &out);
    }
    return files_write(path, out.s, out.len, 0644, err);
}

int conform_write(const struct conform *suite, struct err *err)
{
    for (size_t i = 0; i < suite->n; i++)
        if ((i == 0 || strcmp(suite->cases[i].file, suite->cases[i - 1].file) != 0) &&
            write_answers(suite, suite->cases[i].file, err) != 0)
            return -1;
    return 0;
}
