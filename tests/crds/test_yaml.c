/*
 * The rules in crds/<plural>.yaml and the tables of crds/ say the same. Blocks between
 * "# begin NAME" and "# end" are made from the tables; GANTRY_REWRITE_GOLDENS=1
 * rewrites them.
 */
#include "crds/rules_private.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/quantity.h"
#include "base/util.h"
#include "base/yaml.h"
#include "crds/kinds.h"
#include "kubeclient/client.h"
#include "tests/support/suite.h"

#define FILE_MAX (1u << 20)
/* Where the expression that names the fields cannot be evaluated. */
#define FROZEN_FALLBACK "spec" FROZEN_MESSAGE

static const struct {
    const char *kind, *path;
} files[] = {
    {"BatchJob", "crds/batchjobs.yaml"},
    {"Partition", "crds/partitions.yaml"},
    {"QOS", "crds/qos.yaml"},
    {"Account", "crds/accounts.yaml"},
    {"Reservation", "crds/reservations.yaml"},
    {"GpuTopology", "crds/gputopologies.yaml"},
    {"GpuNodeClass", "crds/gpunodeclasses.yaml"},
};

static void read_text(const char *path, struct str *text)
{
    struct err err = ERR_INIT;
    str_init(text, FILE_MAX);
    ck_assert_msg(str_read_file(text, path, &err) == 0, "%s", err.msg);
}

/* ---- what clients call the kinds ---- */

static const struct kc_resource kinds[] = {KIND_BATCHJOB, KIND_PARTITION, KIND_QOS,
                                           KIND_ACCOUNT};

START_TEST(test_kinds)
{
    const struct kc_resource *k = &kinds[_i];
    AUTO_FREE char *path = xasprintf("crds/%s.yaml", k->plural);
    STR_AUTO struct str text;
    struct err err = ERR_INIT;
    read_text(path, &text);
    JSON_AUTO struct json *crd = yaml_parse_one(text.s, text.len, path, &err);
    ck_assert_msg(crd != NULL, "%s", err.msg);
    const struct json *spec = json_get(crd, "spec");
    ck_assert_str_eq(json_str(spec, "group"), k->group);
    ck_assert_str_eq(json_str(spec, "names.plural"), k->plural);
    ck_assert_str_eq(json_str(spec, "names.kind"), k->kind);
    ck_assert_str_eq(json_str(spec, "scope"), k->namespaced ? "Namespaced" : "Cluster");
    ck_assert_str_eq(json_str(json_item(json_get(spec, "versions"), 0), "name"),
                     k->version);
}
END_TEST

/* ---- the blocks that are made from tables ---- */

/* The rules stand at the field itself, where they run only for an object that has
 * it. */
static void add_unsupported(struct str *out, int indent, const char *kind,
                            const char *field)
{
    bool first = true;
    for (size_t i = 0; i < n_unsupported; i++) {
        const struct unsupported *u = &unsupported[i];
        if (strcmp(u->kind, kind) != 0 || strcmp(u->field, field) != 0)
            continue;
        if (first)
            str_addf(out, "%*sx-kubernetes-validations:\n", indent, "");
        first = false;
        str_addf(out, "%*s- rule: '", indent, "");
        if (!u->value)
            str_add(out, "false");
        else if (str_eq(u->value, "false") || str_eq(u->value, "true"))
            str_addf(out, "%sself", u->value[0] == 'f' ? "" : "!");
        else
            str_addf(out, "self != \"%s\"", u->value);
        str_addf(out, "'\n%*s  message: '%s'\n", indent, "", u->message);
    }
}

/* "both lack it, or have the same": what CEL says of one field. */
static void add_same(struct str *out, const char *f)
{
    str_addf(
        out,
        "has(self.%s) == has(oldSelf.%s) && (!has(self.%s) || self.%s == oldSelf.%s)",
        f, f, f, f, f);
}

/* The first line decides nearly every write: a job that has not started, or a status
 * whose state changes, with which spec cannot change. */
static void add_frozen(struct str *out, int indent)
{
    str_addf(out,
             "%*s- rule: '!has(oldSelf.status) || !has(oldSelf.status.state) || "
             "oldSelf.status.state == \"PENDING\" || "
             "has(self.status) && has(self.status.state) && "
             "self.status.state != oldSelf.status.state",
             indent, "");
    for (size_t i = 0; i < n_frozen; i++) {
        str_addf(out, "\n%*s  %s", indent, "", i == 0 ? "|| " : "&& ");
        add_same(out, frozen[i]);
    }
    str_addf(out, "'\n%*s  messageExpression: '(", indent, "");
    for (size_t i = 0; i < n_frozen; i++) {
        str_addf(out, "%s\n%*s  (", i == 0 ? "" : " +", indent, "");
        add_same(out, frozen[i]);
        str_addf(out, " ? \"\" : \" %s\")", frozen[i]);
    }
    str_addf(out, ").trim().replace(\" \", \", \") + \"%s\"'\n", FROZEN_MESSAGE);
    str_addf(out, "%*s  message: '%s'\n", indent, "", FROZEN_FALLBACK);
    str_addf(out, "%*s  fieldPath: .spec\n", indent, "");
}

/* By component, whatever its time limit. */
static void add_components(struct str *out, int indent)
{
    str_addf(out,
             "%*s- rule: 'has(self.components) == has(oldSelf.components) && "
             "(!has(self.components) || "
             "size(self.components) == size(oldSelf.components) && "
             "self.components.all(i, c",
             indent, "");
    for (size_t i = 0; i < n_component_kept; i++) {
        const char *f = component_kept[i], *old = "oldSelf.components[i]";
        str_addf(out,
                 "%s\n%*s  has(c.%s) == has(%s.%s) && (!has(c.%s) || c.%s == %s.%s)",
                 i == 0 ? "," : " &&", indent, "", f, old, f, f, f, old, f);
    }
    str_addf(out, "))'\n%*s  message: '%s'\n", indent, "", COMPONENTS_KEPT);
    str_addf(out, "%*s  fieldPath: .components\n", indent, "");
}

/* One line of the file; inside a block nothing but the table's rows is written. */
struct copying {
    struct str *out;
    const char *kind;
    bool inside;
};

static void copy_line(struct copying *copy, const char *line, size_t len)
{
    int indent = (int)strspn(line, " ");
    const char *mark = line + indent;
    if (str_starts(mark, "# end"))
        copy->inside = false;
    if (!copy->inside)
        str_addn(copy->out, line, len);
    if (!str_starts(mark, "# begin "))
        return;
    AUTO_FREE char *name = xstrndup(mark + 8, (size_t)(line + len - 1 - (mark + 8)));
    copy->inside = true;
    if (strcmp(name, "frozen") == 0)
        add_frozen(copy->out, indent);
    else if (strcmp(name, "components") == 0)
        add_components(copy->out, indent);
    else if (str_starts(name, "unsupported "))
        add_unsupported(copy->out, indent, copy->kind, name + 12);
    else
        ck_abort_msg("unknown block %s", name);
}

static void rewrite(const char *path, const struct str *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text->s, 1, text->len, file), text->len);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(test_blocks)
{
    STR_AUTO struct str text, made;
    read_text(files[_i].path, &text);
    str_init(&made, FILE_MAX);
    struct copying copy = {&made, files[_i].kind, false};
    for (const char *line = text.s; *line; line += strcspn(line, "\n") + 1)
        copy_line(&copy, line, strcspn(line, "\n") + 1);
    ck_assert_msg(!copy.inside, "%s: a block without end", files[_i].path);
    bool same = strcmp(text.s, made.s) == 0;
    if (!same && getenv("GANTRY_REWRITE_GOLDENS"))
        rewrite(files[_i].path, &made);
    else
        ck_assert_msg(same,
                      "%s differs from crds/unsupported.c or crds/rules_table.c; "
                      "GANTRY_REWRITE_GOLDENS=1 rewrites it",
                      files[_i].path);
}
END_TEST

/* All that a component has but its time limit stays as it is. */
START_TEST(test_component_kept)
{
    STR_AUTO struct str text, kept;
    struct err err = ERR_INIT;
    read_text("crds/batchjobs.yaml", &text);
    str_init(&kept, FILE_MAX);
    for (size_t i = 0; i < n_component_kept; i++)
        str_addf(&kept, "|%s|", component_kept[i]);
    JSON_AUTO struct json *crd = yaml_parse_one(text.s, text.len, "batchjobs", &err);
    ck_assert_msg(crd != NULL, "%s", err.msg);
    const struct json *fields =
        json_at(json_item(json_at(crd, "spec.versions"), 0),
                "schema.openAPIV3Schema.properties.spec.properties.components.items."
                "properties");
    size_t n = 0;
    for (json_each (it, fields)) {
        AUTO_FREE char *key = xasprintf("|%s|", it.key);
        ck_assert_msg(strcmp(it.key, "timeLimit") == 0 || strstr(kept.s, key) != NULL,
                      "%s", it.key);
        n++;
    }
    ck_assert_uint_eq(n, n_component_kept + 1);
}
END_TEST

/* ---- every rule of the YAML is in the tables, and the other way round ---- */

struct found {
    char **lines; /* "node | fieldPath | message" */
    size_t n, cap;
    struct str patterns; /* texts of all rules, one a line */
};

static void keep(struct found *found, const char *node, const char *field,
                 const char *message)
{
    GROW(found->lines, found->n, found->cap);
    found->lines[found->n++] = xasprintf("%s | %s | %s", node, field, message);
}

static void collect(struct found *found, const struct json *schema, const char *node)
{
    const struct json *rules_here = json_get(schema, "x-kubernetes-validations");
    for (size_t i = 0; i < json_len(rules_here); i++) {
        const struct json *rule = json_item(rules_here, i);
        keep(found, node, json_str_or(rule, "fieldPath", ""),
             json_str_or(rule, "message", ""));
        str_addf(&found->patterns, "%s\n", json_str_or(rule, "rule", ""));
    }
    for (json_each (it, json_get(schema, "properties"))) {
        AUTO_FREE char *path = xasprintf("%s%s%s", node, *node ? "." : "", it.key);
        collect(found, it.val, path);
    }
    if (json_get(schema, "items")) {
        AUTO_FREE char *path = xasprintf("%s[]", node);
        collect(found, json_get(schema, "items"), path);
    }
}

/* "spec" and "spec.user": ".user"; the same: "". */
static char *relative(const char *node, const char *field)
{
    size_t len = strlen(node);
    return xasprintf("%s%s", len == 0 && *field ? "." : "", field + len);
}

static void expect(struct found *found, const char *kind)
{
    for (size_t i = 0; i < n_rules; i++) {
        AUTO_FREE char *field = relative(rules[i].node, rules[i].field);
        if (strcmp(rules[i].kind, kind) == 0)
            keep(found, rules[i].node, field, rules[i].message);
    }
    for (size_t i = 0; i < n_unsupported; i++) {
        if (strcmp(unsupported[i].kind, kind) == 0)
            keep(found, unsupported[i].field, "", unsupported[i].message);
    }
    if (strcmp(kind, "BatchJob") == 0)
        keep(found, "", ".spec", FROZEN_FALLBACK);
}

static int line_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void found_sort(struct found *found)
{
    if (found->n > 1)
        qsort(found->lines, found->n, sizeof(*found->lines), line_compare);
}

static void found_fini(struct found *found)
{
    for (size_t i = 0; i < found->n; i++)
        free(found->lines[i]);
    free(found->lines);
    str_fini(&found->patterns);
}

static struct json *read_schema(const char *path)
{
    struct err err = ERR_INIT;
    STR_AUTO struct str text;
    read_text(path, &text);
    JSON_AUTO struct json *crd = yaml_parse_one(text.s, text.len, path, &err);
    ck_assert_msg(crd != NULL, "%s", err.msg);
    const struct json *version = json_item(json_at(crd, "spec.versions"), 0);
    return json_copy(json_at(version, "schema.openAPIV3Schema"));
}

START_TEST(test_same_rules)
{
    struct found in_yaml = {0}, in_tables = {0};
    JSON_AUTO struct json *schema = read_schema(files[_i].path);
    str_init(&in_yaml.patterns, FILE_MAX);
    str_init(&in_tables.patterns, 1);
    collect(&in_yaml, schema, "");
    expect(&in_tables, files[_i].kind);
    found_sort(&in_yaml);
    found_sort(&in_tables);
    for (size_t i = 0; i < MIN(in_yaml.n, in_tables.n); i++)
        ck_assert_str_eq(in_yaml.lines[i], in_tables.lines[i]);
    ck_assert_uint_eq(in_yaml.n, in_tables.n);
    for (size_t i = 0; i < n_rules; i++) {
        AUTO_FREE char *call =
            xasprintf(".matches('%s')", rules[i].pattern ? rules[i].pattern : "");
        if (rules[i].pattern && strcmp(rules[i].kind, files[_i].kind) == 0)
            ck_assert_msg(strstr(in_yaml.patterns.s, call) != NULL,
                          "%s: no rule has %s", rules[i].field, call);
    }
    found_fini(&in_yaml);
    found_fini(&in_tables);
}
END_TEST

/* ---- a pattern takes what the parser takes ---- */

static const struct {
    const char *field, *text;
    bool ok;
} texts[] = {
    {"spec.timeLimit", "90", true},        {"spec.timeLimit", "90:30", true},
    {"spec.timeLimit", "2:00:00", true},   {"spec.timeLimit", "1-12", true},
    {"spec.timeLimit", "1-12:30", true},   {"spec.timeLimit", "1-12:30:15", true},
    {"spec.timeLimit", "4h", true},        {"spec.timeLimit", "1h30m", true},
    {"spec.timeLimit", "1.5h", true},      {"spec.timeLimit", "500ms", true},
    {"spec.timeLimit", "UNLIMITED", true}, {"spec.timeLimit", "infinite", true},
    {"spec.timeLimit", "-1", true},        {"spec.timeLimit", "", false},
    {"spec.timeLimit", "-2", false},       {"spec.timeLimit", "1:2:3:4", false},
    {"spec.timeLimit", "1-", false},       {"spec.timeLimit", "1-2-3", false},
    {"spec.timeLimit", "tomorrow", false}, {"spec.timeLimit", "90 ", false},
    {"spec.timeLimit", "4d", false},       {"spec.memPerNode", "512", true},
    {"spec.memPerNode", "512M", true},     {"spec.memPerNode", "1.5G", true},
    {"spec.memPerNode", "64Gi", true},     {"spec.memPerNode", "2t", true},
    {"spec.memPerNode", "", false},        {"spec.memPerNode", "-1", false},
    {"spec.memPerNode", "64GB", false},    {"spec.memPerNode", "64gi", false},
    {"spec.memPerNode", "much", false},
};

static bool parser_takes(const char *field, const char *text)
{
    int64_t ret;
    if (strcmp(field, "spec.timeLimit") == 0)
        return duration_parse(text, &ret, NULL) == 0;
    return size_parse(text, &ret, NULL) == 0;
}

static const struct rule *pattern_rule(const char *field)
{
    for (size_t i = 0; i < n_rules; i++)
        if (rules[i].pattern && strcmp(rules[i].field, field) == 0)
            return &rules[i];
    ck_abort_msg("%s has no pattern", field);
}

START_TEST(test_patterns)
{
    regex_t regex;
    const struct rule *rule = pattern_rule(texts[_i].field);
    ck_assert_int_eq(regcomp(&regex, rule->pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool matches = regexec(&regex, texts[_i].text, 0, NULL, 0) == 0;
    regfree(&regex);
    ck_assert_msg(matches == texts[_i].ok, "%s \"%s\": pattern", texts[_i].field,
                  texts[_i].text);
    ck_assert_msg(parser_takes(texts[_i].field, texts[_i].text) == texts[_i].ok,
                  "%s \"%s\": parser", texts[_i].field, texts[_i].text);
}
END_TEST

int main(void)
{
    return suite_main("crds/yaml", (struct suite_row[]){
                                       {test_blocks, ARRAY_LEN(files)},
                                       {test_same_rules, ARRAY_LEN(files)},
                                       {test_patterns, ARRAY_LEN(texts)},
                                       {test_component_kept, 1},
                                       {test_kinds, ARRAY_LEN(kinds)},
                                       {NULL, 0},
                                   });
}
