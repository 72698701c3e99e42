#include "cmd/gantry/surroundings.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

static char *environment[] = {
    (char *)"PATH=/bin",
    (char *)"A=1",
    (char *)"B=x=y",
    (char *)"_=/usr/bin/env",
    (char *)"PWD=/home",
    (char *)"OLDPWD=/",
    (char *)"SHLVL=2",
    (char *)"HOSTNAME=login",
    (char *)"SLURM_JOB_ID=7",
    (char *)"SLURMD_NODENAME=n1",
    (char *)"GANTRY_SCRIPT=x",
    (char *)"KUBERNETES_SERVICE_HOST=10.0.0.1",
    (char *)"NVIDIA_VISIBLE_DEVICES=all",
    (char *)"CUDA_VISIBLE_DEVICES=0",
    (char *)"SBATCH_PARTITION=p",
    (char *)"EMPTY=",
    (char *)"nonsense",
    NULL,
};

/* "A=1 B=x=y"; heap. */
static char *to_text(const struct json *list)
{
    STR_AUTO struct str out;

    str_init(&out, 1 << 20);
    for (size_t i = 0; i < json_len(list); i++)
        str_addf(&out, "%s%s=%s", i ? " " : "", json_str(json_item(list, i), "name"),
                 json_str(json_item(list, i), "value"));
    return str_take(&out);
}

static const struct {
    const char *export, *want;
} rows[] = {
    {NULL, "PATH=/bin A=1 B=x=y SBATCH_PARTITION=p EMPTY="},
    {"ALL", "PATH=/bin A=1 B=x=y SBATCH_PARTITION=p EMPTY="},
    {"all", "PATH=/bin A=1 B=x=y SBATCH_PARTITION=p EMPTY="},
    {"NONE", ""},
    {"NIL", ""},
    {"A", "A=1"},
    {"A,B", "A=1 B=x=y"},
    {"A,NOSUCH", "A=1"},
    {"A=2,C=3", "A=2 C=3"},
    {"A=", "A="},
    {"C='x,y',D=\"z w\"", "C=x,y D=z w"},
    {"ALL,C=3", "PATH=/bin A=1 B=x=y SBATCH_PARTITION=p EMPTY= C=3"},
    /* what the caller sets wins, wherever it stands */
    {"ALL,A=2", "PATH=/bin A=2 B=x=y SBATCH_PARTITION=p EMPTY="},
    {"A=2,ALL", "PATH=/bin A=2 B=x=y SBATCH_PARTITION=p EMPTY="},
    /* by name everything goes along */
    {"CUDA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES=0"},
    {"=3", "! Invalid --export specification: a variable without a name; use ALL, "
           "NONE, or NAME,NAME=VALUE"},
    {"A,,B", "! Invalid --export specification: a variable without a name; use ALL, "
             "NONE, or NAME,NAME=VALUE"},
};

START_TEST(test_export)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *list = surroundings_env(rows[_i].export, environment, &err);
    AUTO_FREE char *got = list ? to_text(list) : xasprintf("! %s", err.msg);

    ck_assert_msg(str_eq(got, rows[_i].want), "%s: %s",
                  rows[_i].export ? rows[_i].export : "(none)", got);
}
END_TEST

START_TEST(test_too_many)
{
    char *many[SURROUNDINGS_MAX + 2] = {0};
    struct err err = ERR_INIT;

    for (int i = 0; i <= SURROUNDINGS_MAX; i++)
        many[i] = xasprintf("V%d=1", i);
    ck_assert_ptr_null(surroundings_env(NULL, many, &err));
    ck_assert_msg(strstr(err.msg, "255 variables") && strstr(err.msg, "--export=NONE"),
                  "%s", err.msg);
    JSON_AUTO struct json *some = surroundings_env("V1,V2", many, &err);
    ck_assert_uint_eq(json_len(some), 2);
    for (int i = 0; i <= SURROUNDINGS_MAX; i++)
        free(many[i]);
}
END_TEST

START_TEST(test_too_long)
{
    AUTO_FREE char *value = xcalloc(1, SURROUNDINGS_VALUE_MAX + 16);
    char *one[] = {value, NULL};
    char *ten[11] = {0};
    struct err err = ERR_INIT;

    memset(value, 'x', SURROUNDINGS_VALUE_MAX + 3);
    memcpy(value, "A=", 2);
    ck_assert_ptr_null(surroundings_env(NULL, one, &err));
    ck_assert_msg(str_starts(err.msg, "the variable A of the environment has 32769 "
                                      "bytes, more than 32768"),
                  "%s", err.msg);
    value[SURROUNDINGS_VALUE_MAX + 2] = '\0';
    JSON_AUTO struct json *fits = surroundings_env(NULL, one, &err);
    ck_assert_ptr_nonnull(fits);
    for (int i = 0; i < 10; i++) {
        ten[i] = xstrdup(value);
        ten[i][0] = (char)('A' + i);
    }
    ck_assert_ptr_null(surroundings_env(NULL, ten, &err));
    ck_assert_msg(strstr(err.msg, "of 262144 bytes"), "%s", err.msg);
    for (int i = 0; i < 10; i++)
        free(ten[i]);
}
END_TEST

int main(void)
{
    return suite_main("gantry/surroundings", (struct suite_row[]){
                                                 {test_export, ARRAY_LEN(rows)},
                                                 {test_too_many, 1},
                                                 {test_too_long, 1},
                                                 {NULL, 0},
                                             });
}
