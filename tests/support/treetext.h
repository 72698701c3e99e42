/*
 * treetext - trees of accounts as text: for tests of fair share.
 *
 *   "a:2{ann:1=30 bob:p} cem:1"
 *
 * Account a of 2 shares, in it user ann of 1 share who has used 30, and bob with the
 * shares of his parent; beside it cem. Accounts are those with braces.
 */
#ifndef GANTRY_TESTS_SUPPORT_TREETEXT_H
#define GANTRY_TESTS_SUPPORT_TREETEXT_H

#include "scheduler/fairtree.h"

#define TREETEXT_NAME 8

/* Adds the nodes below the root of a tree that was reset; `names` are by node. */
void treetext_read(struct fairtree *t, const char *text, char names[][TREETEXT_NAME]);

#endif
