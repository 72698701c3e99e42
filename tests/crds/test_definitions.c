/* The program has in it what crds/ has. */
#include "crds/definitions.h"

#include <dirent.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "base/yaml.h"
#include "tests/support/suite.h"

START_TEST(test_bytes)
{
    for (size_t i = 0; i < n_definitions; i++) {
        const struct definition *d = &definitions[i];
        AUTO_FREE char *path = xasprintf("crds/%s", d->file);
        STR_AUTO struct str text;
        struct err err = ERR_INIT;

        str_init(&text, 4u << 20);
        ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
        ck_assert_uint_eq(text.len, (size_t)(d->end - d->text));
        ck_assert_msg(memcmp(text.s, d->text, text.len) == 0, "%s", d->file);
    }
}
END_TEST

START_TEST(test_all)
{
    DIR *dir = opendir("crds");
    size_t files = 0;

    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *e; (e = readdir(dir));)
        files += str_ends(e->d_name, ".yaml");
    closedir(dir);
    ck_assert_uint_eq(files, n_definitions);
}
END_TEST

/* `up` makes their paths by these rules. */
static int check_doc(void *arg, struct json *take_doc, size_t line, struct err *err)
{
    JSON_AUTO struct json *doc = take_doc;
    const char *api = json_str_or(doc, "apiVersion", "");

    (void)line;
    (void)err;
    ck_assert_msg(strchr(api, '/') != NULL, "%s: of the core group", (char *)arg);
    ck_assert_msg(!json_str(doc, "metadata.namespace"), "%s: in a namespace",
                  (char *)arg);
    return 0;
}

START_TEST(test_shape)
{
    for (size_t i = 0; i < n_definitions; i++) {
        const struct definition *d = &definitions[i];
        ck_assert_int_eq(yaml_parse(d->text, (size_t)(d->end - d->text), d->file,
                                    check_doc, (void *)d->file, NULL),
                         0);
    }
    ck_assert_str_eq(definitions[n_definitions - 1].file, "policies.yaml");
}
END_TEST

int main(void)
{
    return suite_main("crds/definitions", (struct suite_row[]){
                                              {test_bytes, 1},
                                              {test_all, 1},
                                              {test_shape, 1},
                                              {NULL, 0},
                                          });
}
