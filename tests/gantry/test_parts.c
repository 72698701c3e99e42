/* Partitions as commands have them: in the order in which they were made, and which of
 * them is the default. */
#include "cmd/gantry/parts.h"

#include "base/util.h"
#include "tests/support/suite.h"

static const struct {
    const char *name;
    int64_t created_sec;
    bool is_default;
} made[] = {
    {"other", 1, false}, {"main", 2, true}, {"early", 7, true}, {"a", 3, false}};

static void add(struct partlist *list, size_t i)
{
    struct partition *part = partition_new();

    part->name = xstrdup(made[i].name);
    part->is_default = made[i].is_default;
    partlist_add(list, part, made[i].created_sec);
}

START_TEST(test_order)
{
    PARTLIST_AUTO struct partlist list = {0};

    for (size_t i = ARRAY_LEN(made); i-- > 0;)
        add(&list, i);
    partlist_sort(&list);
    ck_assert_str_eq(list.parts[0].model->name, "other");
    ck_assert_str_eq(list.parts[1].model->name, "main");
    ck_assert_str_eq(list.parts[3].model->name, "early");
}
END_TEST

/* As the core has it (cluster_default_partition): by name, not by age. */
START_TEST(test_default)
{
    PARTLIST_AUTO struct partlist list = {0};

    add(&list, 0);
    ck_assert_ptr_null(partlist_default(&list));
    for (size_t i = 1; i < ARRAY_LEN(made); i++)
        add(&list, i);
    partlist_sort(&list);
    ck_assert_str_eq(partlist_default(&list)->name, "early");
}
END_TEST

int main(void)
{
    return suite_main("gantry/parts", (struct suite_row[]){
                                          {test_order, 1},
                                          {test_default, 1},
                                          {NULL, 0},
                                      });
}
