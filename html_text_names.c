/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text_names - character references: &amp; &eacute; &#8364; &#x20AC;
 *
 * The names are those of HTML for Latin, Greek and Cyrillic letters,
 * punctuation, currency, arrows and what else mail uses; a name that is not here stays as it was
 * written, as browsers do with unknown ones.  The first table's may stand
 * without their semicolon (HTML 13.2.5.73), except in an attribute before a letter, a digit or an equals sign,
 * so that `?a=1&copy=2' stays an address.
 *
 * Nothing fails and nothing allocates.  Limits: HTML_REFERENCE_MAX.
 */
#include "html_text_parts.h"

#include <string.h>

#include "text.h"

#define HTML_REFERENCE_MAX 10	/* the longest name and its NUL */
#define REPLACEMENT 0xfffd

struct name {
	char name[HTML_REFERENCE_MAX];
	uint16_t c;
};

/* Both in the order of strcmp(3). */
static const struct name old[] = {
	{ "AElig", 0xc6 }, { "AMP", 0x26 }, { "Aacute", 0xc1 }, { "Acirc", 0xc2 }, { "Agrave", 0xc0 }, { "Aring", 0xc5 },
	{ "Atilde", 0xc3 }, { "Auml", 0xc4 }, { "COPY", 0xa9 }, { "Ccedil", 0xc7 }, { "ETH", 0xd0 }, { "Eacute", 0xc9 },
	{ "Ecirc", 0xca }, { "Egrave", 0xc8 }, { "Euml", 0xcb }, { "GT", 0x3e }, { "Iacute", 0xcd }, { "Icirc", 0xce },
	{ "Igrave", 0xcc }, { "Iuml", 0xcf }, { "LT", 0x3c }, { "Ntilde", 0xd1 }, { "Oacute", 0xd3 }, { "Ocirc", 0xd4 },
	{ "Ograve", 0xd2 }, { "Oslash", 0xd8 }, { "Otilde", 0xd5 }, { "Ouml", 0xd6 }, { "QUOT", 0x22 }, { "REG", 0xae },
	{ "THORN", 0xde }, { "Uacute", 0xda }, { "Ucirc", 0xdb }, { "Ugrave", 0xd9 }, { "Uuml", 0xdc }, { "Yacute", 0xdd },
	{ "aacute", 0xe1 }, { "acirc", 0xe2 }, { "acute", 0xb4 }, { "aelig", 0xe6 }, { "agrave", 0xe0 }, { "amp", 0x26 },
	{ "aring", 0xe5 }, { "atilde", 0xe3 }, { "auml", 0xe4 }, { "brvbar", 0xa6 }, { "ccedil", 0xe7 }, { "cedil", 0xb8 },
	{ "cent", 0xa2 }, { "copy", 0xa9 }, { "curren", 0xa4 }, { "deg", 0xb0 }, { "divide", 0xf7 }, { "eacute", 0xe9 },
	{ "ecirc", 0xea }, { "egrave", 0xe8 }, { "eth", 0xf0 }, { "euml", 0xeb }, { "frac12", 0xbd }, { "frac14", 0xbc },
	{ "frac34", 0xbe }, { "gt", 0x3e }, { "iacute", 0xed }, { "icirc", 0xee }, { "iexcl", 0xa1 }, { "igrave", 0xec },
	{ "iquest", 0xbf }, { "iuml", 0xef }, { "laquo", 0xab }, { "lt", 0x3c }, { "macr", 0xaf }, { "micro", 0xb5 },
	{ "middot", 0xb7 }, { "nbsp", 0xa0 }, { "not", 0xac }, { "ntilde", 0xf1 }, { "oacute", 0xf3 }, { "ocirc", 0xf4 },
	{ "ograve", 0xf2 }, { "ordf", 0xaa }, { "ordm", 0xba }, { "oslash", 0xf8 }, { "otilde", 0xf5 }, { "ouml", 0xf6 },
	{ "para", 0xb6 }, { "plusmn", 0xb1 }, { "pound", 0xa3 }, { "quot", 0x22 }, { "raquo", 0xbb }, { "reg", 0xae },
	{ "sect", 0xa7 }, { "shy", 0xad }, { "sup1", 0xb9 }, { "sup2", 0xb2 }, { "sup3", 0xb3 }, { "szlig", 0xdf },
	{ "thorn", 0xfe }, { "times", 0xd7 }, { "uacute", 0xfa }, { "ucirc", 0xfb }, { "ugrave", 0xf9 }, { "uml", 0xa8 },
	{ "uuml", 0xfc }, { "yacute", 0xfd }, { "yen", 0xa5 }, { "yuml", 0xff },
};

static const struct name names[] = {
	{ "Abreve", 0x102 }, { "Acy", 0x410 }, { "Alpha", 0x391 }, { "Amacr", 0x100 }, { "Aogon", 0x104 }, { "Bcy", 0x411 },
	{ "Beta", 0x392 }, { "Breve", 0x2d8 }, { "CHcy", 0x427 }, { "Cacute", 0x106 }, { "Ccaron", 0x10c }, { "Ccirc", 0x108 },
	{ "Cdot", 0x10a }, { "Cedilla", 0xb8 }, { "CenterDot", 0xb7 }, { "Chi", 0x3a7 }, { "DJcy", 0x402 }, { "DScy", 0x405 },
	{ "DZcy", 0x40f }, { "Dagger", 0x2021 }, { "Dcaron", 0x10e }, { "Dcy", 0x414 }, { "Delta", 0x394 }, { "Dot", 0xa8 },
	{ "DoubleDot", 0xa8 }, { "DownArrow", 0x2193 }, { "Dstrok", 0x110 }, { "ENG", 0x14a }, { "Ecaron", 0x11a },
	{ "Ecy", 0x42d }, { "Edot", 0x116 }, { "Emacr", 0x112 }, { "Eogon", 0x118 }, { "Epsilon", 0x395 }, { "Eta", 0x397 },
	{ "Fcy", 0x424 }, { "GJcy", 0x403 }, { "Gamma", 0x393 }, { "Gbreve", 0x11e }, { "Gcedil", 0x122 }, { "Gcirc", 0x11c },
	{ "Gcy", 0x413 }, { "Gdot", 0x120 }, { "HARDcy", 0x42a }, { "Hacek", 0x2c7 }, { "Hat", 0x5e }, { "Hcirc", 0x124 },
	{ "Hstrok", 0x126 }, { "IEcy", 0x415 }, { "IJlig", 0x132 }, { "IOcy", 0x401 }, { "Icy", 0x418 }, { "Idot", 0x130 },
	{ "Imacr", 0x12a }, { "Implies", 0x21d2 }, { "Iogon", 0x12e }, { "Iota", 0x399 }, { "Itilde", 0x128 },
	{ "Iukcy", 0x406 }, { "Jcirc", 0x134 }, { "Jcy", 0x419 }, { "Jsercy", 0x408 }, { "Jukcy", 0x404 }, { "KHcy", 0x425 },
	{ "KJcy", 0x40c }, { "Kappa", 0x39a }, { "Kcedil", 0x136 }, { "Kcy", 0x41a }, { "LJcy", 0x409 }, { "Lacute", 0x139 },
	{ "Lambda", 0x39b }, { "Lcaron", 0x13d }, { "Lcedil", 0x13b }, { "Lcy", 0x41b }, { "LeftArrow", 0x2190 },
	{ "Leftarrow", 0x21d0 }, { "Lmidot", 0x13f }, { "Lstrok", 0x141 }, { "Mcy", 0x41c }, { "Mu", 0x39c },
	{ "NJcy", 0x40a }, { "Nacute", 0x143 }, { "Ncaron", 0x147 }, { "Ncedil", 0x145 }, { "Ncy", 0x41d }, { "NewLine", 0xa },
	{ "NoBreak", 0x2060 }, { "NotEqual", 0x2260 }, { "Nu", 0x39d }, { "OElig", 0x152 }, { "Ocy", 0x41e },
	{ "Odblac", 0x150 }, { "Omacr", 0x14c }, { "Omega", 0x3a9 }, { "Omicron", 0x39f }, { "OverBar", 0x203e },
	{ "Pcy", 0x41f }, { "Phi", 0x3a6 }, { "Pi", 0x3a0 }, { "PlusMinus", 0xb1 }, { "Prime", 0x2033 }, { "Psi", 0x3a8 },
	{ "Racute", 0x154 }, { "Rcaron", 0x158 }, { "Rcedil", 0x156 }, { "Rcy", 0x420 }, { "Rho", 0x3a1 }, { "SHCHcy", 0x429 },
	{ "SHcy", 0x428 }, { "SOFTcy", 0x42c }, { "Sacute", 0x15a }, { "Scaron", 0x160 }, { "Scedil", 0x15e },
	{ "Scirc", 0x15c }, { "Scy", 0x421 }, { "Sigma", 0x3a3 }, { "Sqrt", 0x221a }, { "Square", 0x25a1 },
	{ "TRADE", 0x2122 }, { "TSHcy", 0x40b }, { "TScy", 0x426 }, { "Tab", 0x9 }, { "Tau", 0x3a4 }, { "Tcaron", 0x164 },
	{ "Tcedil", 0x162 }, { "Tcy", 0x422 }, { "Theta", 0x398 }, { "ThinSpace", 0x2009 }, { "Tstrok", 0x166 },
	{ "Ubrcy", 0x40e }, { "Ubreve", 0x16c }, { "Ucy", 0x423 }, { "Udblac", 0x170 }, { "Umacr", 0x16a },
	{ "UnderBar", 0x5f }, { "Uogon", 0x172 }, { "UpArrow", 0x2191 }, { "Upsi", 0x3d2 }, { "Upsilon", 0x3a5 },
	{ "Uring", 0x16e }, { "Utilde", 0x168 }, { "Vcy", 0x412 }, { "Verbar", 0x2016 }, { "Vert", 0x2016 },
	{ "Wcirc", 0x174 }, { "Xi", 0x39e }, { "YAcy", 0x42f }, { "YIcy", 0x407 }, { "YUcy", 0x42e }, { "Ycirc", 0x176 },
	{ "Ycy", 0x42b }, { "Yuml", 0x178 }, { "ZHcy", 0x416 }, { "Zacute", 0x179 }, { "Zcaron", 0x17d }, { "Zcy", 0x417 },
	{ "Zdot", 0x17b }, { "Zeta", 0x396 }, { "abreve", 0x103 }, { "acy", 0x430 }, { "af", 0x2061 }, { "alefsym", 0x2135 },
	{ "alpha", 0x3b1 }, { "amacr", 0x101 }, { "and", 0x2227 }, { "ang", 0x2220 }, { "angst", 0xc5 }, { "aogon", 0x105 },
	{ "ap", 0x2248 }, { "apos", 0x27 }, { "approx", 0x2248 }, { "ast", 0x2a }, { "asymp", 0x2248 },
	{ "backprime", 0x2035 }, { "bcy", 0x431 }, { "bdquo", 0x201e }, { "beta", 0x3b2 }, { "bigstar", 0x2605 },
	{ "bprime", 0x2035 }, { "breve", 0x2d8 }, { "bsemi", 0x204f }, { "bsol", 0x5c }, { "bull", 0x2022 },
	{ "bullet", 0x2022 }, { "cacute", 0x107 }, { "cap", 0x2229 }, { "caret", 0x2041 }, { "caron", 0x2c7 },
	{ "ccaron", 0x10d }, { "ccirc", 0x109 }, { "cdot", 0x10b }, { "centerdot", 0xb7 }, { "chcy", 0x447 },
	{ "check", 0x2713 }, { "checkmark", 0x2713 }, { "chi", 0x3c7 }, { "cir", 0x25cb }, { "circ", 0x2c6 },
	{ "circledR", 0xae }, { "clubs", 0x2663 }, { "clubsuit", 0x2663 }, { "colon", 0x3a }, { "comma", 0x2c },
	{ "commat", 0x40 }, { "cong", 0x2245 }, { "copysr", 0x2117 }, { "crarr", 0x21b5 }, { "cross", 0x2717 },
	{ "cup", 0x222a }, { "dArr", 0x21d3 }, { "dagger", 0x2020 }, { "darr", 0x2193 }, { "dash", 0x2010 },
	{ "dblac", 0x2dd }, { "dcaron", 0x10f }, { "dcy", 0x434 }, { "ddagger", 0x2021 }, { "delta", 0x3b4 },
	{ "diams", 0x2666 }, { "die", 0xa8 }, { "div", 0xf7 }, { "djcy", 0x452 }, { "dollar", 0x24 }, { "dot", 0x2d9 },
	{ "downarrow", 0x2193 }, { "dscy", 0x455 }, { "dstrok", 0x111 }, { "dtrif", 0x25be }, { "dzcy", 0x45f },
	{ "ecaron", 0x11b }, { "ecy", 0x44d }, { "edot", 0x117 }, { "ell", 0x2113 }, { "emacr", 0x113 }, { "empty", 0x2205 },
	{ "emsp", 0x2003 }, { "emsp13", 0x2004 }, { "emsp14", 0x2005 }, { "eng", 0x14b }, { "ensp", 0x2002 },
	{ "eogon", 0x119 }, { "epsi", 0x3b5 }, { "epsilon", 0x3b5 }, { "equals", 0x3d }, { "equiv", 0x2261 }, { "eta", 0x3b7 },
	{ "euro", 0x20ac }, { "excl", 0x21 }, { "exist", 0x2203 }, { "fcy", 0x444 }, { "female", 0x2640 }, { "fflig", 0xfb00 },
	{ "filig", 0xfb01 }, { "flat", 0x266d }, { "fllig", 0xfb02 }, { "fnof", 0x192 }, { "forall", 0x2200 },
	{ "frac13", 0x2153 }, { "frac18", 0x215b }, { "frac23", 0x2154 }, { "frac38", 0x215c }, { "frac58", 0x215d },
	{ "frac78", 0x215e }, { "frasl", 0x2044 }, { "gamma", 0x3b3 }, { "gbreve", 0x11f }, { "gcirc", 0x11d },
	{ "gcy", 0x433 }, { "gdot", 0x121 }, { "ge", 0x2265 }, { "geq", 0x2265 }, { "gjcy", 0x453 }, { "grave", 0x60 },
	{ "hArr", 0x21d4 }, { "hairsp", 0x200a }, { "half", 0xbd }, { "hardcy", 0x44a }, { "harr", 0x2194 },
	{ "hcirc", 0x125 }, { "hearts", 0x2665 }, { "heartsuit", 0x2665 }, { "hellip", 0x2026 }, { "horbar", 0x2015 },
	{ "hstrok", 0x127 }, { "hybull", 0x2043 }, { "hyphen", 0x2010 }, { "ic", 0x2063 }, { "icy", 0x438 }, { "iecy", 0x435 },
	{ "iff", 0x21d4 }, { "ijlig", 0x133 }, { "imacr", 0x12b }, { "image", 0x2111 }, { "imath", 0x131 },
	{ "infin", 0x221e }, { "inodot", 0x131 }, { "int", 0x222b }, { "iocy", 0x451 }, { "iogon", 0x12f }, { "iota", 0x3b9 },
	{ "isin", 0x2208 }, { "it", 0x2062 }, { "itilde", 0x129 }, { "iukcy", 0x456 }, { "jcirc", 0x135 }, { "jcy", 0x439 },
	{ "jsercy", 0x458 }, { "jukcy", 0x454 }, { "kappa", 0x3ba }, { "kcedil", 0x137 }, { "kcy", 0x43a },
	{ "kgreen", 0x138 }, { "khcy", 0x445 }, { "kjcy", 0x45c }, { "lArr", 0x21d0 }, { "lacute", 0x13a },
	{ "lambda", 0x3bb }, { "lang", 0x27e8 }, { "larr", 0x2190 }, { "lbrace", 0x7b }, { "lbrack", 0x5b },
	{ "lcaron", 0x13e }, { "lcedil", 0x13c }, { "lceil", 0x2308 }, { "lcub", 0x7b }, { "lcy", 0x43b }, { "ldquo", 0x201c },
	{ "ldquor", 0x201e }, { "le", 0x2264 }, { "leftarrow", 0x2190 }, { "leq", 0x2264 }, { "lfloor", 0x230a },
	{ "ljcy", 0x459 }, { "lmidot", 0x140 }, { "lowast", 0x2217 }, { "lowbar", 0x5f }, { "loz", 0x25ca }, { "lpar", 0x28 },
	{ "lrm", 0x200e }, { "lsaquo", 0x2039 }, { "lsqb", 0x5b }, { "lsquo", 0x2018 }, { "lsquor", 0x201a },
	{ "lstrok", 0x142 }, { "ltrif", 0x25c2 }, { "male", 0x2642 }, { "malt", 0x2720 }, { "maltese", 0x2720 },
	{ "mcy", 0x43c }, { "mdash", 0x2014 }, { "midast", 0x2a }, { "minus", 0x2212 }, { "mldr", 0x2026 }, { "mu", 0x3bc },
	{ "nabla", 0x2207 }, { "nacute", 0x144 }, { "napos", 0x149 }, { "natur", 0x266e }, { "natural", 0x266e },
	{ "ncaron", 0x148 }, { "ncedil", 0x146 }, { "ncy", 0x43d }, { "ndash", 0x2013 }, { "ne", 0x2260 }, { "ni", 0x220b },
	{ "njcy", 0x45a }, { "nldr", 0x2025 }, { "notin", 0x2209 }, { "nsub", 0x2284 }, { "nu", 0x3bd }, { "num", 0x23 },
	{ "numero", 0x2116 }, { "numsp", 0x2007 }, { "ocy", 0x43e }, { "odblac", 0x151 }, { "oelig", 0x153 },
	{ "ogon", 0x2db }, { "ohm", 0x3a9 }, { "oline", 0x203e }, { "omacr", 0x14d }, { "omega", 0x3c9 }, { "omicron", 0x3bf },
	{ "oplus", 0x2295 }, { "or", 0x2228 }, { "otimes", 0x2297 }, { "part", 0x2202 }, { "pcy", 0x43f }, { "percnt", 0x25 },
	{ "period", 0x2e }, { "permil", 0x2030 }, { "perp", 0x22a5 }, { "pertenk", 0x2031 }, { "phi", 0x3c6 },
	{ "phiv", 0x3d5 }, { "phone", 0x260e }, { "pi", 0x3c0 }, { "piv", 0x3d6 }, { "plus", 0x2b }, { "pm", 0xb1 },
	{ "prime", 0x2032 }, { "prod", 0x220f }, { "prop", 0x221d }, { "psi", 0x3c8 }, { "puncsp", 0x2008 },
	{ "qprime", 0x2057 }, { "quest", 0x3f }, { "rArr", 0x21d2 }, { "racute", 0x155 }, { "radic", 0x221a },
	{ "rang", 0x27e9 }, { "rarr", 0x2192 }, { "rbrace", 0x7d }, { "rbrack", 0x5d }, { "rcaron", 0x159 },
	{ "rcedil", 0x157 }, { "rceil", 0x2309 }, { "rcub", 0x7d }, { "rcy", 0x440 }, { "rdquo", 0x201d },
	{ "rdquor", 0x201d }, { "real", 0x211c }, { "rfloor", 0x230b }, { "rho", 0x3c1 }, { "ring", 0x2da }, { "rlm", 0x200f },
	{ "rpar", 0x29 }, { "rsaquo", 0x203a }, { "rsqb", 0x5d }, { "rsquo", 0x2019 }, { "rsquor", 0x2019 },
	{ "rtrif", 0x25b8 }, { "sacute", 0x15b }, { "sbquo", 0x201a }, { "scaron", 0x161 }, { "scedil", 0x15f },
	{ "scirc", 0x15d }, { "scy", 0x441 }, { "sdot", 0x22c5 }, { "semi", 0x3b }, { "sext", 0x2736 }, { "sharp", 0x266f },
	{ "shchcy", 0x449 }, { "shcy", 0x448 }, { "sigma", 0x3c3 }, { "sigmaf", 0x3c2 }, { "sigmav", 0x3c2 },
	{ "sim", 0x223c }, { "slarr", 0x2190 }, { "softcy", 0x44c }, { "sol", 0x2f }, { "spades", 0x2660 },
	{ "spadesuit", 0x2660 }, { "squ", 0x25a1 }, { "square", 0x25a1 }, { "squarf", 0x25aa }, { "squf", 0x25aa },
	{ "srarr", 0x2192 }, { "star", 0x2606 }, { "starf", 0x2605 }, { "strns", 0xaf }, { "sub", 0x2282 }, { "sube", 0x2286 },
	{ "sum", 0x2211 }, { "sung", 0x266a }, { "sup", 0x2283 }, { "supe", 0x2287 }, { "tau", 0x3c4 }, { "tcaron", 0x165 },
	{ "tcedil", 0x163 }, { "tcy", 0x442 }, { "there4", 0x2234 }, { "theta", 0x3b8 }, { "thetasym", 0x3d1 },
	{ "thetav", 0x3d1 }, { "thinsp", 0x2009 }, { "thkap", 0x2248 }, { "tilde", 0x2dc }, { "tprime", 0x2034 },
	{ "trade", 0x2122 }, { "tscy", 0x446 }, { "tshcy", 0x45b }, { "tstrok", 0x167 }, { "uArr", 0x21d1 },
	{ "uarr", 0x2191 }, { "ubrcy", 0x45e }, { "ubreve", 0x16d }, { "ucy", 0x443 }, { "udblac", 0x171 }, { "umacr", 0x16b },
	{ "uogon", 0x173 }, { "uparrow", 0x2191 }, { "upsi", 0x3c5 }, { "upsih", 0x3d2 }, { "upsilon", 0x3c5 },
	{ "uring", 0x16f }, { "utilde", 0x169 }, { "utrif", 0x25b4 }, { "varphi", 0x3d5 }, { "varpi", 0x3d6 },
	{ "varr", 0x2195 }, { "varsigma", 0x3c2 }, { "vartheta", 0x3d1 }, { "vcy", 0x432 }, { "verbar", 0x7c },
	{ "vert", 0x7c }, { "wcirc", 0x175 }, { "weierp", 0x2118 }, { "xi", 0x3be }, { "yacy", 0x44f }, { "ycirc", 0x177 },
	{ "ycy", 0x44b }, { "yicy", 0x457 }, { "yucy", 0x44e }, { "zacute", 0x17a }, { "zcaron", 0x17e }, { "zcy", 0x437 },
	{ "zdot", 0x17c }, { "zeta", 0x3b6 }, { "zhcy", 0x436 }, { "zwj", 0x200d }, { "zwnj", 0x200c },
};

static bool
find(const struct name *table, size_t n, const char *s, size_t len, uint32_t *c)
{
	size_t low = 0, middle;
	int order;

	while (low < n) {
		middle = low + (n - low) / 2;
		order = strncmp(s, table[middle].name, len);
		if (order == 0 && table[middle].name[len] != '\0')
			order = -1;
		if (order == 0) {
			*c = table[middle].c;
			return true;
		}
		if (order < 0)
			n = middle;
		else
			low = middle + 1;
	}
	return false;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (text_lower(c) >= 'a' && text_lower(c) <= 'z');
}

/* What HTML 13.2.5.80 makes of the number. */
static uint32_t
number_meant(uint32_t c)
{
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return REPLACEMENT;
	return c >= 0x80 && c < 0xa0 ? text_windows1252((int)c) : c;
}

/* s stands behind `&#'. */
static size_t
numeric(const char *s, size_t len, uint32_t *c)
{
	bool hex = len > 0 && text_lower(s[0]) == 'x';
	size_t i = hex ? 1 : 0, first = i;
	int digit;

	*c = 0;
	for (; i < len && (digit = text_hex(s[i])) >= 0 && (hex || digit < 10); i++)
		*c = *c > 0x10ffff ? *c : *c * (hex ? 16 : 10) + (uint32_t)digit;
	if (i == first)
		return 0;
	*c = number_meant(*c);
	return i + 2 + (i < len && s[i] == ';');
}

size_t
html_reference(const char *s, size_t len, bool attribute, uint32_t *c)
{
	size_t n;

	if (len > 1 && s[1] == '#')
		return numeric(s + 2, len - 2, c);
	s++;
	len--;
	for (n = 0; n < len && n < HTML_REFERENCE_MAX && is_alnum(s[n]); n++)
		continue;
	if (n > 0 && n < len && n < HTML_REFERENCE_MAX && s[n] == ';' &&
	    (find(old, sizeof old / sizeof old[0], s, n, c) || find(names, sizeof names / sizeof names[0], s, n, c)))
		return n + 2;
	if (n >= HTML_REFERENCE_MAX)
		n = HTML_REFERENCE_MAX - 1;
	for (; n > 1; n--) {
		if (!find(old, sizeof old / sizeof old[0], s, n, c))
			continue;
		if (attribute && n < len && (is_alnum(s[n]) || s[n] == '='))
			return 0;
		return n + 1;
	}
	return 0;
}
