/*
 * queue_like - which jobs of a queue_case are alike: they may have each other's places.
 *
 * They ask for the same, wait for few switches as long, and have one choice each, the
 * same one, of the same who pays.
 */
#ifndef GANTRY_TESTS_SUPPORT_QUEUE_LIKE_H
#define GANTRY_TESTS_SUPPORT_QUEUE_LIKE_H

#include "tests/support/queue_case.h"

bool queue_are_alike(const struct queue_case *q, const struct job *a,
                     const struct job *b);

#endif
