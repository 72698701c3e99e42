#include "cmd/gantry/block.h"

#include "base/duration.h"
#include "cmd/gantry/slurmtime.h"

void block_init(struct block *b, bool one_line)
{
    *b = (struct block){.one_line = one_line};
    str_init(&b->out, BLOCK_MAX);
}

void block_fini(struct block *b)
{
    str_fini(&b->out);
}

void block_line(struct block *b, const char *fmt, ...)
{
    va_list ap;

    if (b->n++ > 0)
        str_add(&b->out, b->one_line ? " " : "\n   ");
    va_start(ap, fmt);
    str_vaddf(&b->out, fmt, ap);
    va_end(ap);
}

void block_add(struct block *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&b->out, fmt, ap);
    va_end(ap);
}

void block_end(struct block *b)
{
    str_add(&b->out, b->one_line ? "\n" : "\n\n");
    b->n = 0;
}

const char *block_text(const char *s)
{
    return s && *s ? s : "(null)";
}

void block_time(struct block *b, const char *key, int64_t sec, const char *otherwise)
{
    const struct slurmtime_style style = {0};
    char text[SLURMTIME_MAX];

    if (sec == TIME_UNSET || sec == LIMIT_UNLIMITED) {
        block_add(b, "%s=%s", key, otherwise);
        return;
    }
    slurmtime_moment(&style, sec, text);
    block_add(b, "%s=%s", key, text);
}

void block_duration(struct block *b, const char *key, int64_t sec,
                    const char *otherwise)
{
    char text[DURATION_TEXT_MAX];

    if (sec == LIMIT_UNSET) {
        block_add(b, "%s=%s", key, otherwise);
        return;
    }
    duration_format(sec, text);
    block_add(b, "%s=%s", key, text);
}
