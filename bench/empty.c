/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An empty program, dynamically linked as any other: what the system asks
 * for starting one.  `make bench' counts how much more the others take.
 */

int
main(void)
{
	return 0;
}
