/*
 * pattern_measure - how much work a POSIX regular expression would be to compile.
 *
 * regcomp writes counts and '+' out, within what is itself repeated once more, so that
 * a short pattern may take all memory there is: ((a{99}){99}){99}. A repetition of what
 * may be empty, counted, takes all time: (((a*)+){30}){30}.
 */
#ifndef GANTRY_LOCAL_PATTERN_MEASURE_H
#define GANTRY_LOCAL_PATTERN_MEASURE_H

#include <stdbool.h>

bool pattern_is_bearable(const char *posix);

#endif
