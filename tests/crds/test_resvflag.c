/* The flags of a Reservation: each that the server takes says something. */
#include "crds/resvflag.h"

#include <string.h>

#include "base/util.h"
#include "base/yaml.h"
#include "crds/definitions.h"
#include "tests/support/suite.h"

#define FLAGS "schema.openAPIV3Schema.properties.spec.properties.flags.items.enum"

static int compare_words(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    JSON_AUTO struct json *doc = take_doc;
    const struct json *words =
        json_at(json_item(json_at(doc, "spec.versions"), 0), FLAGS);
    size_t n = json_len(words);

    (void)line;
    (void)err;
    ck_assert_uint_gt(n, 0);
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(json_string(json_item(words, i)), resvflag_word(i));
    ck_assert_ptr_null(resvflag_word(n));
    *(size_t *)arg += 1;
    return 0;
}

START_TEST(test_words)
{
    size_t read = 0;

    for (size_t i = 0; i < n_definitions; i++) {
        const struct definition *d = &definitions[i];

        if (strcmp(d->file, "reservations.yaml") == 0)
            ck_assert_int_eq(yaml_parse(d->text, (size_t)(d->end - d->text), d->file,
                                        compare_words, &read, NULL),
                             0);
    }
    ck_assert_uint_eq(read, 1);
}
END_TEST

START_TEST(test_order)
{
    for (size_t i = 1; resvflag_word(i); i++)
        ck_assert_str_lt(resvflag_word(i - 1), resvflag_word(i));
}
END_TEST

static const struct {
    const char *word;
    bool known;
    struct reservation want;
} cases[] = {
    {"ANY_NODES", true, {.any_nodes = true}},
    {"LICENSE_ONLY", true, {.any_nodes = true}},
    {"DAILY", true, {.repeat = RESV_DAILY}},
    {"WEEKLY", true, {.repeat = RESV_WEEKLY}},
    {"STATIC_ALLOC", true, {.static_alloc = true}},
    {"NO_HOLD_JOBS_AFTER_END", true, {.no_hold = true}},
    {"SPEC_NODES", true, {.name = NULL}},
    {"WEEKLYX", false, {.name = NULL}},
    {"flex", false, {.name = NULL}},
    {"", false, {.name = NULL}},
};

START_TEST(test_sets)
{
    struct reservation r;

    memset(&r, 0, sizeof(r));
    ck_assert_int_eq(resvflag_set(&r, cases[_i].word), cases[_i].known);
    ck_assert_int_eq(r.repeat, cases[_i].want.repeat);
    ck_assert_int_eq(r.any_nodes, cases[_i].want.any_nodes);
    ck_assert_int_eq(r.static_alloc, cases[_i].want.static_alloc);
    ck_assert_int_eq(r.no_hold, cases[_i].want.no_hold);
}
END_TEST

int main(void)
{
    return suite_main("crds/resvflag", (struct suite_row[]){
                                           {test_words, 1},
                                           {test_order, 1},
                                           {test_sets, ARRAY_LEN(cases)},
                                           {NULL, 0},
                                       });
}
