#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"
#include "crds/wiring_private.h"

#define BLOCK_NODES_MAX 1000000

/* 2, 4, 8, ... */
static bool is_doubled(int64_t n)
{
    return n > 1 && (n & (n - 1)) == 0;
}

static int read_sizes(struct wiring *w, char *text, struct err *err)
{
    char *size, *end;

    while ((size = strsep(&text, ",")) != NULL) {
        int64_t n = strtoll(size, &end, 10);
        int64_t base = w->n_sizes > 0 ? w->sizes[w->n_sizes - 1] : 1;
        if (w->n_sizes == TOPOLOGY_LEVELS_MAX)
            return err_set(err, ERR_INVALID, "BlockSizes: more than %d sizes",
                           TOPOLOGY_LEVELS_MAX);
        if (end == size || *end || n < 1 || n > BLOCK_NODES_MAX || n % base != 0 ||
            (w->n_sizes > 0 && !is_doubled(n / base)))
            return err_set(err, ERR_INVALID,
                           "BlockSizes: \"%s\" is not a power of two times the size "
                           "before",
                           size);
        w->sizes[w->n_sizes++] = n;
    }
    return 0;
}

/* A file is of one plugin. */
static int check_kind(const struct wiring *w, struct err *err)
{
    if (!w->blocks || !w->switches)
        return 0;
    return err_set(err, ERR_INVALID,
                   "switches and blocks in one file: it has either SwitchName= or "
                   "BlockName=");
}

/* Slurm's files may have values in quotes. */
static char *unquote(char *word)
{
    const size_t len = strlen(word);

    if (len < 2 || word[0] != '"' || word[len - 1] != '"')
        return word;
    word[len - 1] = '\0';
    return word + 1;
}

/* One "Key=value" of a line. */
static int read_word(struct wiring *w, struct hub *hub, char *word, struct err *err)
{
    const char *key = strsep(&word, "=");
    const struct {
        const char *key;
        char **text;
        bool block;
    } keys[] = {{"SwitchName", &hub->name, false},
                {"BlockName", &hub->name, true},
                {"Nodes", &hub->nodes, false},
                {"Switches", &hub->switches, false}};
    word = word ? unquote(word) : NULL;
    if (!word || *word == '\0')
        return err_set(err, ERR_INVALID, "\"%s\" is not Key=value", key);
    if (strcasecmp(key, "LinkSpeed") == 0)
        return 0;
    if (strcasecmp(key, "BlockSizes") == 0)
        return read_sizes(w, word, err);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (strcasecmp(key, keys[i].key) != 0)
            continue;
        free(*keys[i].text);
        *keys[i].text = xstrdup(word);
        w->blocks |= keys[i].block;
        w->switches |= i == 0;
        return check_kind(w, err);
    }
    return err_set(err, ERR_INVALID,
                   "unknown key \"%s\": SwitchName, BlockName, Nodes, Switches, "
                   "BlockSizes",
                   key);
}

static int take_hub(struct wiring *w, struct hub *hub, struct err *err)
{
    if (!hub->name && !hub->nodes && !hub->switches)
        return 0;
    if (!hub->name)
        return err_set(err, ERR_INVALID, "neither SwitchName nor BlockName");
    if (hub->name[strcspn(hub->name, "[],")])
        return err_set(err, ERR_INVALID, "\"%s\" is a list: a line is of one of them",
                       hub->name);
    if (w->blocks && !hub->nodes)
        return err_set(err, ERR_INVALID, "%s: a block has Nodes", hub->name);
    if ((hub->nodes == NULL) == (hub->switches == NULL))
        return err_set(err, ERR_INVALID, "%s has either Nodes or Switches", hub->name);
    if (w->n == WIRING_SWITCHES_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d switches",
                       WIRING_SWITCHES_MAX);
    GROW(w->hubs, w->n, w->cap);
    w->hubs[w->n++] = *hub;
    *hub = (struct hub){0};
    return 0;
}

static int read_line(struct wiring *w, char *line, size_t number, struct err *err)
{
    struct hub hub = {.line = number, .above = NOWHERE};
    char *word;
    int rc = 0;
    line[strcspn(line, "#")] = '\0';
    while (rc == 0 && (word = strsep(&line, " \t\r")) != NULL)
        if (*word != '\0')
            rc = read_word(w, &hub, word, err);
    if (rc == 0)
        rc = take_hub(w, &hub, err);
    free(hub.name);
    free(hub.nodes);
    free(hub.switches);
    return rc;
}

/* The next line; one that ends with a backslash goes on with the one behind it. NULL:
 * there is none. */
static char *next_line(char **rest, size_t *number)
{
    char *line = strsep(rest, "\n");

    for (size_t len = 0; line && *rest; (*number)++) {
        len += strlen(line + len);
        if (len == 0 || line[len - 1] != '\\')
            break;
        memmove(line + 2, line, --len);
        line += 2;
        strsep(rest, "\n");
    }
    return line;
}

int wiring_read_lines(struct wiring *w, const char *text, size_t len, const char *name,
                      struct err *err)
{
    AUTO_FREE char *copy = xstrndup(text, len);
    char *rest = copy, *line;

    for (size_t number = 1, next = 1; (line = next_line(&rest, &next)) != NULL;
         number = ++next)
        if (read_line(w, line, number, err) < 0)
            return err_prefix(err, "%s:%zu", name, number);
    return 0;
}
