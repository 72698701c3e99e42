/*
 * banned - calls that no file of ours makes; put before every translation unit by the
 * compiler's -include. Unbounded string calls have bounded siblings, strtok and the
 * local-time calls keep hidden state. (Calls that read the clock are found by
 * tests/check-source, since their names are also harmless words.)
 */
#ifndef GANTRY_BASE_BANNED_H
#define GANTRY_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok localtime gmtime

#endif
