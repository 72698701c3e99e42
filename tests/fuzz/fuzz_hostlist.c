#include "base/hostlist.h"

#include <assert.h>
#include <stdint.h>

#include "base/util.h"

#define SHOWN_MAX (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is taken is written as a list that reads back as the same names. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    HOSTLIST_AUTO struct hostlist hl = {0}, again = {0};
    STR_AUTO struct str shown = {0};
    str_init(&shown, SHOWN_MAX);
    if (hostlist_parse(&hl, text, &err) < 0 || hl.n > HOSTLIST_MAX)
        return 0;
    hostlist_format(&hl, &shown);
    assert(hostlist_parse(&again, shown.s, &err) == 0 && again.n == hl.n);
    for (size_t i = 0; i < hl.n; i++)
        assert(str_eq(hl.names[i], again.names[i]));
    hostlist_sort(&hl);
    return 0;
}
