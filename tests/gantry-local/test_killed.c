/* The API server is killed in the middle of many writes, again and again: what it
 * answered is there afterwards, what it had deleted is not. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-local/ask.h"
#include "kubeclient/config.h"
#include "kubeclient/transport_curl.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define IN_FLIGHT 16
#define WRITES_MAX 2000
#define ROUNDS 4
#define TEXT_MAX (64u << 20)
#define PATIENCE_MS 30000

enum fate { UNTOLD, MADE, DELETING, DELETED };

struct rig {
    char *dir, *kubeconfig;
    struct program server;
    struct loop *loop;
    struct transport *transport;
    struct kc_client *client;
    struct write {
        struct rig *rig;
        char name[32];
        enum fate fate;  /* as it was answered */
        int64_t version; /* of the answer to its create */
    } writes[WRITES_MAX];
    size_t n, under_way;
    size_t answered, until; /* creates and deletes; kill the server then */
    bool killed;
};

static void serve(struct rig *r)
{
    program_start(&r->server, r->dir,
                  (const char *[PROGRAM_ARGS_MAX]){"gantry-local", "serve", "--port",
                                                   "0", "--dir", "@"});
    program_until(&r->server, "KUBECONFIG");
}

static void connect_to(struct rig *r)
{
    const struct kc_config_source source = {.explicit_path = r->kubeconfig};
    struct kc_config config;
    struct err err = ERR_INIT;
    struct rng rng;

    ck_assert_msg(kc_config_load(&config, &source, &err) == 0, "%s", err.msg);
    r->transport = transport_curl_new(r->loop, &config, "test/1.0", &err);
    ck_assert_msg(r->transport != NULL, "%s", err.msg);
    kc_config_fini(&config);
    rng_seed(&rng, 1);
    r->client = kc_client_new(r->loop, r->transport, &rng);
}

static void disconnect(struct rig *r)
{
    kc_client_free(r->client);
    transport_free(r->transport);
}

/* ---- writes ---- */

static void write_more(struct rig *r);

static void answered(struct rig *r)
{
    r->under_way--;
    r->answered++;
    if (!r->killed && r->answered == r->until) {
        kill(r->server.pid, SIGKILL);
        r->killed = true;
    }
    write_more(r);
}

static void deleted(void *arg, const struct kc_result *result)
{
    struct write *w = arg;

    if (result->outcome == KC_OK)
        w->fate = DELETED;
    answered(w->rig);
}

static void made(void *arg, const struct kc_result *result)
{
    struct write *w = arg;
    struct rig *r = w->rig;
    const struct kc_ref ref = {
        .resource = &kc_configmaps, .ns = "default", .name = w->name};

    if (result->outcome == KC_OK) {
        w->fate = MADE;
        w->version = strtoll(json_str_or(result->body, "metadata.resourceVersion", "0"),
                             NULL, 10);
    }
    if (w->fate == MADE && (w - r->writes) % 3 == 0) {
        w->fate = DELETING;
        r->under_way++;
        kc_delete(r->client, &ref, NULL, deleted, w);
    }
    answered(r);
}

static void write_more(struct rig *r)
{
    const struct kc_ref all = {.resource = &kc_configmaps, .ns = "default"};

    while (!r->killed && r->under_way < IN_FLIGHT && r->n < WRITES_MAX) {
        struct write *w = &r->writes[r->n];
        *w = (struct write){.rig = r};
        snprintf(w->name, sizeof(w->name), "m%zu", r->n++);
        JSON_AUTO struct json *body =
            json_build("{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name':"
                       " %s}, 'data': {'k': 'v'}}",
                       w->name);
        r->under_way++;
        kc_create(r->client, &all, body, made, w);
    }
}

static void write_until_killed(struct rig *r, size_t writes)
{
    const int64_t until_ms = loop_mono_ms(r->loop) + PATIENCE_MS;

    r->killed = false;
    r->answered = 0;
    r->until = writes;
    connect_to(r);
    write_more(r);
    while (!r->killed && loop_mono_ms(r->loop) < until_ms)
        loop_poll(r->loop, 100);
    ck_assert(r->killed);
    ck_assert_int_eq(waitpid(r->server.pid, NULL, 0), r->server.pid);
    /* What had been answered before it was killed is heard, too. */
    for (int i = 0; i < 3; i++)
        loop_poll(r->loop, 20);
    disconnect(r);
    r->under_way = 0;
    close(r->server.out);
    program_fini(&r->server);
}

/* ---- what is there ---- */

static void check_write(const struct write *w, const char *list)
{
    AUTO_FREE char *name = xasprintf("\"name\":\"%s\"", w->name);
    const bool there = strstr(list, name) != NULL;

    switch (w->fate) {
    case MADE:
        ck_assert_msg(there, "%s was answered and is lost", w->name);
        break;
    case DELETED:
        ck_assert_msg(!there, "%s was deleted and is back", w->name);
        break;
    case UNTOLD:
    case DELETING:
        break; /* either is right */
    }
}

static void check(struct rig *r)
{
    STR_AUTO struct str list;
    struct err err = ERR_INIT;
    struct ask *a = ask_open(r->loop, r->kubeconfig, &err);

    ck_assert_msg(a && ask_list(a, &kc_configmaps, 0, &list, &err) == 0, "%s", err.msg);
    const char *text = strstr(list.s, "\"resourceVersion\":\"");
    const int64_t version = strtoll(text + strlen("\"resourceVersion\":\""), NULL, 10);
    for (size_t i = 0; i < r->n; i++) {
        check_write(&r->writes[i], list.s);
        ck_assert_int_le(r->writes[i].version, version);
    }
    ask_close(a);
}

START_TEST(test_killed)
{
    struct rig *r = xcalloc(1, sizeof(*r));
    struct err err = ERR_INIT;

    r->dir = tempdir_new();
    r->kubeconfig = tempdir_path(r->dir, "kubeconfig");
    r->loop = loop_new(&err);
    for (size_t round = 0; round < ROUNDS; round++) {
        serve(r);
        write_until_killed(r, 30 + 67 * round);
        serve(r);
        check(r);
        ck_assert_int_eq(program_stop(&r->server), 0);
        program_fini(&r->server);
    }
    ck_assert_uint_gt(r->n, 300);
    loop_free(r->loop);
    tempdir_free(r->dir);
    free(r->kubeconfig);
    free(r);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return suite_main("gantry-local/killed", (struct suite_row[]){
                                                 {test_killed, 1},
                                                 {NULL, 0},
                                             });
}
