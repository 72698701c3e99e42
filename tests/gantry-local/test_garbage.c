/* Objects go with their owners, as in a cluster with its garbage collector. */
#include "cmd/gantry-local/garbage.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tests/support/apitest.h"
#include "tests/support/suite.h"

#define MAPS "/api/v1/namespaces/default/configmaps"
#define NAMES_MAX 16

static void request(struct apitest *t, const char *method, const char *path,
                    const char *body, int status)
{
    const int got = apitest_request(t, method, path, body);

    ck_assert_msg(got == status, "%s %s: %d: %s", method, path, got, t->text.s);
}

static char *owner(const char *api_version, const char *kind, const char *name,
                   const char *uid)
{
    return xasprintf("{'apiVersion':'%s','kind':'%s','name':'%s','uid':'%s'}",
                     api_version, kind, name, uid);
}

/* ---- the rules ---- */

static const struct {
    const char *name;
    struct owner_count owners;
    bool has_dependents;
    enum garbage_verdict verdict;
} judgements[] = {
    {"one owner", {.solid = 1}, true, GARBAGE_KEEP},
    {"one of two is gone", {.solid = 1, .absent = 1}, false, GARBAGE_LOOSEN},
    {"one of two is ending", {.solid = 1, .ending = 1}, true, GARBAGE_LOOSEN},
    {"all are gone", {.absent = 2}, true, GARBAGE_DELETE},
    {"the owner is ending", {.ending = 1}, false, GARBAGE_DELETE},
    {"and there are dependents", {.ending = 1}, true, GARBAGE_DELETE_FOREGROUND},
    {"gone and ending", {.absent = 1, .ending = 1}, true, GARBAGE_DELETE_FOREGROUND},
    {"nobody knows", {.absent = 1, .unknown = 1}, false, GARBAGE_KEEP},
    {"nobody knows of one",
     {.solid = 1, .absent = 1, .unknown = 1},
     false,
     GARBAGE_KEEP},
};

START_TEST(test_judge)
{
    ck_assert_msg(
        garbage_judge(&judgements[_i].owners, judgements[_i].has_dependents) ==
            judgements[_i].verdict,
        "%s", judgements[_i].name);
}
END_TEST

/* ---- ConfigMaps and their owners ----
 *
 *   +a:b!,c/x   make a, owned by b (which it blocks) and c, with the finalizer x/y
 *               (/orphan and /fore: those of the collector)
 *   -a=Orphan   delete a with that policy, or none
 *   <a=true     delete it with orphanDependents
 *   >a          the finalizer x/y of a goes
 *   ~           the collector works until it has no more to do
 *   ?a,b*       there are a and b, and b is deleting; "?." nothing
 *   @a=2        a has two owners
 *
 * An owner that was not made has a uid that never was: "never". "%n" is of a kind that
 * is not served, "&b" another's uid with the name of b.
 */
struct play {
    struct apitest *t;
    const char *script;
    struct {
        char *name, *uid;
    } made[NAMES_MAX];
    size_t n;
};

static const char *uid_of(const struct play *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->made[i].name, name) == 0)
            return p->made[i].uid;
    return "never";
}

static void add_owner(const struct play *p, char *word, struct str *out)
{
    const size_t len = strlen(word);
    const bool blocked = word[len - 1] == '!';
    const bool unserved = word[0] == '%';
    const char *uid = NULL;

    word[len - blocked] = '\0';
    uid = word[0] == '&' ? "another" : uid_of(p, word);
    str_addf(out,
             "%s{'apiVersion':'%s','kind':'%s','name':'%s','uid':'%s',"
             "'blockOwnerDeletion':%s}",
             out->len > 0 ? "," : "", unserved ? "x.y/v1" : "v1",
             unserved ? "Nope" : "ConfigMap", word + strspn(word, "%&"), uid,
             blocked ? "true" : "false");
}

static void make(struct play *p, char *rest)
{
    static const struct {
        const char *word, *finalizer;
    } finalizers[] = {
        {"x", "x/y"}, {"orphan", "orphan"}, {"fore", "foregroundDeletion"}};
    char *held = strchr(rest, '/');
    char *owners = NULL, *save = NULL;
    const char *finalizer = "";
    STR_AUTO struct str list;

    if (held)
        *held++ = '\0';
    if ((owners = strchr(rest, ':')))
        *owners++ = '\0';
    str_init(&list, 4096);
    for (char *w = owners ? strtok_r(owners, ",", &save) : NULL; w;
         w = strtok_r(NULL, ",", &save))
        add_owner(p, w, &list);
    for (size_t i = 0; held && i < ARRAY_LEN(finalizers); i++)
        if (strcmp(finalizers[i].word, held) == 0)
            finalizer = finalizers[i].finalizer;
    AUTO_FREE char *body = xasprintf(
        "{'metadata':{'name':'%s','ownerReferences':[%s],'finalizers':[%s%s%s]}}", rest,
        list.s, held ? "'" : "", finalizer, held ? "'" : "");
    request(p->t, "POST", MAPS, body, 201);
    ck_assert_uint_lt(p->n, NAMES_MAX);
    p->made[p->n].name = xstrdup(rest);
    p->made[p->n++].uid = xstrdup(json_str(p->t->body, "metadata.uid"));
}

static void delete_map(const struct play *p, char *rest, const char *option)
{
    char *value = strchr(rest, '=');

    if (value)
        *value++ = '\0';
    AUTO_FREE char *path = xasprintf(MAPS "/%s%s%s%s", rest, value ? "?" : "",
                                     value ? option : "", value ? value : "");
    request(p->t, "DELETE", path, NULL, 200);
}

static void release(const struct play *p, const char *name)
{
    AUTO_FREE char *path = xasprintf(MAPS "/%s", name);

    request(p->t, "GET", path, NULL, 200);
    JSON_AUTO struct json *object = json_copy(p->t->body);
    struct json *list = json_at(object, "metadata.finalizers");
    for (size_t i = json_len(list); i-- > 0;)
        if (strcmp(json_string(json_item(list, i)), "x/y") == 0)
            json_array_del(list, i);
    AUTO_FREE char *body = json_text(object, NULL);
    request(p->t, "PUT", path, body, 200);
}

static void expect_there(const struct play *p, const char *want)
{
    STR_AUTO struct str got;

    request(p->t, "GET", MAPS, NULL, 200);
    str_init(&got, 4096);
    const struct json *items = json_get(p->t->body, "items");
    for (size_t i = 0; i < json_len(items); i++)
        str_addf(&got, "%s%s%s", i > 0 ? "," : "",
                 json_str(json_item(items, i), "metadata.name"),
                 json_at(json_item(items, i), "metadata.deletionTimestamp") ? "*" : "");
    if (json_len(items) == 0)
        str_add(&got, ".");
    ck_assert_msg(strcmp(got.s, want) == 0, "%s: there is %s instead of %s", p->script,
                  got.s, want);
}

static void expect_owners(const struct play *p, char *rest)
{
    char *n = strchr(rest, '=');
    *n++ = '\0';
    AUTO_FREE char *path = xasprintf(MAPS "/%s", rest);

    request(p->t, "GET", path, NULL, 200);
    const size_t got = json_len(json_at(p->t->body, "metadata.ownerReferences"));
    ck_assert_msg(got == strtoul(n, NULL, 10), "%s: %s has %zu owners", p->script, rest,
                  got);
}

static void step(struct play *p, char *word)
{
    switch (word[0]) {
    case '+':
        make(p, word + 1);
        break;
    case '-':
        delete_map(p, word + 1, "propagationPolicy=");
        break;
    case '<':
        delete_map(p, word + 1, "orphanDependents=");
        break;
    case '>':
        release(p, word + 1);
        break;
    case '~':
        apitest_advance(p->t, 0);
        break;
    case '?':
        expect_there(p, word + 1);
        break;
    case '@':
        expect_owners(p, word + 1);
        break;
    default:
        ck_abort_msg("%s: what is %s?", p->script, word);
    }
}

static const char *const plays[] = {
    /* background */
    "+a +b:a +c -a ?b,c ~ ?c",
    "+a +b:a +c:b +d:c -a ~ ?.",
    "+a +b +c:a,b -a ~ ?b,c @c=1 -b ~ ?.",
    "+a +b:a/x -a ~ ?b* >b ~ ?.",
    "+a/x +b:a -a ~ ?a*,b >a ~ ?.",
    "+a +b:a! -a=Background ~ ?.",
    "+a +b:a! <a=false ~ ?.",
    /* owners that never were, or are others */
    "+b:never ~ ?.",
    "+a +b:a,never ~ ?a,b @b=1",
    "+a +b:&a ~ ?a",
    "+a +b:a,%n -a ~ ?b @b=2",
    "+b:%n ~ ?b",
    "+b:never/x ~ ?b* >b ?.",
    /* foreground */
    "+a +b:a! -a=Foreground ?a*,b ~ ?.",
    "+a +b:a -a=Foreground ~ ?.",
    "+a +b:a!/x -a=Foreground ~ ?a*,b* >b ~ ?.",
    "+a +b:a/x -a=Foreground ~ ?b* >b ~ ?.",
    "+a +b:a! +c:b!/x -a=Foreground ~ ?a*,b*,c* >c ~ ?.",
    "+a +b:a! +c:b/x -a=Foreground ~ ?c* >c ~ ?.",
    "+a +b +c:a!,b -a=Foreground ~ ?b,c @c=1",
    "+a/fore +b:a!/x -a ~ ?a*,b* >b ~ ?.",
    "+a/x +b:a! -a=Foreground ~ ?a* >a ?.",
    "+a +b:a!/x -a=Foreground ~ +c:a! ~ ?a*,b* >b ~ ?.",
    /* orphan */
    "+a +b:a! +c:a -a=Orphan ?a*,b,c ~ ?b,c @b=0 @c=0",
    "+a +b:a <a=true ~ ?b @b=0",
    "+a +b +c:a,b -a=Orphan ~ ?b,c @c=1 -b ~ ?.",
    "+a/orphan +b:a -a ~ ?b @b=0",
    "+a/x +b:a -a=Orphan ~ ?a*,b @b=0 >a ~ ?b",
    "+a/orphan +b:a +c:b -b=Orphan -a=Background ~ ?c @c=0",
    "+a +b:a/orphan +c:b -a ~ ?c @c=0",
    /* another mind */
    "+a +b:a!/x -a=Foreground ~ -a=Background ?b* >b ~ ?.",
    "+a +b:a!/x -a=Foreground ~ -a ?a*,b* >b ~ ?.",
    "+a/x +b:a -a=Background -a=Orphan ~ ?a*,b @b=0",
};

START_TEST(test_play)
{
    struct play p = {.t = apitest_new(), .script = plays[_i]};
    AUTO_FREE char *script = xstrdup(plays[_i]);
    char *save = NULL;

    for (char *w = strtok_r(script, " ", &save); w; w = strtok_r(NULL, " ", &save))
        step(&p, w);
    apitest_free(p.t);
    for (size_t i = 0; i < p.n; i++) {
        free(p.made[i].name);
        free(p.made[i].uid);
    }
}
END_TEST

/* ---- other owners ---- */

static char *make_at(struct apitest *t, const char *path, const char *name,
                     const char *owners)
{
    AUTO_FREE char *body =
        xasprintf("{'metadata':{'name':'%s','ownerReferences':[%s]}}", name, owners);

    request(t, "POST", path, body, 201);
    return xstrdup(json_str(t->body, "metadata.uid"));
}

START_TEST(test_other_namespace)
{
    struct apitest *t = apitest_new();

    request(t, "POST", "/api/v1/namespaces", "{'metadata':{'name':'o'}}", 201);
    AUTO_FREE char *a = make_at(t, MAPS, "a", "");
    AUTO_FREE char *of_a = owner("v1", "ConfigMap", "a", a);
    AUTO_FREE char *b = make_at(t, "/api/v1/namespaces/o/configmaps", "b", of_a);
    apitest_advance(t, 0);
    request(t, "GET", "/api/v1/namespaces/o/configmaps/b", NULL, 404);
    request(t, "GET", MAPS "/a", NULL, 200);
    apitest_free(t);
}
END_TEST

/* One without a namespace owns objects of any; one with a namespace owns none that has
 * none, and nobody can say that it is gone. */
START_TEST(test_cluster_scoped)
{
    struct apitest *t = apitest_new();

    request(t, "POST", "/api/v1/nodes", "{'metadata':{'name':'n'}}", 201);
    AUTO_FREE char *n = xstrdup(json_str(t->body, "metadata.uid"));
    AUTO_FREE char *of_n = owner("v1", "Node", "n", n);
    AUTO_FREE char *a = make_at(t, MAPS, "a", of_n);
    AUTO_FREE char *of_a = owner("v1", "ConfigMap", "a", a);
    AUTO_FREE char *m = make_at(t, "/api/v1/nodes", "m", of_a);
    AUTO_FREE char *o = make_at(t, "/api/v1/namespaces", "o", of_n);
    AUTO_FREE char *b = make_at(t, "/api/v1/namespaces/o/configmaps", "b", "");
    apitest_advance(t, 0);
    request(t, "GET", MAPS "/a", NULL, 200);
    request(t, "GET", "/api/v1/nodes/m", NULL, 200);
    request(t, "DELETE", "/api/v1/nodes/n", NULL, 200);
    apitest_advance(t, 0);
    request(t, "GET", MAPS "/a", NULL, 404);
    request(t, "GET", "/api/v1/namespaces/o", NULL, 404);
    request(t, "GET", "/api/v1/namespaces/o/configmaps/b", NULL, 404);
    request(t, "GET", "/api/v1/nodes/m", NULL, 200);
    apitest_free(t);
}
END_TEST

static void patch_owners(struct apitest *t, const char *name, const char *owners)
{
    AUTO_FREE char *path = xasprintf(MAPS "/%s", name);
    AUTO_FREE char *body = xasprintf("{'metadata':{'ownerReferences':[%s]}}", owners);

    ck_assert_int_eq(
        apitest_send(t,
                     &(struct apitest_request){.method = "PATCH",
                                               .path = path,
                                               .type = "application/merge-patch+json",
                                               .body = body}),
        200);
}

static char *blocking_owner(const char *name, const char *uid)
{
    return xasprintf("{'apiVersion':'v1','kind':'ConfigMap','name':'%s','uid':'%s',"
                     "'blockOwnerDeletion':true}",
                     name, uid);
}

/* Two that own and block each other do not wait for each other. */
START_TEST(test_circle)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *a = make_at(t, MAPS, "a", "");
    AUTO_FREE char *of_a = blocking_owner("a", a);
    AUTO_FREE char *b = make_at(t, MAPS, "b", of_a);
    AUTO_FREE char *of_b = blocking_owner("b", b);

    patch_owners(t, "a", of_b);
    apitest_advance(t, 0);
    request(t, "DELETE", MAPS "/a?propagationPolicy=Foreground", NULL, 200);
    apitest_advance(t, 0);
    request(t, "GET", MAPS "/a", NULL, 404);
    request(t, "GET", MAPS "/b", NULL, 404);
    apitest_free(t);
}
END_TEST

/* A dependent that blocks its owner no longer lets it go. */
START_TEST(test_unblocked)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *a = make_at(t, MAPS, "a", "");
    AUTO_FREE char *of_a = blocking_owner("a", a);

    request(t, "POST", MAPS, "{'metadata':{'name':'b','finalizers':['x/y']}}", 201);
    patch_owners(t, "b", of_a);
    request(t, "DELETE", MAPS "/a?propagationPolicy=Foreground", NULL, 200);
    apitest_advance(t, 0);
    request(t, "GET", MAPS "/a", NULL, 200);
    patch_owners(t, "b", "");
    apitest_advance(t, 0);
    request(t, "GET", MAPS "/a", NULL, 404);
    apitest_expect(t, "the owner", "reason=NotFound");
    apitest_free(t);
}
END_TEST

/* A custom object's dependents follow when its definition goes. */
START_TEST(test_definition)
{
    struct apitest *t = apitest_new();

    request(t, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            "{'metadata':{'name':'foos.x.y'},'spec':{'group':'x.y','scope':"
            "'Namespaced','names':{'plural':'foos','singular':'foo','kind':'Foo',"
            "'listKind':'FooList'},'versions':[{'name':'v1','served':true,'storage':"
            "true,'schema':{'openAPIV3Schema':{'type':'object'}}}]}}",
            201);
    request(t, "POST", "/apis/x.y/v1/namespaces/default/foos",
            "{'apiVersion':'x.y/v1','kind':'Foo','metadata':{'name':'f'}}", 201);
    AUTO_FREE char *of_f =
        owner("x.y/v1", "Foo", "f", json_str(t->body, "metadata.uid"));
    AUTO_FREE char *a = make_at(t, MAPS, "a", of_f);
    apitest_advance(t, 0);
    request(t, "GET", MAPS "/a", NULL, 200);
    request(t, "DELETE",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/foos.x.y", NULL,
            200);
    apitest_advance(t, 0);
    request(t, "GET", MAPS "/a", NULL, 404);
    apitest_free(t);
}
END_TEST

/* ---- what a deletion may say ---- */

static const struct {
    const char *name, *query, *body;
    int status;
    const char *expect;
} options[] = {
    {"no policy", "?propagationPolicy=Sideways", NULL, 422,
     "message~propagationPolicy"},
    {"a policy in the body", "", "{'propagationPolicy':'Foreground'}", 200,
     "metadata.finalizers.0=foregroundDeletion|metadata.deletionTimestamp~T"},
    {"an orphan in the body", "", "{'orphanDependents':true}", 200,
     "metadata.finalizers.0=orphan"},
    {"both", "", "{'orphanDependents':true,'propagationPolicy':'Orphan'}", 422,
     "message~cannot be both set"},
    {"not a bool", "", "{'orphanDependents':'yes'}", 400, "message~orphanDependents"},
    {"another's uid", "",
     "{'propagationPolicy':'Foreground','preconditions':{'uid':'x'}}", 409,
     "reason=Conflict"},
    {"another version", "",
     "{'propagationPolicy':'Orphan','preconditions':{'resourceVersion':'1'}}", 409,
     "reason=Conflict"},
    {"a dry run", "", "{'propagationPolicy':'Foreground','dryRun':['All']}", 200,
     "metadata.finalizers.0=foregroundDeletion"},
};

START_TEST(test_options)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *path = xasprintf(MAPS "/a%s", options[_i].query);
    AUTO_FREE char *a = make_at(t, MAPS, "a", "");

    request(t, "DELETE", path, options[_i].body, options[_i].status);
    apitest_expect(t, options[_i].name, options[_i].expect);
    AUTO_FREE char *version =
        xstrdup_null(json_str(t->body, "metadata.resourceVersion"));
    request(t, "GET", MAPS "/a", NULL, 200);
    if (strstr(options[_i].name, "dry"))
        ck_assert_str_eq(version, apitest_version(t));
    const bool stays = options[_i].status != 200 || strstr(options[_i].name, "dry");
    ck_assert(!json_at(t->body, "metadata.deletionTimestamp") == stays);
    apitest_free(t);
}
END_TEST

/* A Job's pods outlive it where the request does not say otherwise. */
START_TEST(test_usual_for_jobs)
{
    static const char jobs[] = "/apis/batch/v1/namespaces/default/jobs";
    struct apitest *t = apitest_new();

    request(t, "POST", jobs,
            "{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'j'},'spec':"
            "{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c',"
            "'image':'i'}]}}}}",
            201);
    AUTO_FREE char *of_j =
        owner("batch/v1", "Job", "j", json_str(t->body, "metadata.uid"));
    AUTO_FREE char *a = make_at(t, MAPS, "a", of_j);
    request(t, "DELETE", "/apis/batch/v1/namespaces/default/jobs/j", NULL, 200);
    apitest_expect(t, "the job", "metadata.finalizers.0=orphan");
    ck_assert(t->warning && strstr(t->warning, "child pods are preserved"));
    apitest_advance(t, 0);
    request(t, "GET", "/apis/batch/v1/namespaces/default/jobs/j", NULL, 404);
    request(t, "GET", MAPS "/a", NULL, 200);
    apitest_expect(t, "its dependent", "metadata.ownerReferences!");
    apitest_free(t);
}
END_TEST

/* Who watches sees an owner wait, its dependent go, then the owner. */
START_TEST(test_watch)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *a = make_at(t, MAPS, "a", "");
    AUTO_FREE char *of_a = blocking_owner("a", a);
    AUTO_FREE char *b = make_at(t, MAPS, "b", of_a);
    AUTO_FREE char *path =
        xasprintf(MAPS "?watch=true&resourceVersion=%s", apitest_version(t));
    struct apitest_watch *w = apitest_watch(t, path, NULL);

    request(t, "DELETE", MAPS "/a?propagationPolicy=Foreground", NULL, 200);
    apitest_advance(t, 0);
    apitest_watch_expect(w, "MODIFIED",
                         "metadata.name=a|metadata.finalizers.0=foregroundDeletion");
    apitest_watch_expect(w, "DELETED", "metadata.name=b");
    apitest_watch_expect(w, "DELETED", "metadata.name=a|metadata.finalizers!");
    apitest_watch_free(w);
    apitest_free(t);
}
END_TEST

/* More than are looked at in one turn. */
START_TEST(test_many)
{
    struct apitest *t = apitest_new();
    AUTO_FREE char *a = make_at(t, MAPS, "a", "");
    AUTO_FREE char *of_a = owner("v1", "ConfigMap", "a", a);

    for (int i = 0; i < 250; i++) {
        AUTO_FREE char *name = xasprintf("b%d", i);
        AUTO_FREE char *uid = make_at(t, MAPS, name, of_a);
    }
    request(t, "DELETE", MAPS "/a?propagationPolicy=Orphan", NULL, 200);
    apitest_advance(t, 1);
    request(t, "GET", MAPS, NULL, 200);
    ck_assert_uint_eq(json_len(json_get(t->body, "items")), 250);
    for (size_t i = 0; i < 250; i++)
        ck_assert(!json_at(json_item(json_get(t->body, "items"), i),
                           "metadata.ownerReferences"));
    apitest_free(t);
}
END_TEST

int main(void)
{
    return suite_main("gantry-local/garbage", (struct suite_row[]){
                                                  {test_judge, ARRAY_LEN(judgements)},
                                                  {test_play, ARRAY_LEN(plays)},
                                                  {test_other_namespace, 1},
                                                  {test_cluster_scoped, 1},
                                                  {test_circle, 1},
                                                  {test_unblocked, 1},
                                                  {test_definition, 1},
                                                  {test_options, ARRAY_LEN(options)},
                                                  {test_usual_for_jobs, 1},
                                                  {test_watch, 1},
                                                  {test_many, 1},
                                                  {NULL, 0},
                                              });
}
