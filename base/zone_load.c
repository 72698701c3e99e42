/* A time zone of the system's, by its name. */
#include "base/zone.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"

#define ZONES_DIR "/usr/share/zoneinfo"
#define NAME_MAX_LEN 64
/* 2000-01-01 to 2100-01-01; no zone has had two shifts within a week. */
#define FIRST_SEC INT64_C(946684800)
#define LAST_SEC INT64_C(4102444800)
#define STEP_SEC INT64_C(604800)

/* Not a path of anywhere. */
static bool is_name(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && strchr("_+-/", name[i]) == NULL)
            return false;
    return len > 0 && len <= NAME_MAX_LEN && name[0] != '/';
}

/* libc takes UTC for what is none, and says nothing. */
static bool is_zone(const char *path)
{
    char magic[4] = "";
    FILE *file = fopen(path, "re");
    bool is = file != NULL && fread(magic, sizeof(magic), 1, file) == 1 &&
              memcmp(magic, "TZif", sizeof(magic)) == 0;

    if (file != NULL)
        fclose(file);
    return is;
}

/* As libc has it where TZ names the zone. */
static int64_t offset_of(int64_t sec)
{
    time_t t = (time_t)sec;
    struct tm tm = {0};

    localtime_r(&t, &tm);
    return tm.tm_gmtoff;
}

/* The first second of the next offset, which is there at `high` and not at `low`. */
static int64_t find_shift(int64_t low, int64_t high)
{
    int64_t was = offset_of(low);

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        if (offset_of(middle) == was)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void add(struct zone *zone, size_t *cap, int64_t from_sec, int64_t offset_sec)
{
    GROW(zone->shifts, zone->n, *cap);
    zone->shifts[zone->n++] = (struct zone_shift){from_sec, offset_sec};
}

static void read_shifts(struct zone *zone)
{
    int64_t offset = offset_of(FIRST_SEC);
    size_t cap = 0;

    add(zone, &cap, FIRST_SEC, offset);
    for (int64_t sec = FIRST_SEC; sec < LAST_SEC; sec += STEP_SEC) {
        if (offset_of(sec + STEP_SEC) == offset)
            continue;
        offset = offset_of(sec + STEP_SEC);
        add(zone, &cap, find_shift(sec, sec + STEP_SEC), offset);
    }
}

/* libc knows the zone of TZ alone. */
static void set_tz(const char *value)
{
    if (value != NULL)
        setenv("TZ", value, 1);
    else
        unsetenv("TZ");
    tzset();
}

int zone_load(const char *name, struct zone *ret, struct err *err)
{
    const char *dir = getenv("TZDIR");
    AUTO_FREE char *path =
        xasprintf("%s/%s", dir != NULL && *dir != '\0' ? dir : ZONES_DIR, name);
    AUTO_FREE char *was = xstrdup_null(getenv("TZ"));
    AUTO_FREE char *value = xasprintf(":%s", path);

    *ret = (struct zone){0};
    if (strcmp(name, ZONE_UTC) == 0)
        return 0;
    if (!is_name(name) || !is_zone(path))
        return err_set(
            err, ERR_INVALID,
            "\"%.64s\" is no time zone that this machine knows: right is one "
            "such as Europe/Berlin (package tzdata)",
            name);
    set_tz(value);
    read_shifts(ret);
    set_tz(was);
    return 0;
}

void zone_fini(struct zone *zone)
{
    free(zone->shifts);
    *zone = (struct zone){0};
}
