/* cmd_serve.c - `cordon serve`: where it listens, who may ask, how it stops. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/commands.h"
#include "cordon/http_server.h"
#include "cordon/style.h"

/* A token that is shorter can be guessed; a longer file is something else. Jobs that go on when the server
 * stops have their own wall limit and this much on top. */
enum {
    TOKEN_BYTES_MIN = 16,
    TOKEN_BYTES_MAX = 4096,
    BACKLOG = 512,
    STOP_EXTRA_MS = 5000,
    QUEUE_DEFAULT = 256
};

struct listening {
    char address[300]; /* as it is said to people */
    char path[108];    /* of a unix socket; "" on TCP */
    int fd;
};

static const char *socket_default(struct arena *arena)
{
    const char *service = getenv("RUNTIME_DIRECTORY"), *user = getenv("XDG_RUNTIME_DIR");
    const char *folder = service && *service == '/' ? service : user && *user == '/' ? user : NULL;
    if (!folder && geteuid() == 0) folder = "/run";
    return folder ? arena_format(arena, "%s/cordon.sock", folder).bytes : NULL;
}

/* A socket that nobody answers any more is a dead server's. */
static bool path_free(const char *path, const struct sockaddr_un *address, struct error *err)
{
    struct stat status;
    if (lstat(path, &status) < 0) return true;
    AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_dead = S_ISSOCK(status.st_mode) &&
                   connect(fd, (const struct sockaddr *)address, sizeof *address) < 0 &&
                   errno == ECONNREFUSED;
    if (is_dead && unlink(path) == 0) return true;
    error_set(err, ERROR_USAGE,
              S_ISSOCK(status.st_mode) ? "somebody serves there already" : "is there and no socket");
    error_place(err, view_of_cstr(path), 0, 0);
    return error_remedy(err, "name another: --listen unix:PATH");
}

static bool unix_listen(struct listening *listening, const char *path, unsigned mode, struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (length <= 0 || (size_t)length >= sizeof address.sun_path)
        return error_set(err, ERROR_USAGE, "a socket's path has from 1 to 107 bytes");
    if (!path_free(path, &address, err)) return false;
    memcpy(listening->path, address.sun_path, sizeof listening->path);
    snprintf(listening->address, sizeof listening->address, "unix:%s", path);
    listening->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t before = umask(0777 & ~mode);
    bool is_bound =
        listening->fd >= 0 && bind(listening->fd, (struct sockaddr *)&address, sizeof address) == 0;
    int reason = errno;
    umask(before);
    if (is_bound && listen(listening->fd, BACKLOG) == 0) return true;
    error_set_errno(err, ERROR_SYSTEM, is_bound ? errno : reason, "cannot listen");
    return error_place(err, view_of_cstr(path), 0, 0);
}

/* HOST:PORT or [HOST]:PORT, numbers alone: a name could mean another address tomorrow. */
static bool tcp_listen(struct listening *listening, const char *text, struct error *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found = NULL;
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    char host[80], port[8];
    const char *colon = strrchr(text, ':');
    bool has_brackets = colon && text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    int host_length = colon ? (int)(colon - text) - 2 * has_brackets : -1;
    int one = 1;
    if (host_length > 0 && host_length < (int)sizeof host)
        snprintf(host, sizeof host, "%.*s", host_length, text + has_brackets);
    if (host_length <= 0 || host_length >= (int)sizeof host ||
        getaddrinfo(host, colon + 1, &hints, &found) != 0) {
        error_set(err, ERROR_USAGE, "'%.80s' is no address to listen on", text);
        return error_remedy(err, "unix:PATH, 127.0.0.1:8080 or [::1]:8080");
    }
    listening->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_bound =
        listening->fd >= 0 && setsockopt(listening->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        bind(listening->fd, found->ai_addr, found->ai_addrlen) == 0 && listen(listening->fd, BACKLOG) == 0 &&
        getsockname(listening->fd, (struct sockaddr *)&bound, &length) == 0;
    int reason = errno;
    freeaddrinfo(found);
    if (!is_bound) return error_set_errno(err, ERROR_SYSTEM, reason, "cannot listen on %.80s", text);
    getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(listening->address, sizeof listening->address,
             strchr(host, ':') ? "http://[%s]:%s" : "http://%s:%s", host, port);
    return true;
}

static bool address_listen(struct listening *listening, struct arena *arena, const struct options *options,
                           struct error *err)
{
    const char *text = options->serve.listen;
    unsigned mode = options->serve.socket_mode ? options->serve.socket_mode : 0600;
    *listening = (struct listening){.fd = -1};
    if (text && strncmp(text, "unix:", 5) == 0) return unix_listen(listening, text + 5, mode, err);
    if (!text) {
        const char *path = socket_default(arena);
        if (path) return unix_listen(listening, path, mode, err);
        error_set(err, ERROR_USAGE, "there is no place for a socket: no XDG_RUNTIME_DIR");
        return error_remedy(err, "name one: --listen unix:PATH");
    }
    if (options->serve.token_file) return tcp_listen(listening, text, err);
    error_set(err, ERROR_USAGE, "on TCP everybody on this machine could ask, so a token is needed");
    return error_remedy(err, "--token-file FILE, or --listen unix:PATH");
}

/* A file and not a flag: a command line can be read by everybody on the machine. */
static bool token_read(struct http_server *server, struct arena *arena, const char *path, struct error *err)
{
    struct view bytes;
    if (!path) return true;
    if (!io_read_file(arena, path, TOKEN_BYTES_MAX, &bytes, err)) return false;
    struct view token = view_trim(bytes);
    if (token.length < TOKEN_BYTES_MIN || token.length > TOKEN_BYTES_MAX) {
        error_set(err, ERROR_USAGE, "a token has from %d to %d bytes", TOKEN_BYTES_MIN, TOKEN_BYTES_MAX);
        error_place(err, view_of_cstr(path), 0, 0);
        return error_remedy(err, "head -c 32 /dev/urandom | base64 makes one");
    }
    server->has_token = true;
    server->token = digest_sha256(token);
    return true;
}

/* Whether one more signal came. */
static bool signal_take(void *context)
{
    struct signalfd_siginfo info;
    return read(*(int *)context, &info, sizeof info) == (ssize_t)sizeof info;
}

/* sd_notify(3): one datagram to the socket that the service manager names. */
static void manager_tell(const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    if (!path || (path[0] != '/' && path[0] != '@')) return;
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (length <= 0 || (size_t)length >= sizeof address.sun_path) return;
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)length);
    if (fd >= 0) sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
}

static unsigned slots_default(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 2 : processors > 64 ? 128 : 2 * (unsigned)processors;
}

static bool serve(const struct options *options, struct arena *arena, const struct service *service,
                  struct error *err)
{
    struct listening listening;
    struct http_server server = {.service = service, .actor = options->actor};
    const struct serve_options *wanted = &options->serve;
    unsigned slots = wanted->cells ? wanted->cells : slots_default();
    AUTO_FD int signals = job_signals_watch();
    if (!token_read(&server, arena, wanted->token_file, err) ||
        !address_listen(&listening, arena, options, err))
        return false;
    server.listen_fd = listening.fd;
    if (!http_server_start(&server, slots, wanted->queue ? wanted->queue : QUEUE_DEFAULT, err)) return false;
    fputs("cordon: serving on ", stderr);
    style_put(stderr, view_of_cstr(listening.address));
    fprintf(stderr, ", %u at once\n", slots);
    manager_tell("READY=1");
    struct pollfd fd = {.fd = signals, .events = POLLIN};
    while (poll(&fd, 1, -1) < 0 && errno == EINTR) continue;
    signal_take(&signals);
    manager_tell("STOPPING=1");
    fputs("cordon: stopping; what runs may end, a second signal ends it\n", stderr);
    unsigned wall_ms = (unsigned)options->policy.limits.values[LIMIT_WALL];
    http_server_stop(&server, wall_ms + STOP_EXTRA_MS, signal_take, &signals);
    if (listening.path[0]) unlink(listening.path);
    return true;
}

enum status command_serve(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct service service;
    if (options->operands.count) {
        error_set(&err, ERROR_USAGE, "cordon serve takes no operand");
        return job_complain(&err);
    }
    const struct serve_options *wanted = &options->serve;
    uint32_t pool_cells = wanted->has_no_pool ? 0 : wanted->pool ? wanted->pool : POOL_CELLS_MAX;
    if (!service_open(&service, options, pool_cells, &err)) return job_complain(&err);
    json_object_seed(0); /* before threads share jansson */
    bool has_served = serve(options, arena, &service, &err);
    service_close(&service);
    return has_served ? STATUS_OK : job_complain(&err);
}
