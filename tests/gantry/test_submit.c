#include "cmd/gantry/submit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tests/support/suite.h"

#define WORDS_MAX 32
#define NOW_SEC 1800000000 /* 2027-01-15T08:00:00Z */

/* "a b" cut at spaces behind a program's name. */
static int cut(char *line, char **words)
{
    char *save = NULL;
    int n = 0;

    words[n++] = (char *)"sbatch";
    for (char *w = strtok_r(line, " ", &save); w; w = strtok_r(NULL, " ", &save))
        words[n++] = w;
    words[n] = NULL;
    return n;
}

static int take(struct submit *s, enum submit_from from, const char *at,
                const char *line, struct err *err)
{
    AUTO_FREE char *copy = xstrdup(line);
    char *words[WORDS_MAX];
    const int n = cut(copy, words);
    const int first = submit_take_words(s, from, at, n, words, err);

    ck_assert_msg(first < 0 || first == n, "%s: operand %d of %d", line, first, n);
    return first < 0 ? -1 : 0;
}

/* The spec, or the error; heap. */
static char *outcome(struct submit *s, int rc, struct err *err)
{
    JSON_AUTO struct json *spec = json_new_object();

    if (rc < 0 || submit_check(s, err) < 0 || submit_fill(s, NOW_SEC, spec, err) < 0)
        return xstrdup(err->msg);
    char *text = json_text(spec, NULL);
    for (char *p = text; *p; p++)
        if (*p == '"')
            *p = '\'';
    return text;
}

/* ---- each option ---- */

static const struct {
    const char *line, *want;
} lines[] = {
    {"", "{}"},
    {"-J train", "{'jobName':'train'}"},
    {"--job-name=train", "{'jobName':'train'}"},
    {"--job-n train", "{'jobName':'train'}"},
    {"-A a -q b", "{'account':'a','qos':'b'}"},
    {"-pbatch,debug", "{'partition':'batch,debug'}"},
    {"-t 90", "{'timeLimit':'90'}"},
    {"-t 1-12:00", "{'timeLimit':'1-12:00'}"},
    {"-t 0", "{'timeLimit':'UNLIMITED'}"},
    {"-t soon",
     "Invalid --time specification: \"soon\" is not a duration: use minutes (90), "
     "2:30:00, 1-12:00:00 (days-hours), 1h30m or UNLIMITED"},
    {"--time-min=10", "{'timeMin':'10'}"},
    {"-b now+1hour", "{'begin':'2027-01-15T09:00:00Z'}"},
    {"--begin=2027-02-01T10:00:00Z", "{'begin':'2027-02-01T10:00:00Z'}"},
    {"--deadline=now+2days", "{'deadline':'2027-01-17T08:00:00Z'}"},
    {"--nice", "{'nice':100}"},
    {"--nice=-5", "{'nice':-5}"},
    {"--nice=x", "Invalid --nice specification: \"x\" is not a whole number"},
    {"--nice=3000000000",
     "Invalid --nice specification: \"3000000000\" is not within +/- 2147483645"},
    {"--priority=7", "{'priority':7}"},
    {"--priority=TOP",
     "Invalid --priority specification: \"TOP\" is not supported; name a number"},
    {"--priority=-1", "Invalid --priority specification: \"-1\" is not a number from 0 "
                      "to 4294967294"},
    {"-H", "{'hold':'User'}"},
    {"--requeue", "{'requeue':true}"},
    {"--no-requeue", "{'requeue':false}"},
    {"--requeue --no-requeue", "{'requeue':false}"},
    {"--no-requeue --requeue", "{'requeue':true}"},
    {"--requeue=expedite", "Invalid --requeue specification: \"expedite\" is not "
                           "supported; say --requeue alone"},
    {"-d afterok:12", "{'dependency':'afterok:12'}"},
    {"-d 12 --kill-on-invalid-dep=yes", "{'dependency':'12','killOnInvalidDep':true}"},
    {"--kill-on-invalid-dep no", "{'killOnInvalidDep':false}"},
    {"-C (a100|h100)&ib", "{'constraint':'(a100|h100)&ib'}"},
    {"-t 60 --time-min 10", "{'timeLimit':'60','timeMin':'10'}"},
    {"-a 0-15%4", "{'array':'0-15%4'}"},
    {"--signal=B:USR1@120", "{'signal':'B:USR1@120'}"},
    {"--signal=B:10", "{'signal':'B:USR1'}"},
    {"--signal=B:sigterm@0", "{'signal':'B:TERM@0'}"},
    {"--signal=USR1@60",
     "Invalid --signal specification: \"USR1@60\" is for job steps, of which there are "
     "none: with B: it is for the script"},
    {"--signal=B:USR1@", "Invalid --signal specification: \"B:USR1@\" is not "
                         "[[R][B]:]SIG[@SEC]: B:USR1@120"},
    {"--signal=B:FOO", "Invalid --signal specification: \"B:FOO\" is not "
                       "[[R][B]:]SIG[@SEC]: B:USR1@120"},
    {"--signal=B:USR1@65536", "Invalid --signal specification: \"B:USR1@65536\" is not "
                              "[[R][B]:]SIG[@SEC]: B:USR1@120"},
    {"--signal=RB:USR1@90", "{'signal':'RB:USR1@90'}"},
    {"--signal=BR:10", "{'signal':'RB:USR1'}"},
    {"--signal=R:USR1",
     "Invalid --signal specification: \"R:USR1\" is for job steps, of which there are "
     "none: with RB: it is for the script"},
    {"--reservation=r -L a:2 --comment=c",
     "{'reservation':'r','licenses':'a:2','comment':'c'}"},
    {"--comment= --account= --dependency= -J a", "{'jobName':'a'}"},
    {"-o=", "{'output':'='}"},
    {"--output=", "Invalid --output specification: \"\" names no file"},
    {"-q high,low", "{'qos':'high,low'}"},
    {"-N 4", "{'nodes':4}"},
    {"-N4", "{'nodes':4}"},
    {"-N 2-4", "{'nodes':'2-4'}"},
    {"-N x", "\"x\" is not a valid node count: use 4 or 2-4"},
    {"-N 0", "\"0\" is not a valid node count: use 4 or 2-4"},
    {"-N 2-", "\"2-\" is not a valid node count: use 4 or 2-4"},
    {"-N 1,5", "\"1,5\" is not a valid node count: use 4 or 2-4"},
    {"-N 4-2", "Maximum node count 2 is less than minimum node count 4"},
    {"-n 8 --ntasks-per-node=4 -c 2", "{'ntasks':8,'ntasksPerNode':4,'cpusPerTask':2}"},
    {"-n 0", "Invalid numeric value \"0\" for --ntasks: use a number from 1 to "
             "1000000"},
    {"-c x", "Invalid numeric value \"x\" for --cpus-per-task: use a number from 1 to "
             "100000"},
    {"--mem=64G", "{'memPerNode':'64G'}"},
    {"--mem=64GB", "{'memPerNode':'64G'}"},
    {"--mem=500mb", "{'memPerNode':'500m'}"},
    {"--mem=B", "Invalid --mem specification: \"B\" is not a size: use a number (of "
                "megabytes), or one with K, M, G or T behind it, such as 64G"},
    {"--mem-per-cpu=500", "{'memPerCpu':'500'}"},
    {"--mem-per-gpu=8G", "{'memPerGpu':'8G'}"},
    {"--mem=1X", "Invalid --mem specification: \"1X\" is not a size: use a number (of "
                 "megabytes), or one with K, M, G or T behind it, such as 64G"},
    {"--mem=1G --mem-per-cpu=1G", "--mem and --mem-per-cpu exclude each other"},
    {"-G 16", "{'gpus':16}"},
    {"-G h100:16", "{'gpus':'h100:16'}"},
    {"--gpus=h100", "{'gpus':'h100:1'}"},
    {"-G a:1,b:2", "Invalid --gpus specification: \"a:1,b:2\" asks for several types, "
                   "which is not supported"},
    {"-G x:y:z", "Invalid --gpus specification: \"x:y:z\" is not [TYPE:]N: 4, h100:4"},
    {"-G 0", "{}"},
    {"--gpus-per-node=4 --gpus-per-task=a100:1 --cpus-per-gpu=8",
     "{'gpusPerNode':4,'gpusPerTask':'a100:1','cpusPerGpu':8}"},
    {"--gres=gpu", "{'gpusPerNode':1}"},
    {"--gres=gpu:4", "{'gpusPerNode':4}"},
    {"--gres=gpu:h100:4", "{'gpusPerNode':'h100:4'}"},
    {"--gres=gpu:h100", "{'gpusPerNode':'h100:1'}"},
    {"--gres=gres/gpu:2", "{'gpusPerNode':2}"},
    {"--gres=none", "{}"},
    {"--gres=shard:4", "Invalid --gres specification: \"shard:4\" names another "
                       "resource than gpu: use gpu[:TYPE][:N]"},
    {"--gres=gpux", "Invalid --gres specification: \"gpux\" names another resource "
                    "than gpu: use gpu[:TYPE][:N]"},
    {"--gres=gpu:1,shard:2", "Invalid --gres specification: \"gpu:1,shard:2\" asks for "
                             "several, which is not supported"},
    {"--gres=gpu:h100:x", "Invalid --gres specification: \"gpu:h100:x\" is not "
                          "gpu[:TYPE][:N]: gpu:4, gpu:h100:4"},
    {"--gres=gpu:1 --gpus-per-node=1", "--gres and --gpus-per-node exclude each other"},
    {"--exclusive", "{'exclusive':true}"},
    {"--exclusive=user", "{'exclusiveUser':true}"},
    {"--exclusive=mcs", "Invalid --exclusive specification: \"mcs\" is not supported; "
                        "say --exclusive, or --exclusive=user"},
    {"--exclusive=topo", "Invalid --exclusive specification: \"topo\" is not "
                         "supported; say --exclusive, or --exclusive=user"},
    {"--exclusive=foo", "Invalid --exclusive specification: \"foo\" is none that there "
                        "is; say --exclusive, or =user"},
    {"--oversubscribe", "{'overSubscribe':true}"},
    {"-s", "{'overSubscribe':true}"},
    {"--share", "{'overSubscribe':true}"},
    {"--use-min-nodes -N 2-4", "{'nodes':'2-4','useMinNodes':true}"},
    {"--contiguous --spread-job --segment=4",
     "{'contiguous':true,'spread':true,'segment':4}"},
    {"--segment=2 --spread-segments --consolidate-segments",
     "{'segment':2,'spreadSegments':true,'consolidateSegments':true}"},
    {"--switches=1@10:00", "{'switches':'1@10:00'}"},
    {"--switches=x",
     "Invalid --switches specification: \"x\" is no number of switches: use "
     "COUNT[@TIME], such as 1 or 2@10:00"},
    {"-C a&b", "{'constraint':'a&b'}"},
    {"-C [a*2&b*1]", "{'constraint':'[a*2&b*1]'}"},
    {"-C a*2|b",
     "Invalid --constraint specification: \"a*2|b\" has | beside a count or "
     "brackets: these go with & alone; right are a100, a100&ib, "
     "(a100|h100)&ib, [a100|h100], [a100*2&h100*4]"},
    {"-w n[1-3] -x n2", "{'nodeList':'n[1-3]','exclude':'n2'}"},
    {"-w n[1-", "Invalid --nodelist specification: host list \"n[1-\" is wrong at "
                "character 3: use names like n[1-3,7],gpu-[001-002]"},
    {"-w /nosuch/hosts",
     "Invalid --nodelist specification: /nosuch/hosts: no such file"},
    {"-w n1 -F /nosuch", "-w and -F exclude each other"},
    {"-D /data", "{'workDir':'/data'}"},
    {"-i in -o out.%j -e err", "{'input':'in','output':'out.%j','error':'err'}"},
    {"--open-mode=a", "{'openMode':'append'}"},
    {"--open-mode=truncate", "{'openMode':'truncate'}"},
    {"--open-mode=x",
     "Invalid --open-mode specification: \"x\" is neither append nor truncate"},
    {"--image=debian:12", "{'image':'debian:12'}"},
    {"--wrap=x --parsable -QvW --test-only --export=NONE", "{}"},
    {"-HWv", "{'hold':'User'}"},
    /* refused by name */
    {"--mail-type=END", "--mail-type is not supported: no mail is sent; `kubectl wait` "
                        "and events tell of a job's end"},
    {"-O", "-O is not supported: --oversubscribe shares CPUs, where the partition lets "
           "jobs do so"},
    {"-k", "-k is not supported: a gang that lost a node starts anew"},
    {"--propagate", "--propagate is not supported: limits are the container's"},
    /* none that there is */
    {"--nodse=2", "unknown option --nodse; did you mean --nodes?"},
    {"--mem-p=1", "option --mem-p could be --mem-per-cpu or --mem-per-gpu"},
    {"-N", "-N needs a value: -N N[-MAX]"},
    {"--hold=1", "--hold takes no value"},
};

START_TEST(test_line)
{
    SUBMIT_AUTO struct submit s;
    struct err err = ERR_INIT;

    submit_init(&s);
    const int rc = take(&s, SUBMIT_LINE, NULL, lines[_i].line, &err);
    AUTO_FREE char *got = outcome(&s, rc, &err);
    ck_assert_msg(str_eq(got, lines[_i].want), "%s: %s", lines[_i].line, got);
}
END_TEST

/* ---- who wins ---- */

static const struct {
    const char *script, *variable, *value, *line, *want;
} sources[] = {
    {"-t 1", NULL, NULL, "", "{'timeLimit':'1'}"},
    {"-t 1", "SBATCH_TIMELIMIT", "2", "", "{'timeLimit':'2'}"},
    {"-t 1", "SBATCH_TIMELIMIT", "2", "-t 3", "{'timeLimit':'3'}"},
    {"--mem=1G", NULL, NULL, "--mem-per-cpu=2G", "{'memPerCpu':'2G'}"},
    {"--mem=1G", "SBATCH_MEM_PER_GPU", "3G", "", "{'memPerGpu':'3G'}"},
    {"--mem=1G --mem-per-gpu=1G", NULL, NULL, "",
     "s:1: --mem and s:1: --mem-per-gpu exclude each other"},
    {"--no-requeue", "SBATCH_REQUEUE", "", "", "{'requeue':true}"},
    {"--requeue", NULL, NULL, "--no-requeue", "{'requeue':false}"},
    {"--gres=gpu:1", NULL, NULL, "--gpus-per-node=2", "{'gpusPerNode':2}"},
    {"", "SBATCH_EXCLUSIVE", "", "", "{'exclusive':true}"},
    {"", "SBATCH_EXCLUSIVE", "user", "", "{'exclusiveUser':true}"},
    {"--exclusive", NULL, NULL, "--exclusive=user", "{'exclusiveUser':true}"},
    {"--exclusive=user", NULL, NULL, "--exclusive", "{'exclusive':true}"},
    {"", "SBATCH_EXCLUSIVE", "1", "", "{'exclusive':true}"},
    {"", "SBATCH_TIMELIMIT", "x", "",
     "SBATCH_TIMELIMIT (--time): Invalid --time specification: \"x\" is not a "
     "duration: use minutes (90), 2:30:00, 1-12:00:00 (days-hours), 1h30m or "
     "UNLIMITED"},
    {"-t x", NULL, NULL, "",
     "s:1: Invalid --time specification: \"x\" is not a duration: use minutes (90), "
     "2:30:00, 1-12:00:00 (days-hours), 1h30m or UNLIMITED"},
    {"-t x", NULL, NULL, "-t 4", "{'timeLimit':'4'}"},
    {"--nodse=2", NULL, NULL, "", "s:1: unknown option --nodse; did you mean --nodes?"},
    {"--hint=x", NULL, NULL, "",
     "s:1: --hint is not supported: the kubelet decides where on a node a job's CPUs "
     "and devices are"},
    {"", "SBATCH_WCKEY", "x", "",
     "SBATCH_WCKEY (--wckey) is not supported: it belongs to a plugin that Gantry does "
     "not have"},
    {"", "SBATCH_WAIT4SWITCH", "5", "",
     "SBATCH_WAIT4SWITCH is not supported: say it in SBATCH_REQ_SWITCH=COUNT@TIME"},
    {"--wrap=x", NULL, NULL, "", "s:1: --wrap is for the command line only"},
    {"--parsable", NULL, NULL, "", "s:1: --parsable is for the command line only"},
};

START_TEST(test_source)
{
    SUBMIT_AUTO struct submit s;
    struct err err = ERR_INIT;

    submit_init(&s);
    if (sources[_i].variable)
        setenv(sources[_i].variable, sources[_i].value, 1);
    int rc = take(&s, SUBMIT_LINE, NULL, sources[_i].line, &err);
    if (rc == 0)
        rc = submit_take_environment(&s, &err);
    if (rc == 0)
        rc = take(&s, SUBMIT_SCRIPT, "s:1", sources[_i].script, &err);
    if (sources[_i].variable)
        unsetenv(sources[_i].variable);
    AUTO_FREE char *got = outcome(&s, rc, &err);
    ck_assert_msg(str_eq(got, sources[_i].want), "%s + %s: %s", sources[_i].script,
                  sources[_i].line, got);
}
END_TEST

/* ---- the table ---- */

START_TEST(test_table)
{
    for (size_t i = 0; i < n_submit_rows; i++) {
        const struct submit_row *r = &submit_rows[i];
        ck_assert_msg(!r->put == !r->field, "%s", r->opt.name);
        ck_assert_msg(!r->refused || (!r->put && r->refused[0]), "%s", r->opt.name);
        ck_assert_msg(r->refused || r->opt.help[0], "%s: no help", r->opt.name);
        ck_assert_msg(r->opt.type == OPT_FLAG || r->opt.type == OPT_COUNT ||
                          r->opt.metavar,
                      "%s: no name of its value", r->opt.name);
        for (size_t k = 0; k < i; k++) {
            const struct opt *other = &submit_rows[k].opt;
            ck_assert_msg(!str_eq(other->name, r->opt.name), "%s twice", r->opt.name);
            ck_assert_msg(!r->opt.short_name || other->short_name != r->opt.short_name,
                          "-%c twice", r->opt.short_name);
            ck_assert_msg(!r->opt.env || !str_eq(other->env, r->opt.env), "%s twice",
                          r->opt.env);
        }
    }
}
END_TEST

START_TEST(test_where)
{
    SUBMIT_AUTO struct submit s;
    struct err err = ERR_INIT;

    submit_init(&s);
    ck_assert_int_eq(take(&s, SUBMIT_LINE, NULL, "-a 1-3 -N 2", &err), 0);
    ck_assert_int_eq(take(&s, SUBMIT_SCRIPT, "s:4", "--ntasks=3", &err), 0);
    ck_assert_str_eq(submit_where(&s, "spec.array"), "-a");
    ck_assert_str_eq(submit_where(&s, "nodes"), "-N");
    ck_assert_str_eq(submit_where(&s, "spec.ntasks"), "s:4: --ntasks");
    ck_assert_ptr_null(submit_where(&s, "spec.gpus"));
    ck_assert_ptr_null(submit_where(&s, "metadata.name"));
}
END_TEST

/* Help names each option, and no line of it is wider than a screen. */
START_TEST(test_help)
{
    AUTO_FREE char *text = NULL;
    AUTO_FREE char *usage = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    submit_help(out);
    fclose(out);
    out = open_memstream(&usage, &len);
    submit_usage(out);
    fclose(out);
    for (size_t i = 0; i < n_submit_rows; i++) {
        AUTO_FREE char *name = xasprintf("--%s", submit_rows[i].opt.name);
        ck_assert_msg(strstr(text, name) != NULL, "%s", name);
        ck_assert_msg(submit_rows[i].refused || strstr(usage, name), "%s", name);
    }
}
END_TEST

START_TEST(test_host_file)
{
    SUBMIT_AUTO struct submit s;
    struct err err = ERR_INIT;
    char path[] = "/tmp/gantry-hosts-XXXXXX";
    const int fd = mkstemp(path);
    AUTO_FREE char *line = xasprintf("-F %s", path);

    ck_assert_int_eq(write(fd, "n1\nn[2-3],\n n5\n", 15), 15);
    close(fd);
    submit_init(&s);
    const int rc = take(&s, SUBMIT_LINE, NULL, line, &err);
    AUTO_FREE char *got = outcome(&s, rc, &err);
    unlink(path);
    ck_assert_str_eq(got, "{'nodeList':'n1,n[2-3],n5'}");
}
END_TEST

int main(void)
{
    return suite_main("gantry/submit", (struct suite_row[]){
                                           {test_line, ARRAY_LEN(lines)},
                                           {test_source, ARRAY_LEN(sources)},
                                           {test_table, 1},
                                           {test_where, 1},
                                           {test_help, 1},
                                           {test_host_file, 1},
                                           {NULL, 0},
                                       });
}
