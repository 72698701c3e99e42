#include "base/quantity.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define TEXT_MAX 64 /* characters; the widest sensible value has half of that */
#define EXPONENT_MAX \
    100          /* beyond it either way nothing but overflow or 1 can result \
                  */
#define LIMBS 20 /* 640 bits: 64 digits, 10^100 or 2^60, and the unit's 1,000 */

struct suffix {
    const char *text;
    int exp10, exp2; /* the factor is 10^exp10 * 2^exp2 */
};

static const struct suffix quantity_suffixes[] = {
    {"", 0, 0},    {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0},  {"k", 3, 0},
    {"M", 6, 0},   {"G", 9, 0},   {"T", 12, 0},  {"P", 15, 0},  {"E", 18, 0},
    {"Ki", 0, 10}, {"Mi", 0, 20}, {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50},
    {"Ei", 0, 60}, {NULL, 0, 0},
};

/* sbatch(1): binary, and megabytes where there is no letter. */
static const struct suffix size_suffixes[] = {
    {"", 0, 20},   {"K", 0, 10},  {"M", 0, 20},  {"G", 0, 30}, {"T", 0, 40},
    {"k", 0, 10},  {"m", 0, 20},  {"g", 0, 30},  {"t", 0, 40}, {"Ki", 0, 10},
    {"Mi", 0, 20}, {"Gi", 0, 30}, {"Ti", 0, 40}, {NULL, 0, 0},
};

/* ---- a natural number wide enough for every text: limbs of 32 bits, least first ----
 */

struct big {
    uint32_t w[LIMBS];
};

static void big_mul_add(struct big *b, uint32_t factor, uint32_t add)
{
    uint64_t carry = add;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)b->w[i] * factor;
        b->w[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* Divides by ten; the remainder. */
static uint32_t big_div10(struct big *b)
{
    uint64_t rest = 0;
    for (int i = LIMBS; i-- > 0;) {
        rest = rest << 32 | b->w[i];
        b->w[i] = (uint32_t)(rest / 10);
        rest %= 10;
    }
    return (uint32_t)rest;
}

/* b * 10^exp10 * 2^exp2, rounded up. */
static void big_scale(struct big *b, int exp10, int exp2)
{
    bool rest = false;
    for (; exp2 > 0; exp2--)
        big_mul_add(b, 2, 0);
    for (; exp10 > 0; exp10--)
        big_mul_add(b, 10, 0);
    for (; exp10 < 0; exp10++)
        rest |= big_div10(b) != 0;
    if (rest)
        big_mul_add(b, 1, 1);
}

static bool big_to_int64(const struct big *b, bool negative, int64_t *ret)
{
    for (int i = 2; i < LIMBS; i++) {
        if (b->w[i] != 0)
            return false;
    }
    uint64_t magnitude = (uint64_t)b->w[1] << 32 | b->w[0];
    if (magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *ret = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

/* ---- reading ---- */

enum scan { SCAN_OK, SCAN_BAD, SCAN_LARGE };

/* Takes "12.5" off the text; *ret_exp10 counts the digits behind the point, negative.
 */
static bool scan_digits(const char **text, struct big *ret, int *ret_exp10)
{
    const char *s = *text;
    bool any = false, fraction = false;
    *ret_exp10 = 0;
    for (; isdigit((unsigned char)*s) || (*s == '.' && !fraction); s++) {
        if (*s == '.') {
            fraction = true;
            continue;
        }
        any = true;
        big_mul_add(ret, 10, (uint32_t)(*s - '0'));
        *ret_exp10 -= fraction;
    }
    *text = s;
    return any;
}

/* "e3", "E-6": true if that is all there is. "E" alone is exa. */
static bool scan_exponent(const char *s, int *ret)
{
    if (*s != 'e' && *s != 'E')
        return false;
    const char *digits = s + 1 + (s[1] == '+' || s[1] == '-');
    size_t len = strspn(digits, "0123456789");
    if (len == 0 || digits[len] != '\0')
        return false;
    long exponent = strtol(s + 1, NULL, 10);
    *ret = (int)MAX(-EXPONENT_MAX, MIN(EXPONENT_MAX, exponent));
    return true;
}

static bool scan_suffix(const struct suffix *table, const char *s, int *exp10,
                        int *exp2)
{
    for (; table->text; table++) {
        if (strcmp(s, table->text) == 0) {
            *exp10 = table->exp10;
            *exp2 = table->exp2;
            return true;
        }
    }
    return false;
}

/* The value times 10^unit_exp10. */
static enum scan scan_value(const struct suffix *table, const char *s, int unit_exp10,
                            int64_t *ret)
{
    if (strnlen(s, TEXT_MAX + 1) > TEXT_MAX)
        return SCAN_BAD;
    bool negative = *s == '-';
    s += *s == '-' || *s == '+';
    struct big value = {{0}};
    int point, exp10 = 0, exp2 = 0;
    if (!scan_digits(&s, &value, &point))
        return SCAN_BAD;
    if (!scan_suffix(table, s, &exp10, &exp2) &&
        !(table == quantity_suffixes && scan_exponent(s, &exp10)))
        return SCAN_BAD;
    big_scale(&value, exp10 + point + unit_exp10, exp2);
    return big_to_int64(&value, negative, ret) ? SCAN_OK : SCAN_LARGE;
}

static int quantity_scan(const char *text, int unit_exp10, int64_t *ret,
                         struct err *err)
{
    switch (scan_value(quantity_suffixes, text, unit_exp10, ret)) {
    case SCAN_OK:
        return 0;
    case SCAN_LARGE:
        return err_set(err, ERR_INVALID, "quantity \"%s\" is too large", text);
    case SCAN_BAD:
        break;
    }
    return err_set(
        err, ERR_INVALID,
        "\"%.*s\" is not a quantity: use a number such as 2, 1.5 or 1e3, with "
        "n, u, m, k, M, G, T, P, E or Ki, Mi, Gi, Ti, Pi, Ei behind it",
        TEXT_MAX, text);
}

int quantity_parse_milli(const char *text, int64_t *ret_milli, struct err *err)
{
    return quantity_scan(text, 3, ret_milli, err);
}

int quantity_parse(const char *text, int64_t *ret, struct err *err)
{
    return quantity_scan(text, 0, ret, err);
}

/* The shortest text that reads back as the same number, as the document's author wrote
 * it: 0.1 must stay 0.1 and not round up from 0.1000...01. */
static void double_text(double value, char *ret, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(ret, size, "%.*g", digits, value);
        if (strtod(ret, NULL) == value)
            return;
    }
}

static int quantity_read_scaled(const struct json *j, int unit_exp10, int64_t *ret,
                                struct err *err)
{
    char number[TEXT_MAX];
    switch (json_type(j)) {
    case JSON_STRING:
        return quantity_scan(json_string(j), unit_exp10, ret, err);
    case JSON_INT:
        snprintf(number, sizeof(number), "%" PRId64, json_int(j));
        return quantity_scan(number, unit_exp10, ret, err);
    case JSON_DOUBLE:
        double_text(json_double(j), number, sizeof(number));
        return quantity_scan(number, unit_exp10, ret, err);
    case JSON_NULL:
    case JSON_BOOL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return err_set(err, ERR_INVALID, "expected a quantity (string or number), got %s",
                   json_type_name(json_type(j)));
}

int quantity_read_milli(const struct json *j, int64_t *ret_milli, struct err *err)
{
    return quantity_read_scaled(j, 3, ret_milli, err);
}

int quantity_read(const struct json *j, int64_t *ret, struct err *err)
{
    return quantity_read_scaled(j, 0, ret, err);
}

int size_parse(const char *text, int64_t *ret_bytes, struct err *err)
{
    enum scan scan =
        *text == '-' ? SCAN_BAD : scan_value(size_suffixes, text, 0, ret_bytes);
    switch (scan) {
    case SCAN_OK:
        return 0;
    case SCAN_LARGE:
        return err_set(err, ERR_INVALID, "size \"%s\" is too large", text);
    case SCAN_BAD:
        break;
    }
    return err_set(
        err, ERR_INVALID,
        "\"%.*s\" is not a size: use a number (of megabytes), or one with K, M, "
        "G or T behind it, such as 64G",
        TEXT_MAX, text);
}

/* ---- writing ---- */

void quantity_format_milli(int64_t milli, char ret[QUANTITY_TEXT_MAX])
{
    if (milli % 1000 == 0)
        snprintf(ret, QUANTITY_TEXT_MAX, "%" PRId64, milli / 1000);
    else
        snprintf(ret, QUANTITY_TEXT_MAX, "%" PRId64 "m", milli);
}

void quantity_format_bytes(int64_t bytes, char ret[QUANTITY_TEXT_MAX])
{
    static const char *const units[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    size_t unit = 0;
    while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < ARRAY_LEN(units)) {
        bytes /= 1024;
        unit++;
    }
    snprintf(ret, QUANTITY_TEXT_MAX, "%" PRId64 "%s", bytes, units[unit]);
}

void size_format(int64_t bytes, char ret[QUANTITY_TEXT_MAX])
{
    static const char units[] = "KMGT";
    int64_t count = bytes / 1024 + (bytes % 1024 > 0);
    size_t unit = 0;
    while (count != 0 && count % 1024 == 0 && unit + 2 < sizeof(units)) {
        count /= 1024;
        unit++;
    }
    if (count == 0)
        snprintf(ret, QUANTITY_TEXT_MAX, "0");
    else
        snprintf(ret, QUANTITY_TEXT_MAX, "%" PRId64 "%c", count, units[unit]);
}

static void format_decimal(int64_t milli, char *ret)
{
    static const char letters[] = "kMGTPE";
    int64_t value = milli / 1000;
    size_t i = 0;

    if (milli % 1000 != 0) {
        quantity_format_milli(milli, ret);
        return;
    }
    while (value != 0 && value % 1000 == 0) {
        value /= 1000;
        i++;
    }
    snprintf(ret, QUANTITY_TEXT_MAX, "%" PRId64 "%.*s", value, i > 0,
             i > 0 ? &letters[i - 1] : "");
}

bool quantity_canonical(const char *text, char ret[QUANTITY_TEXT_MAX])
{
    const char *suffix = text + strspn(text, "+-0123456789.");
    int64_t milli, bytes;

    if (quantity_parse_milli(text, &milli, NULL) != 0 ||
        strpbrk(suffix, "nu") != NULL ||
        ((suffix[0] == 'e' || suffix[0] == 'E') && suffix[1] != '\0' &&
         suffix[1] != 'i'))
        return false;
    if (!str_ends(suffix, "i")) {
        format_decimal(milli, ret);
        return true;
    }
    if (milli % 1000 != 0 || quantity_parse(text, &bytes, NULL) != 0)
        return false;
    quantity_format_bytes(bytes, ret);
    return true;
}
