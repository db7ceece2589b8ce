/* cmd_doctor.c - `cordon doctor`: what the runner found out about this machine. */
#include <jansson.h>
#include <stdio.h>

#include "cordon/commands.h"
#include "cordon/style.h"

static void json_print(const struct diagnosis *diagnosis)
{
    json_t *probes = json_array();
    for (unsigned i = 0; i < diagnosis->count; i++) {
        const struct probe *probe = &diagnosis->probes[i];
        json_array_append_new(probes, json_pack("{s:s, s:b, s:s, s:s}", "name", probe->name, "yes",
                                                probe->is_answered, "evidence", probe->evidence, "remedy",
                                                probe->remedy));
    }
    json_t *whole = json_pack("{s:b, s:o}", "healthy", diagnosis->is_healthy, "probes", probes);
    json_dumpf(whole, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(whole);
}

enum status command_doctor(const struct options *options, struct arena *arena)
{
    struct diagnosis diagnosis;
    doctor_examine(&diagnosis, arena);
    bool has_color = style_is_on(options->color, stdout);
    if (options->format == FORMAT_JSON) json_print(&diagnosis);
    for (unsigned i = 0; i < diagnosis.count && options->format != FORMAT_JSON; i++) {
        const struct probe *probe = &diagnosis.probes[i];
        printf("%s%-3s%s  %s: ", style_code(has_color, probe->is_answered ? STYLE_GREEN : STYLE_RED),
               probe->is_answered ? "yes" : "no", style_code(has_color, STYLE_PLAIN), probe->name);
        style_put(stdout, view_of_cstr(probe->evidence));
        putchar('\n');
        if (*probe->remedy) printf("     remedy: %s\n", probe->remedy);
    }
    return diagnosis.is_healthy ? STATUS_OK : STATUS_REJECTED;
}
