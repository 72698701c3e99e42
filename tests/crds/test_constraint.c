/* Slurm's constraints: what is read, and how texts are refused. */
#include "crds/constraint.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define TEXT_MAX 65536

/* Alternatives apart by "|", features in each by "&"; then those that are for all nodes
 * alike, and counts of nodes with theirs. NULL: refused for `why`. */
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

    {"a*2", " 2*a", NULL},
    {"(a|b)*2&c", "c 2*a|b", NULL},
    {"a*2&b*1", " 2*a 1*b", NULL},
    {"[a*2&b*1]", " 2*a 1*b", NULL},
    {"[(a&b)*4&c*1]&(d|e)", "d|e 4*a&b 1*c", NULL},
    {"d&[a*2&b]", "d&b 2*a", NULL},
    {"[a&b]", "a&b", NULL},
    {"[a]", "a", NULL},
    {"[a|b]", " same=a|b", NULL},
    {"c&[a|b&d]&e*100000", "c same=a&d|b&d 100000*e", NULL},
    {"[(a&b)|c]", " same=a&b|c", NULL},

    {"a*0", NULL, "has a count that is none from 1 to 100000"},
    {"a*", NULL, "has a count that is none from 1 to 100000"},
    {"a*100001", NULL, "has a count that is none from 1 to 100000"},
    {"a*2*3", NULL, "is not understood"},
    {"*2", NULL, "counts no feature"},
    {"(a*2)&b", NULL, "has a count within parentheses"},
    {"a*2|b", NULL, "has | beside a count or brackets: these go with & alone"},
    {"a|b*2", NULL, "has | beside a count or brackets"},
    {"[a|b]|c", NULL, "has | beside a count or brackets"},
    {"c|[a|b]", NULL, "has | beside a count or brackets"},
    {"[a*2&(b|c)]", NULL, "has | beside a count"},
    {"[a|b]&[c|d]", NULL, "has more than one pair of brackets"},
    {"[a|[b]]", NULL, "has brackets where none can be"},
    {"([a|b])", NULL, "has brackets where none can be"},
    {"[a|b", NULL, "lacks a closing bracket"},
    {"[]", NULL, "lacks the name of a feature"},
    {"a*1&b*1&c*1&d*1&e*1&f*1&g*1&h*1&i*1&j*1&k*1&l*1&m*1&n*1&o*1&p*1&q*1", NULL,
     "counts too many features"},
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
    CONSTRAINT_AUTO struct constraint c = {0};
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    int rc = constraint_parse(cases[_i].text, &c, &err);

    str_init(&said, TEXT_MAX);
    if (!cases[_i].terms) {
        ck_assert_msg(rc < 0, "%s: taken", cases[_i].text);
        ck_assert_msg(strstr(err.msg, cases[_i].why) != NULL, "%s: %s", cases[_i].text,
                      err.msg);
        return;
    }
    ck_assert_msg(rc == 0, "%s: %s", cases[_i].text, err.msg);
    say(c.any, c.n_any, &said);
    str_add(&said, c.n_same > 0 ? " same=" : "");
    say(c.same, c.n_same, &said);
    for (size_t i = 0; i < c.n_counts; i++) {
        str_addf(&said, " %d*", (int)c.counts[i].count);
        say(c.counts[i].any, c.counts[i].n_any, &said);
    }
    ck_assert_str_eq(said.s, cases[_i].terms);
}
END_TEST

/* Where nodes are looked at one by one. */
START_TEST(test_any)
{
    static const char *const together[] = {"a*2", "[a|b]", "c&[a*2&b]"};
    struct term *any = NULL;
    struct err err = ERR_INIT;
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(together); i++) {
        ck_assert_int_eq(constraint_parse_any(together[i], &any, &n, &err), -1);
        ck_assert_ptr_nonnull(strstr(err.msg, "asks something of several nodes"));
    }
    ck_assert_int_eq(constraint_parse_any("a|b&c", &any, &n, &err), 0);
    ck_assert_uint_eq(n, 2);
    terms_free(any, n);
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
                                             {test_any, 1},
                                             {test_features, 1},
                                             {NULL, 0},
                                         });
}
