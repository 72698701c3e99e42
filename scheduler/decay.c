#include "scheduler/decay.h"

#include <stddef.h>

#include "base/util.h"

/* So many binary digits of the fraction of a half-life count. */
#define DIGITS 48
#define LOG2_E (INT64_C(1549082005)) /* 1 / ln 2, in 1 / 2^30 */

/* A longer time leaves nothing of any int64; a longer half-life is as good as none. */
#define HALVINGS_MAX 63
#define HALF_LIFE_MAX (INT64_C(1) << 32)

/* Of 2^64: 2^(-1/2), 2^(-1/4), 2^(-1/8), ... */
static const uint64_t roots[DIGITS] = {
    UINT64_C(0xb504f333f9de6484), UINT64_C(0xd744fccad69d6af4),
    UINT64_C(0xeac0c6e7dd24392f), UINT64_C(0xf5257d152486cc2c),
    UINT64_C(0xfa83b2db722a033a), UINT64_C(0xfd3e0c0cf486c175),
    UINT64_C(0xfe9e115c7b8f884c), UINT64_C(0xff4ecb59511ec8a5),
    UINT64_C(0xffa756521c8daed2), UINT64_C(0xffd3a751c0f7e10c),
    UINT64_C(0xffe9d2b2f7db2756), UINT64_C(0xfff4e91bff1b8c3e),
    UINT64_C(0xfffa747ea0040664), UINT64_C(0xfffd3a3b7814eb54),
    UINT64_C(0xfffe9d1cc60ddab1), UINT64_C(0xffff4e8e25879bfa),
    UINT64_C(0xffffa7470363f451), UINT64_C(0xffffd3a37dda0313),
    UINT64_C(0xffffe9d1bdf703af), UINT64_C(0xfffff4e8debe025e),
    UINT64_C(0xfffffa746f4fa150), UINT64_C(0xfffffd3a37a3f8b0),
    UINT64_C(0xfffffe9d1bd1065a), UINT64_C(0xffffff4e8de845ae),
    UINT64_C(0xffffffa746f41377), UINT64_C(0xffffffd3a37a05e4),
    UINT64_C(0xffffffe9d1bd01fc), UINT64_C(0xfffffff4e8de80c0),
    UINT64_C(0xfffffffa746f4051), UINT64_C(0xfffffffd3a37a025),
    UINT64_C(0xfffffffe9d1bd011), UINT64_C(0xffffffff4e8de808),
    UINT64_C(0xffffffffa746f404), UINT64_C(0xffffffffd3a37a02),
    UINT64_C(0xffffffffe9d1bd01), UINT64_C(0xfffffffff4e8de81),
    UINT64_C(0xfffffffffa746f40), UINT64_C(0xfffffffffd3a37a0),
    UINT64_C(0xfffffffffe9d1bd0), UINT64_C(0xffffffffff4e8de8),
    UINT64_C(0xffffffffffa746f4), UINT64_C(0xffffffffffd3a37a),
    UINT64_C(0xffffffffffe9d1bd), UINT64_C(0xfffffffffff4e8df),
    UINT64_C(0xfffffffffffa746f), UINT64_C(0xfffffffffffd3a38),
    UINT64_C(0xfffffffffffe9d1c), UINT64_C(0xffffffffffff4e8e),
};

/* 2^(-fraction), of 2^64, for a part of a half-life; for none, one less than 2^64. */
static uint64_t part(int64_t dt_sec, int64_t half_life_sec)
{
    uint64_t digits = (uint64_t)(((__int128)dt_sec << DIGITS) / half_life_sec);
    uint64_t ret = UINT64_MAX;

    for (size_t i = 0; i < DIGITS; i++) {
        if ((digits >> (DIGITS - 1 - i)) & 1)
            ret = (uint64_t)(((unsigned __int128)ret * roots[i]) >> 64);
    }
    return ret;
}

struct fading fading_after(int64_t dt_sec, int64_t half_life_sec)
{
    int64_t rest;

    if (dt_sec <= 0 || half_life_sec <= 0)
        return (struct fading){0};
    rest = dt_sec % half_life_sec;
    return (struct fading){rest > 0 ? part(rest, half_life_sec) : 0,
                           dt_sec / half_life_sec};
}

int64_t fading_left(struct fading fading, int64_t value)
{
    if (value <= 0 || fading.halvings > HALVINGS_MAX)
        return 0;
    if (fading.part > 0)
        value = (int64_t)(((unsigned __int128)(uint64_t)value * fading.part) >> 64);
    return value >> fading.halvings;
}

int64_t decay(int64_t value, int64_t dt_sec, int64_t half_life_sec)
{
    return fading_left(fading_after(dt_sec, half_life_sec), value);
}

int64_t decay_charge(int64_t dt_sec, int64_t half_life_sec)
{
    int64_t halvings;
    uint64_t left;

    if (dt_sec <= 0)
        return 0;
    if (half_life_sec <= 0 || half_life_sec > HALF_LIFE_MAX)
        return MIN(dt_sec, INT64_MAX / DECAY_ONE) * DECAY_ONE;
    halvings = dt_sec / half_life_sec;
    left = halvings > HALVINGS_MAX
               ? 0
               : part(dt_sec % half_life_sec, half_life_sec) >> halvings;
    /* half-life / ln 2 x (1 - what is left): 2^32 x 2^56 x 2^31 fit into 2^128. */
    return (int64_t)(((unsigned __int128)half_life_sec * ((UINT64_MAX - left) >> 8) *
                      (uint64_t)LOG2_E) >>
                     (56 + 30 - 20));
}
