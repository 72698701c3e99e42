/*
 * label_selector - the selectors that objects hold, as a query writes them.
 *
 *   {matchLabels: {a: b}, matchExpressions: [{key: c, operator: In, values: [d]}]}
 *   "a=b,c in (d)"
 */
#ifndef GANTRY_LOCAL_LABEL_SELECTOR_H
#define GANTRY_LOCAL_LABEL_SELECTOR_H

#include "base/json.h"

/* A LabelSelector, a map of labels as older kinds have it, or a text already; terms are
 * sorted by their keys, "" selects everything. The caller's. */
char *label_selector_text(const struct json *selector);

#endif
