#include "crds/dependency.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define SHOWN_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written so that each state is found again; all other text is refused
 * in one line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    AUTO_FREE struct depend *list = NULL;
    STR_AUTO struct str shown, remaining;
    bool any;
    size_t n;

    str_init(&shown, SHOWN_MAX);
    str_init(&remaining, SHOWN_MAX);
    dependency_remaining(text, &remaining);
    if (dependency_parse(text, &list, &n, &any, &err) < 0) {
        assert(err.code == ERR_INVALID && !strchr(err.msg, '\n'));
        return 0;
    }
    assert(n <= DEPENDENCY_MAX);
    for (size_t i = 0; i < n; i++)
        list[i].state = DEPEND_FAILED;
    dependency_format(list, n, any, &shown);
    for (size_t i = 0; i < n; i++)
        list[i].state = DEPEND_NEW;
    dependency_recall(shown.s, list, n);
    for (size_t i = 0; i < n; i++)
        assert(list[i].state ==
               (list[i].kind == DEPEND_SINGLETON ? DEPEND_NEW : DEPEND_FAILED));
    str_reset(&remaining);
    dependency_remaining(shown.s, &remaining);
    assert(strcmp(remaining.s, shown.s) == 0);
    return 0;
}
