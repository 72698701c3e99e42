/* gantry apply - objects from YAML or JSON, made or brought to what is written, as
 * `kubectl apply` does. */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/util.h"
#include "base/yaml.h"
#include "cmd/gantry/apikinds.h"
#include "cmd/gantry/commands.h"

/* Own: what others (the controller, kubectl) wrote into an object is not ours. */
#define QUERY "?fieldManager=gantry-apply&fieldValidation=Strict&force=true"
#define STDIN_NAME "standard input"
#define PATH_MAX_BYTES 4096
/* A kind that was defined just now is served soon. */
#define KIND_WAIT_MS 10000
#define KIND_PAUSE_MS 200

struct options {
    struct api_options api;
    bool help;
    const char *filename; /* the last; all are kept apart */
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"filename", 'f', OPT_STRING, NULL, AT(filename), "FILE",
     "a file, a folder of .yaml, .yml and .json files, or - for standard input", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    API_OPT_ROWS(struct options, api),
    {0},
};

struct apply {
    const struct cli *cli;
    struct options o;
    struct api api;
    struct apikinds *kinds;
    const char *source; /* of the document at hand */
    bool defined;       /* a kind, in this run */
    size_t applied, failures;
};

/* ---- one object ---- */

static const struct kc_resource *find_kind(struct apply *a, const struct json *object,
                                           struct err *err)
{
    const char *api_version = json_str(object, "apiVersion");
    const char *kind = json_str(object, "kind");
    const bool never = false;

    if (!api_version || !kind) {
        err_set(err, ERR_INVALID, "apiVersion and kind must be given");
        return NULL;
    }
    for (int64_t waited_ms = 0;; waited_ms += KIND_PAUSE_MS) {
        const struct kc_resource *r = apikinds_find(a->kinds, api_version, kind, err);
        if (r || err->code != ERR_NOT_FOUND || !a->defined || waited_ms >= KIND_WAIT_MS)
            return r;
        api_until(&a->api, &never, KIND_PAUSE_MS);
        apikinds_forget(a->kinds);
    }
}

static int find_place(const struct apply *a, const struct json *object,
                      const struct kc_resource *r, struct kc_ref *ret, struct err *err)
{
    const char *ns = json_str(object, "metadata.namespace");
    const char *asked = a->o.api.namespace_;

    *ret = (struct kc_ref){r, NULL, json_str(object, "metadata.name"), NULL};
    if (!ret->name || !ret->name[0])
        return err_set(err, ERR_INVALID, "metadata.name must be given");
    if (!r->namespaced)
        return 0;
    ret->ns = ns ? ns : a->api.ns;
    if (ns && asked && !str_eq(ns, asked))
        return err_set(err, ERR_INVALID,
                       "metadata.namespace is \"%s\", but --namespace says \"%s\"", ns,
                       asked);
    return 0;
}

/* "batchjob.gantry.dev/hello" */
static void describe(const struct json *object, const struct kc_resource *r,
                     struct str *out)
{
    const char *kind = r ? r->kind : json_str_or(object, "kind", "object");

    for (const char *p = kind; *p; p++)
        str_addc(out, (char)tolower((unsigned char)*p));
    if (r && r->group[0])
        str_addf(out, ".%s", r->group);
    str_addf(out, "/%s", json_str_or(object, "metadata.name", "(no name)"));
}

static const char *version_of(const struct json *object)
{
    return json_str_or(object, "metadata.resourceVersion", "");
}

/* "created", "configured", "unchanged"; NULL and err. */
static const char *send(struct apply *a, const struct kc_ref *ref,
                        const struct json *object, struct err *err)
{
    ANSWER_AUTO struct answer before = {0};
    ANSWER_AUTO struct answer after = {0};
    STR_AUTO struct str path;

    str_init(&path, PATH_MAX_BYTES);
    if (api_get(&a->api, ref, &before, err) < 0 && before.reason != KC_REASON_NOT_FOUND)
        return NULL;
    kc_path(ref, &path);
    str_add(&path, QUERY);
    kc_raw(a->api.client, "PATCH", path.s, "application/apply-patch+yaml", object,
           answer_take, &after);
    if (api_wait(&a->api, &after, err) < 0)
        return NULL;
    if (!before.body)
        return "created";
    return str_eq(version_of(before.body), version_of(after.body)) ? "unchanged"
                                                                   : "configured";
}

static void apply_object(struct apply *a, const struct json *object, size_t line)
{
    struct err err = ERR_INIT;
    const struct kc_resource *r = find_kind(a, object, &err);
    const char *done = NULL;
    struct kc_ref ref;
    STR_AUTO struct str name;

    str_init(&name, PATH_MAX_BYTES);
    describe(object, r, &name);
    if (r && find_place(a, object, r, &ref, &err) == 0)
        done = send(a, &ref, object, &err);
    if (!done) {
        cli_error(a->cli, "%s:%zu: %s: %s", a->source, line, name.s, err.msg);
        a->failures++;
        return;
    }
    fprintf(a->cli->out, "%s %s\n", name.s, done);
    a->applied++;
    if (str_eq(r->kind, "CustomResourceDefinition")) {
        a->defined = true;
        apikinds_forget(a->kinds);
    }
}

/* ---- documents ---- */

static int take_document(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    struct apply *a = arg;
    JSON_AUTO struct json *doc = take_doc;
    const struct json *items = json_get(doc, "items");

    (void)err;
    if (!json_is(doc, JSON_OBJECT)) {
        cli_error(a->cli, "%s:%zu: expected an object with apiVersion and kind, got %s",
                  a->source, line, json_type_name(json_type(doc)));
        a->failures++;
    } else if (str_ends(json_str_or(doc, "kind", ""), "List") &&
               json_is(items, JSON_ARRAY)) {
        for (size_t i = 0; i < json_len(items); i++)
            apply_object(a, json_item(items, i), line);
    } else {
        apply_object(a, doc, line);
    }
    return 0;
}

static void fail(struct apply *a, const struct err *err)
{
    cli_error(a->cli, "%s", err->msg);
    a->failures++;
}

static void apply_text(struct apply *a, const struct str *text, const char *source)
{
    struct err err = ERR_INIT;

    a->source = source;
    if (yaml_parse(text->s, text->len, source, take_document, a, &err) < 0)
        fail(a, &err);
}

static void apply_stream(struct apply *a)
{
    STR_AUTO struct str text;
    struct err err = ERR_INIT;

    str_init(&text, YAML_BYTES_MAX);
    if (str_read_stream(&text, a->cli->in, STDIN_NAME, &err) < 0)
        fail(a, &err);
    else
        apply_text(a, &text, STDIN_NAME);
}

static void apply_file(struct apply *a, const char *path)
{
    STR_AUTO struct str text;
    struct err err = ERR_INIT;

    str_init(&text, YAML_BYTES_MAX);
    if (str_read_file(&text, path, &err) < 0)
        fail(a, &err);
    else
        apply_text(a, &text, path);
}

static int is_manifest(const struct dirent *d)
{
    return str_ends(d->d_name, ".yaml") || str_ends(d->d_name, ".yml") ||
           str_ends(d->d_name, ".json");
}

static void apply_folder(struct apply *a, const char *path)
{
    struct dirent **list = NULL;
    const int n = scandir(path, &list, is_manifest, alphasort);
    struct err err = ERR_INIT;

    if (n <= 0) {
        err_set(&err, ERR_NOT_FOUND,
                "%s: has no .yaml, .yml or .json file that can be "
                "read",
                path);
        fail(a, &err);
    }
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *file = xasprintf("%s/%s", path, list[i]->d_name);
        apply_file(a, file);
        free(list[i]);
    }
    free(list);
}

static void apply_source(struct apply *a, const char *source)
{
    struct stat st;

    if (str_eq(source, "-"))
        apply_stream(a);
    else if (stat(source, &st) == 0 && S_ISDIR(st.st_mode))
        apply_folder(a, source);
    else
        apply_file(a, source);
}

/* ---- all of it ---- */

/* Every -f of the line, in order. */
static int apply_sources(struct apply *a, int argc, char **argv)
{
    struct opt_scan scan;
    struct opt_item item;
    struct err err = ERR_INIT;

    if (api_open(&a->api, a->cli, &a->o.api, &err) < 0)
        return cli_error(a->cli, "%s", err.msg);
    a->kinds = apikinds_new(&a->api);
    opt_scan_init(&scan, table, OPT_GETOPT, argc, argv);
    while (opt_scan_next(&scan, &item, NULL) > 0)
        if (str_eq(item.row->name, "filename"))
            apply_source(a, item.value);
    if (a->failures == 0 && a->applied == 0)
        return cli_error(a->cli, "no objects were given");
    return a->failures > 0 ? EXIT_ERROR : EXIT_DONE;
}

int cmd_apply(const struct cli *cli, int argc, char **argv)
{
    struct apply a = {.cli = cli};
    struct err err = ERR_INIT;
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &a.o, &err);

    if (first < 0)
        return cli_error(cli, "%s", err.msg);
    if (a.o.help) {
        opt_help(
            table, "gantry apply -f FILE|FOLDER|- [OPTION...]",
            "Makes objects, or brings them to what is written (server-side apply).",
            cli->out);
        return EXIT_DONE;
    }
    if (first < argc)
        return cli_error(cli, "unexpected \"%s\": files are named by -f", argv[first]);
    if (!a.o.filename)
        return cli_error(cli, "no file named: gantry apply -f FILE");
    const int status = apply_sources(&a, argc, argv);
    apikinds_free(a.kinds);
    api_close(&a.api);
    return status;
}
