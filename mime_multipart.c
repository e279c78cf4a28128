/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime_multipart - writing parts and what holds them together (RFC 2046 5.1)
 *
 * A boundary is made of a random number that is given: nobody whose bytes go
 * into a part can know it.  `=_' stands in it, which neither quoted-printable
 * nor base64 ever writes.
 *
 * Failures: the output buffer's sticky error.
 */
#include "mime.h"

#include <inttypes.h>
#include <stdio.h>

void
mime_multipart_begin(struct buf *out, struct mime_multipart *m, const char *subtype, const char *parameters, uint64_t number)
{
	snprintf(m->boundary, sizeof m->boundary, "=_%016" PRIx64, number);
	buf_addf(out, "Content-Type: multipart/%s%s;\n boundary=\"%s\"\n", subtype, parameters, m->boundary);
}

void
mime_multipart_part(struct buf *out, const struct mime_multipart *m)
{
	buf_addf(out, "\n--%s\n", m->boundary);
}

void
mime_multipart_end(struct buf *out, const struct mime_multipart *m)
{
	buf_addf(out, "\n--%s--\n", m->boundary);
}
