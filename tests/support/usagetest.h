/*
 * usagetest - a controller whose jobs are charged: account lab with ann and bob, whose
 * usage does not fade, so that numbers are CPU seconds.
 */
#ifndef GANTRY_TESTS_SUPPORT_USAGETEST_H
#define GANTRY_TESTS_SUPPORT_USAGETEST_H

#include "tests/support/ctltest.h"

#define USAGE_PERIOD_SEC 300 /* PriorityCalcPeriod, by default */

/* Without accounts yet. */
struct ctltest *usagetest_unfading(void);
struct ctltest *usagetest_begin(void);
/* Half a period after the end of the n-th. */
void usagetest_go_to(struct ctltest *t, int n);
/* What a member of an account has used, by its status, in thousandths of a second; 0:
 * there is nothing. Leaves the account in t->api->body. */
int64_t usagetest_used(struct ctltest *t, const char *account, const char *user);

#endif
