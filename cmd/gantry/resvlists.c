#include "cmd/gantry/resvlists.h"

#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "crds/resvflag.h"

#define PURGE_FLAG "PURGE_COMP"
#define PURGE_LEAST 2     /* so many letters of it at least */
#define PURGE_DEFAULT "5" /* minutes, as in Slurm */

/* ---- names ---- */

static bool is_named(const struct json *item, const char *name)
{
    return json_is(item, JSON_STRING) && strcmp(json_string(item), name) == 0;
}

static size_t place_of(const struct json *list, const char *name)
{
    size_t i = 0;

    while (i < json_len(list) && !is_named(json_item(list, i), name))
        i++;
    return i;
}

static void put_once(struct json *list, const char *name)
{
    if (place_of(list, name) == json_len(list))
        json_append(list, json_new_string(name));
}

static void drop(struct json *list, const char *name)
{
    const size_t at = place_of(list, name);

    if (at < json_len(list))
        json_array_del(list, at);
}

/* Does it say only who may not? Whoever else may. */
static bool only_denies(const struct json *list)
{
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *item = json_item(list, i);

        if (!json_is(item, JSON_STRING) || json_string(item)[0] != '-')
            return false;
    }
    return json_len(list) > 0;
}

/* As in Slurm: += lets a name in, be it by its denial being taken back, and -= lets it
 * in no more. "-name" is the denial. */
static void change_name(struct json *list, const char *name, char sign)
{
    AUTO_FREE char *opposite =
        name[0] == '-' ? xstrdup(name + 1) : xasprintf("-%s", name);
    const bool denies = name[0] != '-' && only_denies(list);

    if (sign == '-' && denies) {
        put_once(list, opposite);
    } else if (sign == '-') {
        drop(list, name);
    } else {
        drop(list, opposite);
        if (!denies)
            put_once(list, name);
    }
}

/* ---- flags ---- */

/* "PURGE_COMP", "PURGE_COMP=00:10:00", "pu": a field of its own here. */
static bool put_purge(struct json *spec, const char *word, char sign)
{
    const size_t len = strcspn(word, "=");

    if (len < PURGE_LEAST || len > strlen(PURGE_FLAG) ||
        strncasecmp(word, PURGE_FLAG, len) != 0)
        return false;
    if (sign == '-')
        json_del(spec, "purgeComp");
    else
        json_set(spec, "purgeComp",
                 json_new_string(word[len] ? word + len + 1 : PURGE_DEFAULT));
    return true;
}

/* Slurm's own word is longer than the one it shows. */
#define MAINTENANCE "MAINTENANCE"
/* So many letters of a flag at least. */
#define FLAG_LEAST 3

/* The flag that it says, as in Slurm also by its first letters, if no other begins so;
 * NULL: none. */
static const char *flag_find(const char *word)
{
    const char *found = NULL, *flag;
    size_t len = strlen(word), n = 0;

    if (len > strlen("MAINT") && strncasecmp(MAINTENANCE, word, len) == 0)
        return "MAINT";
    for (size_t i = 0; (flag = resvflag_word(i)) != NULL; i++) {
        if (strcasecmp(flag, word) == 0)
            return flag;
        if (strncasecmp(flag, word, len) == 0) {
            found = flag;
            n++;
        }
    }
    return len >= FLAG_LEAST && n == 1 ? found : NULL;
}

static int put_flag(struct json *spec, struct json *list, const char *word, char sign,
                    struct err *err)
{
    const char *flag = flag_find(word);

    if (put_purge(spec, word, sign))
        return 0;
    if (!flag)
        return err_set(err, ERR_INVALID,
                       "Flags: \"%s\" is no flag of a reservation, or not supported",
                       word);
    if (sign == '-')
        drop(list, flag);
    else
        put_once(list, flag);
    return 0;
}

/* ---- what is said of them ---- */

/* With += and -= it is what is there, more or less. */
static struct json *list_of(struct json *spec, const char *field, bool more)
{
    struct json *list = more ? json_get(spec, field) : NULL;

    if (!json_is(list, JSON_ARRAY)) {
        list = json_new_array();
        json_set(spec, field, list);
    }
    return list;
}

/* Is it "+a", which in Slurm says the same as += does? No name begins so. */
static bool adds(const struct change *c)
{
    return c->more || c->sign == '+';
}

/* "a,b" */
void resvlists_put_names(const struct change *c, const char *field, struct json *spec)
{
    const bool more = adds(c);
    AUTO_FREE char *text = xstrdup(c->value);
    struct json *list = list_of(spec, field, more);
    char *rest = text, *word;

    while ((word = strsep(&rest, ",")) != NULL) {
        word += c->sign == '+' && *word == '+';
        if (*word && more)
            change_name(list, word, c->sign);
        else if (*word)
            put_once(list, word);
    }
}

/* "DAILY,FLEX"; "-DAILY" is Flags-=DAILY. */
int resvlists_put_flags(const struct change *c, struct json *spec, struct err *err)
{
    AUTO_FREE char *text = xstrdup(c->sign && !c->more ? c->value + 1 : c->value);
    struct json *list = list_of(spec, "flags", c->sign);
    char *rest = text, *word;

    if (!c->sign)
        json_del(spec, "purgeComp");
    while ((word = strsep(&rest, ",")) != NULL)
        if (*word && put_flag(spec, list, word, c->sign, err) < 0)
            return -1;
    return 0;
}
