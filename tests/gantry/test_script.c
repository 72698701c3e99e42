#include "cmd/gantry/script.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "tests/support/suite.h"

static void put(struct script *s, const char *text, size_t len)
{
    script_init(s);
    s->name = xstrdup("t.sh");
    str_addn(&s->text, text, len);
}

/* ---- what it must be ---- */

#define TEXT(s) s, sizeof(s) - 1

static const struct {
    const char *text;
    size_t len;
    const char *msg; /* NULL: it is one */
} checks[] = {
    {TEXT("#!/bin/sh\nhostname\n"), NULL},
    {TEXT("#!/bin/sh"), NULL},
    {TEXT(""), "Batch script is empty!"},
    {TEXT(" \n\n"), "Batch script is empty!"},
    {TEXT("hostname\n"),
     "This does not look like a batch script. The first line must start with #! "
     "followed by the path to an interpreter. For instance: #!/bin/sh"},
    {TEXT("\n#!/bin/sh\n"),
     "This does not look like a batch script. The first line must start with #! "
     "followed by the path to an interpreter. For instance: #!/bin/sh"},
    {TEXT("#!/bin/sh\r\nhostname\r\n"),
     "Batch script contains DOS line breaks (\\r\\n) instead of expected UNIX line "
     "breaks (\\n)."},
    {TEXT("#!/bin/sh\nx\0y\n"),
     "Batch script contains a NULL character '\\0', which no script may"},
};

START_TEST(test_check)
{
    SCRIPT_AUTO struct script s;
    struct err err = ERR_INIT;

    put(&s, checks[_i].text, checks[_i].len);
    const int rc = script_check(&s, &err);
    ck_assert_msg(rc == (checks[_i].msg ? -1 : 0), "%d: %s", _i, err.msg);
    if (checks[_i].msg)
        ck_assert_str_eq(err.msg, checks[_i].msg);
}
END_TEST

START_TEST(test_too_large)
{
    SCRIPT_AUTO struct script s;
    struct err err = ERR_INIT;

    put(&s, "#!/bin/sh\n", 10);
    for (size_t i = 0; i < SCRIPT_MAX; i++)
        str_addc(&s.text, 'x');
    ck_assert_int_eq(script_check(&s, &err), -1);
    ck_assert_str_eq(err.msg, "Batch script is larger than 921600 bytes: put what is "
                              "long into files");
}
END_TEST

/* ---- its lines ---- */

#define HEAD "#!/bin/sh\n"

static const struct {
    const char *text;
    const char *want; /* name, nodes and comment of each component; or the error */
    bool ignore_pbs;
} lines[] = {
    {HEAD, "- - -", false},
    {HEAD "#SBATCH -N 2\n#SBATCH --job-name=a\n", "a 2 -", false},
    {HEAD "#SBATCH -N 2 --job-name a\n", "a 2 -", false},
    {HEAD "#SBATCH -N 2", "- 2 -", false},
    {HEAD "#SBATCH\t-N\t2\n", "- 2 -", false},
    {HEAD "#SBATCH-N 2\n", "- 2 -", false},
    {HEAD "#SBATCH -N 2 -N 3\n", "- 3 -", false},
    {HEAD "\n  \n  # x\n#SBATCH -N 2\n", "- 2 -", false},
    {HEAD "#SBATCH -N 2\nhostname\n#SBATCH -J a\n", "- 2 -", false},
    {HEAD " #SBATCH -N 2\n", "- - -", false},
    {HEAD "# SBATCH -N 2\n##SBATCH -N 3\n", "- - -", false},
    {HEAD "#SBATCH\n", "- - -", false},
    {HEAD "#SBATCH -N 2 # -J a\n", "- 2 -", false},
    {HEAD "#SBATCH --comment=a#b\n", "- - a", false},
    {HEAD "#SBATCH --comment=\"a # b\" -N 2\n", "- 2 a # b", false},
    {HEAD "#SBATCH --comment='a b'c -N 2\n", "- 2 a bc", false},
    {HEAD "#SBATCH --comment=\"a\\\"b\"\n", "- - a\"b", false},
    {HEAD "#SBATCH --comment=a\\b\n", "- - a\\b", false},
    {HEAD "#SBATCH --comment=\"a b\n", "t.sh:2: a quote is not closed", false},
    {HEAD "#SBATCH -N 2 extra\n",
     "t.sh:2: Invalid directive found in batch script: extra", false},
    {HEAD "\n#SBATCH --nodse=2\n",
     "t.sh:3: unknown option --nodse; did you mean --nodes?", false},
    {HEAD "#SBATCH -N\n", "t.sh:2: -N needs a value: -N N[-MAX]", false},
    {HEAD "#SBATCH -N 2 -J a\n#SBATCH hetjob\n#SBATCH -N 3\n", "a 2 - : - 3 -", false},
    {HEAD "#SBATCH hetjob\n#SBATCH packjob\n#SBATCH -N 3\n", "- - - : - - - : - 3 -",
     false},
    {HEAD "#SBATCH hetjob # x\n#SBATCH --nodse=3\n",
     "t.sh:3: unknown option --nodse; did you mean --nodes?", false},
    {HEAD "#SBATCH hetjob x\n",
     "t.sh:2: Invalid directive found in batch script: hetjob", false},
    {HEAD "#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH hetjob\n"
          "#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH hetjob\n"
          "#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH hetjob\n"
          "#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH hetjob\n#SBATCH hetjob\n",
     "t.sh:17: a heterogeneous job has at most 16 components", false},
    {HEAD "#SBATCH --mail-user=x\n",
     "t.sh:2: --mail-user is not supported: no mail is sent; `kubectl wait` and events "
     "tell of a job's end",
     false},
    {HEAD "#PBS -l nodes=2\n",
     "t.sh:2: #PBS lines are not read: write #SBATCH ones, or say --ignore-pbs", false},
    {HEAD "#BSUB -n 2\n",
     "t.sh:2: #BSUB lines are not read: write #SBATCH ones, or say --ignore-pbs",
     false},
    {HEAD "#PBS -l nodes=2\n", "- - -", true},
    {HEAD "#PBS -l nodes=2\n#SBATCH --ignore-pbs\n", "- - -", false},
    {HEAD "hostname\n#PBS -l nodes=2\n", "- - -", false},
};

static const char *or_dash(const char *s)
{
    return s ? s : "-";
}

START_TEST(test_lines)
{
    SCRIPT_AUTO struct script s;
    SUBMIT_AUTO struct submit submit;
    struct err err = ERR_INIT;

    put(&s, lines[_i].text, strlen(lines[_i].text));
    submit_init(&submit);
    const int rc = script_directives(&s, &submit, lines[_i].ignore_pbs, &err);
    STR_AUTO struct str got;
    str_init(&got, 4096);
    for (const struct submit *of = &submit; rc == 0 && of; of = of->next)
        str_addf(&got, "%s%s %s %s", of->component > 0 ? " : " : "",
                 or_dash(submit_text(of, "job-name")),
                 or_dash(submit_text(of, "nodes")),
                 or_dash(submit_text(of, "comment")));
    str_add(&got, rc < 0 ? err.msg : "");
    ck_assert_msg(str_eq(got.s, lines[_i].want), "%s: %s", lines[_i].text, got.s);
}
END_TEST

/* ---- where it comes from ---- */

START_TEST(test_file)
{
    char dir[] = "/tmp/gantry-script-XXXXXX";
    SCRIPT_AUTO struct script s;
    SCRIPT_AUTO struct script by_path;
    SCRIPT_AUTO struct script missing;
    SCRIPT_AUTO struct script folder;
    struct err err = ERR_INIT;

    ck_assert(mkdtemp(dir) != NULL);
    AUTO_FREE char *path = xasprintf("%s/train.sbatch", dir);
    AUTO_FREE char *old = xstrdup_null(getenv("PATH"));
    AUTO_FREE char *dirs = xasprintf("/nosuch::%s:%s", dir, old ? old : "");
    ck_assert_int_eq(files_write(path, HEAD, strlen(HEAD), 0600, &err), 0);
    script_init(&s);
    ck_assert_int_eq(script_read_file(&s, path, &err), 0);
    ck_assert_str_eq(s.text.s, HEAD);
    ck_assert_str_eq(s.job_name, "train.sbatch");

    setenv("PATH", dirs, 1);
    script_init(&by_path);
    ck_assert_int_eq(script_read_file(&by_path, "train.sbatch", &err), 0);
    ck_assert_str_eq(by_path.text.s, HEAD);
    script_init(&missing);
    ck_assert_int_eq(script_read_file(&missing, "nosuch.sbatch", &err), -1);
    ck_assert_str_eq(err.msg, "Unable to open file nosuch.sbatch: no such file");
    setenv("PATH", old ? old : "", 1);

    script_init(&folder);
    ck_assert_int_eq(script_read_file(&folder, dir, &err), -1);
    ck_assert_msg(str_starts(err.msg, "Unable to open file /tmp/"), "%s", err.msg);
    unlink(path);
    rmdir(dir);
}
END_TEST

START_TEST(test_stream_and_wrap)
{
    SCRIPT_AUTO struct script s;
    SCRIPT_AUTO struct script wrapped;
    struct err err = ERR_INIT;
    FILE *in = fmemopen((void *)HEAD, strlen(HEAD), "r");

    script_init(&s);
    ck_assert_int_eq(script_read_stream(&s, in, &err), 0);
    fclose(in);
    ck_assert_str_eq(s.text.s, HEAD);
    ck_assert_str_eq(s.job_name, "sbatch");
    script_init(&wrapped);
    script_wrap(&wrapped, "hostname -f");
    ck_assert_str_eq(wrapped.text.s,
                     "#!/bin/sh\n# Made by sbatch --wrap.\n\nhostname -f\n");
    ck_assert_str_eq(wrapped.job_name, "wrap");
}
END_TEST

int main(void)
{
    return suite_main("gantry/script", (struct suite_row[]){
                                           {test_check, ARRAY_LEN(checks)},
                                           {test_too_large, 1},
                                           {test_lines, ARRAY_LEN(lines)},
                                           {test_file, 1},
                                           {test_stream_and_wrap, 1},
                                           {NULL, 0},
                                       });
}
