#include "cmd/gantry/newjob.h"

#include "base/util.h"
#include "cmd/gantry/longscript.h"
#include "tests/support/suite.h"

static const struct {
    const char *job_name;
    size_t max;
    const char *label;
} labels[] = {
    {"train", 46, "train"},
    {"Train_2 (b).sbatch", 46, "train-2-b-sbatch"},
    {"--x--", 46, "x"},
    {"7up", 46, "7up"},
    {"", 46, "job"},
    {"***", 46, "job"},
    {"\xc3\xa4rger", 46, "rger"},
    {"abcdef", 3, "abc"},
    {"ab-cdef", 3, "ab"},
};

START_TEST(test_label)
{
    STR_AUTO struct str out;

    str_init(&out, 100);
    newjob_label(labels[_i].job_name, labels[_i].max, &out);
    ck_assert_str_eq(out.s, labels[_i].label);
}
END_TEST

/* The same text has the same name, another has another. */
START_TEST(test_longscript_name)
{
    struct str a = {.s = (char *)"#!/bin/sh\n", .len = 10};
    struct str b = {.s = (char *)"#!/bin/sh\n\n", .len = 11};
    char first[LONGSCRIPT_NAME_MAX], again[LONGSCRIPT_NAME_MAX],
        other[LONGSCRIPT_NAME_MAX];

    longscript_name(&a, first);
    longscript_name(&a, again);
    longscript_name(&b, other);
    ck_assert_str_eq(first, "gantry-script-a8076d3d28d21e02");
    ck_assert_str_eq(first, again);
    ck_assert_str_ne(first, other);
}
END_TEST

int main(void)
{
    return suite_main("gantry/newjob", (struct suite_row[]){
                                           {test_label, ARRAY_LEN(labels)},
                                           {test_longscript_name, 1},
                                           {NULL, 0},
                                       });
}
