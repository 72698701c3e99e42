/* Slurm's constraints: what is read, and how texts are refused. */
#include "crds/constraint.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define TEXT_MAX 65536

/* Alternatives apart by "|", features in each by "&"; NULL: refused for `why`. */
static const struct {
    const char *text, *terms, *why;
} cases[] = {
    {"", "", NULL},
    {"a", "a", NULL},
    {"a100-80G_x.1", "a100-80G_x.1", NULL},
    {"a&b&c", "a&b&c", NULL},
    {"a|b|c", "a|b|c", NULL},
    {"a&b|c", "a&b|c", NULL},
    {"a|b&c", "a&c|b&c", NULL},
    {"a|(b&c)", "a|b&c", NULL},
    {"(a|b)&(c|d)", "a&c|a&d|b&c|b&d", NULL},
    {"((a))", "a", NULL},
    {"a&a", "a", NULL},

    {"a*2", NULL, "asks for counts of nodes (a*2), which is not supported yet"},
    {"(a|b)*2", NULL, "asks for counts of nodes ((a)*2), which is not supported yet"},
    {"[a|b]", NULL, "asks for the same alternative on all nodes ([a|b])"},
    {"a&[b|c]", NULL, "asks for the same alternative on all nodes ([a|b])"},
    {"a&", NULL, "lacks the name of a feature"},
    {"&a", NULL, "lacks the name of a feature"},
    {"a||b", NULL, "lacks the name of a feature"},
    {"()", NULL, "lacks the name of a feature"},
    {"(a", NULL, "lacks a closing parenthesis"},
    {"a)", NULL, "is not understood: features are apart by & and |"},
    {"a b", NULL, "is not understood"},
    {"a,b", NULL, "is not understood"},
    {"-a", NULL, "has a name that no feature can have"},
    {"a.", NULL, "has a name that no feature can have"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL,
     "has a name that no feature can have"},
    {"((((((((((((((((( a", NULL, "has too many parentheses in each other"},
    {"(a|b)&(c|d)&(e|f)&(g|h)&(i|j)&(k|l)&(m|n)&(o|p)", NULL,
     "has too many alternatives"},
};

static void say(const struct term *terms, size_t n, struct str *out)
{
    for (size_t i = 0; i < n; i++) {
        str_add(out, i > 0 ? "|" : "");
        for (size_t k = 0; k < terms[i].n_reqs; k++) {
            ck_assert_int_eq(terms[i].reqs[k].op, SELECT_EXISTS);
            ck_assert(str_starts(terms[i].reqs[k].key, FEATURE_LABEL));
            str_addf(out, "%s%s", k > 0 ? "&" : "",
                     terms[i].reqs[k].key + strlen(FEATURE_LABEL));
        }
    }
}

START_TEST(test_cases)
{
    struct term *terms = NULL;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    size_t n = 0;
    int rc = constraint_parse(cases[_i].text, &terms, &n, &err);

    str_init(&said, TEXT_MAX);
    if (!cases[_i].terms) {
        ck_assert_msg(rc < 0, "%s: taken", cases[_i].text);
        ck_assert_msg(strstr(err.msg, cases[_i].why) != NULL, "%s: %s", cases[_i].text,
                      err.msg);
        return;
    }
    ck_assert_msg(rc == 0, "%s: %s", cases[_i].text, err.msg);
    say(terms, n, &said);
    ck_assert_str_eq(said.s, cases[_i].terms);
    terms_free(terms, n);
}
END_TEST

START_TEST(test_features)
{
    struct node *node = node_new();
    STR_AUTO struct str said;

    str_init(&said, TEXT_MAX);
    constraint_features(node, &said);
    ck_assert_str_eq(said.s, "");
    labels_add(&node->labels, &node->n_labels, FEATURE_LABEL "ib", "true");
    labels_add(&node->labels, &node->n_labels, "rack", "r1");
    labels_add(&node->labels, &node->n_labels, FEATURE_LABEL "a100", "");
    labels_sort(node->labels, node->n_labels);
    constraint_features(node, &said);
    ck_assert_str_eq(said.s, "a100,ib");
    node_free(node);
}
END_TEST

int main(void)
{
    return suite_main("crds/constraint", (struct suite_row[]){
                                             {test_cases, ARRAY_LEN(cases)},
                                             {test_features, 1},
                                             {NULL, 0},
                                         });
}
