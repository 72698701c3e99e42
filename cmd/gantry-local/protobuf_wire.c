#include "cmd/gantry-local/protobuf_wire.h"

#include "base/util.h"

size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

bool read_varint(struct reader *r, uint64_t *ret)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && r->at < r->end; shift += 7) {
        const unsigned char byte = *r->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *ret = value;
            return true;
        }
    }
    return false;
}

static bool read_fixed(struct reader *r, size_t n, uint64_t *ret)
{
    uint64_t value = 0;

    if (reader_left(r) < n)
        return false;
    for (size_t i = 0; i < n; i++)
        value |= (uint64_t)r->at[i] << (8 * i);
    r->at += n;
    *ret = value;
    return true;
}

static bool read_bytes(struct reader *r, struct reader *ret)
{
    uint64_t len;

    if (!read_varint(r, &len) || len > reader_left(r))
        return false;
    *ret = (struct reader){r->at, r->at + len};
    r->at += len;
    return true;
}

bool next_field(struct reader *r, struct field *ret, struct err *err)
{
    uint64_t key;
    bool ok = true;

    if (r->at == r->end)
        return false;
    *ret = (struct field){0};
    if (read_varint(r, &key)) {
        ret->number = key >> 3;
        ret->wire = (enum wire)(key & 7);
        switch (key & 7) {
        case WIRE_VARINT:
            ok = read_varint(r, &ret->value);
            break;
        case WIRE_FIXED64:
            ok = read_fixed(r, 8, &ret->value);
            break;
        case WIRE_BYTES:
            ok = read_bytes(r, &ret->inside);
            break;
        case WIRE_FIXED32:
            ok = read_fixed(r, 4, &ret->value);
            break;
        default:
            ok = false;
        }
        if (ok)
            return true;
    }
    err_set(err, ERR_INVALID, "the protobuf is damaged or cut off");
    return false;
}

bool find_field(struct reader r, uint64_t number, struct field *ret, struct err *err)
{
    struct field f;
    bool found = false;

    while (next_field(&r, &f, err))
        if (f.number == number) {
            *ret = f;
            found = true;
        }
    return found;
}

static char *text_of(const struct reader *r)
{
    return xstrndup((const char *)r->at, reader_left(r));
}

int64_t number_in(struct reader r, uint64_t number, struct err *err)
{
    struct field f;

    return find_field(r, number, &f, err) && f.wire == WIRE_VARINT ? (int64_t)f.value
                                                                   : 0;
}

char *text_in(struct reader r, uint64_t number, struct err *err)
{
    struct field f;

    return find_field(r, number, &f, err) && f.wire == WIRE_BYTES ? text_of(&f.inside)
                                                                  : xstrdup("");
}
