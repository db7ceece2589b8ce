#include "runner/elf.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { HEADERS_MAX = 64, DYNAMIC_MAX = 1024, TEXT_BYTES = 1024 };

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#endif

/* One file being read. */
struct file {
    int fd;
    struct arena *arena;
    ElfW(Phdr) headers[HEADERS_MAX];
    unsigned header_count;
};

static bool bytes_at(int fd, uint64_t offset, void *bytes, size_t size)
{
    return offset <= INT64_MAX && pread(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

/* The text at a place of the file, or NULL where it has no end. */
static const char *text_at(const struct file *file, uint64_t offset)
{
    char text[TEXT_BYTES];
    ssize_t got = offset <= INT64_MAX ? pread(file->fd, text, sizeof text, (off_t)offset) : 0;
    size_t length = got > 0 ? strnlen(text, (size_t)got) : 0;
    if (got <= 0 || length == (size_t)got) return NULL;
    return arena_copy(file->arena, view_make(text, length)).bytes;
}

/* Where the byte that is loaded at `address` stands in the file; UINT64_MAX: nowhere. */
static uint64_t offset_of(const struct file *file, uint64_t address)
{
    for (unsigned i = 0; i < file->header_count; i++) {
        const ElfW(Phdr) *header = &file->headers[i];
        bool is_inside = header->p_type == PT_LOAD && address >= header->p_vaddr &&
                         address - header->p_vaddr < header->p_filesz;
        if (is_inside) return header->p_offset + (address - header->p_vaddr);
    }
    return UINT64_MAX;
}

static void dynamic_read(struct elf *elf, const struct file *file, const ElfW(Phdr) * header)
{
    static ElfW(Dyn) const end = {.d_tag = DT_NULL};
    ElfW(Dyn) entries[DYNAMIC_MAX];
    size_t count = header->p_filesz / sizeof *entries;
    if (count > DYNAMIC_MAX) count = DYNAMIC_MAX;
    if (!bytes_at(file->fd, header->p_offset, entries, count * sizeof *entries)) return;
    uint64_t texts = UINT64_MAX;
    for (size_t i = 0; i < count && entries[i].d_tag != end.d_tag; i++)
        if (entries[i].d_tag == DT_STRTAB) texts = offset_of(file, entries[i].d_un.d_ptr);
    if (texts == UINT64_MAX) return;
    for (size_t i = 0; i < count && entries[i].d_tag != end.d_tag; i++) {
        uint64_t offset;
        bool is_text =
            entries[i].d_tag == DT_NEEDED || entries[i].d_tag == DT_RUNPATH || entries[i].d_tag == DT_RPATH;
        if (!is_text || __builtin_add_overflow(texts, (uint64_t)entries[i].d_un.d_val, &offset)) continue;
        const char *text = text_at(file, offset);
        if (!text) continue;
        if (entries[i].d_tag != DT_NEEDED)
            elf->search = text;
        else if (elf->needed_count < ELF_NEEDED_MAX)
            elf->needed[elf->needed_count++] = text;
    }
}

static bool script_read(struct elf *elf, struct arena *arena, const char *line)
{
    struct view rest = view_of_cstr(line + 2), interpreter, argument;
    view_split(rest, '\n', &rest, &argument);
    rest = view_trim(rest);
    view_split(rest, ' ', &interpreter, &argument);
    elf->interpreter = arena_copy(arena, interpreter).bytes;
    argument = view_trim(argument);
    if (argument.length) elf->argument = arena_copy(arena, argument).bytes;
    return interpreter.length > 0 && interpreter.bytes[0] == '/';
}

bool elf_read(struct elf *elf, struct arena *arena, const char *path)
{
    *elf = (struct elf){0};
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct file file = {.fd = fd, .arena = arena};
    char start[256] = "";
    if (fd < 0 || pread(fd, start, sizeof start - 1, 0) < 4) return false;
    if (start[0] == '#' && start[1] == '!') return script_read(elf, arena, start);
    ElfW(Ehdr) head;
    bool is_ours = bytes_at(fd, 0, &head, sizeof head) && memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
                   head.e_ident[EI_CLASS] == ELFCLASS64 && head.e_ident[EI_DATA] == ELFDATA2LSB &&
                   head.e_machine == OWN_MACHINE && head.e_phentsize == sizeof *file.headers &&
                   head.e_phnum <= HEADERS_MAX;
    if (!is_ours || !bytes_at(fd, head.e_phoff, file.headers, head.e_phnum * sizeof *file.headers))
        return false;
    file.header_count = head.e_phnum;
    for (unsigned i = 0; i < file.header_count; i++) {
        if (file.headers[i].p_type == PT_INTERP) elf->loader = text_at(&file, file.headers[i].p_offset);
        if (file.headers[i].p_type == PT_DYNAMIC) dynamic_read(elf, &file, &file.headers[i]);
    }
    return true;
}
