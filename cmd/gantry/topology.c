/*
 * gantry topology - labels nodes by a topology.conf (crds/wiring.h), and says what
 * gantry.yaml is to have for these labels.
 *
 * What a file does not say is undone: a node that it leaves out, or puts under fewer
 * switches than before, loses such labels. Others are not touched.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cmd/gantry/api.h"
#include "cmd/gantry/commands.h"
#include "crds/wiring.h"

struct options {
    struct api_options api;
    bool dry_run, help;
};

#define AT(field) offsetof(struct options, field)

static const struct opt table[] = {
    {"dry-run", 0, OPT_FLAG, NULL, AT(dry_run), NULL, "say what would become of nodes",
     0, 0},
    {"help", 'h', OPT_FLAG, NULL, AT(help), NULL, "show this help", 0, 0},
    API_OPT_ROWS(struct options, api),
    {0},
};

/* Of each node its name, and such labels as it has and is to have. */
struct topology_run {
    const struct cli *cli;
    const struct options *o;
    struct api api;
    struct node **was, **now;
    size_t n, cap;
    size_t n_changed;
    struct wiring_levels levels;
};

static void run_fini(struct topology_run *run)
{
    for (size_t i = 0; i < run->n; i++) {
        node_free(run->was[i]);
        node_free(run->now[i]);
    }
    free((void *)run->was);
    free((void *)run->now);
    api_close(&run->api);
}
#define RUN_AUTO __attribute__((cleanup(run_fini)))

/* ---- what there is ---- */

static struct node *named(const char *name)
{
    struct node *node = node_new();

    node->name = xstrdup(name);
    return node;
}

static void take_node(void *arg, const struct json *object)
{
    struct topology_run *run = arg;
    const struct json *labels = json_at(object, "metadata.labels");
    const char *name = json_str_or(object, "metadata.name", "");
    struct node *was = named(name);
    size_t cap = run->cap;

    for (size_t level = 1; level <= TOPOLOGY_LEVELS_MAX; level++) {
        AUTO_FREE char *key = xasprintf(WIRING_LABEL, level);
        const struct json *value = json_get(labels, key);

        if (json_is(value, JSON_STRING))
            labels_add(&was->labels, &was->n_labels, key, json_string(value));
    }
    GROW(run->was, run->n, cap);
    GROW(run->now, run->n, run->cap);
    run->was[run->n] = was;
    run->now[run->n++] = named(name);
}

static int read_file(struct topology_run *run, const char *path, struct err *err)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    const char *name = is_stdin ? "standard input" : path;
    STR_AUTO struct str text;

    str_init(&text, WIRING_BYTES_MAX);
    if ((is_stdin ? str_read_stream(&text, run->cli->in, name, err)
                  : str_read_file(&text, path, err)) < 0)
        return -1;
    return wiring_read(text.s, text.len, name, run->now, run->n, &run->levels, err);
}

/* ---- what becomes of it ---- */

/* What is to be another one; NULL: nothing. */
static struct json *difference(const struct node *was, const struct node *now)
{
    struct json *labels = json_new_object();
    bool differs = false;

    for (size_t level = 1; level <= TOPOLOGY_LEVELS_MAX; level++) {
        AUTO_FREE char *key = xasprintf(WIRING_LABEL, level);
        const char *old = labels_find(was->labels, was->n_labels, key);
        const char *new = labels_find(now->labels, now->n_labels, key);

        if (str_eq(old, new))
            continue;
        json_set(labels, key, new ? json_new_string(new) : json_new_null());
        differs = true;
    }
    if (differs)
        return labels;
    json_free(labels);
    return NULL;
}

static int label_node(struct topology_run *run, size_t i, struct err *err)
{
    const struct kc_ref ref = {&kc_nodes, NULL, run->now[i]->name, NULL};
    struct json *labels = difference(run->was[i], run->now[i]);
    JSON_AUTO struct json *patch = NULL;
    ANSWER_AUTO struct answer a = {0};

    if (!labels)
        return 0;
    patch = json_new_object();
    json_set_at(patch, "metadata.labels", labels);
    if (!run->o->dry_run &&
        api_patch(&run->api, &ref, KC_PATCH_MERGE, patch, &a, err) < 0)
        return err_prefix(err, "node/%s", ref.name);
    fprintf(run->cli->out, "node/%s configured%s\n", ref.name,
            run->o->dry_run ? " (dry run)" : "");
    run->n_changed++;
    return 0;
}

static int label_all(struct topology_run *run, struct err *err)
{
    for (size_t i = 0; i < run->n; i++)
        if (label_node(run, i, err) < 0)
            return -1;
    return 0;
}

static void say_alone(const struct topology_run *run)
{
    size_t alone = 0;

    for (size_t i = 0; i < run->n; i++)
        alone += run->now[i]->n_labels == 0;
    if (alone > 0)
        cli_say(run->cli, "%zu of %zu nodes are not in the file", alone, run->n);
}

static void say_settings(const struct topology_run *run)
{
    STR_AUTO struct str labels;

    str_init(&labels, TOPOLOGY_LEVELS_MAX * (TOPOLOGY_LABEL_MAX + 1));
    topology_labels_format(&run->levels.labels, &labels);
    fprintf(run->cli->out,
            "# %zu of %zu nodes had these labels already. gantry.yaml is to have:\n"
            "topologyPlugin: %s\ntopologyLabels: %s\n",
            run->n - run->n_changed, run->n, topology_kind_word(run->levels.kind),
            labels.s);
}

static int label_by(const struct cli *cli, const struct options *o, const char *path)
{
    RUN_AUTO struct topology_run run = {.cli = cli, .o = o};
    struct err err = ERR_INIT;

    if (api_open(&run.api, cli, &o->api, &err) < 0 ||
        api_list_each(&run.api, &kc_nodes, take_node, &run, &err) < 0 ||
        read_file(&run, path, &err) < 0 || label_all(&run, &err) < 0)
        return cli_error(cli, "%s", err.msg);
    say_alone(&run);
    say_settings(&run);
    return EXIT_DONE;
}

int cmd_topology(const struct cli *cli, int argc, char **argv)
{
    struct options o = {0};
    struct err err = ERR_INIT;
    const int first = opt_parse_as(table, OPT_GETOPT, argc, argv, &o, &err);

    if (first < 0)
        return cli_error(cli, "%s", err.msg);
    if (o.help) {
        opt_help(
            table, "gantry topology [OPTION...] FILE",
            "Labels nodes by the switches or blocks of a topology.conf (-: standard "
            "input).",
            cli->out);
        return EXIT_DONE;
    }
    if (argc - first != 1)
        return cli_error(cli, "it takes one file, a topology.conf");
    return label_by(cli, &o, argv[first]);
}
