#include "base/filename.h"

#include <string.h>

#include "base/util.h"
#include "tests/support/suite.h"

/* `arg` is a list of "NAME=value", which NULL ends. */
static const char *fact(void *arg, const char *name)
{
    size_t len = strlen(name);
    for (const char *const *f = arg; *f; f++)
        if (strncmp(*f, name, len) == 0 && (*f)[len] == '=')
            return *f + len + 1;
    return NULL;
}

static const char *const job[] = {"SLURM_JOB_ID=128",
                                  "SLURM_JOB_NAME=train",
                                  "SLURM_NODEID=1",
                                  "SLURM_PROCID=3",
                                  "SLURMD_NODENAME=n7.site.org",
                                  "USER=ann",
                                  "SLURM_JOB_USER=bob",
                                  NULL};
static const char *const array[] = {"SLURM_JOB_ID=130", "SLURM_ARRAY_JOB_ID=128",
                                    "SLURM_ARRAY_TASK_ID=12", "USER=ann", NULL};
static const char *const sly[] = {"SLURM_JOB_ID=1", "SLURM_JOB_NAME=../../etc/passwd",
                                  NULL};
static const char *const nothing[] = {NULL};

static const struct {
    const char *const *facts;
    const char *pattern, *name;
} cases[] = {
    {job, "slurm-%j.out", "slurm-128.out"},
    {job, "slurm-%A_%a.out", "slurm-128_4294967294.out"},
    {job, "%x-%u", "train-bob"},
    {job, "%N.%n.%t", "n7.1.3"},
    {job, "%s", "batch"},
    {job, "%J", "128.batch"},
    {job, "%6j", "000128"},
    {job, "%2j", "128"},
    {job, "%99j", "0000000128"},
    {job, "%4x", "train"}, /* a width is for numbers */
    {job, "100%%", "100%"},
    {job, "%q%", "%q%"},
    {job, "%5", "%5"},
    {job, "\\%j", "%j"}, /* a backslash: all as it is */
    {job, "a%j\\b%j", "a%jb%j"},
    {job, "", ""},
    {array, "%A_%a", "128_12"},
    {array, "%A_%4a", "128_0012"},
    {array, "%b", "2"},
    {array, "%j-%u", "130-ann"},
    {sly, "%x.out", ".._.._etc_passwd.out"},
    {nothing, "%j%N%u%x", "0localhostnobodybatch"},
};

START_TEST(test_expand)
{
    STR_AUTO struct str out;
    str_init(&out, 256);
    filename_expand(cases[_i].pattern, fact, (void *)cases[_i].facts, &out);
    ck_assert_msg(strcmp(out.s, cases[_i].name) == 0, "%s: %s", cases[_i].pattern,
                  out.s);
}
END_TEST

int main(void)
{
    return suite_main("base/filename",
                      (struct suite_row[]){{test_expand, ARRAY_LEN(cases)}, {NULL, 0}});
}
