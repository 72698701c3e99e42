/* Slurm's grammar of job arrays, read and written. */
#include "crds/array.h"

#include "base/util.h"
#include "tests/support/suite.h"

/* What is read, as Slurm shows it, with the limit; NULL: refused. */
static const struct {
    const char *text, *shown;
    int64_t limit, count, step;
} cases[] = {
    {"0", "0", 0, 1, 1},           {"1000", "1000", 0, 1, 1},
    {"10000", "10000", 0, 1, 1},   {"0-15", "0-15", 0, 16, 1},
    {"[0-15]", "0-15", 0, 16, 1},  {"[1,3,5-7%2]", "1,3,5-7", 2, 5, 1},
    {"0-15:4", "0-12:4", 0, 4, 4}, {"0-8:4", "0,4,8", 0, 3, 4},
    {"3,1,2,2", "1-3", 0, 3, 1},   {"0-99%10", "0-99", 10, 100, 1},
    {"0-3%0", "0-3", 0, 4, 1},     {"5-5:7", "5", 0, 1, 1},
    {"", NULL, 0, 0, 0},           {"%2", NULL, 0, 0, 0},
    {"[]", NULL, 0, 0, 0},         {"[0-3", NULL, 0, 0, 0},
    {"0-3]", NULL, 0, 0, 0},       {"0-", NULL, 0, 0, 0},
    {"-3", NULL, 0, 0, 0},         {"3-1", NULL, 0, 0, 0},
    {"0-3:0", NULL, 0, 0, 0},      {"3:2", NULL, 0, 0, 0},
    {"0,", NULL, 0, 0, 0},         {",0", NULL, 0, 0, 0},
    {"0-3%", NULL, 0, 0, 0},       {"0-3%x", NULL, 0, 0, 0},
    {"0-3%2%2", NULL, 0, 0, 0},    {"10001", NULL, 0, 0, 0},
    {"0-10001", NULL, 0, 0, 0},    {"99999999999999999999", NULL, 0, 0, 0},
    {" 0", NULL, 0, 0, 0},         {"0 ", NULL, 0, 0, 0},
};

START_TEST(test_cases)
{
    struct array array;
    struct err err = ERR_INIT;
    int rc = array_parse(cases[_i].text, &array, &err);
    STR_AUTO struct str shown;
    str_init(&shown, TASKSET_TEXT_MAX);
    if (!cases[_i].shown) {
        ck_assert_int_eq(rc, -1);
        ck_assert_msg(str_starts(err.msg, ARRAY_INVALID ": \""), "%s", err.msg);
        return;
    }
    ck_assert_msg(rc == 0, "%s", err.msg);
    taskset_format(&array.tasks, &shown);
    ck_assert_str_eq(shown.s, cases[_i].shown);
    ck_assert_int_eq(array.limit, cases[_i].limit);
    ck_assert_int_eq(taskset_count(&array.tasks), cases[_i].count);
    ck_assert_int_eq(taskset_step(&array.tasks), cases[_i].step);
}
END_TEST

static struct json *task(const char *owner, const char *index)
{
    return json_build("{'metadata':{'uid':'t','labels':{'gantry.dev/array-job-id':'7',"
                      "'gantry.dev/array-task':%s},'ownerReferences':[{'kind':%s,"
                      "'uid':'a','controller':true}]}}",
                      index, owner);
}

START_TEST(test_task)
{
    static const struct {
        const char *owner, *index;
        bool is_task;
    } tasks[] = {
        {"BatchJob", "3", true},      {"Job", "3", false},
        {"BatchJob", "", false},      {"BatchJob", "-3", false},
        {"BatchJob", "10001", false}, {"BatchJob", "9999999999999999999", false}};
    for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
        JSON_AUTO struct json *object = task(tasks[i].owner, tasks[i].index);
        int64_t id = 0, index = 0;
        ck_assert(str_eq(array_task_read(object, &id, &index),
                         tasks[i].is_task ? "a" : NULL));
        ck_assert(tasks[i].is_task ? id == 7 && index == 3 : id == 0 && index == 0);
    }
}
END_TEST

START_TEST(test_own_task)
{
    JSON_AUTO struct json *object = task("BatchJob", "3");
    int64_t id = 0, index = 0;
    json_set_at(object, "metadata.uid", json_new_string("a"));
    ck_assert_ptr_null(array_task_read(object, &id, &index));
}
END_TEST

/* A set that is empty is taken out of the status by null. */
START_TEST(test_status)
{
    struct array_status status = {0}, again;
    struct array array;
    ck_assert_int_eq(array_parse("0-5", &array, NULL), 0);
    taskset_add(&status.running, 0);
    taskset_add(&status.failed, 2);
    JSON_AUTO struct json *object = array_status_write(&status, &array.tasks);
    ck_assert_str_eq(json_str(object, "states.PENDING"), "1,3-5");
    ck_assert_str_eq(json_str(object, "states.RUNNING"), "0");
    ck_assert(json_is(json_at(object, "states.COMPLETED"), JSON_NULL));
    array_status_read(object, &again);
    ck_assert(array_status_equal(&status, &again));
}
END_TEST

int main(void)
{
    return suite_main("crds/array", (struct suite_row[]){
                                        {test_cases, ARRAY_LEN(cases)},
                                        {test_task, 1},
                                        {test_own_task, 1},
                                        {test_status, 1},
                                        {NULL, 0},
                                    });
}
