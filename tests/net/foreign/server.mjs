// SPDX-License-Identifier: GPL-2.0-or-later
// server.mjs STORE CERT KEY CLIENT-CA: a tus server that is not ours, on HTTPS
// with client certificates.  Says "listening on 127.0.0.1:PORT" when ready.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const [directory, cert, key, ca] = process.argv.slice(2);
const tus = new Server({
	path: '/files',
	datastore: new FileStore({ directory }),
	// Without the scheme and host, which it would take from the request.
	generateUrl: (_req, { path, id }) => `${path}/${id}`,
});
const server = createServer({
	cert: readFileSync(cert),
	key: readFileSync(key),
	ca: readFileSync(ca),
	requestCert: true,
	rejectUnauthorized: true,
	minVersion: 'TLSv1.3',
}, tus.handle.bind(tus));

// A transfer takes as long as it takes.
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => {
	console.error(`listening on 127.0.0.1:${server.address().port}`);
});
