#include "cmd/gantry/columns.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* A row is { id, name }; what is shared is put before the name. */
struct row {
    int id;
    const char *name;
};

static void id_cell(const void *row, const void *shared, struct str *out)
{
    (void)shared;
    str_addf(out, "%d", ((const struct row *)row)->id);
}

static void name_cell(const void *row, const void *shared, struct str *out)
{
    str_addf(out, "%s%s", (const char *)shared, ((const struct row *)row)->name);
}

static const struct column table[] = {
    {'i', "jobid", "JOBID", id_cell, 1},
    {'j', "name", "NAME", name_cell, 2},
    {0, "tres-per-node", "TRES_PER_NODE", name_cell, 4},
    {'t', NULL, "ST", id_cell, 0},
    {0},
};

static const struct {
    bool names;
    const char *format;
    const char *heading, *line;
} good[] = {
    {false, "%i", "JOBID\n", "42\n"},
    {false, "%.8i|%5j|%j", "   JOBID|NAME |NAME\n", "      42|train|training\n"},
    {false, "%.5j|%.2i", " NAME|JO\n", "train|42\n"},
    {false, "abc %i def %t.", "abc JOBID def ST.\n", "abc 42 def 42.\n"},
    {false, "%i%j", "JOBIDNAME\n", "42training\n"},
    {false, "%.i", "JOBID\n", "42\n"},
    {false, "%0i", "JOBID\n", "42\n"},
    {false, "%all", "JOBID|NAME|ST\n", "42|training|42\n"},
    {false, "%.18i %.9j", "             JOBID      NAME\n",
     "                42  training\n"},
    {true, "jobid", "JOBID               \n", "42                  \n"},
    {true, "JobID:5,name:.8", "JOBID    NAME\n", "42   training\n"},
    {true, "jobid:.6;,name:4", " JOBID;NAME\n", "    42;trai\n"},
    {true, "jobid:5x,name", "JOBIDxNAME                \n",
     "42   xtraining            \n"},
    {true, "jobid,,tres-per-node:14,", "JOBID               TRES_PER_NODE \n",
     "42                  training      \n"},
    {true, "jobid:", "JOBID               \n", "42                  \n"},
    {true, "all", "JOBID|NAME|ST\n", "42|training|42\n"},
};

static int parse(struct format *f, bool names, const char *text, struct err *err)
{
    return names ? format_parse_names(f, table, text, err)
                 : format_parse_letters(f, table, text, err);
}

START_TEST(test_good)
{
    const struct row row = {42, "ing"};
    FORMAT_AUTO struct format f = {0};
    STR_AUTO struct str out;
    struct err err = ERR_INIT;

    str_init(&out, 4096);
    ck_assert_msg(parse(&f, good[_i].names, good[_i].format, &err) == 0, "%s: %s",
                  good[_i].format, err.msg);
    format_heading(&f, &out);
    ck_assert_str_eq(out.s, good[_i].heading);
    str_reset(&out);
    format_row(&f, &row, "train", &out);
    ck_assert_str_eq(out.s, good[_i].line);
}
END_TEST

static const struct {
    bool names;
    const char *format, *says;
} bad[] = {
    {false, "%!i", "Invalid job format specification: !"},
    {false, "%i %&", "Invalid job format specification: &"},
    {false, "%3", "Invalid job format specification: "},
    {false, "%i %", "Invalid job format specification: "},
    {false, "%1234567i",
     "Invalid job format specification: %1234567i (a width has at most 6 digits)"},
    {false, "%-5i", "Invalid job format specification: -"},
    {false, "", "Format lacks fields: use %letter, as in \"%i %j\""},
    {false, "plain", "Format lacks fields: use %letter, as in \"%i %j\""},
    {true, "foo", "Invalid job format specification: foo"},
    {true, "jobid,foo:5", "Invalid job format specification: foo"},
    {true, "job id", "Invalid job format specification: job id"},
    {true, "a\nb", "Invalid job format specification: a b"},
    {true, "t", "Invalid job format specification: t"},
    {true, "jobid:99999999",
     "Invalid job format specification: jobid:99999999 (a width has at most 6 digits)"},
    {true, "", "Format lacks fields: use names, as in \"jobid,name\""},
    {true, ",,", "Format lacks fields: use names, as in \"jobid,name\""},
};

START_TEST(test_bad)
{
    struct format f = {0};
    struct err err = ERR_INIT;

    ck_assert_int_eq(parse(&f, bad[_i].names, bad[_i].format, &err), -1);
    ck_assert_int_eq(err.code, ERR_INVALID);
    ck_assert_str_eq(err.msg, bad[_i].says);
    ck_assert_ptr_null(f.fields);
}
END_TEST

START_TEST(test_too_long)
{
    AUTO_FREE char *text = xcalloc(1, COLUMNS_FORMAT_MAX + 2);
    struct format f = {0};
    struct err err = ERR_INIT;

    memset(text, 'x', COLUMNS_FORMAT_MAX + 1);
    ck_assert_int_eq(format_parse_letters(&f, table, text, &err), -1);
    ck_assert_int_eq(err.code, ERR_TOO_LARGE);
}
END_TEST

START_TEST(test_what_is_in_it)
{
    FORMAT_AUTO struct format f = {0};

    ck_assert_int_eq(format_parse_names(&f, table, "name,tres-per-node", NULL), 0);
    ck_assert_uint_eq(format_about(&f), 6);
    ck_assert(format_has_letter(&f, 'j') && !format_has_letter(&f, 'i'));
    ck_assert_ptr_eq(column_by_letter(table, 't'), &table[3]);
    ck_assert_ptr_null(column_by_letter(table, 'x'));
}
END_TEST

int main(void)
{
    return suite_main("gantry/columns", (struct suite_row[]){
                                            {test_good, ARRAY_LEN(good)},
                                            {test_bad, ARRAY_LEN(bad)},
                                            {test_too_long, 1},
                                            {test_what_is_in_it, 1},
                                            {NULL, 0},
                                        });
}
