/* embed.c - build tool: writes a C file that holds other files' bytes, by the assembler's .incbin.
 *
 *     embed OUT SYMBOL BASE FILE...
 *
 * SYMBOL_files[] is an array of {name, bytes}; the name is FILE behind its last folder BASE, if it has one.
 * SYMBOL_count counts them. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: embed OUT SYMBOL BASE FILE...\n");
        return 2;
    }
    FILE *out = fopen(argv[1], "w");
    if (!out) {
        perror(argv[1]);
        return 1;
    }
    const char *symbol = argv[2];
    char base[64];
    snprintf(base, sizeof base, "/%.60s/", argv[3]);
    fprintf(out, "#include \"base/embed.h\"\n\n__asm__(\".section .rodata\\n\"\n");
    for (int i = 4; i < argc; i++)
        fprintf(out,
                "        \".balign 16\\n.global %s_%d\\n.hidden %s_%d\\n%s_%d:\\n.incbin \\\"%s\\\"\\n"
                ".global %s_%d_end\\n.hidden %s_%d_end\\n%s_%d_end:\\n.byte 0\\n\"\n",
                symbol, i, symbol, i, symbol, i, argv[i], symbol, i, symbol, i, symbol, i);
    fprintf(out, "        \".previous\\n\");\n\n");
    for (int i = 4; i < argc; i++)
        fprintf(out, "extern const char %s_%d[], %s_%d_end[];\n", symbol, i, symbol, i);
    fprintf(out, "\nconst struct embedded_file %s_files[] = {\n", symbol);
    for (int i = 4; i < argc; i++) {
        const char *name = argv[i];
        for (const char *found = name; (found = strstr(found, base));) name = found += strlen(base);
        fprintf(out, "    {\"%s\", %s_%d, %s_%d_end},\n", name, symbol, i, symbol, i);
    }
    fprintf(out, "};\nconst unsigned %s_count = %d;\n", symbol, argc - 4);
    return fclose(out) == 0 ? 0 : 1;
}
