#include "base/opt.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

#define ARGS_MAX 8

struct options {
    bool verbose;
    const char *config;
    int64_t count;
    int64_t any;
    int64_t limit_sec;
};

static const struct opt table[] = {
    {"verbose", 'v', OPT_FLAG, "T_VERBOSE", offsetof(struct options, verbose), NULL,
     "Say more.", 0, 0},
    {"config", 'c', OPT_STRING, "T_CONFIG", offsetof(struct options, config), "FILE",
     "Configuration.", 0, 0},
    {"count", 'n', OPT_INT, "T_COUNT", offsetof(struct options, count), "N",
     "How many.", 1, 100},
    {"any", 0, OPT_INT, NULL, offsetof(struct options, any), "N", "Any number.", 0, 0},
    {"time", 't', OPT_DURATION, NULL, offsetof(struct options, limit_sec), "TIME",
     "Time limit.", 0, 0},
    {.name = NULL},
};

static const struct options defaults = {
    .config = "default", .count = 1, .any = 5, .limit_sec = 60};

static int parse(const char *const *args, struct options *ret, struct err *err)
{
    char *argv[ARGS_MAX + 2] = {(char *)"prog"};
    int argc = 1;

    *ret = defaults;
    for (; args[argc - 1] != NULL; argc++)
        argv[argc] = (char *)args[argc - 1];
    return opt_parse(table, argc, argv, ret, err);
}

static const struct {
    const char *name;
    const char *args[ARGS_MAX];
    int operand; /* index in argv */
    struct options want;
} good[] = {
    {"nothing", {NULL}, 1, {false, "default", 1, 5, 60}},
    {"long", {"--count", "7", "--config=x"}, 4, {false, "x", 7, 5, 60}},
    {"short", {"-v", "-n", "7", "-cx"}, 5, {true, "x", 7, 5, 60}},
    {"operand ends options", {"-v", "run", "-n", "7"}, 2, {true, "default", 1, 5, 60}},
    {"two dashes end options", {"-v", "--", "-n"}, 3, {true, "default", 1, 5, 60}},
    {"a dash is an operand", {"-"}, 1, {false, "default", 1, 5, 60}},
    {"last wins", {"-n7", "--count=8"}, 3, {false, "default", 8, 5, 60}},
    {"empty value", {"--config="}, 2, {false, "", 1, 5, 60}},
    {"value with equals", {"--config=a=b"}, 2, {false, "a=b", 1, 5, 60}},
    {"value with a dash", {"--any", "-9", "-c", "--"}, 5, {false, "--", 1, -9, 60}},
    {"ends of the range", {"-n1", "-n100"}, 3, {false, "default", 100, 5, 60}},
    {"int64", {"--any=-9223372036854775808"}, 2, {false, "default", 1, INT64_MIN, 60}},
    {"duration", {"-t", "1-2:03"}, 3, {false, "default", 1, 5, 93780}},
};

START_TEST(test_good)
{
    const struct options *want = &good[_i].want;
    struct err err = ERR_INIT;
    struct options got;
    int operand = parse(good[_i].args, &got, &err);

    ck_assert_msg(operand == good[_i].operand, "%s: %d %s", good[_i].name, operand,
                  err.msg);
    ck_assert_msg(got.verbose == want->verbose && str_eq(got.config, want->config) &&
                      got.count == want->count && got.any == want->any &&
                      got.limit_sec == want->limit_sec,
                  "%s", good[_i].name);
}
END_TEST

static const struct {
    const char *args[ARGS_MAX];
    const char *msg;
} bad[] = {
    {{"--cuont", "7"}, "unknown option --cuont; did you mean --count?"},
    {{"--cuont=7"}, "unknown option --cuont; did you mean --count?"},
    {{"--zebra"}, "unknown option --zebra"},
    {{"-x"}, "unknown option -x"},
    {{"-v", "--count"}, "--count needs a value: --count N"},
    {{"-c"}, "-c needs a value: -c FILE"},
    {{"--verbose=1"}, "--verbose takes no value"},
    {{"-vn"}, "-v takes no value"},
    {{"--count", "x"}, "--count: \"x\" is not a whole number"},
    {{"--count="}, "--count: \"\" is not a whole number"},
    {{"-n", " 7"}, "-n: \" 7\" is not a whole number"},
    {{"-n", "7x"}, "-n: \"7x\" is not a whole number"},
    {{"-n", "+7"}, "-n: \"+7\" is not a whole number"},
    {{"-n", "0"}, "-n: 0 is not within 1 to 100"},
    {{"-n", "101"}, "-n: 101 is not within 1 to 100"},
    {{"--any=9223372036854775808"},
     "--any: \"9223372036854775808\" is not within 64 bits"},
};

START_TEST(test_bad)
{
    struct err err = ERR_INIT;
    struct options got;

    ck_assert_int_eq(parse(bad[_i].args, &got, &err), -1);
    ck_assert_str_eq(err.msg, bad[_i].msg);
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_int_eq(parse(bad[_i].args, &got, NULL), -1);
}
END_TEST

START_TEST(test_bad_duration)
{
    struct err err = ERR_INIT;
    struct options got;

    ck_assert_int_eq(parse((const char *const[]){"-t", "soon", NULL}, &got, &err), -1);
    ck_assert_msg(str_starts(err.msg, "-t: "), "%s", err.msg);
}
END_TEST

/* ---- environment ---- */

static const struct {
    const char *var, *text;
    const char *args[ARGS_MAX];
    struct options want;
    const char *msg; /* NULL: it parses */
} variables[] = {
    {"T_COUNT", "9", {NULL}, {false, "default", 9, 5, 60}, NULL},
    {"T_COUNT", "9", {"-n", "8"}, {false, "default", 8, 5, 60}, NULL},
    {"T_COUNT", "", {NULL}, {false, "default", 1, 5, 60}, NULL},
    {"T_COUNT", "many", {"-n", "8"}, {false, "default", 8, 5, 60}, NULL},
    {"T_COUNT", "many", {NULL}, {0}, "T_COUNT: \"many\" is not a whole number"},
    {"T_COUNT", "0", {NULL}, {0}, "T_COUNT: 0 is not within 1 to 100"},
    {"T_CONFIG", "file", {NULL}, {false, "file", 1, 5, 60}, NULL},
    {"T_VERBOSE", "yes", {NULL}, {true, "default", 1, 5, 60}, NULL},
    {"T_VERBOSE", "0", {NULL}, {false, "default", 1, 5, 60}, NULL},
    {"T_VERBOSE", "0", {"-v"}, {true, "default", 1, 5, 60}, NULL},
    {"T_VERBOSE", "loud", {NULL}, {0}, "T_VERBOSE: \"loud\" is not true or false"},
};

START_TEST(test_environment)
{
    const struct options *want = &variables[_i].want;
    struct err err = ERR_INIT;
    struct options got;
    int rc;

    setenv(variables[_i].var, variables[_i].text, 1);
    rc = parse(variables[_i].args, &got, &err);
    if (variables[_i].msg != NULL) {
        ck_assert_int_eq(rc, -1);
        ck_assert_str_eq(err.msg, variables[_i].msg);
    } else {
        ck_assert_msg(rc > 0, "%s", err.msg);
        ck_assert(got.verbose == want->verbose && got.count == want->count);
        ck_assert_str_eq(got.config, want->config);
    }
    unsetenv(variables[_i].var);
}
END_TEST

/* ---- as getopt_long(3) ---- */

struct getopts {
    bool hold;
    int64_t verbose;
    const char *nice, *name, *nodes, *nodelist;
};

#define GETOPT_AT(field) offsetof(struct getopts, field)
static const struct opt getopt_table[] = {
    {"hold", 'H', OPT_FLAG, NULL, GETOPT_AT(hold), NULL, "", 0, 0},
    {"verbose", 'v', OPT_COUNT, "T_VERBOSE", GETOPT_AT(verbose), NULL, "", 0, 0},
    {"nice", 'k', OPT_OPTIONAL, NULL, GETOPT_AT(nice), "N", "", 0, 0},
    {"name", 'J', OPT_STRING, NULL, GETOPT_AT(name), "NAME", "", 0, 0},
    {"nodes", 'N', OPT_STRING, NULL, GETOPT_AT(nodes), "N", "", 0, 0},
    {"nodelist", 'w', OPT_STRING, NULL, GETOPT_AT(nodelist), "LIST", "", 0, 0},
    {.name = NULL},
};

static const struct {
    const char *name;
    unsigned manner;
    const char *args[ARGS_MAX];
    /* "hold verbose nice name nodes nodelist | operands", or the error */
    const char *want;
} getopts[] = {
    {"grouped", OPT_GETOPT, {"-Hvv"}, "1 2 - - - - |"},
    {"grouped with a value", OPT_GETOPT, {"-vJx"}, "0 1 - x - - |"},
    {"grouped with a value behind", OPT_GETOPT, {"-vJ", "x", "y"}, "0 1 - x - - | y"},
    {"optional, none", OPT_GETOPT, {"--nice", "5"}, "0 0 () - - - | 5"},
    {"optional, attached", OPT_GETOPT, {"--nice=5"}, "0 0 5 - - - |"},
    {"optional, short, none", OPT_GETOPT, {"-k", "5"}, "0 0 () - - - | 5"},
    {"optional, short, attached", OPT_GETOPT, {"-k5"}, "0 0 5 - - - |"},
    {"cut", OPT_GETOPT, {"--verb", "--nodel", "n1"}, "0 1 - - - n1 |"},
    {"cut, with equals", OPT_GETOPT, {"--na=x"}, "0 0 - x - - |"},
    {"whole, though another begins so", OPT_GETOPT, {"--nodes=2"}, "0 0 - - 2 - |"},
    {"cut too short",
     OPT_GETOPT,
     {"--node=2"},
     "option --node could be --nodes or --nodelist"},
    {"cut is not allowed", OPT_GROUP, {"--verb"}, "unknown option --verb"},
    {"unknown", OPT_GETOPT, {"--zebra"}, "unknown option --zebra"},
    {"unknown in a group", OPT_GETOPT, {"-HZ"}, "unknown option -Z"},
    {"a flag with a value", OPT_GETOPT, {"--hold=1"}, "--hold takes no value"},
    {"no value, though operands come",
     OPT_GETOPT,
     {"a", "--name"},
     "--name needs a value: --name NAME"},
    {"no value, though grouped", OPT_GETOPT, {"-vJ"}, "-J needs a value: -J NAME"},
    {"operands between",
     OPT_GETOPT,
     {"a", "-v", "b", "-J", "x", "c"},
     "0 1 - x - - | a b c"},
    {"operands before two dashes",
     OPT_GETOPT,
     {"a", "-v", "b", "--", "-H", "c"},
     "0 1 - - - - | a b -H c"},
    {"an operand ends them",
     OPT_CUT | OPT_GROUP,
     {"-v", "a", "-H"},
     "0 1 - - - - | a -H"},
    {"a dash between", OPT_GETOPT, {"-", "-v"}, "0 1 - - - - | -"},
    {"the last of two", OPT_GETOPT, {"-Jx", "--name=y"}, "0 0 - y - - |"},
    {"a second value",
     OPT_GETOPT | OPT_ONCE,
     {"-Jx", "-v", "--na=y"},
     "--name: is given twice, and has one value"},
    {"a second one of the same",
     OPT_GETOPT | OPT_ONCE,
     {"-Jx", "-Jx"},
     "-J: is given twice, and has one value"},
    {"flags and counts twice",
     OPT_GETOPT | OPT_ONCE,
     {"-vHv", "-H", "-Jx"},
     "1 2 - x - - |"},
};

static const char *or_dash(const char *s)
{
    return s == NULL ? "-" : s[0] == '\0' ? "()" : s;
}

START_TEST(test_getopt)
{
    char *argv[ARGS_MAX + 2] = {(char *)"prog"};
    struct getopts got = {0};
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    int argc = 1;

    str_init(&said, 1000);
    for (; getopts[_i].args[argc - 1] != NULL; argc++)
        argv[argc] = (char *)getopts[_i].args[argc - 1];
    int at = opt_parse_as(getopt_table, getopts[_i].manner, argc, argv, &got, &err);
    if (at < 0) {
        str_add(&said, err.msg);
    } else {
        str_addf(&said, "%d %d %s %s %s %s |", got.hold, (int)got.verbose,
                 or_dash(got.nice), or_dash(got.name), or_dash(got.nodes),
                 or_dash(got.nodelist));
        for (; at < argc; at++)
            str_addf(&said, " %s", argv[at]);
    }
    ck_assert_msg(str_eq(said.s, getopts[_i].want), "%s: %s", getopts[_i].name, said.s);
}
END_TEST

START_TEST(test_count_variable)
{
    struct getopts got = {0};
    struct err err = ERR_INIT;
    char *argv[] = {(char *)"prog", NULL};

    setenv("T_VERBOSE", "3", 1);
    ck_assert_int_eq(opt_parse(getopt_table, 1, argv, &got, &err), 1);
    ck_assert_int_eq(got.verbose, 3);
    unsetenv("T_VERBOSE");
}
END_TEST

START_TEST(test_help_optional)
{
    AUTO_FREE char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    opt_help(getopt_table + 2, "prog", "Does.", out);
    fclose(out);
    ck_assert_msg(strstr(text, "\n  -k, --nice[=N]"), "%s", text);
}
END_TEST

/* ---- help and misspellings ---- */

START_TEST(test_help)
{
    AUTO_FREE char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    opt_help(table, "prog [OPTION]... FILE", "Does things.", out);
    fclose(out);
    ck_assert_str_eq(text, "Usage: prog [OPTION]... FILE\n"
                           "\n"
                           "Does things.\n"
                           "\n"
                           "  -v, --verbose      Say more. [T_VERBOSE]\n"
                           "  -c, --config FILE  Configuration. [T_CONFIG]\n"
                           "  -n, --count N      How many. [T_COUNT]\n"
                           "      --any N        Any number.\n"
                           "  -t, --time TIME    Time limit.\n");
}
END_TEST

START_TEST(test_help_exits)
{
    static const struct opt_exit exits[] = {
        {0, "All is well."}, {2, "Not."}, {0, NULL}};
    AUTO_FREE char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    opt_help_exits(exits, out);
    fclose(out);
    ck_assert_str_eq(text, "\nExit status:\n  0  All is well.\n  2  Not.\n");
}
END_TEST

static const char *const words[] = {"nodes", "partition",       "time",
                                    "mem",   "ntasks-per-node", NULL};

static const struct {
    const char *word, *near;
} nearest[] = {
    {"nodes", "nodes"},
    {"node", "nodes"},
    {"ndoes", "nodes"},
    {"partitoin", "partition"},
    {"ntaskspernode", "ntasks-per-node"},
    {"tasks-per-nod", "ntasks-per-node"},
    {"memory", NULL},
    {"me", "mem"},
    {"m", NULL},
    {"xy", NULL},
    {"", NULL},
    {"completely-different", NULL},
};

START_TEST(test_nearest)
{
    const char *near = opt_nearest(nearest[_i].word, words);

    ck_assert_msg(str_eq(near, nearest[_i].near), "%s: %s", nearest[_i].word,
                  near != NULL ? near : "none");
}
END_TEST

START_TEST(test_nearest_long)
{
    char word[5000];

    memset(word, 'n', sizeof(word));
    word[sizeof(word) - 1] = '\0';
    ck_assert_ptr_null(opt_nearest(word, words));
}
END_TEST

int main(void)
{
    return suite_main("base/opt", (struct suite_row[]){
                                      {test_good, ARRAY_LEN(good)},
                                      {test_bad, ARRAY_LEN(bad)},
                                      {test_bad_duration, 1},
                                      {test_environment, ARRAY_LEN(variables)},
                                      {test_getopt, ARRAY_LEN(getopts)},
                                      {test_count_variable, 1},
                                      {test_help_optional, 1},
                                      {test_help, 1},
                                      {test_help_exits, 1},
                                      {test_nearest, ARRAY_LEN(nearest)},
                                      {test_nearest_long, 1},
                                      {NULL, 0},
                                  });
}
