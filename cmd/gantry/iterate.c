#include "cmd/gantry/iterate.h"

#include "cmd/gantry/slurmtime.h"

int iterate(struct api *c, int64_t sec, int (*show)(void *arg), void *arg)
{
    const bool never = false;

    for (;;) {
        const int rc = show(arg);
        if (sec <= 0)
            return rc;
        fputc('\n', c->cli->out);
        if (fflush(c->cli->out) != 0)
            return rc;
        api_until(c, &never, sec * 1000);
    }
}

void iterate_stamp(const struct cli *cli, int64_t now_sec)
{
    const struct slurmtime_style style = {.format = "%a %b %d %H:%M:%S %Y"};
    char text[SLURMTIME_MAX];

    slurmtime_moment(&style, now_sec, text);
    fprintf(cli->out, "%s\n", text);
}
