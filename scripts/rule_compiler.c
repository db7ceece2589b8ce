/* rule_compiler.c - build tool: compiles rule files to one image (analyzer/rule_image.h).
 *
 *     rule-compiler OUT BASE FILE...
 *
 * A rule's place is its FILE behind the last folder BASE, as in the files that scripts/embed.c embeds. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/analyzer.h"
#include "base/io.h"

enum { IMAGE_ARENA_BYTES = 1 << 30 };

struct files {
    char **names;
    int count;
    const char *base;
    struct arena *arena;
};

static bool files_add(struct ruleset *ruleset, void *context, struct error *err)
{
    const struct files *files = context;
    for (int i = 0; i < files->count; i++) {
        const char *name = files->names[i];
        struct view bytes;
        if (!io_read_file(files->arena, name, LIMIT_RULE_FILE_BYTES, &bytes, err)) return false;
        for (const char *found = name; (found = strstr(found, files->base));)
            name = found += strlen(files->base);
        if (!ruleset_add_bytes(ruleset, view_of_cstr(name), bytes, err)) return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: rule-compiler OUT BASE FILE...\n");
        return 2;
    }
    AUTO_ARENA struct arena arena;
    arena_init(&arena, IMAGE_ARENA_BYTES);
    struct error err = {0};
    struct view image;
    char text[1200];
    struct files files = {argv + 3, argc - 3, arena_format(&arena, "/%s/", argv[2]).bytes, &arena};
    bool is_made = rule_image_write(&arena, files_add, &files, &image, &err) &&
                   (rule_image_is_sound(image) || error_set(&err, ERROR_SYSTEM, "the image is not sound"));
    AUTO_FD int fd = is_made ? open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    if (is_made && fd < 0) is_made = error_set(&err, ERROR_SYSTEM, "cannot write %s", argv[1]);
    if (is_made && io_write_all(fd, image, &err)) return 0;
    fprintf(stderr, "rule-compiler: %s\n", error_format(&err, text, sizeof text));
    return 1;
}
