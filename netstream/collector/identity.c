// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <gnutls/x509.h>

#include "netstream/collector/identity.h"

static const char *verify(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT,
	};
	unsigned int status = ~0U;
	int ret;

	if (gnutls_certificate_type_get(session) != GNUTLS_CRT_X509)
		return "not an X.509 certificate";
	/* verify_peers2() with the purpose on top; the return value says if
	 * it could verify, the status what it found: both must be 0. */
	ret = gnutls_certificate_verify_peers(session, &purpose, 1, &status);
	if (ret == GNUTLS_E_NO_CERTIFICATE_FOUND)
		return "no client certificate";
	if (ret < 0)
		return "client certificate cannot be verified";
	if (status & GNUTLS_CERT_EXPIRED)
		return "client certificate has expired";
	if (status & GNUTLS_CERT_NOT_ACTIVATED)
		return "client certificate is not valid yet";
	if (status & GNUTLS_CERT_PURPOSE_MISMATCH)
		return "certificate is not for clients";
	if (status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA))
		return "client certificate is not signed by the client CA";
	if (status)
		return "client certificate is not valid";
	return NULL;
}

/* The name without its NUL, whole and fit for a directory, or -EACCES. */
static int take_name(const char *buf, size_t len,
		     char name[static STORE_CLIENT_MAX + 1])
{
	if (len > STORE_CLIENT_MAX || memchr(buf, 0, len))
		return -EACCES;
	memcpy(name, buf, len);
	name[len] = '\0';
	return store_client_ok(name) ? 0 : -EACCES;
}

static int find_name(gnutls_x509_crt_t cert,
		     char name[static STORE_CLIENT_MAX + 1])
{
	char buf[256];
	size_t len = sizeof(buf);
	int ret;

	ret = gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME,
					    0, 0, buf, &len);
	if (!ret)
		return take_name(buf, len, name);
	if (ret != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
		return -EACCES;
	for (unsigned int i = 0; ret != GNUTLS_SAN_DNSNAME; i++) {
		len = sizeof(buf);
		ret = gnutls_x509_crt_get_subject_alt_name(cert, i, buf, &len,
							   NULL);
		if (ret < 0)
			return -EACCES;
	}
	return take_name(buf, len, name);
}

int identity_client(gnutls_session_t session,
		    char name[static STORE_CLIENT_MAX + 1], const char **why)
{
	const gnutls_datum_t *chain;
	gnutls_x509_crt_t cert;
	unsigned int n;
	int ret = -EACCES;

	*why = verify(session);
	if (*why)
		return -EACCES;
	*why = "client certificate has no usable name";
	chain = gnutls_certificate_get_peers(session, &n);
	if (!chain || !n || gnutls_x509_crt_init(&cert) < 0)
		return -EACCES;
	if (!gnutls_x509_crt_import(cert, &chain[0], GNUTLS_X509_FMT_DER))
		ret = find_name(cert, name);
	gnutls_x509_crt_deinit(cert);
	return ret;
}
