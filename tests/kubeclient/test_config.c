#include "kubeclient/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "base/util.h"
#include "tests/support/suite.h"

/* ---- a folder of files, gone when the test is over ---- */

static char dir[] = "/tmp/gantry-config-XXXXXX";

/* Outside of tests nothing can be asserted. */
static void must(bool holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    exit(EXIT_FAILURE);
}

static void put(const char *name, const char *text, size_t len)
{
    AUTO_FREE char *path = xasprintf("%s/%s", dir, name);
    FILE *f = fopen(path, "w");

    must(f != NULL && fwrite(text, 1, len, f) == len && fclose(f) == 0, path);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

#define CERT "-----BEGIN CERTIFICATE-----\nfile\n"
#define CERT_DATA "LS0tLS1CRUdJTiBBLS0tLS0K" /* -----BEGIN A----- */

static void make_folder(const char *name)
{
    AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

    must(mkdir(path, 0700) == 0, path);
}

static void make_dir(void)
{
    must(mkdtemp(dir) != NULL, dir);
    make_folder("sub");
    put_text("pem", CERT);
    put_text("sub/pem", "-----BEGIN SUB-----\n");
    put_text("no-pem", "hello\n");
    put("nul-pem", "-----BEGIN A-----\n\0x", 20);
    put_text("token", "  s3cret\n\n");
    put_text("two-lines", "s3cret\nmore\n");
    put_text("empty", "");
}

static void remove_dir(void)
{
    AUTO_FREE char *command = xasprintf("rm -rf %s", dir);

    must(system(command) == 0, command);
}

/* '@' stands for the folder, '\x01' for '@'. */
static char *with_dir(const char *text)
{
    STR_AUTO struct str out;

    str_init(&out, 1 << 20);
    for (; *text; text++) {
        if (*text == '@')
            str_add(&out, dir);
        else
            str_addc(&out, *text == '\x01' ? '@' : *text);
    }
    return str_take(&out);
}

/* ---- what was loaded, as one line ---- */

static void describe_pem(struct str *out, const char *name, const char *pem)
{
    const char *begin = "-----BEGIN ";

    if (pem == NULL)
        return;
    ck_assert(str_starts(pem, begin));
    str_addf(out, " %s=%.*s", name, (int)strcspn(pem + strlen(begin), "-"),
             pem + strlen(begin));
}

static void describe_word(struct str *out, const char *name, const char *word)
{
    if (word)
        str_addf(out, " %s=%s", name, word);
}

static char *describe(const struct kc_config *c)
{
    STR_AUTO struct str out;

    str_init(&out, 1 << 20);
    str_addf(&out, "%s: %s ns=%s", c->context, c->server, c->namespace_);
    describe_word(&out, "name", c->tls_server_name);
    describe_pem(&out, "ca", c->ca_pem);
    describe_word(&out, "insecure", c->insecure ? "yes" : NULL);
    describe_word(&out, "token", c->token);
    describe_word(&out, "file", c->token_file);
    describe_pem(&out, "cert", c->client_cert_pem);
    describe_pem(&out, "key", c->client_key_pem);
    return str_take(&out);
}

/* `want` is what is loaded, or the one line of the error. */
static void expect(const struct kc_config_source *source, const char *name,
                   const char *want)
{
    AUTO_FREE char *wanted = with_dir(want);
    AUTO_FREE char *got = NULL;
    struct kc_config config = {.server = xstrdup("untouched")};
    struct kc_config before = config;
    struct err err = ERR_INIT;

    if (kc_config_load(&config, source, &err) == 0) {
        got = describe(&config);
        kc_config_fini(&config);
    } else {
        AUTO_FREE char *was = describe(&before), *is = describe(&config);
        ck_assert_str_eq(is, was);
        ck_assert_int_ne(err.code, ERR_NONE);
        got = xstrdup(err.msg);
    }
    free(before.server);
    ck_assert_msg(strchr(got, '\n') == NULL, "%s: not one line: %s", name, got);
    ck_assert_msg(strcmp(got, wanted) == 0, "%s: got\n  %s\nnot\n  %s", name, got,
                  wanted);
}

static void expect_file(const char *name, const char *text, const char *want)
{
    AUTO_FREE char *path = with_dir("@/config");
    const struct kc_config_source source = {.explicit_path = path};

    AUTO_FREE char *all = with_dir(text);
    put_text("config", all);
    expect(&source, name, want);
}

/* ---- one cluster, one user ---- */

#define CONTEXT \
    "contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n"
#define CLUSTER "kubeconfig: @/config: clusters[\"c\"].cluster."
#define USER "kubeconfig: @/config: users[\"u\"].user."
#define SERVER "server: https://h:1"
#define ONLY_BUT ": use a token or a client certificate"

/* Fields of the cluster. */
static const struct {
    const char *fields, *want;
} clusters[] = {
    {"server: https://127.0.0.1:6443", "x: https://127.0.0.1:6443 ns=default"},
    {"server: http://h", "x: http://h ns=default"},
    {"server: https://h:1/k8s/prod//", "x: https://h:1/k8s/prod ns=default"},
    {"server: 'https://[::1]:6443/'", "x: https://[::1]:6443 ns=default"},
    {"server: ''", CLUSTER "server: is missing"},
    {"extensions: []", CLUSTER "server: is missing"},
    {"server: 127.0.0.1:6443",
     CLUSTER "server: expected https://host:port, got \"127.0.0.1:6443\""},
    {"server: ftp://h", CLUSTER "server: expected https://host:port, got \"ftp://h\""},
    {"server: https://",
     CLUSTER "server: expected https://host:port, got \"https://\""},
    {"server: 'http:///'",
     CLUSTER "server: expected https://host:port, got \"http:///\""},
    {"server: 'https://me:pw\x01h'",
     CLUSTER "server: expected https://host:port, without a user"},
    {"server: \"https://h\\n\"",
     CLUSTER "server: expected https://host:port, got \"https://h \""},
    {"server: 443", CLUSTER "server: expected a string, got integer"},
    {"server: \"a\\0b\"", CLUSTER "server: has a NUL character"},
    {SERVER ", tls-server-name: k8s", "x: https://h:1 ns=default name=k8s"},
    {SERVER ", proxy-url: 'http://p:3128'", CLUSTER "proxy-url: is not supported"},
    {SERVER ", proxy-url: ''", "x: https://h:1 ns=default"},
    {SERVER ", certificate-authority: pem", "x: https://h:1 ns=default ca=CERTIFICATE"},
    {SERVER ", certificate-authority: sub/../pem",
     "x: https://h:1 ns=default ca=CERTIFICATE"},
    {SERVER ", certificate-authority-data: " CERT_DATA,
     "x: https://h:1 ns=default ca=A"},
    {SERVER ", certificate-authority: pem, certificate-authority-data: " CERT_DATA,
     CLUSTER
     "certificate-authority: stands beside certificate-authority-data: give one "
     "of them"},
    {SERVER ", certificate-authority: nope",
     CLUSTER "certificate-authority: @/nope: no such file"},
    {SERVER ", certificate-authority: sub",
     CLUSTER "certificate-authority: @/sub: Is a directory"},
    {SERVER ", certificate-authority: /dev/zero",
     CLUSTER "certificate-authority: /dev/zero: larger than 1048576 bytes"},
    {SERVER ", certificate-authority: no-pem",
     CLUSTER "certificate-authority: @/no-pem: expected PEM (-----BEGIN ...)"},
    {SERVER ", certificate-authority: nul-pem",
     CLUSTER "certificate-authority: @/nul-pem: expected PEM (-----BEGIN ...)"},
    {SERVER ", certificate-authority-data: LS0tLS1CRUdJTi=",
     CLUSTER "certificate-authority-data: malformed base64"},
    {SERVER ", certificate-authority-data: bm8gcGVt",
     CLUSTER "certificate-authority-data: expected PEM (-----BEGIN ...) in base64"},
    {SERVER ", certificate-authority-data: LS0tLS1CRUdJTiAA",
     CLUSTER "certificate-authority-data: expected PEM (-----BEGIN ...) in base64"},
    {SERVER ", insecure-skip-tls-verify: true",
     "x: https://h:1 ns=default insecure=yes"},
    {SERVER ", insecure-skip-tls-verify: false, certificate-authority: pem",
     "x: https://h:1 ns=default ca=CERTIFICATE"},
    {SERVER ", insecure-skip-tls-verify: true, certificate-authority: pem", CLUSTER
     "insecure-skip-tls-verify: stands beside certificate-authority: give one of "
     "them"},
    {SERVER ", insecure-skip-tls-verify: 'yes'",
     CLUSTER "insecure-skip-tls-verify: expected true or false"},
};

START_TEST(test_cluster)
{
    AUTO_FREE char *text = xasprintf("clusters: [{name: c, cluster: {%s}}]\n"
                                     "users: [{name: u, user: {}}]\n" CONTEXT,
                                     clusters[_i].fields);

    expect_file(clusters[_i].fields, text, clusters[_i].want);
}
END_TEST

/* Fields of the user. */
static const struct {
    const char *fields, *want;
} users[] = {
    {"", "x: https://h:1 ns=default"},
    {"token: s3cret", "x: https://h:1 ns=default token=s3cret"},
    {"tokenFile: token", "x: https://h:1 ns=default token=s3cret file=@/token"},
    {"tokenFile: token, token: other",
     "x: https://h:1 ns=default token=s3cret file=@/token"},
    {"token: 12345", USER "token: expected a string, got integer"},
    {"token: 'two words'", USER "token: expected one word of visible characters"},
    {"token: \"a\\r\\nX-Evil: b\"",
     USER "token: expected one word of visible characters"},
    {"tokenFile: nope", USER "tokenFile: @/nope: no such file"},
    {"tokenFile: empty",
     USER "tokenFile: @/empty: expected a bearer token, one line of text"},
    {"tokenFile: two-lines",
     USER "tokenFile: @/two-lines: expected a bearer token, one line of text"},
    {"tokenFile: /dev/zero", USER "tokenFile: /dev/zero: larger than 65536 bytes"},
    {"client-certificate: pem, client-key-data: " CERT_DATA,
     "x: https://h:1 ns=default cert=CERTIFICATE key=A"},
    {"client-certificate: pem",
     USER "client-key: is missing, but there is a client-certificate"},
    {"client-key: pem",
     USER "client-certificate: is missing, but there is a client-key"},
    {"client-key: pem, client-key-data: " CERT_DATA ", client-certificate: pem",
     USER "client-key: stands beside client-key-data: give one of them"},
    {"client-certificate: nope", USER "client-certificate: @/nope: no such file"},
    /* What is not supported, by name. */
    {"username: me, password: pw", USER "username: is not supported" ONLY_BUT},
    {"password: pw", USER "password: is not supported" ONLY_BUT},
    {"token: t, username: me", USER "token: stands beside username: give one of them"},
    {"auth-provider: {name: gcp}", USER "auth-provider: is not supported" ONLY_BUT},
    {"token: t, as: root", USER "as: is not supported" ONLY_BUT},
    {"token: t, as-groups: [a]", USER "as-groups: is not supported" ONLY_BUT},
    {"token: t, as-uid: '1'", USER "as-uid: is not supported" ONLY_BUT},
    {"token: t, as-user-extra: {a: [b]}",
     USER "as-user-extra: is not supported" ONLY_BUT},
    {"exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}",
     USER "exec: credential plugins are not supported" ONLY_BUT},
    /* As kubectl: where there is a credential, the plugin is not asked. */
    {"exec: {command: aws}, token: t", "x: https://h:1 ns=default token=t"},
    {"exec: {command: aws}, client-certificate: pem, client-key: pem",
     "x: https://h:1 ns=default cert=CERTIFICATE key=CERTIFICATE"},
    {"exec: null, username: '', as: null", "x: https://h:1 ns=default"},
};

START_TEST(test_user)
{
    AUTO_FREE char *text =
        xasprintf("clusters: [{name: c, cluster: {server: 'https://h:1'}}]\n"
                  "users: [{name: u, user: {%s}}]\n" CONTEXT,
                  users[_i].fields);

    expect_file(users[_i].fields, text, users[_i].want);
}
END_TEST

/* ---- whole files ---- */

#define C "clusters: [{name: c, cluster: {server: 'https://c'}}]\n"
#define U "users: [{name: u, user: {token: t}}]\n"
#define X_IS(body) "contexts: [{name: x, context: {" body "}}]\ncurrent-context: x\n"
#define X_CONTEXT "kubeconfig: @/config: contexts[\"x\"].context."

static const struct {
    const char *name, *text, *want;
} files[] = {
    {"as kubectl writes it",
     "apiVersion: v1\nkind: Config\npreferences: {}\ncurrent-context: dev\n"
     "clusters:\n- name: local\n  cluster:\n    server: https://127.0.0.1:6443\n"
     "    certificate-authority-data: " CERT_DATA "\n"
     "contexts:\n- name: dev\n  context:\n    cluster: local\n    user: me\n"
     "    namespace: team-a\n"
     "users:\n- name: me\n  user:\n    token: t\n",
     "dev: https://127.0.0.1:6443 ns=team-a ca=A token=t"},
    {"JSON",
     "{\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://c\"}}],"
     "\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\"}}],"
     "\"current-context\":\"x\"}",
     "x: https://c ns=default"},
    {"no user", C X_IS("cluster: c"), "x: https://c ns=default"},
    {"no cluster", C U X_IS("user: u"), X_CONTEXT "cluster: is missing"},
    {"unknown cluster", C U X_IS("cluster: d"),
     X_CONTEXT "cluster: there is no cluster \"d\""},
    {"unknown user", C U X_IS("cluster: c, user: v"),
     X_CONTEXT "user: there is no user \"v\""},
    {"namespace of a wrong type", C U X_IS("cluster: c, namespace: 7"),
     X_CONTEXT "namespace: expected a string, got integer"},
    {"unknown context", C U X_IS("cluster: c") "\n# current-context: y",
     "x: https://c ns=default"},
    {"current context that is not there", C "current-context: y\n",
     "kubeconfig: @/config: current-context: there is no context \"y\""},
    {"no current context", C U "contexts: []\n",
     "kubeconfig: @/config: current-context: is not set"},
    {"empty", " \n\t\n", "kubeconfig: @/config: current-context: is not set"},
    {"a list", "- a\n",
     "kubeconfig: @/config: expected a kubeconfig mapping, got array"},
    {"another kind", "kind: Pod\n",
     "kubeconfig: @/config: kind: expected Config, got Pod"},
    {"lists that are none", "clusters: {}\n",
     "kubeconfig: @/config: clusters: expected array, got object"},
    {"null lists", "clusters: null\nusers: null\ncontexts: null\n",
     "kubeconfig: @/config: current-context: is not set"},
    {"current context of a wrong type", "current-context: [x]\n",
     "kubeconfig: @/config: current-context: expected string, got array"},
    {"an entry without a name", "users: [{user: {}}]\n",
     "kubeconfig: @/config: users[0]: has no name"},
    {"a name that is no string", "users: [{name: 7, user: {}}]\n",
     "kubeconfig: @/config: users[0]: has no name"},
    {"an entry without a body", "users: [{name: u}]\n",
     "kubeconfig: @/config: users[\"u\"].user: expected a mapping"},
    {"a name twice", "users: [{name: u, user: {}}, {name: u, user: {}}]\n",
     "kubeconfig: @/config: users: \"u\" stands there twice"},
    /* Malformed YAML, with the line. */
    {"an open list", "apiVersion: v1\nclusters: [\n",
     "kubeconfig: @/config:3: not YAML: did not find expected node content while "
     "parsing a flow node"},
    {"a tab", "clusters:\n\t- a\n",
     "kubeconfig: @/config:2: not YAML: found character that cannot start any token "
     "while scanning for the next token"},
    {"a key twice", "users: []\nclusters: []\nusers: []\n",
     "kubeconfig: @/config:3: duplicate key \"users\""},
    {"two documents", "users: []\n---\nusers: []\n",
     "kubeconfig: @/config:3: a second document; there must be one"},
    {"an alias without an anchor", "users: *u\n",
     "kubeconfig: @/config:1: alias *u: no anchor &u is complete before it"},
};

START_TEST(test_file)
{
    expect_file(files[_i].name, files[_i].text, files[_i].want);
}
END_TEST

START_TEST(test_alias_bomb)
{
    struct str text;

    str_init(&text, 1 << 20);
    str_add(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++)
        str_addf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n",
                 i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    expect_file("alias bomb", text.s,
                "kubeconfig: @/config:6: more than 200000 values, aliases expanded");
    str_fini(&text);
}
END_TEST

/* ---- which files ---- */

#define NOWHERE \
    "no kubeconfig: give --kubeconfig, set KUBECONFIG, or have @/.kube/config"

static const struct {
    const char *name;
    struct kc_config_source source;
    const char *want;
} sources[] = {
    {"the named file",
     {.explicit_path = "@/one"},
     "x: https://one ns=default token=t1"},
    {"the named file alone",
     {.explicit_path = "@/one", .env_kubeconfig = "@/two", .home = "@"},
     "x: https://one ns=default token=t1"},
    {"the named file is not there",
     {.explicit_path = "@/nope", .env_kubeconfig = "@/one"},
     "kubeconfig: @/nope: no such file"},
    {"the named file is a folder",
     {.explicit_path = "@/sub"},
     "kubeconfig: @/sub: Is a directory"},
    {"the named file has no end",
     {.explicit_path = "/dev/zero"},
     "kubeconfig: /dev/zero: larger than 4194304 bytes"},
    {"the named file cannot be reached",
     {.explicit_path = "@/pem/x"},
     "kubeconfig: @/pem/x: Not a directory"},
    {"a file of the list cannot be reached",
     {.env_kubeconfig = "@/one:@/pem/x"},
     "kubeconfig: @/pem/x: Not a directory"},
    {"KUBECONFIG", {.env_kubeconfig = "@/two"}, "y: https://two ns=default token=t2"},
    /* x of one needs the cluster c and the user u, which both have: the first wins. */
    {"KUBECONFIG, merged",
     {.env_kubeconfig = "@/one:@/two"},
     "x: https://one ns=default token=t1"},
    {"KUBECONFIG, merged the other way",
     {.env_kubeconfig = "@/two:@/one"},
     "y: https://two ns=default token=t2"},
    {"whole entries, never mixed",
     {.env_kubeconfig = "@/two:@/one", .context = "x"},
     "x: https://two ns=default token=t2"},
    {"an entry of the second file, its paths beside it",
     {.env_kubeconfig = "@/one:@/sub/three", .context = "z"},
     "z: https://three ns=three ca=SUB token=t1"},
    {"the first file that says which context",
     {.env_kubeconfig = "@/bare:@/two:@/one"},
     "y: https://two ns=default token=t2"},
    {"gaps in the list",
     {.env_kubeconfig = ":@/nope::@/one:"},
     "x: https://one ns=default token=t1"},
    {"a malformed file in the list",
     {.env_kubeconfig = "@/one:@/bad"},
     "kubeconfig: @/bad:2: not YAML: did not find expected node content while parsing "
     "a flow node"},
    {"a list of what is not there",
     {.env_kubeconfig = "@/nope", .home = "@/home"},
     "no kubeconfig: KUBECONFIG is \"@/nope\", where there is none, and this is not a "
     "pod"},
    {"the home's", {.home = "@/home"}, "x: https://one ns=default token=t1"},
    {"an empty KUBECONFIG",
     {.env_kubeconfig = "", .home = "@/home"},
     "x: https://one ns=default token=t1"},
    {"nothing in the home", {.home = "@"}, NOWHERE},
    {"no home",
     {.home = NULL},
     "no kubeconfig: give --kubeconfig, set KUBECONFIG, or have $HOME/.kube/config"},
    {"another context",
     {.env_kubeconfig = "@/one", .context = "w"},
     "w: https://one ns=w"},
    {"a context that is not there",
     {.env_kubeconfig = "@/one", .context = "q"},
     "kubeconfig: @/one: contexts: there is no context \"q\""},

    /* In a pod. */
    {"in a cluster",
     {.home = "@",
      .service_host = "10.0.0.1",
      .service_port = "443",
      .account_dir = "@/account"},
     "in-cluster: https://10.0.0.1:443 ns=team-a ca=CERTIFICATE token=s3cret "
     "file=@/account/token"},
    {"in a cluster, IPv6",
     {.service_host = "fd00::1", .service_port = "443", .account_dir = "@/account"},
     "in-cluster: https://[fd00::1]:443 ns=team-a ca=CERTIFICATE token=s3cret "
     "file=@/account/token"},
    {"in a cluster, no namespace",
     {.service_host = "h", .service_port = "1", .account_dir = "@/plain"},
     "in-cluster: https://h:1 ns=default ca=CERTIFICATE token=s3cret "
     "file=@/plain/token"},
    {"in a cluster, but with a kubeconfig",
     {.env_kubeconfig = "@/one", .service_host = "h", .service_port = "1"},
     "x: https://one ns=default token=t1"},
    {"in a cluster, no account",
     {.service_host = "h", .service_port = "1", .account_dir = "@/nope"},
     "in-cluster configuration: @/nope/token: no such file"},
    {"in a cluster, no CA",
     {.service_host = "h", .service_port = "1", .account_dir = "@/no-ca"},
     "in-cluster configuration: @/no-ca/ca.crt: no such file"},
    {"a host without a port", {.home = "@", .service_host = "h"}, NOWHERE},
};

static void make_sources(void)
{
    static const char *const folders[] = {"account", "plain", "no-ca", "home",
                                          "home/.kube"};
    static const char one[] =
        "clusters: [{name: c, cluster: {server: 'https://one'}}]\n"
        "users: [{name: u, user: {token: t1}}]\n"
        "contexts: [{name: x, context: {cluster: c, user: u}},"
        " {name: w, context: {cluster: c, namespace: w}}]\ncurrent-context: x\n";

    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        make_folder(folders[i]);
    put_text("one", one);
    put_text("home/.kube/config", one);
    put_text("two", "clusters: [{name: c, cluster: {server: 'https://two'}}]\n"
                    "users: [{name: u, user: {token: t2}}]\n"
                    "contexts: [{name: y, context: {cluster: c, user: u}}]\n"
                    "current-context: y\n");
    put_text("sub/three",
             "clusters: [{name: d, cluster: {server: 'https://three',"
             " certificate-authority: pem}}]\n"
             "contexts: [{name: z, context: {cluster: d, user: u, namespace: three}}]\n"
             "current-context: z\n");
    put_text("bare", "users: []\ncurrent-context: ''\n");
    put_text("bad", "users: [");
    put_text("account/token", "s3cret\n");
    put_text("account/ca.crt", CERT);
    put_text("account/namespace", " team-a\n");
    put_text("plain/token", "s3cret");
    put_text("plain/ca.crt", CERT);
    put_text("no-ca/token", "s3cret");
}

static const char *at(const char *text, char **ret)
{
    *ret = text ? with_dir(text) : NULL;
    return *ret;
}

START_TEST(test_source)
{
    struct kc_config_source s = sources[_i].source;
    AUTO_FREE char *path, *env, *home, *account;

    s.explicit_path = at(s.explicit_path, &path);
    s.env_kubeconfig = at(s.env_kubeconfig, &env);
    s.home = at(s.home, &home);
    s.account_dir = at(s.account_dir, &account);
    expect(&s, sources[_i].name, sources[_i].want);
}
END_TEST

START_TEST(test_environment)
{
    struct kc_config_source s;

    setenv("KUBECONFIG", "a:b", 1);
    setenv("HOME", "/h", 1);
    setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    s = kc_config_source_env("f");
    ck_assert_str_eq(s.explicit_path, "f");
    ck_assert_str_eq(s.env_kubeconfig, "a:b");
    ck_assert_str_eq(s.home, "/h");
    ck_assert_str_eq(s.service_host, "10.0.0.1");
    ck_assert_str_eq(s.service_port, "443");
    ck_assert(s.account_dir == NULL && s.context == NULL);
}
END_TEST

int main(void)
{
    int rc;

    make_dir();
    make_sources();
    rc = suite_main("kubeclient/config", (struct suite_row[]){
                                             {test_cluster, ARRAY_LEN(clusters)},
                                             {test_user, ARRAY_LEN(users)},
                                             {test_file, ARRAY_LEN(files)},
                                             {test_alias_bomb, 1},
                                             {test_source, ARRAY_LEN(sources)},
                                             {test_environment, 1},
                                             {NULL, 0},
                                         });
    remove_dir();
    return rc;
}
