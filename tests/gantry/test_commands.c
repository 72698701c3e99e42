#include "cmd/gantry/commands.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/util.h"
#include "tests/support/clitest.h"
#include "tests/support/program.h"
#include "tests/support/rawserver.h"
#include "tests/support/suite.h"

/* ---- which command ---- */

static const struct {
    const char *line;
    int status;
    const char *out, *err;
} rows[] = {
    {"gantry", 1, "", "gantry: error: no command given; `gantry --help` lists them\n"},
    {"/usr/bin/gantry --help", 0, "Usage: gantry COMMAND*", ""},
    {"kubectl-gantry help", 0, "Usage: gantry COMMAND*", ""},
    {"gantry versoin", 1, "",
     "gantry: error: unknown command \"versoin\"; did you mean \"version\"?\n"},
    {"gantry dance", 1, "",
     "gantry: error: unknown command \"dance\"; `gantry --help` lists them\n"},
    {"version", 1, "", "gantry: error: no command given; `gantry --help` lists them\n"},
    {"gantry version", 0, "Client: gantry 0.1\nServer: v1.37.2+gantry\n", ""},
    {"gantry --version", 0, "Client: gantry 0.1\nServer: v1.37.2+gantry\n", ""},
    {"kubectl-gantry version --client", 0, "Client: gantry 0.1\n", ""},
    {"gantry version --help", 0, "Usage: gantry version*", ""},
    {"gantry version x", 1, "", "gantry version: error: unexpected \"x\"\n"},
    {"gantry version --clinet", 1, "",
     "gantry version: error: unknown option --clinet; did you mean --client?\n"},
};

START_TEST(test_row)
{
    struct clitest *t = clitest_new();

    clitest_expect(t, rows[_i].line, rows[_i].status, rows[_i].out, rows[_i].err);
    clitest_free(t);
}
END_TEST

/* ---- as a program, with a server or without ---- */

static char root[] = "/tmp/gantry-test-XXXXXX";

static void put_kubeconfig(const char *name, int port, const char *token)
{
    AUTO_FREE char *path = xasprintf("%s/%s", root, name);
    AUTO_FREE char *text =
        xasprintf("apiVersion: v1\nkind: Config\ncurrent-context: here\n"
                  "clusters:\n- name: a\n  cluster: {server: 'https://127.0.0.1:%d', "
                  "insecure-skip-tls-verify: true}\n"
                  "users:\n- name: a\n  user: {token: %s}\n"
                  "contexts:\n- name: here\n  context: {cluster: a, user: a}\n",
                  port, token);
    struct err err = ERR_INIT;

    ck_assert_msg(files_write(path, text, strlen(text), 0600, &err) == 0, "%s",
                  err.msg);
}

static void expect_program(const char *const *args, int status, const char *want)
{
    struct program p;
    AUTO_FREE char *text = program_argument(root, want);

    program_start(&p, root, args);
    const int rc = program_end(&p);
    ck_assert_msg(strncmp(p.said.s, text, strlen(text)) == 0, "it said: %s", p.said.s);
    ck_assert_int_eq(rc, status);
    program_fini(&p);
}

START_TEST(test_no_kubeconfig)
{
    expect_program((const char *[PROGRAM_ARGS_MAX]){"gantry", "version"}, 1,
                   "Client: gantry 0.1\n"
                   "gantry version: error: no kubeconfig: give --kubeconfig, set "
                   "KUBECONFIG, or have @/.kube/config; or start a cluster on this "
                   "machine: gantry-local up\n");
}
END_TEST

START_TEST(test_no_server)
{
    const int port = rawserver_closed_port();
    AUTO_FREE char *want = xasprintf("Client: gantry 0.1\n"
                                     "gantry version: error: Unable to contact the API "
                                     "server at https://127.0.0.1:%d: ",
                                     port);

    AUTO_FREE char *failed = xasprintf(
        "sbatch: error: Batch job submission failed: Unable to contact the API server "
        "at https://127.0.0.1:%d: ",
        port);
    AUTO_FREE char *not_cancelled = xasprintf("scancel: error: Unable to contact the "
                                              "API server at https://127.0.0.1:%d: ",
                                              port);
    put_kubeconfig("none", port, "t");
    expect_program((const char *[PROGRAM_ARGS_MAX]){"gantry", "sbatch", "--kubeconfig",
                                                    "@/none", "--wrap", "x"},
                   1, failed);
    expect_program((const char *[PROGRAM_ARGS_MAX]){"gantry", "scancel", "--kubeconfig",
                                                    "@/none", "7"},
                   1, not_cancelled);
    expect_program(
        (const char *[PROGRAM_ARGS_MAX]){"gantry", "version", "--kubeconfig", "@/none"},
        1, want);
}
END_TEST

/* What the server says, and where; `said` begins behind "at https://127.0.0.1:PORT". */
struct served {
    struct program server;
    int port;
};

static void serve(struct served *s)
{
    program_start(&s->server, root,
                  (const char *[PROGRAM_ARGS_MAX]){"gantry-local", "serve", "--dir",
                                                   "@/.local/state/gantry-local",
                                                   "--port", "0"});
    program_until(&s->server, "https://127.0.0.1:");
    s->port = atoi(strstr(s->server.said.s, "127.0.0.1:") + strlen("127.0.0.1:"));
}

static void unserve(struct served *s)
{
    ck_assert_int_eq(program_stop(&s->server), 0);
    program_fini(&s->server);
}

/* gantry-local's kubeconfig is found where it leaves it; one of the user's own comes
 * first. */
START_TEST(test_served)
{
    struct served s;
    AUTO_FREE char *kube = xasprintf("%s/.kube", root);
    AUTO_FREE char *own = xasprintf("%s/.kube/config", root);
    struct err err = ERR_INIT;

    serve(&s);
    expect_program((const char *[PROGRAM_ARGS_MAX]){"gantry", "version"}, 0,
                   "Client: gantry 0.1\nServer: v1.37.2+gantry\n");
    AUTO_FREE char *state = xasprintf("%s/.local/state", root);
    setenv("XDG_STATE_HOME", "/nosuch", 1);
    expect_program((const char *[PROGRAM_ARGS_MAX]){"gantry", "version"}, 1,
                   "Client: gantry 0.1\ngantry version: error: no kubeconfig: ");
    setenv("XDG_STATE_HOME", state, 1);
    expect_program((const char *[PROGRAM_ARGS_MAX]){"gantry", "version"}, 0,
                   "Client: gantry 0.1\nServer: v1.37.2+gantry\n");
    unsetenv("XDG_STATE_HOME");
    AUTO_FREE char *refused = xasprintf(
        "Client: gantry 0.1\n"
        "gantry version: error: the API server at https://127.0.0.1:%d does not accept "
        "the credentials of context \"here\": they are wrong or have expired",
        s.port);
    ck_assert_int_eq(files_make_dir(kube, &err), 0);
    put_kubeconfig(".kube/config", s.port, "wrong");
    expect_program((const char *[PROGRAM_ARGS_MAX]){"gantry", "version"}, 1, refused);
    AUTO_FREE char *expired = xasprintf(
        "sbatch: error: Batch job submission failed: the API server at "
        "https://127.0.0.1:%d does not accept the credentials of context \"here\": "
        "they are wrong or have expired; renew them in the kubeconfig\n",
        s.port);
    expect_program((const char *[PROGRAM_ARGS_MAX]){"gantry", "sbatch", "--wrap", "x"},
                   1, expired);
    ck_assert_int_eq(unlink(own), 0);
    unserve(&s);
}
END_TEST

/* A certificate of somebody else. */
START_TEST(test_other_certificate)
{
    struct served s;
    AUTO_FREE char *path = xasprintf("%s/other", root);
    AUTO_FREE char *text = NULL;
    struct err err = ERR_INIT;

    serve(&s);
    text =
        xasprintf("apiVersion: v1\nkind: Config\ncurrent-context: a\n"
                  "clusters:\n- name: a\n  cluster: {server: 'https://127.0.0.1:%d'}\n"
                  "users: []\n"
                  "contexts:\n- name: a\n  context: {cluster: a}\n",
                  s.port);
    ck_assert_int_eq(files_write(path, text, strlen(text), 0600, &err), 0);
    struct program p;
    program_start(&p, root,
                  (const char *[PROGRAM_ARGS_MAX]){"gantry", "version", "--kubeconfig",
                                                   "@/other"});
    ck_assert_int_eq(program_end(&p), 1);
    ck_assert_msg(strstr(p.said.s, "Unable to contact the API server at ") &&
                      strstr(p.said.s, "certificate"),
                  "%s", p.said.s);
    program_fini(&p);
    unserve(&s);
}
END_TEST

/* A link's name is the command's, and its messages begin with it. */
START_TEST(test_link)
{
    expect_program((const char *[PROGRAM_ARGS_MAX]){"kubectl-gantry", "--help"}, 0,
                   "Usage: gantry COMMAND");
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

int main(void)
{
    unsetenv("XDG_STATE_HOME");
    if (!mkdtemp(root))
        return 2;
    const int status = suite_main("gantry/commands", (struct suite_row[]){
                                                         {test_row, ARRAY_LEN(rows)},
                                                         {test_no_kubeconfig, 1},
                                                         {test_no_server, 1},
                                                         {test_served, 1},
                                                         {test_other_certificate, 1},
                                                         {test_link, 1},
                                                         {NULL, 0},
                                                     });
    nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return status;
}
