/*
 * cachetest - a cache of configmaps on a transcript: short words for what it asks, what
 * it is served and what it tells.
 *
 *   {LIST, .say = {ADD("a", "u1", "5"), END("10")}, .end = END_NEVER}
 *   cachetest_expect(&c, "a list", "added a 5|synced");
 */
#ifndef GANTRY_TESTS_SUPPORT_CACHETEST_H
#define GANTRY_TESTS_SUPPORT_CACHETEST_H

#include "base/str.h"
#include "kubeclient/cache.h"
#include "tests/support/transcript.h"

#define MAPS "/api/v1/namespaces/a/configmaps"
#define STREAM "GET " MAPS "?watch=true&allowWatchBookmarks=true"
#define INITIAL "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
/* What the cache asks. */
#define LIST STREAM INITIAL "&timeoutSeconds=300"
#define WATCH(version) STREAM "&resourceVersion=" version "&timeoutSeconds=300"
#define PAGE "GET " MAPS "?limit=100"

/* What it is served: EVENT("ADDED", "name", "uid", "version"). */
#define OBJECT(name, uid, version)                               \
    "{'metadata':{'namespace':'a','name':'" name "','uid':'" uid \
    "','resourceVersion':'" version "'}}"
#define EVENT(type, name, uid, version) \
    "{'type':'" type "','object':" OBJECT(name, uid, version) "}\n"
#define ADD(name, uid, version) EVENT("ADDED", name, uid, version)
#define MOD(name, uid, version) EVENT("MODIFIED", name, uid, version)
#define DEL(name, uid, version) EVENT("DELETED", name, uid, version)
#define BOOKMARK(version)                                                            \
    "{'type':'BOOKMARK','object':{'kind':'ConfigMap','metadata':{'resourceVersion':" \
    "'" version "'}}}\n"
#define END(version)                                                                 \
    "{'type':'BOOKMARK','object':{'kind':'ConfigMap','metadata':{'resourceVersion':" \
    "'" version "','annotations':{'k8s.io/initial-events-end':'true'}}}}\n"
#define STATUS(code, reason)                                                   \
    "{'kind':'Status','apiVersion':'v1','status':'Failure','message':'sorry'," \
    "'reason':'" reason "','code':" #code "}"
#define ERROR(code, reason) "{'type':'ERROR','object':" STATUS(code, reason) "}\n"

/* How most begin: a is there, at version 10. */
#define LISTED .say = {ADD("a", "u1", "5") END("10")}
#define A_LISTED                                                 \
    {                                                            \
        LIST, .say = { ADD("a", "u1", "5"), END("10"), "~1000" } \
    }
#define TOLD_A "added a 5|synced"

struct cachetest_item {
    char *name, *version;
};

/* What is told is kept as text: "added a 5|synced|modified a 5>7|deleted a 7";
 * "vanished" stands for a deletion that a list implies. Objects with labels are not
 * kept. */
struct cachetest {
    struct transcript *t;
    struct kc_cache *cache;
    struct str text;
    bool relist_when_synced; /* once */
};

extern const struct kc_cache_spec cachetest_spec; /* namespace a, watches of 300 s */

void cachetest_init(struct cachetest *c, const char *name,
                    const struct exchange *script, const struct kc_cache_spec *spec);
/* Fails unless the whole script was asked. */
void cachetest_fini(struct cachetest *c);
/* Fails, naming `name`, unless exactly this was told. */
void cachetest_expect(const struct cachetest *c, const char *name, const char *told);

#endif
