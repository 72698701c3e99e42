/*
 * analyzer - what clang-tidy reads before each file (.clang-tidy names it): deletion
 * from a hash table in a form that the static analyzer can follow. In uthash's own,
 * which finds things through the table, it sees null pointers used.
 */
#ifndef GANTRY_TESTS_SUPPORT_ANALYZER_H
#define GANTRY_TESTS_SUPPORT_ANALYZER_H

#include <uthash.h>

#undef HASH_DEL
#define HASH_DEL(head, item) \
    ((head) = (head) == (item) ? (void *)(item)->hh.next : (void *)(head))

#endif
