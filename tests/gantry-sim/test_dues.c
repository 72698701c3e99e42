/* What accounts are due: worked out by hand. */
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
    double due; /* below 0: none */
} dues[] = {
    {"physics", 3.0 / 4}, {"lasers", 3.0 / 8}, {"guests", -1},
    {"astro", 1.0 / 4},   {"idle", 0},
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

static const struct account *account_of(const struct pool *p, const char *name)
{
    for (size_t i = 0; i < p->n_accounts; i++)
        if (strcmp(p->accounts[i]->name, name) == 0)
            return p->accounts[i];
    ck_abort_msg("no account %s", name);
}

START_TEST(test_dues)
{
    struct pool p;
    double due = -1;

    pool_make(&p);
    ck_assert_int_eq(dues_of(&p, account_of(&p, dues[_i].account), &due),
                     dues[_i].due >= 0);
    ck_assert_double_eq_tol(due, dues[_i].due, 1e-9);
    pool_fini(&p);
}
END_TEST

START_TEST(test_within)
{
    struct pool p;

    pool_make(&p);
    ck_assert(dues_is_within(&p, "lasers", account_of(&p, "physics")));
    ck_assert(dues_is_within(&p, "lasers", account_of(&p, "lasers")));
    ck_assert(dues_is_within(&p, "astro", account_of(&p, "guests")));
    ck_assert(!dues_is_within(&p, "physics", account_of(&p, "lasers")));
    ck_assert(!dues_is_within(&p, "", account_of(&p, "lasers")));
    pool_fini(&p);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/dues", (struct suite_row[]){
                                             {test_dues, ARRAY_LEN(dues)},
                                             {test_within, 1},
                                             {NULL, 0},
                                         });
}
