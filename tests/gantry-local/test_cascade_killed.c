/* The API server is killed in the middle of a delete that cascades to many objects: the
 * next one goes on where it was, to the end. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "cmd/gantry-local/ask.h"
#include "cmd/gantry-local/objectdb.h"
#include "tests/support/program.h"
#include "tests/support/suite.h"
#include "tests/support/tempdir.h"

#define MAPS "/api/v1/namespaces/default/configmaps"
/* Several turns of the collector. */
#define DEPENDENTS 600
#define ROUNDS 5
#define PATIENCE 2000 /* lists */

struct rig {
    char *dir, *kubeconfig, *db;
    struct program server;
    struct loop *loop;
    struct ask *ask;
};

static void serve(struct rig *r)
{
    struct err err = ERR_INIT;
    program_start(&r->server, r->dir,
                  (const char *[PROGRAM_ARGS_MAX]){"gantry-local", "serve", "--port",
                                                   "0", "--dir", "@"});
    program_until(&r->server, "KUBECONFIG");
    r->ask = ask_open(r->loop, r->kubeconfig, &err);
    ck_assert_msg(r->ask != NULL, "%s", err.msg);
}

static void kill_server(struct rig *r)
{
    kill(r->server.pid, SIGKILL);
    ck_assert_int_eq(waitpid(r->server.pid, NULL, 0), r->server.pid);
    ask_close(TAKE(r->ask));
    close(r->server.out);
    program_fini(&r->server);
}

/* How many maps there are; the list is the caller's to free. */
static size_t list_maps(struct rig *r, struct str *list)
{
    struct err err = ERR_INIT;
    size_t n = 0;
    ck_assert_msg(ask_list(r->ask, &kc_configmaps, 0, list, &err) == 0, "%s", err.msg);
    for (const char *p = list->s; (p = strstr(p, "\"uid\":")) != NULL; p++)
        n++;
    return n;
}

static void make_map(struct rig *r, const char *name, const char *owner_uid)
{
    struct err err = ERR_INIT;
    JSON_AUTO struct json *map = json_build(
        "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':%s}}", name);
    if (owner_uid)
        json_set_at(map, "metadata.ownerReferences",
                    json_build("[{'apiVersion':'v1','kind':'ConfigMap','name':'owner',"
                               "'uid':%s,'blockOwnerDeletion':true}]",
                               owner_uid));
    const struct ask_request request = {"POST", MAPS, "application/json", map};
    ck_assert_msg(ask_send(r->ask, &request, &err) == 0, "%s", err.msg);
}

/* "owner", which owns all others but "other". */
static void make_maps(struct rig *r)
{
    STR_AUTO struct str list;
    char uid[64] = "";
    make_map(r, "owner", NULL);
    list_maps(r, &list);
    sscanf(strstr(strstr(list.s, "\"name\":\"owner\""), "\"uid\":\""),
           "\"uid\":\"%63[^\"]", uid);
    for (int i = 0; i < DEPENDENTS; i++) {
        AUTO_FREE char *name = xasprintf("w%d", i);
        make_map(r, name, uid);
    }
    make_map(r, "other", NULL);
}

/* The answer to a request comes between two turns of the collector. */
static void delete_owner(struct rig *r, const char *propagation, size_t turns)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *path = xasprintf(MAPS "/owner?propagationPolicy=%s", propagation);
    const struct ask_request request = {"DELETE", path, NULL, NULL};
    ck_assert_msg(ask_send(r->ask, &request, &err) == 0, "%s", err.msg);
    for (size_t i = 0; i < turns; i++) {
        STR_AUTO struct str list;
        ck_assert(ask_list(r->ask, &kc_namespaces, 1, &list, &err) == 0);
    }
}

static int count_row(void *arg, const struct objectdb_row *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)arg;
    return 0;
}

/* What the one that was killed has left. */
static size_t count_stored(const struct rig *r)
{
    struct err err = ERR_INIT;
    size_t n = 0;
    struct objectdb *db = objectdb_open(r->db, &err);
    ck_assert_msg(db && objectdb_each(db, "configmaps", count_row, &n, &err) == 0, "%s",
                  err.msg);
    objectdb_close(db);
    return n;
}

/* Only "other" is left. */
static bool has_ended(struct rig *r)
{
    STR_AUTO struct str list;
    return list_maps(r, &list) == 1 && strstr(list.s, "\"name\":\"other\"");
}

static void await_end(struct rig *r)
{
    int lists = 0;
    while (!has_ended(r))
        ck_assert_msg(lists++ < PATIENCE, "maps stay");
}

static void init(struct rig *r)
{
    struct err err = ERR_INIT;
    r->dir = tempdir_new();
    r->kubeconfig = tempdir_path(r->dir, "kubeconfig");
    r->db = tempdir_path(r->dir, "objects.db");
    r->loop = loop_new(&err);
    ck_assert_msg(r->loop != NULL, "%s", err.msg);
}

static void fini(struct rig *r)
{
    loop_free(r->loop);
    tempdir_free(r->dir);
    free(r->kubeconfig);
    free(r->db);
}

static const char *const propagations[] = {"Background", "Foreground"};

/* Killed some turns after the answer; some of the kills come in the middle. */
START_TEST(test_cascade)
{
    struct rig r = {0};
    size_t in_the_middle = 0;
    init(&r);
    for (size_t round = 0; round < ROUNDS; round++) {
        serve(&r);
        make_maps(&r);
        delete_owner(&r, propagations[_i], round);
        kill_server(&r);
        const size_t left = count_stored(&r);
        in_the_middle += left > 1 && left < DEPENDENTS + 1;
        serve(&r);
        await_end(&r);
        const struct ask_request other = {"DELETE", MAPS "/other", NULL, NULL};
        struct err err = ERR_INIT;
        ck_assert_msg(ask_send(r.ask, &other, &err) == 0, "%s", err.msg);
        ask_close(TAKE(r.ask));
        ck_assert_int_eq(program_stop(&r.server), 0);
        program_fini(&r.server);
    }
    ck_assert_uint_gt(in_the_middle, 0);
    fini(&r);
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return suite_main(
        "gantry-local/cascade_killed",
        (struct suite_row[]){{test_cascade, ARRAY_LEN(propagations)}, {NULL, 0}});
}
