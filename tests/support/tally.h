/*
 * tally - how many objects of a collection meet a condition now, by list and watch.
 *
 * The observer of benchmarks: it keeps one bit of each object, so that looking costs
 * the same whoever made the objects.
 */
#ifndef GANTRY_TESTS_SUPPORT_TALLY_H
#define GANTRY_TESTS_SUPPORT_TALLY_H

#include "kubeclient/cache.h"

struct tally;

typedef bool tally_fn(const struct json *object);

/* `spec` as for a cache. Trouble goes to standard error and is retried. */
struct tally *tally_new(struct kc_client *client, const struct kc_cache_spec *spec,
                        tally_fn *meets);
void tally_free(struct tally *t); /* NULL is fine */

/* Everything that existed when the tally began is counted. */
bool tally_is_synced(const struct tally *t);
size_t tally_count(const struct tally *t);

#endif
