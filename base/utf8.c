#include "base/utf8.h"

#include <stdint.h>

size_t utf8_len(const char *s, size_t len)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t want, i;
    uint32_t rune;

    if (u[0] < 0x80)
        return 1;
    if (u[0] < 0xc2 || u[0] > 0xf4)
        return 0;
    want = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
    if (len < want)
        return 0;
    rune = u[0] & (0xffu >> (want + 1));
    for (i = 1; i < want; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 0;
        rune = rune << 6 | (u[i] & 0x3f);
    }
    if (want == 3 && (rune < 0x800 || (rune >= 0xd800 && rune <= 0xdfff)))
        return 0;
    if (want == 4 && (rune < 0x10000 || rune > 0x10ffff))
        return 0;
    return want;
}
