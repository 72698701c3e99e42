/*
 * pattern - a schema's `pattern`, in RE2's syntax, as a POSIX regular expression.
 *
 * \d \w \s and their complements, (?: ), lazy quantifiers and escapes within brackets
 * are translated; what POSIX cannot say the same way (flags, look-around, \pN, \x41,
 * \A) is refused by name rather than matched wrongly. So is one that would be too
 * much work (pattern_measure.h).
 */
#ifndef GANTRY_LOCAL_PATTERN_H
#define GANTRY_LOCAL_PATTERN_H

#include <regex.h>

#include "base/err.h"

#define PATTERN_MAX 4096

/* `ret` is to be freed with regfree after success only. ERR_INVALID says what is wrong.
 */
int pattern_compile(const char *pattern, regex_t *ret, struct err *err);

#endif
