/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is at the other end: the name in the client's certificate.
 *
 * The trap: libmicrohttpd only asks for a certificate, and a connection
 * without one, or with one from anybody, is established all the same.  So each
 * request is checked here before its body is read.
 */
#ifndef COLLECTOR_IDENTITY_H
#define COLLECTOR_IDENTITY_H

#include <gnutls/gnutls.h>

#include "netstream/collector/store.h"

/*
 * The common name, or else the first DNS name, of a certificate that is valid
 * now, made for clients and signed by the client CA.  0, or -EACCES and *why.
 */
int identity_client(gnutls_session_t session,
		    char name[static STORE_CLIENT_MAX + 1], const char **why);

#endif
