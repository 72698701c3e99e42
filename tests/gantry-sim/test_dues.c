/* What accounts are due, and what they used: worked out by hand. */
#include "cmd/gantry-sim/dues.h"

#include <string.h>

#include "base/files.h"
#include "base/util.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

static const char objects[] =
    "kind: Node\nmetadata: {name: n}\nstatus: {allocatable: {cpu: '8'}}\n"
    "---\n"
    "kind: Account\nmetadata: {name: physics}\n"
    "spec: {fairshare: 3, members: [{user: ann}]}\n"
    "---\n"
    "kind: Account\nmetadata: {name: lasers}\nspec: {parent: physics, members: []}\n"
    "---\n"
    "kind: Account\nmetadata: {name: guests}\nspec: {fairshare: parent, members: []}\n"
    "---\n"
    "kind: Account\nmetadata: {name: astro}\nspec: {parent: guests, members: []}\n"
    "---\n"
    "kind: Account\nmetadata: {name: idle}\nspec: {fairshare: 0, members: []}\n";

static const struct {
    const char *account;
    double due;  /* below 0: none */
    double used; /* in test_used, with all below */
} dues[] = {
    {"physics", 3.0 / 4, 22}, {"lasers", 3.0 / 8, 20}, {"guests", -1, 8},
    {"astro", 1.0 / 4, 8},    {"idle", 0, 0},
};

static void pool_make(struct pool *p)
{
    struct settings settings;
    struct err err = ERR_INIT;
    char *root = tempdir_new();
    AUTO_FREE char *path = tempdir_path(root, "c.yaml");

    settings_default(&settings);
    pool_init(p);
    ck_assert_int_eq(files_write(path, objects, strlen(objects), 0600, &err), 0);
    ck_assert_msg(pool_read_objects(p, path, &settings, &err) == 0, "%s", err.msg);
    tempdir_free(root);
}

static size_t place_of(const struct pool *p, const char *name)
{
    for (size_t i = 0; i < p->n_accounts; i++)
        if (strcmp(p->accounts[i]->name, name) == 0)
            return i;
    ck_abort_msg("no account %s", name);
}

START_TEST(test_dues)
{
    struct pool p;
    struct dues d;
    double due = -1;

    pool_make(&p);
    dues_init(&d, &p);
    ck_assert_int_eq(dues_of(&d, place_of(&p, dues[_i].account), &due),
                     dues[_i].due >= 0);
    ck_assert_double_eq_tol(due, dues[_i].due, 1e-9);
    dues_fini(&d);
    pool_fini(&p);
}
END_TEST

START_TEST(test_used)
{
    struct pool p;
    struct dues d;

    pool_make(&p);
    dues_init(&d, &p);
    dues_use(&d, "", 1);
    dues_use(&d, "physics", 2);
    dues_use(&d, "lasers", 4);
    dues_use(&d, "astro", 8);
    dues_use(&d, "lasers", 16);
    for (size_t i = 0; i < ARRAY_LEN(dues); i++)
        ck_assert_msg(d.used[place_of(&p, dues[i].account)] == dues[i].used, "%s: %g",
                      dues[i].account, d.used[place_of(&p, dues[i].account)]);
    dues_fini(&d);
    pool_fini(&p);
}
END_TEST

/* Where nobody has shares nothing is due; without accounts nobody can have used any. */
START_TEST(test_nobody)
{
    struct pool p;
    struct dues d;
    double due = -1;

    pool_init(&p);
    dues_init(&d, &p);
    dues_use(&d, "physics", 1);
    dues_fini(&d);
    pool_fini(&p);
    pool_make(&p);
    for (size_t i = 0; i < p.n_accounts; i++)
        p.accounts[i]->shares = 0;
    dues_init(&d, &p);
    ck_assert(!dues_of(&d, place_of(&p, "physics"), &due));
    dues_fini(&d);
    pool_fini(&p);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/dues", (struct suite_row[]){
                                             {test_dues, ARRAY_LEN(dues)},
                                             {test_used, 1},
                                             {test_nobody, 1},
                                             {NULL, 0},
                                         });
}
