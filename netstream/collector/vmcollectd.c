// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vmcollectd: receives what vmcapture sends, and stores it.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "netstream/collector/config.h"
#include "netstream/collector/list.h"
#include "netstream/collector/server.h"
#include "netstream/collector/store.h"
#include "netstream/collector/sweep.h"
#include "netstream/collector/tus.h"
#include "netstream/collector/verify.h"
#include "netstream/log.h"
#include "netstream/version.h"

#define DEFAULT_STORE "/var/lib/vmcollectd"
/* A connection's socket, object, state, spool and directories. */
#define FILES_PER_CONNECTION 8

struct options {
	const char *listen, *store, *config;
	struct server_files files;
};

static void usage(FILE *to)
{
	fputs("usage: vmcollectd --listen ADDR:PORT --store DIR --cert FILE\n"
	      "                  --key FILE --client-ca FILE [--config FILE] "
	      "[-v]\n"
	      "       vmcollectd ls [--store DIR] [--config FILE] "
	      "[CLIENT[/SESSION]]\n"
	      "       vmcollectd verify [--store DIR] [CLIENT[/SESSION]]\n"
	      "       vmcollectd --help | --version\n",
	      to);
}

static void help(void)
{
	usage(stdout);
	puts("\nReceives the sessions that vmcapture sends, and stores them.\n"
	     "\n"
	     "  --listen ADDR:PORT  where; [ADDR]:PORT for IPv6, port 0 is "
	     "any\n"
	     "  --store DIR         of the sessions; ls, verify: " DEFAULT_STORE
	     "\n"
	     "  --cert FILE         the server's certificate and chain, PEM\n"
	     "  --key FILE          its key, PEM\n"
	     "  --client-ca FILE    who may sign client certificates, PEM\n"
	     "  --config FILE       limits, see vmcollectd(8)\n"
	     "  -v, --verbose       log what the HTTP library says too\n"
	     "  --help, --version");
}

/* -1 to go on, or the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "store", required_argument, NULL, 's' },
		{ "cert", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ "client-ca", required_argument, NULL, 'a' },
		{ "config", required_argument, NULL, 'f' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "v", longs, NULL)) != -1) {
		switch (opt) {
		case 'l':
			options->listen = optarg;
			break;
		case 's':
			options->store = optarg;
			break;
		case 'c':
			options->files.cert = optarg;
			break;
		case 'k':
			options->files.key = optarg;
			break;
		case 'a':
			options->files.client_ca = optarg;
			break;
		case 'f':
			options->config = optarg;
			break;
		case 'v':
			log_set_level(LOG_LEVEL_DEBUG);
			break;
		case 'h':
			help();
			return EX_OK;
		case 'V':
			puts("vmcollectd (barecap) " BARECAP_VERSION);
			return EX_OK;
		default:
			usage(stderr);
			return EX_USAGE;
		}
	}
	return -1;
}

static int load_config(struct config *config, const struct options *options)
{
	config_init(config);
	return options->config ? config_load(config, options->config) : 0;
}

static int run_ls(const struct options *options, const char *what)
{
	struct config config;

	if (load_config(&config, options) < 0)
		return EX_CONFIG;
	if (list_store(options->store, what, config.stall_timeout) < 0)
		return EX_NOINPUT;
	return EX_OK;
}

static int run_verify(const struct options *options, const char *what)
{
	struct verify_total total;
	int ret = verify_store(options->store, what, stdout, &total);

	if (ret < 0)
		return ret == -ENOMEM ? EX_OSERR : EX_NOINPUT;
	if (total.n_bad)
		return EX_DATAERR;
	return total.n_incomplete ? EX_TEMPFAIL : EX_OK;
}

/* What looks through a store, and gives the exit status. */
static const struct command {
	const char *name;
	int (*run)(const struct options *options, const char *what);
} commands[] = {
	{ "ls", run_ls },
	{ "verify", run_verify },
};

static int run_command(const struct command *command, int argc, char **argv)
{
	struct options options = { .store = DEFAULT_STORE };
	int status;

	status = parse_options(argc, argv, &options);
	if (status >= 0)
		return status;
	if (argc - optind > 1) {
		usage(stderr);
		return EX_USAGE;
	}
	status = command->run(&options, argv[optind]);
	if (fflush(stdout) == EOF || ferror(stdout)) {
		log_err("standard output: %s", strerror(errno));
		return EX_IOERR;
	}
	return status;
}

static void raise_file_limit(uint64_t n_connections)
{
	uint64_t need = n_connections * FILES_PER_CONNECTION + 64;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= need)
		return;
	limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < need)
		log_warn("%llu open files are allowed, max_connections may "
			 "need %llu",
			 (unsigned long long)limit.rlim_cur,
			 (unsigned long long)need);
}

/* sd_notify(3) without its library: one datagram, if anybody listens. */
static void notify_systemd(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (!len || len >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, len);
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		   (struct sockaddr *)&addr,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) <
	    0)
		log_warn("%s: %s", path, strerror(errno));
	close(fd);
}

static int serve(const struct options *options, struct tus *tus,
		 const sigset_t *signals)
{
	struct server *server;
	struct sweep sweep;
	int ret, got;

	ret = server_start(&server, options->listen, &options->files, tus);
	if (ret < 0)
		return ret == -EINVAL ? EX_CONFIG : EX_UNAVAILABLE;
	if (sweep_start(&sweep, tus) < 0) {
		server_stop(server);
		return EX_OSERR;
	}
	notify_systemd("READY=1");
	do {
		got = sigwaitinfo(signals, NULL);
	} while (got < 0);
	log_notice("%s: stopping", strsignal(got));
	notify_systemd("STOPPING=1");
	sweep_stop(&sweep);
	server_stop(server);
	return EX_OK;
}

static int run_server(const struct options *options)
{
	struct config config;
	struct store store;
	struct tus tus;
	sigset_t signals;
	int status;

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	/* Before the threads are made: only this one gets the signals. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);

	if (load_config(&config, options) < 0)
		return EX_CONFIG;
	raise_file_limit(config.max_connections);
	if (config.max_sessions >= config.max_connections)
		log_warn("max_sessions leaves none of max_connections to "
			 "those who wait");
	if (store_open(&store, options->store, config.reserve, true) < 0)
		return EX_CANTCREAT;
	status = EX_OSERR;
	if (!tus_init(&tus, &config, &store)) {
		status = serve(options, &tus, &signals);
		tus_destroy(&tus);
	}
	store_close(&store);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { .listen = NULL };
	int status;

	log_init("vmcollectd");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc > 1 && !strcmp(argv[1], commands[i].name))
			return run_command(&commands[i], argc - 1, argv + 1);
	status = parse_options(argc, argv, &options);
	if (status >= 0)
		return status;
	if (optind < argc || !options.listen || !options.store ||
	    !options.files.cert || !options.files.key ||
	    !options.files.client_ca) {
		usage(stderr);
		return EX_USAGE;
	}
	return run_server(&options);
}
