// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * chelsio [-v] [-o DIR] ADAPTER... -- QEMU [ARGUMENT...]
 *
 * Runs QEMU with a process beside it for each ADAPTER, which is
 *
 *	t5|t6:SEED[:EDC0,EDC1,MC][:dead|:gone|:slow]
 *
 * with the sizes of the adapter's memories in MiB, 1,1,0 by default.  The
 * adapters' sockets are the descriptors 40, 41...: QEMU takes one with
 *
 *	-device x-pci-proxy-dev,id=NAME,fd=40
 *
 * and needs memory that could be shared: -M q35,memory-backend=mem
 * -object memory-backend-memfd,id=mem,size=...,share=on
 *
 * The memory and the registers of each are the files adapter-SEED.mem and
 * adapter-SEED.regs in DIR, always up to date.  -v writes each access to a
 * BAR to adapter-SEED.trace.
 *
 * dead: BARs read all-ones.  gone: and from the first such read on the config
 * space too.  slow: each access to a BAR takes a millisecond more.
 *
 * This process becomes QEMU, so its id and exit status are QEMU's; the
 * adapters end with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chelsio.h"
#include "chelsio-regs.h"

#define FIRST_FD 40
#define ADAPTERS_MAX 8
#define SLOW_US 1000

struct adapter_options {
	struct chelsio_config config;
	enum proxy_fault fault;
	unsigned int delay_us;
};

static const char *dir;
static bool verbose;

static _Noreturn void die(const char *what, int error)
{
	fprintf(stderr, "chelsio: %s: %s\n", what, strerror(error));
	_exit(71);
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: chelsio [-v] [-o dir] "
			"t5|t6:seed[:edc0,edc1,mc][:dead|:gone|:slow]... -- "
			"qemu [argument ...]\n");
	exit(64);
}

/* A number up to max, and what follows it. */
static bool parse_number(const char **text, unsigned long max, uint32_t *ret)
{
	unsigned long value;
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	value = strtoul(*text, &end, 10);
	if (errno || value > max)
		return false;
	*text = end;
	*ret = (uint32_t)value;
	return true;
}

static bool skip(const char **text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*text, prefix, len) != 0)
		return false;
	*text += len;
	return true;
}

/* EDC1 lies at the size of EDC0, MC at twice that: they may not overlap. */
static bool parse_sizes(const char **text, struct chelsio_config *ret)
{
	return parse_number(text, MA_SIZE_MAX / 4, &ret->edc0) &&
	       skip(text, ",") && parse_number(text, ret->edc0, &ret->edc1) &&
	       skip(text, ",") &&
	       parse_number(text, MA_SIZE_MAX / 4, &ret->mc) && ret->edc0 > 0;
}

static bool parse_adapter(const char *text, struct adapter_options *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->config.edc0 = 1;
	ret->config.edc1 = 1;
	ret->config.t6 = skip(&text, "t6:");
	if (!ret->config.t6 && !skip(&text, "t5:"))
		return false;
	if (!parse_number(&text, UINT32_MAX, &ret->config.seed))
		return false;
	if (text[0] == ':' && text[1] >= '0' && text[1] <= '9') {
		text++;
		if (!parse_sizes(&text, &ret->config))
			return false;
	}
	if (skip(&text, ":dead"))
		ret->fault = PROXY_DEAD;
	else if (skip(&text, ":gone"))
		ret->fault = PROXY_GONE;
	else if (skip(&text, ":slow"))
		ret->delay_us = SLOW_US;
	return *text == '\0';
}

/* A file in dir, or a nameless one without -o. */
static int create(const struct adapter_options *options, const char *suffix)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/adapter-%u.%s", dir ? dir : "",
		 options->config.seed, suffix);
	fd = dir ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)
		 : memfd_create(suffix, MFD_CLOEXEC);
	if (fd < 0)
		die(path, errno);
	return fd;
}

static void *map(const struct adapter_options *options, const char *suffix,
		 uint32_t len)
{
	int fd = create(options, suffix);
	void *ret;

	if (ftruncate(fd, len) < 0)
		die(suffix, errno);
	ret = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ret == MAP_FAILED)
		die(suffix, errno);
	close(fd);
	return ret;
}

static _Noreturn void run_adapter(const struct adapter_options *options, int fd)
{
	uint32_t len = chelsio_mem_len(&options->config);
	static struct chelsio adapter;
	void *regs, *mem;
	int ret;

	regs = map(options, "regs", CHELSIO_BAR0_LEN);
	mem = map(options, "mem", len);
	chelsio_fill_memory(&options->config, mem);
	chelsio_init(&adapter, &options->config, regs, mem);
	adapter.pci.fault = options->fault;
	adapter.pci.delay_us = options->delay_us;
	if (verbose) {
		adapter.pci.trace = fdopen(create(options, "trace"), "w");
		if (!adapter.pci.trace)
			die("trace", errno);
		setvbuf(adapter.pci.trace, NULL, _IOLBF, 0);
	}
	ret = proxy_serve(&adapter.pci, fd);
	if (ret < 0)
		die("adapter", -ret);
	_exit(0);
}

/*
 * Nobody else may wait for an adapter: neither who reads QEMU's output to its
 * end, nor the adapters before, whose ends of file are QEMU's to give.
 */
static void leave_to_qemu(int index)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		die("/dev/null", errno);
	for (int i = 0; i < index; i++)
		close(FIRST_FD + i);
}

/* The signal is for a QEMU that has left its end of the socket to a child. */
static void start_adapter(const struct adapter_options *options, int index)
{
	pid_t qemu = getpid();
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		die("socketpair", errno);
	pid = fork();
	if (pid < 0)
		die("fork", errno);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != qemu)
			_exit(0);
		signal(SIGPIPE, SIG_IGN);
		leave_to_qemu(index);
		close(fds[0]);
		run_adapter(options, fds[1]);
	}
	close(fds[1]);
	if (dup2(fds[0], FIRST_FD + index) < 0)
		die("dup2", errno);
	close(fds[0]);
}

/* Seeds name the files, and no adapter may look like another. */
static bool has_seed(const struct adapter_options *options, int n,
		     uint32_t seed)
{
	for (int i = 0; i < n; i++)
		if (options[i].config.seed == seed)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	static struct adapter_options options[ADAPTERS_MAX];
	int opt, n = 0;

	while ((opt = getopt(argc, argv, "+vo:")) >= 0) {
		if (opt == 'v')
			verbose = true;
		else if (opt == 'o')
			dir = optarg;
		else
			usage();
	}
	for (; optind < argc && strcmp(argv[optind], "--") != 0; optind++, n++)
		if (n == ADAPTERS_MAX ||
		    !parse_adapter(argv[optind], &options[n]))
			usage();
	if (n == 0 || optind + 1 >= argc || (verbose && !dir))
		usage();
	for (int i = 1; i < n; i++)
		if (has_seed(options, i, options[i].config.seed))
			usage();
	for (int i = 0; i < n; i++)
		start_adapter(&options[i], i);
	execvp(argv[optind + 1], argv + optind + 1);
	die(argv[optind + 1], errno);
}
