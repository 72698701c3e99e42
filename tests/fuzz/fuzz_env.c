/*
 * fuzz_env - bytes as a container's command and variables: references are replaced, and
 * what has none stays as it is.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/util.h"
#include "cmd/gantry-local/env.h"

#define EXPANDED_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = xstrndup((const char *)data, size);
    AUTO_FREE char *value = xasprintf("LAST=%.100s", text);
    char *envp[] = {(char *)"A=1", (char *)"EMPTY=", value, NULL};
    STR_AUTO struct str out = {0};

    str_init(&out, EXPANDED_MAX);
    env_expand(text, envp, &out);
    if (!strchr(text, '$') && !out.overflow)
        assert(strcmp(out.s, text) == 0);
    env_get(envp, text);
    return 0;
}
