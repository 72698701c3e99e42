#include "base/signo.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

#define ROW(name)        \
    {                    \
#name, SIG##name \
    }
static const struct {
    const char *name;
    int signo;
} table[] = {
    ROW(HUP),  ROW(INT),  ROW(QUIT),  ROW(ILL),  ROW(TRAP),   ROW(ABRT),
    ROW(BUS),  ROW(FPE),  ROW(KILL),  ROW(USR1), ROW(SEGV),   ROW(USR2),
    ROW(PIPE), ROW(ALRM), ROW(TERM),  ROW(CHLD), ROW(CONT),   ROW(STOP),
    ROW(TSTP), ROW(TTIN), ROW(TTOU),  ROW(URG),  ROW(XCPU),   ROW(XFSZ),
    ROW(PROF), ROW(SYS),  ROW(WINCH), ROW(PWR),  ROW(VTALRM),
};

static int parse_number(const char *text)
{
    char *end;
    const long number = strtol(text, &end, 10);

    return *text >= '0' && *text <= '9' && !*end && number > 0 && number < NSIG &&
                   signo_name((int)number)
               ? (int)number
               : 0;
}

int signo_parse(const char *text)
{
    const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;

    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (strcasecmp(table[i].name, name) == 0)
            return table[i].signo;
    return parse_number(text);
}

const char *signo_name(int signo)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].signo == signo)
            return table[i].name;
    return NULL;
}

int signo_at(size_t i)
{
    return i < ARRAY_LEN(table) ? table[i].signo : 0;
}
