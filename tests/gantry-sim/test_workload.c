#include "cmd/gantry-sim/workload.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "scheduler/model.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define DATA "tests/gantry-sim/data/"

/* Complaints, one a line: "3: why". */
static void note(void *arg, size_t row, const char *what)
{
    str_addf(arg, "%zu: %s\n", row, what);
}

/* Of arrays with indices below 11. */
static int read_file(const char *path, struct workload *ret, struct str *complaints,
                     struct err *err)
{
    const struct workload_file file = {path, 11, note, complaints};
    return workload_read(ret, &file, err);
}

static int read_text(const char *text, struct workload *ret, struct str *complaints,
                     struct err *err)
{
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "w");
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, err), 0);
    int rc = read_file(path, ret, complaints, err);
    tempdir_free(dir);
    return rc;
}

/* ---- jobs as they are read ---- */

#define NONE LIMIT_UNSET
#define MIB (INT64_C(1) << 20)

static const struct {
    const char *name, *text;
    struct work want; /* of the first job */
} good[] = {
    {"all columns, in any order",
     "user,account,gpu_type,memory_mib,cpus,gpus,nodes,timelimit_s,duration_s,submit_"
     "s\n"
     "ann,red,T4|A10,2048,1.5,4,2,600,60,7\n",
     {2,     7,     60, 600, 2,  4,    1500,  2048 * MIB, (char *)"T4|A10",
      "red", "ann", "", "",  "", NULL, false, 0,          TIME_UNSET,
      0,     0}},
    {"what is empty is not given",
     "submit_s,duration_s,timelimit_s,gpus,gpu_type\n5,6,,1,\n",
     {2,  5,  6,  NONE, 0,    1,     0, 0,          NULL, "",
      "", "", "", "",   NULL, false, 0, TIME_UNSET, 0,    0}},
    {"other columns are passed over, fractions rounded up",
     "submit_s,mood,duration_s,gpus\n1.0,fine,2.25,1\n",
     {2,  1,  3,  NONE, 0,    1,     0, 0,          NULL, "",
      "", "", "", "",   NULL, false, 0, TIME_UNSET, 0,    0}},
    {"names of other traces",
     "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,creation_time,deletion_"
     "time\n"
     "p,6000,1,1,460,T4,10,25\n",
     {2,  10, 15,   NONE,  0, 1,          6000, MIB, (char *)"T4", "", "", "",
      "", "", NULL, false, 0, TIME_UNSET, 0,    0}},
    {"a partition and a QOS",
     "submit_s,duration_s,gpus,partition,qos\n1,2,3,a|b,high\n",
     {2,  1,     2,      NONE, 0,    3,     0, 0,          NULL, "",
      "", "a|b", "high", "",   NULL, false, 0, TIME_UNSET, 0,    0}},
    {"a reservation",
     "submit_s,duration_s,gpus,reservation\n1,2,3,lab\n",
     {2,  1,  2,  NONE,  0,    3,     0, 0,          NULL, "",
      "", "", "", "lab", NULL, false, 0, TIME_UNSET, 0,    0}},
    {"ends of lines as Windows has them",
     "submit_s,duration_s,gpus\r\n1,2,3\r\n",
     {2,  1,  2,  NONE, 0,    3,     0, 0,          NULL, "",
      "", "", "", "",   NULL, false, 0, TIME_UNSET, 0,    0}},
    {"a byte order mark, and blanks around fields",
     "\xef\xbb\xbfsubmit_s, duration_s ,gpus, user\n1, 2 ,3,\tann \n",
     {2,     1,  2,  NONE, 0,    3,     0, 0,          NULL, "",
      "ann", "", "", "",   NULL, false, 0, TIME_UNSET, 0,    0}},
    {"fields in quotes, as spreadsheets have them",
     "\"submit_s\",\"duration_s\",\"gpus\",\"user\",account\n"
     "\"1\",2, \"3\" ,\"Doe, \"\"J\"\" \",\"\"\n",
     {2,  1,  2,  NONE, 0,     3, 0,          0, NULL, "", "Doe, \"J\" ",
      "", "", "", NULL, false, 0, TIME_UNSET, 0, 0}},
    {"a field that nobody reads, on several lines, and a list of QOS",
     "submit_s,duration_s,gpus,\"no\nte\",qos\r\n1,2,3,\"a\r\n\nb "
     "\"\",\"\"\",\"high,low\"\r\n",
     {3,  1,  2,          NONE, 0,    3,     0, 0,          NULL, "",
      "", "", "high,low", "",   NULL, false, 0, TIME_UNSET, 0,    0}},
    {"in the order of submission",
     "submit_s,duration_s,gpus\n9,2,3\n4,2,1\n",
     {3,  4,  2,  NONE, 0,    1,     0, 0,          NULL, "",
      "", "", "", "",   NULL, false, 0, TIME_UNSET, 0,    0}},
    {"Standard Workload Format: memory is of each processor",
     "; a comment\n 1 30 5 120 2 -1 512 4 900 1024 1 3 7 -1 1 -1 -1 -1\n",
     {2,       30, 120, 900, 0,    0,     4000, 4 * MIB,    NULL, "group7",
      "user3", "", "",  "",  NULL, false, 0,    TIME_UNSET, 0,    0}},
    {"what was not asked for is what was used",
     "1 30 5 120 2 -1 512 -1 -1 -1 1 -1 -1 -1 1 -1 -1 -1\n",
     {1,  30, 120, NONE, 0,    0,     2000, MIB,        NULL, "",
      "", "", "",  "",   NULL, false, 0,    TIME_UNSET, 0,    0}},
};

START_TEST(test_good)
{
    const struct work *want = &good[_i].want;
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    int rc = read_text(good[_i].text, &w, &said, &err);
    ck_assert_msg(rc == 0, "%s: %s", good[_i].name, err.msg);
    ck_assert_str_eq(said.s, "");
    const struct work *got = &w.jobs[0];
    ck_assert_msg(got->row == want->row && got->submit_sec == want->submit_sec &&
                      got->run_sec == want->run_sec &&
                      got->limit_sec == want->limit_sec,
                  "%s: row %zu, times %ld %ld %ld", good[_i].name, got->row,
                  got->submit_sec, got->run_sec, got->limit_sec);
    ck_assert_msg(got->nodes == want->nodes && got->gpus == want->gpus &&
                      got->cpu_milli == want->cpu_milli &&
                      got->mem_bytes == want->mem_bytes,
                  "%s: %ld %ld %ld %ld", good[_i].name, got->nodes, got->gpus,
                  got->cpu_milli, got->mem_bytes);
    ck_assert_msg(str_eq(got->gpu_types, want->gpu_types), "%s", good[_i].name);
    ck_assert_str_eq(got->account, want->account);
    ck_assert_str_eq(got->user, want->user);
    ck_assert_str_eq(got->partition, want->partition);
    ck_assert_str_eq(got->qos, want->qos);
    workload_fini(&w);
}
END_TEST

/* ---- rows that are left out ---- */

#define HEAD "submit_s,duration_s,timelimit_s,gpus\n"

static const struct {
    const char *row, *complaint;
} broken[] = {
    {"1,2,3", "2: 3 fields; the first line has 4\n"},
    {"1,2,3,4,5", "2: 5 fields; the first line has 4\n"},
    {",2,3,4", "2: there is no time of submission\n"},
    {"1,,3,4", "2: there is no run time\n"},
    {"-1,2,3,4", "2: submit_s: \"-1\" is no number from 0 on\n"},
    {"1,2x,3,4", "2: duration_s: \"2x\" is no number from 0 on\n"},
    {"1,2.5.1,3,4", "2: duration_s: \"2.5.1\" is no number from 0 on\n"},
    {"1,nan,3,4", "2: duration_s: \"nan\" is no number from 0 on\n"},
    {"1,2,0,4", "2: its time limit is 0\n"},
    {"1,2,3,0", "2: it asks for no GPUs, no CPUs and no nodes\n"},
    {"1,2,3,99999999999999999999", "2: gpus: 99999999999999999999 is too large\n"},
    {"99999999999,2,3,4", "2: a time of more than a thousand years\n"},
    {"1,2,3,\"4", "2: a field in quotes does not end\n"},
    {"1,2,3,\"4\"5", "2: a field goes on behind its closing quote: \"5\"\n"},
    {"1,2,3,4\"\"", "2: a quote within a field that does not begin with one\n"},
};

/* A second later, or longer, than a thousand years; and as long. */
static const struct {
    const char *text;
    size_t n_broken;
} beyond[] = {
    {"submit_s,duration_s,gpus,begin_s\n0,60,1,31536000001\n", 1},
    {"submit_s,duration_s,gpus,begin_s\n0,60,1,1152921504606846976\n", 1},
    {"submit_s,duration_s,gpus,begin_s\n0,60,1,31536000000\n", 0},
    {"submit_s,duration_s,gpus,timemin_s\n0,60,1,31536000001\n", 1},
    {"submit_s,duration_s,gpus,timemin_s\n0,60,1,31536000000\n", 0},
    {"2 1 0 9 2 -1 -1 2 9 -1 1 1 1 -1 -1 -1 1 31536000001\n", 1},
    {"2 1 0 9 2 -1 -1 2 9 -1 1 1 1 -1 -1 -1 1 31536000000\n", 0},
    {"Submit|Eligible|Elapsed|ReqTRES\n0|31536000001|60|cpu=1\n", 1},
    {"Submit|Eligible|Elapsed|ReqTRES\n0|31536000000|60|cpu=1\n", 0},
};

START_TEST(test_beyond)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    /* One that is left out alone is no workload. */
    ck_assert_int_eq(read_text(beyond[_i].text, &w, &said, &err),
                     beyond[_i].n_broken > 0 ? -1 : 0);
    ck_assert_uint_eq(w.n_broken, beyond[_i].n_broken);
    ck_assert_msg(beyond[_i].n_broken == 0 ||
                      str_ends(said.s, ": a time of more than a thousand years\n"),
                  "%s%s", beyond[_i].text, said.s);
    workload_fini(&w);
}
END_TEST

START_TEST(test_broken)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    AUTO_FREE char *text = xasprintf(HEAD "%s\n7,8,9,1\n", broken[_i].row);
    int rc = read_text(text, &w, &said, &err);
    ck_assert_msg(rc == 0, "%s: %s", broken[_i].row, err.msg);
    ck_assert_str_eq(said.s, broken[_i].complaint);
    ck_assert_uint_eq(w.n_rows, 2);
    ck_assert_uint_eq(w.n_broken, 1);
    ck_assert_uint_eq(w.n, 1);
    ck_assert_uint_eq(w.jobs[0].row, 3);
    workload_fini(&w);
}
END_TEST

/* A quote that nobody closes does not swallow the rows behind it. */
START_TEST(test_quotes)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    ck_assert_int_eq(read_text("submit_s,duration_s,gpus,user,job_name\n"
                               "1,2,3,\"ann,\n"         /* line 2 */
                               "2,2,3,\"a\nb\",x\n"     /* 3, 4 */
                               "3,2,3,ann,\"x\n\ny\"\n" /* 5 to 7 */
                               "4,2,3,\"ann\n"          /* 8 */
                               "5,2,3,bob,\"x\"\n"      /* 9 */
                               "6,2,3,bob,\"x",         /* 10 */
                               &w, &said, &err),
                     0);
    ck_assert_str_eq(said.s, "2: a field in quotes does not end\n"
                             "3: user: there is an end of a line in it\n"
                             "8: a field in quotes does not end\n"
                             "10: a field in quotes does not end\n");
    ck_assert_uint_eq(w.n_rows, 6);
    ck_assert_uint_eq(w.n, 2);
    ck_assert_uint_eq(w.jobs[0].row, 5);
    ck_assert_str_eq(w.jobs[0].like->job_name, "x\n\ny");
    ck_assert_uint_eq(w.jobs[1].row, 9);
    workload_fini(&w);
}
END_TEST

/* Nor where what follows is longer than a row may be. */
START_TEST(test_open_quote)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str text, said;
    str_init(&text, 1 << 20);
    str_init(&said, 4096);
    str_add(&text, HEAD "1,2,3,\"4\n");
    for (int i = 0; i < 20000; i++)
        str_addf(&text, "%d,2,3,4\n", i);
    ck_assert_int_eq(read_text(text.s, &w, &said, &err), 0);
    ck_assert_str_eq(said.s, "2: a field in quotes does not end\n");
    ck_assert_uint_eq(w.n, 20000);
    for (size_t i = 0; i < w.n; i++)
        ck_assert_uint_eq(w.jobs[i].row, i + 3);
    workload_fini(&w);
}
END_TEST

#define WORDS "submit_s,duration_s,gpus,qos,partition,licenses,array\n"

static const struct {
    const char *row, *complaint;
} words[] = {
    {"1,2,3,\"a,\",,,",
     "2: qos: an empty name in the list; right is \"high,normal\"\n"},
    {"1,2,3,\"a,b,a\",,,", "2: qos: a stands twice\n"},
    {"1,2,3,\"a,b,c,d,e,f,g,h,i\",,,", "2: qos: more than 8 QOS\n"},
    {"1,2,3,\"a,b,c,d,e,f,g,h\",a|b|c|d|e|f|g|h|i,x:1|y:1|z:1|u:1,",
     "2: qos: with each of its QOS, in each of its partitions and reservations, with "
     "each "
     "of its licences, the job could be run in 288 ways, more than 256\n"},
    {"1,2,3,,,,0-11",
     "2: array: Invalid job array specification: \"0-11\"; indices are "
     "below 11 here (maxArraySize)\n"},
    {"1,2,3,,,,11%2",
     "2: array: Invalid job array specification: \"11%2\"; indices are "
     "below 11 here (maxArraySize)\n"},
};

START_TEST(test_words)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    AUTO_FREE char *text = xasprintf(WORDS "%s\n7,8,9,\"a,b\",,,0-10\n", words[_i].row);
    ck_assert_int_eq(read_text(text, &w, &said, &err), 0);
    ck_assert_str_eq(said.s, words[_i].complaint);
    ck_assert_uint_eq(w.n_rows, 2);
    ck_assert_uint_eq(w.n_broken, 1);
    ck_assert_uint_eq(w.n, 11);
    workload_fini(&w);
}
END_TEST

/* What is no number is not taken for "not known". */
START_TEST(test_swf_words)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    ck_assert_int_eq(
        read_text("; a comment\n1 30 5 120 2 -1 -x -1 -1 -1 1 -1 -1 -1 1 -1 -1 -1\n"
                  "1 30 5 120 2 -1 512 -1 -1.0 -1 1 -1 -1 -1 1 -1 -1 -1\n",
                  &w, &said, &err),
        0);
    ck_assert_str_eq(said.s, "2: field 7: \"-x\" is no number from 0 on\n");
    ck_assert_uint_eq(w.n, 1);
    workload_fini(&w);
}
END_TEST

/* A job that was cancelled while it waited never ran; a row that is cut is broken. */
START_TEST(test_swf_sample)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    ck_assert_int_eq(read_file(DATA "sample.swf", &w, &said, &err), 0);
    ck_assert_str_eq(said.s, "8: 9 fields; the format has 18\n");
    ck_assert_uint_eq(w.n_rows, 5);
    ck_assert_uint_eq(w.n, 3);
    ck_assert_uint_eq(w.n_idle, 1);
    workload_fini(&w);
}
END_TEST

/* Also one that would have begun behind another, of which nothing is kept. */
START_TEST(test_swf_idle)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    ck_assert_int_eq(read_text("1 0 0 9 2 -1 -1 2 9 -1 1 1 1 -1 -1 -1 -1 -1\n"
                               "2 5 0 0 2 -1 -1 2 9 -1 5 1 1 -1 -1 -1 1 20\n",
                               &w, &said, &err),
                     0);
    ck_assert_str_eq(said.s, "");
    ck_assert_uint_eq(w.n, 1);
    ck_assert_uint_eq(w.n_idle, 1);
    workload_fini(&w);
}
END_TEST

/* ---- files that are no workloads ---- */

static const struct {
    const char *text, *message;
} refused[] = {
    {"", "is empty"},
    {"a,b,c\n1,2,3\n", "no workload: there is no column submit_s in its first line"},
    {"submit_s,gpus\n1,2\n", "there is no column duration_s"},
    {"submit_s,submit_s,duration_s\n", "a second column for what submit_s says"},
    {"submit_s,duration_s,gpus\n", "there is no job in it"},
    {"submit_s,duration_s,gpus\n1,2,x\n", "there is no job in it"},
    {"; only a comment\n", "there is no job in it"},
};

START_TEST(test_refused)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    ck_assert_int_eq(read_text(refused[_i].text, &w, &said, &err), -1);
    ck_assert_msg(strstr(err.msg, refused[_i].message) != NULL, "%s", err.msg);
    ck_assert_msg(strstr(err.msg, "/w: ") != NULL, "no path: %s", err.msg);
    workload_fini(&w);
}
END_TEST

START_TEST(test_no_file)
{
    struct workload w;
    struct err err = ERR_INIT;
    ck_assert_int_eq(read_file("/nowhere/w.csv", &w, NULL, &err), -1);
    ck_assert_str_eq(err.msg, "/nowhere/w.csv: No such file or directory");
    workload_fini(&w);
}
END_TEST

/* ---- compressed ---- */

START_TEST(test_gzip)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    int rc = read_file(DATA "itp2021-500.csv.gz", &w, &said, &err);
    ck_assert_msg(rc == 0, "%s", err.msg);
    ck_assert_str_eq(said.s, "");
    ck_assert_uint_eq(w.n, 500);
    ck_assert_int_eq(w.jobs[0].submit_sec, 1999);
    ck_assert_str_eq(w.jobs[0].account, "vc07");
    workload_fini(&w);
}
END_TEST

/* So much of the file, in sixteenths; and what is said of it. */
static const struct {
    size_t part;
    const char *message;
} cuts[] = {{0, ": damaged in its first line: the file ends too early"},
            {8, ": damaged behind line 2"},
            {15, ": damaged behind line 4"}};

START_TEST(test_gzip_cut)
{
    struct workload w;
    struct err err = ERR_INIT;
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "w");
    STR_AUTO struct str bytes;
    str_init(&bytes, 1 << 20);
    ck_assert_int_eq(str_read_file(&bytes, DATA "itp2021-500.csv.gz", &err), 0);
    ck_assert_int_eq(
        files_write(path, bytes.s, bytes.len * cuts[_i].part / 16 + 20, 0600, &err), 0);
    ck_assert_int_eq(read_file(path, &w, NULL, &err), -1);
    ck_assert_msg(strstr(err.msg, cuts[_i].message) != NULL &&
                      str_ends(err.msg, ": the file ends too early"),
                  "%s", err.msg);
    workload_fini(&w);
    tempdir_free(dir);
}
END_TEST

/* A byte that no text has makes its row broken, not the next one. */
START_TEST(test_nul_byte)
{
    static const char text[] = HEAD "1,2,3,4\n\0,2,3,4\n5,6,7,8\n";
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str said;
    str_init(&said, 4096);
    char *dir = tempdir_new();
    AUTO_FREE char *path = tempdir_path(dir, "w");
    ck_assert_int_eq(files_write(path, text, sizeof(text) - 1, 0600, &err), 0);
    ck_assert_int_eq(read_file(path, &w, &said, &err), 0);
    ck_assert_str_eq(said.s, "3: submit_s: \"?\" is no number from 0 on\n");
    ck_assert_uint_eq(w.n, 2);
    workload_fini(&w);
    tempdir_free(dir);
}
END_TEST

/* A row that is longer than a line may be is left out; so is one whose quotes would go
 * on into such a line, and those behind it are rows again. */
#define LONG "<long>" /* stands for 70000 bytes of a row */
#define TOO_LONG "a line of more than 65536 bytes\n"

static const struct {
    const char *text, *complaints;
    size_t n, n_rows, last_row;
} longs[] = {
    {HEAD "1,2,3,4\n" LONG "\n5,6,7,8\n", "3: " TOO_LONG, 2, 3, 4},
    {HEAD "1,2,3,4\n" LONG "\n" LONG, "3: " TOO_LONG "4: " TOO_LONG, 1, 3, 2},
    {HEAD "1,2,3,\"4\n" LONG "\n5,6,7,8\n",
     "2: a field in quotes does not end\n3: " TOO_LONG, 1, 3, 4},
    {HEAD "1,2,3,\"4\n\n1,2,3,4\n" LONG "\"\n5,6,7,8\n",
     "2: a field in quotes does not end\n5: " TOO_LONG, 2, 4, 6},
    {"Submit|Elapsed|ReqTRES\n" LONG "\n60|00:01:00|cpu=1\n", "2: " TOO_LONG, 1, 2, 3},
    {"1 0 0 9 2 -1 -1 2 9 -1 1 1 1 -1 -1 -1 -1 -1\n" LONG
     "\n2 5 0 9 2 -1 -1 2 9 -1 1 1 1 -1 -1 -1 -1 -1\n",
     "2: " TOO_LONG, 2, 3, 3},
};

/* With what LONG stands for. */
static void add_long(const char *text, struct str *out)
{
    for (const char *at; (at = strstr(text, LONG)) != NULL; text = at + strlen(LONG)) {
        str_addn(out, text, (size_t)(at - text));
        for (int i = 0; i < 70000; i += 2)
            str_add(out, "1,");
    }
    str_add(out, text);
}

START_TEST(test_long_line)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str text, said;
    str_init(&text, 1 << 20);
    str_init(&said, 4096);
    add_long(longs[_i].text, &text);
    int rc = read_text(text.s, &w, &said, &err);
    ck_assert_msg(rc == 0, "%s: %s", longs[_i].text, err.msg);
    ck_assert_str_eq(said.s, longs[_i].complaints);
    ck_assert_uint_eq(w.n_rows, longs[_i].n_rows);
    ck_assert_uint_eq(w.n, longs[_i].n);
    ck_assert_uint_eq(w.jobs[w.n - 1].row, longs[_i].last_row);
    workload_fini(&w);
}
END_TEST

/* Without the names of columns it is no workload. */
START_TEST(test_long_header)
{
    struct workload w;
    struct err err = ERR_INIT;
    STR_AUTO struct str text, said;
    str_init(&text, 1 << 20);
    str_init(&said, 4096);
    add_long(LONG "\n1,2,3,4\n", &text);
    ck_assert_int_eq(read_text(text.s, &w, &said, &err), -1);
    ck_assert_msg(str_ends(err.msg, "/w:1: a line of more than 65536 bytes"), "%s",
                  err.msg);
    workload_fini(&w);
}
END_TEST

int main(void)
{
    return suite_main("gantry-sim/workload",
                      (struct suite_row[]){{test_good, ARRAY_LEN(good)},
                                           {test_beyond, ARRAY_LEN(beyond)},
                                           {test_broken, ARRAY_LEN(broken)},
                                           {test_quotes, 1},
                                           {test_open_quote, 1},
                                           {test_words, ARRAY_LEN(words)},
                                           {test_swf_sample, 1},
                                           {test_swf_idle, 1},
                                           {test_swf_words, 1},
                                           {test_refused, ARRAY_LEN(refused)},
                                           {test_no_file, 1},
                                           {test_gzip, 1},
                                           {test_gzip_cut, ARRAY_LEN(cuts)},
                                           {test_nul_byte, 1},
                                           {test_long_line, ARRAY_LEN(longs)},
                                           {test_long_header, 1},
                                           {NULL, 0}});
}
