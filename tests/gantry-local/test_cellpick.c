#include "cmd/gantry-local/cellpick.h"

#include <string.h>

#include "base/util.h"
#include "cmd/gantry-local/table.h"
#include "tests/support/suite.h"

#define NOW_SEC 1767225660 /* a minute after the objects were made */

static char no_text[] = "", type_string[] = "string", type_integer[] = "integer",
            type_number[] = "number", type_boolean[] = "boolean", type_date[] = "date";

#define COLUMN(name, kind, path)                                  \
    {                                                             \
        (char[]){name}, kind, no_text, no_text, (char[]){path}, 0 \
    }

/* Every type over every value. */
#define OVER(path)                                                       \
    COLUMN("s", type_string, path), COLUMN("i", type_integer, path),     \
        COLUMN("n", type_number, path), COLUMN("b", type_boolean, path), \
        COLUMN("d", type_date, path)

static const char *const objects[] = {
    "{}",
    "{'spec':{'v':null,'a':null,'b':2}}",
    "{'spec':{'v':'x\\\"\\\\u00e9','a':'1','b':'2'}}",
    "{'spec':{'v':'','b':'only'}}",
    "{'spec':{'v':'2026-01-01T00:00:00Z','a':7}}",
    "{'spec':{'v':42,'a':-1}}",
    "{'spec':{'v':-7.5,'a':1e3}}",
    "{'spec':{'v':true,'a':false}}",
    "{'spec':{'v':{'x':[1,2]},'a':['y']}}",
    "{'spec':'nothing below'}",
};

/* The cells are those of the tree. */
START_TEST(test_as_of_the_tree)
{
    const struct column columns[] = {OVER(".spec.v"), OVER(".spec['a','b']"),
                                     OVER("{.metadata.creationTimestamp}"),
                                     OVER(".status.none")};
    struct cellpick *p = cellpick_new(columns, ARRAY_LEN(columns));
    struct kind kind = {.group = no_text,
                        .plural = no_text,
                        .is_custom = true,
                        .columns = columns,
                        .n_columns = ARRAY_LEN(columns)};
    AUTO_FREE char *text = xstrdup(objects[_i]);
    JSON_AUTO struct json *object = NULL;
    STR_AUTO struct str bytes, picked, row;

    for (char *s = text; *s; s++)
        *s = *s == '\'' ? '"' : *s;
    object = json_parse_str(text, NULL);
    ck_assert_ptr_nonnull(object);
    json_set_at(object, "metadata.name", json_new_string("it's \"quoted\""));
    json_set_at(object, "metadata.creationTimestamp",
                json_new_string("2026-01-01T00:00:00Z"));
    str_init(&bytes, 4096);
    str_init(&picked, 4096);
    str_init(&row, 4096);
    json_print(object, &bytes);
    ck_assert_ptr_nonnull(p);
    str_add(&picked, "{\"cells\":");
    cellpick_cells(p, bytes.s, bytes.len, NOW_SEC, &picked);
    str_add(&picked, ",\"object\":null}");
    table_row(&kind, object, TABLE_NONE, NOW_SEC, &row);
    ck_assert_str_eq(picked.s, row.s);
    cellpick_free(p);
}
END_TEST

static const struct {
    const char *paths[3];
    bool can;
} choices[] = {
    {{".a.b", ".a.c", ".a.b"}, true},   {{".a.b", ".a", NULL}, false},
    {{".a", ".a.b", NULL}, false},      {{".a.b", ".a.bc", NULL}, true},
    {{".metadata", NULL, NULL}, false}, {{".a[0]", NULL, NULL}, false},
    {{NULL, NULL, NULL}, true},
};

START_TEST(test_plain_paths_only)
{
    struct column columns[3];
    size_t n = 0;

    for (; n < 3 && choices[_i].paths[n]; n++)
        columns[n] = (struct column){type_string,
                                     type_string,
                                     no_text,
                                     no_text,
                                     (char *)choices[_i].paths[n],
                                     0};
    struct cellpick *p = cellpick_new(columns, n);
    ck_assert_int_eq(p != NULL, choices[_i].can);
    cellpick_free(p);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/cellpick",
                      (struct suite_row[]){
                          {test_as_of_the_tree, ARRAY_LEN(objects)},
                          {test_plain_paths_only, ARRAY_LEN(choices)},
                          {NULL, 0},
                      });
}
