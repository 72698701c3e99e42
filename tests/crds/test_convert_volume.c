#include "crds/convert_volume.h"

#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/suite.h"

static struct json *object_of(const char *text)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *yaml = xasprintf("{%s}", text);
    struct json *ret = yaml_parse_one(yaml, strlen(yaml), "case", &err);
    ck_assert_msg(ret != NULL, "%s: %s", text, err.msg);
    return ret;
}

#define AFFINITY(terms)                                                                \
    "metadata: {name: pv}, spec: {nodeAffinity: {required: {nodeSelectorTerms: " terms \
    "}}}"
#define ON(node) "{matchExpressions: [{key: host, operator: In, values: [" node "]}]}"

/* ---- where a volume is ---- */

/* There are nodes a, b and c, whose label "host" says so. */
static const struct {
    const char *what, *object;
    const char *on; /* or its trouble */
} places[] = {
    {"no affinity", "metadata: {name: pv}, spec: {hostPath: {path: /x}}", "a b c"},
    {"one node", AFFINITY("[" ON("b") "]"), "b"},
    {"two nodes", AFFINITY("[" ON("b, c") "]"), "b c"},
    {"alternatives", AFFINITY("[" ON("a") ", " ON("c") "]"), "a c"},
    {"a term without expressions is no alternative", AFFINITY("[{}, " ON("c") "]"),
     "c"},
    {"no term at all", AFFINITY("[]"),
     "spec.nodeAffinity.required.nodeSelectorTerms: no node matches"},
    {"fields",
     AFFINITY("[{matchFields: [{key: metadata.name, operator: In, values: "
              "[a]}]}]"),
     "spec.nodeAffinity.required.nodeSelectorTerms[0].matchFields is not supported"},
    {"an unknown operator", AFFINITY("[{matchExpressions: [{key: k, operator: Is}]}]"),
     "spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].operator: "
     "\"Is\" is none of In, NotIn, Exists, DoesNotExist, Gt, Lt"},
};

static struct node *node_of(const char *name)
{
    struct node *n = node_new();
    n->name = xstrdup(name);
    labels_add(&n->labels, &n->n_labels, "host", name);
    return n;
}

static void say_nodes(const struct volume *v, struct str *out)
{
    static const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct node *n = node_of(names[i]);
        if (volume_is_on(v, n))
            str_addf(out, "%s%s", out->len > 0 ? " " : "", names[i]);
        node_free(n);
    }
}

START_TEST(test_places)
{
    JSON_AUTO struct json *object = object_of(places[_i].object);
    struct volume *v = convert_volume(object, NULL);
    STR_AUTO struct str got;
    str_init(&got, 1024);
    ck_assert_str_eq(v->name, "pv");
    if (v->trouble)
        str_add(&got, v->trouble);
    else
        say_nodes(v, &got);
    ck_assert_msg(strcmp(got.s, places[_i].on) == 0, "%s: %s", places[_i].what, got.s);
    volume_free(v);
}
END_TEST

/* ---- what a job asks with them ---- */

static const struct {
    const char *what, *first, *second; /* volumes; NULL: none */
    const char *own;                   /* the job's own alternatives */
    const char *text;                  /* of the job's */
} asked[] = {
    {"everywhere", "[]", NULL, NULL, ""},
    {"one node", "[" ON("b") "]", NULL, NULL, "host=b"},
    {"beside the job's own", "[" ON("b") "]", NULL, "rack", "rack host=b"},
    {"two volumes", "[" ON("b") ", " ON("c") "]", "[" ON("c") ", " ON("a") "]", NULL,
     "host=b host=c|host=b host=a|host=c host=c|host=c host=a"},
};

static void require(struct job *job, const char *terms)
{
    AUTO_FREE char *text =
        strcmp(terms, "[]") == 0
            ? xstrdup("metadata: {name: pv}")
            : xasprintf("metadata: {name: pv}, spec: {nodeAffinity: {required: "
                        "{nodeSelectorTerms: %s}}}",
                        terms);
    JSON_AUTO struct json *object = object_of(text);
    struct volume *v = convert_volume(object, NULL);
    ck_assert(volume_require(v, job));
    volume_free(v);
}

static void say_job(const struct job *job, struct str *out)
{
    for (size_t i = 0; i < job->n_node_any; i++) {
        const struct term *t = &job->node_any[i];
        str_add(out, i > 0 ? "|" : "");
        for (size_t k = 0; k < t->n_reqs; k++)
            str_addf(out, "%s%s%s%s", k > 0 ? " " : "", t->reqs[k].key,
                     t->reqs[k].n_values > 0 ? "=" : "",
                     t->reqs[k].n_values > 0 ? t->reqs[k].values[0] : "");
    }
}

START_TEST(test_require)
{
    struct job *job = job_new();
    STR_AUTO struct str got;
    str_init(&got, 1024);
    if (asked[_i].own) {
        job->node_any = xcalloc(1, sizeof(*job->node_any));
        job->n_node_any = 1;
        term_add(&job->node_any[0], asked[_i].own, SELECT_EXISTS);
    }
    require(job, asked[_i].first);
    if (asked[_i].second)
        require(job, asked[_i].second);
    say_job(job, &got);
    ck_assert_msg(strcmp(got.s, asked[_i].text) == 0, "%s: %s", asked[_i].what, got.s);
    job_free(job);
}
END_TEST

/* Alternatives multiply, up to a bound. */
START_TEST(test_too_many)
{
    struct job *job = job_new();
    JSON_AUTO struct json *object =
        object_of(AFFINITY("[" ON("a") ", " ON("b") ", " ON("c") ", " ON("d") "]"));
    struct volume *v = convert_volume(object, NULL);
    for (int i = 0; i < 4; i++)
        ck_assert(volume_require(v, job));
    ck_assert_uint_eq(job->n_node_any, 256);
    ck_assert(!volume_require(v, job));
    ck_assert_uint_eq(job->n_node_any, 256);
    volume_free(v);
    job_free(job);
}
END_TEST

/* ---- claims ---- */

START_TEST(test_claims)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *bound =
        object_of("metadata: {name: c, namespace: x}, spec: {volumeName: pv}");
    JSON_AUTO struct json *unbound =
        object_of("metadata: {name: c}, spec: {volumeName: ''}");
    JSON_AUTO struct json *nameless = object_of("spec: {}");
    struct claim *c = convert_claim(bound, &err);
    ck_assert_str_eq(c->ns, "x");
    ck_assert_str_eq(c->name, "c");
    ck_assert_str_eq(c->volume, "pv");
    claim_free(c);
    c = convert_claim(unbound, &err);
    ck_assert_ptr_null(c->volume);
    claim_free(c);
    ck_assert_ptr_null(convert_claim(nameless, &err));
    ck_assert_str_eq(err.msg, "metadata.name: a claim needs a name");
    ck_assert_ptr_null(convert_volume(nameless, &err));
}
END_TEST

int main(void)
{
    return suite_main("crds/convert_volume", (struct suite_row[]){
                                                 {test_places, ARRAY_LEN(places)},
                                                 {test_require, ARRAY_LEN(asked)},
                                                 {test_too_many, 1},
                                                 {test_claims, 1},
                                                 {NULL, 0},
                                             });
}
