#include "kubeclient/base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static int value_of(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(alphabet, c) : NULL;

    return at ? (int)(at - alphabet) : -1;
}

/* What stands behind the last full group: `bits` left-over bits and `padding` signs. */
static bool is_proper_end(uint32_t group, unsigned bits, unsigned padding)
{
    if (bits == 0)
        return padding == 0;
    if (bits == 6 || padding != (bits == 12 ? 2 : 1))
        return false;
    return (group & ((1u << bits % 8) - 1)) == 0;
}

char *base64_decode(const char *text, size_t *ret_len)
{
    AUTO_FREE char *out = xmalloc(strlen(text) / 4 * 3 + 4);
    size_t len = 0;
    uint32_t group = 0;
    unsigned bits = 0, padding = 0;

    for (const char *p = text; *p; p++) {
        int v = value_of(*p);

        if (*p == '\n' || *p == '\r')
            continue;
        if (*p == '=') {
            padding++;
            continue;
        }
        if (v < 0 || padding > 0)
            return NULL;
        group = group << 6 | (uint32_t)v;
        bits += 6;
        if (bits == 24) {
            out[len++] = (char)(group >> 16);
            out[len++] = (char)(group >> 8);
            out[len++] = (char)group;
            group = bits = 0;
        }
    }
    if (!is_proper_end(group, bits, padding))
        return NULL;
    for (; bits >= 8; bits -= 8)
        out[len++] = (char)(group >> (bits - 8));
    out[len] = '\0';
    *ret_len = len;
    return TAKE(out);
}
