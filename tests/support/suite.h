/*
 * suite - what every test program's main is made of.
 *
 *   START_TEST(test_parse) { ... cases[_i] ... } END_TEST
 *
 *   int main(void)
 *   {
 *       return suite_main("base/duration", (struct suite_row[]){
 *           {test_parse, ARRAY_LEN(cases)}, // a loop test: runs with _i = 0 .. n - 1
 *           {test_format, 1},               // a single one
 *           {NULL, 0},
 *       });
 *   }
 *
 * Tests run in this process (CK_NOFORK), in order, so that the sanitizers see them and
 * what is leaked is reported at exit. Failures are printed as CK_NORMAL does. They run
 * at the top of the checkout (checkout.h), wherever the program was started.
 */
#ifndef GANTRY_TESTS_SUPPORT_SUITE_H
#define GANTRY_TESTS_SUPPORT_SUITE_H

#include <check.h>
#include <stddef.h>

struct suite_row {
    const TTest *test; /* NULL ends the list */
    size_t cases;      /* how often it runs, as _i counts; 0: not at all */
};

/* A suite of one test case with these rows; suite_run frees it. */
Suite *suite_one(const char *name, const struct suite_row *rows);
/* Runs and frees `s`. Returns the exit status for main. */
int suite_run(Suite *s);
/* suite_run(suite_one(name, rows)). */
int suite_main(const char *name, const struct suite_row *rows);

#endif
