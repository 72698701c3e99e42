/* Programs started wrongly: one line that says what, where and what would be right, and
 * the exit status that --help documents. In arguments, '@' stands for the test's own
 * directory. */
#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/str.h"
#include "base/util.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"

#define LOCAL "gantry-local"
#define CONTROLLER "gantry-controller"
#define SERVE LOCAL, "serve", "--port", "0", "--dir"
#define NODE LOCAL, "node", "--dir", "@/node"
/* A node's option, which is wrong whatever the server says. */
#define NODE_OPT NODE, "--kubeconfig", "@/kc/whole"

static char root[] = "/tmp/gantry-test-XXXXXX";

static char *path_of(const char *name)
{
    return xasprintf("%s/%s", root, name);
}

/* ---- what rows need ---- */

/* Where no test runs yet. */
static _Noreturn void give_up(const struct err *err)
{
    fprintf(stderr, "cannot be tested: %s\n", err->msg);
    exit(2);
}

static void put(const char *name, const char *text)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *path = path_of(name);

    if (files_write(path, text, strlen(text), 0600, &err) != 0)
        give_up(&err);
}

#define KC_HEAD "apiVersion: v1\nkind: Config\n"
#define KC_CLUSTER(more) \
    "clusters:\n- name: a\n  cluster: {server: 'https://127.0.0.1:1'" more "}\n"
#define KC_REST                               \
    "users:\n- name: a\n  user: {token: t}\n" \
    "contexts:\n- name: a\n  context: {cluster: a, user: a}\n"

static const struct {
    const char *name, *text;
} kubeconfigs[] = {
    {"whole", KC_HEAD KC_CLUSTER("") KC_REST "current-context: a\n"},
    {"empty", ""},
    {"syntax", KC_HEAD "clusters: [\n"},
    {"list", "- a\n"},
    {"kind", "apiVersion: v1\nkind: ConfigMap\n"},
    {"no-context", KC_HEAD KC_CLUSTER("") KC_REST},
    {"lost-context", KC_HEAD KC_CLUSTER("") KC_REST "current-context: b\n"},
    {"bad-ca", KC_HEAD KC_CLUSTER(", certificate-authority-data: '%%'") KC_REST
     "current-context: a\n"},
    {"lost-ca", KC_HEAD KC_CLUSTER(", certificate-authority: /nosuch") KC_REST
     "current-context: a\n"},
    {"scheme", KC_HEAD "clusters:\n- name: a\n  cluster: {server: 'ftp://x'}\n" KC_REST
                       "current-context: a\n"},
};

static const struct {
    const char *name, *text;
} settings[] = {
    {"misspelt", "priorityWeightAg: 1\n"},
    {"number", "priorityWeightAge: much\n"},
    {"duration", "priorityMaxAge: soon\n"},
    {"syntax", "a: [\n"},
    {"twice", "priorityWeightAge: 1\npriorityWeightAge: 2\n"},
};

/* Ten aliases of ten aliases of ...: 10^8 values in 300 bytes. */
static char *alias_bomb(const char *head)
{
    STR_AUTO struct str out;

    str_init(&out, 65536);
    str_addf(&out, "%sa: &a [x,x,x,x,x,x,x,x,x,x]\n", head);
    for (int c = 'b'; c < 'i'; c++) {
        str_addf(&out, "%c: &%c [", c, c);
        for (int i = 0; i < 10; i++)
            str_addf(&out, "%s*%c", i ? "," : "", c - 1);
        str_add(&out, "]\n");
    }
    return str_take(&out);
}

static void put_large(const char *name, const char *head, char filler, size_t n)
{
    AUTO_FREE char *text = xmalloc(strlen(head) + n + 1);

    snprintf(text, strlen(head) + 1, "%s", head);
    memset(text + strlen(head), filler, n);
    text[strlen(head) + n] = '\0';
    put(name, text);
}

static void make_hostile_files(void)
{
    AUTO_FREE char *settings_bomb = alias_bomb("");
    AUTO_FREE char *kubeconfig_bomb = alias_bomb(KC_HEAD);

    put("conf/bomb", settings_bomb);
    put("kc/bomb", kubeconfig_bomb);
    put_large("conf/large", "a: ", 'x', 10 << 20);
    put_large("kc/large", "a: ", 'x', 10 << 20);
    put_large("conf/deep", "a: ", '[', 100000);
    put_large("kc/deep", "a: ", '[', 100000);
    put("conf/binary", "a: \x01\x02\n");
    put("kc/binary", "a: \x01\x02\n");
}

static void make_files(void)
{
    static const char *const dirs[] = {"kc",   "conf",        "served", "objects",
                                       "node", "damaged/pki", "token"};
    struct err err = ERR_INIT;

    for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
        AUTO_FREE char *path = path_of(dirs[i]);
        if (files_make_dir(path, &err) != 0)
            give_up(&err);
    }
    for (size_t i = 0; i < ARRAY_LEN(kubeconfigs); i++) {
        AUTO_FREE char *name = xasprintf("kc/%s", kubeconfigs[i].name);
        put(name, kubeconfigs[i].text);
    }
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        AUTO_FREE char *name = xasprintf("conf/%s", settings[i].name);
        put(name, settings[i].text);
    }
    make_hostile_files();
    put("file", "");
    put("damaged/pki/ca.crt", "garbage");
    put("damaged/pki/ca.key", "garbage");
    put("token/token", "guess me\n");
    put("objects/objects.db", "garbage, of more than the hundred bytes that a database "
                              "begins with, so that it is not taken for a new one");
}

/* ---- rows ---- */

struct row {
    const char *name;
    const char *args[PROGRAM_ARGS_MAX];
    int status;
    const char *line; /* the whole of it, '@' as in arguments; a last '*' is any rest */
};

static const struct row rows[] = {
    {"no directory", {LOCAL, "serve"}, 2, "gantry-local serve: --dir DIR is missing"},
    {"an empty directory", {SERVE, ""}, 2, "gantry-local serve: --dir DIR is missing"},
    {"a directory below a file",
     {SERVE, "@/file/x"},
     2,
     "gantry-local serve: --dir: @/file: Not a directory"},
    {"a directory that cannot be made",
     {SERVE, "/proc/gantry"},
     2,
     "gantry-local serve: --dir: make /proc/gantry: No such file or directory"},
    {"a directory of everybody",
     {SERVE, "/tmp"},
     2,
     "gantry-local serve: --dir: others may write in /tmp (mode 1777): choose a "
     "directory that is yours alone"},
    {"a directory that is served",
     {SERVE, "@/served"},
     3,
     "gantry-local serve: --dir: another server uses it: stop that one or choose "
     "another: @/served/lock: held by process *"},
    {"damaged certificates",
     {SERVE, "@/damaged"},
     2,
     "gantry-local serve: --dir: @/damaged/pki/ca.crt and its key do not fit or are "
     "damaged; remove the pki folder to have new ones made"},
    {"a damaged token",
     {SERVE, "@/token"},
     2,
     "gantry-local serve: --dir: @/token/token: expected at least 32 hex digits; "
     "remove "
     "it to have a new one made"},
    {"damaged objects",
     {SERVE, "@/objects"},
     4,
     "gantry-local serve: --dir: @/objects/objects.db is damaged: file is not a "
     "database; put a copy back, or move it away to begin without"},
    {"a descriptor that is not open",
     {SERVE, "@/s", "--ready-fd", "77"},
     2,
     "gantry-local serve: --ready-fd: 77 is no open descriptor above 2"},
    {"a port out of range",
     {LOCAL, "serve", "--dir", "@/s", "--port", "65536"},
     2,
     "gantry-local serve: --port: 65536 is not within 0 to 65535"},
    {"a port that is no number",
     {LOCAL, "serve", "--dir", "@/s", "--port", "http"},
     2,
     "gantry-local serve: --port: \"http\" is not a whole number"},
    {"an option misspelt",
     {LOCAL, "serve", "--dri", "x"},
     2,
     "gantry-local serve: unknown option --dri; did you mean --dir?"},
    {"an operand", {SERVE, "@/s", "x"}, 2, "gantry-local serve: unexpected \"x\""},
    {"a command misspelt",
     {LOCAL, "server"},
     2,
     "gantry-local: unknown command \"server\"; there are: serve, node, up, "
     "down, status"},

    {"GPUs: a word",
     {NODE_OPT, "--gpus", "many"},
     2,
     "gantry-local node: --gpus: \"many\": must be a number up to 64, or TYPE:N as in "
     "h100:8"},
    {"GPUs: no number",
     {NODE_OPT, "--gpus", "h100:"},
     2,
     "gantry-local node: --gpus: \"h100:\": must be a number up to 64, or TYPE:N as in "
     "h100:8"},
    {"GPUs: no type",
     {NODE_OPT, "--gpus", ":8"},
     2,
     "gantry-local node: --gpus: \":8\": the type must be letters, digits, '-', '_' "
     "and "
     "'.', at most 63"},
    {"GPUs: below none",
     {NODE_OPT, "--gpus", "-1"},
     2,
     "gantry-local node: --gpus: \"-1\": must be a number up to 64, or TYPE:N as in "
     "h100:8"},
    {"GPUs: too many",
     {NODE_OPT, "--gpus", "a100:99999999999999999999"},
     2,
     "gantry-local node: --gpus: \"a100:99999999999999999999\": must be a number up to "
     "64, or TYPE:N as in h100:8"},
    {"groups: no number",
     {NODE_OPT, "--nodes", "2xh100:8,many"},
     2,
     "gantry-local node: --nodes: \"many\": must be a number of nodes, or NxGPUS as in "
     "2xh100:8"},
    {"groups: beside a count",
     {NODE_OPT, "--nodes", "2", "--count", "2"},
     2,
     "gantry-local node: --count and --nodes: give one of them"},
    {"count: none",
     {NODE_OPT, "--count", "0"},
     2,
     "gantry-local node: --count: 0 is not within 1 to 10000"},
    {"count: below none",
     {NODE_OPT, "--count", "-1"},
     2,
     "gantry-local node: --count: -1 is not within 1 to 10000"},
    {"count: too many",
     {NODE_OPT, "--count", "10001"},
     2,
     "gantry-local node: --count: 10001 is not within 1 to 10000"},
    {"count: past 64 bits",
     {NODE_OPT, "--count", "99999999999999999999"},
     2,
     "gantry-local node: --count: \"99999999999999999999\" is not within 64 bits"},
    {"a name that no node can have",
     {NODE_OPT, "--name", "Node_"},
     2,
     "gantry-local node: name \"Node_\": must be lower-case letters, digits and '-', "
     "at "
     "most 50"},
    {"a name that is a path",
     {NODE_OPT, "--name", "../x"},
     2,
     "gantry-local node: name \"../x\": must be lower-case letters, digits and '-', at "
     "most 50"},
    {"names in use",
     {NODE_OPT, "--name", "held"},
     3,
     "gantry-local node: nodes \"held\" run already: choose another --name: "
     "@/node/nodes-held.lock: held by process *"},
    {"memory: none",
     {NODE_OPT, "--memory", "0"},
     2,
     "gantry-local node: cpus, memory and lease seconds: must be above 0"},
    {"memory: a word",
     {NODE_OPT, "--memory", "lots"},
     2,
     "gantry-local node: --memory: \"lots\" is not a size: use a number (of "
     "megabytes), "
     "or one with K, M, G or T behind it, such as 64G"},
    {"a resource without a domain",
     {NODE_OPT, "--gpu-resource", "gpu"},
     2,
     "gantry-local node: GPU resource \"gpu\": must be DOMAIN/NAME, as in "
     "nvidia.com/gpu"},
    {"an address by name",
     {NODE_OPT, "--address", "node7"},
     2,
     "gantry-local node: --address node7: must be an IPv4 address of this machine, as "
     "in 10.1.2.3 or 10.1.2.3:10250"},
    {"every address",
     {NODE_OPT, "--address", "0.0.0.0"},
     2,
     "gantry-local node: --address 0.0.0.0: must be an IPv4 address of this machine, "
     "as in 10.1.2.3 or 10.1.2.3:10250"},
    {"a port past all",
     {NODE_OPT, "--address", "10.1.2.3:65536"},
     2,
     "gantry-local node: --address 10.1.2.3:65536: must be an IPv4 address of this "
     "machine, as in 10.1.2.3 or 10.1.2.3:10250"},
    {"a node's directory below a file",
     {LOCAL, "node", "--kubeconfig", "@/kc/whole", "--dir", "@/file"},
     2,
     "gantry-local node: --dir: @/file: Not a directory"},

    {"settings: a key misspelt",
     {CONTROLLER, "--config", "@/conf/misspelt"},
     2,
     "gantry-controller: @/conf/misspelt:1: unknown key \"priorityWeightAg\"; did you "
     "mean \"priorityWeightAge\"?"},
    {"settings: no number",
     {CONTROLLER, "--config", "@/conf/number"},
     2,
     "gantry-controller: @/conf/number:1: priorityWeightAge: must be a whole number"},
    {"settings: no duration",
     {CONTROLLER, "--config", "@/conf/duration"},
     2,
     "gantry-controller: @/conf/duration:1: priorityMaxAge: \"soon\" is not a "
     "duration: *"},
    {"settings: no YAML",
     {CONTROLLER, "--config", "@/conf/syntax"},
     2,
     "gantry-controller: @/conf/syntax:2: not YAML: *"},
    {"settings: a key twice",
     {CONTROLLER, "--config", "@/conf/twice"},
     2,
     "gantry-controller: @/conf/twice:2: duplicate key \"priorityWeightAge\""},
    {"settings: an alias bomb",
     {CONTROLLER, "--config", "@/conf/bomb"},
     2,
     "gantry-controller: @/conf/bomb:6: more than 200000 values, aliases expanded"},
    {"settings: 10 MB",
     {CONTROLLER, "--config", "@/conf/large"},
     2,
     "gantry-controller: @/conf/large: larger than 1048576 bytes"},
    {"settings: too deep",
     {CONTROLLER, "--config", "@/conf/deep"},
     2,
     "gantry-controller: @/conf/deep:1: nested deeper than 64 levels"},
    {"settings: no text",
     {CONTROLLER, "--config", "@/conf/binary"},
     2,
     "gantry-controller: @/conf/binary:1: not YAML: control characters are not "
     "allowed"},
    {"settings: no file",
     {CONTROLLER, "--config", "@/conf/nosuch"},
     2,
     "gantry-controller: @/conf/nosuch: no such file"},
    {"a log level",
     {CONTROLLER, "--log-level", "loud"},
     2,
     "gantry-controller: --log-level: \"loud\" is none of debug, info, warn, error"},
};

/* Of both clients: the line behind "PROGRAM: kubeconfig: ". */
static const struct {
    const char *file, *line;
} refused_kubeconfigs[] = {
    {"nosuch", "@/kc/nosuch: no such file"},
    {"bomb", "@/kc/bomb:8: more than 200000 values, aliases expanded"},
    {"large", "@/kc/large: larger than 4194304 bytes"},
    {"deep", "@/kc/deep:1: nested deeper than 64 levels"},
    {"binary", "@/kc/binary:1: not YAML: control characters are not allowed"},
    {"empty", "@/kc/empty: current-context: is not set"},
    {"syntax", "@/kc/syntax:4: not YAML: *"},
    {"list", "@/kc/list: *"},
    {"kind", "@/kc/kind: kind: expected Config, got ConfigMap"},
    {"no-context", "@/kc/no-context: current-context: is not set"},
    {"lost-context", "@/kc/lost-context: current-context: there is no context \"b\""},
    {"bad-ca", "@/kc/bad-ca: clusters[\"a\"].cluster.certificate-authority-data: "
               "malformed base64"},
    {"lost-ca", "*/nosuch*"},
    {"scheme", "@/kc/scheme: clusters[\"a\"].cluster.server: expected "
               "https://host:port, got \"ftp://x\""},
};

/* `want` with '@' put in matches; a last '*' is any rest, a first one any start. */
static bool matches(const char *said, const char *want)
{
    AUTO_FREE char *text = program_argument(root, want);
    const size_t len = strlen(text);

    if (text[0] == '*') {
        text[len - 1] = '\0';
        return strstr(said, text + 1) != NULL;
    }
    if (len > 0 && text[len - 1] == '*')
        return strncmp(said, text, len - 1) == 0;
    return strcmp(said, text) == 0;
}

static void expect_refusal(const char *name, const char *const *args, int status,
                           const char *line)
{
    struct program p;

    program_start(&p, root, args);
    const int rc = program_end(&p);
    ck_assert_msg(p.said.len > 0 && p.said.s[p.said.len - 1] == '\n', "%s: no line: %s",
                  name, p.said.s);
    p.said.s[p.said.len - 1] = '\0';
    ck_assert_msg(!strchr(p.said.s, '\n'), "%s: more than a line: %s", name, p.said.s);
    ck_assert_msg(matches(p.said.s, line), "%s: it said: %s", name, p.said.s);
    ck_assert_msg(rc == status, "%s: status %d", name, rc);
    program_fini(&p);
}

START_TEST(test_row)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *served = path_of("served/lock");
    AUTO_FREE char *names = path_of("node/nodes-held.lock");
    const int served_fd = files_lock(served, &err);
    const int names_fd = files_lock(names, &err);

    ck_assert_int_ge(MIN(served_fd, names_fd), 0);
    expect_refusal(rows[_i].name, rows[_i].args, rows[_i].status, rows[_i].line);
    close(served_fd);
    close(names_fd);
}
END_TEST

START_TEST(test_kubeconfig)
{
    AUTO_FREE char *path = xasprintf("@/kc/%s", refused_kubeconfigs[_i].file);
    const char *const node[PROGRAM_ARGS_MAX] = {NODE, "--kubeconfig", path};
    const char *const controller[PROGRAM_ARGS_MAX] = {CONTROLLER, "--kubeconfig", path};
    const char *line = refused_kubeconfigs[_i].line;
    const char *gap = line[0] == '*' ? "" : ": kubeconfig: ";
    AUTO_FREE char *of_node =
        xasprintf("%s%s%s", gap[0] ? "gantry-local node" : "", gap, line);
    AUTO_FREE char *of_controller =
        xasprintf("%s%s%s", gap[0] ? "gantry-controller" : "", gap, line);

    expect_refusal(path, node, 2, of_node);
    expect_refusal(path, controller, 2, of_controller);
}
END_TEST

/* ---- what the system refuses ---- */

START_TEST(test_port_taken)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    ck_assert_int_eq(listen(fd, 1), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    AUTO_FREE char *port = xasprintf("%d", ntohs(at.sin_port));
    const char *const args[PROGRAM_ARGS_MAX] = {LOCAL, "serve",  "--dir",
                                                "@/s", "--port", port};
    AUTO_FREE char *line = xasprintf("gantry-local serve: --port: 127.0.0.1:%s is "
                                     "taken: choose another, or 0 for any",
                                     port);
    expect_refusal("port", args, 3, line);
    close(fd);
}
END_TEST

START_TEST(test_other_owner)
{
    const char *const args[PROGRAM_ARGS_MAX] = {SERVE, "@/theirs"};
    AUTO_FREE char *path = path_of("theirs");

    if (geteuid() != 0) /* only root can give a directory away */
        return;
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(chown(path, 12345, (gid_t)-1), 0);
    expect_refusal(
        "other owner", args, 2,
        "gantry-local serve: --dir: @/theirs belongs to user 12345, and this "
        "process is user 0: choose a directory of your own");
}
END_TEST

/* A disk that takes nothing (here: a limit on files). */
START_TEST(test_full_disk)
{
    static const char *const args[PROGRAM_ARGS_MAX] = {SERVE, "@/full"};
    struct rlimit before, none;

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    expect_refusal(
        "full disk", args, 2,
        "gantry-local serve: --dir: write @/full/pki/ca.key: File too large");
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
}
END_TEST

/* ---- against a server ---- */

static void serve(struct program *p)
{
    static const char *const args[PROGRAM_ARGS_MAX] = {SERVE, "@/live"};

    program_start(p, root, args);
    program_until(p, "export KUBECONFIG=");
}

/* The live server's kubeconfig with one of its values replaced. */
static void put_changed(const char *name, const char *key, const char *value)
{
    AUTO_FREE char *path = path_of("live/kubeconfig");
    struct err err = ERR_INIT;
    STR_AUTO struct str text, changed;

    str_init(&text, 65536);
    str_init(&changed, 65536);
    ck_assert_msg(str_read_file(&text, path, &err) == 0, "%s", err.msg);
    const char *at = strstr(text.s, key);
    ck_assert_ptr_nonnull(at);
    str_addf(&changed, "%.*s%s%s%s", (int)(at - text.s), text.s, key, value,
             at + strcspn(at, "\n"));
    put(name, changed.s);
}

/* A token nobody was given: refused at once, by both clients. */
START_TEST(test_wrong_token)
{
    static const char *const node[PROGRAM_ARGS_MAX] = {NODE, "--kubeconfig", "@/wrong"};
    static const char *const controller[PROGRAM_ARGS_MAX] = {CONTROLLER, "--kubeconfig",
                                                             "@/wrong"};
    const char *const *const both[] = {node, controller};
    struct program server;

    serve(&server);
    put_changed("wrong", "token: ", "\"0123\"");
    for (size_t i = 0; i < ARRAY_LEN(both); i++)
        expect_refusal("wrong token", both[i], 1,
                       "*\"level\":\"error\",\"msg\":\"API server refuses these "
                       "credentials: 401 Unauthorized: Unauthorized\"*");
    ck_assert_int_eq(program_stop(&server), 0);
    program_fini(&server);
}
END_TEST

/* Known only when it is to be used. */
START_TEST(test_wrong_address)
{
    static const char *const node[PROGRAM_ARGS_MAX] = {
        NODE, "--kubeconfig", "@/live/kubeconfig", "--address", "198.51.100.7:10250"};
    struct program server;

    serve(&server);
    expect_refusal(
        "wrong address", node, 2,
        "*\"level\":\"error\",\"msg\":\"--address: 198.51.100.7:10250: Cannot "
        "assign requested address\"*");
    ck_assert_int_eq(program_stop(&server), 0);
    program_fini(&server);
}
END_TEST

/* What may come right by itself: said once, and tried again. */
static void expect_waiting(const char *const *args, const char *part)
{
    struct program p;

    program_start(&p, root, args);
    program_until(&p, "\n");
    ck_assert_msg(strstr(p.said.s, part), "it said: %s", p.said.s);
    ck_assert_msg(strstr(p.said.s, "trying on"), "it said: %s", p.said.s);
    ck_assert_int_eq(program_stop(&p), 0);
    program_fini(&p);
}

START_TEST(test_without_crds)
{
    static const char *const args[PROGRAM_ARGS_MAX] = {CONTROLLER, "--kubeconfig",
                                                       "@/live/kubeconfig"};
    struct program server;

    serve(&server);
    expect_waiting(args, "no batchjobs in gantry.dev/v1alpha1: apply its "
                         "CustomResourceDefinition");
    ck_assert_int_eq(program_stop(&server), 0);
    program_fini(&server);
}
END_TEST

START_TEST(test_no_server)
{
    static const char *const node[PROGRAM_ARGS_MAX] = {NODE_OPT};
    static const char *const controller[PROGRAM_ARGS_MAX] = {CONTROLLER, "--kubeconfig",
                                                             "@/kc/whole"};

    expect_waiting(node, "API server does not answer: no connection: Failed to connect "
                         "to 127.0.0.1 port 1");
    expect_waiting(controller, "API server does not answer: no connection: Failed to "
                               "connect to 127.0.0.1 port 1");
}
END_TEST

/* Two servers' authorities are not each other's. */
START_TEST(test_wrong_ca)
{
    static const char *const other[PROGRAM_ARGS_MAX] = {SERVE, "@/other"};
    static const char *const controller[PROGRAM_ARGS_MAX] = {CONTROLLER, "--kubeconfig",
                                                             "@/wrong-ca"};
    AUTO_FREE char *path = path_of("other/kubeconfig");
    struct err err = ERR_INIT;
    struct program server, second;
    STR_AUTO struct str text;

    serve(&server);
    program_start(&second, root, other);
    program_until(&second, "export KUBECONFIG=");
    str_init(&text, 65536);
    ck_assert_int_eq(str_read_file(&text, path, &err), 0);
    char *ca = strstr(text.s, "certificate-authority-data: ");
    ca[strcspn(ca, "\n")] = '\0';
    put_changed("wrong-ca", "certificate-authority-data: ", strchr(ca, ' ') + 1);
    expect_waiting(controller, "API server does not answer: no connection: 127.0.0.1:");
    expect_waiting(controller, " is not the server that the kubeconfig's "
                               "certificate-authority vouches for: ");
    ck_assert_int_eq(program_stop(&second), 0);
    program_fini(&second);
    ck_assert_int_eq(program_stop(&server), 0);
    program_fini(&server);
}
END_TEST

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* What a newcomer must know before the first pod fails. */
START_TEST(test_help_of_images)
{
    struct program p;

    program_start(&p, root, (const char *[PROGRAM_ARGS_MAX]){LOCAL, "node", "--help"});
    ck_assert_int_eq(program_end(&p), 0);
    ck_assert_msg(strstr(p.said.s, "Images are not pulled") != NULL, "%s", p.said.s);
    program_fini(&p);
}
END_TEST

int main(void)
{
    if (!mkdtemp(root))
        return 2;
    make_files();
    const int status = suite_main("gantry-local/bad_input",
                                  (struct suite_row[]){
                                      {test_row, ARRAY_LEN(rows)},
                                      {test_kubeconfig, ARRAY_LEN(refused_kubeconfigs)},
                                      {test_port_taken, 1},
                                      {test_other_owner, 1},
                                      {test_full_disk, 1},
                                      {test_wrong_token, 1},
                                      {test_wrong_address, 1},
                                      {test_without_crds, 1},
                                      {test_no_server, 1},
                                      {test_wrong_ca, 1},
                                      {test_help_of_images, 1},
                                      {NULL, 0},
                                  });
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}
