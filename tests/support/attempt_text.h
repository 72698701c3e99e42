/*
 * attempt_text - attempts as texts, a word for each rank:
 *
 *   none made bound gone  its state; then any of
 *   +ok +fail:CODE +sig:N +broken   terminal: succeeded, with a code, by a signal, or
 *                                   without one
 *   +oom                            with 137, for memory
 *   +why                            a failure that says more than its code
 *   +shut                           terminal: its node went down in good order
 *   +run +sent:ID +unsent:ID        its containers run; it was sent the signal of that
 *                                   action, or the server would not have that
 *   +warned                         it was sent what is sent before the time limit
 *   +del +silent +lost +busy        being deleted; its node is not ready, or gone; a
 *                                   write for it is under way
 *
 * "bound bound+fail:3" is a gang of two whose rank 1 has ended with 3. All are placed
 * on n1.
 */
#ifndef GANTRY_TESTS_SUPPORT_ATTEMPT_TEXT_H
#define GANTRY_TESTS_SUPPORT_ATTEMPT_TEXT_H

#include "cmd/gantry-controller/attempt.h"

/* At most 8 ranks. */
void attempt_from_text(struct attempt *a, int64_t number, const char *text,
                       int64_t now_sec);

#endif
